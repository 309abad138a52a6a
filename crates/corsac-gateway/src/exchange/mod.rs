//! The life of one request: its route, its policy, its target, and the response on its way out.
//!
//! What CORS wants is decided by the policy alone, through the same layer that any Tower service can have. Knows
//! no sockets.

mod access_log;
mod files;
mod limits;
mod rebinding;

use std::sync::Arc;

use corsac::{Action, Policy, Vary};
use corsac_middleware::{Outcome, Policies};
use http::header::HOST;
use http::{HeaderMap, Method, Request, Response, Uri, Version};
use hyper::body::Incoming;

use crate::cache::{self, Store};
use crate::client::{Balanced, Client, Endpoints, Reach};
use crate::config::{Config, Limits, Route, Target, Timeouts, TrustedProxies};
use crate::forwarded::{Asked, Peer, Spoken};
use crate::live::Live;
use crate::message::body::Body;
use crate::message::passed::{self, Head};
use crate::message::request_body;
use crate::noticed::{Noticed, UpstreamTime};
use crate::page;
use crate::path::RequestPath;
use crate::proxy::tunnel::Tunnels;
use crate::proxy::upgrade::{self, Switch};
use crate::proxy::{self, Destination};
use crate::rate::Limiter;
use crate::router::{Match, Router};
use crate::third_party::ThirdParty;
use access_log::AccessLog;
use limits::TooMuch;

/// What all workers know, and none changes.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) router: Router,
    pub(crate) routes: Vec<Route>,
    /// The policy of each route, with a report on every response for the access log.
    governing: Vec<Option<Policies>>,
    /// All of them, each once, in the order of the routes.
    policies: Vec<Arc<Policy>>,
    /// The servers of each route that has an upstream.
    servers: Vec<Option<Balanced>>,
    /// How often each route may be asked.
    limiters: Vec<Option<Arc<Limiter>>>,
    /// What is kept of each route's responses. Begins empty with each configuration: any of it may change them.
    caches: Vec<Option<Arc<Store>>>,
    timeouts: Timeouts,
    limits: Limits,
    trusted_proxies: TrustedProxies,
}

impl Plan {
    /// The plan of a configuration. Clients are counted on where the one before it counted alike.
    pub(crate) fn new(config: &Config, endpoints: &Endpoints, before: Option<&Self>) -> Self {
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
            servers: config.routes.iter().map(|route| servers(route, endpoints)).collect(),
            limiters: config.routes.iter().map(|route| limiter(route, before)).collect(),
            caches: config.routes.iter().map(|route| route.cache.map(Store::new).map(Arc::new)).collect(),
            timeouts: config.timeouts,
            limits: config.limits,
            trusted_proxies: config.trusted_proxies.clone(),
        }
    }

    /// What the policy of a route decides, where it has one.
    fn decide<B>(&self, route: usize, request: &Request<B>) -> Option<Outcome> {
        self.governing[route].as_ref()?.decide(request.method(), request.uri().path(), request.headers())
    }

    /// Has the shadow of a route's policy decide as well, where it has one.
    fn observe<B>(&self, route: usize, request: &Request<B>) {
        let route = &self.routes[route];
        if let Some(shadow) = &route.shadow {
            shadow.observe(route, request);
        }
    }

    /// Who speaks where a request has no route, and all that the choice depends on: the first policy that allows its
    /// origin, or else the first.
    pub(crate) fn speaker(&self, method: &Method, headers: &HeaderMap) -> (Option<&Arc<Policy>>, Vec<Vary>) {
        let decide = |policy: &Arc<Policy>| {
            let decision = policy.decide(method, headers);
            (decision.reason().refuses_origin(), decision.headers().vary())
        };
        let (refused, varies): (Vec<bool>, Vec<Vary>) = self.policies.iter().map(decide).unzip();
        let allowing = refused.iter().position(|refused| !refused).unwrap_or(0);
        (self.policies.get(allowing), varies)
    }
}

/// Answers requests. One for each worker, with connections of its own.
pub(crate) struct Exchange {
    live: Arc<Live>,
    client: Client,
    tunnels: Tunnels,
}

impl Exchange {
    pub(crate) fn new(live: Arc<Live>, client: Client) -> Self {
        Self { live, client, tunnels: Tunnels::default() }
    }

    /// The connections to upstreams.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The connections that were handed over, and outlive their requests.
    pub(crate) fn tunnels(&self) -> &Tunnels {
        &self.tunnels
    }

