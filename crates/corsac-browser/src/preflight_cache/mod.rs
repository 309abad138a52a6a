//! The preflight cache: what a server has allowed already, and for how long.
//!
//! Knows no clock: every question comes with the time on the caller's own.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-cache>

mod answers;
mod entries;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use url::Url;

use crate::preflight::Grant;
use crate::request::Request;
use crate::{Initiator, Quirk, UnsafeReason, request_origin};
use answers::Answers;
use entries::Entries;
use tokens::Tokens;

/// One browser's preflight cache: `#concept-cache`.
///
/// Calls that share it see each other's preflights; for a call that should not, give it a new one. How it
/// remembers is the engine's affair; calls judged as another engine do not see it. It is bounded, by
/// [`PreflightCache::CAPACITY`] or less, and forgets the oldest first.
///
/// ```
/// use corsac_browser::{Answer, Browser, Call, Next, Page, PreflightCache, RequestKind, WireResponse, fetch};
/// use std::time::Duration;
///
/// let page = Page::of("https://app.example".parse()?);
/// let mut call = Call::new("https://api.example/orders/7".parse()?);
/// call.method = "DELETE".into();
/// let mut cache = PreflightCache::new();
///
/// let start = Duration::ZERO;
/// let Next::Send(preflight) = fetch(&page, &call, Browser::Standard, &mut cache, start) else { panic!() };
/// assert_eq!(preflight.request().kind, RequestKind::Preflight);
/// let headers = [
///     ("Access-Control-Allow-Origin", "https://app.example"),
///     ("Access-Control-Allow-Methods", "DELETE"),
///     ("Access-Control-Max-Age", "600"),
/// ];
/// let allowed = WireResponse { status: 204, headers: headers.into_iter().collect() };
/// let _ = preflight.receive(Answer::Response(allowed), &mut cache, start);
///
/// let minute = Duration::from_secs(60);
/// let Next::Send(second) = fetch(&page, &call, Browser::Standard, &mut cache, minute) else { panic!() };
/// assert_eq!(second.request().kind, RequestKind::Actual);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PreflightCache {
    entries: Entries,
    answers: Answers,
    tokens: Tokens,
    calls: u64,
}

/// What an answer is for: the network partition key, the origin, and the whole URL.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    partition: Option<String>,
    origin: String,
    /// An opaque origin that a redirect has made is like no other, and lives as long as its call.
    call: Option<u64>,
    url: Url,
}

/// What the cache does not allow already.
#[derive(Debug, Default)]
pub(crate) struct Unknown {
    pub(crate) method: bool,
    /// In lower case.
    pub(crate) headers: BTreeSet<String>,
}

impl PreflightCache {
    /// How many methods and header names, or answers, are kept.
    pub const CAPACITY: usize = Entries::CAPACITY;

    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many things are kept, outdated ones included: methods and header names by the standard, URLs by
    /// the engines.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len() + self.answers.len() + self.tokens.len()
    }

    /// A number for the next call.
    pub(crate) fn number_call(&mut self) -> u64 {
        self.calls += 1;
        self.calls
    }

    /// What of the request must be asked for. An engine that knows a URL as a whole asks for all or nothing,
    /// and asking it can make it forget.
    pub(crate) fn unknown(
        &mut self,
        request: &Request,
        names: &BTreeMap<String, UnsafeReason>,
        now: Duration,
    ) -> Unknown {
        let (key, with_credentials) = (Key::of(request), request.includes_credentials());
        let names: Vec<&str> = names.keys().map(String::as_str).collect();
        let method = request.method.as_str();
        let suffices = if passes_by(request) {
            false
        } else if request.has(Quirk::CacheWholeAnswers) {
            self.answers.suffice(request.browser, &key, with_credentials, method, &names, now)
        } else if request.has(Quirk::CacheStarIsLiteral) {
            self.tokens.suffice(&key, with_credentials, method, &names, now)
        } else {
            return self.entries.unknown(&key, with_credentials, method, &names, now);
        };
        if suffices {
            return Unknown::default();
        }
        Unknown { method: true, headers: names.into_iter().map(str::to_owned).collect() }
    }

    /// Keeps what an answer allows.
    pub(crate) fn store(&mut self, request: &Request, grant: Grant, now: Duration) {
        const LONGEST_URL: usize = 1024;
        let (key, credentials) = (Key::of(request), request.includes_credentials());
        let is_too_long = request.has(Quirk::CacheNoLongUrls) && key.url.as_str().len() >= LONGEST_URL;
        let is_nobody =
            request.has(Quirk::CacheNotForOpaquePages) && request.page.origin.as_tuple().is_none();
        if is_too_long || is_nobody {
            return;
        }
        if request.has(Quirk::CacheWholeAnswers) {
            self.answers.store(key, credentials, grant, now);
        } else if request.has(Quirk::CacheStarIsLiteral) {
            self.tokens.store(&key, credentials, grant, now);
        } else {
            self.entries.store(&key, credentials, &grant, now);
        }
    }

    /// Forgets what is known for the URL that redirected to the request's.
    pub(crate) fn clear_before(&mut self, request: &Request) {
        if let [.., before, _] = request.urls() {
            self.forget(request, Key { url: before.clone(), ..Key::of(request) });
        }
    }

    /// Forgets what is known for the request's URL: `#concept-cache-clear`.
    pub(crate) fn clear(&mut self, request: &Request) {
        self.forget(request, Key::of(request));
    }

    fn forget(&mut self, request: &Request, key: Key) {
        if request.has(Quirk::CacheStarIsLiteral) {
            self.tokens.clear(&key);
        } else {
            self.entries.clear(&key);
        }
    }
}

