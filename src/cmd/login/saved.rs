//! The end of a login: writes the profile and reports the result.

use serde_json::json;

use super::plan::{Plan, Way};
use crate::base::error::Error;
use crate::base::time;
use crate::cmd::options::Shared;
use crate::hint;
use crate::management::dashboard;
use crate::oauth::grant::GrantType;
use crate::oauth::report::{self, LoginContext, ScopeReport};
use crate::oauth::scope::{Granted, Scopes};
use crate::output::Format;
use crate::profile::edit::Document;
use crate::profile::store::Store;
use crate::profile::{Profile, ProfileName, Settings, StoredToken, User};
use crate::session::identity::choose_profile;
use crate::term::Io;

/// A login that has been saved.
pub(super) struct SavedLogin {
    pub(super) name: ProfileName,
    pub(super) token: StoredToken,
    pub(super) user: Option<User>,
    /// The person who was signed in to the profile before, if it was another person.
    pub(super) replaced: Option<User>,
    /// Whether later commands can renew the token without a person.
    pub(super) refreshable: bool,
    /// Whether a saved secret or key of another tenant or application was dropped.
    pub(super) dropped_credential: bool,
    pub(super) report: ScopeReport,
}

impl Plan {
    /// Writes settings, token and user in one step.
    pub(super) fn save(
        &self,
        token: StoredToken,
        user: Option<User>,
        granted: Granted,
    ) -> Result<SavedLogin, Error> {
        let locked = self.store.lock(&self.name)?;
        let (mut document, before) = locked.read()?;
        let dropped_credential = self.write_settings(&mut document, &before);
        document.set_login(&token, user.as_ref());
        locked.write(&document)?;
        drop(locked);
        self.store.make_current(&self.name, self.make_current)?;
        let kept = match self.way {
            Way::ClientCredentials { .. } => document_has_credential(&document),
            _ => false,
        };
        let refreshable = token.refresh_token.is_some() || kept;
        let domain = self.domain.to_string();
        let admin = self.store.admin_login(&self.domain);
        let page = dashboard::page(&self.domain, Some(&self.audience), "applications");
        let context = LoginContext {
            grant: match self.way {
                Way::Browser(_) | Way::GivenToken => GrantType::AuthorizationCode,
                Way::Device => GrantType::DeviceCode,
                Way::ClientCredentials { .. } => GrantType::ClientCredentials,
            },
            audience: &self.audience,
            refreshable,
            profile: Some(self.name.as_str()),
            new_profile: Some((&domain, admin.name().as_str())),
            applications_page: page.as_deref(),
        };
        let asked = if matches!(self.way, Way::GivenToken) {
            Scopes::default()
        } else {
            self.scope.clone()
        };
        let report = report::report(asked, granted, context);
        let same = |old: &User| user.as_ref().is_none_or(|user| user.sub == old.sub);
        let replaced = before.user.filter(|old| !same(old));
        Ok(SavedLogin {
            name: self.name.clone(),
            token,
            user,
            replaced,
            refreshable,
            dropped_credential,
            report,
        })
    }

    /// Keeps the settings from flags, and those from the environment that the token depends on.
    /// Returns whether a saved secret or key of another tenant or application was dropped.
    fn write_settings(&self, document: &mut Document, before: &Profile) -> bool {
        let old = &before.settings;
        let moved = old.domain.as_ref().is_some_and(|domain| *domain != self.domain)
            || old.client_id.as_ref().is_some_and(|client_id| *client_id != self.client_id);
        let saves = matches!(self.way, Way::ClientCredentials { save_secret: true });
        let dropped =
            !saves && (moved || before.has_foreign_credential) && document.drop_credential(&[]);
        if old.domain.as_ref() != Some(&self.domain) {
            document.set("domain", &self.domain.to_string());
        }
        if !self.client_id.is_empty() && old.client_id.as_deref() != Some(&self.client_id) {
            document.set("client_id", &self.client_id);
        }
        if old.audience.as_deref() != Some(&self.audience) {
            if self.audience == self.domain.management_audience() {
                document.unset("audience");
            } else {
                document.set("audience", &self.audience);
            }
        }
        let settings = &self.settings;
        if settings.grant.unwrap_or_default() != old.grant.unwrap_or_default() {
            // Scopes of a person's login make no sense for a machine, and the other way round.
            document.unset("scope");
            document.set("grant", settings.grant.unwrap_or_default().name());
        }
        if self.scope_named {
            let scope: Vec<String> = self.scope.iter().map(str::to_owned).collect();
            document.set_list("scope", &scope);
        }
        if let Some(uris) =
            settings.redirect_uris.as_ref().filter(|uris| old.redirect_uris.as_ref() != Some(uris))
        {
            document.set_list("redirect_uris", uris);
        }
        if let Some(organization) =
            settings.organization.as_ref().filter(|org| old.organization.as_ref() != Some(org))
        {
            document.set("organization", organization);
        }
        if saves {
            let secret = settings.client_secret.as_ref().map(crate::base::secret::Secret::expose);
            for (key, value) in [
                ("client_secret", secret),
                ("private_key", settings.private_key.as_deref()),
                ("key_id", settings.key_id.as_deref()),
                ("signing_alg", settings.signing_alg.as_deref()),
            ] {
                match value {
                    Some(value) => document.set(key, value),
                    None => {
                        document.unset(key);
                    }
                }
            }
            document.bind_credential(&self.domain, &self.client_id);
        } else if !dropped {
            document.bind_old_credential(&Settings {
                domain: Some(self.domain.clone()),
                client_id: Some(self.client_id.clone()),
                ..old.clone()
            });
        }
        dropped
    }
}

