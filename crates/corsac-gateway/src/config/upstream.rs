//! An upstream: the place a route's requests go to, and the servers that stand in for one another there.
//!
//! Parses each URL once, so that a request only joins paths. Knows nothing of connections.

use std::fmt;

use http::Uri;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue};
use url::Url;

use super::code::Code;
use super::health_check::HealthCheck;
use super::problem::{Form, Problem};
use super::secret::{hide_userinfo, userinfo};
use super::server::{Protocol, Server};

/// Where requests go, and what they get on the way.
#[derive(Clone)]
pub struct Upstream {
    /// Never empty, all of one protocol.
    servers: Vec<Server>,
    /// What stands in for the path of the route; nothing where the path is passed on as it is.
    path: Option<String>,
    pub(crate) set_request_headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) health: Option<HealthCheck>,
    /// Whether a name of it may lead to addresses that are not public, though the place is somebody else's.
    pub(crate) allow_private_addresses: bool,
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
        let protocol = match scheme.to_ascii_lowercase().as_str() {
            "http" => Protocol::Http,
            "https" => Protocol::Https,
            "h2c" => Protocol::H2c,
            other => {
                let message = format!("An upstream speaks http, https or h2c, not {other}.");
                let (plain, secure) = (format!("http://{rest}"), format!("https://{rest}"));
                let help = format!("{} or {}", form.write(&plain), form.spell(&secure));
                return Err(Problem::new(Code::UpstreamScheme, message, help));
            }
        };
        let invalid = |why: &str| {
            let message = format!("`{written}` is not a URL: {why}.");
            Problem::new(Code::UpstreamInvalid, message, example(form))
        };
        // The URL standard knows no `h2c`; for it, this is http.
        let url = format!("{}://{rest}", protocol.scheme());
        let url = Url::parse(&url).map_err(|error| invalid(&error.to_string()))?;
        if url.query().is_some() || url.fragment().is_some() {
            let bare = written.split(['?', '#']).next().unwrap_or_default();
            let help = format!("{}; the query of each request is passed on", form.write(bare));
            return Err(Problem::new(Code::UpstreamWithQuery, Code::UpstreamWithQuery.meaning(), help));
        }
        let host = url.host_str().ok_or_else(|| invalid("there is no host"))?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let server =
            Server::new(protocol, &authority).ok_or_else(|| invalid("its host is not one HTTP can name"))?;
        // The URL type cannot tell `http://host` from `http://host/`; here they mean different things.
        let path = rest.contains('/').then(|| url.path().to_owned());
        Ok(Self {
            servers: vec![server],
            path,
            set_request_headers: Vec::new(),
            health: None,
            allow_private_addresses: false,
        })
    }

    /// The same upstream, shown as it was written rather than as what the environment made of it.
    pub(crate) fn shown_as(mut self, written: &str) -> Self {
        for server in &mut self.servers {
            server.as_written = Some(hide_userinfo(written));
        }
        self
    }

    /// One upstream of two, whose servers stand in for one another.
    pub(crate) fn and(mut self, other: Self) -> Result<Self, Problem> {
        let differ = |what: &str, help: &str| {
            let first = Self { servers: self.servers[..1].to_vec(), ..self.clone() };
            let message = format!("`{other}` has another {what} than `{first}`.");
            Err(Problem::new(Code::UpstreamsDiffer, message, help))
        };
        if self.path != other.path {
            return differ("path", "write the same path behind each server, or a route for each");
        }
        if self.servers[0].protocol() != other.servers[0].protocol() {
            return differ("scheme", "write the same scheme for each server, or a route for each");
        }
        for server in other.servers {
            if self.servers.iter().any(|it| it.authority() == server.authority()) {
                let message = format!("`{server}` stands there twice.");
                return Err(Problem::new(Code::UpstreamTwice, message, "remove one of them"));
            }
            self.servers.push(server);
        }
        Ok(self)
    }

    /// The servers, in the order they were written.
    #[must_use]
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// Whether connections to it are encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.servers[0].protocol() == Protocol::Https
    }

    /// Whether its connections can be handed over to another protocol, as those of HTTP/1.1 can.
    pub(crate) fn can_switch(&self) -> bool {
        self.servers[0].protocol() != Protocol::H2c
    }

    /// The headers that are set on every request, by name alone: their values are secrets.
    pub fn set_request_headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.set_request_headers.iter().map(|(name, _)| name)
    }

    /// How its servers are asked whether they are well, where they are.
    #[must_use]
    pub fn health(&self) -> Option<&HealthCheck> {
        self.health.as_ref()
    }

    /// Whether requests to it would come back to a gateway that listens there.
    pub(crate) fn is_at(&self, listen: std::net::SocketAddr) -> bool {
        self.servers.iter().any(|server| server.is_at(listen))
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

    /// The path at the gateway that leads to a path here: the reverse of [`Upstream::target`]. Nothing where none does.
    pub(crate) fn path_at_gateway(&self, route: &str, path: &str) -> Option<String> {
        let Some(base) = &self.path else { return Some(path.to_owned()) };
        let rest = below(path, base)?;
        let path = format!("{}{rest}", route.trim_end_matches('/'));
        Some(if path.is_empty() { "/".to_owned() } else { path })
    }

    /// The target of a request: `path` is all of its path, `rest` what the route left of it.
    pub(crate) fn target(&self, path: &str, rest: &str, asked: &Uri) -> Option<PathAndQuery> {
        let mut target = match &self.path {
            None if as_asked(asked) == Some(path) => return asked.path_and_query().cloned(),
            None => path.to_owned(),
            Some(base) if rest.is_empty() => base.clone(),
            Some(base) => format!("{}{rest}", base.trim_end_matches('/')),
        };
        if let Some(query) = asked.query() {
            target.push('?');
            target.push_str(query);
        }
        PathAndQuery::from_maybe_shared(target).ok()
    }
}

