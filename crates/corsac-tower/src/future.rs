//! The future of one response: waits for the inner service where it was asked, and finalises whatever comes.
//!
//! Everything was decided before it was made.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use corsac::Action;
use corsac_middleware::Outcome;
use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_service::Service;

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
    /// The inner service is asked only where the request is to be passed on.
    #[inline]
    pub(crate) fn new<S, RequestBody>(
        outcome: Option<Outcome>,
        inner: &mut S,
        request: Request<RequestBody>,
    ) -> Self
    where
        S: Service<Request<RequestBody>, Future = F>,
    {
        match outcome.as_ref().map(Outcome::action) {
            Some(Action::Respond(status)) => Self::answered(outcome, status),
            Some(Action::Forward) | None => Self::asked(outcome, inner.call(request)),
        }
    }

    /// The policy answers.
    #[inline]
    pub(crate) fn answered(outcome: Option<Outcome>, status: StatusCode) -> Self {
        Self { source: Source::Policy { status }, outcome }
    }

    /// The inner service was asked; where a policy governs the path, it has the last word.
    #[inline]
    pub(crate) fn asked(outcome: Option<Outcome>, future: F) -> Self {
        Self { source: Source::Inner { future }, outcome }
    }
}

impl<F, ResponseBody, Error> Future for CorsFuture<F>
where
    F: Future<Output = Result<Response<ResponseBody>, Error>>,
    ResponseBody: Default,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        // Finished where it is returned from: a response is large.
        let mut polled = match this.source.project() {
            SourceProjection::Inner { future } => future.poll(context),
            SourceProjection::Policy { status } => {
                let mut response = Response::new(ResponseBody::default());
                *response.status_mut() = *status;
                Poll::Ready(Ok(response))
            }
        };
        if let Poll::Ready(Ok(response)) = &mut polled
            && let Some(outcome) = this.outcome
            && let Some(report) = outcome.finish_in_place(response.headers_mut())
        {
            response.extensions_mut().insert(report);
        }
        polled
    }
}
