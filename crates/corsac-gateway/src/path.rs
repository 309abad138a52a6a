//! The path of a request, in a form that means one thing to the router and to every upstream.
//!
//! `..` is resolved here, so that a request cannot leave its route after it was routed. What would only turn into
//! `..` once somebody decodes it (`..%2f`, `..\`, `..;`) is refused. Everything else, encoded slashes included,
//! stays as it was sent. Knows no routes.

use std::borrow::Cow;

/// A path without dot segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestPath<'a>(Cow<'a, str>);

/// Why a path is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathError {
    /// It does not begin with a slash: `*`, or the target of `CONNECT`.
    NotAbsolute,
    /// Its `..` lead above the root.
    AboveRoot,
    /// It hides a dot segment, or a NUL, from those who do not decode it.
    Hidden,
}

impl<'a> RequestPath<'a> {
    pub(crate) fn new(path: &'a str) -> Result<Self, PathError> {
        let Some(below_root) = path.strip_prefix('/') else { return Err(PathError::NotAbsolute) };
        // A dot segment has a dot after a slash, however it is spelled.
        if !path.contains("/.") && !path.contains(['%', '\\']) {
            return Ok(Self(path.into()));
        }
        let mut kept: Vec<&str> = Vec::new();
        let mut resolved = false;
        let mut segments = below_root.split('/').peekable();
        while let Some(segment) = segments.next() {
            let dots = dots(segment);
            if dots == 0 {
                if is_hidden(segment.as_bytes()) {
                    return Err(PathError::Hidden);
                }
                kept.push(segment);
                continue;
            }
            if dots == 2 && kept.pop().is_none() {
                return Err(PathError::AboveRoot);
            }
            resolved = true;
            // `/a/..` is the folder, and a folder ends with a slash.
            if segments.peek().is_none() {
                kept.push("");
            }
        }
        Ok(Self(if resolved { format!("/{}", kept.join("/")).into() } else { path.into() }))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many dots a dot segment has, `%2e` among them; 0 for every other segment: `#single-dot-path-segment`.
fn dots(segment: &str) -> usize {
    let mut rest = segment;
    let mut dots = 0;
    while !rest.is_empty() {
        rest = match rest.strip_prefix('.') {
            Some(rest) => rest,
            None => match rest.get(..3) {
                Some(encoded) if encoded.eq_ignore_ascii_case("%2e") => &rest[3..],
                _ => return 0,
            },
        };
        dots += 1;
    }
    if dots <= 2 { dots } else { 0 }
}

/// Whether somebody who decodes the segment, once or again, finds a dot segment or a NUL in it.
fn is_hidden(segment: &[u8]) -> bool {
    const ROUNDS: usize = 4;
    let mut bytes = Cow::Borrowed(segment);
    for _ in 0..ROUNDS {
        let is_dots = |piece: &[u8]| {
            let name = piece.split(|byte| *byte == b';').next().unwrap_or_default();
            name == b"." || name == b".."
        };
        if bytes.contains(&0) || bytes.split(|byte| matches!(byte, b'/' | b'\\')).any(is_dots) {
            return true;
        }
        match decode(&bytes) {
            Cow::Borrowed(_) => return false,
            Cow::Owned(decoded) => bytes = decoded.into(),
        }
    }
    false
}

/// The bytes with their percent-encoding undone; borrowed where there is none. Broken escapes stand for themselves.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'%') {
        return bytes.into();
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) if digit(high).is_some() && digit(low).is_some() => {
                let byte = digit(high).zip(digit(low)).map_or(0, |(high, low)| high * 16 + low);
                decoded.push(u8::try_from(byte).unwrap_or_default());
                rest = after;
            }
            _ => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    decoded.into()
}

/// The names in a path, decoded: what the router compares. Empty ones do not count.
pub(crate) fn segments(path: &str) -> Vec<Vec<u8>> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| decode(segment.as_bytes()).into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{PathError, RequestPath};

    fn normal(path: &str) -> Result<String, PathError> {
        RequestPath::new(path).map(|path| path.as_str().to_owned())
    }

    #[test]
    fn dot_segments_are_resolved_however_they_are_spelled() {
        for (path, expected) in [
            ("/", "/"),
            ("/a/b", "/a/b"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a/b/..", "/a/"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/.%2e/b/%2e", "/b/"),
            ("/a//../b", "/a/b"),
            ("//a", "//a"),
            ("/.well-known/x", "/.well-known/x"),
            ("/a/.../b", "/a/.../b"),
            ("/a/..b", "/a/..b"),
        ] {
            assert_eq!(normal(path).as_deref(), Ok(expected), "{path}");
        }
    }

    #[test]
    fn what_is_encoded_for_a_reason_is_left_alone() {
        for path in
            ["/group%2Fproject", "/a%20b", "/%E2%82%AC", "/100%", "/%zz", "/a;v=1/b", "/x%5Cy", "/%252f"]
        {
            assert_eq!(normal(path).as_deref(), Ok(path));
        }
    }

    #[test]
    fn hidden_dot_segments_are_refused() {
        for path in [
            "/api/..%2fadmin",
            "/api/%2e%2e%2fadmin",
            "/api/..%5cadmin",
            "/api/..\\admin",
            "/api/x%2f..%2f..%2fadmin",
            "/api/..;/admin",
            "/api/..;x=1/admin",
            "/api/%252e%252e%252fadmin",
            "/api/%25252e%25252e%25252fadmin",
            "/api/%2e%2e;/admin",
            "/api/%252e",
            "/api/a%00b",
        ] {
            assert_eq!(normal(path), Err(PathError::Hidden), "{path}");
        }
        for path in ["/..", "/a/../../b", "/%2e%2e/etc/passwd"] {
            assert_eq!(normal(path), Err(PathError::AboveRoot), "{path}");
        }
        for path in ["", "*", "host:443"] {
            assert_eq!(normal(path), Err(PathError::NotAbsolute), "{path}");
        }
    }
}
