//! CORS as a page sees it: what the policy says, on every response, the gateway's own among them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderMap, Method, Response, StatusCode};

use crate::support::{
    APP, EVIL, POLICY, Upstream, dead_port, fetch, from, full, gateway, gateway_to, get, preflight, request,
};

fn vary(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all("vary")
        .iter()
        .flat_map(|line| line.to_str().expect("text").split(',').map(|name| name.trim().to_lowercase()))
        .collect()
}

fn cors(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("access-control-")).collect()
}

#[tokio::test]
async fn an_upstream_that_is_down_is_a_readable_502_without_its_address() {
    let dead = dead_port();
    let gateway = gateway_to(&format!("http://{dead}"));
    let (status, headers, text) = fetch(gateway.local_addr(), from(APP, get("/"))).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(vary(&headers), ["origin"]);
    assert!(text.contains("The upstream of route / cannot be reached: it refuses connections."), "{text}");
    assert!(!text.contains(&dead.port().to_string()), "{text}");

    let (status, headers, _) = fetch(gateway.local_addr(), from(EVIL, get("/"))).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(cors(&headers).is_empty(), "{headers:?}");

    let (_, headers, text) = fetch(gateway.local_addr(), request(Method::HEAD, "/")).await;
    assert_ne!(headers["content-length"], "0");
    assert_eq!(text, "");
}

#[tokio::test]
async fn an_unknown_name_is_a_502_that_says_so() {
    let gateway = gateway_to("http://does-not-exist.invalid");
    let (status, headers, text) = fetch(gateway.local_addr(), from(APP, get("/"))).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert!(text.contains("its name is not known") && !text.contains("does-not-exist"), "{text}");
}

#[tokio::test]
async fn an_upstream_that_says_nothing_or_nonsense_is_a_readable_504_or_502() {
    let silent = Upstream::start(|_| std::future::pending()).await;
    let nonsense = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nonsense_address = nonsense.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = nonsense.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"220 mail.example ESMTP\r\n").await;
        }
    });
    // It takes connections and never begins TLS.
    let deaf = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let gateway = gateway(&format!(
        "{POLICY}[timeouts]\nresponse = \"200ms\"\nconnect = \"200ms\"\n\
         [[routes]]\npath = \"/silent\"\nupstream = \"{}\"\npolicy = \"app\"\n\
         [[routes]]\npath = \"/nonsense\"\nupstream = \"http://{nonsense_address}\"\npolicy = \"app\"\n\
         [[routes]]\npath = \"/deaf\"\nupstream = \"https://{}\"\npolicy = \"app\"\n",
        silent.url(),
        deaf.local_addr().expect("an address"),
    ));
    for (path, expected, words) in [
        ("/silent", StatusCode::GATEWAY_TIMEOUT, "did not answer in time"),
        ("/nonsense", StatusCode::BAD_GATEWAY, "broke off before it answered"),
        ("/deaf", StatusCode::GATEWAY_TIMEOUT, "no connection came about in time"),
    ] {
        let (status, headers, text) = fetch(gateway.local_addr(), from(APP, get(path))).await;
        assert_eq!(status, expected, "{path}");
        assert_eq!(headers["access-control-allow-origin"], APP, "{path}");
        assert!(text.contains(words), "{text}");
    }
}

