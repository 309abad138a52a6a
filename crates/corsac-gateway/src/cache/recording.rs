//! The body of a response on its way to the client, of which a copy is kept once all of it has passed.
//!
//! Nothing waits for the copy. What breaks off, is too large or ends with trailers is not kept.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use super::entry::Draft;
use super::question::Question;
use super::store::Store;
use crate::message::body::{Body, BoxError};

/// A body that is kept if all goes well.
pub(crate) struct Recording {
    body: Body,
    tape: Option<Tape>,
}

/// What has passed so far, and where it goes.
struct Tape {
    pieces: Vec<Bytes>,
    length: u64,
    store: Arc<Store>,
    question: Question,
    draft: Draft,
}

impl Recording {
    /// The body, which is recorded unless it is known to be too large.
    pub(super) fn begin(body: Body, store: Arc<Store>, question: Question, draft: Draft) -> Body {
        if body.size_hint().lower() > store.largest {
            return body;
        }
        let tape = Tape { pieces: Vec::new(), length: 0, store, question, draft };
        let mut recording = Self { body, tape: Some(tape) };
        recording.keep_if_ended();
        Body::Recorded(Box::new(recording))
    }

    /// Whoever knows the length of a body does not look behind its last piece.
    fn keep_if_ended(&mut self) {
        if self.body.is_end_stream() {
            self.tape.take().into_iter().for_each(Tape::keep);
        }
    }

    pub(crate) fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                self.tape = self.tape.take().and_then(|tape| tape.with(frame.data_ref()?));
                self.keep_if_ended();
            }
            Some(Err(_)) => self.tape = None,
            None => self.tape.take().into_iter().for_each(Tape::keep),
        }
        Poll::Ready(frame)
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Tape {
    /// With another piece, if there is room for it.
    fn with(mut self, piece: &Bytes) -> Option<Self> {
        self.length += piece.len() as u64;
        self.pieces.push(piece.clone());
        (self.length <= self.store.largest).then_some(self)
    }

    fn keep(self) {
        // Pieces are parts of larger buffers; a copy holds nothing but itself.
        let body = self.pieces.concat().into();
        self.store.keep(&self.question, self.draft.with_body(body));
    }
}
