//! Carries out a plan: each kind of login has its own driver.

use std::fs::File;
use std::time::Instant;

use super::plan::{Plan, Way};
use super::saved::SavedLogin;
use super::{BrowserOptions, Login, WayOptions};
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::time::Moment;
use crate::http::{Http, Limits};
use crate::login::tenant::{TenantClient, now, stored};
use crate::login::{BrowserLogin, SignInLimit, sign_in_with_browser, sign_in_with_device};
use crate::loopback::RedirectUri;
use crate::oauth::authorize::{AuthorizationRequest, ExtraParameters};
use crate::oauth::id_token::LEEWAY;
use crate::oauth::jwt;
use crate::oauth::scope::Granted;
use crate::oauth::tokens::Tokens;
use crate::profile::{Endpoints, StoredToken, User};
use crate::term::{Io, read_text};

/// Longer than any token or secret.
const MAX_SECRET: u64 = 64 << 10;

impl Plan {
    pub(super) fn sign_in(mut self, args: &Login, io: &Io) -> Result<SavedLogin, Error> {
        // `--timeout` limits the whole login. Without it, the person and each request have their own
        // limits.
        let started = Instant::now();
        let limits = Limits::new(args.timeout, args.max_retries);
        let http = Http::new(io.env, &io.ui, &limits, started);
        self.store = self.store.until(http.deadline());
        self.check_writable()?;
        match &self.way {
            Way::Browser(options) => {
                let limit = SignInLimit::new(started, args.timeout);
                self.in_browser(options, limit, &http, io)
            }
            Way::Device => {
                let tenant = TenantClient::discover(&http, &self.domain)?;
                let organization = self.settings.organization.as_deref();
                let tokens = sign_in_with_device(
                    &tenant,
                    &self.client_id,
                    &self.audience,
                    &self.scope,
                    organization,
                    SignInLimit::new(started, args.timeout),
                    io,
                )?;
                self.keep(&tokens, &tenant, io)
            }
            Way::ClientCredentials { .. } => {
                self.settings.client_secret = secret(&args.way, &self, io)?;
                let tenant = TenantClient::at(&http, &self.domain)?;
                self.settings.client_id = Some(self.client_id.clone());
                let tokens = tenant.client_credentials(&self.settings, &self.scope)?;
                self.keep(&tokens, &tenant, io)
            }
            Way::GivenToken => self.keep_given(&http, io),
        }
    }

    /// Finds out whether the login can be saved, before anybody signs in.
    fn check_writable(&self) -> Result<(), Error> {
        self.store.check_writable(&self.name).map_err(|error| {
            error.or_hint("keep profiles in another folder: set AUTH0_CONFIG_DIR to it")
        })
    }

    fn in_browser(
        &self,
        options: &BrowserOptions,
        limit: SignInLimit,
        http: &Http,
        io: &Io,
    ) -> Result<SavedLogin, Error> {
        let redirect_uris = self
            .redirect_uris()
            .iter()
            .map(|uri| RedirectUri::parse(uri))
            .collect::<Result<Vec<_>, _>>()?;
        let request = AuthorizationRequest {
            client_id: self.client_id.clone(),
            redirect_uri: String::new(),
            scope: self.scope.clone(),
            audience: Some(self.audience.clone()),
            organization: self.settings.organization.clone(),
            invitation: options.invitation.clone(),
            connection: options.connection.clone(),
            login_hint: options.login_hint.clone(),
            prompt: options.prompt.clone(),
            max_age: options.max_age,
            ui_locales: options.ui_locales.clone(),
            extra: ExtraParameters::new(options.params.clone())?,
        };
        let tenant = TenantClient::discover(http, &self.domain)?;
        let login = BrowserLogin {
            request,
            redirect_uris: &redirect_uris,
            command: options.command.as_deref(),
            no_browser: options.no_browser,
            client_secret: self.settings.client_secret.as_ref(),
            limit,
        };
        sign_in_with_browser(&tenant, login, io, |tokens| {
            let outcome = self.keep(&tokens, &tenant, io)?;
            let who = outcome
                .user
                .as_ref()
                .map_or_else(|| self.client_id.clone(), |user| user.label().to_owned());
            Ok((outcome, who))
        })
    }

    fn keep(
        &self,
        tokens: &Tokens,
        tenant: &TenantClient<'_>,
        io: &Io,
    ) -> Result<SavedLogin, Error> {
        warn_of_clock(tenant, io);
        let user = tokens.identity.as_ref().map(|identity| User {
            sub: identity.subject().to_owned(),
            name: identity.name().map(str::to_owned),
            email: identity.email().map(str::to_owned),
        });
        let token =
            stored(tokens, &self.domain, &self.audience, &self.client_id, tenant.endpoints());
        self.save(token, user, tokens.granted.clone())
    }

