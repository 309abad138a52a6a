//! What a policy may ask of a server, and how far a server can go: the words of the ledger.
//!
//! Knows no server.

use corsac::PolicyConfig;

use crate::parts::{Origins, Parts};

/// One thing that a policy may ask for, or that every policy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// `https://*.app.example`
    Subdomains,
    /// `http://localhost:*`
    AnyPort,
    /// `*`, without credentials.
    AnyOrigin,
    /// `*` with credentials: every origin is repeated.
    AnyOriginWithCredentials,
    /// `null`
    NullOrigin,
    /// Cookies and HTTP authentication.
    Credentials,
    /// `*` for methods, without credentials.
    AnyMethod,
    /// `*` for methods with credentials, where the answer must repeat the question.
    AnyMethodWithCredentials,
    /// `*` for request headers, without credentials, and without `Authorization` beside it.
    AnyHeader,
    /// `*` for request headers, without credentials, and `Authorization` beside it.
    AnyHeaderAndAuthorization,
    /// `*` for request headers with credentials, where the answer must repeat the question.
    AnyHeaderWithCredentials,
    /// That `Content-Type` is not among the request headers, so that pages send plain forms and texts only.
    NoContentType,
    /// `*` for response headers.
    ExposeAny,
    /// A max-age of nought, so that browsers remember nothing.
    MaxAgeZero,
    /// That other origins are answered 403, and no handler runs.
    RefuseDisallowed,

    /// A refused origin's preflight is answered 403 and told nothing.
    RefusedPreflight,
    /// `OPTIONS` that is no preflight reaches the application.
    OwnOptions,
    /// Errors have the headers too, those of the server itself included.
    ErrorResponses,
    /// The application's own CORS headers are taken away.
    InnerHeaders,
    /// `Vary: Origin` on every response whose headers depend on it.
    Vary,
    /// Preflights are answered before anybody asks who is there.
    BeforeAuthentication,
}

