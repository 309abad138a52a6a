//! The decision: what a request is, what to answer, and why.
//!
//! Never fails, never allocates, and does nothing: whoever holds the response applies [`Decision::headers`].
//! Each branch says which step of the browser's algorithm it serves.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::fmt;

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN};
use http::{HeaderMap, Method, StatusCode};

use crate::cors_headers::CorsHeaders;
use crate::origin::split_serialized;
use crate::pattern::OriginPattern;
use crate::policy::{Methods, Origins, Policy, method_allowed};
use crate::requested_headers::{self, Unreadable};
use crate::vary::Vary;

/// What kind of request this is: `#cors-request`, `#cors-preflight-request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// No `Origin`: a navigation, a server, or a same-origin `GET`.
    NotCors,
    /// `OPTIONS` with `Origin` and `Access-Control-Request-Method`: the browser asks for permission.
    Preflight,
    /// Any other request with an `Origin`.
    Actual,
}

impl Class {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotCors => "not-cors",
            Self::Preflight => "preflight",
            Self::Actual => "actual",
        }
    }
}

/// The rule that let an origin in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginRule<'a> {
    /// `*`.
    Any,
    /// `dangerously_allow_any_origin_with_credentials`.
    DangerouslyAny,
    /// `dangerously_allow_null_origin`.
    DangerouslyNull,
    /// This entry of the list.
    Pattern(&'a OriginPattern),
}

/// Why a request was decided as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason<'a> {
    /// There was no `Origin`.
    NoOrigin,
    /// The origin, and all that a preflight asked for, is allowed; this rule matched.
    Allowed(OriginRule<'a>),
    /// No entry covers the origin.
    OriginNotListed,
    /// The origin is `null`, which only `dangerously_allow_null_origin` allows.
    NullOrigin,
    /// The `Origin` header is no serialised origin: no browser sent it.
    MalformedOrigin,
    /// There are several `Origin` headers: no browser sends that.
    SeveralOrigins,
    /// The origin is allowed; the method is not.
    MethodNotAllowed(&'a [u8]),
    /// The origin and method are allowed; this header is not.
    HeaderNotAllowed(&'a [u8]),
    /// `Access-Control-Request-Headers` is no list of header names: no browser sent it.
    MalformedRequestHeaders,
    /// `Access-Control-Request-Headers` is longer than anyone sends.
    RequestHeadersOverBudget,
}

impl Reason<'_> {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoOrigin => "no-origin",
            Self::Allowed(_) => "allowed",
            Self::OriginNotListed => "origin-not-listed",
            Self::NullOrigin => "null-origin",
            Self::MalformedOrigin => "malformed-origin",
            Self::SeveralOrigins => "several-origins",
            Self::MethodNotAllowed(_) => "method-not-allowed",
            Self::HeaderNotAllowed(_) => "header-not-allowed",
            Self::MalformedRequestHeaders => "malformed-request-headers",
            Self::RequestHeadersOverBudget => "request-headers-over-budget",
        }
    }

    /// Whether a browser will let the page have what it asked for, as far as this policy goes.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::NoOrigin | Self::Allowed(_))
    }

    /// Whether it was the origin that was refused, rather than a method or header.
    #[must_use]
    pub fn refuses_origin(self) -> bool {
        matches!(
            self,
            Self::OriginNotListed | Self::NullOrigin | Self::MalformedOrigin | Self::SeveralOrigins
        )
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOrigin => formatter.write_str("there is no Origin header, so this is no CORS request"),
            Self::Allowed(OriginRule::Any) => formatter.write_str("allowed: any origin is (`*`)"),
            Self::Allowed(OriginRule::DangerouslyAny) => {
                formatter.write_str("allowed: dangerously_allow_any_origin_with_credentials is set")
            }
            Self::Allowed(OriginRule::DangerouslyNull) => {
                formatter.write_str("allowed: dangerously_allow_null_origin is set")
            }
            Self::Allowed(OriginRule::Pattern(pattern)) => write!(formatter, "allowed by `{pattern}`"),
            Self::OriginNotListed => formatter.write_str("no entry of allow_origins covers this origin"),
            Self::NullOrigin => {
                formatter.write_str("the origin is null: a sandboxed frame, or a page without one")
            }
            Self::MalformedOrigin => formatter.write_str("the Origin header is not an origin"),
            Self::SeveralOrigins => formatter.write_str("there are several Origin headers"),
            Self::MethodNotAllowed(method) => {
                write!(formatter, "the method {} is not in allow_methods", String::from_utf8_lossy(method))
            }
            Self::HeaderNotAllowed(name) => {
                write!(formatter, "the header {} is not in allow_headers", String::from_utf8_lossy(name))
            }
            Self::MalformedRequestHeaders => {
                formatter.write_str("Access-Control-Request-Headers is not a list of header names")
            }
            Self::RequestHeadersOverBudget => {
                formatter.write_str("Access-Control-Request-Headers is longer than anyone sends")
            }
        }
    }
}

