//! Where a browser did something else than was predicted.
//!
//! Compares, and words what it finds; what is excused is `known`'s affair.

use corsac_browser::{HeaderList, Outcome, RequestKind, Verdict, WireRequest};

use crate::observe::{CallResult, Observation};
use crate::origins::{BODY, Logged};
use crate::predict::{Prediction, asked_url};
use crate::scenario::{Frame, Placed};

/// The headers of requests that must be as predicted.
pub const COMPARED: [&str; 6] = [
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Cookie",
    "Authorization",
    "Content-Type",
];

/// What engines print besides: of any transfer that broke or had a bad status, of a header that was dropped.
const BESIDES: [&str; 4] = [
    "Failed to load resource: ",
    "Refused to set unsafe header ",
    "Could not connect to ",
    "Connection terminated unexpectedly",
];

/// One thing in which the two differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// What kind of thing, in words that many cases share.
    pub kind: String,
    /// What was predicted, and what was seen.
    pub detail: String,
}

impl Difference {
    fn new(kind: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind: kind.into(), detail: detail.into() }
    }
}

/// Everything in which they differ.
#[must_use]
pub fn compare(placed: &Placed, prediction: &Prediction, seen: &Observation) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (index, (verdict, result)) in prediction.verdicts.iter().zip(&seen.results).enumerate() {
        let mut found = compare_call(verdict, result);
        if placed.calls.len() > 1 {
            for difference in &mut found {
                difference.detail = format!("call {}: {}", index + 1, difference.detail);
            }
        }
        differences.append(&mut found);
    }
    if prediction.verdicts.len() != seen.results.len() {
        differences.push(Difference::new("calls", "not every call was made"));
    }
    differences.extend(compare_wire(&prediction.requests, &seen.requests));
    differences.extend(compare_console(placed, prediction, seen));
    differences
}

/// The lines about the calls that failed, to the letter.
fn compare_console(placed: &Placed, prediction: &Prediction, seen: &Observation) -> Option<Difference> {
    let is_judged = |text: &str| !BESIDES.iter().any(|besides| text.contains(besides));
    let mut predicted: Vec<_> = prediction.console.iter().filter(|text| is_judged(text)).cloned().collect();
    let printed = seen.console.iter().map(|line| line.text.as_str()).filter(|text| is_judged(text));
    let mut printed: Vec<String> = printed.map(|text| without_own_address(placed, text)).collect();
    // These lines come from another process of Firefox than the rest, in whatever order the two are done.
    if printed.iter().any(|text| is_of_another_process(text)) {
        predicted.sort_by_key(|text| !is_of_another_process(text));
        printed.sort_by_key(|text| !is_of_another_process(text));
    }
    (printed != predicted).then(|| {
        let kind = match (predicted.is_empty(), printed.is_empty()) {
            (true, false) => "console: something printed, nothing predicted",
            (false, true) => "console: something predicted, nothing printed",
            _ => "console: another text",
        };
        Difference::new(kind, format!("{predicted:#?} predicted, {printed:#?} printed"))
    })
}

fn is_of_another_process(line: &str) -> bool {
    line.starts_with("Security Error: ")
}

