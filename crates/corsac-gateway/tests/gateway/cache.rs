//! Responses that are kept: who gets them, who does not, and what becomes of CORS. Nothing here waits for time to pass:
//! what is fresh is so for an hour, and what is stale was never fresh.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use corsac_gateway::Running;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::{
    APP, EVIL, Feed, PATIENCE, TestBody, Upstream, channel, fetch, from, full, gateway, get, request, send,
    with,
};

const OTHER: &str = "https://other.example";

/// An upstream that counts how often it is asked, and a gateway that keeps what it says.
struct Kept {
    gateway: Running,
    asked: Arc<AtomicUsize>,
}

impl Kept {
    async fn of<Answer>(answer: Answer) -> Self
    where
        Answer: Fn(&Request<Incoming>, usize) -> Response<TestBody> + Clone + Send + Sync + 'static,
    {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let upstream = Upstream::start(move |request: Request<Incoming>| {
            let response = answer(&request, counter.fetch_add(1, Ordering::Relaxed) + 1);
            async move {
                let _ = request.into_body().collect().await;
                response
            }
        })
        .await;
        let gateway = gateway(&format!(
            "admin = \"127.0.0.1:0\"\n[policies.app]\nallow_origins = [\"{APP}\", \"{OTHER}\"]\n\
             [[routes]]\npath = \"/\"\nupstream = \"{}\"\npolicy = \"app\"\ncache = \"1MB\"\n",
            upstream.url()
        ));
        Self { gateway, asked }
    }

    /// One whose answers say for an hour how many there were.
    async fn counting(directives: &'static str) -> Self {
        Self::of(move |_, count| {
            Response::builder()
                .header("cache-control", directives)
                .header("access-control-allow-origin", "*")
                .body(full(count.to_string()))
                .expect("a response")
        })
        .await
    }

