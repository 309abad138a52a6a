//! A cache in front of a source of origins: answers are kept for a while, and one question is asked once at a time.
//!
//! Fails closed: where the source fails or is too slow, the origin is refused, and asked about again next time.
//! Knows nothing of requests.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use moka::Expiry;
use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::origin_source::{OriginSource, SourceFailure};
use crate::questions::{Questions, Ticket};

/// What a cache of origins may keep, how long, and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// How long an allowed origin stays allowed without being asked about again: how long a customer who left is still
    /// let in.
    pub allowed_for: Duration,
    /// How long a refused origin stays refused: how long a new customer waits.
    pub refused_for: Duration,
    /// How many origins are remembered. Strangers can send any number; those that are asked about often stay.
    pub capacity: u64,
    /// How long a request waits for the source.
    pub timeout: Duration,
    /// How many questions the source is asked at once: a flood of made-up origins must not become one of queries.
    pub questions_at_once: usize,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self {
            allowed_for: Duration::from_secs(60),
            refused_for: Duration::from_secs(10),
            capacity: 10_000,
            timeout: Duration::from_secs(2),
            questions_at_once: 32,
        }
    }
}

/// A source of origins with a cache. Cloning shares both.
///
/// ```
/// use corsac_middleware::{CacheLimits, CachedOrigins, OriginSource};
///
/// struct Database;
///
/// impl OriginSource for Database {
///     type Error = std::io::Error;
///
///     async fn allows(&self, origin: &str) -> Result<bool, Self::Error> {
///         Ok(origin == "https://tenant.example")
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let origins = CachedOrigins::new(Database, CacheLimits::default());
/// assert!(origins.allows("https://tenant.example").await.expect("the source answers"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct CachedOrigins<Source> {
    source: Arc<Source>,
    answers: Cache<Box<str>, bool>,
    questions: Questions,
    turns: Arc<Semaphore>,
    timeout: Duration,
}

impl<Source: OriginSource> CachedOrigins<Source> {
    /// A cache with these limits, and nothing in it.
    #[must_use]
    pub fn new(source: Source, limits: CacheLimits) -> Self {
        let CacheLimits { allowed_for, refused_for, capacity, timeout, questions_at_once } = limits;
        let lifetime = Lifetime { allowed_for, refused_for };
        let answers = Cache::builder().max_capacity(capacity).expire_after(lifetime).build();
        let turns = Arc::new(Semaphore::new(questions_at_once.clamp(1, Semaphore::MAX_PERMITS)));
        Self { source: Arc::new(source), answers, questions: Questions::default(), turns, timeout }
    }

    /// The answer, where it is known already.
    #[must_use]
    pub fn known(&self, origin: &str) -> Option<bool> {
        // The cache may want to tidy up first, and then it is asked again, patiently, by `allows`.
        self.answers.get(origin).now_or_never().flatten()
    }

    /// The answer, from the source where it is not known. Whoever asks the same at the same time shares the question.
    ///
    /// # Errors
    ///
    /// [`SourceFailure`]: there is no answer, and it is not remembered that there was none.
    pub fn allows(
        &self,
        origin: &str,
    ) -> impl Future<Output = Result<bool, SourceFailure>> + Send + use<Source> {
        self.questions.join(origin, |ticket| self.clone().ask(ticket).boxed())
    }

    async fn ask(self, ticket: Ticket) -> Result<bool, SourceFailure> {
        let origin = ticket.origin();
        if let Some(answer) = self.answers.get(origin).await {
            return Ok(answer);
        }
        let answer = async {
            let _turn = self.turns.acquire().await;
            self.source.allows(origin).await.map_err(|error| SourceFailure::Failed(error.to_string().into()))
        };
        // Everyone who waits would share the panic.
        let answer = AssertUnwindSafe(tokio::time::timeout(self.timeout, answer)).catch_unwind().await;
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(SourceFailure::TooSlow),
            Err(_) => Err(SourceFailure::Failed("it panicked".into())),
        };
        match &answer {
            Ok(allowed) if ticket.is_open() => {
                self.answers.insert(origin.into(), *allowed).await;
                // It may have been forgotten in this very moment.
                if !ticket.is_open() {
                    self.answers.invalidate(origin).await;
                }
            }
            Ok(_) => {}
            Err(failure) => tracing::warn!(target: "corsac", %failure, "an origin is refused"),
        }
        answer
    }

    /// Forgets what was said about an origin, for whoever has just changed it. Questions that are on their way are
    /// answered, and not remembered.
    pub async fn forget(&self, origin: &str) {
        self.questions.close(origin);
        self.answers.invalidate(origin).await;
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.questions.close_all();
        self.answers.invalidate_all();
    }
}

impl<Source> Clone for CachedOrigins<Source> {
    fn clone(&self) -> Self {
        Self {
            source: Arc::clone(&self.source),
            answers: self.answers.clone(),
            questions: self.questions.clone(),
            turns: Arc::clone(&self.turns),
            timeout: self.timeout,
        }
    }
}

impl<Source> fmt::Debug for CachedOrigins<Source> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CachedOrigins")
            .field("known", &self.answers.entry_count())
            .finish_non_exhaustive()
    }
}

/// How long an answer is kept depends on what it is.
struct Lifetime {
    allowed_for: Duration,
    refused_for: Duration,
}

impl Lifetime {
    fn of(&self, allowed: bool) -> Duration {
        if allowed { self.allowed_for } else { self.refused_for }
    }
}

impl Expiry<Box<str>, bool> for Lifetime {
    fn expire_after_create(&self, _: &Box<str>, allowed: &bool, _: Instant) -> Option<Duration> {
        Some(self.of(*allowed))
    }

    fn expire_after_update(
        &self,
        _: &Box<str>,
        allowed: &bool,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(self.of(*allowed))
    }
}
