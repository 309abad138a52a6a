//! Redirects: where they lead, and what they take from the request.
//!
//! Judges one step; whether the target may be asked at all is classified again from the start.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>

use corsac::Origin;
use url::Url;

use crate::call_error::includes_credentials;
use crate::header_name::{NON_WILDCARD_HEADER, REQUEST_BODY_HEADERS, normalize_value};
use crate::request::Request;
use crate::{Failure, FailureId, Mode, Tainting, WireResponse, extract};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 20;

/// `#redirect-status`
pub(crate) fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The request as it goes on, or everything that forbids it, in order: `#concept-http-redirect-fetch`.
///
/// Nothing where there is no `Location`: then the response is one like any other.
pub(crate) fn follow(request: &Request, response: &WireResponse) -> Option<Result<Request, Vec<Failure>>> {
    let shown = extract::joined_text(&response.headers, "Location")?;
    let failure = |id| {
        request.failure(id).with(|facts| {
            facts.status = Some(response.status);
            facts.location = Some(shown.clone());
        })
    };
    let Some(location) = location_url(request.url(), response) else {
        return Some(Err(vec![failure(FailureId::RedirectLocationInvalid)]));
    };
    let mut failures = Vec::new();
    // Step 6.
    if !matches!(location.scheme(), "http" | "https") {
        failures.push(failure(FailureId::RedirectSchemeNotHttp));
    }
    // Step 7.
    if request.urls().len() > MAX_REDIRECTS {
        failures.push(failure(FailureId::RedirectTooMany));
    }
    // Steps 9 and 10: not to another origin, and once other origins had a say not to one's own either.
    let is_foreign =
        request.mode == Mode::Cors && !request.page.origin.is_same_origin(&Origin::of_url(&location));
    if includes_credentials(&location) && (is_foreign || request.tainting == Tainting::Cors) {
        failures.push(failure(FailureId::RedirectUrlCredentials));
    }
    // Step 11.
    if response.status != 303 && request.body.is_some() && request.stream {
        failures.push(failure(FailureId::RedirectStreamBody));
    }
    if !failures.is_empty() {
        return Some(Err(failures));
    }

    let mut next = request.clone();
    // Step 12.
    let drops_body = match response.status {
        301 | 302 => request.method == "POST",
        303 => !matches!(request.method.as_str(), "GET" | "HEAD"),
        _ => false,
    };
    if drops_body {
        next.method = "GET".into();
        next.body = None;
        for name in REQUEST_BODY_HEADERS {
            next.headers.remove(name);
        }
    }
    // Step 13.
    if !request.target().is_same_origin(&Origin::of_url(&location)) {
        next.headers.remove(NON_WILDCARD_HEADER);
    }
    next.push_url(location);
    Some(Ok(next))
}

/// Where a redirect leads; nothing where that cannot be told: `#concept-response-location-url`.
fn location_url(base: &Url, response: &WireResponse) -> Option<Url> {
    let mut lines = response.headers.values("Location").map(normalize_value);
    // A header that may stand once only: `#extract-header-list-values`, step 2.
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let mut location = base.join(&String::from_utf8_lossy(line)).ok()?;
    if location.fragment().is_none() {
        location.set_fragment(base.fragment());
    }
    Some(location)
}
