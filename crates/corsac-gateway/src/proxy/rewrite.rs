//! What an upstream says of its own place, in the gateway's words: `Location` and `Set-Cookie`.
//!
//! For routes by which an upstream is on the gateway's origin. What speaks of any other place is left as it is. Follows
//! nothing.

use std::net::Ipv4Addr;

use http::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use url::{ParseError, Url};

use crate::config::{Route, Server, Upstream};

/// Rewrites what belongs to the upstream's origin, so that it holds on the gateway's.
pub(crate) fn to_gateway(headers: &mut HeaderMap, route: &Route, upstream: &Upstream) {
    if let Some(location) = headers.get(LOCATION).and_then(|written| location(written, route, upstream)) {
        headers.insert(LOCATION, location);
    }
    if headers.contains_key(SET_COOKIE) {
        let written = headers.get_all(SET_COOKIE);
        let cookies: Vec<HeaderValue> =
            written.iter().map(|written| cookie(written, route, upstream)).collect();
        headers.remove(SET_COOKIE);
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie);
        }
    }
}

/// The path at the gateway that a redirect to the upstream's own origin leads to. Nothing where it leads elsewhere, or
/// where no request of the route does.
fn location(written: &HeaderValue, route: &Route, upstream: &Upstream) -> Option<HeaderValue> {
    let written = written.to_str().ok()?;
    let mut own = upstream.servers().iter().filter_map(Server::origin_url);
    let is_path = written.starts_with('/') && !written[1..].starts_with(['/', '\\']);
    if is_path && upstream.keeps_paths() {
        return None;
    }
    let target = match Url::parse(written) {
        Ok(target) => target,
        Err(ParseError::RelativeUrlWithoutBase) if written.starts_with(['/', '\\']) => {
            own.clone().next()?.join(written).ok()?
        }
        Err(_) => return None,
    };
    let has_credentials = !target.username().is_empty() || target.password().is_some();
    if !own.any(|own| own.origin() == target.origin()) || has_credentials {
        return None;
    }
    let mut path = upstream.path_at_gateway(&route.path, target.path())?;
    // A browser takes two slashes for the beginning of another host.
    if path.starts_with("//") {
        return None;
    }
    if let Some(query) = target.query() {
        path.push_str(&format!("?{query}"));
    }
    if let Some(fragment) = target.fragment() {
        path.push_str(&format!("#{fragment}"));
    }
    HeaderValue::from_str(&path).ok()
}

/// The cookie for the gateway's own host, below the paths of the route.
fn cookie(written: &HeaderValue, route: &Route, upstream: &Upstream) -> HeaderValue {
    let mut parts = written.as_bytes().split(|byte| *byte == b';');
    let cookie = parts.next().unwrap_or_default();
    // Its name promises `Path=/`, and browsers hold it to that.
    let is_for_all_paths =
        cookie.trim_ascii().get(..7).is_some_and(|name| name.eq_ignore_ascii_case(b"__Host-"));
    let mut kept = vec![cookie.to_vec()];
    for part in parts {
        let (name, value) = attribute(part);
        if name.eq_ignore_ascii_case(b"domain") && covers_host(value, upstream) {
            continue;
        }
        let path = match name.eq_ignore_ascii_case(b"path") && !is_for_all_paths {
            true => std::str::from_utf8(value).ok().and_then(|path| cookie_path(path, route, upstream)),
            false => None,
        };
        kept.push(path.map_or_else(|| part.to_vec(), |path| format!(" Path={path}").into_bytes()));
    }
    HeaderValue::from_bytes(&kept.join(&b';')).unwrap_or_else(|_| written.clone())
}

fn attribute(part: &[u8]) -> (&[u8], &[u8]) {
    let (name, value) = match part.iter().position(|byte| *byte == b'=') {
        Some(equals) => (&part[..equals], &part[equals + 1..]),
        None => (part, &b""[..]),
    };
    (name.trim_ascii(), value.trim_ascii())
}

/// Whether the upstream may set cookies for this domain.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc6265#section-5.1.3>
fn covers_host(domain: &[u8], upstream: &Upstream) -> bool {
    let domain = domain.strip_prefix(b".").unwrap_or(domain).to_ascii_lowercase();
    let covers = |host: &str| {
        let is_address = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
        let above = host.as_bytes().strip_suffix(domain.as_slice());
        host.as_bytes() == domain || (!is_address && above.is_some_and(|rest| rest.ends_with(b".")))
    };
    !domain.is_empty() && upstream.servers().iter().any(|server| covers(server.host()))
}

