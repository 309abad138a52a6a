//! What a diagnosis is: one root cause, how sure it is, what shows it, and what to do.
//!
//! Plain data; it is reached in [`diagnose`](crate::diagnose).

use crate::{Cause, Confidence, Fix, Stack};

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

/// One thing that shows the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Which exchange, counted from 0.
    pub exchange: usize,
    /// Which part of it.
    pub part: Part,
    /// What it shows.
    pub shows: String,
}

/// The part of a response that shows something.
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
}
