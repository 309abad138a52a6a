//! The preflight's origin passed, but not what it asked for: status, method, headers, or lists nobody can read.

use corsac_browser::{Blocked, Failure, FailureId, WireResponse};

use super::finding::{Finding, header};
use super::gate::guarded;
use super::inquest::Inquest;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::Exchange;

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
            FailureId::PreflightMethodNotAllowed => method(next, at),
            FailureId::PreflightHeaderNotAllowed | FailureId::PreflightAuthorizationOnlyWildcard => {
                request_header(next, at)
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

pub(super) fn method(failure: &Failure, at: usize) -> Finding {
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
    Finding::observed(Cause::MethodNotAllowed, story, remedy).shown_by(
        at,
        part,
        format!("{wanted} is missing"),
    )
}

pub(super) fn asks_for_a_response_header(failure: &Failure) -> bool {
    failure.headers().iter().any(|wanted| wanted.starts_with("access-control-"))
}

pub(super) fn request_header(failure: &Failure, at: usize) -> Finding {
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
        .shown_by(at, Part::RequestHeader("access-control-request-headers".into()), format!("asks for {own}"));
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
    Finding::observed(Cause::HeaderNotAllowed, story, remedy).shown_by(
        at,
        part,
        format!("{wanted} is missing"),
    )
}

pub(super) fn malformed(failure: &Failure, at: usize, name: &str) -> Finding {
    let value = failure.value().unwrap_or_default();
    Finding::observed(
        Cause::MalformedCorsHeader,
        format!(
            "`{value}` cannot be read: it must be names separated by commas, without quotes or semicolons."
        ),
        "Separate the names by commas.",
    )
    .shown_by(
        at,
        header(name),
        failure.token().map_or_else(|| "cannot be read".into(), |token| format!("`{token}` is no name")),
    )
}
