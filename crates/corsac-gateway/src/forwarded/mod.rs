//! How the gateway was asked, and what an upstream is told of it: `X-Forwarded-For`, `-Proto` and `-Host`.
//!
//! They are the gateway's own word: the address of the peer, and the scheme and host that the peer used. What the
//! peer itself says in them is dropped, for any client can say it, and so is `Forwarded`, which says the same. A peer that is
//! a trusted proxy is believed, and speaks for whoever asked it.

pub(crate) mod hops;

use std::net::IpAddr;

use corsac::Origin;
use http::Request;
use http::header::{COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::uri::Authority;
use url::Url;

use crate::config::{Guise, TrustedProxies, Upstream};
use hops::{FORWARDED, Hops, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PROTO};

/// The other end of a connection, and what is spoken on it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    pub(crate) spoken: Spoken,
    /// The address as a header has it, written once for all requests of the connection.
    shown: HeaderValue,
}

impl Peer {
    pub(crate) fn new(address: IpAddr, spoken: Spoken) -> Self {
        let address = address.to_canonical();
        Self { address, spoken, shown: visible(&address.to_string()) }
    }
}

fn visible(addresses: &str) -> HeaderValue {
    HeaderValue::from_str(addresses).expect("addresses are visible ASCII")
}

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoken {
    Http,
    Https,
    /// HTTP, where the gateway speaks https.
    HttpForHttps,
}

/// By whom the gateway was asked, and by which scheme and name.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    client: IpAddr,
    peer: IpAddr,
    /// The peer as a header has it.
    shown: HeaderValue,
    /// Whom the peer asked for, as it says, the nearest first.
    before: Vec<IpAddr>,
    scheme: &'static str,
    host: Option<HeaderValue>,
}

impl Asked {
    pub(crate) fn new<B>(request: &Request<B>, peer: &Peer, trusted: &TrustedProxies) -> Self {
        let scheme = if peer.spoken == Spoken::Https { "https" } else { "http" };
        let (peer, shown) = (peer.address, peer.shown.clone());
        let named = request.uri().authority().and_then(|name| HeaderValue::from_str(name.as_str()).ok());
        let host = named.or_else(|| request.headers().get(HOST).cloned());
        let mut asked = Self { client: peer, peer, shown, before: Vec::new(), scheme, host };
        if trusted.has(peer) {
            asked.believe(Hops::of(request.headers()), trusted);
        }
        asked
    }

    /// Goes back along the way, from the peer to the first that is no proxy of ours: nobody vouches for what it says.
    fn believe(&mut self, hops: Hops, trusted: &TrustedProxies) {
        self.before = hops.way.iter().map(|hop| hop.from).collect();
        let (mut scheme, mut host) = (hops.scheme, hops.host);
        for hop in hops.way {
            if !trusted.has(self.client) {
                break;
            }
            self.client = hop.from;
            (scheme, host) = (hop.scheme.or(scheme), hop.host.or(host));
        }
        self.scheme = scheme.unwrap_or(self.scheme);
        self.host = host.or_else(|| self.host.take());
    }

    /// Who asked.
    pub(crate) fn client(&self) -> IpAddr {
        self.client
    }

    /// The scheme and name that were used.
    pub(crate) fn name(&self) -> (&'static str, &[u8]) {
        (self.scheme, self.host.as_ref().map_or(b"", HeaderValue::as_bytes))
    }

    /// The name it used, without a port. Nothing where there is none, or none that can be read.
    pub(crate) fn host_name(&self) -> Option<String> {
        let authority: Authority = self.host.as_ref()?.to_str().ok()?.parse().ok()?;
        Some(authority.host().to_ascii_lowercase())
    }

    /// The origin of the pages that were loaded by the same scheme and name. Nothing where that is no name.
    pub(crate) fn origin(&self) -> Option<Origin> {
        let authority: Authority = self.host.as_ref()?.to_str().ok()?.parse().ok()?;
        if authority.as_str().contains(['@', '*']) {
            return None;
        }
        let url = Url::parse(&format!("{}://{authority}/", self.scheme)).ok()?;
        Some(Origin::of_url(&url))
    }

