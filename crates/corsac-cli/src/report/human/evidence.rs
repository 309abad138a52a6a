//! The lines that show the cause, as they crossed the network, with marks below the bytes that do.
//!
//! Prints what the diagnosis points at; what is wrong with it is the diagnosis's to know.

use corsac_browser::{HeaderList, RequestKind, WireRequest, WireResponse};
use corsac_diagnosis::{Evidence, Part, Role};

use super::status_line;
use super::underline::{GUTTER, Line, Mark, Way, underlined};
use crate::printer::{Printer, Tone};
use crate::report::{is_secret, shown_url, target};

/// One request and what came of it, wherever it was recorded.
pub(crate) struct Recorded<'a> {
    pub(crate) request: &'a WireRequest,
    pub(crate) response: Option<&'a WireResponse>,
    /// The protocol's version, where that is known.
    pub(crate) version: Option<String>,
}

/// Prints what shows the cause, exchange by exchange.
pub(super) fn evidence(evidence: &[Evidence], exchanges: &[Recorded<'_>], printer: &Printer) {
    let mut notes = Vec::new();
    for (index, exchange) in exchanges.iter().enumerate() {
        let of_this: Vec<&Evidence> = evidence.iter().filter(|one| one.exchange == index).collect();
        let (told, shown): (Vec<&Evidence>, Vec<&Evidence>) =
            of_this.into_iter().partition(|one| matches!(one.part, Part::Body));
        notes.extend(told.iter().map(|one| one.shows.as_str()));
        if !shown.is_empty() {
            excerpt(exchange, &shown, printer);
        }
    }
    for shows in notes {
        remark("note", shows, printer);
    }
}

/// A remark below the lines, with a name.
pub(super) fn remark(name: &str, text: &str, printer: &Printer) {
    let first = format!("{}= {name}: ", " ".repeat(GUTTER - 2));
    printer.led(Tone::Quiet, &first, GUTTER, text);
}

fn excerpt(exchange: &Recorded<'_>, evidence: &[&Evidence], printer: &Printer) {
    let Recorded { request, response, version } = exchange;
    let what = match request.kind {
        RequestKind::Preflight => "preflight ",
        RequestKind::Actual => "",
    };
    let place = format!("{what}{} {}", request.method, target(&shown_url(&request.url)));
    printer.led(Tone::Quiet, "  --> ", GUTTER, &place);
    let bar = || printer.line(Tone::Quiet.paint("   |"));
    bar();
    of_headers(&request.headers, Way::Sent, evidence, printer);
    let shows_the_status =
        |one: &&&Evidence| matches!(one.part, Part::Status | Part::NoHeader(_) | Part::IgnoredLine(_));
    if let Some(response) = response.filter(|_| evidence.iter().any(|one| shows_the_status(&one))) {
        let lead = version.as_ref().map_or_else(String::new, |version| format!("{version} "));
        let value = status_line(response.status);
        let line = Line { way: Way::Received, lead, value: value.as_bytes() };
        let marks = whole(evidence.iter().filter(|one| one.part == Part::Status), value.len());
        underlined(&line, &marks, printer);
    }
    if let Some(response) = response {
        of_headers(&response.headers, Way::Received, evidence, printer);
    }
    for one in evidence {
        let (lead, text) = match &one.part {
            Part::NoHeader(name) => ("(", format!("no {}", spelled(name))),
            Part::IgnoredLine(line) => ("", line.clone()),
            Part::NoResponse => ("(", "no response".to_owned()),
            _ => continue,
        };
        // The closing bracket is no part of what is marked.
        let value = if lead.is_empty() { text.clone() } else { format!("{text})") };
        let line = Line { way: Way::Received, lead: lead.to_owned(), value: value.as_bytes() };
        underlined(&line, &whole(std::iter::once(one), text.len()), printer);
    }
    bar();
}

/// Every line of the headers that are pointed at.
fn of_headers(headers: &HeaderList, way: Way, evidence: &[&Evidence], printer: &Printer) {
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in headers.iter() {
        let lower = name.to_ascii_lowercase();
        let line = seen.iter().filter(|earlier| **earlier == lower).count();
        seen.push(lower.clone());
        let is_last = line + 1 == headers.values(name).count();
        let part = match way {
            Way::Sent => Part::RequestHeader(lower),
            _ => Part::Header(lower),
        };
        let of_this: Vec<&&Evidence> = evidence.iter().filter(|one| one.part == part).collect();
        if of_this.is_empty() {
            continue;
        }
        let (value, is_hidden) = if is_secret(name) { (&b"(hidden)"[..], true) } else { (value, false) };
        let marks: Vec<Mark<'_>> = of_this
            .into_iter()
            .filter_map(|one| {
                let bytes: Vec<_> = if one.spans.is_empty() || is_hidden {
                    std::iter::once(0..value.len()).collect()
                } else {
                    let of_line = one.spans.iter().filter(|span| span.line == line);
                    of_line.map(|span| span.bytes.clone()).collect()
                };
                // The words stand once, below the last line that has marks.
                let last = one.spans.iter().map(|span| span.line).max();
                let has_words = last.map_or(is_last, |last| last == line);
                let shows = if has_words { one.shows.as_str() } else { "" };
                (!bytes.is_empty()).then_some(Mark { bytes, is_wrong: one.role == Role::Wrong, shows })
            })
            .collect();
        underlined(&Line { way, lead: format!("{name}: "), value }, &marks, printer);
    }
}

/// Marks below all of a line.
fn whole<'a>(evidence: impl Iterator<Item = &'a &'a Evidence>, length: usize) -> Vec<Mark<'a>> {
    evidence
        .map(|one| Mark {
            bytes: std::iter::once(0..length).collect(),
            is_wrong: one.role == Role::Wrong,
            shows: &one.shows,
        })
        .collect()
}

/// A header's name as it is usually written.
pub(super) fn spelled(name: &str) -> String {
    let mut is_first = true;
    name.chars()
        .map(|letter| {
            let spelled = if is_first { letter.to_ascii_uppercase() } else { letter };
            is_first = letter == '-';
            spelled
        })
        .collect()
}
