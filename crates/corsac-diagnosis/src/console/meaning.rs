//! What the lines about one call mean together: the failures they leave open, and what is told of them.
//!
//! Which lines these are, is known already; which identifier a step has where, is in `place`.

use super::causes::causes;
use super::command::settles;
use super::form::Means;
use super::group::Group;
use super::message::{Message, Slot, Source, Values};
use super::place::{Place, failures_at, network_failures};
use super::settles::Settles;
use corsac_browser::FailureId as Id;

const NO_CORS_HINT: &str = "The browser's hint about mode no-cors does not help: a script can read nothing of such a \
     response.";
pub(super) const EXTENSION: &str = "Something in the browser blocked it: an ad blocker, another extension, or the request blocking \
     of DevTools.";
const CANCELLED: &str = "The call was cancelled: by the script, or because the page was left.";

/// The messages of calls, those that say the same as one.
pub(super) fn messages(groups: &[Group], text: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for group in groups {
        let message = message(group, text);
        let is_same = |known: &&mut Message| {
            known.source == message.source
                && known.failures == message.failures
                && known.values == message.values
                && known.causes == message.causes
        };
        match messages.iter_mut().find(is_same) {
            Some(known) => known.count += message.count,
            None => messages.push(message),
        }
    }
    messages
}

/// The message of a call.
fn message(group: &Group, text: &str) -> Message {
    let values = shown(&group.values);
    let failures = failures(group, &values);
    let causes = match group.means {
        Means::Once(cause) => vec![cause],
        _ => causes(&failures, &values),
    };
    let lines: Vec<&str> = group.spans.iter().map(|(start, end)| text[*start..*end].trim()).collect();
    let said = match (group.means, values.get(Slot::Error)) {
        (Means::NothingBut(said) | Means::NoFailure(said), _) => Some(said),
        (_, Some("ERR_BLOCKED_BY_CLIENT")) => Some(EXTENSION),
        (_, Some("ERR_ABORTED")) => Some(CANCELLED),
        _ => None,
    };
    let mut notes: Vec<String> = Vec::new();
    if group.has_no_cors_hint {
        notes.push(NO_CORS_HINT.to_owned());
    }
    if let Means::Once(_) = group.means {
        notes.push("Browsers of today follow such a redirect, and check where it leads.".to_owned());
    }
    Message {
        source: group.source,
        text: lines.join("\n"),
        older: group.older,
        settles: said.map_or_else(|| settles(group.source, &failures, &values), Settles::Look),
        failures,
        values,
        causes,
        fails: !matches!(group.means, Means::NoFailure(_)),
        count: 1,
        notes,
    }
}

/// The values without those that say the same twice.
fn shown(values: &Values) -> Values {
    let mut shown = Values::default();
    for (slot, value) in values.iter() {
        let is_said = slot == Slot::FirstUrl && values.get(Slot::Url) == Some(value);
        if !is_said {
            shown.set(slot, value);
        }
    }
    shown
}

fn failures(group: &Group, values: &Values) -> Vec<Id> {
    match group.means {
        Means::Check(checks) => {
            let mut failures: Vec<Id> = Vec::new();
            for place in places(group) {
                for check in checks {
                    for failure in failures_at(place, *check, values) {
                        if !failures.contains(&failure) {
                            failures.push(failure);
                        }
                    }
                }
            }
            // Firefox looks for the header in an answer that never came.
            if group.source == Source::Firefox && failures.contains(&Id::AcaoMultipleLines) {
                failures.push(Id::NetworkFailure);
            }
            failures
        }
        Means::Failures(ids) => {
            // Chromium's line begins with both URLs, where there was a redirect.
            let is_whole = group.source == Source::Chromium && values.get(Slot::Origin).is_some();
            let other = match values.get(Slot::FirstUrl) {
                Some(_) => Id::SchemeNotHttp,
                None => Id::RedirectSchemeNotHttp,
            };
            let is_either = ids.contains(&Id::SchemeNotHttp) && ids.contains(&Id::RedirectSchemeNotHttp);
            ids.iter().copied().filter(|id| !(is_whole && is_either && *id == other)).collect()
        }
        Means::DidNotSucceed => {
            let mut failures = vec![Id::NetworkFailure, Id::PreflightNetworkFailure];
            if group.did_not_succeed > 0 {
                failures.reverse();
            }
            failures.extend([
                Id::PreflightRedirect,
                Id::RedirectUrlCredentials,
                Id::RedirectSchemeNotHttp,
                Id::RedirectLocationInvalid,
                Id::RedirectTooMany,
                Id::BadPort,
            ]);
            failures
        }
        Means::Beside(ids) => ids.to_vec(),
        Means::Nothing => network_failures(values.get(Slot::Error).unwrap_or("ERR_FAILED")).to_vec(),
        Means::NothingBut(_) | Means::NoFailure(_) | Means::Once(_) | Means::Status | Means::NotOurs => {
            Vec::new()
        }
    }
}

/// Where the step can have failed, the likeliest first.
fn places(group: &Group) -> Vec<Place> {
    use Place::{Hop, Preflight, Response};
    if group.is_hop {
        return vec![Hop];
    }
    if group.is_preflight {
        return vec![Preflight];
    }
    match group.source {
        Source::Chromium => vec![Response, Hop],
        // The line that says so may be about another call of the same URL.
        Source::Firefox if group.did_not_succeed > 0 => vec![Preflight, Hop, Response],
        Source::Firefox => vec![Response, Preflight, Hop],
        // It looks at the preflight's status before anything else.
        _ => match group.values.status() {
            Some(204) => vec![Preflight, Response],
            Some(200..=299) => vec![Response, Preflight],
            Some(300..=399) => vec![Response, Hop],
            Some(_) => vec![Response],
            None => vec![Response, Preflight],
        },
    }
}
