//! Whose rules a call is judged by.
//!
//! Holds how the engines differ as data, one profile each; the rules themselves are elsewhere and ask the
//! profile.

use crate::word::words;

words! {
    /// A rule book: the Fetch standard's, or an engine's.
    ///
    /// ```
    /// use corsac_browser::Browser;
    ///
    /// assert_eq!("firefox".parse(), Ok(Browser::Firefox));
    /// assert!(Browser::Standard.is_measured());
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
        self.profile().measured
    }

    /// The engine's rules, as far as they differ.
    pub(crate) fn profile(self) -> &'static Profile {
        match self {
            Self::Standard => &STANDARD,
            Self::Chromium | Self::Firefox | Self::Webkit => &AS_THE_STANDARD,
        }
    }
}

/// What the standard leaves to the browser, and where browsers leave the standard.
#[derive(Debug)]
pub(crate) struct Profile {
    /// Whether these are the engine's own rules.
    measured: bool,
    /// The longest time a preflight's answer is kept, in seconds: `#cors-preflight-fetch-0`, step 7.10.
    pub(crate) max_age_limit: Option<u64>,
}

const STANDARD: Profile = Profile { measured: true, max_age_limit: None };

/// For engines whose differences nobody has written down yet.
const AS_THE_STANDARD: Profile = Profile { measured: false, ..STANDARD };
