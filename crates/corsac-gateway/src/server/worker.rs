//! One worker: a thread with a runtime, a listening socket, and the connections that came through it.
//!
//! Knows how connections are taken and how they end; what is said on them is the exchange's.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue};
use http::{Request, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::counted::Counted;
use super::shutdown::ShutdownHandle;
use crate::exchange::Exchange;
use crate::live::Live;
use crate::metrics::Metrics;

/// How much of a head is read. Well above what the exchange takes, so that it is the exchange who answers for a head
/// that is too large, with the headers of CORS; beyond this, hyper answers an empty 431.
const HEAD_BUFFER: usize = 256 * 1024;

/// How many headers are read, for the same reason.
const HEAD_LINES: usize = 512;

/// How long HTTP/2 peers may take to show that they are still there.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// Between the last connection that was taken and the word that connections are closing: requests that were on the
/// wire by then are still read.
const LINGER: Duration = Duration::from_millis(20);

/// How long to wait where the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(50);

/// One worker.
pub(super) struct Worker {
    pub(super) listener: StdListener,
    pub(super) exchange: Exchange,
    pub(super) shutdown: ShutdownHandle,
    pub(super) live: Arc<Live>,
}

impl Worker {
    /// Serves until told to stop, then drains. Gives how many connections were cut off.
    pub(super) async fn run(self) -> std::io::Result<usize> {
        let listener = TcpListener::from_std(self.listener)?;
        let exchange = Arc::new(self.exchange);
        let sweeping = {
            let (exchange, live) = (Arc::clone(&exchange), Arc::clone(&self.live));
            let idle = move || live.current().config.timeouts().upstream_idle;
            tokio::spawn(async move { exchange.client().sweep(idle).await })
        };
        let client_idle = self.live.current().config.timeouts().client_idle;
        let taken = Connections {
            builder: builder(client_idle),
            client_idle,
            graceful: GracefulShutdown::new(),
            drain: self.shutdown.drain.clone(),
            open: Arc::new(()),
            metrics: Arc::clone(&self.live.metrics),
        };
        loop {
            let accepted = tokio::select! {
                biased;
                () = self.shutdown.drain.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => taken.spawn(&exchange, stream, peer),
                Err(error) => refused(&error).await,
            }
        }
        // Those in the queue were told that they are connected.
        while let Ok(Ok((stream, peer))) = timeout(Duration::ZERO, listener.accept()).await {
            taken.spawn(&exchange, stream, peer);
        }
        drop(listener);
        let Connections { graceful, open, .. } = taken;
        let tunnels = exchange.tunnels();
        let timeouts = self.live.current().config.timeouts();
        let drained = async {
            sleep(LINGER).await;
            graceful.shutdown().await;
            // Any request may have become one.
            tunnels.ended().await;
        };
        let close_tunnels = async {
            sleep(timeouts.drain_tunnels).await;
            tunnels.close();
            std::future::pending::<()>().await;
        };
        sweeping.abort();
        let cut = || Ok(Arc::strong_count(&open) - 1 + tunnels.count());
        tokio::select! {
            () = drained => Ok(0),
            () = close_tunnels => cut(),
            () = sleep(timeouts.drain) => cut(),
            () = self.shutdown.cut.cancelled() => cut(),
        }
    }
}

/// The connections of a worker.
struct Connections {
    builder: auto::Builder<TokioExecutor>,
    client_idle: Duration,
    graceful: GracefulShutdown,
    drain: CancellationToken,
    /// Held once by each of them, which counts them.
    open: Arc<()>,
    metrics: Arc<Metrics>,
}

impl Connections {
    fn spawn(&self, exchange: &Arc<Exchange>, stream: TcpStream, peer: SocketAddr) {
        // Small answers leave at once; where that cannot be had, they leave a little later.
        let _ = stream.set_nodelay(true);
        let asked = Arc::new(AtomicBool::new(false));
        let exchange = Arc::clone(exchange);
        let service = {
            let asked = Arc::clone(&asked);
            let (drain, metrics) = (self.drain.clone(), Arc::clone(&self.metrics));
            service_fn(move |request: Request<Incoming>| {
                asked.store(true, Ordering::Relaxed);
                let (exchange, drain) = (Arc::clone(&exchange), drain.clone());
                let running = metrics.request();
                async move {
                    let is_http1 = request.version() < Version::HTTP_2;
                    let mut response = exchange.answer(request, peer.ip()).await;
                    let is_handed_over = response.status() == StatusCode::SWITCHING_PROTOCOLS;
                    if is_http1 && !is_handed_over && drain.is_cancelled() {
                        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                    }
                    Ok::<_, Infallible>(response.map(|body| Counted::new(body, running)))
                }
            })
        };
        let connection =
            self.builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = self.graceful.watch(connection);
        let open = (Arc::clone(&self.open), self.metrics.connection());
        let client_idle = self.client_idle;
        tokio::spawn(async move {
            let _open = open;
            let mut connection = pin!(connection);
            // Until it is known which HTTP is spoken, hyper itself has no timer.
            let ended = match timeout(client_idle, &mut connection).await {
                Ok(ended) => ended,
                Err(_) if asked.load(Ordering::Relaxed) => connection.await,
                Err(_) => return,
            };
            if let Err(error) = ended {
                tracing::debug!(client = %peer.ip(), error = %crate::chain::Chain(&*error), "a connection broke");
            }
        });
    }
}

fn builder(client_idle: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(client_idle)
        .max_buf_size(HEAD_BUFFER)
        .max_headers(HEAD_LINES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_BUFFER).unwrap_or(u32::MAX))
        .keep_alive_interval(PING_INTERVAL);
    builder
}

/// A connection that could not be taken. Those of the peer are its own; those of this machine pass, with patience.
async fn refused(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "a connection cannot be taken");
        sleep(BREATH).await;
    }
}