/// The path that was asked for, where that is how it was written: a target with a scheme may leave out `/`.
fn as_asked(asked: &Uri) -> Option<&str> {
    let written = asked.path_and_query()?;
    written.as_str().starts_with('/').then(|| written.path())
}

/// The URLs; where a variable supplied a part of one, as it was written, with the variable's name.
impl fmt::Display for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, server) in self.servers.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            // What was written has its path.
            let path = server.as_written.is_none().then_some(self.path.as_deref()).flatten();
            write!(formatter, "{separator}{server}{}", path.unwrap_or_default())?;
        }
        Ok(())
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
            .field("health", &self.health)
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
    use http::Uri;

    use super::{Form, Upstream};

    #[test]
    fn the_path_of_the_upstream_replaces_the_path_of_the_route() {
        for (upstream, path, rest, expected) in [
            ("http://h:3000", "/", "/", "http://h:3000/"),
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
            let server = &upstream.servers()[0];
            let uri = |asked: String| {
                let asked: Uri = asked.parse().expect("a target");
                format!("{server}{}", upstream.target(path, rest, &asked).expect("a target"))
            };
            assert_eq!(uri(path.to_owned()), expected);
            assert_eq!(uri(format!("{path}?q=1&q")), format!("{expected}?q=1&q"));
            if path == "/" {
                assert_eq!(uri("http://a?q=1&q".to_owned()), format!("{expected}?q=1&q"));
            }
            // The path is not always passed on as it was asked for.
            assert_eq!(uri(format!("/x/..{path}?q=1&q")), format!("{expected}?q=1&q"));
        }
    }

    #[test]
    fn servers_that_stand_in_for_one_another_are_alike() {
        let parse = |url: &str| Upstream::parse(url, Form::Value).expect("an upstream");
        let both = parse("http://a:1/x").and(parse("http://b:1/x")).expect("two servers");
        assert_eq!(both.to_string(), "http://a:1/x, http://b:1/x");
        for other in
            ["http://b:1", "http://b:1/", "http://b:1/y", "https://b:1/x", "h2c://b:1/x", "http://A:1/x"]
        {
            assert!(parse("http://a:1/x").and(parse(other)).is_err(), "{other}");
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
