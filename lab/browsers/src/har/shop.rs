//! The servers of the recordings: a page, its API, and a place that the API redirects to.
//!
//! They answer as servers do that people have trouble with, on ports of their own; every answer closes its connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

const PAGE: &str = include_str!("shop.html");

/// The addresses in the kept files, in the order of [`Ports`].
const USUAL: [u16; 4] = [5173, 3000, 4000, 3999];

/// The servers. They go with the process.
pub(super) struct Shop {
    ports: Arc<Ports>,
}

struct Ports {
    page: u16,
    api: u16,
    away: u16,
    /// Where nothing listens.
    closed: u16,
}

/// A response: its status, its headers, its body.
type Response = (&'static str, Vec<(&'static str, String)>, Vec<u8>);

impl Shop {
    pub(super) fn open() -> io::Result<Self> {
        let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let (page, api, away, closed) = (listen()?, listen()?, listen()?, listen()?);
        let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
        let ports = Arc::new(Ports {
            page: port(&page)?,
            api: port(&api)?,
            away: port(&away)?,
            closed: port(&closed)?,
        });
        drop(closed);
        for listener in [page, api, away] {
            let (port, ports) = (port(&listener)?, Arc::clone(&ports));
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let ports = Arc::clone(&ports);
                    // A browser that hangs up halfway is its own affair.
                    thread::spawn(move || drop(serve(stream, port, &ports)));
                }
            });
        }
        Ok(Self { ports })
    }

    pub(super) fn page(&self) -> String {
        self.ports.page()
    }

    /// The text with the usual ports in the place of those that were free.
    pub(super) fn with_usual_ports(&self, text: &str) -> String {
        let Ports { page, api, away, closed } = *self.ports;
        let mut text = text.to_owned();
        for (port, usual) in [page, api, away, closed].into_iter().zip(USUAL) {
            text = with_port(&text, port, usual);
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }
}

/// Replaces a port where it is one: a number by itself, and no fraction.
fn with_port(text: &str, port: u16, usual: u16) -> String {
    let port = port.to_string();
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&port) {
        let (before, after) = (&rest[..at], &rest[at + port.len()..]);
        let is_whole = !before.ends_with(|letter: char| letter.is_ascii_digit() || letter == '.')
            && !after.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
        replaced.push_str(before);
        replaced.push_str(&if is_whole { usual.to_string() } else { port.clone() });
        rest = after;
    }
    replaced + rest
}

impl Ports {
    fn page(&self) -> String {
        format!("http://localhost:{}", self.page)
    }

    fn answer(&self, port: u16, method: &str, path: &str) -> Response {
        let text = |kind: &str| ("Content-Type", kind.to_owned());
        if port == self.page {
            let page = PAGE
                .replace("API-ORIGIN", &format!("http://localhost:{}", self.api))
                .replace("CLOSED-ORIGIN", &format!("http://localhost:{}", self.closed));
            return match path {
                "/" => ("200 OK", vec![text("text/html")], page.into_bytes()),
                "/ready" => ("200 OK", vec![text("text/html")], b"<title>Ready</title>".to_vec()),
                "/own.json" => ("200 OK", vec![text("application/json")], b"{}".to_vec()),
                _ => ("404 Not Found", Vec::new(), Vec::new()),
            };
        }
        if port == self.away {
            return ("200 OK", vec![text("text/html")], b"<title>Log in</title>".to_vec());
        }
        let allow = |origin: &str| ("Access-Control-Allow-Origin", origin.to_owned());
        let own = || allow(&self.page());
        let vary = || ("Vary", "Origin".to_owned());
        let credentials = || ("Access-Control-Allow-Credentials", "true".to_owned());
        match (method, path) {
            (_, "/allowed") => {
                let express = ("X-Powered-By", "Express".to_owned());
                ("200 OK", vec![own(), vary(), text("application/json"), express], b"{\"ok\":true}".to_vec())
            }
            (_, "/silent") => ("200 OK", vec![text("application/json")], b"{\"price\":1}".to_vec()),
            (_, "/guarded") => {
                let asks = ("WWW-Authenticate", "Bearer".to_owned());
                ("401 Unauthorized", vec![text("text/plain"), asks], b"token?".to_vec())
            }
            ("OPTIONS", "/saved") => {
                let methods = ("Access-Control-Allow-Methods", "PUT".to_owned());
                let headers = ("Access-Control-Allow-Headers", "content-type".to_owned());
                ("204 No Content", vec![own(), credentials(), vary(), methods, headers], Vec::new())
            }
            (_, "/saved") => {
                ("200 OK", vec![own(), credentials(), vary(), text("application/json")], b"{}".to_vec())
            }
            (_, "/anyone") => ("200 OK", vec![allow("*"), text("text/plain")], b"hello".to_vec()),
            (_, "/moved") => ("302 Found", vec![own(), ("Location", "/allowed".to_owned())], Vec::new()),
            (_, "/moved-away") => {
                let location = ("Location", format!("http://127.0.0.1:{}/login", self.away));
                ("302 Found", vec![own(), location], Vec::new())
            }
            (_, "/fails") => {
                ("500 Internal Server Error", vec![text("text/plain")], b"Internal Server Error".to_vec())
            }
            (_, "/twice") => ("200 OK", vec![allow("*"), allow("*"), text("text/plain")], b"hello".to_vec()),
            (_, "/opaque") => ("200 OK", vec![text("text/plain")], b"hello".to_vec()),
            (_, "/pixel.gif") => {
                ("200 OK", vec![text("image/gif")], b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec())
            }
            _ => ("404 Not Found", Vec::new(), Vec::new()),
        }
    }
}

fn serve(mut stream: TcpStream, port: u16, ports: &Ports) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    let (status, headers, body) = ports.answer(port, method, path);
    let mut head = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !status.starts_with("204") {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_replaced_where_it_is_one() {
        let text = "http://localhost:41234/ \"connection\": \"41234\", 0.41234, 412345, :41234";
        let expected = "http://localhost:5173/ \"connection\": \"5173\", 0.41234, 412345, :5173";
        assert_eq!(with_port(text, 41234, 5173), expected);
    }
}
