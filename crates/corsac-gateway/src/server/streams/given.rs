//! The bodies of responses as they are given to the streams of HTTP/2: in pieces, each of which is known to be taken or not.
//!
//! Changes nothing of them.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};

/// How much of a body is given at once. A stream runs until its last piece is given, and what a client leaves of that one is
/// kept for as long as the connection.
pub(super) const PIECE: usize = 16 * 1024;

tokio::task_local! {
    /// What is taken of the stream that runs.
    static TAKING: Arc<Taking>;
}

/// Runs a stream, so that its body is counted there.
pub(super) fn scope<Stream: Future>(
    taking: Arc<Taking>,
    stream: Stream,
) -> impl Future<Output = Stream::Output> {
    TAKING.scope(taking, stream)
}

/// How many bytes of bodies there were, and what became of them.
#[derive(Debug, Default)]
pub(super) struct Count {
    given: AtomicU64,
    taken: AtomicU64,
    /// Those that nobody will take any more.
    gone: AtomicU64,
}

impl Count {
    pub(super) fn given(&self) -> u64 {
        self.given.load(Ordering::Relaxed)
    }

    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(super) fn gone(&self) -> u64 {
        self.gone.load(Ordering::Relaxed)
    }

    /// Whether some are still to be taken.
    pub(super) fn wait(&self) -> bool {
        self.given() != self.taken() + self.gone()
    }
}

/// What is taken of one stream, and of all.
pub(super) struct Taking {
    own: Count,
    all: Arc<Count>,
}

impl Taking {
    pub(super) fn new(all: &Arc<Count>) -> Self {
        Self { own: Count::default(), all: Arc::clone(all) }
    }

    /// Of the one stream.
    pub(super) fn own(&self) -> &Count {
        &self.own
    }

    fn count(&self, of: impl Fn(&Count) -> &AtomicU64, length: usize) {
        for count in [&self.own, &*self.all] {
            of(count).fetch_add(length as u64, Ordering::Relaxed);
        }
    }
}

/// A body that is given to a stream in pieces, each of which is known to be taken or not.
pub(in crate::server) struct Given<B> {
    body: B,
    /// What is left of its last piece of data.
    left: Bytes,
    taking: Arc<Taking>,
}

impl<B> Given<B> {
    /// Of the stream that runs.
    pub(in crate::server) fn new(body: B) -> Self {
        Self { body, left: Bytes::new(), taking: TAKING.with(Arc::clone) }
    }
}

impl<B> Body for Given<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    type Data = Piece;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, B::Error>>> {
        let this = self.get_mut();
        if this.left.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut this.body).poll_frame(context)?) else {
                return Poll::Ready(None);
            };
            match frame.into_data() {
                Ok(data) => this.left = data,
                Err(other) => {
                    let trailers = other.into_trailers().ok();
                    return Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))));
                }
            }
        }
        let bytes = this.left.split_to(this.left.len().min(PIECE));
        Poll::Ready(Some(Ok(Frame::data(Piece::new(bytes, Arc::clone(&this.taking))))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, left) = (self.body.size_hint(), self.left.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + left);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + left);
        }
        hint
    }
}

/// A piece of a body, which counts what is taken of it.
pub(in crate::server) struct Piece {
    bytes: Bytes,
    taking: Arc<Taking>,
}

impl Piece {
    fn new(bytes: Bytes, taking: Arc<Taking>) -> Self {
        taking.count(|count| &count.given, bytes.len());
        Self { bytes, taking }
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.len()
    }

    fn chunk(&self) -> &[u8] {
        &self.bytes
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.taking.count(|count| &count.taken, count);
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.taking.count(|count| &count.gone, self.bytes.len());
    }
}
