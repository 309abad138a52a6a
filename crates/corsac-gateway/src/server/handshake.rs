//! The beginning of a connection to a port that speaks https.
//!
//! Knows nothing of HTTP but how a request begins: whoever speaks plainly is told so, by others.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::socket::Socket;

/// A connection once it is known what is spoken on it.
pub(super) enum Greeted {
    /// TLS, and the handshake is done.
    Tls(Box<TlsStream<Socket>>),
    /// HTTP without it; nothing of it was read.
    Plain(Box<Socket>),
}

/// Waits for the first byte, and for the handshake that it begins.
pub(super) async fn greet(stream: Socket, tls: Arc<ServerConfig>) -> io::Result<Greeted> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    // A record of TLS never begins with a letter, and a request of HTTP always does.
    if count == 1 && first[0].is_ascii_alphabetic() {
        return Ok(Greeted::Plain(Box::new(stream)));
    }
    TlsAcceptor::from(tls).accept(stream).await.map(|stream| Greeted::Tls(Box::new(stream)))
}
