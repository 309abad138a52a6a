//! From scripted answers to one root cause, case by case; no question that could do harm, and no fix that the engine
//! would not accept.

use std::collections::BTreeSet;
use std::time::Duration;

use corsac::{Origin, PolicyConfig};
use corsac_browser::{
    Answer, Browser, Call, HeaderList, Next, Page, PreflightCache, WireRequest, WireResponse, fetch,
};
use corsac_diagnosis::{
    Answered, Case, Cause, Exchange, MOST_QUESTIONS, Question, Seen, Stack, Told, diagnose, question,
};
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
    /// The cookies that the browser holds.
    #[serde(default)]
    cookies: Option<String>,
    #[serde(default)]
    page_address_space: Option<String>,
    #[serde(default)]
    target_address_space: Option<String>,
    /// The headers that the page's script reads.
    #[serde(default)]
    reads: Vec<String>,
    #[serde(default)]
    page_csp: Option<String>,
    #[serde(default)]
    answers: Vec<ScriptedAnswer>,
    /// The questions that must be asked beside the call, in order and no others, and the answers to them. Where it is
    /// absent, nothing is asked, as with `--no-extra-requests`.
    #[serde(default)]
    asked: Option<Vec<ScriptedQuestion>>,
    /// The cause that a hasty reader would name.
    #[serde(default)]
    looks_like: Option<String>,
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
    /// What is recognised; not looked at where absent.
    #[serde(default)]
    stack: Option<String>,
    /// How far the call got; not looked at where absent.
    #[serde(default)]
    reached: Option<String>,
    /// Words of what that means.
    #[serde(default)]
    effects: Option<String>,
    /// Words of what was learned from the answers to questions.
    #[serde(default)]
    learned: Vec<String>,
    /// Words of the notes.
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    stopped_before: Option<String>,
}

#[derive(Deserialize)]
struct ScriptedQuestion {
    question: String,
    /// Of `as-another-origin`.
    #[serde(default)]
    origin: Option<String>,
    #[serde(flatten)]
    answer: ScriptedAnswer,
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

impl ScriptedAnswer {
    fn seen(&self) -> Seen {
        if self.nothing {
            let words = |text: &str| text.to_owned();
            return Seen::Nothing {
                kind: words("reset"),
                message: words("It broke."),
                hint: words("Mend it."),
            };
        }
        let headers: HeaderList =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Seen::Response {
            response: WireResponse { status: self.status, headers },
            body: self.body.clone().into_bytes(),
            ignored_lines: self.ignored.iter().map(|line| line.clone().into_bytes()).collect(),
        }
    }
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
    call.cookies.clone_from(&scenario.cookies);
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
        let seen = scripted.seen();
        let answer = match &seen {
            Seen::Response { response, .. } => Answer::Response(response.clone()),
            Seen::Nothing { .. } => Answer::NetworkError,
        };
        exchanges.push(Exchange { request: pending.request().clone(), seen });
        next = pending.receive(answer, &mut cache, Duration::ZERO);
    };
    assert!(answers.next().is_none(), "{}: more answers than requests", scenario.id);
    let space = |text: &Option<String>| text.as_ref().map(|text| text.parse().expect("an address space"));
    let told = Told {
        page_address_space: space(&scenario.page_address_space),
        target_address_space: space(&scenario.target_address_space),
        reads: scenario.reads.clone(),
        page_csp: scenario.page_csp.clone(),
    };
    let mut answers = Vec::new();
    for scripted in scenario.asked.iter().flatten() {
        let case = Case {
            page: &page,
            call: &call,
            exchanges: &exchanges,
            verdict: &verdict,
            answers: &answers,
            told: &told,
        };
        let asked =
            question(&case).unwrap_or_else(|| panic!("{}: {} is not asked", scenario.id, scripted.question));
        assert_eq!(asked.as_str(), scripted.question, "{}", scenario.id);
        if let Question::AsAnotherOrigin(origin) = &asked {
            assert_eq!(Some(origin), scripted.origin.as_ref(), "{}", scenario.id);
        }
        let request = asked.request(&case, "1").expect("what is asked can be sent");
        assert_harmless(scenario, &case, &request);
        answers
            .push(Answered { question: asked, exchange: Exchange { request, seen: scripted.answer.seen() } });
    }
    let case = Case {
        page: &page,
        call: &call,
        exchanges: &exchanges,
        verdict: &verdict,
        answers: &answers,
        told: &told,
    };
    assert!(answers.len() <= MOST_QUESTIONS, "{}", scenario.id);
    if scenario.asked.is_some() {
        assert_eq!(question(&case), None, "{}: more is asked than has an answer", scenario.id);
    }
    look(&case)
}

