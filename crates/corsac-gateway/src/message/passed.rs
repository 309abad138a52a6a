//! The lines of a message that nothing here looks at: they are only passed on.
//!
//! Most of what browsers and servers say is of that kind, and to put a line into a map, from which it is then written, costs
//! several times as much as to copy it. So where a request and its response are brief, such lines stay text. Whoever looks at all
//! lines of a request unfolds it before, and has its response whole as well.

use http::Request;
use http::header::{HeaderMap, HeaderName, HeaderValue};

/// The head of a request, and what of it is only passed on.
pub(crate) type Head = Request<Passed>;

/// Lines, as they are written. Nothing where all are in the map of headers.
#[derive(Debug, Default, Clone)]
pub(crate) struct Passed(Option<Lines>);

#[derive(Debug, Default, Clone)]
struct Lines {
    text: Vec<u8>,
    /// How many lines there were, those that were left out among them.
    count: usize,
    /// How much of them was left out.
    left_out: usize,
}

/// Whether lines of this name are only passed on in a request.
pub(crate) fn in_request(name: &str) -> bool {
    let (is, starts) = (|other| is(name, other), |with| starts(name, with));
    match first(name) {
        b'a' => is("accept") || is("accept-encoding") || is("accept-language"),
        b'd' => is("dnt"),
        b'p' => is("priority"),
        b'r' => is("referer"),
        b's' => starts("sec-fetch-") || starts("sec-ch-"),
        b'u' => is("user-agent"),
        _ => false,
    }
}

/// Whether lines of this name are only passed on in a response.
pub(crate) fn in_response(name: &str) -> bool {
    let is = |other| is(name, other);
    match first(name) {
        b'c' => is("content-type") || is("cache-control") || is("content-security-policy"),
        b'e' => is("etag") || is("expires"),
        b'l' => is("last-modified"),
        b's' => is("server"),
        b'x' => is("x-request-id") || is("x-content-type-options") || is("x-powered-by"),
        _ => false,
    }
}

fn first(name: &str) -> u8 {
    name.as_bytes().first().map_or(0, u8::to_ascii_lowercase)
}

fn is(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}

fn starts(name: &str, with: &str) -> bool {
    name.as_bytes().get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
}

impl Passed {
    /// For a message whose lines are kept apart, with room for so many bytes of them.
    pub(crate) fn apart(room: usize) -> Self {
        Self(Some(Lines { text: Vec::with_capacity(room), ..Lines::default() }))
    }

    /// Whether they are.
    pub(crate) fn is_apart(&self) -> bool {
        self.0.is_some()
    }

    /// Adds a line that was read from a head, in its parts, with its end.
    pub(crate) fn push(&mut self, line: &[&[u8]]) {
        let lines = self.0.get_or_insert_default();
        lines.count += 1;
        for part in line {
            lines.text.extend_from_slice(part);
        }
    }

    /// Counts a line that was read from a head, and goes no further.
    pub(crate) fn leave_out(&mut self, name: &str, value: &[u8]) {
        let lines = self.0.get_or_insert_default();
        lines.count += 1;
        lines.left_out += name.len() + value.len() + ": \r\n".len();
    }

    /// How many lines were read.
    pub(crate) fn count(&self) -> usize {
        self.0.as_ref().map_or(0, |lines| lines.count)
    }

    /// The bytes of the lines that were read.
    pub(crate) fn size(&self) -> usize {
        self.0.as_ref().map_or(0, |lines| lines.text.len() + lines.left_out)
    }

    /// The lines that are passed on, each with its end.
    pub(crate) fn text(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |lines| &lines.text)
    }

    /// Puts the lines among the others.
    pub(crate) fn unfold(self, headers: &mut HeaderMap) {
        let Some(Lines { text, .. }) = self.0 else { return };
        let mut left = text.as_slice();
        while let Some(end) = left.windows(2).position(|window| window == b"\r\n") {
            let line = &left[..end];
            left = &left[end + 2..];
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let name = HeaderName::from_bytes(&line[..colon]);
            let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii_start());
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
    }
}

/// Puts the lines of a request that are only passed on among the others.
pub(crate) fn unfold(head: &mut Head) {
    let passed = std::mem::take(head.body_mut());
    passed.unfold(head.headers_mut());
}
