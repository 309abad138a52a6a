//! What must hold for any call and any answer, and the safelist against a second, simpler reading of the
//! standard.

use std::collections::BTreeSet;
use std::time::Duration;

use corsac_browser::{
    Answer, Body, Browser, Call, CredentialsMode, HeaderList, Initiator, Mode, Next, Outcome, Page,
    PreflightCache, PreflightReason, Quirk, RedirectMode, RequestKind, ResponseType, Tainting, Verdict,
    WireResponse, fetch,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const PAGES: &[&str] =
    &["https://app.example", "http://localhost:3000", "http://app.example", "null", "tauri://localhost"];

const URLS: &[&str] = &[
    "https://app.example/x",
    "https://api.example/v1?q#f",
    "http://api.example/",
    "http://localhost:3000/",
    "https://u:p@api.example/",
    "https://api.example:22/",
    "data:text/plain,x",
    "blob:https://app.example/1",
    "file:///x",
    "about:blank",
];

const REQUEST_NAMES: &[&str] = &[
    "Accept",
    "accept-language",
    "Content-Language",
    "content-type",
    "Range",
    "Authorization",
    "X-A",
    "Cookie",
];

const RESPONSE_LINES: &[(&str, &str)] = &[
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Origin", "https://app.example"),
    ("Access-Control-Allow-Origin", "http://localhost:3000"),
    ("access-control-allow-origin", "null"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "*, PUT, PATCH, DELETE"),
    ("Access-Control-Allow-Headers", "*, authorization, x-a, content-type, range, accept"),
    ("Access-Control-Max-Age", "600"),
    ("Access-Control-Expose-Headers", "*"),
    ("Location", "/next"),
    ("Location", "https://other.example/"),
    ("Set-Cookie", "a=1"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
];

fn request_header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop_oneof![8 => select(REQUEST_NAMES).prop_map(str::to_owned), 1 => ".{0,4}"];
    (name, header_value())
}

fn valid_header() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let can_be_sent = |value: Vec<u8>| value.into_iter().filter(|byte| !b"\0\r\n".contains(byte)).collect();
    (select(REQUEST_NAMES), header_value().prop_map(can_be_sent))
}

/// Values near the borders of the safelist, and some that are anything at all.
fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let types = select(&[
        "text/plain",
        "TEXT/plain;x",
        "multipart/form-data; boundary=a",
        "application/json",
        "text/",
        "/plain",
        "application/x-www-form-urlencoded ",
        "text/plain ;charset=utf-8",
        "text/pl ain",
        "text/plain,x",
        "text",
    ])
    .prop_map(|text| text.as_bytes().to_vec());
    let ranges = "[bB]ytes=[0-9]{0,3}-?[0-9]{0,3},?".prop_map(String::into_bytes);
    let language = "[a-zA-Z*,;=. _-]{0,12}".prop_map(String::into_bytes);
    let long = (b'a'..=b'c', 120_usize..136).prop_map(|(byte, length)| vec![byte; length]);
    prop_oneof![2 => types, 2 => ranges, 2 => language, 2 => long, 1 => vec(any::<u8>(), 0..12)]
}

fn response_line() -> impl Strategy<Value = (String, Vec<u8>)> {
    let known = select(RESPONSE_LINES).prop_map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let odd = (select(RESPONSE_LINES), vec(any::<u8>(), 0..20))
        .prop_map(|(line, value)| (line.0.to_owned(), value));
    let any_line = (".{0,6}", vec(any::<u8>(), 0..20));
    prop_oneof![6 => known, 2 => odd, 1 => any_line]
}

fn answer() -> impl Strategy<Value = Answer> {
    let status = prop_oneof![6 => select(&[200_u16, 204, 301, 302, 303, 307, 308, 404]), 1 => any::<u16>()];
    let response = (status, vec(response_line(), 0..8)).prop_map(|(status, lines)| {
        Answer::Response(WireResponse { status, headers: lines.into_iter().collect() })
    });
    prop_oneof![12 => response, 1 => Just(Answer::NetworkError)]
}

