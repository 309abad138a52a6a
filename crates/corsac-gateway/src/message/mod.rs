//! Messages on their way through: lines and bodies as they come, neither gathered nor understood.
//!
//! Knows no CORS, and of a route no more than its name for the log.

pub(crate) mod body;
pub(crate) mod brief;
pub(crate) mod hop_by_hop;
pub(crate) mod passed;
pub(crate) mod request_body;
pub(crate) mod upload;
