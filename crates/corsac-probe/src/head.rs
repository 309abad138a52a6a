//! The head of an HTTP/1 response, read the way browsers read it.
//!
//! Tolerant where browsers are (bare line feeds, folded lines, space before the colon, lines that are no
//! header), strict where they are (NUL and lone carriage returns, no status). Reads no sockets, and does not
//! judge what the headers say.
//!
//! Spec: <https://httpwg.org/specs/rfc9112.html#message.parsing>, and for what browsers do with what it
//! leaves open <https://github.com/web-platform-tests/wpt/tree/master/fetch/h1-parsing>

use corsac_browser::HeaderList;

use crate::HttpVersion;

/// A head as it stood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) version: HttpVersion,
    pub(crate) status: u16,
    pub(crate) headers: HeaderList,
    pub(crate) ignored: Vec<Vec<u8>>,
}

/// Why bytes are not a head that a browser accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeadFault {
    NotHttp,
    Status,
    Nul,
    LoneCarriageReturn,
    TooManyHeaders,
}

/// Whether more bytes can still turn these into a head.
pub(crate) fn may_begin_head(bytes: &[u8]) -> bool {
    let bytes = &bytes[leading_line_breaks(bytes)..];
    let known = bytes.len().min(PREFIX.len());
    bytes[..known].eq_ignore_ascii_case(&PREFIX[..known])
}

const PREFIX: &[u8] = b"HTTP/";

fn leading_line_breaks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// Where the head ends: behind the first empty line. `searched` bytes have been looked at before.
pub(crate) fn end_of_head(bytes: &[u8], searched: usize) -> Option<usize> {
    let first = leading_line_breaks(bytes);
    let from = searched.saturating_sub(2).max(first);
    (from..bytes.len()).find_map(|at| match &bytes[at..] {
        [b'\n', b'\n', ..] => Some(at + 2),
        [b'\n', b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })
}

/// Reads a whole head, up to and with the empty line.
pub(crate) fn parse(bytes: &[u8], max_headers: usize) -> Result<Head, HeadFault> {
    let bytes = &bytes[leading_line_breaks(bytes)..];
    if bytes.contains(&b'\0') {
        return Err(HeadFault::Nul);
    }
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let status_line = lines.next().unwrap_or_default();
    if bytes.split(|byte| *byte == b'\n').any(has_lone_carriage_return) {
        return Err(HeadFault::LoneCarriageReturn);
    }
    let (version, status) = parse_status_line(status_line)?;

    let mut fields: Vec<(Option<&str>, Vec<u8>)> = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        // A line that begins with white space goes on with the one before: obs-fold.
        if let (true, Some((_, value))) = (matches!(line[0], b' ' | b'\t'), fields.last_mut()) {
            value.push(b' ');
            value.extend_from_slice(line.trim_ascii());
            continue;
        }
        if fields.len() == max_headers {
            return Err(HeadFault::TooManyHeaders);
        }
        fields.push(match field_name(line) {
            Some((name, value)) => (Some(name), trim(value).to_vec()),
            None => (None, line.to_vec()),
        });
    }

    let mut head = Head { version, status, headers: HeaderList::new(), ignored: Vec::new() };
    for (name, value) in fields {
        match name {
            Some(name) => head.headers.append(name, trim(&value)),
            None => head.ignored.push(value),
        }
    }
    Ok(head)
}

fn has_lone_carriage_return(line: &[u8]) -> bool {
    let end = line.len().saturating_sub(1);
    line[..end].contains(&b'\r')
}

/// `HTTP/1.1 200 OK`; the reason may be missing, and nobody reads it.
fn parse_status_line(line: &[u8]) -> Result<(HttpVersion, u16), HeadFault> {
    let Some((prefix, rest)) = line.split_at_checked(PREFIX.len()) else { return Err(HeadFault::NotHttp) };
    if !prefix.eq_ignore_ascii_case(PREFIX) {
        return Err(HeadFault::NotHttp);
    }
    let (version, rest) = match rest {
        [b'1', b'.', b'0', rest @ ..] => (HttpVersion::Http10, rest),
        [b'1'..=b'9', b'.', b'0'..=b'9', rest @ ..] => (HttpVersion::Http11, rest),
        _ => return Err(HeadFault::NotHttp),
    };
    let [b' ' | b'\t', ..] = rest else { return Err(HeadFault::Status) };
    match rest.trim_ascii_start() {
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', after @ ..]
            if !after.first().is_some_and(u8::is_ascii_digit) =>
        {
            let digit = |byte: &u8| u16::from(byte - b'0');
            Ok((version, digit(a) * 100 + digit(b) * 10 + digit(c)))
        }
        _ => Err(HeadFault::Status),
    }
}

