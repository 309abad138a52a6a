//! From a verdict of the rules to what is said of the call: weighed with what the browser wrote down, and diagnosed.

use corsac_browser::{Browser, FailureId, Verdict};

use super::claim::{About, weaker};
use super::credentials::Choice;
use super::entry::Entry;
use super::judged::{Conclusion, JudgedCall};
use super::net_error::{NetError, net_error, nothing};
use super::replay::{Gaps, Replay};
use super::unclear::{cancelled, stopped};
use super::witness::Witness;
use crate::{Case, Cause, Confidence, Exchange, Role, Seen, Stack, Told, diagnose};

/// What a verdict is weighed with.
pub(super) struct Weight<'a> {
    pub(super) witness: Witness,
    pub(super) choice: Choice,
    pub(super) last: &'a Entry,
    pub(super) stack: Option<Stack>,
}

/// A verdict was reached from what is recorded.
pub(super) fn conclude(judged: &mut JudgedCall, replay: &Replay, verdict: &Verdict, weight: &Weight<'_>) {
    judged.verdict = Some(verdict.clone());
    let failure = verdict.failure().map(|failure| failure.id);
    let is_unreachable =
        matches!(failure, Some(FailureId::NetworkFailure | FailureId::PreflightNetworkFailure));
    judged.conclusion = match verdict.is_allowed() {
        _ if is_unreachable => Conclusion::Unreachable,
        true => Conclusion::Allowed,
        false => Conclusion::Blocked,
    };
    judged.failure = failure.filter(|_| !is_unreachable);
    if verdict.is_allowed() && weight.witness == Witness::Failed {
        return failed_all_the_same(judged, weight.last);
    }
    if let Some(id) = weight.choice.doubt {
        return hangs_on_credentials(judged, id);
    }
    let (grade, because) = sureness(verdict, &replay.gaps, weight);
    judged.claim(About::Verdict, judged.conclusion.as_str(), grade, because);
    let recalled = replay.gaps.recalled.as_ref();
    if let Some(id) = judged.failure {
        match recalled.and_then(|recalled| recalled.or_else) {
            Some(or_else) => judged.claim(About::Failure, id.as_str(), Confidence::Inferred, or_else),
            None => judged.claim(About::Failure, id.as_str(), grade, id.meaning()),
        }
    }
    judged.grade = grade;
    diagnosed(judged, replay, verdict, weight.stack);
}

/// How sure a verdict is, and what it rests on.
fn sureness(verdict: &Verdict, gaps: &Gaps, weight: &Weight<'_>) -> (Confidence, &'static str) {
    let is_304 = weight.last.response.as_ref().is_some_and(|recorded| recorded.response.status == 304);
    let agrees = match weight.witness {
        Witness::Passed => verdict.is_allowed(),
        Witness::Failed => !verdict.is_allowed(),
        Witness::Silent => false,
    };
    let (grade, because) = if gaps.recalled.is_some() {
        (Confidence::Observed, "the browser's own words, which it wrote in the place of the headers")
    } else if gaps.is_failure {
        (Confidence::Observed, "the failure that the browser wrote in the place of a response")
    } else if gaps.silence {
        (Confidence::Inferred, "nothing came back, by the file")
    } else if gaps.preflight_assumed && !agrees {
        (
            Confidence::Inferred,
            "the recorded headers, by the rules; the preflight is not in the file, and must have passed",
        )
    } else if !verdict.is_allowed() && weight.witness == Witness::Passed {
        (Confidence::Inferred, "the recorded headers, by the rules; the browser itself recorded no failure")
    } else if !verdict.is_allowed() && is_304 {
        (Confidence::Inferred, "the headers of a 304, to which the browser adds those of its copy")
    } else if weight.witness == Witness::Silent {
        (Confidence::Observed, "the recorded headers, by the rules")
    } else {
        (Confidence::Observed, "the recorded headers, by the rules; and the browser recorded the same")
    };
    // That the browser let it through was recorded; then only the credentials are inferred.
    let is_recorded = verdict.is_allowed() && weight.witness == Witness::Passed;
    let hangs_on =
        if weight.choice.matters && !is_recorded { weight.choice.claim.grade } else { Confidence::Observed };
    (weaker(grade, hangs_on), because)
}

fn hangs_on_credentials(judged: &mut JudgedCall, id: FailureId) {
    judged.conclusion = Conclusion::Unclear;
    judged.grade = Confidence::Unknown;
    judged.story = format!(
        "Without credentials the browser lets this call through; with them it blocks it ({id}). The file has no cookies \
         or tokens, so it does not tell which it was."
    );
    "See whether the page says `credentials: 'include'` (withCredentials), or export the file with sensitive data."
        .clone_into(&mut judged.remedy);
    judged.claim(About::Verdict, "hangs on the credentials", Confidence::Unknown, "the recorded headers");
}

