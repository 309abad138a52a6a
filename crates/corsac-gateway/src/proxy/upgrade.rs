//! Requests to switch protocols, such as to WebSocket: who may, and what the upstream is asked.
//!
//! Browsers ask nobody before they open a WebSocket to another site, and bring its cookies along. So the policy is asked
//! here, by the same decision as for any other request. Knows nothing of what is said once the protocol is another.

use std::sync::Arc;

use corsac::{Class, Policy};
use http::header::{AUTHORIZATION, CONNECTION, COOKIE, HeaderMap, HeaderValue, UPGRADE};
use http::{Request, Response, StatusCode, Version};
use hyper::upgrade::OnUpgrade;

use super::tunnel::Tunnels;
use crate::config::Route;
use crate::forwarded::Asked;
use crate::message::body::Body;
use crate::message::hop_by_hop;
use crate::page;
use crate::places::Place;

/// A request to switch protocols, and the connection it came on.
pub(crate) struct Switch<'a> {
    offered: HeaderValue,
    client: OnUpgrade,
    /// What the client's connection holds, as long as it is open.
    place: Option<Arc<Place>>,
    tunnels: &'a Tunnels,
}

impl<'a> Switch<'a> {
    /// The wish to switch, if the request has one that is passed on.
    pub(crate) fn wanted<B>(request: &mut Request<B>, tunnels: &'a Tunnels) -> Option<Self> {
        // HTTP/2 has no such wish, and a wish in HTTP/1.0 came through somebody who did not understand it.
        if request.version() != Version::HTTP_11 {
            return None;
        }
        let headers = request.headers();
        if !tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case(b"upgrade")) {
            return None;
        }
        let offered: Vec<&[u8]> = tokens(headers, &UPGRADE).collect();
        if offered.is_empty() || offered.iter().any(|protocol| is_http(protocol)) {
            return None;
        }
        let offered = HeaderValue::from_bytes(&offered.join(&b", "[..])).ok()?;
        let place = request.extensions_mut().remove();
        Some(Self { offered, client: hyper::upgrade::on(request), place, tunnels })
    }

    /// Puts the wish back, once the headers of the client's own connection are gone.
    pub(crate) fn offer(&self, headers: &mut HeaderMap) {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, self.offered.clone());
    }

    /// The upstream switches, and the client is told to.
    pub(crate) fn accepted<B>(self, route: &Route, mut response: Response<B>) -> Response<Body> {
        let upstream = hyper::upgrade::on(&mut response);
        self.tunnels.open(route.shown.clone(), self.client, upstream, self.place);
        let (mut parts, _) = response.into_parts();
        let chosen = parts.headers.remove(UPGRADE);
        hop_by_hop::remove(&mut parts.headers);
        parts.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        parts.headers.insert(UPGRADE, chosen.unwrap_or(self.offered));
        let mut switching = Response::new(Body::Empty);
        *switching.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *switching.headers_mut() = parts.headers;
        switching
    }
}

/// Asks the policy of the route whether the page may; without one, a policy of the gateway's own origin alone. Gives the
/// answer where it may not.
pub(crate) fn refusal<B>(request: &mut Request<B>, route: &Route, asked: &Asked) -> Option<Response<Body>> {
    let own;
    let (policy, page) = match route.policy() {
        Some(policy) => (policy, page::upgrade_refused_by_policy as fn(&str) -> Response<Body>),
        None => {
            let Some(policy) = of_own_origin(asked) else { return Some(page::host_is_no_name()) };
            own = policy;
            (&own, page::upgrade_refused_without_policy as fn(&str) -> Response<Body>)
        }
    };
    let decision = policy.decide(request.method(), request.headers());
    let reason = decision.reason();
    if reason.refuses_origin() {
        tracing::debug!(route = %route.shown, reason = reason.as_str(), "an upgrade is refused: {reason}");
        return Some(page(&route.shown));
    }
    // Browsers send them unasked. Where the policy does not let this page bring credentials, they stay here.
    if decision.class() != Class::NotCors && !policy.allows_credentials() {
        for name in [COOKIE, AUTHORIZATION] {
            request.headers_mut().remove(name);
        }
    }
    None
}

