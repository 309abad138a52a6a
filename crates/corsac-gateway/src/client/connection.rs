//! One connection to a server, and what became of a request that was put on it.
//!
//! Knows nothing of where it came from or goes afterwards.

use std::mem;

use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Request, Response, Version, header};
use hyper::client::conn::{TrySendError, http1, http2};

use super::leased::Received;
use super::plain::{Begun, Plain, is_brief};
use crate::config::Server;
use crate::message::passed::{self, Head, Passed};
use crate::message::upload::Upload;

/// A connection that can take a request.
pub(crate) enum Connection {
    /// Takes one request at a time, and is hyper's once one of them is not brief. Nothing while it is handed over.
    Plain(Option<Plain>),
    /// Takes one request at a time.
    Http1(http1::SendRequest<Upload>),
    /// Takes any number of them.
    Http2(http2::SendRequest<Upload>),
}

/// Why there is no response.
pub(crate) enum NoResponse {
    /// Nothing of the request was sent.
    Unsent(hyper::Error),
    /// Something of it may have been sent.
    Broken(hyper::Error),
}

impl Connection {
    /// The connection, if nothing is around it, for an exchange that may be brief.
    pub(crate) fn plain(&mut self, request: &Head, upload: &Upload) -> Option<&mut Plain> {
        match self {
            Self::Plain(plain) if is_brief(request, upload) => plain.as_mut(),
            _ => None,
        }
    }

    /// Sends a request, or goes on with an exchange that has begun. Where nothing of the request was sent it is whole again,
    /// and where one that is repeatable, and so has no body, broke off.
    pub(crate) async fn send(
        &mut self,
        request: &mut Head,
        upload: &mut Upload,
        begun: Option<Begun>,
        repeatable: bool,
    ) -> Result<Response<Received>, NoResponse> {
        if let Self::Plain(plain) = self {
            let plain = plain.take().expect("a connection that is not handed over");
            *self = Self::Http1(plain.hand_over(begun).await.map_err(NoResponse::Broken)?);
        }
        passed::unfold(request);
        let spare = repeatable.then(|| copy(request));
        let outgoing = mem::take(request).map(|_| mem::take(upload));
        let sent = match self {
            Self::Plain(_) => unreachable!("it is handed over"),
            Self::Http1(connection) => connection.try_send_request(outgoing).await,
            Self::Http2(connection) => connection.try_send_request(outgoing).await,
        };
        let mut error: TrySendError<_> = match sent {
            Ok(response) => return Ok(response.map(Received::Streamed)),
            Err(error) => error,
        };
        Err(match error.take_message() {
            Some(unsent) => {
                *request = unsent.map(|body| {
                    *upload = body;
                    Passed::default()
                });
                NoResponse::Unsent(error.into_error())
            }
            None => {
                *request = spare.unwrap_or_default();
                NoResponse::Broken(error.into_error())
            }
        })
    }

    /// Puts the target and the server's name, or another by which it is asked, where this version of HTTP has them.
    pub(crate) fn address(
        &self,
        request: &mut Head,
        target: &PathAndQuery,
        server: &Server,
        host: Option<&HeaderValue>,
    ) {
        match self {
            Self::Plain(_) | Self::Http1(_) => {
                // Most requests go on as they came.
                let uri = request.uri();
                if uri.authority().is_some() || uri.path_and_query() != Some(target) {
                    *request.uri_mut() = Uri::from(target.clone());
                }
                *request.version_mut() = Version::HTTP_11;
                request.headers_mut().insert(header::HOST, host.unwrap_or(server.host_header()).clone());
            }
            Self::Http2(_) => {
                let mut parts = http::uri::Parts::default();
                parts.scheme = Some(server.protocol().scheme());
                let named = host.and_then(|host| host.to_str().ok()?.parse().ok());
                parts.authority = Some(named.unwrap_or_else(|| server.authority().clone()));
                parts.path_and_query = Some(target.clone());
                *request.uri_mut() = Uri::from_parts(parts).expect("a URI with all of its parts");
                *request.version_mut() = Version::HTTP_2;
                request.headers_mut().remove(header::HOST);
            }
        }
    }
}

/// The head of a request once more, but for what its connection puts there.
fn copy(request: &Head) -> Head {
    let mut copy = Request::new(Passed::default());
    *copy.method_mut() = request.method().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
