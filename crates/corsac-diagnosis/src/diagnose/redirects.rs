//! A redirect: of the preflight, which browsers never follow, or of the call, where every hop must pass the check.
//!
//! Whether the page may simply call the other address is settled by asking there.

use corsac::Origin;
use corsac_browser::{Failure, FailureId, WireResponse};
use url::Url;

use super::facts::{ALLOW_ORIGIN, allows, in_words};
use super::finding::{Finding, header};
use super::inquest::Inquest;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::{Case, Exchange};
use crate::question::Question;

/// Where a redirect leads, if that can be told.
fn target(exchange: &Exchange) -> Option<Url> {
    let location = exchange.response()?.headers.get_text("location")?;
    exchange.request.url.join(&location).ok()
}

const LOGIN: &str = "a login page, by its name";

/// Whether an address has a name that pages for people to log in have.
fn is_login_page(url: &Url) -> bool {
    const NAMES: [&str; 12] = [
        "login",
        "log-in",
        "logon",
        "signin",
        "sign-in",
        "sso",
        "saml",
        "oauth",
        "oauth2",
        "auth",
        "authorize",
        "accounts",
    ];
    let host = url.host_str().unwrap_or_default().split('.').next();
    let words = host.into_iter().chain(url.path().split(['/', '.', '_']));
    words.map(str::to_ascii_lowercase).any(|word| NAMES.contains(&word.as_str()))
}

/// What sets the two addresses apart, where it is what servers redirect for as a rule.
fn usual_reason(from: &Url, to: &Url) -> Option<&'static str> {
    let same_path = from.path() == to.path();
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host();
    let slash = |one: &Url, two: &Url| one.path().strip_suffix('/') == Some(two.path());
    if is_upgrade && same_path {
        Some("the server wants https")
    } else if from.host() == to.host() && (slash(from, to) || slash(to, from)) {
        Some("only the slash at the end differs")
    } else if from.host() != to.host() && same_path && from.scheme() == to.scheme() {
        Some("the host differs, and the path does not")
    } else if is_login_page(to) {
        Some(LOGIN)
    } else {
        None
    }
}

/// A redirect of a preflight is the fault, whatever else the redirect lacks.
pub(super) fn preflight_redirect(
    inquest: &Inquest<'_>,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let to = target(exchange);
    let reason = to.as_ref().and_then(|to| usual_reason(&exchange.request.url, to));
    let named = to.map(|url| url.to_string()).or_else(|| response.headers.get_text("location"));
    let named = named.unwrap_or_else(|| "another address".to_owned());
    let because = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    // A login page is not what the page wanted to call.
    let is_login = reason == Some(LOGIN);
    let heard = (!is_login).then(|| inquest.response(&Question::RedirectTarget)).flatten();
    let passes_there = heard.as_ref().is_some_and(|heard| inquest.preflight_passes(heard.response));
    let remedy = if is_login {
        "Let OPTIONS with Access-Control-Request-Method through before authentication, and answer scripts without a \
         session with 401 instead of a redirect."
            .to_owned()
    } else if passes_there {
        format!("Call {named} directly: asked there, the server allows the call.")
    } else {
        format!("Call {named} directly, or answer OPTIONS before anything redirects.")
    };
    let finding = Finding::observed(
        Cause::PreflightRedirected,
        format!("The preflight was redirected to {named}{because}, and browsers follow no redirect of a preflight."),
        remedy,
    )
    .shown_by(at, leads(exchange), "a redirect, where only a 2xx answer counts");
    match heard {
        Some(heard) if passes_there => finding
            .learned_from(heard.index, format!("the call would pass there: {}", in_words(heard.response))),
        Some(heard) => finding
            .learned_from(heard.index, format!("it would not pass there yet: {}", in_words(heard.response))),
        None => finding,
    }
}

/// A redirect of the call failed by itself.
pub(super) fn redirected(inquest: &Inquest<'_>, failure: &Failure) -> Finding {
    let last = inquest.last();
    let at = last.map_or(0, |(at, _)| at);
    if failure.id == FailureId::RedirectTooMany {
        return Finding::observed(
            Cause::RequestRedirected,
            format!("The server redirects without end: {failure}."),
            "Find out what the server redirects for; it sends the call round in circles.",
        )
        .shown_by(
            at,
            last.map_or(Part::Status, |(_, exchange)| leads(exchange)),
            "one redirect too many",
        );
    }
    let to = last.and_then(|(_, exchange)| target(exchange));
    let reason = to.as_ref().zip(last).and_then(|(to, (_, from))| usual_reason(&from.request.url, to));
    let because = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    let is_login = reason == Some(LOGIN);
    let heard = (!is_login).then(|| inquest.response(&Question::RedirectTarget)).flatten();
    let origin = inquest.page.origin.to_string();
    let passes_there =
        heard.as_ref().is_some_and(|heard| allows(heard.response, &origin, failure.with_credentials()));
    let named = to.map_or_else(|| "the address it leads to".to_owned(), |url| url.to_string());
    let finding = Finding::observed(
        Cause::RequestRedirected,
        format!("The call was redirected to {named}{because}, and the redirect itself failed: {failure}."),
        if passes_there {
            format!("Call {named} directly: asked there, the server allows this page.")
        } else if is_login {
            "See that the call is authenticated (the session may have ended), and answer scripts with 401 instead of a \
             redirect to a page for people."
                .to_owned()
        } else {
            format!(
                "Call {named} directly if that is the right address. A redirect to a login page means that the session \
                 has ended: answer scripts with 401 instead."
            )
        },
    )
    .shown_by(
        at,
        last.map_or(Part::Status, |(_, exchange)| leads(exchange)),
        "every hop must pass the CORS check",
    );
    match heard {
        Some(heard) => {
            finding.learned_from(heard.index, format!("asked there: {}", in_words(heard.response)))
        }
        None => finding,
    }
}

/// What shows that an answer leads elsewhere.
fn leads(exchange: &Exchange) -> Part {
    let is_named = exchange.response().is_some_and(|response| response.headers.contains("location"));
    if is_named { header("location") } else { Part::Status }
}

/// The redirects led to another origin, and what answers there does not name the page's.
pub(super) fn redirected_into_silence(failure: &Failure, at: usize, exchange: &Exchange) -> Finding {
    let to = &exchange.request.url;
    let what = if exchange.is_preflight() { ", which answers the preflight" } else { ", which answers" };
    let became_null = failure.origin_sent() == Some("null") && failure.page_origin() != "null";
    let sent = if became_null {
        " (after a redirect from one foreign origin to another, the browser says `Origin: null`)"
    } else {
        ""
    };
    Finding::observed(
        Cause::RequestRedirected,
        format!("The call was redirected to {to}{what} without Access-Control-Allow-Origin{sent}."),
        "Call the right address directly. A redirect to a login page means that the session has ended: answer scripts \
         with 401 instead.",
    )
    .shown_by(at, Part::NoHeader(ALLOW_ORIGIN.into()), "missing where the redirect led")
}

/// Whether the redirects led to another origin than the one that was called.
pub(super) fn has_left_the_api(case: &Case<'_>, exchange: &Exchange) -> bool {
    !Origin::of_url(&exchange.request.url).is_same_origin(&Origin::of_url(&case.call.url))
}
