//! The pages: origins of their own on loopback, each with an empty document that scripts are run in.
//!
//! Whatever host is asked for, the document is the same. A path `/csp/POLICY` has that Content-Security-Policy.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

/// Plain pages, on two ports: for as long as the process lives.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    /// The port of ordinary pages.
    pub plain: u16,
    /// The port of pages that the browser takes for the internet.
    pub public: u16,
}

impl Pages {
    /// Begins to serve.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub fn serve() -> io::Result<Self> {
        Ok(Self { plain: listen()?, public: listen()? })
    }
}

fn listen() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser that is gone by now needs no answer.
            thread::spawn(move || answer(stream).ok());
        }
    });
    Ok(port)
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            length => head.extend_from_slice(&buffer[..length]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let policy = path.strip_prefix("/csp/").map(|policy| policy.replace("%20", " ").replace("%27", "'"));
    let policy = policy.map(|policy| format!("Content-Security-Policy: {policy}\r\n")).unwrap_or_default();
    let body = "<!doctype html><title>a page</title><link rel=icon href='data:,'><body>";
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{policy}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}
