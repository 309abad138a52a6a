//! Three lanes beside each other: page, browser and server; or one below the other, where there is no room for that.
//!
//! `>` was sent, `<` was received, `*` is what the browser decided in between. Lays out; what happened is told to it.

use crate::printer::{Printer, Tone, visible, wrapping};

/// Fewer columns have no room for lanes.
const NARROW: usize = 60;
/// More columns make no difference but longer arrows.
const WIDEST: usize = 88;

/// What stands in the browser's lane, and between it and the server's.
pub(crate) enum Entry {
    /// What the browser decided.
    Decision(String),
    /// The first line of a message, which crosses to the server or comes from it.
    Crossing { sign: char, text: String },
    /// A further line of that message.
    Line { sign: char, text: String },
    /// Why nothing came.
    Nothing(String),
}

/// Which way something goes between the page and the browser.
#[derive(Clone, Copy)]
pub(crate) enum Arrow {
    Out,
    Back,
}

impl Arrow {
    pub(crate) fn of(self, page: Vec<String>) -> PageSays {
        PageSays { arrow: self, lines: page }
    }
}

/// What stands in the page's lane: the first line has an arrow to the browser's, or from it.
pub(crate) struct PageSays {
    arrow: Arrow,
    lines: Vec<String>,
}

/// Where the lanes are.
pub(crate) struct Lanes<'a> {
    printer: &'a Printer,
    /// All columns there are.
    width: usize,
    /// Where the browser's lane begins; 0 where there is one lane.
    browser: usize,
}

impl<'a> Lanes<'a> {
    /// Prints who is who: the page's origin, the browser, the server's origin. `says` is the longest that the page says.
    pub(crate) fn of(page: &str, browser: &str, server: &str, says: &str, printer: &'a Printer) -> Self {
        let width = printer.width().min(WIDEST);
        let words = page.chars().count().max(says.chars().count() + 2);
        let lanes = Self {
            printer,
            width,
            browser: if width < NARROW { 0 } else { (words + 2).min(28).min(width - 42).max(18) },
        };
        lanes.head(page, browser, server);
        lanes
    }

    fn head(&self, page: &str, browser: &str, server: &str) {
        if self.browser == 0 {
            for (lane, who) in [("page", page), ("browser", browser), ("server", server)] {
                self.printer.paragraph(lane, who);
            }
            return;
        }
        let right = |left: &str, text: &str| {
            let room = self.width.saturating_sub(left.chars().count());
            format!("{left}{text:>room$}")
        };
        let names = right(&format!("{:<1$}browser", "page", self.browser), "server");
        self.printer.line(Tone::Quiet.paint(names));
        let mut left = if page.chars().count() > self.browser {
            page.to_owned()
        } else {
            format!("{page:<0$}{browser}", self.browser)
        };
        if left.chars().count() + 1 + server.chars().count() > self.width {
            self.printer.line(&left);
            left = String::new();
        }
        self.printer.line(right(&left, server));
    }

    /// Prints what the page says beside what the browser does.
    pub(crate) fn rows(&self, page: &PageSays, entries: &[Entry]) {
        if self.browser == 0 {
            let (before, after) = match page.arrow {
                Arrow::Out => (Some(page), None),
                Arrow::Back => (None, Some(page)),
            };
            let says = |says: Option<&PageSays>| {
                says.into_iter().for_each(|says| self.printer.paragraph("page", &says.lines.join(", ")));
            };
            says(before);
            entries.iter().flat_map(|entry| self.right(entry)).for_each(|line| self.printer.line(line));
            return says(after);
        }
        // What leaves the page is one line, for its arrow; what else it says can have several.
        let most = self.browser - 2;
        let first = page.lines.iter().take(1).map(|text| shortened(text, most));
        let further = page.lines.iter().skip(1).flat_map(|text| textwrap::wrap(text, wrapping(most)));
        let said = first.chain(further.map(|text| shortened(&text, most)));
        let mut left = said.enumerate().map(|(index, text)| {
            let room = (self.browser - 1).saturating_sub(text.chars().count() + 1);
            let arrow = match page.arrow {
                Arrow::Out if index == 0 && room > 1 => format!("{}>", "-".repeat(room - 1)),
                Arrow::Back if index == 0 && room > 1 => format!("<{}", "-".repeat(room - 1)),
                _ => " ".repeat(room),
            };
            format!("{text} {} ", Tone::Quiet.paint(arrow))
        });
        let empty = " ".repeat(self.browser);
        for line in entries.iter().flat_map(|entry| self.right(entry)) {
            self.printer.line(format!("{}{line}", left.next().unwrap_or_else(|| empty.clone())));
        }
        left.for_each(|line| self.printer.line(line.trim_end()));
    }

    /// The lines of an entry, painted.
    fn right(&self, entry: &Entry) -> Vec<String> {
        let room = self.width - self.browser - 2;
        let wrapped = |text: &str, room: usize| -> Vec<String> {
            textwrap::wrap(&visible(text), wrapping(room).break_words(true))
                .into_iter()
                .map(|line| line.into_owned())
                .collect()
        };
        match entry {
            Entry::Decision(text) => behind(&Tone::Hint.paint('*'), "  ", wrapped(text, room)),
            Entry::Nothing(text) => behind(&Tone::Bad.paint('x'), "  ", wrapped(text, room)),
            Entry::Crossing { sign, text } => {
                let lines = wrapped(text, room);
                let is_one = lines.len() == 1;
                let used = lines.first().map_or(0, |line| textwrap::core::display_width(line));
                let arrow = room.saturating_sub(used + 1);
                let arrow = match sign {
                    _ if !is_one || arrow < 3 || self.browser == 0 => String::new(),
                    '>' => format!(" {}", Tone::Quiet.paint(format!("{}>", "-".repeat(arrow - 1)))),
                    _ => format!(" {}", Tone::Quiet.paint("-".repeat(arrow))),
                };
                let painted = lines.into_iter().map(|line| format!("{}{arrow}", Tone::Strong.paint(line)));
                behind(&Tone::Quiet.paint(sign), &format!("{} ", Tone::Quiet.paint(sign)), painted.collect())
            }
            Entry::Line { sign, text } => {
                let sign = Tone::Quiet.paint(sign);
                behind(&format!("{sign}  "), &format!("{sign}    "), wrapped(text, room.saturating_sub(4)))
            }
        }
    }
}

/// Lines with something before the first, and something before the others.
fn behind(first: &str, further: &str, lines: Vec<String>) -> Vec<String> {
    let before = |index| if index == 0 { format!("{first} ") } else { further.to_owned() };
    lines.into_iter().enumerate().map(|(index, line)| format!("{}{line}", before(index))).collect()
}

/// The text in so many letters, with an ellipsis for the rest.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
