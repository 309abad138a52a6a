//! One worker: a thread with a runtime, a listening socket, and the connections that came through it.
//!
//! Knows how connections are taken and how they end; what is said on them is the exchange's.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue, UPGRADE};
use http::{Response, StatusCode, Version};
use hyper::body::{Body as _, Incoming};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::activity::{Activity, Begun};
use super::connection::{self, Answering, Closing, Stream, Terms};
use super::counted::Counted;
use super::handshake::{Greeted, greet};
use super::protocol::http1;
use super::shutdown::ShutdownHandle;
use super::socket::Socket;
use crate::exchange::Exchange;
use crate::forwarded::{Peer, Spoken};
use crate::live::Live;
use crate::message::body::Body;
use crate::message::passed::Head;
use crate::metrics::Held;
use crate::places::Place;

/// How long a TLS handshake may take, the first byte included.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long handshakes may go on once no more connections are taken: a few round trips to the far side of the world.
const HANDSHAKE_LINGER: Duration = Duration::from_secs(1);

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
        let serving = Arc::new(Serving {
            terms: Terms { http1: http1(), closing: Closing::default() },
            exchange: self.exchange,
            draining: AtomicBool::new(false),
            live: Arc::clone(&self.live),
        });
        let sweeping = {
            let (serving, live) = (Arc::clone(&serving), Arc::clone(&self.live));
            let idle = move || live.current().config.timeouts().upstream_idle;
            tokio::spawn(async move { serving.exchange.client().sweep(idle).await })
        };
        let taken = Connections {
            serving,
            running: TaskTracker::new(),
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
                Ok((stream, peer)) => {
                    let place = tokio::select! {
                        place = self.live.places.take() => place,
                        () = self.shutdown.drain.cancelled() => self.live.places.squeeze_in(),
                    };
                    taken.spawn(stream, peer, place);
                }
                Err(error) => refused(&error).await,
            }
        }
        taken.serving.draining.store(true, Ordering::Relaxed);
        // Those in the queue were told that they are connected.
        while let Ok(Ok((stream, peer))) = timeout(Duration::ZERO, listener.accept()).await {
            taken.spawn(stream, peer, self.live.places.squeeze_in());
        }
        drop(listener);
        let Connections { serving, running, handshakes, given_up, open } = taken;
        let tunnels = serving.exchange.tunnels();
        let timeouts = self.live.current().config.timeouts();
        let drained = async {
            handshakes.close();
            // What has not begun to ask by then has nothing to finish.
            let _ = timeout(HANDSHAKE_LINGER, handshakes.wait()).await;
            given_up.cancel();
            sleep(LINGER).await;
            serving.terms.closing.say();
            running.close();
            running.wait().await;
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
    /// Those that answer.
    running: TaskTracker,
    handshakes: TaskTracker,
    /// Handshakes are not waited for any longer.
    given_up: CancellationToken,
    /// Held once by each of them, which counts them.
    open: Arc<()>,
}

impl Connections {
    fn spawn(&self, stream: TcpStream, peer: SocketAddr, place: Place) {
        // Small answers leave at once; where that cannot be had, they leave a little later.
        let _ = stream.set_nodelay(true);
        let serving = Arc::clone(&self.serving);
        let stream = Socket::new(stream, serving.live.current().config.timeouts().client_stall);
        let (address, running) = (peer.ip(), self.running.token());
        let open = (Arc::clone(&self.open), serving.live.metrics.connection());
        // A handshake waits for the client, and nobody else waits for it.
        let Some(tls) = serving.live.current().tls.clone() else {
            let client = Client::new(serving, Peer::new(address, Spoken::Http), place);
            let stream = Box::new(stream);
            tokio::spawn(async move {
                let _held = (open, running);
                client.serve(stream).await;
            });
            return;
        };
        let handshake = timeout(HANDSHAKE_TIMEOUT, greet(stream, tls));
        let (handshake, given_up) = (self.handshakes.track_future(handshake), self.given_up.clone());
        tokio::spawn(async move {
            let _held = (open, running);
            let greeted = tokio::select! {
                () = given_up.cancelled() => return,
                greeted = handshake => greeted,
            };
            let client = |spoken| Client::new(serving, Peer::new(address, spoken), place);
            match greeted {
                Ok(Ok(Greeted::Tls(stream))) => client(Spoken::Https).serve(stream).await,
                Ok(Ok(Greeted::Plain(stream))) => client(Spoken::HttpForHttps).serve(stream).await,
                // Scanners, and clients that do not know the authority: nothing to act on here.
                Ok(Err(error)) => tracing::debug!(client = %address, %error, "a TLS handshake failed"),
                Err(_) => tracing::debug!(client = %address, "a TLS handshake took too long"),
            }
        });
    }
}

