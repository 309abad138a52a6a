//! What an entry is: a call under the CORS protocol, or one of the many requests that it has no say in.
//!
//! Goes by what the browser wrote into the request; where that tells nothing, by what loads carry as a rule.

use super::entry::Entry;

/// What kind of request an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call that comes under the CORS protocol where it crosses origins: `fetch()`, `XMLHttpRequest`, fonts, modules.
    Call,
    /// A load in mode `no-cors`: images, scripts, styles, or a `fetch()` that asked for it.
    NoCors,
    /// A page, or a frame, being opened.
    Navigation,
    /// Nothing that a server answers by HTTP: `data:`, `blob:`, extensions, WebSockets.
    Other,
}

impl Kind {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "cors",
            Self::NoCors => "no-cors",
            Self::Navigation => "navigation",
            Self::Other => "other",
        }
    }
}

/// The kind, and whether the request itself says so; otherwise it is the likely one.
pub(super) fn kind(entry: &Entry) -> (Kind, bool) {
    if !matches!(entry.url.scheme(), "http" | "https") {
        return (Kind::Other, true);
    }
    // <https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-mode-header>; sent to trustworthy addresses alone.
    match entry.header("sec-fetch-mode").as_deref() {
        Some("cors" | "same-origin") => return (Kind::Call, true),
        Some("no-cors") => return (Kind::NoCors, true),
        Some("navigate") => return (Kind::Navigation, true),
        Some("websocket" | "webtransport") => return (Kind::Other, true),
        _ => {}
    }
    match entry.resource.as_deref() {
        Some("fetch" | "xhr" | "preflight") => return (Kind::Call, true),
        Some("document") => return (Kind::Navigation, true),
        Some("websocket" | "webtransport" | "eventsource-ws") => return (Kind::Other, true),
        Some("font" | "eventsource") => return (Kind::Call, false),
        Some("ping" | "beacon" | "csp-violation-report") if !entry.headers.contains("origin") => {
            return (Kind::NoCors, false);
        }
        _ => {}
    }
    if entry.is_preflight() {
        return (Kind::Call, true);
    }
    let upgrades = entry.header("upgrade").is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    if upgrades {
        return (Kind::Other, true);
    }
    let is_page = entry.headers.contains("upgrade-insecure-requests")
        || entry.header("accept").is_some_and(|value| value.trim_start().starts_with("text/html"));
    if is_page {
        return (Kind::Navigation, false);
    }
    // Reads carry `Origin` in mode `cors` alone; writes carry it always, and scripts make most of them:
    // <https://fetch.spec.whatwg.org/#append-a-request-origin-header>.
    let is_read = matches!(entry.method.as_str(), "GET" | "HEAD");
    if entry.headers.contains("origin") { (Kind::Call, is_read) } else { (Kind::NoCors, false) }
}
