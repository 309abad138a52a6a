//! Calls of which the recording does not tell how they ended, and those that something else than CORS stopped.

use corsac_browser::WireRequest;

use super::claim::About;
use super::entry::Entry;
use super::judged::{Conclusion, JudgedCall};
use super::replay::Open;
use crate::{Cause, Confidence};

/// The recording ends before a verdict.
pub(super) fn open_ending(
    judged: &mut JudgedCall,
    open: &Open,
    question: &WireRequest,
    last: &Entry,
    is_preflight_alone: bool,
) {
    let error = last.error.clone().unwrap_or_default();
    let (story, remedy) = match open {
        Open::Cancelled => return cancelled(judged, &error),
        Open::Stopped(who) => return stopped(judged, &error, who),
        Open::NotInFile if is_preflight_alone => (
            "The preflight passed, and the call itself is not in the file.".to_owned(),
            "Record it without a filter, and until the call has ended.",
        ),
        Open::NotInFile => (
            format!("The call went on to {}, and that is not in the file.", question.url),
            "Record it without a filter, and until the call has ended.",
        ),
        Open::HeadersDropped => (
            "The response's headers are not recorded, so there is nothing to judge by.".to_owned(),
            "Export the file from the developer tools themselves, with all headers.",
        ),
        Open::NoHeaders => {
            let error = if error.is_empty() { String::new() } else { format!(" ({error})") };
            (
                format!(
                    "The browser recorded a failure without a reason{error}, and no headers. A CORS failure can look so, and \
                     so can mixed content, a policy of the page and an extension."
                ),
                "The console has the reason: `corsac explain` reads its line.",
            )
        }
    };
    judged.conclusion = Conclusion::Unclear;
    judged.grade = Confidence::Unknown;
    judged.story = story;
    remedy.clone_into(&mut judged.remedy);
    let because = if error.is_empty() { "it is missing in the file".to_owned() } else { error };
    judged.claim(About::Verdict, "not told", Confidence::Unknown, because);
}

/// Something in the browser stopped the call, and it was not CORS.
pub(super) fn stopped(judged: &mut JudgedCall, error: &str, who: &str) {
    judged.conclusion = Conclusion::Blocked;
    judged.cause = Some(Cause::NotCors);
    judged.grade = Confidence::Observed;
    judged.story = format!("Not CORS but {who} stopped this call ({error}).");
    "Change that; the server's CORS headers have no part in it.".clone_into(&mut judged.remedy);
    judged.claim(About::Verdict, format!("stopped by {who}"), Confidence::Observed, error);
}

/// The call was given up.
pub(super) fn cancelled(judged: &mut JudgedCall, error: &str) {
    judged.conclusion = Conclusion::Unclear;
    judged.grade = Confidence::Unknown;
    judged.story =
        format!("The call was given up before it ended ({error}), by the page or because it was left.");
    "Record it until the call has ended.".clone_into(&mut judged.remedy);
    judged.claim(About::Verdict, "not told", Confidence::Unknown, "the call was given up");
}
