//! Requests arrive as given, and responses are reported as they came.

#![expect(clippy::unwrap_used, reason = "a script that fails fails its test")]

mod support;

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use corsac_browser::Answer;
use corsac_probe::{BodyProblem, Client, ClientOptions, HttpVersion, TlsProblem, UnreachableKind};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use support::*;

fn lines(reply: &corsac_probe::Reply) -> Vec<(&str, &[u8])> {
    reply.response.headers.iter().collect()
}

#[tokio::test]
async fn field_lines_keep_case_order_duplicates_and_odd_bytes() {
    let address = answering(
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nx-odd-CASE: \xe9\r\n\
          access-control-ALLOW-origin:https://app.example \r\nSpace : 1\r\nContent-Length: 2\r\n\r\nhi"
            .as_slice(),
    );
    let reply = get(&format!("http://{address}/"), options()).await.unwrap();
    assert_eq!(reply.response.status, 200);
    assert_eq!(
        lines(&reply),
        [
            ("Access-Control-Allow-Origin", &b"*"[..]),
            ("x-odd-CASE", b"\xe9"),
            ("access-control-ALLOW-origin", b"https://app.example"),
            ("Space", b"1"),
            ("Content-Length", b"2"),
        ]
    );
    assert_eq!((&reply.body.bytes[..], reply.body.complete, reply.body.problem), (&b"hi"[..], true, None));
    assert_eq!((reply.version, reply.remote, reply.reused), (HttpVersion::Http11, address, false));
    assert!(reply.tls.is_none() && reply.timing.tls.is_none() && reply.timing.connect.is_some());
    assert!(reply.timing.first_byte <= reply.timing.total);
    assert_eq!(reply.answer(), Answer::from(reply));
}

#[tokio::test]
async fn the_request_arrives_byte_for_byte() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let address = server(move |mut stream| {
        let head = read_head(&mut stream);
        let mut body = [0; 4];
        stream.read_exact(&mut body).unwrap();
        record.lock().unwrap().push((head, body));
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        close(&stream);
    });
    let mut sent = request("patcH", &format!("http://user:secret@{address}/v1/it%20ems?q=%7B#fragment"));
    sent.headers =
        [("zebra", "1"), ("Origin", "null"), ("X-CASE", "a"), ("x-case", "b")].into_iter().collect();
    sent.body = b"body".to_vec();
    let reply = send(&Client::new(options()).unwrap(), &sent).await.unwrap();
    assert_eq!(reply.response.status, 204);
    let (head, body) = seen.lock().unwrap().pop().unwrap();
    assert_eq!(
        head,
        format!(
            "patcH /v1/it%20ems?q=%7B HTTP/1.1\r\nHost: {address}\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\
             zebra: 1\r\nOrigin: null\r\nX-CASE: a\r\nx-case: b\r\n\r\n"
        )
    );
    assert_eq!(&body, b"body");
}

#[tokio::test]
async fn no_content_has_no_body_and_is_not_waited_for() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n").unwrap();
        drop(stream.read(&mut [0])); // The connection stays open.
    });
    let reply = get(&format!("http://{address}/"), options()).await.unwrap();
    assert!(reply.body.complete && reply.body.bytes.is_empty());
}

#[tokio::test]
async fn the_answer_to_head_has_no_body() {
    let address = answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    let head = request("HEAD", &format!("http://{address}/"));
    let reply = send(&Client::new(options()).unwrap(), &head).await.unwrap();
    assert!(reply.body.complete && reply.body.bytes.is_empty());
}

#[tokio::test]
async fn chunks_are_joined() {
    let address = answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
    );
    let reply = get(&format!("http://{address}/"), options()).await.unwrap();
    assert_eq!((&reply.body.bytes[..], reply.body.complete), (&b"hello"[..], true));
}

