//! The application behind proxies: it answers calls, and knows nothing about CORS, save where a path says otherwise.
//!
//! | path | |
//! |---|---|
//! | `/api/broken…` | 500, whatever is asked |
//! | `/api/speaks…` | allows any origin by itself, preflights too |
//! | `/api/counted…` | 200, with `X-Total-Count` |
//! | `/api/catalogue…` | 200, for shared caches to keep |
//! | anything else | 200; OPTIONS is answered 405 |

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

/// The application, for as long as the process lives.
#[derive(Debug, Clone, Copy)]
pub struct Application {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
}

impl Application {
    /// Begins to answer.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A proxy that hangs up has seen enough.
                thread::spawn(move || answer(&stream).ok());
            }
        });
        Ok(Self { port })
    }
}

fn answer(mut stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    // To the end of the body, so that nothing is unread when the connection ends.
    io::copy(&mut reader.take(length), &mut io::sink())?;
    stream.write_all(reply(&first).as_bytes())
}

fn reply(first: &str) -> String {
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_below = |prefix: &str| path.starts_with(prefix);
    let (status, lines, body) = if is_below("/api/broken") {
        ("500 Internal Server Error", "", r#"{"error":"no such customer"}"#)
    } else if is_below("/api/speaks") {
        let lines = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET, PUT\r\n\
                     Access-Control-Allow-Headers: Content-Type\r\n";
        ("200 OK", lines, r#"{"id":"7"}"#)
    } else if method == "OPTIONS" {
        ("405 Method Not Allowed", "Allow: GET, POST, PUT, DELETE\r\n", "")
    } else if is_below("/api/counted") {
        ("200 OK", "X-Total-Count: 42\r\n", r#"[{"id":"7"}]"#)
    } else if is_below("/api/catalogue") {
        ("200 OK", "Cache-Control: public, s-maxage=600\r\n", r#"[{"id":"7"}]"#)
    } else {
        ("200 OK", "", r#"{"id":"7","status":"open"}"#)
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{lines}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}
