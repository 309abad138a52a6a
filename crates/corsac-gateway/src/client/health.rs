//! How a server fares, as far as its connections tell, and the questions of a health check.
//!
//! A server to which no connection came about is left alone for a second, and for twice as long with each further
//! failure; then one request tries it. Knows nothing of what failed.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a server is left alone after its first failure.
const FIRST: Duration = Duration::from_secs(1);

/// And at most.
const LONGEST: Duration = Duration::from_secs(30);

/// The state of a server. Readers may see a little of the old and of the new; the worst of it is one request that asks
/// a server in vain and goes on to the next.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// How many connections in a row did not come about.
    failures: AtomicU32,
    /// From when on it is tried again, in milliseconds of [`now`].
    again_at: AtomicU64,
    /// A request tries it, and nothing is known yet of how that goes.
    is_tried: AtomicBool,
    /// What the last question of a health check found.
    is_unwell: AtomicBool,
}

impl Health {
    /// Whether requests should be sent there.
    pub(crate) fn is_well(&self) -> bool {
        !self.is_unwell.load(Ordering::Relaxed)
            && (self.failures.load(Ordering::Relaxed) == 0 || self.again_at.load(Ordering::Relaxed) <= now())
    }

    /// A request is sent there. Where that is a trial, others wait for how it goes.
    pub(crate) fn trying(&self) {
        let failures = self.failures.load(Ordering::Relaxed);
        if failures > 0 && self.again_at.load(Ordering::Relaxed) <= now() {
            self.again_at.store(now() + pause(failures), Ordering::Relaxed);
            self.is_tried.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn connected(&self) {
        if self.failures.load(Ordering::Relaxed) > 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// No connection came about. What fails together counts once: a server that restarts under load fails many at once.
    pub(crate) fn failed(&self) {
        let was_tried = self.is_tried.swap(false, Ordering::Relaxed);
        let is_left_alone =
            self.failures.load(Ordering::Relaxed) > 0 && self.again_at.load(Ordering::Relaxed) > now();
        if is_left_alone && !was_tried {
            return;
        }
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.again_at.store(now() + pause(failures), Ordering::Relaxed);
    }

    /// What a health check found; whether that is news.
    pub(crate) fn checked(&self, is_well: bool) -> bool {
        if is_well {
            self.connected();
        }
        self.is_unwell.swap(!is_well, Ordering::Relaxed) == is_well
    }
}

fn pause(failures: u32) -> u64 {
    let pause = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(LONGEST);
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}

/// Milliseconds since some moment.
fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Health, pause};

    #[test]
    fn a_server_that_fails_is_left_alone_for_longer_and_longer() {
        let pauses: Vec<u64> = (1..=8).map(pause).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(pause(u32::MAX), 30_000);
    }

    #[test]
    fn one_connection_makes_it_well_again() {
        let health = Health::default();
        assert!(health.is_well());
        health.failed();
        health.failed();
        assert!(!health.is_well() && health.failures.load(super::Ordering::Relaxed) == 1);
        health.connected();
        assert!(health.is_well());
    }

    #[test]
    fn what_a_check_finds_is_news_once() {
        let health = Health::default();
        assert!(!health.checked(true));
        assert!(health.checked(false));
        assert!(!health.checked(false));
        assert!(!health.is_well());
        assert!(health.checked(true));
        assert!(health.is_well());
    }
}
