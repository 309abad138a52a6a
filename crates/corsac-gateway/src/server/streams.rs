//! The streams of an HTTP/2 connection, each of which ends where its client takes nothing of it for too long.
//!
//! A client of HTTP/2 may take one response and leave another, for which its connection says nothing. Knows nothing of what is
//! asked and answered.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::rt::Executor;
use tokio::time::Instant;

use crate::alarm::Alarm;

/// How much of a body is given at once, so that whoever takes a little takes something. HTTP/2 sends no more in one frame
/// unless its client asks for it.
const PIECE: usize = 16 * 1024;

tokio::task_local! {
    /// What is taken of the stream that runs.
    static TAKING: Arc<Taking>;
}

/// Runs the streams of a connection.
#[derive(Clone)]
pub(super) struct Streams {
    patience: Duration,
    pieces: Arc<Pieces>,
}

/// The pieces of all responses of a connection.
#[derive(Default)]
struct Pieces {
    given: AtomicU64,
    taken: AtomicU64,
}

impl Streams {
    /// `patience` is how long it is waited for a client to take something of a stream.
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, pieces: Arc::default() }
    }

    /// How many pieces of responses have been taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.pieces.taken.load(Ordering::Relaxed)
    }

    /// Whether something was given that is not taken yet.
    pub(super) fn hold(&self) -> bool {
        self.pieces.given.load(Ordering::Relaxed) != self.taken()
    }
}

impl<Stream> Executor<Stream> for Streams
where
    Stream: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: Stream) {
        let taking = Arc::new(Taking { waits: Mutex::default(), pieces: Arc::clone(&self.pieces) });
        let patience = self.patience;
        tokio::spawn(async move {
            let mut stream = pin!(TAKING.scope(Arc::clone(&taking), stream));
            let mut alarm = Alarm::default();
            poll_fn(|context| {
                if stream.as_mut().poll(context).is_ready() {
                    return Poll::Ready(());
                }
                while let Some(since) = taking.waits_since() {
                    ready!(alarm.poll(context, since + patience));
                    if taking.had_its_turn() {
                        // Whoever lets a stream go resets it.
                        tracing::debug!("a client took nothing of a stream in the time of `client_stall`");
                        return Poll::Ready(());
                    }
                }
                Poll::Pending
            })
            .await;
        });
    }
}

/// What is taken of one stream.
struct Taking {
    waits: Mutex<Waits>,
    pieces: Arc<Pieces>,
}

/// How many pieces wait to be taken, and since when it is waited for one.
#[derive(Default)]
struct Waits {
    pieces: usize,
    since: Option<Since>,
}

/// When that began, and how many pieces of the whole connection had been given and taken by then.
struct Since {
    when: Instant,
    given: u64,
    taken: u64,
}

impl Taking {
    /// Since when no piece has been taken, where one waits.
    fn waits_since(&self) -> Option<Instant> {
        self.waits().since.as_ref().map(|since| since.when)
    }

    /// Whether what was before it in the line has been taken since, or nothing was. Of a slow client that takes many
    /// responses at once, each has its turn seldom; it is waited for from here on.
    fn had_its_turn(&self) -> bool {
        let mut waits = self.waits();
        let Some(since) = &mut waits.since else { return false };
        let before = std::mem::replace(since, self.now());
        since.taken == before.taken || since.taken >= before.given
    }

    fn gave(&self) {
        self.pieces.given.fetch_add(1, Ordering::Relaxed);
        let mut waits = self.waits();
        waits.pieces += 1;
        waits.since.get_or_insert_with(|| self.now());
    }

    fn took(&self) {
        self.pieces.taken.fetch_add(1, Ordering::Relaxed);
        let mut waits = self.waits();
        waits.pieces -= 1;
        waits.since = (waits.pieces != 0).then(|| self.now());
    }

    fn now(&self) -> Since {
        let Pieces { given, taken } = &*self.pieces;
        let (given, taken) = (given.load(Ordering::Relaxed), taken.load(Ordering::Relaxed));
        Since { when: Instant::now(), given, taken }
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        // What is in there is whole at any time.
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that is given to a stream in pieces, each of which is known to be taken or not.
pub(super) struct Given<B> {
    body: B,
    /// What is left of its last piece of data.
    left: Bytes,
    taking: Arc<Taking>,
}

impl<B> Given<B> {
    /// Of the stream that runs.
    pub(super) fn new(body: B) -> Self {
        Self { body, left: Bytes::new(), taking: TAKING.with(Arc::clone) }
    }
}

impl<B> Body for Given<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.get_mut();
        if this.left.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut this.body).poll_frame(context)?) else {
                return Poll::Ready(None);
            };
            match frame.into_data() {
                Ok(data) => this.left = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let bytes = this.left.split_to(this.left.len().min(PIECE));
        let piece = Piece::new(bytes, Arc::clone(&this.taking));
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, left) = (self.body.size_hint(), self.left.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + left);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + left);
        }
        hint
    }
}