#[tokio::test]
async fn preflights_are_answered_though_the_upstream_is_down() {
    let gateway = gateway_to(&format!("http://{}", dead_port()));
    let (status, headers, _) = fetch(gateway.local_addr(), preflight("/any/where", APP, "PUT")).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(headers["access-control-allow-methods"], "PUT");
    let (status, headers, _) = fetch(gateway.local_addr(), preflight("/any/where", EVIL, "PUT")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(cors(&headers).is_empty(), "{headers:?}");
}

#[tokio::test]
async fn what_the_upstream_says_about_cors_never_passes() {
    let upstream = Upstream::start(|_| async {
        Response::builder()
            .header("access-control-allow-origin", "*")
            .header("access-control-allow-origin", "https://app.example")
            .header("access-control-allow-credentials", "true")
            .header("access-control-allow-private-network", "true")
            .header("vary", "Accept-Encoding")
            .body(full(""))
            .expect("a response")
    })
    .await;
    let gateway = gateway(&format!(
        "{POLICY}[[routes]]\npath = \"/governed\"\nupstream = \"{0}\"\npolicy = \"app\"\n\
         [[routes]]\npath = \"/own\"\nupstream = \"{0}\"\n",
        upstream.url()
    ));
    let (_, headers, _) = fetch(gateway.local_addr(), from(APP, get("/governed"))).await;
    assert_eq!(headers.get_all("access-control-allow-origin").iter().collect::<Vec<_>>(), [APP]);
    assert_eq!(cors(&headers), ["access-control-allow-origin"]);
    assert_eq!(vary(&headers), ["accept-encoding", "origin"]);
    for origin in [APP, EVIL] {
        let (status, headers, _) = fetch(gateway.local_addr(), from(origin, get("/own"))).await;
        assert_eq!(status, StatusCode::OK);
        assert!(cors(&headers).is_empty(), "{headers:?}");
        assert_eq!(vary(&headers), ["accept-encoding"]);
    }
}

#[tokio::test]
async fn a_route_without_a_policy_gets_its_own_options() {
    let asked = Arc::new(AtomicUsize::new(0));
    let upstream = Upstream::start({
        let asked = Arc::clone(&asked);
        move |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Response::new(full("")))
        }
    })
    .await;
    let gateway = gateway(&format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", upstream.url()));
    let (status, headers, _) = fetch(gateway.local_addr(), preflight("/", APP, "PUT")).await;
    assert_eq!((status, asked.load(Ordering::Relaxed)), (StatusCode::OK, 1));
    assert!(cors(&headers).is_empty(), "{headers:?}");
}

#[tokio::test]
async fn a_path_without_a_route_is_a_404_that_every_allowed_page_can_read() {
    let upstream = Upstream::echo().await.url();
    let gateway = gateway(&format!(
        "{POLICY}[policies.shop]\nallow_origins = [\"https://shop.example\"]\n[policies.open]\nallow_origins = \"*\"\n\
         [policies.unused]\nallow_origins = [\"https://unused.example\"]\n\
         [[routes]]\npath = \"/app\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n\
         [[routes]]\npath = \"/shop\"\nupstream = \"{upstream}\"\npolicy = \"shop\"\n"
    ));
    for origin in [APP, "https://shop.example"] {
        let (status, headers, text) = fetch(gateway.local_addr(), from(origin, get("/nowhere"))).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(headers["access-control-allow-origin"], origin);
        assert_eq!(vary(&headers), ["origin"]);
        assert!(text.contains("No route of this gateway covers this path."), "{text}");
        let (status, ..) = fetch(gateway.local_addr(), preflight("/nowhere", origin, "GET")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
    for refused in
        [from(EVIL, get("/nowhere")), from("https://unused.example", get("/nowhere")), get("/nowhere")]
    {
        let (status, headers, _) = fetch(gateway.local_addr(), refused).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(cors(&headers).is_empty(), "{headers:?}");
        assert_eq!(vary(&headers), ["origin"]);
    }
}

#[tokio::test]
async fn refused_requests_do_not_reach_the_upstream_where_the_policy_says_so() {
    let asked = Arc::new(AtomicUsize::new(0));
    let upstream = Upstream::start({
        let asked = Arc::clone(&asked);
        move |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Response::new(full("")))
        }
    })
    .await;
    let gateway = gateway(&format!(
        "{POLICY}refuse_disallowed = true\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\npolicy = \"app\"\n",
        upstream.url()
    ));
    let (status, ..) = fetch(gateway.local_addr(), from(EVIL, request(Method::POST, "/"))).await;
    assert_eq!((status, asked.load(Ordering::Relaxed)), (StatusCode::FORBIDDEN, 0));
    let (status, ..) = fetch(gateway.local_addr(), from(APP, request(Method::POST, "/"))).await;
    assert_eq!((status, asked.load(Ordering::Relaxed)), (StatusCode::OK, 1));
}

#[tokio::test]
async fn a_response_that_breaks_off_is_not_made_whole() {
    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = upstream.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = upstream.accept().await {
            // What is left unread would make the end of the connection overtake the answer.
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive!";
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let gateway = gateway_to(&format!("http://{address}"));
    let response = crate::support::send(gateway.local_addr(), get("/")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(http_body_util::BodyExt::collect(response.into_body()).await.is_err());
}
