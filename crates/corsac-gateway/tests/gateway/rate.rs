//! Clients that ask too often. No test waits for time to pass: rates are an hour's.

use std::net::SocketAddr;
use std::num::NonZeroUsize;

use corsac_gateway::{Config, ConfigSource, Gateway};
use http::{HeaderMap, StatusCode};

use crate::support::{APP, POLICY, Upstream, fetch, from, gateway, get, preflight, with};

async fn ask(gateway: SocketAddr, client: &str) -> (StatusCode, HeaderMap, String) {
    fetch(gateway, with(from(APP, get("/api/x")), "x-forwarded-for", client)).await
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back_and_pages_can_read_it() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "admin = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n{POLICY}\
         [[routes]]\npath = \"/api/\"\nupstream = \"{0}\"\npolicy = \"app\"\nrate_limit = \"2/h\"\n\
         [[routes]]\npath = \"/\"\nupstream = \"{0}\"\n",
        upstream.url()
    ));
    let address = gateway.local_addr();
    for status in [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        assert_eq!(ask(address, "192.0.2.1").await.0, status);
    }
    let (_, headers, text) = ask(address, "192.0.2.1").await;
    assert_eq!(headers["access-control-allow-origin"], APP);
    let wait: u64 = headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=1800).contains(&wait), "{wait}");
    assert!(text.contains("route /api/ takes 2/h") && text.contains("`rate_limit`"), "{text}");

    // A preflight is no request of the page's, and is not counted.
    for _ in 0..5 {
        let asked = with(preflight("/api/x", APP, "PUT"), "x-forwarded-for", "192.0.2.1");
        let (status, headers, _) = fetch(address, asked).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(headers["access-control-allow-origin"], APP);
    }
    // Neither another client nor another route has anything to do with it.
    assert_eq!(ask(address, "192.0.2.2").await.0, StatusCode::OK);
    let elsewhere = with(get("/"), "x-forwarded-for", "192.0.2.1");
    assert_eq!(fetch(address, elsewhere).await.0, StatusCode::OK);

    let admin = gateway.admin_addr().expect("an admin listener");
    let (_, _, metrics) = fetch(admin, with(get("/metrics"), "host", "localhost")).await;
    assert!(metrics.contains("corsac_rate_limited_total{route=\"/api/\"} 2\n"), "{metrics}");
    let (_, _, config) = fetch(admin, with(get("/config"), "host", "localhost")).await;
    assert!(config.contains("\"rate_limit\": \"2/h\""), "{config}");
}

#[tokio::test]
async fn a_header_makes_nobody_another_client_and_ipv6_is_counted_by_network() {
    let upstream = Upstream::echo().await;
    let route =
        format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\nrate_limit = \"1/h\"\n", upstream.url());
    let plain = gateway(&route);
    assert_eq!(ask(plain.local_addr(), "192.0.2.1").await.0, StatusCode::OK);
    assert_eq!(ask(plain.local_addr(), "192.0.2.2").await.0, StatusCode::TOO_MANY_REQUESTS);

    let behind = gateway(&format!("trusted_proxies = [\"127.0.0.1\"]\n{route}"));
    for (client, status) in [
        ("2001:db8::1", StatusCode::OK),
        ("2001:db8::ffff", StatusCode::TOO_MANY_REQUESTS),
        ("2001:db8:0:1::1", StatusCode::OK),
    ] {
        assert_eq!(ask(behind.local_addr(), client).await.0, status, "{client}");
    }
}

#[tokio::test]
async fn a_burst_may_come_at_once() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "[[routes]]\npath = \"/\"\nupstream = \"{}\"\nrate_limit = \"1/h\"\nrate_burst = 3\n",
        upstream.url()
    ));
    for status in [200, 200, 200, 429] {
        assert_eq!(ask(gateway.local_addr(), "192.0.2.1").await.0, status);
    }
}

#[tokio::test]
async fn clients_are_counted_on_over_workers_and_reloads() {
    let upstream = Upstream::echo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    let write = |rate: &str| {
        let text = format!(
            "listen = \"127.0.0.1:0\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\nrate_limit = \"{rate}\"\n",
            upstream.url()
        );
        std::fs::write(&file, text).expect("the folder can be written");
    };
    write("8/h");
    let config = Config::load(&file).expect("a configuration");
    let workers = NonZeroUsize::new(4).expect("not zero");
    let source = ConfigSource::File { path: file.clone(), listen: None };
    let gateway = Gateway::bind(config.with_workers(workers)).expect("a gateway").reloading(source).spawn();
    let reload = async || {
        let handle = gateway.reload_handle().expect("it reloads");
        tokio::task::spawn_blocking(move || handle.reload()).await.expect("no panic").expect("it is sound")
    };
    let ask = async || ask(gateway.local_addr(), "192.0.2.1").await.0;
    for _ in 0..8 {
        assert_eq!(ask().await, StatusCode::OK);
    }
    assert_eq!(ask().await, StatusCode::TOO_MANY_REQUESTS);
    reload().await;
    assert_eq!(ask().await, StatusCode::TOO_MANY_REQUESTS);
    write("9/h");
    reload().await;
    assert_eq!(ask().await, StatusCode::OK);
}
