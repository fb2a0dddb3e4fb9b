//! `auth0-logout`: revoke, then forget.

use clap::Parser;

use crate::browser;
use crate::cli::{Network, Shared};
use crate::domain::Domain;
use crate::error::{Error, Kind};
use crate::http::{Http, Retry};
use crate::io::Io;
use crate::oauth::grant::{ClientAuth, revocation};
use crate::profile::{Profile, ProfileName};
use crate::run::Command;
use crate::secret::Secret;
use crate::session::identity::{Environment, choose_profile, no_such_profile};
use crate::store::Store;
use crate::tenant::Tenant;

const EXAMPLES: &str = "\
The tokens on this machine go even if the tenant cannot be reached; the exit code is then 7. \
An access token cannot be revoked: one that was copied elsewhere works until it expires.

Examples:
  auth0-logout                     the current profile
  auth0-logout --profile staging
  auth0-logout --all
  auth0-logout --browser           end the browser's session too";

/// Revoke a profile's refresh token and forget its tokens; the settings stay
#[derive(Debug, Parser)]
#[command(name = "auth0-logout", version, after_help = EXAMPLES)]
pub struct Logout {
    /// Sign out of every profile
    #[arg(long, conflicts_with = "profile")]
    all: bool,

    /// End the session in the browser too
    #[arg(long)]
    browser: bool,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

impl Command for Logout {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let store = Store::locate(io.env, &io.talk)?;
        let names = if self.all {
            store.names()?
        } else {
            vec![choose_profile(self.shared.profile.as_deref(), io.env, &store)?]
        };
        let http = Http::new(io.env, &io.talk, &self.network, std::time::Instant::now());
        let mut worst = Ok(());
        for name in &names {
            if let Err(error) = self.sign_out(name, &store, &http, io) {
                // The last failure is reported by the caller, those before it here.
                if let Err(earlier) = std::mem::replace(&mut worst, Err(error)) {
                    io.talk.report(&earlier);
                }
            }
        }
        worst
    }
}

impl Logout {
    /// The local tokens go first: whatever the network does, this machine holds them no more.
    fn sign_out(
        &self,
        name: &ProfileName,
        store: &Store,
        http: &Http,
        io: &Io,
    ) -> Result<(), Error> {
        if !store.exists(name) {
            return Err(no_such_profile(name, store));
        }
        let locked = store.lock(name)?;
        let (mut document, profile) = locked.read()?;
        let had_token = document.clear_token();
        if had_token {
            locked.write(&document)?;
        }
        drop(locked);
        let revoked = own_secret(&profile, io).and_then(|secret| revoke(&profile, secret, http));
        match (&revoked, had_token) {
            (_, false) => io.talk.say(format_args!("{name}: was not signed in")),
            (Ok(true), true) => {
                io.talk.say(format_args!("{name}: signed out; the refresh token is revoked"))
            }
            (Ok(false), true) => io.talk.say(format_args!("{name}: signed out")),
            (Err(_), true) => io.talk.say(format_args!("{name}: signed out on this machine alone")),
        }
        if self.browser
            && let Some(domain) = domain_of(&profile)
        {
            let out_of_reach =
                revoked.as_ref().is_err_and(|error| error.kind() == Kind::Unavailable);
            // Where the tenant cannot be asked, the older page is there on every one.
            let asked = if out_of_reach { None } else { Tenant::discover(http, domain).ok() };
            let tenant = asked.map_or_else(|| Tenant::at(http, domain), Ok)?;
            end_browser_session(&profile, &tenant, io);
        }
        revoked.map(|_| ()).map_err(|error| {
            error
                .within(format!("the refresh token of '{name}' could not be revoked at the tenant"))
                .hint("it is gone from this machine; revoke it in the dashboard: User Management → Users → the user → Authorized Applications")
        })
    }
}

fn end_browser_session(profile: &Profile, tenant: &Tenant<'_>, io: &Io) {
    let client_id = profile
        .token
        .as_ref()
        .map(|token| &token.client_id)
        .or(profile.settings.client_id.as_ref());
    let url = tenant.metadata.logout_url(client_id.map_or("", String::as_str));
    io.talk.must_say(format_args!("ending the browser's session: {url}"));
    if let Err(error) = browser::open(&url, None, io.env, &io.talk) {
        io.talk.warn(format_args!("{error}; open the address above yourself"));
    }
}

fn domain_of(profile: &Profile) -> Option<&Domain> {
    profile.token.as_ref().map(|token| &token.domain).or(profile.settings.domain.as_ref())
}

/// The secret of the application that the token was issued to: the environment's, unless that is
/// about another tenant or application, else the profile's.
fn own_secret(profile: &Profile, io: &Io) -> Result<Option<Secret>, Error> {
    let Some(token) = &profile.token else { return Ok(None) };
    let given = Environment::read(io.env)?;
    let about_it = given.domain.is_none_or(|domain| domain == token.domain)
        && given.client_id.is_none_or(|client_id| client_id == token.client_id);
    Ok(given.client_secret.filter(|_| about_it).or_else(|| profile.settings.client_secret.clone()))
}

/// Revokes the refresh token (RFC 7009). Whether there was one.
fn revoke(profile: &Profile, secret: Option<Secret>, http: &Http) -> Result<bool, Error> {
    let Some(token) = &profile.token else { return Ok(false) };
    let Some(refresh_token) = &token.refresh_token else { return Ok(false) };
    let auth = secret.map_or(ClientAuth::None, ClientAuth::Secret);
    let form = revocation(&token.client_id, &auth, refresh_token);
    let tenant = Tenant::at(http, &token.domain)?;
    // Revoking twice is as good as once.
    let (status, _) =
        tenant.post(&tenant.metadata.revocation_endpoint, &form, Retry::Idempotent)?;
    match status {
        200..=299 => Ok(true),
        status => {
            Err(Error::new(Kind::of_status(status), "the tenant refused to revoke it")
                .status(status))
        }
    }
}