/// A policy that allows the origin by which the gateway was asked, with all that a page of one's own has.
fn of_own_origin(asked: &Asked) -> Option<Policy> {
    let mut config = Policy::builder().allow_origin(asked.origin()?.to_string()).allow_credentials(true);
    config.dangerously_allow_insecure_origins_with_credentials = true;
    config.dangerously_allow_public_suffixes_with_credentials = true;
    config.into_policy().ok()
}

/// HTTP itself, in another version or encrypted: what came through such a tunnel would have no route and no policy.
fn is_http(protocol: &[u8]) -> bool {
    let name = protocol.split(|byte| *byte == b'/').next().unwrap_or_default();
    [&b"h2c"[..], b"h2", b"http", b"tls"].iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// The entries of a list that may be spread over lines.
fn tokens<'h>(headers: &'h HeaderMap, name: &http::HeaderName) -> impl Iterator<Item = &'h [u8]> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Request, Version};

    use super::{Switch, of_own_origin};
    use crate::config::TrustedProxies;
    use crate::forwarded::{Asked, Peer, Spoken};
    use crate::proxy::tunnel::Tunnels;

    fn request(version: Version, lines: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::builder().version(version);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request")
    }

    #[test]
    fn a_wish_is_in_two_headers_and_not_for_another_http() {
        let tunnels = Tunnels::default();
        let offered = |version, lines: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            Switch::wanted(&mut request(version, lines), &tunnels)?.offer(&mut headers);
            Some(headers["upgrade"].to_str().expect("text").to_owned())
        };
        let http11 = |lines: &[(&str, &str)]| offered(Version::HTTP_11, lines);
        let websocket = [("connection", "keep-alive, Upgrade"), ("upgrade", "websocket")];
        assert_eq!(http11(&websocket).as_deref(), Some("websocket"));
        assert_eq!(offered(Version::HTTP_10, &websocket), None);
        assert_eq!(offered(Version::HTTP_2, &websocket), None);
        assert_eq!(http11(&[("connection", "close"), ("upgrade", "websocket")]), None);
        assert_eq!(http11(&[("connection", "upgrade")]), None);
        assert_eq!(http11(&[("connection", "upgrade"), ("upgrade", ", ")]), None);
        for http in ["h2c", "H2C", "websocket, h2c", "HTTP/2.0", "TLS/1.0"] {
            assert_eq!(http11(&[("connection", "upgrade"), ("upgrade", http)]), None, "{http}");
        }
        let several = [("connection", "upgrade"), ("upgrade", "tcp"), ("upgrade", "Foo/1, bar")];
        assert_eq!(http11(&several).as_deref(), Some("tcp, Foo/1, bar"));
    }

    #[test]
    fn the_own_origin_is_the_name_by_which_one_was_asked() {
        let allowed = |host: &str, origin: &str| {
            let request = request(Version::HTTP_11, &[("host", host)]);
            let peer = Peer::new([127, 0, 0, 1].into(), Spoken::Http);
            let asked = Asked::new(&request, &peer, &TrustedProxies::default());
            of_own_origin(&asked).map(|policy| policy.allows_origin(origin))
        };
        for (host, origin) in [
            ("gateway.example", "http://gateway.example"),
            ("Gateway.Example:80", "http://gateway.example"),
            ("localhost:8080", "http://localhost:8080"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("my_host", "http://my_host"),
            ("github.io", "http://github.io"),
        ] {
            assert_eq!(allowed(host, origin), Some(true), "{host}");
        }
        for origin in
            ["https://gateway.example", "http://gateway.example:8080", "http://x.gateway.example", "null"]
        {
            assert_eq!(allowed("gateway.example", origin), Some(false), "{origin}");
        }
        for host in ["", "*.example", "a b", "user@gateway.example", "gateway.example/x", "gateway.example:x"]
        {
            assert_eq!(allowed(host, "http://gateway.example"), None, "{host}");
        }
    }
}
