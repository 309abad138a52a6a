//! Clients over TLS: what they are shown, what they are answered, and what becomes of it while certificates change.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use corsac_gateway::{Config, ConfigSource, Gateway, ReloadError, ReloadHandle, Running};
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{
    APP, EVIL, PATIENCE, POLICY, TestBody, Upstream, config, eventually, fetch, from, full, get, preflight,
    raw, stop, with,
};
use crate::tls::{Authority, Issued};
use crate::upgrade::Echo;

/// A folder with a configuration, certificates and keys.
struct Home {
    folder: TempDir,
}

impl Home {
    /// `tls` is the part of the configuration that is about it.
    fn new(upstream: &str, tls: &str) -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a folder") };
        home.configure(upstream, tls);
        home
    }

    fn configure(&self, upstream: &str, tls: &str) {
        let text = format!(
            "listen = \"127.0.0.1:0\"\n{tls}{POLICY}[[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n"
        );
        self.write("corsac.toml", &text);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).expect("the folder can be written");
    }

    /// As `NAME.pem` and `NAME.key.pem`.
    fn put(&self, name: &str, issued: &Issued) {
        self.write(&format!("{name}.pem"), &issued.certificate);
        self.write(&format!("{name}.key.pem"), &issued.key);
    }

    /// A gateway that watches its files.
    fn gateway(&self) -> (Running, ReloadHandle) {
        let path = self.file("corsac.toml");
        let config = Config::load(&path).unwrap_or_else(|faults| panic!("{faults}"));
        let workers = NonZeroUsize::new(2).expect("not zero");
        let source = ConfigSource::File { path, listen: None };
        let running =
            Gateway::bind(config.with_workers(workers)).expect("a gateway").reloading(source).spawn();
        let handle = running.reload_handle().expect("it reloads");
        (running, handle)
    }
}

/// What a configuration says of one certificate.
const ONE: &str = "[tls]\ncertificate = \"site.pem\"\nkey = \"site.key.pem\"\n";

async fn reload(handle: &ReloadHandle) -> Result<u64, ReloadError> {
    let handle = handle.clone();
    tokio::task::spawn_blocking(move || handle.reload()).await.expect("no panic")
}

