//! The device authorization grant (RFC 8628). It needs no callback: the person confirms a code on
//! any device.

use std::fmt;
use std::time::Duration;

use super::errors::{Reason, TokenError};
use super::grant::Form;
use super::scope::Scopes;
use super::token::TokenResponse;
use super::wire;
use crate::base::secret::Secret;
use crate::base::url::Url;

/// The polling interval if the answer has none (RFC 8628 §3.2).
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);

/// Each `slow_down` adds this to the polling interval permanently (RFC 8628 §3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// The longest accepted lifetime and interval, in seconds.
const MAX_LIFETIME: u64 = 3600;

/// The body for `POST /oauth/device/code` (RFC 8628 §3.1, with Auth0's `audience`).
pub fn request(
    client_id: &str,
    scope: &Scopes,
    audience: Option<&str>,
    organization: Option<&str>,
) -> Form {
    Form::of(client_id)
        .scope(Some(scope))
        .maybe("audience", audience)
        .maybe("organization", organization)
}

/// The device authorization response (RFC 8628 §3.2).
#[derive(Clone)]
pub struct DeviceAuthorization {
    device_code: Secret,
    /// The code that the person compares, or types if the complete URL is not used.
    pub user_code: String,
    /// The page to enter the code on: an `https` URL, or a URL of this computer.
    pub verification_uri: String,
    /// The same page with the code in its URL, for a browser or a QR code.
    pub verification_uri_complete: Option<String>,
    /// How long the code is valid.
    pub expires_in: Duration,
    interval: Duration,
}

impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAuthorization")
            .field("verification_uri", &self.verification_uri)
            .field("expires_in", &self.expires_in)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

impl DeviceAuthorization {
    /// Parses the answer of the device authorization endpoint.
    pub fn parse(status: u16, body: &[u8]) -> Result<Self, TokenError> {
        if status != 200 {
            return Err(TokenError::parse(status, body));
        }
        let object = wire::json_object(body).ok_or_else(|| TokenError::parse(status, body))?;
        let unusable = |why| TokenError::unusable(status, why);
        let page = |name| {
            wire::text(&object, name).map(|text| match Url::parse(text) {
                Some(url) if url.is_secure() => Ok(text.to_owned()),
                _ => Err(unusable("its verification page does not use https")),
            })
        };
        let seconds = |name| match object.get(name) {
            None | Some(serde_json::Value::Null) => Ok(None),
            Some(value) => wire::seconds(value)
                .map(|s| Some(s.clamp(1, MAX_LIFETIME)))
                .ok_or(unusable("one of its times is not a number of seconds")),
        };
        Ok(Self {
            device_code: wire::text(&object, "device_code")
                .filter(|code| wire::is_credential(code))
                .map(Secret::new)
                .ok_or(unusable("it has no device code"))?,
            user_code: wire::text(&object, "user_code")
                .filter(|code| code.len() <= 64 && !code.contains(char::is_control))
                .map(str::to_owned)
                .ok_or(unusable("it has no user code"))?,
            verification_uri: page("verification_uri")
                .ok_or(unusable("it has no verification page"))??,
            verification_uri_complete: page("verification_uri_complete").transpose()?,
            expires_in: seconds("expires_in")?
                .map(Duration::from_secs)
                .ok_or(unusable("it does not say how long the code is valid"))?,
            interval: seconds("interval")?.map_or(DEFAULT_INTERVAL, Duration::from_secs),
        })
    }

    /// The code to poll with.
    pub fn device_code(&self) -> &Secret {
        &self.device_code
    }

    /// Starts polling: returns the time to wait before the first poll.
    pub fn poll(&self) -> (Duration, DevicePoll) {
        let poll = DevicePoll { interval: self.interval, failures: 0, deadline: self.expires_in };
        (self.interval, poll)
    }
}

/// The state between two polls. Times count from the device authorization response, on a monotonic
/// clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicePoll {
    interval: Duration,
    /// The number of failures since the last answer.
    failures: u32,
    deadline: Duration,
}

/// The result of a poll.
#[derive(Debug)]
pub enum PollResult {
    /// An answer.
    Answer(Result<TokenResponse, TokenError>),
    /// No answer, for example because of a timeout.
    NoAnswer,
}

