//! A source of origins that does as a test says.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use corsac_middleware::OriginSource;
use tokio::sync::Semaphore;

/// A source that counts, and answers when it is let to.
#[derive(Clone)]
pub(crate) struct Tenants(Arc<State>);

struct State {
    allowed: AtomicBool,
    fails: AtomicBool,
    asked: Mutex<Vec<String>>,
    running: AtomicUsize,
    /// One permit, one answer.
    answers: Semaphore,
}

impl Tenants {
    /// A source that answers at once.
    pub(crate) fn prompt() -> Self {
        Self::with_answers(Semaphore::MAX_PERMITS)
    }

    /// A source that answers only so many times until [`Tenants::answer`].
    pub(crate) fn with_answers(count: usize) -> Self {
        Self(Arc::new(State {
            allowed: AtomicBool::new(true),
            fails: AtomicBool::new(false),
            asked: Mutex::default(),
            running: AtomicUsize::new(0),
            answers: Semaphore::new(count),
        }))
    }

    pub(crate) fn answer(&self, count: usize) {
        self.0.answers.add_permits(count);
    }

    pub(crate) fn allow(&self, allowed: bool) {
        self.0.allowed.store(allowed, Ordering::SeqCst);
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.0.fails.store(fails, Ordering::SeqCst);
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.0.asked.lock().expect("no test panics while it holds this").len()
    }

    /// What it was asked about, in order.
    pub(crate) fn asked_about(&self) -> Vec<String> {
        self.0.asked.lock().expect("no test panics while it holds this").clone()
    }

    /// How many questions it is thinking about.
    pub(crate) fn running(&self) -> usize {
        self.0.running.load(Ordering::SeqCst)
    }
}

impl OriginSource for Tenants {
    type Error = &'static str;

    async fn allows(&self, origin: &str) -> Result<bool, Self::Error> {
        /// Counts down also where the question is dropped.
        struct Running<'a>(&'a AtomicUsize);

        impl Drop for Running<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }

        self.0.asked.lock().expect("no test panics while it holds this").push(origin.to_owned());
        self.0.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(&self.0.running);
        // The answer is that of the moment when it was asked, as a query's is.
        let (allowed, fails) = (self.0.allowed.load(Ordering::SeqCst), self.0.fails.load(Ordering::SeqCst));
        self.0.answers.acquire().await.expect("it is never closed").forget();
        if fails { Err("the database is away") } else { Ok(allowed) }
    }
}

/// Lets every other task go as far as it can.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
