//! Who the command acts as: `--profile`, else the environment alone, else a profile.
//!
//! What was typed, what the environment says and what the profile holds are joined here, once.

use std::time::Instant;

use crate::base::domain::Domain;
use crate::base::error::{Error, Kind};
use crate::base::near::Near;
use crate::base::secret::Secret;
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;
use crate::profile::store::Store;
use crate::profile::{Profile, ProfileName, Settings};
use crate::term::{Env, Ui};

/// Whose token is used.
pub enum Identity {
    /// `AUTH0_DOMAIN` + `AUTH0_ACCESS_TOKEN`: used as it is, and nothing is written.
    GivenToken {
        /// The only host it goes to.
        domain: Domain,
        /// The token.
        token: Secret,
    },
    /// `AUTH0_DOMAIN` + `AUTH0_CLIENT_ID` + `AUTH0_CLIENT_SECRET`: a token is got, kept in memory,
    /// and nothing is written.
    GivenCredentials {
        /// The tenant.
        domain: Domain,
        /// The application.
        client_id: String,
        /// Its secret.
        secret: Secret,
        /// The API; the domain's Management API unless `AUTH0_AUDIENCE` says otherwise.
        audience: String,
        /// What `AUTH0_SCOPE` asks for; empty asks for all there is.
        scope: Vec<String>,
    },
    /// A profile, with the environment's settings laid over it.
    Profile {
        /// Where it is.
        store: Store,
        /// Its name.
        name: ProfileName,
        /// What the file holds.
        profile: Box<Profile>,
        /// Its settings as they hold for this command.
        settings: Box<Settings>,
    },
}

/// The settings the environment names.
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
}

impl Environment {
    /// Reads the variables.
    ///
    /// # Errors
    /// Usage, for one that is not UTF-8 or no domain.
    pub fn read(env: Env) -> Result<Self, Error> {
        let domain = env
            .get("AUTH0_DOMAIN")?
            .map(|text| Domain::parse(&text).map_err(|e| e.within("AUTH0_DOMAIN cannot be used")));
        Ok(Self {
            domain: domain.transpose()?,
            client_id: env.get("AUTH0_CLIENT_ID")?,
            client_secret: env.get("AUTH0_CLIENT_SECRET")?.map(Secret::new),
            audience: env.get("AUTH0_AUDIENCE")?,
            scope: env.get("AUTH0_SCOPE")?.map(|text| {
                text.split([' ', ',']).filter(|s| !s.is_empty()).map(str::to_owned).collect()
            }),
            access_token: env.get("AUTH0_ACCESS_TOKEN")?.map(|token| Secret::new(token.trim())),
        })
    }

    /// Lays what is set here over a profile's settings. The profile's own secret or key is shown
    /// to no other tenant and for no other application, and gives way to a secret that is set.
    pub fn over(&self, mut settings: Settings) -> Settings {
        fn lay<T: Clone>(over: &Option<T>, slot: &mut Option<T>) {
            if let Some(value) = over {
                *slot = Some(value.clone());
            }
        }
        fn turns<T: PartialEq>(over: &Option<T>, slot: &Option<T>) -> bool {
            over.is_some() && slot.is_some() && over != slot
        }
        if turns(&self.domain, &settings.domain)
            || turns(&self.client_id, &settings.client_id)
            || self.client_secret.is_some()
        {
            settings.leave_out_credential();
        }
        lay(&self.domain, &mut settings.domain);
        lay(&self.client_id, &mut settings.client_id);
        lay(&self.client_secret, &mut settings.client_secret);
        lay(&self.audience, &mut settings.audience);
        lay(&self.scope, &mut settings.scope);
        settings
    }
}

impl Settings {
    /// The API the token is for, where a tenant is known.
    pub fn audience(&self) -> Option<String> {
        self.audience.clone().or_else(|| Some(self.domain.as_ref()?.management_audience()))
    }
}