/// A line in which a frame without an origin has the name that predictions have for it: Firefox makes up another
/// in every run, and WebKit tells the whole of a `data:` URL.
pub(crate) fn without_own_address(placed: &Placed, line: &str) -> String {
    if placed.frame == Frame::Page {
        return line.to_owned();
    }
    let name = placed.page.referrer.as_ref().map_or("null", |url| url.as_str());
    let is_own = |word: &str| word.starts_with("moz-nullprincipal:") || word.starts_with("data:text/html;");
    let words = line.split(' ').map(|word| if is_own(word) { name } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn compare_call(verdict: &Verdict, result: &CallResult) -> Vec<Difference> {
    let mut differences = Vec::new();
    let (readable, result) = match (&verdict.outcome, result) {
        (_, CallResult::Hung) => return vec![Difference::new("hung", "the call never ended")],
        (Outcome::Blocked(_), CallResult::Blocked { .. }) => return differences,
        (Outcome::Blocked(blocked), CallResult::Allowed { status, .. }) => {
            let kind = format!("verdict: {} predicted, allowed", blocked.failure.id.as_str());
            return vec![Difference::new(kind, format!("{}; allowed with {status}", blocked.failure))];
        }
        (Outcome::Allowed(_), CallResult::Blocked { error }) => {
            return vec![Difference::new("verdict: allowed predicted, blocked", error.clone())];
        }
        (Outcome::Allowed(readable), result) => (readable, result),
    };
    let CallResult::Allowed { response_type, status, redirected, headers, body } = result else {
        return differences;
    };
    if let Some(response_type) = response_type
        && response_type != readable.response_type.as_str()
    {
        let detail = format!("{} predicted, {response_type} seen", readable.response_type);
        differences.push(Difference::new("response type", detail));
    }
    let wanted = readable.status.unwrap_or(0);
    if *status != wanted {
        differences.push(Difference::new("status", format!("{wanted} predicted, {status} seen")));
    }
    if *headers != readable.headers {
        let extra: Vec<_> = headers.iter().filter(|name| !readable.headers.contains(name)).collect();
        let missing: Vec<_> = readable.headers.iter().filter(|name| !headers.contains(name)).collect();
        let kind = match (extra.is_empty(), missing.is_empty()) {
            (false, true) => "readable headers: more than predicted",
            (true, false) => "readable headers: fewer than predicted",
            _ => "readable headers: others than predicted",
        };
        differences.push(Difference::new(kind, format!("readable {extra:?}, not readable {missing:?}")));
    }
    // A response that is not followed counts as redirected in no engine's script.
    let wanted = verdict.redirected && readable.status.is_some();
    if let Some(redirected) = redirected
        && readable.status.is_some()
        && *redirected != wanted
    {
        differences.push(Difference::new("redirected", format!("{wanted} predicted, {redirected} seen")));
    }
    if !readable.body && body.is_some_and(|length| length > 0) {
        differences.push(Difference::new("body", "it could be read"));
    }
    let from_server = matches!(verdict.url.scheme(), "http" | "https");
    if readable.body && from_server && body.is_some_and(|length| length != 0 && length != BODY.len() as u64) {
        differences.push(Difference::new("body", format!("{body:?} bytes")));
    }
    differences
}

/// The requests in order. Those that a browser repeats after a broken connection count once.
fn compare_wire(predicted: &[WireRequest], seen: &[Logged]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let seen: Vec<_> = seen.iter().filter(|request| !request.again).collect();
    for index in 0..predicted.len().max(seen.len()) {
        match (predicted.get(index), seen.get(index)) {
            (Some(predicted), Some(seen)) => {
                let found = compare_request(predicted, seen);
                let is_other = found.iter().any(|difference| difference.kind.starts_with("wire: another"));
                differences.extend(found);
                if is_other {
                    // From here on they are out of step.
                    return differences;
                }
            }
            (Some(predicted), None) => {
                let what = kind_word(predicted.kind);
                let detail = format!("{} {}", predicted.method, asked_url(predicted));
                differences.push(Difference::new(format!("wire: {what} predicted, not sent"), detail));
                return differences;
            }
            (None, Some(seen)) => {
                let what = kind_word(seen.kind);
                let scripted = if seen.scripted { "" } else { " (not scripted)" };
                let detail = format!("{} {}{scripted}", seen.method, seen.url);
                differences.push(Difference::new(format!("wire: {what} sent, not predicted"), detail));
                return differences;
            }
            (None, None) => {}
        }
    }
    differences
}

fn compare_request(predicted: &WireRequest, seen: &Logged) -> Vec<Difference> {
    let url = asked_url(predicted);
    if predicted.kind != seen.kind {
        let kind = format!(
            "wire: another request: {} predicted, {} sent",
            kind_word(predicted.kind),
            kind_word(seen.kind)
        );
        return vec![Difference::new(
            kind,
            format!("{} {url}, {} {}", predicted.method, seen.method, seen.url),
        )];
    }
    if url != seen.url {
        return vec![Difference::new("wire: another URL", format!("{url} predicted, {} asked", seen.url))];
    }
    let mut differences = Vec::new();
    let what = kind_word(predicted.kind);
    if predicted.method != seen.method {
        let detail = format!("{} predicted, {} seen", predicted.method, seen.method);
        differences.push(Difference::new(format!("wire: method of {what}"), detail));
    }
    for name in COMPARED {
        let (wanted, got) = (shown(&predicted.headers, name), shown(&seen.headers, name));
        if wanted != got {
            let detail = format!("{wanted:?} predicted, {got:?} seen, for {} {url}", seen.method);
            differences.push(Difference::new(format!("wire: {name} of {what}"), detail));
        }
    }
    differences
}

/// A header as it arrives: white space around a value is none of it, and what keeps the parts of a form apart is
/// made up anew each time.
fn shown(headers: &HeaderList, name: &str) -> Option<String> {
    let value = headers.get_text(name)?;
    let value = value.trim_matches([' ', '\t']);
    let is_form = name == "Content-Type" && value.starts_with("multipart/form-data; boundary=");
    Some(if is_form { "multipart/form-data".to_owned() } else { value.to_owned() })
}

fn kind_word(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Preflight => "preflight",
        RequestKind::Actual => "actual request",
    }
}
