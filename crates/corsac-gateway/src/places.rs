//! Places for the connections of clients, over all workers: as many as `limits.connections` says.
//!
//! Who finds none waits, and is served once somebody leaves: its connection stands in the system's queue meanwhile. One
//! that is closed instead would be a network error on its page, and come again at once. Knows no sockets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How often it is told that there is no place.
const TELLING: Duration = Duration::from_secs(60);

/// The places.
#[derive(Debug)]
pub(crate) struct Places {
    taken: AtomicUsize,
    most: AtomicUsize,
    freed: Notify,
    told: Mutex<Option<Instant>>,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Places>);

impl Places {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        let (taken, most) = (AtomicUsize::new(0), AtomicUsize::new(most));
        Arc::new(Self { taken, most, freed: Notify::new(), told: Mutex::default() })
    }

    /// Has another number of them from now on. Nobody is sent away.
    pub(crate) fn change(&self, most: usize) {
        self.most.store(most, Ordering::SeqCst);
        self.freed.notify_waiters();
    }

    /// A place, as soon as there is one.
    pub(crate) async fn take(self: &Arc<Self>) -> Place {
        loop {
            // Listened for before it is looked, so that nobody leaves unnoticed in between.
            let freed = self.freed.notified();
            if let Some(place) = self.take_now() {
                return place;
            }
            self.tell();
            freed.await;
        }
    }

    /// A place, if there is one.
    fn take_now(self: &Arc<Self>) -> Option<Place> {
        let most = self.most.load(Ordering::SeqCst);
        let another = |taken| (taken < most).then_some(taken + 1);
        self.taken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, another).ok()?;
        Some(Place(Arc::clone(self)))
    }

    /// A place even where there is none, for whom nobody will come after.
    pub(crate) fn squeeze_in(self: &Arc<Self>) -> Place {
        self.taken.fetch_add(1, Ordering::SeqCst);
        Place(Arc::clone(self))
    }

    fn tell(&self) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| told.elapsed() >= TELLING) {
            *told = Some(Instant::now());
            let connections = self.most.load(Ordering::SeqCst);
            tracing::warn!(connections, "`limits.connections` are open: further clients wait");
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::SeqCst);
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::Places;

    /// One look at a future.
    macro_rules! poll {
        ($future:expr) => {
            $future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        };
    }

    #[test]
    fn who_finds_no_place_waits_for_one() {
        let places = Places::new(1);
        let first = places.take_now().expect("a place");
        let mut second = pin!(places.take());
        assert!(poll!(second).is_pending());
        drop(first);
        let Poll::Ready(second) = poll!(second) else { panic!("a place is free") };

        let mut third = pin!(places.take());
        assert!(poll!(third).is_pending());
        places.change(2);
        assert!(poll!(third).is_ready());
        assert!(places.take_now().is_some(), "the third has left");

        let _more = places.squeeze_in();
        places.change(1);
        assert!(places.take_now().is_none());
        drop(second);
        assert!(places.take_now().is_none());
    }

    #[test]
    fn who_gives_up_waiting_takes_no_place_along() {
        let places = Places::new(1);
        let first = places.take_now().expect("a place");
        {
            let mut impatient = pin!(places.take());
            assert!(poll!(impatient).is_pending());
            drop(first);
        }
        let mut patient = pin!(places.take());
        assert!(poll!(patient).is_ready());
    }
}
