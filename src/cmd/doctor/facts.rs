//! Reads what the checks judge. Nothing is written, and no token is renewed.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::Instant;

use super::finding::Finding;
use super::look::{Look, RateStatus, Reader};
use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{self, Hint, Shown};
use crate::base::time::Moment;
use crate::base::url::encoded;
use crate::hint;
use crate::http::{Http, Limits};
use crate::login::tenant::{TenantClient, now, stored};
use crate::loopback::{LoopbackHost, RedirectUri};
use crate::oauth::jwt;
use crate::oauth::scope::{Scopes, is_management_api};
use crate::profile::store::Store;
use crate::profile::{
    DEFAULT_REDIRECT_URI, Endpoints, LoginMethod, Profile, ProfileName, Settings, StoredToken,
};
use crate::session::Identity;
use crate::session::identity::{Environment, choose_profile, no_such_profile};
use crate::term::Io;

/// A redirect URI, and whether a login could listen there now.
pub(super) struct Port {
    pub(super) uri: String,
    /// Why it cannot be listened on; `None` if it can.
    pub(super) problem: Option<PortProblem>,
}

/// Why a redirect URI is of no use now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PortProblem {
    /// It is not a loopback address that a listener can serve.
    Invalid,
    /// Another program listens there.
    Taken,
    /// Port 0, which Auth0 never calls back.
    AnyPort,
}

/// All that the checks judge.
pub(super) struct Facts {
    /// The profile; `None` if only the environment says who acts.
    pub(super) name: Option<ProfileName>,
    /// Path of the profile's file, safe to show.
    pub(super) file: Option<String>,
    pub(super) settings: Settings,
    pub(super) has_foreign_credential: bool,
    /// The saved token; for a machine the one that this run got.
    pub(super) token: Option<StoredToken>,
    /// The machine profile of `--with`.
    pub(super) helper: Option<ProfileName>,
    /// What discovery answered; `None` if no domain is known.
    pub(super) discovery: Option<Result<(), Error>>,
    /// The variable that names the proxy on the way, if there is one.
    pub(super) proxy: Option<&'static str>,
    /// By this computer's clock and the tenant's.
    pub(super) moment: Moment,
    pub(super) ports: Vec<Port>,
    /// How the tenant answered a machine's secret or key; `None` if it was not tried.
    pub(super) machine_login: Option<Result<(), Error>>,
    pub(super) client: Look,
    pub(super) api: Look,
    /// An API whose identifier differs from the audience only by a slash at the end.
    pub(super) similar_audience: Option<String>,
    pub(super) client_grants: Look,
    pub(super) custom_domains: Look,
    pub(super) rate: Option<RateStatus>,
}

impl Facts {
    /// Reads everything. The inner error is the finding about a profile that cannot be read.
    ///
    /// # Errors
    /// Usage, if no profile is selected or a name is wrong.
    pub(super) fn gather(
        profile: Option<&str>,
        with: Option<&str>,
        limits: &Limits,
        io: &Io,
    ) -> Result<Result<Self, Finding>, Error> {
        let subject = match Subject::choose(profile, io)? {
            Ok(subject) => subject,
            Err(finding) => return Ok(Err(finding)),
        };
        let http = Http::new(io.env, &io.ui, limits, Instant::now());
        let helper = with.map(|name| Helper::load(name, &subject.settings, io)).transpose()?;
        let domain = subject.settings.domain.clone();
        let (discovery, moment) =
            match domain.as_ref().map(|domain| TenantClient::discover(&http, domain)) {
                Some(Ok(tenant)) => (Some(Ok(())), tenant.moment()),
                Some(Err(error)) => (Some(Err(error)), Moment::new(now(), None)),
                None => (None, Moment::new(now(), None)),
            };
        let reached = matches!(discovery, Some(Ok(())));
        let mut facts = Self {
            name: subject.name,
            file: subject.file,
            ports: ports(&subject.settings),
            settings: subject.settings,
            has_foreign_credential: subject.has_foreign_credential,
            token: subject.token,
            helper: helper.as_ref().map(|helper| helper.name.clone()),
            discovery,
            proxy: domain.as_ref().and_then(|domain| http.proxy_variable(domain.host()).ok()?),
            moment,
            machine_login: None,
            client: Look::NoToken,
            api: Look::NoToken,
            similar_audience: None,
            client_grants: Look::NoToken,
            custom_domains: Look::NoToken,
            rate: None,
        };
        if reached {
            facts.try_machine(&http);
            let borrowed = helper.and_then(|helper| helper.token(&http)).transpose()?;
            facts.look(&http, borrowed.as_ref());
        }
        Ok(Ok(facts))
    }

    /// Whether the profile signs in as a machine.
    pub(super) fn is_machine(&self) -> bool {
        self.settings.grant == Some(LoginMethod::ClientCredentials)
    }

    pub(super) fn grant(&self) -> LoginMethod {
        self.settings.grant.unwrap_or_default()
    }