/// The path of a cookie at the gateway: all of the route for one that all of the route's requests would bring.
fn cookie_path(path: &str, route: &Route, upstream: &Upstream) -> Option<String> {
    if !path.starts_with('/') || upstream.keeps_paths() || route.path.contains(';') {
        return None;
    }
    if !upstream.is_below(path) {
        return upstream.path_at_gateway(&route.path, path);
    }
    let all = route.path.trim_end_matches('/');
    Some(if all.is_empty() { "/".to_owned() } else { all.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use http::header::{HeaderMap, HeaderValue};

    use crate::config::{Config, Target};

    /// What becomes of a header on a route.
    fn rewritten(route: &str, upstream: &str, name: &'static str, value: &str) -> String {
        let text = format!("[[routes]]\npath = \"{route}\"\nupstream = \"{upstream}\"\n");
        let config = Config::parse(Path::new("corsac.toml"), &text, &|_| None).expect("a configuration");
        let [route] = config.routes() else { panic!("one route") };
        let Target::Upstream(upstream) = route.target() else { panic!("an upstream") };
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        super::to_gateway(&mut headers, route, upstream);
        String::from_utf8(headers[name].as_bytes().to_vec()).expect("text")
    }

    #[test]
    fn redirects_to_the_upstream_itself_lead_to_the_gateway() {
        const PLACE: &str = "https://weather.example/v2";
        for (route, upstream, written, expected) in [
            ("/weather", PLACE, "https://weather.example/v2/next?q=1#top", "/weather/next?q=1#top"),
            ("/weather/", PLACE, "https://WEATHER.example:443/v2", "/weather"),
            ("/weather", PLACE, "/v2/next", "/weather/next"),
            ("/weather", PLACE, "//weather.example/v2/", "/weather/"),
            ("/", PLACE, "https://weather.example/v2", "/"),
            ("/weather", "https://weather.example/", "/login", "/weather/login"),
            ("/weather", "https://weather.example/v2/", "/v2/next", "/weather/next"),
            ("/api", "http://127.0.0.1:3000", "http://127.0.0.1:3000/api/next?q", "/api/next?q"),
            ("/api", "http://[::1]:3000", "http://[::1]:3000/", "/"),
        ] {
            assert_eq!(rewritten(route, upstream, "location", written), expected, "{written}");
        }
        for (upstream, written) in [
            (PLACE, "https://weather.example/login"),
            (PLACE, "https://weather.example/v20/next"),
            (PLACE, "/login"),
            (PLACE, "https://weather.example/v2/../admin"),
            (PLACE, "http://weather.example/v2/next"),
            (PLACE, "https://weather.example:8443/v2/next"),
            (PLACE, "https://evil.example/v2/next"),
            (PLACE, "https://weather.example.evil.example/v2"),
            (PLACE, "https://user@weather.example/v2"),
            (PLACE, "//evil.example/v2"),
            (PLACE, "next?q=1"),
            (PLACE, "../next"),
            (PLACE, "?q=1"),
            (PLACE, "mailto:me@weather.example"),
            (PLACE, "http://"),
            (PLACE, ""),
            (PLACE, "/v2/straße"),
            ("http://127.0.0.1:3000", "/a/../b c"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000//evil.example/x"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000/\\evil.example"),
            ("http://127.0.0.1:3000", "/\\evil.example"),
        ] {
            assert_eq!(rewritten("/weather", upstream, "location", written), written);
        }
        let slashes = "https://weather.example/v2//evil.example";
        assert_eq!(rewritten("/", PLACE, "location", slashes), slashes);
        assert_eq!(rewritten("/weather", PLACE, "location", slashes), "/weather//evil.example");
    }

    #[test]
    fn cookies_of_the_upstream_are_cookies_of_the_route() {
        const PLACE: &str = "https://api.weather.example/v2";
        for (upstream, written, expected) in [
            (PLACE, "a=1; Domain=api.weather.example; Path=/v2; Secure", "a=1; Path=/weather; Secure"),
            (PLACE, "a=1;domain=.Weather.Example;path=/v2/now;HttpOnly", "a=1; Path=/weather/now;HttpOnly"),
            (PLACE, "a=1; Path=/", "a=1; Path=/weather"),
            (PLACE, "a=1; Path=/v2/", "a=1; Path=/weather"),
            (PLACE, "a=1; Path=/login", "a=1; Path=/login"),
            (PLACE, "a=1; Path=/v20", "a=1; Path=/v20"),
            (PLACE, "a=1; Path=", "a=1; Path="),
            (PLACE, "a=1; Path=relative", "a=1; Path=relative"),
            (PLACE, "a=1; Domain=other.example", "a=1; Domain=other.example"),
            (PLACE, "a=1; Domain=ather.example", "a=1; Domain=ather.example"),
            (PLACE, "a=1; Domain=", "a=1; Domain="),
            (PLACE, "a=Domain=weather.example, Path=/v2", "a=Domain=weather.example, Path=/v2"),
            (
                PLACE,
                "a=\"b\"; Max-Age=60; SameSite=Lax; Partitioned",
                "a=\"b\"; Max-Age=60; SameSite=Lax; Partitioned",
            ),
            (PLACE, "__Host-a=1; Path=/; Secure", "__Host-a=1; Path=/; Secure"),
            (PLACE, "a=ü; Path=/v2", "a=ü; Path=/weather"),
            (PLACE, "", ""),
            ("https://weather.example/", "a=1; Path=/", "a=1; Path=/weather"),
            ("https://weather.example/", "a=1; Path=/now", "a=1; Path=/weather/now"),
            ("http://127.0.0.1:3000", "a=1; Path=/; Domain=127.0.0.1", "a=1; Path=/"),
            ("http://127.0.0.1:3000", "a=1; Domain=0.0.1", "a=1; Domain=0.0.1"),
        ] {
            assert_eq!(rewritten("/weather", upstream, "set-cookie", written), expected, "{written}");
        }
        assert_eq!(rewritten("/", PLACE, "set-cookie", "a=1; Path=/v2"), "a=1; Path=/");
    }
}
