//! The service: asks the policy, then the inner service or nobody.
//!
//! Knows neither origins nor headers; those are the policy's.

use std::task::{Context, Poll};

use corsac::Action;
use corsac_middleware::{Outcome, Policies};
use http::{Request, Response};
use tower_service::Service;

use crate::future::CorsFuture;

/// A service with a policy around it.
#[derive(Debug, Clone)]
pub struct Cors<S> {
    inner: S,
    policies: Policies,
}

impl<S> Cors<S> {
    /// Puts the policy around the service, without a [`CorsLayer`](crate::CorsLayer).
    #[must_use]
    pub fn new(inner: S, policies: impl Into<Policies>) -> Self {
        Self { inner, policies: policies.into() }
    }

    /// The service inside.
    #[must_use]
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// The service inside, without its policy.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for Cors<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: Default,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = CorsFuture<S::Future>;

    #[inline]
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let outcome = self.policies.decide(request.method(), request.uri().path(), request.headers());
        // As in `CorsFuture::new`, which would move the request once more.
        match outcome.as_ref().map(Outcome::action) {
            Some(Action::Respond(status)) => CorsFuture::answered(outcome, status),
            Some(Action::Forward) | None => CorsFuture::asked(outcome, self.inner.call(request)),
        }
    }
}
