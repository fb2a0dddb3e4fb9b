//! Follows redirects. A login page that needs no input needs no more of a browser.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// Opens a URL and follows its redirects.
pub(crate) fn follow(address: &str, ca: Option<&Path>) -> Result<(), Box<dyn std::error::Error>> {
    let mut roots = Vec::new();
    if let Some(ca) = ca {
        for item in parse_pem(&std::fs::read(ca)?) {
            if let PemItem::Certificate(certificate) = item? {
                roots.push(certificate);
            }
        }
    }
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build();
    let agent: Agent = Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .new_agent();
    agent.get(address).call()?.body_mut().read_to_vec()?;
    Ok(())
}
