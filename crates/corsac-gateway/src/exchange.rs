//! The life of one request: its route, its policy, its target, and the response on its way out.
//!
//! What CORS wants is decided by the policy alone, through the same layer that any Tower service can have. Knows
//! no sockets.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use corsac::Policy;
use corsac_tower::{Cors, Policies};
use http::header::HOST;
use http::{Method, Request, Response, Uri, Version};
use hyper::body::Incoming;
use tower::{ServiceExt, service_fn};

use crate::access_log::AccessLog;
use crate::body::Body;
use crate::client::Client;
use crate::config::{Config, Route, Target, Timeouts};
use crate::page;
use crate::path::RequestPath;
use crate::proxy::{self, Destination};
use crate::router::{Match, Router};

/// How large the head of a request may be: more than servers take, which stop at 8 to 32 KiB.
const HEAD_LIMIT: usize = 64 * 1024;

/// What all workers know, and none changes.
#[derive(Debug)]
pub(crate) struct Plan {
    router: Router,
    routes: Vec<Route>,
    /// The policy of each route, with a report on every response for the access log.
    governing: Vec<Option<Policies>>,
    /// All of them, each once, in the order of the routes.
    policies: Vec<Arc<Policy>>,
    timeouts: Timeouts,
}

impl Plan {
    pub(crate) fn new(config: &Config) -> Self {
        let mut policies: Vec<Arc<Policy>> = Vec::new();
        for route in config.routes.iter().filter_map(|route| route.policy.as_ref()) {
            if !policies.iter().any(|policy| Arc::ptr_eq(policy, &route.policy)) {
                policies.push(Arc::clone(&route.policy));
            }
        }
        Self {
            router: Router::new(config.routes.iter().map(Route::path)),
            routes: config.routes.clone(),
            governing: config
                .routes
                .iter()
                .map(|route| route.policy.as_ref().map(|it| reported(&it.policy)))
                .collect(),
            policies,
            timeouts: config.timeouts,
        }
    }
}

/// Answers requests. One for each worker, with connections of its own.
pub(crate) struct Exchange {
    plan: Arc<Plan>,
    client: Client,
}

impl Exchange {
    pub(crate) fn new(plan: Arc<Plan>, client: Client) -> Self {
        Self { plan, client }
    }

    /// The response to a request. There always is one.
    pub(crate) async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let log = AccessLog::begin(&request, peer);
        let is_head = *request.method() == Method::HEAD;
        let mut response = self.respond(request, peer).await;
        if is_head && matches!(response.body(), Body::Page(_)) {
            *response.body_mut() = Body::Empty;
        }
        log.end(&response);
        response
    }

    async fn respond(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let uri = request.uri().clone();
        if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
            return self.under_any_policy(request, page::method_not_taken).await;
        }
        if !has_one_host(&request) {
            return self.under_any_policy(request, page::bad_host).await;
        }
        let path = match RequestPath::new(uri.path()) {
            Ok(path) => path,
            Err(error) => return self.under_any_policy(request, || page::bad_path(error)).await,
        };
        let Some(found) = self.plan.router.find(&path) else {
            return self.under_any_policy(request, page::no_route).await;
        };
        let route = &self.plan.routes[found.route];
        let target = service_fn(async |request: Request<Incoming>| {
            Ok::<_, Infallible>(self.reach(route, &path, found, request, peer).await)
        });
        match &self.plan.governing[found.route] {
            Some(policies) => {
                let Ok(response) = Cors::new(target, policies.clone()).oneshot(request).await;
                response
            }
            None => {
                // The upstream speaks for its own origin, and nobody speaks for this one.
                let Ok(mut response) = target.oneshot(request).await;
                corsac::strip(response.headers_mut());
                response
            }
        }
    }

    async fn reach(
        &self,
        route: &Route,
        path: &RequestPath<'_>,
        Match { rest, .. }: Match<'_>,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> Response<Body> {
        if head_size(&request) > HEAD_LIMIT {
            return page::head_too_large();
        }
        match &route.target {
            Target::Files(folder) => crate::files::serve(folder, route, rest, request).await,
            Target::Upstream(upstream) => {
                let to = Destination { route: &route.shown, upstream, path: path.as_str(), rest };
                proxy::forward(&self.client, &to, request, peer, self.plan.timeouts.response).await
            }
        }
    }

    /// An answer to a request that has no route, and so no policy: every origin that some policy allows can read it,
    /// for a page must be able to tell a path it misspelled from a policy it lacks.
    async fn under_any_policy(
        &self,
        request: Request<Incoming>,
        page: impl Fn() -> Response<Body>,
    ) -> Response<Body> {
        let policies = &self.plan.policies;
        let decide = |policy: &Arc<Policy>| {
            let decision = policy.decide(request.method(), request.headers());
            (decision.reason().refuses_origin(), decision.headers().vary())
        };
        let decisions: Vec<_> = policies.iter().map(decide).collect();
        let allowing = decisions.iter().position(|(refused, _)| !refused).unwrap_or(0);
        let Some(policy) = policies.get(allowing) else { return page() };
        let page = service_fn(async |_: Request<Incoming>| Ok::<_, Infallible>(page()));
        let Ok(mut response) = Cors::new(page, reported(policy)).oneshot(request).await;
        // Which policy answered depends on all that all of them looked at.
        for (_, vary) in decisions {
            vary.merge_into(response.headers_mut());
        }
        response
    }
}

/// The policy, with a report on every response for the access log.
fn reported(policy: &Arc<Policy>) -> Policies {
    Policies::new(Arc::clone(policy)).report_all(true)
}

/// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-3.2>
fn has_one_host(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(HOST).iter().count();
    match request.version() {
        Version::HTTP_11 => hosts == 1,
        Version::HTTP_2 => hosts == 1 || (hosts == 0 && is_named(request.uri())),
        _ => hosts <= 1,
    }
}

/// The bytes of target, names and values, with what a line has around them.
fn head_size(request: &Request<Incoming>) -> usize {
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    let lines =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    target + lines.sum::<usize>()
}

fn is_named(uri: &Uri) -> bool {
    uri.authority().is_some()
}
