//! The decision: what a request is, what to answer, and why.
//!
//! Never fails, never allocates, and does nothing: whoever holds the response applies [`Decision::headers`].
//! Each branch says which step of the browser's algorithm it serves.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::fmt;

use http::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, HeaderValue};
use http::{HeaderMap, StatusCode};

use crate::cors_headers::CorsHeaders;
use crate::fields::RequestFields;
use crate::index::{Found, Miss};
use crate::kept::{Lines, Value};
use crate::origin::{
    MAX_ORIGIN_LENGTH, default_port, host_is_loopback, is_insecure_scheme, split_serialized,
};
use crate::policy::{Methods, Origins, Policy};
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
    /// This entry of the list, as it is written.
    Pattern(&'a str),
    /// A source of origins that was asked while the request waited: [`Decision::allow_by_source`].
    Source,
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
            Self::Allowed(OriginRule::Source) => formatter.write_str("allowed by the source of origins"),
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
#[derive(Debug)]
pub struct Decision<'a, Fields: RequestFields = HeaderMap> {
    policy: &'a Policy,
    class: Class,
    reason: Reason<'a>,
    request: &'a Fields,
    /// The first `Origin`.
    origin: Option<&'a Fields::Value>,
    /// The policy's own copy of it, where it has one at hand.
    answer: Option<&'a Value>,
}

