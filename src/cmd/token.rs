//! `auth0-token`: print a token that is valid now, or run another tool with one.

mod exec;
mod kube;

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::time;
use crate::cmd::examples;
use crate::cmd::options::{self, Network, Shared};
use crate::cmd::run::Command;
use crate::oauth::jwt;
use crate::oauth::scope::Scopes;
use crate::output::Format;
use crate::session::apis::RequiredApi;
use crate::session::{AccessToken, Session};
use crate::term::Io;

const USAGE: &str = "\
auth0-token [OPTIONS]
       auth0-token exec [OPTIONS] -- COMMAND [ARG]...
       auth0-token kube [OPTIONS]";

const NOTES: &str = "\
Renews it first where it can: with a refresh token, or with saved client credentials. With a \
token that is still valid, nothing is sent anywhere.";

/// How long the token must still be valid unless `--min-valid` says otherwise.
const MIN_VALID: Duration = Duration::from_secs(60);

/// The longest `--min-valid`: ten years. Auth0's tokens live for a month at most.
const LONGEST: Duration = Duration::from_secs(3650 * 86_400);

/// The value of `--min-valid`.
///
/// # Errors
/// A message for clap if it is not a duration, or an absurd one.
fn min_valid(text: &str) -> Result<Duration, String> {
    let duration = options::duration(text)?;
    match duration > LONGEST {
        true => Err("no token lasts that long; ask for 30d at most".to_owned()),
        false => Ok(duration),
    }
}

/// Print an access token that is valid now, or run a tool with one
#[derive(Debug, Default, Parser)]
#[command(
    name = "auth0-token",
    version,
    override_usage = USAGE,
    after_help = examples::help(NOTES, examples::TOKEN)
)]
pub struct Token {
    #[command(subcommand)]
    action: Option<Action>,

    #[command(flatten)]
    wanted: WantedToken,

    /// Print the whole header: Authorization: Bearer …
    #[arg(long, conflicts_with = "claims")]
    header: bool,

    /// Print what the token says, decoded, as JSON
    #[arg(long)]
    claims: bool,

    /// Print the ID token of a person's login instead
    #[arg(long, conflicts_with_all = ["header", "audience", "scope"])]
    id_token: bool,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

/// Which token, and how fresh.
#[derive(Args, Clone, Debug, Default)]
struct WantedToken {
    /// Get a token of the same login for this API [default: the API of the profile]
    #[arg(long, global = true, value_name = "API")]
    audience: Option<String>,

    /// Scopes that the token for --audience must have
    #[arg(long, global = true, value_name = "SCOPE,…")]
    scope: Vec<String>,

    /// Renew first when less than this is left; fail if no token lasts that long [default: 60s]
    #[arg(long, global = true, value_name = "TIME", value_parser = min_valid)]
    min_valid: Option<Duration>,

    /// Renew first in any case
    #[arg(long, global = true)]
    refresh: bool,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    Exec(exec::Exec),
    Kube(kube::Kube),
}

impl Command for Token {
    /// Most calls are bare, in a script, many times a minute.
    fn bare() -> Option<Self> {
        Some(Self::default())
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(mut self, io: &mut Io) -> Result<(), Error> {
        self.shared.refuse_rows("a token")?;
        let action = self.action.take();
        if action.is_some() && (self.header || self.claims || self.id_token) {
            return Err(Error::usage(
                "a subcommand cannot be combined with --header, --claims or --id-token",
            )
            .hint("see: auth0-token --help"));
        }
        if self.header && self.is_json() {
            return Err(Error::usage("--header prints a line of text, not JSON")
                .hint("leave out one of them: --header or -o"));
        }
        let scope = Scopes::parse_request(&self.wanted.scope)?;
        if self.wanted.audience.as_ref().is_some_and(String::is_empty) {
            return Err(Error::usage("--audience is empty").hint("name the API, or leave it out"));
        }
        let version = match &action {
            Some(Action::Kube(kube)) => {
                if self.wanted.audience.is_some() && !kube.access_token {
                    return Err(Error::usage(
                        "--audience is about the access token, and kube gives the ID token",
                    )
                    .hint("add --access-token, or leave out --audience"));
                }
                kube::api_version(io.env)?
            }
            _ => String::new(),
        };
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        match action {
            Some(Action::Exec(exec)) => {
                let token = self.wanted.access_token(&session, scope)?;
                exec.run(&token, session.identity())
            }
            Some(Action::Kube(kube)) if kube.access_token => {
                let token = self.wanted.access_token(&session, scope)?;
                kube::print(&version, one_line(&token.secret)?, token.expires_at, io)
            }
            Some(Action::Kube(_)) => {
                let token = session.id_token(self.wanted.min_valid(), self.wanted.refresh)?;
                kube::print(&version, one_line(&token.secret)?, Some(token.expires_at), io)
            }
            None if self.id_token => self.print_id_token(&session, io),
            None => {
                let token = self.wanted.access_token(&session, scope)?;
                self.print(token, io)
            }
        }
    }
}

impl WantedToken {
    fn min_valid(&self) -> Duration {
        self.min_valid.unwrap_or(MIN_VALID)
    }

