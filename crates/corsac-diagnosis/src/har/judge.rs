//! From a recording to its calls, each of them judged: what the browser must have concluded, and how sure that is.
//!
//! Rests on two witnesses: the rules, applied to the headers that were recorded, and what the browser wrote down of how
//! the call ended. Where they agree, it is observed. Holds no rule of CORS itself.

use corsac::Origin;
use corsac_browser::{Browser, CredentialsMode, Page};

use super::call::call_of;
use super::claim::{About, weaker};
use super::conclude::{Weight, by_worker, conclude, null_sent};
use super::credentials::{choose, seen};
use super::entry::Entry;
use super::group::{Group, groups};
use super::judged::{Conclusion, JudgedCall};
use super::kind::{Kind, kind};
use super::page_origin::{FoundPage, engine_of, page_of};
use super::recording::Recording;
use super::replay::{Ending, Gaps, Replay, Tape, replay};
use super::unclear::open_ending;
use super::witness::Witness;
use crate::{Cause, Confidence, Stack};

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
    let judging = Judging { recording, options, has_credentials: recording.has_credentials() };
    groups(&recording.entries)
        .iter()
        .enumerate()
        .filter_map(|(at, group)| judging.call(at + 1, group))
        .collect()
}

struct Judging<'a> {
    recording: &'a Recording,
    options: &'a Options,
    /// Whether there are cookies or tokens in the file at all.
    has_credentials: bool,
}

impl Judging<'_> {
    fn entries(&self, places: &[usize]) -> Vec<&Entry> {
        places.iter().filter_map(|at| self.recording.entries.get(*at)).collect()
    }

    fn call(&self, number: usize, group: &Group) -> Option<JudgedCall> {
        let tape = Tape {
            hops: self.entries(&group.hops),
            preflights: self.entries(&group.preflights),
            // What is known to write its failures down is not taken to have had none.
            is_silent: !matches!(self.recording.engine, Some(Browser::Chromium | Browser::Webkit)),
        };
        let first = *tape.hops.first().or(tape.preflights.first())?;
        let (kind, is_told) = kind(first);
        let found = page_of(self.recording, &tape, self.options.origin.as_ref());
        let engine = self.options.browser.or(self.recording.engine).or_else(|| engine_of(first));
        let method = match tape.hops.first() {
            Some(entry) => entry.method.clone(),
            None => first.header("access-control-request-method").unwrap_or_default(),
        };
        let grade = if is_told { Confidence::Observed } else { Confidence::Inferred };
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
            grade,
            story: String::new(),
            remedy: String::new(),
            claims: Vec::new(),
            exchanges: Vec::new(),
            made: None,
            verdict: None,
            elsewhere: Vec::new(),
            diagnosis: None,
        };
        mode_claim(&mut judged, first, is_told);
        match (kind, found) {
            (Kind::Call, Some(found)) => self.judge(&mut judged, found, &tape),
            (Kind::Call, None) => {
                judged.claim(About::Page, "not told", Confidence::Unknown, "nothing in the file tells it");
                judged.conclusion = Conclusion::Unclear;
                judged.grade = Confidence::Unknown;
                "The file does not tell which page made this call.".clone_into(&mut judged.story);
                "Say so: --origin https://app.example.".clone_into(&mut judged.remedy);
            }
            _ => {}
        }
        Some(judged)
    }

    fn judge(&self, judged: &mut JudgedCall, found: FoundPage, tape: &Tape<'_>) {
        let FoundPage { page, grade, because, sent_null } = found;
        let mode_grade = judged.grade;
        judged.claim(About::Page, page.origin.to_string(), grade, because);
        let is_home = |entry: &&Entry| page.origin.is_same_origin(&Origin::of_url(&entry.url));
        if tape.hops.iter().chain(&tape.preflights).all(is_home) {
            let is_said =
                tape.hops.iter().all(|hop| hop.header("sec-fetch-site").as_deref() == Some("same-origin"));
            let (grade, because) = if is_said {
                (Confidence::Observed, "the request's Sec-Fetch-Site")
            } else {
                (grade, "the page and the URL")
            };
            judged.claim(About::Verdict, "same origin, so CORS has no say", grade, because);
            judged.cause = Some(Cause::NotCors);
            judged.grade = weaker(judged.grade, grade);
            return;
        }
        let Some(last) = tape.hops.last().or(tape.preflights.last()).copied() else { return };
        response_claim(judged, last);
        if last.from_worker {
            return by_worker(judged, last);
        }
        // What is sent is judged, not what the page is: after a redirect the two differ.
        let page = if sent_null { Page::of(Origin::Opaque) } else { page };
        let witness = Witness::of(&tape.hops, self.recording.engine);
        let observed = seen(&tape.hops, &page);
        let modes: &[CredentialsMode] = match observed {
            Some(_) => &[CredentialsMode::Include],
            None => &[CredentialsMode::SameOrigin, CredentialsMode::Include],
        };
        let made = |mode| call_of(tape.hops.first().copied(), tape.preflights.first().copied(), mode);
        let played: Vec<(CredentialsMode, Replay)> = modes
            .iter()
            .filter_map(|mode| Some((*mode, replay(tape, &page, &made(*mode)?, judged.browser))))
            .collect();
        let choice = choose(&played, observed, witness, self.has_credentials);
        judged.claims.push(choice.claim.clone());
        let Some((mode, replay)) = played.into_iter().nth(choice.at) else { return };
        preflight_claim(judged, tape, replay.gaps.needs_preflight, self.has_credentials);
        judged.exchanges.clone_from(&replay.exchanges);
        judged.made = made(mode).map(|call| (page, call));
        let weight = Weight { witness, choice, last, stack: self.options.stack };
        match &replay.ending {
            Ending::Open(question, open) => {
                open_ending(judged, open, question, last, tape.hops.is_empty());
            }
            Ending::Judged(verdict) => {
                conclude(judged, &replay, verdict, &weight);
                if sent_null {
                    null_sent(judged, self.recording.engine);
                }
                if replay.gaps.recalled.is_none() {
                    elsewhere(judged, tape);
                }
            }
        }
        // Who asked matters to what CORS makes of it, and not where CORS had no say.
        if judged.conclusion != Conclusion::Unreachable && judged.cause != Some(Cause::NotCors) {
            judged.grade = weaker(judged.grade, weaker(grade, mode_grade));
        }
    }
}

