//! The beginning of a body as its readers see it: what the server compressed is unpacked, as far as it goes.
//!
//! For the words of error pages alone; the verdict never depends on them.

use std::io::Read;

use corsac_browser::HeaderList;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The most that is unpacked: a small body can hold a very large one.
const LIMIT: u64 = 64 * 1024;

/// The body without its `Content-Encoding`, where that is one this client asks for.
pub(crate) fn readable(headers: &HeaderList, body: &[u8]) -> Vec<u8> {
    let encoding = headers.get_text("content-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    match encoding.as_str() {
        "gzip" | "x-gzip" => unpack(MultiGzDecoder::new(body)),
        // Some servers mean zlib, as RFC 9110 says, and some the bare stream.
        "deflate" => {
            let zlib = unpack(ZlibDecoder::new(body));
            if zlib.is_empty() { unpack(DeflateDecoder::new(body)) } else { zlib }
        }
        _ => body.to_vec(),
    }
}

/// What comes out before the end, the limit or the first fault.
fn unpack(decoder: impl Read) -> Vec<u8> {
    let mut decoder = decoder.take(LIMIT);
    let mut unpacked = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = decoder.read(&mut chunk) {
        unpacked.extend_from_slice(&chunk[..count]);
    }
    unpacked
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).expect("memory can be written");
        encoder.finish().expect("memory can be written")
    }

    #[test]
    fn a_compressed_page_is_read_as_far_as_it_came() {
        let headers: HeaderList = [("Content-Encoding", "gzip")].into_iter().collect();
        let packed = gzip(b"Not allowed by CORS");
        assert_eq!(readable(&headers, &packed), b"Not allowed by CORS");
        assert!(b"Not allowed by CORS".starts_with(&readable(&headers, &packed[..packed.len() - 9])[..]));
        assert_eq!(readable(&headers, b"nonsense"), b"");
        assert_eq!(readable(&HeaderList::new(), &packed), packed);
    }

    #[test]
    fn a_bomb_is_bounded() {
        let headers: HeaderList = [("Content-Encoding", "gzip")].into_iter().collect();
        assert_eq!(readable(&headers, &gzip(&vec![0; 1 << 24])).len() as u64, LIMIT);
    }
}
