//! Why a cross-origin call failed: one root cause, what shows it, and the lines that mend it.
//!
//! [`diagnose`] takes a [`Case`] (the page, the call, every exchange and the browser's verdict) and gives a
//! [`Diagnosis`]. It sends nothing and guesses nothing silently: what the exchange does not show is graded as
//! inferred. A fix is made from the least policy that allows the call, and that policy has passed the engine's own
//! checks, so no fix is an exposure.

mod exchange;

mod cause;
mod diagnosis;
mod stack;

mod diagnose;
mod difference;

mod fix;

pub use cause::{Cause, Confidence, UnknownCause};
pub use diagnose::diagnose;
pub use diagnosis::{Diagnosis, Evidence, Part};
pub use exchange::{Case, Exchange, Seen};
pub use fix::Fix;
pub use stack::{Stack, UnknownStack};
