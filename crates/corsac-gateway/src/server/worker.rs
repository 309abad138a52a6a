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
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::counted::Counted;
use super::handshake::{Greeted, greet};
use super::shutdown::ShutdownHandle;
use crate::exchange::Exchange;
use crate::forwarded::{Peer, Spoken};
use crate::live::Live;

/// How much of a head is read. Well above what the exchange takes, so that it is the exchange who answers for a head
/// that is too large, with the headers of CORS; beyond this, hyper answers an empty 431.
const HEAD_BUFFER: usize = 256 * 1024;

/// How many headers are read, for the same reason.
const HEAD_LINES: usize = 512;

/// How long a TLS handshake may take, the first byte included.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long handshakes may go on once no more connections are taken: a few round trips to the far side of the world.
const HANDSHAKE_LINGER: Duration = Duration::from_secs(1);

/// How many requests an HTTP/2 connection may have at once. RFC 9113 (5.1.2) wants no less than 100, and a page seldom has
/// half of that.
const STREAMS: u32 = 128;

/// How many requests that were taken back before anybody looked at them end an HTTP/2 connection. More than a page that is
/// left takes back at once is an attack ("rapid reset", CVE-2023-44487).
const STREAMS_TAKEN_BACK: usize = 64;

/// How many streams that broke the rules of HTTP/2 end a connection: a client that is sound has none.
const STREAMS_AT_FAULT: usize = 256;

/// How much of one request's body an HTTP/2 client may send before somebody reads it.
const STREAM_WINDOW: u32 = 256 * 1024;

/// The same of all bodies of a connection. A few uploads that nobody reads must not stop the others, and what is unread is
/// in memory.
const CONNECTION_WINDOW: u32 = 2 * 1024 * 1024;

/// How much of one response waits for an HTTP/2 client that does not read: with all its streams, 16 MiB.
const SEND_BUFFER: usize = 128 * 1024;

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
        let client_idle = self.live.current().config.timeouts().client_idle;
        let serving = Arc::new(Serving {
            builder: builder(client_idle),
            client_idle,
            exchange: self.exchange,
            drain: self.shutdown.drain.clone(),
            live: Arc::clone(&self.live),
        });
        let sweeping = {
            let (serving, live) = (Arc::clone(&serving), Arc::clone(&self.live));
            let idle = move || live.current().config.timeouts().upstream_idle;
            tokio::spawn(async move { serving.exchange.client().sweep(idle).await })
        };
        let taken = Connections {
            serving,
            graceful: GracefulShutdown::new(),
            handshakes: TaskTracker::new(),
            given_up: CancellationToken::new(),
            open: Arc::new(()),
        };
        loop {
            let accepted = tokio::select! {
                biased;
                () = self.shutdown.drain.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => taken.spawn(stream, peer),
                Err(error) => refused(&error).await,
            }
        }
        // Those in the queue were told that they are connected.
        while let Ok(Ok((stream, peer))) = timeout(Duration::ZERO, listener.accept()).await {
            taken.spawn(stream, peer);
        }
        drop(listener);
        let Connections { serving, graceful, handshakes, given_up, open } = taken;
        let tunnels = serving.exchange.tunnels();
        let timeouts = self.live.current().config.timeouts();
        let drained = async {
            handshakes.close();
            // What has not begun to ask by then has nothing to finish.
            let _ = timeout(HANDSHAKE_LINGER, handshakes.wait()).await;
            given_up.cancel();
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
    serving: Arc<Serving>,
    graceful: GracefulShutdown,
    handshakes: TaskTracker,
    /// Handshakes are not waited for any longer.
    given_up: CancellationToken,
    /// Held once by each of them, which counts them.
    open: Arc<()>,
}

impl Connections {
    fn spawn(&self, stream: TcpStream, peer: SocketAddr) {
        // Small answers leave at once; where that cannot be had, they leave a little later.
        let _ = stream.set_nodelay(true);
        let serving = Arc::clone(&self.serving);
        let (address, watcher) = (peer.ip(), self.graceful.watcher());
        let open = (Arc::clone(&self.open), serving.live.metrics.connection());
        // A handshake waits for the client, and nobody else waits for it.
        let Some(tls) = serving.live.current().tls.clone() else {
            tokio::spawn(async move {
                let _open = open;
                serving.serve(stream, Peer { address, spoken: Spoken::Http }, watcher).await;
            });
            return;
        };
        let handshake = timeout(HANDSHAKE_TIMEOUT, greet(stream, tls));
        let (handshake, given_up) = (self.handshakes.track_future(handshake), self.given_up.clone());
        tokio::spawn(async move {
            let _open = open;
            let greeted = tokio::select! {
                () = given_up.cancelled() => return,
                greeted = handshake => greeted,
            };
            let peer = |spoken| Peer { address, spoken };
            match greeted {
                Ok(Ok(Greeted::Tls(stream))) => serving.serve(stream, peer(Spoken::Https), watcher).await,
                Ok(Ok(Greeted::Plain(stream))) => {
                    serving.serve(stream, peer(Spoken::HttpForHttps), watcher).await;
                }
                // Scanners, and clients that do not know the authority: nothing to act on here.
                Ok(Err(error)) => tracing::debug!(client = %address, %error, "a TLS handshake failed"),
                Err(_) => tracing::debug!(client = %address, "a TLS handshake took too long"),
            }
        });
    }
}

/// What serves each connection of a worker.
struct Serving {
    builder: auto::Builder<TokioExecutor>,
    client_idle: Duration,
    exchange: Exchange,
    drain: CancellationToken,
    live: Arc<Live>,
}

impl Serving {
    /// Answers what is asked on a connection, to its end.
    async fn serve<Stream>(self: Arc<Self>, stream: Stream, peer: Peer, watcher: Watcher)
    where
        Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let asked = Arc::new(AtomicBool::new(false));
        let service = {
            let (serving, asked) = (Arc::clone(&self), Arc::clone(&asked));
            service_fn(move |request: Request<Incoming>| {
                asked.store(true, Ordering::Relaxed);
                let serving = Arc::clone(&serving);
                let running = serving.live.metrics.request();
                async move {
                    let is_http1 = request.version() < Version::HTTP_2;
                    let mut response = serving.exchange.answer(request, peer).await;
                    let is_handed_over = response.status() == StatusCode::SWITCHING_PROTOCOLS;
                    let is_last = serving.drain.is_cancelled() || peer.spoken == Spoken::HttpForHttps;
                    if is_http1 && !is_handed_over && is_last {
                        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                    }
                    Ok::<_, Infallible>(response.map(|body| Counted::new(body, running)))
                }
            })
        };
        let connection =
            self.builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let mut connection = pin!(watcher.watch(connection));
        // Until it is known which HTTP is spoken, hyper itself has no timer.
        let ended = match timeout(self.client_idle, &mut connection).await {
            Ok(ended) => ended,
            Err(_) if asked.load(Ordering::Relaxed) => connection.await,
            Err(_) => return,
        };
        if let Err(error) = ended {
            tracing::debug!(client = %peer.address, error = %crate::chain::Chain(&*error), "a connection broke");
        }
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
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(STREAMS_TAKEN_BACK)
        .max_local_error_reset_streams(STREAMS_AT_FAULT)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
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
