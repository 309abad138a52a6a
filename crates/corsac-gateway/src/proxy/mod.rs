//! One request to an upstream and its response back, both as streams.
//!
//! Changes what a proxy must change (connection headers, `Host`, who asked) and what the route says, and nothing
//! else. Redirects are passed on. Knows nothing of CORS.

mod failure;
mod rewrite;
pub(crate) mod tunnel;
pub(crate) mod upgrade;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{EXPECT, HOST, HeaderValue};
use http::uri::PathAndQuery;
use http::{Response, StatusCode, Version};
use tokio::time::{Instant, timeout_at};

use crate::chain::Chain;
use crate::client::{self, Balanced, Client, Endpoint, Lease, Leased, NoResponse, NotBrief, Received, Tried};
use crate::config::{Route, Timeouts, Upstream};
use crate::forwarded::Asked;
use crate::message::body::Body;
use crate::message::hop_by_hop;
use crate::message::passed::{self, Head};
use crate::message::request_body::RequestBody;
use crate::message::upload::Upload;
use crate::noticed::UpstreamTime;
use failure::Failure;
use upgrade::Switch;

/// Where a request goes.
pub(crate) struct Destination<'a> {
    pub(crate) route: &'a Route,
    pub(crate) upstream: &'a Upstream,
    pub(crate) servers: &'a Balanced,
    /// The path of the request.
    pub(crate) path: &'a str,
    /// What the route left of it.
    pub(crate) rest: &'a str,
    pub(crate) upstream_time: &'a UpstreamTime,
}

/// Passes the request on, and answers for an upstream that does not.
pub(crate) async fn forward(
    client: &Client,
    to: &Destination<'_>,
    request: &mut Head,
    body: RequestBody,
    asked: &Asked,
    switch: Option<Switch<'_>>,
    timeouts: &Timeouts,
) -> Response<Body> {
    let started = Instant::now();
    let response = match exchange(client, to, request, body, asked, switch, timeouts).await {
        Ok(response) => response,
        Err((failure, details)) => {
            failure.log(to.route, to.upstream, &details);
            failure.page(&to.route.shown)
        }
    };
    to.upstream_time.set(started.elapsed());
    response
}

/// Why there is no response, and the words for the log.
type Failed = (Failure, String);

async fn exchange(
    client: &Client,
    to: &Destination<'_>,
    request: &mut Head,
    body: RequestBody,
    asked: &Asked,
    switch: Option<Switch<'_>>,
    timeouts: &Timeouts,
) -> Result<Response<Body>, Failed> {
    let target = to
        .upstream
        .target(to.path, to.rest, request.uri())
        .ok_or_else(|| (Failure::BadTarget, String::new()))?;
    request.extensions_mut().clear();
    if !to.upstream.set_request_headers.is_empty() {
        passed::unfold(request);
    }
    let headers = request.headers_mut();
    hop_by_hop::remove(headers);
    // `100 Continue` was the gateway's to say, and it says so when the body is asked for.
    headers.remove(EXPECT);
    asked.announce(headers, &to.route.guise, to.upstream);
    for (name, value) in &to.upstream.set_request_headers {
        headers.insert(name, value.clone());
    }
    if let Some(switch) = &switch {
        switch.offer(headers);
    }
    let host = headers.remove(HOST);
    let mut outgoing =
        Outgoing { target, host, request, upload: Upload::new(body), switches: switch.is_some() };
    let (mut response, lease) = outgoing.send(client, to.servers, timeouts).await?;
    if to.route.policy.is_none() {
        rewrite::to_gateway(response.headers_mut(), to.route, to.upstream);
    }
    match switch {
        Some(switch) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            return Ok(switch.accepted(to.route, response));
        }
        None if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            return Err((Failure::BrokeOff, "it switches protocols, which nobody asked for".to_owned()));
        }
        _ => {}
    }
    hop_by_hop::remove(response.headers_mut());
    *response.version_mut() = Version::HTTP_11;
    response.extensions_mut().clear();
    let from = |body| Body::Upstream(Leased::new(body, lease, timeouts.stall), Arc::clone(&to.route.shown));
    Ok(response.map(from))
}

/// A request that is ready to be sent, to whichever server.
struct Outgoing<'a> {
    target: PathAndQuery,
    /// By which name a server is asked, where that is not its own.
    host: Option<HeaderValue>,
    request: &'a mut Head,
    upload: Upload,
    switches: bool,
}

