//! Corsac's own gateway: for a server that nobody may touch, or to see the call pass within a minute.

use corsac_export::Step;

use super::need::Need;
use super::{Fix, quote};

pub(super) fn fix(need: &Need) -> Fix {
    let policy = &need.config;
    let mut words = vec!["corsac serve".to_owned(), format!("--upstream {}", quote::shell(&need.upstream))];
    words.push(format!("--allow-origin {}", quote::shell(&need.origin)));
    words
        .extend(policy.allow_methods.iter().map(|method| format!("--allow-method {}", quote::shell(method))));
    words.extend(policy.allow_headers.iter().map(|name| format!("--allow-header {}", quote::shell(name))));
    words.extend(policy.expose_headers.iter().map(|name| format!("--expose-header {}", quote::shell(name))));
    if policy.allow_credentials {
        words.push("--allow-credentials".to_owned());
    }
    // The gateway cannot listen where the API does.
    let port = if need.upstream.ends_with(":8080") { 8081 } else { 8080 };
    if port != 8080 {
        words.push(format!("--listen 127.0.0.1:{port}"));
    }
    Fix {
        target: "corsac",
        title: format!(
            "Or leave the server as it is, and put the gateway in front; the page then calls http://127.0.0.1:{port}"
        ),
        steps: vec![Step::put("In a terminal", &words.join(" \\\n    "))],
        notes: Vec::new(),
        policy: Some(policy.clone()),
        comment: "#",
    }
}
