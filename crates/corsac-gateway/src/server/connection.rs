//! One connection of a client, from its first byte to its last.
//!
//! Most connections rest most of the time. One that does is a socket and little else: what HTTP/1.1 needs for a request is
//! made when one comes, and given back a moment after the last. Knows nothing of what is asked and answered.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep};
use tokio_rustls::server::TlsStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::activity::{Activity, Watched};
use super::brief::{Brief, End};
use super::counted::Counted;
use super::http2;
use super::ready::{Ready, Turn};
use super::socket::Socket;
use crate::message::passed::{Head, Passed};

/// How long a connection is kept ready for another request, where its client asks one after the other. A request that
/// comes later is served as well, and costs a microsecond more.
pub(super) const READY: Duration = Duration::from_millis(100);

/// What an HTTP/2 client says first.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9113#section-3.4>
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long to wait for more of what may become a preface: twice as long each time, and no longer than that.
const PREFACE_BREATHS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(1));

/// A stream to a client.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Whether bytes of a request may have been read from the socket before this is served.
    const READS_AHEAD: bool;

    /// The socket below.
    fn socket(&self) -> &Socket;

    fn socket_mut(&mut self) -> &mut Socket;

    /// Whether the client speaks HTTP/2; asked before anything was read.
    fn speaks_http2(&self) -> impl Future<Output = bool> + Send;
}

/// In a box, since a future that waits has each of its streams several times.
impl Stream for Box<Socket> {
    const READS_AHEAD: bool = false;

    fn socket(&self) -> &Socket {
        self
    }

    fn socket_mut(&mut self) -> &mut Socket {
        self
    }

    async fn speaks_http2(&self) -> bool {
        let mut first = [0; PREFACE.len()];
        let (mut breath, longest) = PREFACE_BREATHS;
        while breath < longest {
            let Ok(count) = self.peek(&mut first).await else { return false };
            if count == 0 || !PREFACE.starts_with(&first[..count]) || count == PREFACE.len() {
                return count == PREFACE.len() && first == *PREFACE;
            }
            // `P` may also begin a POST.
            sleep(breath).await;
            breath *= 2;
        }
        // Whoever takes so long over it speaks HTTP/1.1, or nothing.
        false
    }
}

impl Stream for Box<TlsStream<Socket>> {
    /// The last piece of a handshake may bring the first request along.
    const READS_AHEAD: bool = true;

    fn socket(&self) -> &Socket {
        self.get_ref().0
    }

    fn socket_mut(&mut self) -> &mut Socket {
        self.get_mut().0
    }

    async fn speaks_http2(&self) -> bool {
        self.get_ref().1.alpn_protocol() == Some(b"h2")
    }
}

/// What answers the requests of a connection.
pub(super) trait Answering: Clone + Send + Unpin + 'static {
    /// The answer to a preflight that waits for nobody, if it has one. No more of it need be read than its answer depends on.
    fn answer_at_once(&self, preflight: &Head) -> Option<Response<Counted>>;

    /// The response to a request. A head is clear that cannot be read in two ways.
    fn answer(
        self,
        request: Head,
        body: Option<Incoming>,
        is_clear: bool,
    ) -> impl Future<Output = Response<Counted>> + Send + 'static;
}

/// The same, as hyper wants it.
pub(super) trait Asked:
    Service<Request<Incoming>, Response = Response<Counted>, Error = Infallible, Future: Send + 'static>
    + Send
    + Unpin
    + 'static
{
}

impl<It> Asked for It where
    It: Service<Request<Incoming>, Response = Response<Counted>, Error = Infallible, Future: Send + 'static>
        + Send
        + Unpin
        + 'static
{
}

/// Has hyper's requests answered; the first of them by a response that is there already, if there is one.
fn asked(
    answering: impl Answering,
    activity: &Arc<Activity>,
    ready: Option<Box<Response<Counted>>>,
) -> impl Asked {
    let (ready, activity) = (Cell::new(ready), Arc::clone(activity));
    service_fn(move |request: Request<Incoming>| {
        let is_clear = activity.is_clear(request.method());
        let answer = match ready.take() {
            Some(response) => Err(response),
            None => {
                let (head, body) = request.into_parts();
                Ok(answering.clone().answer(
                    Request::from_parts(head, Passed::default()),
                    Some(body),
                    is_clear,
                ))
            }
        };
        async move {
            Ok(match answer {
                Ok(answer) => answer.await,
                Err(response) => *response,
            })
        }
    })
}

