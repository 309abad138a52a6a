//! A response that is kept, and what it is good for.
//!
//! Knows what one response says of itself; which requests get it is the store's to find.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{
    AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, PRAGMA, SET_COOKIE, TRAILER,
    TRANSFER_ENCODING, VARY,
};
use http::{Response, StatusCode};
use http_cache_semantics::{BeforeRequest, CacheOptions, CachePolicy, ResponseLike};

use super::ForOne;
use super::question::Question;
use crate::forwarded::hops::X_FORWARDED_FOR;
use crate::message::body::Body;

/// What RFC 9111 leaves to a cache: shared, and no guess at how long something may hold that says nothing of it.
fn options() -> CacheOptions {
    CacheOptions { shared: true, cache_heuristic: 0.0, ..CacheOptions::default() }
}

/// Older than this, a response is none that anybody would keep.
const OLDEST: u64 = 10 * 365 * 24 * 60 * 60;

/// A response without its body, of which it is known that it may be kept.
pub(crate) struct Draft {
    policy: CachePolicy,
    status: StatusCode,
    headers: HeaderMap,
    /// Whether it says in so many words that it is for everybody.
    is_public: bool,
    selected: Vec<(HeaderName, Option<HeaderValue>)>,
}

/// A response.
pub(crate) struct Entry {
    draft: Draft,
    body: Bytes,
}

/// How the response to a request relates to what is kept.
pub(super) enum Fit {
    Fresh(Duration),
    Stale,
    Other,
}

impl Draft {
    /// Nothing where it may not be kept.
    pub(super) fn of<B>(question: &Question, response: &Response<B>, now: SystemTime) -> Option<Self> {
        if response.extensions().get::<ForOne>().is_some() {
            return None;
        }
        // An upstream speaks for its own origin, and that is gone by the time somebody is given this.
        let mut headers = response.headers().clone();
        corsac::strip(&mut headers);
        Self::new(question, response.status(), headers, now)
    }

    fn new(question: &Question, status: StatusCode, headers: HeaderMap, now: SystemTime) -> Option<Self> {
        let is_kept_whole = status != StatusCode::PARTIAL_CONTENT && status != StatusCode::NOT_MODIFIED;
        // A cookie is for one user, whatever else the response says. Trailers would be lost.
        let is_for_one = headers.contains_key(SET_COOKIE);
        let varies = Varies::of(&headers)?;
        if !is_kept_whole || is_for_one || headers.contains_key(TRAILER) || !is_of_an_age(&headers) {
            return None;
        }
        let said = Said { status, headers: with_plain_directives(&headers)? };
        let is_public = ["public", "s-maxage"].iter().any(|directive| has(&said.headers, directive));
        if question.has_credentials() && !is_public {
            return None;
        }
        let policy = CachePolicy::new_options(question, &said, now, options());
        let can_be_renewed = headers.contains_key(ETAG) || headers.contains_key(LAST_MODIFIED);
        let is_worth_it = !policy.time_to_live(now).is_zero() || can_be_renewed;
        let selected = question.selected(&varies.0);
        (policy.is_storable() && is_worth_it).then_some(Self { policy, status, headers, is_public, selected })
    }

    pub(super) fn with_body(self, body: Bytes) -> Entry {
        Entry { draft: self, body }
    }
}

impl Entry {
    /// Whether this is the response to the request.
    pub(super) fn fit(&self, question: &Question, now: SystemTime) -> Fit {
        if question.has_credentials() && !self.draft.is_public {
            return Fit::Other;
        }
        match self.draft.policy.before_request(question, now) {
            BeforeRequest::Fresh(_) => Fit::Fresh(self.age(now)),
            BeforeRequest::Stale { matches: true, .. } => Fit::Stale,
            BeforeRequest::Stale { matches: false, .. } => Fit::Other,
        }
    }

    /// Whether it is for the same requests as another one.
    pub(super) fn is_for_those_of(&self, other: &Self) -> bool {
        self.draft.selected == other.draft.selected
    }

    pub(super) fn age(&self, now: SystemTime) -> Duration {
        self.draft.policy.age(now)
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let line = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 32;
        // Once here and once in the policy, which has the request's too.
        self.body.len() + 2 * self.draft.headers.iter().map(line).sum::<usize>() + 1024
    }

    pub(super) fn response(&self, age: Duration) -> Response<Body> {
        whole(self.draft.status, self.draft.headers.clone(), &self.body, age)
    }

    /// For a client that has it already.
    pub(super) fn not_modified(&self, age: Duration) -> Response<Body> {
        let mut response = self.response(age).map(|_| Body::Empty);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(CONTENT_LENGTH);
        response
    }

