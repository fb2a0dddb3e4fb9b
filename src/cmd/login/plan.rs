//! Joins flags, environment and profile into one plan.

use super::{BrowserOptions, Login, PROMPTS};
use crate::base::domain::Domain;
use crate::base::error::Error;
use crate::hint;
use crate::oauth::scope::{Scopes, is_management_api};
use crate::profile::store::Store;
use crate::profile::{
    DEFAULT_REDIRECT_URI, DEFAULT_SCOPE, LoginMethod, Profile, ProfileName, Settings,
};
use crate::session::identity::{Environment, choose_profile};
use crate::term::Io;

/// The default scopes for any API except the Management API: who signs in, and a refresh token. Only
/// the person knows the API's own scopes.
const IDENTITY_SCOPE: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Everything that a login needs.
pub(super) struct Plan {
    pub(super) store: Store,
    pub(super) name: ProfileName,
    /// The settings for this login.
    pub(super) settings: Settings,
    pub(super) domain: Domain,
    pub(super) client_id: String,
    pub(super) audience: String,
    /// The scopes to ask for. Empty, only with client credentials, asks for all that is granted.
    pub(super) scope: Scopes,
    /// Whether the scopes were named by a flag. Then they are kept in the profile.
    pub(super) scope_named: bool,
    pub(super) way: Way,
    pub(super) make_current: bool,
}

/// The kind of login.
pub(super) enum Way {
    Browser(Box<BrowserOptions>),
    Device,
    ClientCredentials { save_secret: bool },
    GivenToken,
}

impl Way {
    fn grant(&self) -> Option<LoginMethod> {
        match self {
            Self::Browser(_) => Some(LoginMethod::AuthorizationCode),
            Self::Device => Some(LoginMethod::DeviceCode),
            Self::ClientCredentials { .. } => Some(LoginMethod::ClientCredentials),
            Self::GivenToken => None,
        }
    }
}

impl Plan {
    pub(super) fn make(args: &Login, io: &Io) -> Result<Self, Error> {
        let store = Store::locate(io.env, &io.ui)?;
        // Flags outrank the environment, and both outrank the profile.
        let mut given = Environment::read(io.env)?;
        lay(args.domain.as_deref().map(Domain::parse).transpose()?, &mut given.domain);
        lay(args.client_id.clone(), &mut given.client_id);
        lay(args.audience.clone(), &mut given.audience);
        let is_first = args.shared.profile.is_none()
            && !io.env.is_set("AUTH0_PROFILE")
            && store.names()?.is_empty();
        if is_first && given.domain.is_none() {
            // The first profile is named after its domain, however the domain was given.
            given.domain = Some(ask_domain(io)?);
        }
        let (name, known) =
            choose(args.shared.profile.as_deref(), given.domain.as_ref(), io, &store)?;
        let profile = match known {
            true => store.load(&name)?.unwrap_or_default(),
            false => Profile::default(),
        };
        let mut settings = given.over(profile.settings.clone());
        lay(args.organization.clone(), &mut settings.organization);
        lay_key(args, &mut settings)?;
        if !args.browser.redirect_uris.is_empty() {
            settings.redirect_uris = Some(args.browser.redirect_uris.clone());
        }
        // A custom audience of another tenant does not follow the profile to a new domain.
        if given.audience.is_none() && settings.domain != profile.settings.domain {
            settings.audience =
                profile.settings.audience.clone().filter(|audience| !is_management_api(audience));
        }
        let way = way(args, &settings);
        warn_of_ignored(args, &way, io);
        let domain = match &settings.domain {
            Some(domain) => domain.clone(),
            None => ask_domain(io)?,
        };
        settings.domain = Some(domain.clone());
        let client_id = match (&settings.client_id, &way) {
            (Some(client_id), _) => client_id.clone(),
            (None, Way::GivenToken) => String::new(),
            (None, _) => ask_client_id(io, &domain)?,
        };
        let audience = settings.audience.clone().unwrap_or_else(|| domain.management_audience());
        let scope_named = !args.scope.is_empty() || !args.add_scope.is_empty();
        let scope = scope(args, &given, &profile, &way, &audience)?;
        if let Some(grant) = way.grant() {
            settings.grant = Some(grant);
        }
        Ok(Self {
            store,
            name,
            settings,
            domain,
            client_id,
            audience,
            scope,
            scope_named,
            way,
            make_current: args.make_current,
        })
    }

