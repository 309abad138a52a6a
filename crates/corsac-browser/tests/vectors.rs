//! Runs the scenarios in `vectors/browser` through the machine, and says of every one that fails how.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use corsac_browser::{
    Answer, Body, Browser, Call, FailureId, HeaderList, Next, Outcome, Page, PreflightCache, Quirk,
    RequestKind, UnknownWord, Verdict, WireRequest, WireResponse, console_lines, fetch,
};
use corsac_vectors::{Text, load};
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    /// The Web Platform Test that it stands for.
    wpt: Option<String>,
    /// Whose the verdict is; the standard's where nobody is named.
    #[serde(default = "standard")]
    browsers: Vec<String>,
    page: Option<String>,
    secure_context: Option<bool>,
    /// Who the page at the top is, where the page is a frame of it.
    top: Option<String>,
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
    /// What each browser prints.
    console: Option<BTreeMap<String, Vec<String>>>,
    /// For headers the script cannot read: why, or nothing.
    #[serde(default)]
    why_hidden: BTreeMap<String, String>,
    tainting: Option<String>,
    redirected: Option<bool>,
    url: Option<String>,
    #[serde(default)]
    dropped: Vec<String>,
}

fn standard() -> Vec<String> {
    vec!["standard".to_owned()]
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
        compare("kind", kind_word(request.kind), &self.kind, faults);
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

fn kind_word(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Preflight => "preflight",
        RequestKind::Actual => "actual",
    }
}

fn compare(what: &str, got: &str, wanted: &str, faults: &mut String) {
    if got != wanted {
        let _ = write!(faults, "\n    {what} is {got:?}, not {wanted:?}");
    }
}

/// One call of a case.
#[derive(Clone, Copy)]
struct Turn<'a> {
    at: f64,
    call: &'a CallData,
    exchange: &'a [Step],
    verdict: &'a VerdictData,
}

impl Case {
    fn turns(&self) -> impl Iterator<Item = Turn<'_>> {
        let first = Turn { at: 0.0, call: &self.call, exchange: &self.exchange, verdict: &self.verdict };
        let then = self.then.iter().map(|then| Turn {
            at: then.at,
            call: &then.call,
            exchange: &then.exchange,
            verdict: &then.verdict,
        });
        std::iter::once(first).chain(then)
    }

    fn page(&self) -> Result<Page, String> {
        let page = self.page.as_deref().unwrap_or("https://app.example");
        let mut page = Page::of(page.parse().map_err(|error| format!("{error}"))?);
        page.secure_context = self.secure_context.unwrap_or(page.secure_context);
        page.top =
            self.top.as_ref().map(|top| top.parse().map_err(|error| format!("{error}"))).transpose()?;
        Ok(page)
    }
}

impl AnswerData {
    fn answer(&self) -> Result<Answer, String> {
        match self {
            Self::Word(word) if word == "network-error" => Ok(Answer::NetworkError),
            Self::Word(word) => Err(format!("`{word}` is no answer")),
            Self::Response { status, headers } => {
                Ok(Answer::Response(WireResponse { status: *status, headers: header_list(headers) }))
            }
        }
    }
}

