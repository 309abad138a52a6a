//! Headers that belong to one connection and must not cross a proxy.
//!
//! Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>

use http::HeaderMap;
use http::header::{
    CONNECTION, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING,
    UPGRADE,
};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// Whoever wants to switch protocols says so anew, with a tunnel to offer, and so `Upgrade` is among them.
const OF_ONE_CONNECTION: [HeaderName; 8] = [
    CONNECTION,
    KEEP_ALIVE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    PROXY_CONNECTION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Removes them, and those that `Connection` names.
///
/// `TE: trailers` stays: gRPC servers insist on it, and both sides here can carry trailers.
pub(crate) fn remove(headers: &mut HeaderMap) {
    // Most messages have none, or one.
    let found = headers.keys().filter_map(|name| OF_ONE_CONNECTION.iter().position(|it| it == name));
    let found = found.fold(0u8, |found, index| found | 1 << index);
    if found == 0 {
        return;
    }
    let named: Vec<HeaderName> = tokens(headers, &CONNECTION)
        // What most connections say, and what is removed in any case.
        .filter(|name| !name.eq_ignore_ascii_case(KEEP_ALIVE.as_str().as_bytes()))
        .filter_map(|name| HeaderName::from_bytes(name).ok())
        .filter(|name| *name != TE)
        .collect();
    for name in named {
        headers.remove(name);
    }
    let takes_trailers = tokens(headers, &TE).any(|coding| coding.eq_ignore_ascii_case(b"trailers"));
    for (index, name) in OF_ONE_CONNECTION.iter().enumerate() {
        if found & 1 << index != 0 {
            headers.remove(name);
        }
    }
    if takes_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// The entries of a list that may be spread over lines.
fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn map(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn what_connection_names_goes_with_it() {
        let mut headers = map(&[
            ("connection", "close, X-One"),
            ("connection", "x-two,,"),
            ("x-one", "1"),
            ("x-two", "2"),
            ("x-three", "3"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("te", "gzip"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
        ]);
        super::remove(&mut headers);
        assert_eq!(headers, map(&[("x-three", "3")]));
    }

    #[test]
    fn te_keeps_its_trailers_and_nothing_else() {
        let mut headers = map(&[("te", "gzip, Trailers"), ("connection", "te")]);
        super::remove(&mut headers);
        assert_eq!(headers, map(&[("te", "trailers")]));
    }
}
