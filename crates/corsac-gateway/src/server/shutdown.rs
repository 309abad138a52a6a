//! Telling a gateway to stop, and what makes it stop by itself.
//!
//! Knows nothing of connections.

use tokio_util::sync::CancellationToken;

/// Stops a gateway, from any thread.
#[derive(Debug, Clone, Default)]
pub struct ShutdownHandle {
    pub(super) drain: CancellationToken,
    pub(super) cut: CancellationToken,
}

impl ShutdownHandle {
    /// Takes no new connections, lets running requests finish within the drain timeout, and ends.
    pub fn shutdown(&self) {
        self.drain.cancel();
    }

    /// Ends at once; running requests are cut off.
    pub fn shutdown_now(&self) {
        self.drain.cancel();
        self.cut.cancel();
    }

    /// Whether the gateway was told to stop.
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.drain.is_cancelled()
    }
}

/// Ends when the process is told to end: SIGTERM, or SIGINT (Ctrl-C).
pub async fn termination() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Where a signal cannot be caught, it still ends the process in the system's own way.
        if let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_ok() {
        return;
    }
    std::future::pending::<()>().await;
}
