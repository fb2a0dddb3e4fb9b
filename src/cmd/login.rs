//! `auth0-login`: sign in, and write the token into a profile.

mod machine;
mod plan;
mod saved;
mod sign_in;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::base::error::Error;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::{self, Shared};
use crate::cmd::run::Command;
use crate::output::Format;
use crate::term::Io;

const NOTES: &str = "\
A person's token for the Management API gets only what the tenant allows people, on most \
tenants the current_user scopes; --client-credentials gets the administrative ones.";

/// OpenID Connect Core §3.1.2.1.
const PROMPTS: [&str; 4] = ["login", "consent", "select_account", "none"];

/// Sign in to an Auth0 tenant and keep the token in a profile
#[derive(Debug, Parser)]
#[command(name = "auth0-login", version, after_help = examples::help(NOTES, examples::LOGIN))]
pub struct Login {
    /// Make the profile the current one
    #[arg(long = "use")]
    make_current: bool,

    /// The tenant, such as acme.eu.auth0.com
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,

    /// The application's client ID
    #[arg(long, value_name = "ID", add = completer::clients())]
    client_id: Option<String>,

    /// The API the token is for [default: the tenant's Management API]
    #[arg(long, value_name = "URI")]
    audience: Option<String>,

    /// Ask for these scopes instead of the profile's
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,

    /// Ask for these scopes besides the profile's
    #[arg(long, value_name = "SCOPE")]
    add_scope: Vec<String>,

    /// An organization's ID or name
    #[arg(long, value_name = "ORG")]
    organization: Option<String>,

    #[command(flatten)]
    browser: BrowserOptions,

    #[command(flatten)]
    way: WayOptions,

    /// Wait this long for the sign-in [default: 5m]
    #[arg(long, value_name = "TIME", value_parser = options::duration, help_heading = "Network options")]
    timeout: Option<Duration>,

    /// Maximum number of retries after a rate limit or an outage [default: 5]
    #[arg(long, value_name = "N", help_heading = "Network options")]
    max_retries: Option<u32>,

    #[command(flatten)]
    shared: Shared,
}

/// The options of a login in the browser.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "In the browser")]
struct BrowserOptions {
    /// Listen here for the callback; tried in order [default: http://127.0.0.1:5000/callback]
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,

    /// An invitation's ticket; with --organization
    #[arg(long, value_name = "TICKET", requires = "organization")]
    invitation: Option<String>,

    /// Go straight to this connection
    #[arg(long, value_name = "NAME", add = completer::connection_names())]
    connection: Option<String>,

    /// Fill in this user name
    #[arg(long, value_name = "HINT")]
    login_hint: Option<String>,

    /// login, consent, select_account or none
    #[arg(long, value_name = "PROMPT", add = completer::words(&PROMPTS))]
    prompt: Option<String>,

    /// Ask for the password unless it was typed this many seconds ago
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u64>,

    /// Languages of the login page
    #[arg(long, value_name = "TAGS")]
    ui_locales: Option<String>,

    /// Any further parameter of /authorize
    #[arg(long = "param", value_name = "KEY=VALUE", value_parser = options::key_value)]
    params: Vec<(String, String)>,

    /// Open the page with this command; %s stands for an address that leads there once
    #[arg(long = "browser", value_name = "CMD", conflicts_with = "no_browser")]
    command: Option<String>,

    /// Print the address instead of opening it; takes the final address on stdin
    #[arg(long)]
    no_browser: bool,
}

/// The options of the other kinds of login.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Other ways")]
struct WayOptions {
    /// Sign in with a code on another device
    #[arg(long, group = "way")]
    device: bool,

    /// Sign in as the application itself; its secret from AUTH0_CLIENT_SECRET, a file or a key
    #[arg(long, group = "way")]
    client_credentials: bool,

    /// Take an access token from stdin
    #[arg(long, group = "way")]
    with_token: bool,

    /// Read the client secret from a file, or from stdin with -
    #[arg(
        long,
        value_name = "FILE",
        requires = "client_credentials",
        conflicts_with = "private_key"
    )]
    client_secret_file: Option<PathBuf>,

    /// Prove it with this private key (PEM) instead of a secret
    #[arg(long, value_name = "FILE", requires = "client_credentials")]
    private_key: Option<PathBuf>,

    /// The key's ID at the tenant
    #[arg(long, value_name = "ID", requires = "private_key")]
    key_id: Option<String>,

    /// RS256, RS384 or PS256
    #[arg(long, value_name = "ALG", requires = "private_key", add = completer::words(&completer::SIGNING_ALGS))]
    signing_alg: Option<String>,

    /// Keep the secret (or the key's path) in the profile, so that the token renews by itself
    #[arg(long, requires = "client_credentials")]
    save_secret: bool,
}

impl Command for Login {
    const OPENS_PAGES: bool = true;

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        self.shared.refuse_rows("a login")?;
        let plan = plan::Plan::make(&self, io)?;
        let outcome = plan.sign_in(&self, io)?;
        let machine = machine::MachineSetup::after(&outcome);
        saved::report(&self.shared, outcome, io)?;
        match machine {
            Some(machine) if !matches!(self.shared.output, Some(Format::Json | Format::Jsonl)) => {
                machine.offer(&self, io)
            }
            _ => Ok(()),
        }
    }
}
