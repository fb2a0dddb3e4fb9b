//! Sets up connections: trusted certificates, buffers, time limits.

use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy};

use super::USER_AGENT;
use super::resolver::Addresses;
use crate::base::error::{Error, ErrorKind};
use crate::base::platform;
use crate::hint;
use crate::term::{Env, Ui, shell};

/// Size in bytes of a connection's buffer for each direction (two such pairs under TLS). It fits
/// one TLS record. ureq's default of 128 KiB would double the memory that a list needs.
const BUFFER: usize = 17 << 10;

/// The longest response head, in bytes. It must be less than [`BUFFER`], or ureq waits forever for
/// free space.
const MAX_HEAD: usize = 16 << 10;

/// Time limit for resolving and connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// A new agent without connections.
///
/// # Errors
/// Unavailable if there are no trusted certificates.
pub(super) fn build(
    env: Env,
    ui: &Ui,
    addresses: &Addresses,
    proxy: Option<Proxy>,
    tls: bool,
) -> Result<Agent, Error> {
    let mut config = Agent::config_builder()
        .user_agent(USER_AGENT)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_response_header_size(MAX_HEAD)
        .max_idle_connections(10)
        .max_idle_connections_per_host(10)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .proxy(proxy);
    if tls {
        config = config.tls_config(
            TlsConfig::builder()
                .provider(TlsProvider::Rustls)
                .unversioned_rustls_crypto_provider(Arc::new(
                    rustls::crypto::ring::default_provider(),
                ))
                .root_certs(RootCerts::Specific(Arc::new(roots(env, ui)?)))
                .build(),
        );
    }
    Ok(Agent::with_parts(config.build(), DefaultConnector::default(), addresses.clone()))
}

/// The platform's roots, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
fn roots(env: Env, ui: &Ui) -> Result<Vec<Certificate<'static>>, Error> {
    let mut found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() && !env.is_set("SSL_CERT_FILE") && !env.is_set("SSL_CERT_DIR") {
        // The library reads an empty variable as a file without a name. We treat it as unset.
        found = platform::roots().unwrap_or(found);
    }
    if found.certs.is_empty() {
        let mut error = Error::new(
            ErrorKind::Unavailable,
            "no trusted certificates were found, so no server can be verified",
        )
        .hint(hint!(
            "install your system's ca-certificates, or name a bundle: {}",
            shell::set("SSL_CERT_FILE", "/path/to/ca.pem")
        ));
        for cause in &found.errors {
            error = error.because(cause.to_string());
        }
        return Err(error);
    }
    for error in &found.errors {
        ui.detail(1, || format!("a trusted certificate could not be read: {error}"));
    }
    Ok(found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect())
}
