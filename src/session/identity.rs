//! Who the command acts as: `--profile`, else the token or credentials in the environment, else the
//! selected profile.
//!
//! This is the only place that combines flags, environment and profile.

use std::time::Instant;

use super::exec_mark::{self, ExecMark};
use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::base::near::Near;
use crate::base::secret::Secret;
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;
use crate::profile::store::Store;
use crate::profile::{Profile, ProfileName, Settings};
use crate::term::{Env, Ui, shell};

/// Whose token is used.
pub enum Identity {
    /// `AUTH0_DOMAIN` + `AUTH0_ACCESS_TOKEN`: the token is used as it is. No file is written.
    GivenToken {
        /// The only host it may be sent to.
        domain: Domain,
        /// The token.
        token: Secret,
    },
    /// `AUTH0_DOMAIN` + `AUTH0_CLIENT_ID` + `AUTH0_CLIENT_SECRET`: the token stays in memory. No
    /// file is written.
    GivenCredentials {
        /// The tenant.
        domain: Domain,
        /// The application.
        client_id: String,
        /// Its secret.
        secret: Secret,
        /// The API: `AUTH0_AUDIENCE`, or else the domain's Management API.
        audience: String,
        /// The scopes in `AUTH0_SCOPE`. If empty, all scopes of the client grant are requested.
        scope: Vec<String>,
    },
    /// A profile, with the environment's settings overriding its own.
    Profile {
        /// The folder that the profile is in.
        store: Store,
        /// The profile's name.
        name: ProfileName,
        /// The content of its file.
        profile: Box<Profile>,
        /// The profile's settings, overridden by those of the environment.
        settings: Box<Settings>,
    },
}

/// Settings from environment variables.
#[derive(Debug, Default)]
pub struct Environment {
    /// `AUTH0_DOMAIN`.
    pub domain: Option<Domain>,
    /// `AUTH0_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `AUTH0_CLIENT_SECRET`.
    pub client_secret: Option<Secret>,
    /// `AUTH0_AUDIENCE`.
    pub audience: Option<String>,
    /// `AUTH0_SCOPE`.
    pub scope: Option<Vec<String>>,
    /// `AUTH0_ACCESS_TOKEN`.
    pub access_token: Option<Secret>,
    /// `AUTH0_AUDIENCE`, if `auth0-token exec` has set it for this process.
    pub exec_audience: Option<String>,
    /// Whether `auth0-token exec` has set `AUTH0_ACCESS_TOKEN`, which is therefore ignored.
    pub is_exec_child: bool,
}

impl Environment {
    /// Reads the variables. Those that `auth0-token exec` has set for its child are ignored,
    /// because the suite's own commands in the child use the profile.
    ///
    /// # Errors
    /// Usage error if a variable is not UTF-8, or if `AUTH0_DOMAIN` is not a domain.
    pub fn read(env: Env) -> Result<Self, Error> {
        let domain = env
            .get("AUTH0_DOMAIN")?
            .map(|text| Domain::parse(&text).map_err(|e| e.within("AUTH0_DOMAIN cannot be used")));
        let mark = ExecMark::read(env)?;
        let domain =
            domain.transpose()?.filter(|domain| !mark.has_set("AUTH0_DOMAIN", &domain.to_string()));
        let audience = env.get("AUTH0_AUDIENCE")?;
        let of_exec =
            audience.as_ref().is_some_and(|audience| mark.has_set("AUTH0_AUDIENCE", audience));
        let (exec_audience, audience) = if of_exec { (audience, None) } else { (None, audience) };
        let access_token = env.get("AUTH0_ACCESS_TOKEN")?.map(|token| Secret::new(token.trim()));
        let is_exec_child = access_token
            .as_ref()
            .is_some_and(|token| mark.has_set("AUTH0_ACCESS_TOKEN", token.expose()));
        Ok(Self {
            domain,
            client_id: env.get("AUTH0_CLIENT_ID")?,
            client_secret: env.get("AUTH0_CLIENT_SECRET")?.map(Secret::new),
            audience,
            scope: env.get("AUTH0_SCOPE")?.map(|text| {
                text.split([' ', ',']).filter(|s| !s.is_empty()).map(str::to_owned).collect()
            }),
            access_token: access_token.filter(|_| !is_exec_child),
            exec_audience,
            is_exec_child,
        })
    }

