//! No `Access-Control-Allow-Origin`: the commonest failure, and the one with the most causes.
//!
//! What the server says itself comes first, then who answered in its place, then what the rest of the exchange shows.

mod answer;
mod preflight;
mod refused;
mod shielded;

use corsac_browser::{Failure, WireResponse};

use super::cached::cached;
use super::facts::{ALLOW_ORIGIN, misspelled_allow_origin};
use super::finding::{Finding, header};
use super::inquest::Inquest;
use super::says::{Saying, says};
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::Exchange;

pub(super) use preflight::automatic_options;

/// What follows from a missing `Access-Control-Allow-Origin`.
pub(super) fn missing(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Finding {
    if let Some(line) = exchange.broken_cors_line() {
        let story = format!(
            "The response has the line `{line}`, which is no header: browsers pass over it without a word."
        );
        return Finding::observed(
            Cause::MalformedCorsHeader,
            story,
            "Write it as `Access-Control-Allow-Origin: https://app.example`, with a colon behind the name.",
        )
        .shown_by(at, Part::IgnoredLine(line), "meant to be the header, and is none");
    }
    if let Some(name) = misspelled_allow_origin(response) {
        return Finding::observed(
            Cause::MalformedCorsHeader,
            format!(
                "The response has a header `{name}`, which no browser knows: the name is {ALLOW_ORIGIN}."
            ),
            "Write the name as `Access-Control-Allow-Origin`, letter for letter.",
        )
        .shown_by(at, header(&name), "meant to be access-control-allow-origin");
    }
    if let Some(saying) = says(response, &exchange.body_text()) {
        return said(inquest, failure, at, exchange, saying);
    }
    shielded::shielded(inquest, at, exchange, response)
        .or_else(|| cached(inquest, failure, at, exchange, response))
        .or_else(|| refused::refused(inquest, failure, at, exchange, response))
        .unwrap_or_else(|| {
            if exchange.is_preflight() {
                preflight::on_preflight(inquest, failure, at, exchange, response)
            } else {
                answer::on_answer(inquest, failure, at, response)
            }
        })
}

/// The server names the cause itself.
fn said(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    saying: &Saying,
) -> Finding {
    if saying.cause == Cause::OriginNotAllowed {
        let words = saying.words;
        let shown = (Part::Body, format!("the server says so itself: `{words}`"));
        return refused::not_on_the_list(inquest, failure, at, shown, saying.is_certain);
    }
    let asked = |name: &str| exchange.request.headers.get_text(name).unwrap_or_default();
    let methods = format!("Add {} to the server's list of methods.", asked("access-control-request-method"));
    let headers = format!(
        "Let the server's list of request headers have all that the page sends: {}.",
        asked("access-control-request-headers")
    );
    let remedy = match saying.cause {
        Cause::MethodNotAllowed => &methods,
        Cause::HeaderNotAllowed => &headers,
        Cause::OptionsNotHandled => {
            "Let OPTIONS through to what answers it: a method of the resource, or an allowed method of the distribution."
        }
        Cause::CdnIgnoresOrigin => {
            "Let the CDN pass on Origin, Access-Control-Request-Method and Access-Control-Request-Headers, and keep them \
             in its cache key; then purge."
        }
        _ => "Give the bucket a CORS rule for this origin and method.",
    };
    Finding::graded(saying.is_certain, saying.cause, saying.means, remedy).shown_by(
        at,
        Part::Body,
        format!("the server says so itself: `{}`", saying.words),
    )
}

/// Not a word about CORS: of a server that knows none, or of one that keeps silent to whoever is not on its list.
fn no_cors_at_all(inquest: &Inquest<'_>, origin: &str, at: usize, story: String) -> Finding {
    match refused::listed_instead(inquest, origin) {
        Ok(finding) => finding.shown_by(at, absent(), "left out for this origin"),
        Err(learned) => {
            let remedy = "Let the server allow this origin. (It works in Postman and curl because only browsers check.)";
            let finding = Finding::observed(Cause::NoCorsHeaders, story, remedy);
            refused::with(finding.shown_by(at, absent(), "missing"), learned)
        }
    }
}

fn absent() -> Part {
    Part::NoHeader(ALLOW_ORIGIN.into())
}
