//! From a recording to its calls, each of them judged: what the browser must have concluded, and how sure that is.
//!
//! Rests on two witnesses: the rules, applied to the headers that were recorded, and what the browser wrote down of how
//! the call ended. Where they agree, it is observed. Holds no rule of CORS itself.

use corsac::Origin;
use corsac_browser::{Browser, CredentialsMode, FailureId, Page, Verdict};

use super::call::call_of;
use super::claim::{About, weaker};
use super::entry::Entry;
use super::file::Recording;
use super::group::{Group, groups};
use super::judged::{Conclusion, JudgedCall};
use super::kind::{Kind, kind};
use super::net_error::{NetError, net_error};
use super::page_origin::{FoundPage, engine_of, page_of};
use super::replay::{Ending, Open, Replay, Tape, replay};
use super::webkit::recall;
use crate::{Case, Cause, Confidence, Seen, Stack, diagnose};

/// What a person adds to a recording.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The page's origin, for calls of which the recording does not tell it.
    pub origin: Option<Origin>,
    /// Whose rules to judge by; those of the engine that was recorded, without it.
    pub browser: Option<Browser>,
    /// What answers, for the fixes; it is recognised where the headers tell.
    pub stack: Option<Stack>,
}

/// Judges every call of a recording, in the order of the file; those that CORS has no say in are among them.
///
/// ```
/// use corsac_diagnosis::har::{Conclusion, Options, Recording, judge};
///
/// let recording = Recording::read(br#"{ "log": { "entries": [ {
///     "request": { "method": "GET", "url": "https://api.example/items",
///         "headers": [{ "name": "Origin", "value": "https://app.example" }] },
///     "response": { "status": 200, "headers": [{ "name": "Content-Type", "value": "text/plain" }] }
/// } ] } }"#)?;
/// let calls = judge(&recording, &Options::default());
/// assert_eq!(calls[0].conclusion, Conclusion::Blocked);
/// assert_eq!(calls[0].cause.map(|cause| cause.as_str()), Some("no-cors-headers"));
/// # Ok::<(), corsac_diagnosis::har::NotHar>(())
/// ```
#[must_use]
pub fn judge(recording: &Recording, options: &Options) -> Vec<JudgedCall> {
    let judging = Judging { recording, options, is_open: recording.has_credentials() };
    groups(&recording.entries)
        .iter()
        .enumerate()
        .filter_map(|(at, group)| judging.call(at + 1, group))
        .collect()
}

struct Judging<'a> {
    recording: &'a Recording,
    options: &'a Options,
    /// Whether cookies and tokens are in the file at all.
    is_open: bool,
}

/// How the browser itself wrote that a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Witness {
    Failed,
    Passed,
    Silent,
}

