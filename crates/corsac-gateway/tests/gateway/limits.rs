//! What is too much, and who hears of it.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::{
    APP, PATIENCE, POLICY, TestBody, Upstream, channel, eventually, fetch, from, full, gateway, get,
    preflight, request, send, with,
};

/// A gateway whose one route is governed and takes 10 bytes, or what else is said.
fn taking(upstream: &str, more: &str) -> corsac_gateway::Running {
    gateway(&format!(
        "{POLICY}{more}[[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\nmax_body = 10\n"
    ))
}

fn post(uri: &str, body: TestBody) -> Request<TestBody> {
    let (parts, _) = from(APP, request(Method::POST, uri)).into_parts();
    Request::from_parts(parts, body)
}

/// What is answered until the connection ends; it may end while there is more to send.
async fn said_to(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let _ = stream.write_all(bytes.as_bytes()).await;
    let mut text = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("the connection ends");
    String::from_utf8_lossy(&text).into_owned()
}

fn readable(headers: &HeaderMap) -> bool {
    headers.get("access-control-allow-origin").is_some_and(|origin| origin == APP)
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_and_the_upstream_hears_nothing() {
    let upstream = Upstream::echo().await;
    let gateway = taking(&upstream.url(), "");
    let address = gateway.local_addr();
    let (status, headers, text) = fetch(address, post("/", full("eleven byte"))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(readable(&headers), "{headers:?}");
    assert!(text.contains("route / takes 10B") && text.contains("`max_body`"), "{text}");

    // Who asks first is told before it sends anything.
    let polite = format!(
        "POST / HTTP/1.1\r\nhost: a\r\norigin: {APP}\r\ncontent-length: 11\r\nexpect: 100-continue\r\n\r\n"
    );
    let text = said_to(address, &polite).await;
    assert!(text.starts_with("HTTP/1.1 413 ") && !text.contains("100 Continue"), "{text}");
    assert!(text.contains(&format!("access-control-allow-origin: {APP}\r\n")), "{text}");

    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("HTTP/2");
    tokio::spawn(connection);
    let large = with(post("http://gateway.example/", full("eleven byte")), "content-length", "11");
    let response = timeout(PATIENCE, sender.send_request(large)).await.expect("in time").expect("a response");
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(readable(response.headers()));

    assert_eq!(upstream.connections.load(Ordering::Relaxed), 0);
    let (status, _, text) = fetch(address, post("/", full("ten bytes!"))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.ends_with("\n\nten bytes!"), "{text}");
}

#[tokio::test]
async fn who_sends_too_much_reads_the_answer_and_the_connection_goes_on() {
    let upstream = Upstream::echo().await;
    // More than the buffers of both sides hold: nothing of it may be lost, or the answer is too.
    let large = vec![b'x'; 16 * 1024 * 1024];
    for (limits, lines, status) in [
        ("", "", 413),
        ("[limits]\nheaders = 5\n", "a: b\r\nc: d\r\ne: f\r\n", 431),
        ("[limits]\nhead = 200\n", &format!("a: {}\r\n", "b".repeat(200)), 431),
        ("rate", "", 429),
    ] {
        let gateway = match limits {
            "rate" => gateway(&format!(
                "{POLICY}[[routes]]\npath = \"/once\"\nupstream = \"{0}\"\npolicy = \"app\"\nrate_limit = \"1/h\"\n\
                 [[routes]]\npath = \"/\"\nupstream = \"{0}\"\n",
                upstream.url()
            )),
            limits => taking(&upstream.url(), limits),
        };
        let _ = fetch(gateway.local_addr(), get("/once")).await;
        let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        let head = format!(
            "POST /once HTTP/1.1\r\nhost: a\r\norigin: {APP}\r\n{lines}content-length: {}\r\n\r\n",
            large.len()
        );
        stream.write_all(head.as_bytes()).await.expect("the head");
        let sent = timeout(PATIENCE, stream.write_all(&large)).await.expect("it is read");
        sent.expect("the connection is open");
        let last = "GET /after HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        stream.write_all(last.as_bytes()).await.expect("another request");
        let mut text = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut text)).await.expect("in time").expect("the answers");
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
        assert!(text.contains(&format!("access-control-allow-origin: {APP}\r\n")), "{text}");
        assert!(text.contains("GET /after"), "{text}");
    }
}

