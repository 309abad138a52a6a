//! Which identifiers a message can mean: where on a call's way the step failed that it tells of.
//!
//! Most messages do not say whether it was the response, the preflight's answer or a redirect on the way; then all of
//! them are told, the likeliest first.

use corsac_browser::FailureId as Id;

use super::form::Check;
use super::message::{Slot, Values};

/// Where a CORS check can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The response to the call itself.
    Response,
    /// The answer to the preflight.
    Preflight,
    /// A redirect on the way.
    Hop,
}

/// The identifiers of a step at a place.
pub(super) fn failures_at(place: Place, check: Check, values: &Values) -> Vec<Id> {
    let one = |response, preflight, hop| match place {
        Place::Response => response,
        Place::Preflight => preflight,
        Place::Hop => hop,
    };
    let id = match check {
        Check::Missing => one(Id::AcaoMissing, Id::PreflightAcaoMissing, Id::RedirectHopAcaoMissing),
        Check::Mismatch => return mismatch(place, values),
        Check::Invalid => one(Id::AcaoInvalid, Id::PreflightAcaoInvalid, Id::RedirectHopAcaoInvalid),
        Check::MultipleLines => {
            one(Id::AcaoMultipleLines, Id::PreflightAcaoMultiple, Id::RedirectHopAcaoMultipleLines)
        }
        Check::List => one(Id::AcaoList, Id::PreflightAcaoMultiple, Id::RedirectHopAcaoList),
        Check::Wildcard => one(
            Id::AcaoWildcardWithCredentials,
            Id::PreflightAcaoWildcardWithCredentials,
            Id::RedirectHopAcaoWildcardWithCredentials,
        ),
        Check::Credentials => one(Id::AcacNotTrue, Id::PreflightAcacNotTrue, Id::RedirectHopAcacNotTrue),
    };
    vec![id]
}

/// The browser sends `null` for a page without an origin, and after a redirect between other origins.
fn mismatch(place: Place, values: &Values) -> Vec<Id> {
    let (plain, null) = match place {
        Place::Preflight => return vec![Id::PreflightAcaoMismatch],
        Place::Response => (Id::AcaoMismatch, Id::AcaoNullMismatch),
        Place::Hop => (Id::RedirectHopAcaoMismatch, Id::RedirectHopAcaoNullMismatch),
    };
    match (values.get(Slot::Origin), values.get(Slot::AllowOrigin)) {
        (Some("null"), _) => vec![null],
        // The page's own origin would have passed, had the browser sent it.
        (Some(origin), Some(allowed)) if origin == allowed => vec![null],
        (Some(_), Some("null")) => vec![plain, null],
        // WebKit names the origin that was sent, and no value.
        (Some(_), None) => vec![plain],
        (Some(_), Some(_)) if values.get(Slot::FirstUrl).is_none() && place == Place::Response => vec![plain],
        _ => vec![plain, null],
    }
}

/// What Chromium's code of a network error means; nothing where it tells nothing.
pub(super) fn network_failures(error: &str) -> &'static [Id] {
    match error.split('.').next().unwrap_or_default() {
        "ERR_FAILED" | "ERR_ABORTED" | "ERR_BLOCKED_BY_CLIENT" | "ERR_BLOCKED_BY_ADMINISTRATOR" => &[],
        "ERR_UNSAFE_REDIRECT" => &[Id::RedirectSchemeNotHttp],
        "ERR_INVALID_REDIRECT" => &[Id::RedirectLocationInvalid],
        "ERR_TOO_MANY_REDIRECTS" => &[Id::RedirectTooMany],
        "ERR_UNSAFE_PORT" => &[Id::BadPort],
        "ERR_UNKNOWN_URL_SCHEME" => &[Id::SchemeNotHttp, Id::RedirectSchemeNotHttp],
        "ERR_METHOD_NOT_SUPPORTED" => &[Id::SchemeNotHttp],
        "ERR_BLOCKED_BY_RESPONSE" => &[Id::CorpBlocked],
        "ERR_BLOCKED_BY_ORB" => &[Id::OpaqueResponse],
        "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS" | "ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS" => {
            &[Id::LnaPermissionDenied, Id::LnaInsecureContext, Id::LnaAddressSpaceMismatch]
        }
        "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION" => {
            &[Id::RedirectLocationInvalid, Id::NetworkFailure, Id::PreflightNetworkFailure]
        }
        _ => &[Id::NetworkFailure, Id::PreflightNetworkFailure],
    }
}