    fn address(&self) -> SocketAddr {
        self.gateway.local_addr()
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    async fn fetch(&self, request: Request<TestBody>) -> (StatusCode, HeaderMap, String) {
        fetch(self.address(), request).await
    }

    async fn text(&self, request: Request<TestBody>) -> String {
        self.fetch(request).await.2
    }
}

const HOUR: &str = "max-age=3600";

#[tokio::test]
async fn what_is_kept_speaks_for_no_origin_and_each_page_gets_its_own_headers() {
    let kept = Kept::counting(HOUR).await;
    for (origin, allowed, status) in [
        (APP, Some(APP), "corsac; fwd=miss"),
        (OTHER, Some(OTHER), "corsac; hit"),
        (APP, Some(APP), "corsac; hit"),
        (EVIL, None, "corsac; hit"),
    ] {
        let (_, headers, text) = kept.fetch(from(origin, get("/x?y"))).await;
        assert_eq!(text, "1");
        assert_eq!(headers["vary"], "Origin", "{origin}");
        let found = headers.get("access-control-allow-origin").map(|value| value.to_str().expect("text"));
        assert_eq!((found, headers["cache-status"].as_bytes()), (allowed, status.as_bytes()), "{origin}");
        assert_eq!(headers.contains_key("age"), status == "corsac; hit");
    }
    let (_, headers, _) = kept.fetch(get("/x?y")).await;
    assert!(!headers.contains_key("access-control-allow-origin"), "{headers:?}");
    assert_eq!(kept.asked(), 1);
    assert_eq!(kept.text(get("/x?z")).await, "2");

    let admin = kept.gateway.admin_addr().expect("an admin listener");
    let (_, _, metrics) = fetch(admin, with(get("/metrics"), "host", "localhost")).await;
    for line in [
        "corsac_cache_responses_total{route=\"/\",outcome=\"hit\"} 4\n",
        "corsac_cache_responses_total{route=\"/\",outcome=\"miss\"} 2\n",
        "corsac_upstream_response_seconds_count{route=\"/\"} 2\n",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
}

#[tokio::test]
async fn what_may_be_for_one_user_reaches_no_other() {
    for directives in ["private, max-age=3600", "no-store", "max-age=0", ""] {
        let kept = Kept::counting(directives).await;
        assert_eq!(kept.text(get("/")).await + &kept.text(get("/")).await, "12", "{directives}");
    }
    let kept = Kept::of(|_, count| {
        let response = Response::builder().header("cache-control", "public, max-age=3600");
        response.header("set-cookie", "session=1").body(full(count.to_string())).expect("a response")
    })
    .await;
    assert_eq!(kept.text(get("/")).await + &kept.text(get("/")).await, "12");

    for (name, value) in [("cookie", "session=1"), ("authorization", "Bearer 1")] {
        let kept = Kept::counting(HOUR).await;
        let known = || with(get("/"), name, value);
        assert_eq!(kept.text(known()).await + &kept.text(known()).await, "12", "{name}");
        assert_eq!(kept.text(get("/")).await + &kept.text(get("/")).await, "33", "{name}");
        assert_eq!(kept.text(known()).await, "4", "{name}");
        let public = Kept::counting("public, max-age=3600").await;
        assert_eq!(public.text(known()).await + &public.text(get("/")).await, "11", "{name}");
    }
}

#[tokio::test]
async fn requests_that_differ_get_different_responses() {
    let kept = Kept::of(|request, count| {
        let language =
            request.headers().get("accept-language").map(|it| it.to_str().expect("text").to_owned());
        let response = Response::builder().header("cache-control", HOUR).header("vary", "Accept-Language");
        response.body(full(format!("{count}{}", language.unwrap_or_default()))).expect("a response")
    })
    .await;
    let ask = async |language: &str| kept.text(with(get("/"), "accept-language", language)).await;
    let said =
        [ask("fr").await, ask("de").await, ask("fr").await, ask("de").await, kept.text(get("/")).await];
    assert_eq!(said, ["1fr", "2de", "1fr", "2de", "3"]);
    let (_, headers, _) = kept.fetch(with(from(APP, get("/")), "accept-language", "fr")).await;
    let vary = headers["vary"].to_str().expect("text").to_lowercase();
    assert!(vary.contains("accept-language") && vary.contains("origin"), "{vary}");

    // By another name the upstream may say something else: it is told the name.
    let kept = Kept::counting(HOUR).await;
    let by = async |name: &str| kept.text(with(get("/"), "host", name)).await;
    assert_eq!([by("a").await, by("b").await, by("a").await], ["1", "2", "1"]);
}

#[tokio::test]
async fn what_is_no_longer_fresh_is_asked_for_and_sent_again_only_where_it_changed() {
    let kept = Kept::of(|request, count| {
        let has = |tag: &str| request.headers().get("if-none-match").is_some_and(|it| it == tag);
        let tag = if count < 3 { "\"v1\"" } else { "\"v2\"" };
        let response = Response::builder().header("cache-control", "no-cache").header("etag", tag);
        match has(tag) {
            true => response.status(304).header("x-count", count).body(full("")).expect("a response"),
            false => response.body(full(format!("{count} {tag}"))).expect("a response"),
        }
    })
    .await;
    for (text, status, counted) in [
        ("1 \"v1\"", "corsac; fwd=miss", None),
        ("1 \"v1\"", "corsac; fwd=stale; fwd-status=304", Some("2")),
        ("3 \"v2\"", "corsac; fwd=miss", None),
        ("3 \"v2\"", "corsac; fwd=stale; fwd-status=304", Some("4")),
    ] {
        let (code, headers, found) = kept.fetch(from(APP, get("/"))).await;
        assert_eq!((code, found.as_str()), (StatusCode::OK, text));
        assert_eq!(headers["cache-status"], status);
        assert_eq!(headers["access-control-allow-origin"], APP);
        assert_eq!(headers["content-length"], text.len().to_string());
        assert_eq!(headers.get("x-count").map(|count| count.to_str().expect("text")), counted);
    }
}

#[tokio::test]
async fn who_has_it_already_is_told_so_and_who_wants_a_part_asks_the_upstream() {
    let kept = Kept::of(|request, count| {
        let mut response = Response::builder().header("cache-control", HOUR).header("etag", "W/\"v1\"");
        if request.headers().contains_key("range") {
            response = response.status(206).header("content-range", "bytes 0-0/5");
        }
        response.body(full(format!("text{count}"))).expect("a response")
    })
    .await;
    assert_eq!(kept.text(get("/")).await, "text1");
    let (status, headers, text) =
        kept.fetch(with(from(APP, get("/")), "if-none-match", "\"v0\", \"v1\"")).await;
    assert_eq!((status, text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(headers["etag"], "W/\"v1\"");
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert_eq!(kept.text(with(get("/"), "if-none-match", "\"v2\"")).await, "text1");
    let (status, headers, text) = kept.fetch(request(Method::HEAD, "/")).await;
    assert_eq!(
        (status, text.as_str(), headers["content-length"].as_bytes()),
        (StatusCode::OK, "", &b"5"[..])
    );
    assert_eq!(kept.asked(), 1);
    let (status, headers, text) = kept.fetch(with(get("/"), "range", "bytes=0-0")).await;
    assert_eq!((status, text.as_str()), (StatusCode::PARTIAL_CONTENT, "text2"));
    assert_eq!(headers["cache-status"], "corsac; fwd=bypass");
    assert_eq!(kept.text(get("/")).await, "text1");
}

#[tokio::test]
async fn a_change_is_seen_at_once() {
    let kept = Kept::of(|request, count| {
        let status = if request.uri().path() == "/fails" { 500 } else { 200 };
        let body = full(count.to_string());
        Response::builder().status(status).header("cache-control", HOUR).body(body).expect("a response")
    })
    .await;
    assert_eq!(kept.text(get("/")).await + &kept.text(get("/")).await, "11");
    assert_eq!(kept.text(request(Method::PUT, "/")).await, "2");
    assert_eq!(kept.text(get("/")).await + &kept.text(get("/")).await, "33");
    // Neither is the answer to a change kept, nor to one that failed.
    assert_eq!(kept.text(request(Method::POST, "/fails")).await, "4");
    assert_eq!(kept.text(get("/fails")).await + &kept.text(get("/fails")).await, "56");
    assert_eq!(kept.text(get("/")).await, "3");
}

/// An upstream whose bodies are fed one by one.
async fn fed() -> (Kept, mpsc::Receiver<Feed>) {
    let (feeds, taken) = mpsc::channel(8);
    let kept = Kept::of(move |request, _| {
        let (feed, body) = channel();
        feeds.try_send(feed).expect("somebody feeds");
        let mut response = Response::builder().header("cache-control", HOUR);
        if request.uri().path() == "/trailers" {
            response = response.header("trailer", "x-checksum");
        }
        response.body(body).expect("a response")
    })
    .await;
    (kept, taken)
}

/// The next body that is asked for.
async fn next(feeds: &mut mpsc::Receiver<Feed>) -> Feed {
    timeout(PATIENCE, feeds.recv()).await.expect("the upstream is asked").expect("a body")
}

#[tokio::test]
async fn a_response_streams_while_it_is_kept() {
    let (kept, mut feeds) = fed().await;
    let mut response = send(kept.address(), get("/")).await;
    let feed = next(&mut feeds).await;
    feed.send("first ").await;
    let first = timeout(PATIENCE, response.frame()).await.expect("before the last piece is sent");
    assert_eq!(first.expect("a frame").expect("data").into_data().expect("data"), "first ");
    // Until then there is nothing to be had.
    let other = tokio::spawn(fetch(kept.address(), get("/")));
    drop(next(&mut feeds).await);
    assert_eq!(other.await.expect("no panic").2, "");
    feed.send("last").await;
    drop(feed);
    assert_eq!(response.collect().await.expect("the rest").to_bytes(), "last");
    assert_eq!(kept.text(get("/")).await, "first last");
    assert_eq!(kept.asked(), 2);
}

#[tokio::test]
async fn what_breaks_off_has_trailers_or_is_too_large_is_passed_on_and_not_kept() {
    let large = "x".repeat(200_000);
    let kept = Kept::of({
        let large = large.clone();
        move |_, _| {
            Response::builder().header("cache-control", HOUR).body(full(large.clone())).expect("a response")
        }
    })
    .await;
    for _ in 0..2 {
        assert_eq!(kept.text(get("/")).await, large);
    }
    assert_eq!(kept.asked(), 2);

    let (kept, mut feeds) = fed().await;
    // The client leaves in the middle.
    let mut response = send(kept.address(), get("/")).await;
    let feed = next(&mut feeds).await;
    feed.send("first").await;
    timeout(PATIENCE, response.frame()).await.expect("in time").expect("a frame").expect("data");
    drop(response);
    let answer = tokio::spawn(send(kept.address(), get("/trailers")));
    let feed = next(&mut feeds).await;
    feed.send("data").await;
    feed.trailer("x-checksum", "abc").await;
    drop(feed);
    let collected = answer.await.expect("no panic").collect().await.expect("a whole body");
    assert_eq!(collected.to_bytes(), "data");
    for path in ["/", "/trailers"] {
        let answer = tokio::spawn(fetch(kept.address(), get(path)));
        drop(next(&mut feeds).await);
        answer.await.expect("no panic");
    }
    assert_eq!(kept.asked(), 4);
}

#[tokio::test]
async fn without_a_cache_everybody_asks_the_upstream() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let upstream = Upstream::start(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        let response = Response::builder().header("cache-control", "public, max-age=3600").body(full("x"));
        std::future::ready(response.expect("a response"))
    })
    .await;
    let gateway = gateway(&format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", upstream.url()));
    for _ in 0..3 {
        let (_, headers, _) = fetch(gateway.local_addr(), get("/")).await;
        assert!(!headers.contains_key("cache-status"), "{headers:?}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}
