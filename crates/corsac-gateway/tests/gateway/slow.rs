//! Clients that are slow, silent, or half gone.

use std::sync::atomic::Ordering;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{PATIENCE, POLICY, Upstream, eventually, fetch, gateway, gateway_to, get, raw, with};

/// Reads until the other side closes.
async fn rest_of(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    // One that is reset has said what it had to say.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("closed in time");
    String::from_utf8_lossy(&text).into_owned()
}

fn impatient(upstream: &Upstream) -> corsac_gateway::Running {
    gateway(&format!(
        "{POLICY}[timeouts]\nclient_idle = \"300ms\"\n\
         [[routes]]\npath = \"/\"\nupstream = \"{}\"\npolicy = \"app\"\n",
        upstream.url()
    ))
}

#[tokio::test]
async fn a_client_that_says_nothing_or_not_enough_is_let_go() {
    let upstream = Upstream::echo().await;
    let gateway = impatient(&upstream);
    for part in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nx: ",
        "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET",
    ] {
        let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        stream.write_all(part.as_bytes()).await.expect("bytes can be sent");
        let answered = rest_of(stream).await.matches("HTTP/1.1 200 OK").count();
        assert_eq!(answered, part.matches("\r\n\r\n").count(), "{part:?}");
    }
}

#[tokio::test]
async fn a_client_whose_body_nobody_wanted_is_let_go_too() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "{POLICY}[timeouts]\nclient_idle = \"300ms\"\n[limits]\nbody = \"1B\"\n\
         [[routes]]\npath = \"/api\"\nupstream = \"{}\"\npolicy = \"app\"\n",
        upstream.url()
    ));
    for (path, sent) in [("/nowhere", "hello"), ("/nowhere", ""), ("/api", "hello"), ("/api", "he")] {
        let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        let request = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n{sent}");
        stream.write_all(request.as_bytes()).await.expect("bytes can be sent");
        let text = rest_of(stream).await;
        assert_eq!(text.matches("HTTP/1.1 4").count(), 1, "{path} {sent}: {text}");
    }
}

#[tokio::test]
async fn a_head_that_trickles_is_no_request_and_one_that_comes_in_pieces_is() {
    let upstream = Upstream::echo().await;
    let gateway = impatient(&upstream);
    let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let trickle = async {
        // For longer than it may take, and never silent for as long.
        for byte in b"GET / HTTP/1.1\r\nhost: a\r\nx: ".iter().chain(std::iter::repeat(&b'x')) {
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, trickle).await.expect("the gateway ends it");
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 0);

    let patient = gateway_to(&upstream.url());
    let mut stream = TcpStream::connect(patient.local_addr()).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    for piece in "GET /in/pieces HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".as_bytes().chunks(7) {
        stream.write_all(piece).await.expect("bytes can be sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(rest_of(stream).await.contains("GET /in/pieces"));
}

#[tokio::test]
async fn a_connection_that_rested_is_served_again() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    for path in ["/one", "/two", "/three"] {
        let head = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("bytes can be sent");
        let mut text = Vec::new();
        while !String::from_utf8_lossy(&text).contains(&format!("GET {path}")) {
            let mut buffer = [0; 1024];
            let count =
                timeout(PATIENCE, stream.read(&mut buffer)).await.expect("in time").expect("an answer");
            assert_ne!(count, 0, "{}", String::from_utf8_lossy(&text));
            text.extend_from_slice(&buffer[..count]);
        }
        // Long enough to rest, however busy the machine is or is not.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_client_with_20_000_headers_is_refused_and_others_are_served() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let lines: String = (0..20_000).map(|number| format!("x-{number}: y\r\n")).collect();
    let text = raw(gateway.local_addr(), format!("GET / HTTP/1.1\r\nhost: a\r\n{lines}\r\n")).await;
    assert!(text.starts_with("HTTP/1.1 431 "), "{text}");
    assert_eq!(fetch(gateway.local_addr(), get("/")).await.0, StatusCode::OK);
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn nothing_is_left_of_clients_that_end_half_way() {
    let upstream = Upstream::start(|_| std::future::pending()).await;
    let gateway = gateway(&format!(
        "admin = \"127.0.0.1:0\"\n{POLICY}[[routes]]\npath = \"/\"\nupstream = \"{}\"\npolicy = \"app\"\n",
        upstream.url()
    ));
    let mut halves = Vec::new();
    for part in [
        "",
        "GET / HT",
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf",
    ] {
        let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        stream.write_all(part.as_bytes()).await.expect("bytes can be sent");
        // It sends no more, and would still read.
        stream.shutdown().await.expect("a socket");
        halves.push(stream);
    }
    let admin = gateway.admin_addr().expect("an admin listener");
    let metrics = async || {
        let (status, _, text): (StatusCode, HeaderMap, String) =
            fetch(admin, with(get("/metrics"), "host", "localhost")).await;
        assert_eq!(status, StatusCode::OK);
        text
    };
    eventually("no connection and no request is left", async || {
        let text = metrics().await;
        text.contains("corsac_open_connections 0\n") && text.contains("corsac_requests_in_flight 0\n")
    })
    .await;
}
