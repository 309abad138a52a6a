//! The origin index: which pattern covers an origin, at a cost that does not grow with their number.
//!
//! One hash table holds every pattern, keyed by its parts. A request's origin is looked up as it stands, then once
//! for each suffix of its host that is as long as some pattern's base: the work depends on the origin alone.
//! The hash is keyed at random, so a client cannot aim at collisions. Allocates nothing while matching.

use std::hash::{Hash, Hasher, RandomState};

use hashbrown::{Equivalent, HashMap};

use crate::origin::{default_port, split_serialized};
use crate::pattern::{OriginPattern, PortPattern};

/// The patterns of one policy, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct OriginIndex {
    patterns: Vec<OriginPattern>,
    positions: HashMap<Key, u32, RandomState>,
    /// Which lengths the bases of `*.` patterns have, as a bit set: suffixes of other lengths need no look-up.
    base_lengths: [u64; 4],
}

#[derive(Debug, Clone)]
struct Key {
    scheme: Box<str>,
    host: Box<str>,
    subdomains: bool,
    port: PortPattern,
}

struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    subdomains: bool,
    port: PortPattern,
}

impl Parts<'_> {
    fn same(&self, other: &Self) -> bool {
        self.host == other.host
            && self.port == other.port
            && self.subdomains == other.subdomains
            && self.scheme == other.scheme
    }
}

impl Key {
    fn parts(&self) -> Parts<'_> {
        Parts { scheme: &self.scheme, host: &self.host, subdomains: self.subdomains, port: self.port }
    }
}

impl Hash for Parts<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.host.hash(state);
        self.scheme.hash(state);
        self.subdomains.hash(state);
        self.port.hash(state);
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.parts().same(&other.parts())
    }
}

impl Eq for Key {}

impl Equivalent<Key> for Parts<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.same(&key.parts())
    }
}

impl OriginIndex {
    pub(crate) fn new(patterns: Vec<OriginPattern>) -> Self {
        let mut positions = HashMap::with_capacity_and_hasher(patterns.len(), RandomState::new());
        let mut base_lengths = [0; 4];
        for (position, pattern) in (0_u32..).zip(&patterns) {
            if pattern.subdomains {
                // A base has at most 251 bytes: a longer one is no pattern.
                base_lengths[pattern.host.len() / 64] |= 1 << (pattern.host.len() % 64);
            }
            positions
                .entry(Key {
                    scheme: pattern.scheme.clone(),
                    host: pattern.host.clone(),
                    subdomains: pattern.subdomains,
                    port: pattern.port,
                })
                .or_insert(position);
        }
        Self { patterns, positions, base_lengths }
    }

    pub(crate) fn patterns(&self) -> &[OriginPattern] {
        &self.patterns
    }

    /// The pattern that covers this serialised origin, the most exact one first.
    pub(crate) fn find(&self, origin: &str) -> Option<&OriginPattern> {
        let (scheme, host, port) = split_serialized(origin)?;
        if port.is_some() && port == default_port(scheme) {
            // No browser writes the default port.
            return None;
        }
        if let Some(found) = self.look_up(scheme, host, false, port) {
            return Some(found);
        }
        host.bytes().enumerate().filter(|&(at, byte)| byte == b'.' && at > 0).find_map(|(dot, _)| {
            let base = &host[dot + 1..];
            let known =
                self.base_lengths.get(base.len() / 64).is_some_and(|set| set >> (base.len() % 64) & 1 == 1);
            if known { self.look_up(scheme, base, true, port) } else { None }
        })
    }

    /// Another pattern that covers every origin this one covers.
    pub(crate) fn covering(&self, pattern: &OriginPattern) -> Option<&OriginPattern> {
        let scheme = &pattern.scheme;
        let same_host = || [pattern.subdomains].into_iter().map(|subdomains| (&*pattern.host, subdomains));
        let dots = pattern.host.bytes().enumerate().filter(|&(at, byte)| byte == b'.' && at > 0);
        let above = dots.map(|(dot, _)| (&pattern.host[dot + 1..], true));
        same_host().chain(above).find_map(|(host, subdomains)| {
            [pattern.port, PortPattern::Any].into_iter().find_map(|port| {
                let position = *self.positions.get(&Parts { scheme, host, subdomains, port })?;
                self.patterns.get(usize::try_from(position).ok()?).filter(|other| *other != pattern)
            })
        })
    }

    fn look_up(
        &self,
        scheme: &str,
        host: &str,
        subdomains: bool,
        port: Option<u16>,
    ) -> Option<&OriginPattern> {
        [PortPattern::Exactly(port), PortPattern::Any].into_iter().find_map(|port| {
            let position = *self.positions.get(&Parts { scheme, host, subdomains, port })?;
            self.patterns.get(usize::try_from(position).ok()?)
        })
    }
}
