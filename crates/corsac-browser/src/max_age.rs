//! `Access-Control-Max-Age`: how long the answer to a preflight is remembered.
//!
//! Reads one header; the cache is elsewhere.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-access-control-max-age>

use std::time::Duration;

use crate::{Browser, HeaderList, Quirk, extract};

const NAME: &str = "Access-Control-Max-Age";

/// What counts where there is nothing to read: `#cors-preflight-fetch-0`, step 7.9.
const DEFAULT: u64 = 5;

/// The limits engines impose, in seconds: step 7.10.
const LIMITS: [(Quirk, u64); 3] =
    [(Quirk::MaxAgeTwoHours, 7_200), (Quirk::MaxAgeOneDay, 86_400), (Quirk::MaxAgeTenMinutes, 600)];

/// How long an answer with these headers is remembered; nothing where it is not remembered at all.
pub(crate) fn max_age(browser: Browser, headers: &HeaderList) -> Option<Duration> {
    let seconds = if browser.has(Quirk::MaxAgeSigned) {
        extract::joined(headers, NAME).and_then(|value| integer(&value)).unwrap_or(DEFAULT)
    } else {
        match extract::delta_seconds(headers, NAME) {
            Some(seconds) => seconds,
            None if browser.has(Quirk::MaxAgeUnreadableIsNone) && !is_empty(headers) => return None,
            None => DEFAULT,
        }
    };
    let seconds = browser.longest_max_age().map_or(seconds, |limit| seconds.min(limit.as_secs()));
    // The standard has a zero overwrite what is known; who does not remember an answer leaves that alone.
    (seconds > 0 || !browser.has(Quirk::MaxAgeUnreadableIsNone)).then_some(Duration::from_secs(seconds))
}

impl Browser {
    /// The longest that this browser remembers the answer to a preflight, whatever the server asks for; absent where
    /// there is no such limit: `#cors-preflight-fetch-0`, step 7.10.
    ///
    /// ```
    /// use corsac_browser::Browser;
    /// use std::time::Duration;
    ///
    /// assert_eq!(Browser::Webkit.longest_max_age(), Some(Duration::from_secs(600)));
    /// assert_eq!(Browser::Standard.longest_max_age(), None);
    /// ```
    #[must_use]
    pub fn longest_max_age(self) -> Option<Duration> {
        LIMITS.into_iter().find(|(quirk, _)| self.has(*quirk)).map(|(_, limit)| Duration::from_secs(limit))
    }
}

fn is_empty(headers: &HeaderList) -> bool {
    extract::joined(headers, NAME).is_none_or(|value| value.is_empty())
}

/// A whole number with or without a sign, as far as 64 bits go; less than nothing is nothing.
fn integer(value: &[u8]) -> Option<u64> {
    let number: i64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    Some(u64::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(browser: Browser, lines: &[&str]) -> Option<u64> {
        let headers = lines.iter().map(|line| (NAME, *line)).collect();
        max_age(browser, &headers).map(|age| age.as_secs())
    }

    #[test]
    fn each_engine_reads_it_in_its_own_way() {
        use Browser::{Chromium, Firefox, Standard, Webkit};
        for (lines, standard, chromium, firefox, webkit) in [
            (&[][..], Some(5), Some(5), Some(5), Some(5)),
            (&["60"], Some(60), Some(60), Some(60), Some(60)),
            (&["100000"], Some(100_000), Some(7200), Some(86_400), Some(600)),
            (&["99999999999999999999"], Some(u64::MAX), Some(5), Some(86_400), Some(5)),
            (&[""], Some(5), Some(5), Some(5), Some(5)),
            (&["abc"], Some(5), Some(5), None, Some(5)),
            (&["1.5"], Some(5), Some(5), None, Some(5)),
            (&["-1"], Some(5), Some(0), None, Some(0)),
            (&["100", "100"], Some(5), Some(5), None, Some(5)),
            (&["0"], Some(0), Some(0), None, Some(0)),
        ] {
            for (browser, wanted) in
                [(Standard, standard), (Chromium, chromium), (Firefox, firefox), (Webkit, webkit)]
            {
                assert_eq!(seconds(browser, lines), wanted, "{browser} {lines:?}");
            }
        }
    }
}
