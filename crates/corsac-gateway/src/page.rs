//! The gateway's own answers: short, plain, and with what to look at.
//!
//! They name routes, which are public, and no address, which is not. Knows nothing of CORS: they pass the same
//! finaliser as every other response.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};

use crate::config::{Rate, Size};
use crate::message::body::Body;
use crate::path::PathError;
use crate::rate::OneTooMany;

/// A page with one paragraph below its status.
pub(crate) fn page(status: StatusCode, text: &str) -> Response<Body> {
    let text = Bytes::from(format!("{status}\n\n{text}\n"));
    let length = HeaderValue::from(text.len());
    let mut response = Response::new(Body::Page(Some(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CONTENT_LENGTH, length);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Browsers and caches may keep a 404 on their own; the next configuration may know the path.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An answer of a status and headers alone.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    response
}

/// No route covers the path.
pub(crate) fn no_route() -> Response<Body> {
    page(StatusCode::NOT_FOUND, "No route of this gateway covers this path.")
}

/// There is no such file.
pub(crate) fn no_file() -> Response<Body> {
    page(StatusCode::NOT_FOUND, "There is no such file.")
}

/// The path is none, or a trick.
pub(crate) fn bad_path(error: PathError) -> Response<Body> {
    let text = match error {
        PathError::NotAbsolute => "The target of a request to this gateway is a path.",
        PathError::AboveRoot => "The path leads above the root.",
        PathError::Hidden => "The path hides a dot segment or a NUL in its encoding.",
    };
    page(StatusCode::BAD_REQUEST, text)
}

/// The request came without TLS.
pub(crate) fn speaks_https() -> Response<Body> {
    page(StatusCode::BAD_REQUEST, "This port speaks https: ask it by an address that begins with https://.")
}

/// Where the request ends depends on who reads it.
pub(crate) fn read_in_two_ways() -> Response<Body> {
    let text = "The head of the request can be read in two ways: it has both Content-Length and Transfer-Encoding, or lines that do not end with CRLF.";
    page(StatusCode::BAD_REQUEST, text)
}

/// HTTP/1.1 wants exactly one `Host`.
pub(crate) fn bad_host() -> Response<Body> {
    page(StatusCode::BAD_REQUEST, "A request has one Host header.")
}

/// The head of the request is larger than any that is passed on.
pub(crate) fn head_too_large(limit: usize) -> Response<Body> {
    let limit = Size::bytes(limit as u64);
    let text = format!(
        "The headers of the request are too large: this gateway passes {limit} on, which `head` in [limits] says. Look for cookies that pile up."
    );
    page(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &text)
}

/// The request has more header lines than any that is passed on.
pub(crate) fn too_many_headers(limit: usize) -> Response<Body> {
    let text = format!(
        "The request has too many headers: this gateway passes {limit} lines on, which `headers` in [limits] says."
    );
    page(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &text)
}

/// The body of the request is longer than any that is passed on.
pub(crate) fn body_too_large(route: &str, limit: Size) -> Response<Body> {
    let text = format!(
        "The body of the request is too large: route {route} takes {limit}. Send less, or raise `max_body` of the route, or `body` in [limits]."
    );
    page(StatusCode::PAYLOAD_TOO_LARGE, &text)
}

/// The client asks the route too often.
pub(crate) fn too_many_requests(route: &str, rate: Rate, wait: Duration) -> Response<Body> {
    // Not a second too early.
    let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
    let text = format!(
        "Too many requests: route {route} takes {rate} of each client, which `rate_limit` says. Wait {seconds}s."
    );
    let mut page = page(StatusCode::TOO_MANY_REQUESTS, &text);
    page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    page.extensions_mut().insert(OneTooMany);
    page
}

/// The upstream announces more than is passed on.
pub(crate) fn response_too_large(route: &str, limit: Size) -> Response<Body> {
    let text = format!(
        "The response of the upstream of route {route} is too large: {limit} are passed on. Ask it for less, or raise `max_response` of the route, or `response` in [limits]."
    );
    page(StatusCode::BAD_GATEWAY, &text)
}

/// The `Host` of a request by which nobody can tell whose pages are the gateway's own.
pub(crate) fn host_is_no_name() -> Response<Body> {
    page(StatusCode::BAD_REQUEST, "The Host header is not the name of a host.")
}

/// A page of an origin that the route's policy does not allow wants a connection.
pub(crate) fn upgrade_refused_by_policy(route: &str) -> Response<Body> {
    let text = format!(
        "The policy of route {route} does not let pages of this origin open a WebSocket or the like. If the page is yours, add its origin to `allow_origins`."
    );
    page(StatusCode::FORBIDDEN, &text)
}

/// The same where the route has no policy.
pub(crate) fn upgrade_refused_without_policy(route: &str) -> Response<Body> {
    let text = format!(
        "Route {route} has no policy, so only pages of the gateway's own origin can open a WebSocket or the like. For others, give the route a policy. If something in front of the gateway ends TLS, list it in `trusted_proxies`."
    );
    page(StatusCode::FORBIDDEN, &text)
}

/// A name that may lead here by nobody's wish but a website's.
pub(crate) fn name_not_taken(name: &str) -> Response<Body> {
    let text = format!(
        "For this path, the gateway is asked as localhost or by an address. If `{name}` is a name of yours, pass --allow-host {name}."
    );
    page(StatusCode::FORBIDDEN, &text)
}

/// Methods that are for other kinds of proxies, or would echo what was set on the request.
pub(crate) fn method_not_taken() -> Response<Body> {
    page(StatusCode::METHOD_NOT_ALLOWED, "This gateway takes neither CONNECT nor TRACE.")
}