    /// Says who asked, as a route wants it said, and takes `Host` away: the connection to the upstream has its own.
    pub(crate) fn announce(&self, headers: &mut HeaderMap, guise: &Guise, upstream: &Upstream) {
        headers.remove(FORWARDED);
        headers.remove(HOST);
        match guise {
            Guise::Proxy => self.announce_client(headers),
            Guise::Browser => {
                self.announce_client(headers);
                if let Some(host) = &self.host {
                    headers.insert(HOST, host.clone());
                }
            }
            Guise::OwnPage { .. } => {
                for name in [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST] {
                    headers.remove(name);
                }
                self.pose_as_page_of(upstream, headers);
            }
        }
        // HTTP/2 may split cookies over lines, which HTTP/1.1 servers do not look for.
        join(headers, &COOKIE, b"; ");
    }

    fn announce_client(&self, headers: &mut HeaderMap) {
        match &self.host {
            Some(host) => headers.insert(X_FORWARDED_HOST, host.clone()),
            None => headers.remove(X_FORWARDED_HOST),
        };
        headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static(self.scheme));
        let way = match self.before.as_slice() {
            [] => self.shown.clone(),
            before => {
                let mut way = String::new();
                for address in before.iter().rev() {
                    way.push_str(&format!("{address}, "));
                }
                visible(&format!("{way}{}", self.peer))
            }
        };
        headers.insert(X_FORWARDED_FOR, way);
    }

    /// Servers compare `Origin` with their own name, which is in `Host`: against forged forms, and before they switch to
    /// WebSocket. So the gateway's own pages become the upstream's. A page of any other origin stays what it is, since
    /// that check is there to catch it.
    fn pose_as_page_of(&self, upstream: &Upstream, headers: &mut HeaderMap) {
        let is_own = |written: &HeaderValue| {
            self.origin().is_some_and(|own| written.as_bytes() == own.to_string().as_bytes())
        };
        if headers.get_all(ORIGIN).iter().count() == 1
            && headers.get(ORIGIN).is_some_and(is_own)
            && let Some(url) = upstream.servers()[0].origin_url()
            && let Ok(origin) = HeaderValue::from_str(&Origin::of_url(&url).to_string())
        {
            headers.insert(ORIGIN, origin);
        }
    }
}

