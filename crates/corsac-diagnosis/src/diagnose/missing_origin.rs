//! No `Access-Control-Allow-Origin`: the commonest failure, and the one with the most causes.

use corsac_browser::{Failure, WireResponse};

use super::facts::{ALLOW_ORIGIN, is_automatic_options, is_cached, other_cors_headers, varies_by_origin};
use super::finding::{Finding, header};
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::{Case, Exchange};
use crate::stack::{Stack, is_shield};

/// No `Access-Control-Allow-Origin` at all: the commonest failure, and the one with the most causes.
pub(super) fn missing(
    case: &Case<'_>,
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let absent = || Part::NoHeader(ALLOW_ORIGIN.into());
    let status = response.status;
    let what = if exchange.is_preflight() { "preflight" } else { "call" };
    if let Some(line) = exchange.broken_cors_line() {
        return Finding::observed(
            Cause::MalformedCorsHeader,
            format!("The response has the line `{line}`, which is no header: browsers pass over it without a word."),
            "Write it as `Access-Control-Allow-Origin: https://app.example`, with a colon behind the name.",
        )
        .shown_by(at, absent(), "the line that was meant to be it cannot be read");
    }
    if matches!(status, 403 | 429 | 503) && is_shield(&response.headers) {
        return Finding::inferred(
            Cause::BlockedByWaf,
            format!(
                "A firewall or CDN answered the {what} with {status}; the API itself probably never saw it."
            ),
            "Let OPTIONS with Access-Control-Request-Method through, and look at the firewall's log.",
        )
        .shown_by(at, Part::Status, format!("{status} from a shield in front of the API"));
    }
    if let Some(finding) = refused_origin(failure, at, exchange, response) {
        return finding;
    }
    if exchange.is_preflight() {
        return missing_on_preflight(at, exchange, response);
    }
    if status >= 400 {
        let preflight_passed = case.passed_a_preflight();
        let story = format!(
            "The server answered {status}, and that answer lacks the CORS headers, so the browser hides the error \
             behind a CORS failure."
        );
        let remedy =
            format!("{} Then let error responses carry the CORS headers too.", why_the_error(status));
        let finding = if preflight_passed {
            Finding::observed(Cause::ErrorResponseWithoutCors, story, remedy)
        } else {
            Finding::inferred(Cause::ErrorResponseWithoutCors, story, remedy)
        };
        let finding =
            finding.shown_by(at, Part::Status, format!("an error ({status}), which the page never sees"));
        return if preflight_passed {
            finding.shown_by(0, header(ALLOW_ORIGIN), "the preflight to the same address has it")
        } else {
            finding.shown_by(at, absent(), "missing on this error page")
        };
    }
    if is_cached(response) && !varies_by_origin(response) {
        return Finding::inferred(
            Cause::CachedWithoutVary,
            "A cache answered with a copy that was made for a request without Origin.",
            "Send Vary: Origin on every answer, with and without Origin; then purge the cache.",
        )
        .shown_by(at, header("age"), "an answer from a cache")
        .shown_by(
            at,
            Part::NoHeader("vary".into()),
            "does not say that the answer depends on Origin",
        );
    }
    Finding::observed(
        Cause::NoCorsHeaders,
        format!("The server answered {status}, but says nothing about CORS."),
        "Let the server allow this origin. (It works in Postman and curl because only browsers check.)",
    )
    .shown_by(at, absent(), "missing")
}

