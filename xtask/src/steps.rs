//! Steps: each has a reason, a time, and a command that repeats it.
//!
//! Runs them in order and sums up; what they do is their own affair.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::printer;

/// One thing to do.
pub(crate) struct Step<'a> {
    /// One or two words.
    pub(crate) name: &'static str,
    /// Why it is done, in half a sentence.
    pub(crate) why: &'static str,
    /// The command that does this step alone.
    pub(crate) repeat: String,
    /// Whether the steps after it make no sense without it.
    pub(crate) needed: bool,
    /// What it does; a failure says what went wrong.
    pub(crate) action: Box<dyn FnOnce() -> Result<(), String> + 'a>,
}

/// How it went.
pub(crate) struct Summary {
    done: Vec<Done>,
    not_begun: Vec<&'static str>,
}

struct Done {
    name: &'static str,
    repeat: String,
    took: Duration,
    failure: Option<String>,
}

/// Runs the steps in order. One that fails does not hide the failures of those after it, unless they need it.
pub(crate) fn run(steps: Vec<Step<'_>>) -> Summary {
    let mut summary = Summary { done: Vec::new(), not_begun: Vec::new() };
    let mut stopped = false;
    for Step { name, why, repeat, needed, action } in steps {
        if stopped {
            summary.not_begun.push(name);
            continue;
        }
        printer::head(name, why);
        let begun = Instant::now();
        let failure = action().err();
        stopped = failure.is_some() && needed;
        summary.done.push(Done { name, repeat, took: begun.elapsed(), failure });
    }
    printer::say(&summary.text());
    summary
}

impl Summary {
    /// Whether every step was done, and well.
    fn is_good(&self) -> bool {
        self.not_begun.is_empty() && self.done.iter().all(|done| done.failure.is_none())
    }

    /// 0 or 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn text(&self) -> String {
        let mut text = String::from("\n== summary\n");
        for Done { name, took, failure, .. } in &self.done {
            let how = if failure.is_none() { "ok" } else { "FAILED" };
            let _ = writeln!(text, "   {how:<7} {name:<12} {:>7.1} s", took.as_secs_f64());
        }
        for name in &self.not_begun {
            let _ = writeln!(text, "   not run {name}");
        }
        for Done { name, repeat, failure, .. } in &self.done {
            if let Some(failure) = failure {
                let _ = writeln!(text, "\n{name} FAILED: {failure}\n   to repeat it: {repeat}");
            }
        }
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &'static str, needed: bool, result: Result<(), String>) -> Step<'static> {
        Step { name, why: "to see", repeat: format!("do {name}"), needed, action: Box::new(move || result) }
    }

    #[test]
    fn a_failure_says_how_to_repeat_it_and_the_next_step_still_runs() {
        let summary = run(vec![step("one", false, Err("it broke".into())), step("two", false, Ok(()))]);
        let text = summary.text();
        assert!(text.contains("one FAILED: it broke\n   to repeat it: do one"), "{text}");
        assert!(text.contains("ok      two"), "{text}");
        assert!(!summary.is_good());
    }

    #[test]
    fn what_needs_a_failed_step_is_not_begun() {
        let summary = run(vec![step("one", true, Err("it broke".into())), step("two", false, Ok(()))]);
        assert!(summary.text().contains("not run two"));
        assert!(!summary.is_good());
    }

    #[test]
    fn all_is_well_if_every_step_is() {
        assert!(run(vec![step("one", true, Ok(())), step("two", false, Ok(()))]).is_good());
    }
}
