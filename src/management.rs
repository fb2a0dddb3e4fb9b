//! The Management API: requests with a token that stays valid, errors in words, lists to their end.

pub mod body;
pub mod catalog;
pub mod change;
pub mod dashboard;
pub mod difference;
pub mod listing;
pub mod multipart;
pub mod paging;
pub mod refusal;
pub mod schema;

use std::fmt::Write as _;

use ureq::http::HeaderMap;

use crate::base::domain::Domain;
use crate::base::error::{Error, Kind};
use crate::base::text::foreign;
use crate::base::time;
use crate::base::url::encoded;
use crate::hint;
use crate::http::{Answer, Body, Http, Request, Stream, clock};
use crate::session::{AccessToken, Identity, MIN_VALID, Session};

/// Where a tenant's API begins.
pub fn base(domain: &Domain) -> String {
    domain.origin() + "/api/v2"
}

/// The address of a call below a [`base`].
pub fn address(base: &str, call: &Call<'_>) -> String {
    let mut url = format!("{base}{}", call.path);
    for (index, (key, value)) in call.query.iter().enumerate() {
        let mark = if index == 0 { '?' } else { '&' };
        let _ = write!(url, "{mark}{}={}", encoded(key), encoded(value));
    }
    url
}

/// Query parameters in order; a name may repeat.
pub type Query = Vec<(String, String)>;

/// One tenant's Management API. Threads share it.
pub struct Management<'s> {
    session: &'s Session,
    base: String,
}

/// What is asked of the API.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// What it is for, after "cannot": "list the clients".
    pub what: &'a str,
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Below `/api/v2`, with a leading slash, encoded.
    pub path: &'a str,
    /// Query parameters, not yet encoded.
    pub query: &'a [(String, String)],
    /// Further headers.
    pub headers: &'a [(String, String)],
    /// The body, if any.
    pub body: Option<Body<'a>>,
    /// The longest answer that is read, in bytes; `None` for the usual bound.
    pub max_answer: Option<u64>,
}

impl<'a> Call<'a> {
    /// A GET of a path.
    pub fn get(what: &'a str, path: &'a str) -> Self {
        Self::new(what, "GET", path)
    }

    /// A request with nothing but a path.
    pub fn new(what: &'a str, method: &'a str, path: &'a str) -> Self {
        Self { what, method, path, query: &[], headers: &[], body: None, max_answer: None }
    }
}

impl<'s> Management<'s> {
    /// The API that the session's token is for. Nothing is sent but what a renewal takes.
    ///
    /// # Errors
    /// Not signed in, when there is no token or it is for another API.
    pub fn open(session: &'s Session) -> Result<Self, Error> {
        let token = session.token(MIN_VALID)?;
        if let Some(audience) = &token.audience
            && !audience.ends_with("/api/v2/")
        {
            return Err(Error::new(
                Kind::NotSignedIn,
                format!("the token is for {audience}, not for the Management API"),
            )
            .hint(hint!(
                "sign in for it: {}",
                session.identity().login(hint!(
                    " --audience {}",
                    foreign(&token.domain.management_audience()).in_command("URI")
                ))
            )));
        }
        Ok(Self { session, base: base(&token.domain) })
    }

    /// The tenant, where a profile names it: for the environment alone, nothing is written.
    pub fn tenant_of_profile(&self) -> Option<&Domain> {
        match self.session.identity() {
            Identity::Profile { profile, settings, .. } => {
                settings.domain.as_ref().or(profile.token.as_ref().map(|token| &token.domain))
            }
            Identity::GivenToken { .. } | Identity::GivenCredentials { .. } => None,
        }
    }

    /// The token in use.
    pub fn token(&self) -> Result<AccessToken, Error> {
        self.session.token(MIN_VALID)
    }

    /// Sends a request and reads the answer. A 401 is answered by one renewal and another try.
    ///
    /// # Errors
    /// Whatever the API answered that is no success.
    pub fn call(&self, call: &Call<'_>) -> Result<Answer, Error> {
        let answer = self.answer(call)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(self.refusal(call, answer.status, &answer.headers, &answer.body))
    }

    /// What an answer says that is no success.
    pub fn refusal(&self, call: &Call<'_>, status: u16, headers: &HeaderMap, body: &[u8]) -> Error {
        let error = refusal::of(call.what, status, body, self.session.identity());
        match clock::asked_wait(headers).filter(|_| status == 429) {
            Some(wait) => error.because(time::asks_to_wait(wait)),
            None => error,
        }
    }

    /// Who asks.
    pub fn identity(&self) -> &Identity {
        self.session.identity()
    }

    /// Like [`Management::call`], with any status.
    ///
    /// # Errors
    /// When no answer came.
    pub fn answer(&self, call: &Call<'_>) -> Result<Answer, Error> {
        self.authorized(call, Http::send, |answer| answer.status)
    }

    /// Like [`Management::answer`], the body still on its way.
    ///
    /// # Errors
    /// When no answer came.
    pub fn stream(&self, call: &Call<'_>) -> Result<Stream, Error> {
        self.authorized(call, Http::stream, |stream| stream.status)
    }

    /// The address of a call.
    pub fn url(&self, call: &Call<'_>) -> String {
        address(&self.base, call)
    }

    /// How many requests for pages of a list the rate limit allows to be under way together: 1 to
    /// 10. Ask again after each page.
    pub fn concurrency(&self, path: &str) -> usize {
        self.session.http.concurrency(&(self.base.clone() + path))
    }

    fn authorized<T>(
        &self,
        call: &Call<'_>,
        send: fn(&Http, &Request<'_>) -> Result<T, Error>,
        status: fn(&T) -> u16,
    ) -> Result<T, Error> {
        let url = self.url(call);
        let with = |token: &AccessToken| {
            let mut request = Request::new(call.method, &url);
            request.bearer = Some(&token.secret);
            request.headers = call.headers;
            request.body = call.body;
            request.max_body = call.max_answer;
            send(&self.session.http, &request)
        };
        let token = self.token()?;
        let answer = with(&token)?;
        if status(&answer) == 401
            && let Some(renewed) = self.session.instead_of(&token.secret)?
        {
            return with(&renewed);
        }
        Ok(answer)
    }
}
