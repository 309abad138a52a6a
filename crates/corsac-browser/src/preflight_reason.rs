//! Why a call needs a preflight, in values a person can be told.
//!
//! Spec: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>

use std::fmt;

/// One reason why the browser asks for permission first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreflightReason {
    /// The method is not `GET`, `HEAD` or `POST`: `#cors-safelisted-method`.
    Method(String),
    /// A header is not safelisted: `#cors-safelisted-request-header`.
    Header {
        /// Its name in lower case.
        name: String,
        /// What makes it unsafe.
        why: UnsafeReason,
    },
    /// Somebody listens to `XMLHttpRequest.upload`: `#use-cors-preflight-flag`.
    UploadListener,
    /// The body is a `ReadableStream`: `#use-cors-preflight-flag`.
    Stream,
    /// There was need for a preflight before a redirect, and the engine goes on asking.
    Redirected,
}

/// What makes a request header unsafe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsafeReason {
    /// No header of that name is safelisted.
    Name,
    /// The value is longer than 128 bytes.
    TooLong {
        /// How long it is.
        length: usize,
    },
    /// The value has a byte that is not allowed there.
    Byte(u8),
    /// The `Content-Type` is none of the three that a form can send, or cannot be read.
    ContentType(String),
    /// The `Range` is not one range with a start.
    Range(String),
    /// All safelisted values together are longer than 1024 bytes.
    SumTooLong {
        /// How long they are.
        length: usize,
    },
}

impl fmt::Display for PreflightReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method(method) => write!(formatter, "the method {method} is not GET, HEAD or POST"),
            Self::Header { name, why } => write!(formatter, "the header {name} {why}"),
            Self::UploadListener => formatter.write_str("the upload has a listener"),
            Self::Stream => formatter.write_str("the body is a stream"),
            Self::Redirected => formatter.write_str("there was a need for one before the redirect"),
        }
    }
}

impl fmt::Display for UnsafeReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => formatter.write_str("is not safelisted"),
            Self::TooLong { length } => write!(formatter, "is {length} bytes long, and 128 are safelisted"),
            Self::Byte(byte) if byte.is_ascii_graphic() => {
                write!(formatter, "has the character `{}`, which is not safelisted there", char::from(*byte))
            }
            Self::Byte(byte) => write!(formatter, "has the byte 0x{byte:02X}, which is not safelisted there"),
            Self::ContentType(value) => write!(
                formatter,
                "is `{value}`, and only application/x-www-form-urlencoded, multipart/form-data and \
                 text/plain are safelisted"
            ),
            Self::Range(value) => {
                write!(formatter, "is `{value}`, and only one range with a start is safelisted")
            }
            Self::SumTooLong { length } => {
                write!(
                    formatter,
                    "is one of several that are {length} bytes long together, and 1024 are safelisted"
                )
            }
        }
    }
}
