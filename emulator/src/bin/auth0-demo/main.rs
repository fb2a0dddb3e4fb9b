//! `cargo demo`: a tour of the suite against a local tenant.
//!
//! Builds the binaries, starts a tenant, signs a person in for an API and a machine for the
//! Management API, switches profiles, lists applications and connections, changes the tenant and
//! shows the difference, follows the log, checks a profile's set-up, and removes everything again.
//! If this machine has a browser, a person signs in, otherwise the demo itself follows the login
//! page.

mod stage;
mod visit;

use std::env;
use std::io::{self, IsTerminal};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET, NATIVE, OWN_API};
use clap::Parser;

use crate::stage::{End, Stage};

/// The exit code of `auth0-tenant diff` if there are differences.
const DIFFERENCES: i32 = 9;

/// Show the suite at work on a local tenant
#[derive(Debug, Parser)]
#[command(name = "cargo demo", version)]
struct Args {
    /// Sign in without a browser, even if there is one
    #[arg(long)]
    headless: bool,

    /// Use the suite's binaries in this folder instead of building them
    #[arg(long, value_name = "DIR")]
    bins: Option<PathBuf>,

    /// Let the login listen here instead of on a free port
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let stage = match Stage::set() {
        Ok(stage) => stage,
        Err(end) => return end.report(),
    };
    match perform(&args, &stage) {
        Ok(()) => ExitCode::SUCCESS,
        Err(end) => end.report(),
    }
    // The tenant, its certificate and the folder have been dropped, and are removed.
}

fn perform(args: &Args, stage: &Stage) -> Result<(), End> {
    let bins = match &args.bins {
        Some(bins) => bins.clone(),
        None => build(stage)?,
    };
    let by_hand = !args.headless && has_browser();
    let callbacks = match args.redirect_uris.as_slice() {
        [] => vec![free_callback()?],
        given => given.to_vec(),
    };
    // A throw-away CA would make a real browser warn.
    let config = Config {
        tls: !by_hand,
        auto_login: !by_hand,
        // The port is fixed here, because it must be registered as a callback URL.
        any_callback_port: callbacks.iter().any(|uri| uri.contains(":0/")),
        callbacks: callbacks.clone(),
        ..Config::default()
    };
    let tenant =
        Emulator::start(config).map_err(|e| End::failed("the local tenant cannot start", &e))?;
    let show = Show { stage, bins, tenant: &tenant };
    show.run(&callbacks, by_hand)
}

/// A callback URL with a port that is free now. Well-known ports such as 5000 are often in use: on
/// a Mac by the AirPlay Receiver.
fn free_callback() -> Result<String, End> {
    let taken = |e: io::Error| End::failed("no port of this machine is free", &e);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(taken)?;
    let port = listener.local_addr().map_err(taken)?.port();
    Ok(format!("http://127.0.0.1:{port}/callback"))
}

/// The binaries, and the tenant to show them on.
struct Show<'a> {
    stage: &'a Stage,
    bins: PathBuf,
    tenant: &'a Emulator,
}

