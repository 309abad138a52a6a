//! Brief requests: those without a body, that want nothing of their connection.

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Method, Request, Uri, Version};

use super::head::Wanted;
use super::{LINES, MOST, head};
use crate::message::passed::Head;

/// The request that these bytes are, all of them, if it is brief.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-3>
pub(crate) fn read(bytes: &Bytes) -> Option<Head> {
    read_lines(bytes, Wanted::OfRequest)
}

/// The same of a request that may be a preflight, with no lines but those that its answer depends on.
pub(crate) fn read_preflight(bytes: &Bytes) -> Option<Head> {
    bytes.starts_with(b"OPTIONS ").then(|| read_lines(bytes, Wanted::OfPreflight)).flatten()
}

fn read_lines(bytes: &Bytes, wanted: Wanted) -> Option<Head> {
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let mut parsed = httparse::Request::new(&mut lines);
    let read = parsed.parse(bytes).ok()?;
    if read != httparse::Status::Complete(bytes.len()) || bytes.len() > MOST || parsed.version != Some(1) {
        return None;
    }
    // Empty lines may come before it, for hyper to judge.
    let method = parsed.method.filter(|method| bytes.starts_with(method.as_bytes()))?;
    let method = Method::from_bytes(method.as_bytes()).ok()?;
    // The answer to HEAD announces what does not come, and CONNECT asks for no path.
    if matches!(method, Method::HEAD | Method::CONNECT) {
        return None;
    }
    let target = parsed.path.filter(|target| target.starts_with('/'))?;
    let target = Uri::from_maybe_shared(bytes.slice_ref(target.as_bytes())).ok()?;
    let lines = head::lines(bytes, bytes.len(), parsed.headers, wanted)?;
    if lines.length.is_some() {
        return None;
    }
    let mut request = Request::new(lines.passed);
    *request.method_mut() = method;
    *request.uri_mut() = target;
    *request.version_mut() = Version::HTTP_11;
    *request.headers_mut() = lines.headers;
    Some(request)
}

/// Writes the head of a request that has no body.
pub(crate) fn write(request: &Head, out: &mut Vec<u8>) {
    out.extend_from_slice(request.method().as_str().as_bytes());
    out.push(b' ');
    let target = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    out.extend_from_slice(target.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
    for (name, value) in request.headers() {
        head::write_line(name, value, out);
    }
    out.extend_from_slice(request.body().text());
    out.extend_from_slice(b"\r\n");
}
