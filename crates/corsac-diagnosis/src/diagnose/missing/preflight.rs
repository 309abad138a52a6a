//! The preflight's answer has no `Access-Control-Allow-Origin`, and nothing says why in so many words: the status does,
//! and what the same address answers to a `GET`.

use corsac_browser::{Failure, WireResponse};

use super::super::facts::{
    ALLOW_ORIGIN, allows, in_words, is_automatic_options, is_nginx, other_cors_headers,
};
use super::super::finding::{Finding, header};
use super::super::gate::guarded;
use super::super::inquest::Inquest;
use super::absent;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::Exchange;
use crate::question::Question;
use crate::stack::Stack;

pub(super) fn on_preflight(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let status = response.status;
    let path = exchange.request.url.path();
    match status {
        401 | 403 | 407 => guarded(inquest, failure, at, response),
        404 => not_found(inquest, at, path),
        405 | 501 => Finding::observed(
            Cause::OptionsNotHandled,
            format!("The preflight was answered {status}: nothing handles OPTIONS at {path}."),
            "Add a CORS handler that answers OPTIONS for this path, and not only the method itself.",
        )
        .shown_by(at, Part::Status, "the answer of a server that has no handler for OPTIONS"),
        408 | 429 => Finding::inferred(
            Cause::ErrorResponseWithoutCors,
            format!("The preflight was answered {status}: the server limits what it answers, and counts preflights."),
            "Do not count OPTIONS with Access-Control-Request-Method, and let such answers carry the CORS headers too.",
        )
        .shown_by(at, Part::Status, "an error, not an answer to the preflight"),
        400..500 => Finding::inferred(
            Cause::OptionsNotHandled,
            format!("The preflight was answered {status}: it was taken for a call, and no CORS handler saw it at {path}."),
            "Add a CORS handler that answers OPTIONS for this path before anything else looks at the request.",
        )
        .shown_by(at, Part::Status, "an error, not an answer to the preflight"),
        500.. => failed(inquest, failure, at, status),
        _ => answered(inquest, failure, at, response),
    }
}

/// 404: nothing handles OPTIONS there, or there is nothing at all.
fn not_found(inquest: &Inquest<'_>, at: usize, path: &str) -> Finding {
    let heard = inquest.response(&Question::PlainGet);
    let exists =
        heard.as_ref().is_some_and(|heard| heard.response.status != 404 && heard.response.status < 500);
    let shows = "not found: the path, or OPTIONS on it";
    let finding = if exists {
        Finding::observed(
            Cause::OptionsNotHandled,
            format!("The preflight was answered 404, though there is something at {path}: nothing handles OPTIONS there."),
            "Add a CORS handler that answers OPTIONS for this path, and not only the method itself.",
        )
    } else {
        Finding::inferred(
            Cause::OptionsNotHandled,
            format!("The preflight was answered 404: nothing handles OPTIONS at {path}, or there is nothing at all."),
            "See that the path is right; then add a CORS handler that answers OPTIONS for it.",
        )
    }
    .shown_by(at, Part::Status, shows);
    match heard {
        Some(heard) if exists => finding
            .learned_from(heard.index, format!("the path exists: GET is answered {}", heard.response.status)),
        Some(heard) => finding.learned_from(
            heard.index,
            format!("GET is answered {} as well: the path may be wrong", heard.response.status),
        ),
        None => finding,
    }
}

