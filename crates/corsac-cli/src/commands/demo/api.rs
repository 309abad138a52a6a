//! The demo's API: a small shop, written as many tutorials show, with their three classic mistakes.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// Starts the API on a free port of this machine; it ends with the runtime.
pub(super) async fn start() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let connection = hyper::server::conn::http1::Builder::new().serve_connection(
                    TokioIo::new(stream),
                    service_fn(|request| async move { answer(&request) }),
                );
                // A client that goes away is no fault of the demo.
                let _ = connection.await;
            });
        }
    });
    Ok(address)
}

fn answer(request: &Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, allow_origin, body) = match (request.method(), request.uri().path()) {
        // Mistake: `*`, though the page comes with its cookie.
        (&Method::GET, "/me") => (StatusCode::OK, true, r#"{"name":"Ada"}"#),
        (&Method::PUT, "/cart") => (StatusCode::OK, true, r#"{"items":1}"#),
        // Mistake: nobody thought of OPTIONS.
        (_, "/me" | "/cart") => (StatusCode::METHOD_NOT_ALLOWED, false, r#"{"error":"method not allowed"}"#),
        // Mistake: the error page forgets the headers.
        (_, "/report") => (StatusCode::INTERNAL_SERVER_ERROR, false, r#"{"error":"no database"}"#),
        _ => (StatusCode::NOT_FOUND, false, r#"{"error":"not found"}"#),
    };
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    if allow_origin {
        headers.insert(http::header::ACCESS_CONTROL_ALLOW_ORIGIN, http::HeaderValue::from_static("*"));
    }
    Ok(response)
}
