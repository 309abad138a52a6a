//! The machine: what a browser sends next, and what it concludes in the end.
//!
//! Does no IO and reads no clock: the caller sends what it is given, and brings the answer and the time.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-fetch>

use std::time::Duration;

use data_url::DataUrl;

use crate::classify::{Route, classify, is_late, route};
use crate::cors_check::{Stage, cors_check};
use crate::preflight::Checked;
use crate::request::Request;
use crate::{
    Answer, Blocked, Browser, Call, CallError, Failure, FailureId, Outcome, Page, PreflightCache,
    PreflightReason, Quirk, Readable, RedirectMode, RequestKind, Tainting, Verdict, WireRequest,
    WireResponse, corp, filter, order, preflight, redirect, wire_headers,
};

/// What comes next in a call.
#[derive(Debug)]
#[must_use]
pub enum Next {
    /// A request to send, and to bring the answer of.
    Send(Box<Pending>),
    /// Nothing more: the script has its response, or its error.
    Done(Box<Verdict>),
}

/// A request that waits for its answer.
///
/// There is no other way on than [`Pending::receive`], and it can be taken once.
#[derive(Debug)]
#[must_use]
pub struct Pending {
    request: Request,
    wire: WireRequest,
    reasons: Vec<PreflightReason>,
}

/// Begins a call: `#concept-fetch`.
///
/// `now` is the time on any clock of the caller's that does not go backwards; the preflight cache counts by
/// it.
///
/// ```
/// use corsac_browser::{Browser, Call, Next, Page, PreflightCache, fetch};
/// use std::time::Duration;
///
/// let page = Page::of("https://app.example".parse()?);
/// let call = Call::get("https://api.example/orders".parse()?);
/// let mut cache = PreflightCache::new();
/// match fetch(&page, &call, Browser::Standard, &mut cache, Duration::ZERO) {
///     Next::Send(pending) => {
///         let origin = pending.request().headers.get_text("Origin");
///         assert_eq!(origin.as_deref(), Some("https://app.example"));
///     }
///     Next::Done(verdict) => panic!("{verdict:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fetch(page: &Page, call: &Call, browser: Browser, cache: &mut PreflightCache, now: Duration) -> Next {
    let mut request = Request::new(page, call, browser);
    request.number = cache.number_call();
    let mut errors = call.errors();
    if request.stream && browser.has(Quirk::StreamRefused) {
        errors.push(CallError::StreamUnsupported);
    }
    if !errors.is_empty() {
        let failures = errors.iter().map(|error| request.call_failure(error)).collect();
        return blocked(request, failures, cache);
    }
    main_fetch(request, cache, now)
}

impl Pending {
    /// The request to send, exactly as it is.
    #[must_use]
    pub fn request(&self) -> &WireRequest {
        &self.wire
    }

    /// Why this is a preflight: what the cache does not allow already. Nothing where it is the actual
    /// request.
    #[must_use]
    pub fn preflight_reasons(&self) -> &[PreflightReason] {
        &self.reasons
    }

    /// Takes the answer, and says what comes next.
    pub fn receive(self, answer: Answer, cache: &mut PreflightCache, now: Duration) -> Next {
        let Self { request, wire, .. } = self;
        let answer = match answer {
            Answer::Response(response) if request.has(Quirk::EmptyLinesDropped) => {
                Answer::Response(without_empty_lines(response))
            }
            answer => answer,
        };
        match (wire.kind, answer) {
            (RequestKind::Preflight, Answer::NetworkError) => {
                let failures = vec![request.failure(FailureId::PreflightNetworkFailure)];
                blocked(request, failures, cache)
            }
            (RequestKind::Preflight, Answer::Response(response)) => {
                if redirect::is_contradictory(&request, &response) {
                    let failure = contradiction(&request, &response, FailureId::PreflightNetworkFailure);
                    return blocked(request, vec![failure], cache);
                }
                if is_no_answer(&request, &response) {
                    let failure = request.failure(FailureId::PreflightNetworkFailure);
                    let failures = vec![failure.with(|facts| facts.status = Some(response.status))];
                    return blocked(request, failures, cache);
                }
                let Checked { failures, grant } = preflight::check(&request, &response);
                if let Some(grant) = grant {
                    cache.store(&request, grant, now);
                }
                if failures.is_empty() {
                    send_actual(request, cache)
                } else {
                    blocked(request, failures, cache)
                }
            }
            (RequestKind::Actual, Answer::NetworkError) => {
                let failures = vec![request.failure(FailureId::NetworkFailure)];
                blocked(request, failures, cache)
            }
            (RequestKind::Actual, Answer::Response(response)) => {
                http_fetch_end(request, &response, cache, now)
            }
        }
    }
}

