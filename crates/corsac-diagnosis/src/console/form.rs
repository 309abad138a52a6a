//! The forms of messages: a text with values in it, as a ledger writes it, and where it is found in pasted text.
//!
//! `{name}` is a value, or a phrase of the ledger; `{name!}` is a value that ends with its word, `{any}` is a word and
//! `{rest}` a line that nobody asks for, `{edge}` is a closing bracket or the end of the line, and `[a|b]` is one of these or nothing. Knows no engine.

use regex_lite::Regex;

use super::fold::{Folded, fold_piece};
use super::message::{Slot, Source, Values};
use crate::cause::Cause;
use corsac_browser::FailureId;

/// How far around its longest fixed piece a message can reach, in bytes.
const REACH: usize = 8192;

/// A message of a ledger.
pub(super) struct Form {
    pub(super) text: &'static str,
    pub(super) means: Means,
    /// Which versions wrote it so, where it is not how the newest do.
    pub(super) older: Option<&'static str>,
}

/// A text under a name, for forms of the same ledger.
pub(super) struct Phrase {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

/// All the forms of one engine.
pub(super) struct Ledger {
    pub(super) source: Source,
    pub(super) phrases: &'static [Phrase],
    pub(super) forms: &'static [Form],
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// A step of the CORS check failed; where, the message tells by its form or not at all.
    Check(&'static [Check]),
    /// These failures, the likeliest first.
    Failures(&'static [FailureId]),
    /// A failure that has no identifier, since browsers do not fail so any more.
    Once(Cause),
    /// That something failed, without a word about why.
    Nothing,
    /// The same, and what is to be said of whoever says it.
    NothingBut(&'static str),
    /// No call failed by it, and this is to be said of it.
    NoFailure(&'static str),
    /// What came of a call, beside the line that says why; alone, it may be any of these.
    Beside(&'static [FailureId]),
    /// Firefox's second line about a call that failed: its preflight or a redirect did.
    DidNotSucceed,
    /// The status of the answer, which is not what failed.
    Status,
    /// What other programs print, and what no browser says of a call.
    NotOurs,
}

/// A step of the CORS check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    Missing,
    Mismatch,
    Invalid,
    MultipleLines,
    List,
    Wildcard,
    Credentials,
}

/// A form, ready to be looked for.
pub(super) struct Pattern {
    pub(super) source: Source,
    pub(super) form: &'static Form,
    /// The longest piece that is always there.
    anchor: String,
    regex: Regex,
    slots: Vec<Slot>,
}

/// A message found in a text.
pub(super) struct Hit {
    pub(super) source: Source,
    pub(super) form: &'static Form,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) values: Values,
}

impl Pattern {
    pub(super) fn new(ledger: &Ledger, form: &'static Form) -> Self {
        let mut parts =
            Parts { ledger, regex: "(?s)".into(), slots: Vec::new(), pieces: vec![String::new()] };
        parts.add(form.text, false);
        let anchor = parts.pieces.into_iter().max_by_key(String::len).expect("there is one from the start");
        let regex = Regex::new(&parts.regex).expect("a form is made of escaped text and groups");
        Self { source: ledger.source, form, anchor, regex, slots: parts.slots }
    }

    #[cfg(test)]
    pub(super) fn anchor(&self) -> &str {
        &self.anchor
    }

    /// Every place where it stands.
    pub(super) fn find(&self, folded: &Folded, hits: &mut Vec<Hit>) {
        let next = |from: usize| {
            folded.flat.get(from..).and_then(|rest| rest.find(&self.anchor)).map(|at| from + at)
        };
        // A message has its anchor once, so it lies between the anchors of its neighbours: every part of the text is looked
        // through a few times, whatever stands in it.
        let (mut from, mut before) = (0, 0);
        while let Some(anchor) = next(from) {
            let behind = next(anchor + self.anchor.len()).unwrap_or(folded.text.len());
            let begin = floor(&folded.text, before.max(anchor.saturating_sub(REACH)));
            let end = behind.min(anchor + self.anchor.len() + REACH) + self.anchor.len();
            let end = floor(&folded.text, end.min(folded.text.len()));
            from = anchor + self.anchor.len();
            before = anchor;
            let Some(found) = self.regex.captures(&folded.text[begin..end]) else { continue };
            let whole = found.get(0).expect("the whole of a match is always there");
            let mut values = Values::default();
            for (index, slot) in self.slots.iter().enumerate() {
                if let Some(value) = found.get(index + 1) {
                    // A value that a line was broken in is one all the same.
                    values.set(*slot, &folded.flat[begin + value.start()..begin + value.end()]);
                }
            }
            // A word before what is no URL is no method.
            if self.form.means == Means::Nothing && values.get(Slot::Url).is_none() {
                values.remove(Slot::Method);
            }
            let (start, end) = (begin + whole.start(), begin + whole.end());
            hits.push(Hit { source: self.source, form: self.form, start, end, values });
            from = from.max(end);
            before = before.max(end);
        }
    }
}

/// The border of a character at an offset, or before it.
fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A form on its way to be a pattern.
struct Parts<'a> {
    ledger: &'a Ledger,
    regex: String,
    slots: Vec<Slot>,
    /// What is always there, piece by piece.
    pieces: Vec<String>,
}

impl Parts<'_> {
    fn add(&mut self, text: &str, optional: bool) {
        let mut rest = text;
        while let Some(at) = rest.find(['{', '[']) {
            self.fixed(&rest[..at], optional);
            let is_name = rest[at..].starts_with('{');
            let inside = &rest[at + 1..];
            let length = if is_name { inside.find('}') } else { closing(inside) };
            let length = length.expect("what a form opens, it closes");
            if is_name {
                self.name(&inside[..length], optional);
            } else {
                self.choice(&inside[..length]);
            }
            rest = &inside[length + 1..];
        }
        self.fixed(rest, optional);
    }

    fn fixed(&mut self, text: &str, optional: bool) {
        let text = fold_piece(text);
        for letter in text.chars() {
            match letter {
                ' ' => self.regex.push_str(r"[ \n]"),
                letter if letter.is_ascii_punctuation() => {
                    self.regex.push('\\');
                    self.regex.push(letter);
                }
                letter => self.regex.push(letter),
            }
        }
        if !optional {
            self.pieces.last_mut().expect("there is one from the start").push_str(&text);
        }
    }

    fn name(&mut self, name: &str, optional: bool) {
        self.pieces.push(String::new());
        let unnamed = match name {
            "any" => Some(r"\S+?"),
            "rest" => Some(r"[^\n]*"),
            "edge" => Some(r"(?:[)\n]|\z)"),
            _ => None,
        };
        if let Some(unnamed) = unnamed {
            self.regex.push_str(unnamed);
            return;
        }
        if let Some(name) = name.strip_suffix('!') {
            self.regex.push_str(r"(\S*[^\s.,])");
            self.slots.push(slot(name));
            return;
        }
        if let Some(phrase) = self.ledger.phrases.iter().find(|phrase| phrase.name == name) {
            return self.add(phrase.text, optional);
        }
        let slot = slot(name);
        self.regex.push_str(slot.pattern());
        self.slots.push(slot);
    }

    fn choice(&mut self, inside: &str) {
        self.regex.push_str("(?:");
        for (index, option) in options(inside).into_iter().enumerate() {
            if index > 0 {
                self.regex.push('|');
            }
            self.add(option, true);
        }
        self.regex.push_str(")?");
        self.pieces.push(String::new());
    }
}

fn slot(name: &str) -> Slot {
    let slot = Slot::ALL.iter().copied().find(|slot| slot.as_str() == name);
    slot.unwrap_or_else(|| panic!("`{name}` is no phrase and no value"))
}

/// Where the bracket closes that is open.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.find(|letter| {
        match letter {
            '[' => depth += 1,
            ']' if depth > 0 => depth -= 1,
            ']' => return true,
            _ => {}
        }
        false
    })
}

/// What stands between the bars that are in no further bracket.
fn options(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(|letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        letter == '|' && depth == 0
    })
    .collect()
}