    /// Returns a profile's settings, overridden by these. The profile's secret or key is left out
    /// if the environment names another tenant, application or secret, so it is never sent to
    /// another tenant.
    pub fn over(&self, mut settings: Settings) -> Settings {
        fn override_with<T: Clone>(over: &Option<T>, slot: &mut Option<T>) {
            if let Some(value) = over {
                *slot = Some(value.clone());
            }
        }
        fn differs<T: PartialEq>(over: &Option<T>, slot: &Option<T>) -> bool {
            over.is_some() && slot.is_some() && over != slot
        }
        if differs(&self.domain, &settings.domain)
            || differs(&self.client_id, &settings.client_id)
            || self.client_secret.is_some()
        {
            settings.clear_credential();
        }
        override_with(&self.domain, &mut settings.domain);
        override_with(&self.client_id, &mut settings.client_id);
        override_with(&self.client_secret, &mut settings.client_secret);
        override_with(&self.audience, &mut settings.audience);
        override_with(&self.scope, &mut settings.scope);
        settings
    }
}

impl Settings {
    /// The API that the token is for: the Management API by default. `None` if neither an API nor a
    /// domain is known.
    pub fn audience(&self) -> Option<String> {
        self.audience.clone().or_else(|| Some(self.domain.as_ref()?.management_audience()))
    }
}

impl Identity {
    /// All secrets in this identity. They must not appear in any output.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let (given, profile) = match self {
            Self::GivenToken { token, .. } => (Some(token), None),
            Self::GivenCredentials { secret, .. } => (Some(secret), None),
            Self::Profile { profile, settings, .. } => {
                (settings.client_secret.as_ref(), Some(profile))
            }
        };
        let saved = profile.and_then(|profile| profile.settings.client_secret.as_ref());
        let tokens = profile
            .into_iter()
            .flat_map(|profile| profile.token.iter().chain(profile.tokens.values()));
        let issued = tokens.flat_map(|token| {
            [Some(&token.access_token), token.refresh_token.as_ref(), token.id_token.as_ref()]
                .into_iter()
                .flatten()
        });
        given.into_iter().chain(saved).chain(issued)
    }

    /// Limits every wait for the profile's lock to `deadline`. `None` keeps the default limit.
    #[must_use]
    pub fn until(mut self, deadline: Option<Instant>) -> Self {
        if let Self::Profile { store, .. } = &mut self {
            *store = store.clone().until(deadline);
        }
        self
    }

    /// The tenant, or `None` if no domain is known.
    pub fn domain(&self) -> Option<&Domain> {
        match self {
            Self::GivenToken { domain, .. } | Self::GivenCredentials { domain, .. } => Some(domain),
            Self::Profile { profile, settings, .. } => settings
                .domain
                .as_ref()
                .or_else(|| profile.token.as_ref().map(|token| &token.domain)),
        }
    }

    /// Whether a person must type the domain to confirm destructive commands.
    pub fn is_protected(&self) -> bool {
        matches!(self, Self::Profile { profile, .. } if profile.settings.protected)
    }

    /// The tenant and the profile, for messages: `acme.eu.auth0.com (profile 'prod')`.
    pub fn place(&self) -> String {
        let domain =
            self.domain().map_or_else(|| "an unknown tenant".to_owned(), ToString::to_string);
        match self {
            Self::Profile { name, .. } => format!("{domain} (profile '{name}')"),
            Self::GivenToken { .. } | Self::GivenCredentials { .. } => domain,
        }
    }

    /// The command that signs in again, with `options` added.
    pub fn login(&self, options: impl Into<Hint>) -> Hint {
        let options = options.into();
        match self {
            Self::Profile { name, .. } => hint!("auth0-login --profile {}{}", name, options),
            Self::GivenToken { .. } | Self::GivenCredentials { .. } => {
                hint!("auth0-login{}", options)
            }
        }
    }

    /// Chooses who to act as. `--profile` takes precedence over a token or credentials in the
    /// environment. With a token or credentials, no profile folder is needed.
    ///
    /// # Errors
    /// Usage error if a setting is invalid; not signed in if there is no profile, token or
    /// credential.
    pub fn choose(flag: Option<&str>, env: Env, ui: &Ui) -> Result<Self, Error> {
        let environment = Environment::read(env)?;
        if flag.is_none()
            && let Some(identity) = Self::from_environment(&environment)?
        {
            return Ok(identity);
        }
        if environment.is_exec_child && flag.is_none() && env.get("AUTH0_PROFILE")?.is_none() {
            // Without a profile there is only the token, and it may be for any API.
            return Err(Error::new(
                ErrorKind::NotSignedIn,
                "the token that `auth0-token exec` has set is for its command only",
            )
            .hint("name a profile: --profile NAME"));
        }
        let store = Store::locate(env, ui)?;
        let name = choose_profile(flag, env, &store)?;
        let profile = store.load(&name)?.ok_or_else(|| no_such_profile(&name, &store))?;
        let settings = Box::new(environment.over(profile.settings.clone()));
        Ok(Self::Profile { store, name, profile: Box::new(profile), settings })
    }

    fn from_environment(environment: &Environment) -> Result<Option<Self>, Error> {
        let Environment { domain, client_id, client_secret, access_token, .. } = environment;
        Ok(match (domain, access_token, client_id, client_secret) {
            (Some(domain), Some(token), _, _) => {
                Some(Self::GivenToken { domain: domain.clone(), token: token.clone() })
            }
            (None, Some(_), _, _) => {
                return Err(Error::usage(
                    "AUTH0_ACCESS_TOKEN is set, but AUTH0_DOMAIN is not, so the tenant is unknown",
                )
                .hint(hint!(
                    "{}\nor: {}",
                    shell::set("AUTH0_DOMAIN", "your-tenant.eu.auth0.com"),
                    shell::unset("AUTH0_ACCESS_TOKEN")
                )));
            }
            (Some(domain), None, Some(client_id), Some(secret)) => Some(Self::GivenCredentials {
                domain: domain.clone(),
                client_id: client_id.clone(),
                secret: secret.clone(),
                audience: environment
                    .audience
                    .clone()
                    .unwrap_or_else(|| domain.management_audience()),
                scope: environment.scope.clone().unwrap_or_default(),
            }),
            _ => None,
        })
    }
}

