//! The origin a request gives itself out for: the page's, until a redirect taints it.
//!
//! Spec: <https://fetch.spec.whatwg.org/#serializing-a-request-origin>

use corsac::Origin;
use url::Url;

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
    let is_home = |url| request.page.origin.is_same_origin(&Origin::of_url(url));
    request.urls().windows(2).any(|hop| leads_away(hop) && !is_home(&hop[0]))
}

/// Whether an `Origin` that a redirect could have left behind is still sent.
fn stays(request: &Request) -> bool {
    request.has(Quirk::OriginStays)
        && request.origin_sent.is_some()
        && !request.urls().windows(2).last().is_some_and(leads_away)
}

/// Whether cookies would go along if only the frame asked for them, which the server is told together with who
/// asks: <https://privacycg.github.io/storage-access-headers/>.
fn is_told_for_storage_access(request: &Request) -> bool {
    let [first, later @ ..] = request.urls() else { return false };
    let target = Origin::of_url(first);
    let had_no_body = matches!(request.original_method.as_str(), "GET" | "HEAD");
    let is_at_the_top = |top: &Origin| top.is_same_site(&target);
    request.has(Quirk::OriginForStorageAccess)
        && (later.is_empty() || (request.has(Quirk::StorageAccessOriginStays) && had_no_body))
        && request.includes_credentials()
        && request.page.origin.as_tuple().is_none()
        && request.page.top.as_ref().is_some_and(is_at_the_top)
}

/// Whether a hop, of two URLs, leads to another origin.
fn leads_away(hop: &[Url]) -> bool {
    !Origin::of_url(&hop[0]).is_same_origin(&Origin::of_url(&hop[1]))
}

/// The `Origin` header's value, where one is sent: `#append-a-request-origin-header`.
pub(crate) fn header(request: &Request) -> Option<String> {
    if request.tainting == Tainting::Cors {
        return Some(serialized(request));
    }
    if matches!(request.method.as_str(), "GET" | "HEAD")
        && !stays(request)
        && !is_told_for_storage_access(request)
    {
        return None;
    }
    // Step 4.1 with the default referrer policy, strict-origin-when-cross-origin.
    let is_downgrade = request.page.origin.as_tuple().is_some_and(|tuple| tuple.scheme() == "https")
        && request.url().scheme() != "https";
    let is_hidden = request.mode != Mode::Cors && is_downgrade && !request.has(Quirk::NoCorsOriginTold);
    let is_tainted_from_home = request.mode == Mode::NoCors
        && request.has(Quirk::NoCorsTaintedFromHome)
        && request.urls().windows(2).any(leads_away);
    if is_hidden || is_tainted_from_home { Some("null".into()) } else { Some(serialized(request)) }
}
