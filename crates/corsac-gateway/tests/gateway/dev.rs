//! A dev server and APIs on one origin: what each of them sees, and what a page is told of one that does not run.

use std::num::NonZeroUsize;

use corsac_gateway::{Config, DevFlags, Gateway, Running};
use http::{Method, StatusCode};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{EVIL, Upstream, dead_port, fetch, from, full, get, preflight, request, with};
use crate::upgrade::{Echo, ask, open};

/// The origin of pages that were loaded from the gateway by the name under which tests ask it.
const OWN: &str = "http://gateway.example";

fn dev(front: &str, apis: &[String]) -> Running {
    let flags = DevFlags {
        front: front.into(),
        apis: apis.into(),
        listen: Some("127.0.0.1:0".into()),
        hosts: vec!["Gateway.Example".into()],
    };
    let config = Config::from_dev_flags(flags).unwrap_or_else(|faults| panic!("{faults}"));
    Gateway::bind(config.with_workers(NonZeroUsize::MIN)).expect("a gateway").spawn()
}

fn put(uri: &str) -> http::Request<crate::support::TestBody> {
    request(Method::PUT, uri)
}

#[tokio::test]
async fn paths_are_kept_or_replaced_as_the_url_of_the_api_says() {
    let (front, api) = (Upstream::echo().await, Upstream::echo().await);
    let apis = [
        format!("/api={}", api.url()),
        format!("/bare={}/", api.url()),
        format!("/api/v2/={}/new", api.url()),
    ];
    let gateway = dev(&format!("{}/", front.url()), &apis);
    for (path, expected) in [
        ("/", "GET /\n"),
        ("/src/main.ts?t=1", "GET /src/main.ts?t=1\n"),
        ("/apis", "GET /apis\n"),
        ("/api/users?q=1", "GET /api/users?q=1\n"),
        ("/bare/users", "GET /users\n"),
        ("/bare", "GET /\n"),
        ("/api/v2/users", "GET /new/users\n"),
    ] {
        let (status, _, text) = fetch(gateway.local_addr(), get(path)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.starts_with(expected), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_server_of_this_machine_is_asked_by_the_name_in_the_address_bar() {
    let front = Upstream::echo().await;
    let gateway = dev(&front.url(), &[]);
    let (_, _, text) = fetch(gateway.local_addr(), from(OWN, put("/form"))).await;
    for line in ["host: gateway.example\n", "origin: http://gateway.example\n"] {
        assert!(text.contains(line), "{text}");
    }
}

#[tokio::test]
async fn where_paths_are_replaced_pages_of_the_gateway_pass_for_the_apis_own() {
    let api = Upstream::echo().await;
    let gateway = dev(&format!("http://{}", dead_port()), &[format!("/api={}/", api.url())]);
    let (_, _, text) = fetch(gateway.local_addr(), from(OWN, put("/api/form"))).await;
    let own = api.url();
    for line in [format!("host: {}\n", api.address), format!("origin: {own}\n")] {
        assert!(text.contains(&line), "{text}");
    }
    assert!(!text.contains("gateway.example") && !text.contains("x-forwarded"), "{text}");
    let (_, headers, text) = fetch(gateway.local_addr(), from(EVIL, put("/api/form"))).await;
    assert!(text.contains(&format!("origin: {EVIL}\n")), "{text}");
    assert!(!headers.contains_key("access-control-allow-origin"), "{headers:?}");

    let away = Upstream::start(|request| async move {
        let host = request.headers()["host"].to_str().expect("text").to_owned();
        let mut response = http::Response::new(full(""));
        *response.status_mut() = StatusCode::FOUND;
        let location = format!("http://{host}/login?next=1");
        response.headers_mut().insert("location", location.parse().expect("a value"));
        response
    });
    let away = away.await;
    let gateway = dev(&away.url(), &[format!("/api={}/", away.url())]);
    for (path, expected) in [("/api/a", "/api/login?next=1"), ("/a", "http://gateway.example/login?next=1")] {
        let (_, headers, _) = fetch(gateway.local_addr(), get(path)).await;
        assert_eq!(headers["location"], expected);
    }
}

#[tokio::test]
async fn a_name_that_a_website_has_lead_here_is_told_to_the_front_and_refused_before_other_servers() {
    let (front, api) = (Upstream::echo().await, Upstream::echo().await);
    let gateway = dev(&front.url(), &[format!("/api={}/", api.url())]);
    let asked = |host: &str, path: &str| with(get(path), "host", host);
    for host in ["evil.example:8080", "localhost.evil.example", "xgateway.example"] {
        // Dev servers look at the name themselves, and are to see it.
        let (status, _, text) = fetch(gateway.local_addr(), asked(host, "/")).await;
        assert!(status == StatusCode::OK && text.contains(&format!("host: {host}\n")), "{text}");
        let (status, _, text) = fetch(gateway.local_addr(), asked(host, "/api/users")).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let name = host.split(':').next().expect("a name");
        assert!(text.contains(&format!("pass --allow-host {name}")), "{text}");
        let own = format!("http://{host}");
        let upgrade = with(with(from(&own, asked(host, "/api/ws")), "connection", "upgrade"), "upgrade", "x");
        assert_eq!(fetch(gateway.local_addr(), upgrade).await.0, StatusCode::FORBIDDEN);
    }
    for host in ["localhost:8080", "app.localhost", "127.0.0.1:8080", "[::1]:8080", "GATEWAY.example"] {
        let (status, _, _) = fetch(gateway.local_addr(), asked(host, "/api/users")).await;
        assert_eq!(status, StatusCode::OK, "{host}");
    }
}

/// What webpack-dev-server compares before it hands out its WebSocket.
#[tokio::test]
async fn a_dev_server_that_compares_origin_and_host_hands_out_its_web_socket() {
    let front = Echo::start().await;
    let gateway = dev(&format!("http://{}", front.address), &[]);
    let (mut socket, _) =
        open(gateway.local_addr(), "/ws", &[("origin", OWN)]).await.expect("it is the own origin");
    ask(&mut socket, Message::text("hello")).await;
    let asked = front.asked().pop().expect("it was asked");
    assert_eq!(format!("http://{}", asked["host"].to_str().expect("text")), asked["origin"]);

    let (status, _, _) =
        open(gateway.local_addr(), "/ws", &[("origin", EVIL)]).await.expect_err("it is another's page");
    assert_eq!((status, front.asked().len()), (StatusCode::FORBIDDEN, 1));
}

#[tokio::test]
async fn what_does_not_run_is_named() {
    let (front, api) = (dead_port(), dead_port());
    let gateway = dev(&format!("http://{front}"), &[format!("/api=http://{api}")]);
    for (path, flag) in
        [("/", format!("--front http://{front}")), ("/api/users", format!("--api /api=http://{api}"))]
    {
        let (status, _, text) = fetch(gateway.local_addr(), get(path)).await;
        assert_eq!(status, StatusCode::BAD_GATEWAY);
        assert!(text.contains(&flag) && text.contains("Check that the service runs"), "{text}");
    }
}

#[tokio::test]
async fn no_other_page_reads_anything() {
    let front = Upstream::start(|_| async {
        let mut response = http::Response::new(full("source"));
        response.headers_mut().insert("access-control-allow-origin", "*".parse().expect("a value"));
        response
    });
    let gateway = dev(&front.await.url(), &[]);
    for request in [from(EVIL, get("/")), preflight("/", EVIL, "PUT")] {
        let (_, headers, _) = fetch(gateway.local_addr(), request).await;
        assert!(!headers.contains_key("access-control-allow-origin"), "{headers:?}");
    }
}
