//! The other name that a site often has: with `www.` in front, or without it.
//!
//! Knows which names are sites of their own; not whether anybody serves the other one.

use crate::pattern::{OriginPattern, PortPattern};

/// The origin by which the same site may be open too.
///
/// Nothing for names that only somebody's own network or documentation has, for hosts within a site, and for names below
/// the suffix of a provider (`me.github.io`), where nobody puts `www.` in front.
pub(super) fn other_name(pattern: &OriginPattern) -> Option<String> {
    let is_plain = !pattern.subdomains && pattern.port == PortPattern::Exactly(None);
    if &*pattern.scheme != "https" || !is_plain {
        return None;
    }
    let host = &*pattern.host;
    match host.strip_prefix("www.") {
        Some(site) if is_site(site) => Some(format!("https://{site}")),
        None if is_site(host) => Some(format!("https://www.{host}")),
        _ => None,
    }
}

/// Whether the name is one that was registered below a suffix of the public's.
fn is_site(name: &str) -> bool {
    psl::domain(name.as_bytes()).is_some_and(|domain| {
        domain.as_bytes() == name.as_bytes() && domain.suffix().typ() == Some(psl::Type::Icann)
    })
}

#[cfg(test)]
mod tests {
    use super::other_name;

    fn other(text: &str) -> Option<String> {
        other_name(&text.parse().expect("a pattern"))
    }

    #[test]
    fn a_site_has_two_names() {
        assert_eq!(other("https://example.com").as_deref(), Some("https://www.example.com"));
        assert_eq!(other("https://www.example.co.uk").as_deref(), Some("https://example.co.uk"));
    }

    #[test]
    fn what_is_no_site_of_its_own_has_one() {
        for one in [
            "https://app.example.com",
            "https://www.app.example.com",
            "https://*.example.com",
            "https://example.com:8443",
            "https://example.com:*",
            "http://example.com",
            "https://me.github.io",
            "https://app.example",
            "https://app.internal",
            "https://www.com",
            "https://com",
            "https://192.0.2.1",
            "http://localhost",
            "tauri://example.com",
        ] {
            assert_eq!(other(one), None, "{one}");
        }
    }
}
