//! The page's own Content-Security-Policy: whether it lets the page call a URL at all.
//!
//! Reads `connect-src`, or `default-src` where that is absent; everything else a policy can say is passed over.
//!
//! Spec: <https://w3c.github.io/webappsec-csp/#directive-connect-src>

use corsac::Origin;
use url::Url;

/// Why a policy forbids a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forbidden {
    /// The directive as it stands in the policy.
    pub(crate) directive: String,
}

/// Whether a policy lets a page of that origin call these URLs, the later ones after redirects; and if not, which
/// directive forbids it, and which URL.
pub(crate) fn forbids<'a>(
    policies: &str,
    page: &Origin,
    urls: impl IntoIterator<Item = &'a Url>,
) -> Option<(Forbidden, &'a Url)> {
    let directives: Vec<&str> = policies.split(',').filter_map(connect_directive).collect();
    urls.into_iter().enumerate().find_map(|(redirects, url)| {
        let directive = directives.iter().find(|directive| !allows(directive, page, url, redirects > 0))?;
        Some((Forbidden { directive: (*directive).to_owned() }, url))
    })
}

/// The directive of a policy that governs calls; of several of one name, the first counts.
fn connect_directive(policy: &str) -> Option<&str> {
    let named = |name: &str| {
        policy.split(';').map(str::trim).find(|directive| {
            directive.split_ascii_whitespace().next().is_some_and(|found| found.eq_ignore_ascii_case(name))
        })
    };
    named("connect-src").or_else(|| named("default-src"))
}

fn allows(directive: &str, page: &Origin, url: &Url, redirected: bool) -> bool {
    directive.split_ascii_whitespace().skip(1).any(|source| matches(source, page, url, redirected))
}

/// Whether a source lists a URL: `#match-url-to-source-expression`.
fn matches(source: &str, page: &Origin, url: &Url, redirected: bool) -> bool {
    let page_scheme = page.as_tuple().map(corsac::TupleOrigin::scheme);
    if source == "*" {
        return matches!(url.scheme(), "http" | "https" | "ws" | "wss") || page_scheme == Some(url.scheme());
    }
    if source.eq_ignore_ascii_case("'self'") {
        return is_self(page, url);
    }
    if source.starts_with('\'') {
        return false;
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return scheme_matches(&scheme.to_ascii_lowercase(), url.scheme());
    }
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (page_scheme.map(str::to_owned), source),
    };
    if scheme.is_some_and(|scheme| !scheme_matches(&scheme, url.scheme())) {
        return false;
    }
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    host_matches(host, url) && port_matches(port, url) && (redirected || path_matches(path, url.path()))
}

/// A page may always be upgraded to the secure scheme of the same name: `#scheme-part-match`.
fn scheme_matches(listed: &str, found: &str) -> bool {
    listed == found
        || matches!((listed, found), ("http", "https") | ("ws", "wss" | "http" | "https") | ("wss", "https"))
}

fn is_self(page: &Origin, url: &Url) -> bool {
    let target = Origin::of_url(url);
    if page.is_same_origin(&target) {
        return true;
    }
    let (Some(page), Some(target)) = (page.as_tuple(), target.as_tuple()) else { return false };
    let is_upgrade = scheme_matches(page.scheme(), target.scheme());
    page.host() == target.host() && page.port().is_none() && target.port().is_none() && is_upgrade
}

fn host_matches(listed: &str, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let listed = listed.to_ascii_lowercase();
    match listed.strip_prefix('*') {
        Some("") => true,
        Some(end) => host.ends_with(end),
        None => host == listed,
    }
}

fn port_matches(listed: Option<&str>, url: &Url) -> bool {
    match listed {
        Some("*") => true,
        None => url.port().is_none(),
        Some(port) => {
            let found = url.port_or_known_default();
            let is_upgrade = port == "80" && found == Some(443) && url.scheme() == "https";
            found.is_some_and(|found| port.parse() == Ok(found)) || is_upgrade
        }
    }
}

fn path_matches(listed: &str, path: &str) -> bool {
    listed.is_empty()
        || listed == "/"
        || path == listed
        || (listed.ends_with('/') && path.starts_with(listed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_list_what_the_standard_says() {
        let page: Origin = "https://app.example".parse().unwrap();
        for (policy, url, allowed) in [
            ("", "https://api.example/", true),
            ("script-src 'self'", "https://api.example/", true),
            ("default-src 'self'", "https://api.example/", false),
            ("default-src 'self'; connect-src https://api.example", "https://api.example/items", true),
            ("connect-src 'self'", "https://app.example/items", true),
            ("connect-src 'none'", "https://app.example/items", false),
            ("connect-src", "https://app.example/items", false),
            ("connect-src *", "https://api.example/", true),
            ("connect-src https:", "https://api.example/", true),
            ("connect-src api.example", "https://api.example/", true),
            ("connect-src api.example", "http://api.example/", false),
            ("connect-src http://api.example", "https://api.example/", true),
            ("connect-src *.example.com", "https://a.b.example.com/", true),
            ("connect-src *.example.com", "https://example.com/", false),
            ("connect-src https://api.example:8443", "https://api.example:8443/", true),
            ("connect-src https://api.example", "https://api.example:8443/", false),
            ("connect-src https://api.example:*", "https://api.example:8443/", true),
            ("connect-src https://api.example/v1/", "https://api.example/v1/items", true),
            ("connect-src https://api.example/v1", "https://api.example/v1/items", false),
            ("connect-src *, connect-src 'self'", "https://api.example/", false),
            ("CONNECT-SRC 'SELF' https://API.example", "https://api.example/", true),
        ] {
            let url = url.parse().unwrap();
            assert_eq!(forbids(policy, &page, [&url]).is_none(), allowed, "{policy}: {url}");
        }
    }

    #[test]
    fn a_redirect_counts_and_its_path_does_not() {
        let page: Origin = "https://app.example".parse().unwrap();
        let first: Url = "https://api.example/v1/a".parse().unwrap();
        let second: Url = "https://api.example/v2/a".parse().unwrap();
        let third: Url = "https://cdn.example/".parse().unwrap();
        let policy = "connect-src https://api.example/v1/";
        assert_eq!(forbids(policy, &page, [&first, &second]), None);
        assert_eq!(forbids(policy, &page, [&first, &third]).unwrap().1, &third);
    }
}