/// The response without the empty ones among several lines of a name.
fn without_empty_lines(response: WireResponse) -> WireResponse {
    let headers = &response.headers;
    let is_kept = |name: &str, value: &[u8]| {
        !value.is_empty()
            || name.eq_ignore_ascii_case("Access-Control-Allow-Origin")
            || headers.values(name).all(<[u8]>::is_empty)
    };
    let headers = headers.iter().filter(|(name, value)| is_kept(name, value)).collect();
    WireResponse { headers, ..response }
}

/// `#concept-main-fetch`, for every hop anew.
fn main_fetch(mut request: Request, cache: &mut PreflightCache, now: Duration) -> Next {
    let route = match classify(&request) {
        Ok(route) => route,
        Err(failures) => match route(&request) {
            Ok(route) if is_late(&request, &failures) => {
                request.late_failures.extend(failures);
                route
            }
            _ => {
                // In Firefox it is the hop before that fails.
                if request.tainting == Tainting::Cors && request.has(Quirk::CacheClearedByAnyCall) {
                    cache.clear_before(&request);
                }
                return blocked(request, failures, cache);
            }
        },
    };
    request.referrer = wire_headers::referrer(&request);
    match route {
        Route::Local => local(request, cache),
        Route::Basic => send_actual(request, cache),
        Route::Opaque => {
            request.tainting = Tainting::Opaque;
            send_actual(request, cache)
        }
        Route::Cors { preflight: None } => {
            request.tainting = Tainting::Cors;
            send_actual(request, cache)
        }
        Route::Cors { preflight: Some(unsafe_headers) } => {
            request.tainting = Tainting::Cors;
            request.preflighted = true;
            let reasons = preflight::reasons(&request, &unsafe_headers, cache, now);
            if reasons.is_empty() {
                return send_actual(request, cache);
            }
            let headers = wire_headers::preflight(&request, unsafe_headers.keys().map(String::as_str));
            send(request, RequestKind::Preflight, "OPTIONS".into(), headers, reasons)
        }
    }
}

/// What is left of HTTP fetch once the actual request is answered: `#concept-http-fetch`, steps 4.4 to 6.
fn http_fetch_end(
    mut request: Request,
    response: &WireResponse,
    cache: &mut PreflightCache,
    now: Duration,
) -> Next {
    request.reached_server = true;
    if redirect::is_contradictory(&request, response) {
        let failure = contradiction(&request, response, FailureId::NetworkFailure);
        return blocked(request, vec![failure], cache);
    }
    if is_no_answer(&request, response) {
        let failure = request.failure(FailureId::NetworkFailure);
        let failures = vec![failure.with(|facts| facts.status = Some(response.status))];
        return blocked(request, failures, cache);
    }
    let needs_location =
        request.redirect == RedirectMode::Error && request.has(Quirk::ErrorModeNeedsLocation);
    let is_redirect = redirect::is_redirect_status(response.status)
        && (!needs_location || redirect::has_location(&request, response));
    let followed = if is_redirect && request.redirect == RedirectMode::Follow {
        redirect::follow(&request, response)
    } else {
        None
    };
    let is_hop = followed.is_some() || (is_redirect && request.redirect != RedirectMode::Follow);

    let mut failures = match request.tainting {
        Tainting::Cors => cors_check(&request, response, if is_hop { Stage::Hop } else { Stage::Last }),
        Tainting::Opaque => corp::corp_check(&request, response).into_iter().collect(),
        Tainting::Basic => Vec::new(),
    };
    if is_hop && request.redirect != RedirectMode::Follow {
        failures.extend(redirect::unfollowed(&request, response));
    }
    match followed {
        Some(Ok(mut next)) if failures.is_empty() => {
            if request.keeps_credentials() && request.tainting == Tainting::Cors {
                next.late_failures.extend(cors_check(&request, response, Stage::HopWithCredentials));
            }
            return main_fetch(next, cache, now);
        }
        // Mending the redirect would let the request through to where it leads.
        Some(Ok(next)) => failures.extend(classify(&next).err().unwrap_or_default()),
        Some(Err(forbidden)) => failures.extend(forbidden),
        None if is_redirect && request.redirect == RedirectMode::Error => {
            failures.push(request.failure(FailureId::RedirectModeError).with(|facts| {
                facts.status = Some(response.status);
                facts.location = crate::extract::joined_text(&response.headers, "Location");
            }));
        }
        None => {}
    }
    if !failures.is_empty() {
        order::sort_hop(request.browser, &mut failures);
        return blocked(request, failures, cache);
    }
    let readable =
        if is_hop { filter::opaque_redirect(&request, response) } else { filter::filter(&request, response) };
    allowed(request, readable)
}

