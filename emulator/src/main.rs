//! `auth0-emulator`: a local tenant, until Ctrl-C.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use auth0_emulator::{Config, Emulator, Fault, MACHINE, MACHINE_SECRET, NATIVE, ScopeMode};
use clap::Parser;
use serde_json::json;

/// A local Auth0 tenant on 127.0.0.1
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  auth0-emulator                              and: auth0-login --domain http://127.0.0.1:4400 --client-id emulator-native
  auth0-emulator --tls --auto-login           with a CA of its own, and no login page
  auth0-emulator --clients 100000             a large tenant
  auth0-emulator --fault 429:/api/v2/clients:2"
)]
struct Args {
    /// Listen on this port of 127.0.0.1; 0 for any
    #[arg(long, default_value_t = 4400)]
    port: u16,
    /// Serve TLS with a throw-away CA
    #[arg(long)]
    tls: bool,
    /// Write the CA to this file too
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca_file: Option<PathBuf>,
    /// Applications
    #[arg(long, value_name = "N", default_value_t = 12)]
    clients: usize,
    /// Connections
    #[arg(long, value_name = "N", default_value_t = 5)]
    connections: usize,
    /// Wait before each answer, such as 20ms
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "0s")]
    latency: Duration,
    /// Sign in without a person
    #[arg(long)]
    auto_login: bool,
    /// Give people the current_user scopes alone, as most tenants do
    #[arg(long)]
    current_user_only: bool,
    /// Let access tokens expire after this long
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "24h")]
    token_lifetime: Duration,
    /// Take any port of this machine in a callback, registered or not
    #[arg(long)]
    any_callback_port: bool,
    /// Requests a second to the Management API
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    rate_limit: usize,
    /// Go wrong: KIND:PATH[:TIMES[:AFTER]], KIND a status, reset, truncate, malformed, stall, endless,
    /// redirect=URL, retry-after=SECONDS, repeat-next, wrong-total, deep-json, not-utf8 or control-chars
    #[arg(long = "fault", value_name = "FAULT", value_parser = Fault::parse)]
    faults: Vec<Fault>,
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
    let emulator = Emulator::start(Config {
        port: args.port,
        tls: args.tls,
        clients: args.clients,
        connections: args.connections,
        latency: args.latency,
        auto_login: args.auto_login,
        scope_mode: if args.current_user_only {
            ScopeMode::CurrentUser
        } else {
            ScopeMode::Administrative
        },
        token_lifetime: args.token_lifetime.as_secs(),
        any_callback_port: args.any_callback_port,
        rate_limit: args.rate_limit,
        faults: args.faults,
        ..Config::default()
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
        writeln!(stderr, "  export SSL_CERT_FILE={}", ca.display())?;
    }
    writeln!(stderr, "  auth0-login --domain {domain} --client-id {NATIVE}")?;
    writeln!(
        stderr,
        "  AUTH0_CLIENT_SECRET={MACHINE_SECRET} auth0-login --profile machine --domain {domain} --client-id {MACHINE} --client-credentials"
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

/// Ctrl-C, or whatever else a process is asked to end with.
#[cfg(unix)]
async fn stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
async fn stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
