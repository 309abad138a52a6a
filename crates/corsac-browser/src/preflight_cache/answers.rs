//! The cache as Chromium and WebKit have it: one answer for each URL, as a whole.
//!
//! An answer that does not suffice for a call is forgotten on the spot; the answer to the next preflight
//! takes its place.

use std::collections::VecDeque;
use std::time::Duration;

use corsac::is_safelisted_method;

use super::Key;
use crate::header_name::NON_WILDCARD_HEADER;
use crate::preflight::Grant;
use crate::{Browser, Quirk};

#[derive(Debug, Clone, Default)]
pub(super) struct Answers(VecDeque<Kept>);

#[derive(Debug, Clone)]
struct Kept {
    key: Key,
    credentials: bool,
    methods: Vec<String>,
    headers: Vec<String>,
    expires: Duration,
}

impl Answers {
    /// How many answers are kept: Chromium's limit. WebKit has none, and nobody has so many.
    const CAPACITY: usize = 1024;

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the call is known to be allowed; if not, what is known is forgotten.
    pub(super) fn suffice(
        &mut self,
        browser: Browser,
        key: &Key,
        with_credentials: bool,
        method: &str,
        names: &[&str],
        now: Duration,
    ) -> bool {
        let suffices = self.0.iter().any(|kept| {
            kept.key == *key && kept.expires > now && kept.allows(browser, with_credentials, method, names)
        });
        if !suffices {
            self.forget(key);
        }
        suffices
    }

    pub(super) fn store(&mut self, key: Key, credentials: bool, grant: Grant, now: Duration) {
        self.forget(&key);
        if self.0.len() == Self::CAPACITY {
            self.0.pop_front();
        }
        let Grant { methods, headers, max_age } = grant;
        self.0.push_back(Kept { key, credentials, methods, headers, expires: now.saturating_add(max_age) });
    }

    fn forget(&mut self, key: &Key) {
        self.0.retain(|kept| kept.key != *key);
    }
}

impl Kept {
    fn allows(&self, browser: Browser, with_credentials: bool, method: &str, names: &[&str]) -> bool {
        if with_credentials && !self.credentials {
            return false;
        }
        // Chromium goes by the call the answer was for, WebKit by the call that asks. A call without
        // credentials may use both kinds, so for that one it matters.
        let star_counts = match browser {
            Browser::Webkit => !with_credentials,
            _ => !self.credentials,
        };
        let is_star = |listed: &String| star_counts && listed == "*";
        let method_allowed = is_safelisted_method(method)
            || self.methods.iter().any(|listed| listed == method || is_star(listed));
        let has_star = self.headers.iter().any(is_star);
        method_allowed
            && names.iter().all(|name| {
                let star_covers = has_star
                    && (!name.eq_ignore_ascii_case(NON_WILDCARD_HEADER)
                        || browser.has(Quirk::CacheStarCoversAuthorization));
                star_covers || self.headers.iter().any(|listed| listed.eq_ignore_ascii_case(name))
            })
    }
}
