//! How long it is waited for a client to take some of what it was given.
//!
//! Knows how much that is, and nothing of what it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::given::Count;
use crate::server::patience::{Beat, Patience};

/// How many times as long it is waited for a stream whose connection moves and that has not had its turn.
const ROUNDS: u32 = 8;

/// A wait for a client to take some of what it was given.
pub(super) struct Wait {
    patience: Patience,
    /// Whether the socket below is full, and so waits for the client itself.
    is_full: Arc<AtomicBool>,
    /// How much it had taken at the last beat.
    seen: u64,
    line: Line,
}

/// Those who were there before. A client that takes many responses at once, and says that it has room for a few, serves each
/// of them seldom.
struct Line {
    all: Arc<Count>,
    /// How much was given by then.
    given: u64,
    /// How much had been taken when that was last looked at.
    taken: u64,
    rounds: u32,
}

impl Line {
    fn begin(&mut self) {
        (self.given, self.taken, self.rounds) = (self.all.given(), self.all.taken(), 0);
    }

    /// Whether they are gone, or do not move either, or it was waited for them for long.
    fn is_over(&mut self) -> bool {
        let taken = self.all.taken();
        let has_moved = std::mem::replace(&mut self.taken, taken) != taken;
        self.rounds += 1;
        !has_moved || taken + self.all.gone() >= self.given || self.rounds == ROUNDS
    }
}

impl Wait {
    /// `longest` is how long, and `all` what was given and taken on the whole connection.
    pub(super) fn new(longest: Duration, is_full: Arc<AtomicBool>, all: Arc<Count>) -> Self {
        let line = Line { all, given: 0, taken: 0, rounds: 0 };
        Self { patience: Patience::new(longest), is_full, seen: 0, line }
    }

    /// Ready once that lasts for too long. It does not begin before something waits to be taken, nor while `may_wait`.
    pub(super) fn poll_left(
        &mut self,
        context: &mut Context<'_>,
        count: &Count,
        may_wait: impl Fn() -> bool,
    ) -> Poll<()> {
        while count.wait() {
            let beat = ready!(self.patience.poll_beat(context));
            let taken = count.taken();
            let has_moved = std::mem::replace(&mut self.seen, taken) != taken;
            if has_moved || self.is_full.load(Ordering::Relaxed) || may_wait() {
                self.renew();
            } else if beat == Beat::Over {
                if self.line.is_over() {
                    return Poll::Ready(());
                }
                self.patience.renew();
            }
        }
        self.renew();
        Poll::Pending
    }

    fn renew(&mut self) {
        self.patience.renew();
        self.line.begin();
    }
}