impl Judging<'_> {
    fn entries(&self, places: &[usize]) -> Vec<&Entry> {
        places.iter().filter_map(|at| self.recording.entries.get(*at)).collect()
    }

    fn call(&self, number: usize, group: &Group) -> Option<JudgedCall> {
        let (hops, preflights) = (self.entries(&group.hops), self.entries(&group.preflights));
        let first = *hops.first().or(preflights.first())?;
        let (kind, is_told) = kind(first);
        let engine = self.options.browser.or(self.recording.engine).or_else(|| engine_of(first));
        let found = page_of(self.recording, first, self.options.origin.as_ref());
        let method = match hops.first() {
            Some(entry) => entry.method.clone(),
            None => first.header("access-control-request-method").unwrap_or_default(),
        };
        let mut judged = JudgedCall {
            number,
            entries: self.entries(&group.entries()).iter().map(|entry| entry.number).collect(),
            kind,
            method,
            url: first.url.clone(),
            origin: found.as_ref().map(|found| found.page.origin.clone()),
            browser: engine.unwrap_or(Browser::Chromium),
            conclusion: Conclusion::NotCors,
            failure: None,
            cause: None,
            grade: Confidence::Observed,
            story: String::new(),
            remedy: String::new(),
            claims: Vec::new(),
            exchanges: Vec::new(),
            made: None,
            verdict: None,
            diagnosis: None,
        };
        let grade = if is_told { Confidence::Observed } else { Confidence::Inferred };
        judged.grade = grade;
        let because = if first.headers.contains("sec-fetch-mode") {
            "Sec-Fetch-Mode of the request"
        } else if is_told {
            "what the file says it was loaded as"
        } else {
            "the headers that the request carries"
        };
        let what = match kind {
            Kind::Call => "a call that CORS has a say in",
            Kind::NoCors => "loaded without CORS",
            Kind::Navigation => "a page that was opened",
            Kind::Other => "nothing that CORS has a say in",
        };
        judged.claim(About::Mode, what, grade, because);
        match (kind, found) {
            (Kind::Call, Some(found)) => self.judge_call(&mut judged, found, &hops, &preflights),
            (Kind::Call, None) => {
                judged.claim(About::Page, "unknown", Confidence::Unknown, "nothing in the file tells it");
                judged.conclusion = Conclusion::Unclear;
                judged.grade = Confidence::Unknown;
                "The file does not tell which page made this call.".clone_into(&mut judged.story);
                "Say so: --origin https://app.example.".clone_into(&mut judged.remedy);
            }
            _ => {}
        }
        Some(judged)
    }

    fn judge_call(&self, judged: &mut JudgedCall, found: FoundPage, hops: &[&Entry], preflights: &[&Entry]) {
        let FoundPage { page, grade, because, sent_null } = found;
        judged.claim(About::Page, page.origin.to_string(), grade, because);
        let stays_home = hops
            .iter()
            .chain(preflights)
            .all(|entry| page.origin.is_same_origin(&Origin::of_url(&entry.url)));
        if stays_home {
            judged.claim(About::Verdict, "same origin, so CORS has no say", grade, "the page and the URL");
            judged.cause = Some(Cause::NotCors);
            judged.grade = weaker(judged.grade, grade);
            return;
        }
        let last = *hops.last().unwrap_or(&preflights[0]);
        preflight_claim(judged, preflights);
        response_claim(judged, last);
        if last.from_worker {
            return by_worker(judged, last);
        }
        // What is sent is judged, not what the page is: after a redirect the two differ.
        let page = if sent_null { Page::of(Origin::Opaque) } else { page };
        let tape = Tape {
            hops: hops.to_vec(),
            preflights: preflights.to_vec(),
            is_silent: judged.browser == Browser::Firefox || self.recording.engine.is_none(),
        };
        let witness = self.witness(hops);
        let observed = credentials_seen(hops, &page);
        let modes: &[CredentialsMode] = match observed {
            Some(_) => &[CredentialsMode::Include],
            None => &[CredentialsMode::SameOrigin, CredentialsMode::Include],
        };
        let played: Vec<(CredentialsMode, Replay)> = modes
            .iter()
            .filter_map(|mode| {
                let call = call_of(hops.first().copied(), preflights.first().copied(), *mode)?;
                Some((*mode, replay(&tape, &page, &call, judged.browser)))
            })
            .collect();
        let choice = self.choose(&played, observed, witness);
        let (says, grade, because) = choice.credentials;
        judged.claim(About::Credentials, says, grade, because);
        let Some((mode, replay)) = played.into_iter().nth(choice.at) else { return };
        judged.exchanges.clone_from(&replay.exchanges);
        judged.made = call_of(hops.first().copied(), preflights.first().copied(), mode)
            .map(|call| (page.clone(), call));
        match replay.ending.clone() {
            Ending::Open(_, open) => self.open(judged, &open, last, hops.is_empty()),
            Ending::Judged(verdict) => {
                self.judged(judged, &replay, *verdict, &Weight { witness, doubt: choice.doubt, last });
                if sent_null {
                    null_sent(judged, self.recording.engine);
                }
            }
        }
        judged.grade = weaker(judged.grade, grade_of_page(judged));
    }

    /// How the browser wrote that the call ended; a recorder that writes no failures tells nothing.
    fn witness(&self, hops: &[&Entry]) -> Witness {
        let Some(last) = hops.last() else { return Witness::Silent };
        let tells = matches!(self.recording.engine, Some(Browser::Chromium | Browser::Webkit));
        match (&last.error, &last.response) {
            (Some(_), _) => Witness::Failed,
            (None, Some(_)) if tells => Witness::Passed,
            _ => Witness::Silent,
        }
    }

    /// Which credentials mode the call had, where its verdict hangs on that.
    fn choose(
        &self,
        played: &[(CredentialsMode, Replay)],
        observed: Option<&'static str>,
        witness: Witness,
    ) -> Choice {
        let choice = |at, says: &str, grade, because: &str| Choice {
            at,
            credentials: (says.to_owned(), grade, because.to_owned()),
            doubt: None,
        };
        if let Some(because) = observed {
            return choice(0, "with credentials", Confidence::Observed, because);
        }
        let unknown = if self.is_open {
            "no cookie was sent, which a call with credentials may do as well; the verdict is the same either way"
        } else {
            "the file has no cookies or tokens at all, as one that was sanitized; the verdict is the same either way"
        };
        let [(_, without), (_, with)] = played else {
            return choice(0, "unknown", Confidence::Unknown, unknown);
        };
        let (Ending::Judged(free), Ending::Judged(bound)) = (&without.ending, &with.ending) else {
            return choice(0, "unknown", Confidence::Unknown, unknown);
        };
        let id = |verdict: &Verdict| verdict.failure().map(|failure| failure.id);
        if id(free) == id(bound) {
            return choice(0, "unknown", Confidence::Unknown, unknown);
        }
        match (free.is_allowed(), witness) {
            (true, Witness::Failed) => choice(
                1,
                "with credentials",
                Confidence::Inferred,
                "the headers would do for a call without, and yet the browser recorded a failure",
            ),
            (true, Witness::Passed) => choice(
                0,
                "without credentials",
                Confidence::Inferred,
                "the headers would not do for a call with them, and the browser recorded no failure",
            ),
            (true, Witness::Silent) if self.is_open => choice(
                0,
                "without credentials",
                Confidence::Inferred,
                "other requests of the file have cookies or tokens, and this one has none",
            ),
            (true, Witness::Silent) => Choice {
                doubt: id(bound),
                ..choice(
                    0,
                    "unknown",
                    Confidence::Unknown,
                    "the file has no cookies or tokens at all, as one that was sanitized",
                )
            },
            // Blocked either way; without credentials is the plainer of the two.
            (false, _) => choice(0, "unknown", Confidence::Unknown, "the call is blocked either way"),
        }
    }

    /// A verdict was reached from what is recorded.
    fn judged(&self, judged: &mut JudgedCall, replay: &Replay, verdict: Verdict, weight: &Weight<'_>) {
        let gaps = &replay.gaps;
        let mut grade = Confidence::Observed;
        let mut because = "the recorded headers, by the rules";
        if gaps.preflight_assumed {
            grade = Confidence::Inferred;
            because = "the recorded headers, by the rules; the preflight is not in the file";
        }
        if gaps.silence {
            grade = Confidence::Inferred;
            because = "nothing came back, by the file";
        }
        if gaps.recalled.is_some() {
            because = "the browser's own words, in place of the headers";
        }
        let Weight { witness, doubt, last } = *weight;
        let is_unreachable = matches!(
            verdict.failure().map(|failure| failure.id),
            Some(FailureId::NetworkFailure | FailureId::PreflightNetworkFailure)
        );
        judged.conclusion = match verdict.is_allowed() {
            _ if is_unreachable => Conclusion::Unreachable,
            true => Conclusion::Allowed,
            false => Conclusion::Blocked,
        };
        judged.failure = verdict.failure().map(|failure| failure.id).filter(|_| !is_unreachable);
        if verdict.is_allowed() && witness == Witness::Failed {
            judged.verdict = Some(verdict);
            return self.failed_all_the_same(judged, last);
        }
        if let Some(id) = doubt {
            judged.conclusion = Conclusion::Unclear;
            judged.grade = Confidence::Unknown;
            judged.story = format!(
                "Without credentials the browser lets this call through; with them it blocks it ({id}). The file has no \
                 cookies or tokens, so it does not tell which it was."
            );
            "Record it anew with sensitive data, or see whether the page says `credentials: 'include'`."
                .clone_into(&mut judged.remedy);
            judged.verdict = Some(verdict);
            judged.claim(
                About::Verdict,
                "hangs on the credentials",
                Confidence::Unknown,
                "the recorded headers",
            );
            return;
        }
        if !verdict.is_allowed() && witness == Witness::Passed {
            grade = Confidence::Inferred;
            because = "the recorded headers, by the rules; the browser itself recorded no failure";
        } else if last.response.as_ref().is_some_and(|recorded| recorded.response.status == 304)
            && !verdict.is_allowed()
        {
            grade = Confidence::Inferred;
            because = "the headers of a 304, which a copy in the browser's cache completes";
        }
        let says = match judged.failure {
            Some(id) => format!("{}: {id}", judged.conclusion.as_str()),
            None => judged.conclusion.as_str().to_owned(),
        };
        judged.claim(About::Verdict, says, grade, because);
        judged.grade = grade;
        self.diagnosed(judged, replay, &verdict, grade);
        judged.verdict = Some(verdict);
    }

    fn diagnosed(&self, judged: &mut JudgedCall, replay: &Replay, verdict: &Verdict, grade: Confidence) {
        let Some((page, call)) = &judged.made else { return };
        let case = Case { page, call, exchanges: &replay.exchanges, verdict };
        let mut diagnosis = diagnose(&case, self.options.stack);
        if diagnosis.cause.is_some() {
            diagnosis.confidence = weaker(diagnosis.confidence, grade);
        }
        if replay.gaps.recalled.is_some() {
            diagnosis.confidence = weaker(diagnosis.confidence, Confidence::Inferred);
        }
        judged.story.clone_from(&diagnosis.story);
        judged.remedy.clone_from(&diagnosis.remedy);
        judged.cause = diagnosis.cause;
        if let Some(or_else) = replay.gaps.recalled.as_ref().and_then(|recalled| recalled.or_else) {
            let is_error = replay
                .exchanges
                .last()
                .and_then(|last| last.response())
                .is_some_and(|response| response.status >= 400);
            if !is_error {
                judged.story = format!(
                    "{} is all that the file tells: the browser wrote down its conclusion in place of the headers.",
                    or_else
                );
                if judged.cause == Some(Cause::NoCorsHeaders) {
                    judged.cause = None;
                    diagnosis.cause = None;
                    diagnosis.confidence = Confidence::Unknown;
                    "Let the server allow this origin; `corsac check` shows what it says now."
                        .clone_into(&mut judged.remedy);
                }
            }
            diagnosis.evidence.clear();
        }
        judged.grade = weaker(judged.grade, diagnosis.confidence);
        if let Some(cause) = judged.cause {
            let because = match diagnosis.evidence.first() {
                Some(evidence) => evidence.shows.clone(),
                None => "the conclusion that the browser wrote down".to_owned(),
            };
            judged.claim(About::Cause, cause.as_str(), diagnosis.confidence, because);
        } else if judged.conclusion == Conclusion::Blocked {
            judged.claim(About::Cause, "unknown", Confidence::Unknown, "the file does not tell");
        }
        judged.diagnosis = Some(diagnosis);
    }

    /// The rules let it through, and the browser recorded a failure all the same.
    fn failed_all_the_same(&self, judged: &mut JudgedCall, last: &Entry) {
        let error = last.error.clone().unwrap_or_default();
        judged.failure = None;
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
                judged.story = format!(
                    "By the recorded headers the browser lets this call through, and yet it recorded a failure ({error})."
                );
                "Look at the console for what it says there, and give that to `corsac explain`."
                    .clone_into(&mut judged.remedy);
                judged.claim(
                    About::Verdict,
                    "the headers and the recorded failure disagree",
                    Confidence::Unknown,
                    error,
                );
            }
        }
    }

    /// The recording ends before a verdict.
    fn open(&self, judged: &mut JudgedCall, open: &Open, last: &Entry, is_preflight_alone: bool) {
        let error = last.error.clone().unwrap_or_default();
        judged.conclusion = Conclusion::Unclear;
        judged.grade = Confidence::Unknown;
        let (story, remedy) = match open {
            Open::Cancelled => return cancelled(judged, &error),
            Open::Stopped(who) => return stopped(judged, &error, who),
            Open::NotInFile if is_preflight_alone => (
                "The preflight passed, and the call itself is not in the file.".to_owned(),
                "Record it without a filter, and until the call has ended.",
            ),
            Open::NotInFile => (
                "The call was redirected, and where it led is not in the file.".to_owned(),
                "Record it without a filter, and until the call has ended.",
            ),
            Open::HeadersDropped => (
                "The response's headers are not recorded, so nothing can be judged by them.".to_owned(),
                "Export the file from the developer tools themselves, with all headers.",
            ),
            Open::NoHeaders => (
                format!(
                    "The browser recorded a failure without a reason{}, and no headers: a CORS failure looks so, and so \
                     do mixed content, a policy of the page and an extension.",
                    if error.is_empty() { String::new() } else { format!(" ({error})") }
                ),
                "The console has the reason: give its line to `corsac explain`.",
            ),
        };
        judged.story = story;
        remedy.clone_into(&mut judged.remedy);
        let because = if error.is_empty() { "what is missing in the file".to_owned() } else { error };
        judged.claim(About::Verdict, "not told", Confidence::Unknown, because);
    }
}

