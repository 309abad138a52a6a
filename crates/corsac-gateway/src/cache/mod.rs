//! Responses of an upstream that are kept, so that not every request has to reach it.
//!
//! A shared cache: what is for one user is not kept, and what may be for one is not given to another. What RFC 9111 says of
//! a response is `http-cache-semantics`'s to say; this decides where it is silent, and for the stricter side. Sits behind
//! the finaliser, so that what is kept speaks for no origin and each page gets its own headers.
//!
//! Spec: <https://www.rfc-editor.org/rfc/rfc9111>

mod entry;
mod question;
mod recording;
mod store;

use std::sync::Arc;
use std::time::SystemTime;

use http::header::{HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};

use crate::forwarded::Asked;
use crate::message::body::Body;
use crate::message::passed::{self, Head};
use crate::message::request_body::RequestBody;
use entry::Draft;
use question::Question;

pub(crate) use recording::Recording;
use store::Found;
pub(crate) use store::Store;

/// How a response came about.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9211>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was kept, and is fresh.
    Hit,
    /// It was kept, and the upstream says that it still holds.
    Revalidated,
    /// The upstream gave it.
    Miss,
    /// The upstream was asked since the request wants more than a cache knows.
    Bypass,
}

impl Outcome {
    pub(crate) const ALL: [Self; 4] = [Self::Hit, Self::Revalidated, Self::Miss, Self::Bypass];

    /// The name in metrics.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Revalidated => "revalidated",
            Self::Miss => "miss",
            Self::Bypass => "bypass",
        }
    }

    fn status(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Hit => "corsac; hit",
            Self::Revalidated => "corsac; fwd=stale; fwd-status=304",
            Self::Miss => "corsac; fwd=miss",
            Self::Bypass => "corsac; fwd=bypass",
        })
    }

    fn mark(self, mut response: Response<Body>) -> Response<Body> {
        const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
        response.headers_mut().append(CACHE_STATUS, self.status());
        response.extensions_mut().insert(self);
        response
    }
}

/// In the extensions of a response: it is for one user, though it does not say so any more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForOne;

/// The response to a request of a route with a cache; `forward` asks the upstream.
pub(crate) async fn answer(
    store: &Arc<Store>,
    request: &mut Head,
    body: RequestBody,
    asked: &Asked,
    forward: impl AsyncFnOnce(&mut Head, RequestBody) -> Response<Body>,
) -> Response<Body> {
    passed::unfold(request);
    let question = Question::new(request, asked);
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let changes = !request.method().is_safe();
        let response = forward(request, body).await;
        let done = response.status().is_success() || response.status().is_redirection();
        if changes && done {
            store.forget(&question);
        }
        return response;
    }
    if question.is_beyond_caches(&body) {
        return Outcome::Bypass.mark(forward(request, body).await);
    }
    let is_head = *request.method() == Method::HEAD;
    let stale = match store.find(&question, SystemTime::now()) {
        Found::Fresh(entry, age) => {
            let response = match entry.is_known_to(request.headers()) {
                true => entry.not_modified(age),
                false => entry.response(age),
            };
            return Outcome::Hit.mark(response);
        }
        // Who asks with a condition of its own is to hear the answer to that.
        Found::Stale(entry) if !is_head && !question.has_condition() => {
            entry.make_conditional(request.headers_mut());
            Some(entry)
        }
        Found::Stale(_) | Found::Nothing => None,
    };
    let response = forward(request, body).await;
    let now = SystemTime::now();
    match stale {
        Some(entry) if response.status() == StatusCode::NOT_MODIFIED => {
            let (renewed, entry) = entry.renewed(&question, response.headers(), now);
            match entry {
                Some(entry) => store.keep(&question, entry),
                None => store.forget(&question),
            }
            Outcome::Revalidated.mark(renewed)
        }
        _ => {
            let response = match is_head {
                true => response,
                false => record(store, question, response, now),
            };
            Outcome::Miss.mark(response)
        }
    }
}

/// The response, kept once it has passed, if it may be.
fn record(
    store: &Arc<Store>,
    question: Question,
    response: Response<Body>,
    now: SystemTime,
) -> Response<Body> {
    if !response.body().is_of_upstream() {
        return response;
    }
    let Some(draft) = Draft::of(&question, &response, now) else { return response };
    let (parts, body) = response.into_parts();
    Response::from_parts(parts, Recording::begin(body, Arc::clone(store), question, draft))
}
