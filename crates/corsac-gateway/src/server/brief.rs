//! A turn of an HTTP/1.1 connection in which requests and responses are brief: each is read and written in one piece.
//!
//! It ends where anything else comes, which is hyper's then. Knows nothing of what is asked and answered.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http::Response;
use tokio::io::ReadBuf;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::activity::Activity;
use super::connection::{Closing, READY, Stream};
use super::counted::{Counted, InFlight};
use crate::message::brief::{self, Written, scratch};
use crate::message::passed::Head;

/// How a turn ends.
pub(super) enum End {
    /// So does the connection.
    Closed,
    /// Nothing was asked for a while.
    Rests,
    /// What was read is no brief request.
    More(Bytes),
    /// The response is not brief. Here are the request, with all that was read behind it, and the response.
    Answered(Bytes, Box<Response<Counted>>),
}

/// A turn of a connection.
pub(super) struct Brief<'a, IO, AtOnce, Answer, Later> {
    stream: &'a mut IO,
    at_once: AtOnce,
    answer: Answer,
    activity: &'a Activity,
    closing: &'a Closing,
    /// Wakes this where the word is said.
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
    is_first_rest: bool,
    /// When it is looked at next whether anything is asked.
    tick: Pin<Box<Sleep>>,
    /// How many requests had begun when that was last looked at.
    seen: u64,
    doing: Doing<Later>,
}

enum Doing<Later> {
    Reading {
        /// What was read before.
        unread: Bytes,
    },
    Answering {
        answer: Pin<Box<Later>>,
        request: Bytes,
        /// What was read meanwhile.
        behind: Option<Bytes>,
    },
    Writing {
        left: Bytes,
        end: Written,
        _in_flight: InFlight,
        behind: Option<Bytes>,
    },
}

