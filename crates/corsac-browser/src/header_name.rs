//! Headers by name: which are valid, which are the browser's alone, which follow the body or the origin.
//!
//! Judges one header at a time; lists, and what is safelisted, are elsewhere.
//!
//! Spec: <https://fetch.spec.whatwg.org/#header-value>, <https://fetch.spec.whatwg.org/#forbidden-request-header>

use crate::{Browser, Quirk};

/// A value without white space around it: `#concept-header-value-normalize`.
pub(crate) fn normalize_value(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' ');
    let start = value.iter().position(|byte| !is_space(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// Whether a normalised value can be sent at all: `#header-value`.
pub(crate) fn is_value(value: &[u8]) -> bool {
    !value.iter().any(|byte| matches!(byte, 0x00 | b'\n' | b'\r'))
}

/// Headers only the browser writes: `#forbidden-request-header`.
pub(crate) fn is_forbidden_request_header(name: &str, value: &[u8], browser: Browser) -> bool {
    // Only where it would smuggle a forbidden method past step 1 of the constructor.
    let overrides_method = ["x-http-method", "x-http-method-override", "x-method-override"];
    corsac::is_forbidden_request_header(name)
        || overrides_method.iter().any(|header| name.eq_ignore_ascii_case(header))
            && split(value, !browser.has(Quirk::OverrideQuotesIgnored))
                .iter()
                .any(|method| corsac::is_forbidden_method(method))
}

/// Headers that go when a redirect drops the body: `#request-body-header-name`.
pub(crate) const REQUEST_BODY_HEADERS: [&str; 4] =
    ["Content-Encoding", "Content-Language", "Content-Location", "Content-Type"];

/// The header `*` never covers, and which no other origin gets to see:
/// `#cors-non-wildcard-request-header-name`.
pub(crate) const NON_WILDCARD_HEADER: &str = "Authorization";

/// The elements of a value, commas inside quotes left alone: `#header-value-get-decode-and-split`.
fn split(value: &[u8], quotes_count: bool) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut bytes = value.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte == b',' {
            values.push(String::new());
            continue;
        }
        let current = values.last_mut().expect("there is always an element being read");
        current.push(char::from(byte));
        if byte == b'"' && quotes_count {
            while let Some(quoted) = bytes.next() {
                current.push(char::from(quoted));
                match quoted {
                    b'"' => break,
                    b'\\' => current.extend(bytes.next().map(char::from)),
                    _ => {}
                }
            }
        }
    }
    values.iter().map(|value| value.trim_matches(['\t', ' ']).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_forbidden(name: &str, value: &[u8]) -> bool {
        is_forbidden_request_header(name, value, Browser::Standard)
    }

    #[test]
    fn white_space_is_trimmed_at_both_ends_only() {
        assert_eq!(normalize_value(b" \t a b \r\n"), b"a b");
        assert_eq!(normalize_value(b" \t"), b"");
        assert_eq!(normalize_value(b"\x0Ba"), b"\x0Ba");
    }

    #[test]
    fn an_override_is_forbidden_with_a_forbidden_method_only() {
        assert!(is_forbidden("X-HTTP-Method-Override", b"GET, tRaCe"));
        assert!(!is_forbidden("X-HTTP-Method-Override", b"PATCH"));
        assert!(!is_forbidden("X-HTTP-Method-Override", b"\"a,TRACE\""));
        assert!(!is_forbidden("X-Trace", b"TRACE"));
    }

    #[test]
    fn prefixes_are_forbidden_and_user_agent_is_not() {
        assert!(is_forbidden("Sec-Fetch-Site", b""));
        assert!(is_forbidden("PROXY-x", b""));
        assert!(!is_forbidden("User-Agent", b"mine"));
        assert!(!is_forbidden("Secret", b""));
    }
}
