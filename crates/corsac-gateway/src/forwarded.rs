//! What an upstream is told about the client: `X-Forwarded-For`, `-Proto` and `-Host`.
//!
//! They are the gateway's own word: the address of the peer, and the scheme and host that the peer used. What the
//! peer itself says in them is dropped, for any client can say it, and so is `Forwarded`, which says the same.

use std::net::IpAddr;

use http::header::{COOKIE, HOST, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Says who asked, and takes `Host` away: the connection to the upstream has its own.
pub(crate) fn announce(request: &mut Parts, peer: IpAddr) {
    let authority =
        request.uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    let headers = &mut request.headers;
    // Here a peer that is a trusted proxy would be believed; there is no list of such proxies.
    for name in [FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST] {
        headers.remove(name);
    }
    let host = headers.remove(HOST);
    if let Some(host) = authority.or(host) {
        headers.insert(X_FORWARDED_HOST, host);
    }
    headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static("http"));
    let peer = peer.to_canonical().to_string();
    let peer = HeaderValue::from_str(&peer).expect("an address is visible ASCII");
    headers.insert(X_FORWARDED_FOR, peer);
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
