//! What answers are made of, kept as long as the program runs: copying it touches no counter.
//!
//! A value that is made at run time counts its copies, and every core that answers with it writes to that one counter.
//! The few values and lists of lines that a service answers with all the time are kept instead, each once. What is kept is
//! bounded, so that policies which come and go cannot fill the memory; beyond the bound copies are counted again. Knows no
//! header.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use http::{HeaderName, HeaderValue};

/// How many bytes are kept in all: thousands of policies' lists.
const BOUND: usize = 256 * 1024;

#[derive(Default)]
struct Kept {
    values: HashSet<&'static HeaderValue>,
    lines: Vec<&'static [Line]>,
    bytes: usize,
}

/// A value that travels with a response.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// As long as the program runs.
    Kept(&'static HeaderValue),
    /// As long as somebody has a copy. Boxed, so that a kept one travels as the pointer it is: a value with room for either is
    /// put together of pieces wherever it is moved to, and the processor waits each time.
    Counted(Box<HeaderValue>),
}

impl Value {
    /// `*`.
    pub(crate) const ANY: Self = {
        static ANY: HeaderValue = HeaderValue::from_static("*");
        Self::Kept(&ANY)
    };

    #[inline]
    pub(crate) fn into_header_value(self) -> HeaderValue {
        match self {
            Self::Kept(value) => value.clone(),
            Self::Counted(value) => *value,
        }
    }
}

/// A field line.
pub(crate) type Line = (HeaderName, HeaderValue);

/// Lines that travel with a response.
#[derive(Debug, Clone)]
pub(crate) enum Lines {
    /// As long as the program runs.
    Kept(&'static [Line]),
    /// As long as somebody has a copy.
    Counted(Arc<[Line]>),
}

impl Lines {
    pub(crate) const NONE: Self = Self::Kept(&[]);
}

impl Deref for Lines {
    type Target = [Line];

    #[inline]
    fn deref(&self) -> &[Line] {
        match self {
            Self::Kept(lines) => lines,
            Self::Counted(lines) => lines,
        }
    }
}

/// A value with this text; nothing where a field cannot have it.
pub(crate) fn value(text: &str) -> Option<Value> {
    let value = HeaderValue::from_str(text).ok()?;
    let mut kept = kept();
    if let Some(same) = kept.values.get(&value) {
        return Some(Value::Kept(same));
    }
    if !kept.has_room(text.len() + size_of_val(&value)) {
        return Some(Value::Counted(value.into()));
    }
    let text: &'static str = Box::leak(text.into());
    let value: &'static HeaderValue = Box::leak(HeaderValue::from_static(text).into());
    kept.values.insert(value);
    Some(Value::Kept(value))
}

/// These lines.
pub(crate) fn lines(lines: Vec<Line>) -> Lines {
    if lines.is_empty() {
        return Lines::NONE;
    }
    let mut kept = kept();
    if let Some(same) = kept.lines.iter().find(|same| ***same == *lines) {
        return Lines::Kept(same);
    }
    if !kept.has_room(size_of_val(&*lines)) {
        return Lines::Counted(lines.into());
    }
    let lines: &'static [Line] = Box::leak(lines.into());
    kept.lines.push(lines);
    Lines::Kept(lines)
}

fn kept() -> MutexGuard<'static, Kept> {
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Whether so many bytes more may be kept, which then they are.
    fn has_room(&mut self, bytes: usize) -> bool {
        let fits = self.bytes + bytes <= BOUND;
        self.bytes += if fits { bytes } else { 0 };
        fits
    }
}
