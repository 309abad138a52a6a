//! The cache as Firefox has it: for each URL the tokens of all answers, each with a time of its own.
//!
//! A `*` is a token like any other. What is known for a URL outlives its last token, until there is no room
//! for another URL, and then answers for calls that need none.

use std::collections::VecDeque;
use std::time::Duration;

use super::Key;
use crate::preflight::Grant;

/// The most recently used come last.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens(VecDeque<Kept>);

#[derive(Debug, Clone)]
struct Kept {
    key: Key,
    credentials: bool,
    methods: Vec<(String, Duration)>,
    headers: Vec<(String, Duration)>,
}

impl Tokens {
    const CAPACITY: usize = 100;
    /// How many tokens of each kind are kept for a URL; Firefox has no such limit, but memory does.
    const MOST: usize = 1024;

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn suffice(
        &mut self,
        key: &Key,
        credentials: bool,
        method: &str,
        names: &[&str],
        now: Duration,
    ) -> bool {
        let Some(kept) = self.take(key, credentials) else { return false };
        let alive = |tokens: &[(String, Duration)], is_it: &dyn Fn(&str) -> bool| {
            tokens.iter().any(|(token, expires)| *expires > now && is_it(token))
        };
        let suffices = (matches!(method, "GET" | "POST") || alive(&kept.methods, &|token| token == method))
            && names.iter().all(|name| alive(&kept.headers, &|token| token.eq_ignore_ascii_case(name)));
        self.0.push_back(kept);
        suffices
    }

    pub(super) fn store(&mut self, key: &Key, credentials: bool, grant: Grant, now: Duration) {
        let mut kept = self.take(key, credentials).unwrap_or_else(|| Kept {
            key: key.clone(),
            credentials,
            methods: Vec::new(),
            headers: Vec::new(),
        });
        let expires = now.saturating_add(grant.max_age);
        merge(&mut kept.methods, grant.methods, expires, now);
        merge(&mut kept.headers, grant.headers, expires, now);
        if self.0.len() == Self::CAPACITY {
            self.0.retain(|kept| kept.methods.iter().chain(&kept.headers).any(|(_, expires)| *expires > now));
        }
        if self.0.len() == Self::CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(kept);
    }

    /// Forgets the URL, with and without credentials.
    pub(super) fn clear(&mut self, key: &Key) {
        self.0.retain(|kept| kept.key != *key);
    }

    fn take(&mut self, key: &Key, credentials: bool) -> Option<Kept> {
        let index = self.0.iter().position(|kept| kept.key == *key && kept.credentials == credentials)?;
        self.0.remove(index)
    }
}

fn merge(known: &mut Vec<(String, Duration)>, tokens: Vec<String>, expires: Duration, now: Duration) {
    known.retain(|(_, expires)| *expires > now);
    for token in tokens.into_iter().take(Tokens::MOST) {
        if let Some(listed) = known.iter_mut().find(|(listed, _)| *listed == token) {
            listed.1 = expires;
        } else if known.len() < Tokens::MOST {
            known.push((token, expires));
        }
    }
}
