//! From an exchange to one root cause: the failure says what the browser concluded, the rest of the exchange why.
//!
//! Sends each family of failures to the rule that weighs its evidence. Nothing here sends, guesses silently or words
//! a fix.

mod facts;
mod finding;
mod missing_origin;
mod permissions;
mod wrong_origin;

use std::net::IpAddr;

use corsac::{Origin, TupleOrigin};
use corsac_browser::{Blocked, Failure, FailureId, Outcome, ResponseType, Tainting, WireResponse};

use crate::cause::Cause;
use crate::diagnosis::{Diagnosis, Evidence, Part};
use crate::exchange::{Case, Exchange, Seen};
use crate::fix;
use crate::stack::Stack;
use facts::{ALLOW_ORIGIN, is_automatic_options};
use finding::{Finding, header};
use missing_origin::{automatic_options, missing};
use permissions::{asks_for_a_response_header, malformed, method, preflight_status, request_header};
use wrong_origin::{mismatch, several};

/// Finds the one root cause of a call's failure.
///
/// `stack` is what the person says is in front; otherwise it is recognised from the responses.
#[must_use]
pub fn diagnose(case: &Case<'_>, stack: Option<Stack>) -> Diagnosis {
    let stack = stack.or_else(|| {
        case.exchanges
            .iter()
            .filter_map(Exchange::response)
            .find_map(|response| Stack::recognize(&response.headers))
    });
    let finding = match &case.verdict.outcome {
        Outcome::Allowed(readable) => allowed(case, readable.response_type),
        Outcome::Blocked(blocked) => blocked_call(case, blocked),
    };
    let (fixes, refusal) = match finding.cause {
        Some(cause) => fix::fixes(case, cause, stack),
        None => (Vec::new(), None),
    };
    Diagnosis {
        cause: finding.cause,
        confidence: finding.confidence,
        story: printable(&finding.story),
        remedy: printable(&finding.remedy),
        evidence: finding
            .evidence
            .into_iter()
            .map(|evidence| Evidence { shows: printable(&evidence.shows), ..evidence })
            .collect(),
        stack,
        fixes,
        notes: notes(case),
        refusal,
    }
}

