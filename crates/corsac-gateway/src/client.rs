//! The connections to upstreams: pooled, with TLS where the URL says so, and made in time or not at all.
//!
//! Knows no routes and no CORS.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use arc_swap::ArcSwap;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tower::{Service, ServiceExt as _};

use crate::body::BoxError;
use crate::failure::ConnectTimedOut;
use crate::upload::Upload;

/// Below the 5 seconds after which Node closes an idle connection: the side that keeps it shorter never sends a
/// request into a connection that the other is closing.
const IDLE: Duration = Duration::from_secs(4);

/// How long a connection may be silent before the system asks whether the other side is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// The connections of one worker.
#[derive(Clone)]
pub(crate) struct Client {
    inner: legacy::Client<Connector, Upload>,
    /// HTTP/1.1 alone: the only one whose connections can be handed over.
    switching: legacy::Client<Connector, Upload>,
}

impl Client {
    pub(crate) fn new(dialer: &Dialer) -> Self {
        Self {
            inner: client(Connector { dialer: dialer.clone(), switches: false }),
            switching: client(Connector { dialer: dialer.clone(), switches: true }),
        }
    }

    pub(crate) async fn request(
        &self,
        request: Request<Upload>,
    ) -> Result<Response<Incoming>, legacy::Error> {
        self.inner.request(request).await
    }

    /// As [`Client::request`], on a connection that can be handed over.
    pub(crate) async fn request_to_switch(
        &self,
        request: Request<Upload>,
    ) -> Result<Response<Incoming>, legacy::Error> {
        self.switching.request(request).await
    }
}

fn client(connector: Connector) -> legacy::Client<Connector, Upload> {
    legacy::Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE)
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        // Only requests of which nothing was sent, because the connection was closed at that moment.
        .retry_canceled_requests(true)
        .build(connector)
}

/// How new connections are made, by all workers. A reload changes it; connections that are open stay.
#[derive(Clone)]
pub(crate) struct Dialer {
    current: Arc<ArcSwap<Dialing>>,
}

/// How connections are made at one time.
struct Dialing {
    /// Whether there is something to judge certificates by.
    has_roots: bool,
    any: HttpsConnector<HttpConnector>,
    switching: HttpsConnector<HttpConnector>,
    timeout: Duration,
}

impl Dialer {
    pub(crate) fn new(
        extra_roots: &[CertificateDer<'static>],
        https: bool,
        timeout: Duration,
    ) -> Result<Self, TlsError> {
        let dialing = Dialing::new(extra_roots, https, timeout)?;
        Ok(Self { current: Arc::new(ArcSwap::from_pointee(dialing)) })
    }

    /// Makes further connections otherwise. The roots are read once, when they are first wanted.
    pub(crate) fn change(
        &self,
        extra_roots: &[CertificateDer<'static>],
        https: bool,
        timeout: Duration,
    ) -> Result<(), TlsError> {
        let current = self.current.load();
        let dialing = if https && !current.has_roots {
            Dialing::new(extra_roots, https, timeout)?
        } else {
            let (any, switching) = (current.any.clone(), current.switching.clone());
            Dialing { has_roots: current.has_roots, any, switching, timeout }
        };
        self.current.store(Arc::new(dialing));
        Ok(())
    }
}

impl Dialing {
    fn new(
        extra_roots: &[CertificateDer<'static>],
        https: bool,
        timeout: Duration,
    ) -> Result<Self, TlsError> {
        let tls = tls(extra_roots, https)?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // A tunnel whose other end has vanished is not kept for ever.
        tcp.set_keepalive(Some(KEEP_ALIVE));
        let connector = || HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http();
        Ok(Self {
            has_roots: https,
            any: connector().enable_all_versions().wrap_connector(tcp.clone()),
            switching: connector().enable_http1().wrap_connector(tcp),
            timeout,
        })
    }
}

/// Why certificates of upstreams cannot be judged.
#[derive(Debug)]
pub(crate) enum TlsError {
    /// A certificate authority cannot be used.
    Roots(rustls::Error),
    /// There are no certificate authorities.
    NoRoots,
}

/// What upstreams' certificates are judged by: the platform's roots, and these.
fn tls(extra_roots: &[CertificateDer<'static>], wanted: bool) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    if wanted {
        // Certificates that cannot be read are left out: the platform has many, and an upstream needs one.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for root in extra_roots {
            roots.add(root.clone()).map_err(TlsError::Roots)?;
        }
        if roots.is_empty() {
            return Err(TlsError::NoRoots);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Roots)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// A connector that gives up in time. The timeout covers name lookup and TLS handshake too.
#[derive(Clone)]
struct Connector {
    dialer: Dialer,
    switches: bool,
}

impl Service<Uri> for Connector {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let dialing = self.dialer.current.load();
        let connector = if self.switches { &dialing.switching } else { &dialing.any };
        let (connection, timeout) = (connector.clone().oneshot(target), dialing.timeout);
        Box::pin(async move {
            tokio::time::timeout(timeout, connection).await.unwrap_or_else(|_| Err(ConnectTimedOut.into()))
        })
    }
}
