//! What the system tells the process: to end, or to read its configuration again.
//!
//! Knows nothing of how either is done.

use super::reload::ReloadHandle;

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

/// Reads the configuration again at each SIGHUP. Ends where the signal meant that the terminal is gone, with which a
/// gateway that was started there ends too.
pub(super) async fn reload_at_hangup(reload: Option<ReloadHandle>) {
    #[cfg(unix)]
    if let Some(reload) = reload {
        use std::io::{IsTerminal as _, stdin};
        use tokio::signal::unix::{SignalKind, signal};
        let had_terminal = stdin().is_terminal();
        if let Ok(mut hangup) = signal(SignalKind::hangup()) {
            while hangup.recv().await.is_some() {
                if had_terminal && !stdin().is_terminal() {
                    return;
                }
                let reload = reload.clone();
                // How it went is in the log.
                let _ = tokio::task::spawn_blocking(move || reload.reload()).await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = reload;
    std::future::pending::<()>().await;
}
