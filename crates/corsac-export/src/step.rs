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
/// assert!(steps.iter().any(|step| step.file == Some("cors-policy.js")));
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

    /// A file of its own, with a word on where.
    #[must_use]
    pub fn save_where(file: &'static str, place: &str, text: &str) -> Self {
        Self { place: format!("Save as {file}, {place}"), ..Self::save(file, text) }
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

/// The lines of a whole file from one until another, to the left as far as they go.
pub(crate) fn excerpt(whole: &str, first: &str, until: &str) -> String {
    let lines = whole.lines().skip_while(|line| line.trim_start() != first);
    let lines: Vec<&str> = lines.take_while(|line| line.trim_start() != until).collect();
    let indent = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min();
    let left = |line: &&str| line.get(indent.unwrap_or_default()..).unwrap_or_default().to_owned() + "\n";
    lines.iter().map(left).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The steps as one text, each under a comment that says where it goes.
#[must_use]
pub fn steps_as_text(steps: &[Step], comment: &str) -> String {
    // A comment that documents what it stands in has no place between two files.
    let comment = comment.trim_end_matches('!');
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_before_its_end_and_stands_to_the_left() {
        let whole = "a:\n  b:\n    - c\n\n      d\n  e:\n";
        assert_eq!(excerpt(whole, "b:", "e:"), "b:\n  - c\n\n    d\n");
        assert_eq!(excerpt(whole, "e:", "nowhere"), "e:\n");
        assert_eq!(excerpt(whole, "nowhere", "e:"), "");
    }
}