/// A piece of a body until it is taken, or nobody is left to take it.
struct Piece {
    bytes: Bytes,
    taking: Arc<Taking>,
}

impl Piece {
    fn new(bytes: Bytes, taking: Arc<Taking>) -> Self {
        taking.gave();
        Self { bytes, taking }
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.taking.took();
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, Response};
    use http_body_util::{BodyExt, Full};
    use hyper::body::Incoming;
    use hyper::client::conn::http2::SendRequest;
    use hyper::service::service_fn;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};
    use tokio::task::JoinSet;
    use tokio::time::{Instant, sleep};

    use super::{Given, PIECE, Streams};
    use crate::server::protocol::http2;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// More than any client here takes before it reads.
    const LONG: usize = 1024 * 1024;

    /// A client that takes no more than 64 KiB of a response before it reads, over a line that rests as long after each piece.
    async fn client(rest: Duration) -> (SendRequest<Full<Bytes>>, Streams) {
        let (line, far) = tokio::io::duplex(PIECE);
        let streams = Streams::new(PATIENCE);
        let answer = service_fn(|request: Request<Incoming>| async move {
            let length = if request.uri().path() == "/long" { LONG } else { 50 };
            Ok::<_, Infallible>(Response::new(Given::new(Full::new(Bytes::from(vec![b'x'; length])))))
        });
        tokio::spawn(http2(streams.clone()).serve_connection(TokioIo::new(far), answer));
        let (near, other) = tokio::io::duplex(PIECE);
        let ((mut asked, mut taken), (mut read, mut write)) = (split(other), split(line));
        tokio::spawn(async move { copy(&mut asked, &mut write).await });
        tokio::spawn(async move {
            let mut piece = vec![0; PIECE];
            while let Ok(count @ 1..) = read.read(&mut piece).await {
                taken.write_all(&piece[..count]).await.expect("it is open");
                sleep(rest).await;
            }
        });
        let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(64 * 1024)
            .initial_connection_window_size(8 * 1024 * 1024)
            .handshake(TokioIo::new(near))
            .await
            .expect("HTTP/2");
        tokio::spawn(connection);
        (sender, streams)
    }

    async fn ask(sender: &mut SendRequest<Full<Bytes>>, path: &str) -> Incoming {
        let request =
            Request::get(format!("http://localhost{path}")).body(Full::default()).expect("a request");
        sender.send_request(request).await.expect("a response").into_body()
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_that_is_not_taken_ends_and_the_others_go_on() {
        let (mut sender, streams) = client(Duration::ZERO).await;
        let (started, left) = (Instant::now(), ask(&mut sender, "/long").await);
        let whole = ask(&mut sender, "/long").await.collect().await.expect("all of it").to_bytes();
        assert_eq!(whole.len(), LONG);
        sleep(PATIENCE / 2).await;
        assert!(streams.hold());
        sleep(PATIENCE).await;
        assert_eq!(ask(&mut sender, "/").await.collect().await.expect("all of it").to_bytes().len(), 50);
        let broken = left.collect().await.map(|body| body.to_bytes().len()).expect_err("it was ended");
        assert!(format!("{broken:?}").contains("CANCEL"), "{broken:?}");
        assert!(!streams.hold(), "nothing is kept of it");
        assert!(started.elapsed() < 2 * PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_client_of_many_responses_gets_them_all() {
        let (mut sender, streams) = client(Duration::from_secs(10)).await;
        let mut bodies = JoinSet::new();
        for _ in 0..16 {
            let body = ask(&mut sender, "/long").await;
            bodies.spawn(async { body.collect().await.expect("all of it").to_bytes().len() });
        }
        // Each has its turn after the others, for which it waits longer than for one that is not taken.
        while let Some(length) = bodies.join_next().await {
            assert_eq!(length.expect("no panic"), LONG);
        }
        assert!(!streams.hold());
    }
}
