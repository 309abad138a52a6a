//! Clients that ask, and then do not take what they are sent.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Frame;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::{
    PATIENCE, POLICY, TestBody, Upstream, channel, eventually, fetch, full, gateway, get, read_head,
    scripted, send, with,
};
use crate::tls::Authority;
use crate::tls_client::{Trusting, connect, gateway_of, to};

const IMPATIENT: &str = "[timeouts]\nclient_idle = \"300ms\"\nclient_stall = \"300ms\"\n";

fn impatient(upstream: &str) -> corsac_gateway::Running {
    gateway(&format!(
        "admin = \"127.0.0.1:0\"\n{IMPATIENT}{POLICY}[[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n"
    ))
}

/// A body without an end.
struct Endless(Arc<AtomicUsize>);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 16 * 1024])))))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A server whose responses under `/long` have no end, and how many of them there are.
async fn endless() -> (Upstream, Arc<AtomicUsize>) {
    let open = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&open);
    let upstream = Upstream::start(move |request| {
        let body: TestBody = if request.uri().path() == "/long" {
            counter.fetch_add(1, Ordering::Relaxed);
            Endless(Arc::clone(&counter)).boxed()
        } else {
            full("short")
        };
        std::future::ready(Response::new(body))
    })
    .await;
    (upstream, open)
}

/// The response is let go, and so is what it took of the upstream.
async fn is_let_go(open: &AtomicUsize) {
    eventually("the upstream is asked", async || open.load(Ordering::Relaxed) == 1).await;
    eventually("the upstream is let go", async || open.load(Ordering::Relaxed) == 0).await;
}

const ASKS: &str = "GET /long HTTP/1.1\r\nhost: localhost\r\n\r\n";

#[tokio::test]
async fn a_client_that_takes_nothing_is_let_go() {
    let (upstream, open) = endless().await;
    let gateway = impatient(&upstream.url());
    let mut client = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    client.write_all(ASKS.as_bytes()).await.expect("bytes can be sent");
    is_let_go(&open).await;
    // It is not told an end that might be one of the response.
    let mut rest = Vec::new();
    timeout(PATIENCE, client.read_to_end(&mut rest)).await.expect("in time").expect_err("it is reset");
}

#[tokio::test]
async fn a_client_that_takes_nothing_over_tls_is_let_go() {
    let (upstream, open) = endless().await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &format!("{IMPATIENT}{}", to(&upstream.url())));
    for protocol in ["http/1.1", "h2"] {
        let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
        let mut client =
            connect(gateway.local_addr(), "localhost", config, &[protocol]).await.expect("a handshake");
        if protocol == "h2" {
            // Windows are no reason: up to 2^31 - 1 octets may come.
            const WINDOW: u32 = (1 << 31) - 1;
            let settings = [&[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4][..], &WINDOW.to_be_bytes()].concat();
            let update = [&[0, 0, 4, 8, 0, 0, 0, 0, 0][..], &(WINDOW - 65_535).to_be_bytes()].concat();
            // :method GET, :scheme https, :path /long, :authority localhost
            let block = [&[0x82, 0x87, 0x44, 5][..], b"/long", &[0x41, 9], b"localhost"].concat();
            let length = u8::try_from(block.len()).expect("it is short");
            let headers = [&[0, 0, length, 1, 0b101, 0, 0, 0, 1][..], &block].concat();
            let bytes = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings, &update, &headers].concat();
            client.write_all(&bytes).await.expect("bytes can be sent");
        } else {
            client.write_all(ASKS.as_bytes()).await.expect("bytes can be sent");
        }
        is_let_go(&open).await;
    }
}