/// What a verdict is weighed with.
struct Weight<'a> {
    witness: Witness,
    /// What would block the call, if it had credentials.
    doubt: Option<FailureId>,
    last: &'a Entry,
}

/// Which of the replays counts, and what is said of the credentials.
struct Choice {
    at: usize,
    credentials: (String, Confidence, String),
    doubt: Option<FailureId>,
}

fn grade_of_page(judged: &JudgedCall) -> Confidence {
    let of = |about| judged.claims.iter().find(|claim| claim.about == about).map(|claim| claim.grade);
    match of(About::Page) {
        Some(grade) => grade,
        None => Confidence::Unknown,
    }
}

/// What shows that the call had credentials, if anything does.
fn credentials_seen(hops: &[&Entry], page: &Page) -> Option<&'static str> {
    let has_cookie = |entry: &&&Entry| {
        entry.headers.contains("cookie") && !page.origin.is_same_origin(&Origin::of_url(&entry.url))
    };
    if hops.iter().find(has_cookie).is_some() {
        return Some("it carries a cookie, which a call to another origin does in mode `include` alone");
    }
    let said = hops.iter().filter_map(|entry| entry.error.as_deref()).find_map(|error| recall(error, "null"));
    said.filter(|recalled| recalled.with_credentials).map(|_| "the browser says so in its failure")
}

