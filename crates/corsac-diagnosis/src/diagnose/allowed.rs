//! CORS passes, and the page is not happy all the same: what it reads stays hidden, or its cookie stayed behind.
//!
//! Nothing here is a failure of the protocol; no browser prints a word about most of it.

use corsac::Origin;
use corsac_browser::{CredentialsMode, FailureId, Readable, ResponseType, Tainting};

use super::facts::{allows, in_words};
use super::finding::{Finding, header};
use super::inquest::Inquest;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::{Case, Exchange};
use crate::question::Question;

const EXPOSE: &str = "access-control-expose-headers";

pub(super) fn allowed(inquest: &Inquest<'_>, readable: &Readable) -> Finding {
    let is_opaque = matches!(readable.response_type, ResponseType::Opaque | ResponseType::OpaqueRedirect);
    if !is_opaque && let Some(finding) = cookie_kept_back(inquest) {
        return finding;
    }
    match readable.response_type {
        ResponseType::Basic if inquest.verdict.tainting == Tainting::Basic => Finding::observed(
            Cause::NotCors,
            "The page and the URL have the same origin, so CORS plays no part.",
            "If the call still misbehaves, look at the response itself, or at the page's Content-Security-Policy.",
        ),
        ResponseType::Opaque => Finding::observed(
            Cause::NoCorsMode,
            "The call asks with mode `no-cors`, so the browser sends it and hides the answer: status 0, no body.",
            "Remove `mode: 'no-cors'`, and let the server allow the origin.",
        ),
        _ => not_exposed(inquest, readable)
            .or_else(|| cookie_unfit(inquest))
            .unwrap_or_else(|| Finding::plain("")),
    }
}

/// A header that the page reads came, and stays hidden; or did not come at all.
fn not_exposed(inquest: &Inquest<'_>, readable: &Readable) -> Option<Finding> {
    let (at, last) = inquest.last()?;
    let response = last.response()?;
    let is_hidden = |name: &&String| readable.why_hidden(name) == Some(FailureId::ResponseHeaderNotExposed);
    let hidden: Vec<&str> = inquest.told.reads.iter().filter(is_hidden).map(String::as_str).collect();
    if hidden.is_empty() {
        let absent = inquest.told.reads.iter().find(|name| !response.headers.contains(name))?;
        return Some(
            Finding::plain(format!(
                "Let the server send {absent}: it did not come, so there is nothing to expose. It is not CORS that hides it."
            ))
            .shown_by(at, Part::NoHeader(absent.to_ascii_lowercase()), "the header that the page reads"),
        );
    }
    let names = hidden.join(", ");
    let with_credentials = inquest.call.credentials == CredentialsMode::Include;
    let (part, why) = match response.headers.get_text(EXPOSE) {
        Some(list) if with_credentials && list.split(',').any(|one| one.trim() == "*") => {
            (header(EXPOSE), "exposes `*`, and with credentials that is only a header named `*`".to_owned())
        }
        Some(list) => (header(EXPOSE), format!("exposes {list} alone")),
        None => (Part::NoHeader(EXPOSE.into()), "exposes nothing".to_owned()),
    };
    Some(
        Finding::observed(
            Cause::HeaderNotExposed,
            format!("{names} came, but the server {why}, so the page's script reads null."),
            format!(
                "Add {names} to Access-Control-Expose-Headers, on the answer itself and not on the preflight."
            ),
        )
        .shown_by(at, part, format!("{names} is not listed")),
    )
}

/// Whether an answer asks who calls. One that names a scheme wants a token, not a cookie.
fn asks_who_calls(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| {
        matches!(response.status, 401 | 403) && !response.headers.contains("www-authenticate")
    })
}

