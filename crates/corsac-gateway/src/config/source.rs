//! The text of a configuration file: from byte ranges to lines a person can look at.
//!
//! Knows nothing of TOML; shows no password.

use std::ops::Range;

use super::finding::Place;
use super::secret::{hide, userinfos};

/// A file's name and text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// The place of a byte range; a range over several lines ends with its first.
    pub(crate) fn place(&self, span: &Range<usize>) -> Place {
        let start = self.floor(span.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        let end = self.floor(span.end).clamp(start, line_end);
        let line = &self.text[line_start..line_end];
        // A border within what is hidden moves in front of it.
        let hidden = userinfos(line);
        let shown_before = |byte: usize| {
            let byte = byte - line_start;
            let border = hidden.iter().find(|hidden| hidden.contains(&byte)).map_or(byte, |it| it.start);
            printable(&hide(&line[..border], &hidden)).chars().count()
        };
        let (before, to_end) =
            (shown_before(start), shown_before(start + self.text[start..end].trim_end().len()));
        let characters_to = |byte: usize| self.text[line_start..byte].chars().count() + 1;
        let first = characters_to(start);
        let behind = characters_to(start + self.text[start..end].trim_end().len());
        Place::Span {
            name: self.name.to_owned(),
            line: self.line_of(start),
            column: before + 1,
            width: to_end.saturating_sub(before).max(1),
            characters: first..behind.max(first + 1),
            text: printable(hide(line, &hidden).trim_end()),
        }
    }

    /// The line of a byte, counted from 1.
    pub(crate) fn line_of(&self, byte: usize) -> usize {
        self.text[..self.floor(byte)].matches('\n').count() + 1
    }

    /// The byte itself or the nearest before it where a character starts.
    fn floor(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        (0..=byte).rev().find(|byte| self.text.is_char_boundary(*byte)).unwrap_or(0)
    }
}

/// A tab is four columns wide, and nothing in a file can steer the terminal.
pub(super) fn printable(line: &str) -> String {
    line.chars().fold(String::with_capacity(line.len()), |mut text, character| {
        match character {
            '\t' => text.push_str("    "),
            control if control.is_control() => text.push(char::REPLACEMENT_CHARACTER),
            other => text.push(other),
        }
        text
    })
}
