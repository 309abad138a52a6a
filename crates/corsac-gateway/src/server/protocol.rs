//! HTTP/1.1 and HTTP/2 as they are spoken with clients: how much of each is taken.
//!
//! Knows no sockets, and nothing of what is asked.

use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::TokioTimer;

use super::streams::Streams;
use crate::config::{HEAD_READ, LINES_READ};

/// How many requests an HTTP/2 connection may have at once. RFC 9113 (5.1.2) wants no less than 100, and a page seldom has
/// half of that.
const STREAMS: u32 = 128;

/// How many requests that were taken back before anybody looked at them end an HTTP/2 connection. More than a page that is
/// left takes back at once is an attack ("rapid reset", CVE-2023-44487).
const STREAMS_TAKEN_BACK: usize = 64;

/// How many streams that broke the rules of HTTP/2 end a connection: a client that is sound has none.
const STREAMS_AT_FAULT: usize = 256;

/// How much of one request's body an HTTP/2 client may send before somebody reads it.
const STREAM_WINDOW: u32 = 256 * 1024;

/// The same of all bodies of a connection. A few uploads that nobody reads must not stop the others, and what is unread is
/// in memory.
const CONNECTION_WINDOW: u32 = 2 * 1024 * 1024;

/// How much of one response waits for an HTTP/2 client that does not read: with all its streams, 16 MiB.
const SEND_BUFFER: usize = 128 * 1024;

/// How long HTTP/2 peers may be silent before they are asked whether they are still there.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// How long they may take to say so. Whoever is slow to take a response hears of the question behind it.
const PING_TIMEOUT: Duration = Duration::from_secs(120);

/// HTTP/1.1.
pub(super) fn http1() -> http1::Builder {
    let mut builder = http1::Builder::new();
    // Above what the exchange takes, so that it is the exchange who answers for a head that is too large, with the headers
    // of CORS; beyond this, hyper answers an empty 431.
    builder.max_buf_size(HEAD_READ).max_headers(LINES_READ);
    builder
}

/// HTTP/2, whose streams are run so.
pub(super) fn http2(streams: Streams) -> http2::Builder<Streams> {
    let mut builder = http2::Builder::new(streams);
    builder
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_READ).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(STREAMS_TAKEN_BACK)
        .max_local_error_reset_streams(STREAMS_AT_FAULT)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}
