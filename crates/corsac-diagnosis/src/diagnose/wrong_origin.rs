//! `Access-Control-Allow-Origin` is there, and is not the origin that was sent: misspelled, another's, or too many.

use corsac_browser::{Failure, WireResponse};

use super::cached::cached;
use super::facts::{ALLOW_ORIGIN, is_for_shared_caches};
use super::finding::{Finding, header};
use super::inquest::Inquest;
use super::spans;
use crate::cause::Cause;
use crate::diagnosis::Span;
use crate::difference::{self, Difference};
use crate::exchange::Exchange;
use crate::question::Question;

/// `Access-Control-Allow-Origin` is there, and is not the origin that was sent.
pub(super) fn mismatch(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    let written = failure.allow_origin().unwrap_or_default();
    let sent = failure.origin_sent().unwrap_or("null");
    let compared = difference::compare(written, sent);
    if matches!(compared, Difference::Another(_))
        && let Some(finding) = cached(inquest, failure, at, exchange, response)
    {
        return finding;
    }
    if written == "null" && sent != "null" {
        return Finding::observed(
            Cause::OriginNotAllowed,
            format!(
                "The server allows `null`, which is what pages without an origin of their own send (files, sandboxed \
                 frames), and the page is {sent}."
            ),
            format!(
                "Put {sent} in its place (a value that is missing in the server's code may have become `null`); never \
                 allow `null`: anybody's sandboxed frame sends it."
            ),
        )
        .beside(at, "origin", Vec::new(), "the page that calls")
        .shown_by(at, header(ALLOW_ORIGIN), "the origin of nobody, and of anybody's sandboxed frame");
    }
    let (here, there) = spans::of_origins(&response.headers, ALLOW_ORIGIN, sent);
    match compared {
        Difference::Spelling(how) => Finding::observed(
            Cause::OriginMisspelled,
            format!("The server means this page, but writes `{written}`: {how}. Browsers compare byte for byte."),
            format!("Write {sent} in the server's list, exactly so."),
        )
        .beside(at, "origin", there, "as browsers write it")
        .shown_in(at, header(ALLOW_ORIGIN), here, how),
        // Unless a cache in front, which keeps silent, has answered for it.
        Difference::Another(how) => Finding::graded(
            !is_for_shared_caches(response) || inquest.answer(&Question::PastTheCache).is_some(),
            Cause::OriginNotAllowed,
            format!("The server allows {written}, and the page is {sent}: {how}."),
            format!("Add {sent} to the server's list, beside {written}; a server with one origin needs a list now."),
        )
        .beside(at, "origin", there, "the page that calls")
        .shown_in(at, header(ALLOW_ORIGIN), here, how),
        Difference::NoOrigin(how) => Finding::observed(
            Cause::MalformedCorsHeader,
            format!("Access-Control-Allow-Origin is `{written}`: {how}."),
            format!("Let the server compare the request's Origin with its list, and answer with {sent} alone."),
        )
        .beside(at, "origin", Vec::new(), "what should stand there")
        .shown_in(at, header(ALLOW_ORIGIN), pattern(&here, written), how),
    }
}

/// The star of a pattern; where there is none, nothing of it is an origin.
fn pattern(parting: &[Span], written: &str) -> Vec<Span> {
    if written.contains('*') { parting.to_vec() } else { Vec::new() }
}

pub(super) fn several(failure: &Failure, at: usize, response: &WireResponse) -> Finding {
    let lines = response.headers.values(ALLOW_ORIGIN).count();
    let joined = failure.allow_origin().unwrap_or_default();
    let mut elements = joined.split([',', ' ']).filter(|element| !element.is_empty());
    let first = elements.next().unwrap_or_default();
    let too_much = if lines > 1 {
        spans::of_further_lines(&response.headers, ALLOW_ORIGIN)
    } else {
        spans::of_further_elements(&response.headers, ALLOW_ORIGIN)
    };
    if lines > 1 || elements.all(|element| element == first) {
        return Finding::observed(
            Cause::DuplicateAllowOrigin,
            format!("Access-Control-Allow-Origin comes more than once (`{joined}`): two layers each add it."),
            "Let one layer answer for CORS, and take it out of the other: the application, or the proxy in front.",
        )
        .beside(at, "origin", Vec::new(), "may be named once")
        .shown_in(at, header(ALLOW_ORIGIN), too_much, "one too many");
    }
    Finding::observed(
        Cause::SeveralOriginsInOne,
        format!("Access-Control-Allow-Origin is the list `{joined}`, and a browser accepts one origin only."),
        "Let the server compare the request's Origin with the list, and answer with that one.",
    )
    .beside(at, "origin", Vec::new(), "only this may stand there")
    .shown_in(at, header(ALLOW_ORIGIN), too_much, "a list, where one origin is allowed")
}