/// How connections are served.
pub(super) struct Terms {
    pub(super) http1: http1::Builder,
    pub(super) closing: Closing,
}

/// The word that connections are to end as soon as nothing is asked on them.
#[derive(Debug, Clone, Default)]
pub(super) struct Closing {
    /// What is looked at often.
    said: Arc<AtomicBool>,
    token: CancellationToken,
}

impl Closing {
    pub(super) fn say(&self) {
        self.said.store(true, Ordering::Relaxed);
        self.token.cancel();
    }

    pub(super) fn is_said(&self) -> bool {
        self.said.load(Ordering::Relaxed)
    }

    /// The same word, which can also be said to one connection alone.
    pub(super) fn or_one_alone(&self) -> CancellationToken {
        self.token.child_token()
    }

    /// Ends when it is said.
    pub(super) fn said(&self) -> WaitForCancellationFutureOwned {
        self.token.clone().cancelled_owned()
    }
}

/// Serves a connection to its end, and gives what broke it, where something did. `idle` is how long it may rest, and how
/// long the head of a request may take.
pub(super) async fn serve<IO>(
    mut stream: IO,
    terms: &Terms,
    idle: Duration,
    activity: &Arc<Activity>,
    answering: impl Answering,
) -> Result<(), hyper::Error>
where
    IO: Stream,
{
    if !IO::READS_AHEAD && !rest(stream.socket(), idle, &terms.closing).await {
        return Ok(());
    }
    let speaks_http2 = tokio::select! {
        biased;
        speaks_http2 = stream.speaks_http2() => speaks_http2,
        () = terms.closing.token.cancelled() => return Ok(()),
        () = sleep(idle) => return Ok(()),
    };
    if speaks_http2 {
        // On its own, so that connections of HTTP/1.1 have no room for it.
        let asked = asked(answering, activity, None);
        return Box::pin(http2::serve(stream, terms, idle, activity, asked)).await;
    }
    let mut unread = Bytes::new();
    // Whether the last request was hyper's, and a moment ago.
    let mut was_more = false;
    // Since when nothing is asked. Bytes of TLS that no request comes of are nothing.
    let mut rests_since: Option<Instant> = None;
    loop {
        let first = activity.count();
        let answer = |request| answering.clone().answer(request, None, true);
        let at_once = |preflight: &_| answering.answer_at_once(preflight);
        let turn = Brief::new(&mut stream, unread, at_once, answer, activity, &terms.closing);
        let turn = Box::pin(turn).await;
        let was_brief = activity.count() - first;
        let (read, ready) = match turn {
            End::Closed => {
                // Whoever went away does not hear of it.
                let _ = stream.shutdown().await;
                return Ok(());
            }
            End::Rests => {
                was_more = false;
                unread = Bytes::new();
                rests_since = rests_since.filter(|_| was_brief == 0).or_else(|| Some(Instant::now()));
                let left = idle.saturating_sub(rests_since.map_or(Duration::ZERO, |since| since.elapsed()));
                if !rest(stream.socket(), left, &terms.closing).await {
                    return Ok(());
                }
                continue;
            }
            End::More(read) => (read, None),
            End::Answered(read, response) => (read, Some(response)),
        };
        rests_since = None;
        let is_steady = was_more && was_brief == u64::from(ready.is_some());
        let watched = TokioIo::new(Watched::new(stream, read, Arc::clone(activity)));
        let asked = asked(answering.clone(), activity, ready);
        let connection = terms.http1.serve_connection(watched, asked).with_upgrades();
        let mut ready = Box::new(Ready::new(connection, activity, is_steady, idle, &terms.closing));
        if let Turn::Ended(ended) = (&mut *ready).await {
            return ended;
        }
        // It has sent all it had, and so can be taken apart.
        let Some(parts) = ready.connection.into_parts() else { return Ok(()) };
        activity.rests();
        let left;
        (stream, left) = parts.io.into_inner().into_parts();
        // Copied, since the smallest piece of a buffer keeps all of it.
        unread = [parts.read_buf, left].concat().into();
        was_more = true;
    }
}

/// Waits for a byte, and says whether there is something to read or an end to be noticed.
async fn rest(socket: &Socket, idle: Duration, closing: &Closing) -> bool {
    let mut byte = [0];
    tokio::select! {
        biased;
        // Not `readable`, which may say so too early.
        read = socket.peek(&mut byte) => read.is_ok(),
        () = closing.token.cancelled() => false,
        () = sleep(idle) => false,
    }
}
