//! As which request a question is asked of a case.
//!
//! Sends nothing. Every request is harmless, or there is none: `GET`, `HEAD` and `OPTIONS` alone, no body, to a host of
//! the exchange, and with no credentials but those that the person gave for it.

use corsac::Origin;
use corsac_browser::{CredentialsMode, HeaderList, RequestKind, WireRequest};
use url::Url;

use crate::exchange::{Case, Exchange};
use crate::question::Question;

impl Question {
    /// The request that asks it, or nothing where it cannot be asked without harm.
    ///
    /// `nonce` is a text that no earlier request had in its query: caches are passed by it.
    #[must_use]
    pub fn request(&self, case: &Case<'_>, nonce: &str) -> Option<WireRequest> {
        let last = &case.exchanges.last()?.request;
        let request = match self {
            Self::WithoutOrigin => {
                let mut request = last.clone();
                request.headers.remove("Origin");
                request
            }
            Self::AsAnotherOrigin(origin) => {
                let mut request =
                    if is_safe(last) { without_credentials(last.clone()) } else { preflight(last, case) };
                request.headers.set("Origin", origin.as_str());
                request.headers.remove("Referer");
                request
            }
            Self::Preflight => preflight(last, case),
            Self::PreflightWithCredentials => {
                let mut request = last.clone();
                add_credentials(&mut request.headers, case);
                request
            }
            Self::PlainGet => get(last, case),
            Self::AnotherPath => {
                let mut request = without_credentials(get(last, case));
                let here = request.url.clone();
                request.url.set_path("/");
                request.url.set_query(None);
                (request.url.path() != here.path()).then_some(request)?
            }
            Self::PastTheCache => {
                let mut request = last.clone();
                request.url.query_pairs_mut().append_pair("corsac", nonce);
                request
            }
            Self::WithCookies => {
                let mut request = last.clone();
                request.headers.set("Cookie", case.call.cookies.clone()?);
                request
            }
            Self::RedirectTarget => {
                let response = case.exchanges.last()?.response()?;
                let location = response.headers.get_text("location")?;
                let url =
                    last.url.join(&location).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
                let needs_permission = last.kind == RequestKind::Preflight
                    || case.exchanges.iter().any(Exchange::is_preflight)
                    || !is_safe(last);
                let mut request = if needs_permission { preflight(last, case) } else { last.clone() };
                if !Origin::of_url(&url).is_same_origin(&Origin::of_url(&last.url)) {
                    request = without_credentials(request);
                }
                request.url = url;
                request
            }
        };
        is_harmless(&request, case).then_some(request)
    }
}

/// Whether a request can be sent without harm, whatever it was made for.
fn is_harmless(request: &WireRequest, case: &Case<'_>) -> bool {
    let is_known_host =
        case.exchanges.iter().any(|exchange| exchange.request.url.host() == request.url.host());
    let is_given = ["Authorization", "Cookie"].iter().all(|name| {
        request.headers.get(name).is_none_or(|value| {
            let is_of_the_call = if *name == "Cookie" {
                case.call.cookies.as_ref().is_some_and(|cookies| cookies.as_bytes() == value)
            } else {
                case.call.headers.get(name).is_some_and(|given| given == value)
            };
            is_of_the_call && is_where_the_call_goes(&request.url, case)
        })
    });
    is_safe(request) && request.body.is_empty() && is_known_host && is_given && !tells_more(request, case)
}

fn is_where_the_call_goes(url: &Url, case: &Case<'_>) -> bool {
    Origin::of_url(url).is_same_origin(&Origin::of_url(&case.call.url))
}

/// Whether a header of the call, such as a key of an API, would go to an origin that a redirect named, and that the
/// browser did not send it to: that origin has yet to be allowed to have it.
fn tells_more(request: &WireRequest, case: &Case<'_>) -> bool {
    let origin = Origin::of_url(&request.url);
    let has = |headers: &HeaderList, name: &str, value: &[u8]| {
        headers.iter().any(|(known, said)| known.eq_ignore_ascii_case(name) && said == value)
    };
    let is_told = |name: &str, value: &[u8]| {
        case.exchanges.iter().any(|exchange| {
            Origin::of_url(&exchange.request.url).is_same_origin(&origin)
                && has(&exchange.request.headers, name, value)
        })
    };
    let mut own = case.call.headers.iter();
    !is_where_the_call_goes(&request.url, case)
        && own.any(|(name, value)| has(&request.headers, name, value) && !is_told(name, value))
}

fn is_safe(request: &WireRequest) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS")
}

fn without_credentials(mut request: WireRequest) -> WireRequest {
    request.headers.remove("Authorization");
    request.headers.remove("Cookie");
    request
}

/// The credentials that the actual request carries, or would.
fn add_credentials(headers: &mut HeaderList, case: &Case<'_>) {
    if let Some(value) = case.call.headers.get("Authorization") {
        headers.set("Authorization", value);
    }
    if case.call.credentials == CredentialsMode::Include
        && let Some(cookies) = &case.call.cookies
    {
        headers.set("Cookie", cookies.as_str());
    }
}

/// Headers that the browser adds to whatever it sends.
fn by_the_browser(headers: &HeaderList) -> HeaderList {
    headers
        .iter()
        .filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            ["referer", "origin", "user-agent", "accept-encoding", "accept-language"].contains(&name.as_str())
                || name.starts_with("sec-fetch-")
        })
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect()
}

/// The preflight of a request, be it one that a browser sends or not.
fn preflight(request: &WireRequest, case: &Case<'_>) -> WireRequest {
    if request.kind == RequestKind::Preflight {
        return request.clone();
    }
    let mut headers = HeaderList::new();
    headers.append("Accept", "*/*");
    headers.append("Access-Control-Request-Method", request.method.as_str());
    let earlier = case.exchanges.iter().find(|exchange| exchange.is_preflight());
    let names = earlier.and_then(|exchange| exchange.request.headers.get("Access-Control-Request-Headers"));
    if let Some(names) = names {
        headers.append("Access-Control-Request-Headers", names);
    }
    for (name, value) in by_the_browser(&request.headers).iter() {
        headers.append(name, value);
    }
    WireRequest {
        kind: RequestKind::Preflight,
        method: "OPTIONS".into(),
        url: request.url.clone(),
        headers,
        body: Vec::new(),
    }
}

/// A `GET` from the page. With the call's own headers and credentials where it is a `GET` itself, and goes where the call
/// goes; else it was never meant to be one, or to be sent there, and goes without.
fn get(request: &WireRequest, case: &Case<'_>) -> WireRequest {
    let mut headers = HeaderList::new();
    headers.append("Accept", "*/*");
    for (name, value) in by_the_browser(&request.headers).iter() {
        headers.append(name, value);
    }
    if matches!(corsac::normalize_method(&case.call.method), "GET" | "HEAD")
        && is_where_the_call_goes(&request.url, case)
    {
        let own = case.call.headers.iter().filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !corsac::is_forbidden_request_header(&name)
                && !headers.contains(&name)
                && !name.starts_with("access-control-")
        });
        let own: Vec<_> = own.map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
        for (name, value) in own {
            headers.append(name, value);
        }
        add_credentials(&mut headers, case);
    }
    WireRequest {
        kind: RequestKind::Actual,
        method: "GET".into(),
        url: request.url.clone(),
        headers,
        body: Vec::new(),
    }
}
