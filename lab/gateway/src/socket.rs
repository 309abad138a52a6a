//! A connection that never blocks: what does not fit is kept, and sent when there is room.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::OwnedFd;

use rustix::event::epoll::{self, EventData, EventFlags};

/// A connection.
pub(crate) struct Socket {
    stream: TcpStream,
    token: u64,
    /// What is still to be sent.
    unsent: Vec<u8>,
    waits_for_room: bool,
}

/// What reading gave.
pub(crate) enum Received {
    /// So many bytes.
    Some(usize),
    /// None yet.
    Nothing,
    /// The other side has closed, or broken off.
    End,
}

impl Socket {
    /// A connection whose events have that token.
    pub(crate) fn new(stream: TcpStream, epoll: &OwnedFd, token: u64) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        epoll::add(epoll, &stream, EventData::new_u64(token), EventFlags::IN)?;
        Ok(Self { stream, token, unsent: Vec::new(), waits_for_room: false })
    }

    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Received {
        match self.stream.read(buffer) {
            Ok(0) => Received::End,
            Ok(length) => Received::Some(length),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                Received::Nothing
            }
            Err(_) => Received::End,
        }
    }

    /// Sends this, now or when there is room. Says whether the other side is still there.
    pub(crate) fn send(&mut self, epoll: &OwnedFd, bytes: &[u8]) -> bool {
        if !self.unsent.is_empty() {
            self.unsent.extend_from_slice(bytes);
            return true;
        }
        match self.stream.write(bytes) {
            Ok(length) if length == bytes.len() => true,
            Ok(length) => {
                self.unsent.extend_from_slice(&bytes[length..]);
                self.wait_for_room(epoll, true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                self.unsent.extend_from_slice(bytes);
                self.wait_for_room(epoll, true)
            }
            Err(_) => false,
        }
    }

    /// There is room, perhaps. Says whether the other side is still there.
    pub(crate) fn send_more(&mut self, epoll: &OwnedFd) -> bool {
        let unsent = std::mem::take(&mut self.unsent);
        if !unsent.is_empty() && !self.send(epoll, &unsent) {
            return false;
        }
        !self.unsent.is_empty() || self.wait_for_room(epoll, false)
    }

    /// Has it broken off, so that the other side is told nothing but that.
    pub(crate) fn break_off(self) {
        // Without it, the connection is closed as usual, which is another way to go away.
        let _ = rustix::net::sockopt::set_socket_linger(&self.stream, Some(std::time::Duration::ZERO));
    }

    fn wait_for_room(&mut self, epoll: &OwnedFd, wait: bool) -> bool {
        if self.waits_for_room == wait {
            return true;
        }
        self.waits_for_room = wait;
        let flags = if wait { EventFlags::IN | EventFlags::OUT } else { EventFlags::IN };
        epoll::modify(epoll, &self.stream, EventData::new_u64(self.token), flags).is_ok()
    }
}
