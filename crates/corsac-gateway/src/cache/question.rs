//! A request as a cache sees it: what was asked for, by which name, and what else the answer may depend on.
//!
//! One line a header: caches compare texts, and HTTP may spread a text over lines.

use http::header::{
    AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{Method, Request, Uri};
use http_cache_semantics::RequestLike;

use super::entry::with_plain_directives;
use crate::forwarded::Asked;
use crate::message::hop_by_hop;

/// What was asked.
pub(crate) struct Question {
    /// Scheme, name, path and query. The name is for the upstream to see, so its answer may depend on it.
    key: String,
    uri: Uri,
    headers: HeaderMap,
}

impl Question {
    pub(super) fn new<B>(request: &Request<B>, asked: &Asked) -> Self {
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let (scheme, name) = asked.name();
        let name = String::from_utf8_lossy(name);
        let key = format!("{scheme}://{name}{target}");
        let uri = target.parse().unwrap_or_default();
        let mut headers = request.headers().clone();
        // What the upstream never sees is no part of it.
        hop_by_hop::remove(&mut headers);
        let headers = joined(&headers);
        // Directives that are no text are none.
        let headers = with_plain_directives(&headers).unwrap_or(headers);
        Self { key, uri, headers }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the request says who asks.
    pub(super) fn has_credentials(&self) -> bool {
        [COOKIE, AUTHORIZATION].iter().any(|name| self.headers.contains_key(name))
    }

    /// Whether the client has something already, and asks whether it still holds.
    pub(super) fn has_condition(&self) -> bool {
        [IF_NONE_MATCH, IF_MODIFIED_SINCE].iter().any(|name| self.headers.contains_key(name))
    }

    /// Whether it asks for what is not kept: parts, conditions on what would be changed, an answer to a body.
    pub(super) fn is_beyond_caches(&self, body: &impl http_body::Body) -> bool {
        let asks = |name: &HeaderName| self.headers.contains_key(name);
        [RANGE, IF_RANGE, IF_MATCH, IF_UNMODIFIED_SINCE].iter().any(asks) || !body.is_end_stream()
    }

    /// What the headers of the request have for these names, which another request has to have as well.
    pub(super) fn selected(&self, names: &[HeaderName]) -> Vec<(HeaderName, Option<HeaderValue>)> {
        names.iter().map(|name| (name.clone(), self.headers.get(name).cloned())).collect()
    }
}

/// What is kept is the answer to `GET`, which has that to `HEAD` in it.
impl RequestLike for Question {
    fn uri(&self) -> Uri {
        self.uri.clone()
    }

    fn is_same_uri(&self, other: &Uri) -> bool {
        self.uri == *other
    }

    fn method(&self) -> &Method {
        &Method::GET
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

/// The headers with one line each.
fn joined(headers: &HeaderMap) -> HeaderMap {
    let mut joined = HeaderMap::with_capacity(headers.keys_len());
    for name in headers.keys() {
        let lines: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        let line = match lines.as_slice() {
            [_] => headers.get(name).cloned(),
            lines => HeaderValue::from_bytes(&lines.join(&b", "[..])).ok(),
        };
        joined.extend(line.map(|line| (name.clone(), line)));
    }
    joined
}