/// What to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Pass it on, and put [`Decision::headers`] on whatever answer comes, errors included.
    Forward,
    /// Answer it with this status, [`Decision::headers`] and no body.
    Respond(StatusCode),
}

/// What a policy says to one request. Borrows both; see [`Decision::headers`] for the part that outlives them.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    policy: &'a Policy,
    class: Class,
    reason: Reason<'a>,
    origin: Option<&'a HeaderValue>,
    requested_method: Option<&'a HeaderValue>,
    request: &'a HeaderMap,
}

impl Policy {
    /// Decides a request by its method and headers. Never fails, and allocates nothing.
    ///
    /// ```
    /// use corsac::{Action, Class, PolicyConfig};
    /// use http::{HeaderMap, HeaderValue, Method};
    ///
    /// let policy = PolicyConfig { allow_origins: vec!["https://app.example".into()], ..Default::default() }
    ///     .into_policy()?;
    ///
    /// let mut request = HeaderMap::new();
    /// request.insert("origin", HeaderValue::from_static("https://evil.example"));
    /// request.insert("access-control-request-method", HeaderValue::from_static("PUT"));
    ///
    /// let decision = policy.decide(&Method::OPTIONS, &request);
    /// assert_eq!(decision.class(), Class::Preflight);
    /// assert_eq!(decision.action(), Action::Respond(http::StatusCode::FORBIDDEN));
    /// assert_eq!(decision.reason().as_str(), "origin-not-listed");
    /// # Ok::<(), corsac::Faults>(())
    /// ```
    #[must_use]
    pub fn decide<'a>(&'a self, method: &Method, headers: &'a HeaderMap) -> Decision<'a> {
        let mut decision = Decision {
            policy: self,
            class: Class::NotCors,
            reason: Reason::NoOrigin,
            origin: None,
            requested_method: None,
            request: headers,
        };
        let mut origins = headers.get_all(ORIGIN).into_iter();
        let Some(origin) = origins.next() else { return decision };
        decision.origin = Some(origin);
        decision.requested_method = headers.get(ACCESS_CONTROL_REQUEST_METHOD);
        // An OPTIONS request without the second header is the API's own, and is not taken from it.
        decision.class = match decision.requested_method {
            Some(_) if method == Method::OPTIONS => Class::Preflight,
            _ => Class::Actual,
        };
        decision.reason = if origins.next().is_some() && !matches!(self.origins, Origins::Any) {
            Reason::SeveralOrigins
        } else {
            match self.match_origin(origin) {
                Ok(rule) if decision.class == Class::Preflight => {
                    self.refused_by_preflight(headers).unwrap_or(Reason::Allowed(rule))
                }
                Ok(rule) => Reason::Allowed(rule),
                Err(refused) => refused,
            }
        };
        decision
    }

    fn match_origin(&self, origin: &HeaderValue) -> Result<OriginRule<'_>, Reason<'static>> {
        if let Origins::Any = self.origins {
            return Ok(OriginRule::Any);
        }
        let Ok(origin) = origin.to_str() else { return Err(Reason::MalformedOrigin) };
        if origin == "null" {
            return if self.null_origin { Ok(OriginRule::DangerouslyNull) } else { Err(Reason::NullOrigin) };
        }
        if split_serialized(origin).is_none() {
            return Err(Reason::MalformedOrigin);
        }
        match &self.origins {
            Origins::Listed(index) => {
                index.find(origin).map(OriginRule::Pattern).ok_or(Reason::OriginNotListed)
            }
            Origins::Any | Origins::DangerouslyAny => Ok(OriginRule::DangerouslyAny),
        }
    }

