//! Somebody else's service on the gateway's origin: what it is told, and what it can do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use corsac_gateway::{Gateway, Running};
use http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::support::{
    APP, PATIENCE, POLICY, Upstream, config, dead_port, fetch, from, full, gateway, get, with,
};
use crate::tls::Authority;

/// A service over TLS that says what it was asked, and tries what it can.
struct Stranger {
    authority: Authority,
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Stranger {
    async fn start() -> Self {
        let authority = Authority::new();
        let acceptor = authority.acceptor(&["h2", "http/1.1"]);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, counter) = (acceptor.clone(), Arc::clone(&counter));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = service_fn(move |request: Request<Incoming>| {
                        counter.fetch_add(1, Ordering::Relaxed);
                        std::future::ready(Ok::<_, std::convert::Infallible>(answer(&request)))
                    });
                    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { authority, port, asked }
    }

    /// A gateway with a route to it.
    fn behind(&self, keys: &str) -> Running {
        let text = format!(
            "{POLICY}[[routes]]\npath = \"/\"\nupstream = \"https://localhost:{}\"\nallow_private_addresses = true\n{keys}\n",
            self.port
        );
        Gateway::bind(config(&text).with_extra_roots(vec![self.authority.root()])).expect("a gateway").spawn()
    }
}

fn answer(request: &Request<Incoming>) -> Response<crate::support::TestBody> {
    if let Some(to) = request.uri().path().strip_prefix("/redirect/") {
        let response = Response::builder().status(307).header("location", format!("http://{to}/x"));
        return response.body(full("")).expect("a response");
    }
    if matches!(request.uri().path(), "/cookie" | "/plain") {
        let mut response = Response::builder().header("cache-control", "public, max-age=3600");
        if request.uri().path() == "/cookie" {
            response = response.header("set-cookie", "session=theirs");
        }
        return response.body(full("kept")).expect("a response");
    }
    let lines = request.headers().iter();
    let text: String = lines
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    Response::builder()
        .status(401)
        .header("set-cookie", "session=theirs")
        .header("set-cookie", "other=theirs")
        .header("www-authenticate", "Basic realm=\"type your password\"")
        .header("clear-site-data", "\"*\"")
        .header("service-worker-allowed", "/")
        .header("strict-transport-security", "max-age=1")
        .header("alt-svc", "h3=\":443\"")
        .header("x-kept", "1")
        .body(full(text))
        .expect("a response")
}

/// What a browser sends to what it takes for home.
fn at_home() -> Request<crate::support::TestBody> {
    let request = with(from("http://gateway.example", get("/")), "cookie", "session=ours");
    let request = with(with(request, "authorization", "Bearer ours"), "proxy-authorization", "Basic ours");
    with(request, "referer", "http://gateway.example/page?token=ours")
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    const TRIED: [&str; 6] = [
        "set-cookie",
        "www-authenticate",
        "clear-site-data",
        "service-worker-allowed",
        "strict-transport-security",
        "alt-svc",
    ];
    TRIED.into_iter().filter(|name| headers.contains_key(*name)).collect()
}

