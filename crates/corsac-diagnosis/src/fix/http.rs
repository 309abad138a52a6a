//! What any server must send, in HTTP's own words: for a stack that no lines are written for.

use corsac_export::Step;

use super::need::Need;
use super::{Fix, words};
use crate::cause::Cause;
use crate::exchange::Case;

/// The headers; `why` there are no lines for the stack, where that is known.
pub(super) fn fix(case: &Case<'_>, need: &Need, why: Option<&str>) -> Fix {
    let policy = &need.config;
    let mut permission = vec![format!("Access-Control-Allow-Origin: {}", need.origin)];
    if policy.allow_credentials {
        permission.push("Access-Control-Allow-Credentials: true".to_owned());
    }
    let mut steps = Vec::new();
    if need.preflighted {
        let lists = [
            ("Access-Control-Allow-Methods", &policy.allow_methods),
            ("Access-Control-Allow-Headers", &policy.allow_headers),
        ];
        let lists = lists
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(header, names)| format!("{header}: {}", names.join(", ")));
        let mut lines = vec!["HTTP/1.1 204 No Content".to_owned()];
        lines.extend(permission.iter().cloned().chain(lists));
        lines.push("Vary: Origin".to_owned());
        steps.push(Step::put(
            format!(
                "Where OPTIONS comes with Origin: {} and with Access-Control-Request-Method, answer at once, before \
                 authentication and before any redirect",
                need.origin
            ),
            &lines.join("\n"),
        ));
    }
    if !policy.expose_headers.is_empty() {
        permission.push(format!("Access-Control-Expose-Headers: {}", policy.expose_headers.join(", ")));
    }
    permission.push("Vary: Origin".to_owned());
    let other = if need.preflighted { "other " } else { "" };
    steps.push(Step::put(
        format!(
            "On every {other}answer to a request with Origin: {}, errors included, add to what is there",
            need.origin
        ),
        &permission.join("\n"),
    ));
    steps.push(Step::act(
        "To any other origin send no Access-Control-* header at all, and Vary: Origin all the same",
    ));
    let in_front = "A server in front can speak about CORS as well: --stack nginx, --stack apache and others print its lines.";
    let notes = why.map(|_| in_front.to_owned()).into_iter().collect();
    let why = why.map(|why| format!("{why} ")).unwrap_or_default();
    Fix {
        target: "http",
        title: format!("{why}Whatever the server is: {}", words::title(need)),
        steps: words::around(steps, case, need, None),
        notes,
        policy: Some(policy.clone()),
        comment: "#",
    }
}

/// What a cache has to do that stands in front of a server which is right by itself.
pub(super) fn of_a_cache(cause: Cause) -> Option<Fix> {
    let (title, first) = match cause {
        Cause::CdnIgnoresOrigin => (
            "The CDN: tell origins apart",
            Step::put(
                "In the CDN's cache key, and among the headers that it passes on",
                "Origin\nAccess-Control-Request-Method\nAccess-Control-Request-Headers",
            ),
        ),
        Cause::StalePreflight => (
            "The server: keep preflights out of the cache in front",
            Step::put("On every answer to OPTIONS", "Cache-Control: no-store"),
        ),
        _ => return None,
    };
    Some(Fix {
        target: "http",
        title: title.into(),
        steps: vec![first, Step::act("Then empty the cache once: it keeps the answers it has")],
        notes: Vec::new(),
        policy: None,
        comment: "#",
    })
}
