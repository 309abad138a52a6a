//! tower-http, set up for a policy and asked.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::Duration;

use corsac::PolicyConfig;
use corsac_vectors::{Answer, PolicyCase};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};

use crate::{Outcome, is_any, listed_origins, max_age, panics};

pub(crate) fn put(case: &PolicyCase, policy: &PolicyConfig) -> Outcome {
    if policy.refuse_disallowed {
        // It passes on every actual request.
        return Outcome::CannotSay;
    }
    answer(case, &layer(policy)).map_or(Outcome::Panics, Outcome::Answered)
}

fn layer(policy: &PolicyConfig) -> CorsLayer {
    let origins = match (is_any(&policy.allow_origins), policy.allow_credentials) {
        (true, true) => AllowOrigin::mirror_request(),
        (true, false) => AllowOrigin::any(),
        (false, _) => AllowOrigin::list(
            listed_origins(policy).map(|origin| HeaderValue::from_str(origin).expect("a sound origin")),
        ),
    };
    let methods = if is_any(&policy.allow_methods) {
        AllowMethods::any()
    } else {
        AllowMethods::list(
            policy
                .allow_methods
                .iter()
                .map(|method| Method::from_bytes(method.as_bytes()).expect("a sound method")),
        )
    };
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(policy.allow_credentials)
        .allow_methods(methods)
        .allow_headers(match &policy.allow_headers[..] {
            [any] if any == "*" => AllowHeaders::any(),
            names => AllowHeaders::list(header_names(names)),
        })
        .expose_headers(match &policy.expose_headers[..] {
            [any] if any == "*" => ExposeHeaders::any(),
            names => ExposeHeaders::list(header_names(names)),
        });
    match max_age(policy) {
        Some(seconds) => layer.max_age(Duration::from_secs(seconds.into())),
        None => layer,
    }
}

/// Names as it takes them; a `*` beside others is one of them, for that is how it is said.
fn header_names(names: &[String]) -> impl Iterator<Item = HeaderName> {
    names.iter().map(|name| HeaderName::from_bytes(name.as_bytes()).expect("a sound name"))
}

/// Nothing where it panics: it checks its settings when it is given its service.
fn answer(case: &PolicyCase, layer: &CorsLayer) -> Option<Answer> {
    let mut request = Request::builder().method(case.request.method.as_str()).uri(&case.request.uri);
    for (name, value) in &case.request.headers {
        request = request.header(name, value.expand());
    }
    let asked = Cell::new(false);
    let inner = service_fn(async |_: Request<()>| {
        asked.set(true);
        let mut response = Response::builder().status(case.inner.status);
        for (name, value) in &case.inner.headers {
            response = response.header(name, value);
        }
        Ok::<_, Infallible>(response.body(()).expect("an inner response"))
    });
    let service = panics::caught(|| layer.layer(inner))?;
    let request = request.body(()).expect("a request");
    let Ok(response) = service.oneshot(request).now_or_never().expect("nothing here has to be waited for");
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    Some(Answer { status: response.status().as_u16(), headers, forwarded: asked.get() })
}
