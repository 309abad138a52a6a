//! What stops a call before any of it is sent: the page's own policy, or the network it comes from.
//!
//! Only where the person told what no exchange shows; nothing here is the server's doing.

use corsac::{Origin, TupleOrigin};
use corsac_browser::FailureId;

use super::finding::Finding;
use super::inquest::Inquest;
use crate::cause::Cause;
use crate::csp;
use crate::exchange::Case;
use crate::told::AddressSpace;

/// What stops the call, if something does.
pub(super) fn stopped(inquest: &Inquest<'_>) -> Option<Finding> {
    by_the_page(inquest).or_else(|| by_the_network(inquest))
}

/// The page's own policy does not list the URL: the browser stops the call before anything is sent to it.
fn by_the_page(inquest: &Inquest<'_>) -> Option<Finding> {
    let policy = inquest.told.page_csp.as_ref()?;
    let actual = inquest.exchanges.iter().filter(|exchange| !exchange.is_preflight());
    let mut urls = vec![&inquest.call.url];
    urls.extend(actual.skip(1).map(|exchange| &exchange.request.url));
    let (csp::Forbidden { directive }, url) = csp::forbids(policy, &inquest.page.origin, urls)?;
    let origin = Origin::of_url(url);
    let way = if url == &inquest.call.url { "" } else { ", where a redirect leads" };
    Some(
        Finding::observed(
            Cause::NotCors,
            format!(
                "Not CORS but the page's own Content-Security-Policy: `{directive}` does not list {origin}{way}, so the \
                 browser stops the call by itself."
            ),
            format!("Add {origin} to connect-src in the page's own policy; the API has no part in it."),
        )
        .stopped_before(FailureId::CspConnectSrc),
    )
}

/// The browser stops a call from a more public network before CORS has its say, or asks its user first.
fn by_the_network(inquest: &Inquest<'_>) -> Option<Finding> {
    let from = inquest.told.page_address_space?;
    let to = target_space(inquest);
    let target = Origin::of_url(&inquest.call.url);
    let is_answered = inquest.exchanges.iter().any(|exchange| exchange.response().is_some());
    if to <= from || !is_answered || inquest.page.origin.is_same_origin(&target) {
        return None;
    }
    let host = inquest.call.url.host_str().unwrap_or_default();
    let place = match to {
        AddressSpace::Loopback => "the user's own machine",
        _ => "a local network",
    };
    let page = &inquest.page.origin;
    if !inquest.page.secure_context {
        return Some(
            Finding::observed(
                Cause::LocalNetworkAccess,
                format!(
                    "The page {page} comes from a {from} address over plain http, and {host} is on {place}: browsers with \
                     Local Network Access block that without asking, whatever the server answers."
                ),
                "Serve the page over https; then the browser asks its user once.",
            )
            .stopped_before(FailureId::LnaInsecureContext),
        );
    }
    // What the server refuses is certain; what the user answers is not.
    inquest.verdict.is_allowed().then(|| {
        Finding::inferred(
            Cause::LocalNetworkAccess,
            format!(
                "The server allows the call, but the page {page} comes from a {from} address and {host} is on {place}: \
                 the browser asks its user first (Local Network Access), and blocks the call unless that is granted."
            ),
            "Grant it in the browser's prompt; a frame needs allow=\"local-network-access\", and administrators can set \
             the policy LocalNetworkAccessAllowedForUrls.",
        )
    })
}

/// The network the target is in: by the address that answered, or else by what the URL says.
pub(super) fn target_space(case: &Case<'_>) -> AddressSpace {
    let by_url = |tuple: &TupleOrigin| {
        if tuple.is_loopback() {
            AddressSpace::Loopback
        } else {
            tuple.ip().map_or(AddressSpace::Public, AddressSpace::of)
        }
    };
    let told = case.told.target_address_space;
    told.unwrap_or_else(|| Origin::of_url(&case.call.url).as_tuple().map_or(AddressSpace::Public, by_url))
}