#[tokio::test]
async fn a_third_party_gets_no_credentials_and_sets_none() {
    let stranger = Stranger::start().await;
    let gateway = stranger.behind("");
    let (status, headers, text) = fetch(gateway.local_addr(), at_home()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(!text.contains("ours") && !text.contains("origin:") && !text.contains("referer:"), "{text}");
    assert!(text.contains("x-forwarded-host: gateway.example\n"), "{text}");
    assert_eq!((names(&headers), &headers["x-kept"]), (vec![], &"1".parse().expect("a value")));
}

#[tokio::test]
async fn what_the_route_sets_is_sent_to_a_third_party() {
    let stranger = Stranger::start().await;
    let gateway =
        stranger.behind("set_request_headers = { authorization = \"Bearer ${TEST_KEY}\", cookie = \"a=b\" }");
    let (_, _, text) = fetch(gateway.local_addr(), at_home()).await;
    assert!(text.contains("authorization: Bearer top-secret\n") && text.contains("cookie: a=b\n"), "{text}");
    assert!(!text.contains("ours"), "{text}");
}

#[tokio::test]
async fn credentials_that_are_listed_pass_both_ways() {
    let stranger = Stranger::start().await;
    for (keys, sent, kept, allowed) in [
        (
            "pass_credentials = [\"cookie\"]",
            "cookie: session=ours",
            "authorization:",
            &[
                "set-cookie",
                "clear-site-data",
                "service-worker-allowed",
                "strict-transport-security",
                "alt-svc",
            ][..],
        ),
        (
            "pass_credentials = [\"authorization\"]",
            "authorization: Bearer ours",
            "cookie:",
            &[
                "www-authenticate",
                "clear-site-data",
                "service-worker-allowed",
                "strict-transport-security",
                "alt-svc",
            ],
        ),
    ] {
        let gateway = stranger.behind(keys);
        let (_, headers, text) = fetch(gateway.local_addr(), at_home()).await;
        assert!(text.contains(sent) && !text.contains(kept), "{keys}: {text}");
        // By these a service tells a page it knows from one that abuses its user.
        assert!(
            text.contains("origin: http://gateway.example\n") && text.contains("referer: "),
            "{keys}: {text}"
        );
        assert_eq!(names(&headers), allowed, "{keys}");
    }
}

#[tokio::test]
async fn an_upstream_of_ones_own_is_no_third_party() {
    let stranger = Stranger::start().await;
    let governed = stranger.behind("policy = \"app\"");
    let (_, headers, text) = fetch(governed.local_addr(), from(APP, at_home())).await;
    for sent in ["cookie: session=ours\n", "authorization: Bearer ours\n"] {
        assert!(text.contains(sent), "{text}");
    }
    assert_eq!(names(&headers).len(), 6);

    let upstream = Upstream::echo().await;
    let plain = gateway(&format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", upstream.url()));
    let (_, _, text) = fetch(plain.local_addr(), at_home()).await;
    for sent in ["cookie: session=ours\n", "authorization: Bearer ours\n", "origin: http://gateway.example\n"]
    {
        assert!(text.contains(sent), "{text}");
    }
}

#[tokio::test]
async fn what_a_third_party_said_to_one_user_is_kept_for_no_other() {
    let stranger = Stranger::start().await;
    let gateway = stranger.behind("cache = \"1MB\"");
    for path in ["/cookie", "/cookie", "/plain", "/plain"] {
        let (status, headers, text) =
            fetch(gateway.local_addr(), with(get(path), "cookie", "session=ours")).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "kept"));
        assert!(!headers.contains_key("set-cookie"), "{headers:?}");
    }
    // Twice for the first, once for the second: it was sent no cookie that it could be for.
    assert_eq!(stranger.asked.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn no_redirect_is_followed_wherever_it_leads() {
    let stranger = Stranger::start().await;
    let gateway = stranger.behind("");
    let inside = Upstream::echo().await;
    for place in [inside.address, dead_port()] {
        let (status, headers, _) = fetch(gateway.local_addr(), get(&format!("/redirect/{place}"))).await;
        assert_eq!(status, StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(headers["location"], format!("http://{place}/x"));
    }
    assert_eq!(stranger.asked.load(Ordering::Relaxed), 2);
    assert_eq!(inside.connections.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_socket_to_a_third_party_brings_no_credentials_either() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(&["http/1.1"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let mut stream = acceptor.accept(stream).await.expect("TLS");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a byte"));
        }
        let answer = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\nset-cookie: a=theirs\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.expect("somebody reads");
        String::from_utf8(head).expect("text").to_lowercase()
    });
    let text = format!(
        "[[routes]]\npath = \"/\"\nupstream = \"https://localhost:{port}\"\nallow_private_addresses = true\n"
    );
    let config = config(&text).with_extra_roots(vec![authority.root()]);
    let gateway = Gateway::bind(config).expect("a gateway").spawn();
    let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let head = "GET / HTTP/1.1\r\nhost: gateway.example\r\norigin: http://gateway.example\r\ncookie: session=ours\r\n\
                connection: upgrade\r\nupgrade: x\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("a request");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let byte = timeout(PATIENCE, stream.read_u8()).await.expect("in time").expect("a byte");
        answer.push(byte);
    }
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 101 ") && !answer.contains("theirs"), "{answer}");
    let heard = heard.await.expect("no panic");
    assert!(
        heard.contains("upgrade: x\r\n") && !heard.contains("ours") && !heard.contains("origin"),
        "{heard}"
    );
}
