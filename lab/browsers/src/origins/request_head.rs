//! A request as it stands on the wire, read with as little understanding as can be.
//!
//! Keeps names, values and order; refuses only what has no end.

use std::io;

use corsac_browser::{HeaderList, RequestKind};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The longest head that is read.
const MAX_HEAD: u64 = 512 * 1024;
/// The longest body that is read.
const MAX_BODY: u64 = 16 * 1024 * 1024;

/// A request line and its field lines.
#[derive(Debug, Clone)]
pub(crate) struct RequestHead {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HeaderList,
}

impl RequestHead {
    /// The next request of a connection with its body read away; nothing where the connection ends instead.
    pub(crate) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Self>> {
        let mut limited = stream.take(MAX_HEAD);
        let Some(first) = line(&mut limited).await? else { return Ok(None) };
        let first = text(&first);
        let mut words = first.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no request line"));
        };
        let mut headers = HeaderList::new();
        loop {
            let Some(field) = line(&mut limited).await? else { return Ok(None) };
            if field.is_empty() {
                break;
            }
            let colon = field.iter().position(|byte| *byte == b':').unwrap_or(field.len());
            let value = field.get(colon + 1..).unwrap_or_default();
            headers.append(text(&field[..colon]), value.trim_ascii());
        }
        let head = Self { method: method.to_owned(), target: target.to_owned(), headers };
        let length = head.headers.get_text("Content-Length").and_then(|length| length.parse().ok());
        let length: u64 = length.unwrap_or(0).min(MAX_BODY);
        let mut body = stream.take(length);
        tokio::io::copy(&mut body, &mut tokio::io::sink()).await?;
        Ok(Some(head))
    }

    /// What a server takes it for: only browsers write `Access-Control-Request-Method`.
    pub(crate) fn kind(&self) -> RequestKind {
        if self.method == "OPTIONS" && self.headers.contains("Access-Control-Request-Method") {
            RequestKind::Preflight
        } else {
            RequestKind::Actual
        }
    }
}

/// A line without its end; nothing where there is no more.
async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line).await? == 0 || line.pop() != Some(b'\n') {
        return Ok(None);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
