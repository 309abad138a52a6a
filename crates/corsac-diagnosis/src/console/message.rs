//! What was read in a console: who printed it, which failures it can mean, and the values in it.
//!
//! Plain data.

use corsac_browser::{Browser, FailureId};

use super::settles::Settles;
use crate::cause::Cause;

/// Who printed a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// Chrome, Edge and everything else built on Chromium.
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari and everything else built on WebKit.
    Webkit,
    /// Internet Explorer, and Edge before it was built on Chromium.
    OldEdge,
    /// A library or a runtime, in its own words.
    Library,
}

impl Source {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
            Self::OldEdge => "old-edge",
            Self::Library => "library",
        }
    }

    /// The engine, where it is one that Corsac judges by.
    #[must_use]
    pub fn browser(self) -> Option<Browser> {
        match self {
            Self::Chromium => Some(Browser::Chromium),
            Self::Firefox => Some(Browser::Firefox),
            Self::Webkit => Some(Browser::Webkit),
            Self::OldEdge | Self::Library => None,
        }
    }

    /// The name, with those that people know it by.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium (Chrome, Edge, …)",
            Self::Firefox => "Firefox",
            Self::Webkit => "WebKit (Safari)",
            Self::OldEdge => "Internet Explorer, or Edge before 79",
            Self::Library => "A library, not a browser",
        }
    }
}

/// Makes the names of values from one table.
macro_rules! slots {
    ($($variant:ident $name:literal $pattern:literal $doc:literal,)+) => {
        /// What a value in a message is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Slot {
            $(#[doc = $doc] $variant,)+
        }

        impl Slot {
            /// Every one, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What stands there, as a group of a regular expression.
            pub(super) fn pattern(self) -> &'static str {
                match self { $(Self::$variant => $pattern,)+ }
            }
        }
    };
}

slots! {
    Origin "origin" r"(\S+?)" "The page's origin, or the one that was sent.",
    Page "page" r"(\S+?)" "The page's address.",
    Url "url" r"(\S+?)" "The URL that was called, or where it was redirected to.",
    FirstUrl "first-url" r"(\S+?)" "The URL that was called, where it was redirected.",
    Target "target" r"(\S*?)" "Where a redirect leads.",
    Method "method" r"([A-Za-z0-9!#$%&*+.^_|~-]+?)" "The method.",
    Header "header" r"([^\s']+?)" "The header.",
    Status "status" r"(\d{1,3}|\(null\))" "The status of the response.",
    AllowOrigin "allow-origin" r"(.*?)" "The value of Access-Control-Allow-Origin.",
    AllowCredentials "allow-credentials" r"(.*?)" "The value of Access-Control-Allow-Credentials.",
    Token "token" r"(.*?)" "What cannot be read in a list.",
    Value "value" r"([^\n]*)" "The value of the header that cannot be read.",
    AddressSpace "address-space" r"([a-z]+)" "The address space of the target.",
    DeclaredSpace "declared-space" r"([a-z]+)" "The address space that the call declared.",
    Scheme "scheme" r"([^\s']+?)" "The URL's scheme.",
    Port "port" r"(\d+)" "The port.",
    Directive "directive" r"(.*?)" "The directive of the page's Content-Security-Policy.",
    Error "error" r"([A-Z][A-Z_]+[A-Z](?:\.[A-Za-z]+)*)" "The code of the network's error.",
    Kind "kind" r"([A-Za-z][A-Za-z ]*?)" "What asked: `fetch`, `XMLHttpRequest`, `image` …",
}

/// The values in a message, each at most once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(Vec<(Slot, String)>);

impl Values {
    /// A value.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == slot).map(|(_, value)| value.as_str())
    }

    /// All of them, in the order of [`Slot::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &str)> {
        Slot::ALL.iter().filter_map(|slot| Some((*slot, self.get(*slot)?)))
    }

    /// Sets a value, unless there is one, or this is none.
    pub(super) fn set(&mut self, slot: Slot, value: &str) {
        let is_bare = matches!(slot, Slot::Url | Slot::FirstUrl | Slot::Target | Slot::Page | Slot::Origin);
        let value = if is_bare { value.trim_matches('\'') } else { value };
        let is_none = match slot {
            Slot::Status => value == "(null)" || value == "0",
            Slot::AllowOrigin | Slot::AllowCredentials => false,
            // Words that happen to stand where a URL does.
            Slot::Url | Slot::FirstUrl => !value.contains(':'),
            _ => value.is_empty(),
        };
        if !is_none && self.get(slot).is_none() {
            self.0.push((slot, value.to_owned()));
        }
    }

    /// Forgets a value.
    pub(super) fn remove(&mut self, slot: Slot) {
        self.0.retain(|(known, _)| *known != slot);
    }

    /// Takes over what is not known yet.
    pub(super) fn fill_from(&mut self, other: &Self) {
        for (slot, value) in &other.0 {
            self.set(*slot, value);
        }
    }

    /// The status as a number.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.get(Slot::Status)?.parse().ok()
    }
}

/// One call's trouble, as a console told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who printed it.
    pub source: Source,
    /// The lines of it, as far as they were understood, one below the other.
    pub text: String,
    /// Which versions wrote it so, about, where it is not how the newest do.
    pub older: Option<&'static str>,
    /// What it can mean, the likeliest first; empty where it says nothing about why.
    pub failures: Vec<FailureId>,
    /// The values in it.
    pub values: Values,
    /// What can be behind it, the likeliest first.
    pub causes: Vec<Cause>,
    /// Whether a call failed by it; some lines look like errors and are none.
    pub fails: bool,
    /// How often it is there.
    pub count: usize,
    /// What is worth knowing about it.
    pub notes: Vec<String>,
    /// What tells what it means and why.
    pub settles: Settles,
}

impl Message {
    /// Whether it says why something failed.
    #[must_use]
    pub fn says_why(&self) -> bool {
        !self.failures.is_empty() || !self.causes.is_empty()
    }
}
