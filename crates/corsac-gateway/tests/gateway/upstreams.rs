//! Several servers, servers that fail, and the connections to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::{Method, Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::{
    APP, PATIENCE, POLICY, Upstream, dead_port, eventually, fetch, from, full, gateway, gateway_to, get,
    read_head, request, scripted, send,
};

/// One route to these servers.
fn route(servers: &[String], more: &str) -> String {
    let servers: Vec<String> = servers.iter().map(|server| format!("\"{server}\"")).collect();
    format!("{POLICY}[[routes]]\npath = \"/\"\nupstream = [{}]\npolicy = \"app\"\n{more}", servers.join(", "))
}

/// A server that answers with its name, or, where it is asked for `/held`, not before it is told to.
async fn named(name: &'static str, release: &Arc<Notify>) -> Upstream {
    let release = Arc::clone(release);
    Upstream::start(move |request: Request<hyper::body::Incoming>| {
        let release = Arc::clone(&release);
        async move {
            if request.uri().path() == "/held" {
                release.notified().await;
            }
            Response::new(full(name))
        }
    })
    .await
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_less() {
    let release = Arc::new(Notify::new());
    let (one, two) = (named("one", &release).await, named("two", &release).await);
    let gateway = gateway(&route(&[one.url(), two.url()], ""));
    let address = gateway.local_addr();
    let held = tokio::spawn(fetch(address, get("/held")));
    eventually("one of them is busy", async || {
        one.connections.load(Ordering::Relaxed) + two.connections.load(Ordering::Relaxed) == 1
    })
    .await;
    let mut answered = Vec::new();
    for _ in 0..6 {
        answered.push(fetch(address, get("/")).await.2);
    }
    release.notify_one();
    let busy = held.await.expect("no panic").2;
    let free = if busy == "one" { "two" } else { "one" };
    assert_eq!(answered, [free; 6]);
    // And both are asked where both are free.
    let mut answered = Vec::new();
    for _ in 0..4 {
        answered.push(fetch(address, get("/")).await.2);
    }
    assert!(["one", "two"].iter().all(|name| answered.iter().any(|it| it == name)), "{answered:?}");
}

#[tokio::test]
async fn a_server_that_is_down_is_stood_in_for() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&route(&[format!("http://{}", dead_port()), upstream.url()], ""));
    for _ in 0..8 {
        let (parts, _) = request(Method::POST, "/orders").into_parts();
        let asked = Request::from_parts(parts, full("one order"));
        let (status, _, text) = fetch(gateway.local_addr(), asked).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            text.contains(&format!("host: {}", upstream.address)) && text.ends_with("one order"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn where_all_servers_are_down_it_is_a_readable_502() {
    let servers = [format!("http://{}", dead_port()), format!("http://{}", dead_port())];
    let gateway = gateway(&route(&servers, ""));
    // What is known of a server that was down may be wrong by now, so it is asked again.
    for _ in 0..3 {
        let (status, headers, text) = fetch(gateway.local_addr(), from(APP, get("/"))).await;
        assert_eq!(status, StatusCode::BAD_GATEWAY);
        assert_eq!(headers["access-control-allow-origin"], APP);
        assert!(text.contains("it refuses connections"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_closes_its_connections_loses_no_request() {
    let address = scripted(|_, mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        // It said nothing of closing.
    })
    .await;
    let gateway = gateway_to(&format!("http://{address}"));
    for _ in 0..200 {
        let (status, _, text) = fetch(gateway.local_addr(), get("/")).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "ok"));
    }
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated_once_and_nothing_else_is() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let address = scripted(move |_, mut stream| {
        let counter = Arc::clone(&counter);
        async move {
            if !read_head(&mut stream).await.is_empty() {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }
    })
    .await;
    let gateway = gateway_to(&format!("http://{address}"));
    let post_with_body = {
        let (parts, _) = request(Method::PUT, "/").into_parts();
        Request::from_parts(parts, full("once"))
    };
    for (request, times) in [
        (get("/"), 2),
        (request(Method::DELETE, "/"), 2),
        (request(Method::POST, "/"), 1),
        (request(Method::PATCH, "/"), 1),
        (post_with_body, 1),
    ] {
        asked.store(0, Ordering::Relaxed);
        let method = request.method().clone();
        let (status, headers, _) = fetch(gateway.local_addr(), from(APP, request)).await;
        assert_eq!(status, StatusCode::BAD_GATEWAY, "{method}");
        assert_eq!(headers["access-control-allow-origin"], APP, "{method}");
        assert_eq!(asked.load(Ordering::Relaxed), times, "{method}");
    }
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_of_a_response_breaks_that_response_alone() {
    let address = scripted(|index, mut stream| async move {
        read_head(&mut stream).await;
        let body: &[u8] = if index == 0 { b"half" } else { b"the whole" };
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
        let _ = stream.write_all(&[head, body].concat()).await;
    })
    .await;
    let gateway = gateway_to(&format!("http://{address}"));
    let broken = send(gateway.local_addr(), from(APP, get("/"))).await;
    assert_eq!(broken.headers()["access-control-allow-origin"], APP);
    assert!(timeout(PATIENCE, broken.collect()).await.expect("in time").is_err());
    let (_, _, text) = fetch(gateway.local_addr(), get("/")).await;
    assert_eq!(text, "the whole");
}

#[tokio::test]
async fn a_response_that_stalls_is_cut_off_where_that_is_wanted() {
    let address = scripted(|_, mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await;
        std::future::pending::<()>().await;
    })
    .await;
    let gateway = gateway(&route(&[format!("http://{address}")], "[timeouts]\nstall = \"50ms\"\n"));
    let stalled = send(gateway.local_addr(), get("/")).await;
    assert!(timeout(PATIENCE, stalled.collect()).await.expect("in time").is_err());
}

#[tokio::test]
async fn an_idle_connection_is_closed_by_the_gateway() {
    let closed = Arc::new(Notify::new());
    let told = Arc::clone(&closed);
    let address = scripted(move |_, mut stream| {
        let told = Arc::clone(&told);
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
            let _ = stream.read(&mut [0]).await;
            told.notify_one();
        }
    })
    .await;
    let gateway = gateway(&route(&[format!("http://{address}")], "[timeouts]\nupstream_idle = \"10ms\"\n"));
    assert_eq!(fetch(gateway.local_addr(), get("/")).await.2, "ok");
    timeout(PATIENCE, closed.notified()).await.expect("the gateway closes it");
}

#[tokio::test]
async fn servers_are_asked_whether_they_are_well() {
    let is_well = Arc::new(AtomicBool::new(false));
    let said = Arc::clone(&is_well);
    let sick = Upstream::start(move |request: Request<hyper::body::Incoming>| {
        let is_well = said.load(Ordering::Relaxed);
        async move {
            let mut response = Response::new(full("sick"));
            if request.uri().path() == "/healthz" && !is_well {
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            }
            response
        }
    })
    .await;
    let other = Upstream::start(|_| async { Response::new(full("other")) }).await;
    let health = "health = { path = \"/healthz\", interval = \"10ms\" }\n";
    let gateway = gateway(&route(&[sick.url(), other.url()], health));
    let names = async || {
        let mut names = Vec::new();
        for _ in 0..6 {
            names.push(fetch(gateway.local_addr(), get("/")).await.2);
        }
        names
    };
    eventually("the sick one is left out", async || names().await.iter().all(|name| name == "other")).await;
    is_well.store(true, Ordering::Relaxed);
    eventually("it is asked again", async || names().await.iter().any(|name| name == "sick")).await;
}

#[tokio::test]
async fn http_2_without_tls_is_one_connection_for_everybody() {
    let (release, waiting) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let upstream = Upstream::start({
        let (release, waiting) = (Arc::clone(&release), Arc::clone(&waiting));
        move |request: Request<hyper::body::Incoming>| {
            let (release, waiting) = (Arc::clone(&release), Arc::clone(&waiting));
            async move {
                assert_eq!(request.version(), Version::HTTP_2);
                assert_eq!(request.uri().scheme_str(), Some("http"));
                let named = request.uri().authority().expect("a name").to_string();
                assert!(request.headers().get("host").is_none());
                let released = release.notified();
                waiting.fetch_add(1, Ordering::Relaxed);
                released.await;
                Response::new(full(named))
            }
        }
    })
    .await;
    let url = upstream.url().replace("http://", "h2c://");
    let gateway = gateway(&route(&[url], ""));
    let address = gateway.local_addr();
    let requests: Vec<_> = (0..20).map(|_| tokio::spawn(fetch(address, from(APP, get("/"))))).collect();
    eventually("all of them are there at once", async || waiting.load(Ordering::Relaxed) == 20).await;
    release.notify_waiters();
    for request in requests {
        let (status, headers, text) = request.await.expect("no panic");
        assert_eq!((status, text), (StatusCode::OK, upstream.address.to_string()));
        assert_eq!(headers["access-control-allow-origin"], APP);
    }
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 1);
}
