//! Why an upstream gave no response, and what the client is told of it.
//!
//! The page says what to check; the log has the details.

use http::{Response, StatusCode};

use crate::chain;
use crate::client::DialError;
use crate::config::{Route, Upstream};
use crate::message::body::Body;
use crate::page::page;

/// Why there is no response.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No connection came about.
    Unreachable(Cause),
    /// No connection came about in time.
    ConnectTimeout,
    /// The request was taken, and no answer came in time.
    ResponseTimeout,
    /// The client stopped sending in the middle of its request.
    UploadStalled,
    /// The connection ended, or carried what is not HTTP, before there was a response.
    BrokeOff,
    /// The client ended its request early: nobody is left to answer.
    ClientGone,
    /// The path and query do not fit into a URI.
    BadTarget,
}

/// Why no connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Refused,
    NameNotFound,
    /// A third party's name leads into the own network.
    NotPublic,
    Tls,
    Other,
}

impl Failure {
    /// Why there is no connection, with the words for the log.
    pub(crate) fn to_connect(error: DialError) -> (Self, String) {
        match error {
            DialError::TimedOut => (Self::ConnectTimeout, String::new()),
            DialError::NotPublic => (
                Self::Unreachable(Cause::NotPublic),
                "allow_private_addresses = true on the route allows it".to_owned(),
            ),
            DialError::Refused(details) => (Self::Unreachable(Cause::Refused), details),
            DialError::NameNotFound(details) => (Self::Unreachable(Cause::NameNotFound), details),
            DialError::Tls(details) => (Self::Unreachable(Cause::Tls), details),
            DialError::Other(details) => (Self::Unreachable(Cause::Other), details),
        }
    }

    /// Why there is a connection and no response.
    pub(crate) fn of(error: &hyper::Error) -> Self {
        let ended_by_client = chain::find::<hyper::Error>(error).is_some_and(hyper::Error::is_user);
        if ended_by_client { Self::ClientGone } else { Self::BrokeOff }
    }

    /// Tells whoever looks after the upstream. What a client did is no news to them, and clients could fill the log.
    pub(crate) fn log(&self, route: &Route, upstream: &Upstream, details: &str) {
        let route = &*route.shown;
        match self {
            Self::ClientGone | Self::UploadStalled | Self::BadTarget => {
                tracing::debug!(%route, failure = ?self, details, "the request ended early");
            }
            _ => tracing::warn!(%route, %upstream, failure = ?self, details, "no response from upstream"),
        }
    }

    /// What the client is told. `route` is the path of the route, which is no secret.
    pub(crate) fn page(&self, route: &str) -> Response<Body> {
        let upstream = format!("The upstream of route {route}");
        match self {
            Self::Unreachable(cause) => {
                let why = match cause {
                    Cause::Refused => {
                        "it refuses connections. Check that the service runs, and that its URL has the right port."
                    }
                    Cause::NameNotFound => {
                        "its name is not known. Check the host name in its URL, and the name servers."
                    }
                    Cause::NotPublic => {
                        "its name leads to an address that is not public, which a third party's must not. Check the name in its URL; the gateway's log has the details."
                    }
                    Cause::Tls => {
                        "no secure connection came about. Check its certificate; http and https may be mixed up."
                    }
                    Cause::Other => {
                        "no connection came about. Check that the service runs; the gateway's log has the details."
                    }
                };
                page(StatusCode::BAD_GATEWAY, &format!("{upstream} cannot be reached: {why}"))
            }
            Self::ConnectTimeout => page(
                StatusCode::GATEWAY_TIMEOUT,
                &format!(
                    "{upstream} cannot be reached: no connection came about in time. Check its address and firewalls."
                ),
            ),
            Self::ResponseTimeout => page(
                StatusCode::GATEWAY_TIMEOUT,
                &format!(
                    "{upstream} did not answer in time. Check what keeps it busy; `timeouts` says how long the gateway waits."
                ),
            ),
            Self::BrokeOff => page(
                StatusCode::BAD_GATEWAY,
                &format!(
                    "{upstream} broke off before it answered. Check its log; http and https may be mixed up."
                ),
            ),
            Self::UploadStalled => {
                page(StatusCode::REQUEST_TIMEOUT, "The rest of the request did not come in time.")
            }
            Self::ClientGone => page(StatusCode::BAD_REQUEST, "The request ended early."),
            Self::BadTarget => page(StatusCode::BAD_REQUEST, "The target of the request is not a URI."),
        }
    }
}
