//! `Access-Control-Allow-Origin` is there, and is not the origin that was sent: misspelled, another's, or too many.

use corsac_browser::{Failure, WireResponse};

use super::facts::{ALLOW_ORIGIN, is_cached, varies_by_origin};
use super::finding::{Finding, header};
use crate::cause::Cause;
use crate::difference::{self, Difference};

/// `Access-Control-Allow-Origin` is there, and is not the origin that was sent.
pub(super) fn mismatch(failure: &Failure, at: usize, response: &WireResponse) -> Finding {
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

pub(super) fn several(failure: &Failure, at: usize, response: &WireResponse) -> Finding {
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