fn preflight_claim(judged: &mut JudgedCall, preflights: &[&Entry]) {
    match preflights.first() {
        Some(entry) => judged.claim(
            About::Preflight,
            "asked for permission first",
            Confidence::Observed,
            format!("entry {} of the file", entry.number),
        ),
        None => judged.claim(
            About::Preflight,
            "none in the file",
            Confidence::Unknown,
            "browsers remember permissions, and not every one records its preflights",
        ),
    }
}

fn response_claim(judged: &mut JudgedCall, last: &Entry) {
    let Some(recorded) = &last.response else {
        judged.claim(About::Response, "not recorded", Confidence::Unknown, "the file has no status for it");
        return;
    };
    let says = if last.from_cache {
        format!("{} from the browser's cache", recorded.response.status)
    } else {
        recorded.response.status.to_string()
    };
    let is_merged = judged.browser == Browser::Webkit;
    let because = if recorded.response.headers.is_empty() {
        "its headers are not recorded"
    } else if is_merged {
        "recorded; WebKit writes the lines of one name as one"
    } else {
        "recorded with its headers"
    };
    judged.claim(About::Response, says, Confidence::Observed, because);
}

/// A service worker answered: the page's rules were not applied to what the network said.
fn by_worker(judged: &mut JudgedCall, last: &Entry) {
    let failed = last.error.is_some() || last.response.is_none();
    "A service worker of the page answered. What it hands over is not checked again, so the headers decide nothing here; \
     its own requests are calls of their own."
        .clone_into(&mut judged.story);
    judged.claim(
        About::Verdict,
        if failed { "failed in the service worker" } else { "answered by a service worker" },
        Confidence::Inferred,
        "the file says that a service worker answered",
    );
    judged.grade = Confidence::Inferred;
    judged.conclusion = if failed { Conclusion::Unclear } else { Conclusion::Allowed };
    if failed {
        judged.grade = Confidence::Unknown;
        "Look at the worker's own requests, or try once without it (\"Bypass for network\")."
            .clone_into(&mut judged.remedy);
    }
}

