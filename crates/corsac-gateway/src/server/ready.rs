//! A turn of an HTTP/1.1 connection that is hyper's: it goes on while requests come one after the other, and ends where they
//! do not.
//!
//! Looks at what is known of the connection's activity, and at nothing that is said on it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::server::conn::http1::UpgradeableConnection;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::activity::{Activity, Watched};
use super::connection::{Asked, Closing, READY, Stream};

/// How often it is looked at a connection meanwhile whose request takes its time, or whose head does.
const LOOK: Duration = Duration::from_secs(1);

/// An HTTP/1.1 connection that is used, or was a moment ago.
pub(super) struct Ready<'a, IO, Service>
where
    Service: Asked,
{
    pub(super) connection: UpgradeableConnection<TokioIo<Watched<IO>>, Service>,
    activity: &'a Activity,
    /// Whether its client asks one after the other; any other connection rests as soon as it is answered.
    is_steady: bool,
    idle: Duration,
    closing: &'a Closing,
    /// Wakes this where the word is said.
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
    was_told: bool,
    /// When it is looked at next how things are.
    tick: Pin<Box<Sleep>>,
    /// Whether that is sooner than it is worth for a request that takes its time.
    ticks_soon: bool,
    /// How many requests had begun when that was last looked at.
    seen: u64,
    /// How many had begun before.
    first: u64,
    /// How often something had been read by then.
    read: u64,
    /// Since when more of a request has been waited for.
    waits_since: Option<Instant>,
    is_first_poll: bool,
}

/// How a turn of a connection ends.
pub(super) enum Turn {
    Ended(Result<(), hyper::Error>),
    Rests,
}

impl<'a, IO, Service> Ready<'a, IO, Service>
where
    Service: Asked,
{
    pub(super) fn new(
        connection: UpgradeableConnection<TokioIo<Watched<IO>>, Service>,
        activity: &'a Activity,
        is_steady: bool,
        idle: Duration,
        closing: &'a Closing,
    ) -> Self {
        Self {
            connection,
            activity,
            is_steady,
            idle,
            closing,
            closed: Box::pin(closing.said()),
            was_told: false,
            tick: Box::pin(sleep(READY)),
            ticks_soon: true,
            seen: activity.count(),
            first: activity.count(),
            read: activity.reads(),
            waits_since: None,
            is_first_poll: true,
        }
    }

    /// Whether nothing is asked and nothing more of a request is to come.
    fn is_quiet(&self) -> bool {
        !self.activity.is_answering() && !self.activity.has_part() && !self.activity.has_unread_body()
    }

    /// Looks whether the connection rests, or takes too long over the head of a request, or says no more of a body whose
    /// request was answered long ago.
    fn look(&mut self) -> Option<Turn> {
        let (count, reads) = (self.activity.count(), self.activity.reads());
        let was_used = std::mem::replace(&mut self.seen, count) != count;
        let has_read = std::mem::replace(&mut self.read, reads) != reads;
        if self.activity.is_answering() || self.is_quiet() {
            self.waits_since = None;
            return (!was_used && self.is_quiet()).then_some(Turn::Rests);
        }
        // A head is to be whole in time, however it trickles; a body may take its time as long as it comes.
        if was_used || (has_read && self.activity.has_unread_body()) {
            self.waits_since = None;
        }
        let since = *self.waits_since.get_or_insert_with(Instant::now);
        (since.elapsed() >= self.idle).then_some(Turn::Ended(Ok(())))
    }

    fn look_again(&mut self, soon: bool) {
        self.ticks_soon = soon;
        self.tick.as_mut().reset(Instant::now() + if soon { READY } else { LOOK });
    }
}

impl<IO, Service> Future for Ready<'_, IO, Service>
where
    IO: Stream,
    Service: Asked,
{
    type Output = Turn;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Turn> {
        let this = self.get_mut();
        if let Poll::Ready(ended) = Pin::new(&mut this.connection).poll(context) {
            return Poll::Ready(Turn::Ended(ended));
        }
        // A task is woken the same way for as long as it lives, so that once is enough to be told of the end. What has come
        // by then was read, and is answered.
        if std::mem::take(&mut this.is_first_poll) || this.closing.is_said() {
            let is_closing = this.closed.as_mut().poll(context).is_ready();
            if is_closing && !std::mem::replace(&mut this.was_told, true) {
                Pin::new(&mut this.connection).graceful_shutdown();
                if let Poll::Ready(ended) = Pin::new(&mut this.connection).poll(context) {
                    return Poll::Ready(Turn::Ended(ended));
                }
            }
        }
        let is_quiet = this.is_quiet();
        if is_quiet && !this.is_steady && this.activity.count() != this.first {
            return Poll::Ready(Turn::Rests);
        }
        if is_quiet && !this.ticks_soon {
            this.look_again(true);
        }
        while this.tick.as_mut().poll(context).is_ready() {
            if let Some(turn) = this.look() {
                return Poll::Ready(turn);
            }
            this.look_again(this.is_quiet());
        }
        Poll::Pending
    }
}
