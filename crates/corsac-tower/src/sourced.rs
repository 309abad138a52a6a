//! The service with a source of origins: waits for the source only where neither list nor cache knows the origin.
//!
//! Knows no cache; see [`CachedOrigins`].

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use corsac_middleware::{CachedOrigins, OriginSource, Policies};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::future::CorsFuture;

/// A service with a policy around it, part of whose origins live elsewhere: [`CorsLayer::with_source`].
///
/// [`CorsLayer::with_source`]: crate::CorsLayer::with_source
#[derive(Debug)]
pub struct SourcedCors<S, Source> {
    inner: S,
    policies: Policies,
    origins: CachedOrigins<Source>,
}

impl<S, Source> SourcedCors<S, Source> {
    pub(crate) fn new(inner: S, policies: Policies, origins: CachedOrigins<Source>) -> Self {
        Self { inner, policies, origins }
    }
}

impl<S: Clone, Source> Clone for SourcedCors<S, Source> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), policies: self.policies.clone(), origins: self.origins.clone() }
    }
}

impl<S, Source, RequestBody, ResponseBody> Service<Request<RequestBody>> for SourcedCors<S, Source>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>> + Clone,
    Source: OriginSource,
    ResponseBody: Default,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = SourcedCorsFuture<S, Request<RequestBody>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let (method, path, fields) = (request.method(), request.uri().path(), request.headers());
        let outcome = match self.policies.try_decide(method, path, fields) {
            Ok(outcome) => outcome,
            Err(origin) => match self.origins.known(&origin) {
                Some(answer) => self.policies.decide_with(method, path, fields, answer),
                None => {
                    let allows = self.origins.allows(&origin);
                    // The one that is ready is asked; its clone will be made ready in its turn.
                    let clone = self.inner.clone();
                    let inner = std::mem::replace(&mut self.inner, clone);
                    let waiting = Waiting { inner, request, policies: self.policies.clone() };
                    return SourcedCorsFuture::asking(
                        Box::pin(async move { matches!(allows.await, Ok(true)) }),
                        waiting,
                    );
                }
            },
        };
        SourcedCorsFuture::decided(CorsFuture::new(outcome, &mut self.inner, request))
    }
}

/// A request that waits for the source's answer.
#[derive(Debug)]
struct Waiting<S, R> {
    inner: S,
    request: R,
    policies: Policies,
}

pin_project! {
    /// The response of [`SourcedCors`]. Boxes only the question to the source, and only where one is asked.
    #[must_use = "futures do nothing unless polled"]
    pub struct SourcedCorsFuture<S, R>
    where
        S: Service<R>,
    {
        #[pin]
        state: State<S, R>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, R>
    where
        S: Service<R>,
    {
        Asking { answer: Pin<Box<dyn Future<Output = bool> + Send>>, waiting: Option<Waiting<S, R>> },
        Decided { #[pin] future: CorsFuture<S::Future> },
    }
}

impl<S: Service<R>, R> SourcedCorsFuture<S, R> {
    fn asking(answer: Pin<Box<dyn Future<Output = bool> + Send>>, waiting: Waiting<S, R>) -> Self {
        Self { state: State::Asking { answer, waiting: Some(waiting) } }
    }

    fn decided(future: CorsFuture<S::Future>) -> Self {
        Self { state: State::Decided { future } }
    }
}

impl<S, RequestBody, ResponseBody> Future for SourcedCorsFuture<S, Request<RequestBody>>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: Default,
{
    type Output = Result<Response<ResponseBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let future = match this.state.as_mut().project() {
                StateProjection::Decided { future } => return future.poll(context),
                StateProjection::Asking { answer, waiting } => {
                    let answer = ready!(answer.as_mut().poll(context));
                    let Waiting { mut inner, request, policies } =
                        waiting.take().expect("the state changes as soon as there is an answer");
                    let (method, path) = (request.method(), request.uri().path());
                    let outcome = policies.decide_with(method, path, request.headers(), answer);
                    CorsFuture::new(outcome, &mut inner, request)
                }
            };
            this.state.set(State::Decided { future });
        }
    }
}
