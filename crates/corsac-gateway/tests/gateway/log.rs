//! What the log says, and what it must not.

use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::support::{EVIL, POLICY, Upstream, dead_port, fetch, from, gateway, get, with};

/// All lines of all tests in this process; a test looks for its own path.
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lines().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lines() -> MutexGuard<'static, Vec<u8>> {
    LINES.lock().expect("no panic")
}

fn collect() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::TRACE)
            .with_writer(|| Writer)
            .init();
    });
}

fn lines_with(part: &str) -> Vec<String> {
    String::from_utf8_lossy(&lines()).lines().filter(|line| line.contains(part)).map(str::to_owned).collect()
}

#[tokio::test]
async fn each_request_is_a_line_with_its_decision_and_without_secrets() {
    collect();
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "{POLICY}[[routes]]\npath = \"/\"\nupstream = \"{}\"\npolicy = \"app\"\n\
         set_request_headers = {{ x-api-key = \"${{TEST_KEY}}\" }}\n\
         [[routes]]\npath = \"/logged/down\"\nupstream = \"http://{}/bot${{TEST_KEY}}\"\n",
        upstream.url(),
        dead_port(),
    ));
    let asked = with(from(EVIL, get("/logged/path?token=query-secret")), "cookie", "session=cookie-secret");
    fetch(gateway.local_addr(), asked).await;
    let found = lines_with("path=\"/logged/path\"");
    let [line] = found.as_slice() else { panic!("{found:?}") };
    for part in [
        "INFO corsac_gateway::access_log: ",
        "method=GET",
        "status=200",
        "upstream_ms=",
        "cors=\"actual\"",
        "reason=\"origin-not-listed\"",
        "client=127.0.0.1",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    fetch(gateway.local_addr(), get("/logged/down")).await;
    let found = lines_with("no response from upstream");
    assert!(
        found.iter().any(|line| {
            line.contains("route=/logged/down")
                && line.contains("/bot${TEST_KEY}")
                && line.contains("refused")
        }),
        "{found:?}"
    );
    let found = lines_with("path=\"/logged/down\"");
    assert!(found.iter().any(|line| line.contains("status=502") && line.contains("no-policy")), "{found:?}");
    for secret in ["top-secret", "query-secret", "cookie-secret"] {
        let found: Vec<String> =
            lines_with(secret).into_iter().filter(|line| line.contains("corsac")).collect();
        assert!(found.is_empty(), "{found:?}");
    }
}

#[tokio::test]
async fn what_a_shadow_policy_makes_of_a_flood_is_one_line() {
    collect();
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "{POLICY}[policies.next]\nallow_origins = [\"{EVIL}\"]\n[[routes]]\npath = \"/shadowed\"\n\
         upstream = \"{}\"\npolicy = \"app\"\nshadow_policy = \"next\"\n",
        upstream.url()
    ));
    for index in 0..20 {
        fetch(gateway.local_addr(), from(EVIL, get(&format!("/shadowed/{index}?token=query-secret")))).await;
    }
    let mut found = lines_with("the shadow policy decides otherwise");
    found.retain(|line| line.contains("route=/shadowed "));
    let [line] = found.as_slice() else { panic!("{found:?}") };
    for part in [
        "INFO corsac_gateway::shadow",
        "route=/shadowed",
        "policy=\"app\"",
        "shadow_policy=\"next\"",
        "reason=\"origin-not-listed\"",
        "shadow_reason=\"allowed\"",
        "origin=\"https://evil.example\"",
        "path=\"/shadowed/0\"",
        "times=1",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[tokio::test]
async fn the_client_is_the_one_a_trusted_proxy_asked_for() {
    collect();
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "trusted_proxies = \"127.0.0.1\"\n[[routes]]\npath = \"/behind-a-proxy\"\nupstream = \"{}\"\n",
        upstream.url()
    ));
    fetch(gateway.local_addr(), with(get("/behind-a-proxy"), "x-forwarded-for", "203.0.113.7")).await;
    let found = lines_with("path=\"/behind-a-proxy\"");
    assert!(found.iter().any(|line| line.contains("client=203.0.113.7")), "{found:?}");
}
