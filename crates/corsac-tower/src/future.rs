//! The future of one response: waits for the inner service where it was asked, and finalises whatever comes.
//!
//! Everything was decided before it was made.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use corsac::Action;
use corsac_middleware::Outcome;
use http::{Response, StatusCode};
use pin_project_lite::pin_project;

pin_project! {
    /// The response of [`Cors`](crate::Cors).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct CorsFuture<F> {
        #[pin]
        source: Source<F>,
        // Nothing where no policy governs the path.
        outcome: Option<Outcome>,
    }
}

pin_project! {
    #[project = SourceProjection]
    #[derive(Debug)]
    enum Source<F> {
        Inner { #[pin] future: F },
        Policy { status: StatusCode },
    }
}

impl<F> CorsFuture<F> {
    /// `ask` is called only where the request is to be passed on.
    #[inline]
    pub(crate) fn new(outcome: Option<Outcome>, ask: impl FnOnce() -> F) -> Self {
        let source = match outcome.as_ref().map(Outcome::action) {
            Some(Action::Respond(status)) => Source::Policy { status },
            Some(Action::Forward) | None => Source::Inner { future: ask() },
        };
        Self { source, outcome }
    }
}

impl<F, ResponseBody, Error> Future for CorsFuture<F>
where
    F: Future<Output = Result<Response<ResponseBody>, Error>>,
    ResponseBody: Default,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = match this.source.project() {
            SourceProjection::Inner { future } => ready!(future.poll(context))?,
            SourceProjection::Policy { status } => {
                let mut response = Response::new(ResponseBody::default());
                *response.status_mut() = *status;
                response
            }
        };
        if let Some(outcome) = this.outcome
            && let Some(report) = outcome.finish_in_place(response.headers_mut())
        {
            response.extensions_mut().insert(report);
        }
        Poll::Ready(Ok(response))
    }
}