impl Turn<'_> {
    /// The call from beginning to end.
    fn run(
        self,
        browser: Browser,
        page: &Page,
        cache: &mut PreflightCache,
        faults: &mut String,
    ) -> Result<(), String> {
        let now = Duration::from_secs_f64(self.at);
        let call = self.call.call()?;
        let mut next = fetch(page, &call, browser, cache, now);
        let mut steps = self.exchange.iter();
        loop {
            match next {
                Next::Send(pending) => {
                    let Some(step) = steps.next() else {
                        let request = pending.request();
                        return Err(format!("sends more than expected: {} {}", request.method, request.url));
                    };
                    step.expect.check(&self.call.url, pending.request(), faults);
                    next = pending.receive(step.answer.answer()?, cache, now);
                }
                Next::Done(verdict) => {
                    self.verdict.check(&verdict, faults);
                    if let Some(console) = &self.verdict.console {
                        let lines = console_lines(browser, page, &call, &verdict);
                        let wanted = console.get(browser.as_str()).cloned().unwrap_or_default();
                        compare("console", &lines.join("\n"), &wanted.join("\n"), faults);
                    }
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
}

fn run_case(case: &Case) -> String {
    let mut faults = String::new();
    for browser in &case.browsers {
        let found = browser
            .parse()
            .map_err(|error: UnknownWord| error.to_string())
            .and_then(|browser| run_case_as(case, browser))
            .unwrap_or_else(|error| format!("\n    {error}"));
        if !found.is_empty() {
            let _ = write!(faults, "\n  as {browser}:{found}");
        }
    }
    faults
}

fn run_case_as(case: &Case, browser: Browser) -> Result<String, String> {
    let mut faults = String::new();
    let page = case.page()?;
    let mut cache = PreflightCache::new();
    for (index, turn) in case.turns().enumerate() {
        let mut found = String::new();
        if let Err(error) = turn.run(browser, &page, &mut cache, &mut found) {
            let _ = write!(found, "\n    {error}");
        }
        if !found.is_empty() {
            let _ = write!(faults, "\n  call {}:{found}", index + 1);
        }
    }
    Ok(faults)
}

/// Everything a browser does with the answers of a case: each request, and how each call ends. A request that no
/// answer is for is told so; answers go by kind and URL, and the last one of a kind serves again.
fn outcome(case: &Case, browser: Browser) -> String {
    const TOLD: [&str; 5] =
        ["origin", "access-control-request-headers", "authorization", "content-type", "cookie"];
    let mut told = String::new();
    let page = case.page().expect("the page is an origin");
    let mut cache = PreflightCache::new();
    let mut steps: Vec<(&Step, &str, bool)> = case
        .turns()
        .flat_map(|turn| turn.exchange.iter().map(move |step| (step, turn.call.url.as_str(), false)))
        .collect();
    for turn in case.turns() {
        let now = Duration::from_secs_f64(turn.at);
        let call = turn.call.call().expect("the call can be read");
        let mut next = fetch(&page, &call, browser, &mut cache, now);
        loop {
            match next {
                Next::Send(pending) => {
                    let request = pending.request();
                    let kind = kind_word(request.kind);
                    let _ = write!(told, "\n{kind} {} {}", request.method, request.url);
                    for name in TOLD {
                        let _ = write!(told, " {:?}", request.headers.get_text(name));
                    }
                    let is_for = |step: &Step, url: &str| {
                        step.expect.kind == kind
                            && step.expect.url.as_deref().unwrap_or(url) == request.url.as_str()
                    };
                    let unused = steps.iter().position(|(step, url, used)| !used && is_for(step, url));
                    let chosen =
                        unused.or_else(|| steps.iter().rposition(|(step, url, _)| is_for(step, url)));
                    let answer = match chosen {
                        Some(index) => {
                            steps[index].2 = true;
                            steps[index].0.answer.answer().expect("an answer")
                        }
                        None => {
                            Answer::Response(WireResponse { status: 404, headers: HeaderList::default() })
                        }
                    };
                    next = pending.receive(answer, &mut cache, now);
                }
                Next::Done(verdict) => {
                    let _ = match &verdict.outcome {
                        Outcome::Allowed(readable) => write!(told, "\nallowed {readable:?}"),
                        Outcome::Blocked(blocked) => write!(told, "\nblocked {}", blocked.failure.id),
                    };
                    break;
                }
            }
        }
    }
    told
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

#[test]
fn every_difference_has_a_scenario_that_shows_it() {
    let cases = cases();
    let mut report = String::new();
    for quirk in Quirk::ALL {
        let Some(case) = cases.iter().find(|case| case.id == quirk.scenario()) else {
            let _ = write!(report, "\n{}: there is no scenario {}", quirk.as_str(), quirk.scenario());
            continue;
        };
        let by_the_standard = outcome(case, Browser::Standard);
        for seen in quirk.seen() {
            let browser = seen.browser;
            if !case.browsers.iter().any(|named| named == browser.as_str()) {
                let _ = write!(report, "\n{}: {} does not name {browser}", quirk.as_str(), case.id);
            }
            if outcome(case, browser) == by_the_standard {
                let _ = write!(report, "\n{}: {browser} does as the standard says", case.id);
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_failure_that_is_printed_has_a_scenario_with_its_lines() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        for turn in case.turns().filter(|turn| turn.verdict.console.is_some()) {
            for browser in &case.browsers {
                seen.extend(turn.verdict.failure.clone().map(|failure| (browser.clone(), failure)));
            }
        }
    }
    let browsers = [Browser::Chromium, Browser::Firefox, Browser::Webkit];
    let ids = FailureId::ALL.iter().filter(|id| id.is_judged());
    let pairs = ids.flat_map(|id| browsers.map(|browser| (browser.to_string(), id.to_string())));
    // What is not a failure, and what no engine fails for.
    let never = |browser: &str, id: &str| match id {
        "response-header-not-exposed" | "opaque-response" | "preflight-authorization-only-wildcard" => true,
        "redirect-stream-body" => browser != "chromium",
        _ => false,
    };
    let unseen: Vec<_> = pairs.filter(|pair| !seen.contains(pair) && !never(&pair.0, &pair.1)).collect();
    assert!(unseen.is_empty(), "no scenario says what is printed for {unseen:?}");
}

#[test]
fn cases_of_web_platform_tests_are_named_so() {
    for case in cases() {
        assert_eq!(case.wpt.is_some(), case.id.starts_with("wpt-"), "{}", case.id);
    }
}

/// The Web Platform Tests that are here as cases, by file.
const WEB_PLATFORM_TESTS: [&str; 39] = [
    "cors/access-control-expose-headers-parsing.window.js",
    "cors/basic.htm",
    "cors/client-hint-request-headers-2.tentative.htm",
    "cors/client-hint-request-headers.htm",
    "cors/cors-safelisted-request-header.any.js",
    "cors/credentials-flag.htm",
    "cors/origin.htm",
    "cors/preflight-cache.htm",
    "cors/preflight-failure.htm",
    "cors/redirect-origin.htm",
    "cors/redirect-preflight-2.htm",
    "cors/redirect-preflight.htm",
    "cors/redirect-userinfo.htm",
    "cors/remote-origin.htm",
    "cors/request-headers.htm",
    "cors/response-headers.htm",
    "cors/simple-requests-ch.tentative.htm",
    "cors/simple-requests.htm",
    "cors/status-async.htm",
    "cors/status-preflight.htm",
    "cors/status.htm",
    "fetch/api/cors/cors-basic.any.js",
    "fetch/api/cors/cors-expose-star.sub.any.js",
    "fetch/api/cors/cors-filtering.sub.any.js",
    "fetch/api/cors/cors-multiple-origins.sub.any.js",
    "fetch/api/cors/cors-no-preflight.any.js",
    "fetch/api/cors/cors-origin.any.js",
    "fetch/api/cors/cors-preflight-cache.any.js",
    "fetch/api/cors/cors-preflight-not-cors-safelisted.any.js",
    "fetch/api/cors/cors-preflight-redirect.any.js",
    "fetch/api/cors/cors-preflight-response-validation.any.js",
    "fetch/api/cors/cors-preflight-star.any.js",
    "fetch/api/cors/cors-preflight-status.any.js",
    "fetch/api/cors/cors-preflight.any.js",
    "fetch/api/cors/cors-redirect-credentials.any.js",
    "fetch/api/cors/cors-redirect-preflight.any.js",
    "fetch/api/cors/cors-redirect.any.js",
    "fetch/api/cors/data-url-iframe.html",
    "fetch/api/cors/sandboxed-iframe.html",
];

#[test]
fn every_web_platform_test_of_the_list_has_a_case() {
    let cases = cases();
    let wanted: BTreeSet<&str> = WEB_PLATFORM_TESTS.into();
    let found: BTreeSet<&str> = cases.iter().filter_map(|case| case.wpt.as_deref()).collect();
    assert_eq!(found, wanted);
}
