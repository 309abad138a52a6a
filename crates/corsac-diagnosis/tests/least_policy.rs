//! No fix ever allows an origin, method, header or credential that the call did not need, and what it allows is enough:
//! of calls and answers that nobody wrote, judged by the engine and by the browser's model.

mod player;

use std::cell::Cell;
use std::collections::BTreeSet;

use corsac::{Origin, Policy, PolicyConfig};
use corsac_browser::{
    Call, CredentialsMode, HeaderList, Initiator, Mode, Page, RedirectMode, WireRequest, WireResponse,
};
use corsac_diagnosis::{Cause, Diagnosis, Fix, Stack, Told, diagnose};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use player::{is_preflight, play};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

const PAGES: &[&str] = &[
    "https://app.example",
    "https://app.example:8443",
    "http://localhost:3000",
    "http://127.0.0.1:5173",
    "http://app.example",
    "https://a-b.co.uk",
    "tauri://localhost",
    "null",
];

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "put", "PATCH", "patch", "DELETE", "QUERY", "*"];

const HEADERS: &[&str] =
    &["Accept", "Content-Type", "Authorization", "X-A", "x-b", "Range", "*", "Access-Control-Allow-Origin"];

const LINES: &[(&str, &str)] = &[
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Origin", "https://app.example"),
    ("Access-Control-Allow-Origin", "https://app.example/"),
    ("Access-Control-Allow-Origin", "http://localhost:3000"),
    ("Access-Control-Allow-Origin", "https://other.example"),
    ("Access-Control-Allow-Origin", "null"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Credentials", "True"),
    ("Access-Control-Allow-Methods", "*"),
    ("Access-Control-Allow-Methods", "GET, PUT, DELETE, PURGE"),
    ("Access-Control-Allow-Methods", "PUT; DELETE"),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Allow-Headers", "X-Theirs, content-type"),
    ("Access-Control-Expose-Headers", "X-Theirs"),
    ("Location", "/next"),
    ("Location", "https://elsewhere.example/login"),
    ("Vary", "Origin"),
    ("Age", "7"),
    ("X-Cache", "Hit from cloudfront"),
    ("Server", "nginx/1.22.1"),
    ("X-Powered-By", "Express"),
    ("Set-Cookie", "a=1; SameSite=Lax"),
];

/// Names that the texts of fixes may have in them only where the call needs them.
const STRANGERS: &[&str] = &[
    "https://other.example",
    "PURGE",
    "x-theirs",
    "X-Theirs",
    "https://app.example/",
    "PATCH",
    "DELETE",
    "QUERY",
];

fn token() -> impl Strategy<Value = String> {
    "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}"
}

#[derive(Debug, Clone)]
struct Tried {
    page: &'static str,
    call: Call,
    reads: Vec<String>,
    answers: Vec<WireResponse>,
    stack: Option<Stack>,
}

prop_compose! {
    fn call()(
        url in select(&["https://api.example/v1?q", "http://api.example:8080/", "http://localhost:3000/"][..]),
        method in prop_oneof![6 => select(METHODS).prop_map(str::to_owned), 1 => token()],
        names in vec(prop_oneof![6 => select(HEADERS).prop_map(str::to_owned), 1 => token()], 0..4),
        credentials in select(&[CredentialsMode::Omit, CredentialsMode::SameOrigin, CredentialsMode::Include][..]),
        mode in prop_oneof![8 => Just(Mode::Cors), 1 => Just(Mode::NoCors), 1 => Just(Mode::SameOrigin)],
        cookies in proptest::option::of(Just("sid=1".to_owned())),
        redirect in prop_oneof![4 => Just(RedirectMode::Follow), 1 => Just(RedirectMode::Error)],
        initiator in prop_oneof![4 => Just(Initiator::Fetch), 1 => Just(Initiator::Xhr)],
    ) -> Call {
        let mut call = Call::new(url.parse().expect("a URL"));
        call.method = method;
        call.headers = names.iter().map(|name| {
            let value = if name == "Content-Type" { "application/json" } else { "v" };
            (name.as_str(), value)
        }).collect::<HeaderList>();
        call.credentials = credentials;
        call.mode = mode;
        call.cookies = cookies;
        call.redirect = redirect;
        call.initiator = initiator;
        call
    }
}

prop_compose! {
    fn answer()(
        status in select(&[200, 200, 200, 204, 301, 307, 400, 401, 403, 404, 405, 500, 503][..]),
        lines in vec(select(LINES), 0..6),
    ) -> WireResponse {
        WireResponse { status, headers: lines.into_iter().collect() }
    }
}

prop_compose! {
    fn tried()(
        page in select(PAGES),
        call in call(),
        reads in vec(select(&["X-Total", "Content-Type", "*", "x-total"][..]).prop_map(str::to_owned), 0..3),
        answers in vec(answer(), 1..4),
        stack in proptest::option::of(select(Stack::ALL.to_vec())),
    ) -> Tried {
        Tried { page, call, reads, answers, stack }
    }
}

/// What was concluded, and what the browser asked leave for.
fn diagnosed(tried: &Tried) -> (Diagnosis, Option<WireRequest>) {
    let page = Page::of(tried.page.parse::<Origin>().expect("an origin"));
    let told = Told { reads: tried.reads.clone(), ..Told::default() };
    let (mut asked, mut answers) = (None, tried.answers.iter().cycle());
    let answer = |request: &WireRequest| {
        if is_preflight(request) {
            asked.get_or_insert_with(|| request.clone());
        }
        answers.next().expect("they come round again").clone()
    };
    let diagnosis = play(&page, &tried.call, &told, answer, |case| diagnose(case, tried.stack));
    (diagnosis, asked.or_else(|| would_ask(&page, &tried.call)))
}

/// What the browser asks leave for once the page asks with CORS, and has its headers sent.
fn would_ask(page: &Page, call: &Call) -> Option<WireRequest> {
    let call = Call { mode: Mode::Cors, ..call.clone() };
    let mut asked = None;
    let answer = |request: &WireRequest| {
        asked.get_or_insert_with(|| request.clone());
        WireResponse { status: 200, headers: HeaderList::default() }
    };
    play(page, &call, &Told::default(), answer, |_| ());
    asked.filter(is_preflight)
}

/// What a policy grants, asked as a browser asks.
fn granted(policy: &Policy, method: &Method, request: &[(&str, &str)]) -> HeaderMap {
    let lines = request.iter().map(|(name, value)| {
        let name: HeaderName = name.parse().expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    });
    let request: HeaderMap = lines.collect();
    let mut response = HeaderMap::new();
    policy.decide(method, &request).headers().apply(&mut response);
    response
}

fn is_allowed(policy: &Policy, request: &[(&str, &str)]) -> bool {
    let lines = request.iter().map(|(name, value)| {
        let name: HeaderName = name.parse().expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    });
    let request: HeaderMap = lines.collect();
    policy.decide(&Method::OPTIONS, &request).reason().is_allowed()
}

/// Origins that look like a page's, and are others.
fn neighbours(page: &str) -> Vec<String> {
    let (scheme, host) = page.split_once("://").expect("an origin with a host");
    let name = host.split(':').next().expect("a host");
    let mut neighbours = vec![
        format!("{scheme}://evil.{host}"),
        format!("{scheme}://evil{host}"),
        format!("{scheme}://{name}.evil.example"),
        format!("{scheme}://{name}:1"),
        format!("{}://{host}", if scheme == "https" { "http" } else { "https" }),
        "null".to_owned(),
        "https://other.example".to_owned(),
    ];
    if name != host {
        neighbours.push(format!("{scheme}://{name}"));
    }
    neighbours
}

/// That the policy is exact: what was needed, and nothing beside it.
fn assert_least(tried: &Tried, asked: Option<&WireRequest>, config: &PolicyConfig) {
    let policy = config.clone().into_policy().expect("what is advised is sound");
    let page = tried.page;
    let needs_credentials = tried.call.credentials == CredentialsMode::Include;
    let said = |name: &str| asked.and_then(|request| request.headers.get_text(name)).unwrap_or_default();
    let method = corsac::normalize_method(&tried.call.method).to_owned();
    let names = said("access-control-request-headers");
    let needed: BTreeSet<&str> =
        names.split(',').map(str::trim).filter(|name| !name.starts_with("access-control-")).collect();

    let get = granted(&policy, &Method::GET, &[("origin", page)]);
    assert_eq!(get.get("access-control-allow-origin").and_then(|value| value.to_str().ok()), Some(page));
    assert_eq!(get.contains_key("access-control-allow-credentials"), needs_credentials);
    assert!(get.get_all("vary").iter().any(|value| value == "Origin"));
    let reads_more = tried.reads.iter().any(|name| name.eq_ignore_ascii_case("x-total"));
    let exposed = get.get("access-control-expose-headers").and_then(|value| value.to_str().ok());
    assert_eq!(exposed.is_some_and(|list| list.eq_ignore_ascii_case("x-total")), reads_more, "{exposed:?}");
    assert!(exposed.is_none() || reads_more, "{exposed:?}");

    for other in neighbours(page) {
        let get = granted(&policy, &Method::GET, &[("origin", &other)]);
        assert!(get.keys().all(|name| name == "vary"), "{other}: {get:?}");
        let preflight = [("origin", &*other), ("access-control-request-method", "GET")];
        assert!(!is_allowed(&policy, &preflight), "{other}");
    }
    for other in METHODS {
        let is_needed = *other == method || corsac::is_safelisted_method(other);
        let preflight = [("origin", page), ("access-control-request-method", *other)];
        assert_eq!(is_allowed(&policy, &preflight), is_needed, "{other} of {config:?}");
    }
    for other in HEADERS.iter().map(|name| name.to_ascii_lowercase()).chain(["x-theirs".to_owned()]) {
        let preflight = [
            ("origin", page),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", &*other),
        ];
        let is_needed = needed.contains(&*other);
        assert_eq!(is_allowed(&policy, &preflight), is_needed, "{other} of {config:?}");
    }
}

/// That the text names nobody and nothing that the call has not.
fn assert_says_no_more(tried: &Tried, fix: &Fix) {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-:/._".contains(letter);
    for line in fix.steps.iter().flat_map(|step| &step.lines) {
        for word in line.split(|letter| !is_part(letter)) {
            let is_of_the_call = word.eq_ignore_ascii_case(&tried.call.method)
                || tried.call.headers.contains(word)
                || !STRANGERS.contains(&word);
            assert!(is_of_the_call, "{} says {word}: {line}", fix.target);
        }
    }
}

/// A server that answers by the policy: the call passes, once the page has mended what is its own.
fn assert_enough(tried: &Tried, config: &PolicyConfig) {
    let policy = config.clone().into_policy().expect("what is advised is sound");
    let page = Page::of(tried.page.parse::<Origin>().expect("an origin"));
    let mut call = tried.call.clone();
    call.mode = Mode::Cors;
    call.headers = (tried.call.headers.iter())
        .filter(|(name, _)| !name.to_ascii_lowercase().starts_with("access-control-"))
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect();
    let answer = |request: &WireRequest| {
        let lines: Vec<(String, String)> = (request.headers.iter())
            .map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value).into_owned()))
            .collect();
        let lines: Vec<(&str, &str)> = lines.iter().map(|(name, value)| (&**name, &**value)).collect();
        let method = request.method.parse().expect("a method");
        let headers = granted(&policy, &method, &lines);
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        WireResponse { status: 200, headers }
    };
    let failure = play(&page, &call, &Told::default(), answer, |case| {
        case.verdict.failure().map(|failure| failure.id.to_string())
    });
    assert_eq!(failure, None, "{config:?}");
}

