//! A CA for one run, and a certificate for this machine.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The server's configuration, and the CA in PEM for clients.
pub(crate) struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_pem: String,
}

impl Tls {
    /// # Errors
    /// An I/O error if a certificate cannot be made.
    pub(crate) fn new() -> io::Result<Self> {
        let make = || -> Result<(Vec<_>, PrivateKeyDer<'static>, String), rcgen::Error> {
            let ca_key = KeyPair::generate()?;
            let mut ca = CertificateParams::new(Vec::new())?;
            ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            // Each CA has its own subject, because verifiers look up issuers by subject.
            let name = format!("auth0-emulator throw-away CA {}", crate::keys::random());
            ca.distinguished_name.push(DnType::CommonName, name);
            let ca_pem = ca.self_signed(&ca_key)?.pem();
            let key = KeyPair::generate()?;
            let mut leaf =
                CertificateParams::new(["127.0.0.1", "::1", "localhost"].map(str::to_owned))?;
            leaf.use_authority_key_identifier_extension = true;
            leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            leaf.distinguished_name.push(DnType::CommonName, "auth0-emulator");
            let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key))?;
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
            Ok((vec![leaf.der().clone()], key, ca_pem))
        };
        let (chain, key, ca_pem) = make().map_err(io::Error::other)?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(io::Error::other)?
                .with_no_client_auth()
                .with_single_cert(chain, key)
                .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), ca_pem })
    }
}

/// A file of our own in the temporary folder, removed on drop.
#[derive(Debug)]
pub(crate) struct TemporaryFile(PathBuf);

impl TemporaryFile {
    pub(crate) fn create(suffix: &str, content: &str) -> io::Result<Self> {
        let path =
            std::env::temp_dir().join(format!("auth0-emulator-{}{suffix}", crate::keys::random()));
        std::fs::File::create_new(&path)?.write_all(content.as_bytes())?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
