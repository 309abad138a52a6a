//! The origin index: which pattern covers an origin, at a cost that does not grow with their number.
//!
//! Every pattern's text lies in one arena; two hash tables hold places in it. A request's origin is looked up as it
//! stands, since a browser's bytes are the pattern's bytes. Only where there are families (`*.`, `:*`) is it taken
//! apart, and looked up once for each suffix of its host that is as long as some family's base: the work depends on
//! the origin alone. The hash is keyed at random, so neither a client nor a tenant can aim at collisions. Allocates
//! nothing while matching.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::fault::FaultCode;
use crate::kept::{self, Value};
use crate::origin::{MAX_ORIGIN_LENGTH, default_port, split_serialized};
use crate::pattern::{OriginPattern, PatternParts, PortPattern};

/// The patterns of one policy, ready to be asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct OriginIndex {
    texts: Arena,
    /// Patterns that stand for one origin, by all of their text.
    exact: HashTable<u32>,
    /// The others, by their parts.
    families: HashTable<u32>,
    /// Which lengths the hosts have that are allowed on any port, and which the bases of `*.` patterns: what has another
    /// length needs no look-up.
    any_port: Lengths,
    bases: Lengths,
    /// A short list, compared one by one; empty where the list is longer, or has families.
    short: Vec<Short>,
    hasher: RandomState,
}

/// An origin of a short list, beside its text as it is answered with.
#[derive(Debug, Clone)]
struct Short {
    pattern: Box<str>,
    answer: Value,
}

/// How many origins are compared one by one in less time than one is hashed.
const SHORT: usize = 4;

/// What covers an origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    /// The pattern, as it is written.
    pub(crate) pattern: &'a str,
    /// The origin as it is answered with, where the list is short.
    pub(crate) answer: Option<&'a Value>,
}

/// Why no pattern was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Nothing covers the origin.
    NotListed,
    /// It is no serialised origin: no browser sent it.
    Malformed,
}

/// There is more text than places in the arena have room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl From<Full> for FaultCode {
    fn from(_: Full) -> Self {
        Self::OriginsTooMany
    }
}

impl OriginIndex {
    /// Adds a pattern; whether it was not there yet.
    pub(crate) fn insert(&mut self, pattern: &OriginPattern) -> Result<bool, Full> {
        let Self { texts, exact, families, any_port, bases, hasher, .. } = self;
        let text = pattern.to_string();
        if pattern.is_exact() {
            let hash = hash_text(hasher, text.as_bytes());
            if exact.find(hash, |&place| texts.at(place) == text).is_some() {
                return Ok(false);
            }
            let place = texts.push(&text)?;
            exact.insert_unique(hash, place, |&place| hash_text(hasher, texts.at(place).as_bytes()));
            return Ok(true);
        }
        let parts = pattern.parts();
        let hash = hasher.hash_one(parts);
        if families.find(hash, |&place| texts.parts_at(place) == parts).is_some() {
            return Ok(false);
        }
        let lengths = if parts.subdomains { bases } else { any_port };
        lengths.insert(parts.host.len());
        let place = texts.push(&text)?;
        families.insert_unique(hash, place, |&place| hasher.hash_one(texts.parts_at(place)));
        Ok(true)
    }

    /// Makes the index ready to be asked, and gives back what was reserved for more.
    pub(crate) fn finish(&mut self) {
        let Self { texts, exact, families, hasher, short, .. } = self;
        if families.is_empty() && exact.len() <= SHORT {
            let both = |text: &str| Some(Short { pattern: text.into(), answer: kept::value(text)? });
            *short = texts.iter().filter_map(both).collect();
        }
        texts.0.shrink_to_fit();
        exact.shrink_to_fit(|&place| hash_text(hasher, texts.at(place).as_bytes()));
        families.shrink_to_fit(|&place| hasher.hash_one(texts.parts_at(place)));
    }

    /// How many patterns there are.
    pub(crate) fn len(&self) -> usize {
        self.exact.len() + self.families.len()
    }

