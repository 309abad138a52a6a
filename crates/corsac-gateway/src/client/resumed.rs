//! A connection on which an exchange has begun, for hyper to begin the same one: what it writes of the request was sent, and
//! what it reads first was read before.
//!
//! Changes nothing of what comes after.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::{Buf as _, Bytes};
use hyper::rt::{Read, ReadBufCursor, Write};

use super::plain::Begun;

/// A stream that is taken up again.
pub(super) struct Resumed<Stream> {
    stream: Stream,
    request: Sent,
    read: Bytes,
    error: Option<io::Error>,
    /// Who waits for the response before the request is written.
    reader: Option<Waker>,
}

/// What becomes of the request that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// It was sent before, and nothing of it is written so far.
    Before,
    /// It was sent before, and some of it is written.
    Written,
    /// It goes the way of all that is written.
    No,
}

impl<Stream> Resumed<Stream> {
    pub(super) fn new(stream: Stream, Begun { is_sent, read, error }: Begun) -> Self {
        let request = if is_sent { Sent::Before } else { Sent::No };
        Self { stream, request, read, error, reader: None }
    }
}

impl<Stream: Read + Unpin> Read for Resumed<Stream> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // A response without a request is taken for a fault.
        if this.request != Sent::No {
            this.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        if !this.read.is_empty() {
            let count = this.read.len().min(buffer.remaining());
            buffer.put_slice(&this.read[..count]);
            this.read.advance(count);
            return Poll::Ready(Ok(()));
        }
        match this.error.take() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut this.stream).poll_read(context, buffer),
        }
    }
}

impl<Stream: Write + Unpin> Write for Resumed<Stream> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.request != Sent::No {
            this.request = Sent::Written;
            return Poll::Ready(Ok(bytes.len()));
        }
        // What broke the connection is told before anything is written behind a part of a request.
        if let Some(error) = this.error.take() {
            return Poll::Ready(Err(error));
        }
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    /// Whoever flushes has written the request to its end.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.request {
            Sent::Before => return Poll::Ready(Ok(())),
            Sent::Written => {
                this.request = Sent::No;
                this.reader.take().into_iter().for_each(Waker::wake);
            }
            Sent::No => {}
        }
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.request != Sent::No {
            this.request = Sent::Written;
            return Poll::Ready(Ok(pieces.iter().map(|piece| piece.len()).sum()));
        }
        if let Some(error) = this.error.take() {
            return Poll::Ready(Err(error));
        }
        Pin::new(&mut this.stream).poll_write_vectored(context, pieces)
    }
}