    /// The answer to a preflight that a policy gives by itself, if it does: nobody is waited for. Depends on the lines of CORS,
    /// and on those that say who asks.
    pub(crate) fn answer_at_once(&self, request: &Head, peer: &Peer) -> Option<Response<Body>> {
        if *request.method() != Method::OPTIONS
            || peer.spoken == Spoken::HttpForHttps
            || !has_one_host(request)
        {
            return None;
        }
        let plan = self.live.current();
        let path = RequestPath::new(request.uri().path()).ok()?;
        let route = plan.router.find(&path)?.route;
        let outcome = plan.decide(route, request)?;
        let Action::Respond(status) = outcome.action() else { return None };
        plan.observe(route, request);
        let log = AccessLog::begin(request, || Asked::new(request, peer, &plan.trusted_proxies).client());
        let mut response = page::empty(status);
        let mut noticed = Noticed { route: Some(route), ..Noticed::default() };
        noticed.finish(outcome, &mut response);
        plan.meters(noticed.route).count(&response, &noticed);
        log.end(&response, &noticed);
        Some(response)
    }

    /// The response to a request. There always is one. A head is clear that cannot be read in two ways.
    pub(crate) async fn answer(
        &self,
        request: &mut Head,
        body: Option<Incoming>,
        peer: &Peer,
        is_clear: bool,
    ) -> Response<Body> {
        // To its end, whatever is put in force meanwhile.
        let plan = self.live.current();
        let asked = Asked::new(request, peer, &plan.trusted_proxies);
        let log = AccessLog::begin(request, || asked.client());
        let is_head = *request.method() == Method::HEAD;
        let (mut noticed, upstream_time) = (Noticed::default(), UpstreamTime::default());
        let mut response = match peer.spoken {
            _ if !is_clear => under_any_policy(&plan, request, &mut noticed, page::read_in_two_ways),
            Spoken::Http | Spoken::Https => {
                self.respond(&plan, request, body, &asked, &mut noticed, &upstream_time).await
            }
            // Nothing that was said in the open goes any further.
            Spoken::HttpForHttps => under_any_policy(&plan, request, &mut noticed, page::speaks_https),
        };
        if is_head && response.body().is_at_hand() {
            *response.body_mut() = Body::Empty;
        }
        noticed.upstream_time = upstream_time.get();
        plan.meters(noticed.route).count(&response, &noticed);
        log.end(&response, &noticed);
        response
    }

