//! actix-cors, set up for a policy and asked.

use std::cell::Cell;
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_cors::Cors;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, always_ready};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use corsac::PolicyConfig;
use corsac_vectors::{Answer, Inner, PolicyCase};
use futures_util::FutureExt;

use crate::{Outcome, is_any, listed_origins, max_age};

pub(crate) fn put(case: &PolicyCase, policy: &PolicyConfig) -> Outcome {
    Outcome::Answered(answer(case, &middleware(policy)))
}

fn middleware(policy: &PolicyConfig) -> Cors {
    let mut cors = Cors::default();
    cors = match (is_any(&policy.allow_origins), policy.allow_credentials) {
        (true, true) => cors.allow_any_origin(),
        (true, false) => cors.allow_any_origin().send_wildcard(),
        (false, _) => listed_origins(policy).fold(cors, Cors::allowed_origin),
    };
    if policy.allow_credentials {
        cors = cors.supports_credentials();
    }
    cors = if is_any(&policy.allow_methods) {
        cors.allow_any_method()
    } else {
        cors.allowed_methods(policy.allow_methods.iter().map(String::as_str))
    };
    cors = if is_any(&policy.allow_headers) {
        cors.allow_any_header()
    } else {
        cors.allowed_headers(policy.allow_headers.iter().map(String::as_str))
    };
    cors = if is_any(&policy.expose_headers) {
        cors.expose_any_header()
    } else {
        cors.expose_headers(policy.expose_headers.iter().map(String::as_str))
    };
    let max_age = max_age(policy).map(|seconds| usize::try_from(seconds).expect("a day fits"));
    cors.max_age(max_age).block_on_origin_mismatch(policy.refuse_disallowed)
}

/// What stands behind the policy, and whether it was asked.
struct Behind {
    inner: Inner,
    asked: Rc<Cell<bool>>,
}

impl Service<ServiceRequest> for Behind {
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Ready<Result<ServiceResponse, Error>>;

    always_ready!();

    fn call(&self, request: ServiceRequest) -> Self::Future {
        self.asked.set(true);
        let status = StatusCode::from_u16(self.inner.status).expect("a status");
        let mut response = HttpResponse::build(status);
        for (name, value) in &self.inner.headers {
            response.append_header((name.as_str(), value.as_str()));
        }
        ready(Ok(request.into_response(response.finish())))
    }
}

fn answer(case: &PolicyCase, cors: &Cors) -> Answer {
    let asked = Rc::new(Cell::new(false));
    let behind = Behind { inner: case.inner.clone(), asked: Rc::clone(&asked) };
    let service = cors.new_transform(behind).now_or_never().expect("it is made at once");
    let service = service.expect("it starts with what a sound policy lists");
    let method = Method::from_bytes(case.request.method.as_bytes()).expect("a method");
    let mut request = TestRequest::with_uri(&case.request.uri).method(method);
    for (name, value) in &case.request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a field name");
        let value = HeaderValue::from_bytes(value.expand().as_bytes()).expect("a field value");
        request = request.append_header((name, value));
    }
    let response = service
        .call(request.to_srv_request())
        .now_or_never()
        .expect("nothing here has to be waited for")
        .unwrap_or_else(|error| panic!("{}: {error}", case.id));
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    Answer { status: response.status().as_u16(), headers, forwarded: asked.get() }
}
