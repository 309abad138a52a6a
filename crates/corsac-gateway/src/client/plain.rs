//! An HTTP/1.1 connection to a server, with nothing around it, for exchanges that are brief: a request without a body, and a
//! response in one piece.
//!
//! Where a response turns out to be more, hyper takes the connection over, as if it had sent the request itself, and so
//! nothing is asked twice. Knows nothing of where a connection came from or goes afterwards.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http::{Method, Response};
use http_body::Body as _;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read as _, ReadBuf, Write as _};
use tokio::task::unconstrained;
use tokio::time::{Instant, timeout};

use super::dialer::Stream;
use super::resumed::Resumed;
use crate::alarm::Alarm;
use crate::message::brief::{self, Read, Whole, scratch};
use crate::message::passed::Head;
use crate::message::upload::Upload;

/// How long the rest of a body may take to come behind its head. Servers often write them one after the other; a response
/// that takes longer is one that its client is to see as it comes.
const BREATH: Duration = Duration::from_millis(2);

/// A connection that nothing is under way on.
pub(crate) struct Plain {
    stream: Box<Stream>,
    alarm: Alarm,
}

/// Why an exchange is none that is brief.
pub(crate) enum NotBrief {
    /// There is more to it than that.
    More(Begun),
    /// The server is silent.
    TooLate,
}

/// How far an exchange came that is not brief.
pub(crate) struct Begun {
    /// Whether the server was sent all of the request.
    pub(super) is_sent: bool,
    /// What it said.
    pub(super) read: Bytes,
    /// What broke it off.
    pub(super) error: Option<io::Error>,
}

/// Whether a request is brief, and may get a brief response.
pub(crate) fn is_brief(request: &Head, upload: &Upload) -> bool {
    *request.method() != Method::HEAD && upload.is_end_stream()
}

impl Plain {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream: Box::new(stream), alarm: Alarm::default() }
    }

    /// Whether the server has neither closed it nor said what nobody asked for.
    pub(super) fn is_open(&mut self) -> bool {
        if let Stream::Http(stream) = &*self.stream {
            let read = stream.inner().try_read(&mut [0]);
            return read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        }
        // However much its task did before: otherwise nothing would seem to be there once that was enough.
        let read = pin!(unconstrained(poll_fn(|context| self.poll_read(context))));
        read.poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    /// Sends a request, and reads its response, where that has come by then.
    pub(crate) async fn exchange(
        &mut self,
        request: &Head,
        until: Instant,
    ) -> Result<Response<Whole>, NotBrief> {
        let unsent = |error| NotBrief::More(Begun { is_sent: false, read: Bytes::new(), error: Some(error) });
        let mut left = self.write(request).await.map_err(unsent)?;
        while !left.is_empty() {
            let taken =
                self.in_time(until, |it, context| Pin::new(&mut it.stream).poll_write(context, &left));
            match taken.await? {
                Ok(0) => return Err(unsent(io::ErrorKind::WriteZero.into())),
                Ok(taken) => left.advance(taken),
                Err(error) => return Err(unsent(error)),
            }
        }
        let flushed = self.in_time(until, |it, context| Pin::new(&mut it.stream).poll_flush(context));
        flushed.await?.map_err(unsent)?;
        let mut read = Bytes::new();
        let mut has_head = false;
        loop {
            let more = match has_head {
                false => Some(self.in_time(until, Self::poll_read).await?),
                true => timeout(BREATH, poll_fn(|context| self.poll_read(context))).await.ok(),
            };
            let error = match more {
                Some(Ok(more)) if !more.is_empty() => {
                    read = if read.is_empty() { more } else { [read, more].concat().into() };
                    match brief::read_response(&read, request.method(), request.body().is_apart()) {
                        Read::Whole(response) => return Ok(response),
                        Read::Head => continue,
                        Read::Body => {
                            has_head = true;
                            continue;
                        }
                        Read::More => None,
                    }
                }
                Some(Err(error)) => Some(error),
                Some(Ok(_)) | None => None,
            };
            return Err(NotBrief::More(Begun { is_sent: true, read, error }));
        }
    }

    /// Writes as much of a request as the system takes at once, and gives the rest.
    async fn write(&mut self, request: &Head) -> io::Result<Bytes> {
        poll_fn(|context| {
            scratch::writing(|out| {
                brief::write_request(request, out);
                let taken = match Pin::new(&mut self.stream).poll_write(context, out) {
                    Poll::Ready(taken) => taken?,
                    Poll::Pending => 0,
                };
                Poll::Ready(Ok(if taken == out.len() {
                    Bytes::new()
                } else {
                    Bytes::copy_from_slice(&out[taken..])
                }))
            })
        })
        .await
    }

    /// What is waited for, if it comes by then.
    async fn in_time<T>(
        &mut self,
        until: Instant,
        mut poll: impl FnMut(&mut Self, &mut Context<'_>) -> Poll<T>,
    ) -> Result<T, NotBrief> {
        poll_fn(|context| match poll(self, context) {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending => self.alarm.poll(context, until).map(|()| Err(NotBrief::TooLate)),
        })
        .await
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        scratch::reading(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            ready!(Pin::new(&mut self.stream).poll_read(context, buffer.unfilled()))?;
            Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
        })
    }

    /// Leaves the connection to hyper, with an exchange that has begun on it, if one has.
    pub(super) async fn hand_over(self, begun: Option<Begun>) -> hyper::Result<SendRequest<Upload>> {
        match begun {
            None => serve(http1::handshake(self.stream).await?),
            Some(begun) => serve(http1::handshake(Resumed::new(self.stream, begun)).await?),
        }
    }
}

fn serve<IO>(
    (sender, connection): (SendRequest<Upload>, http1::Connection<IO, Upload>),
) -> hyper::Result<SendRequest<Upload>>
where
    IO: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    tokio::spawn(connection);
    Ok(sender)
}