    async fn respond(
        &self,
        plan: &Plan,
        request: &mut Head,
        body: Option<Incoming>,
        asked: &Asked,
        noticed: &mut Noticed,
        upstream_time: &UpstreamTime,
    ) -> Response<Body> {
        let uri = request.uri().clone();
        if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
            return under_any_policy(plan, request, noticed, page::method_not_taken);
        }
        if !has_one_host(request) {
            return under_any_policy(plan, request, noticed, page::bad_host);
        }
        let path = match RequestPath::new(uri.path()) {
            Ok(path) => path,
            Err(error) => return under_any_policy(plan, request, noticed, || page::bad_path(error)),
        };
        let Some(found) = plan.router.find(&path) else {
            return under_any_policy(plan, request, noticed, page::no_route);
        };
        noticed.route = Some(found.route);
        plan.observe(found.route, request);
        let outcome = plan.decide(found.route, request);
        let mut response = match outcome.as_ref().map(Outcome::action) {
            Some(Action::Respond(status)) => page::empty(status),
            Some(Action::Forward) | None => {
                self.reach(plan, found, request, body, asked, upstream_time).await
            }
        };
        match outcome {
            Some(outcome) => noticed.finish(outcome, &mut response),
            // The upstream speaks for its own origin, and nobody speaks for this one.
            None => noticed.stripped = corsac::strip(response.headers_mut()),
        }
        response
    }

    async fn reach(
        &self,
        plan: &Plan,
        Match { route: index, path, rest }: Match<'_>,
        request: &mut Head,
        body: Option<Incoming>,
        asked: &Asked,
        upstream_time: &UpstreamTime,
    ) -> Response<Body> {
        if let Some(limiter) = &plan.limiters[index]
            && let Err(wait) = limiter.take(asked.client())
        {
            request_body::refuse(request, body);
            return page::too_many_requests(&plan.routes[index].shown, limiter.rate(), wait);
        }
        let route = &plan.routes[index];
        let (body, outgrown) = match limits::of_request(request, body, route, &plan.limits) {
            Ok(taken) => taken,
            Err(too_much) => return too_much.page(route),
        };
        match (&route.target, &plan.servers[index]) {
            (Target::Files(folder), _) => {
                passed::unfold(request);
                let request = std::mem::take(request).map(|_| body);
                Box::pin(files::serve(folder, route, rest, request)).await
            }
            (Target::Upstream(_), None) => unreachable!("a route with an upstream has its servers"),
            (Target::Upstream(upstream), Some(servers)) => {
                if let Some(refusal) = rebinding::refusal(route, asked) {
                    return refusal;
                }
                let switch = match upstream.can_switch() {
                    true => Switch::wanted(request, &self.tunnels),
                    false => None,
                };
                if switch.is_some()
                    && let Some(refusal) = upgrade::refusal(request, route, asked)
                {
                    return refusal;
                }
                let third_party = ThirdParty::of(route);
                if let Some(third_party) = third_party {
                    passed::unfold(request);
                    third_party.hold_back(request.headers_mut());
                }
                let to = Destination { route, upstream, servers, path, rest, upstream_time };
                let caches = switch.is_none();
                let forward = async |request: &mut Head, body| {
                    let mut response =
                        proxy::forward(&self.client, &to, request, body, asked, switch, &plan.timeouts).await;
                    if let Some(third_party) = third_party {
                        third_party.restrain(&mut response);
                    }
                    // What the upstream said by then is passed on; otherwise it is the client's doing.
                    if outgrown.is_so() && matches!(response.body(), Body::Page(_)) {
                        return TooMuch::Body(route.limits.body).page(route);
                    }
                    limits::of_response(response, route)
                };
                match plan.caches[index].as_ref().filter(|_| caches) {
                    Some(store) => Box::pin(cache::answer(store, request, body, asked, forward)).await,
                    None => forward(request, body).await,
                }
            }
        }
    }
}

/// The servers of a route. The name of a third party is somebody else's, and must not lead into the own network.
fn servers(route: &Route, endpoints: &Endpoints) -> Option<Balanced> {
    let Target::Upstream(upstream) = &route.target else { return None };
    let is_confined = ThirdParty::of(route).is_some() && !upstream.allow_private_addresses;
    Some(endpoints.of(upstream, if is_confined { Reach::Public } else { Reach::Anywhere }))
}

/// The buckets of a route, with what is in them where it had the same before.
fn limiter(route: &Route, before: Option<&Plan>) -> Option<Arc<Limiter>> {
    let rate = route.limits.rate?;
    let kept = before.and_then(|plan| {
        let index = plan.routes.iter().position(|other| other.path == route.path)?;
        plan.limiters[index].clone().filter(|limiter| limiter.rate() == rate)
    });
    Some(kept.unwrap_or_else(|| Arc::new(Limiter::new(rate))))
}

/// An answer to a request that has no route, and so no policy: every origin that some policy allows can read it,
/// for a page must be able to tell a path it misspelled from a policy it lacks.
fn under_any_policy(
    plan: &Plan,
    request: &Head,
    noticed: &mut Noticed,
    page: impl Fn() -> Response<Body>,
) -> Response<Body> {
    let (speaker, varies) = plan.speaker(request.method(), request.headers());
    let decided = speaker.and_then(|policy| {
        reported(policy).decide(request.method(), request.uri().path(), request.headers())
    });
    let Some(outcome) = decided else { return page() };
    let mut response = match outcome.action() {
        Action::Respond(status) => page::empty(status),
        Action::Forward => page(),
    };
    noticed.finish(outcome, &mut response);
    // Which policy answered depends on all that all of them looked at.
    for vary in varies {
        vary.merge_into(response.headers_mut());
    }
    response
}

/// The policy, with a report on every response for the access log.
fn reported(policy: &Arc<Policy>) -> Policies {
    Policies::new(Arc::clone(policy)).report_all(true)
}

/// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-3.2>
fn has_one_host<B>(request: &Request<B>) -> bool {
    let hosts = request.headers().get_all(HOST).iter().count();
    match request.version() {
        Version::HTTP_11 => hosts == 1,
        Version::HTTP_2 => hosts == 1 || (hosts == 0 && is_named(request.uri())),
        _ => hosts <= 1,
    }
}

fn is_named(uri: &Uri) -> bool {
    uri.authority().is_some()
}
