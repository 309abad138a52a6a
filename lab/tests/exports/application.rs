//! The application behind a server in front: it answers `/case/INDEX` as the vector says, `/guarded/INDEX` to those alone whom
//! it knows, and hangs up on the rest.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;

use corsac_vectors::PolicyCase;

use super::authentication::AUTHORIZATION;

fn listener() -> &'static TcpListener {
    static LISTENER: OnceLock<TcpListener> = OnceLock::new();
    LISTENER.get_or_init(|| TcpListener::bind("127.0.0.1:0").expect("a free port"))
}

/// Where it listens.
pub(crate) fn address() -> SocketAddr {
    listener().local_addr().expect("it is bound")
}

/// Begins to answer.
pub(crate) fn start(cases: &[PolicyCase]) {
    let answers: Vec<String> = cases.iter().map(answer).collect();
    thread::spawn(move || {
        for stream in listener().incoming().flatten() {
            // Whoever hangs up early has seen enough.
            let _ = reply(&stream, &answers);
        }
    });
}

/// What whoever is not known is told.
const UNKNOWN: &str = "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"lab\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

fn answer(case: &PolicyCase) -> String {
    let headers = &case.inner.headers;
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "HTTP/1.1 {} Said\r\nX-Inner: asked\r\nContent-Length: 0\r\nConnection: close\r\n{lines}\r\n",
        case.inner.status
    )
}

fn reply(mut stream: &TcpStream, answers: &[String]) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut is_known = false;
    // To the empty line, so that nothing is unread when the connection ends.
    while let Some(line) = lines.next().transpose()?.filter(|line| !line.is_empty()) {
        let field = line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim()));
        is_known |= field == Some(("authorization".to_owned(), AUTHORIZATION));
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let guarded = path.strip_prefix("/guarded/");
    if guarded.is_some() && !is_known {
        return stream.write_all(UNKNOWN.as_bytes());
    }
    let index = guarded.or_else(|| path.strip_prefix("/case/"));
    match index.and_then(|index| index.parse::<usize>().ok()).and_then(|index| answers.get(index)) {
        Some(answer) => stream.write_all(answer.as_bytes()),
        None => Ok(()),
    }
}
