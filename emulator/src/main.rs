//! `auth0-emulator`: runs a local tenant until Ctrl-C.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use auth0_emulator::{
    Bucket, Config, Emulator, Fault, MACHINE, MACHINE_SECRET, NATIVE, OWN_API, ScopeMode,
};
use clap::Parser;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

/// A local Auth0 tenant on 127.0.0.1
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  auth0-emulator
  auth0-emulator --tls --auto-login
  auth0-emulator --clients 100000 --users 5000
  auth0-emulator --bucket 10/2
  auth0-emulator --bucket /api/v2/clients=5/100m
  auth0-emulator --fault 429:/api/v2/clients:2
  auth0-emulator --record requests.jsonl &
  auth0-emulator --wait"
)]
struct Args {
    /// Listen on this port of 127.0.0.1; 0 for any free port
    #[arg(long, default_value_t = 4400)]
    port: u16,
    /// Serve TLS with a throw-away CA
    #[arg(long)]
    tls: bool,
    /// Write the CA to this file too
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca_file: Option<PathBuf>,
    /// Number of applications
    #[arg(long, value_name = "N", default_value_t = 12)]
    clients: usize,
    /// Number of connections
    #[arg(long, value_name = "N", default_value_t = 5)]
    connections: usize,
    /// Number of users
    #[arg(long, value_name = "N", default_value_t = 8)]
    users: usize,
    /// Number of log events that arrive at once, some of them late, after the first read by checkpoint
    #[arg(long, value_name = "N", default_value_t = 0)]
    log_burst: usize,
    /// Wait this long before each answer, such as 20ms
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "0s")]
    latency: Duration,
    /// Sign in without a person
    #[arg(long)]
    auto_login: bool,
    /// Let a person's token administer the tenant, which most tenants do not allow
    #[arg(long)]
    administrative: bool,
    /// Access tokens expire after this long
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "24h")]
    token_lifetime: Duration,
    /// Allow this callback URL too; can be repeated
    #[arg(long = "callback", value_name = "URL")]
    callbacks: Vec<String>,
    /// Allow callbacks to any port of this machine
    #[arg(long)]
    any_callback_port: bool,
    /// Accept assertions of the machine application that are signed by this public key (PEM)
    #[arg(long, value_name = "FILE")]
    client_key: Option<PathBuf>,
    /// Revoking a refresh token revokes all others of the same user, application and audience
    #[arg(long)]
    revocation_deletes_grant: bool,
    /// Requests per second to the Management API
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    rate_limit: usize,
    /// Limit requests as Auth0's plans do: [PATH=]BURST/RATE[,windows]; can be repeated
    ///
    /// RATE is requests per second, or with m per minute. Free tenants have 2/2, non-production
    /// ones of enterprises 10/2. With ",windows" requests are added at the start of each second,
    /// instead of one by one.
    #[arg(long = "bucket", value_name = "BUCKET", value_parser = Bucket::parse)]
    buckets: Vec<Bucket>,
    /// Simulate a fault: KIND:PATH[:TIMES[:AFTER]]
    ///
    /// KIND is a status, reset, truncate, malformed, stall, endless, redirect=URL,
    /// retry-after=SECONDS, repeat-next, wrong-total, window, deep-json, not-utf8, control-chars,
    /// active-imports or failed-job. PATH /job_ is that of exported files: 403:/job_:1 lets the first
    /// download address expire.
    #[arg(long = "fault", value_name = "FAULT", value_parser = Fault::parse)]
    faults: Vec<Fault>,
    /// Write each request to this file as a line of JSON
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Start no emulator, but wait until the one on --port answers, for at most --wait-time
    #[arg(long)]
    wait: bool,
    /// How long --wait waits before it fails
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "60s", requires = "wait")]
    wait_time: Duration,
}

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> io::Result<()> {
    if args.wait && args.port == 0 {
        return Err(io::Error::other("--wait needs the port that the emulator listens on"));
    }
    if args.wait {
        return wait(args.port, args.wait_time);
    }
    let assertion_key = match &args.client_key {
        Some(path) => Some(public_key(path)?),
        None => None,
    };
    let emulator = Emulator::start(Config {
        port: args.port,
        tls: args.tls,
        clients: args.clients,
        connections: args.connections,
        users: args.users,
        log_burst: args.log_burst,
        latency: args.latency,
        auto_login: args.auto_login,
        scope_mode: if args.administrative {
            ScopeMode::Administrative
        } else {
            ScopeMode::CurrentUser
        },
        token_lifetime: args.token_lifetime.as_secs(),
        callbacks: args.callbacks,
        any_callback_port: args.any_callback_port,
        assertion_key,
        revocation_deletes_grant: args.revocation_deletes_grant,
        rate_limit: args.rate_limit,
        buckets: args.buckets,
        faults: args.faults,
        record: args.record,
        ..Config::default()
    })
    .map_err(|why| match why.kind() {
        io::ErrorKind::AddrInUse => io::Error::other(format!(
            "port {} is taken; use another one, or --port 0 for any free port",
            args.port
        )),
        _ => why,
    })?;
    let mut ca = emulator.ca_file().map(PathBuf::from);
    if let (Some(wanted), Some(ours)) = (args.ca_file, &ca) {
        std::fs::copy(ours, &wanted)?;
        ca = Some(wanted);
    }
    let domain = emulator.domain();
    let mut stderr = io::stderr();
    writeln!(stderr, "A local tenant is at {}. Try:\n", emulator.url())?;
    if let Some(ca) = &ca {
        writeln!(
            stderr,
            "  {}",
            auth0_emulator::assignment("SSL_CERT_FILE", &ca.to_string_lossy())
        )?;
    }
    writeln!(
        stderr,
        "  auth0-login --domain {domain} --client-id {NATIVE} --audience {OWN_API} --add-scope read:things"
    )?;
    writeln!(
        stderr,
        "  AUTH0_CLIENT_SECRET={MACHINE_SECRET} auth0-login --profile machine --use --domain {domain} --client-id {MACHINE} --client-credentials"
    )?;
    writeln!(stderr, "  auth0-clients list\n\nCtrl-C stops it.")?;
    let said = json!({"url": emulator.url(), "domain": domain, "ca_file": ca, "client_id": NATIVE, "m2m_client_id": MACHINE});
    let mut stdout = io::stdout();
    writeln!(stdout, "{said}")?;
    stdout.flush()?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(stop())?;
    drop(emulator);
    Ok(())
}

/// Reads a public key in PEM.
fn public_key(path: &Path) -> io::Result<Vec<u8>> {
    let pem = std::fs::read(path)
        .map_err(|why| io::Error::other(format!("cannot read {}: {why}", path.display())))?;
    match SubjectPublicKeyInfoDer::from_pem_slice(&pem) {
        Ok(_) => Ok(pem),
        Err(_) => Err(io::Error::other(format!(
            "{} holds no public key in PEM; to make one: openssl pkey -in PRIVATE-KEY.pem -pubout",
            path.display()
        ))),
    }
}

/// Waits until something listens on a port of this machine, for at most this long.
fn wait(port: u16, most: Duration) -> io::Result<()> {
    let begun = Instant::now();
    // Without a limit, an attempt at a port that drops packets would take minutes.
    let attempt = most.clamp(Duration::from_millis(50), Duration::from_secs(5));
    loop {
        match TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), attempt) {
            Ok(_) => return Ok(()),
            Err(why) if begun.elapsed() > most => {
                let most = humantime::format_duration(most);
                let message = format!("nothing answers on port {port} after {most}: {why}");
                return Err(io::Error::other(message));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Waits for Ctrl-C or another signal to end the process.
#[cfg(unix)]
async fn stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
