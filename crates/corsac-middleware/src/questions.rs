//! The questions that are being asked: whoever wants to know the same joins in, and may leave without harm.
//!
//! A question goes on for as long as anybody waits for it, and is driven by whoever is awake. Knows no cache.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use crate::origin_source::SourceFailure;

type Answer = BoxFuture<'static, Result<bool, SourceFailure>>;

/// Every open question. Cloning shares them.
#[derive(Clone, Default)]
pub(crate) struct Questions {
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    /// How many were ever asked, which gives each its number.
    asked: u64,
    by_origin: HashMap<Box<str>, (u64, WeakShared<Answer>)>,
}

impl Questions {
    /// The open question about this origin; a new one where there is none.
    pub(crate) fn join(&self, origin: &str, ask: impl FnOnce(Ticket) -> Answer) -> Shared<Answer> {
        let mut open = self.lock();
        if let Some(question) = open.by_origin.get(origin).and_then(|(_, question)| question.upgrade()) {
            return question;
        }
        open.asked += 1;
        let number = open.asked;
        let question = ask(Ticket { questions: self.clone(), origin: origin.into(), number }).shared();
        let weak = question.downgrade().expect("it has not been polled yet");
        open.by_origin.insert(origin.into(), (number, weak));
        question
    }

    /// Whoever asks about this origin from now on asks anew.
    pub(crate) fn close(&self, origin: &str) {
        self.lock().by_origin.remove(origin);
    }

    /// Whoever asks anything from now on asks anew.
    pub(crate) fn close_all(&self) {
        self.lock().by_origin.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().expect("nothing panics while it holds the lock")
    }
}

/// What a question knows of itself. Dropping it closes the question: it was answered, or nobody waits any more.
pub(crate) struct Ticket {
    questions: Questions,
    origin: Box<str>,
    number: u64,
}

impl Ticket {
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether those who ask now still join in.
    pub(crate) fn is_open(&self) -> bool {
        self.questions.lock().by_origin.get(&self.origin).is_some_and(|(number, _)| *number == self.number)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = self.questions.lock();
        // Another question about the same origin may have taken its place.
        if open.by_origin.get(&self.origin).is_some_and(|(number, _)| *number == self.number) {
            open.by_origin.remove(&self.origin);
        }
    }
}