    /// The API that the profile is for.
    pub(super) fn audience(&self) -> String {
        self.settings.audience().unwrap_or_default()
    }

    pub(super) fn is_for_management(&self) -> bool {
        is_management_api(&self.audience())
    }

    /// The command that signs in to this profile, with more `options`.
    pub(super) fn login(&self, options: &'static str) -> Hint {
        match &self.name {
            Some(name) => hint!("auth0-login --profile {}{}", name, options),
            None => hint!("auth0-login{}", options),
        }
    }

    /// The command that changes a setting of this profile.
    pub(super) fn set(&self, setting: &'static str, value: &Shown) -> Hint {
        match &self.name {
            Some(name) => hint!("auth0-profiles set {} {}={}", name, setting, value),
            None => hint!("set the environment's {} to {}", setting, value),
        }
    }

    /// The profile that may change the tenant's settings, if one is known.
    pub(super) fn administrator(&self) -> Option<&ProfileName> {
        self.helper.as_ref().or(self.name.as_ref().filter(|_| self.is_machine()))
    }

    /// Signs in as the machine that the profile is. What comes of it stays in memory.
    fn try_machine(&mut self, http: &Http) {
        if !self.settings.has_credential() {
            return;
        }
        let (Some(domain), Some(client_id)) = (&self.settings.domain, &self.settings.client_id)
        else {
            return;
        };
        match machine_token(http, &self.settings, domain, client_id, &self.audience()) {
            Ok(token) => {
                self.token = Some(token);
                self.machine_login = Some(Ok(()));
            }
            Err(error) => self.machine_login = Some(Err(error)),
        }
    }

    fn look(&mut self, http: &Http, borrowed: Option<&StoredToken>) {
        let time = i64::try_from(self.moment.here()).unwrap_or(i64::MAX);
        let own = self
            .token
            .as_ref()
            .filter(|token| is_management_api(&token.audience) && token.seconds_left(time) > 0);
        let Some(token) = borrowed.or(own) else { return };
        let mut reader = Reader {
            http,
            domain: token.domain.clone(),
            token: token.access_token.clone(),
            rate: None,
        };
        let audience = self.audience();
        if let Some(client_id) = &self.settings.client_id {
            let path = format!("/clients/{}", encoded(client_id));
            self.client = reader.read(&path, "read:clients");
            if self.is_machine() {
                let path = format!(
                    "/client-grants?client_id={}&audience={}",
                    encoded(client_id),
                    encoded(&audience)
                );
                self.client_grants = reader.read(&path, "read:client_grants");
            }
        }
        if !self.is_for_management() {
            let path = format!("/resource-servers/{}", encoded(&audience));
            self.api = reader.read(&path, "read:resource_servers");
            if self.api == Look::Missing {
                let similar = match audience.strip_suffix('/') {
                    Some(without) => without.to_owned(),
                    None => format!("{audience}/"),
                };
                let path = format!("/resource-servers/{}", encoded(&similar));
                let look = reader.read(&path, "read:resource_servers");
                self.similar_audience = look.seen().map(|_| similar);
            }
        }
        self.custom_domains = reader.read("/custom-domains", "read:custom_domains");
        self.rate = reader.rate;
    }
}

/// Who is examined.
struct Subject {
    name: Option<ProfileName>,
    file: Option<String>,
    settings: Settings,
    has_foreign_credential: bool,
    token: Option<StoredToken>,
}

impl Subject {
    fn choose(flag: Option<&str>, io: &Io) -> Result<Result<Self, Finding>, Error> {
        let environment = Environment::read(io.env)?;
        let from_environment = flag.is_none()
            && (environment.access_token.is_some() || environment.client_secret.is_some());
        if from_environment {
            match Identity::choose(None, io.env, &io.ui)? {
                Identity::Profile { .. } => {}
                identity => return Ok(Ok(Self::of_environment(&identity))),
            }
        }
        let store = Store::locate(io.env, &io.ui)?;
        let name = choose_profile(flag, io.env, &store)?;
        let profile = match store.load(&name) {
            Ok(Some(profile)) => profile,
            Ok(None) => return Err(no_such_profile(&name, &store)),
            Err(error) => return Ok(Err(Finding::of_error("profile file", &error))),
        };
        let file = Some(text::path(&store.path(&name)).shown().to_string());
        let settings = environment.over(profile.settings);
        let has_foreign_credential = profile.has_foreign_credential;
        Ok(Ok(Self {
            name: Some(name),
            file,
            settings,
            has_foreign_credential,
            token: profile.token,
        }))
    }

