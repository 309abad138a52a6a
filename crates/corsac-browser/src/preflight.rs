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
    Failure, FailureId, PreflightCache, PreflightReason, Quirk, UnsafeReason, WireResponse, extract, max_age,
    order, redirect, request_origin, safelist,
};

/// What the answer to a preflight allows, for the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) max_age: Duration,
}

/// What an answer comes to.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Everything that is wrong with it, in the order in which it would show.
    pub(crate) failures: Vec<Failure>,
    /// What to remember of it, if anything.
    pub(crate) grant: Option<Grant>,
}

/// The headers a preflight would name, or nothing where none is needed: `#concept-main-fetch`, step 12.
pub(crate) fn wanted(request: &Request) -> Option<BTreeMap<String, UnsafeReason>> {
    let names = asked_headers(request);
    let asks = request.use_cors_preflight() || !is_safelisted_method(&request.method) || !names.is_empty();
    (asks || wanted_again(request)).then_some(names)
}

/// The headers leave is asked for: `#cors-unsafe-request-header-names`, of what is left after redirects.
pub(crate) fn asked_headers(request: &Request) -> BTreeMap<String, UnsafeReason> {
    let unsafe_headers = |headers| safelist::unsafe_headers(headers, request.browser);
    if request.has(Quirk::OriginalHeadersAsked) {
        unsafe_headers(&request.original_headers)
    } else if request.has(Quirk::RemovedHeadersAskedAgain) {
        unsafe_headers(&request.asked_headers)
    } else {
        unsafe_headers(&request.headers)
    }
}

/// Whether a redirected request asks once more, though nothing in it needs leave any longer.
fn wanted_again(request: &Request) -> bool {
    (request.preflighted && request.has(Quirk::PreflightAfterRedirect))
        || (request.has(Quirk::RemovedHeadersAsk)
            && !safelist::unsafe_headers(&request.original_headers, request.browser).is_empty())
}

/// Why a preflight must go first; nothing where the cache knows the answer: `#concept-http-fetch`, step 4.1.
pub(crate) fn reasons(
    request: &Request,
    unsafe_headers: &BTreeMap<String, UnsafeReason>,
    cache: &mut PreflightCache,
    now: Duration,
) -> Vec<PreflightReason> {
    let unknown = cache.unknown(request, unsafe_headers, now);
    let mut reasons = Vec::new();
    if unknown.method {
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
    let headers = unsafe_headers.iter().filter(|(name, _)| unknown.headers.contains(name.as_str()));
    reasons
        .extend(headers.map(|(name, why)| PreflightReason::Header { name: name.clone(), why: why.clone() }));
    if reasons.is_empty() && unknown.method && request.urls().len() > 1 && wanted_again(request) {
        reasons.push(PreflightReason::Redirected);
    }
    reasons
}

/// What the answer allows, or everything that is wrong with it, in order: `#cors-preflight-fetch-0`, step 7.
pub(crate) fn check(request: &Request, response: &WireResponse) -> Checked {
    let mut failures = if request_origin::checks_preflight(request) {
        cors_check(request, response, Stage::Preflight)
    } else {
        Vec::new()
    };
    let failure = |id| request.failure(id).with(|facts| facts.status = Some(response.status));
    let leads_somewhere =
        !request.has(Quirk::RedirectNeedsLocation) || redirect::has_location(request, response);
    if redirect::is_redirect_status(response.status) && leads_somewhere {
        failures.push(failure(FailureId::PreflightRedirect).with(|facts| {
            facts.location = extract::joined_text(&response.headers, "Location");
            facts.target = redirect::location_url(request, response);
            facts.allow_origin = extract::value(&response.headers, "Access-Control-Allow-Origin");
        }));
    } else if !(200..=299).contains(&response.status) {
        failures.push(failure(FailureId::PreflightStatusNotOk));
    }

    // Steps 7.1 to 7.3: a header that cannot be read fails the preflight, needed or not.
    let mut read = |name, id| {
        let value = extract::value(&response.headers, name);
        let tokens = extract::tokens(&response.headers, name).map_err(|error| {
            failures.push(failure(id).with(|facts| {
                facts.value.clone_from(&value);
                facts.token = Some(error.element);
            }));
        });
        (value, tokens)
    };
    let (methods_value, methods) = read("Access-Control-Allow-Methods", FailureId::PreflightAcamUnparsable);
    let (headers_value, headers) = read("Access-Control-Allow-Headers", FailureId::PreflightAcahUnparsable);

    // Step 7.4: so that a preflight only the flag asked for can be kept.
    let methods = methods.map(|methods| match methods {
        None if request.use_cors_preflight() && !request.has(Quirk::ListenerGrantsNothing) => {
            vec![request.method.clone()]
        }
        methods => methods.unwrap_or_default(),
    });
    let headers = headers.map(Option::unwrap_or_default);

    let is_readable = failures.is_empty();
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
    let is_kept = failures.is_empty() || (is_readable && request.has(Quirk::CacheKeepsRefusals));
    order::sort(request.browser, &mut failures);
    let grant = match (methods, headers) {
        (Ok(methods), Ok(headers)) if is_kept => max_age::max_age(request.browser, &response.headers)
            .map(|max_age| Grant { methods, headers, max_age }),
        _ => None,
    };
    Checked { failures, grant }
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
    let refused: Vec<_> = asked_headers(request).into_keys().filter(|name| !is_listed(name)).collect();
    let is_authorization = |name: &String| name.eq_ignore_ascii_case(NON_WILDCARD_HEADER);
    if !wildcard {
        return (!refused.is_empty()).then_some((FailureId::PreflightHeaderNotAllowed, refused));
    }
    if request.has(Quirk::AuthorizationUnderWildcard) {
        return None;
    }
    let refused: Vec<_> = refused.into_iter().filter(is_authorization).collect();
    (!refused.is_empty()).then_some((FailureId::PreflightAuthorizationOnlyWildcard, refused))
}

fn has_wildcard(list: &[String]) -> bool {
    list.iter().any(|item| item == "*")
}
