//! The fork in the road: no CORS at all, an opaque response, or the CORS protocol with or without a
//! preflight.
//!
//! Looks at one URL of the request; called again for every hop.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-main-fetch>

use std::collections::BTreeMap;

use url::Url;

use crate::request::Request;
use crate::{Failure, FailureId, Mode, Quirk, RedirectMode, Tainting, UnsafeReason, preflight};

/// Which way a request goes: `#concept-main-fetch`, step 12.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `data:` and `blob:` URLs: the answer is in the browser already.
    Local,
    /// Same origin: no CORS.
    Basic,
    /// `no-cors`: sent, and nothing to read.
    Opaque,
    /// The CORS protocol, with a preflight if the cache does not make it needless.
    Cors {
        /// What needs leave, if anything does.
        preflight: Option<BTreeMap<String, UnsafeReason>>,
    },
}

/// The way the request goes, or everything that blocks it, in order: `#concept-main-fetch`, steps 7 and 12.
pub(crate) fn classify(request: &Request) -> Result<Route, Vec<Failure>> {
    let mut failures = Vec::new();
    if is_bad_port(request.url()) {
        let is_asked = matches!(route(request), Ok(Route::Cors { preflight: Some(_) }));
        failures.push(request.failure(FailureId::BadPort).with(|facts| facts.wants_preflight = is_asked));
    }
    if is_mixed_content(request) {
        failures.push(request.failure(FailureId::MixedContent));
    }
    match route(request) {
        Ok(route) if failures.is_empty() => Ok(route),
        Ok(_) => Err(failures),
        Err(id) => {
            let is_mode = matches!(id, FailureId::ModeSameOrigin | FailureId::NoCorsRedirectMode);
            let is_first = is_mode && request.has(Quirk::OrderModeFirst);
            let place = if is_first { 0 } else { failures.len() };
            failures.insert(place, request.failure(id));
            Err(failures)
        }
    }
}

/// Whether what blocks the call does not keep its preflight from going out.
pub(crate) fn is_late(request: &Request, failures: &[Failure]) -> bool {
    request.urls().len() > 1
        && request.has(Quirk::MixedContentAfterPreflight)
        && matches!(failures, [failure] if failure.id == FailureId::MixedContent)
        && matches!(route(request), Ok(Route::Cors { preflight: Some(_) }))
}

/// The way the request goes, whatever else may block it.
pub(crate) fn route(request: &Request) -> Result<Route, FailureId> {
    let scheme = request.url().scheme();
    let is_http = matches!(scheme, "http" | "https");
    let same_origin =
        request.target().is_same_origin(&request.page.origin) && request.tainting == Tainting::Basic;
    match request.mode {
        _ if scheme == "data" => Ok(Route::Local),
        _ if same_origin && is_http => Ok(Route::Basic),
        // A blob can only be got: `#scheme-fetch`.
        _ if same_origin && scheme == "blob" && request.method == "GET" => Ok(Route::Local),
        _ if same_origin => Err(FailureId::SchemeNotHttp),
        Mode::SameOrigin => Err(FailureId::ModeSameOrigin),
        Mode::NoCors if request.redirect != RedirectMode::Follow => Err(FailureId::NoCorsRedirectMode),
        Mode::NoCors if is_http => Ok(Route::Opaque),
        Mode::NoCors | Mode::Cors if !is_http => Err(FailureId::SchemeNotHttp),
        Mode::NoCors | Mode::Cors => Ok(Route::Cors { preflight: preflight::wanted(request) }),
    }
}

/// Ports other protocols live on: `#bad-port`.
fn is_bad_port(url: &Url) -> bool {
    const BAD_PORTS: [u16; 83] = [
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
        103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512,
        513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719,
        1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
        10080,
    ];
    matches!(url.scheme(), "http" | "https") && url.port().is_some_and(|port| BAD_PORTS.contains(&port))
}

/// A page on https, a target on http: <https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>.
///
/// Loopback is allowed, being potentially trustworthy; other schemes are judged by the rules below.
fn is_mixed_content(request: &Request) -> bool {
    let is_exempt =
        request.target().is_potentially_trustworthy() && !request.has(Quirk::LoopbackIsMixedContent);
    request.url().scheme() == "http" && request.page.restricts_mixed_content() && !is_exempt
}
