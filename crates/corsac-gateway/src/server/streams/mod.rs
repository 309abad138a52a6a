//! The streams of an HTTP/2 connection, each of which ends where its client takes nothing of it for too long.
//!
//! A client of HTTP/2 may take one response and leave another, of which its connection says nothing. Knows nothing of what is
//! asked and answered.

mod given;
mod wait;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Poll, ready};
use std::time::Duration;

use hyper::rt::Executor;

pub(super) use given::Given;

use super::socket::Socket;
use given::{Count, Taking};
use wait::Wait;

/// Runs the streams of a connection.
#[derive(Clone)]
pub(super) struct Streams {
    longest: Duration,
    /// Whether the socket below is full, and so waits for the client itself.
    is_full: Arc<AtomicBool>,
    /// Of all of them.
    count: Arc<Count>,
}

impl Streams {
    /// Those of a connection over this socket.
    pub(super) fn over(socket: &mut Socket) -> Self {
        Self { longest: socket.longest(), is_full: socket.is_full(), count: Arc::default() }
    }

    /// Whether something was given that is not taken yet.
    pub(super) fn hold(&self) -> bool {
        self.count.wait()
    }

    /// Waits until no stream runs, and the client has left for too long what they gave last. Is to be asked again whenever
    /// the connection was.
    pub(super) async fn are_left(&self, one_runs: impl Fn() -> bool) {
        let mut wait = self.begin_wait();
        poll_fn(|context| wait.poll_left(context, &self.count, &one_runs)).await;
        tracing::debug!("a client left the end of a response for the time that `client_stall` gives");
    }

    fn begin_wait(&self) -> Wait {
        Wait::new(self.longest, Arc::clone(&self.is_full), Arc::clone(&self.count))
    }
}

