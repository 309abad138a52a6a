//! Reading list headers by their grammar.
//!
//! Strict where the grammar is: a line that does not parse spoils the header, whether its content mattered or
//! not.
//!
//! Spec: <https://fetch.spec.whatwg.org/#extract-header-list-values>,
//! <https://fetch.spec.whatwg.org/#http-new-header-syntax>

use crate::HeaderList;
use crate::failure::Value;
use crate::header_name::normalize_value;
use corsac::is_token;

/// Where a list stops being one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotAToken {
    /// The element that is not a token.
    pub(crate) element: String,
    /// The tokens before it.
    pub(crate) before: Vec<String>,
}

/// The tokens of every line of that name, nothing where there is no line: `#extract-header-list-values` for
/// headers that are `#method` or `#field-name`.
///
/// # Errors
///
/// The first element that is not a token, and those before it.
pub(crate) fn tokens(headers: &HeaderList, name: &str) -> Result<Option<Vec<String>>, NotAToken> {
    if !headers.contains(name) {
        return Ok(None);
    }
    let mut tokens = Vec::new();
    for line in headers.values(name) {
        for element in line.split(|byte| *byte == b',') {
            // Empty elements are allowed: <https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient>.
            match normalize_value(element) {
                [] => {}
                token if is_token(token) => tokens.push(String::from_utf8_lossy(token).into_owned()),
                other => {
                    let element = String::from_utf8_lossy(other).into_owned();
                    return Err(NotAToken { element, before: tokens });
                }
            }
        }
    }
    Ok(Some(tokens))
}

/// A number of seconds, nothing where there is none, or it cannot be read, or there are two lines:
/// <https://httpwg.org/specs/rfc9111.html#delta-seconds>. As many as fit, where there are more.
pub(crate) fn delta_seconds(headers: &HeaderList, name: &str) -> Option<u64> {
    let mut lines = headers.values(name).map(normalize_value);
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let is_number = !line.is_empty() && line.iter().all(u8::is_ascii_digit);
    is_number.then(|| {
        line.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

/// The value as the standard gets it, each line without white space around it, joined with `, `:
/// `#concept-header-list-get`.
pub(crate) fn joined(headers: &HeaderList, name: &str) -> Option<Vec<u8>> {
    let lines: Vec<_> = headers.values(name).map(normalize_value).collect();
    (!lines.is_empty()).then(|| lines.join(&b", "[..]))
}

/// [`joined`] with all there is to show of it.
pub(crate) fn value(headers: &HeaderList, name: &str) -> Option<Value> {
    let bytes = joined(headers, name)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Some(Value { text, bytes, lines: headers.values(name).count() })
}

/// [`joined`] as text, for showing.
pub(crate) fn joined_text(headers: &HeaderList, name: &str) -> Option<String> {
    joined(headers, name).map(|value| String::from_utf8_lossy(&value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(lines: &[&str]) -> HeaderList {
        lines.iter().map(|line| ("X", *line)).collect()
    }

    #[test]
    fn empty_elements_and_several_lines_are_fine() {
        assert_eq!(
            tokens(&list(&["a,, b ,", "", "c"]), "x"),
            Ok(Some(vec!["a".into(), "b".into(), "c".into()]))
        );
        assert_eq!(tokens(&list(&[""]), "x"), Ok(Some(Vec::new())));
        assert_eq!(tokens(&list(&[]), "x"), Ok(None));
    }

    #[test]
    fn one_bad_element_spoils_all_lines() {
        let error =
            |element: &str, before: Vec<String>| Err(NotAToken { element: element.to_owned(), before });
        assert_eq!(tokens(&list(&["a", "b; c"]), "x"), error("b; c", vec!["a".into()]));
        assert_eq!(tokens(&list(&["\"a\""]), "x"), error("\"a\"", Vec::new()));
    }

    #[test]
    fn seconds_are_digits_in_one_line() {
        assert_eq!(delta_seconds(&list(&["600"]), "x"), Some(600));
        assert_eq!(delta_seconds(&list(&["99999999999999999999999"]), "x"), Some(u64::MAX));
        for bad in ["-1", "+1", "1.5", "", "abc", "100, 200"] {
            assert_eq!(delta_seconds(&list(&[bad]), "x"), None, "{bad}");
        }
        assert_eq!(delta_seconds(&list(&["1", "1"]), "x"), None);
    }
}
