//! What is noticed of a request on its way, for those who count and log it.
//!
//! Knows nothing of how that is done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use corsac_middleware::{DecisionReport, Outcome};
use http::Response;

/// What is noticed of one request.
#[derive(Debug, Default)]
pub(crate) struct Noticed {
    /// The position of its route, if it has one.
    pub(crate) route: Option<usize>,
    /// What the policy decided, where one governs.
    pub(crate) report: Option<DecisionReport>,
    /// The header lines about CORS that were removed where no policy governs.
    pub(crate) stripped: usize,
    /// How long an upstream took to answer, where one was asked.
    pub(crate) upstream_time: Option<Duration>,
}

impl Noticed {
    /// Finishes the response as the policy has it.
    pub(crate) fn finish<Body>(&mut self, outcome: Outcome, response: &mut Response<Body>) {
        self.report = outcome.finish(response.headers_mut());
    }

    /// How many header lines of an upstream about CORS were removed.
    pub(crate) fn stripped(&self) -> usize {
        self.stripped + self.report.as_ref().map_or(0, |report| report.stripped)
    }
}

/// How long an upstream took to answer, said by whoever asks it.
#[derive(Debug, Default)]
pub(crate) struct UpstreamTime(AtomicU64);

impl UpstreamTime {
    pub(crate) fn set(&self, time: Duration) {
        // No time at all is for requests that asked nobody.
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1);
        self.0.store(nanoseconds, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<Duration> {
        let nanoseconds = self.0.load(Ordering::Relaxed);
        (nanoseconds > 0).then(|| Duration::from_nanos(nanoseconds))
    }
}
