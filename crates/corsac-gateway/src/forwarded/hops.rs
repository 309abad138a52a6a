//! What proxies say of the way a request took: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded`.
//!
//! Reads it from the nearest proxy on, and no further than it can be read. Whether anybody is to be believed is for the
//! caller to say.
//!
//! Spec: <https://www.rfc-editor.org/rfc/rfc7239>

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
pub(crate) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(crate) const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(crate) const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// No request goes through as many proxies; what is further away is not looked at.
const LONGEST: usize = 32;

/// How long a name may be.
const LONGEST_HOST: usize = 255;

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    /// Who asked a proxy.
    pub(crate) from: IpAddr,
    /// By which scheme.
    pub(crate) scheme: Option<&'static str>,
    /// And by which name.
    pub(crate) host: Option<HeaderValue>,
}

/// What a request says of its way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Hops {
    /// The steps, the nearest first.
    pub(crate) way: Vec<Hop>,
    /// The scheme and name that the nearest proxy wrote, where they belong to no step.
    pub(crate) scheme: Option<&'static str>,
    pub(crate) host: Option<HeaderValue>,
}

impl Hops {
    /// `Forwarded` counts where nothing else is said: a proxy that writes the others passes it on from anybody.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let others = [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST];
        match others.iter().any(|name| headers.contains_key(name)) {
            true => Self::of_x_forwarded(headers),
            false => Self::of_forwarded(headers),
        }
    }

    fn of_x_forwarded(headers: &HeaderMap) -> Self {
        let steps = from_the_right(headers, &X_FORWARDED_FOR, ',').map_while(|entry| address(entry?));
        let way = steps.take(LONGEST).map(|from| Hop { from, scheme: None, host: None }).collect();
        let nearest = |name| from_the_right(headers, name, ',').next().flatten();
        Self {
            way,
            scheme: nearest(&X_FORWARDED_PROTO).and_then(scheme),
            host: nearest(&X_FORWARDED_HOST).and_then(host),
        }
    }

    fn of_forwarded(headers: &HeaderMap) -> Self {
        let mut hops = Self::default();
        for (index, element) in from_the_right(headers, &FORWARDED, ',').take(LONGEST).enumerate() {
            let Some(step) = element.and_then(Step::read) else { break };
            if index == 0 {
                (hops.scheme, hops.host) = (step.scheme, step.host.clone());
            }
            let Some(from) = step.from else { break };
            hops.way.push(Hop { from, scheme: step.scheme, host: step.host });
        }
        hops
    }
}

/// An element of `Forwarded`.
#[derive(Default)]
struct Step {
    from: Option<IpAddr>,
    scheme: Option<&'static str>,
    host: Option<HeaderValue>,
}

impl Step {
    /// Nothing where the element is no list of pairs, or says one thing twice.
    fn read(element: &str) -> Option<Self> {
        let mut step = Self::default();
        let mut names: Vec<String> = Vec::new();
        for pair in split(element, ';') {
            let (name, value) = pair?.split_once('=')?;
            let (name, value) = (name.trim().to_ascii_lowercase(), unquoted(value.trim())?);
            match name.as_str() {
                "for" => step.from = address(&value),
                "proto" => step.scheme = scheme(&value),
                "host" => step.host = host(&value),
                _ => {}
            }
            if names.contains(&name) {
                return None;
            }
            names.push(name);
        }
        Some(step)
    }
}

/// The entries of a list that may be spread over lines, the last first. One that is no text, or not closed, is nothing.
fn from_the_right<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
    separator: char,
) -> impl Iterator<Item = Option<&'h str>> + use<'h> {
    let lines: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    lines.into_iter().rev().flat_map(move |line| {
        let mut entries = line.to_str().map_or_else(|_| vec![None], |line| split(line, separator));
        entries.reverse();
        entries
    })
}

/// The parts between separators that do not stand in quotes, without the white space around them.
fn split(text: &str, separator: char) -> Vec<Option<&str>> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (index, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => {
                parts.push(Some(text[start..index].trim()));
                start = index + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push((!quoted).then(|| text[start..].trim()));
    parts
}

fn unquoted(value: &str) -> Option<String> {
    let Some(inner) = value.strip_prefix('"') else {
        return (!value.contains('"')).then(|| value.to_owned());
    };
    let inner = inner.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return None,
            '\\' => text.push(letters.next()?),
            _ => text.push(letter),
        }
    }
    Some(text)
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(bracketed).or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

fn scheme(text: &str) -> Option<&'static str> {
    // Some proxies name the scheme of a WebSocket.
    [("http", "http"), ("https", "https"), ("ws", "http"), ("wss", "https")]
        .into_iter()
        .find(|(name, _)| text.eq_ignore_ascii_case(name))
        .map(|(_, scheme)| scheme)
}

