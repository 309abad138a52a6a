//! The preflight cache: what a server has allowed already, and for how long.
//!
//! Knows no clock: every question comes with the time on the caller's own.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-cache>

use std::collections::VecDeque;
use std::time::Duration;

use url::Url;

use crate::header_name::NON_WILDCARD_HEADER;
use crate::preflight::Grant;
use crate::request::Request;
use crate::request_origin;

/// One browser's preflight cache: `#concept-cache`.
///
/// Calls that share it see each other's preflights; for a call that should not, give it a new one. It holds
/// at most [`PreflightCache::CAPACITY`] entries and forgets the oldest first.
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
    entries: VecDeque<Entry>,
}

/// A cache entry: one method or one header name.
#[derive(Debug, Clone)]
struct Entry {
    key: Key,
    credentials: bool,
    allowed: Allowed,
    expires: Duration,
}

/// What an entry is for: the network partition key, the origin as it was sent, and the whole URL.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    partition: Option<String>,
    origin: String,
    url: Url,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    Method(String),
    Header(String),
}

impl PreflightCache {
    /// How many methods and header names are kept.
    pub const CAPACITY: usize = 1024;

    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many methods and header names are kept, outdated ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// `#concept-cache-match-method`. A `*` that came with credentials counts as well: so the text has it.
    pub(crate) fn allows_method(&self, request: &Request, now: Duration) -> bool {
        self.matches(request, now).any(|entry| entry.allowed.covers_method(&request.method))
    }

    /// `#concept-cache-match-header`
    pub(crate) fn allows_header(&self, request: &Request, name: &str, now: Duration) -> bool {
        self.matches(request, now).any(|entry| entry.allowed.covers_header(name))
    }

    /// Keeps what an answer allows: `#cors-preflight-fetch-0`, steps 7.12 to 7.15.
    ///
    /// What is known already counts from now on anew: the standard sets the maximum age and leaves the moment
    /// of storing alone, but an age that began long before the answer came is nothing a server can mean.
    pub(crate) fn store(&mut self, request: &Request, grant: &Grant, now: Duration) {
        let expires = now.saturating_add(grant.max_age);
        self.entries.retain(|entry| entry.expires > now);
        let (key, credentials) = (Key::of(request), request.includes_credentials());
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
        self.entries.retain(|entry| entry.expires > now);
    }

    fn store_one(&mut self, entry: Entry, covers: impl Fn(&Allowed) -> bool) {
        let mut is_known = false;
        for known in &mut self.entries {
            if covers(&known.allowed) && known.matches(&entry.key, entry.credentials) {
                known.expires = entry.expires;
                is_known = true;
            }
        }
        if is_known {
            return;
        }
        if self.entries.len() == Self::CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Forgets what is known for the request's URL: `#concept-cache-clear`.
    pub(crate) fn clear(&mut self, request: &Request) {
        let key = Key::of(request);
        self.entries.retain(|entry| entry.key != key);
    }

    fn matches(&self, request: &Request, now: Duration) -> impl Iterator<Item = &Entry> {
        let key = Key::of(request);
        let with_credentials = request.includes_credentials();
        self.entries.iter().filter(move |entry| entry.expires > now && entry.matches(&key, with_credentials))
    }
}

impl Key {
    fn of(request: &Request) -> Self {
        Self {
            partition: request.page.partition_key(),
            origin: request_origin::serialized(request),
            url: request.url().clone(),
        }
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
            cache.store(&request, &grant(name), Duration::ZERO);
        }
        assert_eq!(cache.len(), PreflightCache::CAPACITY);
        let knows = |method: &str| {
            let mut asked = request.clone();
            asked.method = method.into();
            cache.allows_method(&asked, Duration::ZERO)
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
        cache.store(&request, &grant, Duration::ZERO);
        assert!(cache.allows_method(&request, Duration::ZERO));
        request.page = Page::of("https://other.example".parse().expect("an origin"));
        assert!(!cache.allows_method(&request, Duration::ZERO));
    }
}
