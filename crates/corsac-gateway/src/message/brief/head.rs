//! The header lines of a brief message.

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE,
};

use crate::message::passed::{self, Passed};

/// The lines of a head, and how much of a body they announce.
pub(super) struct Lines {
    pub(super) headers: HeaderMap,
    pub(super) passed: Passed,
    pub(super) length: Option<usize>,
}

/// How many lines the gateway adds to most messages: a map that grows is made anew.
const ADDED: usize = 4;

/// Which lines of a head are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    /// All, and apart from the others those that a request only passes on.
    OfRequest,
    /// The same, of a response.
    OfResponse,
    /// Those that tell how a message is framed, who asks, and what a preflight asks for. Browsers send twice as many.
    OfPreflight,
}

impl Wanted {
    fn passes(self, name: &str) -> bool {
        match self {
            Self::OfRequest => passed::in_request(name),
            Self::OfResponse => passed::in_response(name),
            Self::All | Self::OfPreflight => false,
        }
    }

    fn has(self, name: &str) -> bool {
        let starts = |with: &str| {
            name.len() > with.len() && name.as_bytes()[..with.len()].eq_ignore_ascii_case(with.as_bytes())
        };
        match name.as_bytes().first().map(u8::to_ascii_lowercase) {
            _ if self != Self::OfPreflight => true,
            // `Accept`, `Accept-Encoding` and the like.
            Some(b'a') => starts("access-control-request-"),
            Some(b'u') => name.len() == "upgrade".len(),
            // Of these letters are `Connection`, `Content-Length`, `Expect`, `Forwarded`, `Host`, `Origin`,
            // `Transfer-Encoding` and `X-Forwarded-For`; few others are.
            Some(letter) => matches!(letter, b'c' | b'e' | b'f' | b'h' | b'o' | b't' | b'x'),
            None => true,
        }
    }
}

/// The wanted lines of a message, whose head has so many bytes; nothing where one of them makes the message more than brief, or
/// where a line can be taken for something else by another reader.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>
pub(super) fn lines(
    message: &Bytes,
    head: usize,
    parsed: &[httparse::Header<'_>],
    wanted: Wanted,
) -> Option<Lines> {
    let head = message.get(..head)?;
    // Whoever takes a bare line feed for no end of a line reads other lines.
    if !head.ends_with(b"\r\n\r\n") || !parsed.iter().all(|line| begins_behind_crlf(head, line.name)) {
        return None;
    }
    let (in_map, mut passed) = match wanted {
        Wanted::All => (parsed.len(), Passed::default()),
        Wanted::OfPreflight => (0, Passed::default()),
        // About half of the lines that browsers and servers send are only passed on.
        Wanted::OfRequest | Wanted::OfResponse => (parsed.len() / 2, Passed::apart(head.len())),
    };
    let mut headers = HeaderMap::with_capacity(in_map + ADDED);
    let mut length = None;
    for line in parsed.iter().filter(|line| wanted.has(line.name)) {
        if wanted.passes(line.name) {
            match written(head, line) {
                Some(written) => passed.push(&[written]),
                None => passed.push(&[line.name.as_bytes(), b": ", line.value, b"\r\n"]),
            }
            continue;
        }
        let name = HeaderName::from_bytes(line.name.as_bytes()).ok()?;
        match name {
            CONTENT_LENGTH if length.is_some() => return None,
            CONTENT_LENGTH => {
                length = Some(digits(line.value)?);
                // It is counted anew.
                if passed.is_apart() {
                    passed.leave_out(line.name, line.value);
                    continue;
                }
            }
            CONNECTION if !line.value.eq_ignore_ascii_case(b"keep-alive") => return None,
            // It goes no further, and this one says nothing.
            CONNECTION if passed.is_apart() => {
                passed.leave_out(line.name, line.value);
                continue;
            }
            TRANSFER_ENCODING | UPGRADE | EXPECT => return None,
            _ => {}
        }
        let value = if line.value.is_empty() { Bytes::new() } else { message.slice_ref(line.value) };
        headers.append(name, HeaderValue::from_maybe_shared(value).ok()?);
    }
    Some(Lines { headers, passed, length })
}

fn begins_behind_crlf(head: &[u8], name: &str) -> bool {
    head.get(..position(head, name.as_bytes())).is_some_and(|before| before.ends_with(b"\r\n"))
}

/// Where a part of a head is; nowhere in it for what is none.
fn position(head: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().wrapping_sub(head.as_ptr().addr())
}

/// A line as it stands in a head, where that is how anybody would write it.
fn written<'h>(head: &'h [u8], line: &httparse::Header<'_>) -> Option<&'h [u8]> {
    let start = position(head, line.name.as_bytes());
    let value = start.checked_add(line.name.len() + 2)?;
    let text = head.get(start..value.checked_add(line.value.len() + 2)?)?;
    let is_usual = head[start + line.name.len()..value] == *b": " && text.ends_with(b"\r\n");
    (is_usual && position(head, line.value) == value).then_some(text)
}

/// A length; a sign or a list is none.
fn digits(value: &[u8]) -> Option<usize> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    is_number.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten()
}

/// Writes one line of a head.
pub(super) fn write_line(name: &HeaderName, value: &HeaderValue, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value.as_bytes());
    out.extend_from_slice(b"\r\n");
}
