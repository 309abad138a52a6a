//! One line for each request: what was asked, what was answered, how long the upstream took, what the policy said.
//!
//! Without queries and header values, where secrets are.

use std::net::IpAddr;

use http::{Method, Request, Response, Uri};
use tokio::time::Instant;
use tracing::Level;

use crate::message::body::Body;
use crate::noticed::Noticed;

/// By which name people pick it out of the log, wherever it is written.
const TARGET: &str = "corsac_gateway::access_log";

/// The line of a request that is still being answered.
pub(crate) struct AccessLog(Option<Line>);

/// What will be in it; nothing is kept where nobody reads it.
struct Line {
    client: IpAddr,
    method: Method,
    uri: Uri,
    started: Instant,
}

impl AccessLog {
    pub(crate) fn begin<B>(request: &Request<B>, client: impl FnOnce() -> IpAddr) -> Self {
        let line = || {
            let (method, uri) = (request.method().clone(), request.uri().clone());
            Line { client: client(), method, uri, started: Instant::now() }
        };
        Self(tracing::enabled!(target: TARGET, Level::INFO).then(line))
    }

    /// Writes the line.
    pub(crate) fn end(mut self, response: &Response<Body>, noticed: &Noticed) {
        let Some(line) = self.0.take() else { return };
        let report = noticed.report.as_ref();
        tracing::info!(
            target: TARGET,
            client = %line.client,
            method = %line.method,
            path = line.uri.path(),
            status = response.status().as_u16(),
            ms = milliseconds(line.started.elapsed()),
            upstream_ms = noticed.upstream_time.map(milliseconds),
            cors = report.map_or("none", |report| report.class.as_str()),
            reason = report.map_or("no-policy", |report| report.reason),
            stripped = report.map_or(0, |report| report.stripped),
            "request",
        );
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        if let Some(line) = &self.0 {
            tracing::info!(
            target: TARGET,
                client = %line.client,
                method = %line.method,
                path = line.uri.path(),
                ms = milliseconds(line.started.elapsed()),
                "the client went away",
            );
        }
    }
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
