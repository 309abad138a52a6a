//! What a response shows, one question each. Concludes nothing.

use corsac_browser::{HeaderList, WireResponse};

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";
pub(super) const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";

/// The CORS response headers that are there, `Access-Control-Allow-Origin` aside.
pub(super) fn other_cors_headers(response: &WireResponse) -> Vec<String> {
    corsac::CORS_RESPONSE_HEADERS
        .iter()
        .filter(|name| **name != ALLOW_ORIGIN && response.headers.contains(name))
        .map(|name| (*name).to_owned())
        .collect()
}

/// The header that was meant to be `Access-Control-Allow-Origin`, and has another name by a slip or two.
pub(super) fn misspelled_allow_origin(response: &WireResponse) -> Option<String> {
    let names = response.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    let is_near = |name: &String| {
        strsim::damerau_levenshtein(name, ALLOW_ORIGIN) <= 3
            || name == "allow-origin"
            || name == "access-control-origin"
    };
    names.filter(|name| !corsac::CORS_RESPONSE_HEADERS.contains(&name.as_str())).find(is_near)
}

/// Whether `Origin` stands in `Vary` by name: who writes that has origins in mind.
pub(super) fn names_origin_in_vary(response: &WireResponse) -> bool {
    response
        .headers
        .get_text("vary")
        .is_some_and(|value| value.split(',').any(|element| element.trim().eq_ignore_ascii_case("origin")))
}

pub(super) fn varies_by_origin(response: &WireResponse) -> bool {
    response.headers.get_text("vary").is_some_and(|value| {
        value.split(',').any(|element| element.trim() == "*" || element.trim().eq_ignore_ascii_case("origin"))
    })
}

/// Where caches say whether an answer is a copy.
const SAID_BY_CACHES: [&str; 8] = [
    "x-cache",
    "cf-cache-status",
    "x-cache-status",
    "x-proxy-cache",
    "x-vercel-cache",
    "x-nextjs-cache",
    "cdn-cache",
    "cache-status",
];

/// The header that shows that a cache gave this answer, if one did.
pub(super) fn cached_by(response: &WireResponse) -> Option<&'static str> {
    // `Age: 0` is what a cache says that has just fetched it.
    let age = response.headers.get_text("age").and_then(|value| value.trim().parse::<u64>().ok());
    let says_hit = |name: &str| {
        response.headers.get_text(name).is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            // Of several caches in a row, the last to speak is the nearest.
            value.rsplit(',').next().unwrap_or_default().contains("hit")
        })
    };
    let hit = SAID_BY_CACHES.into_iter().find(|name| says_hit(name));
    hit.or_else(|| age.is_some_and(|seconds| seconds > 0).then_some("age"))
}

/// Whether the server asks shared caches to keep this answer, and none says what it did.
pub(super) fn is_for_shared_caches(response: &WireResponse) -> bool {
    let headers = &response.headers;
    let says_nothing = !headers.contains("age") && !SAID_BY_CACHES.iter().any(|name| headers.contains(name));
    let asked = headers.get_text("cache-control").unwrap_or_default().to_ascii_lowercase();
    let directives = || asked.split(',').map(str::trim);
    let is_kept = |directive: &str| match directive.strip_prefix("s-maxage=") {
        Some(seconds) => seconds.trim_matches('"').parse::<u64>().is_ok_and(|seconds| seconds > 0),
        None => directive == "public",
    };
    let is_kept_back = |directive: &str| ["private", "no-store", "no-cache"].contains(&directive);
    says_nothing && directives().any(is_kept) && !directives().any(is_kept_back)
}

/// The answer a framework gives when nobody handles OPTIONS: the methods it has, and no list of the protocol's.
pub(super) fn is_automatic_options(response: &WireResponse) -> bool {
    let lists = ["access-control-allow-methods", "access-control-allow-headers"];
    response.headers.contains("allow") && !lists.iter().any(|name| response.headers.contains(name))
}

/// Whether nginx wrote this, or stands in front of what did.
pub(super) fn is_nginx(headers: &HeaderList) -> bool {
    let server = headers.get_text("server").unwrap_or_default().to_ascii_lowercase();
    server.contains("nginx") || server.contains("openresty")
}

/// Whether this answer lets a page of that origin read it.
pub(super) fn allows(response: &WireResponse, origin: &str, with_credentials: bool) -> bool {
    let mut lines = response.headers.values(ALLOW_ORIGIN);
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return false;
    }
    let named = first == Some(origin.as_bytes());
    if with_credentials {
        named && response.headers.get(ALLOW_CREDENTIALS).as_deref() == Some(b"true")
    } else {
        named || first == Some(b"*")
    }
}

/// What an answer says about the origin, in a few words.
pub(super) fn in_words(response: &WireResponse) -> String {
    match response.headers.get_text(ALLOW_ORIGIN) {
        Some(value) => format!("{}, with Access-Control-Allow-Origin: {value}", response.status),
        None => format!("{}, without Access-Control-Allow-Origin", response.status),
    }
}
