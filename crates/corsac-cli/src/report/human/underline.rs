//! One recorded line with marks below some of its bytes, and words beside the marks: as compilers show source.
//!
//! Lays out; what is marked, and why, is told to it.

use std::ops::Range;

use super::visible::{Cell, cells, columns};
use crate::printer::{Printer, Tone, visible, wrapping};

/// The columns before every line: who sent it, and a bar.
pub(super) const GUTTER: usize = 5;

/// Which way a line went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Sent,
    Received,
    /// Neither: marks, and room.
    Neither,
}

impl Way {
    pub(super) fn gutter(self) -> String {
        let sign = match self {
            Self::Sent => '>',
            Self::Received => '<',
            Self::Neither => ' ',
        };
        Tone::Quiet.paint(format!(" {sign} | "))
    }
}

/// A line as it was recorded: what stands before the value, and the value.
pub(super) struct Line<'a> {
    pub(super) way: Way,
    pub(super) lead: String,
    pub(super) value: &'a [u8],
}

/// Marks below a line.
pub(super) struct Mark<'a> {
    /// Below which bytes of the value.
    pub(super) bytes: Vec<Range<usize>>,
    /// Whether it is what is wrong.
    pub(super) is_wrong: bool,
    /// The words beside it; may be empty.
    pub(super) shows: &'a str,
}

/// Prints the line, and the marks below it.
pub(super) fn underlined(line: &Line<'_>, marks: &[Mark<'_>], printer: &Printer) {
    laid_out(line, marks, printer.width()).into_iter().for_each(|line| printer.line(line));
}

/// The line and the marks below it, as lines of a screen.
fn laid_out(line: &Line<'_>, marks: &[Mark<'_>], columns_there_are: usize) -> Vec<String> {
    let room = columns_there_are.saturating_sub(GUTTER);
    let lead_cells = cells(line.lead.as_bytes());
    let lead: usize = lead_cells.iter().map(|cell| cell.width).sum();
    let cells = cells(line.value);
    let marked: Vec<Vec<Range<usize>>> =
        marks.iter().map(|mark| mark.bytes.iter().map(|bytes| columns(&cells, bytes)).collect()).collect();
    let first = marked.iter().flatten().min_by_key(|range| range.start).cloned().unwrap_or(0..0);
    let width = cells.iter().map(|cell| cell.width).sum::<usize>();
    let end = marked.iter().flatten().map(|range| range.end).chain([width]).max().unwrap_or(width);

    // A value that does not fit behind its name has a line of its own; one that does not fit there loses its ends.
    let has_own_line = lead + end > room && lead > 2 && room < lead + 40;
    let indent = if has_own_line { 2 } else { lead };
    let window = window(width, end, &first, room.saturating_sub(indent));
    let value = part(&cells, width, &window);
    let name = part(&lead_cells, lead, &(0..lead.min(room)));
    let gutter = line.way.gutter();
    let mut lines = if has_own_line {
        let before = format!("{}{}", Way::Neither.gutter(), " ".repeat(indent));
        vec![format!("{gutter}{}", name.trim_end()), format!("{before}{value}")]
    } else {
        vec![format!("{gutter}{name}{value}")]
    };
    for (mark, ranges) in marks.iter().zip(&marked) {
        lines.extend(below(mark, ranges, indent, &window, room));
    }
    lines
}

/// The columns of the value that are shown: all of them, or as many as fit around the first mark.
fn window(width: usize, end: usize, first: &Range<usize>, room: usize) -> Range<usize> {
    if end <= room {
        return 0..end.max(width);
    }
    let room = room.max(8);
    let marked = first.len().min(room.saturating_sub(4));
    let around = (room - marked) / 2;
    let start = if first.start + marked + 2 <= room { 0 } else { first.start.saturating_sub(around) };
    let start = start.min(end.max(width) - room);
    start..start + room
}

/// What is shown of the value, with an ellipsis for what is not.
fn part(cells: &[Cell], width: usize, window: &Range<usize>) -> String {
    let mut text = String::new();
    let mut at = 0;
    let (cut_before, cut_behind) = (window.start > 0, window.end < width);
    if cut_before {
        text.push('…');
    }
    let first = window.start + usize::from(cut_before);
    let last = window.end - usize::from(cut_behind);
    for cell in cells {
        let range = at..at + cell.width;
        at = range.end;
        if range.start >= first && range.end <= last {
            text.push_str(&cell.text);
        } else if range.end > first && range.start < last {
            // Half a letter: its room is kept, so that the marks stay below what they mark.
            text.push_str(&" ".repeat(range.end.min(last) - range.start.max(first)));
        }
    }
    if cut_behind {
        text.push('…');
    }
    text
}