#[tokio::test]
async fn http_1_0_ends_with_the_connection() {
    let address = answering("HTTP/1.0 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\nuntil the end");
    let reply = get(&format!("http://{address}/"), options()).await.unwrap();
    assert_eq!((reply.version, &reply.body.bytes[..]), (HttpVersion::Http10, &b"until the end"[..]));
    assert!(reply.body.complete);
}

#[tokio::test]
async fn redirects_are_reported_and_not_followed() {
    let visits = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&visits);
    let address = server(move |mut stream| {
        read_head(&mut stream);
        count.fetch_add(1, Ordering::SeqCst);
        stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n").unwrap();
        close(&stream);
    });
    let reply = get(&format!("http://{address}/"), options()).await.unwrap();
    assert_eq!(reply.response.status, 302);
    assert_eq!(reply.response.headers.get("location").as_deref(), Some(&b"/elsewhere"[..]));
    assert_eq!(visits.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn interim_responses_are_skipped() {
    let address = answering(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nAccess-Control-Allow-Origin: *\r\n\r\n\
         HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    );
    let reply = get(&format!("http://{address}/"), options()).await.unwrap();
    assert_eq!(reply.response.status, 403);
    assert!(!reply.response.headers.contains("access-control-allow-origin"));
}

#[tokio::test]
async fn lines_that_are_no_headers_are_left_out_and_told() {
    let address = answering("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin *\r\nVary: Origin\r\n\r\n");
    let reply = get(&format!("http://{address}/"), options()).await.unwrap();
    assert_eq!(lines(&reply), [("Vary", &b"Origin"[..])]);
    assert_eq!(reply.ignored_lines, [b"Access-Control-Allow-Origin *"]);
}

#[tokio::test]
async fn an_answer_before_the_upload_is_read_counts() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n").unwrap();
        close(&stream);
    });
    let mut upload = request("POST", &format!("http://{address}/"));
    upload.body = vec![b'x'; 8 * 1024 * 1024];
    let reply = send(&Client::new(options()).unwrap(), &upload).await.unwrap();
    assert_eq!(reply.response.status, 413);
}

/// A server that keeps connections open for that many requests each, and counts the connections.
fn counting(requests_each: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let address = server(move |mut stream| {
        count.fetch_add(1, Ordering::SeqCst);
        for _ in 0..requests_each {
            if read_head(&mut stream).is_empty() {
                return;
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
        }
    });
    (address, connections)
}

#[tokio::test]
async fn a_preflight_and_its_request_share_a_connection() {
    let (address, connections) = counting(usize::MAX);
    let client = Client::new(options()).unwrap();
    let url = format!("http://{address}/");
    let preflight = send(&client, &request("OPTIONS", &url)).await.unwrap();
    let actual = send(&client.clone(), &request("GET", &url)).await.unwrap();
    assert_eq!((preflight.reused, actual.reused), (false, true));
    assert!(actual.timing.connect.is_none());
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_that_died_at_rest_is_replaced() {
    let (address, connections) = counting(1);
    let client = Client::new(options()).unwrap();
    for _ in 0..3 {
        assert!(!send(&client, &request("GET", &format!("http://{address}/"))).await.unwrap().reused);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn localhost_needs_no_dns_and_resolve_overrides_it() {
    let address = answering("HTTP/1.1 200 OK\r\n\r\n");
    let port = address.port();
    for host in ["localhost", "api.localhost"] {
        let reply = get(&format!("http://{host}:{port}/"), options()).await.unwrap();
        assert_eq!(reply.remote, address, "{host}");
    }
    let resolve = vec![format!("does-not-exist.invalid:{port}:127.0.0.1").parse().unwrap()];
    let options = ClientOptions { resolve, ..options() };
    let reply = get(&format!("http://does-not-exist.invalid:{port}/"), options).await.unwrap();
    assert_eq!(reply.remote, address);
}

#[tokio::test]
async fn the_next_address_is_tried_where_one_refuses() {
    let address = answering("HTTP/1.1 200 OK\r\n\r\n");
    let port = address.port();
    let resolve = vec![format!("api.example:{port}:[::1],127.0.0.1").parse().unwrap()];
    let reply =
        get(&format!("http://api.example:{port}/"), ClientOptions { resolve, ..options() }).await.unwrap();
    assert_eq!(reply.remote, address);
}

/// An HTTP/2 server that echoes the method, and says what it was sent.
async fn http2_server(authority: &Authority) -> SocketAddr {
    let acceptor = tokio_rustls::TlsAcceptor::from(authority.tls(&["api.example"], &["h2"], |_| {}));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let echo = |request: Request<Incoming>| async move {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let names: Vec<_> = parts.headers.keys().map(http::HeaderName::as_str).collect();
        let mut response = Response::builder()
            .header("x-method", parts.method.as_str())
            .header("x-target", parts.uri.to_string())
            .header("x-names", names.join(" "))
            .header("access-control-allow-origin", "*")
            .header("x-between", "1")
            .header("access-control-allow-origin", "null");
        if parts.uri.path() == "/large" {
            response = response.header("x-large", "x".repeat(300 * 1024));
        }
        let body = if parts.uri.path() == "/long" { Bytes::from(vec![b'x'; 1 << 20]) } else { body };
        Ok::<_, Infallible>(response.body(Full::new(body)).unwrap())
    };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                drop(server.serve_connection(TokioIo::new(stream), service_fn(echo)).await);
            });
        }
    });
    address
}

