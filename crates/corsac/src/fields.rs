//! The fields of a message that CORS reads and writes, however a framework keeps them.
//!
//! The engine asks and tells through these two traits, so that every adapter gets the same decision and the same
//! finaliser, whatever its header type. Knows no rule. Implemented here for the `http` crate's map.

use http::HeaderMap;
use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, Entry, HeaderName, HeaderValue, ORIGIN,
    VARY,
};

/// The three header fields of a request that CORS looks at.
///
/// Values are bytes as they were received, one for each field line, in their order.
pub trait RequestFields {
    /// A field value.
    type Value: AsRef<[u8]>;

    /// The lines of `Origin`.
    fn origins(&self) -> impl Iterator<Item = &Self::Value>;

    /// The first line of `Access-Control-Request-Method`.
    fn requested_method(&self) -> Option<&[u8]>;

    /// The lines of `Access-Control-Request-Headers`.
    fn requested_headers(&self) -> impl Iterator<Item = &[u8]>;

    /// A value to be sent back. Worth replacing where values can be shared.
    fn to_header_value(value: &Self::Value) -> Option<HeaderValue> {
        HeaderValue::from_bytes(value.as_ref()).ok()
    }
}

/// The header fields of a response, as far as CORS changes them.
pub trait ResponseFields {
    /// Removes every `Access-Control-*` line; returns how many there were.
    fn strip(&mut self) -> usize;

    /// Sets a field that is not there yet, or replaces it.
    fn set(&mut self, name: HeaderName, value: HeaderValue);

    /// Sets a field that is not there yet; otherwise leaves it alone and says `false`.
    fn set_if_absent(&mut self, name: HeaderName, value: HeaderValue) -> bool;

    /// The lines of `Vary`.
    fn vary(&self) -> impl Iterator<Item = &[u8]>;
}

impl RequestFields for HeaderMap {
    type Value = HeaderValue;

    #[inline]
    fn origins(&self) -> impl Iterator<Item = &HeaderValue> {
        self.get_all(ORIGIN).iter()
    }

    fn requested_method(&self) -> Option<&[u8]> {
        self.get(ACCESS_CONTROL_REQUEST_METHOD).map(HeaderValue::as_bytes)
    }

    fn requested_headers(&self) -> impl Iterator<Item = &[u8]> {
        self.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter().map(HeaderValue::as_bytes)
    }

    fn to_header_value(value: &HeaderValue) -> Option<HeaderValue> {
        Some(value.clone())
    }
}

impl ResponseFields for HeaderMap {
    fn strip(&mut self) -> usize {
        let mut stripped = 0;
        while let Some(name) = self.keys().find(|name| is_access_control(name.as_str())).cloned() {
            if let Entry::Occupied(entry) = self.entry(name) {
                stripped += entry.remove_entry_mult().1.count();
            }
        }
        stripped
    }

    #[inline]
    fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.insert(name, value);
    }

    #[inline]
    fn set_if_absent(&mut self, name: HeaderName, value: HeaderValue) -> bool {
        // A name is compared in a fraction of the time in which it is hashed, and `strip` has looked at all of them.
        let absent = !self.keys().any(|present| *present == name);
        if absent {
            self.insert(name, value);
        }
        absent
    }

    fn vary(&self) -> impl Iterator<Item = &[u8]> {
        self.get_all(VARY).iter().map(HeaderValue::as_bytes)
    }
}

/// Whether a header, named in lower case, belongs to the protocol: none of them gets past a policy.
#[must_use]
pub fn is_access_control(name: &str) -> bool {
    name.starts_with("access-control-")
}
