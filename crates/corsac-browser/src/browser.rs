//! Whose rules a call is judged by.
//!
//! Only the names; how the engines differ is in `quirk`, row by row, and the rules ask there.

use crate::quirk::NEWEST;
use crate::word::words;

words! {
    /// A rule book: the Fetch standard's, or an engine's.
    ///
    /// ```
    /// use corsac_browser::Browser;
    ///
    /// assert_eq!("firefox".parse(), Ok(Browser::Firefox));
    /// assert_eq!(Browser::Standard.version(), None);
    /// assert_eq!(Browser::Firefox.version(), Some("153.7.0"));
    /// ```
    pub enum Browser is a "browser" {
        /// The Fetch standard, to the letter.
        Standard = "standard",
        /// Chrome, Edge and everything else built on Chromium.
        Chromium = "chromium",
        /// Firefox.
        Firefox = "firefox",
        /// Safari and everything else built on WebKit.
        Webkit = "webkit",
    }
}

impl Browser {
    /// Whether this engine's own rules are known here.
    ///
    /// Where they are not, the call is judged by the standard, and a caller should say so.
    #[must_use]
    pub fn is_measured(self) -> bool {
        self == Self::Standard || self.version().is_some()
    }

    /// The version of the engine that its rules were held against; the standard has none.
    #[must_use]
    pub fn version(self) -> Option<&'static str> {
        NEWEST.iter().find(|seen| seen.browser == self).map(|seen| seen.version)
    }
}
