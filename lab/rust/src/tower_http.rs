//! An application behind exported policies, on hyper with axum and tower-http: `/NUMBER/…` is governed by `policy_NUMBER.rs`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use corsac_lab_rust::{Inner, address, case, hold, inners, policy};
use http::{HeaderName, HeaderValue, StatusCode};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

#[expect(unreachable_pub, reason = "what is exported is for other crates too, and is compiled as it is")]
mod exported {
    include!(concat!(env!("OUT_DIR"), "/tower-http/modules.rs"));
}

/// More than the longest request among the vectors.
const LONGEST_HEAD: usize = 8 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    hold(exported::TEXTS);
    let inners: Arc<[Inner]> = inners().into();
    let application = Router::new().fallback(move |request: Request| {
        let inner = case(request.uri().path()).and_then(|index| inners.get(index).cloned());
        async move { answer(inner) }
    });
    let governed: HashMap<usize, Router> = exported::TEXTS
        .iter()
        .map(|(number, _)| (*number, exported::governed(*number, application.clone())))
        .collect();
    let service = tower::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let router = policy(request.uri().path()).and_then(|number| governed.get(&number).cloned());
        router.unwrap_or_default().oneshot(request)
    });
    let listener = TcpListener::bind(address()).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        let mut server = http1::Builder::new();
        server.max_buf_size(LONGEST_HEAD).max_headers(4096);
        tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
    }
}

fn answer(inner: Option<Inner>) -> Response {
    let Some(inner) = inner else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = ([("x-inner", "asked")], "").into_response();
    *response.status_mut() = StatusCode::from_u16(inner.status).expect("the vectors have statuses");
    for (name, value) in inner.headers {
        let name = HeaderName::try_from(name).expect("the vectors have names of headers");
        response.headers_mut().append(name, HeaderValue::try_from(value).expect("and values"));
    }
    response
}
