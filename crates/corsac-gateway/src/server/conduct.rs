//! How the client of one HTTP/2 connection behaves: how often it takes a request back.
//!
//! A request that is taken back costs the client nothing, and the upstream may have begun with it. Over HTTP/2 a client
//! can do so without end on one connection ("rapid reset", CVE-2023-44487). Knows nothing of what is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

/// How many more requests may be taken back than are answered, before the connection takes no new ones. A page that types
/// ahead takes most of them back, and waits for some; and it loses nothing, since it opens another connection.
const TAKEN_BACK: usize = 256;

/// The same before the connection is cut off: whoever was told to go, and goes on.
const TOO_MANY: usize = 4 * TAKEN_BACK;

/// What became of the requests of one connection.
pub(super) struct Conduct {
    answered: AtomicUsize,
    taken_back: AtomicUsize,
    /// Ends the connection once its requests are answered.
    closing: CancellationToken,
    cut: CancellationToken,
}

impl Conduct {
    pub(super) fn new(closing: CancellationToken) -> Arc<Self> {
        let none = || AtomicUsize::new(0);
        let cut = CancellationToken::new();
        Arc::new(Self { answered: none(), taken_back: none(), closing, cut })
    }

    /// A request has come.
    pub(super) fn asks(self: &Arc<Self>) -> Pending {
        Pending { conduct: Arc::clone(self), is_answered: false }
    }

    fn takes_back(&self) {
        let taken_back = self.taken_back.fetch_add(1, Ordering::Relaxed) + 1;
        let answered = self.answered.load(Ordering::Relaxed);
        if taken_back > TAKEN_BACK + answered {
            self.closing.cancel();
        }
        if taken_back > TOO_MANY + answered {
            self.cut.cancel();
        }
    }

    /// Waits until the client is not worth serving.
    pub(super) async fn is_too_bad(&self) {
        self.cut.cancelled().await;
    }
}

/// A request without an answer. Dropped before [`Pending::answered`], it was taken back.
pub(super) struct Pending {
    conduct: Arc<Conduct>,
    is_answered: bool,
}

impl Pending {
    pub(super) fn answered(mut self) {
        self.conduct.answered.fetch_add(1, Ordering::Relaxed);
        self.is_answered = true;
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.is_answered {
            self.conduct.takes_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::{Conduct, TAKEN_BACK, TOO_MANY};

    #[test]
    fn what_is_answered_weighs_against_what_is_taken_back() {
        let closing = CancellationToken::new();
        let conduct = Conduct::new(closing.clone());
        (0..10).for_each(|_| conduct.asks().answered());
        (0..TAKEN_BACK + 10).for_each(|_| drop(conduct.asks()));
        assert!(!closing.is_cancelled());
        drop(conduct.asks());
        assert!(closing.is_cancelled() && !conduct.cut.is_cancelled());
        (0..TOO_MANY - TAKEN_BACK).for_each(|_| drop(conduct.asks()));
        assert!(conduct.cut.is_cancelled());
    }
}
