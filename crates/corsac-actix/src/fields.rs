//! Actix's requests and header map as the engine reads and writes them.
//!
//! Actix keeps the types of `http` 0.2; names and values are carried over as bytes. Knows no rule.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use corsac::{RequestFields, ResponseFields, is_access_control};

/// The path as Actix routes it: `/%61dmin` is `/admin` to its router, and so must be to the policies.
pub(crate) fn routed_path(request: &ServiceRequest) -> &str {
    request.match_info().as_str()
}

/// The fields of a request.
pub(crate) struct Request<'a>(pub(crate) &'a HeaderMap);

impl RequestFields for Request<'_> {
    type Value = HeaderValue;

    fn origins(&self) -> impl Iterator<Item = &HeaderValue> {
        self.0.get_all(ORIGIN)
    }

    fn requested_method(&self) -> Option<&[u8]> {
        self.0.get(ACCESS_CONTROL_REQUEST_METHOD).map(HeaderValue::as_bytes)
    }

    fn requested_headers(&self) -> impl Iterator<Item = &[u8]> {
        self.0.get_all(ACCESS_CONTROL_REQUEST_HEADERS).map(HeaderValue::as_bytes)
    }
}

/// The fields of a response.
pub(crate) struct Response<'a>(pub(crate) &'a mut HeaderMap);

impl ResponseFields for Response<'_> {
    fn strip(&mut self) -> usize {
        let mut stripped = 0;
        while let Some(name) = self.0.keys().find(|name| is_access_control(name.as_str())).cloned() {
            stripped += self.0.remove(name).count();
        }
        stripped
    }

    fn set(&mut self, name: http::HeaderName, value: http::HeaderValue) {
        // Both versions of the crate take the same names and values.
        if let (Some(name), Some(value)) = (carried_name(&name), carried_value(&value)) {
            self.0.insert(name, value);
        }
    }

    fn set_if_absent(&mut self, name: http::HeaderName, value: http::HeaderValue) -> bool {
        let absent = carried_name(&name).is_some_and(|name| !self.0.contains_key(name));
        if absent {
            self.set(name, value);
        }
        absent
    }

    fn vary(&self) -> impl Iterator<Item = &[u8]> {
        self.0.get_all(VARY).map(HeaderValue::as_bytes)
    }
}

/// The name in Actix's words; those that every answer has without being read again.
fn carried_name(name: &http::HeaderName) -> Option<HeaderName> {
    match *name {
        http::header::ACCESS_CONTROL_ALLOW_ORIGIN => Some(ACCESS_CONTROL_ALLOW_ORIGIN),
        http::header::VARY => Some(VARY),
        _ => HeaderName::from_bytes(name.as_str().as_bytes()).ok(),
    }
}

/// The value in Actix's words; the commonest without a copy.
fn carried_value(value: &http::HeaderValue) -> Option<HeaderValue> {
    match value.as_bytes() {
        b"*" => Some(HeaderValue::from_static("*")),
        b"true" => Some(HeaderValue::from_static("true")),
        b"Origin" => Some(HeaderValue::from_static("Origin")),
        bytes => HeaderValue::from_bytes(bytes).ok(),
    }
}
