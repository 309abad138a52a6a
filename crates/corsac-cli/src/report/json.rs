//! The result of a check as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use corsac_browser::{
    Browser, Call, FailureId, HeaderList, Page, RequestKind, Verdict, WireRequest, console_lines,
};
use corsac_diagnosis::{Evidence, Part};
use corsac_probe::{Conclusion, Engine, Report, Step, Unreachable};
use serde::Serialize;
use std::collections::BTreeMap;

#[cfg(test)]
use crate::schema;

use super::fix_json::FixEntry;
use super::{Secrets, Word, is_secret, shown, shown_url};

/// What a browser makes of one call, and why.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "corsac check --json"))]
struct Document<'a> {
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    version: u8,
    /// What the headline's browser does with the call; `not-cors`: same origin, CORS plays no part.
    #[cfg_attr(test, schemars(schema_with = "schema::verdict"))]
    verdict: &'static str,
    /// What the headline's browser concluded.
    #[cfg_attr(test, schemars(schema_with = "schema::failure_or_null"))]
    failure: Option<&'static str>,
    /// What would fail next, once each failure before it is mended.
    #[cfg_attr(test, schemars(schema_with = "schema::failures"))]
    next: Vec<&'static str>,
    /// Why.
    #[cfg_attr(test, schemars(schema_with = "schema::cause_or_null"))]
    cause: Option<&'static str>,
    /// How sure the cause is.
    #[cfg_attr(test, schemars(schema_with = "schema::confidence"))]
    confidence: &'static str,
    /// The cause in words; may be empty.
    story: String,
    /// What to change, in words; may be empty.
    remedy: String,
    /// What in the exchange shows the cause.
    evidence: Vec<EvidenceEntry>,
    /// What answers there, as far as its answers tell or `--stack` says.
    #[cfg_attr(test, schemars(schema_with = "schema::identifier_or_null"))]
    stack: Option<&'static str>,
    /// How far the call got.
    #[cfg_attr(test, schemars(schema_with = "schema::reached"))]
    reached_server: &'static str,
    /// The same in a sentence: whether the server may have acted on the call.
    side_effects: String,
    /// What each engine concludes, by its name.
    browsers: BTreeMap<String, BrowserVerdict>,
    /// Every request of the call, in order.
    exchange: Vec<ExchangeEntry>,
    /// Requests beside the call.
    extra: Vec<ExtraEntry>,
    /// Why there was no response, where there was none.
    unreachable: Option<UnreachableEntry>,
    /// What the script can read; nothing where the call is blocked.
    readable: Option<ReadableEntry>,
    /// Lines that mend it.
    fixes: Vec<FixEntry<'a>>,
    /// What cannot be seen from outside, and might matter all the same.
    notes: Vec<String>,
}

/// One thing that shows the cause.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct EvidenceEntry {
    /// Which exchange, counted from 0.
    exchange: usize,
    /// Which part of it.
    #[cfg_attr(test, schemars(schema_with = "schema::part"))]
    part: &'static str,
    /// The header's name in lower case, where the part is one, or the lack of one.
    name: Option<String>,
    /// Which bytes of the header's value; all of it where there are none.
    spans: Vec<SpanEntry>,
    /// `wrong`: what is wrong. `beside`: what of the request that is held against.
    #[cfg_attr(test, schemars(schema_with = "schema::role"))]
    role: &'static str,
    /// What it shows, in words.
    shows: String,
}

/// Some bytes of one line of a header.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SpanEntry {
    /// Which of the lines of that name, counted from 0.
    line: usize,
    /// The first byte, counted from 0.
    start: usize,
    /// The byte behind the last; the same as `start` where something is missing.
    end: usize,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct BrowserVerdict {
    /// Nothing where that browser would have asked something else, which was not sent for its sake.
    #[cfg_attr(test, schemars(schema_with = "schema::verdict_or_null"))]
    verdict: Option<&'static str>,
    #[cfg_attr(test, schemars(schema_with = "schema::failure_or_null"))]
    failure: Option<&'static str>,
    /// The lines that browser prints, one below the other.
    console: Option<String>,
    /// Whose rules were used: another name than the engine's where its own are not known.
    judged_as: String,
    /// Why there is no verdict, or no failure of a blocked call; else nothing.
    note: Option<String>,
}

