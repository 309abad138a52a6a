//! How long it is waited for a client to take something.
//!
//! Told in beats, each of which this process lived through: what the machine stood still for is nobody's fault, and a client
//! is seen to take something soon after it did.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Instant;

use crate::alarm::Alarm;

/// How many beats a wait has.
const BEATS: u32 = 8;

/// One wait after the other, each as long as is given.
pub(super) struct Patience {
    beat: Duration,
    /// How many of them the wait has lasted.
    beats: u32,
    /// When the next one is; nothing before a wait begins.
    next: Option<Instant>,
    alarm: Alarm,
}

/// What comes at a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    GoesOn,
    /// It has lasted for too long.
    Over,
}

impl Patience {
    pub(super) fn new(longest: Duration) -> Self {
        Self { beat: longest / BEATS, beats: 0, next: None, alarm: Alarm::default() }
    }

    /// Something was taken, or there is nothing to be taken: the next wait is a new one.
    pub(super) fn renew(&mut self) {
        (self.beats, self.next) = (0, None);
    }

    /// Ready at each beat.
    pub(super) fn poll_beat(&mut self, context: &mut Context<'_>) -> Poll<Beat> {
        if self.beats < BEATS {
            let next = *self.next.get_or_insert_with(|| Instant::now() + self.beat);
            ready!(self.alarm.poll(context, next));
            self.beats += 1;
            self.next = None;
        }
        Poll::Ready(if self.beats < BEATS { Beat::GoesOn } else { Beat::Over })
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use tokio::time::{Instant, advance};

    use super::{Beat, Patience};

    #[tokio::test(start_paused = true)]
    async fn a_wait_lasts_as_long_as_is_given() {
        let mut patience = Patience::new(Duration::from_secs(60));
        for _ in 0..3 {
            let (started, mut beats) = (Instant::now(), 1);
            while poll_fn(|context| patience.poll_beat(context)).await == Beat::GoesOn {
                beats += 1;
            }
            assert_eq!((beats, started.elapsed().as_secs()), (8, 60));
            // Once it is over it stays so.
            assert_eq!(poll_fn(|context| patience.poll_beat(context)).await, Beat::Over);
            patience.renew();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_in_which_nothing_ran_is_one_beat() {
        let mut patience = Patience::new(Duration::from_secs(60));
        assert_eq!(poll_fn(|context| patience.poll_beat(context)).await, Beat::GoesOn);
        assert!(poll_fn(|context| std::task::Poll::Ready(patience.poll_beat(context))).await.is_pending());
        advance(Duration::from_secs(600)).await;
        assert_eq!(poll_fn(|context| patience.poll_beat(context)).await, Beat::GoesOn);
        let started = Instant::now();
        while poll_fn(|context| patience.poll_beat(context)).await == Beat::GoesOn {}
        assert_eq!(started.elapsed().as_secs(), 45);
    }
}