/// What the other engines make of the same answers, where that is something else.
fn elsewhere(judged: &mut JudgedCall, tape: &Tape<'_>) {
    let (Some((page, call)), Conclusion::Allowed | Conclusion::Blocked) = (&judged.made, judged.conclusion)
    else {
        return;
    };
    let others = [Browser::Chromium, Browser::Firefox, Browser::Webkit];
    judged.elsewhere = others
        .into_iter()
        .filter(|browser| *browser != judged.browser)
        .filter_map(|browser| {
            let played = replay(tape, page, call, browser);
            // One that would have asked what is not recorded says nothing.
            let Ending::Judged(verdict) = played.ending else { return None };
            let differs = verdict.is_allowed() != (judged.conclusion == Conclusion::Allowed);
            let is_known =
                played.gaps == Gaps { needs_preflight: played.gaps.needs_preflight, ..Gaps::default() };
            (differs && is_known).then(|| (browser, verdict.failure().map(|failure| failure.id)))
        })
        .collect();
}

fn mode_claim(judged: &mut JudgedCall, first: &Entry, is_told: bool) {
    let because = if first.headers.contains("sec-fetch-mode") {
        "the request's Sec-Fetch-Mode"
    } else if first.resource.is_some() || first.is_preflight() {
        "what the file says of it"
    } else if is_told {
        "it carries Origin, as reads do in that mode alone"
    } else {
        "the headers that the request carries"
    };
    let what = match judged.kind {
        Kind::Call => "a call that CORS has a say in",
        Kind::NoCors => "loaded without CORS",
        Kind::Navigation => "a page that was opened",
        Kind::Other => "nothing that CORS has a say in",
    };
    judged.claim(About::Mode, what, judged.grade, because);
}

fn preflight_claim(judged: &mut JudgedCall, tape: &Tape<'_>, is_needed: bool, has_credentials: bool) {
    let (says, grade, because) = match tape.preflights.first() {
        Some(entry) => (
            "the browser asked for permission first",
            Confidence::Observed,
            format!("request {} of the file", entry.number + 1),
        ),
        None if is_needed => (
            "none in the file",
            Confidence::Unknown,
            "one is needed, but browsers remember permissions, and not every one records its preflights"
                .into(),
        ),
        None if has_credentials => {
            ("none needed", Confidence::Observed, "the method and the headers of the request".into())
        }
        None => (
            "none needed",
            Confidence::Inferred,
            "the method and the headers of the request, unless a token was taken out of the file".into(),
        ),
    };
    judged.claim(About::Preflight, says, grade, because);
}

fn response_claim(judged: &mut JudgedCall, last: &Entry) {
    let Some(recorded) = &last.response else {
        judged.claim(About::Response, "not recorded", Confidence::Unknown, "the file has no status for it");
        return;
    };
    let status = recorded.response.status;
    let says =
        if last.from_cache { format!("{status}, from the browser's cache") } else { status.to_string() };
    let because = if recorded.response.headers.is_empty() {
        "recorded without its headers"
    } else if judged.browser == Browser::Webkit {
        "recorded with its headers; WebKit writes several lines of a name as one"
    } else {
        "recorded with its headers"
    };
    judged.claim(About::Response, says, Confidence::Observed, because);
}
