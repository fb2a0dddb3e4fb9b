//! The device flow (RFC 8628): a code here, the browser anywhere.

use std::thread;
use std::time::Instant;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::error::{Error, Kind};
use crate::http::Retry;
use crate::io::{Io, Talk};
use crate::login::Patience;
use crate::oauth::advice::Attempt;
use crate::oauth::device::{self, DeviceAuthorization, Next, Polled};
use crate::oauth::grant::{self, ClientAuth, Grant, GrantType};
use crate::oauth::id_token::Expectations;
use crate::oauth::scope::Scopes;
use crate::oauth::tokens::Tokens;
use crate::tenant::Tenant;

/// Shows the code and waits until it has been confirmed, on any device.
///
/// # Errors
/// Not signed in, when it was declined or nobody finished in time.
pub fn on_another_device(
    tenant: &Tenant<'_>,
    client_id: &str,
    audience: &str,
    scope: &Scopes,
    organization: Option<&str>,
    patience: Patience,
    io: &Io,
) -> Result<Tokens, Error> {
    let attempt = Attempt { grant: GrantType::DeviceCode, client_id, audience, scope: Some(scope) };
    let form = device::request(client_id, scope, Some(audience), organization);
    let (status, body) =
        tenant.post(&tenant.metadata.device_authorization_endpoint, &form, Retry::NotSent)?;
    let begun = Instant::now();
    let authorization = DeviceAuthorization::parse(status, &body)
        .map_err(|e| e.answered_by(tenant.metadata.issuer.as_str(), None).into_error(attempt))?;
    show(&authorization, io);

    let grant = Grant::DeviceCode { device_code: authorization.device_code() };
    let form = grant::request(client_id, &ClientAuth::None, &grant);
    let (mut wait, mut poll) = authorization.poll();
    loop {
        io.talk.status(format_args!(
            "waiting for the code {} to be confirmed …",
            authorization.user_code
        ));
        let left = patience.given_deadline().map(|at| at.saturating_duration_since(Instant::now()));
        if let Some(left) = left.filter(|left| *left <= wait) {
            thread::sleep(left);
            return Err(Error::new(
                Kind::NotSignedIn,
                format!("nobody confirmed the code within {patience}"),
            )
            .code("timeout")
            .hint("run `auth0-login --device` again, or allow more: --timeout 5m"));
        }
        thread::sleep(wait);
        // The flow has its own way with 429 and with broken connections.
        let polled = match tenant.post_token(&form, Retry::Never) {
            Ok(answer) => Polled::Answer(answer),
            Err(error) if error.kind() == Kind::Unavailable => Polled::NoAnswer,
            Err(error) => return Err(error),
        };
        match poll.next(polled, begun.elapsed()) {
            Next::Wait(time, next) => (wait, poll) = (time, next),
            Next::Tokens(response) => {
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
            Next::Denied(error) | Next::Failed(error) => return Err(error.into_error(attempt)),
            Next::Expired => {
                return Err(Error::new(Kind::NotSignedIn, "nobody confirmed the code in time")
                    .code("expired_token")
                    .hint(
                        "run `auth0-login --device` again and confirm within the time it names",
                    ));
            }
        }
    }
}

/// Dark on light, as cameras want it: by color, or else as a terminal with a dark ground shows it.
/// A picture that the terminal would break into pieces is none.
fn show_picture(code: &QrCode, columns: usize, talk: &Talk) {
    const QUIET_ZONE: usize = 4;
    if code.width() + 2 * QUIET_ZONE > columns {
        return;
    }
    let mut picture = code.render::<Dense1x2>();
    if !talk.is_colored() {
        picture.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
    }
    for line in picture.build().lines() {
        talk.say_styled(&talk.paint("30;107", line), "");
    }
}

/// The code is always shown, to be compared with the one on the page (RFC 8628 §3.3.1).
fn show(authorization: &DeviceAuthorization, io: &Io) {
    let whole =
        authorization.verification_uri_complete.as_ref().unwrap_or(&authorization.verification_uri);
    if let Some(columns) = io.talk.width()
        && let Ok(code) = QrCode::new(whole.as_bytes())
    {
        show_picture(&code, columns, &io.talk);
    }
    io.talk.present("On any device, open", whole);
    io.talk.present("and confirm this code:", &authorization.user_code);
    io.talk.say(format_args!(
        "The code is good for {}.",
        humantime::format_duration(authorization.expires_in)
    ));
}
