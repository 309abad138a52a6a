//! How connections to servers are made: in time, with TLS where the URL says so, or not at all.
//!
//! Knows no requests. A reload changes how further connections are made; those that are open stay.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper::client::conn::{http1, http2};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connection as _, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use super::connection::Connection;
use super::endpoint::Endpoint;
use super::plain::Plain;
use super::resolver::{NotPublic, Reach, Resolver};
use crate::chain::{self, Chain};
use crate::config::Protocol;
use crate::public_address::names_private_address;

/// How long a connection may be silent before the system asks whether the other side is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// How often a server that speaks HTTP/2 is asked the same while requests are open.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// How much of a response a server that speaks HTTP/2 may send before the client takes it: enough for a fast network, and
/// a bound on what a slow client costs.
const STREAM_WINDOW: u32 = 1 << 20;

/// How much of all responses of such a connection.
const CONNECTION_WINDOW: u32 = 4 << 20;

type Connector = HttpsConnector<HttpConnector<Resolver>>;

pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// How new connections are made, by all workers.
#[derive(Clone)]
pub(crate) struct Dialer {
    current: Arc<ArcSwap<Dialing>>,
}

/// How connections are made at one time.
struct Dialing {
    /// Whether there is something to judge certificates by.
    has_roots: bool,
    anywhere: Connectors,
    public: Connectors,
    timeout: Duration,
}

#[derive(Clone)]
struct Connectors {
    any: Connector,
    /// HTTP/1.1 alone: the only one whose connections can be handed over.
    switching: Connector,
}

/// Why no connection came about.
#[derive(Debug)]
pub(crate) enum DialError {
    TimedOut,
    Refused(String),
    NameNotFound(String),
    NotPublic,
    Tls(String),
    Other(String),
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
            let (anywhere, public) = (current.anywhere.clone(), current.public.clone());
            Dialing { has_roots: current.has_roots, anywhere, public, timeout }
        };
        self.current.store(Arc::new(dialing));
        Ok(())
    }

    /// How long a connection may take to come about.
    pub(super) fn timeout(&self) -> Duration {
        self.current.load().timeout
    }

    /// A connection in the HTTP that the server chooses.
    pub(super) async fn dial(&self, endpoint: &Endpoint) -> Result<Connection, DialError> {
        let dialing = self.current.load_full();
        in_time(dialing.timeout, async {
            let stream = dialing.connect(endpoint, |connectors| &connectors.any).await?;
            let is_http2 =
                endpoint.server().protocol() == Protocol::H2c || stream.connected().is_negotiated_h2();
            if is_http2 {
                return http2(stream).await;
            }
            endpoint.found_http1();
            Ok(Connection::Plain(Some(Plain::new(stream))))
        })
        .await
    }

    /// A connection that can be handed over.
    pub(super) async fn dial_to_switch(&self, endpoint: &Endpoint) -> Result<Connection, DialError> {
        let dialing = self.current.load_full();
        in_time(dialing.timeout, async {
            let stream = dialing.connect(endpoint, |connectors| &connectors.switching).await?;
            let (sender, connection) = http1::handshake(stream).await.map_err(DialError::of_hyper)?;
            tokio::spawn(connection.with_upgrades());
            Ok(Connection::Http1(sender))
        })
        .await
    }
}

async fn in_time<T>(
    timeout: Duration,
    connection: impl Future<Output = Result<T, DialError>>,
) -> Result<T, DialError> {
    tokio::time::timeout(timeout, connection).await.unwrap_or(Err(DialError::TimedOut))
}

async fn http2(stream: Stream) -> Result<Connection, DialError> {
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .handshake(stream)
        .await
        .map_err(DialError::of_hyper)?;
    tokio::spawn(connection);
    Ok(Connection::Http2(sender))
}

impl Dialing {
    fn new(
        extra_roots: &[CertificateDer<'static>],
        https: bool,
        timeout: Duration,
    ) -> Result<Self, TlsError> {
        let tls = tls(extra_roots, https)?;
        let connectors = |reach| {
            let mut tcp = HttpConnector::new_with_resolver(Resolver::new(reach));
            tcp.enforce_http(false);
            tcp.set_nodelay(true);
            // A tunnel whose other end has vanished is not kept for ever.
            tcp.set_keepalive(Some(KEEP_ALIVE));
            let builder = || HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http();
            Connectors {
                any: builder().enable_all_versions().wrap_connector(tcp.clone()),
                switching: builder().enable_http1().wrap_connector(tcp),
            }
        };
        let (anywhere, public) = (connectors(Reach::Anywhere), connectors(Reach::Public));
        Ok(Self { has_roots: https, anywhere, public, timeout })
    }

    async fn connect(
        &self,
        endpoint: &Endpoint,
        chosen: impl Fn(&Connectors) -> &Connector,
    ) -> Result<Stream, DialError> {
        let connectors = match endpoint.reach() {
            Reach::Anywhere => &self.anywhere,
            Reach::Public => &self.public,
        };
        // What is written as an address is looked up by nobody.
        if endpoint.reach() == Reach::Public && names_private_address(endpoint.server().host()) {
            return Err(DialError::NotPublic);
        }
        let connected = chosen(connectors).clone().oneshot(endpoint.uri().clone()).await;
        connected.map_err(|error| DialError::of(&*error))
    }
}

impl DialError {
    fn of(error: &(dyn Error + 'static)) -> Self {
        let details = Chain(error).to_string();
        if chain::find::<NotPublic>(error).is_some() {
            Self::NotPublic
        } else if chain::find::<rustls::Error>(error).is_some() {
            Self::Tls(details)
        } else if chain::causes(error).any(|cause| cause.to_string() == "dns error") {
            Self::NameNotFound(details)
        } else if chain::find::<io::Error>(error)
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        {
            Self::Refused(details)
        } else {
            Self::Other(details)
        }
    }

    fn of_hyper(error: hyper::Error) -> Self {
        Self::Other(Chain(&error).to_string())
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
