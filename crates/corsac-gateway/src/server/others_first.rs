//! Reading before writing: a task that has read lets all others read that can, before it writes.
//!
//! To wake a process costs more than to write to it, and one that is written to several times in a row is woken once.

use std::future::poll_fn;
use std::task::{Context, Poll};

/// Nothing now; the task is woken at once, behind all that are awake.
pub(super) fn poll<T>(context: &Context<'_>) -> Poll<T> {
    // Not as tokio's `yield_now` does, which asks the system for what else has come.
    context.waker().wake_by_ref();
    Poll::Pending
}

/// Ends once the others had their turn.
pub(super) async fn come() {
    let mut had_theirs = false;
    poll_fn(|context| match std::mem::replace(&mut had_theirs, true) {
        true => Poll::Ready(()),
        false => poll(context),
    })
    .await;
}