impl Outgoing<'_> {
    /// Sends it: to another server where no connection comes about, over another connection where that one was closing
    /// before anything was sent, and once more where the connection broke and the request may be repeated.
    async fn send(
        &mut self,
        client: &Client,
        servers: &Balanced,
        timeouts: &Timeouts,
    ) -> Result<(Response<Received>, Lease), Failed> {
        let Self { target, host, request, upload, switches } = self;
        let switches = *switches;
        let repeatable = request.method().is_idempotent() && matches!(upload, Upload::Nothing) && !switches;
        let is_brief = client::is_brief(request, upload);
        let mut tried = Tried::default();
        let mut endpoint = servers.choose(&mut tried).expect("an upstream has a server");
        let mut repeated = false;
        loop {
            let is_new = switches || repeated;
            let connected = match (!is_new).then(|| client.idle(endpoint, is_brief)).flatten() {
                Some(lease) => Ok(lease),
                // Seldom, and on its own: all other requests would have to make room for it.
                None if switches => Box::pin(client.connect_to_switch(endpoint)).await,
                None => Box::pin(client.connect(endpoint)).await,
            };
            let mut lease = match connected {
                Ok(lease) => lease,
                Err(error) => {
                    endpoint.health().failed();
                    let Some(other) = servers.choose(&mut tried) else {
                        return Err(Failure::to_connect(error));
                    };
                    log_failover(endpoint, &error.to_string());
                    endpoint = other;
                    continue;
                }
            };
            if !lease.is_pooled() {
                endpoint.health().connected();
            }
            lease.connection().address(request, target, endpoint.server(), host.as_ref());
            let may_repeat = repeatable && !repeated;
            match response_in_time(&mut lease, request, upload, may_repeat, timeouts.response).await {
                Ok(response) => return Ok((response, lease)),
                Err(Unanswered::Unsent) => {}
                Err(Unanswered::Broken(_)) if may_repeat => {
                    repeated = true;
                    if !lease.is_pooled() {
                        endpoint.health().failed();
                        endpoint = servers.choose(&mut tried).unwrap_or(endpoint);
                    }
                }
                Err(Unanswered::Broken(failed) | Unanswered::TooLate(failed)) => return Err(failed),
            }
        }
    }
}

fn log_failover(endpoint: &Endpoint, why: &str) {
    tracing::warn!(server = %endpoint.server(), why, "a server cannot be reached: another one is asked");
}

/// Why a connection gave no response.
enum Unanswered {
    /// It was closing, and took nothing of the request.
    Unsent,
    /// It ended, or carried what is not HTTP.
    Broken(Failed),
    /// It is silent.
    TooLate(Failed),
}

/// The head of the response, within the time that begins whenever the request last moved. A request is whole again where it is
/// unsent, and where it broke off and is repeatable.
async fn response_in_time(
    lease: &mut Lease,
    request: &mut Head,
    upload: &mut Upload,
    repeatable: bool,
    timeout: Duration,
) -> Result<Response<Received>, Unanswered> {
    let sent = Instant::now();
    let begun = match lease.connection().plain(request, upload) {
        Some(connection) => match connection.exchange(request, sent + timeout).await {
            Ok(response) => return Ok(response.map(Received::whole)),
            Err(NotBrief::More(begun)) => Some(begun),
            Err(NotBrief::TooLate) => return Err(too_late(Failure::ResponseTimeout)),
        },
        None => None,
    };
    // On its own: an exchange that is brief needs no room for it.
    Box::pin(async {
        let progress = upload.progress();
        let last = || progress.as_ref().map_or(sent, |progress| progress.last().max(sent));
        let is_pooled = lease.is_pooled();
        let mut response = pin!(lease.connection().send(request, upload, begun, repeatable));
        loop {
            match timeout_at(last() + timeout, &mut response).await {
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(NoResponse::Unsent(_))) if is_pooled => return Err(Unanswered::Unsent),
                Ok(Err(NoResponse::Unsent(error) | NoResponse::Broken(error))) => {
                    let failed = (Failure::of(&error), Chain(&error).to_string());
                    return Err(Unanswered::Broken(failed));
                }
                Err(_) if Instant::now() < last() + timeout => {}
                Err(_) if progress.as_ref().is_some_and(|progress| progress.waits_for_client()) => {
                    return Err(too_late(Failure::UploadStalled));
                }
                Err(_) => return Err(too_late(Failure::ResponseTimeout)),
            }
        }
    })
    .await
}

fn too_late(failure: Failure) -> Unanswered {
    Unanswered::TooLate((failure, String::new()))
}
