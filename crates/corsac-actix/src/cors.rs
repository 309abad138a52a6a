//! The middleware as an application is given it: policies to be put around services.
//!
//! Knows nothing of requests; see [`CorsMiddleware`].

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use corsac::Policy;
use corsac_middleware::{CachedOrigins, LivePolicy, OriginSource, Policies};

use crate::middleware::CorsMiddleware;
use crate::sourced::SourcedCorsMiddleware;

/// Puts a [`Policy`], or several [`Policies`], around an application, a scope or a resource.
///
/// Cloning it shares them, so one value made outside of the server's factory serves all workers.
#[derive(Debug, Clone)]
pub struct Cors {
    policies: Policies,
}

impl Cors {
    /// Middleware with this policy; a [`Policy`], an `Arc` of one, a [`LivePolicy`] or [`Policies`].
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self { policies: policies.into() }
    }

    /// Another policy at a path and below it, on segment borders; the longest path wins.
    ///
    /// The path is the decoded one that Actix's router matches on, so `/%61dmin` is governed by what governs `/admin`.
    /// No slashes are merged: what does that (`NormalizePath`) is wrapped after the policy, or the strictest policy is the
    /// one without a path.
    ///
    /// A scope or resource can also be wrapped by itself.
    #[must_use]
    pub fn at(self, path: &str, policy: impl Into<LivePolicy>) -> Self {
        Self { policies: self.policies.at(path, policy) }
    }

    /// No policy at a path and below it: requests and responses pass untouched.
    #[must_use]
    pub fn without_policy(self, path: &str) -> Self {
        Self { policies: self.policies.without_policy(path) }
    }

    /// Whether responses tell what was decided in a header: [`DEBUG_HEADER`](crate::DEBUG_HEADER). For development.
    #[must_use]
    pub fn debug_header(self, wanted: bool) -> Self {
        Self { policies: self.policies.debug_header(wanted) }
    }

    /// Whether every response has a [`DecisionReport`](crate::DecisionReport) in its extensions, rather than those alone
    /// whose request was refused. It costs about half as much as all the rest of an allowed request.
    #[must_use]
    pub fn report_all(self, wanted: bool) -> Self {
        Self { policies: self.policies.report_all(wanted) }
    }

    /// The policy of this moment, where no path has another.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.policies.default_policy().policy()
    }

    /// Replaces that policy for all workers, and gives the old one. Policies of [`Cors::at`] are replaced through a
    /// [`LivePolicy`] of one's own.
    pub fn replace_policy(&self, policy: impl Into<Arc<Policy>>) -> Arc<Policy> {
        self.policies.default_policy().replace(policy)
    }

    /// Origins that are not listed are put to a source, such as a database. Only policies
    /// [`with origins_from_source`](corsac::PolicyConfig::origins_from_source) do so.
    #[must_use]
    pub fn with_source<Source: OriginSource>(self, origins: CachedOrigins<Source>) -> SourcedCors<Source> {
        SourcedCors { policies: self.policies, origins }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CorsMiddleware::new(inner, self.policies.clone())))
    }
}

/// [`Cors`] with a source of further origins.
#[derive(Debug)]
pub struct SourcedCors<Source> {
    policies: Policies,
    origins: CachedOrigins<Source>,
}

impl<Source> Clone for SourcedCors<Source> {
    fn clone(&self) -> Self {
        Self { policies: self.policies.clone(), origins: self.origins.clone() }
    }
}

impl<S, B, Source> Transform<S, ServiceRequest> for SourcedCors<Source>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
    Source: OriginSource,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = SourcedCorsMiddleware<S, Source>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(SourcedCorsMiddleware::new(Rc::new(inner), self.policies.clone(), self.origins.clone())))
    }
}
