//! Origins: who is asking.
//!
//! Knows how an origin is parsed, compared and written; knows nothing of policies or of who may ask what.
//!
//! Spec: <https://html.spec.whatwg.org/multipage/browsers.html#concept-origin>,
//! <https://fetch.spec.whatwg.org/#origin-header>

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

/// The longest scheme that a pattern can have.
pub(crate) const MAX_SCHEME_LENGTH: usize = 64;

/// The longest serialised origin that can name a real page: a scheme of 64 bytes, `://`, a host of 253 and a port.
///
/// Anything longer is refused before it is looked at, which bounds the work a hostile header can cause.
pub const MAX_ORIGIN_LENGTH: usize = MAX_SCHEME_LENGTH + "://".len() + 253 + ":65535".len();

/// An origin, as the HTML standard defines it.
///
/// An opaque origin (a sandboxed frame, a `data:` document) is never the same origin as anything, itself
/// included, so `Origin` is deliberately not `Eq`: ask [`Origin::is_same_origin`].
///
/// ```
/// use corsac::Origin;
///
/// let page: Origin = "https://app.example".parse()?;
/// let api = Origin::of_url(&"https://APP.example:443/v1?q=1".parse()?);
/// assert!(page.is_same_origin(&api));
/// assert_eq!(api.to_string(), "https://app.example");
/// assert!(!Origin::Opaque.is_same_origin(&Origin::Opaque));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub enum Origin {
    /// Scheme, host and port: what nearly every page has.
    Tuple(TupleOrigin),
    /// An origin without a name, written `null` on the wire.
    Opaque,
}

/// A scheme, a host and a port that is absent when it is the scheme's default.
///
/// Always in normal form: lower case, Punycode, compressed IPv6, no default port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TupleOrigin {
    scheme: Box<str>,
    host: Box<str>,
    port: Option<u16>,
}

impl Origin {
    /// The origin of a URL: `#concept-url-origin`.
    ///
    /// Schemes that only an application knows (`tauri://`, `chrome-extension://`) count as tuple origins here,
    /// because that is how the engines that own them send them; `file:`, `data:` and the like are opaque.
    #[must_use]
    pub fn of_url(url: &Url) -> Self {
        match url.scheme() {
            "file" | "data" | "about" | "javascript" | "mailto" => Self::Opaque,
            "blob" => Url::parse(url.path()).map_or(Self::Opaque, |inner| match inner.scheme() {
                "http" | "https" => Self::of_url(&inner),
                _ => Self::Opaque,
            }),
            scheme => match url.host_str() {
                Some(host) if !host.is_empty() => Self::Tuple(TupleOrigin {
                    scheme: scheme.into(),
                    host: host.to_ascii_lowercase().into(),
                    port: url.port(),
                }),
                _ => Self::Opaque,
            },
        }
    }

    /// Same scheme, host and port, and neither is opaque: `#same-origin`.
    #[must_use]
    pub fn is_same_origin(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tuple(one), Self::Tuple(two)) => one == two,
            _ => false,
        }
    }

    /// Same scheme and the same registrable domain: `#same-site`. Ports do not matter, opaque origins never match.
    #[must_use]
    pub fn is_same_site(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tuple(one), Self::Tuple(two)) => {
                one.scheme == two.scheme
                    && match (one.registrable_domain(), two.registrable_domain()) {
                        (Some(left), Some(right)) => left == right,
                        _ => one.host == two.host,
                    }
            }
            _ => false,
        }
    }

    /// Whether a page of this origin is delivered in a way nobody on the network can change:
    /// <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>.
    #[must_use]
    pub fn is_potentially_trustworthy(&self) -> bool {
        match self {
            Self::Tuple(tuple) => !is_insecure_scheme(tuple.scheme()) || tuple.is_loopback(),
            Self::Opaque => false,
        }
    }

    /// The tuple, unless the origin is opaque.
    #[must_use]
    pub fn as_tuple(&self) -> Option<&TupleOrigin> {
        match self {
            Self::Tuple(tuple) => Some(tuple),
            Self::Opaque => None,
        }
    }
}

