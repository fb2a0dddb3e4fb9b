//! `auth0-logout`: revokes the refresh token, then removes the tokens from the profile.

use clap::Parser;

use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::cmd::run::Command;
use crate::hint;
use crate::http::{Http, Retry};
use crate::login::launch;
use crate::login::tenant::TenantClient;
use crate::oauth::grant::{ClientAuth, revocation};
use crate::profile::store::Store;
use crate::profile::{Profile, ProfileName};
use crate::session::identity::{Environment, choose_profile, no_such_profile};
use crate::term::Io;
use crate::term::interrupt;

const NOTES: &str = "\
The tokens on this machine go even if the tenant cannot be reached; the exit code is then 7. \
An access token cannot be revoked: one that was copied elsewhere works until it expires. \
On tenants with the setting Refresh Token Revocation Deletes Grant, other profiles of the same \
user, application and API are signed out too.";

/// Revoke a profile's refresh token and forget its tokens; the settings stay
#[derive(Debug, Parser)]
#[command(name = "auth0-logout", version, after_help = examples::help(NOTES, examples::LOGOUT))]
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
    const OPENS_PAGES: bool = true;

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
        // If revoking cannot even be tried, keep the tokens.
        interrupt::watch()?;
        let store = store.until(http.deadline());
        let mut worst = Ok(());
        for name in &names {
            if let Err(error) = self.sign_out(name, &store, &http, io) {
                // The caller reports the last failure, so report the earlier ones here.
                if let Err(earlier) = std::mem::replace(&mut worst, Err(error)) {
                    io.ui.report(&earlier);
                }
            }
        }
        worst
    }
}

impl Logout {
    /// Revokes, then forgets, so that a signal in between leaves a token that can still be revoked.
    /// The local token is removed once the tenant has answered or cannot be reached.
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
            io.ui.say_hint("", &hint!(
                "{}: the next command signs in again with the saved secret or key; to remove it: auth0-logout --profile {} --forget-secret",
                name, name
            ));
        }
        if self.browser
            && let Some(domain) = domain_of(&profile)
        {
            let out_of_reach =
                revoked.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unavailable);
            // If the tenant cannot be asked, use the older page, which every tenant has.
            let asked = if out_of_reach { None } else { TenantClient::discover(http, domain).ok() };
            let tenant = asked.map_or_else(|| TenantClient::at(http, domain), Ok)?;
            end_browser_session(&profile, &tenant, io);
        }
        revoked.map(|_| ()).map_err(|error| {
            Error::new(error.kind(), format!("the refresh token of '{name}' could not be revoked at the tenant"))
                .caused_by(&error)
                .hint("it is gone from this machine; revoke it in the dashboard: User Management → Users → the user → Authorized Applications")
        })
    }
}

/// Whether the failure was on this machine, before any request was sent.
fn never_asked(error: &Error) -> bool {
    error.kind() == ErrorKind::Failure && error.http_status().is_none() && !error.is_in_doubt()
}

/// On some tenants, revoking a refresh token also revokes all others of the same user, application
/// and API. We cannot find out whether this tenant is one of them.
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
    // Skip unreadable profiles: the command that needs one reports it.
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

fn end_browser_session(profile: &Profile, tenant: &TenantClient<'_>, io: &Io) {
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

/// The secret of the application that the token was issued to, from the environment or else from
/// the profile. `None` if that secret is for another tenant or application.
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

/// Revokes the refresh token (RFC 7009). Returns whether there was one.
fn revoke(profile: &Profile, secret: Option<Secret>, http: &Http) -> Result<bool, Error> {
    let Some(token) = &profile.token else { return Ok(false) };
    let Some(refresh_token) = &token.refresh_token else { return Ok(false) };
    let auth = secret.map_or(ClientAuth::None, ClientAuth::Secret);
    let form = revocation(&token.client_id, &auth, refresh_token);
    let tenant = TenantClient::of(http, token)?;
    // Revoking twice does no harm.
    let (status, _) =
        tenant.post(&tenant.metadata.revocation_endpoint, &form, Retry::Idempotent)?;
    match status {
        200..=299 => Ok(true),
        status => Err(Error::new(ErrorKind::of_status(status), "the tenant refused to revoke it")
            .status(status)),
    }
}
