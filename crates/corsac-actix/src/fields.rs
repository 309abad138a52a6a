//! Actix's header map as the engine reads and writes it.
//!
//! Actix keeps the types of `http` 0.2; names and values are carried over as bytes. Knows no rule.

use actix_web::http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, VARY,
};
use corsac::{RequestFields, ResponseFields, is_access_control};

/// The fields of a request.
pub(crate) struct Request<'a>(pub(crate) &'a HeaderMap);

impl RequestFields for Request<'_> {
    fn origins(&self) -> impl Iterator<Item = &[u8]> {
        self.0.get_all(ORIGIN).map(HeaderValue::as_bytes)
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
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        // Both versions of the crate take the same names and values.
        if let (Ok(name), Ok(value)) = (name, value) {
            self.0.insert(name, value);
        }
    }

    fn vary(&self) -> impl Iterator<Item = &[u8]> {
        self.0.get_all(VARY).map(HeaderValue::as_bytes)
    }
}
