//! Runs the scenarios in `vectors/browser` through the machine, and says of every one that fails how.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use corsac_browser::{
    Answer, Body, Browser, Call, FailureId, HeaderList, Next, Outcome, Page, PreflightCache, RequestKind,
    Verdict, WireRequest, WireResponse, fetch,
};
use corsac_vectors::{Text, load};
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    page: Option<String>,
    secure_context: Option<bool>,
    call: CallData,
    #[serde(default)]
    exchange: Vec<Step>,
    verdict: VerdictData,
    /// Further calls of the same page, with the same preflight cache.
    #[serde(default)]
    then: Vec<Then>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    /// Seconds since the first call.
    at: f64,
    call: CallData,
    #[serde(default)]
    exchange: Vec<Step>,
    verdict: VerdictData,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallData {
    url: String,
    method: Option<String>,
    #[serde(default)]
    headers: Vec<(String, Text)>,
    mode: Option<String>,
    credentials: Option<String>,
    redirect: Option<String>,
    initiator: Option<String>,
    body: Option<BodyData>,
    #[serde(default)]
    upload_listener: bool,
    #[serde(default)]
    stream: bool,
    cookies: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum BodyData {
    Text(String),
    UrlEncoded(String),
    Multipart(Vec<(String, String)>),
    Blob { content_type: String, text: String },
    Bytes(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    expect: Expect,
    answer: AnswerData,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    kind: String,
    method: Option<String>,
    url: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    absent: Vec<String>,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AnswerData {
    Word(String),
    Response {
        status: u16,
        #[serde(default)]
        headers: Vec<(String, Text)>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictData {
    outcome: String,
    failure: Option<String>,
    #[serde(default)]
    next: Vec<String>,
    reached: Option<bool>,
    message: Option<String>,
    #[serde(rename = "type")]
    response_type: Option<String>,
    status: Option<u16>,
    readable: Option<Vec<String>>,
    hidden: Option<Vec<String>>,
    /// For headers the script cannot read: why, or nothing.
    #[serde(default)]
    why_hidden: BTreeMap<String, String>,
    tainting: Option<String>,
    redirected: Option<bool>,
    url: Option<String>,
    #[serde(default)]
    dropped: Vec<String>,
}

fn cases() -> Vec<Case> {
    load("browser")
}

/// Every character stands for the byte of its number.
fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(character).expect("header values are written as bytes"))
        .collect()
}

fn header_list(lines: &[(String, Text)]) -> HeaderList {
    lines.iter().map(|(name, value)| (name.clone(), bytes(&value.expand()))).collect()
}

fn word<T: std::str::FromStr<Err: std::fmt::Display>>(word: Option<&str>, default: T) -> Result<T, String> {
    word.map_or(Ok(default), |word| word.parse().map_err(|error: T::Err| error.to_string()))
}

impl CallData {
    fn call(&self) -> Result<Call, String> {
        let mut call = Call::new(Url::parse(&self.url).map_err(|error| format!("{}: {error}", self.url))?);
        if let Some(method) = &self.method {
            call.method.clone_from(method);
        }
        call.headers = header_list(&self.headers);
        call.mode = word(self.mode.as_deref(), call.mode)?;
        call.credentials = word(self.credentials.as_deref(), call.credentials)?;
        call.redirect = word(self.redirect.as_deref(), call.redirect)?;
        call.initiator = word(self.initiator.as_deref(), call.initiator)?;
        call.body = self.body.as_ref().map(|body| match body {
            BodyData::Text(text) => Body::Text(text.clone()),
            BodyData::UrlEncoded(text) => Body::UrlEncoded(text.clone()),
            BodyData::Multipart(fields) => Body::Multipart(fields.clone()),
            BodyData::Blob { content_type, text } => {
                Body::Blob { content_type: content_type.clone(), bytes: text.clone().into_bytes() }
            }
            BodyData::Bytes(text) => Body::Bytes(bytes(text)),
        });
        call.upload_listener = self.upload_listener;
        call.stream = self.stream;
        call.cookies.clone_from(&self.cookies);
        Ok(call)
    }
}

impl Expect {
    fn check(&self, call_url: &str, request: &WireRequest, faults: &mut String) {
        let kind = match request.kind {
            RequestKind::Preflight => "preflight",
            RequestKind::Actual => "actual",
        };
        compare("kind", kind, &self.kind, faults);
        if let Some(method) = &self.method {
            compare("method", &request.method, method, faults);
        }
        compare("url", request.url.as_str(), self.url.as_deref().unwrap_or(call_url), faults);
        for (name, value) in &self.headers {
            let sent = request.headers.get(name);
            if sent.as_deref() != Some(&bytes(value)) {
                let sent = sent.map(|sent| String::from_utf8_lossy(&sent).into_owned());
                let _ = write!(faults, "\n    header {name} is {sent:?}, not {value:?}");
            }
        }
        for name in &self.absent {
            if let Some(value) = request.headers.get_text(name) {
                let _ = write!(faults, "\n    header {name} is there: {value:?}");
            }
        }
        if let Some(body) = &self.body {
            compare("body", &String::from_utf8_lossy(&request.body), body, faults);
        }
        if request.kind == RequestKind::Preflight {
            for name in ["cookie", "authorization"] {
                if request.headers.contains(name) {
                    let _ = write!(faults, "\n    a preflight with {name}");
                }
            }
        }
    }
}

impl VerdictData {
    fn check(&self, verdict: &Verdict, faults: &mut String) {
        match &verdict.outcome {
            Outcome::Allowed(readable) => {
                compare("outcome", "allowed", &self.outcome, faults);
                if self.outcome != "allowed" {
                    let _ = write!(faults, " ({:?} {:?})", self.failure, self.next);
                }
                if let Some(response_type) = &self.response_type {
                    compare("type", readable.response_type.as_str(), response_type, faults);
                }
                if self.status.is_some() {
                    compare(
                        "status",
                        &format!("{:?}", readable.status),
                        &format!("{:?}", self.status),
                        faults,
                    );
                }
                if let Some(headers) = &self.readable {
                    compare("readable", &readable.headers.join(" "), &headers.join(" "), faults);
                }
                if let Some(hidden) = &self.hidden {
                    compare("hidden", &readable.hidden.join(" "), &hidden.join(" "), faults);
                }
                for (name, why) in &self.why_hidden {
                    let reason = readable.why_hidden(name).map_or("", FailureId::as_str);
                    compare(&format!("the reason why {name} is hidden"), reason, why, faults);
                }
            }
            Outcome::Blocked(blocked) => {
                compare("outcome", "blocked", &self.outcome, faults);
                let failure = self.failure.as_deref().unwrap_or_default();
                compare("failure", blocked.failure.id.as_str(), failure, faults);
                let next: Vec<_> = blocked.next.iter().map(|failure| failure.id.as_str()).collect();
                compare("next", &next.join(" "), &self.next.join(" "), faults);
                if let Some(reached) = self.reached {
                    let (got, wanted) = (blocked.request_reached_server, reached);
                    compare("reached", &got.to_string(), &wanted.to_string(), faults);
                }
                if let Some(message) = &self.message {
                    compare("message", &blocked.failure.to_string(), message, faults);
                }
            }
        }
        if let Some(tainting) = &self.tainting {
            compare("tainting", verdict.tainting.as_str(), tainting, faults);
        }
        if let Some(redirected) = self.redirected {
            compare("redirected", &verdict.redirected.to_string(), &redirected.to_string(), faults);
        }
        if let Some(url) = &self.url {
            compare("url", verdict.url.as_str(), url, faults);
        }
        let dropped: Vec<_> = verdict.dropped_headers.iter().map(|header| header.name.as_str()).collect();
        compare("dropped", &dropped.join(" "), &self.dropped.join(" "), faults);
    }
}

fn compare(what: &str, got: &str, wanted: &str, faults: &mut String) {
    if got != wanted {
        let _ = write!(faults, "\n    {what} is {got:?}, not {wanted:?}");
    }
}

/// One call from beginning to end.
fn run(
    page: &Page,
    call: &CallData,
    exchange: &[Step],
    verdict: &VerdictData,
    cache: &mut PreflightCache,
    now: Duration,
    faults: &mut String,
) -> Result<(), String> {
    let judged = call.call()?;
    let mut next = fetch(page, &judged, Browser::Standard, cache, now);
    let mut steps = exchange.iter();
    loop {
        match next {
            Next::Send(pending) => {
                let Some(step) = steps.next() else {
                    let request = pending.request();
                    return Err(format!("sends more than expected: {} {}", request.method, request.url));
                };
                step.expect.check(&call.url, pending.request(), faults);
                let answer = match &step.answer {
                    AnswerData::Word(word) if word == "network-error" => Answer::NetworkError,
                    AnswerData::Word(word) => return Err(format!("`{word}` is no answer")),
                    AnswerData::Response { status, headers } => {
                        Answer::Response(WireResponse { status: *status, headers: header_list(headers) })
                    }
                };
                next = pending.receive(answer, cache, now);
            }
            Next::Done(done) => {
                verdict.check(&done, faults);
                let left = steps.count();
                return if left == 0 {
                    Ok(())
                } else {
                    Err(format!("ends with {left} requests still expected"))
                };
            }
        }
    }
}

fn run_case(case: &Case) -> String {
    let mut faults = String::new();
    let page = case.page.as_deref().unwrap_or("https://app.example");
    let mut page = match page.parse() {
        Ok(origin) => Page::of(origin),
        Err(error) => return format!("\n    {error}"),
    };
    page.secure_context = case.secure_context.unwrap_or(page.secure_context);
    let mut cache = PreflightCache::new();
    let mut calls = vec![(0.0, &case.call, &case.exchange, &case.verdict)];
    calls.extend(case.then.iter().map(|then| (then.at, &then.call, &then.exchange, &then.verdict)));
    for (index, (at, call, exchange, verdict)) in calls.into_iter().enumerate() {
        let mut found = String::new();
        let now = Duration::from_secs_f64(at);
        if let Err(error) = run(&page, call, exchange, verdict, &mut cache, now, &mut found) {
            let _ = write!(found, "\n    {error}");
        }
        if !found.is_empty() {
            let _ = write!(faults, "\n  call {}:{found}", index + 1);
        }
    }
    faults
}

#[test]
fn every_scenario_comes_out_as_written() {
    let mut report = String::new();
    let mut count = 0;
    for case in cases() {
        count += 1;
        let faults = run_case(&case);
        if !faults.is_empty() {
            let _ = write!(report, "\n{}{faults}", case.id);
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(count >= 150, "only {count} scenarios were found");
}

#[test]
fn scenario_ids_are_unique_and_kebab_case() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        let kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(case.id.bytes().all(kebab), "{}", case.id);
        assert!(seen.insert(case.id.clone()), "{} is there twice", case.id);
    }
}

#[test]
fn every_failure_that_is_judged_has_a_scenario() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        for verdict in case.then.iter().map(|then| &then.verdict).chain([&case.verdict]) {
            seen.extend(verdict.failure.clone());
            seen.extend(verdict.why_hidden.values().filter(|id| !id.is_empty()).cloned());
        }
    }
    let ids = FailureId::ALL.iter();
    let unseen: Vec<_> = ids.filter(|id| id.is_judged() && !seen.contains(id.as_str())).collect();
    assert!(unseen.is_empty(), "no scenario ends in {unseen:?}");
    let ids = FailureId::ALL.iter();
    let known: BTreeSet<_> = ids.filter(|id| id.is_judged()).map(|id| id.as_str()).collect();
    let unknown: Vec<_> = seen.iter().filter(|id| !known.contains(id.as_str())).collect();
    assert!(unknown.is_empty(), "scenarios end in {unknown:?}");
}
