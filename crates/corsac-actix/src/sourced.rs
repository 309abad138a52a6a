//! The service with a source of origins: waits for the source only where neither list nor cache knows the origin.
//!
//! Knows no cache; see [`CachedOrigins`].

use std::rc::Rc;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, forward_ready};
use corsac::Action;
use corsac_middleware::{CachedOrigins, OriginSource, Policies};
use futures_util::future::LocalBoxFuture;

use crate::fields::{Request, routed_path};
use crate::future::{answer, finish};

/// A service with a policy around it, part of whose origins live elsewhere; made by
/// [`SourcedCors`](crate::SourcedCors).
#[derive(Debug)]
pub struct SourcedCorsMiddleware<S, Source> {
    inner: Rc<S>,
    policies: Policies,
    origins: CachedOrigins<Source>,
}

impl<S, Source> SourcedCorsMiddleware<S, Source> {
    pub(crate) fn new(inner: Rc<S>, policies: Policies, origins: CachedOrigins<Source>) -> Self {
        Self { inner, policies, origins }
    }
}

impl<S, B, Source> Service<ServiceRequest> for SourcedCorsMiddleware<S, Source>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
    Source: OriginSource,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, policies, origins) =
            (Rc::clone(&self.inner), self.policies.clone(), self.origins.clone());
        Box::pin(async move {
            let fields = Request(request.headers());
            let (method, path) = (request.method(), routed_path(&request));
            let outcome = match policies.try_decide(method, path, &fields) {
                Ok(outcome) => outcome,
                Err(origin) => {
                    let allowed = match origins.known(&origin) {
                        Some(answer) => answer,
                        None => matches!(origins.allows(&origin).await, Ok(true)),
                    };
                    policies.decide_with(method, path, &fields, allowed)
                }
            };
            let Some(outcome) = outcome else {
                return inner.call(request).await.map(ServiceResponse::map_into_left_body);
            };
            match outcome.action() {
                Action::Respond(status) => Ok(answer(request, status, outcome).map_into_right_body()),
                Action::Forward => {
                    finish(inner.call(request).await, outcome).map(ServiceResponse::map_into_left_body)
                }
            }
        })
    }
}
