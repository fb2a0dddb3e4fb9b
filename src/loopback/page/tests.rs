use std::time::Duration;

use super::*;

const REFUSALS: [(Refusal, &str); 7] = [
    (Refusal::Stale, "HTTP/1.1 400 "),
    (Refusal::Malformed, "HTTP/1.1 400 "),
    (Refusal::BadRequest, "HTTP/1.1 400 "),
    (Refusal::NotFound, "HTTP/1.1 404 "),
    (Refusal::MethodNotAllowed, "HTTP/1.1 405 "),
    (Refusal::TargetTooLong, "HTTP/1.1 414 "),
    (Refusal::HeadersTooLarge, "HTTP/1.1 431 "),
];

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(784_111_777)
}

fn signed_in(domain: &str, name: &str) -> String {
    let page = Page::SignedIn { domain: domain.into(), name: Some(name.into()) };
    String::from_utf8(page.response(now())).unwrap()
}

fn failed(what: &str) -> String {
    let page = Page::Failed { what: what.into(), next: "Run auth0-login again.".into() };
    String::from_utf8(page.response(now())).unwrap()
}

fn every_response() -> Vec<String> {
    let mut all = vec![signed_in("acme.eu.auth0.com", "Ada"), failed("The tenant refused.")];
    all.extend(
        REFUSALS.map(|(refusal, _)| String::from_utf8(refusal.response(now(), false)).unwrap()),
    );
    all
}

#[test]
fn a_page_tells_how_the_login_ended() {
    let good = signed_in("acme.eu.auth0.com", "Ada Lovelace");
    assert!(good.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(good.contains("You are signed in to acme.eu.auth0.com as Ada Lovelace."));
    assert!(good.contains("You may close this tab"));
    let nameless = Page::SignedIn { domain: "d".into(), name: None }.response(now());
    assert!(String::from_utf8(nameless).unwrap().contains("You are signed in to d."));

    let bad = failed("The code was refused.");
    assert!(bad.contains(
        "<h1>Not signed in</h1>\n<p>The code was refused.</p>\n<p>Run auth0-login again.</p>"
    ));
    assert!(!bad.contains("You are signed in"));
}

#[test]
fn refusals_have_their_status_and_405_its_allow() {
    for (refusal, status) in REFUSALS {
        let text = String::from_utf8(refusal.response(now(), false)).unwrap();
        assert!(text.starts_with(status), "{refusal:?}");
        assert_eq!(text.contains("\r\nAllow: GET\r\n"), refusal == Refusal::MethodNotAllowed);
        let head = String::from_utf8(refusal.response(now(), true)).unwrap();
        assert_eq!(text.split_once("\r\n\r\n").unwrap().0, head.strip_suffix("\r\n\r\n").unwrap());
    }
}

#[test]
fn headers_are_strict_on_every_response() {
    for text in every_response() {
        let (headers, html) = text.split_once("\r\n\r\n").unwrap();
        for expected in [
            "Date: Sun, 06 Nov 1994 08:49:37 GMT".to_owned(),
            "Content-Type: text/html; charset=utf-8".to_owned(),
            format!("Content-Length: {}", html.len()),
            "Connection: close".to_owned(),
            "Cache-Control: no-store".to_owned(),
            "Referrer-Policy: no-referrer".to_owned(),
            "X-Content-Type-Options: nosniff".to_owned(),
        ] {
            assert!(headers.split("\r\n").any(|line| line == expected), "{expected} in {headers}");
        }
        assert!(!headers.contains("Access-Control"));
        let policy = headers.split("Content-Security-Policy: ").nth(1).unwrap();
        let policy: Vec<&str> = policy.lines().next().unwrap().split("; ").collect();
        let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let style = format!("style-src 'sha256-{}'", STANDARD.encode(Sha256::digest(style)));
        for expected in [
            "default-src 'none'",
            &style,
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(&expected), "{expected} in {policy:?}");
        }
    }
}

#[test]
fn pages_are_self_contained_and_accessible() {
    for text in every_response() {
        let html = text.split_once("\r\n\r\n").unwrap().1;
        for absent in
            ["<script", "<a ", "http:", "https:", "//", "src=", "url(", "@import", " style="]
        {
            assert!(!html.contains(absent), "{absent} in {html}");
        }
        for present in [
            r#"<html lang="en">"#,
            "<title>",
            "<main",
            "<h1>",
            r#"<link rel="icon" href="data:,">"#,
            r#"<meta charset="utf-8">"#,
            "prefers-color-scheme:dark",
            r#"aria-hidden="true""#,
        ] {
            assert!(html.contains(present), "{present} in {html}");
        }
        assert!(html.contains(r#"role="status""#) || html.contains(r#"role="alert""#));
        assert!(text.len() < 4096, "{} bytes", text.len());
    }
}

/// WCAG 2.1 AA: 4.5:1 for text on the card, in both schemes.
#[test]
fn colours_have_contrast() {
    fn luminance(colour: &str) -> f64 {
        let digits = colour.trim_start_matches('#');
        let wide = |i: usize| match digits.len() {
            3 => digits[i..=i].repeat(2),
            _ => digits[2 * i..2 * i + 2].to_owned(),
        };
        let linear = |i| {
            let value = f64::from(u8::from_str_radix(&wide(i), 16).unwrap()) / 255.0;
            if value <= 0.039_28 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2)
    }
    let schemes: Vec<&str> = STYLE.split(":root{").skip(1).collect();
    assert_eq!(schemes.len(), 2);
    for scheme in schemes {
        let colour = |name: &str| {
            let value = scheme.split(&format!("--{name}:")).nth(1).unwrap();
            luminance(value.split([';', '}']).next().unwrap())
        };
        for name in ["text", "soft", "good", "bad"] {
            let (a, b) = (colour(name).max(colour("card")), colour(name).min(colour("card")));
            let ratio = (a + 0.05) / (b + 0.05);
            assert!(ratio >= 4.5, "{name}: {ratio}");
        }
    }
}

#[test]
fn foreign_text_is_escaped() {
    let hostile =
        "</p><script>alert(1)</script>\"'&\u{1b}]0;x\u{7}\r\nSet-Cookie: a\u{202e}\0\u{9b}";
    for text in [signed_in(hostile, hostile), failed(hostile)] {
        assert!(!text.contains("<script"));
        assert!(text.contains(
            "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp; ]0;x   Set-Cookie: a"
        ));
        for absent in ["\u{1b}", "\u{7}", "\0", "\u{202e}", "\u{9b}", "\nSet-Cookie"] {
            assert!(!text.contains(absent), "{absent:?}");
        }
    }
}

#[test]
fn long_text_is_cut() {
    assert_eq!(shown(&"é".repeat(MAX_SHOWN)), "é".repeat(MAX_SHOWN));
    assert_eq!(shown(&"<".repeat(100_000)), "&lt;".repeat(MAX_SHOWN) + "…");
}

#[test]
fn any_clock_gives_a_valid_date() {
    let date = |now| {
        let page = Page::SignedIn { domain: "acme.eu.auth0.com".into(), name: None };
        let response = String::from_utf8(page.response(now)).unwrap();
        response.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap().to_owned()
    };
    assert_eq!(date(now()), "Sun, 06 Nov 1994 08:49:37 GMT"); // RFC 9110 §5.6.7
    assert_eq!(date(UNIX_EPOCH - Duration::from_secs(1)), "Thu, 01 Jan 1970 00:00:00 GMT");
    let far = UNIX_EPOCH + Duration::from_secs(1 << 38);
    assert_eq!(date(far), "Fri, 31 Dec 9999 23:59:59 GMT");
}
