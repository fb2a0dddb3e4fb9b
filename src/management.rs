//! The Management API: calls with a valid token, error responses as errors, and complete lists.

pub(crate) mod body;
pub mod catalog;
pub(crate) mod change;
pub(crate) mod dashboard;
pub(crate) mod difference;
pub(crate) mod multipart;
pub mod paging;
pub(crate) mod refusal;
#[doc(hidden)]
pub mod schema;

use std::fmt::Write as _;

use ureq::http::HeaderMap;

use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::base::time;
use crate::base::url::encoded;
use crate::http::{Answer, Body, Http, Request, Retry, Stream, clock};
use crate::session::{AccessToken, Identity, MIN_VALID, Session};

/// The base URL of a tenant's API.
pub fn base(domain: &Domain) -> String {
    domain.origin() + "/api/v2"
}

/// The URL of a call below a [`base`].
pub fn address(base: &str, call: &Call<'_>) -> String {
    let mut url = format!("{base}{}", call.path);
    for (index, (key, value)) in call.query.iter().enumerate() {
        let mark = if index == 0 { '?' } else { '&' };
        let _ = write!(url, "{mark}{}={}", encoded(key), encoded(value));
    }
    url
}

/// Query parameters in order. A name may occur several times.
pub type Query = Vec<(String, String)>;

/// One tenant's Management API. Threads can share it.
pub struct Management<'s> {
    session: &'s Session,
    base: String,
}

/// A request to the API.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The purpose, for error messages after "cannot": "list the clients".
    pub what: &'a str,
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path below `/api/v2`, with a leading slash, percent-encoded.
    pub path: &'a str,
    /// Query parameters, not yet encoded.
    pub query: &'a [(String, String)],
    /// Further headers.
    pub headers: &'a [(String, String)],
    /// The body, if any.
    pub body: Option<Body<'a>>,
    /// The longest answer that is read, in bytes. `None` for the HTTP client's limit.
    pub max_answer: Option<u64>,
    /// Which failures to retry. `None` for the default of the method.
    pub retry: Option<Retry>,
}

impl<'a> Call<'a> {
    /// A GET of a path.
    pub fn get(what: &'a str, path: &'a str) -> Self {
        Self::new(what, "GET", path)
    }

    /// A request without query, headers and body.
    pub fn new(what: &'a str, method: &'a str, path: &'a str) -> Self {
        Self {
            what,
            method,
            path,
            query: &[],
            headers: &[],
            body: None,
            max_answer: None,
            retry: None,
        }
    }
}

impl<'s> Management<'s> {
    /// The tenant's Management API, with the session's token. Sends nothing, unless the token must
    /// be refreshed.
    ///
    /// # Errors
    /// Not signed in if there is no token, or if it is for another API.
    pub fn open(session: &'s Session) -> Result<Self, Error> {
        let token = session.token(MIN_VALID)?;
        if let Some(audience) = &token.audience
            && !audience.ends_with("/api/v2/")
        {
            return Err(Error::new(
                ErrorKind::NotSignedIn,
                format!("the token is for {audience}, not for the Management API"),
            )
            .hint(refusal::how_to_reach(&token.domain, session.identity())));
        }
        Ok(Self { session, base: base(&token.domain) })
    }

    /// The profile's tenant, or `None` without a profile. Without a profile no file may be written.
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

    /// Sends a request and reads the answer. After a 401 the token is refreshed and the request is
    /// sent again.
    ///
    /// # Errors
    /// Any status other than 2xx, or no answer.
    pub fn call(&self, call: &Call<'_>) -> Result<Answer, Error> {
        let answer = self.answer(call)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(self.refusal(call, answer.status, &answer.headers, &answer.body))
    }

    /// The error for an answer whose status is not 2xx.
    pub fn refusal(&self, call: &Call<'_>, status: u16, headers: &HeaderMap, body: &[u8]) -> Error {
        let error = refusal::of(call.what, status, body, self.session.identity());
        match clock::asked_wait(headers).filter(|_| status == 429) {
            Some(wait) => error.because(time::asks_to_wait(wait)),
            None => error,
        }
    }

    /// The session that the calls belong to.
    pub fn session(&self) -> &Session {
        self.session
    }

    /// Who the calls act as.
    pub fn identity(&self) -> &Identity {
        self.session.identity()
    }

    /// The same as [`Management::call`], but returns answers with any status.
    ///
    /// # Errors
    /// Unavailable if there is no answer.
    pub fn answer(&self, call: &Call<'_>) -> Result<Answer, Error> {
        self.authorized(call, Http::send, |answer| answer.status)
    }

    /// The same as [`Management::answer`], but returns before the body is read.
    ///
    /// # Errors
    /// Unavailable if there is no answer.
    pub fn stream(&self, call: &Call<'_>) -> Result<Stream, Error> {
        self.authorized(call, Http::stream, |stream| stream.status)
    }

    /// The URL of a call.
    pub fn url(&self, call: &Call<'_>) -> String {
        address(&self.base, call)
    }

    /// How many requests for pages of a list may be in flight at once under the rate limit: 1 to
    /// 10. It changes with each answer.
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
            request.retry = call.retry.unwrap_or(request.retry);
            send(&self.session.http, &request)
        };
        let token = self.token()?;
        let answer = with(&token)?;
        if status(&answer) == 401
            && let Some(renewed) = self.session.replace_rejected(&token.secret)?
        {
            return with(&renewed);
        }
        Ok(answer)
    }
}
