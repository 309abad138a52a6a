//! A timer for many waits, one after the other.
//!
//! To set a timer costs more than a look at it, and next to no wait lasts as long as it may. So it is not set for each of
//! them: it runs on from the first, and when it fires is set to the end of the one that there is by then.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// The timer; nothing before the first wait.
#[derive(Default)]
pub(crate) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready once the wait lasts for too long.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>, until: Instant) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(until)));
        // Of an earlier wait that could last longer.
        if sleep.deadline() > until {
            sleep.as_mut().reset(until);
        }
        loop {
            ready!(sleep.as_mut().poll(context));
            if sleep.deadline() >= until {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::Alarm;

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_its_own_end() {
        let mut alarm = Alarm::default();
        for seconds in [3, 5, 1, 2, 2] {
            // Nothing is waited for meanwhile, be it for longer than the last wait could last.
            sleep(Duration::from_secs(seconds)).await;
            let started = Instant::now();
            let until = started + Duration::from_secs(seconds);
            // A wait that ends in time.
            let looked = poll_fn(|context| Poll::Ready(alarm.poll(context, until))).await;
            assert!(looked.is_pending());
            poll_fn(|context| alarm.poll(context, until)).await;
            assert_eq!(started.elapsed().as_secs(), seconds);
        }
    }
}