fn stopped(judged: &mut JudgedCall, error: &str, who: &str) {
    judged.conclusion = Conclusion::Blocked;
    judged.cause = Some(Cause::NotCors);
    judged.grade = Confidence::Observed;
    judged.story = format!("Not CORS but {who} stopped this call ({error}).");
    "Change that; the server's CORS headers have no part in it.".clone_into(&mut judged.remedy);
    judged.claim(About::Verdict, format!("stopped by {who}"), Confidence::Observed, error);
}

fn cancelled(judged: &mut JudgedCall, error: &str) {
    judged.conclusion = Conclusion::Unclear;
    judged.grade = Confidence::Unknown;
    judged.story = format!(
        "The call was given up before it ended ({error}): by the page, or because the page was left."
    );
    "Record it until the call has ended.".clone_into(&mut judged.remedy);
    judged.claim(About::Verdict, "not told", Confidence::Unknown, "the call was given up");
}

/// The request carried `Origin: null`, although its page has an address.
fn null_sent(judged: &mut JudgedCall, engine: Option<Browser>) {
    let has_address = judged.origin.as_ref().is_some_and(|origin| origin.as_tuple().is_some());
    if !has_address || judged.conclusion != Conclusion::Blocked {
        return;
    }
    judged.grade = weaker(judged.grade, Confidence::Inferred);
    judged.diagnosis = None;
    let url = judged.url.clone();
    judged.claims.retain(|claim| claim.about != About::Cause);
    let (cause, because) = if engine == Some(Browser::Webkit) {
        judged.story = format!(
            "The browser sent `Origin: null`, so the call was redirected to {url} from another foreign origin; this recorder \
             writes the last address alone."
        );
        judged.remedy = format!(
            "Call {url} directly if that is the right address. A redirect to a login page means that the session has \
             ended: answer scripts with 401 instead."
        );
        (Cause::RequestRedirected, "`Origin: null` from a page that has an origin")
    } else {
        "The browser sent `Origin: null`: the page has an address, but runs in a sandbox, as a frame can."
            .clone_into(&mut judged.story);
        "Give the frame `allow-same-origin`, or call the API from the page around it; never allow `null`."
            .clone_into(&mut judged.remedy);
        (Cause::NullOrigin, "`Origin: null`, and no redirect in the file")
    };
    judged.cause = Some(cause);
    judged.claim(About::Cause, cause.as_str(), Confidence::Inferred, because);
}
