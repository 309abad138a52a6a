//! The connections to one server that a worker has and nobody uses.
//!
//! The one that was used last is used next, so that those beyond the need of the moment grow old and are closed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::client::conn::{http1, http2};

use super::connection::Connection;
use super::plain::Plain;
use crate::message::upload::Upload;

/// How many are kept; more are needed only while more requests run at once.
const MOST: usize = 128;

/// Connections of one worker to one server.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Idle>,
    dialing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Idle {
    /// HTTP/1.1: each is used by one request at a time, and is here in between.
    plain: Vec<(Plain, Instant)>,
    /// The same, of those that are hyper's.
    single: Vec<(http1::SendRequest<Upload>, Instant)>,
    /// HTTP/2: one for everybody, with the last time that somebody asked for it.
    shared: Option<(http2::SendRequest<Upload>, Instant)>,
}

impl Pool {
    /// A connection that the other side has not closed, as far as is known: one with nothing around it where that is of
    /// use.
    pub(super) fn take(&self, is_brief: bool) -> Option<Connection> {
        let mut idle = self.idle();
        if let Some((shared, used)) = &mut idle.shared {
            if shared.is_ready() {
                *used = Instant::now();
                return Some(Connection::Http2(shared.clone()));
            }
            idle.shared = None;
        }
        if is_brief {
            return idle.take_plain().or_else(|| idle.take_single());
        }
        idle.take_single().or_else(|| idle.take_plain())
    }

    /// Takes a connection back whose response was read to its end.
    pub(super) fn put(&self, connection: http1::SendRequest<Upload>) {
        let mut idle = self.idle();
        if idle.has_room() {
            idle.single.push((connection, Instant::now()));
        }
    }

    /// The same, of one with nothing around it.
    pub(super) fn put_plain(&self, connection: Plain) {
        let mut idle = self.idle();
        if idle.has_room() {
            idle.plain.push((connection, Instant::now()));
        }
    }

    /// From here on everybody uses this one.
    pub(super) fn share(&self, connection: http2::SendRequest<Upload>) {
        self.idle().shared = Some((connection, Instant::now()));
    }

    /// For whoever makes the connection that all will use.
    pub(super) async fn dialing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.dialing.lock().await
    }

    /// Closes what nobody used for so long, and what the other side has closed.
    pub(super) fn close_idle(&self, longest: Duration) {
        let mut idle = self.idle();
        idle.plain.retain_mut(|(connection, since)| connection.is_open() && since.elapsed() < longest);
        idle.single.retain(|(connection, since)| connection.is_ready() && since.elapsed() < longest);
        // Streams that are still open keep the connection, which closes behind the last of them.
        let is_old = |(connection, used): &(http2::SendRequest<Upload>, Instant)| {
            !connection.is_ready() || used.elapsed() >= longest
        };
        if idle.shared.as_ref().is_some_and(is_old) {
            idle.shared = None;
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        // What is in there is whole at any time.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    fn has_room(&self) -> bool {
        self.plain.len() + self.single.len() < MOST
    }

    fn take_plain(&mut self) -> Option<Connection> {
        while let Some((mut connection, _)) = self.plain.pop() {
            if connection.is_open() {
                return Some(Connection::Plain(Some(connection)));
            }
        }
        None
    }

    fn take_single(&mut self) -> Option<Connection> {
        while let Some((connection, _)) = self.single.pop() {
            if connection.is_ready() {
                return Some(Connection::Http1(connection));
            }
        }
        None
    }
}
