//! Just as much of HTTP/1.1 as both ends of a proxy need: where a head ends, and what its lines say.

/// Where the body begins, if the head is whole.
pub(crate) fn end(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == b'\r') {
        from += at;
        if bytes[from..].starts_with(b"\r\n\r\n") {
            return Some(from + 4);
        }
        from += 1;
    }
    None
}

/// The values of the lines that have this name.
pub(crate) fn lines<'a>(head: &'a [u8], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    head.split(|byte| *byte == b'\n').skip(1).filter_map(move |line| {
        let found = line.get(..name.len())?.eq_ignore_ascii_case(name.as_bytes());
        let value = line.get(name.len()..)?.strip_prefix(b":")?;
        found.then(|| value.trim_ascii())
    })
}

/// How long the body is, for a head that says so; nothing for other codings.
pub(crate) fn length(head: &[u8]) -> Option<usize> {
    match lines(head, "content-length").next() {
        Some(value) => std::str::from_utf8(value).ok()?.parse().ok(),
        None => lines(head, "transfer-encoding").next().is_none().then_some(0),
    }
}

/// The status of a response.
pub(crate) fn status(head: &[u8]) -> Option<u16> {
    std::str::from_utf8(head.get(9..12)?).ok()?.parse().ok()
}
