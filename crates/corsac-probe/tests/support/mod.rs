//! Scripted servers on loopback, and a client with little patience.
//!
//! A script is given the socket and does what it likes; no HTTP library stands between it and the client.

#![allow(dead_code, reason = "each test file uses its part of the scripts")]

use std::future::Future;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use corsac_browser::{RequestKind, WireRequest};
use corsac_probe::{Client, ClientOptions, Reply, Timeouts, Unreachable};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

/// Long enough for any machine; a test that needs it has failed.
const NEVER_ENDED: Duration = Duration::from_secs(30);

/// Options for loopback: patient enough for a busy machine, and brief with bodies.
pub(crate) fn options() -> ClientOptions {
    let timeouts = Timeouts {
        connect: Duration::from_secs(10),
        head: Duration::from_secs(10),
        body: Duration::from_secs(2),
        total: Duration::from_secs(20),
    };
    ClientOptions { timeouts, ..ClientOptions::default() }
}

/// As [`options`], for servers that never come to an end.
pub(crate) fn impatient() -> ClientOptions {
    let brief = Duration::from_millis(300);
    let timeouts = Timeouts { connect: brief, head: brief, body: brief, ..options().timeouts };
    ClientOptions { timeouts, ..options() }
}

pub(crate) fn request(method: &str, url: &str) -> WireRequest {
    WireRequest {
        kind: RequestKind::Actual,
        method: method.into(),
        url: url.parse().unwrap(),
        headers: [("Origin", "https://app.example")].into_iter().collect(),
        body: Vec::new(),
    }
}

/// Sends, and insists that it ends.
pub(crate) async fn send(client: &Client, request: &WireRequest) -> Result<Reply, Unreachable> {
    within_reason(client.send(request)).await
}

pub(crate) async fn within_reason<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(NEVER_ENDED, future).await.expect("it ends")
}

/// One GET to a fresh client.
pub(crate) async fn get(url: &str, options: ClientOptions) -> Result<Reply, Unreachable> {
    send(&Client::new(options).unwrap(), &request("GET", url)).await
}

/// A server that runs the script for each connection, on a thread of its own.
pub(crate) fn server(script: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(script);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            stream.set_read_timeout(Some(NEVER_ENDED)).unwrap();
            stream.set_write_timeout(Some(NEVER_ENDED)).unwrap();
            let script = Arc::clone(&script);
            thread::spawn(move || script(stream));
        }
    });
    address
}

/// A server that reads a request's head, sends these bytes and closes.
pub(crate) fn answering(bytes: impl Into<Vec<u8>>) -> SocketAddr {
    let bytes = bytes.into();
    server(move |mut stream| {
        read_head(&mut stream);
        drop(stream.write_all(&bytes));
        close(&stream);
    })
}

/// Ends the connection in order: what was sent arrives even where the client has more to say.
pub(crate) fn close(mut stream: &TcpStream) {
    drop(stream.shutdown(Shutdown::Write));
    let mut rest = [0; 4096];
    while stream.read(&mut rest).is_ok_and(|read| read > 0) {}
}

/// Everything up to the empty line; what follows stays unread.
pub(crate) fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A throw-away authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Throw-away Authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A server's TLS settings with a certificate for these names.
    pub(crate) fn tls(
        &self,
        names: &[&str],
        alpn: &[&str],
        adjust: impl FnOnce(&mut CertificateParams),
    ) -> Arc<ServerConfig> {
        let mut params = params(names);
        adjust(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        server_config(certificate.der().clone(), &key, alpn)
    }
}

/// TLS settings with a certificate that signs itself.
pub(crate) fn self_signed(names: &[&str], is_ca: IsCa) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let mut params = params(names);
    params.is_ca = is_ca;
    let certificate = params.self_signed(&key).unwrap();
    server_config(certificate.der().clone(), &key, &[])
}

fn params(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
}

fn server_config(certificate: CertificateDer<'static>, key: &KeyPair, alpn: &[&str]) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// A TLS server that answers every request with these bytes.
pub(crate) fn answering_over_tls(config: Arc<ServerConfig>, bytes: &'static [u8]) -> SocketAddr {
    server(move |mut socket| {
        let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = rustls::Stream::new(&mut session, &mut socket);
        if !read_head(&mut stream).is_empty() {
            drop(stream.write_all(bytes));
            session.send_close_notify();
            drop(session.complete_io(&mut socket));
        }
        close(&socket);
    })
}

/// A server that speaks HTTP/2 by hand, up to and with the head of the first request; over HTTP/1.1 it
/// answers 200.
pub(crate) fn http2_script(
    config: Arc<ServerConfig>,
    script: impl Fn(&mut dyn Write) + Send + Sync + 'static,
) -> SocketAddr {
    server(move |mut socket| {
        let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = rustls::Stream::new(&mut session, &mut socket);
        let mut preface = [0; b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()];
        if stream.read_exact(&mut preface).is_err() {
            return;
        }
        if preface.starts_with(b"GET ") {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            return;
        }
        stream.write_all(&frame(4, 0, 0, &[])).unwrap(); // SETTINGS.
        loop {
            let mut header = [0; 9];
            stream.read_exact(&mut header).unwrap();
            let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
            stream.read_exact(&mut vec![0; length as usize]).unwrap();
            if header[3] == 1 {
                break; // HEADERS.
            }
        }
        script(&mut stream);
        close(&socket);
    })
}

/// One HTTP/2 frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}