impl<Fields: RequestFields> Clone for Decision<'_, Fields> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Fields: RequestFields> Copy for Decision<'_, Fields> {}

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
    #[inline]
    pub fn decide<'a, Fields: RequestFields>(
        &'a self,
        method: impl AsRef<str>,
        request: &'a Fields,
    ) -> Decision<'a, Fields> {
        let mut origins = request.origins();
        let origin = origins.next();
        let decision = Decision {
            policy: self,
            class: Class::NotCors,
            reason: Reason::NoOrigin,
            request,
            origin,
            answer: None,
        };
        let Some(origin) = origin else { return decision };
        // An OPTIONS request without the second header is the API's own, and is not taken from it.
        let class = match method.as_ref() == "OPTIONS" && request.requested_method().is_some() {
            true => Class::Preflight,
            false => Class::Actual,
        };
        let matched = match &self.origins {
            Origins::Any => Ok((OriginRule::Any, None)),
            _ if origins.next().is_some() => Err(Reason::SeveralOrigins),
            _ => self.match_origin(origin.as_ref()),
        };
        let decision = Decision { class, ..decision };
        match matched {
            Ok((rule, answer)) => Decision { answer, ..decision }.with_origin_allowed(rule),
            Err(reason) => Decision { reason, ..decision },
        }
    }

    /// The rule that lets an origin in, and the policy's own copy of the origin.
    #[inline]
    fn match_origin(&self, origin: &[u8]) -> Result<(OriginRule<'_>, Option<&Value>), Reason<'static>> {
        let missed = match &self.origins {
            Origins::Listed(index) => match index.find(origin) {
                Ok(Found { pattern, answer }) => return Ok((OriginRule::Pattern(pattern), answer)),
                Err(missed) => Some(missed),
            },
            Origins::Any | Origins::DangerouslyAny => serialized(origin).is_none().then_some(Miss::Malformed),
        };
        match missed {
            _ if origin == b"null" && self.null_origin => Ok((OriginRule::DangerouslyNull, None)),
            _ if origin == b"null" => Err(Reason::NullOrigin),
            Some(Miss::Malformed) => Err(Reason::MalformedOrigin),
            Some(Miss::NotListed) => Err(Reason::OriginNotListed),
            None => Ok((OriginRule::DangerouslyAny, None)),
        }
    }

    /// What a preflight asks for and does not get: the method first, as in `#cors-preflight-fetch-0` steps 7.5 to 7.7.
    fn refused_by_preflight<'a, Fields: RequestFields>(&self, request: &'a Fields) -> Option<Reason<'a>> {
        let method = request.requested_method().unwrap_or_default();
        if !std::str::from_utf8(method).is_ok_and(|method| self.allows_method(method)) {
            return Some(Reason::MethodNotAllowed(method));
        }
        let allowed = &self.request_headers;
        let refused = requested_headers::visit(request.requested_headers(), |name| {
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

fn serialized(origin: &[u8]) -> Option<&str> {
    // What is longer is not even looked at.
    let origin = std::str::from_utf8(origin.get(..=MAX_ORIGIN_LENGTH).map_or(origin, |_| b"")).ok()?;
    split_serialized(origin).map(|_| origin)
}

impl<'a, Fields: RequestFields> Decision<'a, Fields> {
    /// The first `Origin` as a person may read it, cut off where no browser's would go on.
    #[must_use]
    pub fn origin_for_display(&self) -> String {
        let origin = self.origin.map_or(&b""[..], AsRef::as_ref);
        String::from_utf8_lossy(&origin[..origin.len().min(MAX_ORIGIN_LENGTH)]).into_owned()
    }

    /// The origin, where the list does not have it and a source of origins may be asked.
    ///
    /// That is so only for policies with `origins_from_source`, and for origins that could also stand in the list:
    /// with credentials, none whose pages the network can change. Whatever else was refused stays refused.
    #[must_use]
    pub fn origin_in_question(&self) -> Option<&'a str> {
        if !(self.policy.asks_source && matches!(self.reason, Reason::OriginNotListed)) {
            return None;
        }
        let origin = serialized(self.origin?.as_ref())?;
        let (scheme, host, port) = split_serialized(origin)?;
        let insecure = is_insecure_scheme(scheme) && !host_is_loopback(host);
        let secure_enough = !self.policy.credentials || self.policy.insecure_with_credentials || !insecure;
        (secure_enough && (port.is_none() || port != default_port(scheme))).then_some(origin)
    }

    /// The decision once a source has said that [`Decision::origin_in_question`] is allowed. Changes nothing where no
    /// origin is in question.
    #[must_use]
    pub fn allow_by_source(self) -> Self {
        match self.origin_in_question() {
            Some(_) => self.with_origin_allowed(OriginRule::Source),
            None => self,
        }
    }

    #[inline]
    fn with_origin_allowed(self, rule: OriginRule<'a>) -> Self {
        let refused = match self.class {
            Class::Preflight => self.policy.refused_by_preflight(self.request),
            Class::Actual | Class::NotCors => None,
        };
        Self { reason: refused.unwrap_or(Reason::Allowed(rule)), ..self }
    }

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

    /// What belongs on the response, whoever makes it.
    #[must_use]
    #[inline]
    pub fn headers(&self) -> CorsHeaders {
        let policy = self.policy;
        let any = matches!(policy.origins, Origins::Any);
        let vary = Vary { origin: !any, ..Vary::default() };
        let allow_origin = match self.class {
            // Constant, and so sent to everyone: a copy cached without `Origin` then serves CORS requests too.
            _ if any => Some(Value::ANY),
            Class::NotCors => None,
            _ if self.reason.refuses_origin() => None,
            // The policy's own copy counts nothing.
            _ => match self.answer {
                Some(answer) => Some(answer.clone()),
                None => {
                    self.origin.and_then(Fields::to_header_value).map(|value| Value::Counted(value.into()))
                }
            },
        };
        let lines = match self.class {
            _ if allow_origin.is_none() => Lines::NONE,
            Class::Preflight if policy.repeats_request() => return self.repeating(allow_origin, vary),
            Class::Preflight => policy.on_preflight.clone(),
            Class::Actual | Class::NotCors => policy.on_actual.clone(),
        };
        CorsHeaders { allow_origin, lines, vary }
    }

    /// The answer to a preflight where credentials make `*` a mere name, and what was asked for must be spelled out.
    fn repeating(&self, allow_origin: Option<Value>, mut vary: Vary) -> CorsHeaders {
        let mut lines = self.policy.on_preflight.to_vec();
        if let Methods::Any = self.policy.methods {
            vary.request_method = true;
            let method = match self.reason {
                Reason::MethodNotAllowed(_) => None,
                _ => self.request.requested_method().and_then(|method| HeaderValue::from_bytes(method).ok()),
            };
            lines.extend(method.map(|method| (ACCESS_CONTROL_ALLOW_METHODS, method)));
        }
        if self.policy.request_headers.any {
            vary.request_headers = true;
            let names = requested_headers::joined(self.request);
            lines.extend(names.map(|names| (ACCESS_CONTROL_ALLOW_HEADERS, names)));
        }
        CorsHeaders { allow_origin, lines: Lines::Counted(lines.into()), vary }
    }
}
