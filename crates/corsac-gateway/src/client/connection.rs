//! One connection to a server, and what became of a request that was put on it.
//!
//! Knows nothing of where it came from or goes afterwards.

use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Request, Response, Version, header};
use hyper::client::conn::{TrySendError, http1, http2};

use super::leased::Received;
use super::plain::{Plain, is_brief};
use crate::config::Server;
use crate::upload::Upload;

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
    /// Nothing of the request was sent, and here it is again.
    Unsent(Box<Request<Upload>>, hyper::Error),
    /// Something of it may have been sent. Here it is once more, where that was wanted.
    Broken(hyper::Error, Option<Box<Request<Upload>>>),
}

impl Connection {
    /// Sends a request. One that is repeatable, and so has no body, is given back where its connection breaks.
    pub(crate) async fn send(
        &mut self,
        request: Request<Upload>,
        repeatable: bool,
    ) -> Result<Response<Received>, NoResponse> {
        if let Self::Plain(plain) = self {
            let mut connection = plain.take().expect("a connection that is not handed over");
            let begun = if is_brief(&request) {
                match connection.exchange(&request).await {
                    Ok(response) => {
                        *plain = Some(connection);
                        return Ok(response.map(Received::whole));
                    }
                    Err(begun) => Some(begun),
                }
            } else {
                None
            };
            // On its own: an exchange that is brief needs no room for it.
            let handed_over = Box::pin(connection.hand_over(begun)).await;
            *self = Self::Http1(handed_over.map_err(|error| NoResponse::Broken(error, None))?);
        }
        let spare = repeatable.then(|| Box::new(copy(&request)));
        let sent = match self {
            Self::Plain(_) => unreachable!("it is handed over"),
            Self::Http1(connection) => connection.try_send_request(request).await,
            Self::Http2(connection) => connection.try_send_request(request).await,
        };
        let response =
            sent.map_err(|mut error: TrySendError<Request<Upload>>| match error.take_message() {
                Some(request) => NoResponse::Unsent(Box::new(request), error.into_error()),
                None => NoResponse::Broken(error.into_error(), spare),
            })?;
        Ok(response.map(Received::Streamed))
    }

    /// Puts the target and the server's name, or another by which it is asked, where this version of HTTP has them.
    pub(crate) fn address(
        &self,
        request: &mut Request<Upload>,
        target: &PathAndQuery,
        server: &Server,
        host: Option<&HeaderValue>,
    ) {
        match self {
            Self::Plain(_) | Self::Http1(_) => {
                *request.uri_mut() = Uri::from(target.clone());
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

/// A request without a body, once more.
fn copy(request: &Request<Upload>) -> Request<Upload> {
    let mut copy = Request::new(Upload::Nothing);
    *copy.method_mut() = request.method().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
