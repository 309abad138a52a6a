//! The result of a check as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use corsac_browser::{Browser, Call, FailureId, HeaderList, Page, RequestKind, Verdict, console_lines};
use corsac_probe::{Conclusion, Engine, Report, Step, Unreachable};
use serde::Serialize;
use std::collections::BTreeMap;

use super::fix_json::FixEntry;
use super::{Word, shown, shown_url};

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    verdict: &'static str,
    failure: Option<&'static str>,
    next: Vec<&'static str>,
    cause: Option<&'static str>,
    confidence: &'static str,
    story: String,
    remedy: String,
    stack: Option<&'static str>,
    reached_server: &'static str,
    side_effects: String,
    browsers: BTreeMap<String, BrowserVerdict>,
    exchange: Vec<ExchangeEntry>,
    extra: Vec<ExtraEntry>,
    unreachable: Option<UnreachableEntry>,
    readable: Option<ReadableEntry>,
    fixes: Vec<FixEntry<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct BrowserVerdict {
    verdict: Option<&'static str>,
    failure: Option<&'static str>,
    console: Option<String>,
    /// Whose rules were used: another name than the engine's where its own are not known.
    judged_as: String,
    /// Why there is no verdict, or no failure of a blocked call; else nothing.
    note: Option<String>,
}

#[derive(Serialize)]
struct ExtraEntry {
    /// Nothing where no browser would have sent it.
    browser: Option<String>,
    /// What was asked to tell causes apart, and what it showed.
    question: Option<QuestionEntry>,
    #[serde(flatten)]
    entry: ExchangeEntry,
    unreachable: Option<UnreachableEntry>,
}

#[derive(Serialize)]
struct QuestionEntry {
    id: &'static str,
    purpose: String,
    shows: Option<String>,
}

#[derive(Serialize)]
struct ExchangeEntry {
    kind: &'static str,
    request: RequestEntry,
    response: Option<ResponseEntry>,
}

#[derive(Serialize)]
struct RequestEntry {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
}

#[derive(Serialize)]
struct ResponseEntry {
    status: u16,
    headers: Vec<(String, String)>,
}

#[derive(Serialize)]
struct UnreachableEntry {
    kind: &'static str,
    message: String,
    hint: String,
}

#[derive(Serialize)]
struct ReadableEntry {
    status: bool,
    headers: Vec<String>,
    hidden: Vec<String>,
    body: bool,
}

/// The document as text.
pub(crate) fn json(report: &Report, page: &Page, call: &Call) -> String {
    let diagnosis = &report.diagnosis;
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
        story: match report.verdict.failure() {
            Some(failure) if diagnosis.story.is_empty() => failure.to_string(),
            _ => diagnosis.story.clone(),
        },
        remedy: diagnosis.remedy.clone(),
        stack: diagnosis.stack.map(|stack| stack.as_str()),
        reached_server: diagnosis.reached.as_str(),
        side_effects: diagnosis.side_effects.clone(),
        browsers: report
            .engines
            .iter()
            .map(|engine| (engine.browser.to_string(), browser_verdict(engine, page, call)))
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

fn browser_verdict(engine: &Engine, page: &Page, call: &Call) -> BrowserVerdict {
    let Engine { browser, conclusion } = engine;
    let verdict = conclusion.verdict();
    let word = match conclusion {
        Conclusion::Reached(verdict) if got_no_answer(verdict) => Some(Word::Unreachable),
        Conclusion::Reached(verdict) => Some(Word::of_verdict(verdict)),
        Conclusion::BlockedAnyway(_) => Some(Word::Blocked),
        _ => None,
    };
    let console = verdict.map(|verdict| console_lines(*browser, page, call, verdict).join("\n"));
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
        kind: match step.request.kind {
            RequestKind::Preflight => "preflight",
            RequestKind::Actual => "actual",
        },
        request: RequestEntry {
            method: step.request.method.clone(),
            url: shown_url(&step.request.url).to_string(),
            headers: lines(&step.request.headers),
        },
        response: step.result.as_ref().ok().map(|reply| ResponseEntry {
            status: reply.response.status,
            headers: lines(&reply.response.headers),
        }),
    }
}

fn lines(headers: &HeaderList) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_owned(), shown(name, value))).collect()
}
