//! Origin patterns: which origins one entry of `allow_origins` stands for.
//!
//! Refuses at birth whatever could never match a browser's `Origin`, or would match more than it seems to. Knows
//! nothing of credentials; whether a pattern is safe to combine with them is the policy's business.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::fault::FaultCode;
use crate::origin::{
    MAX_ORIGIN_LENGTH, MAX_SCHEME_LENGTH, default_port, host_ip, host_is_loopback, is_insecure_scheme,
    is_serialized_host, normalize_host, parse_port, split_serialized,
};

/// An origin, or a family of origins that differ only in subdomain or port.
///
/// | written | matches |
/// |---|---|
/// | `https://app.example` | that origin alone |
/// | `https://*.app.example` | one label or more in front, never `https://app.example` itself |
/// | `http://localhost:*` | any port, the default one included |
/// | `https://*.app.example:*` | both |
/// | `tauri://localhost` | that origin alone: custom schemes have no patterns |
///
/// ```
/// use corsac::OriginPattern;
///
/// let pattern: OriginPattern = "https://*.app.example".parse()?;
/// assert!(pattern.matches("https://preview.app.example"));
/// assert!(pattern.matches("https://a.b.app.example"));
/// assert!(!pattern.matches("https://app.example"));
/// assert!(!pattern.matches("https://evilapp.example"));
/// assert!("https://app.example/".parse::<OriginPattern>().is_err());
/// # Ok::<(), corsac::PatternError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginPattern {
    pub(crate) scheme: Box<str>,
    /// The host, or for a family of subdomains the base that they share.
    pub(crate) host: Box<str>,
    pub(crate) subdomains: bool,
    pub(crate) port: PortPattern,
}

/// Which ports a pattern allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PortPattern {
    /// This one; `None` is the scheme's default.
    Exactly(Option<u16>),
    /// Any.
    Any,
}

/// A pattern taken apart: what it is looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PatternParts<'a> {
    pub(crate) host: &'a str,
    pub(crate) scheme: &'a str,
    pub(crate) subdomains: bool,
    pub(crate) port: PortPattern,
}

impl<'a> PatternParts<'a> {
    /// The parts of a pattern's text, which was checked when it became a pattern.
    pub(crate) fn of(pattern: &'a str) -> Option<Self> {
        let (scheme, rest) = pattern.split_once(':')?;
        let (host, port) = split_port(rest.strip_prefix("//")?);
        let (subdomains, host) = split_star(host);
        let port = match port {
            None => PortPattern::Exactly(None),
            Some("*") => PortPattern::Any,
            Some(port) => PortPattern::Exactly(Some(parse_port(port)?)),
        };
        Some(Self { host, scheme, subdomains, port })
    }
}

impl Hash for PatternParts<'_> {
    /// In three steps rather than in one for each part and length: equal parts are hashed alike, and that is all there is
    /// to it.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let port = match self.port {
            PortPattern::Exactly(port) => u32::from(port.unwrap_or(0)),
            PortPattern::Any => 1 << 16,
        };
        state.write(self.host.as_bytes());
        state.write(self.scheme.as_bytes());
        state.write_u32(port | u32::from(self.subdomains) << 17);
    }
}

/// Why a text is no origin pattern, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The stable identifier.
    pub code: FaultCode,
    /// What to write instead.
    pub remedy: String,
}

impl OriginPattern {
    /// Whether the pattern covers this serialised origin.
    #[must_use]
    pub fn matches(&self, origin: &str) -> bool {
        let Some((scheme, host, port)) = split_serialized(origin) else { return false };
        let host_matches = if self.subdomains {
            host.strip_suffix(&*self.host)
                .and_then(|rest| rest.strip_suffix('.'))
                .is_some_and(|rest| !rest.is_empty())
        } else {
            host == &*self.host
        };
        scheme == &*self.scheme
            && host_matches
            && match self.port {
                PortPattern::Exactly(wanted) => port == wanted,
                PortPattern::Any => port.is_none_or(|port| default_port(scheme) != Some(port)),
            }
    }

    /// Whether every origin that `other` covers is covered by this pattern too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let below = other.host.strip_suffix(&*self.host).is_some_and(|rest| rest.ends_with('.'));
        let host_covered = match (self.subdomains, other.subdomains) {
            (true, true) => self.host == other.host || below,
            (true, false) => below,
            (false, true) => false,
            (false, false) => self.host == other.host,
        };
        self.scheme == other.scheme
            && host_covered
            && (self.port == PortPattern::Any || self.port == other.port)
    }

    pub(crate) fn parts(&self) -> PatternParts<'_> {
        let Self { scheme, host, subdomains, port } = self;
        PatternParts { host, scheme, subdomains: *subdomains, port: *port }
    }

    /// Whether the pattern stands for one origin only.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.subdomains && self.port != PortPattern::Any
    }

    /// Whether pages of these origins can be changed by anyone on the network: plain text, and not this machine.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        is_insecure_scheme(&self.scheme) && !host_is_loopback(&self.host)
    }

    /// Whether the pattern covers all names below a suffix under which anybody can register one.
    ///
    /// Suffixes that a rule with a wildcard makes count too: every name below `compute.amazonaws.com` is one.
    #[must_use]
    pub fn is_public_suffix(&self) -> bool {
        let base = self.host.strip_suffix('.').unwrap_or(&self.host);
        self.subdomains && (is_suffix(base) || is_suffix(&format!("any.{base}")))
    }
}

