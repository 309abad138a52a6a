//! The body of a response, wherever it comes from: streamed, and never gathered.
//!
//! Knows no headers.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;

use super::passed::Passed;
use crate::cache::Recording;
use crate::client::Leased;

/// What can go wrong while a body is sent.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A response body.
#[derive(Default)]
pub(crate) enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A page of the gateway's own.
    Page(Option<Bytes>),
    /// What an upstream sends, as it comes; the route is for the log.
    Upstream(Leased, Arc<str>),
    /// The same, and no more than this many bytes of it.
    Capped(Leased, Arc<str>, u64),
    /// The same, of which a copy is kept.
    Recorded(Box<Recording>),
    /// What was kept.
    Kept(Option<Bytes>),
    /// A file.
    File(Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>),
}

impl Body {
    /// Whether an upstream sends it, or did.
    pub(crate) fn is_of_upstream(&self) -> bool {
        matches!(self, Self::Upstream(..) | Self::Capped(..) | Self::Recorded(_) | Self::Kept(_))
    }

    /// Whether it is at hand, be it only for its length to be told.
    pub(crate) fn is_at_hand(&self) -> bool {
        matches!(self, Self::Page(_) | Self::Kept(_))
    }

    /// All of it, where it is at hand in one piece.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        match self {
            Self::Empty => Some(&[]),
            Self::Page(bytes) | Self::Kept(bytes) => Some(bytes.as_deref().unwrap_or_default()),
            Self::Upstream(body, _) => body.whole(),
            Self::Capped(body, _, most) => body.whole().filter(|bytes| bytes.len() as u64 <= *most),
            Self::Recorded(_) | Self::File(_) => None,
        }
    }

    /// The lines of its head that are only passed on, if there are any.
    pub(crate) fn passed(&mut self) -> Option<&mut Passed> {
        match self {
            Self::Upstream(body, _) | Self::Capped(body, ..) => body.passed(),
            _ => None,
        }
    }

    pub(crate) fn file<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::File(Box::pin(body.map_err(Into::into)))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Recorded(recording) => recording.poll_frame(context),
            Self::Page(bytes) | Self::Kept(bytes) => {
                Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes))))
            }
            Self::File(body) => body.as_mut().poll_frame(context),
            Self::Upstream(body, route) => {
                let frame = ready!(Pin::new(body).poll_frame(context));
                Poll::Ready(frame.map(|frame| frame.map_err(|error| broke_off(error, route))))
            }
            Self::Capped(body, route, left) => {
                let frame = ready!(Pin::new(body).poll_frame(context));
                Poll::Ready(frame.map(|frame| {
                    frame
                        .map_err(|error| broke_off(error, route))
                        .and_then(|frame| capped(frame, route, left))
                }))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Page(bytes) | Self::Kept(bytes) => bytes.is_none(),
            Self::Recorded(recording) => recording.is_end_stream(),
            Self::File(body) => body.is_end_stream(),
            Self::Upstream(body, _) | Self::Capped(body, ..) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Page(bytes) | Self::Kept(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Recorded(recording) => recording.size_hint(),
            Self::File(body) => body.size_hint(),
            Self::Upstream(body, _) | Self::Capped(body, ..) => body.size_hint(),
        }
    }
}

/// The client sees a response that ends early, which is the truth; the log says whose fault it was.
fn broke_off(error: BoxError, route: &str) -> BoxError {
    tracing::warn!(%route, error = %crate::chain::Chain(&*error), "the upstream broke off its response");
    error
}

/// The piece, if there may be that much. An error and not an end, so that no client takes a part for the whole.
fn capped(frame: Frame<Bytes>, route: &str, left: &mut u64) -> Result<Frame<Bytes>, BoxError> {
    let length = frame.data_ref().map_or(0, |data| data.len() as u64);
    match left.checked_sub(length) {
        Some(rest) => *left = rest,
        None => {
            tracing::warn!(%route, "the response grew beyond `max_response`, and is cut off");
            return Err("the response is larger than `max_response`".into());
        }
    }
    Ok(frame)
}