#[tokio::test]
async fn one_response_that_is_not_taken_over_http2_costs_no_other() {
    let (upstream, open) = endless().await;
    let gateway = impatient(&upstream.url());
    let stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let (mut sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .initial_connection_window_size(16 * 1024 * 1024)
        .handshake(TokioIo::new(stream))
        .await
        .expect("HTTP/2");
    tokio::spawn(connection);
    let at = |path: &str| get(&format!("http://gateway.example{path}"));
    let left = sender.send_request(at("/long")).await.expect("a response").into_body();
    is_let_go(&open).await;
    let short = sender.send_request(at("/short")).await.expect("a response").into_body();
    assert_eq!(short.collect().await.expect("all of it").to_bytes(), "short");
    timeout(PATIENCE, left.collect()).await.expect("in time").expect_err("it is reset");
}

#[tokio::test]
async fn a_client_that_leaves_the_end_of_a_response_over_http2_is_let_go() {
    // In one piece, and so given as a whole; nothing but its client waits for the rest of it.
    let upstream = Upstream::start(|_| std::future::ready(Response::new(full("x".repeat(10_000))))).await;
    let gateway = impatient(&upstream.url());
    let stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let (mut sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(1_000)
        .handshake(TokioIo::new(stream))
        .await
        .expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let _left = sender.send_request(get("http://gateway.example/")).await.expect("a response");
    let _ = timeout(PATIENCE, connection).await.expect("the gateway ends it");
}

#[tokio::test]
async fn a_client_that_asks_on_and_takes_no_answer_is_let_go() {
    let (upstream, _) = endless().await;
    let gateway = impatient(&upstream.url());
    let mut client = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let asks = ASKS.replace("/long", "/short").repeat(1_000);
    let asking = async { while client.write_all(asks.as_bytes()).await.is_ok() {} };
    timeout(PATIENCE, asking).await.expect("the gateway ends it");
}

#[tokio::test]
async fn a_tunnel_whose_client_takes_nothing_ends() {
    let written = Arc::new(AtomicUsize::new(0));
    let upstream = scripted({
        let written = Arc::clone(&written);
        move |_, mut stream| {
            let written = Arc::clone(&written);
            async move {
                read_head(&mut stream).await;
                let head =
                    b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: bytes\r\n\r\n";
                stream.write_all(head).await.expect("it is open");
                written.fetch_add(1, Ordering::Relaxed);
                while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
                written.fetch_sub(1, Ordering::Relaxed);
            }
        }
    })
    .await;
    let gateway = impatient(&format!("http://{upstream}"));
    let mut client = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let wish = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: bytes\r\n\r\n";
    client.write_all(wish).await.expect("bytes can be sent");
    is_let_go(&written).await;
    let admin = gateway.admin_addr().expect("an admin listener");
    eventually("no connection is left", async || {
        let (_, _, text): (StatusCode, HeaderMap, String) =
            fetch(admin, with(get("/metrics"), "host", "localhost")).await;
        text.contains("corsac_open_connections 0\n")
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_is_silent_is_no_fault_of_the_client() {
    for is_http2 in [false, true] {
        let (feed, body) = channel();
        let body = Arc::new(Mutex::new(Some(body)));
        let upstream = Upstream::start(move |_| {
            std::future::ready(Response::new(body.lock().expect("no panic").take().expect("one request")))
        })
        .await;
        let gateway = impatient(&upstream.url());
        feed.send("first").await;
        let mut response = if is_http2 {
            let stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                    .await
                    .expect("HTTP/2");
            tokio::spawn(connection);
            sender.send_request(get("http://gateway.example/")).await.expect("a response")
        } else {
            send(gateway.local_addr(), get("/")).await
        };
        let first = timeout(PATIENCE, response.frame()).await.expect("in time");
        assert_eq!(first.expect("a frame").expect("data").into_data().expect("data"), "first");
        sleep(Duration::from_millis(1_000)).await;
        feed.send("last").await;
        drop(feed);
        let rest = timeout(PATIENCE, response.collect()).await.expect("in time").expect("the rest");
        assert_eq!(rest.to_bytes(), "last", "{is_http2}");
    }
}
