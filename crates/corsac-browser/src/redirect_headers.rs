//! What a redirect takes from a request's headers, and what engines give back at the next one.
//!
//! Knows headers only; whether the redirect may be followed is decided elsewhere.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>, steps 12 and 13.

use corsac::Origin;
use url::Url;

use crate::header_name::{NON_WILDCARD_HEADER, REQUEST_BODY_HEADERS};
use crate::request::Request;
use crate::{CredentialsMode, HeaderList, Initiator, Mode, Quirk, Tainting, client_hint, safelist};

/// Whether a redirect makes a `GET` of the method, and drops the body: step 12.
pub(crate) fn becomes_get(status: u16, method: &str) -> bool {
    match status {
        301 | 302 => method == "POST",
        303 => !matches!(method, "GET" | "HEAD"),
        _ => false,
    }
}

/// Whether a redirect leads to another origin than the one that answered: step 13.
pub(crate) fn leaves(request: &Request, location: &Url) -> bool {
    !request.target().is_same_origin(&Origin::of_url(location))
}

/// The headers that go on with the request.
pub(crate) fn sent(request: &Request, status: u16, location: &Url) -> HeaderList {
    let returns = request.has(Quirk::RemovedHeadersReturn) || request.has(Quirk::BodyHeadersReturn);
    let mut headers = if returns { &request.original_headers } else { &request.headers }.clone();
    if drops_body_headers(request, status, location) {
        remove(&mut headers, &REQUEST_BODY_HEADERS);
    }
    if request.has(Quirk::RemovedHeadersReturn)
        && is_type_for_good(request)
        && !request.headers.contains("Content-Type")
    {
        headers.remove("Content-Type");
    }
    let is_gone = request.has(Quirk::BodyHeadersReturn) && !request.headers.contains(NON_WILDCARD_HEADER);
    if leaves(request, location) || is_gone {
        headers.remove(NON_WILDCARD_HEADER);
    }
    let is_home = request.page.origin.is_same_origin(&Origin::of_url(location));
    if request.has(Quirk::RedirectDropsClientHints) && !is_home {
        remove(&mut headers, client_hint::NOT_FOR_OTHERS);
    }
    headers
}

/// The headers that leave is asked for at the next hop, where an engine keeps account of them apart: those that the
/// script has set, without what this one redirect takes.
pub(crate) fn asked(request: &Request, status: u16, location: &Url) -> HeaderList {
    let mut headers = request.original_headers.clone();
    let content_type = headers.get("Content-Type");
    if becomes_get(status, &request.method) {
        remove(&mut headers, &REQUEST_BODY_HEADERS);
    }
    if is_type_for_good(request)
        && let Some(content_type) = content_type
    {
        headers.remove("Content-Type");
        // The account is made anew if anything else of the script's asks; if not, it stays as it was.
        let is_sent = request.headers.contains("Content-Type") && !becomes_get(status, &request.method);
        let others_ask =
            request.upload_listener || !safelist::unsafe_headers(&headers, request.browser).is_empty();
        if is_sent || !others_ask {
            headers.append("Content-Type", content_type);
        }
    }
    if leaves(request, location) {
        headers.remove(NON_WILDCARD_HEADER);
    }
    headers
}

/// Whether the headers of a body are dropped: with the body, or once more, by a method that redirects have changed since.
pub(crate) fn drops_body_headers(request: &Request, status: u16, location: &Url) -> bool {
    let is_home = request.page.origin.is_same_origin(&Origin::of_url(location));
    let is_without_cors = request.tainting != Tainting::Cors && (request.mode != Mode::Cors || is_home);
    let is_dropped_again = if request.has(Quirk::RemovedHeadersReturn) {
        becomes_get(status, &request.original_method)
    } else {
        request.has(Quirk::BodyHeadersReturn) && is_without_cors && becomes_get(status, &request.method_kept)
    };
    becomes_get(status, &request.method) || is_dropped_again
}

/// Whether an engine that gives headers back begins anew, with what is left: in `no-cors`, when credentials that were
/// meant for the page's own server must not go any further.
pub(crate) fn begins_anew(request: &Request, location: &Url) -> bool {
    let is_home = |origin: &Origin| request.page.origin.is_same_origin(origin);
    request.has(Quirk::BodyHeadersReturn)
        && request.mode == Mode::NoCors
        && request.credentials == CredentialsMode::SameOrigin
        && is_home(&request.target())
        && !is_home(&Origin::of_url(location))
}

/// Whether a `Content-Type` that was dropped stays away: `XMLHttpRequest` gives back what the script has set, and a
/// body's own type is not.
fn is_type_for_good(request: &Request) -> bool {
    request.initiator == Initiator::Xhr && request.type_is_of_body
}

fn remove(headers: &mut HeaderList, names: &[&str]) {
    for name in names {
        headers.remove(name);
    }
}
