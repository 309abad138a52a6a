//! What is no HTTP, or almost.

use std::sync::{Arc, Mutex};

use http::Response;
use http_body_util::BodyExt;

use crate::support::{APP, Upstream, fetch, from, full, gateway_to, get, raw, with};

#[tokio::test]
async fn what_is_no_request_is_refused_and_the_gateway_lives() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let long = "x".repeat(300 * 1024);
    let many = "x: y\r\n".repeat(600);
    for (bytes, status) in [
        ("garbage\r\n\r\n".to_owned(), "400"),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\norigin: {APP}\r\nconnection: close\r\n\r\n"), "400"),
        ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n".to_owned(), "400"),
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(), "400"),
        ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, gzip\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: {long}\r\n\r\n"), "431"),
        (format!("GET / HTTP/1.1\r\nhost: a\r\n{many}\r\n"), "431"),
        ("CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\nconnection: close\r\n\r\n".to_owned(), "405"),
    ] {
        let text = raw(gateway.local_addr(), &bytes).await;
        let shown: String = bytes.chars().take(80).collect();
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{shown:?}: {text:?}");
    }
    let missing_host =
        raw(gateway.local_addr(), format!("GET / HTTP/1.1\r\norigin: {APP}\r\nconnection: close\r\n\r\n"));
    assert!(missing_host.await.contains(&format!("access-control-allow-origin: {APP}\r\n")));
    let (status, ..) = fetch(gateway.local_addr(), get("/")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_request_with_two_lengths_has_one_for_the_upstream_and_ends_its_connection() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let upstream = Upstream::start({
        let seen = Arc::clone(&seen);
        move |request: http::Request<hyper::body::Incoming>| {
            let seen = Arc::clone(&seen);
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await.expect("a whole body").to_bytes();
                let lengths: Vec<&str> = ["content-length", "transfer-encoding"]
                    .into_iter()
                    .filter(|name| parts.headers.contains_key(*name))
                    .collect();
                seen.lock().expect("no panic").push(format!("{} {lengths:?} {body:?}", parts.uri));
                Response::new(full(""))
            }
        }
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    for headers in [
        "content-length: 50\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 50",
    ] {
        let smuggled = format!(
            "POST /a HTTP/1.1\r\nhost: a\r\n{headers}\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n"
        );
        let text = raw(gateway.local_addr(), smuggled).await;
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{text}");
    }
    let expected = "/a [\"transfer-encoding\"] b\"\"";
    assert_eq!(*seen.lock().expect("no panic"), [expected, expected]);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_a_431_that_pages_can_read() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let many = "x: y\r\n".repeat(200);
    let (status, ..) = fetch(gateway.local_addr(), with(get("/"), "x", &"x".repeat(60 * 1024))).await;
    assert_eq!(status, 200);
    // How many lines are too many is for the upstream to say; this one says so, and pages can read it.
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\norigin: {APP}\r\nconnection: close\r\n{many}\r\n");
    let text = raw(gateway.local_addr(), head).await;
    assert!(text.contains(&format!("access-control-allow-origin: {APP}\r\n")), "{text}");
    for size in [64, 128, 200] {
        let large = with(from(APP, get("/")), "x", &"x".repeat(size * 1024));
        let (status, headers, text) = fetch(gateway.local_addr(), large).await;
        assert_eq!(status, 431, "{size}");
        assert_eq!(headers["access-control-allow-origin"], APP, "{size}");
        assert!(text.contains("headers of the request are too large"), "{text}");
    }
    // HTTP/2 counts in the same way.
    let stream = tokio::net::TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(hyper_util::rt::TokioExecutor::new(), io)
            .await
            .expect("HTTP/2");
    tokio::spawn(connection);
    let large = with(from(APP, get("http://gateway.example/")), "x", &"x".repeat(128 * 1024));
    let response = sender.send_request(large).await.expect("a response");
    assert_eq!(response.status(), 431);
    assert_eq!(response.headers()["access-control-allow-origin"], APP);
}
