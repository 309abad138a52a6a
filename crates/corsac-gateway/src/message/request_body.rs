//! The body of a request, as far as its route takes it.
//!
//! What a client announces is looked at before anybody hears of the request; what it sends without a word is counted, and
//! where there is too much of it the upstream's request ends. Gathers nothing, and knows no upstreams.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Version;
use http::header::EXPECT;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::body::BoxError;
use super::passed::Head;
use crate::config::Size;

/// How long the rest of a body is read that nobody wants. A connection that is closed while its client sends is reset,
/// and the answer may be lost with it: nginx lingers as long.
const LINGER: Duration = Duration::from_secs(30);

/// The body of one request on a connection, for whoever keeps the connection: the next request begins behind it. It is in
/// the extensions of a request that has a body.
#[derive(Debug, Clone)]
pub(crate) struct Unread {
    /// Which request of the connection has a body that was not read to its end; 0 where none has.
    last: Arc<AtomicU64>,
    /// Which one this is. A request that came later is not ended by the end of an earlier one.
    request: u64,
}

impl Unread {
    /// The request of this number begins, and has a body.
    pub(crate) fn begin(last: &Arc<AtomicU64>, request: u64) -> Self {
        last.store(request, Ordering::Relaxed);
        Self { last: Arc::clone(last), request }
    }

    fn end(&self) {
        let _ = self.last.compare_exchange(self.request, 0, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// The body of a request. Nothing where there is none, and once it is too large.
pub(crate) struct RequestBody(Option<Box<Sent>>);

/// What a client sends.
struct Sent {
    body: Incoming,
    /// Only where the length was not announced: HTTP holds the others to their word.
    bound: Option<Bound>,
    unread: Option<Unread>,
}

/// How much there may be of a body of unknown length.
struct Bound {
    left: u64,
    outgrown: Arc<AtomicBool>,
    lingers: bool,
}

/// Tells whether a body became too large.
#[derive(Clone, Default)]
pub(crate) struct Outgrown(Option<Arc<AtomicBool>>);

impl Outgrown {
    pub(crate) fn is_so(&self) -> bool {
        self.0.as_ref().is_some_and(|outgrown| outgrown.load(Ordering::Relaxed))
    }
}

/// The request has more of a body than its route takes.
#[derive(Debug)]
pub(crate) struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the body of the request is larger than the route takes")
    }
}

impl std::error::Error for TooLarge {}

impl RequestBody {
    /// The body of a request, of no more than this; nothing where it announces more.
    pub(crate) fn limit(
        request: &mut Head,
        body: Option<Incoming>,
        limit: Size,
    ) -> Result<(Self, Outgrown), TooLarge> {
        let Some(body) = body.filter(|body| !body.is_end_stream()) else {
            return Ok((Self(None), Outgrown::default()));
        };
        let length = body.size_hint();
        if !limit.allows(length.lower()) {
            refuse(request, Some(body));
            return Err(TooLarge);
        }
        let bound = limit.limit().filter(|_| length.exact().is_none()).map(|left| Bound {
            left,
            outgrown: Arc::default(),
            lingers: lingers(request),
        });
        let outgrown = Outgrown(bound.as_ref().map(|bound| Arc::clone(&bound.outgrown)));
        let unread = request.extensions_mut().remove();
        Ok((Self(Some(Box::new(Sent { body, bound, unread }))), outgrown))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(sent) = &mut self.0 else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(&mut sent.body).poll_frame(context));
        if let (Some(bound), Some(Ok(frame))) = (&mut sent.bound, &frame) {
            let length = frame.data_ref().map_or(0, |data| data.len() as u64);
            match bound.left.checked_sub(length) {
                Some(left) => bound.left = left,
                None => {
                    bound.outgrown.store(true, Ordering::Relaxed);
                    let lingers = bound.lingers;
                    if let Some(sent) = self.0.take().filter(|_| lingers) {
                        linger(sent.body, sent.unread);
                    }
                    return Poll::Ready(Some(Err(TooLarge.into())));
                }
            }
        }
        if (frame.is_none() || sent.body.is_end_stream())
            && let Some(unread) = sent.unread.take()
        {
            unread.end();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|sent| sent.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), |sent| sent.body.size_hint())
    }
}

/// Lets go of a request that is answered without its body being read.
pub(crate) fn refuse(request: &mut Head, body: Option<Incoming>) {
    // Who waits to be told to send is told not to.
    if lingers(request) && !request.headers().contains_key(EXPECT) {
        let unread = request.extensions_mut().remove();
        if let Some(body) = body.filter(|body| !body.is_end_stream()) {
            linger(body, unread);
        }
    }
}

/// HTTP/2 has its own way to end a stream early.
fn lingers(request: &Head) -> bool {
    request.version() < Version::HTTP_2
}

/// Reads the rest of a body, for a while, so that its client comes to read the answer.
fn linger(mut body: Incoming, unread: Option<Unread>) {
    tokio::spawn(timeout(LINGER, async move {
        loop {
            match body.frame().await {
                Some(Ok(_)) => {}
                Some(Err(_)) => return,
                None => break,
            }
        }
        if let Some(unread) = unread {
            unread.end();
        }
    }));
}