    /// The addresses to listen on, in order.
    pub(super) fn redirect_uris(&self) -> Vec<String> {
        self.settings
            .redirect_uris
            .clone()
            .filter(|uris| !uris.is_empty())
            .unwrap_or_else(|| vec![DEFAULT_REDIRECT_URI.to_owned()])
    }
}

fn lay<T>(over: Option<T>, slot: &mut Option<T>) {
    if over.is_some() {
        *slot = over;
    }
}

/// Makes the key's path absolute, because later commands run in other folders.
fn lay_key(args: &Login, settings: &mut Settings) -> Result<(), Error> {
    let way = &args.way;
    if let Some(path) = &way.private_key {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let text = absolute
            .into_os_string()
            .into_string()
            .map_err(|_| Error::usage("the path of the private key is not valid UTF-8"))?;
        settings.private_key = Some(text);
        settings.client_secret = None;
        settings.key_id.clone_from(&way.key_id);
        settings.signing_alg.clone_from(&way.signing_alg);
    } else if way.client_secret_file.is_some() {
        settings.private_key = None;
    }
    Ok(())
}

/// The profile to sign in to, and whether it exists.
///
/// Without `--profile`, a domain other than the chosen profile's means another profile: the one
/// that has this domain, else a new one named after it. A profile never changes its tenant unless
/// the person names it.
fn choose(
    flag: Option<&str>,
    domain: Option<&Domain>,
    io: &Io,
    store: &Store,
) -> Result<(ProfileName, bool), Error> {
    if flag.is_some() || io.env.is_set("AUTH0_PROFILE") {
        let name = choose_profile(flag, io.env, store)?;
        let known = store.exists(&name);
        return Ok((name, known));
    }
    let names = store.names()?;
    let Some(domain) = domain else {
        return Ok((choose_profile(None, io.env, store)?, true));
    };
    let is_for = |name: &ProfileName| {
        store
            .load(name)
            .ok()
            .flatten()
            .is_some_and(|profile| profile.settings.domain.as_ref() == Some(domain))
    };
    let current = store.current()?.filter(|name| store.exists(name));
    if let Some(name) =
        current.filter(is_for).or_else(|| names.iter().find(|name| is_for(name)).cloned())
    {
        return Ok((name, true));
    }
    let name = ProfileName::for_tenant(domain);
    if store.exists(&name) {
        return Err(Error::usage(format!(
            "there is no profile for {domain} yet, and the name '{name}' is taken"
        ))
        .hint(hint!("choose a name: auth0-login --profile NAME --domain {}", domain)));
    }
    Ok((name, false))
}

fn way(args: &Login, settings: &Settings) -> Way {
    let save_secret = args.way.save_secret;
    if args.way.device {
        Way::Device
    } else if args.way.client_credentials {
        Way::ClientCredentials { save_secret }
    } else if args.way.with_token {
        Way::GivenToken
    } else {
        match settings.grant.unwrap_or_default() {
            LoginMethod::AuthorizationCode => Way::Browser(Box::new(args.browser.clone())),
            LoginMethod::DeviceCode => Way::Device,
            LoginMethod::ClientCredentials => Way::ClientCredentials { save_secret },
        }
    }
}