fn host(text: &str) -> Option<HeaderValue> {
    let authority: Authority = text.parse().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let sound = text.len() <= LONGEST_HOST && !authority.host().is_empty() && text.bytes().all(is_plain);
    sound.then(|| HeaderValue::from_str(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Hops, LONGEST};

    fn hops(lines: &[(&'static str, &str)]) -> Hops {
        let line = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).expect("a value"))
        };
        Hops::of(&lines.iter().map(line).fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        }))
    }

    /// The way, as text.
    fn way(lines: &[(&'static str, &str)]) -> String {
        let step = |hop: &super::Hop| {
            let host = hop.host.as_ref().map_or("-", |host| host.to_str().expect("text"));
            format!("{} {} {host}", hop.from, hop.scheme.unwrap_or("-"))
        };
        hops(lines).way.iter().map(step).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn addresses_are_read_from_the_right_as_far_as_they_are_addresses() {
        for (value, expected) in [
            ("192.0.2.1", "192.0.2.1 - -"),
            (" 192.0.2.1 , 198.51.100.7:4711 ", "198.51.100.7 - -, 192.0.2.1 - -"),
            (
                "2001:db8::1, [2001:db8::2], [2001:db8::3]:80",
                "2001:db8::3 - -, 2001:db8::2 - -, 2001:db8::1 - -",
            ),
            ("::ffff:192.0.2.1", "192.0.2.1 - -"),
            ("192.0.2.1, unknown, 192.0.2.2", "192.0.2.2 - -"),
            ("192.0.2.1,", ""),
            ("", ""),
            ("192.0.2.1, €", ""),
            ("192.0.2.1 192.0.2.2", ""),
            ("192.0.2.256", ""),
            ("\"192.0.2.1", ""),
        ] {
            assert_eq!(way(&[("x-forwarded-for", value)]), expected, "{value}");
        }
        let lines = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2, 192.0.2.3")];
        assert_eq!(way(&lines), "192.0.2.3 - -, 192.0.2.2 - -, 192.0.2.1 - -");
        let many = vec!["192.0.2.1"; 10_000].join(",");
        assert_eq!(hops(&[("x-forwarded-for", &many)]).way.len(), LONGEST);
    }

    #[test]
    fn schemes_and_names_are_those_of_the_nearest_proxy() {
        for (scheme, expected) in [
            ("https", Some("https")),
            ("HTTP", Some("http")),
            ("http, wss", Some("https")),
            ("ftp", None),
            ("https,", None),
            ("", None),
        ] {
            assert_eq!(hops(&[("x-forwarded-proto", scheme)]).scheme, expected, "{scheme}");
        }
        for (host, expected) in [
            ("app.example", Some("app.example")),
            ("evil.example, app.example:8443", Some("app.example:8443")),
            ("[::1]:80", Some("[::1]:80")),
            ("user@app.example", None),
            ("app.example/path", None),
            ("app example", None),
            ("", None),
        ] {
            let found = hops(&[("x-forwarded-host", host)]).host;
            assert_eq!(found.as_ref().map(|host| host.to_str().expect("text")), expected, "{host}");
        }
        assert_eq!(hops(&[("x-forwarded-host", &"x".repeat(300))]).host, None);
    }

    #[test]
    fn forwarded_says_it_all_in_one() {
        for (value, expected) in [
            ("for=192.0.2.1;proto=https;host=app.example", "192.0.2.1 https app.example"),
            ("For=\"[2001:db8::1]:4711\" ; PROTO=HTTP", "2001:db8::1 http -"),
            ("for=192.0.2.1, for=198.51.100.7;by=10.0.0.1", "198.51.100.7 - -, 192.0.2.1 - -"),
            ("for=192.0.2.1, for=_hidden, for=192.0.2.2", "192.0.2.2 - -"),
            ("for=\"192.0.2.1, for=192.0.2.2\"", ""),
            ("for=192.0.2.1;host=\"a,b\", for=192.0.2.2", "192.0.2.2 - -, 192.0.2.1 - -"),
            ("for=192.0.2.1;for=192.0.2.2", ""),
            ("for=\"192.0.2\\.1\"", "192.0.2.1 - -"),
            ("for=\"192.0.2.1", ""),
            ("for", ""),
            ("", ""),
            ("host=app.example", ""),
        ] {
            assert_eq!(way(&[("forwarded", value)]), expected, "{value}");
        }
        assert_eq!(hops(&[("forwarded", "proto=https;host=app.example")]).scheme, Some("https"));
        let both = [("forwarded", "for=192.0.2.1"), ("x-forwarded-proto", "https")];
        assert_eq!(way(&both), "");
    }
}
