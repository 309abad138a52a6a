//! The cache as the standard has it: an entry for each method and for each header name.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-cache-create-entry>

use std::collections::VecDeque;
use std::time::Duration;

use super::{Key, Unknown};
use crate::header_name::NON_WILDCARD_HEADER;
use crate::preflight::Grant;

#[derive(Debug, Clone, Default)]
pub(super) struct Entries(VecDeque<Entry>);

/// A cache entry: one method or one header name.
#[derive(Debug, Clone)]
struct Entry {
    key: Key,
    credentials: bool,
    allowed: Allowed,
    expires: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    Method(String),
    Header(String),
}

impl Entries {
    pub(super) const CAPACITY: usize = 1024;

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// `#concept-cache-match-method` and `#concept-cache-match-header`. A `*` that came with credentials
    /// counts as well: so the text has it.
    pub(super) fn unknown(
        &self,
        key: &Key,
        with_credentials: bool,
        method: &str,
        names: &[&str],
        now: Duration,
    ) -> Unknown {
        let matching: Vec<&Allowed> = self
            .0
            .iter()
            .filter(|entry| entry.expires > now && entry.matches(key, with_credentials))
            .map(|entry| &entry.allowed)
            .collect();
        let is_known = |name: &str| matching.iter().any(|allowed| allowed.covers_header(name));
        Unknown {
            method: !matching.iter().any(|allowed| allowed.covers_method(method)),
            headers: names.iter().filter(|name| !is_known(name)).map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Keeps what an answer allows: `#cors-preflight-fetch-0`, steps 7.12 to 7.15.
    ///
    /// What is known already counts from now on anew: the standard sets the maximum age and leaves the moment
    /// of storing alone, but an age that began long before the answer came is nothing a server can mean.
    pub(super) fn store(&mut self, key: &Key, credentials: bool, grant: &Grant, now: Duration) {
        let expires = now.saturating_add(grant.max_age);
        self.0.retain(|entry| entry.expires > now);
        // No more of a list than there is room for, so that a hostile one costs no more either.
        for method in grant.methods.iter().take(Self::CAPACITY) {
            let entry =
                Entry { key: key.clone(), credentials, allowed: Allowed::Method(method.clone()), expires };
            self.store_one(entry, |known| known.covers_method(method));
        }
        for name in grant.headers.iter().take(Self::CAPACITY) {
            let entry =
                Entry { key: key.clone(), credentials, allowed: Allowed::Header(name.clone()), expires };
            self.store_one(entry, |known| known.covers_header(name));
        }
        self.0.retain(|entry| entry.expires > now);
    }

    fn store_one(&mut self, entry: Entry, covers: impl Fn(&Allowed) -> bool) {
        let mut is_known = false;
        for known in &mut self.0 {
            if covers(&known.allowed) && known.matches(&entry.key, entry.credentials) {
                known.expires = entry.expires;
                is_known = true;
            }
        }
        if is_known {
            return;
        }
        if self.0.len() == Self::CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    /// `#concept-cache-clear`
    pub(super) fn clear(&mut self, key: &Key) {
        self.0.retain(|entry| entry.key != *key);
    }
}

impl Entry {
    /// `#concept-cache-match`
    fn matches(&self, key: &Key, with_credentials: bool) -> bool {
        self.key == *key && (self.credentials || !with_credentials)
    }
}

impl Allowed {
    fn covers_method(&self, method: &str) -> bool {
        matches!(self, Self::Method(allowed) if allowed == method || allowed == "*")
    }

    fn covers_header(&self, name: &str) -> bool {
        matches!(self, Self::Header(allowed) if allowed.eq_ignore_ascii_case(name)
            || (allowed == "*" && !name.eq_ignore_ascii_case(NON_WILDCARD_HEADER)))
    }
}
