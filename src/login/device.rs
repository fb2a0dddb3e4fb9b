//! The device flow (RFC 8628): shows a code here, which the person confirms in a browser on any
//! device.

use std::thread;
use std::time::Instant;

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use crate::base::error::{Error, ErrorKind};
use crate::http::Retry;
use crate::login::SignInLimit;
use crate::login::tenant::TenantClient;
use crate::oauth::advice::RequestContext;
use crate::oauth::device::{self, DeviceAuthorization, PollResult, PollStep};
use crate::oauth::grant::{self, ClientAuth, GrantType, TokenRequest};
use crate::oauth::id_token::Expectations;
use crate::oauth::scope::Scopes;
use crate::oauth::tokens::Tokens;
use crate::term::Io;

/// Shows the code and polls until it has been confirmed.
///
/// # Errors
/// Not signed in if the person declined or did not confirm the code in time.
pub(crate) fn sign_in_with_device(
    tenant: &TenantClient<'_>,
    client_id: &str,
    audience: &str,
    scope: &Scopes,
    organization: Option<&str>,
    limit: SignInLimit,
    io: &Io,
) -> Result<Tokens, Error> {
    let context =
        RequestContext { grant: GrantType::DeviceCode, client_id, audience, scope: Some(scope) };
    let form = device::request(client_id, scope, Some(audience), organization);
    let (status, body) =
        tenant.post(&tenant.metadata.device_authorization_endpoint, &form, Retry::NotSent)?;
    let begun = Instant::now();
    let authorization = DeviceAuthorization::parse(status, &body)
        .map_err(|e| e.with_source(tenant.metadata.issuer.as_str(), None).into_error(context))?;
    show(&authorization, io);

    let grant = TokenRequest::DeviceCode { device_code: authorization.device_code() };
    let form = grant::request(client_id, &ClientAuth::None, &grant);
    let (mut wait, mut poll) = authorization.poll();
    loop {
        io.ui.status("waiting for the code to be confirmed …");
        let left = limit.given_deadline().map(|at| at.saturating_duration_since(Instant::now()));
        if let Some(left) = left.filter(|left| *left <= wait) {
            thread::sleep(left);
            return Err(Error::new(
                ErrorKind::NotSignedIn,
                format!("the code was not confirmed within {limit}"),
            )
            .code("timeout")
            .hint("run `auth0-login --device` again, or allow more: --timeout 5m"));
        }
        thread::sleep(wait);
        // The device flow handles 429 and broken connections itself.
        let polled = match tenant.post_token(&form, Retry::Never) {
            Ok(answer) => PollResult::Answer(answer),
            Err(error) if error.kind() == ErrorKind::Unavailable => PollResult::NoAnswer,
            Err(error) => return Err(error),
        };
        match poll.next(polled, begun.elapsed()) {
            PollStep::Wait(time, next) => (wait, poll) = (time, next),
            PollStep::Tokens(response) => {
                let expected = Expectations {
                    issuer: tenant.metadata.issuer.clone(),
                    client_id: client_id.to_owned(),
                    nonce: None,
                    max_age: None,
                    organization: organization.map(str::to_owned),
                    subject: None,
                    required: scope.contains("openid"),
                };
                let moment = tenant.moment();
                return response.validating(expected).validate(moment, |_| tenant.keys());
            }
            PollStep::Denied(error) | PollStep::Failed(error) => {
                return Err(error.into_error(context));
            }
            PollStep::Expired => {
                return Err(Error::new(
                    ErrorKind::NotSignedIn,
                    "the code was not confirmed in time",
                )
                .code("expired_token")
                .hint("run `auth0-login --device` again, and confirm the code before it expires"));
            }
        }
    }
}

/// The number of lines below the QR code, including the status line.
const LINES_BELOW: usize = 3;

/// A QR code as lines of text, dark on light, as cameras expect it. `None` if it does not fit the
/// terminal of this many columns and rows, with the lines below it.
fn qr_code(text: &str, columns: usize, rows: usize, colored: bool) -> Option<Vec<String>> {
    const QUIET_ZONE: usize = 4;
    // The lowest level of error correction makes the smallest code. More is not needed on a screen.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    if code.width() + 2 * QUIET_ZONE > columns {
        return None;
    }
    let mut picture = code.render::<Dense1x2>();
    if !colored {
        // Inverted, for a terminal with a dark background.
        picture.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
    }
    let picture = picture.build();
    let mut lines: Vec<_> = picture.lines().map(str::to_owned).collect();
    // For most readers, half of the quiet zone above and below is enough.
    if lines.len() + LINES_BELOW > rows && lines.len() > 2 {
        lines.pop();
        lines.remove(0);
    }
    (lines.len() + LINES_BELOW <= rows).then_some(lines)
}

/// Shows the code for comparison with the one on the page (RFC 8628 §3.3.1). The code is printed
/// last, so that it stays on the screen.
fn show(authorization: &DeviceAuthorization, io: &Io) {
    let plain = &authorization.verification_uri;
    let whole = authorization.verification_uri_complete.as_ref().unwrap_or(plain);
    let life = humantime::format_duration(authorization.expires_in);
    let code = &authorization.user_code;
    let terminal = io.ui.size();
    let picture =
        terminal.and_then(|(columns, rows)| qr_code(whole, columns, rows, io.ui.is_colored()));
    if let Some(lines) = picture {
        for line in lines {
            io.ui.say_styled(&io.ui.paint("30;107", &line), "");
        }
        io.ui.must_say(format_args!("Scan this, or open {plain} on any device."));
        io.ui.must_say(format_args!("Within {life}, confirm this code: {code}"));
    } else {
        io.ui.present("On any device, open", whole);
        io.ui.present(format_args!("Within {life}, confirm this code:"), code);
    }
}

#[cfg(test)]
mod tests {
    use super::{LINES_BELOW, qr_code};

    const PAGE: &str = "https://acme-production.eu.auth0.com/activate?user_code=ABCD-EFGH";

    #[test]
    fn the_qr_code_and_the_user_code_fit_80_by_24() {
        for colored in [true, false] {
            let lines = qr_code(PAGE, 80, 24, colored).unwrap();
            assert!(lines.len() + LINES_BELOW <= 24, "{}", lines.len());
        }
    }

    #[test]
    fn a_qr_code_that_does_not_fit_is_not_shown() {
        assert!(qr_code(PAGE, 40, 24, false).is_none());
        assert!(qr_code(PAGE, 80, 20, false).is_none());
        assert!(qr_code(&"x".repeat(5000), 1000, 1000, false).is_none());
        let (high, low) = (qr_code(PAGE, 80, 40, false), qr_code(PAGE, 80, 22, false));
        assert_eq!(high.unwrap().len(), low.unwrap().len() + 2);
    }
}