    /// Whether the client has it already, by the tag it gives.
    ///
    /// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2>
    pub(super) fn is_known_to(&self, request: &HeaderMap) -> bool {
        let weak = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
        let Some(own) = self.draft.headers.get(ETAG).map(|tag| weak(tag.as_bytes().trim_ascii())) else {
            return false;
        };
        // A tag with a comma in it is taken apart and not recognised: then the client gets what it has once more.
        let known = |line: &HeaderValue| {
            line.as_bytes().split(|byte| *byte == b',').any(|tag| weak(tag.trim_ascii()) == own)
        };
        self.draft.status == StatusCode::OK && request.get_all(IF_NONE_MATCH).iter().any(known)
    }

    /// Asks the upstream for another one only where this no longer holds.
    pub(super) fn make_conditional(&self, request: &mut HeaderMap) {
        for (condition, validator) in [(IF_NONE_MATCH, ETAG), (IF_MODIFIED_SINCE, LAST_MODIFIED)] {
            if let Some(value) = self.draft.headers.get(validator) {
                request.insert(condition, value.clone());
            }
        }
    }

    /// The same, of which the upstream said that it still holds: for the client, and to be kept where it still may be.
    ///
    /// Spec: <https://www.rfc-editor.org/rfc/rfc9111#section-3.2>
    pub(super) fn renewed(
        &self,
        question: &Question,
        said: &HeaderMap,
        now: SystemTime,
    ) -> (Response<Body>, Option<Self>) {
        let mut headers = self.draft.headers.clone();
        // How old it was is over, unless it is said anew.
        headers.remove(AGE);
        for name in said.keys().filter(|name| !OF_THE_BODY.contains(name)) {
            headers.remove(name);
            headers.extend(said.get_all(name).iter().map(|value| (name.clone(), value.clone())));
        }
        corsac::strip(&mut headers);
        let status = self.draft.status;
        match Draft::new(question, status, headers.clone(), now) {
            Some(draft) => {
                let entry = draft.with_body(self.body.clone());
                (entry.response(entry.age(now)), Some(entry))
            }
            None => (whole(status, headers, &self.body, Duration::ZERO), None),
        }
    }
}

fn whole(status: StatusCode, mut headers: HeaderMap, body: &Bytes, age: Duration) -> Response<Body> {
    headers.insert(AGE, age.as_secs().into());
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_LENGTH, body.len().into());
    }
    let mut response = Response::new(Body::Kept(Some(body.clone())));
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}

/// What an answer without a body cannot say of the body that is kept.
const OF_THE_BODY: [HeaderName; 4] = [CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING, CONTENT_RANGE];

/// The request headers that a response depends on, where those of another request can be compared with them.
struct Varies(Vec<HeaderName>);

impl Varies {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let names = headers.get_all(VARY).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
        let names = names.map(<[u8]>::trim_ascii).filter(|name| !name.is_empty());
        // `*` is a name by its letters.
        let names = names.map(|name| HeaderName::from_bytes(name).ok().filter(|name| name.as_str() != "*"));
        let names = names.collect::<Option<Vec<_>>>()?;
        // It is the gateway's to say, and different for each client.
        (!names.contains(&X_FORWARDED_FOR)).then_some(Self(names))
    }
}

/// A response as it is shown to [`CachePolicy`].
struct Said {
    status: StatusCode,
    headers: HeaderMap,
}

impl ResponseLike for Said {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

/// With directives in small letters, which is how they are looked for, and written in any. Nothing where they are no text.
pub(super) fn with_plain_directives(headers: &HeaderMap) -> Option<HeaderMap> {
    let mut plain = headers.clone();
    for name in [CACHE_CONTROL, PRAGMA] {
        let lines = headers.get_all(&name).iter().map(|line| line.to_str().ok());
        let lines = lines.collect::<Option<Vec<_>>>()?;
        if !lines.is_empty() {
            let line = lines.join(", ").to_ascii_lowercase();
            plain.insert(name, HeaderValue::from_str(&line).ok()?);
        }
    }
    Some(plain)
}

/// Whether `Cache-Control`, in small letters, has this directive.
fn has(headers: &HeaderMap, directive: &str) -> bool {
    let written = headers.get(CACHE_CONTROL).and_then(|line| line.to_str().ok()).unwrap_or_default();
    written.split(',').any(|part| part.split('=').next().is_some_and(|name| name.trim() == directive))
}

/// Whether what it says of its age can be reckoned with.
fn is_of_an_age(headers: &HeaderMap) -> bool {
    let seconds = |age: &HeaderValue| age.to_str().ok()?.trim().parse::<u64>().ok();
    headers.get_all(AGE).iter().all(|age| seconds(age).is_some_and(|age| age <= OLDEST))
}