fn is_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes())
        .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == name.as_bytes())
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.subdomains { "*." } else { "" };
        write!(formatter, "{}://{star}{}", self.scheme, self.host)?;
        match self.port {
            PortPattern::Exactly(None) => Ok(()),
            PortPattern::Exactly(Some(port)) => write!(formatter, ":{port}"),
            PortPattern::Any => formatter.write_str(":*"),
        }
    }
}

impl std::str::FromStr for OriginPattern {
    type Err = PatternError;

    /// Reads a pattern in exactly the form in which it is printed.
    ///
    /// # Errors
    ///
    /// [`PatternError`] names the rule, and what to write instead.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        let text = Spelling(text);
        text.refuse_what_is_no_origin()?;
        let (scheme, rest) = text.split_scheme()?;
        text.refuse_what_follows_an_origin(scheme, rest)?;
        let (host, port) = split_port(rest);
        let port = text.port(scheme, host, port)?;
        let (subdomains, host) = split_star(host);
        if host.contains('*') {
            return Err(text.misplaced_wildcard(scheme, host));
        }
        if is_web(scheme) {
            text.check_web_host(scheme, host, subdomains)?;
        } else if subdomains || port == PortPattern::Any {
            return Err(error(
                FaultCode::OriginWildcardMisplaced,
                format!("write each {scheme}: origin in full; wildcards are for http and https"),
            ));
        } else {
            text.check_custom_host(host)?;
        }
        Ok(Self { scheme: scheme.into(), host: host.into(), subdomains, port })
    }
}

const NULL_REMEDY: &str = "serve the page over http://localhost, or set dangerously_allow_null_origin = true";

/// A pattern as a person spelled it: each step refuses one kind of mistake.
struct Spelling<'a>(&'a str);

impl<'a> Spelling<'a> {
    fn refuse_what_is_no_origin(&self) -> Result<(), PatternError> {
        let text = self.0;
        if text.trim() != text || text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        {
            return Err(error(FaultCode::OriginWithSpace, "write one origin an entry, without spaces"));
        }
        match text {
            "" => Err(error(FaultCode::OriginWithoutScheme, "write an origin such as https://app.example")),
            "null" => Err(error(FaultCode::OriginNull, NULL_REMEDY)),
            "*" => {
                Err(error(FaultCode::AnyOriginNotAlone, "write allow_origins = [\"*\"], and nothing else"))
            }
            _ if text.len() > MAX_ORIGIN_LENGTH + "*.".len() => {
                Err(error(FaultCode::OriginTooLong, format!("at most {MAX_ORIGIN_LENGTH} bytes")))
            }
            _ => Ok(()),
        }
    }