/// Nobody is harmed by a question, and nobody learns what the person did not give for them.
fn assert_harmless(scenario: &Scenario, case: &Case<'_>, request: &WireRequest) {
    let id = &scenario.id;
    assert!(matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS"), "{id}: {}", request.method);
    assert!(request.body.is_empty(), "{id}: a body");
    let hosts: Vec<_> = case.exchanges.iter().map(|exchange| exchange.request.url.host_str()).collect();
    assert!(hosts.contains(&request.url.host_str()), "{id}: {} is a stranger", request.url);
    let authorization = request.headers.get("Authorization");
    assert!(authorization.is_none() || authorization == case.call.headers.get("Authorization"), "{id}");
    let cookie = request.headers.get_text("Cookie");
    assert!(cookie.is_none() || cookie == case.call.cookies, "{id}");
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
        let learned: Vec<&str> = diagnosis.learned.iter().map(|one| one.shows.as_str()).collect();
        for words in scenario.learned.iter().filter(|words| !learned.join("\n").contains(words.as_str())) {
            differences.push(format!("{id}: was not learned: {words:?}: {learned:?}"));
        }
        for words in
            scenario.notes.iter().filter(|words| !diagnosis.notes.join("\n").contains(words.as_str()))
        {
            differences.push(format!("{id}: the notes lack {words:?}: {:?}", diagnosis.notes));
        }
        let stack = diagnosis.stack.map(Stack::as_str);
        if scenario.stack.is_some() && scenario.stack.as_deref() != stack {
            differences.push(format!("{id}: the stack is {stack:?}"));
        }
        let reached = diagnosis.reached.as_str();
        if scenario.reached.as_deref().is_some_and(|wanted| wanted != reached) {
            differences.push(format!("{id}: reached {reached}: {}", diagnosis.side_effects));
        }
        if scenario.effects.as_ref().is_some_and(|words| !diagnosis.side_effects.contains(words.as_str())) {
            differences.push(format!("{id}: the effects: {}", diagnosis.side_effects));
        }
        let stopped = diagnosis.stopped_before.map(|failure| failure.to_string());
        if stopped != scenario.stopped_before {
            differences.push(format!("{id}: stopped before: {stopped:?}"));
        }
        let said = format!("{}{}{:?}{learned:?}", diagnosis.story, diagnosis.remedy, diagnosis.notes);
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
            let more = fix.policy.as_ref().and_then(|policy| more_than_needed(&scenario, policy));
            differences.extend(more.map(|what| format!("{id}: {} allows {what}", fix.target)));
        }
    }
    corsac_vectors::assert_none(&differences);
}

/// What a fix would allow beyond the page, the method, the headers and the credentials of the call.
/// `tests/least_policy.rs` asks the same of calls that nobody wrote.
fn more_than_needed(scenario: &Scenario, policy: &PolicyConfig) -> Option<String> {
    let sent = |name: &&String| scenario.headers.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
    let is_wanted = scenario.credentials.as_deref() == Some("include");
    let origin = policy.allow_origins.iter().find(|origin| **origin != scenario.page);
    let method = policy.allow_methods.iter().find(|method| **method != scenario.method);
    let header = policy.allow_headers.iter().find(|name| !sent(name));
    let exposed = policy.expose_headers.iter().find(|name| !scenario.reads.contains(name));
    let beside = origin.or(method).or(header).or(exposed).cloned();
    beside.or_else(|| (policy.allow_credentials && !is_wanted).then(|| "credentials".to_owned()))
}

#[test]
fn every_cause_is_concluded_and_told_from_what_looks_like_it() {
    let scenarios = scenarios();
    let shown: BTreeSet<&str> = scenarios.iter().filter_map(|scenario| scenario.cause.as_deref()).collect();
    let told_apart: BTreeSet<&str> = scenarios
        .iter()
        .filter(|scenario| scenario.looks_like != scenario.cause)
        .filter_map(|scenario| scenario.looks_like.as_deref())
        .collect();
    let all: BTreeSet<&str> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
    assert_eq!(all.difference(&shown).collect::<Vec<_>>(), Vec::<&&str>::new(), "are never concluded");
    assert_eq!(all.difference(&told_apart).collect::<Vec<_>>(), Vec::<&&str>::new(), "have no look-alike");
}

#[test]
fn a_fault_of_the_extra_request_never_changes_the_cause_into_another() {
    // What breaks on the way to an answer tells nothing, so it may not lead further than no answer at all.
    let asks = |scenario: &Scenario| scenario.asked.as_ref().is_some_and(|asked| !asked.is_empty());
    for mut scenario in scenarios().into_iter().filter(asks) {
        scenario.asked = None;
        let unasked = play(&scenario, |case| diagnose(case, None).cause);
        let first = play(&scenario, question).expect("something is asked");
        let broken = play(&scenario, |case| {
            let request = first.request(case, "1").expect("what is asked can be sent");
            let message = "It broke.".to_owned();
            let seen = Seen::Nothing { kind: "reset".into(), message: message.clone(), hint: message };
            let answers = [Answered { question: first.clone(), exchange: Exchange { request, seen } }];
            diagnose(&Case { answers: &answers, ..*case }, None).cause
        });
        assert_eq!(broken, unasked, "{}", scenario.id);
    }
}