fn body() -> impl Strategy<Value = Option<Body>> {
    prop_oneof![
        3 => Just(None),
        1 => ".{0,9}".prop_map(|text| Some(Body::Text(text))),
        1 => ".{0,9}".prop_map(|text| Some(Body::UrlEncoded(text))),
        1 => vec((".{0,4}", ".{0,9}"), 0..3).prop_map(|fields| Some(Body::Multipart(fields))),
        1 => vec(any::<u8>(), 0..9).prop_map(|bytes| Some(Body::Bytes(bytes))),
        1 => (".{0,12}", vec(any::<u8>(), 0..9))
            .prop_map(|(content_type, bytes)| Some(Body::Blob { content_type, bytes })),
    ]
}

prop_compose! {
    fn call()(
        url in select(URLS),
        method in prop_oneof![
            6 => select(&["GET", "post", "PUT", "patch", "HEAD", "TRACE", "*"]).prop_map(str::to_owned),
            1 => ".{0,5}",
        ],
        headers in vec(request_header(), 0..4),
        mode in select(Mode::ALL),
        credentials in select(CredentialsMode::ALL),
        redirect in select(RedirectMode::ALL),
        initiator in select(Initiator::ALL),
        body in body(),
        (upload_listener, stream) in any::<(bool, bool)>(),
        cookies in proptest::option::of(Just("a=1".to_owned())),
    ) -> Call {
        Call {
            method,
            headers: headers.into_iter().collect(),
            mode,
            credentials,
            redirect,
            initiator,
            body,
            upload_listener,
            stream,
            cookies,
            ..Call::new(url.parse().expect("the URLs above are URLs"))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_call_ends_and_keeps_the_promises(
        page in select(PAGES),
        calls in vec(call(), 1..3),
        answers in vec(answer(), 1..12),
        browser in select(Browser::ALL),
    ) {
        let page = Page::of(page.parse().expect("the pages above are origins"));
        let mut cache = PreflightCache::new();
        let mut answers = answers.into_iter().cycle();
        for (seconds, call) in calls.iter().enumerate() {
            let now = Duration::from_secs(seconds as u64);
            let mut next = fetch(&page, call, browser, &mut cache, now);
            let mut last = None;
            let mut sent = 0;
            let verdict = loop {
                let pending = match next {
                    Next::Send(pending) => pending,
                    Next::Done(verdict) => break verdict,
                };
                sent += 1;
                prop_assert!(sent <= 2 * 21, "a preflight and a request for each of 21 URLs at most");
                let request = pending.request();
                let is_preflight = request.kind == RequestKind::Preflight;
                prop_assert_eq!(is_preflight, !pending.preflight_reasons().is_empty());
                prop_assert!(!is_preflight || !request.headers.contains("Cookie"));
                prop_assert!(call.credentials != CredentialsMode::Omit || !request.headers.contains("Cookie"));
                prop_assert!(matches!(request.url.scheme(), "http" | "https") && request.url.fragment().is_none());
                for reason in pending.preflight_reasons() {
                    prop_assert!(!reason.to_string().is_empty());
                }
                let answer = answers.next().expect("a cycle has no end");
                last = Some((request.headers.get("Origin"), answer.clone()));
                next = pending.receive(answer, &mut cache, now);
            };
            let refuses_streams = browser.has(Quirk::StreamRefused) && call.stream && call.body.is_some();
            if !refuses_streams {
                prop_assert_eq!(call.errors().is_empty(), !is_constructor_error(&verdict));
            }
            match &verdict.outcome {
                Outcome::Allowed(readable) => {
                    prop_assert!(!readable.headers.iter().any(|name| name.starts_with("set-cookie")));
                    let both: BTreeSet<_> = readable.headers.iter().chain(&readable.hidden).collect();
                    prop_assert_eq!(both.len(), readable.headers.len() + readable.hidden.len());
                    if readable.response_type == ResponseType::Cors {
                        prop_assert_eq!(verdict.tainting, Tainting::Cors);
                        let Some((Some(origin), Answer::Response(response))) = &last else {
                            return Err(TestCaseError::fail("a cors response without a response"));
                        };
                        prop_assert!(passes_cors_check(origin, call.credentials, &response.headers));
                    }
                }
                Outcome::Blocked(blocked) => {
                    for failure in [&blocked.failure].into_iter().chain(&blocked.next) {
                        prop_assert!(failure.id.is_judged());
                        let text = failure.to_string();
                        prop_assert!(!text.is_empty() && !text.chars().any(char::is_control), "{text:?}");
                    }
                }
            }
        }
        prop_assert!(cache.len() <= PreflightCache::CAPACITY);
    }

    #[test]
    fn the_safelist_is_what_a_simple_reading_says(headers in vec(valid_header(), 0..14)) {
        let mut call = Call::get("https://api.example/".parse().expect("a URL"));
        call.headers = headers.into_iter().collect();
        let page = Page::of("https://app.example".parse().expect("an origin"));
        let mut cache = PreflightCache::new();
        let next = fetch(&page, &call, Browser::Standard, &mut cache, Duration::ZERO);
        let Next::Send(pending) = next else { return Err(TestCaseError::fail("nothing blocks it")) };
        let expected = unsafe_names(&call.headers);
        let asked: Vec<_> = pending.preflight_reasons().iter().map(|reason| match reason {
            PreflightReason::Header { name, .. } => name.clone(),
            other => other.to_string(),
        }).collect();
        prop_assert_eq!(&asked, &expected);
        let sent = pending.request().headers.get_text("Access-Control-Request-Headers");
        prop_assert_eq!(sent, (!expected.is_empty()).then(|| expected.join(",")));
    }
}

fn is_constructor_error(verdict: &Verdict) -> bool {
    let thrown = ["forbidden-method", "no-cors-method", "url-credentials", "call-invalid"];
    verdict.failure().is_some_and(|failure| thrown.contains(&failure.id.as_str()))
}

fn passes_cors_check(origin: &[u8], credentials: CredentialsMode, headers: &HeaderList) -> bool {
    let lines = |name| headers.values(name).map(trimmed).collect::<Vec<_>>();
    let allowed = lines("Access-Control-Allow-Origin");
    let with_credentials = credentials == CredentialsMode::Include;
    (allowed == [origin] || (!with_credentials && allowed == [b"*"]))
        && (!with_credentials || lines("Access-Control-Allow-Credentials") == [b"true"])
}

fn trimmed(value: &[u8]) -> &[u8] {
    let mut value = value;
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = value {
        value = rest;
    }
    value
}

/// The names that need leave, read off the standard once more.
fn unsafe_names(headers: &HeaderList) -> Vec<String> {
    let mut unsafe_names = BTreeSet::new();
    let mut safe_names = BTreeSet::new();
    let mut size = 0;
    for (name, value) in headers.iter() {
        let (name, value) = (name.to_lowercase(), trimmed(value));
        if name == "cookie" {
            continue; // The only forbidden one that is drawn.
        }
        if is_safelisted(&name, value) {
            size += value.len();
            safe_names.insert(name);
        } else {
            unsafe_names.insert(name);
        }
    }
    if size > 1024 {
        unsafe_names.extend(safe_names);
    }
    unsafe_names.into_iter().collect()
}

fn is_safelisted(name: &str, value: &[u8]) -> bool {
    let text: String = value.iter().map(|byte| *byte as char).collect();
    let no_unsafe_byte = || {
        !text.chars().any(|character| {
            (character < ' ' && character != '\t') || "\"():<>?@[\\]{}\u{7f}".contains(character)
        })
    };
    let fits = value.len() <= 128;
    fits && match name {
        "accept" => no_unsafe_byte(),
        "accept-language" | "content-language" => {
            let allowed =
                |character: char| character.is_ascii_alphanumeric() || " *,-.;=".contains(character);
            text.chars().all(allowed)
        }
        "content-type" => {
            let text = text.to_ascii_lowercase();
            let essence = text.split(';').next().unwrap_or_default();
            let essence = essence.trim_matches(['\t', ' ', '\r', '\n']);
            no_unsafe_byte()
                && ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]
                    .contains(&essence)
        }
        "range" => match text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) {
            Some((start, "")) => is_number(start),
            Some((start, end)) => {
                is_number(start) && is_number(end) && start.parse::<u128>().ok() <= end.parse::<u128>().ok()
            }
            None => false,
        },
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_ascii_digit())
}