/// The name from `--profile`, else `AUTH0_PROFILE`, else the current profile, else the only one.
///
/// # Errors
/// Usage error if the name is invalid or no profile is selected; not signed in if there are no
/// profiles.
pub fn choose_profile(flag: Option<&str>, env: Env, store: &Store) -> Result<ProfileName, Error> {
    if flag == Some("") {
        let error = Error::usage("no profile is named: --profile is empty");
        if !env.is_set(exec_mark::VARIABLE) {
            return Err(error.hint("name one: --profile NAME; see auth0-profiles list"));
        }
        return Err(error
            .because("this runs in an `auth0-token exec` with credentials of the environment, which belong to no profile")
            .hint("save them in a profile: auth0-login --profile NAME --client-credentials --save-secret"));
    }
    if let Some(name) = flag {
        return ProfileName::parse(name).map(|name| store.spelled(&name));
    }
    if let Some(name) = env.get("AUTH0_PROFILE")? {
        return ProfileName::parse(&name)
            .map(|name| store.spelled(&name))
            .map_err(|e| e.within("AUTH0_PROFILE cannot be used"));
    }
    if let Some(name) = store.current()? {
        if store.exists(&name) {
            return Ok(name);
        }
        let names = store.names()?;
        let other = nearest(&name, &names).or(names.first());
        return Err(Error::usage(format!("the current profile '{name}' does not exist")).hint(
            match other {
                Some(other) => hint!("choose another: auth0-profiles use {}", other),
                None => {
                    hint!("sign in: auth0-login --profile {} --domain DOMAIN --client-id ID", name)
                }
            },
        ));
    }
    let mut names = store.names()?;
    match names.len() {
        0 => Err(Error::new(ErrorKind::NotSignedIn, "not signed in: there is no profile yet")
            .hint(
                "sign in: auth0-login --domain YOUR-TENANT.eu.auth0.com --client-id YOUR-CLIENT-ID",
            )),
        1 => Ok(names.remove(0)),
        _ => Err(Error::usage(format!(
            "there are {} profiles, and no current profile is set",
            names.len()
        ))
        .hint(hint!(
            "choose one: auth0-profiles use {}; there are: {}",
            names[0],
            first_names(&names)
        ))),
    }
}

/// The error for a profile that does not exist. It suggests the most similar name and lists the
/// profiles.
pub fn no_such_profile(name: &ProfileName, store: &Store) -> Error {
    let error = Error::usage(format!("there is no profile '{name}'"));
    let names = store.names().unwrap_or_default();
    if names.is_empty() {
        return error
            .hint(hint!("make it: auth0-login --profile {} --domain DOMAIN --client-id ID", name));
    }
    let meant =
        nearest(name, &names).map_or_else(|| "".into(), |near| hint!("did you mean {}? ", near));
    error.hint(hint!("{}there is: {}; see auth0-profiles list", meant, first_names(&names)))
}

/// The most similar name, or `None` if none is similar.
fn nearest<'n>(name: &ProfileName, names: &'n [ProfileName]) -> Option<&'n ProfileName> {
    let mut near = Near::new(name.as_str());
    for other in names.iter().filter(|other| *other != name) {
        near.offer(other.as_str());
    }
    let nearest = near.names().into_iter().next()?;
    names.iter().find(|other| other.as_str() == nearest)
}

/// The first ten names in one line.
fn first_names(names: &[ProfileName]) -> Hint {
    const MOST: usize = 10;
    let shown = names.iter().take(MOST).map(|name| foreign(name.as_str()).named());
    let more = if names.len() > MOST { ", …" } else { "" };
    hint!("{}{}", Shown::join(shown, ", "), more)
}
