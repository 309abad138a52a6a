//! `Access-Control-Request-Headers`: which headers the page wants to send.
//!
//! Browsers send the names sorted, lower-cased and on one line; proxies re-order, re-case, space and split them. All
//! of that is read. What is bounded is the amount: beyond [`BUDGET`] nothing is looked at, whoever sent it.
//! Knows nothing of policies. Allocates nothing.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-access-control-request-headers>

use http::HeaderMap;
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue};

use crate::method::is_token;

/// How many bytes of requested headers are read, line ends included. Real pages ask for a few hundred.
pub const BUDGET: usize = 4096;

/// Why a list of requested headers cannot be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Longer than anyone sends.
    OverBudget,
    /// An element is no header name.
    Malformed,
}

/// Calls `each` with every requested name, until it breaks off with a value of its own.
pub(crate) fn visit<'a, B>(
    headers: &'a HeaderMap,
    mut each: impl FnMut(&'a [u8]) -> Option<B>,
) -> Result<Option<B>, Unreadable> {
    let mut budget = BUDGET;
    for line in headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS) {
        let line = line.as_bytes();
        budget = budget.checked_sub(line.len() + 1).ok_or(Unreadable::OverBudget)?;
        for element in line.split(|byte| *byte == b',') {
            let name = element.trim_ascii();
            if name.is_empty() {
                continue;
            }
            if !is_token(name) {
                return Err(Unreadable::Malformed);
            }
            if let Some(found) = each(name) {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// The requested names as one value, for a policy that has to spell them out. The one path that may allocate.
pub(crate) fn joined(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut lines = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let first = lines.next()?;
    let Some(second) = lines.next() else { return Some(first.clone()) };
    let mut value = first.as_bytes().to_vec();
    for line in std::iter::once(second).chain(lines) {
        value.extend_from_slice(b", ");
        value.extend_from_slice(line.as_bytes());
    }
    HeaderValue::from_bytes(&value).ok()
}