    /// The patterns' texts, in the order in which they came.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter()
    }

    /// The pattern that covers this serialised origin, the most exact one first.
    ///
    /// What is longer than any origin is not looked at, and a short list is compared rather than hashed.
    ///
    /// # Errors
    ///
    /// [`Miss`]: nothing covers it, or it is no serialised origin at all.
    #[inline]
    pub(crate) fn find(&self, origin: &[u8]) -> Result<Found<'_>, Miss> {
        if origin.len() > MAX_ORIGIN_LENGTH {
            return Err(Miss::Malformed);
        }
        if let Some(found) = self.find_exact(origin) {
            return Ok(found);
        }
        let text = std::str::from_utf8(origin).map_err(|_| Miss::Malformed)?;
        let parts = split_serialized(text).ok_or(Miss::Malformed)?;
        if self.families.is_empty() {
            Err(Miss::NotListed)
        } else {
            let pattern = self.find_family(parts).ok_or(Miss::NotListed)?;
            Ok(Found { pattern, answer: None })
        }
    }

    #[inline]
    fn find_exact(&self, origin: &[u8]) -> Option<Found<'_>> {
        if !self.short.is_empty() {
            let Short { pattern, answer } =
                self.short.iter().find(|short| short.pattern.as_bytes() == origin)?;
            return Some(Found { pattern, answer: Some(answer) });
        }
        let hash = hash_text(&self.hasher, origin);
        let place = *self.exact.find(hash, |&place| self.texts.at(place).as_bytes() == origin)?;
        Some(Found { pattern: self.texts.at(place), answer: None })
    }

    fn find_family(&self, (scheme, host, port): (&str, &str, Option<u16>)) -> Option<&str> {
        if port.is_some() && port == default_port(scheme) {
            // No browser writes the default port.
            return None;
        }
        let on = |host, subdomains, port| self.family(&PatternParts { scheme, host, subdomains, port });
        let any_port =
            self.any_port.contains(host.len()).then(|| on(host, false, PortPattern::Any)).flatten();
        any_port.or_else(|| {
            suffixes(host).filter(|base| self.bases.contains(base.len())).find_map(|base| {
                let exactly = PortPattern::Exactly(port);
                on(base, true, exactly).or_else(|| on(base, true, PortPattern::Any))
            })
        })
    }

    /// Another pattern that covers every origin this one covers.
    pub(crate) fn covering(&self, own: &PatternParts<'_>) -> Option<&str> {
        if self.families.is_empty() {
            return None;
        }
        let &PatternParts { scheme, host, subdomains, port } = own;
        std::iter::once((host, subdomains)).chain(suffixes(host).map(|base| (base, true))).find_map(
            |(host, subdomains)| {
                [port, PortPattern::Any]
                    .into_iter()
                    .map(|port| PatternParts { scheme, host, subdomains, port })
                    .filter(|parts| parts != own)
                    .find_map(|parts| self.family(&parts))
            },
        )
    }

    fn family(&self, parts: &PatternParts<'_>) -> Option<&str> {
        let hash = self.hasher.hash_one(parts);
        let place = *self.families.find(hash, |&place| self.texts.parts_at(place) == *parts)?;
        Some(self.texts.at(place))
    }
}

/// The lengths that some hosts have, as a bit set.
#[derive(Debug, Clone, Copy, Default)]
struct Lengths([u64; 4]);

impl Lengths {
    /// A host has at most 253 bytes and a dot: a longer one is no pattern.
    fn insert(&mut self, length: usize) {
        self.0[length / 64] |= 1 << (length % 64);
    }

    fn contains(&self, length: usize) -> bool {
        self.0.get(length / 64).is_some_and(|set| set >> (length % 64) & 1 == 1)
    }
}

/// What is left of a host without its first label, without its first two, and so on.
fn suffixes(host: &str) -> impl Iterator<Item = &str> {
    host.bytes().enumerate().filter(|&(at, byte)| byte == b'.' && at > 0).map(|(dot, _)| &host[dot + 1..])
}

fn hash_text(hasher: &RandomState, text: &[u8]) -> u64 {
    use std::hash::Hasher;
    let mut state = hasher.build_hasher();
    state.write(text);
    state.finish()
}

/// Texts one behind the other, each with its length in front: one place in memory to look at for each of them.
///
/// A length is two characters of seven bits, so that the whole is a text and no part has to be checked again.
#[derive(Debug, Clone, Default)]
struct Arena(String);

impl Arena {
    const LENGTH: usize = 2;

    fn push(&mut self, text: &str) -> Result<u32, Full> {
        let place = u32::try_from(self.0.len()).map_err(|_| Full)?;
        let seven_bits = |bits: usize| char::from(u8::try_from(bits & 0x7f).expect("seven bits are a byte"));
        debug_assert!(text.len() < 1 << 14, "a pattern has a few hundred bytes");
        self.0.push(seven_bits(text.len() >> 7));
        self.0.push(seven_bits(text.len()));
        self.0.push_str(text);
        Ok(place)
    }

    fn at(&self, place: u32) -> &str {
        self.read(place as usize).expect("places come from `push`").0
    }

    fn parts_at(&self, place: u32) -> PatternParts<'_> {
        PatternParts::of(self.at(place)).expect("the texts are patterns")
    }

    fn read(&self, place: usize) -> Option<(&str, usize)> {
        let &[high, low] = self.0.as_bytes().get(place..)?.first_chunk()?;
        let start = place + Self::LENGTH;
        let end = start + (usize::from(high) << 7 | usize::from(low));
        Some((self.0.get(start..end)?, end))
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut place = 0;
        std::iter::from_fn(move || {
            let (text, next) = self.read(place)?;
            place = next;
            Some(text)
        })
    }
}
