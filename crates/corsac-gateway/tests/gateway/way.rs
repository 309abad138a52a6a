//! The way a request took before it came here: whom the gateway believes, and what it passes on.

use crate::support::{APP, Upstream, fetch, from, gateway, get, with};

fn gateway_trusting(trusted: &str, upstream: &Upstream) -> corsac_gateway::Running {
    gateway(&format!("{trusted}\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", upstream.url()))
}

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().filter(|line| line.contains("forwarded")).collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn a_trusted_proxy_speaks_for_its_client() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_trusting("trusted_proxies = [\"127.0.0.0/8\"]", &upstream);
    let asked = |lines: &[(&'static str, &str)]| {
        let request = lines.iter().fold(get("/"), |request, (name, value)| with(request, name, value));
        fetch(gateway.local_addr(), request)
    };
    let (_, _, text) = asked(&[
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "198.51.100.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "app.example"),
        ("forwarded", "for=6.6.6.6"),
    ])
    .await;
    let said = [
        "x-forwarded-for: 192.0.2.1, 198.51.100.7, 127.0.0.1",
        "x-forwarded-host: app.example",
        "x-forwarded-proto: https",
    ];
    assert_eq!(lines(&text), said);
    let (_, _, text) = asked(&[("forwarded", "for=192.0.2.1;proto=https;host=app.example")]).await;
    assert_eq!(lines(&text)[0], "x-forwarded-for: 192.0.2.1, 127.0.0.1");
    assert_eq!(lines(&text)[1..], said[1..]);

    // What cannot be read is as if it were not there.
    let plain =
        ["x-forwarded-for: 127.0.0.1", "x-forwarded-host: gateway.example", "x-forwarded-proto: http"];
    for wrong in [
        &[("x-forwarded-for", "garbage"), ("x-forwarded-proto", "gopher"), ("x-forwarded-host", "a b")][..],
        &[("forwarded", "for=\"192.0.2.1")],
        &[("forwarded", ";;;=,=")],
        &[("x-forwarded-for", ",,,,"), ("x-forwarded-host", "user:password@app.example")],
        &[],
    ] {
        let (_, _, text) = asked(wrong).await;
        assert_eq!(lines(&text), plain, "{wrong:?}");
    }
}

#[tokio::test]
async fn anybody_else_speaks_for_nobody() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_trusting("trusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]", &upstream);
    let request = with(with(get("/"), "x-forwarded-for", "192.0.2.1"), "x-forwarded-proto", "https");
    let (_, _, text) = fetch(gateway.local_addr(), with(request, "forwarded", "for=192.0.2.1")).await;
    let said = ["x-forwarded-for: 127.0.0.1", "x-forwarded-host: gateway.example", "x-forwarded-proto: http"];
    assert_eq!(lines(&text), said);
}

#[tokio::test]
async fn the_own_origin_is_the_one_a_trusted_proxy_says() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_trusting("trusted_proxies = [\"127.0.0.1\"]", &upstream);
    let upgrade = |host: &'static str| {
        let request = with(with(from(APP, get("/")), "connection", "upgrade"), "upgrade", "websocket");
        with(with(request, "x-forwarded-proto", "https"), "x-forwarded-host", host)
    };
    let (status, ..) = fetch(gateway.local_addr(), upgrade("app.example")).await;
    assert_eq!(status, 200, "it passes, and the upstream stays with HTTP");
    let (status, ..) = fetch(gateway.local_addr(), upgrade("other.example")).await;
    assert_eq!(status, 403);
}