/// A request beside the call.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ExtraEntry {
    /// Which browser would have sent it; nothing where none would have.
    browser: Option<String>,
    /// What was asked to tell causes apart, and what it showed.
    question: Option<QuestionEntry>,
    #[serde(flatten)]
    entry: ExchangeEntry,
    /// Why there was no response, where there was none.
    unreachable: Option<UnreachableEntry>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct QuestionEntry {
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    id: &'static str,
    /// What is asked, and to learn what.
    purpose: String,
    /// What the answer showed.
    shows: Option<String>,
}

/// One request, and what came of it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ExchangeEntry {
    #[cfg_attr(test, schemars(schema_with = "schema::kind"))]
    kind: &'static str,
    request: RequestEntry,
    /// Nothing where there was none.
    response: Option<ResponseEntry>,
}

/// A request as it was sent.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RequestEntry {
    method: String,
    url: String,
    /// Name and value each; secrets read `(hidden)`.
    headers: Vec<(String, String)>,
}

/// A response as it came.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ResponseEntry {
    status: u16,
    /// Name and value each; secrets read `(hidden)`.
    headers: Vec<(String, String)>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UnreachableEntry {
    /// Which phase failed.
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    kind: &'static str,
    /// What failed, in words.
    message: String,
    /// What to do about it.
    hint: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReadableEntry {
    /// Whether the script sees the status.
    status: bool,
    /// The headers that it can read.
    headers: Vec<String>,
    /// Headers that came, and that it cannot read.
    hidden: Vec<String>,
    /// Whether it can read the body.
    body: bool,
}

/// The document as text.
pub(crate) fn json(report: &Report, page: &Page, call: &Call) -> String {
    let diagnosis = &report.diagnosis;
    let secrets = Secrets::of(report, call);
    let document = Document {
        version: 1,
        verdict: Word::of(report).as_str(),
        failure: diagnosis
            .stopped_before
            .or_else(|| report.verdict.failure().map(|failure| failure.id))
            .map(FailureId::as_str),
        next: next(&report.verdict),
        cause: diagnosis.cause.map(|cause| cause.as_str()),
        confidence: diagnosis.confidence.as_str(),
        story: secrets.hide(&match report.verdict.failure() {
            Some(failure) if diagnosis.story.is_empty() => failure.to_string(),
            _ => diagnosis.story.clone(),
        }),
        remedy: secrets.hide(&diagnosis.remedy),
        evidence: diagnosis.evidence.iter().map(evidence_entry).collect(),
        stack: diagnosis.stack.map(|stack| stack.as_str()),
        reached_server: diagnosis.reached.as_str(),
        side_effects: diagnosis.side_effects.clone(),
        browsers: report
            .engines
            .iter()
            .map(|engine| (engine.browser.to_string(), browser_verdict(engine, page, call, &secrets)))
            .collect(),
        exchange: report.steps.iter().map(exchange).collect(),
        extra: extra(report),
        unreachable: report.unreachable().map(unreachable_entry),
        readable: report.verdict.readable().map(|readable| ReadableEntry {
            status: readable.status.is_some(),
            headers: readable.headers.clone(),
            hidden: readable.hidden.clone(),
            body: readable.body,
        }),
        fixes: diagnosis.fixes.iter().map(FixEntry::of).collect(),
        notes: diagnosis.notes.clone(),
    };
    serde_json::to_string_pretty(&document)
        .unwrap_or_else(|error| format!("{{\"version\":1,\"error\":\"{error}\"}}"))
}

/// What was sent beside the call: for the other engines, then to tell causes apart.
fn extra(report: &Report) -> Vec<ExtraEntry> {
    let entry = |browser, question, step: &Step| ExtraEntry {
        browser,
        question,
        entry: exchange(step),
        unreachable: step.result.as_ref().err().map(unreachable_entry),
    };
    let engines = report.extras.iter().map(|extra| entry(Some(extra.browser.to_string()), None, &extra.step));
    let asked = report.asked.iter().enumerate().map(|(index, asked)| {
        let question = QuestionEntry {
            id: asked.question.as_str(),
            purpose: asked.question.purpose(),
            shows: report.diagnosis.learned_from(index).map(str::to_owned),
        };
        entry(None, Some(question), &asked.step)
    });
    engines.chain(asked).collect()
}

fn next(verdict: &Verdict) -> Vec<&'static str> {
    match &verdict.outcome {
        corsac_browser::Outcome::Blocked(blocked) => {
            blocked.next.iter().map(|failure| failure.id.as_str()).collect()
        }
        corsac_browser::Outcome::Allowed(_) => Vec::new(),
    }
}

