//! What is no TOML, and what can still be read around it.
//!
//! A value that is no TOML is one fault, and everything else still says what it says. A bracket that is never closed
//! is worse: the parser reads all that follows as a part of what it opened. So the text is cut where a new table or,
//! within a list, a new key surely begins; what is broken is blotted out, byte for byte, and the rest is parsed again.
//! Where that cannot be told (texts over several lines may hold anything), the rest is not read at all. Knows no keys
//! but those that hold other tables.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, Error};

use super::code::Code;
use super::problem::Problem;
use super::source::Source;

/// How many broken places are looked for; whoever has more reads the first ones first.
const MOST: usize = 32;

/// How many lines a broken value may be behind its key.
const REACH: usize = 64;

/// What follows from something being absent, which nobody can tell of a file that was not read whole.
pub(crate) const ABSENCES: &[&str] = &[
    "origins-missing",
    "danger-without-effect",
    "any-header-without-authorization",
    "any-origin-with-secret",
    "www-missing",
    "policy-unknown",
    "policy-unused",
    "routes-missing",
    "tls-incomplete",
    "certificate-never-shown",
    "route-without-path",
    "route-without-target",
    "headers-without-upstream",
    "key-without-upstream",
    "burst-without-rate",
    "shadow-without-policy",
    "upstream-is-gateway",
    "address-twice",
];

/// A text of TOML, as far as it can be read.
pub(crate) struct Parsed {
    /// The text that was parsed: as long as the written one, with what is broken blotted out.
    text: String,
    /// What is no TOML, and where.
    pub(crate) faults: Vec<(Range<usize>, Problem)>,
    /// Where the lines begin that are already said to be wrong.
    pub(crate) broken_lines: Vec<usize>,
    /// Whether all tables and keys were seen.
    pub(crate) is_whole: bool,
    /// Whether anything can be said beside the faults.
    pub(crate) is_readable: bool,
}

impl Parsed {
    pub(crate) fn new(written: &str) -> Self {
        let errors = errors(written);
        if !errors.iter().any(is_structural) {
            let mut parsed = Self::unbroken(written);
            parsed.add(errors.iter());
            return parsed;
        }
        let over_lines = written.contains("\"\"\"") || written.contains("'''");
        let recovered = if over_lines { None } else { Self::recover(written) };
        recovered.unwrap_or_else(|| Self::up_to_the_first(written, &errors))
    }

    /// What can be read.
    pub(crate) fn table(&self) -> Spanned<DeTable<'_>> {
        DeTable::parse_recoverable(&self.text).0
    }

    fn unbroken(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            faults: Vec::new(),
            broken_lines: Vec::new(),
            is_whole: true,
            is_readable: true,
        }
    }

    fn add<'e>(&mut self, errors: impl Iterator<Item = &'e Error>) {
        for error in errors {
            let span = span(error, &self.text);
            self.broken_lines.push(span.start);
            self.faults.push((span, problem(error.message())));
        }
    }

    /// The first place where the parser lost its way, and what was wrong before.
    fn up_to_the_first(text: &str, errors: &[Error]) -> Self {
        let lost = errors.iter().filter(|error| is_structural(error));
        let first = lost.map(|error| span(error, text).start).min().unwrap_or(0);
        let mut parsed = Self { is_whole: false, is_readable: false, ..Self::unbroken(text) };
        parsed.add(errors.iter().filter(|error| {
            let start = span(error, text).start;
            start < first || (start == first && is_structural(error))
        }));
        if let Some((_, problem)) = parsed.faults.iter_mut().max_by_key(|(span, _)| span.start) {
            problem.help.push_str("\nwhat follows is read once this is mended");
        }
        parsed
    }

    fn recover(written: &str) -> Option<Self> {
        let mut parsed = Self::unbroken(written);
        // A table of a route that was not read would seem to be one of the file.
        let mut route_is_lost = false;
        for section in sections(written) {
            let head =
                parsed.text[section.start..line_end(&parsed.text, section.start)].trim_start().to_owned();
            if route_is_lost && head.starts_with("[routes.") {
                parsed.blot(section.clone());
                continue;
            }
            route_is_lost = false;
            while let Some(error) = first_lost(&parsed.text[section.clone()]) {
                if parsed.faults.len() >= MOST {
                    return None;
                }
                let head_is_lost = parsed.blot_out(&section, &error)?;
                route_is_lost |= head_is_lost && head.contains("routes");
            }
        }
        // The parser still tells of values that are no TOML.
        let rest = errors(&parsed.text);
        if rest.iter().any(is_structural) {
            return None;
        }
        parsed.add(rest.iter());
        Some(parsed)
    }

    /// Blots out what is broken in a section; gives whether that was the head of its table.
    fn blot_out(&mut self, section: &Range<usize>, error: &Error) -> Option<bool> {
        let at = span(error, &self.text[section.clone()]);
        let at = section.start + at.start..section.start + at.end;
        let start = statement(&self.text, section, at.start)?;
        let first_end = line_end(&self.text, start);
        let first_line = self.text[start..first_end].trim_end().to_owned();
        let key = key_of(&first_line);
        // A head may have lost any of its brackets.
        let is_head = key.is_none() && first_line.contains(['[', ']']);
        // Two lines that became one: the second is lost.
        let joined = self.text.get(at.start.clamp(start, first_end)..first_end).unwrap_or_default();
        let joined = error.message().contains("unexpected key or value").then_some(joined.trim_start());
        let is_head = is_head || joined.is_some_and(|second| second.starts_with('['));
        self.is_whole &= joined.is_none();
        let end = match key {
            _ if is_closed(&first_line) && !is_head => first_end,
            Some(_) if !first_line.contains('{') && !is_head => self.end_of_list(section, first_end),
            _ => section.end,
        };
        // Within braces, keys that are out of sight may have been set; and some values hold other tables.
        let is_read_on = end == first_end || !self.text[start..end].contains('{');
        self.is_whole &= is_read_on && key.is_some_and(|key| !["policies", "routes"].contains(&key));
        let source = Source { name: "", text: &self.text };
        let (line, last) = (source.line_of(at.start), source.line_of(end.saturating_sub(1).max(start)));
        let mut problem = problem(error.message());
        if last > line {
            problem.help.push_str(&format!("\nwhat follows, up to line {last}, is read once this is mended"));
        }
        self.broken_lines.push(start);
        self.faults.push((at, problem));
        self.blot(start..end);
        // A key that is there stays there: it is wrong rather than missing.
        let kept = key.map(|key| format!("{key}=0"));
        match kept.filter(|kept| kept.len() <= first_line.len()) {
            Some(kept) => self.text.replace_range(start..start + kept.len(), &kept),
            None => self.is_whole = false,
        }
        Some(is_head)
    }

    /// Puts a space in place of each byte, and leaves line ends where they are.
    fn blot(&mut self, span: Range<usize>) {
        let blank = self.text[span.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
        let blank: String = blank.collect();
        self.text.replace_range(span, &blank);
    }

    /// Where a list that is never closed must have ended: before the next line that sets a key.
    fn end_of_list(&self, section: &Range<usize>, behind_first_line: usize) -> usize {
        let mut next = behind_first_line;
        while next < section.end {
            let end = line_end(&self.text, next);
            let line = &self.text[next..end];
            if line.contains('{') {
                return section.end;
            }
            if key_of(line).is_some() {
                return next;
            }
            next = end;
        }
        section.end
    }
}

