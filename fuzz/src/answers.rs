//! Properties of answers of the token, device and discovery endpoints.

use std::time::Duration;

use auth0_suite::base::time::Moment;
use auth0_suite::oauth::device::{DeviceAuthorization, PollResult, PollStep};
use auth0_suite::oauth::discovery::{Issuer, Metadata};
use auth0_suite::oauth::errors::TokenError;
use auth0_suite::oauth::jwt;
use auth0_suite::oauth::token::TokenResponse;

use super::input::Input;

const NOW: u64 = 1_700_000_000;
/// The longest lifetime of a token, in seconds.
const LONGEST: u64 = 366 * 24 * 3600;

/// Accepted tokens are valid in a header. Times are bounded. Errors are short and have no control
/// characters. Every accepted endpoint is on the issuer's own origin.
pub(crate) fn token_answers(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let status = input.choose(&[200_u16, 400, 401, 403, 429, 500, 503, 302]);
    let body = input.rest();
    match TokenResponse::parse(status, body) {
        Ok(response) => {
            assert_eq!(status, 200, "only 200 is a success");
            let debug = format!("{response:?}");
            let tokens = response.without_identity(Moment::new(NOW, None));
            let access = tokens.access_token.expose();
            assert!(!access.is_empty() && access.bytes().all(|byte| byte.is_ascii_graphic()));
            let debug = debug + &format!("{tokens:?}");
            let text = String::from_utf8_lossy(body);
            if access.len() >= 12 && text.matches(access).count() == 1 && debug.contains(access) {
                // If the token is a word of our own format, it is also there without the token.
                let other = text.replace(access, &"x".repeat(access.len()));
                let other = TokenResponse::parse(status, other.as_bytes()).expect("still a token");
                let anyway = format!("{other:?}")
                    + &format!("{:?}", other.without_identity(Moment::new(NOW, None)));
                assert!(anyway.contains(access), "{debug}");
            }
            if let Some(refresh) = &tokens.refresh_token {
                assert!(refresh.expose().bytes().all(|byte| byte.is_ascii_graphic()));
            }
            let claimed = jwt::unverified(access).and_then(|claims| claims.expires_at());
            assert!(
                tokens.expires_at.is_none_or(|at| at <= NOW + LONGEST || Some(at) == claimed),
                "{:?}",
                tokens.expires_at
            );
            assert!(tokens.identity.is_none());
        }
        Err(error) => check_error(&error),
    }
    device(status, body);
    if let Ok(issuer) = Issuer::at("https://acme.eu.auth0.com")
        && let Ok(metadata) = Metadata::parse(body, &issuer)
    {
        for endpoint in [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.device_authorization_endpoint,
            &metadata.revocation_endpoint,
            &metadata.jwks_uri,
            &metadata.logout_url("client"),
        ] {
            assert!(endpoint.starts_with("https://acme.eu.auth0.com/"), "{endpoint}");
            // The HTTP client must be able to parse the endpoint.
            let Ok(uri) = endpoint.parse::<ureq::http::Uri>() else { continue };
            assert_eq!(uri.authority().expect("a host").as_str(), "acme.eu.auth0.com");
        }
    }
}

fn device(status: u16, body: &[u8]) {
    let device = match DeviceAuthorization::parse(status, body) {
        Ok(device) => device,
        Err(error) => return check_error(&error),
    };
    for page in [Some(&device.verification_uri), device.verification_uri_complete.as_ref()] {
        let Some(page) = page else { continue };
        assert!(page.bytes().all(|byte| byte.is_ascii_graphic()), "{page:?}");
        let (scheme, rest) = page.split_once("://").expect("an address");
        let authority = rest.split(['/', '?', '#', '\\']).next().expect("a host");
        let local = ["127.0.0.1", "[::1]", "localhost"].iter().any(|host| {
            authority
                .strip_prefix(host)
                .is_some_and(|port| port.is_empty() || port.starts_with(':'))
        });
        assert!(!authority.is_empty() && !authority.contains('@'), "{page}");
        assert!(scheme == "https" || scheme == "http" && local, "{page}");
    }
    assert!(!device.user_code.contains(char::is_control));
    let (wait, mut poll) = device.poll();
    let mut elapsed = wait;
    // Polling ends, whatever the server answers.
    for _ in 0..5000 {
        let answer = match TokenResponse::parse(status, body) {
            Err(error) => PollResult::Answer(Err(error)),
            Ok(_) => PollResult::NoAnswer,
        };
        match poll.next(answer, elapsed) {
            PollStep::Wait(wait, next) => {
                assert!(wait >= Duration::from_secs(1));
                (elapsed, poll) = (elapsed + wait, next);
            }
            _ => return,
        }
    }
    panic!("polling does not end");
}

fn check_error(error: &TokenError) {
    for text in [error.error(), error.description(), error.uri()].into_iter().flatten() {
        assert!(!text.contains(char::is_control) && text.chars().count() <= 301, "{text:?}");
    }
    assert!(!error.to_string().contains(char::is_control), "{error}");
    assert!(error.to_string().chars().count() < 1000);
}
