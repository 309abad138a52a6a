//! What any server must send, in HTTP's own words: for a stack that no lines are written for.

use super::{Fix, Need};

pub(super) fn fix(need: &Need) -> Fix {
    let policy = &need.policy;
    let credentials = policy.allow_credentials.then_some("Access-Control-Allow-Credentials: true");
    let origin = format!(
        "Access-Control-Allow-Origin: {}   (only after comparing Origin with your list)",
        need.origin()
    );
    let mut lines = Vec::new();
    if need.preflighted {
        lines.push(
            "OPTIONS with Access-Control-Request-Method: answer 204, before authentication, with".to_owned(),
        );
        lines.push(format!("  {origin}"));
        lines.extend(credentials.map(|line| format!("  {line}")));
        if !policy.allow_methods.is_empty() {
            lines.push(format!("  Access-Control-Allow-Methods: {}", policy.allow_methods.join(", ")));
        }
        if !policy.allow_headers.is_empty() {
            lines.push(format!("  Access-Control-Allow-Headers: {}", policy.allow_headers.join(", ")));
        }
        lines.push("  Vary: Origin".to_owned());
    }
    lines.push(format!("{}, errors included: answer as always, with", need.method));
    lines.push(format!("  {origin}"));
    lines.extend(credentials.map(|line| format!("  {line}")));
    lines.push("  Vary: Origin".to_owned());
    Fix { target: "http", title: "What the server must send".into(), snippet: lines.join("\n") + "\n" }
}