/// The server failed: for this origin, for OPTIONS, or for everything.
fn failed(inquest: &Inquest<'_>, failure: &Failure, at: usize, status: u16) -> Finding {
    let origin = failure.origin_sent().unwrap_or("null");
    let without = inquest.response(&Question::WithoutOrigin);
    if let Some(heard) = &without
        && heard.response.status < 500
    {
        return Finding::inferred(
            Cause::OriginNotAllowed,
            format!(
                "The server fails with {status} for this origin alone (without Origin, the same OPTIONS is answered {}): \
                 its CORS code refuses the origin by throwing an error.",
                heard.response.status
            ),
            format!(
                "Add {origin} to the server's list; and let its CORS code leave the header out instead of failing (the \
                 server's log has the error)."
            ),
        )
        .shown_by(at, Part::Status, "an error, and only with this Origin")
        .learned_from(heard.index, format!("the origin decides: {} without it", heard.response.status));
    }
    let get = without.as_ref().and_then(|_| inquest.response(&Question::PlainGet));
    let (story, remedy) = match &get {
        Some(heard) if heard.response.status >= 500 => (
            format!(
                "The server fails with {status}, and for GET with {}: it is down or broken, and CORS is not the point.",
                heard.response.status
            ),
            "Mend the server first (its log has the reason); then let error responses carry the CORS headers too.",
        ),
        _ => (
            format!("The server failed with {status} when the browser asked for permission."),
            "Find out why OPTIONS fails (the server's log has it), and answer it before anything else runs.",
        ),
    };
    let mut finding = Finding::graded(get.is_some(), Cause::ErrorResponseWithoutCors, story, remedy)
        .shown_by(at, Part::Status, "an error, not an answer to the preflight");
    if let Some(heard) = without {
        finding =
            finding.learned_from(heard.index, format!("{} without Origin as well", heard.response.status));
    }
    match get {
        Some(heard) => {
            finding.learned_from(heard.index, format!("GET is answered {}", heard.response.status))
        }
        None => finding,
    }
}

/// The answer is a success, and says nothing about origins.
fn answered(inquest: &Inquest<'_>, failure: &Failure, at: usize, response: &WireResponse) -> Finding {
    let status = response.status;
    let origin = failure.origin_sent().unwrap_or("null");
    let others = other_cors_headers(response);
    let heard = inquest.response(&Question::PlainGet);
    let get_allows =
        heard.as_ref().is_some_and(|heard| allows(heard.response, origin, failure.with_credentials()));
    let elsewhere =
        (heard.as_ref().is_some_and(|_| !get_allows) && is_nginx(&response.headers) && others.is_empty())
            .then(|| inquest.response(&Question::AnotherPath))
            .flatten()
            .filter(|heard| allows(heard.response, origin, failure.with_credentials()));
    if let Some(heard) = elsewhere {
        return super::answer::lost_on_the_way(at, &heard);
    }
    let finding = if let (Some(other), true) = (others.first(), is_nginx(&response.headers)) {
        Finding::graded(
            get_allows,
            Cause::NginxAddHeaderInheritance,
            format!(
                "nginx answers the preflight with {}, but without Access-Control-Allow-Origin: a block with an \
                 add_header of its own (an `if`, or a location) drops every add_header of the blocks around it.",
                others.join(" and ")
            ),
            "Put all CORS headers on one level, and none in the `if`; the lines below do.",
        )
        .shown_by(at, absent(), "lost on the way into the block that answers OPTIONS")
        .shown_by(at, header(other), "added by that block itself")
    } else if get_allows {
        Finding::observed(
            Cause::OptionsNotHandled,
            format!(
                "The server has CORS for this origin, as a GET shows, but something else answered OPTIONS ({status}): no \
                 CORS handler saw the preflight."
            ),
            "Let the CORS handler answer OPTIONS too: use it for the whole application, before whatever answers it now.",
        )
        .shown_by(at, absent(), "missing on the preflight alone")
    } else if is_automatic_options(response)
        && heard.as_ref().is_none_or(|heard| heard.response.status >= 300)
    {
        automatic_options(at, response)
    } else {
        let story = format!("The server answered the preflight with {status}, but says nothing about CORS.");
        super::no_cors_at_all(inquest, origin, at, story)
    };
    match heard {
        Some(heard) if get_allows => finding
            .learned_from(heard.index, format!("the answer to GET has it: {}", in_words(heard.response))),
        Some(heard) => finding.learned_from(heard.index, in_words(heard.response)),
        None => finding,
    }
}

/// The framework answered OPTIONS by itself.
pub(in super::super) fn automatic_options(at: usize, response: &WireResponse) -> Finding {
    let mut remedy =
        "Use a CORS handler for the whole application, so that it answers OPTIONS too.".to_owned();
    let is_express = Stack::recognize(&response.headers) == Some(Stack::Express);
    if is_express && !response.headers.contains(ALLOW_ORIGIN) {
        remedy.push_str(
            " (If one is used already, its `origin` function turned this origin away without a trace.)",
        );
    }
    Finding::inferred(
        Cause::OptionsNotHandled,
        format!(
            "The framework answered OPTIONS by itself ({}, with an Allow header): no CORS handler saw the preflight.",
            response.status
        ),
        remedy,
    )
    .shown_by(at, header("allow"), "what a framework answers when nobody handles OPTIONS")
}
