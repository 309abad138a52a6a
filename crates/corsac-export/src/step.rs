//! A policy for a server that is there already: step by step, where lines go, and the lines.
//!
//! Every target makes its whole file and its steps of the same pieces. Knows no server.

/// One thing to do to a server's files.
///
/// ```
/// use corsac::Policy;
/// use corsac_export::{Context, export, target};
///
/// let policy = Policy::builder().allow_origins(["https://app.example"]).into_policy()?;
/// let express = target("express").expect("it is one of the targets");
/// let steps = export(express, &policy, &Context::default()).expect("Express can do this").steps;
/// assert_eq!(steps[0].file, Some("cors-policy.js"));
/// # Ok::<(), corsac::Faults>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do and where, in a sentence without its last stop.
    pub place: String,
    /// The name of the file, where the lines are the whole of one.
    pub file: Option<&'static str>,
    /// The lines; none where there is something to do, and nothing to paste.
    pub lines: Vec<String>,
}

impl Step {
    /// Lines for a place in a file of the server's.
    #[must_use]
    pub fn put(place: impl Into<String>, text: &str) -> Self {
        Self { place: place.into(), file: None, lines: lines(text) }
    }

    /// A file of its own.
    #[must_use]
    pub fn save(file: &'static str, text: &str) -> Self {
        Self { place: format!("Save as {file}"), file: Some(file), lines: lines(text) }
    }

    /// Something to do.
    #[must_use]
    pub fn act(place: impl Into<String>) -> Self {
        Self { place: place.into(), file: None, lines: Vec::new() }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(str::to_owned).collect()
}

/// The steps as one text, each under a comment that says where it goes.
#[must_use]
pub fn steps_as_text(steps: &[Step], comment: &str) -> String {
    let mut text = String::new();
    for (index, step) in steps.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        let number = if steps.len() > 1 { format!("{}. ", index + 1) } else { String::new() };
        text.push_str(&format!("{gap}{comment} {number}{}{}\n", step.place, step.colon()));
        for line in &step.lines {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

impl Step {
    /// What ends its sentence: lines follow, or nothing does.
    #[must_use]
    pub fn colon(&self) -> char {
        if self.lines.is_empty() { '.' } else { ':' }
    }
}
