//! The headers a browser adds to every request.
//!
//! Writes them in the order of the standard's steps; which request goes out is decided elsewhere.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>

use corsac::Origin;
use url::Url;

use crate::request::Request;
use crate::{HeaderList, Mode, Quirk, request_origin, safelist};

const USER_AGENT: &str = concat!("Mozilla/5.0 (compatible; Corsac/", env!("CARGO_PKG_VERSION"), ")");
const ACCEPT_LANGUAGE: &str = "en-US,en;q=0.5";

/// The headers of the actual request, `Cookie` last.
pub(crate) fn actual(request: &Request) -> HeaderList {
    let mut headers = HeaderList::new();
    if !request.headers.contains("Accept") {
        headers.append("Accept", "*/*");
    }
    for (name, value) in request.headers.iter() {
        let value = if request.has(Quirk::HeadersAsUtf8) {
            safelist::isomorphic_decode(value).into_bytes()
        } else {
            value.to_vec()
        };
        let is_first_kept =
            request.body.is_some() && request.urls().len() == 1 && name.eq_ignore_ascii_case("Content-Type");
        if !request.has(Quirk::OneLineSent) || !is_sent_once(name) || !headers.contains(name) {
            headers.append(name, value);
        } else if !is_first_kept {
            headers.set(name, value);
        }
    }
    if let Some(content_type) = request.type_sent.as_ref().filter(|_| headers.contains("Content-Type")) {
        headers.set("Content-Type", content_type.as_slice());
    }
    add_by_browser(&mut headers, request, request.mode, request_origin::header(request));
    if let Some(cookies) = request.cookies() {
        headers.append("Cookie", cookies);
    }
    headers
}

/// Names that Firefox knows to stand for one value.
fn is_sent_once(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "Authorization",
        "Content-Disposition",
        "Content-Type",
        "From",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "Max-Forwards",
        "User-Agent",
    ];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The headers of the preflight: `#cors-preflight-fetch-0`, steps 2 to 5. Never any credentials.
pub(crate) fn preflight<'a>(request: &Request, unsafe_names: impl Iterator<Item = &'a str>) -> HeaderList {
    let times = |name: &str| {
        let is_unsafe = |value: &&[u8]| safelist::why_unsafe(name, value, request.browser).is_some();
        let lines = request.original_headers.values(name).filter(is_unsafe).count();
        if request.has(Quirk::AskedNamesRepeat) { lines.max(1) } else { 1 }
    };
    let mut headers = HeaderList::new();
    headers.append("Accept", "*/*");
    headers.append("Access-Control-Request-Method", request.method.as_str());
    let names: Vec<_> = unsafe_names.flat_map(|name| std::iter::repeat_n(name, times(name))).collect();
    if !names.is_empty() {
        // Without a space after the comma: step 5 keeps what was always implemented.
        headers.append("Access-Control-Request-Headers", names.join(","));
    }
    let origin = request_origin::serialized_for_preflight(request);
    add_by_browser(&mut headers, request, Mode::Cors, Some(origin));
    headers
}

/// `#concept-http-network-or-cache-fetch`, steps 8.11 to 8.20.
fn add_by_browser(headers: &mut HeaderList, request: &Request, mode: Mode, origin: Option<String>) {
    if let Some(referrer) = &request.referrer {
        headers.append("Referer", referrer.as_str());
    }
    if let Some(origin) = origin {
        headers.append("Origin", origin);
    }
    if request.target().is_potentially_trustworthy() {
        headers.append("Sec-Fetch-Dest", "empty");
        headers.append("Sec-Fetch-Mode", mode.as_str());
        headers.append("Sec-Fetch-Site", fetch_site(request));
    }
    if !headers.contains("User-Agent") {
        headers.append("User-Agent", USER_AGENT);
    }
    let accept_encoding = match request.url().scheme() {
        // A part of an encoded body could not be decoded: step 8.19.
        _ if headers.contains("Range") => "identity",
        "https" => "gzip, deflate, br",
        _ => "gzip, deflate",
    };
    headers.append("Accept-Encoding", accept_encoding);
    if !headers.contains("Accept-Language") {
        headers.append("Accept-Language", ACCEPT_LANGUAGE);
    }
}

/// How far the request has been from the page: <https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header>.
fn fetch_site(request: &Request) -> &'static str {
    let page = &request.page.origin;
    let mut site = "same-origin";
    for url in request.urls() {
        let origin = Origin::of_url(url);
        if page.is_same_origin(&origin) {
            continue;
        }
        if !page.is_same_site(&origin) {
            return "cross-site";
        }
        site = "same-site";
    }
    site
}

/// What `Referer` tells the current URL under the default policy:
/// <https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer>.
///
/// Once a hop has seen less of it, no later hop sees more: main fetch, step 9, keeps the answer in the
/// request.
pub(crate) fn referrer(request: &Request) -> Option<Url> {
    const MAX_REFERRER: usize = 4096;
    let referrer = stripped_for_referrer(request.referrer.as_ref()?);
    let (from, to) = (Origin::of_url(&referrer), request.target());
    if from.is_same_origin(&to) && referrer.as_str().len() <= MAX_REFERRER {
        return Some(referrer);
    }
    if from.is_potentially_trustworthy() && !to.is_potentially_trustworthy() {
        return None;
    }
    Url::parse(&format!("{from}/")).ok()
}

/// A URL without what `Referer` never tells: <https://w3c.github.io/webappsec-referrer-policy/#strip-url>.
pub(crate) fn stripped_for_referrer(url: &Url) -> Url {
    let mut stripped = url.clone();
    stripped.set_fragment(None);
    // Both only fail for URLs that can have no credentials.
    let _ = stripped.set_username("");
    let _ = stripped.set_password(None);
    stripped
}
