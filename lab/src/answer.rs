//! One plain HTTP/1.1 request and its answer, without anything under test in between.
//!
//! It shows what a server says on the wire. What that means is not known here, and nothing is decoded: a chunked
//! body keeps its chunk sizes.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::scenario::{Call, SeenPreflight};
use crate::start::Running;

/// How long a server may keep silent.
const PATIENCE: Duration = Duration::from_secs(30);
/// More than any scenario says.
const LONGEST: u64 = 1 << 20;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The field lines, besides `Host`, `Connection` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl Ask {
    /// The preflight that a browser sends before a call.
    #[must_use]
    pub fn preflight(call: &Call, preflight: &SeenPreflight) -> Self {
        let mut headers = vec![
            ("Accept".into(), "*/*".into()),
            ("Origin".into(), call.origin.clone()),
            ("Access-Control-Request-Method".into(), call.method.clone()),
        ];
        if let Some(names) = &preflight.request_headers {
            headers.push(("Access-Control-Request-Headers".into(), names.clone()));
        }
        Self { method: "OPTIONS".into(), path: call.path.clone(), headers, body: String::new() }
    }

    /// The call itself.
    #[must_use]
    pub fn actual(call: &Call) -> Self {
        let mut headers = vec![("Accept".into(), "*/*".into()), ("Origin".into(), call.origin.clone())];
        headers.extend(call.headers.iter().cloned());
        Self {
            method: call.method.clone(),
            path: call.path.clone(),
            headers,
            body: call.body.clone().unwrap_or_default(),
        }
    }

    fn on_the_wire(&self, host: &str) -> String {
        let mut text =
            format!("{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", self.method, self.path);
        let length = [("Content-Length".to_owned(), self.body.len().to_string())];
        for (name, value) in self.headers.iter().chain(length.iter().filter(|_| !self.body.is_empty())) {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text + "\r\n" + &self.body
    }
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The field lines, in order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as it came.
    pub body: String,
}

impl Answer {
    /// The first value of a header; the name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let field = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        Some(Self { status, headers: lines.map(field).collect::<Option<_>>()?, body: body.to_owned() })
    }
}

/// A request got no readable answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The connection failed, or the server kept silent.
    #[error("no answer: {0}")]
    Silent(#[from] io::Error),
    /// What came is not HTTP/1.1.
    #[error("not an HTTP/1.1 answer: {0:?}")]
    Unreadable(String),
}

/// Sends one request on a connection of its own, and reads the answer to its end.
///
/// # Errors
///
/// If nothing comes back, or nothing that is HTTP/1.1.
pub fn ask(server: &Running, ask: &Ask) -> Result<Answer, AskError> {
    ask_at(server.address(), ask)
}

/// The same at an address, for a server that listens on several.
///
/// # Errors
///
/// As [`ask`].
pub fn ask_at(address: SocketAddr, ask: &Ask) -> Result<Answer, AskError> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(ask.on_the_wire(&address.to_string()).as_bytes())?;
    let mut bytes = Vec::new();
    let (mut stream, mut buffer) = (stream.take(LONGEST), [0; 8192]);
    // Envoy leaves a connection open for a second after it has said all.
    while !is_whole(&bytes) {
        match stream.read(&mut buffer)? {
            0 => break,
            length => bytes.extend_from_slice(&buffer[..length]),
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    Answer::read(&text).ok_or_else(|| AskError::Unreadable(text.chars().take(200).collect()))
}

/// Whether these bytes are a head that tells how long its body is, and all of that.
fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some(answer) = Answer::read(&text) else { return false };
    let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    let is_bare = matches!(answer.status, 204 | 304);
    is_bare || length.is_some_and(|length| answer.body.len() >= length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        assert!(is_whole(b"HTTP/1.1 204 No Content\r\nVary: Origin\r\n\r\n"));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
    }

    #[test]
    fn an_answer_is_read_into_its_parts() {
        let answer =
            Answer::read("HTTP/1.1 204 No Content\r\nVary: Origin\r\nAllow:PUT\r\n\r\n").expect("it is HTTP");
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("vary"), Some("Origin"));
        assert_eq!(answer.header("allow"), Some("PUT"));
        assert_eq!(answer.body, "");
    }

    #[test]
    fn what_is_not_http_is_no_answer() {
        assert_eq!(Answer::read("SSH-2.0-OpenSSH_9.2\r\n\r\n"), None);
        assert_eq!(Answer::read("HTTP/1.1 200 OK\r\nVary: Origin"), None);
    }

    #[test]
    fn a_preflight_asks_as_a_browser_does() {
        let scenario = crate::scenario(crate::Stack::Express, "right");
        let preflight = scenario.preflight.as_ref().expect("a PUT is preflighted");
        let text = Ask::preflight(&scenario.call, preflight).on_the_wire("127.0.0.1:3000");
        assert!(text.starts_with("OPTIONS /api/orders/7 HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n"), "{text}");
        assert!(
            text.contains("\r\nAccess-Control-Request-Headers: authorization,content-type\r\n"),
            "{text}"
        );
        assert!(text.ends_with("\r\n\r\n"), "{text}");
    }
}
