//! Which loopback server stands for which symbolic origin of a case.
//!
//! A registrable domain is a host here, so that sites stay sites; its origins are the ports of that host. Schemes
//! are kept, and so are ports that browsers refuse to ask. Texts (`Access-Control-Allow-Origin`, `Location`) are
//! rewritten in place, so that a near miss stays one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use corsac::Origin;
use corsac_browser::{Browser, Call, FailureId, Next, Page, PreflightCache, fetch};
use url::Url;

use super::{Blocker, Skip};
use crate::origins::{Host, Origins, Place, Scheme};

/// The one host that the browser holds cookies for. A case with cookies has its page there too, on another port:
/// cookies do not look at ports, and no engine takes them for a third party's.
const WITH_COOKIES: Host = Host::Numbered(21);

/// Added to the number of a host whose connections do not last: what a browser makes of new connections to a host
/// is to stay among such cases.
const CLOSING: u8 = 30;
/// The same for a host that is called with conditions such as `If-None-Match`: Firefox looks its name up anew, and
/// then forgets what other calls have left behind.
const CONDITIONAL: u8 = 10;

/// What keeps a case from the hosts of others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Apart {
    /// An answer ends its connection.
    pub(super) closes: bool,
    /// A call has a condition among its headers.
    pub(super) has_conditions: bool,
}

/// The symbols of one case.
pub(super) struct Symbols<'a> {
    origins: &'a Origins,
    /// The first segment of every path.
    pub(super) key: &'a str,
    page: &'a Url,
    closes: bool,
    has_conditions: bool,
    /// Domains that share the host with cookies.
    with_cookies: BTreeSet<String>,
    /// Domains that are told apart by the case of their letters.
    with_letters: BTreeSet<String>,
    /// The host of a registrable domain.
    domains: BTreeMap<String, Host>,
    /// The servers of a host and scheme: one for each symbolic host and port.
    servers: BTreeMap<(Host, Scheme), Vec<(String, u16)>>,
}

impl<'a> Symbols<'a> {
    pub(super) fn new(origins: &'a Origins, key: &'a str, page: &'a Url, apart: Apart) -> Self {
        Self {
            origins,
            key,
            page,
            closes: apart.closes,
            has_conditions: apart.has_conditions,
            with_cookies: BTreeSet::new(),
            with_letters: BTreeSet::new(),
            domains: BTreeMap::new(),
            servers: BTreeMap::new(),
        }
    }

    /// The browser holds cookies for that host.
    pub(super) fn hold_cookies_for(&mut self, host: &str) {
        let page = self.page.host_str().unwrap_or_default();
        self.with_cookies.extend([domain(host), domain(page)]);
    }

    /// That host needs letters.
    pub(super) fn spell(&mut self, host: &str) {
        self.with_letters.insert(domain(host));
    }

