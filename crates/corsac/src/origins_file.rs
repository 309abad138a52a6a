//! A file of origins: one pattern a line.
//!
//! Empty lines count for nothing, and neither does what follows a `#` at the beginning of a line or after white space.
//! Knows lines only; whether a pattern is sound is the pattern's word.

use std::borrow::Cow;

/// The patterns of a file, each with the number of its line, counted from 1.
///
/// A line that is no UTF-8 comes with replacement characters, which no pattern can have.
pub(crate) fn patterns(file: &[u8]) -> impl Iterator<Item = (usize, Cow<'_, str>)> + Clone {
    let file = file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file);
    (1..)
        .zip(file.split(|byte| *byte == b'\n'))
        .map(|(number, line)| (number, without_comment(line).trim_ascii()))
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| (number, String::from_utf8_lossy(line)))
}

fn without_comment(line: &[u8]) -> &[u8] {
    let begins = |&at: &usize| line[at] == b'#' && (at == 0 || line[at - 1].is_ascii_whitespace());
    (0..line.len()).find(begins).map_or(line, |at| &line[..at])
}