#[test]
fn a_fix_allows_what_the_call_needs_and_nothing_else() {
    let config = ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() };
    let judged = Cell::new(0);
    let outcome = TestRunner::new(config).run(&tried(), |tried| {
        let (diagnosis, asked) = diagnosed(&tried);
        for fix in &diagnosis.fixes {
            assert!(!fix.steps.is_empty() && !fix.title.is_empty());
            assert_says_no_more(&tried, fix);
            // A page that is told to take `no-cors` out is never told to put it in.
            assert!(!fix.snippet().contains("no-cors") || diagnosis.cause == Some(Cause::NoCorsMode));
            let Some(config) = &fix.policy else { continue };
            assert_least(&tried, asked.as_ref(), config);
            // What the page has to mend beside the server, it is told.
            let is_told = |word: &str| {
                diagnosis.fixes.iter().any(|fix| fix.target == "page" && fix.snippet().contains(word))
            };
            let names = || tried.call.headers.iter().map(|(name, _)| name);
            assert!(!names().any(|name| name.starts_with("Access-Control-")) || is_told("Access-Control-"));
            assert!(tried.call.mode != Mode::NoCors || is_told("no-cors"));
            assert_enough(&tried, config);
            judged.set(judged.get() + 1);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(judged.get() > 1000, "{} policies were judged", judged.get());
}
