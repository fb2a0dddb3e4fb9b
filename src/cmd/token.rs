//! `auth0-token`: print a token that is valid now.

use std::time::{Duration, SystemTime};

use clap::Parser;

use crate::base::error::{Error, Kind};
use crate::base::secret::Secret;
use crate::base::time;
use crate::cmd::examples;
use crate::cmd::options::{self, Network, Shared};
use crate::cmd::run::Command;
use crate::oauth::jwt;
use crate::output::Format;
use crate::session::Session;
use crate::term::Io;

const NOTES: &str = "\
Renews it first where it can: with a refresh token, or with saved client credentials. With a \
token that is still valid, nothing is sent anywhere.";

/// What a script that takes the token wants left of it.
const MIN_VALID: Duration = Duration::from_secs(60);

/// Print an access token that is valid now
#[derive(Debug, Default, Parser)]
#[command(name = "auth0-token", version, after_help = examples::help(NOTES, examples::TOKEN))]
pub struct Token {
    /// Renew first when less than this is left; fail if no token lasts that long [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = options::duration)]
    min_valid: Option<Duration>,

    /// Renew first in any case
    #[arg(long)]
    refresh: bool,

    /// Print the whole header: Authorization: Bearer …
    #[arg(long, conflicts_with = "claims")]
    header: bool,

    /// Print what the token says, decoded, as JSON
    #[arg(long)]
    claims: bool,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

impl Command for Token {
    /// Most calls are bare, in a script, many times a minute.
    fn bare() -> Option<Self> {
        Some(Self::default())
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        self.shared.refuse_rows("a token")?;
        let json = matches!(self.shared.output, Some(Format::Json | Format::Jsonl));
        if self.header && json {
            return Err(Error::usage("--header prints a line of text, not JSON")
                .hint("leave out one of them: --header or -o"));
        }
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        let min_valid = self.min_valid.unwrap_or(MIN_VALID);
        // Before the request: a token is not blamed for the time that its answer takes.
        let now = time::unix(SystemTime::now());
        let token = if self.refresh { session.renew()? } else { session.token(min_valid)? };
        token.lasts(min_valid, now)?;
        if self.claims {
            let claims = jwt::unverified(token.secret.expose()).ok_or_else(|| {
                Error::new(Kind::Failure, "this access token is opaque: only its issuer can read it")
                    .hint("a token for an API is readable: auth0-login --audience https://your-api.example")
            })?;
            let text = if self.shared.output == Some(Format::Jsonl) {
                serde_json::to_string(claims.all())
            } else {
                serde_json::to_string_pretty(claims.all())
            };
            let text = text.map_err(|e| {
                Error::new(Kind::Failure, "the claims cannot be printed").caused_by(&e)
            })?;
            return io.out.json(text);
        }
        let secret = one_line(&token.secret)?;
        if json {
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
    Err(Error::new(Kind::NotSignedIn, "the access token has characters that no token can have")
        .hint("get a new one: auth0-login; or, if it comes from AUTH0_ACCESS_TOKEN, set that anew"))
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