fn errors(text: &str) -> Vec<Error> {
    DeTable::parse_recoverable(text).1
}

fn span(error: &Error, text: &str) -> Range<usize> {
    error.span().unwrap_or(text.len()..text.len())
}

fn first_lost(text: &str) -> Option<Error> {
    errors(text).into_iter().filter(is_structural).min_by_key(|error| span(error, text).start)
}

/// Whether the parser lost its way, rather than met a value it does not know.
fn is_structural(error: &Error) -> bool {
    is_structural_message(error.message())
}

fn is_structural_message(message: &str) -> bool {
    ["unclosed", "missing comma", "unexpected", "key with no value", "cannot be empty"]
        .iter()
        .any(|part| message.contains(part))
}

fn problem(message: &str) -> Problem {
    let help = match message {
        message if message.contains("key with no value") => "write `=` and a value behind the key",
        message if message.contains("cannot be empty") => "write a name there, or remove what is too many",
        message if message.contains("unexpected key or value") => {
            "start a new line here, or remove the rest of it"
        }
        message if is_structural_message(message) => {
            "look for a bracket, quote or comma that is missing before here"
        }
        message if message.starts_with("duplicate key") => "remove one of the two",
        message if message.starts_with("invalid basic string") => {
            "write \\ as \\\\, and close what is quoted"
        }
        _ => "write a text in quotes (\"…\"); numbers, true and false without",
    };
    Problem::new(Code::TomlSyntax, format!("This is not TOML: {message}."), help)
}

/// The text in pieces that begin with the head of a table. No list can hold such a line, so that each piece can be
/// read without those before it.
fn sections(text: &str) -> Vec<Range<usize>> {
    let mut borders = vec![0];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if start > 0 && is_head(line) {
            borders.push(start);
        }
        start += line.len();
    }
    borders.push(text.len());
    borders.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn is_head(line: &str) -> bool {
    let Some(inside) = line.trim_start().strip_prefix('[') else { return false };
    let inside = inside.trim_start_matches(['[', ' ']);
    let name =
        inside.split(|it: char| !it.is_ascii_alphanumeric() && !"_-".contains(it)).next().unwrap_or_default();
    // These are values, which a list may hold.
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && !["true", "false", "inf", "nan"].contains(&name)
}

/// Where the statement begins that is broken at `at`: behind the longest part of the section that is sound.
fn statement(text: &str, section: &Range<usize>, at: usize) -> Option<usize> {
    let mut start = line_start(text, at.min(section.end)).max(section.start);
    // The place of what is missing may be the start of the next line.
    for _ in 0..REACH {
        if !errors(&text[section.start..start]).iter().any(is_structural) {
            return Some(start);
        }
        start = line_start(text, start.checked_sub(1)?).max(section.start);
    }
    None
}

fn line_start(text: &str, byte: usize) -> usize {
    text.as_bytes()[..byte].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

/// The byte behind the line's end.
fn line_end(text: &str, byte: usize) -> usize {
    text[byte..].find('\n').map_or(text.len(), |newline| byte + newline + 1)
}

/// The key that a line sets.
fn key_of(line: &str) -> Option<&str> {
    let key = line.split_once('=')?.0.trim();
    let is_key =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    is_key.then_some(key)
}

/// Whether every bracket of the line is closed on it.
fn is_closed(line: &str) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    let mut escaped = false;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), character) => {
                if character == open && !escaped {
                    quote = None;
                }
                escaped = character == '\\' && open == '"' && !escaped;
            }
            (None, '"' | '\'') => quote = Some(character),
            (None, '#') => break,
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, _) => {}
        }
    }
    depth <= 0
}
