//! From scripted answers to one root cause, case by case; and no fix that the engine would not accept.

use std::collections::BTreeSet;
use std::time::Duration;

use corsac::Origin;
use corsac_browser::{Answer, Browser, Call, HeaderList, Next, Page, PreflightCache, WireResponse, fetch};
use corsac_diagnosis::{Case, Cause, Exchange, Seen, diagnose};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    id: String,
    #[serde(default = "page")]
    page: String,
    #[serde(default = "url")]
    url: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    credentials: Option<String>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    answers: Vec<ScriptedAnswer>,
    #[serde(default)]
    failure: Option<String>,
    #[serde(default)]
    cause: Option<String>,
    #[serde(default = "observed")]
    confidence: String,
    /// Words of the story.
    #[serde(default)]
    story: Vec<String>,
    /// Words of the remedy.
    #[serde(default)]
    remedy: Vec<String>,
    /// The targets of the fixes, in order; not looked at where absent.
    #[serde(default)]
    fixes: Option<Vec<String>>,
    #[serde(default)]
    refused: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptedAnswer {
    #[serde(default)]
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    ignored: Vec<String>,
    #[serde(default)]
    nothing: bool,
}

fn page() -> String {
    "https://app.example".into()
}

fn url() -> String {
    "https://api.example/items".into()
}

fn get() -> String {
    "GET".into()
}

fn observed() -> String {
    "observed".into()
}

fn scenarios() -> Vec<Scenario> {
    corsac_vectors::load("diagnosis")
}

