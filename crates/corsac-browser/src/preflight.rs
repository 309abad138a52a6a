//! The preflight: when one is needed, and what its answer allows.
//!
//! Decides; the cache it asks is beside it, and sending is the machine's affair.
//!
//! Spec: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>

use std::collections::BTreeMap;
use std::time::Duration;

use corsac::is_safelisted_method;

use crate::cors_check::{Stage, cors_check};
use crate::header_name::NON_WILDCARD_HEADER;
use crate::request::Request;
use crate::{
    Failure, FailureId, PreflightCache, PreflightReason, UnsafeReason, WireResponse, extract, redirect,
    safelist,
};

/// What the answer to a preflight allows, for the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) max_age: Duration,
}

/// Why a preflight must go first; nothing where the cache knows the answer: `#concept-http-fetch`, step 4.1.
pub(crate) fn reasons(
    request: &Request,
    unsafe_headers: &BTreeMap<String, UnsafeReason>,
    cache: &PreflightCache,
    now: Duration,
) -> Vec<PreflightReason> {
    let mut reasons = Vec::new();
    if !cache.allows_method(request, now) {
        if !is_safelisted_method(&request.method) {
            reasons.push(PreflightReason::Method(request.method.clone()));
        }
        if request.upload_listener {
            reasons.push(PreflightReason::UploadListener);
        }
        if request.stream {
            reasons.push(PreflightReason::Stream);
        }
    }
    let unknown = unsafe_headers.iter().filter(|(name, _)| !cache.allows_header(request, name, now));
    reasons
        .extend(unknown.map(|(name, why)| PreflightReason::Header { name: name.clone(), why: why.clone() }));
    reasons
}

/// What the answer allows, or everything that is wrong with it, in order: `#cors-preflight-fetch-0`, step 7.
pub(crate) fn check(request: &Request, response: &WireResponse) -> Result<Grant, Vec<Failure>> {
    let mut failures = cors_check(request, response, Stage::Preflight);
    let failure = |id| request.failure(id).with(|facts| facts.status = Some(response.status));
    if redirect::is_redirect_status(response.status) {
        let location = extract::joined_text(&response.headers, "Location");
        failures.push(failure(FailureId::PreflightRedirect).with(|facts| facts.location = location));
    } else if !(200..=299).contains(&response.status) {
        failures.push(failure(FailureId::PreflightStatusNotOk));
    }

    // Steps 7.1 to 7.3: a header that cannot be read fails the preflight, needed or not.
    let mut read = |name, id| {
        let value = extract::joined_text(&response.headers, name);
        let tokens = extract::tokens(&response.headers, name).map_err(|token| {
            failures.push(failure(id).with(|facts| {
                facts.value.clone_from(&value);
                facts.token = Some(token);
            }));
        });
        (value, tokens)
    };
    let (methods_value, methods) = read("Access-Control-Allow-Methods", FailureId::PreflightAcamUnparsable);
    let (headers_value, headers) = read("Access-Control-Allow-Headers", FailureId::PreflightAcahUnparsable);

    // Step 7.4: so that a preflight only the flag asked for can be kept.
    let methods = methods.map(|methods| match methods {
        None if request.use_cors_preflight() => vec![request.method.clone()],
        methods => methods.unwrap_or_default(),
    });
    let headers = headers.map(Option::unwrap_or_default);

    if let Ok(methods) = &methods
        && !method_allowed(request, methods)
    {
        let failure = failure(FailureId::PreflightMethodNotAllowed);
        failures.push(failure.with(|facts| facts.value = methods_value));
    }
    if let Ok(headers) = &headers
        && let Some((id, names)) = headers_refused(request, headers)
    {
        failures.push(failure(id).with(|facts| {
            facts.headers = names;
            facts.value = headers_value;
        }));
    }
    match (methods, headers) {
        (Ok(methods), Ok(headers)) if failures.is_empty() => {
            Ok(Grant { methods, headers, max_age: max_age(request, response) })
        }
        _ => Err(failures),
    }
}

/// Step 7.5. Methods compare byte for byte, and `*` counts for requests without credentials only.
fn method_allowed(request: &Request, methods: &[String]) -> bool {
    methods.contains(&request.method)
        || is_safelisted_method(&request.method)
        || (!request.includes_credentials() && has_wildcard(methods))
}

/// Steps 7.6 and 7.7, told as one failure with every name that is not allowed.
fn headers_refused(request: &Request, allowed: &[String]) -> Option<(FailureId, Vec<String>)> {
    let is_listed = |name: &str| allowed.iter().any(|listed| listed.eq_ignore_ascii_case(name));
    let wildcard = !request.includes_credentials() && has_wildcard(allowed);
    let refused: Vec<_> =
        safelist::unsafe_headers(&request.headers).into_keys().filter(|name| !is_listed(name)).collect();
    let is_authorization = |name: &String| name.eq_ignore_ascii_case(NON_WILDCARD_HEADER);
    if !wildcard {
        return (!refused.is_empty()).then_some((FailureId::PreflightHeaderNotAllowed, refused));
    }
    let refused: Vec<_> = refused.into_iter().filter(is_authorization).collect();
    (!refused.is_empty()).then_some((FailureId::PreflightAuthorizationOnlyWildcard, refused))
}

fn has_wildcard(list: &[String]) -> bool {
    list.iter().any(|item| item == "*")
}

/// Steps 7.8 to 7.10.
fn max_age(request: &Request, response: &WireResponse) -> Duration {
    const DEFAULT: u64 = 5;
    let seconds = extract::delta_seconds(&response.headers, "Access-Control-Max-Age").unwrap_or(DEFAULT);
    Duration::from_secs(request.profile.max_age_limit.map_or(seconds, |limit| seconds.min(limit)))
}