impl TupleOrigin {
    /// The scheme, in lower case and without the colon.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host as it stands in a URL: Punycode, or an address; IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, absent when it is the scheme's default.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The address, where the host is one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        host_ip(&self.host)
    }

    /// Whether the host is this very machine: `127.0.0.0/8`, `[::1]`, `localhost` or a name below it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        host_is_loopback(&self.host)
    }

    /// The part of the host one can register: `example.co.uk` of `a.b.example.co.uk`. Addresses have none.
    #[must_use]
    pub fn registrable_domain(&self) -> Option<&str> {
        if self.ip().is_some() {
            return None;
        }
        psl::domain_str(&self.host)
    }
}

/// The address a host stands for, as the URL standard serialises it.
pub(crate) fn host_ip(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

pub(crate) fn host_is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name == "localhost" || name.ends_with(".localhost") || host_ip(host).is_some_and(|ip| ip.is_loopback())
}

/// Whether what comes over this scheme can be changed on its way.
pub(crate) fn is_insecure_scheme(scheme: &str) -> bool {
    matches!(scheme, "http" | "ws" | "ftp")
}

/// The default port of a scheme that has one.
pub(crate) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

impl fmt::Display for Origin {
    /// The ASCII serialisation, as an `Origin` header carries it: `#ascii-serialisation-of-an-origin`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tuple(tuple) => tuple.fmt(formatter),
            Self::Opaque => formatter.write_str("null"),
        }
    }
}

impl fmt::Display for TupleOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(formatter, ":{port}"))
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    /// Reads what a person calls an origin: `null`, or a URL with nothing after the port.
    ///
    /// Spelling that a browser would normalise (case, default port, Unicode, one trailing slash) is normalised;
    /// what would be lost silently is refused.
    ///
    /// # Errors
    ///
    /// [`OriginError`] says what is not an origin, and which origin was probably meant.
    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "null" {
            return Ok(Self::Opaque);
        }
        let error = |problem| OriginError { text: text.into(), problem };
        if text.is_empty() {
            return Err(error(OriginProblem::Empty));
        }
        if let Some((scheme @ ("about" | "blob" | "data" | "file" | "javascript"), _)) = text.split_once(':')
        {
            return Err(error(OriginProblem::Opaque(scheme.into())));
        }
        if !text.contains("://") {
            return Err(error(OriginProblem::NoScheme));
        }
        let url = Url::parse(text).map_err(|reason| error(OriginProblem::NotAUrl(reason)))?;
        let origin = Self::of_url(&url);
        if let Self::Opaque = origin {
            return Err(error(OriginProblem::Opaque(url.scheme().into())));
        }
        let extra = if !url.username().is_empty() || url.password().is_some() {
            Some("credentials")
        } else if url.query().is_some() {
            Some("a query")
        } else if url.fragment().is_some() {
            Some("a fragment")
        } else if !matches!(url.path(), "" | "/") {
            Some("a path")
        } else {
            None
        };
        if text.contains('*') {
            return Err(error(OriginProblem::Pattern));
        }
        if split_serialized(&origin.to_string()).is_none() {
            return Err(error(OriginProblem::NotSerializable));
        }
        match extra {
            Some(what) => Err(error(OriginProblem::Extra { what, meant: origin.to_string() })),
            None => Ok(origin),
        }
    }
}

/// Why a text is not an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginError {
    text: String,
    problem: OriginProblem,
}

/// What is wrong with a text that should have been an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OriginProblem {
    /// There is nothing.
    Empty,
    /// No `scheme://` in front.
    NoScheme,
    /// The URL standard cannot parse it.
    NotAUrl(url::ParseError),
    /// A pattern stands for many origins, and a page has one.
    Pattern,
    /// A host that no page can have: too long, or with characters that names do not have.
    NotSerializable,
    /// Pages of this scheme have no origin that can be named.
    Opaque(String),
    /// An origin with something behind it that origins do not have.
    Extra {
        /// What there is too much of, in words.
        what: &'static str,
        /// The origin without it.
        meant: String,
    },
}