    /// The token that lasts long enough, renewed where needed.
    fn access_token(&self, session: &Session, scope: Scopes) -> Result<AccessToken, Error> {
        // Before the request: a token is not blamed for the time that its answer takes.
        // In the child of an exec, the API is that of the token which the child was given.
        let audience = match &self.audience {
            None => session.exec_audience()?,
            named => named.clone(),
        };
        let token = match audience {
            Some(audience) => session.token_for(
                &RequiredApi { audience, scope },
                self.min_valid(),
                self.refresh,
            )?,
            None if !scope.is_empty() => {
                return Err(Error::usage("--scope needs --audience")
                    .hint("name the API too: auth0-token --audience API --scope SCOPE"));
            }
            None if self.refresh => session.refresh()?,
            None => session.token(self.min_valid())?,
        };
        token.check_min_valid(self.min_valid(), time::now())?;
        Ok(token)
    }
}

impl Token {
    fn is_json(&self) -> bool {
        matches!(self.shared.output, Some(Format::Json | Format::Jsonl))
    }

    fn print(&self, token: AccessToken, io: &mut Io) -> Result<(), Error> {
        if self.claims {
            return self.print_claims(&token.secret, io);
        }
        let secret = one_line(&token.secret)?;
        if self.is_json() {
            io.out.json(serde_json::json!({
                "access_token": secret,
                "token_type": "Bearer",
                "expires_at": token.expires_at.map(time::rfc3339),
                "scope": token.scope.unwrap_or_default(),
            }))
        } else if self.header {
            io.out.line(format_args!("Authorization: Bearer {secret}"))
        } else {
            io.out.line(secret)
        }
    }

    fn print_id_token(&self, session: &Session, io: &mut Io) -> Result<(), Error> {
        let token = session.id_token(self.wanted.min_valid(), self.wanted.refresh)?;
        if self.claims {
            return self.print_claims(&token.secret, io);
        }
        let secret = one_line(&token.secret)?;
        if self.is_json() {
            let expires_at = time::rfc3339(token.expires_at);
            io.out.json(serde_json::json!({"id_token": secret, "expires_at": expires_at}))
        } else {
            io.out.line(secret)
        }
    }

    fn print_claims(&self, token: &Secret, io: &mut Io) -> Result<(), Error> {
        let claims = jwt::unverified(token.expose()).ok_or_else(|| {
            Error::new(
                ErrorKind::Failure,
                "this access token is opaque: only its issuer can read it",
            )
            .hint("a token for an API is readable: auth0-login --audience https://your-api.example")
        })?;
        let text = if self.shared.output == Some(Format::Jsonl) {
            serde_json::to_string(claims.all())
        } else {
            serde_json::to_string_pretty(claims.all())
        };
        let text = text.map_err(|e| {
            Error::new(ErrorKind::Failure, "the claims cannot be printed").caused_by(&e)
        })?;
        io.out.json(text)
    }
}

/// The token, if it fits on one line of a script or of a request's header (RFC 6750 §2.1).
///
/// # Errors
/// Not signed in, because no API would take the token.
fn one_line(token: &Secret) -> Result<&str, Error> {
    let text = token.expose();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text);
    }
    Err(Error::new(ErrorKind::NotSignedIn, "the access token contains invalid characters").hint(
        "get a new one: auth0-login; or, if it comes from AUTH0_ACCESS_TOKEN, set that again",
    ))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Token;
    use crate::cmd::run::Command;

    #[test]
    fn bare_means_what_the_parser_says() {
        let parsed = Token::try_parse_from(["auth0-token"]).unwrap();
        assert_eq!(format!("{:?}", Token::bare().unwrap()), format!("{parsed:?}"));
    }
}