/// Whether what is known is not looked up: the call's script looks after cached responses itself.
fn passes_by(request: &Request) -> bool {
    const CONDITIONS: [&str; 5] =
        ["If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since"];
    let is_quirk = request.has(Quirk::CacheNotForConditions)
        || (request.has(Quirk::CacheNotForFetchedConditions) && request.initiator == Initiator::Fetch);
    is_quirk && CONDITIONS.iter().any(|name| request.headers.contains(name))
}

impl Key {
    fn of(request: &Request) -> Self {
        let by_page = request.has(Quirk::CacheByPageOrigin);
        // The origin of a page without one is `null` before the redirect and after.
        let is_own = request.has(Quirk::CacheTaintedAlone)
            && request.page.origin.as_tuple().is_some()
            && request_origin::is_tainted(request);
        Self {
            partition: request.page.partition_key(),
            origin: if by_page {
                request.page.origin.to_string()
            } else {
                request_origin::serialized(request)
            },
            call: is_own.then_some(request.number),
            url: request.url().clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Browser, Call, Page};

    fn request(url: &str) -> Request {
        let page = Page::of("https://app.example".parse().expect("an origin"));
        Request::new(&page, &Call::new(url.parse().expect("a URL")), Browser::Standard)
    }

    #[test]
    fn the_oldest_entry_goes_when_there_is_no_room() {
        let mut cache = PreflightCache::new();
        let grant = |name: usize| Grant {
            methods: vec![format!("M{name}")],
            headers: Vec::new(),
            max_age: Duration::from_secs(60),
        };
        let request = request("https://api.example/");
        for name in 0..=PreflightCache::CAPACITY {
            cache.store(&request, grant(name), Duration::ZERO);
        }
        assert_eq!(cache.len(), PreflightCache::CAPACITY);
        let mut knows = |method: &str| {
            let mut asked = request.clone();
            asked.method = method.into();
            !cache.unknown(&asked, &BTreeMap::new(), Duration::ZERO).method
        };
        assert!(!knows("M0") && knows("M1") && knows(&format!("M{}", PreflightCache::CAPACITY)));
    }

    #[test]
    fn sites_do_not_share() {
        let grant =
            Grant { methods: vec!["PUT".into()], headers: Vec::new(), max_age: Duration::from_secs(60) };
        let mut cache = PreflightCache::new();
        let mut request = request("https://api.example/");
        request.method = "PUT".into();
        cache.store(&request, grant, Duration::ZERO);
        assert!(!cache.unknown(&request, &BTreeMap::new(), Duration::ZERO).method);
        request.page = Page::of("https://other.example".parse().expect("an origin"));
        assert!(cache.unknown(&request, &BTreeMap::new(), Duration::ZERO).method);
    }
}