fn missing_on_preflight(at: usize, exchange: &Exchange, response: &WireResponse) -> Finding {
    let status = response.status;
    let absent = || Part::NoHeader(ALLOW_ORIGIN.into());
    let others = other_cors_headers(response);
    match status {
        401 | 403 | 407 => guarded(status, at),
        404 => Finding::inferred(
            Cause::OptionsNotHandled,
            format!(
                "The preflight was answered 404: nothing handles OPTIONS at {}, or there is nothing at all.",
                exchange.request.url.path()
            ),
            "See that the path is right; then add a CORS handler that answers OPTIONS for it.",
        )
        .shown_by(at, Part::Status, "not found: the path, or OPTIONS on it"),
        405 | 501 => Finding::observed(
            Cause::OptionsNotHandled,
            format!(
                "The preflight was answered {status}: nothing handles OPTIONS at {}.",
                exchange.request.url.path()
            ),
            "Add a CORS handler that answers OPTIONS for this path, and not only the method itself.",
        )
        .shown_by(at, Part::Status, "the answer of a server that has no handler for OPTIONS"),
        500.. => Finding::inferred(
            Cause::ErrorResponseWithoutCors,
            format!("The server failed with {status} when the browser asked for permission."),
            "Find out why OPTIONS fails (the server's log has it), and answer it before anything else runs.",
        )
        .shown_by(at, Part::Status, "an error, not an answer to the preflight"),
        _ if !others.is_empty() && Stack::recognize(&response.headers) == Some(Stack::Nginx) => Finding::inferred(
            Cause::NginxAddHeaderInheritance,
            format!(
                "nginx answers the preflight with {}, but without Access-Control-Allow-Origin: a block with an \
                 add_header of its own (an `if`, or a location) drops every add_header of the blocks around it.",
                others.join(" and ")
            ),
            "Put all CORS headers on one level, and none in the `if`; the lines below do.",
        )
        .shown_by(at, absent(), "lost on the way into the block that answers OPTIONS")
        .shown_by(at, header(&others[0]), "added by that block itself"),
        _ if is_automatic_options(response) && others.is_empty() => automatic_options(at, response),
        _ => Finding::observed(
            Cause::NoCorsHeaders,
            format!("The server answered the preflight with {status}, but says nothing about CORS."),
            "Let the server allow this origin. (It works in Postman and curl because only browsers check.)",
        )
        .shown_by(at, absent(), "missing"),
    }
}

pub(super) fn automatic_options(at: usize, response: &WireResponse) -> Finding {
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

/// A gate in front of the preflight: it wants credentials, or at least it refuses.
pub(super) fn guarded(status: u16, at: usize) -> Finding {
    let remedy = "Let CORS run before authentication, so that OPTIONS with Access-Control-Request-Method is answered first.";
    let finding = if status == 403 {
        Finding::inferred(
            Cause::AuthBeforeCors,
            "The preflight was answered 403: something refuses it before CORS has its say. Preflights carry no \
             credentials by design.",
            remedy,
        )
    } else {
        Finding::observed(
            Cause::AuthBeforeCors,
            format!(
                "The preflight was answered {status}: it was asked for credentials, and carries none by design."
            ),
            remedy,
        )
    };
    finding.shown_by(at, Part::Status, "preflights never carry cookies or Authorization")
}

/// What a page that gets this status should look at first.
fn why_the_error(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => "See that the call is authenticated and may do this: token, session, rights.",
        404 | 410 => "See that the path is right: there is nothing at this address.",
        408 | 504 => "Find out what the server was waiting for.",
        429 => "Call less often: the server limits the rate.",
        400..500 => "See what the server finds wrong with the call.",
        _ => "Find out why the server fails (its log has it).",
    }
}

/// A server that leaves the header out because the origin is not on its list gives itself away.
fn refused_origin(
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Option<Finding> {
    let body = exchange.body_text();
    let origin = failure.origin_sent().unwrap_or("null");
    // Starlette, Spring, and the whitelist function that people copy for Express's `cors`: they say so.
    let says_so = ["Disallowed CORS origin", "Invalid CORS request", "Not allowed by CORS"]
        .into_iter()
        .find(|words| body.contains(words));
    let others = other_cors_headers(response);
    let shown = if let Some(words) = says_so {
        (Part::Body, format!("the server says so itself: `{words}`"))
    } else if varies_by_origin(response) && response.status < 500 {
        (
            header("vary"),
            "the answer depends on the origin, and for this one the header is left out".to_owned(),
        )
    } else if let (Some(other), false) =
        (others.first(), Stack::recognize(&response.headers) == Some(Stack::Nginx))
    {
        (header(other), "the server speaks CORS, but not for this origin".to_owned())
    } else {
        return None;
    };
    let (cause, story) = if origin == "null" && failure.page_origin() == "null" {
        (
            Cause::NullOrigin,
            "The page has no origin of its own, so the browser sends `Origin: null`.".to_owned(),
        )
    } else {
        (Cause::OriginNotAllowed, format!("The server allows some origins, but not {origin}."))
    };
    let remedy = match cause {
        Cause::NullOrigin => {
            "Serve the page over http://localhost, and allow that origin; never allow `null`.".to_owned()
        }
        _ => format!("Add {origin} to the server's list, exactly so: scheme, host and port, no slash."),
    };
    let finding = if says_so.is_some() {
        Finding::observed(cause, story, remedy)
    } else {
        Finding::inferred(cause, story, remedy)
    };
    Some(finding.shown_by(at, shown.0, shown.1))
}
