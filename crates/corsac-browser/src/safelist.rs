//! The request-header safelist: what a script may send to another origin without asking first.
//!
//! Judges the headers as they stand; forbidden ones are gone by then.
//!
//! Spec: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>

use std::collections::BTreeMap;

use data_url::mime::Mime;

use crate::{Browser, HeaderList, Quirk, UnsafeReason, client_hint};

/// The longest value that is safelisted.
const MAX_VALUE: usize = 128;
/// The most that all safelisted values together may take.
const MAX_SUM: usize = 1024;

/// Every name that needs leave, in lower case and sorted, with the reason:
/// `#cors-unsafe-request-header-names`.
///
/// Each line is judged by itself: two `Accept` headers of 100 bytes are safe, though joined they would not
/// be; engines that join lines have done so by now. What the browser adds of its own (`Accept`,
/// `Accept-Language`) is not among them: no engine asks leave for that.
pub(crate) fn unsafe_headers(headers: &HeaderList, browser: Browser) -> BTreeMap<String, UnsafeReason> {
    let mut unsafe_headers = BTreeMap::new();
    let mut potentially_unsafe = Vec::new();
    let mut sum = 0_usize;
    for (name, value) in headers.iter() {
        let name = name.to_ascii_lowercase();
        match why_unsafe(&name, value, browser) {
            Some(reason) => {
                unsafe_headers.entry(name).or_insert(reason);
            }
            None => {
                potentially_unsafe.push(name);
                sum = sum.saturating_add(value.len());
            }
        }
    }
    if sum > MAX_SUM && !browser.has(Quirk::NoSumLimit) {
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
pub(crate) fn why_unsafe(name: &str, value: &[u8], browser: Browser) -> Option<UnsafeReason> {
    if browser.has(Quirk::ClientHintsSafelisted)
        && value.len() <= MAX_VALUE
        && client_hint::is_safelisted(name, value)
    {
        return None;
    }
    if !matches!(name, "accept" | "accept-language" | "content-language" | "content-type" | "range") {
        return Some(UnsafeReason::Name);
    }
    if value.len() > MAX_VALUE {
        return Some(UnsafeReason::TooLong { length: value.len() });
    }
    let is_unsafe_byte = |byte| is_unsafe_byte(byte) || (byte >= 0x80 && browser.has(Quirk::HighBytesUnsafe));
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
            let is_strict = !browser.has(Quirk::ContentTypeStrict) || has_strict_parameters(&text);
            (!is_form || !is_strict).then_some(UnsafeReason::ContentType(text))
        }),
        _ => (!is_simple_range(value, browser)).then(|| UnsafeReason::Range(isomorphic_decode(value))),
    }
}

/// Names that survive in `no-cors`: `#no-cors-safelisted-request-header-name`. The name is in lower case.
pub(crate) fn is_no_cors_safelisted(name: &str, value: &[u8], browser: Browser) -> bool {
    matches!(name, "accept" | "accept-language" | "content-language" | "content-type")
        && why_unsafe(name, value, browser).is_none()
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

/// No list, and nothing left open: a single `;` may end the type, but none the parameters.
fn has_strict_parameters(content_type: &str) -> bool {
    let parameters = content_type.split_once(';').map_or("", |(_, parameters)| parameters);
    !content_type.contains(',') && !parameters.ends_with(';')
}

fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')
}

/// One range with a start, and no white space: `#simple-range-header-value`, and the null check after it.
fn is_simple_range(value: &[u8], browser: Browser) -> bool {
    let is_unit = |unit: &str| {
        unit == "bytes" || (unit.eq_ignore_ascii_case("bytes") && browser.has(Quirk::RangeUnitAnyCase))
    };
    let Some((start, end)) = std::str::from_utf8(value)
        .ok()
        .and_then(|value| value.split_once('='))
        .filter(|(unit, _)| is_unit(unit))
        .and_then(|(_, range)| range.split_once('-'))
    else {
        return false;
    };
    let unsigned = |text: &str| match text.strip_prefix('+') {
        Some(number) if browser.has(Quirk::RangePlusSign) => number.to_owned(),
        _ => text.to_owned(),
    };
    let has_end = !end.is_empty();
    let (start, end) = (unsigned(start), unsigned(end));
    let is_number = |text: &str| {
        let limit = if browser.has(Quirk::RangeBelowTwoTo63) {
            Some(i64::MAX.unsigned_abs() - 1)
        } else {
            browser.has(Quirk::RangeBelowTwoTo64).then_some(u64::MAX)
        };
        let fits = limit.is_none_or(|limit| text.parse::<u64>().is_ok_and(|number| number <= limit));
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && fits
    };
    let significant = |text: &str| text.trim_start_matches('0').to_owned();
    let not_after = |start: &str, end: &str| {
        // Numbers of any length: the standard sets no limit but the 128 bytes.
        let (start, end) = (significant(start), significant(end));
        (start.len(), start) <= (end.len(), end)
    };
    is_number(&start) && (!has_end || (is_number(&end) && not_after(&start, &end)))
}

/// Bytes as the code points of the same number: <https://infra.spec.whatwg.org/#isomorphic-decode>.
pub(crate) fn isomorphic_decode(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(name: &str, value: &str) -> Option<String> {
        why_unsafe(name, value.as_bytes(), Browser::Standard).map(|reason| reason.to_string())
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
        let reasons = unsafe_headers(&headers, Browser::Standard);
        assert_eq!(reasons.get("accept"), Some(&UnsafeReason::SumTooLong { length: 1152 }));
    }
}
