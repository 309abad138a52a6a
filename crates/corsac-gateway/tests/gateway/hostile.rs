//! What is no HTTP, or almost.

use std::sync::{Arc, Mutex};

use http::Response;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{
    APP, PATIENCE, POLICY, Upstream, fetch, from, full, gateway, gateway_to, get, raw, with,
};

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
async fn what_two_readers_may_understand_otherwise_reaches_no_upstream() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let upstream = Upstream::start({
        let seen = Arc::clone(&seen);
        move |request: http::Request<hyper::body::Incoming>| {
            seen.lock().expect("no panic").push(request.uri().to_string());
            async move {
                let whole = request.into_body().collect().await.is_ok();
                Response::new(full(if whole { "whole" } else { "broken" }))
            }
        }
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let hidden = "GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n";
    for head in [
        "content-length: 50\r\ntransfer-encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 50\r\n",
        "transfer-encoding: chunked\r\nCONTENT-LENGTH:0\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5, 6\r\n",
        "content-length: +5\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding : chunked\r\n",
        "x: y\r\n folded: z\r\n",
        "x: y\n",
        "x: y\r\n\n",
        "x: \0\r\n",
        "x\r\n",
    ] {
        let attack = format!("POST /a HTTP/1.1\r\nhost: a\r\norigin: {APP}\r\n{head}\r\n0\r\n\r\n{hidden}");
        let text = raw(gateway.local_addr(), attack).await;
        assert!(text.starts_with("HTTP/1.1 400 "), "{head:?}: {text}");
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{head:?}: {text}");
    }
    assert!(seen.lock().expect("no panic").is_empty());
    // Where pages would send such a thing, they could read what is wrong with it.
    let text = raw(gateway.local_addr(), format!("GET / HTTP/1.1\r\nhost: a\norigin: {APP}\r\n\r\n")).await;
    assert!(
        text.contains(&format!("access-control-allow-origin: {APP}\r\n")) && text.contains("two ways"),
        "{text}"
    );
}

#[tokio::test]
async fn the_body_of_a_request_that_was_answered_early_is_no_request() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let upstream = Upstream::start({
        let seen = Arc::clone(&seen);
        move |request: http::Request<hyper::body::Incoming>| {
            seen.lock().expect("no panic").push(request.uri().to_string());
            async { Response::new(full("early")) }
        }
    })
    .await;
    let gateway = gateway(&format!(
        "{POLICY}[limits]\nbody = \"100B\"\n\
         [[routes]]\npath = \"/api\"\nupstream = \"{0}\"\npolicy = \"app\"\n\
         [[routes]]\npath = \"/rare\"\nupstream = \"{0}\"\nrate_limit = \"1/h\"\n",
        upstream.url()
    ));
    fetch(gateway.local_addr(), get("/rare")).await;
    let hidden = "GET /api/smuggled HTTP/1.1\r\nhost: a\r\n\r\n";
    let preflight = format!("OPTIONS /api HTTP/1.1\r\norigin: {APP}\r\naccess-control-request-method: PUT");
    for (line, length) in [
        ("POST /nowhere HTTP/1.1", hidden.len()),
        ("POST /%2e%2e/ HTTP/1.1", hidden.len()),
        ("TRACE /api HTTP/1.1", hidden.len()),
        (preflight.as_str(), hidden.len()),
        ("POST /rare HTTP/1.1", hidden.len()),
        ("POST /api HTTP/1.1", 1_000),
        ("POST /api HTTP/1.1\r\nexpect: 100-continue", 1_000),
        ("POST /api HTTP/1.1", hidden.len()),
    ] {
        let mut stream = tokio::net::TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        let head = format!("{line}\r\nhost: a\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("bytes can be sent");
        let mut begin = [0; 12];
        let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut begin)).await.expect("in time");
        read.expect("an answer");
        // Long enough for the connection to rest, if it did.
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        let _ = stream.write_all(hidden.as_bytes()).await;
        let _ = stream.shutdown().await;
        let mut text = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("closed in time");
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("HTTP/1.1"), "{line}: {text}");
    }
    // The end of one body says nothing of the next one's.
    let mut stream = tokio::net::TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let head = |length: usize| format!("POST /rare HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n");
    let both = format!("{}hello{}", head(5), head(1_000));
    stream.write_all(both.as_bytes()).await.expect("bytes can be sent");
    let mut text = String::new();
    while text.matches("HTTP/1.1 429").count() < 2 {
        let mut buffer = [0; 1024];
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut buffer)).await.expect("in time");
        let count = read.expect("an answer");
        assert_ne!(count, 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    let _ = stream.write_all(hidden.as_bytes()).await;
    let _ = stream.shutdown().await;
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("closed in time");
    assert!(!String::from_utf8_lossy(&rest).contains("HTTP/1.1"), "{}", String::from_utf8_lossy(&rest));

    let seen = seen.lock().expect("no panic");
    assert!(!seen.iter().any(|uri| uri.contains("smuggled")), "{seen:?}");
}

#[tokio::test]
async fn a_body_that_is_not_in_chunks_as_it_says_ends_its_request() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    for body in [
        "x\r\n",
        "5\r\nabc",
        "5\nabcde\n0\n\n",
        "-1\r\n",
        "fffffffffffffffff\r\n",
        "5\r\nabcdeX\r\n0\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        let head = "POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(format!("{head}{body}").as_bytes()).await.expect("bytes can be sent");
        stream.shutdown().await.expect("a socket");
        let mut text = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("closed in time");
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("HTTP/1.1 200"), "{body:?}: {text}");
    }
    let (status, ..) = fetch(gateway.local_addr(), get("/")).await;
    assert_eq!(status, 200);
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
