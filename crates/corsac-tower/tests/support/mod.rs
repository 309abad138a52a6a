//! A browser's bytes on the wire, for whoever has a real server to ask.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    head: String,
    /// Everything after the head, as it was sent.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a field, which is there once.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.fields().filter(|(line, _)| line.eq_ignore_ascii_case(name));
        let value = lines.next().map(|(_, value)| value);
        assert!(lines.next().is_none(), "{name} is there twice: {}", self.head);
        value
    }

    /// Whether it says nothing at all about CORS.
    pub(crate) fn is_silent(&self) -> bool {
        !self.fields().any(|(name, _)| name.to_ascii_lowercase().starts_with("access-control-"))
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().filter_map(|line| line.split_once(": "))
    }
}

/// Asks a server over a connection of its own.
///
/// ```ignore
/// let answer = ask(address, "PUT /account", &["Origin: https://app.example"], b"{}").await;
/// ```
pub(crate) async fn ask(address: SocketAddr, target: &str, fields: &[&str], body: &[u8]) -> Answer {
    let mut head = format!("{target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for line in fields {
        head.push_str(line);
        head.push_str("\r\n");
    }
    if !body.is_empty() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let request = [head.as_bytes(), b"\r\n", body].concat();
    stream.write_all(&request).await.expect("the server reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.expect("the server answers");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head is text");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a head has a status");
    Answer { status, head, body: bytes.split_off(end + 4) }
}