/// What serves each connection of a worker.
struct Serving {
    terms: Terms,
    exchange: Exchange,
    /// Whether each response is the last of its connection.
    draining: AtomicBool,
    live: Arc<Live>,
}

/// Whoever asks on a connection.
struct Client {
    serving: Arc<Serving>,
    peer: Peer,
    place: Arc<Place>,
    activity: Arc<Activity>,
}

impl Client {
    fn new(serving: Arc<Serving>, peer: Peer, place: Place) -> Arc<Self> {
        Arc::new(Self { serving, peer, place: Arc::new(place), activity: Arc::default() })
    }

    /// Answers what is asked on a connection, to its end.
    async fn serve(self: Arc<Self>, stream: impl Stream) {
        let idle = self.serving.live.current().config.timeouts().client_idle;
        let served = connection::serve(stream, &self.serving.terms, idle, &self.activity, Arc::clone(&self));
        if let Err(error) = served.await {
            tracing::debug!(client = %self.peer.address, error = %crate::chain::Chain(&error), "a connection broke");
        }
    }
}

impl Answering for Arc<Client> {
    fn answer_at_once(&self, preflight: &Head) -> Option<Response<Counted>> {
        let response = self.serving.exchange.answer_at_once(preflight, &self.peer)?;
        let (begun, _) = self.activity.begin(false);
        let running = self.serving.live.metrics.request();
        Some(self.finish(response, preflight.version(), true, begun, running))
    }

    async fn answer(self, mut request: Head, body: Option<Incoming>, is_clear: bool) -> Response<Counted> {
        // A connection that is handed over stays the client's. What is brief wants nothing of it.
        if body.is_some() && request.headers().contains_key(UPGRADE) {
            request.extensions_mut().insert(Arc::clone(&self.place));
        }
        let version = request.version();
        // HTTP/2 tells requests apart by itself.
        let has_body = version < Version::HTTP_2 && body.as_ref().is_some_and(|it| !it.is_end_stream());
        let (begun, unread) = self.activity.begin(has_body);
        if let Some(unread) = unread {
            request.extensions_mut().insert(unread);
        }
        let running = self.serving.live.metrics.request();
        let response = self.serving.exchange.answer(&mut request, body, &self.peer, is_clear).await;
        self.finish(response, version, is_clear, begun, running)
    }
}

impl Client {
    fn finish(
        &self,
        mut response: Response<Body>,
        version: Version,
        is_clear: bool,
        begun: Begun,
        running: Held,
    ) -> Response<Counted> {
        let is_handed_over = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let is_last = self.serving.draining.load(Ordering::Relaxed)
            || !is_clear
            || self.peer.spoken == Spoken::HttpForHttps;
        if version < Version::HTTP_2 && !is_handed_over && is_last {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.map(|body| Counted::new(body, begun, running))
    }
}

/// A connection that could not be taken. Those of the peer are its own; those of this machine pass, with patience.
async fn refused(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "a connection cannot be taken");
        sleep(BREATH).await;
    }
}
