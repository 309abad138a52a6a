//! Telling a gateway to stop.
//!
//! Knows nothing of connections, and nothing of signals.

use tokio_util::sync::CancellationToken;

/// Stops a gateway, from any thread.
#[derive(Debug, Clone, Default)]
pub struct ShutdownHandle {
    /// It will stop, and still takes what comes.
    pub(super) leaving: CancellationToken,
    pub(super) drain: CancellationToken,
    pub(super) cut: CancellationToken,
}

impl ShutdownHandle {
    /// Says that it is not ready, and after the notice takes no new connections, lets running requests finish within the
    /// drain timeout, and ends.
    pub fn shutdown(&self) {
        self.leaving.cancel();
    }

    /// Ends at once; running requests are cut off.
    pub fn shutdown_now(&self) {
        self.leaving.cancel();
        self.drain.cancel();
        self.cut.cancel();
    }

    /// Whether the gateway was told to stop.
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.leaving.is_cancelled()
    }
}
