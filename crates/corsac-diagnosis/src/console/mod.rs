//! Console messages read back: from pasted text to the failures it can mean, the values in it, and what settles it.
//!
//! The forms are data, one ledger for each engine, older wordings among them. Nothing is guessed: where a message means
//! several failures, all of them are told. What `corsac-browser` prints is read here; neither knows the other.
//!
//! ```
//! use corsac_diagnosis::console::{self, Settles, Slot};
//!
//! let messages = console::read(
//!     "app.js:7 Access to fetch at 'https://api.example/cart' from origin 'https://app.example' has been blocked by \
//!      CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.\n\
//!      Uncaught (in promise) TypeError: Failed to fetch",
//! );
//! let [message] = &messages[..] else { panic!() };
//! assert_eq!(message.failures[0].as_str(), "preflight-method-not-allowed");
//! assert_eq!(message.values.get(Slot::Method), Some("PUT"));
//! let Settles::Command(command) = &message.settles else { panic!() };
//! assert_eq!(command.line, "corsac check https://api.example/cart --origin https://app.example -X PUT");
//! ```

mod causes;
mod chromium;
mod codes;
mod command;
mod firefox;
mod fold;
mod form;
mod group;
mod meaning;
mod message;
mod others;
mod place;
mod settles;
mod webkit;

use std::sync::LazyLock;

pub use message::{Message, Slot, Source, Values};
pub use settles::{Command, Settles};

use form::{Hit, Ledger, Pattern};

/// The longest text that is read, in bytes: a console that has run for long has far less to say about one call.
pub const MAX_LENGTH: usize = 4 * 1024 * 1024;

const LEDGERS: [&Ledger; 7] = [
    &chromium::LEDGER,
    &firefox::LEDGER,
    &webkit::LEDGER,
    &codes::CHROMIUM,
    &codes::FIREFOX,
    &others::LIBRARIES,
    &others::OLD_EDGE,
];

/// How many messages are read; nobody pastes as many about one call.
const MOST: usize = 1000;

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    LEDGERS.iter().flat_map(|ledger| ledger.forms.iter().map(|form| Pattern::new(ledger, form))).collect()
});

/// Everything that consoles say in a text, call by call; empty where it is no console's.
///
/// Whatever stands around the messages is passed over: stack traces, times, file names, counts, quotation marks of any
/// kind, and the ends of lines inside of them. Of a text longer than [`MAX_LENGTH`], or with more than a thousand messages,
/// the beginning is read.
#[must_use]
pub fn read(text: &str) -> Vec<Message> {
    let folded = fold::fold(beginning(text));
    meaning::messages(&group::group(&hits(&folded), &folded), &folded.text)
}

/// The lines of a text that no message is found in, folded: for tests that leave nothing unread.
#[must_use]
pub fn unread(text: &str) -> Vec<String> {
    let folded = fold::fold(beginning(text));
    let hits = hits(&folded);
    let mut start = 0;
    let mut unread = Vec::new();
    for line in folded.text.split('\n') {
        let end = start + line.len();
        if !hits.iter().any(|hit| hit.start < end && hit.end > start) {
            unread.push(line.to_owned());
        }
        start = end + 1;
    }
    unread
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MAX_LENGTH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The messages in a text, in their order; of those that overlap, the longest.
fn hits(folded: &fold::Folded) -> Vec<Hit> {
    let mut found = Vec::new();
    for pattern in PATTERNS.iter() {
        pattern.find(folded, &mut found);
    }
    found.sort_by_key(|hit| (std::cmp::Reverse(hit.end - hit.start), hit.start));
    let mut taken = std::collections::BTreeMap::new();
    found.retain(|hit| {
        let before = taken.range(..hit.end).next_back();
        let is_free = before.is_none_or(|(_, end)| *end <= hit.start);
        if is_free {
            taken.insert(hit.start, hit.end);
        }
        is_free
    });
    found.sort_by_key(|hit| hit.start);
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_a_piece_to_look_for() {
        for pattern in PATTERNS.iter() {
            assert!(pattern.anchor().trim().len() >= 5, "{:?}", pattern.form.text);
        }
    }
}