/// Why it failed, and what mends it.
fn diagnosed(judged: &mut JudgedCall, replay: &Replay, verdict: &Verdict, stack: Option<Stack>) {
    let Some((page, call)) = &judged.made else { return };
    let told = Told::default();
    let case = Case { page, call, exchanges: &replay.exchanges, verdict, answers: &[], told: &told };
    let mut diagnosis = diagnose(&case, stack);
    let or_else = replay.gaps.recalled.as_ref().and_then(|recalled| recalled.or_else);
    let is_error =
        replay.exchanges.last().and_then(Exchange::response).is_some_and(|response| response.status >= 400);
    if let Some(or_else) = or_else.filter(|_| !is_error) {
        diagnosis.story =
            format!("{or_else}: the file does not tell which, since the headers are not in it.");
        diagnosis.confidence = weaker(diagnosis.confidence, Confidence::Inferred);
        if diagnosis.cause == Some(Cause::NoCorsHeaders) {
            diagnosis.cause = None;
            diagnosis.confidence = Confidence::Unknown;
            "Let the server allow this origin.".clone_into(&mut diagnosis.remedy);
        }
    }
    let evidence = match diagnosis.evidence.iter().find(|evidence| evidence.role == Role::Wrong) {
        Some(evidence) if or_else.is_none() => evidence.shows.clone(),
        _ => "what the browser concluded".to_owned(),
    };
    if or_else.is_some() {
        // It points at headers that nobody saw.
        diagnosis.evidence.clear();
    }
    if diagnosis.cause.is_some() || diagnosis.confidence == Confidence::Unknown {
        diagnosis.confidence = weaker(diagnosis.confidence, judged.grade);
        judged.grade = diagnosis.confidence;
    }
    judged.story.clone_from(&diagnosis.story);
    judged.remedy.clone_from(&diagnosis.remedy);
    judged.cause = diagnosis.cause;
    if let Some(cause) = diagnosis.cause {
        judged.claim(About::Cause, cause.as_str(), diagnosis.confidence, evidence);
    } else if judged.conclusion == Conclusion::Blocked && or_else.is_some() {
        judged.claim(About::Cause, "not told", Confidence::Unknown, "the headers are not recorded");
    }
    judged.diagnosis = Some(diagnosis);
    if replay.gaps.recalled.is_some()
        && let Some(last) = judged.exchanges.last_mut()
    {
        // It served to judge; nobody saw it.
        let words = replay.gaps.recalled.as_ref().map(|recalled| recalled.words.clone()).unwrap_or_default();
        last.seen = nothing("not-recorded", &format!("not recorded; the browser wrote: {words}"), "");
    }
}

/// The rules let it through, and the browser recorded a failure all the same.
fn failed_all_the_same(judged: &mut JudgedCall, last: &Entry) {
    let error = last.error.clone().unwrap_or_default();
    match net_error(&error) {
        NetError::Stopped(who) => stopped(judged, &error, who),
        NetError::Cancelled => cancelled(judged, &error),
        NetError::Nothing(Seen::Nothing { message, hint, .. }) => {
            judged.conclusion = Conclusion::Unreachable;
            judged.cause = Some(Cause::Unreachable);
            judged.grade = Confidence::Observed;
            judged.claim(About::Verdict, "the answer broke off", Confidence::Observed, error);
            (judged.story, judged.remedy) = (message, hint);
        }
        NetError::Nothing(Seen::Response { .. }) | NetError::Unsaid => {
            judged.conclusion = Conclusion::Unclear;
            judged.grade = Confidence::Unknown;
            judged.story =
                format!("By its headers this call passes, and yet the browser recorded a failure ({error}).");
            "The console has the reason: `corsac explain` reads its line.".clone_into(&mut judged.remedy);
            judged.claim(
                About::Verdict,
                "the headers and the recorded failure disagree",
                Confidence::Unknown,
                error,
            );
        }
    }
}

/// A service worker answered: the page's rules were not applied to what the network said.
pub(super) fn by_worker(judged: &mut JudgedCall, last: &Entry) {
    let has_failed = last.error.is_some() || last.response.is_none();
    "A service worker of the page answered, so the headers decide nothing here; the worker's own requests are calls of \
     their own."
        .clone_into(&mut judged.story);
    let because = "the file says that a service worker answered";
    if has_failed {
        judged.conclusion = Conclusion::Unclear;
        judged.grade = Confidence::Unknown;
        "Look at the worker's own requests, or try without it: \"Bypass for network\" in the developer tools."
            .clone_into(&mut judged.remedy);
        judged.claim(About::Verdict, "failed in the service worker", Confidence::Inferred, because);
    } else {
        judged.conclusion = Conclusion::Allowed;
        judged.grade = Confidence::Inferred;
        judged.claim(About::Verdict, "allowed", Confidence::Inferred, because);
    }
}

/// The request carried `Origin: null`, although its page has an address.
pub(super) fn null_sent(judged: &mut JudgedCall, engine: Option<Browser>) {
    let has_address = judged.origin.as_ref().is_some_and(|origin| origin.as_tuple().is_some());
    if !has_address || judged.conclusion != Conclusion::Blocked {
        return;
    }
    judged.diagnosis = None;
    judged.claims.retain(|claim| claim.about != About::Cause);
    let (cause, because) = if engine == Some(Browser::Webkit) {
        let url = judged.url.clone();
        judged.story = format!(
            "The browser sent `Origin: null`: the call was redirected to {url} from another foreign origin. (WebKit \
             writes down the last address alone.)"
        );
        judged.remedy = format!(
            "Call {url} directly if that is the right address. A redirect to a login page means that the session has \
             ended: answer scripts with 401 instead."
        );
        (Cause::RequestRedirected, "`Origin: null` from a page that has an origin")
    } else {
        "The browser sent `Origin: null`: the page has an address, but runs in a sandbox, as frames can."
            .clone_into(&mut judged.story);
        "Give the frame `allow-same-origin`, or call the API from the page around it; never allow `null`."
            .clone_into(&mut judged.remedy);
        (Cause::NullOrigin, "`Origin: null`, and no redirect in the file")
    };
    judged.cause = Some(cause);
    judged.grade = Confidence::Inferred;
    judged.claim(About::Cause, cause.as_str(), Confidence::Inferred, because);
}