    fn of_environment(identity: &Identity) -> Self {
        let (settings, token) = match identity {
            Identity::GivenToken { domain, token } => {
                let claims = jwt::unverified(token.expose());
                let claims = claims.as_ref();
                let client_id = claims.and_then(|claims| claims.client_id()).map(str::to_owned);
                let scopes = claims.and_then(jwt::Claims::scopes).unwrap_or_default();
                let expires_at = claims.and_then(|claims| i64::try_from(claims.expires_at()?).ok());
                let stored = StoredToken {
                    id_token: None,
                    access_token: token.clone(),
                    token_type: "Bearer".to_owned(),
                    expires_at: expires_at.unwrap_or(i64::MAX),
                    scope: scopes.iter().map(str::to_owned).collect(),
                    refresh_token: None,
                    domain: domain.clone(),
                    audience: domain.management_audience(),
                    client_id: client_id.clone().unwrap_or_default(),
                    endpoints: Endpoints::default(),
                };
                (
                    Settings { domain: Some(domain.clone()), client_id, ..Settings::default() },
                    Some(stored),
                )
            }
            Identity::GivenCredentials { domain, client_id, secret, audience, scope } => (
                Settings {
                    domain: Some(domain.clone()),
                    client_id: Some(client_id.clone()),
                    client_secret: Some(secret.clone()),
                    audience: Some(audience.clone()),
                    scope: Some(scope.clone()),
                    grant: Some(LoginMethod::ClientCredentials),
                    ..Settings::default()
                },
                None,
            ),
            Identity::Profile { settings, profile, .. } => {
                ((**settings).clone(), profile.token.clone())
            }
        };
        Self { name: None, file: None, settings, has_foreign_credential: false, token }
    }
}

/// The profile of `--with`.
struct Helper {
    name: ProfileName,
    profile: Profile,
}

impl Helper {
    fn load(name: &str, of: &Settings, io: &Io) -> Result<Self, Error> {
        let store = Store::locate(io.env, &io.ui)?;
        let name = store.spelled(&ProfileName::parse(name)?);
        let profile = store.load(&name)?.ok_or_else(|| no_such_profile(&name, &store))?;
        let settings = &profile.settings;
        // A custom domain is another name of the same tenant; its audience tells.
        let same = settings.domain == of.domain || settings.audience() == of.audience();
        if !same {
            return Err(Error::usage(format!("the profile '{name}' is for another tenant"))
                .hint("name a profile of the same tenant: auth0-profiles list"));
        }
        Ok(Self { name, profile })
    }

    /// Its saved token while that lasts, else a new one that is not saved.
    fn token(self, http: &Http) -> Option<Result<StoredToken, Error>> {
        let Self { name, profile } = self;
        let valid =
            |token: &StoredToken| token.seconds_left(i64::try_from(now()).unwrap_or(i64::MAX)) > 30;
        if let Some(token) = profile.token.filter(valid) {
            return Some(Ok(token));
        }
        let settings = &profile.settings;
        let token = match (&settings.domain, &settings.client_id, settings.audience()) {
            (Some(domain), Some(client_id), Some(audience)) if settings.has_credential() => {
                machine_token(http, settings, domain, client_id, &audience)
            }
            _ => Err(Error::new(
                ErrorKind::NotSignedIn,
                format!("the token of profile '{name}' has expired"),
            )),
        };
        Some(token.map_err(|error| error.or_hint(hint!("sign in: auth0-login --profile {}", name))))
    }
}

fn machine_token(
    http: &Http,
    settings: &Settings,
    domain: &Domain,
    client_id: &str,
    audience: &str,
) -> Result<StoredToken, Error> {
    let scope = Scopes::of(settings.scope.as_deref().unwrap_or_default());
    let tenant = TenantClient::at(http, domain)?;
    let tokens = tenant.client_credentials(settings, &scope)?;
    Ok(stored(&tokens, domain, audience, client_id, tenant.endpoints()))
}

fn ports(settings: &Settings) -> Vec<Port> {
    if settings.grant.unwrap_or_default() != LoginMethod::AuthorizationCode {
        return Vec::new();
    }
    let default = vec![DEFAULT_REDIRECT_URI.to_owned()];
    let uris = settings.redirect_uris.clone().filter(|uris| !uris.is_empty()).unwrap_or(default);
    uris.into_iter()
        .map(|uri| {
            let problem = match RedirectUri::parse(&uri) {
                Err(_) => Some(PortProblem::Invalid),
                Ok(parsed) if parsed.port() == 0 => Some(PortProblem::AnyPort),
                Ok(parsed) => is_taken(&parsed).then_some(PortProblem::Taken),
            };
            Port { uri, problem }
        })
        .collect()
}

/// Whether another program listens there. An address family that this machine lacks is ignored.
fn is_taken(uri: &RedirectUri) -> bool {
    let taken = |bound: std::io::Result<TcpListener>| {
        bound.is_err_and(|e| {
            matches!(e.kind(), std::io::ErrorKind::AddrInUse | std::io::ErrorKind::PermissionDenied)
        })
    };
    let v4 = || taken(TcpListener::bind((Ipv4Addr::LOCALHOST, uri.port())));
    let v6 = || taken(TcpListener::bind((Ipv6Addr::LOCALHOST, uri.port())));
    match uri.host() {
        LoopbackHost::V4 => v4(),
        LoopbackHost::V6 => v6(),
        LoopbackHost::Localhost => v4() || v6(),
    }
}
