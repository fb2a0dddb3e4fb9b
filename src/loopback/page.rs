//! The pages that the browser shows: complete HTTP responses, rendered from data.
//!
//! The pages load nothing (RFC 9700 §4.2.4): no script, link, font or favicon. Text from others is
//! cleaned, cut and escaped.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use httpdate::fmt_http_date;
use sha2::{Digest as _, Sha256};

/// How a login ended, for the browser tab that it ended in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The token has been saved in the profile.
    SignedIn {
        /// The tenant.
        domain: String,
        /// The person that the ID token names, if any.
        name: Option<String>,
    },
    /// The login failed.
    Failed {
        /// What failed: one sentence.
        what: String,
        /// What to do next in the terminal: one sentence.
        next: String,
    },
}

impl Page {
    /// The response with the page. Its status is always 200: the request was valid, and the page
    /// tells the result.
    pub fn response(&self, now: SystemTime) -> Vec<u8> {
        let html = match self {
            Self::SignedIn { domain, name } => {
                let mut sentence = format!("You are signed in to {}", shown(domain));
                if let Some(name) = name.as_deref().map(shown).filter(|name| !name.is_empty()) {
                    sentence.push_str(" as ");
                    sentence.push_str(&name);
                }
                sentence.push('.');
                html(
                    true,
                    "Signed in",
                    &sentence,
                    "You may close this tab and go back to the terminal.",
                )
            }
            Self::Failed { what, next } => html(false, "Not signed in", &shown(what), &shown(next)),
        };
        response("200 OK", "", &html, now, false)
    }
}

/// The answer to a request that is not the awaited callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A callback of another login: its state is not ours.
    Stale,
    /// A callback that is not an authorization response.
    Malformed,
    /// Not HTTP/1.x according to RFC 9112, or a `Host` that is not this machine.
    BadRequest,
    /// Another path.
    NotFound,
    /// The callback's path with a method other than GET.
    MethodNotAllowed,
    /// A request line that exceeds the limit.
    TargetTooLong,
    /// A header section that exceeds the limit.
    HeadersTooLarge,
    /// Another user requested the one-time address.
    OtherUser,
    /// The one-time address has already been used.
    Used,
}

impl Refusal {
    /// The response for this refusal. HEAD gets no content.
    pub fn response(self, now: SystemTime, head: bool) -> Vec<u8> {
        let (status, title, what, next) = match self {
            Self::Stale => (
                "400 Bad Request",
                "Another login’s tab",
                "This answer belongs to another login, perhaps an older one.",
                "Go on in the newest tab, or start again in the terminal.",
            ),
            Self::Malformed => (
                "400 Bad Request",
                "Not a sign-in answer",
                "This address has no answer to a login that can be used.",
                "Go on in the tab that the login opened, or start again in the terminal.",
            ),
            Self::BadRequest => (
                "400 Bad Request",
                "Bad request",
                "This request was not understood.",
                "This address only receives the end of a login.",
            ),
            Self::NotFound => (
                "404 Not Found",
                "Nothing here",
                "There is no such page.",
                "This address only receives the end of a login.",
            ),
            Self::MethodNotAllowed => (
                "405 Method Not Allowed",
                "Method not allowed",
                "The end of a login arrives as a GET request.",
                "Go on in the tab that the login opened.",
            ),
            Self::TargetTooLong => (
                "414 URI Too Long",
                "Address too long",
                "This address is too long.",
                "Go on in the tab that the login opened, or start again in the terminal.",
            ),
            Self::OtherUser => (
                "403 Forbidden",
                "Not for this user",
                "This login belongs to another user of this computer.",
                "If it is yours, open the address that the terminal shows.",
            ),
            Self::Used => (
                "410 Gone",
                "Used already",
                "This address works only once.",
                "Go on in the tab that it opened, or open the address that the terminal shows.",
            ),
            Self::HeadersTooLarge => (
                "431 Request Header Fields Too Large",
                "Request too large",
                "The browser sent more header fields than this page takes.",
                "Remove the cookies of this address (127.0.0.1 or localhost), then try again.",
            ),
        };
        let allow = if self == Self::MethodNotAllowed { "Allow: GET\r\n" } else { "" };
        response(status, allow, &html(false, title, what, next), now, head)
    }
}

/// The response that redirects the browser to `location`.
pub(super) fn redirect(location: &str, now: SystemTime) -> Vec<u8> {
    let html = html(true, "Signing in", "Your browser is going to the login page.", "");
    response("303 See Other", &format!("Location: {location}\r\n"), &html, now, false)
}

/// Hashed into the content security policy as it is served, so that the two always match.
const STYLE: &str = include_str!("page/style.css");

const CHECK: &str = r#"<path d="M7.5 12.5l3 3 6-7"/>"#;
const CROSS: &str = r#"<path d="M8.5 8.5l7 7m0-7l-7 7"/>"#;

fn html(good: bool, title: &str, what: &str, next: &str) -> String {
    let (class, role, mark) =
        if good { ("good", "status", CHECK) } else { ("bad", "alert", CROSS) };
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<main class="{class}">
<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="10"/>{mark}</svg>
<div role="{role}">
<h1>{title}</h1>
<p>{what}</p>
<p>{next}</p>
</div>
</main>
</body>
</html>
"#
    )
}

fn response(status: &str, extra: &str, html: &str, now: SystemTime, head: bool) -> Vec<u8> {
    // `fmt_http_date` panics outside these years.
    let year_9999 = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    let date = fmt_http_date(now.clamp(UNIX_EPOCH, year_9999));
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let length = html.len();
    let content = if head { "" } else { html };
    format!(
        "HTTP/1.1 {status}\r\n\
         Date: {date}\r\n\
         {extra}\
         Content-Type: text/html; charset=utf-8\r\n\
         Content-Length: {length}\r\n\
         Connection: close\r\n\
         Cache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'sha256-{style}'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
         \r\n\
         {content}"
    )
    .into_bytes()
}

/// The longest foreign text that is shown, in characters.
const MAX_SHOWN: usize = 300;

/// Cleans, cuts and escapes: the result is one line and cannot change the text direction.
fn shown(text: &str) -> String {
    let is_bidi_control = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::new();
    for (count, c) in text.trim().chars().filter(|c| !is_bidi_control(c)).enumerate() {
        if count == MAX_SHOWN {
            out.push('…');
            break;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