impl Feature {
    /// What a policy may ask for.
    pub const OF_POLICIES: &'static [Self] = &[
        Self::Subdomains,
        Self::AnyPort,
        Self::AnyOrigin,
        Self::AnyOriginWithCredentials,
        Self::NullOrigin,
        Self::Credentials,
        Self::AnyMethod,
        Self::AnyMethodWithCredentials,
        Self::AnyHeader,
        Self::AnyHeaderAndAuthorization,
        Self::AnyHeaderWithCredentials,
        Self::NoContentType,
        Self::ExposeAny,
        Self::MaxAgeZero,
        Self::RefuseDisallowed,
    ];

    /// What every policy asks for.
    pub const OF_ALL: &'static [Self] = &[
        Self::RefusedPreflight,
        Self::OwnOptions,
        Self::ErrorResponses,
        Self::InnerHeaders,
        Self::Vary,
        Self::BeforeAuthentication,
    ];

    /// What it is, in a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Subdomains => "`https://*.app.example`",
            Self::AnyPort => "`http://localhost:*`",
            Self::AnyOrigin => "any origin (`*`)",
            Self::AnyOriginWithCredentials => "any origin with credentials",
            Self::NullOrigin => "the origin `null`",
            Self::Credentials => "credentials",
            Self::AnyMethod => "any method",
            Self::AnyMethodWithCredentials => "any method, with credentials",
            Self::AnyHeader => "any request header but `Authorization`",
            Self::AnyHeaderAndAuthorization => "any request header",
            Self::AnyHeaderWithCredentials => "any request header, with credentials",
            Self::NoContentType => "request headers without `Content-Type`",
            Self::ExposeAny => "any response header",
            Self::MaxAgeZero => "`max_age = 0`",
            Self::RefuseDisallowed => "`refuse_disallowed`",
            Self::RefusedPreflight => "403 for refused preflights",
            Self::OwnOptions => "the application's own `OPTIONS`",
            Self::ErrorResponses => "headers on errors",
            Self::InnerHeaders => "removal of the application's own CORS headers",
            Self::Vary => "`Vary`",
            Self::BeforeAuthentication => "preflights before authentication",
        }
    }

    /// The key of a policy that asks for it; none where every policy does.
    #[must_use]
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::Subdomains | Self::AnyPort | Self::AnyOrigin | Self::AnyOriginWithCredentials => {
                Some("allow_origins")
            }
            Self::NullOrigin => Some("dangerously_allow_null_origin"),
            Self::Credentials => Some("allow_credentials"),
            Self::AnyMethod | Self::AnyMethodWithCredentials => Some("allow_methods"),
            Self::AnyHeader
            | Self::AnyHeaderAndAuthorization
            | Self::AnyHeaderWithCredentials
            | Self::NoContentType => Some("allow_headers"),
            Self::ExposeAny => Some("expose_headers"),
            Self::MaxAgeZero => Some("max_age"),
            Self::RefuseDisallowed => Some("refuse_disallowed"),
            Self::RefusedPreflight
            | Self::OwnOptions
            | Self::ErrorResponses
            | Self::InnerHeaders
            | Self::Vary
            | Self::BeforeAuthentication => None,
        }
    }

    /// The first entry of the key's list that asks for it, where one entry does.
    #[must_use]
    pub fn entry(self, policy: &PolicyConfig) -> Option<&str> {
        let (list, asks): (&[String], fn(&str) -> bool) = match self {
            Self::Subdomains => (&policy.allow_origins, |entry| entry.contains("://*.")),
            Self::AnyPort => (&policy.allow_origins, |entry| entry.ends_with(":*")),
            Self::AnyOrigin | Self::AnyOriginWithCredentials => (&policy.allow_origins, |entry| entry == "*"),
            Self::AnyMethod | Self::AnyMethodWithCredentials => (&policy.allow_methods, |entry| entry == "*"),
            Self::AnyHeader | Self::AnyHeaderAndAuthorization | Self::AnyHeaderWithCredentials => {
                (&policy.allow_headers, |entry| entry == "*")
            }
            Self::ExposeAny => (&policy.expose_headers, |entry| entry == "*"),
            _ => return None,
        };
        list.iter().map(String::as_str).find(|entry| asks(entry))
    }

    /// Whether this policy asks for it.
    pub(crate) fn is_asked_by(self, policy: &Parts) -> bool {
        let Parts { credentials, .. } = *policy;
        let authorization = policy.headers.iter().any(|name| name.eq_ignore_ascii_case("authorization"));
        let any_header = policy.any_header && !credentials;
        match self {
            Self::Subdomains => policy.listed().iter().any(|pattern| pattern.text.contains("://*.")),
            Self::AnyPort => policy.listed().iter().any(|pattern| pattern.text.ends_with(":*")),
            Self::AnyOrigin => matches!(policy.origins, Origins::Any) && !credentials,
            Self::AnyOriginWithCredentials => matches!(policy.origins, Origins::Any) && credentials,
            Self::NullOrigin => policy.listed().iter().any(|pattern| pattern.text == "null"),
            Self::Credentials => credentials,
            Self::AnyMethod => policy.any_method && !credentials,
            Self::AnyMethodWithCredentials => policy.any_method && credentials,
            Self::AnyHeader => any_header && !authorization,
            Self::AnyHeaderAndAuthorization => any_header && authorization,
            Self::AnyHeaderWithCredentials => policy.any_header && credentials,
            Self::NoContentType => {
                !policy.any_header
                    && !policy.headers.iter().any(|name| name.eq_ignore_ascii_case("content-type"))
            }
            Self::ExposeAny => policy.expose.iter().any(|name| name == "*"),
            Self::MaxAgeZero => policy.max_age == Some(0),
            Self::RefuseDisallowed => policy.refuse_disallowed,
            Self::OwnOptions | Self::ErrorResponses | Self::InnerHeaders | Self::BeforeAuthentication => true,
            // A policy of any origin refuses none, and answers all alike.
            Self::RefusedPreflight | Self::Vary => !matches!(policy.origins, Origins::Any),
        }
    }
}

/// How far a target can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Can {
    /// As the engine does it.
    Yes,
    /// As the engine does it where the lines stand as the steps put them, which this says; elsewhere in a lesser way that
    /// lets nobody in.
    Placed(&'static str),
    /// Otherwise, in this way: the lines let nobody in whom the policy keeps out.
    Otherwise(&'static str),
    /// Not at all, for this reason: such a policy is refused.
    No(&'static str),
}
