//! A certificate for every loopback host, from an authority that lives as long as the run.
//!
//! The browsers are told to take any certificate; that is the drivers' part.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::OriginsError;

/// The highest `127.0.0.N` that has a certificate.
const LAST_NUMBERED: u8 = 40;

/// What makes a connection a TLS connection. It offers HTTP/1.1 alone.
pub(crate) fn acceptor() -> Result<TlsAcceptor, OriginsError> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Corsac's lab");
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "Corsac's lab, loopback");
    let numbered = (1..=LAST_NUMBERED).map(|number| IpAddr::V4(Ipv4Addr::new(127, 0, 0, number)));
    params
        .subject_alt_names
        .extend(numbered.chain([IpAddr::V6(Ipv6Addr::LOCALHOST)]).map(SanType::IpAddress));
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;

    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone(), issuer.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
