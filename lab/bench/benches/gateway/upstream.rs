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
    manners: Manners,
    answers: Answers,
    served: u64,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
}

struct Connection {
    socket: Socket,
    /// What came of a head that is not whole.
    begun: Vec<u8>,
    /// What is being read.
    reading: Reading,
    last_used: Instant,
}

enum Reading {
    Head,
    Body { at: usize, length: usize, is_right: bool },
}

/// What is answered, made beforehand.
struct Answers {
    small: Vec<u8>,
    large: Vec<u8>,
    last: Vec<u8>,
    wrong: Vec<u8>,
}

impl Upstream {
    /// Listens.
    pub(crate) fn new(manners: Manners) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let answers = Answers {
            small: answer("200 OK", "", SMALL.1),
            large: answer("200 OK", "", LARGE.1),
            last: answer("200 OK", "Connection: close\r\n", SMALL.1),
            wrong: answer("400 Bad Request", "", SMALL.1),
        };
        Ok(Self { listener, manners, answers, served: 0, connections: Vec::new(), free: Vec::new() })
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
        let stays = connection.event(&self.answers, self.manners, &mut self.served, epoll, buffer, is_room);
        if !stays {
            self.close(number);
        }
    }

    /// Closes what has been idle for too long.
    pub(crate) fn tidy(&mut self) {
        let Some(idle) = self.manners.idle else { return };
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

impl Connection {
    /// Says whether the connection stays.
    fn event(
        &mut self,
        answers: &Answers,
        manners: Manners,
        served: &mut u64,
        epoll: &OwnedFd,
        buffer: &mut [u8],
        is_room: bool,
    ) -> bool {
        if is_room && !self.socket.send_more(epoll) {
            return false;
        }
        let length = match self.socket.receive(buffer) {
            Received::Some(length) => length,
            Received::Nothing => return true,
            Received::End => return false,
        };
        let taken;
        let mut bytes: &[u8] = if self.begun.is_empty() {
            &buffer[..length]
        } else {
            self.begun.extend_from_slice(&buffer[..length]);
            taken = std::mem::take(&mut self.begun);
            &taken
        };
        if self.manners_want_time(manners) {
            self.last_used = Instant::now();
        }
        loop {
            match &mut self.reading {
                Reading::Head if bytes.is_empty() => return true,
                Reading::Head => {
                    let Some(end) = head::end(bytes) else {
                        self.begun = bytes.to_vec();
                        return true;
                    };
                    let (head, rest) = bytes.split_at(end);
                    bytes = rest;
                    if !head.starts_with(b"POST") {
                        let answer = if head.starts_with(b"GET /api/large ") {
                            &answers.large
                        } else {
                            &answers.small
                        };
                        if !self.answer(answer, answers, manners, served, epoll) {
                            return false;
                        }
                        continue;
                    }
                    let Some(length) = head::length(head) else {
                        self.socket.send(epoll, &answers.wrong);
                        return false;
                    };
                    self.reading = Reading::Body { at: 0, length, is_right: true };
                }
                Reading::Body { at, length, is_right: right } => {
                    let (piece, rest) = bytes.split_at(bytes.len().min(*length - *at));
                    *right &= is_right(piece, *at);
                    *at += piece.len();
                    bytes = rest;
                    if *at < *length {
                        return true;
                    }
                    let answer = if *right { &answers.small } else { &answers.wrong };
                    self.reading = Reading::Head;
                    if !self.answer(answer, answers, manners, served, epoll) {
                        return false;
                    }
                }
            }
        }
    }

    /// Says whether the connection stays.
    fn answer(
        &mut self,
        answer: &[u8],
        answers: &Answers,
        manners: Manners,
        served: &mut u64,
        epoll: &OwnedFd,
    ) -> bool {
        *served += 1;
        let is_small = std::ptr::eq(answer, answers.small.as_slice());
        if is_small && manners.last_in.is_some_and(|every| served.is_multiple_of(every)) {
            self.socket.send(epoll, &answers.last);
            return false;
        }
        self.socket.send(epoll, answer)
    }

    /// The clock is asked only where it matters.
    fn manners_want_time(&self, manners: Manners) -> bool {
        manners.idle.is_some()
    }
}

fn answer(status: &str, line: &str, length: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nServer: upstream\r\nDate: Sat, 31 Jan 2026 12:00:00 GMT\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\n\
         X-Request-Id: 7a52cc5e81\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET\r\n\
         {line}\r\n"
    );
    [head.as_bytes(), body(length)].concat()
}
