//! Whether a call had credentials: what shows it, and what follows from how the call ended.
//!
//! A cookie that is not in the file proves nothing: it may have been taken out, or there was none to send.

use corsac::Origin;
use corsac_browser::{CredentialsMode, FailureId, Page, Verdict};

use super::claim::{About, Claim};
use super::entry::Entry;
use super::replay::{Ending, Replay};
use super::webkit::recall;
use super::witness::Witness;
use crate::Confidence;

/// Which of the replays counts, and what is said of the credentials.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Its place among the replays.
    pub(super) at: usize,
    pub(super) claim: Claim,
    /// Whether the verdict would be another one with the other mode.
    pub(super) matters: bool,
    /// What would block the call if it had credentials, where the recording does not tell whether it had.
    pub(super) doubt: Option<FailureId>,
}

/// What shows that the call had credentials, if anything does.
pub(super) fn seen(hops: &[&Entry], page: &Page) -> Option<&'static str> {
    let has_cookie = |entry: &&Entry| {
        entry.headers.contains("cookie") && !page.origin.is_same_origin(&Origin::of_url(&entry.url))
    };
    if hops.iter().any(has_cookie) {
        return Some("it carries a cookie, as calls to other origins do in mode `include` alone");
    }
    let mut said =
        hops.iter().filter_map(|entry| entry.error.as_deref()).filter_map(|error| recall(error, "null"));
    said.any(|recalled| recalled.with_credentials).then_some("the browser says so in its failure")
}

/// Which credentials mode the call had; without it where nothing hangs on that.
pub(super) fn choose(
    played: &[(CredentialsMode, Replay)],
    observed: Option<&'static str>,
    witness: Witness,
    file_has_credentials: bool,
) -> Choice {
    let choice = |at, matters, says: &str, grade, because: &str| Choice {
        at,
        claim: Claim { about: About::Credentials, says: says.to_owned(), grade, because: because.to_owned() },
        matters,
        doubt: None,
    };
    if let Some(because) = observed {
        return choice(0, true, "with credentials", Confidence::Observed, because);
    }
    let indifferent = || {
        let because = if file_has_credentials {
            "it carries no cookie, and there may have been none; nothing hangs on it"
        } else {
            "no request of the file has cookies or tokens; nothing hangs on it"
        };
        choice(0, false, "not told", Confidence::Unknown, because)
    };
    let [(_, without), (_, with)] = played else { return indifferent() };
    let (Ending::Judged(free), Ending::Judged(bound)) = (&without.ending, &with.ending) else {
        return indifferent();
    };
    let id = |verdict: &Verdict| verdict.failure().map(|failure| failure.id);
    // Where it is blocked either way, it is told by what blocks it without credentials.
    if id(free) == id(bound) || !free.is_allowed() {
        return indifferent();
    }
    match witness {
        Witness::Failed => choice(
            1,
            true,
            "with credentials",
            Confidence::Inferred,
            "the headers would do for a call without them, and the browser recorded a failure",
        ),
        Witness::Passed => choice(
            0,
            true,
            "without credentials",
            Confidence::Inferred,
            "the headers would not do for a call with them, and the browser recorded no failure",
        ),
        Witness::Silent if file_has_credentials => choice(
            0,
            true,
            "without credentials",
            Confidence::Inferred,
            "other requests of the file have cookies or tokens, and this one has none",
        ),
        Witness::Silent => {
            let because = "no request of the file has cookies or tokens, as in one that was sanitized";
            Choice { doubt: id(bound), ..choice(0, true, "not told", Confidence::Unknown, because) }
        }
    }
}
