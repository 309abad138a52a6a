//! The request-header safelist: what a script may send to another origin without asking first.
//!
//! Judges the headers as they stand; forbidden ones are gone by then.
//!
//! Spec: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>

use std::collections::BTreeMap;

use data_url::mime::Mime;

use crate::{HeaderList, UnsafeReason};

/// The longest value that is safelisted.
const MAX_VALUE: usize = 128;
/// The most that all safelisted values together may take.
const MAX_SUM: usize = 1024;

/// Every name that needs leave, in lower case and sorted, with the reason:
/// `#cors-unsafe-request-header-names`.
///
/// Each line is judged by itself: two `Accept` headers of 100 bytes are safe, though joined they would not
/// be. What the browser adds of its own (`Accept`, `Accept-Language`) is not among them: no engine asks leave
/// for that.
pub(crate) fn unsafe_headers(headers: &HeaderList) -> BTreeMap<String, UnsafeReason> {
    let mut unsafe_headers = BTreeMap::new();
    let mut potentially_unsafe = Vec::new();
    let mut sum = 0_usize;
    for (name, value) in headers.iter() {
        let name = name.to_ascii_lowercase();
        match why_unsafe(&name, value) {
            Some(reason) => {
                unsafe_headers.entry(name).or_insert(reason);
            }
            None => {
                potentially_unsafe.push(name);
                sum = sum.saturating_add(value.len());
            }
        }
    }
    if sum > MAX_SUM {
        for name in potentially_unsafe {
            unsafe_headers.entry(name).or_insert(UnsafeReason::SumTooLong { length: sum });
        }
    }
    unsafe_headers
}

/// Why a header is not safelisted, or nothing where it is: `#cors-safelisted-request-header`.
///
/// The name is in lower case. A name that is on no list is told as that, even where the value is too long as
/// well.
pub(crate) fn why_unsafe(name: &str, value: &[u8]) -> Option<UnsafeReason> {
    if !matches!(name, "accept" | "accept-language" | "content-language" | "content-type" | "range") {
        return Some(UnsafeReason::Name);
    }
    if value.len() > MAX_VALUE {
        return Some(UnsafeReason::TooLong { length: value.len() });
    }
    match name {
        "accept" => unsafe_byte(value, is_unsafe_byte),
        "accept-language" | "content-language" => unsafe_byte(value, |byte| !is_language_byte(byte)),
        "content-type" => unsafe_byte(value, is_unsafe_byte).or_else(|| {
            let text = isomorphic_decode(value);
            let is_form = text.parse::<Mime>().is_ok_and(|mime| {
                mime.matches("application", "x-www-form-urlencoded")
                    || mime.matches("multipart", "form-data")
                    || mime.matches("text", "plain")
            });
            (!is_form).then_some(UnsafeReason::ContentType(text))
        }),
        _ => (!is_simple_range(value)).then(|| UnsafeReason::Range(isomorphic_decode(value))),
    }
}

/// Names that survive in `no-cors`: `#no-cors-safelisted-request-header-name`. The name is in lower case.
pub(crate) fn is_no_cors_safelisted(name: &str, value: &[u8]) -> bool {
    name != "range" && why_unsafe(name, value).is_none()
}

fn unsafe_byte(value: &[u8], is_unsafe: impl Fn(u8) -> bool) -> Option<UnsafeReason> {
    value.iter().copied().find(|byte| is_unsafe(*byte)).map(UnsafeReason::Byte)
}

/// `#cors-unsafe-request-header-byte`. Bytes from 0x80 on are not unsafe.
fn is_unsafe_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t')
        || matches!(
            byte,
            b'"' | b'(' | b')' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}' | 0x7F
        )
}

fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')
}

/// One range with a start, and no white space: `#simple-range-header-value`, and the null check after it.
fn is_simple_range(value: &[u8]) -> bool {
    let Some((start, end)) = std::str::from_utf8(value)
        .ok()
        .and_then(|value| value.strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'))
    else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let significant = |text: &str| text.trim_start_matches('0').to_owned();
    let not_after = |start: &str, end: &str| {
        // Numbers of any length: the standard sets no limit but the 128 bytes.
        let (start, end) = (significant(start), significant(end));
        (start.len(), start) <= (end.len(), end)
    };
    is_number(start) && (end.is_empty() || (is_number(end) && not_after(start, end)))
}

/// Bytes as the code points of the same number: <https://infra.spec.whatwg.org/#isomorphic-decode>.
pub(crate) fn isomorphic_decode(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(name: &str, value: &str) -> Option<String> {
        why_unsafe(name, value.as_bytes()).map(|reason| reason.to_string())
    }

    #[test]
    fn reasons_are_told_with_their_values() {
        assert_eq!(reason("x-a", "1").as_deref(), Some("is not safelisted"));
        assert_eq!(
            reason("accept", &"a".repeat(130)).as_deref(),
            Some("is 130 bytes long, and 128 are safelisted")
        );
        assert_eq!(
            reason("accept", "a:b").as_deref(),
            Some("has the character `:`, which is not safelisted there")
        );
        assert_eq!(
            reason("accept", "a\u{1}").as_deref(),
            Some("has the byte 0x01, which is not safelisted there")
        );
        assert_eq!(
            reason("content-type", "application/json").as_deref(),
            Some(
                "is `application/json`, and only application/x-www-form-urlencoded, multipart/form-data and \
                 text/plain are safelisted"
            )
        );
        assert_eq!(
            reason("range", "bytes=-5").as_deref(),
            Some("is `bytes=-5`, and only one range with a start is safelisted")
        );
    }

    #[test]
    fn a_sum_over_1024_is_told_for_every_safe_name() {
        let headers: HeaderList = (0..9).map(|_| ("Accept", "a".repeat(128))).collect();
        let reasons = unsafe_headers(&headers);
        assert_eq!(reasons.get("accept"), Some(&UnsafeReason::SumTooLong { length: 1152 }));
    }
}
