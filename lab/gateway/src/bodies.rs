//! The bodies that are sent: a pattern, so that a piece that is lost, doubled or out of place is noticed.

use std::sync::LazyLock;

/// The longest body there is.
pub(crate) const LONGEST: usize = 64 * 1024;

/// A body of the longest length; a shorter one is its beginning.
static PATTERN: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..LONGEST).map(|at| b'a' + (at % 23 + at / 4096 % 3) as u8).collect());

/// A body.
pub(crate) fn body(length: usize) -> &'static [u8] {
    &PATTERN[..length]
}

/// Whether this piece belongs there.
pub(crate) fn is_right(piece: &[u8], at: usize) -> bool {
    PATTERN.get(at..at + piece.len()) == Some(piece)
}
