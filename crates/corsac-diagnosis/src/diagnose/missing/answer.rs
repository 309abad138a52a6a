//! The answer to the call itself has no `Access-Control-Allow-Origin`: an error page without the headers, or a server
//! that has none, or has them elsewhere.

use corsac_browser::{CredentialsMode, Failure, WireResponse};

use super::super::facts::{ALLOW_ORIGIN, allows, in_words, is_nginx};
use super::super::finding::{Finding, header};
use super::super::inquest::{Heard, Inquest};
use super::super::says::says;
use super::{absent, refused};
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::question::Question;
use crate::stack::is_cdn;

pub(super) fn on_answer(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    response: &WireResponse,
) -> Finding {
    if response.status >= 400 {
        error_page(inquest, failure, at, response)
    } else {
        silent(inquest, failure, at, response)
    }
}

/// An error that lacks the headers, or an origin that is refused by status.
fn error_page(inquest: &Inquest<'_>, failure: &Failure, at: usize, response: &WireResponse) -> Finding {
    let status = response.status;
    let origin = failure.origin_sent().unwrap_or("null");
    let preflight_passed = inquest.passed_a_preflight();
    // Whoever limits the rate is not asked again.
    let may_ask = !preflight_passed && status != 429;
    let without = may_ask.then(|| inquest.response(&Question::WithoutOrigin)).flatten();
    if let Some(heard) = &without
        && heard.response.status < 400
    {
        return Finding::observed(
            Cause::OriginNotAllowed,
            format!(
                "The server answered {status} because of the Origin: without one, the same {} is answered {}.",
                failure.method(),
                heard.response.status
            ),
            format!("Add {origin} to the server's list, exactly so: scheme, host and port, no slash."),
        )
        .shown_by(at, Part::Status, "a refusal of this origin")
        .learned_from(heard.index, format!("the origin decides: {} without it", heard.response.status));
    }
    let preflight = may_ask.then(|| inquest.response(&Question::Preflight)).flatten();
    if let Some(heard) = &preflight
        && let Some(finding) = refused_on_the_preflight(inquest, failure, at, heard)
    {
        return finding;
    }
    let allowed = |heard: &Heard<'_>| allows(heard.response, origin, failure.with_credentials());
    let on_preflight = preflight.as_ref().is_some_and(allowed);
    // Without `always`, nginx leaves the headers out of its answer to a preflight of a missing path too.
    let elsewhere = (preflight.is_some() && !on_preflight && is_nginx(&response.headers))
        .then(|| inquest.response(&Question::AnotherPath))
        .flatten();
    let has_cors = on_preflight || elsewhere.as_ref().is_some_and(allowed);
    let mut remedy =
        format!("{} Then let error responses carry the CORS headers too", why_the_error(inquest, response));
    remedy.push_str(if is_nginx(&response.headers) {
        ": in nginx, `add_header` needs `always` for that."
    } else {
        "."
    });
    let mut finding = Finding::graded(
        preflight_passed || has_cors,
        Cause::ErrorResponseWithoutCors,
        format!(
            "The server answered {status}, and that answer lacks the CORS headers, so the browser hides the error behind \
             a CORS failure."
        ),
        remedy,
    )
    .shown_by(at, Part::Status, format!("an error ({status}), which the page never sees"));
    finding = if preflight_passed {
        finding.shown_by(0, header(ALLOW_ORIGIN), "the preflight to the same address has it")
    } else {
        finding.shown_by(at, absent(), "missing on this error page")
    };
    if let Some(heard) = without {
        finding =
            finding.learned_from(heard.index, format!("{} without Origin as well", heard.response.status));
    }
    for heard in [preflight, elsewhere].into_iter().flatten() {
        let words = in_words(heard.response);
        finding = finding.learned_from(
            heard.index,
            match heard.response.status {
                _ if allowed(&heard) => format!("the server knows CORS for this origin: {words}"),
                401 | 407 => format!("{words}: authentication runs before CORS"),
                _ => words,
            },
        );
    }
    finding
}

