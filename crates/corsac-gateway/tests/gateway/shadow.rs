//! A policy that is tried beside the one that acts.

use corsac_gateway::Gateway;
use corsac_gateway::config::{Reasons, Shadow};
use http::{Method, StatusCode};

use crate::support::{APP, EVIL, Upstream, config, fetch, from, get, preflight, request};

const NEXT: &str = "https://next.example";

fn policies(upstream: &str) -> String {
    format!(
        "[policies.app]\nallow_origins = [\"{APP}\"]\nallow_methods = [\"PUT\"]\n\
         [policies.next]\nallow_origins = [\"{NEXT}\"]\nallow_methods = [\"PUT\"]\nrefuse_disallowed = true\n\
         [[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n"
    )
}

#[tokio::test]
async fn a_shadow_is_counted_and_changes_nothing() {
    let upstream = Upstream::echo().await;
    let text = policies(&upstream.url());
    let plain = Gateway::bind(config(&text)).expect("a gateway").spawn();
    let shadowed = config(&format!("{text}shadow_policy = \"next\"\n"));
    let shadow: Shadow = shadowed.routes()[0].shadow().expect("a shadow").clone();
    assert_eq!((shadow.name(), shadow.policy().allows_origin(NEXT)), ("next", true));
    let shadowed = Gateway::bind(shadowed).expect("a gateway").spawn();

    let requests = || {
        vec![
            get("/"),
            from(APP, get("/")),
            from(APP, get("/again")),
            from(NEXT, get("/")),
            from(EVIL, get("/")),
            preflight("/", APP, "PUT"),
            preflight("/", NEXT, "PUT"),
            preflight("/", EVIL, "PUT"),
            from(APP, request(Method::POST, "/")),
        ]
    };
    for (asked, again) in requests().into_iter().zip(requests()) {
        let what = format!("{asked:?}");
        let (status, mut headers, text) = fetch(plain.local_addr(), asked).await;
        let (shadowed_status, mut shadowed_headers, shadowed_text) =
            fetch(shadowed.local_addr(), again).await;
        headers.remove("date");
        shadowed_headers.remove("date");
        assert_eq!((status, headers, text), (shadowed_status, shadowed_headers, shadowed_text), "{what}");
    }
    assert_eq!(shadow.same(), 2);
    let reasons = |active, shadow| Reasons { active, shadow };
    let differing = [
        (reasons("allowed", "origin-not-listed"), 4),
        (reasons("origin-not-listed", "allowed"), 2),
        // It would have been answered 403.
        (reasons("origin-not-listed", "origin-not-listed"), 1),
    ];
    assert_eq!(shadow.differing(), differing);
}

#[tokio::test]
async fn files_have_shadows_too() {
    let text =
        policies("http://127.0.0.1:9").replace("upstream = \"http://127.0.0.1:9\"", "files = \"dist\"");
    let config = config(&format!("{text}shadow_policy = \"next\"\n"));
    let shadow = config.routes()[0].shadow().expect("a shadow").clone();
    let gateway = Gateway::bind(config).expect("a gateway").spawn();
    let (status, headers, _) = fetch(gateway.local_addr(), from(APP, get("/"))).await;
    assert_eq!((status, headers["access-control-allow-origin"].as_bytes()), (StatusCode::OK, APP.as_bytes()));
    assert_eq!((shadow.same(), shadow.differing().len()), (0, 1));
}
