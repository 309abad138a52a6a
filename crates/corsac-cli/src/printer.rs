//! The one door to stdout and stderr: data on the one, talk on the other.
//!
//! Honours `NO_COLOR`, pipes and the width of the terminal. Knows nothing of what is said.

use std::borrow::Cow;
use std::cell::Cell;
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
    /// Whether nobody reads stdout any more (`corsac … | head`): then the rest is kept to ourselves.
    left_alone: Cell<bool>,
    failed: Cell<bool>,
}

impl Printer {
    pub(crate) fn new() -> Self {
        // Pipes and files get the width people read best.
        let width = textwrap::termwidth().clamp(40, 110);
        Self { width, left_alone: Cell::new(false), failed: Cell::new(false) }
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Whether something could not be written although somebody was there to read it.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.get()
    }

    /// A line of data, on stdout.
    pub(crate) fn line(&self, text: impl std::fmt::Display) {
        if self.left_alone.get() {
            return;
        }
        let mut stream = anstream::stdout().lock();
        match writeln!(stream, "{text}").and_then(|()| stream.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => self.left_alone.set(true),
            Err(error) => {
                self.left_alone.set(true);
                self.failed.set(true);
                self.say(format!("{} stdout cannot be written: {error}", Tone::Bad.paint("error:")));
            }
        }
    }

    /// A line of talk, on stderr.
    pub(crate) fn say(&self, text: impl std::fmt::Display) {
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// Something worth knowing, on stderr.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        let text = plain(&text.to_string()).into_owned();
        let options = wrapping(self.width.saturating_sub(6).max(20));
        for (index, line) in textwrap::wrap(&text, options).into_iter().enumerate() {
            if index == 0 {
                self.say(format!("{} {line}", Tone::Hint.paint("note:")));
            } else {
                self.say(format!("      {line}"));
            }
        }
    }

    /// What is wrong and what to do, on stderr.
    pub(crate) fn complain(&self, complaint: &Complaint) {
        self.say(format!("{} {}", Tone::Bad.paint("error:"), plain(&complaint.what)));
        if !complaint.remedy.is_empty() {
            self.say(format!("  {} {}", Tone::Hint.paint("help:"), plain(&complaint.remedy)));
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
        let options = wrapping(self.width.saturating_sub(column).max(20));
        let text = plain(text);
        for (index, line) in textwrap::wrap(&text, options).into_iter().enumerate() {
            if index == 0 {
                self.line(format!("{}{line}", Tone::Quiet.paint(first)));
            } else {
                self.line(format!("{indent}{line}"));
            }
        }
    }
}

fn wrapping(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Text without what a terminal would obey: much of it comes from servers that nobody vouches for.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let obeyed = |letter: char| {
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.contains(obeyed) {
        text.chars().map(|letter| if obeyed(letter) { char::REPLACEMENT_CHARACTER } else { letter }).collect()
    } else {
        Cow::Borrowed(text)
    }
}
