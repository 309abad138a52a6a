//! A judged recording, for people and for programs. Words only; the findings come from the libraries.

mod check_line;
mod details;
mod json;
mod table;

use std::collections::HashMap;

use corsac_diagnosis::har::{Conclusion, JudgedCall, Kind, Recording};

use crate::printer::Printer;

pub(crate) use details::details;
pub(crate) use json::json;
pub(crate) use table::table;

/// A call, and every call that is the same one made again.
pub(crate) struct Row<'a> {
    pub(crate) call: &'a JudgedCall,
    pub(crate) again: Vec<&'a JudgedCall>,
}

impl<'a> Row<'a> {
    pub(crate) fn alone(call: &'a JudgedCall) -> Self {
        Self { call, again: Vec::new() }
    }

    /// The calls without repetitions, the worst first; those that CORS has no say in only where they are asked for.
    pub(crate) fn merged(calls: &'a [JudgedCall], all: bool) -> Vec<Self> {
        let mut rows: Vec<Self> = Vec::new();
        let mut known: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for call in calls.iter().filter(|call| all || is_shown(call)) {
            let path = call.url.as_str().split(['?', '#']).next().unwrap_or_default();
            let alike = known.entry((call.method.as_str(), path)).or_default();
            match alike.iter().find(|at| rows[**at].call.is_again(call)) {
                Some(at) => rows[*at].again.push(call),
                None => {
                    alike.push(rows.len());
                    rows.push(Self::alone(call));
                }
            }
        }
        rows.sort_by_key(|row| row.call.conclusion);
        rows
    }

    pub(crate) fn count(&self) -> usize {
        1 + self.again.len()
    }
}

/// Whether CORS has a say in it, or could have.
fn is_shown(call: &JudgedCall) -> bool {
    call.kind == Kind::Call && call.conclusion != Conclusion::NotCors
}

/// What is to be known about the file before its calls.
pub(crate) fn notes(recording: &Recording, printer: &Printer) {
    if let Some(damage) = &recording.damage {
        let read = entries(recording.len());
        printer.note(if damage.is_cut_off {
            format!("the file is cut off in line {}; the {read} before that were read", damage.line)
        } else {
            format!(
                "the file is broken in line {} ({}); the {read} before that were read",
                damage.line, damage.what
            )
        });
    }
    if let Some((at, why)) = recording.skipped.first() {
        let others = match recording.skipped.len() - 1 {
            0 => String::new(),
            more => format!("; so were {more} more"),
        };
        printer.note(format!("request {} of the file was passed over: {why}{others}", at + 1));
    }
    if !recording.is_empty() && recording.lacks_failures() {
        printer.note(
            "what Safari and other WebKit browsers save has no failed calls, so what was blocked is not in the file; the \
             console has it, and `corsac explain` reads its lines",
        );
    }
    if !recording.is_empty() && !recording.has_credentials() {
        printer.note(
            "no request of the file has a cookie or a token: either there were none, or it was exported without sensitive \
             data, and then it does not tell which calls had credentials",
        );
    }
}

fn entries(count: usize) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}
