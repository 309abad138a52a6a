//! Heads as they came over the wire, where they can be read in two ways.
//!
//! The HTTP library forgives what another reader on the way may take for something else: a length beside a transfer coding,
//! and lines that end without a carriage return. Whoever sends such a head may want two readers to disagree on where a
//! request ends, and so smuggle another one in. Looks at heads alone, and passes nothing on.
//!
//! Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-6.1>, <https://www.rfc-editor.org/rfc/rfc9112#section-11.2>

use http::Method;

use crate::config::HEAD_READ;

/// How much of a head is kept: as much as is read of one.
const KEPT: usize = HEAD_READ;

/// What was read since the last request.
#[derive(Debug, Default)]
pub(super) struct Wire {
    read: Vec<u8>,
    /// What was read before may have ended within a line.
    is_midway: bool,
}

impl Wire {
    /// More was read, and no request is being answered.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.read.len());
        self.read.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// More was read that is not looked at.
    pub(super) fn passed(&mut self) {
        self.is_midway = true;
    }

    /// A request begins with it. Gives whether there is only one way to read its head.
    ///
    /// Where the head is not at the beginning, since the request was sent behind another one, nothing is said against it.
    pub(super) fn take(&mut self, method: &Method) -> bool {
        let read = skip_empty_lines(&self.read);
        // An empty line before it that ends otherwise is one of a kind with those in it.
        let is_odd = read.starts_with(b"\n") && !self.is_midway;
        let begins = read.strip_prefix(method.as_str().as_bytes()).is_some_and(|rest| rest.starts_with(b" "));
        let is_clear = !is_odd && (!begins || is_clear(read));
        self.is_midway = has_more(read);
        self.read.clear();
        is_clear
    }

    /// Keeps nothing.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Servers ignore them before a request.
fn skip_empty_lines(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(b"\r\n") {
        bytes = rest;
    }
    bytes
}

/// Whether something stands behind a head.
fn has_more(read: &[u8]) -> bool {
    const END: &[u8] = b"\r\n\r\n";
    let end = read.windows(END.len()).position(|window| window == END);
    end.is_some_and(|end| end + END.len() < read.len())
}

fn is_clear(head: &[u8]) -> bool {
    let (mut has_length, mut has_coding) = (false, false);
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\r\n") else {
            if line.ends_with(b"\n") {
                return false;
            }
            // A head that is not whole here is longer than what is kept.
            break;
        };
        if line.is_empty() {
            break;
        }
        match line[0] {
            b'c' | b'C' => has_length |= is_field(line, b"content-length"),
            b't' | b'T' => has_coding |= is_field(line, b"transfer-encoding"),
            _ => {}
        }
    }
    !(has_length && has_coding)
}

fn is_field(line: &[u8], name: &[u8]) -> bool {
    line.split_at_checked(name.len())
        .is_some_and(|(begin, rest)| begin.eq_ignore_ascii_case(name) && rest.starts_with(b":"))
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::{KEPT, Wire};

    fn is_clear(method: Method, pieces: &[&str]) -> bool {
        let mut wire = Wire::default();
        for piece in pieces {
            wire.read(piece.as_bytes());
        }
        wire.take(&method)
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_found() {
        for head in [
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nTRANSFER-ENCODING: chunked\r\ncontent-length: 5\r\nhost: a\r\n\r\n",
            "\r\nPOST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length:5\r\n\r\n",
            "POST / HTTP/1.1\nhost: a\n\n",
            "\nPOST / HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\nx: y\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\n\n",
        ] {
            assert!(!is_clear(Method::POST, &[head]), "{head:?}");
            for cut in 1..head.len() {
                assert!(!is_clear(Method::POST, &[&head[..cut], &head[cut..]]), "{head:?} {cut}");
            }
        }
    }

    #[test]
    fn what_has_one_meaning_is_not() {
        for head in [
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n1\n2\n3",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\ncontent-length: 5\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\nx-content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length-x: 5\r\ntransfer-encoding: chunked\r\n\r\n",
            "\r\n\r\nPOST / HTTP/1.1\r\nhost: a\r\n\r\n",
            // Behind another request, and so not from its beginning.
            "5\r\nPOST / HTTP/1.1\nhost: a\n\n",
        ] {
            assert!(is_clear(Method::POST, &[head]), "{head:?}");
        }
        let long = format!("POST / HTTP/1.1\r\nx: {}\r\nhost: a\n\r\n", "x".repeat(KEPT));
        assert!(is_clear(Method::POST, &[&long]));
        assert!(is_clear(Method::POST, &[]));
    }

    #[test]
    fn the_end_of_a_line_that_was_read_before_is_no_line() {
        let mut wire = Wire::default();
        wire.read(b"POST / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r");
        assert!(wire.take(&Method::POST));
        wire.read(b"\n");
        assert!(wire.take(&Method::GET));
        wire.passed();
        wire.read(b"\n");
        assert!(wire.take(&Method::GET));
        wire.read(b"\nGET / HTTP/1.1\r\nhost: a\r\n\r\n");
        assert!(!wire.take(&Method::GET));
    }

    #[test]
    fn each_request_is_looked_at_once() {
        let mut wire = Wire::default();
        wire.read(b"GET / HTTP/1.1\nhost: a\n\n");
        assert!(!wire.take(&Method::GET));
        wire.read(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        assert!(wire.take(&Method::GET));
    }
}
