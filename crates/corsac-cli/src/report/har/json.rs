//! The judged calls as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use std::collections::BTreeMap;

use corsac_browser::{HeaderList, RequestKind};
use corsac_diagnosis::Exchange;
use corsac_diagnosis::har::{Conclusion, JudgedCall, Recording};
use serde::Serialize;

use super::Row;
use super::check_line::check_line;
use crate::printer::plain;
use crate::report::fix_json::FixEntry;
use crate::report::{shown, shown_url};

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    file: &'a str,
    creator: Option<&'a str>,
    entries: usize,
    skipped: Vec<Skipped<'a>>,
    damage: Option<DamageEntry<'a>>,
    blocked: usize,
    unreachable: usize,
    unclear: usize,
    allowed: usize,
    not_cors: usize,
    calls: Vec<CallEntry<'a>>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    entry: usize,
    why: &'a str,
}

#[derive(Serialize)]
struct DamageEntry<'a> {
    cut_off: bool,
    line: usize,
    what: &'a str,
}

#[derive(Serialize)]
struct CallEntry<'a> {
    number: usize,
    count: usize,
    entries: Vec<usize>,
    kind: &'static str,
    method: &'a str,
    url: String,
    page: Option<String>,
    browser: String,
    verdict: &'static str,
    failure: Option<&'static str>,
    cause: Option<&'static str>,
    grade: &'static str,
    story: &'a str,
    remedy: &'a str,
    elsewhere: BTreeMap<String, Option<&'static str>>,
    claims: Vec<ClaimEntry<'a>>,
    exchange: Vec<ExchangeEntry>,
    stack: Option<&'static str>,
    fixes: Vec<FixEntry<'a>>,
    check: Option<String>,
}

#[derive(Serialize)]
struct ClaimEntry<'a> {
    about: &'static str,
    says: &'a str,
    grade: &'static str,
    because: &'a str,
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

/// The document as text.
pub(crate) fn json(file: &str, recording: &Recording, calls: &[JudgedCall], rows: &[Row<'_>]) -> String {
    let of = |conclusion| calls.iter().filter(|call| call.conclusion == conclusion).count();
    let document = Document {
        version: 1,
        file,
        creator: recording.creator.as_deref(),
        entries: recording.len(),
        skipped: recording.skipped.iter().map(|(entry, why)| Skipped { entry: *entry, why }).collect(),
        damage: recording.damage.as_ref().map(|damage| DamageEntry {
            cut_off: damage.is_cut_off,
            line: damage.line,
            what: &damage.what,
        }),
        blocked: of(Conclusion::Blocked),
        unreachable: of(Conclusion::Unreachable),
        unclear: of(Conclusion::Unclear),
        allowed: of(Conclusion::Allowed),
        not_cors: of(Conclusion::NotCors),
        calls: rows.iter().map(call_entry).collect(),
    };
    serde_json::to_string_pretty(&document)
        .unwrap_or_else(|error| format!("{{\"version\":1,\"error\":\"{error}\"}}"))
}

fn call_entry<'a>(row: &Row<'a>) -> CallEntry<'a> {
    let call = row.call;
    let diagnosis = call.diagnosis.as_ref();
    let every = std::iter::once(call).chain(row.again.iter().copied());
    CallEntry {
        number: call.number,
        count: row.count(),
        entries: every.flat_map(|call| call.entries.iter().copied()).collect(),
        kind: call.kind.as_str(),
        method: &call.method,
        url: shown_url(&call.url).to_string(),
        page: call.origin.as_ref().map(ToString::to_string),
        browser: call.browser.to_string(),
        verdict: call.conclusion.as_str(),
        failure: call.failure.map(|failure| failure.as_str()),
        cause: call.cause.map(|cause| cause.as_str()),
        grade: call.grade.as_str(),
        story: &call.story,
        remedy: &call.remedy,
        elsewhere: call
            .elsewhere
            .iter()
            .map(|(browser, failure)| (browser.to_string(), failure.map(|failure| failure.as_str())))
            .collect(),
        claims: call
            .claims
            .iter()
            .map(|claim| ClaimEntry {
                about: claim.about.as_str(),
                says: &claim.says,
                grade: claim.grade.as_str(),
                because: &claim.because,
            })
            .collect(),
        exchange: call.exchanges.iter().map(exchange).collect(),
        stack: diagnosis.and_then(|diagnosis| diagnosis.stack).map(|stack| stack.as_str()),
        fixes: diagnosis.iter().flat_map(|diagnosis| &diagnosis.fixes).map(FixEntry::of).collect(),
        check: call.made.as_ref().map(|(page, made)| check_line(page, made)),
    }
}

fn exchange(exchange: &Exchange) -> ExchangeEntry {
    ExchangeEntry {
        kind: match exchange.request.kind {
            RequestKind::Preflight => "preflight",
            RequestKind::Actual => "actual",
        },
        request: RequestEntry {
            method: exchange.request.method.clone(),
            url: shown_url(&exchange.request.url).to_string(),
            headers: lines(&exchange.request.headers),
        },
        response: exchange
            .response()
            .map(|response| ResponseEntry { status: response.status, headers: lines(&response.headers) }),
    }
}

fn lines(headers: &HeaderList) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (plain(name).into_owned(), shown(name, value))).collect()
}
