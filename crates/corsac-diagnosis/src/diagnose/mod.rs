//! From an exchange to one root cause: the failure says what the browser concluded, the rest of the exchange why.
//!
//! Sends each family of failures to the rule that weighs its evidence. Nothing here sends, guesses silently or words
//! a fix.

mod allowed;
mod cached;
mod facts;
mod finding;
mod gate;
mod inquest;
mod missing;
mod notes;
mod permissions;
mod redirects;
mod says;
mod spans;
mod stopped;
mod unanswered;
mod wrong_origin;

use corsac_browser::{Blocked, Failure, FailureId, Outcome, WireResponse};

use crate::cause::{Cause, Confidence};
use crate::diagnosis::{Diagnosis, Evidence, Learned, Part};
use crate::difference::is_invisible;
use crate::exchange::{Case, Exchange};
use crate::fix;
use crate::question::Question;
use crate::reached::{Reached, Stopped, side_effects};
use crate::stack::Stack;
use allowed::allowed;
use cached::cached;
use facts::{ALLOW_CREDENTIALS, ALLOW_ORIGIN, is_automatic_options};
use finding::{Finding, header};
use inquest::Inquest;
use missing::{automatic_options, missing};
use permissions::{asks_for_a_response_header, malformed, method, preflight_status, request_header};
use redirects::{has_left_the_api, preflight_redirect, redirected, redirected_into_silence};
use wrong_origin::{mismatch, several};

/// The next most useful question about a case, or nothing where no question would tell more.
///
/// Whoever can send requests asks it, puts the answer beside the others, and comes back: at most
/// [`MOST_QUESTIONS`](crate::MOST_QUESTIONS) times. Without answers, [`diagnose`] concludes with less confidence.
#[must_use]
pub fn question(case: &Case<'_>) -> Option<Question> {
    let inquest = Inquest::of(case);
    let _ = find(&inquest);
    inquest.wanted()
}

/// Finds the one root cause of a call's failure.
///
/// `stack` is what the person says is in front; otherwise it is recognised from the responses.
#[must_use]
pub fn diagnose(case: &Case<'_>, stack: Option<Stack>) -> Diagnosis {
    let inquest = Inquest::of(case);
    let finding = beside_what_lacks(&inquest, tell_the_rest(&inquest, find(&inquest)));
    let stack = stack.or_else(|| match finding.cause {
        Some(Cause::NginxAddHeaderInheritance) => Some(Stack::Nginx),
        _ => recognized(case),
    });
    let stopped = where_it_stopped(case, &finding);
    let reached = if stopped == Stopped::Nowhere { Reached::of(case) } else { Reached::No };
    let notes = notes::notes(case, &finding).iter().map(|note| printable(note)).collect();
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
        learned: finding
            .learned
            .into_iter()
            .map(|learned| Learned { shows: printable(&learned.shows), ..learned })
            .collect(),
        reached,
        side_effects: printable(&side_effects(case, reached, stopped)),
        stopped_before: finding.stopped_before,
        stack,
        fixes,
        notes,
        refusal,
    }
}

/// An answer that no rule went by is told as well: every request is accounted for.
fn tell_the_rest(inquest: &Inquest<'_>, finding: Finding) -> Finding {
    let is_told = |finding: &Finding, index| finding.learned.iter().any(|learned| learned.answer == index);
    inquest.answers.iter().enumerate().fold(finding, |finding, (index, answered)| {
        if is_told(&finding, index) {
            return finding;
        }
        let shows = answered.exchange.response().map_or_else(|| "no answer".to_owned(), facts::in_words);
        finding.learned_from(index, format!("tells nothing more: {shows}"))
    })
}

/// Puts the origin that was sent beside an answer that names none.
fn beside_what_lacks(inquest: &Inquest<'_>, finding: Finding) -> Finding {
    let lacks = |evidence: &&Evidence| matches!(&evidence.part, Part::NoHeader(name) if name == ALLOW_ORIGIN);
    let at = finding.evidence.iter().find(lacks).map(|evidence| evidence.exchange);
    let origin = |at: usize| inquest.exchanges[at].request.headers.get_text("origin");
    match at.and_then(|at| Some((at, origin(at)?))) {
        Some((at, origin)) if origin == inquest.page.origin.to_string() => {
            finding.beside(at, "origin", Vec::new(), "the page that calls")
        }
        Some((at, _)) => {
            finding.beside(at, "origin", Vec::new(), "the page, behind a redirect between foreign origins")
        }
        None => finding,
    }
}