impl Show<'_> {
    fn run(&self, callbacks: &[String], by_hand: bool) -> Result<(), End> {
        let (stage, domain) = (self.stage, self.tenant.domain());
        stage.say("A tenant of its own on this machine, and a folder for the profiles:");
        stage.export("AUTH0_CONFIG_DIR", &self.config());
        if let Some(ca) = self.tenant.ca_file() {
            stage.export("SSL_CERT_FILE", ca);
        }

        stage.say("You sign in for an API of your own: this is what a person's login is for.");
        let mut login = vec!["--profile", "person", "--domain", domain, "--client-id", NATIVE];
        login.extend(["--audience", OWN_API, "--add-scope", "read:things"]);
        for uri in callbacks {
            login.extend(["--redirect-uri", uri]);
        }
        if by_hand {
            stage.say("Press Continue on the page that opens.");
            self.step("auth0-login", &login)?;
        } else {
            stage.say("There is no browser here, so the demo goes through the page by itself:");
            login.push("--no-browser");
            let child = self.command("auth0-login", &login);
            stage.run_and_visit(child, self.tenant.ca_file())?;
        }
        stage.say("The token for that API, as any program would get it:");
        self.step("auth0-token", &["--claims"])?;

        stage.say(
            "For the Management API, Auth0 gives a person little more than their own account.",
        );
        stage.say("A machine administers the tenant. Its secret comes from the environment.");
        let machine = ["--profile", "machine", "--domain", domain, "--client-id", MACHINE];
        stage.export_secret("AUTH0_CLIENT_SECRET");
        let machine: Vec<&str> =
            machine.into_iter().chain(["--client-credentials", "--save-secret"]).collect();
        let mut login = self.command("auth0-login", &machine);
        login.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
        stage.run(login)?;

        stage.say("There are two profiles now. The machine's becomes the current one:");
        self.step("auth0-profiles", &["use", "machine"])?;
        self.step("auth0-profiles", &["list"])?;

        stage.say("What is in the tenant?");
        self.step("auth0-clients", &["list"])?;
        self.step("auth0-connections", &["list"])?;

        stage.say("A copy of the applications in files, a change, and what differs now:");
        self.step("auth0-tenant", &["export", "before", "--kinds", "clients"])?;
        self.step(
            "auth0-clients",
            &["create", "--name", "Shop", "--type", "spa", "--fields", "client_id,name"],
        )?;
        let diff =
            self.command("auth0-tenant", &["diff", "before", "machine", "--kinds", "clients"]);
        stage.run_expecting(diff, DIFFERENCES)?;

        stage.say(
            "What happens in the tenant? The log, followed as it grows (Ctrl-C would end it):",
        );
        stage.run_until(self.command("auth0-logs", &["tail", "-n", "3", "--no-header"]), 3)?;

        stage.say("Is the set-up sound? The doctor names what mends each fault:");
        self.step("auth0-doctor", &["--profile", "person", "--with", "machine"])?;

        stage.say("The applications for a script:");
        self.step(
            "auth0-clients",
            &["list", "--app-type", "spa", "--fields", "client_id,name", "-o", "jsonl"],
        )?;

        stage.say("The tenant and the folder are gone now. README.md leads to a real tenant.");
        Ok(())
    }

    /// The folder of the profiles.
    fn config(&self) -> PathBuf {
        self.stage.folder().join("config")
    }

    fn step(&self, name: &str, arguments: &[&str]) -> Result<(), End> {
        self.stage.run(self.command(name, arguments))
    }

    /// A command of the suite, without the caller's `AUTH0_*` variables.
    fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command =
            Command::new(self.bins.join(name).with_extension(env::consts::EXE_EXTENSION));
        for (variable, _) in env::vars_os() {
            if variable.to_string_lossy().starts_with("AUTH0_") {
                command.env_remove(variable);
            }
        }
        command
            .args(arguments)
            .env("AUTH0_CONFIG_DIR", self.config())
            .current_dir(self.stage.folder())
            .stdin(Stdio::null());
        if let Some(ca) = self.tenant.ca_file() {
            command.env("SSL_CERT_FILE", ca).env_remove("SSL_CERT_DIR");
        }
        command
    }
}

/// Builds the suite. Returns the folder of its binaries.
fn build(stage: &Stage) -> Result<PathBuf, End> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--package", "auth0-suite", "--bins"]).current_dir(workspace);
    // Remove the variables that the outer cargo has set for this program. Build scripts depend on
    // them, so everything would be compiled again.
    for (name, _) in env::vars_os() {
        if is_of_outer_build(&name.to_string_lossy()) {
            build.env_remove(name);
        }
    }
    stage.say("Building the suite …");
    stage.run_quietly(build)?;
    // The binaries are in the folder of this program.
    let own = env::current_exe().map_err(|e| End::failed("cannot find the binaries", &e))?;
    Ok(own.parent().unwrap_or(Path::new(".")).to_owned())
}

/// Whether cargo has set this variable for the program that it runs, and not a person.
fn is_of_outer_build(name: &str) -> bool {
    const SET_BY_PEOPLE: [&str; 6] = [
        "CARGO_HOME",
        "CARGO_TARGET_DIR",
        "CARGO_INCREMENTAL",
        "CARGO_TERM_COLOR",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
    ];
    let prefixes =
        ["CARGO_PKG_", "CARGO_BIN_", "CARGO_MANIFEST_", "CARGO_CRATE_", "RUSTC", "OUT_DIR"];
    !SET_BY_PEOPLE.contains(&name)
        && (name == "CARGO" || prefixes.iter().any(|prefix| name.starts_with(prefix)))
}

/// Whether a person can sign in with a browser on this machine.
fn has_browser() -> bool {
    let somebody = io::stderr().is_terminal() && io::stdout().is_terminal();
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let desktop =
        cfg!(any(target_os = "macos", windows)) || set("DISPLAY") || set("WAYLAND_DISPLAY");
    somebody && desktop && !set("SSH_CONNECTION")
}
