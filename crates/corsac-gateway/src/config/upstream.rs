//! An upstream: the place a route's requests go to.
//!
//! Parses the URL once, so that a request only joins paths. Knows nothing of connections.

use std::fmt;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderName, HeaderValue, Uri};
use url::{Host, Url};

use super::code::Code;
use super::problem::{Form, Problem};
use super::secret::{hide_userinfo, userinfo};

/// Where requests go, and what they get on the way.
#[derive(Clone)]
pub struct Upstream {
    scheme: Scheme,
    authority: Authority,
    /// What stands in for the path of the route; nothing where the path is passed on as it is.
    path: Option<String>,
    pub(crate) set_request_headers: Vec<(HeaderName, HeaderValue)>,
    /// The URL as it was written, where the environment supplied a part of it: that part is not to be shown.
    as_written: Option<String>,
}

impl Upstream {
    pub(crate) fn parse(written: &str, form: Form) -> Result<Self, Problem> {
        if userinfo(written).is_some() {
            let headers = "set_request_headers = { authorization = \"Basic ${CREDENTIALS}\" }";
            let help = match form {
                Form::Value => format!("{headers} sends them"),
                Form::Flag(_) => format!("use a configuration file with {headers}"),
            };
            let meaning = Code::UpstreamWithCredentials.meaning();
            return Err(Problem::new(Code::UpstreamWithCredentials, meaning, help));
        }
        let Some((scheme, rest)) = written.split_once("://") else {
            return Err(without_scheme(written, form));
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::HTTP,
            "https" => Scheme::HTTPS,
            other => {
                let message = format!("An upstream speaks http or https, not {other}.");
                let (plain, secure) = (format!("http://{rest}"), format!("https://{rest}"));
                let help = format!("{} or {}", form.write(&plain), form.spell(&secure));
                return Err(Problem::new(Code::UpstreamScheme, message, help));
            }
        };
        let invalid = |why: &str| {
            let message = format!("`{written}` is not a URL: {why}.");
            Problem::new(Code::UpstreamInvalid, message, example(form))
        };
        let url = Url::parse(written).map_err(|error| invalid(&error.to_string()))?;
        if url.query().is_some() || url.fragment().is_some() {
            let bare = written.split(['?', '#']).next().unwrap_or_default();
            let help = format!("{}; the query of each request is passed on", form.write(bare));
            return Err(Problem::new(Code::UpstreamWithQuery, Code::UpstreamWithQuery.meaning(), help));
        }
        let host = url.host_str().ok_or_else(|| invalid("there is no host"))?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let authority = authority.parse().map_err(|_| invalid("its host is not one HTTP can name"))?;
        // The URL type cannot tell `http://host` from `http://host/`; here they mean different things.
        let path = rest.contains('/').then(|| url.path().to_owned());
        Ok(Self { scheme, authority, path, set_request_headers: Vec::new(), as_written: None })
    }

    /// The same upstream, shown as it was written rather than as what the environment made of it.
    pub(crate) fn shown_as(self, written: &str) -> Self {
        Self { as_written: Some(hide_userinfo(written)), ..self }
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The host, and the port where it is not the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The headers that are set on every request, by name alone: their values are secrets.
    pub fn set_request_headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.set_request_headers.iter().map(|(name, _)| name)
    }

    /// Whether requests to it would come back to a gateway that listens there.
    pub(crate) fn is_at(&self, listen: std::net::SocketAddr) -> bool {
        let port = self.authority.port_u16().unwrap_or(if self.is_https() { 443 } else { 80 });
        let local = match Host::parse(self.authority.host()) {
            Ok(Host::Ipv4(address)) => address.is_loopback() || address == listen.ip(),
            Ok(Host::Ipv6(address)) => address.is_loopback() || address == listen.ip(),
            Ok(Host::Domain(domain)) => domain == "localhost",
            Err(_) => false,
        };
        let reaches = listen.ip().is_loopback() || listen.ip().is_unspecified();
        port == listen.port()
            && port != 0
            && ((local && reaches) || self.authority.host() == listen.ip().to_string())
    }