/// The text without what a terminal would obey, or nobody would see: much of it comes from a server that nobody vouches for.
fn printable(text: &str) -> String {
    let obeyed = |letter: char| letter.is_control() || is_invisible(letter);
    text.chars()
        .flat_map(|letter| {
            let (escaped, plain) =
                if obeyed(letter) { (Some(letter.escape_unicode()), None) } else { (None, Some(letter)) };
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

/// What kept the server from seeing a call that was sent from here.
fn where_it_stopped(case: &Case<'_>, finding: &Finding) -> Stopped {
    let was_sent = Reached::of(case) == Reached::Yes;
    let is_shield = finding.cause == Some(Cause::BlockedByWaf) && finding.confidence == Confidence::Observed;
    if finding.stopped_before.is_some() && !case.verdict.redirected {
        // Where a redirect leads is seen only by whoever was redirected.
        Stopped::InTheBrowser
    } else if is_shield && was_sent && !case.verdict.redirected {
        Stopped::AtAShield
    } else {
        Stopped::Nowhere
    }
}

/// What answers, by the marks of any answer: headers before error pages, and the call's own before the rest.
fn recognized(case: &Case<'_>) -> Option<Stack> {
    let answers = case.answers.iter().map(|answered| &answered.exchange);
    let all: Vec<(&Exchange, &WireResponse)> = (case.exchanges.iter().chain(answers))
        .filter_map(|exchange| Some((exchange, exchange.response()?)))
        .collect();
    let by_headers = || all.iter().find_map(|(_, response)| Stack::recognize(&response.headers));
    let by_pages = all
        .iter()
        .filter_map(|(exchange, response)| Stack::recognize_answer(response, &exchange.body_text()))
        .min_by_key(|stack| Stack::ALL.iter().position(|known| known == stack));
    // The page of an application tells more than the header of the proxy in front of it.
    let by_answers = match (by_headers(), by_pages) {
        (Some(one), Some(two)) => {
            let place = |stack: Stack| Stack::ALL.iter().position(|known| *known == stack);
            Some(if place(two) < place(one) { two } else { one })
        }
        (one, two) => one.or(two),
    };
    match by_answers {
        // It answers for itself there: nothing is behind it.
        None | Some(Stack::Cloudflare) => {
            let host = all.last().and_then(|(exchange, _)| exchange.request.url.host_str());
            host.and_then(Stack::recognize_host).or(by_answers)
        }
        named => named,
    }
}

/// Weighs the case.
fn find(inquest: &Inquest<'_>) -> Finding {
    if let Some(finding) = stopped::stopped(inquest) {
        return finding;
    }
    match &inquest.verdict.outcome {
        Outcome::Allowed(readable) => allowed(inquest, readable),
        Outcome::Blocked(blocked) => blocked_call(inquest, blocked),
    }
}

fn blocked_call(inquest: &Inquest<'_>, blocked: &Blocked) -> Finding {
    let failure = &blocked.failure;
    let id = failure.id.as_str();
    if let Some(finding) = unanswered::unanswered(inquest) {
        return finding;
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
        _ if id.starts_with("redirect-") => redirected(inquest, failure),
        _ => match inquest.last() {
            Some((at, exchange)) => match exchange.response() {
                Some(response) => answered(inquest, blocked, at, exchange, response),
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

/// A response came, and a rule failed on it.
fn answered(
    inquest: &Inquest<'_>,
    blocked: &Blocked,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let failure = &blocked.failure;
    let after_redirect = inquest.verdict.redirected;
    if exchange.is_preflight() && matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return preflight_redirect(inquest, at, exchange, response);
    }
    // An older answer is no word of the server's; where the origin is at issue, its own rule asks.
    if exchange.is_preflight()
        && !matches!(failure.id, FailureId::PreflightAcaoMissing | FailureId::PreflightAcaoMismatch)
        && let Some(finding) = cached(inquest, failure, at, exchange, response)
    {
        return finding;
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
        FailureId::AcaoMissing | FailureId::PreflightAcaoMissing
            if after_redirect && has_left_the_api(inquest, exchange) =>
        {
            redirected_into_silence(failure, at, exchange)
        }
        FailureId::AcaoMissing | FailureId::PreflightAcaoMissing => missing(inquest, failure, at, exchange, response),
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
        | FailureId::AcaoNullMismatch => mismatch(inquest, failure, at, exchange, response),
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
            .beside(at, "origin", Vec::new(), "with credentials, only this counts")
            .shown_by(at, header(ALLOW_ORIGIN), "`*` never counts with credentials")
        }
        FailureId::AcacNotTrue | FailureId::PreflightAcacNotTrue => {
            let name = ALLOW_CREDENTIALS;
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
        FailureId::PreflightStatusNotOk => preflight_status(inquest, blocked, at, exchange, response),
        FailureId::PreflightMethodNotAllowed | FailureId::PreflightHeaderNotAllowed
            if is_automatic_options(response) && !asks_for_a_response_header(failure) =>
        {
            automatic_options(at, response)
        }
        FailureId::PreflightMethodNotAllowed => method(failure, at, exchange, response),
        FailureId::PreflightHeaderNotAllowed | FailureId::PreflightAuthorizationOnlyWildcard => {
            request_header(failure, at, exchange, response)
        }
        FailureId::PreflightAcamUnparsable => malformed(failure, at, response, "access-control-allow-methods"),
        FailureId::PreflightAcahUnparsable => malformed(failure, at, response, "access-control-allow-headers"),
        _ => page_side(failure),
    }
}
