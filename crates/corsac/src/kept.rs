//! Header values that are kept as long as the program runs: copying one touches no counter.
//!
//! A value that is made at run time counts its copies, and every core that answers with it writes to that one counter.
//! The few values that a service answers with all the time are kept instead, each text once. What is kept is bounded, so
//! that policies which come and go cannot fill the memory; beyond the bound a value counts again. Knows no header.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use http::HeaderValue;

/// How many bytes are kept in all: thousands of policies' lists.
const BOUND: usize = 256 * 1024;

#[derive(Default)]
struct Kept {
    texts: HashSet<&'static str>,
    bytes: usize,
}

/// A value with this text; nothing where a field cannot have it.
pub(crate) fn value(text: &str) -> Option<HeaderValue> {
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    let value = HeaderValue::from_str(text).ok()?;
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let text = match kept.texts.get(text) {
        Some(text) => *text,
        None if kept.bytes + text.len() > BOUND => return Some(value),
        None => {
            let text: &'static str = Box::leak(text.into());
            kept.bytes += text.len();
            kept.texts.insert(text);
            text
        }
    };
    Some(HeaderValue::from_static(text))
}
