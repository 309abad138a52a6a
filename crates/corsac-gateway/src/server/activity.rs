//! What happens on one connection of a client: whether it rests, so that next to nothing of it needs to be kept.
//!
//! Watches reading and writing, and changes neither. Knows nothing of what is read.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Method;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::wire::Wire;
use crate::message::request_body::Unread;

/// What is known of a connection. One thread writes it, and so nothing here orders anything.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// How many requests have begun.
    begun: AtomicU64,
    /// How many of them have ended: the response was sent, or nobody wants it any more.
    ended: AtomicU64,
    /// Bytes came that belong to no request yet.
    unread: AtomicBool,
    /// Bytes wait to be taken by the system.
    blocked: AtomicBool,
    /// Which request has a body that was not read to its end; most connections never had one with a body.
    body: OnceLock<Arc<AtomicU64>>,
    /// How often something was read.
    reads: AtomicU64,
    wire: Mutex<Wire>,
}

impl Activity {
    /// A request has begun; it ends when what is given back is dropped. The other is for whoever reads its body.
    pub(super) fn begin(self: &Arc<Self>, has_body: bool) -> (Begun, Option<Unread>) {
        let request = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        self.unread.store(false, Ordering::Relaxed);
        let body = has_body.then(|| Unread::begin(self.body.get_or_init(Arc::default), request));
        if body.is_none()
            && let Some(last) = self.body.get()
        {
            last.store(0, Ordering::Relaxed);
        }
        (Begun(Arc::clone(self)), body)
    }

    /// Whether there is only one way to read the head of the request that is about to begin.
    pub(super) fn is_clear(&self, method: &Method) -> bool {
        self.wire().take(method)
    }

    /// Nothing is expected for now.
    pub(super) fn rests(&self) {
        self.wire().forget();
    }

    fn read(&self, bytes: &[u8]) {
        self.unread.store(true, Ordering::Relaxed);
        self.reads.fetch_add(1, Ordering::Relaxed);
        if !self.is_answering() && !self.has_unread_body() {
            self.wire().read(bytes);
        } else {
            self.wire().passed();
        }
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        // What is in there is whole at any time.
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests have begun so far.
    pub(super) fn count(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// How often something was read so far.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Whether a request is being answered.
    pub(super) fn is_answering(&self) -> bool {
        self.begun.load(Ordering::Relaxed) != self.ended.load(Ordering::Relaxed)
            || self.blocked.load(Ordering::Relaxed)
    }

    /// Whether the body of the last request was not read to its end, so far as is known.
    pub(super) fn has_unread_body(&self) -> bool {
        self.body.get().is_some_and(|last| last.load(Ordering::Relaxed) != 0)
    }

    /// Whether a part of a request has come, and not yet enough of it.
    pub(super) fn has_part(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Begun(Arc<Activity>);

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
        // What came of its body is no beginning of the next one.
        self.0.unread.store(false, Ordering::Relaxed);
    }
}

/// How much is copied into one piece rather than written as several: a head and a short body are cheaper so.
const SHORT: usize = 1024;

/// A stream that is watched.
pub(super) struct Watched<Stream> {
    stream: Stream,
    /// What was read before.
    before: Bytes,
    activity: Arc<Activity>,
}

impl<Stream> Watched<Stream> {
    pub(super) fn new(stream: Stream, before: Bytes, activity: Arc<Activity>) -> Self {
        Self { stream, before, activity }
    }

    /// The stream, and what was read of it and not taken.
    pub(super) fn into_parts(self) -> (Stream, Bytes) {
        (self.stream, self.before)
    }

    fn wrote<T>(&self, written: Poll<T>) -> Poll<T> {
        self.activity.blocked.store(written.is_pending(), Ordering::Relaxed);
        written
    }
}

impl<Stream: AsyncRead + Unpin> AsyncRead for Watched<Stream> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let filled = buffer.filled().len();
        if !this.before.is_empty() {
            let count = this.before.len().min(buffer.remaining());
            buffer.put_slice(&this.before.split_to(count));
        } else {
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        }
        this.activity.read(&buffer.filled()[filled..]);
        Poll::Ready(Ok(()))
    }
}

impl<Stream: AsyncWrite + Unpin> AsyncWrite for Watched<Stream> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.wrote(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.wrote(shut)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = match in_one(pieces, &mut [0; SHORT]) {
            Some(bytes) => Pin::new(&mut self.stream).poll_write(context, bytes),
            None => Pin::new(&mut self.stream).poll_write_vectored(context, pieces),
        };
        self.wrote(written)
    }
}

/// All of it in one piece, where it is short.
fn in_one<'b>(pieces: &[IoSlice<'_>], buffer: &'b mut [u8; SHORT]) -> Option<&'b [u8]> {
    let mut filled = 0;
    for piece in pieces {
        buffer.get_mut(filled..filled + piece.len())?.copy_from_slice(piece);
        filled += piece.len();
    }
    Some(&buffer[..filled])
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;
    use std::sync::Arc;

    use super::{Activity, SHORT, in_one};

    #[test]
    fn a_connection_is_busy_until_all_of_its_requests_have_ended() {
        let activity = Arc::new(Activity::default());
        assert!(!activity.is_answering());
        let (one, two) = (activity.begin(false), activity.begin(true));
        drop(one);
        assert!(activity.is_answering() && activity.has_unread_body());
        drop(two);
        assert!(!activity.is_answering() && activity.has_unread_body() && activity.count() == 2);
        let _three = activity.begin(false);
        assert!(!activity.has_unread_body());
    }

    #[test]
    fn short_pieces_become_one_and_long_ones_stay() {
        let long = vec![b'x'; SHORT - 4];
        let mut buffer = [0; SHORT];
        assert_eq!(
            in_one(&[IoSlice::new(b"head"), IoSlice::new(b"body")], &mut buffer),
            Some(&b"headbody"[..])
        );
        assert!(in_one(&[IoSlice::new(b"head"), IoSlice::new(&long)], &mut buffer).is_some());
        assert!(in_one(&[IoSlice::new(b"heads"), IoSlice::new(&long)], &mut buffer).is_none());
        assert_eq!(in_one(&[], &mut buffer), Some(&b""[..]));
    }
}
