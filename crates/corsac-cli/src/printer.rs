//! The one door to stdout and stderr: data on the one, talk on the other.
//!
//! Honours `NO_COLOR`, pipes and the width of the terminal. Knows nothing of what is said.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};

use crate::complaint::Complaint;

/// How a piece of text is meant. Colour only repeats what the words already say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    Strong,
    Quiet,
    Hint,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default().bold(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Strong => Style::new().bold(),
            Self::Quiet => Style::new().dimmed(),
            Self::Hint => AnsiColor::Cyan.on_default(),
        }
    }

    /// The text in this tone.
    pub(crate) fn paint(self, text: impl std::fmt::Display) -> String {
        let style = self.style();
        format!("{style}{text}{style:#}")
    }
}

/// Writes to the two streams.
pub(crate) struct Printer {
    width: usize,
}

impl Printer {
    pub(crate) fn new() -> Self {
        // Pipes and files get the width people read best.
        let width = textwrap::termwidth().clamp(40, 110);
        Self { width }
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// A line of data, on stdout.
    pub(crate) fn line(&self, text: impl std::fmt::Display) {
        let mut stream = anstream::stdout().lock();
        if let Err(error) = writeln!(stream, "{text}") {
            // The reader has gone (`corsac … | head`): there is nobody left to tell.
            if error.kind() == std::io::ErrorKind::BrokenPipe {
                std::process::exit(0);
            }
        }
    }

    /// A line of talk, on stderr.
    pub(crate) fn say(&self, text: impl std::fmt::Display) {
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// Something worth knowing, on stderr.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        self.say(format!("{} {text}", Tone::Hint.paint("note:")));
    }

    /// What is wrong and what to do, on stderr.
    pub(crate) fn complain(&self, complaint: &Complaint) {
        self.say(format!("{} {}", Tone::Bad.paint("error:"), complaint.what));
        if !complaint.remedy.is_empty() {
            self.say(format!("  {} {}", Tone::Hint.paint("help:"), complaint.remedy));
        }
    }

    /// A labelled paragraph on stdout, wrapped under its label.
    pub(crate) fn paragraph(&self, label: &str, text: &str) {
        self.indented(&format!("{label:<10}"), text);
    }

    /// A paragraph on stdout behind a first piece, wrapped under its own beginning.
    pub(crate) fn indented(&self, first: &str, text: &str) {
        let column = first.chars().count();
        let indent = " ".repeat(column);
        let options = textwrap::Options::new(self.width.saturating_sub(column).max(20))
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for (index, line) in textwrap::wrap(text, options).into_iter().enumerate() {
            if index == 0 {
                self.line(format!("{}{line}", Tone::Quiet.paint(first)));
            } else {
                self.line(format!("{indent}{line}"));
            }
        }
    }
}
