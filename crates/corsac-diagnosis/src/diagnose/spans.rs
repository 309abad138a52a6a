//! Which bytes of a header show something: where two origins part, or where a name stands in a list.
//!
//! Finds places; concludes nothing.

use std::ops::Range;

use corsac_browser::HeaderList;

use crate::diagnosis::Span;
use crate::origin_bytes::parting;

/// Where the first line of a header parts from the origin that was sent, in that line and in the origin.
pub(super) fn of_origins(headers: &HeaderList, name: &str, sent: &str) -> (Vec<Span>, Vec<Span>) {
    let line = headers.values(name).next().unwrap_or_default();
    let Ok(written) = str::from_utf8(line) else { return (Vec::new(), Vec::new()) };
    let parting = parting(written, sent);
    // A place where nothing is missing but something is too much tells less than the whole.
    let is_told = parting.sent.iter().any(|range| !range.is_empty());
    let first = |ranges: Vec<Range<usize>>| ranges.into_iter().map(|bytes| Span { line: 0, bytes }).collect();
    (first(parting.written), if is_told { first(parting.sent) } else { Vec::new() })
}

/// Every line of that name but the first.
pub(super) fn of_further_lines(headers: &HeaderList, name: &str) -> Vec<Span> {
    let lines = headers.values(name).enumerate().skip(1);
    lines.map(|(line, value)| Span { line, bytes: 0..value.len() }).collect()
}

/// All behind the first element of a list.
pub(super) fn of_further_elements(headers: &HeaderList, name: &str) -> Vec<Span> {
    let value = headers.values(name).next().unwrap_or_default();
    let is_between = |byte: &u8| matches!(byte, b',' | b' ');
    let first = value.iter().position(is_between).unwrap_or(value.len());
    let more = value[first..].iter().position(|byte| !is_between(byte)).unwrap_or(0);
    vec![Span { line: 0, bytes: first + more..value.len() }]
}

/// The elements of a list that are these, in whatever case.
pub(super) fn of_elements(headers: &HeaderList, name: &str, wanted: &[&str]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (line, value) in headers.values(name).enumerate() {
        let mut start = 0;
        for element in value.split(|byte| *byte == b',') {
            let trimmed = element.trim_ascii();
            if wanted.iter().any(|wanted| trimmed.eq_ignore_ascii_case(wanted.as_bytes())) {
                let at = start + element.len() - element.trim_ascii_start().len();
                spans.push(Span { line, bytes: at..at + trimmed.len() });
            }
            start += element.len() + 1;
        }
    }
    spans
}

/// Where a text stands first.
pub(super) fn of_text(headers: &HeaderList, name: &str, text: &str) -> Vec<Span> {
    let find = |value: &[u8]| {
        let length = text.len().max(1);
        value.windows(length).position(|part| part == text.as_bytes()).map(|at| at..at + length)
    };
    let found = headers.values(name).enumerate().find_map(|(line, value)| Some((line, find(value)?)));
    found.map(|(line, bytes)| Span { line, bytes }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(values: &[&str]) -> HeaderList {
        let mut headers = HeaderList::new();
        for value in values {
            headers.append("Name", *value);
        }
        headers
    }

    #[test]
    fn elements_are_found_in_every_line_and_without_the_white_space_around_them() {
        let headers = lines(&["X-A,  x-b ,c", "X-B"]);
        let spans = of_elements(&headers, "name", &["x-b"]);
        assert_eq!(spans, [Span { line: 0, bytes: 6..9 }, Span { line: 1, bytes: 0..3 }]);
        assert_eq!(of_elements(&headers, "name", &["x-d"]), []);
    }

    #[test]
    fn what_is_too_much_begins_behind_the_first() {
        assert_eq!(of_further_elements(&lines(&["a, b"]), "name"), [Span { line: 0, bytes: 3..4 }]);
        assert_eq!(of_further_elements(&lines(&["a,"]), "name"), [Span { line: 0, bytes: 1..2 }]);
        assert_eq!(of_further_lines(&lines(&["a", "bc"]), "name"), [Span { line: 1, bytes: 0..2 }]);
    }

    #[test]
    fn a_text_is_found_in_the_line_that_has_it() {
        assert_eq!(of_text(&lines(&["a", "b;c"]), "name", ";c"), [Span { line: 1, bytes: 1..3 }]);
        assert_eq!(of_text(&lines(&["a"]), "name", ""), []);
    }
}
