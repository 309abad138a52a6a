//! Recordings of a browser's developer tools (HAR), judged again: what each call came to, and how sure that is.
//!
//! A HAR has no verdict. [`Recording::read`] reads what there is, whatever wrote it and wherever it breaks off;
//! [`judge`] puts the entries of a call together, plays it once more by the browser's rules with the recorded answers,
//! and says what each [`Claim`] rests on. What is missing in a file was not recorded, which is never taken for not sent.
//!
//! Does no IO. Spec: <http://www.softwareishard.com/blog/har-12-spec/>

// In reading order: what is in a file, which of it belongs together, the call once more, what is said of it.
mod document;
mod entry;
mod file;
mod recording;

mod group;
mod kind;
mod page_origin;

mod call;
mod net_error;
mod replay;
mod webkit;

mod claim;
mod conclude;
mod credentials;
mod judge;
mod judged;
mod unclear;
mod witness;

pub use claim::{About, Claim};
pub use file::NotHar;
pub use judge::{Options, judge};
pub use judged::{Conclusion, JudgedCall};
pub use kind::Kind;
pub use recording::{Damage, Recording};
