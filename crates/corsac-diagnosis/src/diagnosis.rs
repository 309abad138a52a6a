//! What a diagnosis is: one root cause, how sure it is, what shows it, and what to do.
//!
//! Plain data; it is reached in [`diagnose`](crate::diagnose).

use std::ops::Range;

use corsac_browser::FailureId;

use crate::{Cause, Confidence, Fix, Reached, Stack};

/// Why a call failed, and what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The one root cause; absent where there is nothing to mend, or where the failure says it all.
    pub cause: Option<Cause>,
    /// How sure it is.
    pub confidence: Confidence,
    /// The cause told with the values of this case, in one or two sentences; empty where there is none.
    pub story: String,
    /// What in the exchange shows it.
    pub evidence: Vec<Evidence>,
    /// What the answers to questions showed, one for each answer that told something.
    pub learned: Vec<Learned>,
    /// How far the call got.
    pub reached: Reached,
    /// The same in a sentence without a full stop: whether the call was sent, and may have had an effect.
    pub side_effects: String,
    /// What stops the call before any of it, where the person told what no exchange shows.
    pub stopped_before: Option<FailureId>,
    /// What to do, in a sentence.
    pub remedy: String,
    /// What answers, where it was recognised or named.
    pub stack: Option<Stack>,
    /// Lines that mend it, for the stack in front or, where that is unknown, for all there are.
    pub fixes: Vec<Fix>,
    /// What cannot be seen from outside, and might matter all the same.
    pub notes: Vec<String>,
    /// Why there are no lines although configuration is to blame; a refusal to advise something unsafe.
    pub refusal: Option<String>,
}

impl Diagnosis {
    /// What the answer to a question showed, if it told anything; answers are counted from 0.
    #[must_use]
    pub fn learned_from(&self, answer: usize) -> Option<&str> {
        self.learned.iter().find(|learned| learned.answer == answer).map(|learned| learned.shows.as_str())
    }
}

/// One thing that shows the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Which exchange, counted from 0.
    pub exchange: usize,
    /// Which part of it.
    pub part: Part,
    /// Which bytes of the part; all of it where there are none.
    pub spans: Vec<Span>,
    /// Whether this is what is wrong, or what that is held against.
    pub role: Role,
    /// What it shows.
    pub shows: String,
}

/// Some bytes of one line of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Which of the lines of that name, counted from 0.
    pub line: usize,
    /// Which bytes of its value; an empty range is the place where something is missing.
    pub bytes: Range<usize>,
}

/// What a piece of evidence is to the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What is wrong.
    Wrong,
    /// What that is held against, such as the request's `Origin`.
    Beside,
}

impl Role {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Beside => "beside",
        }
    }
}

/// What the answer to a question showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Which answer, counted from 0.
    pub answer: usize,
    /// What it shows.
    pub shows: String,
}

/// The part of an exchange that shows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The status line.
    Status,
    /// The header of that name.
    Header(String),
    /// That there is no header of that name.
    NoHeader(String),
    /// The body.
    Body,
    /// That there was no response.
    NoResponse,
    /// A header of the request.
    RequestHeader(String),
    /// A line of the response's head that is no header, as text.
    IgnoredLine(String),
}