/// A success without a word about origins.
fn silent(inquest: &Inquest<'_>, failure: &Failure, at: usize, response: &WireResponse) -> Finding {
    let status = response.status;
    let origin = failure.origin_sent().unwrap_or("null");
    let passed = inquest.passed_a_preflight();
    let asked = (!passed).then(|| inquest.response(&Question::Preflight)).flatten();
    if let Some(heard) = &asked
        && let Some(finding) = refused_on_the_preflight(inquest, failure, at, heard)
    {
        return finding;
    }
    let preflight_allows = passed
        || asked.as_ref().is_some_and(|heard| allows(heard.response, origin, failure.with_credentials()));
    let is_nginx = is_nginx(&response.headers);
    let elsewhere = (asked.is_some() && !preflight_allows && is_nginx)
        .then(|| inquest.response(&Question::AnotherPath))
        .flatten()
        .filter(|heard| allows(heard.response, origin, failure.with_credentials()));
    if let Some(heard) = elsewhere {
        return lost_on_the_way(at, &heard);
    }
    let finding = if preflight_allows && is_nginx {
        Finding::inferred(
            Cause::NginxAddHeaderInheritance,
            format!(
                "nginx allows the preflight, but the answer itself ({status}) has no CORS headers: they stand in the \
                 block for OPTIONS alone, or a location with an add_header of its own drops those of the blocks around it."
            ),
            "Put all CORS headers on one level, and none in the `if`; the lines below do.",
        )
        .shown_by(at, absent(), "missing on the answer, and not on the preflight")
    } else if preflight_allows {
        Finding::observed(
            Cause::NoCorsHeaders,
            format!("The server allows the preflight, but its answer to the call ({status}) has no CORS headers."),
            "Send the CORS headers with every answer, and not only with the one to OPTIONS: a CORS handler adds nothing to \
             routes that stand before it, and a gateway that answers preflights nothing to what the function behind it \
             returns.",
        )
        .shown_by(at, absent(), "missing")
    } else {
        super::no_cors_at_all(
            inquest,
            origin,
            at,
            format!("The server answered {status}, but says nothing about CORS."),
        )
    };
    match asked {
        Some(heard) => finding.learned_from(heard.index, in_words(heard.response)),
        None => finding,
    }
}

/// The headers are on another path of the same nginx.
pub(super) fn lost_on_the_way(at: usize, heard: &Heard<'_>) -> Finding {
    Finding::inferred(
        Cause::NginxAddHeaderInheritance,
        "nginx adds CORS headers at /, but none here: a location with an add_header of its own drops every add_header of \
         the blocks around it.",
        "Put all CORS headers on one level, and none in a location or an `if` below it; the lines below do.",
    )
    .shown_by(at, absent(), "missing on this path")
    .learned_from(heard.index, format!("the headers are there at another path: {}", in_words(heard.response)))
}

/// A server that keeps silent to a call may say in its answer to a preflight that it has a list.
fn refused_on_the_preflight(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    heard: &Heard<'_>,
) -> Option<Finding> {
    if heard.response.headers.contains(ALLOW_ORIGIN) {
        return None;
    }
    let said = says(heard.response, &heard.exchange.body_text());
    let (shows, is_certain) = match said {
        Some(saying) if saying.cause == Cause::OriginNotAllowed => {
            (format!("asked for permission, the server says `{}`", saying.words), saying.is_certain)
        }
        Some(_) => return None,
        None => (format!("asked for permission, {}", refused::signs_of_a_list(heard.response)?.1), false),
    };
    let missing = (absent(), "left out for this origin".to_owned());
    let finding = refused::not_on_the_list(inquest, failure, at, missing, is_certain);
    Some(finding.learned_from(heard.index, shows))
}

/// What a page that gets this status should look at first.
fn why_the_error(inquest: &Inquest<'_>, response: &WireResponse) -> &'static str {
    let kept_back = inquest.call.cookies.is_some() && inquest.call.credentials != CredentialsMode::Include;
    match response.status {
        401 | 403 if kept_back => {
            "See that the call is authenticated: its cookie was kept back, since the call does not say `credentials: \
             'include'`."
        }
        401 | 403 | 407 => "See that the call is authenticated and may do this: token, session, rights.",
        404 | 410 => "See that the path is right: there is nothing at this address.",
        405 => {
            "See that path and method are right: there is something at this address, and it does not take this method."
        }
        413 => "Send less, or let the server and every proxy in front of it take so much.",
        408 | 504 => "Find out what the server was waiting for.",
        502 => {
            "See that the application behind the proxy runs, and answers: the proxy got nothing it could pass on."
        }
        520..=527 | 530 if is_cdn(&response.headers) == Some("Cloudflare") => {
            "See that the server behind Cloudflare runs, and lets Cloudflare in: that is what Cloudflare says where it \
             got nothing it could pass on."
        }
        503 => {
            "See whether the service is up: 503 is what a balancer says where nothing behind it answers, a server that is \
             overloaded or being worked on, and nginx where it limits the rate."
        }
        429 => "Call less often: the server limits the rate.",
        400..500 => "See what the server finds wrong with the call.",
        _ => "Find out why the server fails (its log has it).",
    }
}
