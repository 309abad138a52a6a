//! What an upstream is told about the client: `X-Forwarded-For`, `-Proto` and `-Host`.
//!
//! The address of the peer is added behind those that are there. Scheme and host are kept where a proxy in front
//! already said them, for it knows what the browser used and this gateway does not.

use std::net::IpAddr;

use http::header::{COOKIE, HOST, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Says who asked, and takes `Host` away: the connection to the upstream has its own.
pub(crate) fn announce(request: &mut Parts, peer: IpAddr) {
    let authority =
        request.uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    let headers = &mut request.headers;
    let host = headers.remove(HOST);
    if let Some(host) = authority.or(host) {
        headers.entry(X_FORWARDED_HOST).or_insert(host);
    }
    headers.entry(X_FORWARDED_PROTO).or_insert(HeaderValue::from_static("http"));
    let peer = peer.to_canonical().to_string();
    let peer = HeaderValue::from_str(&peer).expect("an address is visible ASCII");
    headers.append(X_FORWARDED_FOR, peer);
    join(headers, &X_FORWARDED_FOR, b", ");
    // HTTP/2 may split cookies over lines, which HTTP/1.1 servers do not look for.
    join(headers, &COOKIE, b"; ");
}

/// Makes one line of several.
fn join(headers: &mut HeaderMap, name: &HeaderName, separator: &[u8]) {
    let lines: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    if lines.len() < 2 {
        return;
    }
    let joined = lines.join(separator);
    if let Ok(value) = HeaderValue::from_bytes(&joined) {
        headers.insert(name, value);
    }
}