/// Plays the scenario to its end, and hands what came of it to `look`.
fn play<Out>(scenario: &Scenario, look: impl FnOnce(&Case<'_>) -> Out) -> Out {
    let page = Page::of(scenario.page.parse::<Origin>().expect("an origin"));
    let mut call = Call::new(scenario.url.parse().expect("a URL"));
    call.method.clone_from(&scenario.method);
    call.headers = scenario.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if let Some(mode) = &scenario.mode {
        call.mode = mode.parse().expect("a mode");
    }
    if let Some(credentials) = &scenario.credentials {
        call.credentials = credentials.parse().expect("a credentials mode");
    }
    let mut cache = PreflightCache::new();
    let mut exchanges = Vec::new();
    let mut answers = scenario.answers.iter();
    let mut next = fetch(&page, &call, Browser::Standard, &mut cache, Duration::ZERO);
    let verdict = loop {
        let pending = match next {
            Next::Done(verdict) => break verdict,
            Next::Send(pending) => pending,
        };
        let scripted =
            answers.next().unwrap_or_else(|| panic!("{}: more requests than answers", scenario.id));
        let (answer, seen) = if scripted.nothing {
            let words = |text: &str| text.to_owned();
            let seen =
                Seen::Nothing { kind: words("reset"), message: words("It broke."), hint: words("Mend it.") };
            (Answer::NetworkError, seen)
        } else {
            let headers: HeaderList =
                scripted.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let response = WireResponse { status: scripted.status, headers };
            let seen = Seen::Response {
                response: response.clone(),
                body: scripted.body.clone().into_bytes(),
                ignored_lines: scripted.ignored.iter().map(|line| line.clone().into_bytes()).collect(),
            };
            (Answer::Response(response), seen)
        };
        exchanges.push(Exchange { request: pending.request().clone(), seen });
        next = pending.receive(answer, &mut cache, Duration::ZERO);
    };
    assert!(answers.next().is_none(), "{}: more answers than requests", scenario.id);
    look(&Case { page: &page, call: &call, exchanges: &exchanges, verdict: &verdict })
}

#[test]
fn every_case_has_its_cause() {
    let mut differences = Vec::new();
    for scenario in scenarios() {
        let (failure, diagnosis) = play(&scenario, |case| {
            (case.verdict.failure().map(|failure| failure.id.to_string()), diagnose(case, None))
        });
        let id = &scenario.id;
        let found = (failure, diagnosis.cause.map(|cause| cause.to_string()), diagnosis.confidence.as_str());
        let wanted = (scenario.failure.clone(), scenario.cause.clone(), scenario.confidence.as_str());
        if found != wanted {
            differences.push(format!("{id}: {found:?} instead of {wanted:?}\n    {}", diagnosis.story));
        }
        for words in scenario.story.iter().filter(|words| !diagnosis.story.contains(words.as_str())) {
            differences.push(format!("{id}: the story lacks {words:?}: {}", diagnosis.story));
        }
        for words in scenario.remedy.iter().filter(|words| !diagnosis.remedy.contains(words.as_str())) {
            differences.push(format!("{id}: the remedy lacks {words:?}: {}", diagnosis.remedy));
        }
        let said = format!("{}{}{:?}", diagnosis.story, diagnosis.remedy, diagnosis.notes);
        if said.contains(char::is_control)
            || diagnosis.evidence.iter().any(|one| one.shows.contains(char::is_control))
        {
            differences.push(format!("{id}: says what a terminal would obey: {said:?}"));
        }
        let targets: Vec<&str> = diagnosis.fixes.iter().map(|fix| fix.target).collect();
        if scenario.fixes.as_ref().is_some_and(|fixes| *fixes != targets) {
            differences.push(format!("{id}: fixes {targets:?}"));
        }
        if diagnosis.refusal.is_some() != scenario.refused {
            differences.push(format!("{id}: refusal {:?}", diagnosis.refusal));
        }
        if diagnosis.cause.is_some() && (diagnosis.story.is_empty() || diagnosis.remedy.is_empty()) {
            differences.push(format!("{id}: a cause without words"));
        }
        for evidence in &diagnosis.evidence {
            if evidence.exchange >= scenario.answers.len().max(1) || evidence.shows.is_empty() {
                differences.push(format!("{id}: evidence that shows nothing: {evidence:?}"));
            }
        }
        for fix in &diagnosis.fixes {
            differences.extend(
                more_than_needed(&scenario, &fix.snippet)
                    .map(|what| format!("{id}: {} allows {what}:\n{}", fix.target, fix.snippet)),
            );
        }
    }
    corsac_vectors::assert_none(&differences);
}

/// What a fix would allow beyond the page, the method, the headers and the credentials of the call.
fn more_than_needed(scenario: &Scenario, snippet: &str) -> Option<String> {
    let words: BTreeSet<&str> = snippet
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || "-:/.*_".contains(letter)))
        .collect();
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    let headers = ["authorization", "content-type", "x-a", "x-tenant"];
    let sent = |name: &str| scenario.headers.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
    let origins = [
        "https://app.example",
        "https://www.app.example",
        "https://other.example",
        "http://localhost:3000",
        "*",
    ];
    let credentials = [
        "Access-Control-Allow-Credentials:",
        "credentials:",
        "allow_credentials",
        "--allow-credentials",
        "cors_credentials",
    ];
    if !words.contains(scenario.page.as_str()) {
        return Some("another page".to_owned());
    }
    (origins.into_iter().filter(|origin| *origin != scenario.page))
        .chain(methods.into_iter().filter(|method| *method != scenario.method))
        .chain(headers.into_iter().filter(|name| !sent(name)))
        .chain(credentials.into_iter().filter(|_| scenario.credentials.as_deref() != Some("include")))
        .find(|word| words.contains(word))
        .map(str::to_owned)
}

#[test]
fn every_cause_that_one_exchange_can_show_has_a_case() {
    // These take what a single exchange cannot show: the browser's own state, or a second request.
    let elsewhere = [
        Cause::CdnIgnoresOrigin,
        Cause::LocalNetworkAccess,
        Cause::StalePreflight,
        Cause::CookieNotSent,
        Cause::HeaderNotExposed,
    ];
    let shown: BTreeSet<String> = scenarios().into_iter().filter_map(|scenario| scenario.cause).collect();
    for cause in Cause::ALL {
        assert_ne!(shown.contains(cause.as_str()), elsewhere.contains(cause), "{cause}");
    }
}
