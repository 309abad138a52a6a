//! A connection while a request has it, and the body of the response that comes over it.
//!
//! The connection goes back to the others once the body was read to its end, and is closed where that does not happen.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, timeout};

use super::connection::Connection;
use super::endpoint::Endpoint;
use crate::message::body::BoxError;
use crate::message::brief::Whole;
use crate::message::passed::Passed;

/// How long a connection whose response was read may take to become ready for another request.
const UNREADY: Duration = Duration::from_secs(30);

/// A connection that one request uses.
pub(crate) struct Lease {
    busy: Busy,
    worker: usize,
    connection: Option<Connection>,
    /// Whether it has served a request before, so that the other side may be closing it.
    is_pooled: bool,
    goes_back: bool,
}

/// The server counts as busy with one more request until this is dropped.
struct Busy(Arc<Endpoint>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.has_answered();
    }
}

impl Lease {
    pub(super) fn pooled(endpoint: &Arc<Endpoint>, worker: usize, connection: Connection) -> Self {
        Self { is_pooled: true, ..Self::fresh(endpoint, worker, connection) }
    }

    pub(super) fn fresh(endpoint: &Arc<Endpoint>, worker: usize, connection: Connection) -> Self {
        endpoint.is_asked();
        let busy = Busy(Arc::clone(endpoint));
        Self { busy, worker, connection: Some(connection), is_pooled: false, goes_back: true }
    }

    /// For one request, and none after it.
    pub(super) fn single(endpoint: &Arc<Endpoint>, worker: usize, connection: Connection) -> Self {
        Self { goes_back: false, ..Self::fresh(endpoint, worker, connection) }
    }

    pub(crate) fn is_pooled(&self) -> bool {
        self.is_pooled
    }

    pub(crate) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a lease that has not ended has its connection")
    }

    /// The response was read to its end.
    fn end(&mut self) {
        let mut connection = match self.connection.take() {
            Some(Connection::Plain(Some(plain))) if self.goes_back => {
                return self.busy.0.pool(self.worker).put_plain(plain);
            }
            Some(Connection::Http1(connection)) if self.goes_back && !connection.is_closed() => connection,
            _ => return,
        };
        if connection.is_ready() {
            self.busy.0.pool(self.worker).put(connection);
            return;
        }
        // The last byte has come, and the connection has yet to notice that it was the last.
        let (endpoint, worker) = (Arc::clone(&self.busy.0), self.worker);
        tokio::spawn(async move {
            // Or the request is still being sent, which an answer that came early does not wait for.
            if let Ok(Ok(())) = timeout(UNREADY, connection.ready()).await {
                endpoint.pool(worker).put(connection);
            }
        });
    }
}

/// The body of a response, as it comes.
pub(crate) enum Received {
    /// All of it came with the head; nothing once it was taken. With it, the lines of the head that are only passed on.
    Whole(Option<Bytes>, Passed),
    Streamed(Incoming),
}

impl Received {
    pub(crate) fn whole(Whole { body, passed }: Whole) -> Self {
        Self::Whole(Some(body).filter(|body| !body.is_empty()), passed)
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match self.get_mut() {
            Self::Whole(bytes, _) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Streamed(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes, _) => bytes.is_none(),
            Self::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes, _) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Streamed(body) => body.size_hint(),
        }
    }
}

/// The body of a response, and the connection it comes over.
pub(crate) struct Leased {
    body: Received,
    /// Nothing once the body has ended.
    lease: Option<Lease>,
    patience: Option<Patience>,
}

/// How long the next piece may take.
struct Patience {
    stall: Duration,
    /// Runs while a piece is waited for.
    timer: Option<Pin<Box<Sleep>>>,
}

/// The upstream stopped in the middle of its response.
#[derive(Debug)]
struct Stalled;

impl std::fmt::Display for Stalled {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("no further piece came in the time that `stall` gives")
    }
}

impl std::error::Error for Stalled {}

impl Leased {
    pub(crate) fn new(body: Received, mut lease: Lease, stall: Option<Duration>) -> Self {
        if matches!(body, Received::Whole(..)) {
            lease.end();
            return Self { body, lease: None, patience: None };
        }
        let patience = stall.map(|stall| Patience { stall, timer: None });
        let mut leased = Self { body, lease: Some(lease), patience };
        leased.end_if_read();
        leased
    }

    /// All of it, where it came in one piece.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        match &self.body {
            Received::Whole(bytes, _) => Some(bytes.as_deref().unwrap_or_default()),
            Received::Streamed(_) => None,
        }
    }

    /// The lines of its head that are only passed on, if there are any.
    pub(crate) fn passed(&mut self) -> Option<&mut Passed> {
        match &mut self.body {
            Received::Whole(_, passed) => Some(passed),
            Received::Streamed(_) => None,
        }
    }

    fn end_if_read(&mut self) {
        if self.body.is_end_stream()
            && let Some(mut lease) = self.lease.take()
        {
            lease.end();
        }
    }
}

impl Patience {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let stall = self.stall;
        let timer =
            self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + stall)));
        timer.as_mut().poll(context)
    }
}

impl Body for Leased {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            if let Some(patience) = &mut self.patience {
                ready!(patience.poll(context));
                self.lease = None;
                return Poll::Ready(Some(Err(Stalled.into())));
            }
            return Poll::Pending;
        };
        if let Some(patience) = &mut self.patience {
            patience.timer = None;
        }
        match &frame {
            Some(Ok(_)) => self.end_if_read(),
            Some(Err(_)) => self.lease = None,
            None => {
                if let Some(mut lease) = self.lease.take() {
                    lease.end();
                }
            }
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
