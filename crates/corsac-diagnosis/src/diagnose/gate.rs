//! A gate in front of the preflight: it wants credentials, refuses the origin, or refuses OPTIONS as such.
//!
//! Preflights carry no credentials by design, so a gate that wants them shuts every browser out.

use corsac_browser::{Failure, WireResponse};

use super::facts::{allows, in_words};
use super::finding::Finding;
use super::inquest::Inquest;
use crate::cause::{Cause, Confidence};
use crate::diagnosis::Part;
use crate::question::Question;

const REMEDY: &str = "Let CORS run before authentication, so that OPTIONS with Access-Control-Request-Method is answered first.";

/// The preflight was answered 401, 403 or 407.
pub(super) fn guarded(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    response: &WireResponse,
) -> Finding {
    if response.status == 403 {
        refused(inquest, failure, at)
    } else {
        asked_to_log_in(inquest, at, response)
    }
}

/// Whether the person gave something that a gate could want.
fn has_credentials(inquest: &Inquest<'_>) -> bool {
    let call = inquest.call;
    call.headers.contains("Authorization")
        || (call.credentials == corsac_browser::CredentialsMode::Include && call.cookies.is_some())
}

/// 401 and 407 say it themselves; what stands behind the gate is worth knowing all the same.
fn asked_to_log_in(inquest: &Inquest<'_>, at: usize, response: &WireResponse) -> Finding {
    let status = response.status;
    let heard =
        has_credentials(inquest).then(|| inquest.response(&Question::PreflightWithCredentials)).flatten();
    let finding = Finding::observed(
        Cause::AuthBeforeCors,
        format!(
            "The preflight was answered {status}: it was asked for credentials, and carries none by design."
        ),
        REMEDY,
    )
    .shown_by(at, Part::Status, "preflights never carry cookies or Authorization");
    match heard {
        Some(heard) if inquest.preflight_passes(heard.response) => finding
            .learned_from(heard.index, format!("with credentials it passes: {}", in_words(heard.response))),
        Some(heard) if heard.response.status != status => finding.learned_from(
            heard.index,
            format!(
                "with credentials the gate opens, and behind it CORS is not right yet: {}",
                in_words(heard.response)
            ),
        ),
        Some(heard) => finding.learned_from(
            heard.index,
            format!("the credentials do not open the gate either: {}", in_words(heard.response)),
        ),
        None => finding,
    }
}

/// 403 can be a gate, or the way in which a server refuses an origin.
fn refused(inquest: &Inquest<'_>, failure: &Failure, at: usize) -> Finding {
    let origin = failure.origin_sent().unwrap_or("null");
    let shows = "preflights never carry cookies or Authorization";
    let without = inquest.response(&Question::WithoutOrigin);
    if let Some(heard) = &without
        && heard.response.status != 403
        && heard.response.status < 500
    {
        return Finding::observed(
            Cause::OriginNotAllowed,
            format!(
                "The preflight was answered 403 because of its Origin: without one, the same OPTIONS is answered {}.",
                heard.response.status
            ),
            format!("Add {origin} to the server's list, exactly so: scheme, host and port, no slash."),
        )
        .shown_by(at, Part::Status, "a refusal of this origin")
        .learned_from(heard.index, format!("the origin decides: {} without it", heard.response.status));
    }
    let mut finding = Finding::inferred(
        Cause::AuthBeforeCors,
        "The preflight was answered 403: something refuses it before CORS has its say. Preflights carry no credentials \
         by design.",
        REMEDY,
    )
    .shown_by(at, Part::Status, shows);
    if let Some(heard) = without {
        finding = finding
            .learned_from(heard.index, "403 without Origin as well, so the origin is not what it refuses");
    }
    let with_credentials =
        has_credentials(inquest).then(|| inquest.response(&Question::PreflightWithCredentials)).flatten();
    if let Some(heard) = with_credentials {
        if heard.response.status != 403 {
            let shows = format!("with credentials the gate opens: {}", in_words(heard.response));
            return Finding { confidence: Confidence::Observed, ..finding }.learned_from(heard.index, shows);
        }
        finding = finding.learned_from(heard.index, "403 with credentials as well");
    }
    if let Some(heard) = inquest.response(&Question::PlainGet) {
        if heard.response.status < 400 && !has_credentials(inquest) {
            return refuses_options(at, heard.index, heard.response);
        }
        if allows(heard.response, origin, failure.with_credentials()) {
            return Finding { confidence: Confidence::Observed, ..finding }.learned_from(
                heard.index,
                format!(
                    "CORS is right behind it, and only OPTIONS does not get there: {}",
                    in_words(heard.response)
                ),
            );
        }
        finding =
            finding.learned_from(heard.index, format!("a GET is answered {}", in_words(heard.response)));
    }
    finding
}

/// Nobody is asked who calls: what says 403 does not let `OPTIONS` through as such.
fn refuses_options(at: usize, answer: usize, get: &WireResponse) -> Finding {
    Finding::observed(
        Cause::OptionsNotHandled,
        format!(
            "The preflight was answered 403, and a GET without any credentials {}: what stands in front refuses OPTIONS \
             as such.",
            get.status
        ),
        "Let OPTIONS through (in nginx, `limit_except` names the methods that are), or answer it with 204 before that rule.",
    )
    .shown_by(at, Part::Status, "a refusal of the method")
    .learned_from(answer, format!("a GET needs no credentials: {}", in_words(get)))
}
