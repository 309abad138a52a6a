//! A complaint: what was typed or configured wrongly, and what to do about it.

/// One clear error: what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// What is wrong, with the place and the value.
    pub(crate) what: String,
    /// What to do; may be empty.
    pub(crate) remedy: String,
}

impl Complaint {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}
