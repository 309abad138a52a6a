//! The body of a request on its way to an upstream, and a clock that knows when it last moved.
//!
//! A long upload is not a slow upstream: the time for a response runs from the last piece that was taken.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use super::body::BoxError;
use super::request_body::RequestBody;

/// A request body.
#[derive(Default)]
pub(crate) enum Upload {
    /// None, so that the request can be sent again.
    #[default]
    Nothing,
    /// What the client sends, as it comes.
    Streamed(RequestBody, Arc<Progress>),
}

/// How far it got.
pub(crate) struct Progress {
    started: Instant,
    moved_after: AtomicU64,
    waits_for_client: AtomicBool,
}

impl Upload {
    pub(crate) fn new(body: RequestBody) -> Self {
        if body.is_end_stream() {
            return Self::Nothing;
        }
        let progress = Progress {
            started: Instant::now(),
            moved_after: AtomicU64::new(0),
            waits_for_client: AtomicBool::new(false),
        };
        Self::Streamed(body, Arc::new(progress))
    }

    /// How far it gets; nothing where there is nothing to send.
    pub(crate) fn progress(&self) -> Option<Arc<Progress>> {
        match self {
            Self::Nothing => None,
            Self::Streamed(_, progress) => Some(Arc::clone(progress)),
        }
    }
}

impl Progress {
    /// When the last piece was taken; when the request came, if there was none yet.
    pub(crate) fn last(&self) -> Instant {
        self.started + Duration::from_millis(self.moved_after.load(Ordering::Relaxed))
    }

    /// Whether the upstream would take more, and the client does not send it.
    pub(crate) fn waits_for_client(&self) -> bool {
        self.waits_for_client.load(Ordering::Relaxed)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Self::Streamed(body, progress) = self.get_mut() else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(context);
        progress.waits_for_client.store(frame.is_pending(), Ordering::Relaxed);
        if frame.is_ready() {
            let elapsed = u64::try_from(progress.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            progress.moved_after.store(elapsed, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Streamed(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Nothing => SizeHint::with_exact(0),
            Self::Streamed(body, _) => body.size_hint(),
        }
    }
}
