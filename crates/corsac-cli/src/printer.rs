//! The one door to stdout and stderr: data on the one, talk on the other.
//!
//! Honours `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`, `COLUMNS`, pipes and the width of the terminal. Knows nothing of what is said.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar as _;

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

/// Below this nothing can be laid out; a narrower terminal breaks lines by itself.
const NARROWEST: usize = 40;
/// Above this the eye loses the line.
const WIDEST: usize = 110;

/// Writes to the two streams.
pub(crate) struct Printer {
    width: usize,
    /// Whether nobody reads stdout any more (`corsac … | head`): then the rest is kept to ourselves.
    left_alone: Cell<bool>,
    failed: Cell<bool>,
    /// Whether the last line of data was empty.
    is_apart: Cell<bool>,
}

impl Printer {
    pub(crate) fn new() -> Self {
        Self {
            width: width(),
            left_alone: Cell::new(false),
            failed: Cell::new(false),
            is_apart: Cell::new(false),
        }
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
        let text = text.to_string();
        self.is_apart.set(text.is_empty());
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

    /// An empty line on stdout, unless there is one already.
    pub(crate) fn gap(&self) {
        if !self.is_apart.get() {
            self.line("");
        }
    }

    /// A line of talk, on stderr.
    pub(crate) fn say(&self, text: impl std::fmt::Display) {
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// Something worth knowing, on stderr.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        let text = visible(&text.to_string()).into_owned();
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

    /// A paragraph on stdout behind its first words, which have a tone; further lines are moved in by so many columns.
    pub(crate) fn led(&self, tone: Tone, first: &str, indent: usize, text: &str) {
        let text = visible(text);
        let indent = " ".repeat(indent);
        let options = wrapping(self.width).initial_indent(first).subsequent_indent(&indent);
        for (index, line) in textwrap::wrap(&text, options).into_iter().enumerate() {
            match line.strip_prefix(first).filter(|_| index == 0) {
                Some(rest) => self.line(format!("{}{rest}", tone.paint(first))),
                None => self.line(line),
            }
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
        let text = visible(text);
        for (index, line) in textwrap::wrap(&text, options).into_iter().enumerate() {
            if index == 0 {
                self.line(format!("{}{line}", Tone::Quiet.paint(first)));
            } else {
                self.line(format!("{indent}{line}"));
            }
        }
    }
}

/// The columns there are: as the environment says, or the terminal; pipes and files get what people read best.
fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.trim().parse::<usize>().ok());
    let of_terminal = || std::io::stdout().is_terminal().then(textwrap::termwidth);
    told.filter(|columns| *columns > 0).or_else(of_terminal).unwrap_or(80).clamp(NARROWEST, WIDEST)
}

pub(crate) fn wrapping<'a>(width: usize) -> textwrap::Options<'a> {
    textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Text with what a terminal would obey, or nobody would see, written out: much of it comes from servers that nobody
/// vouches for.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let written =
        |letter: char| if is_unseen(letter) { letter.escape_unicode().to_string() } else { letter.into() };
    Cow::Owned(text.chars().map(written).collect())
}

/// Whether a letter moves the cursor, turns the text around, takes no room, or looks like a space and is none.
pub(crate) fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || letter.width().unwrap_or(0) == 0
        || (letter.is_whitespace() && letter != ' ')
        || matches!(letter, '\u{ad}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
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
