//! HTTP/1.1 and HTTP/2 as they are spoken with clients: how much of each is taken.
//!
//! Knows no sockets, and nothing of what is asked.

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;

/// How long a connection may be idle, or take to send a head. Above the minute after which load balancers let go of
/// idle connections, so that it is they who close first and no request runs into a closing one.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How much of a head is read. Well above what the exchange takes, so that it is the exchange who answers for a head
/// that is too large, with the headers of CORS; beyond this, hyper answers an empty 431.
const HEAD_BUFFER: usize = 256 * 1024;

/// How many headers are read, for the same reason.
const HEAD_LINES: usize = 512;

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

/// How long HTTP/2 peers may take to show that they are still there.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// What speaks either, whichever a client begins with.
pub(super) fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BUFFER)
        .max_headers(HEAD_LINES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_BUFFER).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(STREAMS_TAKEN_BACK)
        .max_local_error_reset_streams(STREAMS_AT_FAULT)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING_INTERVAL);
    builder
}