/// Warns of options that have no effect in this kind of login.
fn warn_of_ignored(args: &Login, way: &Way, io: &Io) {
    let kind = match way {
        Way::Browser(_) => {
            warn_of_unknown_prompt(args.browser.prompt.as_deref(), io);
            return;
        }
        Way::Device => "with a device code",
        Way::ClientCredentials { .. } => "as a machine",
        Way::GivenToken => "with a token that is given",
    };
    let browser = &args.browser;
    let given_token = matches!(way, Way::GivenToken);
    let ignored: Vec<_> = [
        ("--redirect-uri", !browser.redirect_uris.is_empty()),
        ("--invitation", browser.invitation.is_some()),
        ("--connection", browser.connection.is_some()),
        ("--login-hint", browser.login_hint.is_some()),
        ("--prompt", browser.prompt.is_some()),
        ("--max-age", browser.max_age.is_some()),
        ("--ui-locales", browser.ui_locales.is_some()),
        ("--param", !browser.params.is_empty()),
        ("--browser", browser.command.is_some()),
        ("--no-browser", browser.no_browser),
        ("--scope", given_token && !args.scope.is_empty()),
        ("--add-scope", given_token && !args.add_scope.is_empty()),
    ]
    .into_iter()
    .filter_map(|(option, given)| given.then_some(option))
    .collect();
    if !ignored.is_empty() {
        let options = ignored.join(", ");
        io.ui.warn(format_args!("this login is {kind}, so it ignores {options}"));
    }
}

fn warn_of_unknown_prompt(prompt: Option<&str>, io: &Io) {
    let unknown = |word: &str| !PROMPTS.contains(&word);
    if prompt.is_some_and(|prompt| prompt.split_whitespace().any(unknown)) {
        io.ui.warn(format_args!("--prompt has an unknown value; known are {}", PROMPTS.join(", ")));
    }
}

fn scope(
    args: &Login,
    given: &Environment,
    profile: &Profile,
    way: &Way,
    audience: &str,
) -> Result<Scopes, Error> {
    let machine = matches!(way, Way::ClientCredentials { .. });
    let was_machine = profile.settings.grant == Some(LoginMethod::ClientCredentials);
    let own = profile.settings.scope.as_ref().filter(|_| machine == was_machine);
    let mut scope = if !args.scope.is_empty() {
        Scopes::parse_request(&args.scope)?
    } else if let Some(scope) = given.scope.as_ref().or(own) {
        Scopes::parse_request(scope)?
    } else if machine {
        // Without a scope, the tenant grants all. `--add-scope` means: those of the last login, and
        // this one.
        let granted = profile.token.as_ref().filter(|_| was_machine && !args.add_scope.is_empty());
        Scopes::of(granted.map(|token| token.scope.as_slice()).unwrap_or_default())
    } else if is_management_api(audience) {
        Scopes::of(DEFAULT_SCOPE)
    } else {
        Scopes::of(IDENTITY_SCOPE)
    };
    scope.extend(&Scopes::parse_request(&args.add_scope)?);
    Ok(scope)
}

/// Asks for the domain, and asks again if the answer is not one. The error suggests likely ones.
fn ask_domain(io: &Io) -> Result<Domain, Error> {
    const ATTEMPTS: usize = 3;
    let ask = || io.ask("Domain of your tenant (such as acme.eu.auth0.com): ");
    for _ in 1..ATTEMPTS {
        let Some(text) = ask()? else { return no_domain() };
        match Domain::parse(&text) {
            Ok(domain) => return Ok(domain),
            Err(error) => io.ui.report(&error),
        }
    }
    match ask()? {
        Some(text) => Domain::parse(&text),
        None => no_domain(),
    }
}

fn no_domain() -> Result<Domain, Error> {
    Err(Error::usage("no domain is given")
            .hint("name both: auth0-login --domain YOUR-TENANT.eu.auth0.com --client-id YOUR-CLIENT-ID; the dashboard has them under Applications → your application → Settings"))
}

fn ask_client_id(io: &Io, domain: &Domain) -> Result<String, Error> {
    io.ask(&format!("Client ID of the application at {domain}: "))?.ok_or_else(|| {
        Error::usage("no client ID is given")
            .hint(hint!("name it: auth0-login --domain {} --client-id YOUR-CLIENT-ID; the dashboard has it under Applications → your application → Settings", domain))
    })
}
