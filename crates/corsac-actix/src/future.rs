//! The future of one response: waits for the inner service where it was asked, and finalises whatever comes.
//!
//! Everything was decided before it was made.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::EitherBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse};
use corsac_middleware::Outcome;
use pin_project_lite::pin_project;

use crate::fields::Response;

pin_project! {
    /// The response of [`CorsMiddleware`](crate::CorsMiddleware).
    #[must_use = "futures do nothing unless polled"]
    pub struct CorsFuture<F> {
        #[pin]
        source: Source<F>,
        outcome: Option<Outcome>,
    }
}

pin_project! {
    #[project = SourceProjection]
    enum Source<F> {
        Inner { #[pin] future: F },
        Policy { response: Option<ServiceResponse> },
    }
}

impl<F> CorsFuture<F> {
    /// The inner service was asked; where a policy governs the path, it has the last word.
    pub(crate) fn asked(future: F, outcome: Option<Outcome>) -> Self {
        Self { source: Source::Inner { future }, outcome }
    }

    /// The policy answered.
    pub(crate) fn answered(response: ServiceResponse) -> Self {
        Self { source: Source::Policy { response: Some(response) }, outcome: None }
    }
}

impl<F, B> Future for CorsFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.source.project() {
            SourceProjection::Policy { response } => {
                let response = response.take().expect("a future is not polled again once it is ready");
                Poll::Ready(Ok(response.map_into_right_body()))
            }
            SourceProjection::Inner { future } => {
                let result = ready!(future.poll(context));
                Poll::Ready(
                    match this.outcome.take() {
                        Some(outcome) => finish(result, outcome),
                        None => result,
                    }
                    .map(ServiceResponse::map_into_left_body),
                )
            }
        }
    }
}

/// The policy's own answer to a request.
pub(crate) fn answer(request: ServiceRequest, status: http::StatusCode, outcome: Outcome) -> ServiceResponse {
    let status = StatusCode::from_u16(status.as_u16()).unwrap_or(StatusCode::FORBIDDEN);
    let mut response = request.into_response(HttpResponse::new(status));
    finalise(response.response_mut(), outcome);
    response
}

/// Finishes what the inner service gave. An error becomes a response further out, and is finished there.
pub(crate) fn finish<B>(
    result: Result<ServiceResponse<B>, Error>,
    outcome: Outcome,
) -> Result<ServiceResponse<B>, Error> {
    match result {
        Ok(mut response) => {
            finalise(response.response_mut(), outcome);
            Ok(response)
        }
        Err(mut error) => {
            error.add_response_mapper(move |mut response| {
                finalise(&mut response, outcome.clone());
                response
            });
            Err(error)
        }
    }
}

fn finalise<B>(response: &mut HttpResponse<B>, outcome: Outcome) {
    if let Some(report) = outcome.finish(&mut Response(response.headers_mut())) {
        response.extensions_mut().insert(report);
    }
}