    /// What a preflight asks for and does not get: the method first, as in `#cors-preflight-fetch-0` steps 7.5 to 7.7.
    fn refused_by_preflight<'a>(&self, headers: &'a HeaderMap) -> Option<Reason<'a>> {
        let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD).map_or(&b""[..], HeaderValue::as_bytes);
        if !std::str::from_utf8(method).is_ok_and(|method| method_allowed(&self.methods, method)) {
            return Some(Reason::MethodNotAllowed(method));
        }
        let allowed = &self.request_headers;
        let refused = requested_headers::visit(headers, |name| {
            // `*` does not cover `Authorization`, and with credentials the browser wants every name spelled out;
            // then the answer repeats what was asked for.
            let covered = allowed.any && (self.credentials || !name.eq_ignore_ascii_case(b"authorization"));
            (!covered && !allowed.contains(name)).then_some(name)
        });
        match refused {
            Ok(name) => name.map(Reason::HeaderNotAllowed),
            Err(Unreadable::Malformed) => Some(Reason::MalformedRequestHeaders),
            Err(Unreadable::OverBudget) => Some(Reason::RequestHeadersOverBudget),
        }
    }
}

impl<'a> Decision<'a> {
    /// What kind of request it is.
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }

    /// Why it was decided so.
    #[must_use]
    pub fn reason(&self) -> Reason<'a> {
        self.reason
    }

    /// Whether to pass the request on.
    #[must_use]
    pub fn action(&self) -> Action {
        match self.class {
            Class::Preflight if self.reason.refuses_origin() => Action::Respond(StatusCode::FORBIDDEN),
            // A method or header that is not allowed is answered in full, so that the console names it.
            Class::Preflight => Action::Respond(StatusCode::NO_CONTENT),
            Class::Actual if self.policy.refuse_disallowed && self.reason.refuses_origin() => {
                Action::Respond(StatusCode::FORBIDDEN)
            }
            Class::Actual | Class::NotCors => Action::Forward,
        }
    }

    /// What belongs on the response, whoever makes it. Owns its values, so the request may go.
    #[must_use]
    pub fn headers(&self) -> CorsHeaders {
        let policy = self.policy;
        let constant = matches!(policy.origins, Origins::Any);
        let vary = Vary { origin: !constant, ..Vary::default() };
        let allow_origin = match self.class {
            // Constant, and so sent to everyone: a copy cached without `Origin` then serves CORS requests too.
            _ if constant => Some(HeaderValue::from_static("*")),
            Class::NotCors => None,
            _ if self.reason.refuses_origin() => None,
            _ => self.origin.cloned(),
        };
        if allow_origin.is_none() {
            return CorsHeaders { vary, ..CorsHeaders::default() };
        }
        let granted = CorsHeaders {
            vary,
            allow_origin,
            allow_credentials: policy.credentials,
            ..CorsHeaders::default()
        };
        if self.class == Class::Preflight {
            self.with_permissions(CorsHeaders { max_age: policy.max_age.clone(), ..granted })
        } else {
            CorsHeaders { expose_headers: policy.expose.clone(), ..granted }
        }
    }

    /// The lists of a preflight: constant, save where credentials make `*` a mere name and it must be spelled out.
    fn with_permissions(&self, mut headers: CorsHeaders) -> CorsHeaders {
        let policy = self.policy;
        headers.allow_methods = match &policy.methods {
            Methods::Listed { rendered, .. } => rendered.clone(),
            Methods::Any if policy.credentials => {
                headers.vary.request_method = true;
                match self.reason {
                    Reason::MethodNotAllowed(_) => None,
                    _ => self.requested_method.cloned(),
                }
            }
            Methods::Any => Some(HeaderValue::from_static("*")),
        };
        headers.allow_headers = if policy.request_headers.any && policy.credentials {
            headers.vary.request_headers = true;
            match self.reason {
                Reason::MalformedRequestHeaders | Reason::RequestHeadersOverBudget => None,
                _ => requested_headers::joined(self.request),
            }
        } else {
            policy.request_headers.rendered.clone()
        };
        headers
    }
}
