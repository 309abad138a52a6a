//! Whatever a server answers: few questions, none that does harm, and a diagnosis in the end.

use std::time::Duration;

use corsac_browser::{
    Answer, Body, Browser, Call, CredentialsMode, HeaderList, Next, Page, PreflightCache, WireRequest,
    WireResponse, fetch,
};
use corsac_diagnosis::{
    Answered, Case, Evidence, Exchange, MOST_QUESTIONS, Part, Seen, Span, Told, diagnose, question,
};
use proptest::prelude::*;

const SECRETS: [(&str, &str); 3] =
    [("Authorization", "Bearer secret"), ("Cookie", "sid=secret"), ("X-Api-Key", "secret")];

/// A response made of what rules look at.
fn response() -> impl Strategy<Value = Seen> {
    let header = prop::sample::select(vec![
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Origin", "https://app.example"),
        ("Access-Control-Allow-Origin", "https://other.example"),
        ("Access-Control-Allow-Origin", "https://APP.example/"),
        ("Access-Control-Allow-Origin", "https://app.example, https://other.example"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Credentials", "True"),
        ("Access-Control-Allow-Methods", "put; DELETE"),
        ("Access-Control-Allow-Headers", "*, x y"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "authorization, content-type, x-api-key"),
        ("Vary", "Origin"),
        ("Age", "30"),
        ("X-Cache", "HIT"),
        ("Server", "nginx"),
        ("Server", "cloudflare"),
        ("Server", "uvicorn"),
        ("Allow", "GET"),
        ("Location", "/items/"),
        ("Location", "https://api.example:8443/items"),
        ("Location", "https://login.elsewhere.example/"),
        ("Set-Cookie", "sid=1; SameSite=Lax"),
        ("WWW-Authenticate", "Bearer"),
    ]);
    let status = prop::sample::select(vec![200, 204, 301, 308, 400, 401, 403, 404, 405, 429, 500, 503]);
    let body = prop::sample::select(vec!["", "Disallowed CORS origin", "Just a moment...", "{}"]);
    let answered = (status, prop::collection::vec(header, 0..5), body).prop_map(|(status, headers, body)| {
        let headers: HeaderList = headers.into_iter().collect();
        let response = WireResponse { status, headers };
        Seen::Response { response, body: body.into(), ignored_lines: Vec::new() }
    });
    let nothing = prop::sample::select(vec!["dns", "reset", "timeout"]).prop_map(|kind| Seen::Nothing {
        kind: kind.into(),
        message: "It broke.".into(),
        hint: "Mend it.".into(),
    });
    prop_oneof![12 => answered, 1 => nothing]
}

fn call() -> impl Strategy<Value = Call> {
    let method = prop::sample::select(vec!["GET", "HEAD", "POST", "PUT", "DELETE"]);
    let credentials = prop::sample::select(vec![CredentialsMode::SameOrigin, CredentialsMode::Include]);
    let has = any::<[bool; 3]>();
    (method, credentials, has).prop_map(|(method, credentials, [token, cookie, key])| {
        let mut call = Call::new("https://api.example/items".parse().expect("a URL"));
        call.method = method.into();
        call.credentials = credentials;
        if token {
            call.headers.append(SECRETS[0].0, SECRETS[0].1);
        }
        if key {
            call.headers.append(SECRETS[2].0, SECRETS[2].1);
        }
        call.cookies = cookie.then(|| SECRETS[1].1.to_owned());
        call.body = (!matches!(method, "GET" | "HEAD")).then(|| Body::Text("secret".into()));
        call
    })
}

/// Whether a request tells a secret to whom it was not given for, and the browser did not tell it either.
fn tells_secrets(request: &WireRequest, call: &Call, exchanges: &[Exchange]) -> bool {
    let is_new = |name: &str| {
        !exchanges.iter().any(|known| {
            known.request.url.origin() == request.url.origin() && known.request.headers.contains(name)
        })
    };
    let tells = SECRETS.iter().any(|(name, _)| request.headers.contains(name) && is_new(name));
    tells && request.url.origin() != call.url.origin()
}

/// Whether what is pointed at stands where it is said to stand.
fn is_there(evidence: &Evidence, exchange: &Exchange) -> bool {
    let headers = |part: &Part| match part {
        Part::RequestHeader(_) => Some(&exchange.request.headers),
        _ => exchange.response().map(|response| &response.headers),
    };
    let name = match &evidence.part {
        Part::Header(name) | Part::RequestHeader(name) => name,
        Part::NoHeader(name) => {
            return headers(&evidence.part).is_some_and(|headers| !headers.contains(name));
        }
        _ => return evidence.spans.is_empty(),
    };
    let Some(headers) = headers(&evidence.part) else { return false };
    let stands = |span: &Span| {
        headers.values(name).nth(span.line).is_some_and(|value| value.get(span.bytes.clone()).is_some())
    };
    headers.contains(name) && evidence.spans.iter().all(stands)
}

proptest! {
    #[test]
    fn no_question_does_harm(call in call(), script in prop::collection::vec(response(), 30)) {
        let page = Page::of("https://app.example".parse().expect("an origin"));
        let mut script = script.into_iter().cycle();
        let mut seen = || script.next().expect("it goes round");
        let mut cache = PreflightCache::new();
        let mut exchanges = Vec::new();
        let mut next = fetch(&page, &call, Browser::Standard, &mut cache, Duration::ZERO);
        let verdict = loop {
            let pending = match next {
                Next::Done(verdict) => break verdict,
                Next::Send(pending) => pending,
            };
            let came = seen();
            let answer = match &came {
                Seen::Response { response, .. } => Answer::Response(response.clone()),
                Seen::Nothing { .. } => Answer::NetworkError,
            };
            exchanges.push(Exchange { request: pending.request().clone(), seen: came });
            next = pending.receive(answer, &mut cache, Duration::ZERO);
        };
        let told = Told::default();
        let mut answers: Vec<Answered> = Vec::new();
        loop {
            let case = Case {
                page: &page, call: &call, exchanges: &exchanges, verdict: &verdict, answers: &answers, told: &told,
            };
            let Some(asked) = question(&case) else {
                let diagnosis = diagnose(&case, None);
                prop_assert!(diagnosis.learned.iter().all(|learned| learned.answer < answers.len()));
                for evidence in &diagnosis.evidence {
                    prop_assert!(evidence.exchange < exchanges.len());
                    prop_assert!(is_there(evidence, &exchanges[evidence.exchange]), "{evidence:?}");
                }
                prop_assert!(diagnosis.cause.is_none() || !diagnosis.story.is_empty());
                break;
            };
            prop_assert!(answers.len() < MOST_QUESTIONS);
            prop_assert!(answers.iter().all(|answered| answered.question != asked), "asked twice: {asked:?}");
            let request = asked.request(&case, "nonce").expect("what is asked can be sent");
            prop_assert!(matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS"), "{}", request.method);
            prop_assert!(request.body.is_empty());
            prop_assert!(exchanges.iter().any(|known| known.request.url.host() == request.url.host()), "{}", request.url);
            prop_assert!(!tells_secrets(&request, &call, &exchanges), "{request:?}");
            answers.push(Answered { question: asked, exchange: Exchange { request, seen: seen() } });
        }
    }
}
