//! A client's socket, and how long it is waited for to take what it is sent.
//!
//! A client that asks and does not read holds a connection to an upstream, and what lies in between. Knows nothing of what is
//! said.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::alarm::Alarm;

/// A socket that breaks where its client takes nothing for too long.
pub(super) struct Socket {
    stream: TcpStream,
    patience: Duration,
    /// Since when nothing is taken, where something waits.
    blocked_since: Option<Instant>,
    alarm: Alarm,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, blocked_since: None, alarm: Alarm::default() }
    }

    /// How long it is waited for a client to take something.
    pub(super) fn patience(&self) -> Duration {
        self.patience
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
            self.blocked_since = None;
            return written;
        }
        let socket = SockRef::from(&self.stream);
        loop {
            if let Some(since) = self.blocked_since {
                ready!(self.alarm.poll(context, since + self.patience));
            }
            // The system says that there is room once a third of it is free. So that less is seen too, it is full where a wait
            // begins, and at the end of one it is tried whether it still is.
            match socket.send(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => {
                    self.blocked_since = None;
                    return Poll::Ready(sent);
                }
            }
            if self.blocked_since.is_some() {
                // What is left would be kept for this client after the end, and an end might pass for that of the response.
                let _ = socket.set_linger(Some(Duration::ZERO));
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the client took nothing in the time that `client_stall` gives",
                )));
            }
            self.blocked_since = Some(Instant::now());
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
mod tests {
    use std::io::ErrorKind;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::{Instant, sleep};

    use super::Socket;

    const PATIENCE: Duration = Duration::from_millis(500);

    async fn client_and_socket() -> (TcpStream, Socket) {
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