/// Whether the response's status makes it as good as none.
fn is_no_answer(request: &Request, response: &WireResponse) -> bool {
    response.status == 407 && request.has(Quirk::ProxyStatusIsAnError)
}

/// A response that is as good as none, because its lines contradict each other.
fn contradiction(request: &Request, response: &WireResponse, id: FailureId) -> Failure {
    let id = match id {
        FailureId::NetworkFailure if redirect::is_redirect_status(response.status) => {
            FailureId::RedirectLocationInvalid
        }
        id => id,
    };
    request.failure(id).with(|facts| {
        facts.status = Some(response.status);
        facts.location = crate::extract::joined_text(&response.headers, "Location");
    })
}

/// `#scheme-fetch` for what is not asked of any server. A `blob:` URL is taken to be alive.
fn local(request: Request, cache: &mut PreflightCache) -> Next {
    if request.url().scheme() == "blob" {
        let headers: &[&str] = if request.has(Quirk::BlobPolicyReadable) {
            &["content-length", "content-type", "referrer-policy"]
        } else {
            &["content-length", "content-type"]
        };
        return allowed(request, filter::local(headers));
    }
    let is_readable = DataUrl::process(request.url().as_str()).is_ok_and(|data| data.decode_to_vec().is_ok());
    if is_readable {
        let headers: &[&str] = if request.has(Quirk::DataLengthReadable) {
            &["content-length", "content-type"]
        } else {
            &["content-type"]
        };
        allowed(request, filter::local(headers))
    } else {
        let failures = vec![request.failure(FailureId::NetworkFailure)];
        blocked(request, failures, cache)
    }
}

fn send_actual(mut request: Request, cache: &mut PreflightCache) -> Next {
    let late_failures = std::mem::take(&mut request.late_failures);
    if !late_failures.is_empty() {
        return blocked(request, late_failures, cache);
    }
    let (method, headers) = (request.method.clone(), wire_headers::actual(&request));
    send(request, RequestKind::Actual, method, headers, Vec::new())
}

fn send(
    mut request: Request,
    kind: RequestKind,
    method: String,
    headers: crate::HeaderList,
    reasons: Vec<PreflightReason>,
) -> Next {
    request.origin_sent = headers.get_text("Origin");
    let mut url = request.url().clone();
    url.set_fragment(None);
    let body = match kind {
        RequestKind::Preflight => Vec::new(),
        RequestKind::Actual => request.body.clone().unwrap_or_default(),
    };
    let wire = WireRequest { kind, method, url, headers, body };
    Next::Send(Box::new(Pending { request, wire, reasons }))
}

fn allowed(request: Request, readable: Readable) -> Next {
    done(request, Outcome::Allowed(readable))
}

/// A network error, for the first of the failures: `#concept-network-error`.
///
/// What the cache knows of the URL is forgotten if any hop could have had a preflight: `#concept-main-fetch`,
/// step 12; the error passes through every hop on its way out.
fn blocked(mut request: Request, failures: Vec<Failure>, cache: &mut PreflightCache) -> Next {
    let may_clear = request.preflighted
        || (request.tainting == Tainting::Cors && request.has(Quirk::CacheClearedByAnyCall));
    let is_unfollowed = failures.first().is_some_and(|failure| failure.id == FailureId::RedirectModeError);
    let is_kept =
        request.has(Quirk::CacheKeptOnFailure) || (is_unfollowed && request.has(Quirk::CacheKeptInErrorMode));
    if may_clear && !is_kept {
        cache.clear(&request);
    }
    let mut failures = failures.into_iter().chain(std::mem::take(&mut request.late_failures));
    let failure = failures.next().expect("a call is blocked by at least one failure");
    let request_reached_server = request.reached_server;
    done(request, Outcome::Blocked(Blocked { failure, next: failures.collect(), request_reached_server }))
}

fn done(request: Request, outcome: Outcome) -> Next {
    Next::Done(Box::new(Verdict {
        outcome,
        tainting: request.tainting,
        url: request.url().clone(),
        redirected: request.urls().len() > 1,
        origin_sent: request.origin_sent,
        dropped_headers: request.dropped,
    }))
}
