//! The browser, played by the test.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use super::Tenant;

/// Knows the tenant's CA, and follows no redirect by itself.
pub(crate) struct Browser(Agent);

/// What the callback was answered with.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(tenant: &Tenant) -> Self {
        let mut tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
        if let Some(ca) = tenant.ca_file() {
            let pem = std::fs::read(ca).unwrap();
            tls = tls.root_certs(RootCerts::from(vec![Certificate::from_pem(&pem).unwrap()]));
        }
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Self(config.new_agent())
    }

    /// Opens the login page and allows or denies; the address that the tenant then sends to.
    #[track_caller]
    pub(crate) fn decide(&self, url: &str, decision: &str) -> String {
        let mut page = self.0.get(url).call().unwrap();
        let html = page.body_mut().read_to_string().unwrap();
        // A tenant that knows what it does not want sends back at once.
        if page.status() == 302 {
            return location(&page);
        }
        assert_eq!(page.status(), 200, "{url}\n{html}");
        let between = |start: &str, end: &str| {
            let from = html.find(start).unwrap_or_else(|| panic!("{html}")) + start.len();
            html[from..from + html[from..].find(end).unwrap()].to_owned()
        };
        let action = between("action='", "'");
        let query = between("name=query value=\"", "\"").replace("&amp;", "&");
        let host = &url[..url.find("/authorize").unwrap()];
        let form = [("query", query.as_str()), ("decision", decision)];
        location(&self.0.post(format!("{host}{action}")).send_form(form).unwrap())
    }

    /// Signs in: the address of the callback, not visited yet.
    #[track_caller]
    pub(crate) fn callback(&self, url: &str) -> String {
        self.decide(url, "allow")
    }

    /// Signs in and ends on the callback's page.
    #[track_caller]
    pub(crate) fn sign_in(&self, url: &str) -> Page {
        get(&self.callback(url))
    }
}

#[track_caller]
fn location(response: &ureq::http::Response<ureq::Body>) -> String {
    assert_eq!(response.status(), 302, "{response:?}");
    response.headers()["location"].to_str().unwrap().to_owned()
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Visits an address of this machine, as a browser does.
#[track_caller]
pub(crate) fn get(url: &str) -> Page {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap());
    exchange(authority, &format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n\r\n"))
        .unwrap_or_else(|| panic!("{url}: no answer"))
}

/// Sends these bytes and reads the answer to its end; `None` where there is none.
#[track_caller]
pub(crate) fn exchange(authority: &str, request: &str) -> Option<Page> {
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // An answer may come before all has been sent.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap_or_else(|e| panic!("{request:.80}: {e}"));
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Some(Page { status, headers, body: body.to_owned() })
}