fn browser_verdict(engine: &Engine, page: &Page, call: &Call, secrets: &Secrets) -> BrowserVerdict {
    let Engine { browser, conclusion } = engine;
    let verdict = conclusion.verdict();
    let word = match conclusion {
        Conclusion::Reached(verdict) if got_no_answer(verdict) => Some(Word::Unreachable),
        Conclusion::Reached(verdict) => Some(Word::of_verdict(verdict)),
        Conclusion::BlockedAnyway(_) => Some(Word::Blocked),
        _ => None,
    };
    let console =
        verdict.map(|verdict| secrets.hide(&console_lines(*browser, page, call, verdict).join("\n")));
    BrowserVerdict {
        verdict: word.map(Word::as_str),
        failure: verdict.and_then(Verdict::failure).map(|failure| failure.id.as_str()),
        console: console.filter(|console| !console.is_empty()),
        judged_as: if browser.is_measured() { *browser } else { Browser::Standard }.to_string(),
        note: super::unreached(*browser, conclusion),
    }
}

fn got_no_answer(verdict: &Verdict) -> bool {
    let id = verdict.failure().map(|failure| failure.id);
    matches!(id, Some(FailureId::NetworkFailure | FailureId::PreflightNetworkFailure))
}

fn unreachable_entry(unreachable: &Unreachable) -> UnreachableEntry {
    UnreachableEntry {
        kind: unreachable.kind.id(),
        message: unreachable.message.clone(),
        hint: unreachable.hint.clone(),
    }
}

fn exchange(step: &Step) -> ExchangeEntry {
    ExchangeEntry {
        kind: kind(step.request.kind),
        request: RequestEntry::of(&step.request),
        response: step.result.as_ref().ok().map(|reply| ResponseEntry {
            status: reply.response.status,
            headers: lines(&reply.response.headers),
        }),
    }
}

impl RequestEntry {
    /// The request as it may be shown.
    pub(crate) fn of(request: &WireRequest) -> Self {
        Self {
            method: request.method.clone(),
            url: shown_url(&request.url).to_string(),
            headers: lines(&request.headers),
        }
    }
}

pub(crate) fn kind(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Preflight => "preflight",
        RequestKind::Actual => "actual",
    }
}

fn evidence_entry(evidence: &Evidence) -> EvidenceEntry {
    let (part, name) = match &evidence.part {
        Part::Status => ("status", None),
        Part::Header(name) => ("header", Some(name)),
        Part::NoHeader(name) => ("no-header", Some(name)),
        Part::Body => ("body", None),
        Part::NoResponse => ("no-response", None),
        Part::RequestHeader(name) => ("request-header", Some(name)),
        Part::IgnoredLine(_) => ("ignored-line", None),
    };
    // Bytes of what is not shown mean nothing.
    let spans = evidence.spans.iter().filter(|_| !name.is_some_and(|name| is_secret(name)));
    EvidenceEntry {
        exchange: evidence.exchange,
        part,
        name: name.cloned(),
        spans: spans
            .map(|span| SpanEntry { line: span.line, start: span.bytes.start, end: span.bytes.end })
            .collect(),
        role: evidence.role.as_str(),
        shows: evidence.shows.clone(),
    }
}

fn lines(headers: &HeaderList) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_owned(), shown(name, value))).collect()
}

#[cfg(test)]
#[test]
fn the_schema_is_the_one_that_is_kept() {
    schema::assert_kept::<Document<'_>>("check");
}
