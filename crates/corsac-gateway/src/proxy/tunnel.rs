//! Connections that were handed over to another protocol: bytes, both ways, until one side or the gateway ends them.
//!
//! Knows nothing of what the bytes mean, nor of who may open a tunnel.

use std::sync::Arc;
use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chain::Chain;

/// How long a side may take to hear that its tunnel is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// The tunnels of one worker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tunnels {
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Tunnels {
    /// Carries bytes between the two, as soon as both connections are handed over. What the client's holds is given back
    /// at the end.
    pub(crate) fn open<Held>(&self, route: Arc<str>, client: OnUpgrade, upstream: OnUpgrade, held: Held)
    where
        Held: Send + 'static,
    {
        let closing = self.closing.clone();
        self.tasks.spawn(async move {
            let _held = held;
            let (client, upstream) = match tokio::try_join!(client, upstream) {
                Ok(both) => both,
                Err(error) => {
                    tracing::debug!(%route, error = %Chain(&error), "a tunnel did not come about");
                    return;
                }
            };
            let (mut client, mut upstream) = (TokioIo::new(client), TokioIo::new(upstream));
            let opened = Instant::now();
            // A side that has no more to say is still listened for: the end of one way is passed on alone.
            let ended = tokio::select! {
                biased;
                () = closing.cancelled() => None,
                ended = copy_bidirectional(&mut client, &mut upstream) => Some(ended),
            };
            // Whoever does not hear it sees the connection end.
            let _ = timeout(FAREWELL, async { tokio::join!(client.shutdown(), upstream.shutdown()) }).await;
            let seconds = opened.elapsed().as_secs();
            match ended {
                Some(Ok((sent, received))) => {
                    tracing::info!(%route, sent, received, seconds, "a tunnel ended");
                }
                Some(Err(error)) => tracing::info!(%route, %error, seconds, "a tunnel broke"),
                None => tracing::info!(%route, seconds, "a tunnel was closed by the gateway"),
            }
        });
    }

    /// Ends all of them, and those that are still to come.
    pub(crate) fn close(&self) {
        self.closing.cancel();
    }

    /// Waits until there is none.
    pub(crate) async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.tasks.len()
    }
}
