//! Health checks: servers are asked, one by one and again and again, whether they are well.
//!
//! Over connections of their own, so that making one is a part of the question. Knows no routes.

use std::sync::{Arc, Weak};
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderValue, Request};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::connection::NoResponse;
use super::dialer::{DialError, Dialer};
use super::endpoint::{Endpoint, Endpoints};
use crate::chain::Chain;
use crate::config::HealthCheck;
use crate::message::passed::Passed;
use crate::message::upload::Upload;

/// How often it is looked whether there are new servers.
const TICK: Duration = Duration::from_millis(100);

/// A server is unwell once it failed so many times in a row; one good answer makes it well.
const FAILURES: u32 = 2;

/// Asks every server that wants to be asked, for as long as it is polled.
pub(crate) async fn watch_health(dialer: Dialer, endpoints: Arc<Endpoints>) {
    let mut watched = JoinSet::new();
    let mut ticks = interval(TICK);
    loop {
        ticks.tick().await;
        for endpoint in endpoints.all() {
            if let Some(check) = endpoint.check()
                && endpoint.begins_to_be_watched()
            {
                watched.spawn(watch(dialer.clone(), Arc::downgrade(&endpoint), check.clone()));
            }
        }
        while watched.try_join_next().is_some() {}
    }
}

/// Asks one server, until no configuration has it any more.
async fn watch(dialer: Dialer, endpoint: Weak<Endpoint>, check: HealthCheck) {
    let mut ticks = interval(check.interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failures: u32 = 0;
    loop {
        ticks.tick().await;
        let Some(endpoint) = endpoint.upgrade() else { return };
        let answer = timeout(check.timeout, ask(&dialer, &endpoint, &check)).await;
        let answer = answer.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        failures = if answer.is_ok() { 0 } else { failures.saturating_add(1) };
        if (failures == 0 || failures >= FAILURES) && endpoint.health().checked(failures == 0) {
            let server = endpoint.server();
            match answer {
                Ok(()) => tracing::info!(%server, "a server is well again"),
                Err(why) => tracing::warn!(%server, why, "a server is unwell: others are asked in its place"),
            }
        }
    }
}

async fn ask(dialer: &Dialer, endpoint: &Endpoint, check: &HealthCheck) -> Result<(), String> {
    let mut connection = dialer.dial(endpoint).await.map_err(|error| error.to_string())?;
    let mut request = Request::new(Passed::default());
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("corsac-health-check"));
    connection.address(&mut request, &check.path, endpoint.server(), None);
    match connection.send(&mut request, &mut Upload::Nothing, None, false).await {
        Ok(response) if response.status().as_u16() < 400 => Ok(()),
        Ok(response) => Err(format!("it answered {}", response.status())),
        Err(NoResponse::Unsent(error) | NoResponse::Broken(error)) => Err(Chain(&error).to_string()),
    }
}

/// For the log.
impl std::fmt::Display for DialError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TimedOut => formatter.write_str("no connection in time"),
            Self::NotPublic => formatter.write_str("its name leads to an address that is not public"),
            Self::Refused(details)
            | Self::NameNotFound(details)
            | Self::Tls(details)
            | Self::Other(details) => formatter.write_str(details),
        }
    }
}
