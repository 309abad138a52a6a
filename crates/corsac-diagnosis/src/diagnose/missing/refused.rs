//! A server with a list of origins leaves the header out for those that are not on it.
//!
//! Which origin it allows instead is asked for, under the few names that people mix up.

use corsac::Origin;
use corsac_browser::{Failure, WireResponse};

use super::super::facts::{ALLOW_ORIGIN, is_nginx, names_origin_in_vary, other_cors_headers};
use super::super::finding::{Finding, header};
use super::super::inquest::Inquest;
use super::super::says::says;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::difference::{self, Difference};
use crate::exchange::Exchange;
use crate::question::Question;
use crate::stack::Stack;

/// A server that leaves the header out because the origin is not on its list gives itself away.
pub(super) fn refused(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    exchange: &Exchange,
    response: &WireResponse,
) -> Option<Finding> {
    // Whoever allowed the preflight has this origin on the list.
    if !exchange.is_preflight() && inquest.passed_a_preflight() {
        return None;
    }
    let shown = signs_of_a_list(response)?;
    // Starlette keeps silent to a call, and says it to a preflight.
    let may_say_it = !exchange.is_preflight() && Stack::recognize(&response.headers) == Some(Stack::FastApi);
    let heard = may_say_it.then(|| inquest.response(&Question::Preflight)).flatten();
    let saying = heard.and_then(|heard| {
        let saying = says(heard.response, &heard.exchange.body_text())?;
        (saying.cause == Cause::OriginNotAllowed).then_some((heard.index, saying.words))
    });
    let finding = not_on_the_list(inquest, failure, at, shown, saying.is_some());
    Some(match saying {
        Some((answer, words)) => {
            finding.learned_from(answer, format!("asked for permission, the server says `{words}`"))
        }
        None => finding,
    })
}

/// What in a response without `Access-Control-Allow-Origin` shows that others would have been given one.
pub(super) fn signs_of_a_list(response: &WireResponse) -> Option<(Part, String)> {
    if names_origin_in_vary(response) && response.status < 500 {
        let shows = "the answer depends on the origin, and for this one the header is left out";
        return Some((header("vary"), shows.to_owned()));
    }
    let others = other_cors_headers(response);
    let other = others.first().filter(|_| !is_nginx(&response.headers))?;
    Some((header(other), "the server speaks CORS, but not for this origin".to_owned()))
}

/// The origin is not on the server's list, which shows in what `shown` names.
pub(super) fn not_on_the_list(
    inquest: &Inquest<'_>,
    failure: &Failure,
    at: usize,
    shown: (Part, String),
    is_certain: bool,
) -> Finding {
    let origin = failure.origin_sent().unwrap_or("null");
    if origin == "null" && failure.page_origin() == "null" {
        return Finding::graded(
            is_certain,
            Cause::NullOrigin,
            "The page has no origin of its own, so the browser sends `Origin: null`.",
            "Serve the page over http://localhost, and allow that origin; never allow `null`.",
        )
        .shown_by(at, shown.0, shown.1);
    }
    let learned = match listed_instead(inquest, origin) {
        Ok(finding) => return finding.shown_by(at, shown.0, shown.1),
        Err(learned) => learned,
    };
    let finding = Finding::graded(
        is_certain,
        Cause::OriginNotAllowed,
        format!("The server allows some origins, but not {origin}."),
        format!("Add {origin} to the server's list, exactly so: scheme, host and port, no slash."),
    )
    .shown_by(at, shown.0, shown.1);
    with(finding, learned)
}

/// What follows from the origin that the server has on its list instead of this one, or else what was learned on the
/// way: which answer, and what it shows.
pub(super) fn listed_instead(inquest: &Inquest<'_>, origin: &str) -> Result<Finding, Vec<(usize, String)>> {
    let mut learned = Vec::new();
    for other in mixed_up_with(origin) {
        let Some(heard) = inquest.response(&Question::AsAnotherOrigin(other.clone())) else { continue };
        if heard.response.headers.get_text(ALLOW_ORIGIN).as_deref() == Some(&other) {
            let shows = format!("{other} is allowed: the server answers with that very origin");
            return Ok(with(allowed_instead(&other, origin), learned).learned_from(heard.index, shows));
        }
        learned.push((heard.index, format!("{other} is not allowed either")));
    }
    Err(learned)
}

pub(super) fn with(finding: Finding, learned: Vec<(usize, String)>) -> Finding {
    learned.into_iter().fold(finding, |finding, (answer, shows)| finding.learned_from(answer, shows))
}

/// The server has another origin on its list, and not this one.
fn allowed_instead(other: &str, origin: &str) -> Finding {
    match difference::compare(other, origin) {
        Difference::Spelling(how) => Finding::observed(
            Cause::OriginMisspelled,
            format!(
                "The server's list has `{other}`, and the page is {origin}: {how}. Browsers never send it so, and the \
                 server compares byte for byte."
            ),
            format!("Write {origin} in the server's list, exactly so."),
        ),
        Difference::Another(how) => Finding::observed(
            Cause::OriginNotAllowed,
            format!("The server allows {other}, and the page is {origin}: {how}."),
            format!("Add {origin} to the server's list, beside {other}."),
        ),
        Difference::NoOrigin(how) => Finding::observed(
            Cause::OriginMisspelled,
            format!("The server's list has `{other}`: {how}."),
            format!("Write {origin} in the server's list, exactly so."),
        ),
    }
}

/// What people write in a list when they mean this origin, the likeliest first.
fn mixed_up_with(origin: &str) -> Vec<String> {
    let Ok(Origin::Tuple(tuple)) = origin.parse::<Origin>() else { return Vec::new() };
    let (scheme, host) = (tuple.scheme(), tuple.host());
    let port = tuple.port().map_or_else(String::new, |port| format!(":{port}"));
    let mut others = vec![format!("{origin}/")];
    if tuple.is_loopback() {
        let other_name = if host == "localhost" { "127.0.0.1" } else { "localhost" };
        let other_port = if tuple.port() == Some(3000) { 5173 } else { 3000 };
        others.push(format!("{scheme}://{host}:{other_port}"));
        others.push(format!("{scheme}://{other_name}{port}"));
    } else {
        others.push(match host.strip_prefix("www.") {
            Some(bare) => format!("{scheme}://{bare}{port}"),
            None => format!("{scheme}://www.{host}{port}"),
        });
        let other_scheme = if scheme == "https" { "http" } else { "https" };
        others.push(format!("{other_scheme}://{host}{port}"));
    }
    others
}