    fn split_scheme(&self) -> Result<(&'a str, &'a str), PatternError> {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            let (typed, rest) = self.0.split_once(":/").unwrap_or(("", self.0));
            let rest =
                ["https:", "http:"].into_iter().find_map(|scheme| rest.strip_prefix(scheme)).unwrap_or(rest);
            let host = rest.trim_matches('/');
            if self.0.eq_ignore_ascii_case("null") {
                return Err(error(FaultCode::OriginNull, NULL_REMEDY));
            }
            if host.is_empty() || host.contains(['@', '/', '?', '#']) {
                return Err(error(
                    FaultCode::OriginWithoutScheme,
                    "write an origin such as https://app.example",
                ));
            }
            let loopback = host_is_loopback(split_port(host).0);
            let scheme = if typed == "http" || loopback { "http" } else { "https" };
            return Err(error(FaultCode::OriginWithoutScheme, format!("write {scheme}://{host}")));
        };
        if matches!(scheme.to_ascii_lowercase().as_str(), "file" | "data" | "blob" | "about" | "javascript") {
            return Err(error(
                FaultCode::OriginSchemeOpaque,
                "serve the page over http://localhost: such pages send `Origin: null`",
            ));
        }
        let mut bytes = scheme.bytes();
        let letter_first = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
        if scheme.len() > MAX_SCHEME_LENGTH {
            let remedy = format!("write a scheme of at most {MAX_SCHEME_LENGTH} letters");
            return Err(error(FaultCode::OriginSchemeInvalid, remedy));
        }
        if !letter_first || !bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
            let meant =
                if scheme.contains('*') { "write one entry for http:// and one for https://" } else { "" };
            return Err(error(FaultCode::OriginSchemeInvalid, meant));
        }
        if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(error(
                FaultCode::OriginNotLowercase,
                format!("write {}", self.0.to_ascii_lowercase()),
            ));
        }
        Ok((scheme, rest))
    }

    fn refuse_what_follows_an_origin(&self, scheme: &str, rest: &str) -> Result<(), PatternError> {
        let Some(end) = rest.find(['/', '?', '#', '@', '\\']) else { return Ok(()) };
        let meant = format!("write {scheme}://{}", &rest[..end]);
        Err(match rest.as_bytes()[end] {
            b'?' => error(FaultCode::OriginWithQuery, meant),
            b'#' => error(FaultCode::OriginWithFragment, meant),
            b'@' => {
                let host = rest[end + 1..].split(['/', '?', '#']).next().unwrap_or_default();
                error(FaultCode::OriginWithCredentials, format!("write {scheme}://{host}"))
            }
            _ => error(FaultCode::OriginWithPath, meant),
        })
    }

    fn port(&self, scheme: &str, host: &str, port: Option<&str>) -> Result<PortPattern, PatternError> {
        let Some(text) = port else { return Ok(PortPattern::Exactly(None)) };
        if text == "*" {
            return Ok(PortPattern::Any);
        }
        let Some(number) = parse_port(text) else {
            let remedy = format!("write {scheme}://{host}:8080, or {scheme}://{host}:* for any port");
            return Err(error(FaultCode::OriginPortInvalid, remedy));
        };
        if default_port(scheme) == Some(number) {
            return Err(error(FaultCode::OriginDefaultPort, format!("write {scheme}://{host}")));
        }
        Ok(PortPattern::Exactly(Some(number)))
    }

    fn misplaced_wildcard(&self, scheme: &str, host: &str) -> PatternError {
        // `https://*example.com` would also match `https://evilexample.com`.
        let base = host.rsplit('*').next().unwrap_or_default().trim_start_matches(['.', '-']);
        let remedy = if base.is_empty() {
            "write allow_origins = [\"*\"] for any origin".to_owned()
        } else {
            format!("write {scheme}://*.{base} for its subdomains")
        };
        error(FaultCode::OriginWildcardMisplaced, remedy)
    }

    fn check_web_host(&self, scheme: &str, host: &str, subdomains: bool) -> Result<(), PatternError> {
        let star = if subdomains { "*." } else { "" };
        let normal = normalize_host(host)
            .map_err(|reason| error(FaultCode::OriginHostInvalid, format!("mend the host: {reason}")))?;
        let ip = host_ip(&normal);
        if normal != host {
            let code = if !host.is_ascii() {
                FaultCode::OriginHostNotAscii
            } else if ip.is_some() {
                FaultCode::OriginAddressNotCanonical
            } else if normal == host.to_ascii_lowercase() {
                FaultCode::OriginNotLowercase
            } else {
                FaultCode::OriginHostInvalid
            };
            let port = self.0.rfind(host).map_or("", |start| &self.0[start + host.len()..]);
            return Err(error(code, format!("write {scheme}://{star}{normal}{port}")));
        }
        if subdomains && ip.is_some() {
            return Err(error(FaultCode::OriginWildcardMisplaced, "addresses have no subdomains"));
        }
        let mapped = matches!(ip, Some(std::net::IpAddr::V6(address)) if address.to_ipv4_mapped().is_some());
        let name = host.strip_suffix('.').unwrap_or(host);
        let longest = 253 - star.len();
        let labels_fit = ip.is_some() || name.split('.').all(|label| (1..=63).contains(&label.len()));
        if mapped || name.len() > longest || !labels_fit || !is_serialized_host(host) {
            return Err(error(
                FaultCode::OriginHostInvalid,
                "a name has labels of 1 to 63 letters, digits, hyphens or underscores, 253 bytes in all",
            ));
        }
        Ok(())
    }

    fn check_custom_host(&self, host: &str) -> Result<(), PatternError> {
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(error(
                FaultCode::OriginNotLowercase,
                format!("write {}", self.0.to_ascii_lowercase()),
            ));
        }
        if split_serialized(self.0).is_none() {
            return Err(error(
                FaultCode::OriginHostInvalid,
                "write scheme://host, as the application sends it",
            ));
        }
        Ok(())
    }
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

fn split_star(host: &str) -> (bool, &str) {
    host.strip_prefix("*.").map_or((false, host), |base| (true, base))
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => {
            (&authority[..colon], Some(&authority[colon + 1..]))
        }
        _ => (authority, None),
    }
}

fn error(code: FaultCode, remedy: impl Into<String>) -> PatternError {
    PatternError { code, remedy: remedy.into() }
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code.meaning())?;
        if self.remedy.is_empty() { Ok(()) } else { write!(formatter, " ({})", self.remedy) }
    }
}

impl std::error::Error for PatternError {}
