//! The listener that is not for the public: what it tells, and what it keeps to itself.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use corsac_gateway::Running;
use corsac_vectors::PolicyCase;
use http::{HeaderMap, Method, Response, StatusCode};
use serde_json::Value;

use crate::support::{
    APP, EVIL, POLICY, Upstream, channel, dead_port, eventually, fetch, from, full, gateway, get, preflight,
    request, send, with,
};

/// A gateway with an admin listener, and the address of that.
fn gateway_with_admin(text: &str) -> (Running, SocketAddr) {
    let gateway = gateway(&format!("admin = \"127.0.0.1:0\"\n{text}"));
    let admin = gateway.admin_addr().expect("an admin listener");
    (gateway, admin)
}

/// The admin listener is asked as people ask it.
async fn ask(admin: SocketAddr, path: &str) -> (StatusCode, HeaderMap, String) {
    fetch(admin, with(get(path), "host", &admin.to_string())).await
}

async fn json(admin: SocketAddr, path: &str) -> Value {
    let (status, headers, text) = ask(admin, path).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert_eq!(headers["content-type"], "application/json");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

async fn metric(admin: SocketAddr, series: &str) -> Option<f64> {
    let (_, _, text) = ask(admin, "/metrics").await;
    text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

#[tokio::test]
async fn what_is_no_page_says_which_there_are_and_nothing_is_written() {
    let (_gateway, admin) =
        gateway_with_admin("[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:9\"\n");
    let (status, _, text) = ask(admin, "/metric").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for page in ["/livez", "/readyz", "/metrics", "/config", "/explain?origin="] {
        assert!(text.contains(page), "{text}");
        let asked = with(request(Method::POST, page), "host", &admin.to_string());
        let (status, headers, _) = fetch(admin, asked).await;
        assert_eq!(
            (status, &headers["allow"]),
            (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD".parse().expect("a value"))
        );
    }
    let (status, headers, text) =
        fetch(admin, with(request(Method::HEAD, "/config"), "host", "localhost")).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, ""));
    assert_ne!(headers["content-length"], "0");
    let (status, _, text) = fetch(admin, with(get("/config"), "host", "rebound.example")).await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    assert!(!text.contains("routes"), "{text}");
}

#[tokio::test]
async fn what_happens_is_counted_by_route() {
    let upstream = Upstream::start(|_| async {
        Response::builder()
            .status(StatusCode::NOT_FOUND)
            .header("access-control-allow-origin", "*")
            .header("access-control-allow-methods", "*")
            .body(full(""))
            .expect("a response")
    })
    .await;
    let (gateway, admin) = gateway_with_admin(&format!(
        "{POLICY}[[routes]]\npath = \"/api/\"\nupstream = \"{0}\"\npolicy = \"app\"\n\
         [[routes]]\npath = \"/own\"\nupstream = \"{0}\"\n\
         [[routes]]\npath = \"/down\"\nupstream = \"http://{1}\"\n",
        upstream.url(),
        dead_port(),
    ));
    let address = gateway.local_addr();
    for asked in [
        from(APP, get("/api/secret-path-1")),
        from(APP, get("/api/secret-path-2")),
        from("https://secret-origin.example", get("/api/")),
        get("/api/"),
        preflight("/api/", APP, "PUT"),
        preflight("/api/", EVIL, "PUT"),
        preflight("/api/", APP, "SECRET-METHOD"),
        from(APP, get("/own")),
        get("/down"),
        get("/nowhere"),
    ] {
        fetch(address, asked).await;
    }
    for (series, expected) in [
        (r#"corsac_decisions_total{route="/api/",class="actual",reason="allowed"}"#, 2.0),
        (r#"corsac_decisions_total{route="/api/",class="actual",reason="origin-not-listed"}"#, 1.0),
        (r#"corsac_decisions_total{route="/api/",class="not-cors",reason="no-origin"}"#, 1.0),
        (r#"corsac_decisions_total{route="/api/",class="preflight",reason="allowed"}"#, 1.0),
        (r#"corsac_decisions_total{route="/api/",class="preflight",reason="origin-not-listed"}"#, 1.0),
        (r#"corsac_decisions_total{route="/api/",class="preflight",reason="method-not-allowed"}"#, 1.0),
        (r#"corsac_decisions_total{route="none",class="not-cors",reason="no-origin"}"#, 1.0),
        (r#"corsac_stripped_header_lines_total{route="/api/"}"#, 8.0),
        (r#"corsac_stripped_header_lines_total{route="/own"}"#, 2.0),
        (r#"corsac_responses_total{route="/api/",status="2xx"}"#, 2.0),
        (r#"corsac_responses_total{route="/api/",status="4xx"}"#, 5.0),
        (r#"corsac_responses_total{route="/down",status="5xx"}"#, 1.0),
        (r#"corsac_responses_total{route="none",status="4xx"}"#, 1.0),
        (r#"corsac_upstream_response_seconds_count{route="/api/"}"#, 4.0),
        (r#"corsac_upstream_response_seconds_bucket{le="+Inf",route="/api/"}"#, 4.0),
        (r#"corsac_upstream_failures_total{route="/down"}"#, 1.0),
        ("corsac_config_generation", 1.0),
        ("corsac_config_last_reload_successful", 1.0),
    ] {
        assert_eq!(
            metric(admin, series).await,
            Some(expected),
            "{series}\n{}",
            ask(admin, "/metrics").await.2
        );
    }
    let (_, headers, text) = ask(admin, "/metrics").await;
    assert_eq!(headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(!text.to_lowercase().contains("secret"), "{text}");
}

#[tokio::test]
async fn what_a_shadow_policy_would_have_said_is_counted() {
    let (gateway, admin) = gateway_with_admin(&format!(
        "{POLICY}[policies.next]\nallow_origins = [\"https://next.example\"]\nallow_methods = [\"PUT\"]\n\
         [[routes]]\npath = \"/\"\nupstream = \"http://{}\"\npolicy = \"app\"\nshadow_policy = \"next\"\n",
        dead_port(),
    ));
    for asked in [from(APP, get("/")), from(APP, get("/")), from(EVIL, get("/")), get("/")] {
        fetch(gateway.local_addr(), asked).await;
    }
    let differing = r#"corsac_shadow_differing_total{route="/",shadow_policy="next",reason="allowed",shadow_reason="origin-not-listed"}"#;
    assert_eq!(metric(admin, differing).await, Some(2.0));
    assert_eq!(metric(admin, r#"corsac_shadow_same_total{route="/",shadow_policy="next"}"#).await, Some(2.0));
    assert_eq!(json(admin, "/config").await["routes"][0]["shadow_policy"], "next");
}

#[tokio::test]
async fn what_is_in_flight_or_open_counts_until_its_end() {
    let (feed, body) = channel();
    let body = std::sync::Mutex::new(Some(body));
    let body = std::sync::Arc::new(body);
    let upstream = Upstream::start(move |_| {
        std::future::ready(Response::new(body.lock().expect("no panic").take().expect("one request")))
    })
    .await;
    let (gateway, admin) =
        gateway_with_admin(&format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", upstream.url()));
    let response = send(gateway.local_addr(), get("/")).await;
    assert_eq!(metric(admin, "corsac_requests_in_flight").await, Some(1.0));
    assert_eq!(metric(admin, "corsac_open_connections").await, Some(1.0));
    drop((feed, response));
    eventually("nothing is left", async || {
        metric(admin, "corsac_requests_in_flight").await == Some(0.0)
            && metric(admin, "corsac_open_connections").await == Some(0.0)
    })
    .await;
}

#[tokio::test]
async fn the_configuration_is_shown_without_what_is_secret() {
    let (_gateway, admin) = gateway_with_admin(
        "trusted_proxies = [\"10.0.0.0/8\"]\n[policies.app]\nallow_origins = [\"https://${TEST_KEY}.example\", \"https://app.example\"]\n\
         allow_credentials = true\nallow_headers = [\"X-${TEST_KEY}\"]\nmax_age = \"10m\"\n\
         [[routes]]\npath = \"/api/${TEST_KEY}/\"\nupstream = \"http://127.0.0.1:9/${TEST_KEY}\"\npolicy = \"app\"\n\
         set_request_headers = { x-api-key = \"${TEST_KEY}\", x-literal = \"literal-secret\" }\n",
    );
    let shown = json(admin, "/config").await;
    assert_eq!(shown["generation"], 1);
    assert_eq!(shown["last_read"]["succeeded"], true);
    assert_eq!(shown["trusted_proxies"][0], "10.0.0.0/8");
    let route = &shown["routes"][0];
    assert_eq!(route["path"], "/api/${TEST_KEY}/");
    assert_eq!(route["upstream"], "http://127.0.0.1:9/${TEST_KEY}");
    assert_eq!(route["policy"], "app");
    assert_eq!(route["set_request_headers"]["x-api-key"], "(hidden)");
    let policy = &shown["policies"][0];
    assert_eq!(policy["name"], "app");
    assert_eq!(policy["origins"], 2);
    assert_eq!(policy["allow_origins"][0], "https://${TEST_KEY}.example");
    assert_eq!(policy["allow_origins"][1], "https://app.example");
    assert_eq!(policy["max_age"], "10m");
    let explained =
        json(admin, "/explain?origin=https://top-secret.example&method=GET&path=/api/top-secret/x").await;
    assert_eq!(explained["because"], "allowed by `https://${TEST_KEY}.example`");
    assert_eq!(explained["route"], "/api/${TEST_KEY}/");
    let metrics = ask(admin, "/metrics").await.2;
    for text in [shown.to_string(), metrics] {
        assert!(!text.contains("top-secret") && !text.contains("literal-secret"), "{text}");
    }
}

#[tokio::test]
async fn a_question_is_answered_or_told_what_it_lacks() {
    let (_gateway, admin) = gateway_with_admin(&format!(
        "{POLICY}[policies.shop]\nallow_origins = [\"https://shop.example\"]\nrefuse_disallowed = true\n\
         [[routes]]\npath = \"/api/\"\nupstream = \"http://127.0.0.1:9\"\npolicy = \"app\"\n\
         [[routes]]\npath = \"/shop\"\nupstream = \"http://127.0.0.1:9\"\npolicy = \"shop\"\n\
         [[routes]]\npath = \"/own\"\nupstream = \"http://127.0.0.1:9\"\n"
    ));
    let explained = json(admin, "/explain?origin=https://app.example&method=PUT&path=/api/users").await;
    assert_eq!(
        explained,
        serde_json::json!({
            "version": 1,
            "generation": 1,
            "request": {
                "method": "OPTIONS",
                "path": "/api/users",
                "headers": [["origin", "https://app.example"], ["access-control-request-method", "PUT"]],
            },
            "route": "/api/",
            "policy": "app",
            "class": "preflight",
            "action": "respond",
            "status": 204,
            "allowed": true,
            "reason": "allowed",
            "because": "allowed by `https://app.example`",
            "headers": [
                ["access-control-allow-origin", "https://app.example"],
                ["access-control-allow-methods", "PUT"],
                ["vary", "Origin"],
            ],
        })
    );
    for (query, route, action, status, reason) in [
        ("origin=https://app.example&method=GET&path=/api", "/api/", "forward", None, "allowed"),
        ("origin=https://evil.example&method=GET&path=/api", "/api/", "forward", None, "origin-not-listed"),
        ("origin=app.example&method=GET&path=/api", "/api/", "forward", None, "malformed-origin"),
        (
            "origin=https://evil.example&method=GET&path=/shop",
            "/shop",
            "respond",
            Some(403),
            "origin-not-listed",
        ),
        ("origin=https://app.example&method=GET&path=/own/x", "/own", "forward", None, "no-policy"),
        ("origin=https://shop.example&method=GET&path=/", "", "respond", Some(404), "allowed"),
        ("origin=https://evil.example&method=PUT&path=/", "", "respond", Some(403), "origin-not-listed"),
        ("origin=https://app.example&method=GET&path=/../x", "", "respond", Some(400), "allowed"),
        (
            "origin=https://app.example&method=TRACE&path=/api&class=actual",
            "",
            "respond",
            Some(405),
            "allowed",
        ),
    ] {
        let explained = json(admin, &format!("/explain?{query}")).await;
        let found = (
            explained["route"].as_str().unwrap_or_default(),
            explained["action"].as_str().expect("an action"),
            explained["status"].as_u64(),
            explained["reason"].as_str().expect("a reason"),
        );
        assert_eq!(found, (route, action, status, reason), "{query}");
    }
    let (status, headers, text) = ask(admin, "/explain?origin=https://app.example&methd=PUT").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(headers["content-type"], "application/json");
    for words in ["did you mean `method`?", "`path` is missing.", "write path=/api/users"] {
        assert!(text.contains(words), "{text}");
    }
}

/// What of a case can be asked of `/explain`: one origin, and nothing that a browser would not send.
fn question(case: &PolicyCase) -> Option<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let (mut origins, mut asks) = (0, false);
    for (name, value) in &case.request.headers {
        let value = value.expand();
        match name.to_lowercase().as_str() {
            "origin" => {
                origins += 1;
                query.append_pair("origin", &value);
            }
            "access-control-request-method" => {
                asks = true;
                query.append_pair("method", &value);
            }
            "access-control-request-headers" => {
                let names: Vec<&str> = value.split(',').collect();
                if value.to_lowercase() != value || value.contains(' ') || !names.is_sorted() {
                    return None;
                }
                query.append_pair("headers", &value);
            }
            _ => return None,
        }
    }
    let is_preflight = asks && case.request.method == "OPTIONS";
    if origins != 1 || asks != is_preflight {
        return None;
    }
    if !asks {
        query.append_pair("method", &case.request.method);
    }
    query.append_pair("class", if is_preflight { "preflight" } else { "actual" });
    // Longer ones do not fit into a target.
    Some(query.finish()).filter(|query| query.len() < 8_000)
}

#[tokio::test]
async fn what_is_explained_is_what_is_answered() {
    let upstream = Upstream::start(|_| std::future::ready(Response::new(full("")))).await;
    let cases: Vec<PolicyCase> = corsac_vectors::load("policy");
    let mut text = String::new();
    for (index, case) in cases.iter().enumerate() {
        let policy = toml::to_string(&case.policy).expect("TOML");
        text.push_str(&format!("[policies.p{index}]\n{policy}\n[[routes]]\npath = \"/p{index}\"\n"));
        text.push_str(&format!("policy = \"p{index}\"\nupstream = \"{}/\"\n", upstream.url()));
    }
    let (gateway, admin) = gateway_with_admin(&text);
    let mut compared = 0;
    for (index, case) in cases.iter().enumerate() {
        let Some(query) = question(case) else { continue };
        let (status, _, said) = ask(admin, &format!("/explain?{query}&path=/p{index}/x")).await;
        if status == StatusCode::BAD_REQUEST {
            // What no browser sends as a method or in a list of headers.
            continue;
        }
        let explained: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!(explained["reason"], *case.expect.reason, "{}: {said}", case.id);
        assert_eq!(explained["class"], *case.expect.class, "{}: {said}", case.id);
        let mut asked = request(case.request.method.parse().expect("a method"), &format!("/p{index}/x"));
        for (name, value) in &case.request.headers {
            let name: http::HeaderName = name.parse().expect("a header name");
            let value = http::HeaderValue::from_bytes(value.expand().as_bytes()).expect("a header value");
            asked.headers_mut().append(name, value);
        }
        let (status, headers, _) = fetch(gateway.local_addr(), asked).await;
        // The upstream says 200 to all it is asked.
        assert_eq!(explained["status"].as_u64().unwrap_or(200), u64::from(status.as_u16()), "{}", case.id);
        let told: BTreeSet<(String, String)> =
            serde_json::from_value(explained["headers"].clone()).expect("pairs of texts");
        let answered: BTreeSet<(String, String)> = headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with("access-control-") || *name == "vary")
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .collect();
        assert_eq!(told, answered, "{}", case.id);
        compared += 1;
    }
    assert!(compared > 60, "only {compared} of {} cases could be compared", cases.len());
}