/// What to do after a poll.
#[derive(Debug)]
pub enum PollStep {
    /// Wait this long from now, then poll again.
    Wait(Duration, DevicePoll),
    /// The login succeeded.
    Tokens(TokenResponse),
    /// The person or a policy of the tenant declined.
    Denied(TokenError),
    /// The code expired before the person confirmed it.
    Expired,
    /// Any other error that polling again does not fix.
    Failed(TokenError),
}

impl DevicePoll {
    /// Decides what to do next (RFC 8628 §3.5). `elapsed` is the time from the device authorization
    /// response to this answer.
    pub fn next(mut self, polled: PollResult, elapsed: Duration) -> PollStep {
        match polled {
            PollResult::Answer(Ok(tokens)) => return PollStep::Tokens(tokens),
            PollResult::NoAnswer => self.failures += 1,
            PollResult::Answer(Err(error)) => match error.reason() {
                Reason::AuthorizationPending => self.failures = 0,
                Reason::SlowDown | Reason::TooManyRequests => {
                    self.failures = 0;
                    self.interval = self.interval.saturating_add(SLOW_DOWN);
                }
                Reason::ServerError => self.failures += 1,
                Reason::AccessDenied => return PollStep::Denied(error),
                Reason::ExpiredToken => return PollStep::Expired,
                // Auth0 returns `expired_token` once, and then `invalid_grant`.
                Reason::InvalidGrant if elapsed >= self.deadline => return PollStep::Expired,
                _ => return PollStep::Failed(error),
            },
        }
        let left = self.deadline.saturating_sub(elapsed);
        if left.is_zero() {
            return PollStep::Expired;
        }
        // The wait doubles with each consecutive failure, but there is always a last poll before
        // the code expires.
        let backoff = self.interval.saturating_mul(1 << self.failures.min(16));
        PollStep::Wait(backoff.min(left).max(self.interval), self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::test_random::Random;
    use crate::oauth::testing::Mutator;
    use serde_json::{Value, json};

    /// The example of RFC 8628 §3.2.
    fn example() -> Value {
        json!({
            "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
            "user_code": "WDJB-MJHT",
            "verification_uri": "https://example.com/device",
            "verification_uri_complete": "https://example.com/device?user_code=WDJB-MJHT",
            "expires_in": 1800,
            "interval": 5,
        })
    }

    fn parse(body: &Value) -> Result<DeviceAuthorization, TokenError> {
        DeviceAuthorization::parse(200, body.to_string().as_bytes())
    }

    fn with(name: &str, value: Value) -> Result<DeviceAuthorization, TokenError> {
        let mut body = example();
        body[name] = value;
        parse(&body)
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn answer(status: u16, body: &str) -> PollResult {
        PollResult::Answer(TokenResponse::parse(status, body.as_bytes()))
    }

    fn error(name: &str) -> PollResult {
        answer(403, &json!({ "error": name }).to_string())
    }

    fn poll() -> DevicePoll {
        parse(&example()).unwrap().poll().1
    }

    fn wait(poll: DevicePoll, polled: PollResult, elapsed: u64) -> (u64, DevicePoll) {
        match poll.next(polled, secs(elapsed)) {
            PollStep::Wait(wait, poll) => (wait.as_secs(), poll),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_examples_of_rfc_8628() {
        let form = request("1406020730", &Scopes::of(["example_scope"]), None, None);
        assert_eq!(form.encode().expose(), "client_id=1406020730&scope=example_scope");
        let device = parse(&example()).unwrap();
        assert_eq!(device.user_code, "WDJB-MJHT");
        assert_eq!(device.device_code().expose(), "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS");
        assert_eq!((device.expires_in, device.poll().0), (secs(1800), secs(5)));
        assert!(!format!("{device:?}").contains("GmRh"));
    }

    #[test]
    fn times_have_defaults_and_bounds() {
        let interval = |value| with("interval", value).unwrap().poll().0.as_secs();
        assert_eq!(interval(json!(null)), 5);
        assert_eq!(interval(json!(0)), 1);
        assert_eq!(interval(json!("7")), 7);
        assert_eq!(interval(json!(u64::MAX)), MAX_LIFETIME);
        for (name, value) in [("interval", json!(-1)), ("expires_in", json!(null))] {
            assert!(with(name, value).is_err(), "{name}");
        }
    }

    #[test]
    fn unsafe_verification_pages_are_refused() {
        for page in [
            "http://example.com/device",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://user@example.com/",
            "https://example.com/\u{1b}[2J",
            "-https://example.com",
        ] {
            for name in ["verification_uri", "verification_uri_complete"] {
                assert!(with(name, json!(page)).is_err(), "{name} {page}");
            }
        }
        assert!(with("verification_uri", json!("http://127.0.0.1:4400/activate")).is_ok());
        let plain = with("verification_uri_complete", json!(null)).unwrap();
        assert_eq!(plain.verification_uri_complete, None);
        for name in ["verification_uri", "user_code", "device_code"] {
            assert!(with(name, json!(null)).is_err(), "{name}");
        }
        assert!(with("user_code", json!("A\r\nB")).is_err());
        assert!(with("user_code", json!("A".repeat(64))).is_ok());
        assert!(with("user_code", json!("A".repeat(65))).is_err());
    }

    #[test]
    fn pending_waits_for_the_interval() {
        let (first, poll) = wait(poll(), error("authorization_pending"), 5);
        let (second, _) = wait(poll, error("authorization_pending"), 10);
        assert_eq!((first, second), (5, 5));
    }

    #[test]
    fn slow_down_adds_five_seconds_permanently() {
        let (first, poll) = wait(poll(), answer(429, r#"{"error":"slow_down"}"#), 5);
        let (second, poll) = wait(poll, answer(429, r#"{"error":"slow_down"}"#), 15);
        let (third, poll) = wait(poll, error("authorization_pending"), 30);
        let (fourth, _) = wait(poll, answer(429, r#"{"error":"too_many_requests"}"#), 45);
        assert_eq!((first, second, third, fourth), (10, 15, 15, 20));
    }

    #[test]
    fn failures_double_the_wait_until_an_answer_arrives() {
        let (first, poll) = wait(poll(), PollResult::NoAnswer, 30);
        let (second, poll) = wait(poll, PollResult::NoAnswer, 60);
        let (third, poll) = wait(poll, answer(502, "<html>"), 90);
        let (fourth, poll) = wait(poll, error("authorization_pending"), 130);
        assert_eq!((first, second, third, fourth), (10, 20, 40, 5));
        let (last, _) = wait(poll, PollResult::NoAnswer, 1793);
        assert_eq!(last, 7, "cut to what is left");
    }

    #[test]
    fn each_final_answer_ends_the_polling() {
        let tokens = r#"{"access_token":"a","token_type":"Bearer","expires_in":1}"#;
        let end = |polled| poll().next(polled, secs(20));
        assert!(matches!(end(answer(200, tokens)), PollStep::Tokens(_)));
        assert!(matches!(end(error("access_denied")), PollStep::Denied(_)));
        assert!(matches!(end(error("expired_token")), PollStep::Expired));
        assert!(matches!(end(error("invalid_grant")), PollStep::Failed(_)));
        assert!(matches!(end(error("unauthorized_client")), PollStep::Failed(_)));
        assert!(matches!(end(answer(200, "<html>")), PollStep::Failed(_)));
        for late in [error("invalid_grant"), error("authorization_pending"), PollResult::NoAnswer] {
            assert!(matches!(poll().next(late, secs(1800)), PollStep::Expired));
        }
    }

    #[test]
    fn polling_always_ends() {
        let mut random = Random::new(11);
        for _ in 0..200 {
            let (mut elapsed, mut poll, mut rounds) = (secs(0), poll(), 0);
            loop {
                let polled = match random.below(4) {
                    0 => PollResult::NoAnswer,
                    1 => error("slow_down"),
                    2 => answer(500, ""),
                    _ => error("authorization_pending"),
                };
                match poll.next(polled, elapsed) {
                    PollStep::Wait(wait, next) => {
                        assert!(wait >= secs(5));
                        elapsed += wait;
                        poll = next;
                    }
                    end => break assert!(matches!(end, PollStep::Expired)),
                }
                rounds += 1;
                assert!(rounds < 400);
            }
        }
    }

    #[test]
    fn malformed_answers_do_not_panic() {
        Mutator::new(8).each(example().to_string().as_bytes(), 3000, |bytes| {
            let _ = DeviceAuthorization::parse(200, bytes);
        });
    }
}
