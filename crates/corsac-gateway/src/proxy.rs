//! One request to an upstream and its response back, both as streams.
//!
//! Changes what a proxy must change (connection headers, `Host`, who asked) and what the route says, and nothing
//! else. Redirects are passed on. Knows nothing of CORS.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::EXPECT;
use http::{Extensions, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper_util::client::legacy;
use tokio::time::{Instant, timeout_at};

use crate::body::Body;
use crate::chain::Chain;
use crate::client::Client;
use crate::config::{Route, Upstream};
use crate::failure::Failure;
use crate::forwarded::Asked;
use crate::hop_by_hop;
use crate::rewrite;
use crate::upgrade::Switch;
use crate::upload::{Progress, Upload};

/// Where a request goes.
pub(crate) struct Destination<'a> {
    pub(crate) route: &'a Route,
    pub(crate) upstream: &'a Upstream,
    /// The path of the request.
    pub(crate) path: &'a str,
    /// What the route left of it.
    pub(crate) rest: &'a str,
}

/// How long the upstream took to answer, in the extensions of its response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UpstreamTime(pub(crate) Duration);

/// Passes the request on, and answers for an upstream that does not.
pub(crate) async fn forward(
    client: &Client,
    to: &Destination<'_>,
    request: Request<Incoming>,
    asked: &Asked,
    switch: Option<Switch<'_>>,
    timeout: Duration,
) -> Response<Body> {
    let started = Instant::now();
    let mut response = match exchange(client, to, request, asked, switch, timeout).await {
        Ok(response) => response,
        Err((failure, details)) => {
            tracing::warn!(route = %to.route.shown, upstream = %to.upstream, ?failure, details, "no response from upstream");
            failure.page(&to.route.shown)
        }
    };
    response.extensions_mut().insert(UpstreamTime(started.elapsed()));
    response
}

async fn exchange(
    client: &Client,
    to: &Destination<'_>,
    request: Request<Incoming>,
    asked: &Asked,
    switch: Option<Switch<'_>>,
    timeout: Duration,
) -> Result<Response<Body>, (Failure, String)> {
    let (mut parts, body) = request.into_parts();
    let uri = to
        .upstream
        .uri(to.path, to.rest, parts.uri.query())
        .ok_or_else(|| (Failure::BadTarget, String::new()))?;
    hop_by_hop::remove(&mut parts.headers);
    // `100 Continue` was the gateway's to say, and it says so when the body is asked for.
    parts.headers.remove(EXPECT);
    asked.announce(&mut parts);
    for (name, value) in &to.upstream.set_request_headers {
        parts.headers.insert(name, value.clone());
    }
    if let Some(switch) = &switch {
        switch.offer(&mut parts.headers);
    }
    parts.uri = uri;
    parts.version = Version::HTTP_11;
    parts.extensions = Extensions::new();

    let (upload, progress) = Upload::new(body);
    let request = Request::from_parts(parts, upload);
    let mut response = match &switch {
        None => response_in_time(client.request(request), &progress, timeout).await?,
        Some(_) => response_in_time(client.request_to_switch(request), &progress, timeout).await?,
    };
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
    let (mut parts, body) = response.into_parts();
    hop_by_hop::remove(&mut parts.headers);
    parts.version = Version::HTTP_11;
    parts.extensions = Extensions::new();
    Ok(Response::from_parts(parts, Body::Upstream(body, Arc::clone(&to.route.shown))))
}

/// The head of the response, within the time that begins whenever the request last moved.
async fn response_in_time(
    response: impl Future<Output = Result<Response<Incoming>, legacy::Error>>,
    progress: &Progress,
    timeout: Duration,
) -> Result<Response<Incoming>, (Failure, String)> {
    let mut response = pin!(response);
    loop {
        match timeout_at(progress.last() + timeout, &mut response).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => return Err((Failure::of(&error), Chain(&error).to_string())),
            Err(_) if Instant::now() < progress.last() + timeout => {}
            Err(_) if progress.waits_for_client() => return Err((Failure::UploadStalled, String::new())),
            Err(_) => return Err((Failure::ResponseTimeout, String::new())),
        }
    }
}