/// The browser holds a cookie, and the call's credentials mode kept it back.
fn cookie_kept_back(inquest: &Inquest<'_>) -> Option<Finding> {
    let (at, last) = inquest.last()?;
    let cookies = inquest.call.cookies.as_ref()?;
    if last.request.headers.contains("Cookie") || !asks_who_calls(last) {
        return None;
    }
    let status = last.response()?.status;
    let heard = inquest.response(&Question::WithCookies);
    // A 403 has many reasons; whether it is this one, only the answer tells.
    let helps = heard.as_ref().map_or(status == 401, |heard| heard.response.status < 400);
    if !helps {
        return None;
    }
    let mode = inquest.call.credentials;
    let names: Vec<&str> =
        cookies.split(';').map(|pair| pair.split('=').next().unwrap_or_default().trim()).collect();
    let same_origin = inquest.page.origin.is_same_origin(&Origin::of_url(&last.request.url));
    let origin = inquest.page.origin.to_string();
    let remedy = if same_origin {
        "Leave `credentials: 'omit'` out of the call."
    } else if last.response().is_some_and(|response| allows(response, &origin, true)) {
        "Call with `credentials: 'include'` (withCredentials); the server allows that already."
    } else {
        "Call with `credentials: 'include'` (withCredentials); the server must then answer with the page's own origin \
         instead of `*`, and with Access-Control-Allow-Credentials: true."
    };
    let finding = Finding::graded(
        heard.is_some(),
        Cause::CookieNotSent,
        format!(
            "CORS is fine; the {status} is about who calls. The call says `credentials: '{mode}'`, so the browser kept \
             the cookie {} back.",
            names.join(", ")
        ),
        remedy,
    )
    .shown_by(at, Part::Status, "asks who calls, and no cookie came along");
    Some(match heard {
        Some(heard) => {
            finding.learned_from(heard.index, format!("with the cookie: {}", in_words(heard.response)))
        }
        None => finding,
    })
}

/// The call has credentials, and the cookie that the server sets is one that browsers keep from other sites.
fn cookie_unfit(inquest: &Inquest<'_>) -> Option<Finding> {
    let (at, last) = inquest.last()?;
    if !asks_who_calls(last) || last.request.headers.contains("Cookie") {
        return None;
    }
    let (name, why) = unfit_cookie(inquest, last)?;
    let status = last.response()?.status;
    Some(
        Finding::inferred(
            Cause::CookieNotSent,
            format!(
                "CORS is fine; the {status} is about who calls. The server sets the cookie {name} {why}, so no browser \
                 sends it with a call from another site."
            ),
            "Set the cookie with SameSite=None; Secure, over https; better, serve page and API from one site, since \
             browsers block third-party cookies more and more.",
        )
        .shown_by(at, Part::Status, "asks who calls, and no cookie came along")
        .shown_by(at, header("set-cookie"), "kept from calls of other sites"),
    )
}

/// A cookie of an answer that calls from the page's site will never carry, and why.
pub(super) fn unfit_cookie(case: &Case<'_>, exchange: &Exchange) -> Option<(String, &'static str)> {
    let target = Origin::of_url(&exchange.request.url);
    if case.call.credentials != CredentialsMode::Include || case.page.origin.is_same_site(&target) {
        return None;
    }
    let is_secure = target.as_tuple().is_some_and(|tuple| tuple.scheme() == "https" || tuple.is_loopback());
    exchange.response()?.headers.values("set-cookie").find_map(|line| {
        let line = String::from_utf8_lossy(line).into_owned();
        let mut parts = line.split(';');
        let name = parts.next()?.split('=').next()?.trim().to_owned();
        let attributes: Vec<String> = parts.map(|part| part.trim().to_ascii_lowercase()).collect();
        let same_site = attributes.iter().rev().find_map(|part| part.strip_prefix("samesite="));
        let why = match same_site {
            Some("none") if !attributes.iter().any(|part| part == "secure") => {
                "with SameSite=None, but without Secure"
            }
            Some("none") if !is_secure => "with Secure, over plain http",
            Some("none") => return None,
            Some("lax") => "with SameSite=Lax",
            Some("strict") => "with SameSite=Strict",
            _ => "without SameSite, which browsers take for Lax",
        };
        Some((name, why))
    })
}
