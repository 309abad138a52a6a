//! The upstream: as little of a server as can be, with CORS headers of its own that a gateway must take away.
//!
//! Lives on the reactor, beside the clients. Knows nothing of them.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use crate::bodies::{body, is_right};
use crate::head;
use crate::socket::{Received, Socket};

/// The paths that are answered, and with how many bytes.
pub(crate) const SMALL: (&str, usize) = ("/api/small", 50);
pub(crate) const LARGE: (&str, usize) = ("/api/large", 64 * 1024);

/// How a request for the large one begins.
const ASKS_FOR_LARGE: &[u8] = b"GET /api/large ";

/// How an upstream treats its connections.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manners {
    /// Idle ones are closed after so long.
    pub(crate) idle: Option<Duration>,
    /// One response in so many says that it is the last.
    pub(crate) last_in: Option<u64>,
}

/// The server.
pub(crate) struct Upstream {
    listener: TcpListener,
    desk: Desk,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
}

impl Upstream {
    /// Listens.
    pub(crate) fn new(manners: Manners) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, desk: Desk::new(manners), connections: Vec::new(), free: Vec::new() })
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    pub(crate) fn listener(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }

    /// Takes the connections that wait; their events have their numbers, from `base` on.
    pub(crate) fn accept(&mut self, epoll: &OwnedFd, base: u64) -> io::Result<()> {
        while let Ok((stream, _)) = self.listener.accept() {
            let number = self.free.pop().unwrap_or_else(|| {
                self.connections.push(None);
                self.connections.len() - 1
            });
            let socket = Socket::new(stream, epoll, base + number as u64)?;
            let (begun, reading, last_used) = (Vec::new(), Reading::Head, Instant::now());
            self.connections[number] = Some(Connection { socket, begun, reading, last_used });
        }
        Ok(())
    }

    /// Something happened on a connection.
    pub(crate) fn event(&mut self, number: usize, epoll: &OwnedFd, buffer: &mut [u8], is_room: bool) {
        let Some(connection) = self.connections.get_mut(number).and_then(Option::as_mut) else { return };
        let stays = (!is_room || connection.socket.send_more(epoll))
            && match connection.socket.receive(buffer) {
                Received::Some(length) => connection.take(&buffer[..length], &mut self.desk, epoll),
                Received::Nothing => true,
                Received::End => false,
            };
        if !stays {
            self.close(number);
        }
    }

    /// Closes what has been idle for too long.
    pub(crate) fn tidy(&mut self) {
        let Some(idle) = self.desk.manners.idle else { return };
        for number in 0..self.connections.len() {
            let is_idle = |connection: &Connection| {
                matches!(connection.reading, Reading::Head) && connection.last_used.elapsed() > idle
            };
            if self.connections[number].as_ref().is_some_and(is_idle) {
                self.close(number);
            }
        }
    }

    fn close(&mut self, number: usize) {
        self.connections[number] = None;
        self.free.push(number);
    }
}

/// A connection of a proxy.
struct Connection {
    socket: Socket,
    /// What came of a head that is not whole.
    begun: Vec<u8>,
    reading: Reading,
    last_used: Instant,
}

/// What comes next.
#[derive(Clone, Copy)]
enum Reading {
    Head,
    Body { at: usize, length: usize, is_right: bool },
}

impl Connection {
    /// Takes what came, and answers what is whole. Says whether the connection stays.
    fn take(&mut self, bytes: &[u8], desk: &mut Desk, epoll: &OwnedFd) -> bool {
        // The clock is asked only where it matters.
        if desk.manners.idle.is_some() {
            self.last_used = Instant::now();
        }
        let mut together = std::mem::take(&mut self.begun);
        let mut bytes = if together.is_empty() {
            bytes
        } else {
            together.extend_from_slice(bytes);
            &together
        };
        while !bytes.is_empty() {
            let answer = match self.reading {
                Reading::Head => {
                    let Some(end) = head::end(bytes) else {
                        self.begun = bytes.to_vec();
                        return true;
                    };
                    let (head, rest) = bytes.split_at(end);
                    bytes = rest;
                    // Nothing that is asked here with `GET` has a body.
                    let length = if head.starts_with(b"GET ") { Some(0) } else { head::length(head) };
                    match length {
                        Some(0) if head.starts_with(ASKS_FOR_LARGE) => Answer::Large,
                        Some(0) => Answer::Small,
                        Some(length) => {
                            self.reading = Reading::Body { at: 0, length, is_right: true };
                            continue;
                        }
                        // Where such a body ends, nobody here knows.
                        None => {
                            self.socket.send(epoll, &desk.wrong);
                            return false;
                        }
                    }
                }
                Reading::Body { at, length, is_right: was_right } => {
                    let (piece, rest) = bytes.split_at(bytes.len().min(length - at));
                    bytes = rest;
                    let is_right = was_right && is_right(piece, at);
                    let at = at + piece.len();
                    if at < length {
                        self.reading = Reading::Body { at, length, is_right };
                        return true;
                    }
                    self.reading = Reading::Head;
                    if is_right { Answer::Small } else { Answer::Wrong }
                }
            };
            let (answer, is_last) = desk.hand_out(answer);
            if !self.socket.send(epoll, answer) || is_last {
                return false;
            }
        }
        true
    }
}

/// What a request is answered with.
#[derive(Clone, Copy)]
enum Answer {
    Small,
    Large,
    /// For a body that did not come as it was sent.
    Wrong,
}

/// The answers, made beforehand, and the manners.
struct Desk {
    manners: Manners,
    handed_out: u64,
    small: Vec<u8>,
    large: Vec<u8>,
    last: Vec<u8>,
    wrong: Vec<u8>,
}

impl Desk {
    fn new(manners: Manners) -> Self {
        Self {
            manners,
            handed_out: 0,
            small: response("200 OK", "", SMALL.1),
            large: response("200 OK", "", LARGE.1),
            last: response("200 OK", "Connection: close\r\n", SMALL.1),
            wrong: response("400 Bad Request", "", SMALL.1),
        }
    }

    /// An answer, and whether it is the last on its connection.
    fn hand_out(&mut self, answer: Answer) -> (&[u8], bool) {
        self.handed_out += 1;
        match answer {
            Answer::Small
                if self.manners.last_in.is_some_and(|every| self.handed_out.is_multiple_of(every)) =>
            {
                (&self.last, true)
            }
            Answer::Small => (&self.small, false),
            Answer::Large => (&self.large, false),
            Answer::Wrong => (&self.wrong, false),
        }
    }
}

fn response(status: &str, line: &str, length: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nServer: upstream\r\nDate: Sat, 31 Jan 2026 12:00:00 GMT\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\n\
         X-Request-Id: 7a52cc5e81\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET\r\n\
         {line}\r\n"
    );
    [head.as_bytes(), body(length)].concat()
}