impl OriginError {
    /// What is wrong, as data.
    #[must_use]
    pub fn problem(&self) -> &OriginProblem {
        &self.problem
    }

    /// What the person could write instead.
    #[must_use]
    pub fn remedy(&self) -> String {
        match &self.problem {
            OriginProblem::Empty => "write an origin such as https://app.example".into(),
            OriginProblem::NoScheme => {
                let host = self.text.trim_end_matches('/');
                format!("write the scheme too: https://{host} or http://{host}")
            }
            OriginProblem::NotAUrl(_) => "write scheme://host or scheme://host:port".into(),
            OriginProblem::Pattern => "write the origin of one page, such as https://app.example".into(),
            OriginProblem::NotSerializable => {
                "write scheme://host or scheme://host:port, one origin only".into()
            }
            OriginProblem::Opaque(_) => "write null: that is what browsers send for such pages".into(),
            OriginProblem::Extra { meant, .. } => format!("write {meant}"),
        }
    }
}

impl fmt::Display for OriginError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match &self.problem {
            OriginProblem::Empty => formatter.write_str("an origin is missing"),
            OriginProblem::NoScheme => write!(formatter, "`{text}` has no scheme, so it is not an origin"),
            OriginProblem::NotAUrl(reason) => write!(formatter, "`{text}` is not an origin: {reason}"),
            OriginProblem::Pattern => write!(formatter, "`{text}` is a pattern, and a page has one origin"),
            OriginProblem::NotSerializable => {
                let shown: String = text.chars().take(80).collect();
                write!(formatter, "`{shown}` is not an origin that a page can have")
            }
            OriginProblem::Opaque(scheme) => {
                write!(formatter, "`{text}` has no origin of its own: pages of {scheme}: are opaque")
            }
            OriginProblem::Extra { what, .. } => {
                write!(formatter, "`{text}` has {what}, which origins do not")
            }
        }
    }
}

impl std::error::Error for OriginError {}

/// Splits a serialised origin into scheme, host and port without allocating.
///
/// Accepts the serialised form only, as the `#http-origin` grammar has it: whatever else a client sends is not
/// an origin and can match nothing.
pub(crate) fn split_serialized(text: &str) -> Option<(&str, &str, Option<u16>)> {
    if text.len() > MAX_ORIGIN_LENGTH {
        return None;
    }
    let (scheme, rest) = text.split_once(':')?;
    let authority = rest.strip_prefix("//")?;
    let (host, port) = match authority.rfind(':') {
        // A colon inside brackets belongs to the address.
        Some(colon) if !authority[colon..].contains(']') => {
            (&authority[..colon], Some(parse_port(&authority[colon + 1..])?))
        }
        _ => (authority, None),
    };
    let scheme_ok = scheme.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && scheme.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.'));
    (scheme_ok && is_serialized_host(host)).then_some((scheme, host, port))
}

/// Whether this is a host as browsers write it: an IPv6 address in brackets, or labels of lower-case letters, digits,
/// hyphens and underscores, none of them empty save a last one for the root.
pub(crate) fn is_serialized_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return !address.is_empty()
            && address.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b':'));
    }
    let name = host.strip_suffix('.').unwrap_or(host).as_bytes();
    // Whole passes without an early end are many bytes a step, and the host is short.
    let letters = name.iter().fold(true, |all, &byte| {
        all & (byte.is_ascii_lowercase()
            | byte.is_ascii_digit()
            | (byte == b'-')
            | (byte == b'_')
            | (byte == b'.'))
    });
    let pairs = name.iter().zip(name.get(1..).unwrap_or_default());
    let empty_label = pairs.fold(false, |any, (&one, &next)| any | ((one == b'.') & (next == b'.')));
    letters && !empty_label && !matches!(name, [] | [b'.', ..] | [.., b'.'])
}

/// A port as it is serialised: decimal, no leading zero, 1 to 65535.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// The host as the URL standard parses and serialises it for the given scheme, or the parser's reason why not.
pub(crate) fn normalize_host(host: &str) -> Result<String, url::ParseError> {
    Host::parse(host).map(|parsed| parsed.to_string())
}
