//! `Cross-Origin-Resource-Policy`: a server's word against being loaded by others, where CORS does not apply.
//!
//! Knows no embedder policy: the page is taken to have none.
//!
//! Spec: <https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check>

use corsac::{Origin, TupleOrigin};

use crate::request::Request;
use crate::{Failure, FailureId, Quirk, WireResponse, extract, redirect};

const NAME: &str = "Cross-Origin-Resource-Policy";

/// The failure, if the response may not be loaded by the page:
/// `#cross-origin-resource-policy-internal-check`.
///
/// Compares the whole value byte for byte: two policies, or one in another case, are no policy.
pub(crate) fn corp_check(request: &Request, response: &WireResponse) -> Option<Failure> {
    let page = &request.page.origin;
    let target = request.target();
    let allowed = match extract::joined(&response.headers, NAME).as_deref() {
        Some(b"same-origin") => page.is_same_origin(&target),
        Some(b"same-site") => {
            let has_site = !(request.has(Quirk::CorpNoSiteForAddresses) && is_address(&target));
            has_site && is_schemelessly_same_site(page, &target) && !is_upgrade(page, &target)
        }
        _ => true,
    };
    (!allowed).then(|| {
        request.failure(FailureId::CorpBlocked).with(|facts| {
            facts.status = Some(response.status);
            facts.value = extract::value(&response.headers, NAME);
            facts.location = extract::joined_text(&response.headers, "Location");
            facts.target = redirect::location_url(request, response);
        })
    })
}

/// <https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site>
fn is_schemelessly_same_site(one: &Origin, two: &Origin) -> bool {
    let site = |tuple: &TupleOrigin| tuple.registrable_domain().unwrap_or(tuple.host()).to_owned();
    match (one.as_tuple(), two.as_tuple()) {
        (Some(one), Some(two)) => site(one) == site(two),
        _ => false,
    }
}

fn is_address(origin: &Origin) -> bool {
    origin.as_tuple().is_some_and(|tuple| {
        tuple.host().starts_with('[') || tuple.host().parse::<std::net::Ipv4Addr>().is_ok()
    })
}

/// What came over https is not for a page that did not.
fn is_upgrade(page: &Origin, target: &Origin) -> bool {
    let is_https = |origin: &Origin| origin.as_tuple().is_some_and(|tuple| tuple.scheme() == "https");
    is_https(target) && !is_https(page)
}
