//! What a response's headers show, one question each. Concludes nothing.

use corsac_browser::WireResponse;

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";

/// The CORS response headers that are there, `Access-Control-Allow-Origin` aside.
pub(super) fn other_cors_headers(response: &WireResponse) -> Vec<String> {
    corsac::CORS_RESPONSE_HEADERS
        .iter()
        .filter(|name| **name != ALLOW_ORIGIN && response.headers.contains(name))
        .map(|name| (*name).to_owned())
        .collect()
}

pub(super) fn varies_by_origin(response: &WireResponse) -> bool {
    response.headers.get_text("vary").is_some_and(|value| {
        value.split(',').any(|element| element.trim() == "*" || element.trim().eq_ignore_ascii_case("origin"))
    })
}

pub(super) fn is_cached(response: &WireResponse) -> bool {
    let hit = |name: &str| {
        response.headers.get_text(name).is_some_and(|value| value.to_ascii_lowercase().contains("hit"))
    };
    hit("x-cache") || hit("cf-cache-status") || hit("x-cache-status") || response.headers.contains("age")
}

/// The answer a framework gives when nobody handles OPTIONS: the methods it has, and no list of the protocol's.
pub(super) fn is_automatic_options(response: &WireResponse) -> bool {
    let lists = ["access-control-allow-methods", "access-control-allow-headers"];
    response.headers.contains("allow") && !lists.iter().any(|name| response.headers.contains(name))
}
