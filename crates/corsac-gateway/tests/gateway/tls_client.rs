//! A gateway that speaks https for `localhost`, and clients of it: what they trust, and how they ask.

use std::net::SocketAddr;
use std::sync::Arc;

use corsac_gateway::{Gateway, Running};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{PATIENCE, POLICY, TestBody, config, with};
use crate::tls::Authority;

/// A gateway for `localhost` that watches nothing.
pub(crate) fn gateway_of(authority: &Authority, routes: &str) -> (Running, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let issued = authority.issue(&["localhost"]);
    let (certificate, key) = (folder.path().join("site.pem"), folder.path().join("site.key.pem"));
    std::fs::write(&certificate, issued.certificate).expect("the folder can be written");
    std::fs::write(&key, issued.key).expect("the folder can be written");
    let text = format!(
        "[tls]\ncertificate = '{}'\nkey = '{}'\n{POLICY}{routes}",
        certificate.display(),
        key.display()
    );
    (Gateway::bind(config(&text)).expect("a gateway").spawn(), folder)
}

pub(crate) fn to(upstream: &str) -> String {
    format!("[[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n")
}

/// By what a client judges the certificates it is shown.
pub(crate) enum Trusting<'a> {
    Authority(&'a Authority),
    Anybody,
}

impl Trusting<'_> {
    pub(crate) fn config(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).expect("versions");
        match self {
            Self::Authority(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.root()).expect("a certificate");
                builder.with_root_certificates(roots).with_no_client_auth()
            }
            Self::Anybody => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Credulous))
                .with_no_client_auth(),
        }
    }
}

/// Takes what it is shown: for looking at it.
#[derive(Debug)]
struct Credulous;

impl ServerCertVerifier for Credulous {
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
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}

/// A connection by this name, with none of what an earlier one has learned.
pub(crate) async fn connect(
    to: SocketAddr,
    name: &str,
    mut config: ClientConfig,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let stream = TcpStream::connect(to).await?;
    timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.expect("in time")
}

/// The certificate that a client is shown that asks by this name.
pub(crate) async fn shown(to: SocketAddr, name: &str) -> CertificateDer<'static> {
    let config = Trusting::Anybody.config(rustls::ALL_VERSIONS);
    let stream = connect(to, name, config, &["h2"]).await.expect("a handshake");
    stream.get_ref().1.peer_certificates().expect("a certificate")[0].clone().into_owned()
}

pub(crate) async fn read(response: Response<Incoming>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = response.into_parts();
    let body = timeout(PATIENCE, body.collect()).await.expect("in time").expect("a whole body");
    (parts.status, parts.headers, String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

/// Asks over a connection, in the HTTP that was agreed on.
pub(crate) async fn ask(
    stream: TlsStream<TcpStream>,
    mut request: Request<TestBody>,
) -> (StatusCode, HeaderMap, String) {
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let response = if is_http2 {
        let path = request.uri().path().to_owned();
        *request.uri_mut() = format!("https://localhost{path}").parse().expect("a URI");
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .expect("HTTP/2");
        tokio::spawn(connection);
        timeout(PATIENCE, sender.send_request(request)).await
    } else {
        let mut sender = http1(stream).await;
        timeout(PATIENCE, sender.send_request(with(request, "host", "localhost"))).await
    };
    read(response.expect("in time").expect("a response")).await
}

pub(crate) async fn http1(stream: TlsStream<TcpStream>) -> hyper::client::conn::http1::SendRequest<TestBody> {
    let (sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    sender
}