/// Makes one line of several.
fn join(headers: &mut HeaderMap, name: &HeaderName, separator: &[u8]) {
    if headers.get_all(name).iter().nth(1).is_none() {
        return;
    }
    let lines: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    let joined = lines.join(separator);
    if let Ok(value) = HeaderValue::from_bytes(&joined) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::{Asked, Peer, Spoken};
    use crate::config::{Config, Guise, Target, TrustedProxies, Upstream};

    /// An upstream, which has no other way to be made than a configuration.
    fn upstream(url: &str) -> Upstream {
        let text = format!("[[routes]]\npath = \"/\"\nupstream = \"{url}\"\n");
        let config = Config::parse("corsac.toml".as_ref(), &text, &|_| None).expect("a configuration");
        let Target::Upstream(upstream) = config.routes()[0].target() else { panic!("an upstream") };
        upstream.clone()
    }

    /// Who asked, by what, and what is said of it, where 10.0.0.1 asks with these headers.
    fn asked(trusted: &TrustedProxies, lines: &[(&str, &str)]) -> (String, String, String) {
        let request = lines
            .iter()
            .fold(Request::builder().header("host", "gateway.example"), |it, line| it.header(line.0, line.1));
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        let peer = Peer::new([10, 0, 0, 1].into(), Spoken::Http);
        let asked = Asked::new(&Request::from_parts(parts.clone(), ()), &peer, trusted);
        asked.announce(&mut parts.headers, &Guise::Proxy, &upstream("http://10.0.0.9"));
        let said = parts.headers["x-forwarded-for"].to_str().expect("text").to_owned();
        (asked.client().to_string(), asked.origin().expect("an origin").to_string(), said)
    }

    #[test]
    fn the_client_is_the_nearest_that_is_no_proxy_of_ours() {
        let trusted = TrustedProxies::from(["10.0.0.0/8"]);
        for (way, client, said) in [
            ("192.0.2.1", "192.0.2.1", "192.0.2.1, 10.0.0.1"),
            ("6.6.6.6, 192.0.2.1", "192.0.2.1", "6.6.6.6, 192.0.2.1, 10.0.0.1"),
            ("6.6.6.6, 192.0.2.1, 10.0.0.2", "192.0.2.1", "6.6.6.6, 192.0.2.1, 10.0.0.2, 10.0.0.1"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3", "10.0.0.3, 10.0.0.2, 10.0.0.1"),
            ("6.6.6.6, 10.6.6.6, 192.0.2.1", "192.0.2.1", "6.6.6.6, 10.6.6.6, 192.0.2.1, 10.0.0.1"),
            ("192.0.2.1, garbage, 10.0.0.2", "10.0.0.2", "10.0.0.2, 10.0.0.1"),
            ("garbage", "10.0.0.1", "10.0.0.1"),
        ] {
            let (found, _, announced) = asked(&trusted, &[("x-forwarded-for", way)]);
            assert_eq!((found.as_str(), announced.as_str()), (client, said), "{way}");
        }
        let (found, _, announced) = asked(&TrustedProxies::default(), &[("x-forwarded-for", "192.0.2.1")]);
        assert_eq!((found.as_str(), announced.as_str()), ("10.0.0.1", "10.0.0.1"));
    }

    #[test]
    fn scheme_and_name_are_those_the_client_used() {
        let trusted = TrustedProxies::from(["10.0.0.0/8"]);
        let nobody = TrustedProxies::default();
        let x_forwarded = [("x-forwarded-proto", "https"), ("x-forwarded-host", "app.example")];
        let forwarded = [(
            "forwarded",
            "for=6.6.6.6;host=evil.example, for=192.0.2.1;proto=https;host=app.example, for=10.0.0.2;proto=http",
        )];
        for lines in [&x_forwarded[..], &forwarded] {
            assert_eq!(asked(&trusted, lines).1, "https://app.example");
            assert_eq!(asked(&nobody, lines).1, "http://gateway.example");
        }
        assert_eq!(asked(&trusted, &forwarded).0, "192.0.2.1");
        let wrong = [("x-forwarded-proto", "gopher"), ("x-forwarded-host", "a b")];
        assert_eq!(asked(&trusted, &wrong).1, "http://gateway.example");
    }

    /// What an upstream at `https://api.example` sees of a request from a page of `origin`.
    fn seen(guise: &Guise, origin: &str) -> Vec<String> {
        let request = Request::builder()
            .header("host", "localhost:8080")
            .header("origin", origin)
            .header("x-forwarded-host", "evil.example");
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        let asked = Asked::new(
            &Request::from_parts(parts.clone(), ()),
            &Peer::new([127, 0, 0, 1].into(), Spoken::Http),
            &TrustedProxies::default(),
        );
        asked.announce(&mut parts.headers, guise, &upstream("https://api.example/v2"));
        let line =
            |name: &http::HeaderName| format!("{name}: {}", parts.headers[name].to_str().expect("text"));
        let mut lines: Vec<String> = parts.headers.keys().map(line).collect();
        lines.sort();
        lines
    }

    #[test]
    fn an_upstream_is_asked_as_the_route_wants_it() {
        const OWN: &str = "http://localhost:8080";
        let proxied =
            ["x-forwarded-for: 127.0.0.1", "x-forwarded-host: localhost:8080", "x-forwarded-proto: http"];
        let own_page = Guise::OwnPage { names: [].into() };
        let with = |lines: &[&'static str]| [lines, &proxied].concat();
        assert_eq!(seen(&Guise::Proxy, OWN), with(&["origin: http://localhost:8080"]));
        assert_eq!(
            seen(&Guise::Browser, OWN),
            with(&["host: localhost:8080", "origin: http://localhost:8080"])
        );
        assert_eq!(seen(&own_page, OWN), ["origin: https://api.example"]);
        for other in ["http://localhost:5173", "https://localhost:8080", "https://evil.example", "null"] {
            assert_eq!(seen(&own_page, other), [format!("origin: {other}")]);
        }
    }
}
