//! The listener that is not for the public: whether the process lives and takes requests, what it counts, what it is
//! configured with, and what it would answer.
//!
//! Serves on the thread that watches over the workers, so that busy workers do not look like dead ones. Changes nothing.

mod configuration;

use std::convert::Infallible;
use std::net::{IpAddr, TcpListener as StdListener};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue};
use http::uri::Authority;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::shutdown::ShutdownHandle;
use crate::explain::{Question, explain};
use crate::live::Live;
use crate::metrics;

/// How long the head of a request may take.
const HEAD_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

const TEXT: &str = "text/plain; charset=utf-8";

/// What there is, for whoever asks for something else.
const PAGES: &str = "\
There is no such page. There are:
  /livez     whether the process lives
  /readyz    whether it takes requests
  /metrics   what it counts, for Prometheus
  /config    the configuration in force, without secrets
  /explain?origin=https://app.example&method=PUT&path=/api/   what a page would be answered, and why
";

/// What the pages tell of.
#[derive(Clone)]
pub(super) struct Pages {
    pub(super) shutdown: ShutdownHandle,
    pub(super) live: Arc<Live>,
}

/// Answers until it is dropped. While the gateway drains it is not ready, and still alive.
pub(super) async fn serve(listener: StdListener, pages: Pages) -> std::io::Result<Infallible> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let pages = pages.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let response = pages.answer(&request, peer.ip());
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

impl Pages {
    fn answer<B>(&self, request: &Request<B>, peer: IpAddr) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refusal =
                page(StatusCode::METHOD_NOT_ALLOWED, TEXT, "These pages are read with GET or HEAD.\n");
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        match request.uri().path() {
            "/livez" => page(StatusCode::OK, TEXT, "ok\n"),
            "/readyz" if self.shutdown.is_shutting_down() => {
                page(StatusCode::SERVICE_UNAVAILABLE, TEXT, "draining\n")
            }
            "/readyz" => page(StatusCode::OK, TEXT, "ok\n"),
            _ if !is_meant(request, peer) => {
                page(StatusCode::MISDIRECTED_REQUEST, TEXT, "Ask by address, or as localhost.\n")
            }
            "/metrics" => page(StatusCode::OK, metrics::MEDIA_TYPE, self.live.metrics.text()),
            "/config" => json(StatusCode::OK, &configuration::shown(&self.live)),
            "/explain" => match Question::parse(request.uri().query().unwrap_or_default()) {
                Ok(question) => json(StatusCode::OK, &explain(&self.live.current(), &question)),
                Err(wrong) => json(StatusCode::BAD_REQUEST, &wrong.to_json()),
            },
            _ => page(StatusCode::NOT_FOUND, TEXT, PAGES),
        }
    }
}

/// Whether a request from this machine names this machine. A page in a browser here can have a name of its own lead here
/// (DNS rebinding), and would then read what it is not to see; an address it cannot have.
fn is_meant<B>(request: &Request<B>, peer: IpAddr) -> bool {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Ok(authority) = host.parse::<Authority>() else { return host.is_empty() };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    !peer.to_canonical().is_loopback()
        || name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok()
}

fn json(status: StatusCode, value: &Value) -> Response<Full<Bytes>> {
    page(status, "application/json", format!("{value:#}\n"))
}

fn page(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::is_meant;

    #[test]
    fn a_name_that_leads_here_is_not_this_machine() {
        let meant = |host: &str, peer: &str| {
            let request = Request::builder().header("host", host).body(()).expect("a request");
            is_meant(&request, peer.parse().expect("an address"))
        };
        for host in ["localhost:9180", "127.0.0.1:9180", "[::1]:9180", "LOCALHOST", "10.0.0.7:9180"] {
            assert!(meant(host, "127.0.0.1"), "{host}");
        }
        for host in ["evil.example:9180", "localhost.evil.example", "a b"] {
            assert!(!meant(host, "127.0.0.1") && !meant(host, "::ffff:127.0.0.1"), "{host}");
        }
        assert!(meant("gateway.monitoring.svc:9180", "10.0.0.9"));
    }
}
