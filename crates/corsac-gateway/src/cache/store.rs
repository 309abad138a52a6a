//! Where responses are kept: so many bytes of them, over all workers, and those that nobody asks for are the first to go.
//!
//! Knows requests by their key, and which of the responses to it is for whom from themselves.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use moka::ops::compute::Op;
use moka::sync::Cache;

use super::entry::{Entry, Fit};
use super::question::Question;

/// How many responses to one URL are kept, for requests that differ in what the upstream varies by.
const VARIANTS: usize = 16;

/// How long a response is kept that nobody asks for. By then it is stale, and few still have their validators.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The responses to one URL, the newest first.
type Variants = Arc<[Arc<Entry>]>;

/// The responses of a route.
pub(crate) struct Store {
    responses: Cache<String, Variants>,
    /// How large a body is that is kept: a single response does not drive out all others.
    pub(super) largest: u64,
}

/// What there is for a request.
pub(super) enum Found {
    /// A response that can be given, and its age.
    Fresh(Arc<Entry>, Duration),
    /// A response of which the upstream has to say whether it still holds.
    Stale(Arc<Entry>),
    Nothing,
}

impl Store {
    /// For as many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let weigh = |key: &String, variants: &Variants| {
            let size = key.len() + variants.iter().map(|entry| entry.size()).sum::<usize>();
            u32::try_from(size).unwrap_or(u32::MAX)
        };
        let responses =
            Cache::builder().max_capacity(bytes).weigher(weigh).time_to_idle(FORGOTTEN_AFTER).build();
        Self { responses, largest: (bytes / 8).min(u64::from(u32::MAX / 2)) }
    }

    pub(super) fn find(&self, question: &Question, now: SystemTime) -> Found {
        let Some(variants) = self.responses.get(question.key()) else { return Found::Nothing };
        let mut stale = None;
        for entry in variants.iter() {
            match entry.fit(question, now) {
                Fit::Fresh(age) => return Found::Fresh(Arc::clone(entry), age),
                Fit::Stale => stale = stale.or(Some(entry)),
                Fit::Other => {}
            }
        }
        stale.map_or(Found::Nothing, |entry| Found::Stale(Arc::clone(entry)))
    }

    /// Keeps a response, in place of the one that was for the same requests.
    pub(super) fn keep(&self, question: &Question, entry: Entry) {
        let entry = Arc::new(entry);
        self.responses.entry_by_ref(question.key()).and_compute_with(|before| {
            let others =
                before.into_iter().flat_map(|it| it.into_value().iter().cloned().collect::<Vec<_>>());
            let others = others.filter(|other| !other.is_for_those_of(&entry)).take(VARIANTS - 1);
            Op::Put(std::iter::once(Arc::clone(&entry)).chain(others).collect())
        });
    }

    /// Keeps nothing of this URL any more: it was changed.
    pub(super) fn forget(&self, question: &Question) {
        self.responses.invalidate(question.key());
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("largest", &self.largest).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use http::{Request, Response};

    use super::super::entry::Draft;
    use super::{Found, Question, Store};
    use crate::config::TrustedProxies;
    use crate::forwarded::{Asked, Peer, Spoken};

    fn question(path: &str, lines: &[(&str, &str)]) -> Question {
        let request =
            lines.iter().fold(Request::get(path).header("host", "a"), |it, line| it.header(line.0, line.1));
        let request = request.body(()).expect("a request");
        let peer = Peer::new([192, 0, 2, 1].into(), Spoken::Http);
        Question::new(&request, &Asked::new(&request, &peer, &TrustedProxies::default()))
    }

    /// Keeps what was answered with these headers, if it may be.
    fn keep(store: &Store, question: &Question, lines: &[(&str, &str)], length: usize) -> bool {
        let response = lines.iter().fold(Response::builder(), |it, line| it.header(line.0, line.1));
        let response = response.body(()).expect("a response");
        let draft = Draft::of(question, &response, SystemTime::now());
        draft.is_some_and(|draft| {
            store.keep(question, draft.with_body(vec![0; length].into()));
            true
        })
    }

    fn is_fresh(store: &Store, question: &Question) -> bool {
        matches!(store.find(question, SystemTime::now()), Found::Fresh(..))
    }

    const MINUTE: (&str, &str) = ("cache-control", "max-age=60");

    #[test]
    fn however_much_is_kept_there_is_an_end_to_it() {
        let store = Store::new(100_000);
        for index in 0..1_000 {
            assert!(keep(&store, &question(&format!("/{index}"), &[]), &[MINUTE], 5_000));
        }
        store.responses.run_pending_tasks();
        assert!(store.responses.weighted_size() <= 100_000, "{}", store.responses.weighted_size());
        assert!(store.responses.entry_count() > 0);
        // Neither is there room for every variant of one.
        for language in 0..100 {
            let asked = question("/", &[("accept-language", &language.to_string())]);
            assert!(keep(&store, &asked, &[MINUTE, ("vary", "accept-language")], 1));
        }
        let variants = store.responses.get(question("/", &[]).key()).expect("the last ones");
        assert_eq!(variants.len(), super::VARIANTS);
    }

    #[test]
    fn what_may_be_for_one_user_is_not_kept() {
        let store = Store::new(100_000);
        let anonymous = question("/", &[]);
        for lines in [
            &[][..],
            &[("cache-control", "private, max-age=60")],
            &[("cache-control", "Private, Max-Age=60")],
            &[("cache-control", "max-age=60"), ("cache-control", "PRIVATE")],
            &[("cache-control", "no-store")],
            &[("cache-control", "max-age=60, no-store=\"x\"")],
            &[("cache-control", "public, max-age=60"), ("set-cookie", "a=b")],
            &[MINUTE, ("vary", "*")],
            &[MINUTE, ("vary", "accept, *")],
            &[MINUTE, ("vary", "X-Forwarded-For")],
            &[MINUTE, ("age", "18446744073709551615")],
            &[MINUTE, ("age", "-1")],
            &[MINUTE, ("trailer", "x-checksum")],
            &[("expires", "0")],
            &[("last-modified", "nonsense"), ("cache-control", "max-age=x, private")],
        ] {
            assert!(!keep(&store, &anonymous, lines, 1), "{lines:?}");
        }
        for credentials in [("cookie", "session=1"), ("authorization", "Bearer 1")] {
            let asked = question("/", &[credentials]);
            for directives in ["max-age=60", "max-age=60, must-revalidate", "max-age=60, max-age=30"] {
                assert!(!keep(&store, &asked, &[("cache-control", directives)], 1), "{directives}");
            }
            for directives in ["public, max-age=60", "s-maxage=60", "max-age=60, Public"] {
                assert!(keep(&store, &asked, &[("cache-control", directives)], 1), "{directives}");
                assert!(is_fresh(&store, &anonymous) && is_fresh(&store, &asked), "{directives}");
                store.forget(&anonymous);
            }
            // What was for anybody without them is not for somebody with them.
            assert!(keep(&store, &anonymous, &[MINUTE], 1));
            assert!(is_fresh(&store, &anonymous) && !is_fresh(&store, &asked), "{credentials:?}");
            store.forget(&anonymous);
        }
    }

    #[test]
    fn a_response_is_for_those_who_ask_alike() {
        let store = Store::new(100_000);
        let varying = [MINUTE, ("vary", "Accept-Language"), ("vary", "accept")];
        let asked = question("/", &[("accept-language", "fr"), ("accept", "a"), ("accept", "b")]);
        assert!(keep(&store, &asked, &varying, 1) && is_fresh(&store, &asked));
        for lines in [
            &[][..],
            &[("accept-language", "fr")],
            &[("accept-language", "fr"), ("accept", "a")],
            &[("accept-language", "fr"), ("accept", "a"), ("accept", "c")],
            &[("accept-language", "fr"), ("accept", "a"), ("accept", "b"), ("connection", "accept")],
            &[("accept-language", "fr"), ("accept", "a"), ("accept", "b"), ("cache-control", "No-Cache")],
            &[("accept-language", "fr"), ("accept", "a"), ("accept", "b"), ("pragma", "no-cache")],
        ] {
            assert!(!is_fresh(&store, &question("/", lines)), "{lines:?}");
        }
        assert!(!is_fresh(&store, &question("/?", &[])) && !is_fresh(&store, &question("/x", &[])));
        assert!(!keep(&store, &question("/", &[("cache-control", "No-Store")]), &[MINUTE], 1));
    }

    #[test]
    fn what_is_too_old_has_to_be_asked_for() {
        let store = Store::new(100_000);
        let asked = question("/", &[]);
        let lines = [("cache-control", "max-age=60"), ("age", "50"), ("etag", "\"v1\"")];
        assert!(keep(&store, &asked, &lines, 1));
        let found = |after: u64| store.find(&asked, SystemTime::now() + Duration::from_secs(after));
        assert!(matches!(found(5), Found::Fresh(_, age) if age.as_secs() >= 55));
        let Found::Stale(entry) = found(15) else { panic!("it is stale") };
        let mut request = http::HeaderMap::new();
        entry.make_conditional(&mut request);
        assert_eq!(request["if-none-match"], "\"v1\"");
        assert!(Arc::strong_count(&entry) > 1);
        // What says nothing of itself but when it was changed is asked for each time.
        assert!(keep(&store, &asked, &[("last-modified", "Mon, 01 Jan 2001 00:00:00 GMT")], 1));
        assert!(matches!(found(0), Found::Stale(_)));
    }
}
