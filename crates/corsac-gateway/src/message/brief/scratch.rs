//! Room for what is read and written at this moment, on whichever connection of this thread: one that waits has none.

use std::cell::RefCell;

use super::MOST;

thread_local! {
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; MOST].into());
    static WRITTEN: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(2 * MOST));
}

/// With room for all that one read gives.
pub(crate) fn reading<T>(read: impl FnOnce(&mut [u8]) -> T) -> T {
    READ.with_borrow_mut(|buffer| read(buffer))
}

/// With an empty buffer for a message.
pub(crate) fn writing<T>(write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    WRITTEN.with_borrow_mut(|buffer| {
        buffer.clear();
        write(buffer)
    })
}
