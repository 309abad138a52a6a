//! How a request is written down, for either version of HTTP, and what cannot be written.
//!
//! Adds what the connection needs (`Host` or `:authority`, `Connection`, `Content-Length`) and nothing else;
//! sends nothing itself.
//!
//! Spec: <https://httpwg.org/specs/rfc9112.html#message.format>,
//! <https://httpwg.org/specs/rfc9113.html#HttpRequest>

use bytes::Bytes;
use corsac_browser::WireRequest;
use http_body_util::Full;
use url::{Position, Url};

use crate::{Unreachable, UnreachableKind};

/// Fields that belong to one HTTP/1 connection, which HTTP/2 does not know.
const CONNECTION_FIELDS: [&str; 6] =
    ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings"];

/// Refuses what cannot be sent without ceasing to be this request.
pub(crate) fn check(request: &WireRequest) -> Result<(), Unreachable> {
    let unsupported =
        |message: String, hint: &str| Err(Unreachable::new(UnreachableKind::Unsupported, message, hint));
    let method = &request.method;
    if !corsac::is_token(method.as_bytes()) {
        return unsupported(
            format!("`{}` is not a method.", method.escape_debug()),
            "A method is a word without spaces, such as GET or PATCH.",
        );
    }
    if method == "CONNECT" {
        return unsupported("CONNECT opens a tunnel and is not a request.".into(), "Use another method.");
    }
    for (name, value) in request.headers.iter() {
        if !corsac::is_token(name.as_bytes()) {
            return unsupported(
                format!("`{}` is not a header name.", name.escape_debug()),
                "A header name is letters, digits and hyphens, without spaces or a colon.",
            );
        }
        if ["content-length", "transfer-encoding"].iter().any(|framing| name.eq_ignore_ascii_case(framing)) {
            return unsupported(
                format!("The header `{name}` is set by the connection, so it cannot be given."),
                "Leave it out: it is made from the body. A browser does not let a script set it either.",
            );
        }
        if value.iter().any(|byte| matches!(byte, b'\0' | b'\r' | b'\n')) {
            return unsupported(
                format!("The value of the header `{name}` has a line break or a NUL in it."),
                "Write the value on one line.",
            );
        }
    }
    Ok(())
}

/// The length to declare: that of the body, and 0 where the method says a body was to be expected.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
fn content_length(request: &WireRequest) -> Option<usize> {
    let expected = matches!(&*request.method, "POST" | "PUT");
    (expected || !request.body.is_empty()).then_some(request.body.len())
}

/// Host and port as they stand in the URL.
fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

/// Path and query as they stand in the URL.
fn path_and_query(url: &Url) -> &str {
    match &url[Position::BeforePath..Position::AfterQuery] {
        "" => "/",
        path => path,
    }
}

/// The head as HTTP/1.1 has it, with names in the case and lines in the order they are given.
pub(crate) fn http1_head(request: &WireRequest) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, path_and_query(&request.url)).into_bytes();
    let mut line = |name: &str, value: &[u8]| {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    };
    if !request.headers.contains("host") {
        line("Host", authority(&request.url).as_bytes());
    }
    if !request.headers.contains("connection") {
        line("Connection", b"keep-alive");
    }
    if let Some(length) = content_length(request) {
        line("Content-Length", length.to_string().as_bytes());
    }
    for (name, value) in request.headers.iter() {
        line(name, value);
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// The request as HTTP/2 has it: names in lower case, a given `Host` as `:authority`, connection fields left
/// out.
pub(crate) fn http2_request(request: &WireRequest) -> Result<http::Request<Full<Bytes>>, Unreachable> {
    let unsupported = |error: http::Error| {
        Unreachable::new(
            UnreachableKind::Unsupported,
            format!("The request cannot be sent over HTTP/2: {error}."),
            "Leave unusual characters out of the URL and the header values, or percent-encode them.",
        )
    };
    let host = request.headers.values("host").next().unwrap_or(authority(&request.url).as_bytes());
    let uri = http::Uri::builder()
        .scheme(request.url.scheme())
        .authority(host)
        .path_and_query(path_and_query(&request.url))
        .build()
        .map_err(unsupported)?;
    let mut builder =
        http::Request::builder().method(&*request.method).uri(uri).version(http::Version::HTTP_2);
    if let Some(length) = content_length(request) {
        builder = builder.header(http::header::CONTENT_LENGTH, length);
    }
    for (name, value) in request.headers.iter() {
        let of_connection = CONNECTION_FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field));
        let other_te = name.eq_ignore_ascii_case("te") && !value.eq_ignore_ascii_case(b"trailers");
        if !of_connection && !other_te && !name.eq_ignore_ascii_case("host") {
            builder = builder.header(name, value);
        }
    }
    builder.body(Full::new(Bytes::copy_from_slice(&request.body))).map_err(unsupported)
}

