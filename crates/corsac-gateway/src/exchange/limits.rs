//! What is too much: requests that are refused before their target hears of them, and responses that end early.
//!
//! Knows how much is too much from the route alone, and nothing of CORS: preflights were answered before.

use http::Response;
use hyper::body::Incoming;

use crate::config::{Limits, Route, Size};
use crate::message::body::Body;
use crate::message::passed::Head;
use crate::message::request_body::{self, Outgrown, RequestBody};
use crate::page;

/// What there is too much of, with how much there may be.
pub(crate) enum TooMuch {
    Head(usize),
    Lines(usize),
    Body(Size),
}

impl TooMuch {
    pub(crate) fn page(&self, route: &Route) -> Response<Body> {
        match *self {
            Self::Head(limit) => page::head_too_large(limit),
            Self::Lines(limit) => page::too_many_headers(limit),
            Self::Body(limit) => page::body_too_large(&route.shown, limit),
        }
    }
}

/// The body of a request as its target may see it, and whether it turns out to be too large.
pub(crate) fn of_request(
    request: &mut Head,
    body: Option<Incoming>,
    route: &Route,
    limits: &Limits,
) -> Result<(RequestBody, Outgrown), TooMuch> {
    let of_head = if head_size(request) > limits.head {
        Some(TooMuch::Head(limits.head))
    } else if request.headers().len() + request.body().count() > limits.headers {
        Some(TooMuch::Lines(limits.headers))
    } else {
        None
    };
    if let Some(too_much) = of_head {
        request_body::refuse(request, body);
        return Err(too_much);
    }
    let limit = route.limits.body;
    RequestBody::limit(request, body, limit).map_err(|_| TooMuch::Body(limit))
}

/// The response as the client may see it: where the upstream announces too much, a page instead; where it does not, no
/// more than there may be.
pub(crate) fn of_response(response: Response<Body>, route: &Route) -> Response<Body> {
    let limit = route.limits.response;
    let Some(most) = limit.limit() else { return response };
    let (parts, body) = response.into_parts();
    match body {
        Body::Upstream(body, _) if http_body::Body::size_hint(&body).lower() > most => {
            tracing::warn!(route = %route.shown, %limit, "the response is larger than `max_response`");
            let mut page = page::response_too_large(&route.shown, limit);
            *page.extensions_mut() = parts.extensions;
            page
        }
        Body::Upstream(body, route) => Response::from_parts(parts, Body::Capped(body, route, most)),
        body => Response::from_parts(parts, body),
    }
}

/// The bytes of target, names and values, with what a line has around them.
fn head_size(request: &Head) -> usize {
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    let lines =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    target + lines.sum::<usize>() + request.body().size()
}
