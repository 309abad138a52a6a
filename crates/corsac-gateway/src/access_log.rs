//! One line for each request: what was asked, what was answered, how long the upstream took, what the policy said.
//!
//! Without queries and header values, where secrets are.

use std::net::IpAddr;

use corsac_tower::DecisionReport;
use http::{Method, Request, Response, Uri};
use tokio::time::Instant;

use crate::body::Body;
use crate::proxy::UpstreamTime;

/// The line of a request that is still being answered.
pub(crate) struct AccessLog {
    client: IpAddr,
    method: Method,
    uri: Uri,
    started: Instant,
    ended: bool,
}

impl AccessLog {
    pub(crate) fn begin<B>(request: &Request<B>, client: IpAddr) -> Self {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        Self { client, method, uri, started: Instant::now(), ended: false }
    }

    /// Writes the line.
    pub(crate) fn end(mut self, response: &Response<Body>) {
        self.ended = true;
        let extensions = response.extensions();
        let report = extensions.get::<DecisionReport>();
        tracing::info!(
            client = %self.client,
            method = %self.method,
            path = self.uri.path(),
            status = response.status().as_u16(),
            ms = milliseconds(self.started.elapsed()),
            upstream_ms = extensions.get::<UpstreamTime>().map(|time| milliseconds(time.0)),
            cors = report.map_or("none", |report| report.class.as_str()),
            reason = report.map_or("no-policy", |report| report.reason),
            stripped = report.map_or(0, |report| report.stripped),
            "request",
        );
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        if !self.ended {
            tracing::info!(
                client = %self.client,
                method = %self.method,
                path = self.uri.path(),
                ms = milliseconds(self.started.elapsed()),
                "the client went away",
            );
        }
    }
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
