//! Why a cross-origin call failed: one root cause, what shows it, and the lines that mend it.
//!
//! [`diagnose`] takes a [`Case`] (the page, the call, every exchange and the browser's verdict) and gives a
//! [`Diagnosis`]. It sends nothing and guesses nothing silently: what the exchange does not show is graded as
//! inferred. [`question`] says which further request would tell causes apart, for whoever can send it; the answers
//! stand beside the exchanges. A fix is made from the least policy that allows the call, and that policy has passed the engine's own
//! checks, so no fix is an exposure.

pub mod console;

mod exchange;

mod asking;
mod cause;
mod csp;
mod diagnosis;
mod question;
mod reached;
mod stack;
mod told;

mod diagnose;
mod difference;
mod origin_bytes;

mod fix;

pub mod har;
pub mod pages;

pub use cause::{Cause, Confidence, UnknownCause};
pub use diagnose::{diagnose, question};
pub use diagnosis::{Diagnosis, Evidence, Learned, Part, Role, Span};
pub use exchange::{Answered, Case, Exchange, Seen};
pub use fix::{Fix, stacks_with_lines};
pub use question::{MOST_QUESTIONS, Question};
pub use reached::Reached;
pub use stack::{Stack, UnknownStack};
pub use told::{AddressSpace, Told, UnknownAddressSpace};

pub use corsac_export::Step;