/// An upstream that tells how the bodies of its requests end.
async fn listening() -> (Upstream, mpsc::Receiver<Result<Bytes, ()>>) {
    let (sender, ends) = mpsc::channel(8);
    let upstream = Upstream::start(move |request: Request<Incoming>| {
        let sender = sender.clone();
        async move {
            let early = request.uri().path() == "/early";
            let (mut feed, mut body) = (None, full("done"));
            if early {
                let (more, streamed) = channel();
                more.send("early").await;
                (feed, body) = (Some(more), streamed);
            }
            let read = async move {
                let end = request.into_body().collect().await.map(|body| body.to_bytes()).map_err(|_| ());
                sender.send(end).await.expect("somebody listens");
                drop(feed);
            };
            if early {
                tokio::spawn(read);
            } else {
                read.await;
            }
            Response::new(body)
        }
    })
    .await;
    (upstream, ends)
}

#[tokio::test]
async fn a_body_that_grows_too_large_ends_the_request_of_the_upstream() {
    let (upstream, mut ends) = listening().await;
    let gateway = taking(&upstream.url(), "");
    for (pieces, status) in [(["five ", "bytes"], 200), (["seven b", "ytes"], 413)] {
        let (feed, body) = channel();
        let answer = tokio::spawn(fetch(gateway.local_addr(), post("/", body)));
        for piece in pieces {
            feed.send(piece).await;
        }
        drop(feed);
        let (found, headers, text) = answer.await.expect("no panic");
        assert_eq!(found, status, "{text}");
        assert!(readable(&headers), "{headers:?}");
        let end = timeout(PATIENCE, ends.recv()).await.expect("in time").expect("an end");
        let whole = (status == 200).then_some(Bytes::from_static(b"five bytes"));
        assert_eq!(end.ok(), whole);
    }
}

#[tokio::test]
async fn a_response_that_has_begun_is_not_taken_back() {
    let (upstream, mut ends) = listening().await;
    let gateway = taking(&upstream.url(), "");
    let (feed, body) = channel();
    let mut response = send(gateway.local_addr(), post("/early", body)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let first = timeout(PATIENCE, response.frame()).await.expect("in time").expect("a frame").expect("data");
    assert_eq!(first.into_data().expect("data"), "early");
    feed.send("eleven byte").await;
    let end = timeout(PATIENCE, ends.recv()).await.expect("in time").expect("an end");
    assert!(end.is_err(), "{end:?}");
    // It ends, be it early.
    let _ = timeout(PATIENCE, response.collect()).await.expect("in time");
}

#[tokio::test]
async fn a_route_can_take_more_than_the_others() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "[limits]\nbody = \"1kB\"\n[[routes]]\npath = \"/\"\nupstream = \"{0}\"\n\
         [[routes]]\npath = \"/upload\"\nupstream = \"{0}\"\nmax_body = \"unlimited\"\n",
        upstream.url()
    ));
    for (path, length, status) in [("/", 1000, 200), ("/", 1001, 413), ("/upload", 500_000, 200)] {
        let (found, ..) = fetch(gateway.local_addr(), post(path, full("x".repeat(length)))).await;
        assert_eq!(found, status, "{path} {length}");
    }
}

#[tokio::test]
async fn how_many_headers_there_are_and_how_large_they_are_can_be_said() {
    let upstream = Upstream::echo().await;
    let gateway = taking(&upstream.url(), "[limits]\nhead = \"1KiB\"\nheaders = 20\n");
    let ask = async |lines: String| {
        let head = format!("GET / HTTP/1.1\r\nhost: a\r\norigin: {APP}\r\nconnection: close\r\n{lines}\r\n");
        said_to(gateway.local_addr(), &head).await
    };
    for (lines, status, said) in [
        ("x: y\r\n".repeat(17), "200", "GET /"),
        ("x: y\r\n".repeat(18), "431", "passes 20 lines on"),
        (format!("x: {}\r\n", "y".repeat(1100)), "431", "passes 1KiB on"),
    ] {
        let text = ask(lines).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")) && text.contains(said), "{text}");
        assert!(text.contains(&format!("access-control-allow-origin: {APP}\r\n")), "{text}");
    }
    // Far beyond, it is no request any more; the gateway lives.
    let text = ask("x: y\r\n".repeat(20_000)).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 431 "), "{text}");
    assert!(ask(String::new()).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_preflight_is_answered_before_anything_is_too_much() {
    let upstream = Upstream::echo().await;
    let gateway = taking(&upstream.url(), "[limits]\nhead = 100\nheaders = 2\n");
    let (parts, _) = preflight("/", APP, "PUT").into_parts();
    let (status, headers, _) =
        fetch(gateway.local_addr(), Request::from_parts(parts, full("eleven byte"))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(readable(&headers), "{headers:?}");
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 0);
}

/// A response of these pieces, their length announced or not.
fn pieces(parts: &'static [&'static str], announced: bool) -> Response<TestBody> {
    if announced {
        return Response::new(full(parts.concat()));
    }
    let (feed, body) = channel();
    tokio::spawn(async move {
        for part in parts {
            feed.send(part).await;
        }
        // As long as it is not read to its end, it has none.
        std::future::pending::<()>().await;
    });
    Response::new(body)
}

#[tokio::test]
async fn a_response_that_is_too_large_is_a_page_or_cut_off_and_never_short() {
    let upstream = Upstream::start(|request: Request<Incoming>| async move {
        match request.uri().path() {
            "/fits" => Response::new(full("ten bytes!")),
            "/announced" => pieces(&["eleven", " byte"], true),
            _ => pieces(&["seven b", "ytes"], false),
        }
    })
    .await;
    let gateway = gateway(&format!(
        "{POLICY}[[routes]]\npath = \"/\"\nupstream = \"{}\"\npolicy = \"app\"\nmax_response = 10\n",
        upstream.url()
    ));
    let address = gateway.local_addr();
    let (status, _, text) = fetch(address, get("/fits")).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "ten bytes!"));
    let (status, headers, text) = fetch(address, from(APP, get("/announced"))).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(readable(&headers) && text.contains("10B are passed on"), "{text}");
    // The head says how long it would be, and there is no body to be too large.
    let (status, headers, _) = fetch(address, request(Method::HEAD, "/announced")).await;
    assert_eq!((status, headers["content-length"].as_bytes()), (StatusCode::OK, &b"11"[..]));
    let mut response = send(address, from(APP, get("/grows"))).await;
    assert_eq!(response.status(), StatusCode::OK);
    let first = timeout(PATIENCE, response.frame()).await.expect("in time").expect("a frame");
    assert_eq!(first.expect("data").into_data().expect("data"), "seven b");
    let rest = timeout(PATIENCE, response.collect()).await.expect("in time");
    assert!(rest.is_err(), "the client sees that it is not whole");
}