fn field_name(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?.trim_end_matches([' ', '\t']);
    corsac::is_token(name.as_bytes()).then_some((name, &line[colon + 1..]))
}

/// Without spaces and tabs at both ends, which is all the white space a line can have there.
fn trim(value: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Head {
        assert_eq!(end_of_head(bytes, 0), Some(bytes.len()));
        parse(bytes, 100).unwrap()
    }

    #[test]
    fn names_keep_their_case_and_lines_their_order() {
        let head = read(
            b"HTTP/1.1 200 OK\r\nACCESS-control-Allow-Origin:  * \r\nB: 1\r\n\
              access-control-allow-origin:*\r\n\r\n",
        );
        let lines: Vec<_> = head.headers.iter().collect();
        assert_eq!(
            lines,
            [("ACCESS-control-Allow-Origin", &b"*"[..]), ("B", b"1"), ("access-control-allow-origin", b"*")]
        );
    }

    #[test]
    fn browsers_are_tolerant() {
        let head = read(
            b"\r\nhttp/1.0 404\nFold: a\n\t b\r\n c\nSpace : x\nno colon\nBad name: y\n: z\n\
              Empty:\nLatin: \xe9\n\n",
        );
        assert_eq!((head.version, head.status), (HttpVersion::Http10, 404));
        let lines: Vec<_> = head.headers.iter().collect();
        assert_eq!(lines, [("Fold", &b"a b c"[..]), ("Space", b"x"), ("Empty", b""), ("Latin", b"\xe9")]);
        assert_eq!(head.ignored, [&b"no colon"[..], b"Bad name: y", b": z"]);
    }

    #[test]
    fn browsers_are_strict() {
        for (bytes, fault) in [
            (&b"SSH-2.0-OpenSSH\r\n\r\n"[..], HeadFault::NotHttp),
            (b"HTTP/x.1 200\r\n\r\n", HeadFault::NotHttp),
            (b"HTTP\r\n\r\n", HeadFault::NotHttp),
            (b"HTTP/1.1 000\r\n\r\n", HeadFault::Status),
            (b"HTTP/1.1 2000\r\n\r\n", HeadFault::Status),
            (b"HTTP/1.1\r\n\r\n", HeadFault::Status),
            (b"HTTP/1.1 OK\r\n\r\n", HeadFault::Status),
            (b"HTTP/1.1200\r\n\r\n", HeadFault::Status),
            (b"HTTP/1.1 200\r\nA: \0\r\n\r\n", HeadFault::Nul),
            (b"HTTP/1.1 200\r\nA: \rB: \r\n\r\n", HeadFault::LoneCarriageReturn),
            (b"HTTP/1.1 200\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", HeadFault::TooManyHeaders),
        ] {
            assert_eq!(parse(bytes, 2), Err(fault), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn the_end_is_found_however_the_bytes_arrive() {
        let bytes = b"\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody\n\n";
        let end = bytes.len() - b"body\n\n".len();
        for searched in 0..end {
            assert_eq!(end_of_head(bytes, searched), Some(end), "{searched}");
            assert_eq!(end_of_head(&bytes[..searched], 0), None, "{searched}");
        }
    }

    #[test]
    fn what_cannot_become_a_head_is_seen_early() {
        assert!(may_begin_head(b""));
        assert!(may_begin_head(b"\r\nHT"));
        assert!(may_begin_head(b"http/1.1 200"));
        assert!(!may_begin_head(b"\x15\x03"));
        assert!(!may_begin_head(b"<html>"));
    }

    proptest! {
        /// Whatever comes, reading it ends, and what is read is what a header list may hold.
        #[test]
        fn anything_can_be_read(tail in vec(any::<u8>(), 0..200), begin in any::<bool>()) {
            let bytes = [if begin { &b"HTTP/1.1 200\r\n"[..] } else { b"" }, &tail, b"\r\n\r\n"].concat();
            let _ = may_begin_head(&bytes);
            if let Ok(head) = parse(&bytes[..end_of_head(&bytes, 0).unwrap_or(bytes.len())], 10) {
                prop_assert!((100..=999).contains(&head.status));
                prop_assert!(head.headers.len() + head.ignored.len() <= 10);
                for (name, value) in head.headers.iter() {
                    prop_assert!(corsac::is_token(name.as_bytes()));
                    prop_assert!(!value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')));
                    prop_assert_eq!(value, trim(value));
                }
            }
        }
    }
}
