//! From an exchange to one root cause: the failure says what the browser concluded, the rest of the exchange why.
//!
//! Each rule weighs the evidence for one family of failures. Nothing here sends, guesses silently or words a fix.

use std::net::IpAddr;

use corsac::{Origin, TupleOrigin};
use corsac_browser::{Blocked, Failure, FailureId, Outcome, ResponseType, Tainting, WireResponse};

use crate::cause::{Cause, Confidence};
use crate::diagnosis::{Diagnosis, Evidence, Part};
use crate::difference::{self, Difference};
use crate::exchange::{Case, Exchange, Seen};
use crate::fix;
use crate::stack::{Stack, is_shield};

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
        story: finding.story,
        remedy: finding.remedy,
        evidence: finding.evidence,
        stack,
        fixes,
        notes: notes(case),
        refusal,
    }
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

/// A cause in the making.
struct Finding {
    cause: Option<Cause>,
    confidence: Confidence,
    story: String,
    remedy: String,
    evidence: Vec<Evidence>,
}

impl Finding {
    fn observed(cause: Cause, story: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            cause: Some(cause),
            confidence: Confidence::Observed,
            story: story.into(),
            remedy: remedy.into(),
            evidence: Vec::new(),
        }
    }

    fn inferred(cause: Cause, story: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { confidence: Confidence::Inferred, ..Self::observed(cause, story, remedy) }
    }

    /// No cause behind the failure: it is the page's own doing, or there is nothing to mend.
    fn plain(remedy: impl Into<String>) -> Self {
        Self {
            cause: None,
            confidence: Confidence::Observed,
            story: String::new(),
            remedy: remedy.into(),
            evidence: Vec::new(),
        }
    }

    fn shown_by(mut self, exchange: usize, part: Part, shows: impl Into<String>) -> Self {
        self.evidence.push(Evidence { exchange, part, shows: shows.into() });
        self
    }
}