/// Sends a request on this connection, and gives the answer once there is one.
async fn ask_on(stream: TcpStream, path: &'static str) -> (StatusCode, impl Sized) {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    let connection = tokio::spawn(connection);
    let response = sender.send_request(with(get(path), "host", "a")).await.expect("a response");
    let status = response.status();
    response.into_body().collect().await.expect("a whole body");
    (status, (sender, connection))
}

#[tokio::test]
async fn who_comes_when_all_connections_are_taken_waits_for_one_that_ends() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "admin = \"127.0.0.1:0\"\n[limits]\nconnections = 2\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n",
        upstream.url()
    ));
    let admin = gateway.admin_addr().expect("an admin listener");
    let connect = async || TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let (_, first) = ask_on(connect().await, "/1").await;
    let (_, _second) = ask_on(connect().await, "/2").await;
    let mut third = pin!(ask_on(connect().await, "/3"));
    // Whoever looks after the gateway is not made to wait.
    for _ in 0..20 {
        let ready = fetch(admin, with(get("/readyz"), "host", "localhost"));
        tokio::select! {
            biased;
            _ = &mut third => panic!("there is no place for it"),
            (status, ..) = ready => assert_eq!(status, StatusCode::OK),
        }
    }
    drop(first);
    let (status, _) = timeout(PATIENCE, third).await.expect("its turn comes");
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_connection_that_was_handed_over_still_takes_its_place() {
    let upstream = switching().await;
    let gateway = gateway(&format!(
        "admin = \"127.0.0.1:0\"\n[limits]\nconnections = 1\n[[routes]]\npath = \"/\"\nupstream = \"http://{upstream}\"\n"
    ));
    let admin = gateway.admin_addr().expect("an admin listener");
    let mut tunnel = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let head = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    tunnel.write_all(head.as_bytes()).await.expect("a request");
    let mut answer = [0; 12];
    timeout(PATIENCE, tunnel.read_exact(&mut answer)).await.expect("in time").expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 101");

    // The connection is no longer one of HTTP.
    eventually("it is handed over", async || {
        let (_, _, text) = fetch(admin, with(get("/metrics"), "host", "localhost")).await;
        text.contains("corsac_open_connections 0\n")
    })
    .await;
    let other = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let mut other = pin!(ask_on(other, "/"));
    for _ in 0..20 {
        tokio::select! {
            biased;
            _ = &mut other => panic!("there is no place for it"),
            _ = fetch(admin, with(get("/readyz"), "host", "localhost")) => {}
        }
    }
    drop(tunnel);
    timeout(PATIENCE, other).await.expect("its turn comes");
}

/// An upstream that switches protocols for whoever asks, and answers everybody else.
async fn switching() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await?);
                }
                let switches = String::from_utf8_lossy(&head).to_lowercase().contains("upgrade: echo");
                let answer: &[u8] = match switches {
                    true => {
                        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"
                    }
                    false => b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
                };
                stream.write_all(answer).await?;
                // Until the other side ends it.
                stream.read_to_end(&mut head).await
            });
        }
    });
    address
}
