//! Brief responses: those with a body that is at hand, and whose length is announced.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderMap, TRAILER, TRANSFER_ENCODING};
use http::{Method, Response, StatusCode, Version};

use super::head::Wanted;
use super::{LINES, MOST, date, head};
use crate::message::passed::Passed;

/// What was read of a response.
pub(crate) enum Read {
    /// All of it.
    Whole(Response<Whole>),
    /// A part of its head, and nothing against it.
    Head,
    /// Its head, and a part of its body.
    Body,
    /// It is not brief, or none.
    More,
}

/// The body of a response, and what of its head is only passed on.
pub(crate) struct Whole {
    pub(crate) body: Bytes,
    pub(crate) passed: Passed,
}

/// What these bytes are of a response to a request of this method. Lines that are only passed on are kept apart, or are not.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-4>
pub(crate) fn read(bytes: &Bytes, method: &Method, apart: bool) -> Read {
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let mut parsed = httparse::Response::new(&mut lines);
    match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => {
            let wanted = if apart { Wanted::OfResponse } else { Wanted::All };
            whole(bytes, method, &parsed, head, wanted).unwrap_or(Read::More)
        }
        Ok(httparse::Status::Partial) if bytes.len() < MOST => Read::Head,
        _ => Read::More,
    }
}

/// The same, where the head is whole; nothing where it is not that of a brief response.
fn whole(
    bytes: &Bytes,
    method: &Method,
    parsed: &httparse::Response<'_, '_>,
    head: usize,
    wanted: Wanted,
) -> Option<Read> {
    // Empty lines may come before it, for hyper to judge. What is announced to HEAD does not come.
    if parsed.version != Some(1) || !bytes.starts_with(b"HTTP/1.1 ") || *method == Method::HEAD {
        return None;
    }
    let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok())?;
    let lines = head::lines(bytes, head, parsed.headers, wanted)?;
    let length = announced(status, lines.length)?;
    let body = bytes.slice(head..);
    if status.is_informational() || body.len() > length || length > MOST - head.min(MOST) {
        return None;
    }
    if body.len() < length {
        return Some(Read::Body);
    }
    let mut response = Response::new(Whole { body, passed: lines.passed });
    *response.status_mut() = status;
    *response.version_mut() = Version::HTTP_11;
    *response.headers_mut() = lines.headers;
    Some(Read::Whole(response))
}

/// How long the body of a response is; nothing where only its end tells.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>
fn announced(status: StatusCode, length: Option<usize>) -> Option<usize> {
    match (has_body(status), length) {
        (true, length) => length,
        (false, None | Some(0)) => Some(0),
        // It is that of another response, which readers are known to wait for.
        (false, Some(_)) => None,
    }
}

fn has_body(status: StatusCode) -> bool {
    !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// What became of the connection of a response that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It takes another request.
    Kept,
    /// It is to be closed.
    Last,
}

/// Writes a response as hyper does, if it is brief; where it is not, nothing.
pub(crate) fn write(
    status: StatusCode,
    headers: &HeaderMap,
    passed: &[u8],
    body: &[u8],
    out: &mut Vec<u8>,
) -> Option<Written> {
    let is_brief = body.len() <= MOST && !status.is_informational() && (has_body(status) || body.is_empty());
    if !is_brief {
        return None;
    }
    let start = out.len();
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(status.canonical_reason().unwrap_or("<none>").as_bytes());
    out.extend_from_slice(b"\r\n");
    let (mut written, mut has_date) = (Written::Kept, false);
    for (name, value) in headers {
        match *name {
            // It is counted anew.
            CONTENT_LENGTH => continue,
            TRAILER | TRANSFER_ENCODING => {
                out.truncate(start);
                return None;
            }
            CONNECTION => written = Written::Last,
            DATE => has_date = true,
            _ => {}
        }
        head::write_line(name, value, out);
    }
    out.extend_from_slice(passed);
    if has_body(status) {
        out.extend_from_slice(b"content-length: ");
        out.extend_from_slice(itoa::Buffer::new().format(body.len()).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if !has_date {
        out.extend_from_slice(b"date: ");
        out.extend_from_slice(&date::now());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    Some(written)
}
