//! The origin a request gives itself out for: the page's, until a redirect taints it.
//!
//! Spec: <https://fetch.spec.whatwg.org/#serializing-a-request-origin>

use corsac::Origin;

use crate::request::Request;
use crate::{Mode, Quirk, Tainting};

/// The origin as it is sent and as it must be answered: `#serializing-a-request-origin`.
pub(crate) fn serialized(request: &Request) -> String {
    if is_tainted(request) { "null".into() } else { request.page.origin.to_string() }
}

/// The same for the preflight: `#cors-preflight-fetch-0` clones the request, redirects included.
pub(crate) fn serialized_for_preflight(request: &Request) -> String {
    if request.has(Quirk::PreflightOriginUntainted) {
        request.page.origin.to_string()
    } else {
        serialized(request)
    }
}

/// Whether the answer to a preflight is checked at all.
pub(crate) fn checks_preflight(request: &Request) -> bool {
    !(request.has(Quirk::OwnPreflightUnchecked) && request.target().is_same_origin(&request.page.origin))
}

/// Whether a redirect has made the origin untellable: `#concept-request-tainted-origin`.
///
/// The standard tells `same-site` from `cross-site` taint; the CORS protocol only asks whether there is any.
/// The page's own redirects never taint: from there to another origin, the page itself is behind the request.
pub(crate) fn is_tainted(request: &Request) -> bool {
    request.urls().windows(2).any(|hop| {
        let (from, to) = (Origin::of_url(&hop[0]), Origin::of_url(&hop[1]));
        !to.is_same_origin(&from) && !request.page.origin.is_same_origin(&from)
    })
}

/// The `Origin` header's value, where one is sent: `#append-a-request-origin-header`.
pub(crate) fn header(request: &Request) -> Option<String> {
    if request.tainting == Tainting::Cors {
        return Some(serialized(request));
    }
    let stays = request.has(Quirk::OriginStays) && request.origin_sent.is_some();
    if matches!(request.method.as_str(), "GET" | "HEAD") && !stays {
        return None;
    }
    // Step 4.1 with the default referrer policy, strict-origin-when-cross-origin.
    let is_downgrade = request.page.origin.as_tuple().is_some_and(|tuple| tuple.scheme() == "https")
        && request.url().scheme() != "https";
    let is_hidden = request.mode != Mode::Cors && is_downgrade && !request.has(Quirk::NoCorsOriginTold);
    if is_hidden { Some("null".into()) } else { Some(serialized(request)) }
}
