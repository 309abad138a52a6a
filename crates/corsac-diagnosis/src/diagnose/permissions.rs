//! The preflight's origin passed, but not what it asked for: status, method, headers, or lists nobody can read.

use corsac_browser::{Blocked, Failure, FailureId, WireResponse};

use super::finding::{Finding, header};
use super::gate::guarded;
use super::inquest::Inquest;
use super::spans;
use crate::cause::Cause;
use crate::diagnosis::{Part, Span};
use crate::exchange::Exchange;

const METHOD: &str = "access-control-request-method";
const HEADERS: &str = "access-control-request-headers";

/// The origin passed, but the status did not: a gate in front, or a CORS handler that says no by status.
pub(super) fn preflight_status(
    inquest: &Inquest<'_>,
    blocked: &Blocked,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let status = response.status;
    for next in &blocked.next {
        let finding = match next.id {
            FailureId::PreflightMethodNotAllowed => method(next, at, exchange, response),
            FailureId::PreflightHeaderNotAllowed | FailureId::PreflightAuthorizationOnlyWildcard => {
                request_header(next, at, exchange, response)
            }
            _ => continue,
        };
        // Starlette answers 400 where a method or header is not on its list.
        if status == 400 || exchange.body_text().contains("Disallowed CORS") {
            return finding.shown_by(
                at,
                Part::Status,
                format!("{status}: the server refuses by status as well"),
            );
        }
    }
    match status {
        401 | 403 | 407 => return guarded(inquest, &blocked.failure, at, response),
        500.. => Finding::observed(
            Cause::ErrorResponseWithoutCors,
            format!("The server failed with {status} when the browser asked for permission."),
            "Find out why OPTIONS fails (the server's log has it), and answer it before anything else runs.",
        ),
        _ => Finding::observed(
            Cause::OptionsNotHandled,
            format!("The preflight was answered {status}, and only 200 to 299 counts."),
            "Answer OPTIONS with 204, and not only the method itself.",
        ),
    }
    .shown_by(at, Part::Status, "a preflight must be answered with 200 to 299")
}

pub(super) fn method(failure: &Failure, at: usize, exchange: &Exchange, response: &WireResponse) -> Finding {
    let name = "access-control-allow-methods";
    let wanted = failure.method();
    let listed = failure.value();
    let other_case = listed.is_some_and(|list| {
        list.split(',').any(|element| element.trim() != wanted && element.trim().eq_ignore_ascii_case(wanted))
    });
    let (story, remedy) = if other_case {
        (
            format!(
                "The page uses `{wanted}`, and the server lists it in another case: methods are compared exactly."
            ),
            format!("Write {} in both places.", wanted.to_ascii_uppercase()),
        )
    } else if listed == Some("*") && failure.with_credentials() {
        (
            format!(
                "The server lists `*`, and with credentials that is only a method named `*`, not {wanted}."
            ),
            format!("List {wanted} by name."),
        )
    } else {
        (
            match listed {
                Some(list) => format!("The page uses {wanted}, and the server allows {list}."),
                None => format!("The page uses {wanted}, and the server lists no methods."),
            },
            format!("Add {wanted} to the server's list of methods."),
        )
    };
    let part = if listed.is_some() { header(name) } else { Part::NoHeader(name.into()) };
    let (near, shows) = if other_case {
        (vec![wanted], format!("not {wanted}, to the letter"))
    } else if listed == Some("*") {
        (vec!["*"], "a method named `*`".to_owned())
    } else {
        (Vec::new(), format!("{wanted} is missing"))
    };
    let near = spans::of_elements(&response.headers, name, &near);
    asked_for(Finding::observed(Cause::MethodNotAllowed, story, remedy), at, exchange, METHOD, Vec::new())
        .shown_in(at, part, near, shows)
}

/// What the preflight asked for, beside what it was answered.
fn asked_for(finding: Finding, at: usize, exchange: &Exchange, name: &str, spans: Vec<Span>) -> Finding {
    if exchange.request.headers.contains(name) {
        finding.beside(at, name, spans, "what the page needs")
    } else {
        finding
    }
}

pub(super) fn asks_for_a_response_header(failure: &Failure) -> bool {
    failure.headers().iter().any(|wanted| wanted.starts_with("access-control-"))
}

pub(super) fn request_header(
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let name = "access-control-allow-headers";
    let wanted = failure.headers().join(", ");
    let listed = failure.value();
    let part = if listed.is_some() { header(name) } else { Part::NoHeader(name.into()) };
    if let Some(own) = failure.headers().iter().find(|wanted| wanted.starts_with("access-control-")) {
        return Finding::observed(
            Cause::HeaderSetByClient,
            format!("The page itself sends `{own}`, which is a header of responses; browsers then ask leave for it."),
            format!("Remove `{own}` from the page's request: only the server sends it."),
        )
        .shown_in(
            at,
            Part::RequestHeader(HEADERS.into()),
            spans::of_elements(&exchange.request.headers, HEADERS, &[own]),
            format!("asks for {own}"),
        );
    }
    let (story, remedy) = if listed.is_some_and(|list| list.split(',').any(|element| element.trim() == "*")) {
        let why = if failure.with_credentials() {
            "with credentials that is only a header named `*`"
        } else {
            "that never covers Authorization"
        };
        (format!("The server lists `*`, and {why}."), format!("List {wanted} by name."))
    } else {
        (
            match listed {
                Some(list) => format!("The page sends {wanted}, and the server allows {list}."),
                None => format!("The page sends {wanted}, and the server lists no request headers."),
            },
            format!("Add {wanted} to the server's list of request headers."),
        )
    };
    let names: Vec<&str> = failure.headers().iter().map(String::as_str).collect();
    let asked = spans::of_elements(&exchange.request.headers, HEADERS, &names);
    let star = spans::of_elements(&response.headers, name, &["*"]);
    asked_for(Finding::observed(Cause::HeaderNotAllowed, story, remedy), at, exchange, HEADERS, asked)
        .shown_in(at, part, star, format!("{wanted} is missing"))
}

pub(super) fn malformed(failure: &Failure, at: usize, response: &WireResponse, name: &str) -> Finding {
    let value = failure.value().unwrap_or_default();
    Finding::observed(
        Cause::MalformedCorsHeader,
        format!(
            "`{value}` cannot be read: it must be names separated by commas, without quotes or semicolons."
        ),
        "Separate the names by commas.",
    )
    .shown_in(
        at,
        header(name),
        failure.token().map(|token| spans::of_text(&response.headers, name, token)).unwrap_or_default(),
        failure.token().map_or_else(|| "cannot be read".into(), |token| format!("`{token}` is no name")),
    )
}