fn document_has_credential(document: &Document) -> bool {
    Profile::parse(&document.to_string()).is_ok_and(|profile| profile.settings.has_credential())
}

/// Reports who signed in where, with which scopes and until when, what is missing, and what helps.
pub(super) fn report(shared: &Shared, outcome: SavedLogin, io: &mut Io) -> Result<(), Error> {
    let SavedLogin { name, token, user, replaced, refreshable, dropped_credential, report } =
        outcome;
    // Round up to five seconds, so that a new token of 24 h is not reported as 23 h.
    let left = (token.seconds_left(time::now()).saturating_add(4)) / 5 * 5;
    let who = user
        .as_ref()
        .map_or_else(|| format!("application {}", token.client_id), |user| user.label().to_owned());
    let renews = if refreshable { ", and renews by itself" } else { "" };
    let done = io.ui.paint("32;1", "signed in");
    io.ui.say_styled(&done, format_args!(" to {} as {who}", token.domain));
    io.ui.say(format_args!("  profile   {name}"));
    io.ui.say(format_args!("  audience  {}", token.audience));
    io.ui.say(format_args!("  token     valid for {}{renews}", time::roughly(left)));
    if let Granted::Known(granted) = &report.granted {
        io.ui.say(format_args!("  scopes    {}", in_short(granted)));
    }
    if dropped_credential {
        io.ui.say(format_args!(
            "  the saved secret or key was for another domain or application, so it was dropped"
        ));
    }
    if let (Some(old), Some(new)) = (&replaced, &user) {
        io.ui.warn(format_args!(
            "the profile '{name}' was signed in as {} ({}) before, and now is as {} ({})",
            old.label(),
            old.sub,
            new.label(),
            new.sub
        ));
    }
    if !report.missing.is_empty() {
        io.ui.warn(format_args!("asked for and not granted: {}", report.missing));
    }
    for note in &report.notes {
        io.ui.say(format_args!("  {}", note.what));
        io.ui.say_ways(&note.hint);
    }
    say_current(&name, io);
    if matches!(shared.output, Some(Format::Json | Format::Jsonl)) {
        let user =
            user.map(|user| json!({"sub": user.sub, "name": user.name, "email": user.email}));
        io.out.json(json!({
            "profile": name.as_str(),
            "domain": token.domain.to_string(),
            "audience": token.audience,
            "user": user,
            "scope": token.scope,
            "expires_at": time::rfc3339(token.expires_at),
            "refreshable": refreshable,
        }))?;
    }
    Ok(())
}

/// Says which profile the next command uses, and how to change that.
fn say_current(name: &ProfileName, io: &Io) {
    let current =
        Store::locate(io.env, &io.ui).and_then(|store| choose_profile(None, io.env, &store));
    match current {
        Ok(current) if current == *name => {
            io.ui.say(format_args!("The current profile is '{name}'."));
        }
        Ok(current) if io.env.is_set("AUTH0_PROFILE") => io.ui.say(format_args!(
            "The current profile is '{current}', because AUTH0_PROFILE names it; for this login, \
             add --profile {name} to a command."
        )),
        Ok(current) => io.ui.say_hint(
            "The current profile is still ",
            &hint!("'{}'; to switch: auth0-profiles use {}", current, name),
        ),
        Err(_) => io.ui.say_hint(
            "No profile is current; to choose this one: ",
            &hint!("auth0-profiles use {}", name),
        ),
    }
}

/// The first scopes and the number of the others, because machines have hundreds.
fn in_short(scopes: &Scopes) -> String {
    const SHOWN: usize = 12;
    if scopes.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<&str> = scopes.iter().take(SHOWN).collect();
    match scopes.len().saturating_sub(SHOWN) {
        0 => names.join(" "),
        more => format!("{} and {more} more", names.join(" ")),
    }
}
