//! The beginning of an HTTP/1 body: how it is framed, and taking the frame off.
//!
//! Keeps evidence up to a limit and says why it stopped. Reads no sockets and undoes no compression.
//!
//! Spec: <https://httpwg.org/specs/rfc9112.html#message.body>

use corsac_browser::HeaderList;

/// How the end of a body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
    UntilClose,
}

/// Two lengths are declared, and they differ: browsers refuse such a response whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConflictingLengths;

impl Framing {
    pub(crate) fn of(method: &str, status: u16, headers: &HeaderList) -> Result<Self, ConflictingLengths> {
        if method == "HEAD" || matches!(status, 100..=199 | 204 | 304) {
            return Ok(Self::Length(0));
        }
        if let Some(codings) = headers.get_text("transfer-encoding") {
            let last = codings.rsplit(',').next().unwrap_or_default();
            return Ok(if last.trim().eq_ignore_ascii_case("chunked") {
                Self::Chunked
            } else {
                Self::UntilClose
            });
        }
        let mut declared = None;
        for length in headers.get_text("content-length").unwrap_or_default().split(',') {
            let digits = length.trim();
            // A length that is not a number is as good as none, to browsers too.
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let length = digits.parse().unwrap_or(u64::MAX);
            if declared.is_some_and(|other| other != length) {
                return Err(ConflictingLengths);
            }
            declared = Some(length);
        }
        Ok(declared.map_or(Self::UntilClose, Self::Length))
    }
}

/// What a body needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    Complete,
    Malformed,
}

/// Takes a chunked body apart, in whatever pieces it arrives.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    state: State,
    /// Bytes of the current line, without its end.
    line: Vec<u8>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Size,
    Data(u64),
    AfterData,
    Trailer,
    Complete,
}

/// No chunk size, and no trailer anybody sends, is longer than this.
const MAX_LINE: usize = 16 * 1024;

impl Chunks {
    /// Reads `input`, appends data to `body`, and says how many bytes were read and what is next.
    pub(crate) fn feed(&mut self, input: &[u8], body: &mut Vec<u8>) -> (usize, Progress) {
        let mut read = 0;
        while self.state != State::Complete {
            let rest = &input[read..];
            let Some(&byte) = rest.first() else { return (read, Progress::More) };
            if let State::Data(left) = self.state {
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                body.extend_from_slice(&rest[..take]);
                read += take;
                self.state = match left - take as u64 {
                    0 => State::AfterData,
                    left => State::Data(left),
                };
                continue;
            }
            read += 1;
            if byte != b'\n' {
                self.line.push(byte);
                if self.line.len() > MAX_LINE {
                    return (read, Progress::Malformed);
                }
                continue;
            }
            let mut line = std::mem::take(&mut self.line);
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            self.state = match self.state {
                State::Size => match chunk_size(&line) {
                    Some(0) => State::Trailer,
                    Some(size) => State::Data(size),
                    None => return (read, Progress::Malformed),
                },
                State::AfterData if line.is_empty() => State::Size,
                State::AfterData => return (read, Progress::Malformed),
                State::Trailer if line.is_empty() => State::Complete,
                state => state,
            };
        }
        (read, Progress::Complete)
    }
}

/// The hexadecimal size at the beginning of a chunk's line; extensions are passed over.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let digits = std::str::from_utf8(digits).ok()?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None; // `from_str_radix` would take a sign.
    }
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framing(method: &str, status: u16, headers: &[(&str, &str)]) -> Result<Framing, ConflictingLengths> {
        Framing::of(method, status, &headers.iter().copied().collect())
    }

    #[test]
    fn the_frame_is_chosen_as_browsers_choose_it() {
        let length = [("Content-Length", "5")];
        assert_eq!(framing("HEAD", 200, &length), Ok(Framing::Length(0)));
        assert_eq!(framing("GET", 204, &length), Ok(Framing::Length(0)));
        assert_eq!(framing("GET", 200, &length), Ok(Framing::Length(5)));
        assert_eq!(framing("GET", 200, &[]), Ok(Framing::UntilClose));
        assert_eq!(framing("GET", 200, &[("Content-Length", "-1")]), Ok(Framing::UntilClose));
        assert_eq!(framing("GET", 200, &[("Content-Length", "5, 5")]), Ok(Framing::Length(5)));
        assert_eq!(framing("GET", 200, &[length[0], ("content-length", "6")]), Err(ConflictingLengths));
        assert_eq!(
            framing("GET", 200, &[length[0], ("Transfer-Encoding", "gzip, Chunked")]),
            Ok(Framing::Chunked)
        );
        assert_eq!(framing("GET", 200, &[("Transfer-Encoding", "gzip")]), Ok(Framing::UntilClose));
    }

    #[test]
    fn chunks_are_joined_however_they_arrive() {
        let input = b"4;name=value\r\nWiki\r\n5\npedia\r\n0\r\nTrailer: x\r\n\r\nnext";
        for cut in 0..input.len() {
            let (mut chunks, mut body) = (Chunks::default(), Vec::new());
            let (first, progress) = chunks.feed(&input[..cut], &mut body);
            let (second, progress) = match progress {
                Progress::More => chunks.feed(&input[cut..], &mut body),
                done => (0, done),
            };
            assert_eq!((progress, &body[..]), (Progress::Complete, &b"Wikipedia"[..]), "{cut}");
            assert_eq!(&input[first + second..], b"next", "{cut}");
        }
    }

    #[test]
    fn what_is_not_chunked_is_seen() {
        for input in
            [&b"xyz\r\n"[..], b"+5\r\n", b"-1\r\n", b"3\r\nabcd\r\n", b"11111111111111111\r\n", b"<html>\n"]
        {
            assert_eq!(
                Chunks::default().feed(input, &mut Vec::new()).1,
                Progress::Malformed,
                "{}",
                input.escape_ascii()
            );
        }
        assert_eq!(Chunks::default().feed(&[b'0'; MAX_LINE + 1], &mut Vec::new()).1, Progress::Malformed);
    }

    proptest! {
        /// Wherever the bytes are cut, the same body comes out.
        #[test]
        fn pieces_do_not_matter(input in "[0-9a-f;\\r\\nx]{0,60}", cut in 0..60_usize) {
            let input = input.as_bytes();
            let cut = cut.min(input.len());
            let (mut whole, mut pieces) = (Vec::new(), Vec::new());
            let at_once = Chunks::default().feed(input, &mut whole);
            let mut chunks = Chunks::default();
            let (first, mut progress) = chunks.feed(&input[..cut], &mut pieces);
            let mut read = first;
            if progress == Progress::More {
                let (second, then) = chunks.feed(&input[cut..], &mut pieces);
                (read, progress) = (first + second, then);
            }
            prop_assert_eq!((read, progress), at_once);
            prop_assert_eq!(pieces, whole);
        }
    }
}
