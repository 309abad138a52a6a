//! What is wrong with a call before anything is sent: where `new Request()` throws a `TypeError`.
//!
//! Looks at the call alone, never at the page or the network.
//!
//! Spec: <https://fetch.spec.whatwg.org/#dom-request>

use std::fmt;

use corsac::{is_forbidden_method, is_safelisted_method, is_token, normalize_method};

use crate::header_name::{is_value, normalize_value};
use crate::show::Shown;
use crate::{Call, FailureId, Initiator, Mode};

/// A reason for which the browser throws instead of sending anything.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// The URL has a user name or password in it: `#dom-request`, step 5.
    UrlCredentials,
    /// The method is not a token: `#concept-method`.
    InvalidMethod(String),
    /// The method is one that no script may use: `#forbidden-method`.
    ForbiddenMethod(String),
    /// The mode is `no-cors`, and the method is not `GET`, `HEAD` or `POST`.
    NoCorsMethod(String),
    /// A header's name is not a token: `#header-name`.
    InvalidHeaderName(String),
    /// A header's value has a NUL, or a line break inside: `#header-value`.
    InvalidHeaderValue {
        /// The header's name.
        name: String,
    },
    /// `GET` and `HEAD` requests have no body.
    BodyNotAllowed {
        /// The method.
        method: String,
    },
    /// A stream can be sent in the modes `cors` and `same-origin` only.
    StreamMode,
    /// The browser cannot send a stream at all.
    StreamUnsupported,
}

impl CallError {
    /// The identifier a verdict has for it.
    #[must_use]
    pub fn failure_id(&self) -> FailureId {
        match self {
            Self::UrlCredentials => FailureId::UrlCredentials,
            Self::ForbiddenMethod(_) => FailureId::ForbiddenMethod,
            Self::NoCorsMethod(_) => FailureId::NoCorsMethod,
            Self::InvalidMethod(_)
            | Self::InvalidHeaderName(_)
            | Self::InvalidHeaderValue { .. }
            | Self::BodyNotAllowed { .. }
            | Self::StreamMode
            | Self::StreamUnsupported => FailureId::CallInvalid,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UrlCredentials => formatter.write_str("the URL has a user name or password in it"),
            Self::InvalidMethod(method) => write!(formatter, "`{}` is not a method", Shown(method)),
            Self::ForbiddenMethod(method) => {
                write!(formatter, "no script may use the method {}", Shown(method))
            }
            Self::NoCorsMethod(method) => {
                write!(
                    formatter,
                    "the mode is no-cors, and the method {} is not GET, HEAD or POST",
                    Shown(method)
                )
            }
            Self::InvalidHeaderName(name) => write!(formatter, "`{}` is not a header name", Shown(name)),
            Self::InvalidHeaderValue { name } => {
                write!(formatter, "the value of the header {} has a NUL or a line break in it", Shown(name))
            }
            Self::BodyNotAllowed { method } => {
                write!(formatter, "a {} request cannot have a body", Shown(method))
            }
            Self::StreamMode => formatter.write_str("the body is a stream, and the mode is no-cors"),
            Self::StreamUnsupported => {
                formatter.write_str("the body is a stream, and this browser sends none")
            }
        }
    }
}

impl std::error::Error for CallError {}

impl Call {
    /// Everything that makes a browser throw before it sends anything, in the order of the standard's steps:
    /// `#dom-request`.
    ///
    /// `XMLHttpRequest` is laxer in two things: credentials in a URL are left alone, and the body of a `GET`
    /// is ignored.
    ///
    /// ```
    /// use corsac_browser::{Call, CallError};
    ///
    /// let mut call = Call::get("https://api.example/".parse()?);
    /// assert!(call.errors().is_empty());
    /// call.method = "trace".into();
    /// call.headers.append("X Y", "1");
    /// assert_eq!(
    ///     call.errors(),
    ///     [CallError::ForbiddenMethod("trace".into()), CallError::InvalidHeaderName("X Y".into())]
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn errors(&self) -> Vec<CallError> {
        let mut errors = Vec::new();
        let is_fetch = self.initiator == Initiator::Fetch;
        let method = normalize_method(&self.method);
        if is_fetch && includes_credentials(&self.url) {
            errors.push(CallError::UrlCredentials);
        }
        if !is_token(method.as_bytes()) {
            errors.push(CallError::InvalidMethod(self.method.clone()));
        } else if is_forbidden_method(method) {
            errors.push(CallError::ForbiddenMethod(self.method.clone()));
        } else if self.mode == Mode::NoCors && !is_safelisted_method(method) {
            errors.push(CallError::NoCorsMethod(self.method.clone()));
        }
        for (name, value) in self.headers.iter() {
            if !is_token(name.as_bytes()) {
                errors.push(CallError::InvalidHeaderName(name.into()));
            } else if !is_value(normalize_value(value)) {
                errors.push(CallError::InvalidHeaderValue { name: name.into() });
            }
        }
        if is_fetch && self.body.is_some() && matches!(method, "GET" | "HEAD") {
            errors.push(CallError::BodyNotAllowed { method: method.to_owned() });
        }
        if self.body.is_some() && self.stream && self.mode == Mode::NoCors {
            errors.push(CallError::StreamMode);
        }
        errors
    }
}

/// <https://url.spec.whatwg.org/#include-credentials>
pub(crate) fn includes_credentials(url: &url::Url) -> bool {
    !url.username().is_empty() || url.password().is_some_and(|password| !password.is_empty())
}
