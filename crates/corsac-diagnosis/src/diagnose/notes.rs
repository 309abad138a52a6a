//! What cannot be seen from outside, or is no cause today, and might matter all the same.
//!
//! Concludes nothing: a note is never the headline.

use std::time::Duration;

use corsac::Origin;
use corsac_browser::{Browser, CredentialsMode};

use super::allowed::unfit_cookie;
use super::facts::is_nginx;
use super::finding::Finding;
use super::stopped::target_space;
use crate::cause::Cause;
use crate::exchange::{Case, Exchange};
use crate::stack::is_cdn;
use crate::told::AddressSpace;

pub(super) fn notes(case: &Case<'_>, finding: &Finding) -> Vec<String> {
    [
        header_of_responses(case, finding),
        ngrok(case),
        page_not_answer(case, finding),
        nested_add_header(case, finding),
        local_network(case),
        remembered(case),
        cookie(case),
        behind_a_cdn(case, finding),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A header that only servers send, in a call that fails for another reason first: no fix of the server lets it pass.
fn header_of_responses(case: &Case<'_>, finding: &Finding) -> Option<String> {
    let is_one = |name: &str| name.to_ascii_lowercase().starts_with("access-control-");
    let (own, _) = case.call.headers.iter().find(|(name, _)| is_one(name))?;
    let is_next = !case.verdict.is_allowed() && finding.cause != Some(Cause::HeaderSetByClient);
    is_next.then(|| {
        format!(
            "the page itself sends {own}, which is a header of responses: remove it from the page's request too, since no \
             server should allow it"
        )
    })
}

/// A tunnel that speaks for itself, with a page of its own.
fn ngrok(case: &Case<'_>) -> Option<String> {
    let (_, last) = case.last()?;
    let code = last.response()?.headers.get_text("ngrok-error-code")?;
    let code = code.trim();
    (!case.verdict.is_allowed()).then(|| match code {
        // The warning that browsers are shown before the first visit.
        "ERR_NGROK_6024" => format!(
            "this is ngrok's warning page ({code}) and not the answer of the API behind it: have the page send the header \
             ngrok-skip-browser-warning with any value, and the API allow that header"
        ),
        _ => format!(
            "this is a page of ngrok's own ({code}) and not the answer of the API behind it: see that the tunnel and what \
             it leads to are up"
        ),
    })
}

/// A page where a script expects data: no header of the API's is on it, however well the API knows CORS.
fn page_not_answer(case: &Case<'_>, finding: &Finding) -> Option<String> {
    let (_, last) = case.last()?;
    let response = last.response().filter(|_| !last.is_preflight())?;
    let is_html = |value: String| value.trim_start().to_ascii_lowercase().starts_with("text/html");
    let is_page = (200..300).contains(&response.status)
        && response.headers.get_text("content-type").is_some_and(is_html)
        && !response.headers.contains("ngrok-error-code");
    let is_wanted =
        case.call.headers.get_text("accept").is_some_and(|value| value.to_ascii_lowercase().contains("html"));
    (finding.cause == Some(Cause::NoCorsHeaders) && is_page && !is_wanted).then(|| {
        "this is a page (text/html), not the API's answer, if an API was called: see that host, port and path are right; a \
         server of a single-page app answers every path it does not know with its index page"
            .to_owned()
    })
}

/// What of nginx's configuration takes headers away cannot be seen from outside.
fn nested_add_header(case: &Case<'_>, finding: &Finding) -> Option<String> {
    let (_, last) = case.last()?;
    let headers = &last.response()?.headers;
    // Behind nginx, somebody else may add them.
    let is_its_own = is_nginx(headers) && !headers.contains("x-powered-by");
    (finding.cause == Some(Cause::NoCorsHeaders) && is_its_own).then(|| {
        "if nginx has the headers in its configuration: a location or an `if` with an add_header of its own drops every \
         add_header of the blocks around it, so see that they stand where this path is answered"
            .to_owned()
    })
}

/// A CDN that keeps `Origin` to itself makes a server look as if it knew no CORS.
fn behind_a_cdn(case: &Case<'_>, finding: &Finding) -> Option<String> {
    let may_be_the_cdn = matches!(finding.cause, Some(Cause::NoCorsHeaders | Cause::OriginNotAllowed));
    let cdn = case.exchanges.iter().find_map(|exchange| is_cdn(&exchange.response()?.headers))?;
    may_be_the_cdn.then(|| {
        format!(
            "{cdn} stands in front: if the server behind it does send the headers, the CDN keeps Origin to itself; \
             --resolve HOST:PORT:ADDRESS asks the server past it"
        )
    })
}

/// The page's own network, unless the person told it.
fn local_network(case: &Case<'_>) -> Option<String> {
    let page_is_near = case.page.origin.as_tuple().is_some_and(|tuple| {
        tuple.is_loopback() || tuple.ip().is_some_and(|ip| AddressSpace::of(ip) != AddressSpace::Public)
    });
    let is_told = case.told.page_address_space.is_some();
    let host = case.call.url.host_str()?;
    (target_space(case) != AddressSpace::Public && !page_is_near && !is_told).then(|| {
        format!(
            "if the page comes from the internet, Chromium and Firefox ask the user before it may reach {host} (Local \
             Network Access); that cannot be seen from here, but --page-address-space public tells it"
        )
    })
}

/// How long an answer to a preflight counts: what is taken off a list later passes for so long.
fn remembered(case: &Case<'_>) -> Option<String> {
    let preflight = case.exchanges.iter().find(|exchange| exchange.is_preflight())?;
    let asked =
        preflight.response()?.headers.get_text("access-control-max-age")?.trim().parse::<u64>().ok()?;
    if !case.verdict.is_allowed() || asked <= 60 {
        return None;
    }
    let kept = |browser: Browser| {
        let seconds = Duration::from_secs(asked);
        browser.longest_max_age().map_or(seconds, |longest| seconds.min(longest))
    };
    let browsers =
        [("Chromium", Browser::Chromium), ("Firefox", Browser::Firefox), ("Safari", Browser::Webkit)];
    let times: Vec<String> =
        browsers.iter().map(|(name, browser)| format!("{name} for {}", in_words(kept(*browser)))).collect();
    Some(format!(
        "browsers remember the answer to this preflight: {}. A browser that asked earlier still goes by what it was told \
         then; only what was allowed is remembered, never a refusal",
        times.join(", ")
    ))
}

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// Cookies that are set and lost, or that only a browser knows whether to send.
fn cookie(case: &Case<'_>) -> Option<String> {
    let last = case.exchanges.last()?;
    let response = last.response().filter(|_| case.verdict.is_allowed() && case.verdict.is_cors())?;
    let set = response.headers.get_text("set-cookie");
    let is_cross_site = !case.page.origin.is_same_site(&Origin::of_url(&last.request.url));
    if case.call.credentials != CredentialsMode::Include {
        return set.is_some().then(|| {
            "the answer sets a cookie, and the browser ignores it: the call has no credentials".to_owned()
        });
    }
    if let Some((name, why)) = unfit_cookie(case, last) {
        return Some(format!(
            "the cookie {name} is set {why}; the page is on another site, so browsers neither store nor send it"
        ));
    }
    let is_sent = |exchange: &&Exchange| exchange.request.headers.contains("Cookie");
    (is_cross_site && case.exchanges.iter().any(|exchange| is_sent(&exchange))).then(|| {
        "the page is on another site, so a browser sends that cookie only if it was set with SameSite=None; Secure, and \
         if its user does not block third-party cookies"
            .to_owned()
    })
}