impl<Stream> Executor<Stream> for Streams
where
    Stream: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: Stream) {
        let taking = Arc::new(Taking::new(&self.count));
        let mut wait = self.begin_wait();
        tokio::spawn(async move {
            let mut stream = pin!(given::scope(Arc::clone(&taking), stream));
            poll_fn(|context| {
                if stream.as_mut().poll(context).is_ready() {
                    return Poll::Ready(());
                }
                ready!(wait.poll_left(context, taking.own(), || false));
                // Whoever lets a stream go resets it.
                tracing::debug!("a client took nothing of a stream in the time that `client_stall` gives");
                Poll::Ready(())
            })
            .await;
        });
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, Response};
    use http_body_util::{BodyExt, Full};
    use hyper::body::Incoming;
    use hyper::client::conn::http2::SendRequest;
    use hyper::service::service_fn;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, copy, duplex, split};
    use tokio::sync::Mutex;
    use tokio::task::{JoinHandle, JoinSet};
    use tokio::time::{Instant, sleep};

    use super::Streams;
    use super::given::{Given, PIECE};
    use crate::server::protocol::http2;
    use crate::server::socket::tests::{self, client_and_socket};

    const PATIENCE: Duration = Duration::from_secs(60);

    /// No reason to wait.
    const WIDE: u32 = 1024 * 1024 * 1024;

    const LONG: usize = 4 * 1024 * 1024;
    const SHORT: usize = 3 * PIECE;

    /// Answers `/long` and `/short` with as much.
    fn serve(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        streams: Streams,
    ) -> JoinHandle<hyper::Result<()>> {
        let long = Bytes::from(vec![b'x'; LONG]);
        let answer = service_fn(move |request: Request<Incoming>| {
            let length = if request.uri().path() == "/long" { LONG } else { SHORT };
            let body = Full::new(long.slice(..length));
            async { Ok::<_, Infallible>(Response::new(Given::new(body))) }
        });
        tokio::spawn(http2(streams).serve_connection(TokioIo::new(stream), answer))
    }

    /// A client that takes no more of a response than this before it reads, and of all of them.
    async fn client(stream: DuplexStream, window: u32, of_all: u32) -> SendRequest<Full<Bytes>> {
        let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(window)
            .initial_connection_window_size(of_all)
            .handshake(TokioIo::new(stream))
            .await
            .expect("HTTP/2");
        tokio::spawn(connection);
        sender
    }

    async fn ask(sender: &mut SendRequest<Full<Bytes>>, path: &str) -> Incoming {
        let request =
            Request::get(format!("http://localhost{path}")).body(Full::default()).expect("a request");
        sender.send_request(request).await.expect("a response").into_body()
    }

    /// Nothing is ever full.
    async fn without_socket(window: u32) -> (SendRequest<Full<Bytes>>, Streams) {
        let (near, far) = duplex(PIECE);
        let streams = Streams { longest: PATIENCE, is_full: Arc::default(), count: Arc::default() };
        serve(far, streams.clone());
        (client(near, window, WIDE).await, streams)
    }

    #[tokio::test(start_paused = true)]
    async fn responses_that_are_not_taken_end_and_the_others_go_on() {
        let (mut sender, streams) = without_socket(64 * 1024).await;
        let (started, mut left) = (Instant::now(), Vec::new());
        for _ in 0..8 {
            left.push(ask(&mut sender, "/long").await);
        }
        let whole = ask(&mut sender, "/long").await.collect().await.expect("all of it").to_bytes();
        assert_eq!(whole.len(), LONG);
        sleep(PATIENCE / 2).await;
        assert!(streams.count.wait());
        sleep(PATIENCE).await;
        assert_eq!(
            ask(&mut sender, "/short").await.collect().await.expect("all of it").to_bytes().len(),
            SHORT
        );
        for body in left {
            let broken = body.collect().await.map(|body| body.to_bytes().len()).expect_err("it was ended");
            assert!(format!("{broken:?}").contains("CANCEL"), "{broken:?}");
        }
        assert!(!streams.count.wait(), "nothing is kept of them");
        assert!(started.elapsed() < 2 * PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_less_than_a_piece_takes_something() {
        let (mut sender, streams) = without_socket(2_000).await;
        let (started, mut body) = (Instant::now(), ask(&mut sender, "/short").await);
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame.expect("it goes on").into_data().expect("data").len();
            sleep(PATIENCE / 2).await;
        }
        assert_eq!(length, SHORT);
        assert!(started.elapsed() > 2 * PATIENCE && !streams.count.wait());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_room_for_few_of_many_responses_gets_them_all() {
        let (near, far) = duplex(PIECE);
        let streams = Streams { longest: PATIENCE, is_full: Arc::default(), count: Arc::default() };
        serve(far, streams.clone());
        let sender = client(near, 64 * 1024, 64 * 1024).await;
        let (reading, mut taken) = (Arc::new(Mutex::new(())), JoinSet::new());
        for _ in 0..32 {
            let (reading, mut sender) = (Arc::clone(&reading), sender.clone());
            taken.spawn(async move {
                let (mut body, mut length) = (ask(&mut sender, "/short").await, 0);
                while let Some(frame) = body.frame().await {
                    // One at a time, and without haste.
                    let _reading = reading.lock().await;
                    sleep(PATIENCE / 8).await;
                    length += frame.expect("it goes on").into_data().expect("data").len();
                }
                length
            });
        }
        while let Some(length) = taken.join_next().await {
            assert_eq!(length.expect("no panic"), SHORT);
        }
    }

    #[tokio::test]
    async fn a_response_waits_for_the_socket_that_waits_for_its_client() {
        let (line, mut socket) = client_and_socket().await;
        let streams = Streams::over(&mut socket);
        let served = serve(socket, streams.clone());
        let (near, far) = duplex(PIECE);
        let ((mut asked, mut taken), (mut read, mut write)) = (split(far), split(line));
        tokio::spawn(async move { copy(&mut asked, &mut write).await });
        // As a line does: some of it, and then nothing for a while. In the end it stands still.
        let carrying = tokio::spawn(async move {
            let mut piece = vec![0; 128 * 1024];
            for _ in 0..20 {
                read.read_exact(&mut piece).await?;
                taken.write_all(&piece).await?;
                sleep(tests::PATIENCE / 5).await;
            }
            Ok::<_, std::io::Error>((read, taken))
        });
        let sender = client(near, WIDE, WIDE).await;
        for _ in 0..64 {
            let mut sender = sender.clone();
            tokio::spawn(async move { ask(&mut sender, "/long").await.collect().await });
        }
        let _line = carrying.await.expect("no panic").expect("it was not ended meanwhile");
        assert_eq!(streams.count.gone(), 0, "none was ended meanwhile");
        // Then the socket breaks, and with it all that was on it.
        let broken = served.await.expect("no panic").expect_err("nothing is taken any more");
        assert!(format!("{broken:?}").contains("TimedOut"), "{broken:?}");
    }
}
