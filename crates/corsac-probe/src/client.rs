//! The client: one request in, one reply or one reason out.
//!
//! Chooses the connection and keeps the time. Reads no headers and knows no rule about them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use corsac_browser::WireRequest;
use tokio::time::Instant;

use crate::connect::{self, Dialed};
use crate::exchange::{Failure, Limits, Received, Retry};
use crate::http2::Http2;
use crate::pool::{Connection, Pool, Protocol};
use crate::target::{Deadline, Target};
use crate::tls::{Offer, Tls};
use crate::{ClientError, ClientOptions, Reply, Timing, Unreachable};
use crate::{http1, request};

/// Sends requests, and keeps connections open between them. Clones share those connections.
///
/// It needs a tokio runtime with IO and time switched on, the same one for all requests.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    options: ClientOptions,
    tls: Tls,
    pool: Pool,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("options", &self.shared.options).finish_non_exhaustive()
    }
}

/// How long it took to open a connection.
#[derive(Debug, Clone, Copy, Default)]
struct Opening {
    resolve: Option<Duration>,
    connect: Option<Duration>,
    tls: Option<Duration>,
}

impl Client {
    /// A client with these options.
    ///
    /// # Errors
    ///
    /// [`ClientError`] where the extra CA certificates cannot be used. A platform without a trust store is no
    /// error here, since plain HTTP needs none: it is reported when an https URL is sent to.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let tls = Tls::new(options.insecure, options.extra_roots.as_deref())?;
        Ok(Self { shared: Arc::new(Shared { options, tls, pool: Pool::default() }) })
    }

    /// The options the client was made from.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.shared.options
    }

    /// Sends the request once, exactly as given, and reports what comes back: the head, and how the body
    /// begins.
    ///
    /// As in browsers, a request is sent again only where a connection kept from an earlier request turns out
    /// to be closed, or where the server asks for HTTP/1.1 instead of HTTP/2. User name and password in the
    /// URL are not sent.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] where there is no response, with what failed and what to do.
    pub async fn send(&self, request: &WireRequest) -> Result<Reply, Unreachable> {
        let started = Instant::now();
        let options = &self.shared.options;
        let limits = Limits {
            max_head_bytes: options.max_head_bytes,
            max_headers: options.max_headers,
            max_body_bytes: options.max_body_bytes,
            timeouts: options.timeouts,
            total: Deadline::after(options.timeouts.total),
        };
        let target = Target::of(&request.url)?;
        request::check(request)?;

        if let Some(connection) = self.shared.pool.take(&target) {
            let call = Call { target: &target, request, limits: &limits, started };
            match self.exchange(&call, connection, None).await {
                Err(Failure { retry: Retry::No, unreachable }) => return Err(unreachable),
                Err(_) => self.shared.pool.forget(&target),
                Ok(reply) => return Ok(reply),
            }
        }
        let call = Call { target: &target, request, limits: &limits, started };
        let failure = match self.exchange_on_fresh(&call, Offer::Http2AndHttp1).await {
            Ok(reply) => return Ok(reply),
            Err(failure) => failure,
        };
        if failure.retry == Retry::OverHttp1 {
            return self.exchange_on_fresh(&call, Offer::Http1).await.map_err(|failure| failure.unreachable);
        }
        Err(failure.unreachable)
    }

    async fn exchange_on_fresh(&self, call: &Call<'_>, offer: Offer) -> Result<Reply, Failure> {
        let (connection, opening) = self.open(call, offer).await?;
        self.exchange(call, connection, Some(opening)).await
    }

    async fn open(&self, call: &Call<'_>, offer: Offer) -> Result<(Connection, Opening), Failure> {
        let Shared { options, tls, .. } = &*self.shared;
        let Call { target, limits, .. } = *call;
        let deadline = Deadline::after(options.timeouts.connect).or_sooner(limits.total);
        let Dialed { stream, remote, resolve, connect } =
            connect::dial(target, &options.resolve, deadline).await?;
        let mut opening = Opening { resolve: Some(resolve), connect: Some(connect), tls: None };
        if !target.secure {
            return Ok((
                Connection { protocol: Protocol::Http1(Box::new(stream)), remote, tls: None },
                opening,
            ));
        }
        let before = Instant::now();
        let (stream, info) = tls.handshake(stream, target, offer, deadline).await?;
        opening.tls = Some(before.elapsed());
        let protocol = match info.alpn.as_deref() {
            Some("h2") => Protocol::Http2(Http2::handshake(stream, target, limits).await?),
            _ => Protocol::Http1(Box::new(stream)),
        };
        Ok((Connection { protocol, remote, tls: Some(info) }, opening))
    }

    /// One exchange on one connection, which is kept afterwards if it can be.
    async fn exchange(
        &self,
        call: &Call<'_>,
        mut connection: Connection,
        opening: Option<Opening>,
    ) -> Result<Reply, Failure> {
        let Call { target, request, limits, started } = *call;
        let Received { version, response, ignored_lines, head_at, body, reusable } =
            match &mut connection.protocol {
                Protocol::Http1(stream) => http1::send(&mut **stream, target, request, limits).await?,
                Protocol::Http2(connection) => connection.send(target, request, limits).await?,
            };
        let (remote, tls) = (connection.remote, connection.tls.clone());
        if reusable {
            self.shared.pool.put(target, connection);
        }
        let Opening { resolve, connect, tls: tls_time } = opening.unwrap_or_default();
        Ok(Reply {
            response,
            ignored_lines,
            version,
            remote,
            reused: opening.is_none(),
            body,
            timing: Timing {
                resolve,
                connect,
                tls: tls_time,
                first_byte: head_at - started,
                total: started.elapsed(),
            },
            tls,
        })
    }
}

/// What every step of a call needs to know.
#[derive(Clone, Copy)]
struct Call<'a> {
    target: &'a Target,
    request: &'a WireRequest,
    limits: &'a Limits,
    started: Instant,
}