/// A gateway for `localhost` that watches nothing.
fn gateway_of(authority: &Authority, routes: &str) -> (Running, TempDir) {
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

fn to(upstream: &str) -> String {
    format!("[[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n")
}

/// By what a client judges the certificates it is shown.
enum Trusting<'a> {
    Authority(&'a Authority),
    Anybody,
}

impl Trusting<'_> {
    fn config(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
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
async fn connect(
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
async fn shown(to: SocketAddr, name: &str) -> CertificateDer<'static> {
    let config = Trusting::Anybody.config(rustls::ALL_VERSIONS);
    let stream = connect(to, name, config, &["h2"]).await.expect("a handshake");
    stream.get_ref().1.peer_certificates().expect("a certificate")[0].clone().into_owned()
}

async fn read(response: Response<Incoming>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = response.into_parts();
    let body = timeout(PATIENCE, body.collect()).await.expect("in time").expect("a whole body");
    (parts.status, parts.headers, String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

/// Asks over a connection, in the HTTP that was agreed on.
async fn ask(
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

async fn http1(stream: TlsStream<TcpStream>) -> hyper::client::conn::http1::SendRequest<TestBody> {
    let (sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    sender
}

#[tokio::test]
async fn pages_get_their_answers_in_every_version_of_tls_and_http() {
    let upstream = Upstream::echo().await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
    let address = gateway.local_addr();
    for version in rustls::ALL_VERSIONS {
        for (offered, agreed) in [
            (&["h2", "http/1.1"][..], Some("h2")),
            (&["http/1.1"], Some("http/1.1")),
            (&["http/1.1", "h2"], Some("h2")),
            (&[], None),
        ] {
            let open = async || {
                let config = Trusting::Authority(&authority).config(&[version]);
                connect(address, "localhost", config, offered).await.expect("a handshake")
            };
            let stream = open().await;
            assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
            assert_eq!(stream.get_ref().1.alpn_protocol(), agreed.map(str::as_bytes), "{offered:?}");
            let (status, headers, text) = ask(stream, from(APP, get("/hello"))).await;
            assert_eq!(
                (status, &headers["access-control-allow-origin"]),
                (StatusCode::OK, &APP.parse().expect("a value"))
            );
            assert!(text.starts_with("GET /hello"), "{text}");
            assert!(text.contains("x-forwarded-proto: https\n"), "{text}");
            assert!(text.contains("x-forwarded-host: localhost\n"), "{text}");
            let (status, headers, _) = ask(open().await, preflight("/hello", APP, "PUT")).await;
            assert_eq!(status, StatusCode::NO_CONTENT);
            assert_eq!(headers["access-control-allow-methods"], "PUT");
            let (status, headers, _) = ask(open().await, preflight("/hello", EVIL, "PUT")).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            assert!(!headers.contains_key("access-control-allow-origin"));
        }
    }
    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
    connect(address, "localhost", config, &["spdy/3"]).await.expect_err("nobody speaks that");
}

#[tokio::test]
async fn a_client_is_shown_the_certificate_for_the_name_it_asks_by() {
    let authority = Authority::new();
    let first = authority.issue(&["first.example"]);
    let app = authority.issue(&["app.example", "*.app.example"]);
    let api = authority.issue(&["api.app.example"]);
    let names = ["first", "app", "api"];
    let tls: String = names
        .iter()
        .map(|name| format!("[[tls]]\ncertificate = \"{name}.pem\"\nkey = \"{name}.key.pem\"\n"))
        .collect();
    let home = Home::new("http://127.0.0.1:1", &tls);
    for (name, issued) in names.iter().zip([&first, &app, &api]) {
        home.put(name, issued);
    }
    let (gateway, _) = home.gateway();
    for (asked, expected) in [
        ("first.example", &first),
        ("app.example", &app),
        ("APP.example", &app),
        ("shop.app.example", &app),
        ("api.app.example", &api),
        // A star is one label, and what nobody has, or who asks for no name, gets the first.
        ("a.b.app.example", &first),
        ("unknown.example", &first),
        ("127.0.0.1", &first),
    ] {
        assert_eq!(shown(gateway.local_addr(), asked).await, expected.der, "{asked}");
    }
}

#[tokio::test]
async fn certificates_are_swapped_under_load_and_no_request_fails() {
    let upstream = Upstream::echo().await;
    let authority = Arc::new(Authority::new());
    let home = Home::new(&upstream.url(), ONE);
    home.put("site", &authority.issue(&["localhost"]));
    let (gateway, _) = home.gateway();
    let address = gateway.local_addr();
    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = [&["h2"][..], &["http/1.1"]]
        .into_iter()
        .map(|protocols| {
            let (over, answered, authority) =
                (Arc::clone(&over), Arc::clone(&answered), Arc::clone(&authority));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
                    let stream = connect(address, "localhost", config, protocols).await.expect("a handshake");
                    let (status, headers, _) = ask(stream, from(APP, get("/"))).await;
                    assert_eq!(status, StatusCode::OK);
                    assert_eq!(headers["access-control-allow-origin"], APP);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
    let mut old = http1(connect(address, "localhost", config, &[]).await.expect("a handshake")).await;

    for round in 0..6 {
        let next = authority.issue(&["localhost"]);
        if round % 2 == 0 {
            home.put("site", &next);
        } else {
            home.put("next", &next);
            for name in ["site.pem", "site.key.pem"] {
                let aside = home.file(&name.replace("site", "next"));
                std::fs::rename(aside, home.file(name)).expect("the folder can be written");
            }
        }
        eventually("the new one is shown", async || shown(address, "localhost").await == next.der).await;
        let response = old.send_request(with(from(APP, get("/")), "host", "localhost")).await;
        assert_eq!(read(response.expect("on the same connection")).await.0, StatusCode::OK);
        let enough = answered.load(Ordering::Relaxed) + 4;
        eventually("requests are answered", async || answered.load(Ordering::Relaxed) >= enough).await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no request failed");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_secret_that_kubernetes_swaps_is_noticed() {
    use std::os::unix::fs::symlink;
    let authority = Authority::new();
    let tls = "[tls]\ncertificate = \"secret/tls.crt\"\nkey = \"secret/tls.key\"\n";
    let home = Home::new("http://127.0.0.1:1", tls);
    let secret = home.file("secret");
    std::fs::create_dir(&secret).expect("a folder");
    let publish = |version: &str, issued: &Issued| {
        std::fs::create_dir(secret.join(version)).expect("a folder");
        home.write(&format!("secret/{version}/tls.crt"), &issued.certificate);
        home.write(&format!("secret/{version}/tls.key"), &issued.key);
        symlink(version, secret.join("..data_tmp")).expect("a link");
        std::fs::rename(secret.join("..data_tmp"), secret.join("..data")).expect("the folder can be written");
    };
    publish("..2026_01", &authority.issue(&["localhost"]));
    for name in ["tls.crt", "tls.key"] {
        symlink(Path::new("..data").join(name), secret.join(name)).expect("a link");
    }
    let (gateway, _) = home.gateway();
    for version in ["..2026_02", "..2026_03"] {
        let next = authority.issue(&["localhost"]);
        publish(version, &next);
        let is_shown = async || shown(gateway.local_addr(), "localhost").await == next.der;
        eventually("the link is swapped", is_shown).await;
    }
}

#[tokio::test]
async fn a_broken_certificate_leaves_the_last_good_one() {
    let authority = Authority::new();
    let (good, next) = (authority.issue(&["localhost"]), authority.issue(&["localhost"]));
    let home = Home::new("http://127.0.0.1:1", ONE);
    home.put("site", &good);
    let (gateway, handle) = home.gateway();
    let half = &next.certificate[..next.certificate.len() / 2];
    for (certificate, key, code) in [
        ("", good.key.as_str(), "certificate-invalid"),
        (half, &good.key, "certificate-invalid"),
        (&good.certificate, "", "key-invalid"),
        (&good.certificate, &next.key, "key-mismatch"),
    ] {
        home.write("site.pem", certificate);
        home.write("site.key.pem", key);
        let error = reload(&handle).await.expect_err("it is broken");
        assert!(error.to_string().contains(code), "{error}");
        assert_eq!(shown(gateway.local_addr(), "localhost").await, good.der, "{code}");
    }
    std::fs::remove_file(home.file("site.pem")).expect("a file");
    let error = reload(&handle).await.expect_err("there is none");
    assert!(error.to_string().contains("tls-file-unreadable"), "{error}");
    assert_eq!(shown(gateway.local_addr(), "localhost").await, good.der);
    home.put("site", &next);
    let is_shown = async || shown(gateway.local_addr(), "localhost").await == next.der;
    eventually("what is whole again is shown", is_shown).await;
}

#[tokio::test]
async fn tls_comes_and_goes_with_the_configuration_and_connections_stay() {
    let upstream = Upstream::echo().await;
    let authority = Authority::new();
    let home = Home::new(&upstream.url(), "");
    home.put("site", &authority.issue(&["localhost"]));
    let (gateway, handle) = home.gateway();
    let address = gateway.local_addr();
    assert_eq!(fetch(address, get("/")).await.0, StatusCode::OK);
    home.configure(&upstream.url(), ONE);
    reload(&handle).await.expect("it is sound");
    assert_eq!(fetch(address, get("/")).await.0, StatusCode::BAD_REQUEST);
    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
    let mut open = http1(connect(address, "localhost", config, &[]).await.expect("a handshake")).await;
    home.configure(&upstream.url(), "");
    reload(&handle).await.expect("it is sound");
    assert_eq!(fetch(address, get("/")).await.0, StatusCode::OK);
    let response = open.send_request(with(get("/"), "host", "localhost")).await.expect("a response");
    assert!(read(response).await.2.contains("x-forwarded-proto: https\n"));
}

#[tokio::test]
async fn whoever_comes_back_needs_no_new_handshake_until_the_certificate_is_another() {
    let authority = Authority::new();
    let home = Home::new("http://127.0.0.1:1", ONE);
    home.put("site", &authority.issue(&["localhost"]));
    let (gateway, handle) = home.gateway();
    let address = gateway.local_addr();
    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
    // Tickets come with the first answer.
    let comes_back = async || {
        let mut stream = connect(address, "localhost", config.clone(), &[]).await.expect("a handshake");
        let kind = stream.get_ref().1.handshake_kind();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .await
            .expect("sent");
        let mut answer = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("in time").expect("an answer");
        kind == Some(rustls::HandshakeKind::Resumed)
    };
    assert!(!comes_back().await && comes_back().await);
    // Another route, the same certificate.
    home.configure("http://127.0.0.1:2", ONE);
    reload(&handle).await.expect("it is sound");
    assert!(comes_back().await);
    home.put("site", &authority.issue(&["localhost"]));
    reload(&handle).await.expect("it is sound");
    assert!(!comes_back().await && comes_back().await);
}

#[tokio::test]
async fn plain_http_is_told_which_scheme_to_use_and_goes_nowhere() {
    let upstream = Upstream::echo().await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
    let address = gateway.local_addr();
    let asked = with(from(APP, get("/secret")), "cookie", "session=1");
    let (status, headers, text) = fetch(address, asked).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("This port speaks https"), "{text}");
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert_eq!(headers["connection"], "close");
    let (status, headers, _) = fetch(address, from(EVIL, get("/"))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(!headers.contains_key("access-control-allow-origin"));
    assert_eq!(fetch(address, preflight("/", APP, "PUT")).await.0, StatusCode::NO_CONTENT);
    // What is neither is told nothing that could be read.
    for garbage in [&b"\0\0\0\0"[..], b"\x80\x2e\x01\0\x02", b"\x16\x03\x01\0\x05hello"] {
        assert!(!raw(address, garbage).await.contains("HTTP"), "{garbage:?}");
    }
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn handshakes_that_do_not_end_keep_nobody_waiting() {
    let upstream = Upstream::echo().await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
    let mut stuck = Vec::new();
    for index in 0..200 {
        let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        // Nothing, or the beginning of a record of 512 bytes.
        if index % 2 == 0 {
            stream.write_all(b"\x16\x03\x01\x02\0\x01").await.expect("bytes can be sent");
        }
        stuck.push(stream);
    }
    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
    let stream = connect(gateway.local_addr(), "localhost", config, &["h2"]).await.expect("a handshake");
    assert_eq!(ask(stream, get("/")).await.0, StatusCode::OK);
    // Nor whoever stops the gateway.
    let drained = timeout(PATIENCE, stop(gateway)).await.expect("it does not wait for them");
    assert_eq!(drained.cut, 0);
    drop(stuck);
}

#[tokio::test]
async fn what_was_asked_over_tls_is_answered_before_the_gateway_ends() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let upstream = Upstream::start({
        let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
        move |_| {
            let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
            async move {
                asked.notify_one();
                go.notified().await;
                Response::new(full("done"))
            }
        }
    })
    .await;
    let authority = Authority::new();
    for protocol in ["h2", "http/1.1"] {
        let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
        let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
        let stream =
            connect(gateway.local_addr(), "localhost", config, &[protocol]).await.expect("a handshake");
        let running = tokio::spawn(ask(stream, get("/")));
        timeout(PATIENCE, asked.notified()).await.expect("the upstream is asked");
        let address = gateway.local_addr();
        let stopping = tokio::spawn(stop(gateway));
        eventually("it takes no more", async || TcpStream::connect(address).await.is_err()).await;
        assert!(!stopping.is_finished(), "{protocol}");
        go.notify_one();
        let (status, _, text) = running.await.expect("no panic");
        assert_eq!((status, text.as_str()), (StatusCode::OK, "done"), "{protocol}");
        let drained = timeout(PATIENCE, stopping).await.expect("as soon as it is idle").expect("no panic");
        assert_eq!(drained.cut, 0, "{protocol}");
    }
}

#[tokio::test]
async fn websockets_cross_tls_and_pages_of_the_gateway_itself_are_https() {
    let echo = Echo::start().await;
    let authority = Authority::new();
    let routes = format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", echo.url());
    let (gateway, _folder) = gateway_of(&authority, &format!("{routes}{}", to_below("/api", &echo.url())));
    let port = gateway.local_addr().port();
    let open = async |path: &str, origin: &str| {
        let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
        let stream = connect(gateway.local_addr(), "localhost", config, &["http/1.1"]).await.expect("TLS");
        let mut request = format!("wss://localhost:{port}{path}").into_client_request().expect("a request");
        request.headers_mut().insert("origin", origin.parse().expect("an origin"));
        timeout(PATIENCE, tokio_tungstenite::client_async(request, stream)).await.expect("in time")
    };
    for (path, origin) in [("/", format!("https://localhost:{port}")), ("/api", APP.to_owned())] {
        let (mut socket, _) = open(path, &origin).await.expect("a WebSocket");
        socket.send(Message::text("hello")).await.expect("it can be sent");
        let said = timeout(PATIENCE, socket.next()).await.expect("in time").expect("a message");
        assert_eq!(said.expect("a message"), Message::text("hello"));
    }
    for (path, origin) in [("/", format!("http://localhost:{port}")), ("/api", EVIL.to_owned())] {
        let Err(Error::Http(refusal)) = open(path, &origin).await else { panic!("{origin} may open it") };
        assert_eq!(refusal.status(), StatusCode::FORBIDDEN, "{origin}");
    }
}

fn to_below(path: &str, upstream: &str) -> String {
    format!("[[routes]]\npath = \"{path}\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n")
}

#[tokio::test]
async fn certificates_are_shown_with_the_configuration_and_keys_are_not() {
    let authority = Authority::new();
    let home = Home::new("http://127.0.0.1:1", &format!("admin = \"127.0.0.1:0\"\n{ONE}"));
    home.put("site", &authority.issue(&["localhost", "*.app.example"]));
    let (gateway, _) = home.gateway();
    let admin = gateway.admin_addr().expect("an admin listener");
    let (_, _, text) = fetch(admin, with(get("/config"), "host", "localhost")).await;
    let shown: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let certificate = &shown["tls"][0];
    assert_eq!(certificate["certificate"], "site.pem");
    assert_eq!(certificate["names"], serde_json::json!(["localhost", "*.app.example"]));
    assert!(certificate["expires_at"].as_u64() > Some(4_000_000_000), "{text}");
    assert!(!text.contains("PRIVATE"), "{text}");
    let (_, _, metrics) = fetch(admin, with(get("/metrics"), "host", "localhost")).await;
    let series = "corsac_certificate_expiry_timestamp_seconds{certificate=\"site.pem\"} ";
    let (_, value) = metrics.split_once(series).expect("a series");
    let value: f64 = value.lines().next().and_then(|value| value.parse().ok()).expect("a number");
    assert!(value > 4e9, "{value}");
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

/// A flag of SETTINGS and PING.
const ACK: u8 = 1;

/// A frame that was read.
struct Frame {
    kind: u8,
    flags: u8,
    payload: Vec<u8>,
}

async fn next_frame(stream: &mut TlsStream<TcpStream>) -> std::io::Result<Frame> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).expect("it fits")];
    stream.read_exact(&mut payload).await?;
    Ok(Frame { kind: head[3], flags: head[4], payload })
}

/// A client of HTTP/2 that keeps to no library: its connection, once the gateway has said how many requests it takes.
async fn bare_http2(gateway: &Running, authority: &Authority) -> TlsStream<TcpStream> {
    let config = Trusting::Authority(authority).config(rustls::ALL_VERSIONS);
    let mut stream = connect(gateway.local_addr(), "localhost", config, &["h2"]).await.expect("a handshake");
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(SETTINGS, 0, 0, &[]));
    stream.write_all(&bytes).await.expect("bytes can be sent");
    let settings = until(&mut stream, |frame| frame.kind == SETTINGS).await.payload;
    let limit = settings.chunks(6).find(|setting| setting[..2] == [0, 3]).expect("a limit of streams");
    assert_eq!(limit[2..], 128_u32.to_be_bytes());
    stream
}

/// The frame that is looked for; the others are left out.
async fn until(stream: &mut TlsStream<TcpStream>, is_wanted: impl Fn(&Frame) -> bool) -> Frame {
    let found = async {
        loop {
            let frame =
                next_frame(stream).await.unwrap_or_else(|error| panic!("it ends without it: {error}"));
            if is_wanted(&frame) {
                return frame;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("in time")
}

/// GET https://localhost/, on this stream.
fn asks(stream: u32) -> Vec<u8> {
    // :method GET, :scheme https, :path /, :authority localhost
    frame(HEADERS, 0b101, stream, &[&[0x82, 0x87, 0x84, 0x41, 9][..], b"localhost"].concat())
}

fn takes_back(stream: u32) -> Vec<u8> {
    const CANCEL: u32 = 8;
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

#[tokio::test]
async fn a_client_that_takes_requests_back_before_they_are_looked_at_is_let_go() {
    let upstream = Upstream::echo().await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
    let mut attack = bare_http2(&gateway, &authority).await;
    // As many as fit in one record, so that all of them are there at once.
    let bytes: Vec<u8> =
        (1..400).step_by(2).flat_map(|stream| [asks(stream), takes_back(stream)]).flatten().collect();
    attack.write_all(&bytes).await.expect("bytes can be sent");
    let goaway = until(&mut attack, |frame| frame.kind == GOAWAY).await;
    const ENHANCE_YOUR_CALM: u32 = 11;
    assert_eq!(goaway.payload[4..8], ENHANCE_YOUR_CALM.to_be_bytes());
    // Nobody else is.
    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
    let stream = connect(gateway.local_addr(), "localhost", config, &["h2"]).await.expect("a handshake");
    assert_eq!(ask(stream, get("/")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_takes_back_all_it_asks_is_told_to_go_and_cut_off_if_it_stays() {
    let upstream = Upstream::start(|_| std::future::pending()).await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
    let mut attack = bare_http2(&gateway, &authority).await;
    let (mut stream, mut is_told) = (1, false);
    // Few at once, and each is with the upstream before it is taken back.
    let cut = 'cut: {
        for _ in 0..100 {
            let asked: Vec<u32> = (stream..).step_by(2).take(30).collect();
            stream += 60;
            let mut bytes: Vec<u8> = asked.iter().flat_map(|stream| asks(*stream)).collect();
            bytes.extend(frame(PING, 0, 0, &[0; 8]));
            // Once it is cut off, nothing can be sent; what was said before that is still read.
            let _ = attack.write_all(&bytes).await;
            loop {
                match timeout(PATIENCE, next_frame(&mut attack)).await.expect("in time") {
                    Ok(Frame { kind: PING, flags: ACK, .. }) => break,
                    Ok(Frame { kind: GOAWAY, payload, .. }) => {
                        assert_eq!(payload[4..8], [0; 4], "it is no error: a sound client loses nothing");
                        is_told = true;
                    }
                    Ok(_) => {}
                    Err(_) => break 'cut true,
                }
            }
            let bytes: Vec<u8> = asked.iter().flat_map(|stream| takes_back(*stream)).collect();
            let _ = attack.write_all(&bytes).await;
        }
        false
    };
    assert!(is_told && cut, "{is_told} {cut}");
}
