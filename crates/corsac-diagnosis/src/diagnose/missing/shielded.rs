//! A firewall, a bot filter or a rate limit answered in the server's place.

use corsac_browser::WireResponse;

use super::super::finding::{Finding, header};
use super::super::inquest::Inquest;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::Exchange;
use crate::question::Question;
use crate::stack::{shield, speaks_for_the_application};

pub(super) fn shielded(
    inquest: &Inquest<'_>,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Option<Finding> {
    let shield = shield(response, &exchange.body_text())?;
    let status = response.status;
    let what = if exchange.is_preflight() { "preflight" } else { "call" };
    // Whoever limits or challenges is not asked again without need.
    let heard = (!shield.is_certain && status != 429)
        .then(|| {
            inquest.response(&if exchange.is_preflight() {
                Question::PlainGet
            } else {
                Question::WithoutOrigin
            })
        })
        .flatten();
    if let Some(heard) = &heard
        && !exchange.is_preflight()
        && heard.response.status < 400
    {
        // It refuses the origin alone: that is a list, wherever it is kept.
        return None;
    }
    let story = if shield.is_certain {
        format!("{} answered the {what} with {status}; the API itself never saw it.", capital(shield.name))
    } else {
        format!(
            "{} answered the {what} with {status}; the API itself probably never saw it.",
            capital(shield.name)
        )
    };
    let remedy = if exchange.is_preflight() {
        "Let OPTIONS with Access-Control-Request-Method through, put the CORS headers on block pages too, and look at the \
         firewall's log for this call."
    } else {
        "Let the call through (the firewall's log says which rule it broke), and put the CORS headers on block pages too; a \
         script cannot solve a challenge that is meant for people."
    };
    let reaches = heard.as_ref().is_some_and(|heard| {
        exchange.is_preflight()
            && heard.response.status != status
            && speaks_for_the_application(heard.response, &heard.exchange.body_text())
    });
    let finding = Finding::graded(shield.is_certain || reaches, Cause::BlockedByWaf, story, remedy).shown_by(
        at,
        Part::Status,
        format!("{status} from a shield in front of the API"),
    );
    let finding = match shield.header.filter(|name| response.headers.contains(name)) {
        Some(name) => finding.shown_by(at, header(name), "who answered"),
        None if shield.is_certain => finding.shown_by(at, Part::Body, format!("the body is {}", shield.name)),
        None => finding,
    };
    Some(match heard {
        Some(heard) if reaches => finding.learned_from(
            heard.index,
            format!("a GET gets through to the API ({}): the shield stops OPTIONS", heard.response.status),
        ),
        Some(heard) if heard.response.status == status => {
            finding.learned_from(heard.index, format!("{status} as well: CORS has no part in it"))
        }
        Some(heard) => finding.learned_from(heard.index, format!("answered {}", heard.response.status)),
        None => finding,
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
