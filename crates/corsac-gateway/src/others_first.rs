//! Reading before writing: a task that has read lets all others that can read do so before it writes.
//!
//! To wake a process costs more than to write to it. One that is written to again and again, with nothing in between, is woken
//! once and finds all of it.

use std::future::poll_fn;
use std::task::{Context, Poll};

/// Nothing now; the task is woken at once, behind all that are awake.
pub(crate) fn poll<T>(context: &Context<'_>) -> Poll<T> {
    // Not tokio's `yield_now`, which asks the system for what else is ready.
    context.waker().wake_by_ref();
    Poll::Pending
}

/// Ends once the others have had their turn.
pub(crate) async fn others_first() {
    let mut had_theirs = false;
    poll_fn(|context| match std::mem::replace(&mut had_theirs, true) {
        true => Poll::Ready(()),
        false => poll(context),
    })
    .await;
}