/// The marks, and the words beside them or below.
fn below(
    mark: &Mark<'_>,
    ranges: &[Range<usize>],
    indent: usize,
    window: &Range<usize>,
    room: usize,
) -> Vec<String> {
    let (sign, tone) = if mark.is_wrong { ("^", Tone::Bad) } else { ("-", Tone::Hint) };
    let mut marks = String::new();
    for range in ranges {
        let (start, end) = (range.start.max(window.start), range.end.min(window.end));
        if start < end && start - window.start >= marks.len() {
            marks.push_str(&" ".repeat(start - window.start - marks.len()));
            marks.push_str(&sign.repeat(end - start));
        }
    }
    let first = indent + marks.len() - marks.trim_start().len();
    let used = indent + marks.len() + 1;
    let shows = visible(mark.shows);
    let words = textwrap::core::display_width(&shows);
    let line = format!("{}{}{}", Way::Neither.gutter(), " ".repeat(indent), tone.paint(&marks));
    if shows.is_empty() {
        return vec![line];
    }
    if used + words <= room {
        return vec![format!("{line} {}", tone.paint(shows))];
    }
    // Below the marks if there is room, else as far to the left as it takes.
    let start = first.min(room.saturating_sub(words.min(room / 2)));
    let wrapped = textwrap::wrap(&shows, wrapping(room - start).break_words(true));
    let further = wrapped
        .into_iter()
        .map(|words| format!("{}{}{}", Way::Neither.gutter(), " ".repeat(start), tone.paint(words)));
    std::iter::once(line).chain(further).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str, first: Range<usize>, room: usize) -> String {
        let cells = cells(value.as_bytes());
        let width = cells.iter().map(|cell| cell.width).sum();
        part(&cells, width, &window(width, width.max(first.end), &first, room))
    }

    #[test]
    fn what_fits_is_shown_whole() {
        assert_eq!(shown("https://app.example/", 19..20, 20), "https://app.example/");
        assert_eq!(shown("", 0..1, 20), "");
    }

    #[test]
    fn what_is_too_long_is_cut_around_the_mark() {
        let long = "https://app.example, https://other.example, https://third.example";
        assert_eq!(shown(long, 0..5, 20), "https://app.example…");
        assert_eq!(shown(long, 21..26, 20), "…mple, https://othe…");
        assert_eq!(shown(long, 60..65, 20), "…tps://third.example");
        assert_eq!(shown(&"漢".repeat(20), 20..22, 11), "… 漢漢漢漢…", "half a letter leaves its room");
    }

    /// What is seen, without what colours it.
    fn seen(line: &str) -> String {
        let mut parts = line.split('\x1b');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |seen, part| seen + part.split_once('m').map_or("", |(_, text)| text))
    }

    /// The columns a text takes, of which a wide letter takes two.
    fn at_column(line: &str, column: usize) -> String {
        let mut at = 0;
        line.chars()
            .find(|letter| {
                at += unicode_width::UnicodeWidthChar::width(*letter).unwrap_or(0);
                at > column
            })
            .map(String::from)
            .unwrap_or_default()
    }

    /// Spans of texts that are hard to lay out, at every width that has a different layout.
    #[test]
    fn marks_stand_below_what_they_mark_and_nothing_is_too_wide() {
        let long = format!("https://app.example/{}", "a-path/".repeat(30));
        let texts =
            ["https://app.example/", "a\tb\u{200b}c", "漢字.example", "caf\u{e9} \x1b[31m", "", &long];
        let leads =
            ["Origin: ", "Access-Control-Allow-Credentials: ", "", &format!("{}: ", "X-Long".repeat(30))];
        for (text, lead, width) in texts
            .iter()
            .flat_map(|text| leads.iter().map(move |lead| (text, lead)))
            .flat_map(|(text, lead)| [40, 50, 64, 80, 110].map(|width| (*text, *lead, width)))
        {
            let ends: Vec<usize> = (0..=text.len())
                .step_by(1 + text.len() / 16)
                .filter(|at| text.is_char_boundary(*at))
                .collect();
            for (start, end) in ends.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end))) {
                if start > end {
                    continue;
                }
                let line = Line { way: Way::Received, lead: lead.to_owned(), value: text.as_bytes() };
                let bytes = std::iter::once(start..end).collect();
                let mark = Mark { bytes, is_wrong: true, shows: "what is wrong with it, in some words" };
                let lines: Vec<String> =
                    laid_out(&line, &[mark], width).iter().map(|line| seen(line)).collect();
                let case = format!("{lead}{text:?} {start}..{end} at {width}:\n{}", lines.join("\n"));
                for line in &lines {
                    assert!(textwrap::core::display_width(line) <= width, "{case}");
                }
                let below =
                    lines.iter().position(|line| line.contains('^')).unwrap_or_else(|| panic!("{case}"));
                let column = lines[below].find('^').expect("it is there");
                let above = at_column(&lines[below - 1], column);
                let marked = cells(&text.as_bytes()[start..]);
                let wanted = marked.first().and_then(|cell| cell.text.chars().next());
                let wanted = wanted.map(String::from).unwrap_or_default();
                assert!(above == wanted || above == "…", "{above:?} instead of {wanted:?}: {case}");
            }
        }
    }
}