#[cfg(test)]
mod tests {
    use corsac_browser::RequestKind;

    use super::*;

    fn request(method: &str, url: &str, headers: &[(&str, &[u8])], body: &[u8]) -> WireRequest {
        WireRequest {
            kind: RequestKind::Actual,
            method: method.into(),
            url: url.parse().unwrap(),
            headers: headers.iter().map(|(name, value)| (*name, *value)).collect(),
            body: body.into(),
        }
    }

    #[test]
    fn method_names_order_and_odd_bytes_are_kept() {
        let headers: [(&str, &[u8]); 3] = [("X-Odd-CASE", b"1"), ("accept", b"\xe9"), ("x-odd-case", b"2")];
        let request = request("patcH", "https://user:secret@api.example:8443/a?b#c", &headers, b"{}");
        assert_eq!(
            http1_head(&request),
            b"patcH /a?b HTTP/1.1\r\nHost: api.example:8443\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\
              X-Odd-CASE: 1\r\naccept: \xe9\r\nx-odd-case: 2\r\n\r\n"
        );
    }

    #[test]
    fn a_given_host_replaces_the_own_one() {
        let request = request("GET", "https://127.0.0.1/", &[("host", b"api.example")], b"");
        assert_eq!(
            http1_head(&request),
            b"GET / HTTP/1.1\r\nConnection: keep-alive\r\nhost: api.example\r\n\r\n"
        );
        let request = http2_request(&request).unwrap();
        assert_eq!(request.uri(), "https://api.example/");
        assert!(request.headers().is_empty());
    }

    #[test]
    fn http2_has_no_connection_fields() {
        let headers: [(&str, &[u8]); 4] =
            [("Connection", b"close"), ("Keep-Alive", b"1"), ("TE", b"gzip"), ("Origin", b"null")];
        let request = http2_request(&request("patcH", "https://api.example/?q", &headers, b"")).unwrap();
        assert_eq!(request.method().as_str(), "patcH");
        assert_eq!(request.headers().keys().map(http::HeaderName::as_str).collect::<Vec<_>>(), ["origin"]);
    }

    #[test]
    fn an_empty_post_says_so_and_an_empty_get_does_not() {
        assert!(
            http1_head(&request("POST", "http://a/", &[], b""))
                .windows(19)
                .any(|at| at == b"Content-Length: 0\r\n")
        );
        assert!(
            !http1_head(&request("GET", "http://a/", &[], b"")).windows(14).any(|at| at == b"Content-Length")
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for method in ["", "GET ", "G\r\nET", "GÉT", "CONNECT"] {
            assert!(check(&request(method, "http://a/", &[], b"")).is_err(), "{method:?}");
        }
        for (name, value) in [
            ("a b", &b"1"[..]),
            ("", b"1"),
            ("a:", b"1"),
            ("a", b"1\r\nb: 2"),
            ("a", b"\0"),
            ("Content-length", b"1"),
        ] {
            assert!(check(&request("GET", "http://a/", &[(name, value)], b"")).is_err(), "{name:?}");
        }
        assert!(check(&request("M-SEARCH", "http://a/", &[("x", b"\xff\t")], b"")).is_ok());
    }
}
