//! Upstreams over TLS, judged by a certificate authority that lives as long as a test.

use std::net::SocketAddr;
use std::sync::Arc;

use corsac_gateway::Gateway;
use http::{Response, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::support::{APP, POLICY, config, fetch, from, full, get};

pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect("a certificate") }
    }

    pub(crate) fn root(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    /// A certificate for these names and its key, as PEM; and the certificate as clients see it.
    pub(crate) fn issue(&self, names: &[&str]) -> Issued {
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let params = CertificateParams::new(names).expect("names");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Issued { certificate: certificate.pem(), key: key.serialize_pem(), der: certificate.der().clone() }
    }

    /// What a server for `localhost` needs.
    pub(crate) fn acceptor(&self, protocols: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .expect("a certificate with its key");
        tls.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(tls))
    }

    /// A server for `localhost` that says which HTTP it is asked in.
    async fn upstream(&self, protocols: &[&str]) -> SocketAddr {
        let acceptor = self.acceptor(protocols);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = service_fn(async |request: http::Request<hyper::body::Incoming>| {
                        let host = request.headers().get("host").map(|host| format!("{host:?}"));
                        let authority = request.uri().authority().map(ToString::to_string);
                        let text =
                            format!("{:?} {}", request.version(), host.or(authority).unwrap_or_default());
                        Ok::<_, std::convert::Infallible>(Response::new(full(text)))
                    });
                    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        address
    }
}

pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) der: CertificateDer<'static>,
}

fn route(port: u16) -> String {
    format!("{POLICY}[[routes]]\npath = \"/\"\nupstream = \"https://localhost:{port}\"\npolicy = \"app\"\n")
}

#[tokio::test]
async fn https_upstreams_are_spoken_to_in_the_http_they_offer() {
    let authority = Authority::new();
    for (protocols, version) in
        [(&["h2", "http/1.1"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1"), (&[], "HTTP/1.1")]
    {
        let port = authority.upstream(protocols).await.port();
        let gateway = Gateway::bind(config(&route(port)).with_extra_roots(vec![authority.root()]))
            .expect("a gateway")
            .spawn();
        let (status, headers, text) = fetch(gateway.local_addr(), from(APP, get("/"))).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert_eq!(headers["access-control-allow-origin"], APP);
        assert!(text.starts_with(version) && text.contains(&format!("localhost:{port}")), "{text}");
    }
}

#[tokio::test]
async fn certificates_of_strangers_are_a_readable_502() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let port = stranger.upstream(&["http/1.1"]).await.port();
    let gateway = Gateway::bind(config(&route(port)).with_extra_roots(vec![authority.root()]))
        .expect("a gateway")
        .spawn();
    let (status, headers, text) = fetch(gateway.local_addr(), from(APP, get("/"))).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert!(text.contains("Check its certificate"), "{text}");
}