/// The text without what a terminal would obey: much of it comes from a server that nobody vouches for.
fn printable(text: &str) -> String {
    let obeyed = |letter: char| {
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .flat_map(|letter| {
            let (escaped, plain) =
                if obeyed(letter) { (Some(letter.escape_unicode()), None) } else { (None, Some(letter)) };
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

/// What no exchange can show: the page's own network, for one.
fn notes(case: &Case<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let target = Origin::of_url(&case.call.url);
    let page = case.page.origin.as_tuple();
    if let Some(target) = target.as_tuple()
        && is_local(target)
        && !page.is_some_and(is_local)
    {
        notes.push(format!(
            "if the page comes from the internet, Chromium and Firefox ask the user before it may reach {} \
             (Local Network Access); that cannot be seen from here",
            target.host()
        ));
    }
    notes
}

/// This machine, or an address that only a local network has.
fn is_local(origin: &TupleOrigin) -> bool {
    origin.is_loopback()
        || match origin.ip() {
            Some(IpAddr::V4(address)) => address.is_private() || address.is_link_local(),
            Some(IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
            None => false,
        }
}

fn allowed(case: &Case<'_>, response_type: ResponseType) -> Finding {
    match response_type {
        ResponseType::Basic if case.verdict.tainting == Tainting::Basic => Finding::observed(
            Cause::NotCors,
            "The page and the URL have the same origin, so CORS plays no part.",
            "If the call still misbehaves, look at the response itself, or at the page's Content-Security-Policy.",
        ),
        ResponseType::Opaque => Finding::observed(
            Cause::NoCorsMode,
            "The call asks with mode `no-cors`, so the browser sends it and hides the answer: status 0, no body.",
            "Remove `mode: 'no-cors'`, and let the server allow the origin.",
        ),
        _ => Finding::plain(""),
    }
}

fn blocked_call(case: &Case<'_>, blocked: &Blocked) -> Finding {
    let failure = &blocked.failure;
    let id = failure.id.as_str();
    if let Some((at, Exchange { seen: Seen::Nothing { message, hint, .. }, .. })) = case.last() {
        return Finding::observed(Cause::Unreachable, message.clone(), hint.clone()).shown_by(
            at,
            Part::NoResponse,
            "no response, so CORS never had a say",
        );
    }
    match failure.id {
        FailureId::MixedContent => Finding::observed(
            Cause::MixedContent,
            format!(
                "The page is on https, and {} is plain http: browsers refuse before they ask.",
                failure.url()
            ),
            "Call the https address of the API, or serve the API over https.",
        ),
        FailureId::CorpBlocked => Finding::observed(
            Cause::NotCors,
            format!("Not CORS but Cross-Origin-Resource-Policy: {failure}."),
            "Change that header on the resource, or load it from its own origin.",
        ),
        _ if id.starts_with("redirect-") => redirected(case, failure),
        _ => match case.last() {
            Some((at, exchange)) => match exchange.response() {
                Some(response) => answered(case, blocked, at, exchange, response),
                None => page_side(failure),
            },
            None => page_side(failure),
        },
    }
}

/// The page's own call is at fault, and nothing was sent.
fn page_side(failure: &Failure) -> Finding {
    let remedy = match failure.id {
        FailureId::ModeSameOrigin => "Remove `mode: 'same-origin'`: the URL is of another origin.",
        FailureId::NoCorsMethod => "Remove `mode: 'no-cors'`: it allows GET, HEAD and POST only.",
        FailureId::UrlCredentials => {
            "Take the user name and password out of the URL; send an Authorization header."
        }
        FailureId::BadPort => "Move the API to another port: browsers never connect to this one.",
        FailureId::SchemeNotHttp => "Call an http or https URL.",
        FailureId::ForbiddenMethod => "Use another method: no script may use this one.",
        FailureId::NoCorsRedirectMode => "Remove `mode: 'no-cors'`, or `redirect`.",
        _ => "Mend the call itself.",
    };
    Finding::plain(remedy)
}

/// A redirect of a preflight is the fault, whatever else the redirect lacks.
fn preflight_redirect(at: usize, response: &WireResponse) -> Finding {
    let target = response.headers.get_text("location").unwrap_or_else(|| "another address".to_owned());
    Finding::observed(
        Cause::PreflightRedirected,
        format!("The preflight was redirected to {target}, and browsers follow no redirect of a preflight."),
        format!("Call {target} directly, or answer OPTIONS before anything redirects."),
    )
    .shown_by(at, header("location"), "a redirect, where only a 2xx answer counts")
}

fn redirected(case: &Case<'_>, failure: &Failure) -> Finding {
    let last = case.last();
    let at = last.map_or(0, |(at, _)| at);
    if failure.id == FailureId::RedirectTooMany {
        return Finding::observed(
            Cause::RequestRedirected,
            format!("The server redirects without end: {failure}."),
            "Find out what the server redirects for; it sends the call round in circles.",
        )
        .shown_by(at, header("location"), "one redirect too many");
    }
    let location = last.and_then(|(_, exchange)| {
        let location = exchange.response()?.headers.get_text("location")?;
        exchange.request.url.join(&location).ok()
    });
    let target = location.map_or_else(|| "the address it leads to".to_owned(), |url| url.to_string());
    Finding::observed(
        Cause::RequestRedirected,
        format!("The call was redirected, and the redirect itself failed: {failure}."),
        format!(
            "Call {target} directly if that is the right address. A redirect to a login page means that the session \
             has ended: answer scripts with 401 instead."
        ),
    )
    .shown_by(at, header("location"), "every hop must pass the CORS check")
}

/// Whether the redirects led to another origin than the one that was called.
fn has_left_the_api(case: &Case<'_>, exchange: &Exchange) -> bool {
    !Origin::of_url(&exchange.request.url).is_same_origin(&Origin::of_url(&case.call.url))
}

/// A response came, and a rule failed on it.
fn answered(
    case: &Case<'_>,
    blocked: &Blocked,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let failure = &blocked.failure;
    let after_redirect = case.verdict.redirected;
    if exchange.is_preflight() && matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return preflight_redirect(at, response);
    }
    match failure.id {
        FailureId::AcaoNullMismatch | FailureId::PreflightAcaoMismatch
            if failure.origin_sent() == Some("null") && after_redirect && failure.page_origin() != "null" =>
        {
            Finding::observed(
                Cause::RequestRedirected,
                "The call was redirected from one foreign origin to another, so the browser now sends \
                 `Origin: null`, which the server rightly does not allow.",
                format!("Call {} directly.", failure.url()),
            )
            .shown_by(at, Part::RequestHeader("origin".into()), "null after a redirect between foreign origins")
        }
        FailureId::AcaoMissing if after_redirect && has_left_the_api(case, exchange) => Finding::observed(
            Cause::RequestRedirected,
            format!("The call was redirected to {}, which says nothing about CORS.", exchange.request.url),
            "Call the right address directly. A redirect to a login page means that the session has ended: answer \
             scripts with 401 instead.",
        )
        .shown_by(at, Part::NoHeader(ALLOW_ORIGIN.into()), "missing where the redirect led"),
        FailureId::AcaoMissing | FailureId::PreflightAcaoMissing => missing(case, failure, at, exchange, response),
        _ if failure.origin_sent() == Some("null") && failure.page_origin() == "null" => Finding::observed(
            Cause::NullOrigin,
            "The page has no origin of its own (a file, a sandboxed frame, a data: document), so the browser sends \
             `Origin: null`.",
            "Serve the page over http://localhost, and allow that origin; never allow `null`.",
        )
        .shown_by(at, Part::RequestHeader("origin".into()), "null is what anybody's sandboxed page sends"),
        FailureId::AcaoMismatch
        | FailureId::PreflightAcaoMismatch
        | FailureId::AcaoInvalid
        | FailureId::PreflightAcaoInvalid
        | FailureId::AcaoNullMismatch => mismatch(failure, at, response),
        FailureId::AcaoMultipleLines | FailureId::AcaoList | FailureId::PreflightAcaoMultiple => {
            several(failure, at, response)
        }
        FailureId::AcaoWildcardWithCredentials | FailureId::PreflightAcaoWildcardWithCredentials => {
            Finding::observed(
                Cause::WildcardWithCredentials,
                "The server allows any origin (`*`), but the page calls with credentials, and for those only the \
                 page's own origin counts.",
                "Let the server name the origin, and set Access-Control-Allow-Credentials: true; or, if the API needs \
                 no cookies, drop `credentials: 'include'` (withCredentials) in the page.",
            )
            .shown_by(at, header(ALLOW_ORIGIN), "`*` never counts with credentials")
        }
        FailureId::AcacNotTrue | FailureId::PreflightAcacNotTrue => {
            let name = "access-control-allow-credentials";
            let (part, shows) = match failure.allow_credentials() {
                Some(value) => (header(name), format!("`{value}` is not `true`, to the letter")),
                None => (Part::NoHeader(name.into()), "missing".to_owned()),
            };
            Finding::observed(
                Cause::CredentialsNotAllowed,
                "The server allows the origin, but not with credentials.",
                "Send Access-Control-Allow-Credentials: true, on the preflight and on the answer; or drop \
                 `credentials: 'include'` in the page.",
            )
            .shown_by(at, part, shows)
        }
        FailureId::PreflightStatusNotOk => preflight_status(blocked, at, exchange, response),
        FailureId::PreflightMethodNotAllowed | FailureId::PreflightHeaderNotAllowed
            if is_automatic_options(response) && !asks_for_a_response_header(failure) =>
        {
            automatic_options(at, response)
        }
        FailureId::PreflightMethodNotAllowed => method(failure, at),
        FailureId::PreflightHeaderNotAllowed | FailureId::PreflightAuthorizationOnlyWildcard => {
            request_header(failure, at)
        }
        FailureId::PreflightAcamUnparsable => malformed(failure, at, "access-control-allow-methods"),
        FailureId::PreflightAcahUnparsable => malformed(failure, at, "access-control-allow-headers"),
        _ => page_side(failure),
    }
}
