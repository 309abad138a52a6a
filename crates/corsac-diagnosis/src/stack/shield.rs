//! Whether a firewall, a bot filter or a CDN's own page speaks here, by the marks they leave.
//!
//! Being behind a shield is no fault: most of what a CDN passes on is the application's own answer. So the words of a
//! block page count, and the shield's name alone only where nothing of the application shows.

use corsac_browser::{HeaderList, WireResponse};

use super::{Stack, marks};

/// What a block page says, in lower case, and whose it is.
const PAGES: &[(&str, &str)] = &[
    ("just a moment...", "Cloudflare's challenge"),
    ("cf-challenge", "Cloudflare's challenge"),
    ("attention required! | cloudflare", "Cloudflare's block page"),
    ("sorry, you have been blocked", "Cloudflare's block page"),
    ("error code: 1020", "Cloudflare's block page"),
    ("sucuri website firewall", "Sucuri's block page"),
    ("incapsula incident id", "Imperva's block page"),
    ("_incapsula_resource", "Imperva's challenge"),
    (
        "the requested url was rejected. please consult with your administrator",
        "the block page of an F5 firewall",
    ),
    ("errors.edgesuite.net", "Akamai's block page"),
    ("request blocked.", "CloudFront's block page"),
    ("captcha-delivery.com", "DataDome's challenge"),
    ("px-captcha", "the challenge of HUMAN (PerimeterX)"),
    ("pardon our interruption", "Imperva's challenge"),
    ("mod_security", "the block page of ModSecurity"),
    ("please turn javascript on and reload the page", "a challenge for browsers"),
    ("request forbidden by administrative rules.", "HAProxy's block page"),
];

/// Headers that a shield adds to what it answers itself.
const HEADERS: &[(&str, &str)] = &[
    ("cf-mitigated", "Cloudflare's challenge"),
    ("x-amzn-waf-action", "AWS WAF"),
    ("x-sucuri-block", "Sucuri's firewall"),
    ("x-datadome", "DataDome"),
];

/// What a shield is, and whether it is certain that it answered.
pub(crate) struct Shield {
    pub(crate) name: &'static str,
    pub(crate) is_certain: bool,
    /// The header that shows it; else the body or the server's name do.
    pub(crate) header: Option<&'static str>,
}

/// The shield that answered, if one did.
pub(crate) fn shield(response: &WireResponse, body: &str) -> Option<Shield> {
    let headers = &response.headers;
    let is_refusal = response.status >= 400 || (response.status == 202 && body.is_empty());
    if !is_refusal {
        return None;
    }
    if let Some((header, name)) = HEADERS.iter().copied().find(|(header, _)| headers.contains(header)) {
        return Some(Shield { name, is_certain: true, header: Some(header) });
    }
    let words = body.to_lowercase();
    if let Some((_, name)) = PAGES.iter().find(|(page, _)| words.contains(page)) {
        return Some(Shield { name, is_certain: true, header: None });
    }
    let server = headers.get_text("server").unwrap_or_default().to_ascii_lowercase();
    let name = SERVERS.iter().find(|(mark, _)| server.contains(mark)).map(|(_, name)| *name);
    let name = name.or_else(|| {
        ["x-sucuri-id", "x-iinfo"].iter().any(|name| headers.contains(name)).then_some("a firewall")
    })?;
    // A filter challenges with 503; a balancer or a cache means that nothing behind it answers.
    let challenges = ["Cloudflare", "Sucuri", "Imperva", "a firewall"].contains(&name);
    let may_be_the_shield =
        matches!(response.status, 403 | 406 | 429) || (response.status == 503 && challenges);
    (may_be_the_shield && !speaks_for_the_application(response, body)).then_some(Shield {
        name,
        is_certain: false,
        header: Some("server"),
    })
}

/// Servers that answer for others, and sometimes instead of them.
const SERVERS: &[(&str, &str)] = &[
    ("cloudflare", "Cloudflare"),
    ("akamaighost", "Akamai"),
    ("awselb", "AWS's load balancer"),
    ("cloudfront", "CloudFront"),
    ("sucuri", "Sucuri"),
    ("imperva", "Imperva"),
    ("big-ip", "an F5 device"),
    ("varnish", "Varnish"),
];

/// Whether what answered shows the hand of an application: a framework's mark, or a body that is no page for people.
pub(crate) fn speaks_for_the_application(response: &WireResponse, body: &str) -> bool {
    let type_is =
        |part: &str| response.headers.get_text("content-type").is_some_and(|value| value.contains(part));
    let is_in_front = |stack: Stack| matches!(stack, Stack::Cloudflare | Stack::CloudFront | Stack::Azure);
    type_is("json") || marks::of_answer(response, body).is_some_and(|stack| !is_in_front(stack))
}

/// Whether a CDN passed this on.
pub(crate) fn is_cdn(headers: &HeaderList) -> Option<&'static str> {
    let says = |name: &str, part: &str| {
        headers.get_text(name).is_some_and(|value| value.to_ascii_lowercase().contains(part))
    };
    [
        (headers.contains("x-amz-cf-id") || says("via", "cloudfront"), "CloudFront"),
        (headers.contains("cf-ray") || says("server", "cloudflare"), "Cloudflare"),
        (says("x-served-by", "cache-") || headers.contains("x-fastly-request-id"), "Fastly"),
        (headers.contains("x-azure-ref"), "Azure's CDN"),
        (headers.contains("x-akamai-transformed") || says("server", "akamai"), "Akamai"),
        (headers.contains("x-vercel-cache"), "Vercel"),
        (headers.contains("x-nf-request-id"), "Netlify"),
        (headers.contains("x-varnish"), "Varnish"),
    ]
    .into_iter()
    .find(|(is_it, _)| *is_it)
    .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(status: u16, headers: &[(&str, &str)], body: &str) -> Option<bool> {
        let response = WireResponse { status, headers: headers.iter().copied().collect() };
        shield(&response, body).map(|shield| shield.is_certain)
    }

    #[test]
    fn a_block_page_is_told_from_an_answer_that_was_passed_on() {
        let cloudflare = ("Server", "cloudflare");
        assert_eq!(found(403, &[cloudflare, ("cf-mitigated", "challenge")], ""), Some(true));
        assert_eq!(found(403, &[cloudflare], "<title>Attention Required! | Cloudflare</title>"), Some(true));
        assert_eq!(found(503, &[], "<title>Just a moment...</title>"), Some(true));
        assert_eq!(found(403, &[cloudflare], ""), Some(false));
        assert_eq!(found(401, &[cloudflare], ""), None);
        assert_eq!(found(403, &[cloudflare, ("Content-Type", "application/json")], "{}"), None);
        assert_eq!(found(403, &[cloudflare, ("X-Powered-By", "Express")], ""), None);
        assert_eq!(found(403, &[], ""), None);
        assert_eq!(found(200, &[], "Just a moment..."), None);
        assert_eq!(found(503, &[cloudflare], ""), Some(false));
        assert_eq!(
            found(503, &[("Server", "awselb/2.0")], "<h1>503 Service Temporarily Unavailable</h1>"),
            None
        );
        assert_eq!(found(503, &[("Server", "Varnish")], "Error 503 Backend fetch failed"), None);
    }
}
