//! A cache answered: whose copy it gave out, and what the server behind it says.
//!
//! Whether it was the cache is settled by asking past it. Many caches do not say that they answered (nginx's does only where
//! it is told to): where shared caches were asked to keep the answer, they are asked past as well, and blamed only where that
//! shows it.
//!
//! A preflight has two memories, and only one can be to blame for a call that fails. Browsers remember what was allowed
//! and never a refusal, so what they remember lets calls pass that the server refuses by now; that is told as a note. A
//! cache in front of the server can give out an older refusal, and that is `stale-preflight`.

use corsac_browser::{Failure, FailureId, RequestKind, WireResponse};

use super::facts::{ALLOW_ORIGIN, allows, cached_by, in_words, is_for_shared_caches, varies_by_origin};
use super::finding::{Finding, header};
use super::inquest::Inquest;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::Exchange;
use crate::question::Question;
use crate::stack::is_cdn;

/// Whether a failure is about whose origin the answer names, and so can come from a copy made for somebody else.
fn is_about_the_origin(id: FailureId) -> bool {
    matches!(
        id,
        FailureId::AcaoMissing
            | FailureId::AcaoMismatch
            | FailureId::PreflightAcaoMissing
            | FailureId::PreflightAcaoMismatch
    )
}

/// What a cache did, where it was one that answered.
pub(super) fn cached(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Option<Finding> {
    let is_preflight = exchange.request.kind == RequestKind::Preflight;
    let mark = cached_by(response);
    if mark.is_none() && (is_preflight || !is_for_shared_caches(response)) {
        return None;
    }
    let origin = failure.origin_sent()?;
    // Some servers take no query they do not know, and signed addresses take none at all.
    let past = inquest
        .response(&Question::PastTheCache)
        .filter(|heard| heard.response.status < 400 || response.status >= 400);
    let is_right_behind = past.as_ref().map(|heard| {
        if is_preflight {
            inquest.preflight_passes(heard.response)
        } else {
            allows(heard.response, origin, failure.with_credentials())
        }
    });
    if is_right_behind == Some(false) {
        return None;
    }
    let certain = is_right_behind == Some(true);
    if mark.is_none() && !certain {
        return None;
    }
    let (mark, marks) = match mark {
        Some(mark) => (mark, "an answer from a cache"),
        None => ("cache-control", "lets caches in front keep the answer, for whoever asks next"),
    };
    let copy = match failure.allow_origin() {
        Some(other) => format!("the copy made for {other}"),
        None => "a copy made for a request without Origin".to_owned(),
    };
    let finding = if !is_about_the_origin(failure.id) {
        // Without an answer from behind the cache, what it says counts.
        if !is_preflight || !certain {
            return None;
        }
        Finding::observed(
            Cause::StalePreflight,
            format!(
                "A cache in front of the server answered the preflight with an older answer ({failure}); asked past the \
                 cache, the server allows the call."
            ),
            "Purge the cache, and keep answers to OPTIONS out of it: Cache-Control: no-store, or a rule for the method.",
        )
        .shown_by(at, header(mark), marks)
    } else if varies_by_origin(response) {
        // A refusal by a server with a list looks just so, unless somebody else's origin stands there.
        if !certain && failure.allow_origin().is_none() {
            return None;
        }
        let cdn = is_cdn(&response.headers).unwrap_or("The cache in front");
        Finding::graded(
            certain,
            Cause::CdnIgnoresOrigin,
            format!("The server says Vary: Origin, and {cdn} gave out {copy} all the same: it does not tell origins apart."),
            "Put Origin (with Access-Control-Request-Method and -Headers) into the CDN's cache key and let it pass them on; \
             then purge. Where the CDN cannot, let the server send one answer that is right for everybody.",
        )
        .shown_by(at, header("vary"), "says that the answer depends on the origin")
        .shown_by(at, header(mark), marks)
    } else {
        let finding = Finding::graded(
            certain,
            Cause::CachedWithoutVary,
            format!(
                "A cache answered with {copy}: the server did not tell it that the answer depends on Origin."
            ),
            "Send Vary: Origin on every answer, with and without Origin; then purge the cache.",
        );
        let finding = match failure.allow_origin() {
            Some(other) => finding.beside(at, "origin", Vec::new(), "the page that calls").shown_by(
                at,
                header(ALLOW_ORIGIN),
                format!("made for {other}"),
            ),
            None => finding,
        };
        let vary =
            if response.headers.contains("vary") { header("vary") } else { Part::NoHeader("vary".into()) };
        finding.shown_by(at, header(mark), marks).shown_by(
            at,
            vary,
            "does not say that the answer depends on Origin",
        )
    };
    Some(match past {
        Some(heard) => finding.learned_from(
            heard.index,
            format!("the server itself allows this origin: {}", in_words(heard.response)),
        ),
        None => finding,
    })
}
