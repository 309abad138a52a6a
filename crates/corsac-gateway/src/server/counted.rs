//! The body of a response while it is sent: its request counts as in flight until then.
//!
//! Changes nothing of it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::activity::Begun;
use crate::message::body::{Body, BoxError};
use crate::message::passed::Passed;
use crate::metrics::Held;

/// A body that counts until it is dropped.
pub(super) struct Counted {
    body: Body,
    in_flight: InFlight,
}

/// A request that is in flight until this is dropped.
pub(super) struct InFlight {
    _begun: Begun,
    _request: Held,
}

impl Counted {
    pub(super) fn new(body: Body, begun: Begun, request: Held) -> Self {
        Self { body, in_flight: InFlight { _begun: begun, _request: request } }
    }

    /// All of the body, where it is at hand in one piece.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        self.body.whole()
    }

    /// The lines of its head that are only passed on, if there are any.
    pub(super) fn passed(&mut self) -> Option<&mut Passed> {
        self.body.passed()
    }

    /// What counts on, once the body is on its way.
    pub(super) fn into_in_flight(self) -> InFlight {
        self.in_flight
    }
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
