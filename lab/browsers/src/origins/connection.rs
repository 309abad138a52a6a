//! One connection: requests in, answers out, byte for byte as the script has them.
//!
//! Decides nothing: the script answers for scenarios, `pages` for everything else.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use corsac_browser::RequestKind;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

use super::request_head::RequestHead;
use super::script::Reply;
use super::{BODY, Shared, has_body, pages};

/// Answers until the other side has no more to ask, or is to be left without an answer.
pub(crate) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    origin: Arc<str>,
    closes: bool,
    shared: Arc<Shared>,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(head) = RequestHead::read(&mut stream).await? {
        let (reply, body) = match pages::answer(&head) {
            Some(page) => page,
            None => (shared.answer(&origin, &head), BODY.to_vec()),
        };
        let Reply::Respond { status, headers } = reply else { return Ok(()) };
        // Without persistence, and without a word about it that a script could read.
        let version = if closes { "HTTP/1.0" } else { "HTTP/1.1" };
        let mut bytes = format!("{version} {status} Lab\r\n").into_bytes();
        let mut length = 0;
        for (name, value) in &headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
            if name.eq_ignore_ascii_case("Content-Length") {
                length = String::from_utf8_lossy(value).parse().unwrap_or(0);
            }
        }
        bytes.extend_from_slice(b"\r\n");
        if head.method != "HEAD" && has_body(status) {
            bytes.extend_from_slice(&body[..body.len().min(length)]);
        }
        stream.write_all(&bytes).await?;
        stream.flush().await?;
        if closes {
            return stream.shutdown().await;
        }
    }
    Ok(())
}

impl Shared {
    /// The script's answer to a request of its scenario, which is logged.
    fn answer(&self, origin: &str, head: &RequestHead) -> Reply {
        let kind = head.kind();
        let url = format!("{origin}{}", head.target);
        let key = head.target.split(['/', '?']).nth(1).unwrap_or_default();
        self.ask(key, kind, url, head)
    }

    fn ask(&self, key: &str, kind: RequestKind, url: String, head: &RequestHead) -> Reply {
        let mut exchanges = self.exchanges();
        let Some(exchange) = exchanges.get_mut(key) else { return super::script::unscripted() };
        let (reply, scripted) = exchange.script.answer(kind, &url);
        let mut logged = super::Logged {
            kind,
            at: Instant::now(),
            method: head.method.clone(),
            url,
            headers: head.headers.clone(),
            scripted,
            again: false,
        };
        let last = exchange.log.last().filter(|_| exchange.dropped_last);
        logged.again = last.is_some_and(|last| logged.is_repetition_of(last));
        exchange.dropped_last = reply == Reply::Drop;
        exchange.log.push(logged);
        reply
    }
}
