//! `auth0-logout`: revoke, then forget.

use clap::Parser;

use crate::base::domain::Domain;
use crate::base::error::{Error, Kind};
use crate::base::secret::Secret;
use crate::cmd::options::{Network, Shared};
use crate::cmd::run::Command;
use crate::http::{Http, Retry};
use crate::login::launch;
use crate::login::tenant::Tenant;
use crate::oauth::grant::{ClientAuth, revocation};
use crate::profile::store::Store;
use crate::profile::{Profile, ProfileName};
use crate::session::identity::{Environment, choose_profile, no_such_profile};
use crate::term::Io;
use crate::term::interrupt;

const EXAMPLES: &str = "\
The tokens on this machine go even if the tenant cannot be reached; the exit code is then 7. \
An access token cannot be revoked: one that was copied elsewhere works until it expires. \
On tenants with the setting Refresh Token Revocation Deletes Grant, other profiles of the same \
user, application and API are signed out too.

Examples:
  auth0-logout                     the current profile
  auth0-logout --profile staging
  auth0-logout --all
  auth0-logout --browser           end the browser's session too
  auth0-logout --forget-secret     forget a saved client secret too";

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

    /// Remove a saved client secret or private key path too
    #[arg(long)]
    forget_secret: bool,

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
        let store = Store::locate(io.env, &io.ui)?;
        let names = if self.all {
            store.names()?
        } else {
            vec![choose_profile(self.shared.profile.as_deref(), io.env, &store)?]
        };
        let http = Http::new(io.env, &io.ui, &self.network.limits(), std::time::Instant::now());
        // Nothing is forgotten where revoking cannot even be tried.
        interrupt::watch()?;
        let store = store.until(http.deadline());
        let mut worst = Ok(());
        for name in &names {
            if let Err(error) = self.sign_out(name, &store, &http, io) {
                // The last failure is reported by the caller, those before it here.
                if let Err(earlier) = std::mem::replace(&mut worst, Err(error)) {
                    io.ui.report(&earlier);
                }
            }
        }
        worst
    }
}

impl Logout {
    /// Revokes, then forgets: a signal in between leaves a token that can still be revoked. Once the
    /// tenant has answered or cannot be reached, the local token goes.
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
        let revoked = own_secret(&profile, io).and_then(|secret| revoke(&profile, secret, http));
        let revoked = match revoked {
            Err(error) if never_asked(&error) => {
                let still = format!("profile '{name}' is still signed in");
                return Err(error.within(still).or_hint("try again"));
            }
            revoked => revoked,
        };
        let had_token = document.clear_token();
        let forgot_secret = self.forget_secret && document.drop_credential(&[]);
        if had_token || forgot_secret {
            locked.write(&document)?;
        }
        drop(locked);
        match (&revoked, had_token) {
            (_, false) => io.ui.say(format_args!("{name}: was not signed in")),
            (Ok(true), true) => {
                io.ui.say(format_args!("{name}: signed out; the refresh token is revoked"));
                warn_of_siblings(name, &profile, store, io);
            }
            (Ok(false), true) => io.ui.say(format_args!("{name}: signed out")),
            (Err(_), true) => io.ui.say(format_args!("{name}: signed out on this machine only")),
        }
        if forgot_secret {
            io.ui.say(format_args!("{name}: the saved secret or key is forgotten"));
        } else if profile.settings.has_credential() {
            io.ui.say(format_args!(
                "{name}: the next command signs in again with the saved secret or key; to remove it: auth0-logout --profile {name} --forget-secret"
            ));
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
            Error::new(error.kind(), format!("the refresh token of '{name}' could not be revoked at the tenant"))
                .caused_by(&error)
                .hint("it is gone from this machine; revoke it in the dashboard: User Management → Users → the user → Authorized Applications")
        })
    }
}

/// Whether this machine failed before the tenant or the network could: nothing was asked.
fn never_asked(error: &Error) -> bool {
    error.kind() == Kind::Failure && error.http_status().is_none() && !error.is_in_doubt()
}

/// On tenants where a revoked refresh token takes the grant along, all refresh tokens of the same
/// user, application and API are revoked with it. Nothing tells us which kind of tenant this is.
fn warn_of_siblings(name: &ProfileName, profile: &Profile, store: &Store, io: &Io) {
    let same_grant = |other: &Profile| match (&other.token, &profile.token) {
        (Some(other_token), Some(token)) => {
            other_token.refresh_token.is_some()
                && other_token.domain == token.domain
                && other_token.client_id == token.client_id
                && other_token.audience == token.audience
                && other.user.as_ref().map(|user| &user.sub)
                    == profile.user.as_ref().map(|user| &user.sub)
        }
        _ => false,
    };
    // What cannot be read here is reported by the command that needs it.
    let names = store.names().unwrap_or_default();
    let siblings: Vec<_> = names
        .iter()
        .filter(|other| *other != name)
        .filter(|other| store.load(other).ok().flatten().is_some_and(|other| same_grant(&other)))
        .map(ProfileName::as_str)
        .collect();
    if !siblings.is_empty() {
        io.ui.say(format_args!(
            "  the same user, application and API: {}; if the tenant deletes the grant of a revoked refresh token, sign in to these again",
            siblings.join(", ")
        ));
    }
}

fn end_browser_session(profile: &Profile, tenant: &Tenant<'_>, io: &Io) {
    let client_id = profile
        .token
        .as_ref()
        .map(|token| &token.client_id)
        .or(profile.settings.client_id.as_ref());
    let url = tenant.metadata.logout_url(client_id.map_or("", String::as_str));
    io.ui.must_say(format_args!("ending the browser's session: {url}"));
    if let Err(error) = launch::open(&url, None, io.env, &io.ui) {
        io.ui.warn(format_args!("{error}; open the address above yourself"));
    }
}

fn domain_of(profile: &Profile) -> Option<&Domain> {
    profile.token.as_ref().map(|token| &token.domain).or(profile.settings.domain.as_ref())
}

/// The secret of the application that the token was issued to: the environment's, else the
/// profile's, and neither if it is for another tenant or application.
fn own_secret(profile: &Profile, io: &Io) -> Result<Option<Secret>, Error> {
    let Some(token) = &profile.token else { return Ok(None) };
    let given = Environment::read(io.env)?;
    let about_it = given.domain.is_none_or(|domain| domain == token.domain)
        && given.client_id.is_none_or(|client_id| client_id == token.client_id);
    let settings = &profile.settings;
    let saved = settings.client_secret.clone().filter(|_| {
        settings.domain.as_ref() == Some(&token.domain)
            && settings.client_id.as_ref() == Some(&token.client_id)
    });
    Ok(given.client_secret.filter(|_| about_it).or(saved))
}

/// Revokes the refresh token (RFC 7009). Whether there was one.
fn revoke(profile: &Profile, secret: Option<Secret>, http: &Http) -> Result<bool, Error> {
    let Some(token) = &profile.token else { return Ok(false) };
    let Some(refresh_token) = &token.refresh_token else { return Ok(false) };
    let auth = secret.map_or(ClientAuth::None, ClientAuth::Secret);
    let form = revocation(&token.client_id, &auth, refresh_token);
    let tenant = Tenant::of(http, token)?;
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
