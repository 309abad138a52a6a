//! Redirects: where they lead, and what they take from the request.
//!
//! Judges one step; whether the target may be asked at all is classified again from the start.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>

use corsac::Origin;
use url::Url;

use crate::call_error::includes_credentials;
use crate::header_name::normalize_value;
use crate::request::Request;
use crate::{
    Failure, FailureId, Initiator, Mode, Quirk, RedirectMode, Tainting, WireResponse, extract,
    redirect_headers,
};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 20;

/// `#redirect-status`
pub(crate) fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The request as it goes on, or everything that forbids it, in order: `#concept-http-redirect-fetch`.
///
/// Nothing where there is no `Location`: then the response is one like any other.
pub(crate) fn follow(request: &Request, response: &WireResponse) -> Option<Result<Request, Vec<Failure>>> {
    if !has_location(request, response) {
        return None;
    }
    let shown = extract::joined_text(&response.headers, "Location")?;
    let failure = |id| {
        request.failure(id).with(|facts| {
            facts.status = Some(response.status);
            facts.location = Some(shown.clone());
            facts.target = location_url(request, response);
        })
    };
    let Some(location) = location_url(request, response) else {
        return Some(Err(vec![failure(FailureId::RedirectLocationInvalid)]));
    };
    let mut failures = Vec::new();
    // Step 6.
    if !matches!(location.scheme(), "http" | "https") {
        failures.push(failure(FailureId::RedirectSchemeNotHttp));
    }
    // Step 7.
    if request.urls().len() > MAX_REDIRECTS {
        failures.push(failure(FailureId::RedirectTooMany));
    }
    // Steps 9 and 10.
    if refuses_credentials(request, &location) {
        failures.push(failure(FailureId::RedirectUrlCredentials));
    }
    // Step 11.
    if response.status != 303 && request.body.is_some() && request.stream {
        failures.push(failure(FailureId::RedirectStreamBody));
    }
    let is_late = matches!(&failures[..], [failure] if failure.id == FailureId::RedirectUrlCredentials)
        && request.tainting == Tainting::Basic
        && request.has(Quirk::UrlCredentialsAfterPreflight);
    if !failures.is_empty() && !is_late {
        return Some(Err(failures));
    }

    let mut next = request.clone();
    next.late_failures = failures;
    // Step 12.
    let turns_delete = request.method == "DELETE"
        && redirect_headers::leaves(request, &location)
        && request.has(Quirk::DeleteBecomesGet);
    if redirect_headers::becomes_get(response.status, &request.method) || turns_delete {
        next.method = "GET".into();
        next.body = None;
    }
    // Steps 12 and 13.
    next.headers = redirect_headers::sent(request, response.status, &location);
    next.asked_headers = redirect_headers::asked(request, response.status, &location);
    let begins_anew = redirect_headers::begins_anew(request, &location);
    if begins_anew {
        next.original_headers.clone_from(&next.headers);
    }
    if begins_anew || !redirect_headers::drops_body_headers(request, response.status, &location) {
        next.method_kept.clone_from(&next.method);
    }
    next.push_url(location);
    Some(Ok(next))
}

/// Whether user name or password in a URL keep the request from following there.
///
/// Not to another origin, and once other origins had a say not to one's own either:
/// `#concept-http-redirect-fetch`, steps 9 and 10.
fn refuses_credentials(request: &Request, location: &Url) -> bool {
    let is_home = request.page.origin.is_same_origin(&Origin::of_url(location));
    let is_never_followed = request.has(Quirk::UrlCredentialsNeverFollowed)
        && request.initiator == Initiator::Fetch
        && (is_home || request.mode != Mode::SameOrigin);
    let is_refused =
        (request.mode == Mode::Cors && !is_home) || request.tainting == Tainting::Cors || is_never_followed;
    includes_credentials(location) && is_refused
}

/// Whether the response says where it leads, right or wrong.
pub(crate) fn has_location(request: &Request, response: &WireResponse) -> bool {
    let location = extract::joined(&response.headers, "Location");
    location.is_some_and(|value| !value.is_empty() || !request.has(Quirk::EmptyLocationIsNone))
}

/// Whether the response contradicts itself about where it leads, so that the browser throws it away.
pub(crate) fn is_contradictory(request: &Request, response: &WireResponse) -> bool {
    let mut lines = response.headers.values("Location").map(normalize_value);
    let first = lines.next();
    request.has(Quirk::ConflictingLocations) && lines.any(|line| Some(line) != first)
}

/// What makes a redirect fail that nobody follows: with the standard, nothing.
pub(crate) fn unfollowed(request: &Request, response: &WireResponse) -> Option<Failure> {
    if !has_location(request, response) {
        return None;
    }
    let target = location_url(request, response);
    let id = match &target {
        None if request.has(Quirk::BadLocationAlwaysFails) => FailureId::RedirectLocationInvalid,
        Some(url) if url.scheme() == "ftp" && request.has(Quirk::ManualNotToFtp) => {
            FailureId::RedirectSchemeNotHttp
        }
        Some(url)
            if request.redirect == RedirectMode::Error
                && request.has(Quirk::ErrorModeMindsCredentials)
                && refuses_credentials(request, url) =>
        {
            FailureId::RedirectUrlCredentials
        }
        _ => return None,
    };
    Some(request.failure(id).with(|facts| {
        facts.status = Some(response.status);
        facts.location = extract::joined_text(&response.headers, "Location");
        facts.target = target;
    }))
}

/// Where a redirect leads; nothing where that cannot be told: `#concept-response-location-url`.
pub(crate) fn location_url(request: &Request, response: &WireResponse) -> Option<Url> {
    let base = request.url();
    let lines: Vec<_> = response.headers.values("Location").map(normalize_value).collect();
    let line = match lines[..] {
        [line] => line.to_vec(),
        [first, ..] if request.has(Quirk::SameLocationTwice) && lines.iter().all(|line| *line == first) => {
            first.to_vec()
        }
        [..] if request.has(Quirk::LocationLinesJoined) => lines.join(&b", "[..]),
        // A header that may stand once only: `#extract-header-list-values`, step 2.
        _ => return None,
    };
    if line.is_empty() && request.has(Quirk::EmptyLocationIsInvalid) {
        return None;
    }
    let mut location = base.join(&String::from_utf8_lossy(&line)).ok()?;
    if location.fragment().is_none() {
        location.set_fragment(base.fragment());
    }
    Some(location)
}