    /// Whether a URL is of the page's own origin.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.page.origin()
    }

    /// The place of a URL's origin; nothing where no server stands for it, because no browser would ask it.
    pub(super) fn place(&mut self, url: &Url) -> Result<Option<Place>, Blocker> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Ok(None),
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return Ok(None) };
        let loopback = self.host(host)?;
        if is_refused(url) {
            return Ok(None);
        }
        let servers = self.servers.entry((loopback, scheme)).or_default();
        let symbol = (host.to_owned(), port);
        let number = servers.iter().position(|known| *known == symbol).unwrap_or_else(|| {
            servers.push(symbol);
            servers.len() - 1
        });
        let number = u8::try_from(number).map_err(|_| Skip::Host)?;
        Ok(Some(Place { scheme, host: loopback, number, closes: self.closes }))
    }

    /// The host that stands for one.
    fn host(&mut self, host: &str) -> Result<Host, Blocker> {
        if host == "localhost" || host == "[::1]" {
            let is_six = host == "[::1]";
            return Ok(if is_six { Host::Version6 } else { Host::Localhost });
        }
        if host.ends_with(".localhost") {
            return Err(Skip::Host.into());
        }
        let domain = domain(host);
        if let Some(known) = self.domains.get(&domain) {
            return Ok(*known);
        }
        let loopback = if self.with_letters.contains(&domain) {
            Host::Localhost
        } else if self.with_cookies.contains(&domain) {
            WITH_COOKIES
        } else {
            let next = u8::try_from(self.domains.len() + 1).map_err(|_| Skip::Host)?;
            let apart = match (self.closes, self.has_conditions) {
                (true, _) => CLOSING,
                (false, true) => CONDITIONAL,
                (false, false) => 0,
            };
            // Beyond that are the hosts of others.
            if next >= CONDITIONAL {
                return Err(Skip::Host.into());
            }
            Host::Numbered(next + apart)
        };
        self.domains.insert(domain, loopback);
        Ok(loopback)
    }

    /// The URL that stands for one. What is not asked of a server stays as it is.
    pub(super) fn url(&mut self, url: &Url) -> Result<Url, Blocker> {
        if !matches!(url.scheme(), "http" | "https") {
            return Ok(url.clone());
        }
        let authority = match self.place(url)? {
            Some(place) => {
                let origin = self.origins.origin(place)?;
                origin.split_once("://").map(|(_, authority)| authority.to_owned()).unwrap_or_default()
            }
            None => {
                let host = self.host(url.host_str().unwrap_or_default())?;
                format!("{host}:{}", url.port_or_known_default().unwrap_or_default())
            }
        };
        let rest = &url[url::Position::BeforePath..];
        let user = &url[url::Position::BeforeUsername..url::Position::BeforeHost];
        let text = format!("{}://{user}{authority}/{}{rest}", url.scheme(), self.key);
        Url::parse(&text).map_err(|_| Skip::Call.into())
    }

    /// The origin that stands for one.
    pub(super) fn origin(&mut self, url: &Url) -> Result<Option<String>, Blocker> {
        Ok(match self.place(url)? {
            Some(place) => Some(self.origins.origin(place)?),
            None => None,
        })
    }

    /// A field value, with every symbolic origin in it replaced.
    pub(super) fn text(&mut self, text: &str) -> Result<String, Blocker> {
        let mut rewritten = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("://") {
            let (before, after) = rest.split_at(at);
            let after = &after[3..];
            let scheme = &before[before
                .rfind(|letter: char| !letter.is_ascii_alphabetic())
                .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8))..];
            let end = after.find(|letter: char| !is_authority(letter)).unwrap_or(after.len());
            let (authority, tail) = after.split_at(end);
            rewritten.push_str(before);
            rewritten.push_str("://");
            rewritten.push_str(&self.authority(scheme, authority)?.unwrap_or_else(|| authority.to_owned()));
            rest = tail;
        }
        rewritten.push_str(rest);
        Ok(rewritten)
    }

    /// What stands for `user@host:port`, if its host is one of the case's.
    fn authority(&mut self, scheme: &str, authority: &str) -> Result<Option<String>, Blocker> {
        let (user, host_and_port) =
            authority.rsplit_once('@').map_or(("", authority), |(user, rest)| (user, rest));
        let host = host_and_port.split_once(':').map_or(host_and_port, |(host, _)| host);
        let port = host_and_port.strip_prefix(host).unwrap_or_default();
        let lower = host.to_ascii_lowercase();
        if host.is_empty() || !self.domains.contains_key(&domain(&lower)) {
            return Ok(None);
        }
        let loopback = self.host(&lower)?;
        let known_port = match Url::parse(&format!("{}://{lower}{port}", scheme.to_ascii_lowercase())) {
            // A written default port is a near miss, and must stay one.
            Ok(url) if url.port().is_some() != port.is_empty() => self.known_origin(&url)?,
            _ => None,
        };
        let shown = match known_port {
            Some(origin) => origin.split_once("://").map(|(_, rest)| rest.to_owned()).unwrap_or_default(),
            None => format!("{loopback}{port}"),
        };
        let shown = if host == lower { shown } else { shown.to_ascii_uppercase() };
        Ok(Some(if user.is_empty() { shown } else { format!("{user}@{shown}") }))
    }

    /// The origin that stands for one, if it has been met.
    fn known_origin(&mut self, url: &Url) -> Result<Option<String>, Blocker> {
        let scheme = if url.scheme() == "https" { Scheme::Https } else { Scheme::Http };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return Ok(None) };
        let loopback = self.host(host)?;
        let symbol = (host.to_owned(), port);
        let is_known = self.servers.get(&(loopback, scheme)).is_some_and(|known| known.contains(&symbol));
        if is_known { self.origin(url) } else { Ok(None) }
    }

    /// A `Location` on an answer to `base`, so that it leads where it led.
    pub(super) fn location(&mut self, location: &str, base: &Url) -> Result<String, Blocker> {
        let trimmed = location.trim_matches([' ', '\t']);
        let Ok(target) = base.join(trimmed) else { return Ok(location.to_owned()) };
        if !matches!(target.scheme(), "http" | "https") {
            return Ok(location.to_owned());
        }
        let mapped_target = self.url(&target)?;
        let mapped_base = self.url(base)?;
        let prefix = format!("/{}", self.key);
        // A relative one stays relative where that leads to the same.
        for candidate in [trimmed.to_owned(), format!("{prefix}{trimmed}")] {
            if mapped_base.join(&candidate).is_ok_and(|joined| joined == mapped_target) {
                return Ok(location.replacen(trimmed, &candidate, usize::from(!trimmed.is_empty())));
            }
        }
        Ok(mapped_target.to_string())
    }
}

/// The registrable domain, or the host where there is none.
fn domain(host: &str) -> String {
    let url = Url::parse(&format!("https://{host}/"));
    let origin = url.map(|url| Origin::of_url(&url));
    let tuple = origin.as_ref().ok().and_then(Origin::as_tuple);
    tuple.and_then(|tuple| tuple.registrable_domain()).unwrap_or(host).to_owned()
}

/// What can be in `user:password@host:port`.
fn is_authority(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '@' | '_' | '*' | '[' | ']')
}

/// Whether every browser refuses to ask the port.
fn is_refused(url: &Url) -> bool {
    if url.port().is_none() {
        return false;
    }
    let page = Page::of(Origin::of_url(url));
    let next =
        fetch(&page, &Call::get(url.clone()), Browser::Standard, &mut PreflightCache::new(), Duration::ZERO);
    matches!(next, Next::Done(verdict) if verdict.failure().is_some_and(|failure| failure.id == FailureId::BadPort))
}
