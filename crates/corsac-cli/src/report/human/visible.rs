//! Bytes of a header as a person can see them: what is invisible, or would move the cursor, is written out.
//!
//! Knows columns; knows nothing of what the bytes mean.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use crate::printer::is_unseen;

/// One letter on the screen, and the bytes it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) width: usize,
    pub(super) bytes: Range<usize>,
}

/// The bytes as letters, in order, with none left out.
pub(super) fn cells(bytes: &[u8]) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            let range = at..at + letter.len_utf8();
            at = range.end;
            cells.push(cell(letter, range));
        }
        for byte in chunk.invalid() {
            let text = format!("\\x{byte:02x}");
            cells.push(Cell { width: text.len(), text, bytes: at..at + 1 });
            at += 1;
        }
    }
    cells
}

fn cell(letter: char, bytes: Range<usize>) -> Cell {
    let text = match letter {
        '\t' => "\\t".to_owned(),
        '\r' => "\\r".to_owned(),
        '\n' => "\\n".to_owned(),
        letter if letter.is_ascii_control() => format!("\\x{:02x}", u32::from(letter)),
        letter if is_unseen(letter) => letter.escape_unicode().to_string(),
        letter => {
            return Cell { text: letter.to_string(), width: letter.width().unwrap_or(1), bytes };
        }
    };
    Cell { width: text.len(), text, bytes }
}

/// The columns that bytes take, as a range that is never empty: where bytes are missing, it is the one they would be in.
pub(super) fn columns(cells: &[Cell], bytes: &Range<usize>) -> Range<usize> {
    let before =
        |end: usize| cells.iter().take_while(|cell| cell.bytes.start < end).map(|cell| cell.width).sum();
    let (start, end): (usize, usize) = (before(bytes.start), before(bytes.end));
    start..end.max(start + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        cells(bytes).into_iter().map(|cell| cell.text).collect()
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        for (bytes, shown) in [
            (&b"a b"[..], "a b"),
            (b"a\tb", "a\\tb"),
            (b"\x1b]52;c\x07", "\\x1b]52;c\\x07"),
            (b"caf\xe9", "caf\\xe9"),
            ("café".as_bytes(), "café"),
            ("a\u{200b}b".as_bytes(), "a\\u{200b}b"),
            ("a\u{a0}b".as_bytes(), "a\\u{a0}b"),
            ("a\u{202e}b".as_bytes(), "a\\u{202e}b"),
            ("e\u{301}".as_bytes(), "e\\u{301}"),
            (b"", ""),
        ] {
            assert_eq!(text(bytes), shown);
        }
    }

    #[test]
    fn columns_are_those_of_what_is_shown() {
        let cells = cells("ä\t漢x".as_bytes());
        assert_eq!(columns(&cells, &(0..2)), 0..1);
        assert_eq!(columns(&cells, &(2..3)), 1..3);
        assert_eq!(columns(&cells, &(3..6)), 3..5);
        assert_eq!(columns(&cells, &(7..7)), 6..7, "behind the end");
        assert_eq!(columns(&cells, &(0..7)), 0..6);
    }
}
