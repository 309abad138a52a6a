//! The service: asks the policy, then the inner service or nobody.
//!
//! Knows neither origins nor headers; those are the policy's.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, forward_ready};
use corsac::Action;
use corsac_middleware::Policies;

use crate::fields::{self, Request};
use crate::future::{self, CorsFuture};

/// A service with a policy around it, made by [`Cors`](crate::Cors).
#[derive(Debug)]
pub struct CorsMiddleware<S> {
    inner: S,
    policies: Policies,
}

impl<S> CorsMiddleware<S> {
    pub(crate) fn new(inner: S, policies: Policies) -> Self {
        Self { inner, policies }
    }
}

impl<S, B> Service<ServiceRequest> for CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S::Future>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let fields = Request(request.headers());
        let outcome = self.policies.decide(request.method(), fields::routed_path(&request), &fields);
        match outcome {
            Some(outcome) => match outcome.action() {
                Action::Respond(status) => CorsFuture::answered(future::answer(request, status, outcome)),
                Action::Forward => CorsFuture::asked(self.inner.call(request), Some(outcome)),
            },
            None => CorsFuture::asked(self.inner.call(request), None),
        }
    }
}
