//! Clients over TLS: what they are shown, what they are answered, and what becomes of it while certificates change.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use corsac_gateway::{Config, ConfigSource, Gateway, ReloadError, ReloadHandle, Running};
use futures_util::{SinkExt, StreamExt};
use http::{Response, StatusCode};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{
    APP, EVIL, PATIENCE, POLICY, Upstream, eventually, fetch, from, full, get, preflight, raw, stop, with,
};
use crate::tls::{Authority, Issued};
use crate::tls_client::{Trusting, ask, connect, gateway_of, http1, read, shown, to};
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
