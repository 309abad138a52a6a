//! `Access-Control-Request-Headers`: which headers the page wants to send.
//!
//! Browsers send the names sorted, lower-cased and on one line; proxies re-order, re-case, space and split them. All
//! of that is read. What is bounded is the amount: beyond [`BUDGET`] nothing is looked at, whoever sent it.
//! Knows nothing of policies. Allocates nothing.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-access-control-request-headers>

use http::header::HeaderValue;

use crate::fields::RequestFields;
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
    lines: impl Iterator<Item = &'a [u8]>,
    mut each: impl FnMut(&'a [u8]) -> Option<B>,
) -> Result<Option<B>, Unreadable> {
    let mut budget = BUDGET;
    for mut line in lines {
        budget = budget.checked_sub(line.len() + 1).ok_or(Unreadable::OverBudget)?;
        // Empty elements are skipped in one go: a line may be made of nothing else.
        while let Some(start) = line.iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t')) {
            let rest = &line[start..];
            let end = rest.iter().position(|byte| *byte == b',').unwrap_or(rest.len());
            let name = rest[..end].trim_ascii_end();
            line = &rest[end..];
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

/// The requested names as one value, for a policy that has to spell them out; nothing where they cannot be read. The one
/// path that allocates.
pub(crate) fn joined(request: &impl RequestFields) -> Option<HeaderValue> {
    visit(request.requested_headers(), |_| None::<()>).ok()?;
    let lines: Vec<&[u8]> =
        request.requested_headers().filter(|line| !line.trim_ascii().is_empty()).collect();
    if lines.is_empty() { None } else { HeaderValue::from_bytes(&lines.join(&b", "[..])).ok() }
}