fn header(name: &str) -> Part {
    Part::Header(name.to_owned())
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

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
        FailureId::PreflightRedirect => preflight_redirect(case, failure),
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

fn preflight_redirect(case: &Case<'_>, failure: &Failure) -> Finding {
    let target = failure.location().unwrap_or("another address");
    let at = case.last().map_or(0, |(at, _)| at);
    Finding::observed(
        Cause::PreflightRedirected,
        format!("The preflight was redirected to {target}, and browsers follow no redirect of a preflight."),
        format!("Call {target} directly, or answer OPTIONS before anything redirects."),
    )
    .shown_by(at, header("location"), "a redirect, where only a 2xx answer counts")
}

fn redirected(case: &Case<'_>, failure: &Failure) -> Finding {
    let at = case.last().map_or(0, |(at, _)| at);
    let target = failure.location().map_or_else(|| failure.url().to_string(), str::to_owned);
    Finding::observed(
        Cause::RequestRedirected,
        format!("The call was redirected, and there it failed: {failure}."),
        format!(
            "Call {target} directly if that is the right address. A redirect to a login page means that the session \
             has ended: answer scripts with 401 instead."
        ),
    )
    .shown_by(at, header("location"), "every hop must pass the CORS check")
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

/// No `Access-Control-Allow-Origin` at all: the commonest failure, and the one with the most causes.
fn missing(
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
            "The server answered {status}, and its error page lacks the CORS headers, so the browser hides the error \
             behind a CORS failure."
        );
        let remedy = "Find out why the server fails (its log has it); then let error responses carry the CORS headers too.";
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
        401 | 403 | 407 => Finding::observed(
            Cause::AuthBeforeCors,
            format!("The preflight was answered {status}: it carries no credentials by design, and was asked for some."),
            "Let CORS run before authentication, so that OPTIONS with Access-Control-Request-Method is answered first.",
        )
        .shown_by(at, Part::Status, "preflights never carry cookies or Authorization"),
        404 | 405 | 501 => Finding::observed(
            Cause::OptionsNotHandled,
            format!("The preflight was answered {status}: nothing handles OPTIONS at {}.", exchange.request.url.path()),
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

/// The answer a framework gives when nobody handles OPTIONS: the methods it has, and no list of the protocol's.
fn is_automatic_options(response: &WireResponse) -> bool {
    let lists = ["access-control-allow-methods", "access-control-allow-headers"];
    response.headers.contains("allow") && !lists.iter().any(|name| response.headers.contains(name))
}

fn automatic_options(at: usize, response: &WireResponse) -> Finding {
    let mut remedy =
        "Let the CORS handler answer OPTIONS too, for example by using it for the whole application."
            .to_owned();
    if Stack::recognize(&response.headers) == Some(Stack::Express) {
        remedy.push_str(
            " (If it is used already, its `origin` function turned this origin away without a trace.)",
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

/// `Access-Control-Allow-Origin` is there, and is not the origin that was sent.
fn mismatch(failure: &Failure, at: usize, response: &WireResponse) -> Finding {
    let written = failure.allow_origin().unwrap_or_default();
    let sent = failure.origin_sent().unwrap_or("null");
    if is_cached(response) && !varies_by_origin(response) {
        return Finding::inferred(
            Cause::CachedWithoutVary,
            format!("A cache answered with the copy made for {written}."),
            "Send Vary: Origin on every answer, with and without Origin; then purge the cache.",
        )
        .shown_by(at, header(ALLOW_ORIGIN), format!("made for {written}"))
        .shown_by(at, header("age"), "an answer from a cache");
    }
    match difference::compare(written, sent) {
        Difference::Spelling(how) => Finding::observed(
            Cause::OriginMisspelled,
            format!("The server means this page, but writes `{written}`: {how}. Browsers compare byte for byte."),
            format!("Write {sent} in the server's list, exactly so."),
        )
        .shown_by(at, header(ALLOW_ORIGIN), how),
        Difference::Another(how) => Finding::observed(
            Cause::OriginNotAllowed,
            format!("The server allows {written}, and the page is {sent}: {how}."),
            format!("Add {sent} to the server's list, beside {written}; a server with one origin needs a list now."),
        )
        .shown_by(at, header(ALLOW_ORIGIN), how),
        Difference::NoOrigin(how) => Finding::observed(
            Cause::MalformedCorsHeader,
            format!("Access-Control-Allow-Origin is `{written}`: {how}."),
            format!("Let the server compare the request's Origin with its list, and answer with {sent} alone."),
        )
        .shown_by(at, header(ALLOW_ORIGIN), how),
    }
}

fn several(failure: &Failure, at: usize, response: &WireResponse) -> Finding {
    let lines = response.headers.values(ALLOW_ORIGIN).count();
    let joined = failure.allow_origin().unwrap_or_default();
    let mut elements = joined.split([',', ' ']).filter(|element| !element.is_empty());
    let first = elements.next().unwrap_or_default();
    if lines > 1 || elements.all(|element| element == first) {
        return Finding::observed(
            Cause::DuplicateAllowOrigin,
            format!("Access-Control-Allow-Origin comes more than once (`{joined}`): two layers each add it."),
            "Let one layer answer for CORS, and take it out of the other: the application, or the proxy in front.",
        )
        .shown_by(at, header(ALLOW_ORIGIN), "only one value is allowed");
    }
    Finding::observed(
        Cause::SeveralOriginsInOne,
        format!("Access-Control-Allow-Origin is the list `{joined}`, and a browser accepts one origin only."),
        "Let the server compare the request's Origin with the list, and answer with that one.",
    )
    .shown_by(at, header(ALLOW_ORIGIN), "a list, where one origin is allowed")
}

/// The origin passed, but the status did not: a gate in front, or a CORS handler that says no by status.
fn preflight_status(blocked: &Blocked, at: usize, exchange: &Exchange, response: &WireResponse) -> Finding {
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
        401 | 403 | 407 => Finding::observed(
            Cause::AuthBeforeCors,
            format!("The preflight was answered {status}: it carries no credentials by design, and was asked for some."),
            "Let CORS run before authentication, so that OPTIONS with Access-Control-Request-Method is answered first.",
        ),
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

fn method(failure: &Failure, at: usize) -> Finding {
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

fn asks_for_a_response_header(failure: &Failure) -> bool {
    failure.headers().iter().any(|wanted| wanted.starts_with("access-control-"))
}

fn request_header(failure: &Failure, at: usize) -> Finding {
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

fn malformed(failure: &Failure, at: usize, name: &str) -> Finding {
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

/// The CORS response headers that are there, `Access-Control-Allow-Origin` aside.
fn other_cors_headers(response: &WireResponse) -> Vec<String> {
    corsac::CORS_RESPONSE_HEADERS
        .iter()
        .filter(|name| **name != ALLOW_ORIGIN && response.headers.contains(name))
        .map(|name| (*name).to_owned())
        .collect()
}

fn varies_by_origin(response: &WireResponse) -> bool {
    response.headers.get_text("vary").is_some_and(|value| {
        value.split(',').any(|element| element.trim() == "*" || element.trim().eq_ignore_ascii_case("origin"))
    })
}

fn is_cached(response: &WireResponse) -> bool {
    let hit = |name: &str| {
        response.headers.get_text(name).is_some_and(|value| value.to_ascii_lowercase().contains("hit"))
    };
    hit("x-cache") || hit("cf-cache-status") || hit("x-cache-status") || response.headers.contains("age")
}
