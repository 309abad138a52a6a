//! The service: asks the policy, then the inner service or nobody.
//!
//! Knows neither origins nor headers; those are the policy's.

use std::sync::Arc;
use std::task::{Context, Poll};

use corsac::{Action, Policy};
use http::{Request, Response};
use tower_service::Service;

use crate::future::CorsFuture;
use crate::report::DecisionReport;

/// A service with a [`Policy`] around it.
#[derive(Debug, Clone)]
pub struct Cors<S> {
    inner: S,
    policy: Arc<Policy>,
}

impl<S> Cors<S> {
    /// Puts the policy around the service.
    #[must_use]
    pub fn new(inner: S, policy: impl Into<Arc<Policy>>) -> Self {
        Self { inner, policy: policy.into() }
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

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let decision = self.policy.decide(request.method(), request.headers());
        let report = DecisionReport::of(&decision);
        let headers = decision.headers();
        match decision.action() {
            Action::Forward => CorsFuture::forward(self.inner.call(request), headers, report),
            Action::Respond(status) => CorsFuture::answer(status, headers, report),
        }
    }
}