#[tokio::test]
async fn http2_over_tls() {
    let authority = Authority::new();
    let port = http2_server(&authority).await.port();
    let client = Client::new(ClientOptions {
        extra_roots: Some(authority.pem()),
        resolve: vec![format!("api.example:{port}:127.0.0.1").parse().unwrap()],
        ..options()
    })
    .unwrap();
    let mut call = request("patcH", &format!("https://api.example:{port}/v1?q"));
    call.headers.append("Connection", "close");
    call.headers.append("X-Custom", "1");
    call.body = b"hello".to_vec();

    let reply = send(&client, &call).await.unwrap();
    let header = |name: &str| reply.response.headers.get_text(name).unwrap();
    assert_eq!(reply.version, HttpVersion::Http2);
    assert_eq!(header("x-method"), "patcH");
    assert_eq!(header("x-target"), format!("https://api.example:{port}/v1?q"));
    assert_eq!(header("x-names"), "content-length origin x-custom");
    assert_eq!(header("access-control-allow-origin"), "*, null");
    assert_eq!((&reply.body.bytes[..], reply.body.complete), (&b"hello"[..], true));
    let tls = reply.tls.as_ref().unwrap();
    assert_eq!((tls.version, tls.alpn.as_deref()), ("TLS 1.3", Some("h2")));
    assert!(reply.timing.tls.is_some());

    assert!(send(&client, &call).await.unwrap().reused);

    let long = send(&client, &request("GET", &format!("https://api.example:{port}/long"))).await.unwrap();
    assert_eq!((long.body.bytes.len(), long.body.problem), (64 * 1024, Some(BodyProblem::OverLimit)));

    let large =
        send(&client, &request("GET", &format!("https://api.example:{port}/large"))).await.unwrap_err();
    assert_eq!(large.kind, UnreachableKind::TooLarge, "{large}");

    let again = send(&client, &request("GET", &format!("https://api.example:{port}/"))).await.unwrap();
    assert_eq!(again.response.status, 200);
}

