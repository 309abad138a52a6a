//! `Vary`: which request headers a cached answer depends on.
//!
//! Merges into what a response already says, and never says a name twice. Knows nothing of origins; the decision
//! says what it depended on.
//!
//! Spec: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use http::header::{HeaderValue, VARY};

use crate::fields::ResponseFields;

/// The request headers a decision looked at, as far as caches must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vary {
    pub(crate) origin: bool,
    pub(crate) request_method: bool,
    pub(crate) request_headers: bool,
}

impl Vary {
    /// The names, in the order they are written.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [
            (self.origin, "Origin"),
            (self.request_method, "Access-Control-Request-Method"),
            (self.request_headers, "Access-Control-Request-Headers"),
        ]
        .into_iter()
        .filter_map(|(wanted, name)| wanted.then_some(name))
    }

    /// Adds the missing names to a response, as one field line with what it already had.
    pub fn merge_into(self, response: &mut impl ResponseFields) {
        if self == Self::default() {
            return;
        }
        let only_origin = self == (Self { origin: true, ..Self::default() });
        if only_origin && response.set_if_absent(VARY, HeaderValue::from_static("Origin")) {
            return;
        }
        if let Some(merged) = self.merged(response.vary()) {
            response.set(VARY, merged);
        }
    }

    /// One line of what is there and what is missing; nothing where nothing is missing.
    fn merged<'a>(self, lines: impl Iterator<Item = &'a [u8]>) -> Option<HeaderValue> {
        let mut merged = lines.map(without_end).collect::<Vec<_>>().join(&b", "[..]);
        let elements = || merged.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        // `*` already says that the answer depends on everything.
        if elements().any(|element| element == b"*") {
            return None;
        }
        let missing: Vec<&str> = self
            .names()
            .filter(|name| !elements().any(|element| element.eq_ignore_ascii_case(name.as_bytes())))
            .collect();
        if missing.is_empty() {
            return None;
        }
        for name in missing {
            if !merged.is_empty() {
                merged.extend_from_slice(b", ");
            }
            merged.extend_from_slice(name.as_bytes());
        }
        HeaderValue::from_bytes(&merged).ok()
    }
}

/// A line without the commas and spaces it may end with, so that what is appended leaves no empty element.
fn without_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b',' | b' ' | b'\t'));
    &line[..end.map_or(0, |last| last + 1)]
}
