//! Corsac's own gateway: for a server that nobody may touch, or to see the call pass within a minute.

use super::{Fix, Need, quote};

pub(super) fn fix(need: &Need) -> Fix {
    let policy = &need.policy;
    let mut words = vec!["corsac serve".to_owned(), format!("--upstream {}", quote::shell(&need.upstream))];
    words.push(format!("--allow-origin {}", quote::shell(need.origin())));
    words
        .extend(policy.allow_methods.iter().map(|method| format!("--allow-method {}", quote::shell(method))));
    words.extend(policy.allow_headers.iter().map(|name| format!("--allow-header {}", quote::shell(name))));
    if policy.allow_credentials {
        words.push("--allow-credentials".to_owned());
    }
    Fix {
        target: "corsac",
        title: "Or leave the server as it is, and put the gateway in front; the page then calls http://127.0.0.1:8080".into(),
        snippet: words.join(" \\\n    ") + "\n",
    }
}
