//! A panic that is an answer: caught, and not printed.
//!
//! Panics elsewhere, and on other threads, are as loud as ever.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What is run gives; nothing where it panics.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |information| {
            if !EXPECTED.get() {
                loud(information);
            }
        }));
    });
    EXPECTED.set(true);
    // What a panic leaves half done is thrown away with it.
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    EXPECTED.set(false);
    result.ok()
}
