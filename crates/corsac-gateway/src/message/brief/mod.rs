//! Brief messages: HTTP/1.1 in one piece, whose head and body are at hand and whose end is beyond doubt.
//!
//! Most of what an API is asked and answers is brief, preflights above all, and needs none of what an HTTP library keeps for
//! streams. Here such a message becomes the same `Request` or `Response` that hyper would make of it, or the same bytes. Whatever
//! is not surely brief is not read or written at all: it is hyper's, from its first byte on. Knows no sockets, no routes and
//! no CORS.

mod date;
mod head;
mod request;
mod response;
pub(crate) mod scratch;

pub(crate) use request::{read as read_request, read_preflight, write as write_request};
pub(crate) use response::{Read, Whole, Written, read as read_response, write as write_response};

/// The most that a brief message has, head and body together.
pub(crate) const MOST: usize = 16 * 1024;

/// The most lines that the head of one has.
const LINES: usize = 64;
