//! The future of one response: waits for the inner service where it was asked, and finalises whatever comes.
//!
//! Everything was decided before it was made.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use corsac::CorsHeaders;
use http::{Response, StatusCode};
use pin_project_lite::pin_project;

use crate::report::DecisionReport;

pin_project! {
    /// The response of [`Cors`](crate::Cors).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct CorsFuture<F> {
        #[pin]
        source: Source<F>,
        headers: Option<CorsHeaders>,
        report: DecisionReport,
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
    pub(crate) fn forward(future: F, headers: CorsHeaders, report: DecisionReport) -> Self {
        Self { source: Source::Inner { future }, headers: Some(headers), report }
    }

    pub(crate) fn answer(status: StatusCode, headers: CorsHeaders, report: DecisionReport) -> Self {
        Self { source: Source::Policy { status }, headers: Some(headers), report }
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
        let mut response = match this.source.project() {
            SourceProjection::Inner { future } => ready!(future.poll(context))?,
            SourceProjection::Policy { status } => {
                let mut response = Response::new(ResponseBody::default());
                *response.status_mut() = *status;
                response
            }
        };
        let headers = this.headers.take().expect("a future is not polled again once it is ready");
        let stripped = headers.apply(response.headers_mut());
        response.extensions_mut().insert(DecisionReport { stripped, ..*this.report });
        Poll::Ready(Ok(response))
    }
}
