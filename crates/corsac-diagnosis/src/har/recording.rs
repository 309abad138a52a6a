//! What was read of a file: its entries, its pages, who wrote it, and where reading had to stop.
//!
//! Plain data; how a file is read is in `file`. Knows nothing of CORS.

use corsac_browser::Browser;

use super::entry::Entry;

/// A recording: what a browser's developer tools wrote down.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Which program wrote it, in its own words, such as `Firefox 153.7.0`.
    pub creator: Option<String>,
    /// Which engine was recorded, where the file tells.
    pub engine: Option<Browser>,
    /// Entries that could not be read: the place in the file, counted from 0, and why.
    pub skipped: Vec<(usize, String)>,
    /// Where the file ends too early or is no JSON any more; what comes before was read.
    pub damage: Option<Damage>,
    pub(super) entries: Vec<Entry>,
    pub(super) pages: Vec<RecordedPage>,
}

/// Where reading had to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Whether the file just ends, as one that was cut off does.
    pub is_cut_off: bool,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

/// A page of the recording.
#[derive(Debug, Clone)]
pub(super) struct RecordedPage {
    pub(super) id: String,
    pub(super) title: String,
}

impl Recording {
    /// How many entries were read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no entry was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the file must lack whatever was blocked: what WebKit's developer tools save has no failed calls, and
    /// theirs is a file without any failure.
    #[must_use]
    pub fn lacks_failures(&self) -> bool {
        self.engine == Some(Browser::Webkit) && self.entries.iter().all(|entry| entry.error.is_none())
    }

    /// Whether any entry has cookies or a token. Where none has, they may have been taken out before the file was
    /// passed on, so that their absence tells nothing.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        self.entries.iter().any(|entry| entry.has_credentials)
    }
}