impl<'a, IO, AtOnce, Answer, Later> Brief<'a, IO, AtOnce, Answer, Later>
where
    IO: Stream,
    AtOnce: Fn(&Head) -> Option<Response<Counted>> + Unpin,
    Answer: Fn(Head) -> Later + Unpin,
    Later: Future<Output = Response<Counted>>,
{
    pub(super) fn new(
        stream: &'a mut IO,
        unread: Bytes,
        at_once: AtOnce,
        answer: Answer,
        activity: &'a Activity,
        closing: &'a Closing,
    ) -> Self {
        Self {
            stream,
            at_once,
            answer,
            activity,
            closing,
            closed: Box::pin(closing.said()),
            is_first_rest: true,
            tick: Box::pin(sleep(READY)),
            seen: activity.count(),
            doing: Doing::Reading { unread },
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        scratch::reading(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            ready!(Pin::new(&mut *self.stream).poll_read(context, &mut buffer))?;
            Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
        })
    }

    /// Has a request answered, if it is brief.
    fn ask(&mut self, read: Bytes) -> Result<(), End> {
        if let Some(response) = brief::read_preflight(&read).and_then(|preflight| (self.at_once)(&preflight))
        {
            return self.write(response, read, None);
        }
        let Some(request) = brief::read_request(&read) else { return Err(End::More(read)) };
        self.doing =
            Doing::Answering { answer: Box::pin((self.answer)(request)), request: read, behind: None };
        Ok(())
    }

    /// Makes a response one piece, which is to be written.
    fn write(
        &mut self,
        response: Response<Counted>,
        request: Bytes,
        behind: Option<Bytes>,
    ) -> Result<(), End> {
        scratch::writing(|out| {
            let (mut parts, mut body) = response.into_parts();
            let passed = body.passed().map(std::mem::take).unwrap_or_default();
            let end = body.whole().and_then(|body| {
                brief::write_response(parts.status, &parts.headers, passed.text(), body, out)
            });
            let Some(end) = end else {
                passed.unfold(&mut parts.headers);
                let read = behind.map_or(request.clone(), |behind| [request, behind].concat().into());
                return Err(End::Answered(read, Box::new(Response::from_parts(parts, body))));
            };
            let left = Bytes::copy_from_slice(out);
            self.doing = Doing::Writing { left, end, _in_flight: body.into_in_flight(), behind };
            Ok(())
        })
    }

    /// Nothing is asked: whether that is the end of the turn, or of the connection.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<End> {
        // A task is woken the same way for as long as it lives, so that once is enough to be told of the end. What has come
        // by then was read, and is answered.
        let may_be_told = std::mem::take(&mut self.is_first_rest) || self.closing.is_said();
        if may_be_told && self.closed.as_mut().poll(context).is_ready() {
            return Poll::Ready(End::Closed);
        }
        while self.tick.as_mut().poll(context).is_ready() {
            let count = self.activity.count();
            if std::mem::replace(&mut self.seen, count) == count {
                return Poll::Ready(End::Rests);
            }
            self.tick.as_mut().reset(Instant::now() + READY);
        }
        Poll::Pending
    }

    /// One step further; nothing where something is waited for.
    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Result<(), End>> {
        match &mut self.doing {
            Doing::Reading { unread } if !unread.is_empty() => {
                let unread = std::mem::take(unread);
                Poll::Ready(self.ask(unread))
            }
            Doing::Reading { .. } => match self.poll_read(context) {
                Poll::Ready(Ok(read)) if !read.is_empty() => {
                    self.doing = Doing::Reading { unread: read };
                    others_first(context)
                }
                Poll::Ready(_) => Poll::Ready(Err(End::Closed)),
                Poll::Pending => self.poll_rest(context).map(Err),
            },
            Doing::Answering { answer, request, behind } => {
                if let Poll::Ready(response) = answer.as_mut().poll(context) {
                    let (request, behind) = (std::mem::take(request), behind.take());
                    return match self.write(response, request, behind) {
                        Ok(()) => others_first(context),
                        Err(end) => Poll::Ready(Err(end)),
                    };
                }
                // Whoever went away wants no answer.
                if behind.is_none() {
                    let read = ready!(self.poll_read(context));
                    match (&mut self.doing, read) {
                        (Doing::Answering { behind, .. }, Ok(read)) if !read.is_empty() => {
                            *behind = Some(read);
                        }
                        _ => return Poll::Ready(Err(End::Closed)),
                    }
                }
                Poll::Pending
            }
            Doing::Writing { left, end, behind, .. } => {
                while !left.is_empty() {
                    match ready!(Pin::new(&mut *self.stream).poll_write(context, left)) {
                        Ok(taken @ 1..) => left.advance(taken),
                        _ => return Poll::Ready(Err(End::Closed)),
                    }
                }
                if ready!(Pin::new(&mut *self.stream).poll_flush(context)).is_err() || *end == Written::Last {
                    return Poll::Ready(Err(End::Closed));
                }
                self.doing = Doing::Reading { unread: behind.take().unwrap_or_default() };
                Poll::Ready(Ok(()))
            }
        }
    }
}

/// Has a task that has read let all others read that can, before it writes. To wake a process costs more than to write to it, and
/// one that is written to several times in a row is woken once.
fn others_first<T>(context: &Context<'_>) -> Poll<T> {
    // Not as tokio's `yield_now` does, which asks the system for what else has come.
    context.waker().wake_by_ref();
    Poll::Pending
}

impl<IO, AtOnce, Answer, Later> Future for Brief<'_, IO, AtOnce, Answer, Later>
where
    IO: Stream,
    AtOnce: Fn(&Head) -> Option<Response<Counted>> + Unpin,
    Answer: Fn(Head) -> Later + Unpin,
    Later: Future<Output = Response<Counted>>,
{
    type Output = End;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let this = self.get_mut();
        loop {
            if let Err(turn) = ready!(this.poll_step(context)) {
                return Poll::Ready(turn);
            }
        }
    }
}
