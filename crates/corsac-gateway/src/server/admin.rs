//! The listener that is not for the public: whether the process lives, and whether it takes requests.
//!
//! Serves on the thread that watches over the workers, so that busy workers do not look like dead ones.

use std::convert::Infallible;
use std::net::TcpListener as StdListener;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::shutdown::ShutdownHandle;

/// How long the head of a request may take.
const HEAD_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// Answers until it is dropped. While the gateway drains it is not ready, and still alive.
pub(super) async fn serve(listener: StdListener, shutdown: ShutdownHandle) -> std::io::Result<Infallible> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let response = answer(&request, &shutdown);
                async move { Ok::<_, Infallible>(response) }
            });
            // Whoever broke this connection will ask again.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn answer(request: &Request<Incoming>, shutdown: &ShutdownHandle) -> Response<Full<Bytes>> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let (status, text) = match request.uri().path() {
        "/livez" if reads => (StatusCode::OK, "ok\n"),
        "/readyz" if reads && shutdown.is_shutting_down() => (StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
        "/readyz" if reads => (StatusCode::OK, "ok\n"),
        _ => (StatusCode::NOT_FOUND, "There are GET /livez and GET /readyz.\n"),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response
}
