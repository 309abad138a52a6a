//! A client's socket, which breaks where its client takes nothing of what it is sent.
//!
//! A client that asks and does not read holds a connection to an upstream, and what lies in between. Knows nothing of what is
//! said.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::coop::has_budget_remaining;

use super::patience::{Beat, Patience};

/// How long the system leaves unread what was sent, where that is sooner than it is waited for here.
#[cfg(target_os = "linux")]
use super::listener::UNREAD;

/// A client's socket.
pub(super) struct Socket {
    stream: TcpStream,
    longest: Duration,
    /// While the system takes no more.
    patience: Option<Box<Patience>>,
    /// Whether that is so, for those above.
    is_full: Option<Arc<AtomicBool>>,
}

impl Socket {
    /// `longest` is how long it is waited for a client to take something.
    pub(super) fn new(stream: TcpStream, longest: Duration) -> Self {
        // Connections come with the system's own bound.
        #[cfg(target_os = "linux")]
        if longest > UNREAD {
            let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(longest));
        }
        Self { stream, longest, patience: None, is_full: None }
    }

    /// How long it is waited for a client to take something.
    pub(super) fn longest(&self) -> Duration {
        self.longest
    }

    /// Whether it is full, from here on.
    pub(super) fn is_full(&mut self) -> Arc<AtomicBool> {
        Arc::clone(self.is_full.get_or_insert_default())
    }

    /// What comes next, which stays to be read.
    pub(super) async fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.peek(buffer).await
    }

    /// What became of the bytes, unless that takes too long.
    fn poll_taken(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.has_room();
            return written;
        }
        // It may only be the turn of other tasks.
        if !has_budget_remaining() {
            return Poll::Pending;
        }
        loop {
            let beat = match &mut self.patience {
                Some(patience) => ready!(patience.poll_beat(context)),
                None => Beat::GoesOn,
            };
            // The system says that there is room where much of it is free. So that less is seen too, it is full where a wait
            // begins, and is tried at each beat.
            let socket = SockRef::from(&self.stream);
            match socket.send(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => {
                    self.has_room();
                    return Poll::Ready(sent);
                }
            }
            if beat == Beat::Over {
                // What is left would be kept for this client after the end, and an end might pass for that of the response.
                let _ = socket.set_linger(Some(Duration::ZERO));
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the client took nothing in the time that `client_stall` gives",
                )));
            }
            if self.patience.is_none() {
                self.patience = Some(Box::new(Patience::new(self.longest)));
                self.tell(true);
            }
        }
    }

    /// The system takes more.
    fn has_room(&mut self) {
        if self.patience.take().is_some() {
            self.tell(false);
        }
    }

    fn tell(&self, is_full: bool) {
        if let Some(told) = &self.is_full {
            told.store(is_full, Ordering::Relaxed);
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.poll_taken(context, bytes, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        let first = pieces.iter().find(|piece| !piece.is_empty());
        self.poll_taken(context, first.map_or(&[], |piece| piece), written)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::ErrorKind;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::{Instant, sleep};

    use super::Socket;

    pub(in crate::server) const PATIENCE: Duration = Duration::from_millis(800);

    /// The two ends of a connection.
    pub(in crate::server) async fn client_and_socket() -> (TcpStream, Socket) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let client = TcpStream::connect(listener.local_addr().expect("an address")).await;
        let (stream, _) = listener.accept().await.expect("a connection");
        (client.expect("a connection"), Socket::new(stream, PATIENCE))
    }

    #[tokio::test]
    async fn whoever_takes_little_is_waited_for_and_whoever_takes_nothing_is_not() {
        let (mut client, mut socket) = client_and_socket().await;
        let mut taken = Instant::now();
        let taking = async {
            // Much less than what makes the system say that there is room.
            let mut piece = vec![0; 128 * 1024];
            for _ in 0..20 {
                client.read_exact(&mut piece).await.expect("it is open");
                taken = Instant::now();
                sleep(PATIENCE / 5).await;
            }
            std::future::pending::<()>().await;
        };
        let piece = vec![b'x'; 64 * 1024];
        let sending = async {
            loop {
                if let Err(error) = socket.write_all(&piece).await {
                    return error;
                }
            }
        };
        let error = tokio::select! {
            () = taking => unreachable!("it waits without end"),
            error = sending => error,
        };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        // A client of a busy machine may have taken its time; it was waited for all the same.
        assert!(taken.elapsed() >= PATIENCE / 2, "{:?}", taken.elapsed());
        drop(socket);
        let ended = client.read_to_end(&mut Vec::new()).await;
        let error = ended.expect_err("no end that might be one of the response");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}