    /// The host, without a port.
    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }

    /// The root of the origin that it is, or pages on it would be, on its own.
    pub(crate) fn origin_url(&self) -> Option<Url> {
        Url::parse(&format!("{}://{}/", self.scheme, self.authority)).ok()
    }

    /// Whether requests come with the paths they have at the gateway.
    pub(crate) fn keeps_paths(&self) -> bool {
        self.path.is_none()
    }

    /// Whether all that a route passes on is at this path or below it.
    pub(crate) fn is_below(&self, path: &str) -> bool {
        let base = self.path.as_deref().unwrap_or_default().trim_end_matches('/');
        below(base, path).is_some()
    }

    /// The path at the gateway that leads to a path here: the reverse of [`Upstream::uri`]. Nothing where none does.
    pub(crate) fn path_at_gateway(&self, route: &str, path: &str) -> Option<String> {
        let Some(base) = &self.path else { return Some(path.to_owned()) };
        let rest = below(path, base)?;
        let path = format!("{}{rest}", route.trim_end_matches('/'));
        Some(if path.is_empty() { "/".to_owned() } else { path })
    }

    /// The URI of a request: `path` is all of its path, `rest` what the route left of it.
    pub(crate) fn uri(&self, path: &str, rest: &str, query: Option<&str>) -> Option<Uri> {
        let mut target = match &self.path {
            None => path.to_owned(),
            Some(base) if rest.is_empty() => base.clone(),
            Some(base) => format!("{}{rest}", base.trim_end_matches('/')),
        };
        if let Some(query) = query {
            target.push('?');
            target.push_str(query);
        }
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(target).ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// The URL; where a variable supplied a part of it, as it was written, with the variable's name.
impl fmt::Display for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(written) = &self.as_written {
            return formatter.write_str(written);
        }
        let path = self.path.as_deref().unwrap_or_default();
        write!(formatter, "{}://{}{path}", self.scheme, self.authority)
    }
}

/// As it is shown, and the names of its headers.
impl fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&HeaderName> = self.set_request_headers().collect();
        formatter
            .debug_struct("Upstream")
            .field("url", &format_args!("{self}"))
            .field("set_request_headers", &headers)
            .finish()
    }
}

/// What is left of a path below another one, on segment borders.
fn below<'p>(path: &'p str, other: &str) -> Option<&'p str> {
    path.strip_prefix(other.trim_end_matches('/')).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn example(form: Form) -> String {
    match form {
        Form::Value => "write a URL such as \"http://127.0.0.1:3000\"".to_owned(),
        Form::Flag(flag) => format!("pass a URL, such as {flag} http://127.0.0.1:3000"),
    }
}

fn without_scheme(written: &str, form: Form) -> Problem {
    let message = format!("`{written}` has no scheme.");
    let host = written.trim_start_matches('/').trim_start_matches("http:").trim_start_matches("https:");
    let host = host.trim_start_matches(['/', '\\']);
    let scheme = if host.starts_with(|first: char| first.is_ascii_digit()) || host.starts_with("localhost") {
        "http"
    } else {
        "https"
    };
    let help = if host.is_empty() { example(form) } else { form.write(&format!("{scheme}://{host}")) };
    Problem::new(Code::UpstreamScheme, message, help)
}

#[cfg(test)]
mod tests {
    use super::{Form, Upstream};

    #[test]
    fn the_path_of_the_upstream_replaces_the_path_of_the_route() {
        for (upstream, path, rest, expected) in [
            ("http://h:3000", "/api/users", "/users", "http://h:3000/api/users"),
            ("http://h", "/api", "", "http://h/api"),
            ("http://h/", "/api/users", "/users", "http://h/users"),
            ("http://h/", "/api", "", "http://h/"),
            ("https://h/weather", "/p/weather/today", "/today", "https://h/weather/today"),
            ("https://h/weather", "/p/weather", "", "https://h/weather"),
            ("https://h/weather/", "/p/weather/today", "/today", "https://h/weather/today"),
            ("https://h/weather", "/p/weather/", "/", "https://h/weather/"),
            ("HTTPS://[::1]:443/x", "/y", "/y", "https://[::1]/x/y"),
        ] {
            let upstream = Upstream::parse(upstream, Form::Value).expect("an upstream");
            let uri = upstream.uri(path, rest, None).expect("a URI");
            assert_eq!(uri.to_string(), expected);
            let uri = upstream.uri(path, rest, Some("q=1&q")).expect("a URI");
            assert_eq!(uri.to_string(), format!("{expected}?q=1&q"));
        }
    }

    #[test]
    fn the_gateway_itself_is_recognised() {
        let at = |upstream: &str, listen: &str| {
            Upstream::parse(upstream, Form::Value)
                .expect("an upstream")
                .is_at(listen.parse().expect("an address"))
        };
        assert!(at("http://localhost:8080", "127.0.0.1:8080"));
        assert!(at("http://127.0.0.1:8080/x", "0.0.0.0:8080"));
        assert!(at("http://[::1]:8080", "[::]:8080"));
        assert!(at("http://10.0.0.7", "10.0.0.7:80"));
        assert!(!at("http://localhost:3000", "127.0.0.1:8080"));
        assert!(!at("http://127.0.0.1:8080", "10.0.0.7:8080"));
        assert!(!at("http://api.example:8080", "0.0.0.0:8080"));
    }
}