    /// Accepts a token from elsewhere: a JWT of this tenant, for this API, that has not expired. The
    /// API checks its signature.
    fn keep_given(&self, http: &Http, io: &Io) -> Result<SavedLogin, Error> {
        let token = given_token(io)?;
        let claims = jwt::unverified(token.expose()).ok_or_else(|| {
            Error::usage("the text is not a JSON Web Token")
                .hint("copy the whole token: three parts apart by dots")
        })?;
        let issuer = self.domain.issuer();
        if claims.issuer().is_some_and(|named| named != issuer) {
            return Err(Error::usage(format!(
                "the token was issued by {}, not by {issuer}",
                claims.issuer().unwrap_or_default()
            ))
            .hint("give the domain that issued it: --domain DOMAIN"));
        }
        let audiences = claims.audiences();
        if !audiences.contains(&self.audience.as_str()) {
            return Err(Error::usage(format!(
                "the token is for {}, not for {}",
                audiences.join(" and "),
                self.audience
            ))
            .hint("sign in for that API: --audience URI"));
        }
        let expires_at = claims
            .expires_at()
            .ok_or_else(|| Error::usage("the token does not say when it expires"))?;
        let mut moment = Moment::new(now(), None);
        // If a token looks expired or comes from the future, this computer's clock may be wrong. Only
        // then ask the tenant for the time.
        let is_odd =
            expires_at <= now() || claims.issued_at().is_some_and(|at| at > now() + LEEWAY);
        if is_odd {
            let tenant = TenantClient::at(http, &self.domain)?;
            moment = tenant.ask_time();
            warn_of_clock(&tenant, io);
        }
        if expires_at <= moment.there() {
            let error = Error::new(ErrorKind::NotSignedIn, "the token has expired");
            return Err(match moment.ahead() {
                Some(_) => error.hint("make a new one"),
                None => error.hint("make a new one, or check the clock: date -u"),
            });
        }
        let expires_at = moment.to_here(expires_at);
        let granted = claims.scopes().map_or(Granted::Unknown, Granted::Known);
        let client_id = if self.client_id.is_empty() {
            claims.client_id().unwrap_or_default()
        } else {
            &self.client_id
        };
        let stored = StoredToken {
            token_type: "Bearer".to_owned(),
            expires_at: i64::try_from(expires_at).unwrap_or(i64::MAX),
            scope: match &granted {
                Granted::Known(scope) => scope.iter().map(str::to_owned).collect(),
                Granted::Unknown => Vec::new(),
            },
            refresh_token: None,
            id_token: None,
            domain: self.domain.clone(),
            audience: self.audience.clone(),
            client_id: client_id.to_owned(),
            endpoints: Endpoints::default(),
            access_token: token,
        };
        self.save(stored, None, granted)
    }
}

/// Says that this computer's clock is off, if the tenant's answers show it.
fn warn_of_clock(tenant: &TenantClient<'_>, io: &Io) {
    if let Some(fault) = tenant.moment().clock_fault() {
        io.ui.warn(format_args!("{fault}; set it: see date -u"));
    }
}

/// Reads a token from a person, without showing it, or from a program.
fn given_token(io: &Io) -> Result<Secret, Error> {
    let token = if io.interactive {
        io.ask_secret("Access token (it is not shown): ")?
    } else {
        let text = io.read_stdin_text("the access token on stdin", MAX_SECRET)?;
        Some(text.trim()).filter(|token| !token.is_empty()).map(Secret::new)
    };
    token.ok_or_else(|| {
        Error::usage("no access token is given")
            .hint("hand it over on stdin: auth0-login --with-token < token.txt")
    })
}

/// The application's secret: from a file, stdin, the environment or the profile, else typed.
fn secret(way: &WayOptions, plan: &Plan, io: &Io) -> Result<Option<Secret>, Error> {
    if plan.settings.private_key.is_some() {
        return Ok(None);
    }
    let text = match &way.client_secret_file {
        Some(path) if path.as_os_str() == "-" => {
            io.read_stdin_text("the client secret on stdin", MAX_SECRET)?
        }
        Some(path) => {
            // Do not print the name: it could be the secret, given by mistake.
            let file = File::open(path).map_err(|e| {
                Error::usage("the file of --client-secret-file cannot be read")
                    .caused_by(&e)
                    .hint("the option takes the name of a file that holds the secret, or - for stdin; or set AUTH0_CLIENT_SECRET")
            })?;
            read_text(file, "the file of --client-secret-file", MAX_SECRET)?
        }
        None if plan.settings.client_secret.is_some() => {
            return Ok(plan.settings.client_secret.clone());
        }
        None => return io.ask_secret(&format!("Client secret of {}: ", plan.client_id)),
    };
    match text.trim() {
        "" => Err(Error::usage("the client secret is empty")),
        secret => Ok(Some(Secret::new(secret))),
    }
}