#[tokio::test]
async fn http1_over_tls_without_alpn() {
    let authority = Authority::new();
    let config = authority.tls(&["127.0.0.1"], &[], |_| {});
    let address = answering_over_tls(config, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let options = ClientOptions { extra_roots: Some(authority.pem()), ..options() };
    let reply = get(&format!("https://{address}/"), options).await.unwrap();
    assert_eq!(reply.version, HttpVersion::Http11);
    assert_eq!(reply.tls.unwrap().alpn, None);
}

#[tokio::test]
async fn connections_are_kept_over_tls_too() {
    let config = self_signed(&["127.0.0.1"], rcgen::IsCa::NoCa);
    let address = server(move |mut socket| {
        let mut session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = rustls::Stream::new(&mut session, &mut socket);
        while !read_head(&mut stream).is_empty() {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
        }
    });
    let client = Client::new(ClientOptions { insecure: true, ..options() }).unwrap();
    for reused in [false, true, true] {
        let reply = send(&client, &request("GET", &format!("https://{address}/"))).await.unwrap();
        assert_eq!((reply.reused, reply.timing.tls.is_some()), (reused, !reused));
    }
}

#[tokio::test]
async fn a_server_that_wants_http_1_1_after_all_gets_it() {
    let authority = Authority::new();
    let config = authority.tls(&["127.0.0.1"], &["h2", "http/1.1"], |_| {});
    let address = http2_script(config, |stream| {
        stream.write_all(&frame(3, 0, 1, &[0, 0, 0, 0x0d])).unwrap(); // RST_STREAM, HTTP_1_1_REQUIRED.
    });
    let options = ClientOptions { extra_roots: Some(authority.pem()), ..options() };
    let reply = get(&format!("https://{address}/"), options).await.unwrap();
    assert_eq!((reply.version, reply.response.status), (HttpVersion::Http11, 200));
    assert_eq!(reply.tls.unwrap().alpn.as_deref(), Some("http/1.1"));
}

#[tokio::test]
async fn insecure_accepts_what_nobody_signed() {
    let address = answering_over_tls(
        self_signed(&["elsewhere.example"], rcgen::IsCa::NoCa),
        b"HTTP/1.1 200 OK\r\n\r\n",
    );
    let options = ClientOptions { insecure: true, ..options() };
    assert_eq!(get(&format!("https://{address}/"), options).await.unwrap().response.status, 200);
}

#[test]
fn extra_roots_must_be_certificates() {
    for pem in [&b""[..], b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = Client::new(ClientOptions { extra_roots: Some(pem.to_vec()), ..options() }).unwrap_err();
        assert!(error.to_string().starts_with("the extra CA certificates cannot be used"), "{error}");
        assert!(error.remedy().contains("PEM"));
    }
}

/// The trust store is named by the environment, which a process reads once: the check runs in a process of
/// its own.
#[test]
fn a_machine_without_a_trust_store_is_told_so() {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "without_a_trust_store", "--ignored"])
        .env("SSL_CERT_FILE", "/does/not/exist")
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"));
}

#[tokio::test]
#[ignore = "run by a_machine_without_a_trust_store_is_told_so"]
async fn without_a_trust_store() {
    let config = self_signed(&["127.0.0.1"], rcgen::IsCa::NoCa);
    let address = answering_over_tls(config, b"HTTP/1.1 200 OK\r\n\r\n");
    let error = get(&format!("https://{address}/"), options()).await.unwrap_err();
    assert_eq!((error.kind, error.tls), (UnreachableKind::Tls, Some(TlsProblem::NoTrustStore)), "{error}");
    assert!(error.hint.contains("SSL_CERT_FILE") && error.hint.contains("--insecure"));
    let plain = answering("HTTP/1.1 200 OK\r\n\r\n");
    assert!(get(&format!("http://{plain}/"), options()).await.is_ok());
}

#[tokio::test]
async fn calls_can_be_made_from_many_tasks_at_once() {
    let (address, _) = counting(usize::MAX);
    let client = Client::new(options()).unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { send(&client, &request("GET", &format!("http://{address}/"))).await });
    }
    while let Some(reply) = calls.join_next().await {
        assert_eq!(reply.unwrap().unwrap().body.bytes, b"ok");
    }
}
