//! The TLS handshake, and whom to trust.
//!
//! rustls with ring and the platform's own trust store, so that a company CA the browser trusts is trusted
//! here too. Knows nothing about HTTP beyond the names ALPN has for its versions; what went wrong is put in
//! words next door.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ProtocolVersion, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio::time::timeout_at;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use crate::target::{Deadline, Target};
use crate::tls_fault;
use crate::{ClientError, TlsInfo, TlsProblem, Unreachable};

/// What a client trusts; the platform's store is read when the first https target needs it.
#[derive(Debug)]
pub(crate) struct Tls {
    insecure: bool,
    provider: Arc<CryptoProvider>,
    extra_roots: Vec<CertificateDer<'static>>,
    config: OnceLock<Result<Arc<ClientConfig>, Unreachable>>,
}

/// Which protocols are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    Http2AndHttp1,
    Http1,
}

impl Tls {
    pub(crate) fn new(insecure: bool, extra_roots: Option<&[u8]>) -> Result<Self, ClientError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        // Settled here, so that what comes later can rely on it.
        ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| ClientError::Tls(error.to_string()))?;
        let extra_roots = match extra_roots {
            Some(pem) => parse_roots(pem)?,
            None => Vec::new(),
        };
        Ok(Self { insecure, provider, extra_roots, config: OnceLock::new() })
    }

    /// Shakes hands with whoever is at the other end of `stream`.
    pub(crate) async fn handshake(
        &self,
        stream: TcpStream,
        target: &Target,
        offer: Offer,
        deadline: Deadline,
    ) -> Result<(TlsStream<TcpStream>, TlsInfo), Unreachable> {
        let mut config = self.config.get_or_init(|| self.make_config()).clone()?;
        if offer == Offer::Http1 {
            Arc::make_mut(&mut config).alpn_protocols = vec![b"http/1.1".to_vec()];
        }
        let name = match &target.host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|_| {
                let message = format!("{name} cannot be asked for in TLS: it is not a valid DNS name.");
                Unreachable::in_tls(
                    TlsProblem::Handshake,
                    message,
                    "Use a name of letters, digits, hyphens and dots.",
                )
            })?,
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::V4(*address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::V6(*address)),
        };
        let stream = match timeout_at(deadline.at, TlsConnector::from(config).connect(name, stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(tls_fault::handshake_failed(target, &error)),
            Err(_) => return Err(tls_fault::handshake_timed_out(target, deadline)),
        };
        let (_, session) = stream.get_ref();
        let version = match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
            _ => "TLS 1.3",
        };
        let alpn = session.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
        Ok((stream, TlsInfo { version, alpn }))
    }

    fn make_config(&self) -> Result<Arc<ClientConfig>, Unreachable> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                Unreachable::in_tls(TlsProblem::Handshake, error.to_string(), tls_fault::UNKNOWN_HINT)
            })?;
        let mut config = if self.insecure {
            let verifier = Arc::new(AcceptAnyone(Arc::clone(&self.provider)));
            builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
        } else {
            builder.with_root_certificates(self.roots()?).with_no_client_auth()
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, Unreachable> {
        let platform = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.extra_roots.iter().cloned().chain(platform.certs));
        if roots.is_empty() {
            let reason = platform.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
            return Err(Unreachable::in_tls(
                TlsProblem::NoTrustStore,
                format!(
                    "This machine has no trusted certificates, so no https server can be checked{reason}."
                ),
                "Install the system's CA certificates (often a package called ca-certificates), name a file of them \
                 in SSL_CERT_FILE, or repeat with --insecure to judge CORS alone.",
            ));
        }
        Ok(roots)
    }
}

fn parse_roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let problem = |text: String| ClientError::ExtraRoots(text);
    let roots = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| problem(format!("they are not PEM ({error})")))?;
    if roots.is_empty() {
        return Err(problem("there is no certificate among them".into()));
    }
    let mut store = RootCertStore::empty();
    for root in &roots {
        store
            .add(root.clone())
            .map_err(|error| problem(format!("one of them is no CA certificate ({error})")))?;
    }
    Ok(roots)
}

/// Takes every certificate and every signature, however old the key or odd the encoding.
#[derive(Debug)]
struct AcceptAnyone(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAnyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
