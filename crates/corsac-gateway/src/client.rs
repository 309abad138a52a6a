//! The connections to upstreams: pooled, with TLS where the URL says so, and made in time or not at all.
//!
//! Knows no routes and no CORS.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tower::Service;

use crate::body::BoxError;
use crate::failure::ConnectTimedOut;
use crate::upload::Upload;

/// Below the 5 seconds after which Node closes an idle connection: the side that keeps it shorter never sends a
/// request into a connection that the other is closing.
const IDLE: Duration = Duration::from_secs(4);

/// The connections of one worker.
#[derive(Clone)]
pub(crate) struct Client {
    inner: legacy::Client<TimedConnector, Upload>,
}

impl Client {
    pub(crate) fn new(tls: ClientConfig, connect_timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            // Only requests of which nothing was sent, because the connection was closed at that moment.
            .retry_canceled_requests(true)
            .build(TimedConnector { inner: connector, timeout: connect_timeout });
        Self { inner }
    }

    pub(crate) async fn request(
        &self,
        request: Request<Upload>,
    ) -> Result<Response<Incoming>, legacy::Error> {
        self.inner.request(request).await
    }
}

/// What upstreams' certificates are judged by: the platform's roots, and these. Nothing where there are none to judge
/// by, and they are wanted.
pub(crate) fn tls(
    extra_roots: &[CertificateDer<'static>],
    wanted: bool,
) -> Result<Option<ClientConfig>, rustls::Error> {
    let mut roots = RootCertStore::empty();
    if wanted {
        // Certificates that cannot be read are left out: the platform has many, and an upstream needs one.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for root in extra_roots {
            roots.add(root.clone())?;
        }
        if roots.is_empty() {
            return Ok(None);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(config))
}

/// A connector that gives up in time. The timeout covers name lookup and TLS handshake too.
#[derive(Clone)]
struct TimedConnector {
    inner: HttpsConnector<HttpConnector>,
    timeout: Duration,
}

impl Service<Uri> for TimedConnector {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connection = self.inner.call(target);
        let timeout = self.timeout;
        Box::pin(async move {
            tokio::time::timeout(timeout, connection).await.unwrap_or_else(|_| Err(ConnectTimedOut.into()))
        })
    }
}