impl Identity {
    /// Everything in it that must not be said.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let (given, token, saved) = match self {
            Self::GivenToken { token, .. } => (Some(token), None, None),
            Self::GivenCredentials { secret, .. } => (Some(secret), None, None),
            Self::Profile { profile, settings, .. } => (
                settings.client_secret.as_ref(),
                profile.token.as_ref(),
                profile.settings.client_secret.as_ref(),
            ),
        };
        let issued = token.into_iter().flat_map(|token| {
            [Some(&token.access_token), token.refresh_token.as_ref()].into_iter().flatten()
        });
        given.into_iter().chain(saved).chain(issued)
    }

    /// Ends every wait for the profile's lock at `deadline`, if there is one.
    #[must_use]
    pub fn until(mut self, deadline: Option<Instant>) -> Self {
        if let Self::Profile { store, .. } = &mut self {
            *store = store.clone().until(deadline);
        }
        self
    }

    /// The tenant that it acts on, where one is known.
    pub fn domain(&self) -> Option<&Domain> {
        match self {
            Self::GivenToken { domain, .. } | Self::GivenCredentials { domain, .. } => Some(domain),
            Self::Profile { profile, settings, .. } => settings
                .domain
                .as_ref()
                .or_else(|| profile.token.as_ref().map(|token| &token.domain)),
        }
    }

    /// Whether destructive commands must ask for the domain to be typed.
    pub fn is_protected(&self) -> bool {
        matches!(self, Self::Profile { profile, .. } if profile.settings.protected)
    }

    /// The tenant and the profile in words: `acme.eu.auth0.com (profile 'prod')`.
    pub fn place(&self) -> String {
        let domain =
            self.domain().map_or_else(|| "an unknown tenant".to_owned(), ToString::to_string);
        match self {
            Self::Profile { name, .. } => format!("{domain} (profile '{name}')"),
            Self::GivenToken { .. } | Self::GivenCredentials { .. } => domain,
        }
    }

    /// How it signs in again, `options` added.
    pub fn login(&self, options: impl Into<Hint>) -> Hint {
        let options = options.into();
        match self {
            Self::Profile { name, .. } => hint!("auth0-login --profile {}{}", name, options),
            Self::GivenToken { .. } | Self::GivenCredentials { .. } => {
                hint!("auth0-login{}", options)
            }
        }
    }

    /// Decides, by the contract's order. An explicit `--profile` outranks a token or credentials
    /// in the environment, which need no place for profiles.
    ///
    /// # Errors
    /// Usage, for settings that cannot be used; not signed in, when there is nothing to act as.
    pub fn choose(flag: Option<&str>, env: Env, ui: &Ui) -> Result<Self, Error> {
        let environment = Environment::read(env)?;
        if flag.is_none()
            && let Some(identity) = Self::from_environment(&environment)?
        {
            return Ok(identity);
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
                    "AUTH0_ACCESS_TOKEN is set, but AUTH0_DOMAIN does not say where it may go",
                )
                .hint(
                    "export AUTH0_DOMAIN=your-tenant.eu.auth0.com, or: unset AUTH0_ACCESS_TOKEN",
                ));
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

/// `--profile`, else `AUTH0_PROFILE`, else the current one, else the only one there is.
///
/// # Errors
/// Usage, for a name that is none or a choice that is not made; not signed in, without any profile.
pub fn choose_profile(flag: Option<&str>, env: Env, store: &Store) -> Result<ProfileName, Error> {
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
        0 => Err(Error::new(Kind::NotSignedIn, "not signed in: there is no profile yet").hint(
            "sign in: auth0-login --domain YOUR-TENANT.eu.auth0.com --client-id YOUR-CLIENT-ID",
        )),
        1 => Ok(names.remove(0)),
        _ => Err(Error::usage(format!(
            "there are {} profiles and none is the current one",
            names.len()
        ))
        .hint(hint!(
            "choose one: auth0-profiles use {}; there are: {}",
            names[0],
            some(&names)
        ))),
    }
}

/// The error for a profile that is not there, naming the nearest and those that are.
pub fn no_such_profile(name: &ProfileName, store: &Store) -> Error {
    let error = Error::usage(format!("there is no profile '{name}'"));
    let names = store.names().unwrap_or_default();
    if names.is_empty() {
        return error
            .hint(hint!("make it: auth0-login --profile {} --domain DOMAIN --client-id ID", name));
    }
    let meant =
        nearest(name, &names).map_or_else(|| "".into(), |near| hint!("did you mean {}? ", near));
    error.hint(hint!("{}there is: {}; see auth0-profiles list", meant, some(&names)))
}

/// The name most like this one, if any comes near.
fn nearest<'n>(name: &ProfileName, names: &'n [ProfileName]) -> Option<&'n ProfileName> {
    let mut near = Near::new(name.as_str());
    for other in names.iter().filter(|other| *other != name) {
        near.offer(other.as_str());
    }
    let nearest = near.names().into_iter().next()?;
    names.iter().find(|other| other.as_str() == nearest)
}

/// As many names as a line can take.
fn some(names: &[ProfileName]) -> Hint {
    const MOST: usize = 10;
    let shown = names.iter().take(MOST).map(|name| foreign(name.as_str()).named());
    let more = if names.len() > MOST { ", …" } else { "" };
    hint!("{}{}", Shown::join(shown, ", "), more)
}
