//! What crosses the gateway, in which form, and when.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use crate::support::{
    APP, PATIENCE, POLICY, Upstream, channel, fetch, from, full, gateway, gateway_to, get, raw, request,
    send, with,
};

#[tokio::test]
async fn a_response_streams() {
    let (feed, body) = channel();
    let body = Arc::new(Mutex::new(Some(body)));
    let upstream = Upstream::start(move |_| {
        std::future::ready(Response::new(body.lock().expect("no panic").take().expect("one request")))
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    feed.send("first").await;
    let mut response = send(gateway.local_addr(), get("/")).await;
    let first = timeout(PATIENCE, response.frame()).await.expect("before the last piece is sent");
    assert_eq!(first.expect("a frame").expect("data").into_data().expect("data"), "first");
    feed.send("last").await;
    drop(feed);
    assert_eq!(response.collect().await.expect("the rest").to_bytes(), "last");
}

#[tokio::test]
async fn a_request_streams() {
    let seen = Arc::new(Notify::new());
    let upstream = Upstream::start({
        let seen = Arc::clone(&seen);
        move |request: http::Request<hyper::body::Incoming>| {
            let seen = Arc::clone(&seen);
            async move {
                let mut body = request.into_body();
                let first = body.frame().await.expect("a frame").expect("data").into_data().expect("data");
                seen.notify_one();
                let rest = body.collect().await.expect("the rest").to_bytes();
                Response::new(full([first, rest].concat()))
            }
        }
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let (feed, body) = channel();
    feed.send("first ").await;
    let (parts, _) = request(Method::POST, "/").into_parts();
    let exchange = tokio::spawn(fetch(gateway.local_addr(), http::Request::from_parts(parts, body)));
    timeout(PATIENCE, seen.notified()).await.expect("before the last piece is sent");
    feed.send("last").await;
    drop(feed);
    let (status, _, text) = exchange.await.expect("no panic");
    assert_eq!((status, text.as_str()), (StatusCode::OK, "first last"));
}

#[tokio::test]
async fn large_bodies_cross_both_ways() {
    let upstream = Upstream::start(|request: http::Request<hyper::body::Incoming>| async move {
        Response::new(BodyExt::boxed(request.into_body()))
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let large: Bytes = (0..8 * 1024 * 1024_u32).map(|index| (index % 251) as u8).collect();
    let (parts, _) = request(Method::PUT, "/").into_parts();
    let response = send(gateway.local_addr(), http::Request::from_parts(parts, full(large.clone()))).await;
    let back = timeout(PATIENCE, response.collect()).await.expect("in time").expect("all of it").to_bytes();
    assert!(back == large, "{} bytes", back.len());
}

#[tokio::test]
async fn responses_without_a_body_stay_without() {
    let upstream = Upstream::start(|request: http::Request<hyper::body::Incoming>| async move {
        let response = match request.uri().path() {
            "/204" => Response::builder().status(204),
            "/304" => Response::builder().status(304).header("etag", "\"v1\"").header("content-length", "5"),
            _ => Response::builder().header("content-length", "5"),
        };
        response.body(full(if request.uri().path() == "/head" { "hello" } else { "" })).expect("a response")
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let raw = |line: &'static str| {
        raw(
            gateway.local_addr(),
            format!("{line} HTTP/1.1\r\nhost: x\r\norigin: {APP}\r\nconnection: close\r\n\r\n"),
        )
    };
    let head = raw("HEAD /head").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(head.contains("content-length: 5\r\n"), "{head}");
    let no_content = raw("GET /204").await;
    assert!(no_content.starts_with("HTTP/1.1 204 ") && no_content.ends_with("\r\n\r\n"), "{no_content}");
    assert!(
        !no_content.contains("content-length") && !no_content.contains("transfer-encoding"),
        "{no_content}"
    );
    let not_modified = raw("GET /304").await;
    assert!(
        not_modified.starts_with("HTTP/1.1 304 ") && not_modified.ends_with("\r\n\r\n"),
        "{not_modified}"
    );
    assert!(not_modified.contains("etag: \"v1\"\r\n"), "{not_modified}");
    for response in [head, no_content, not_modified] {
        assert!(response.contains(&format!("access-control-allow-origin: {APP}\r\n")), "{response}");
    }
}

#[tokio::test]
async fn headers_of_one_connection_do_not_cross() {
    let upstream = Upstream::start(|request: http::Request<hyper::body::Incoming>| async move {
        let names: Vec<&str> = request.headers().keys().map(|name| name.as_str()).collect();
        Response::builder()
            .header("connection", "x-secret-hop")
            .header("x-secret-hop", "1")
            .header("keep-alive", "timeout=9")
            .header("proxy-authenticate", "Basic")
            .header("x-end", "kept")
            .body(full(names.join(" ")))
            .expect("a response")
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let text = raw(
        gateway.local_addr(),
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nX-End: kept\r\nKeep-Alive: 5\r\n\
         Proxy-Authorization: Basic x\r\nProxy-Connection: keep-alive\r\nTE: trailers, gzip\r\n\
         Upgrade: websocket\r\nExpect: 100-continue\r\n\r\n",
    )
    .await;
    let (head, body) = text.split_once("\r\n\r\n").expect("a response");
    let seen: Vec<&str> = body.split(' ').collect();
    for gone in ["x-hop", "keep-alive", "proxy-authorization", "proxy-connection", "upgrade", "expect"] {
        assert!(!seen.contains(&gone), "{gone}: {seen:?}");
    }
    assert!(seen.contains(&"x-end") && seen.contains(&"te"), "{seen:?}");
    for gone in ["x-secret-hop", "timeout=9", "proxy-authenticate"] {
        assert!(!head.contains(gone), "{gone}: {head}");
    }
    assert!(head.contains("x-end: kept"), "{head}");
}

#[tokio::test]
async fn the_upstream_is_told_its_own_name_and_who_asked() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let (_, _, text) = fetch(gateway.local_addr(), get("/path?q=1&q=2")).await;
    for line in [
        "GET /path?q=1&q=2\n".to_owned(),
        format!("host: {}\n", upstream.address),
        "x-forwarded-for: 127.0.0.1\n".into(),
        "x-forwarded-proto: http\n".into(),
        "x-forwarded-host: gateway.example\n".into(),
    ] {
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }

    // What anybody can say.
    let mut asked = get("/");
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "www.example"),
        ("forwarded", "for=203.0.113.7;host=www.example"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
    ] {
        asked = with(asked, name, value);
    }
    let (_, _, text) = fetch(gateway.local_addr(), asked).await;
    for line in [
        "x-forwarded-for: 127.0.0.1\n",
        "x-forwarded-proto: http\n",
        "x-forwarded-host: gateway.example\n",
        "cookie: a=1; b=2\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("203.0.113.7") && !text.contains("www.example"), "{text}");
}

#[tokio::test]
async fn paths_are_joined_and_cannot_leave_their_route() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "[[routes]]\npath = \"/api/\"\nupstream = \"{0}\"\n[[routes]]\npath = \"/w\"\nupstream = \"{0}/weather\"\n\
         [[routes]]\npath = \"/bare\"\nupstream = \"{0}/\"\n",
        upstream.url()
    ));
    for (asked, seen) in [
        ("/api", "/api"),
        ("/api/users?q=1", "/api/users?q=1"),
        ("/api//x//", "/api//x//"),
        ("/api/group%2Fproject", "/api/group%2Fproject"),
        ("/api/x/../y", "/api/y"),
        ("/api/../w/today?q=%2e%2e", "/weather/today?q=%2e%2e"),
        ("/w", "/weather"),
        ("/%77/today", "/weather/today"),
        ("/bare/x", "/x"),
        ("/bare", "/"),
        ("http://gateway.example/api/absolute", "/api/absolute"),
    ] {
        let text = raw(
            gateway.local_addr(),
            format!("GET {asked} HTTP/1.1\r\nhost: gateway.example\r\nconnection: close\r\n\r\n"),
        )
        .await;
        assert!(text.contains(&format!("\r\n\r\nGET {seen}\n")), "{asked}: {text}");
    }
    for trick in
        ["/w/..%2fapi", "/w/..%5c..%5cadmin", "/w/..;/admin", "/../etc/passwd", "/w/%252e%252e%252fx", "*"]
    {
        let text = raw(
            gateway.local_addr(),
            format!("OPTIONS {trick} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        )
        .await;
        assert!(text.starts_with("HTTP/1.1 400 "), "{trick}: {text}");
    }
}

#[tokio::test]
async fn set_headers_replace_what_the_client_sent_and_stay_behind_the_gateway() {
    let upstream = Upstream::start(|request: http::Request<hyper::body::Incoming>| async move {
        let keys: Vec<_> = request.headers().get_all("x-api-key").iter().collect();
        let right = keys.len() == 1 && keys[0] == "Key top-secret";
        Response::new(full(if right { "right" } else { "wrong" }))
    })
    .await;
    let gateway = gateway(&format!(
        "[[routes]]\npath = \"/\"\nupstream = \"{}\"\nset_request_headers = {{ x-api-key = \"Key ${{TEST_KEY}}\" }}\n",
        upstream.url()
    ));
    let forged = with(with(get("/"), "x-api-key", "forged"), "connection", "x-api-key");
    for request in [get("/"), forged] {
        let (_, headers, text) = fetch(gateway.local_addr(), request).await;
        assert_eq!(text, "right");
        assert!(!format!("{headers:?}").contains("top-secret"));
    }
    // An upstream that echoes requests would hand the key to whoever asks.
    let (status, _, text) = fetch(gateway.local_addr(), request(Method::TRACE, "/")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(!text.contains("top-secret"), "{text}");
}

#[tokio::test]
async fn redirects_are_passed_on() {
    let upstream = Upstream::start(|_| async {
        Response::builder().status(302).header("location", "/elsewhere").body(full("")).expect("a response")
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let (status, headers, _) = fetch(gateway.local_addr(), from(APP, get("/"))).await;
    assert_eq!(status, StatusCode::FOUND);
    assert_eq!(headers["location"], "/elsewhere");
    assert_eq!(headers["access-control-allow-origin"], APP);
}

#[tokio::test]
async fn what_an_upstream_says_of_its_own_place_holds_at_the_gateway() {
    let upstream = Upstream::start(|request: http::Request<hyper::body::Incoming>| async move {
        let host = request.headers()["host"].to_str().expect("text").to_owned();
        let (name, _) = host.split_once(':').expect("a port");
        Response::builder()
            .status(302)
            .header("location", format!("http://{host}/v2/next?q=1"))
            .header("set-cookie", format!("a=1; Domain={name}; Path=/v2; HttpOnly"))
            .header("set-cookie", "b=2; Domain=other.example; Path=/elsewhere")
            .body(full(""))
            .expect("a response")
    })
    .await;
    let gateway = gateway(&format!(
        "{POLICY}[[routes]]\npath = \"/weather\"\nupstream = \"{0}/v2\"\n\
         [[routes]]\npath = \"/governed\"\nupstream = \"{0}/v2\"\npolicy = \"app\"\n",
        upstream.url()
    ));
    let asked = async |path: &str| {
        let (_, headers, _) = fetch(gateway.local_addr(), get(path)).await;
        let cookies: Vec<String> = headers
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().expect("text").to_owned())
            .collect();
        (headers["location"].to_str().expect("text").to_owned(), cookies)
    };
    let (location, cookies) = asked("/weather/now").await;
    assert_eq!(location, "/weather/next?q=1");
    assert_eq!(cookies, ["a=1; Path=/weather; HttpOnly", "b=2; Domain=other.example; Path=/elsewhere"]);
    let (location, cookies) = asked("/governed/now").await;
    assert_eq!(location, format!("{}/v2/next?q=1", upstream.url()));
    assert_eq!(cookies[0], "a=1; Domain=127.0.0.1; Path=/v2; HttpOnly");
}

#[tokio::test]
async fn trailers_cross() {
    let upstream = Upstream::start(|_| async {
        let (feed, body) = channel();
        tokio::spawn(async move {
            feed.send("data").await;
            feed.trailer("x-checksum", "abc").await;
        });
        Response::builder().header("trailer", "x-checksum").body(body).expect("a response")
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let response = send(gateway.local_addr(), with(get("/"), "te", "trailers")).await;
    let collected = response.collect().await.expect("a whole body");
    assert_eq!(collected.trailers().expect("trailers")["x-checksum"], "abc");
}

#[tokio::test]
async fn connections_to_the_upstream_are_kept() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    for _ in 0..5 {
        fetch(gateway.local_addr(), get("/")).await;
    }
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_request_along() {
    struct Gone(mpsc::Sender<()>);
    impl Drop for Gone {
        fn drop(&mut self) {
            let _ = self.0.try_send(());
        }
    }
    let (sender, mut gone) = mpsc::channel(1);
    let asked = Arc::new(Notify::new());
    let upstream = Upstream::start({
        let asked = Arc::clone(&asked);
        move |_| {
            let guard = Gone(sender.clone());
            asked.notify_one();
            async move {
                let _guard = guard;
                std::future::pending().await
            }
        }
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let client = tokio::spawn(fetch(gateway.local_addr(), get("/")));
    timeout(PATIENCE, asked.notified()).await.expect("the upstream is asked");
    client.abort();
    timeout(PATIENCE, gone.recv()).await.expect("the upstream sees its request end");
}

#[tokio::test]
async fn http_2_is_spoken_with_those_who_begin_with_it() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let stream = tokio::net::TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let (mut sender, connection) = hyper::client::conn::http2::handshake(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    )
    .await
    .expect("HTTP/2");
    tokio::spawn(connection);
    let mut cookies = from(APP, request(Method::POST, "http://gateway.example/over/h2"));
    cookies = with(with(cookies, "cookie", "a=1"), "cookie", "b=2");
    let (parts, _) = cookies.into_parts();
    let asked = http::Request::from_parts(parts, full("sent"));
    let response = timeout(PATIENCE, sender.send_request(asked)).await.expect("in time").expect("a response");
    assert_eq!(response.headers()["access-control-allow-origin"], APP);
    let text = response.collect().await.expect("a whole body").to_bytes();
    let text = String::from_utf8_lossy(&text);
    for part in ["POST /over/h2\n", "x-forwarded-host: gateway.example\n", "cookie: a=1; b=2\n", "\n\nsent"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let missing = request(Method::HEAD, "http://gateway.example/../x");
    let response = sender.send_request(missing).await.expect("a response");
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.collect().await.expect("a whole body").to_bytes().is_empty());
}

#[tokio::test]
async fn a_slow_upload_is_no_slow_upstream() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "[timeouts]\nresponse = \"400ms\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n",
        upstream.url()
    ));
    let (feed, body) = channel();
    let (parts, _) = request(Method::POST, "/").into_parts();
    let exchange = tokio::spawn(fetch(gateway.local_addr(), http::Request::from_parts(parts, body)));
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        feed.send("piece ").await;
    }
    drop(feed);
    let (status, _, text) = exchange.await.expect("no panic");
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(text.ends_with("piece piece piece piece "), "{text}");

    let (_feed, body) = channel();
    let (parts, _) = request(Method::POST, "/").into_parts();
    let (status, ..) = fetch(gateway.local_addr(), http::Request::from_parts(parts, body)).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
}
