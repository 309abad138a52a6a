//! What tells causes apart is asked over the network: few requests, none that has an effect, and none against the
//! person's wish.

#![expect(clippy::unwrap_used, reason = "a script that fails fails its test")]

mod support;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use corsac_browser::{Body, Call, CredentialsMode, Page};
use corsac_diagnosis::{Cause, Confidence, Reached, Told};
use corsac_probe::{CheckOptions, Client, Report, check};
use support::*;

const PAGE: &str = "http://localhost:5173";

/// A server that answers by the head of the request, and the heads it was sent.
struct Api {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Api {
    fn new(answer: impl Fn(&Head<'_>) -> String + Send + Sync + 'static) -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&heads);
        let address = server(move |mut stream| {
            let head = read_head(&mut stream);
            if head.is_empty() {
                return;
            }
            let answer = answer(&Head(&head));
            record.lock().unwrap().push(head);
            drop(write!(stream, "HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
            close(&stream);
        });
        Self { address, heads }
    }

    fn call(&self, method: &str) -> Call {
        let mut call = Call::new(format!("http://{}/items", self.address).parse().unwrap());
        call.method = method.into();
        call
    }

    async fn check(&self, call: &Call, chosen: &CheckOptions) -> Report {
        let client = Client::new(options()).unwrap();
        let page = Page::of(PAGE.parse().unwrap());
        within_reason(check(&client, &page, call, chosen)).await
    }

    /// The methods it was asked with, in order.
    fn asked(&self) -> Vec<String> {
        let heads = self.heads.lock().unwrap();
        heads.iter().map(|head| head.split(' ').next().unwrap().to_owned()).collect()
    }
}

/// The head of a request.
struct Head<'a>(&'a str);

impl Head<'_> {
    fn is(&self, method: &str) -> bool {
        self.0.starts_with(&format!("{method} "))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

fn questions(report: &Report) -> Vec<&str> {
    report.asked.iter().map(|asked| asked.question.as_str()).collect()
}

/// Options with which nothing but the call is sent.
fn nothing_more() -> CheckOptions {
    CheckOptions { questions: false, other_engines: false, ..CheckOptions::default() }
}

#[tokio::test]
async fn the_origin_on_the_list_is_found_out() {
    let api = Api::new(|head| match head.header("Origin") {
        Some(origin) if origin == format!("{PAGE}/") => {
            format!("204 Yes\r\nVary: Origin\r\nAccess-Control-Allow-Origin: {origin}")
        }
        _ => "204 Yes\r\nVary: Origin".into(),
    });
    let report = api.check(&api.call("PUT"), &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::OriginMisspelled));
    assert_eq!(report.diagnosis.confidence, Confidence::Observed);
    assert_eq!((questions(&report), api.asked()), (vec!["as-another-origin"], vec!["OPTIONS".into(); 2]));

    let report = api.check(&api.call("PUT"), &nothing_more()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::OriginNotAllowed), "without asking, it cannot be told");
    assert_eq!(report.diagnosis.confidence, Confidence::Inferred);
    assert_eq!(api.asked().len(), 3, "nothing but the call was sent");
}

#[tokio::test]
async fn a_gate_is_shown_the_credentials_that_preflights_lack() {
    let api = Api::new(|head| match head.header("Authorization") {
        Some("Bearer secret") => {
            format!(
                "204 Yes\r\nAccess-Control-Allow-Origin: {PAGE}\r\nAccess-Control-Allow-Headers: authorization"
            )
        }
        _ => "401 Who?".into(),
    });
    let mut call = api.call("GET");
    call.headers.append("Authorization", "Bearer secret");
    let report = api.check(&call, &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::AuthBeforeCors));
    assert_eq!(report.diagnosis.reached, Reached::PreflightOnly);
    assert!(report.diagnosis.learned_from(0).unwrap().contains("with credentials it passes"), "{report:?}");
    assert_eq!(api.asked(), ["OPTIONS", "OPTIONS"]);
}

#[tokio::test]
async fn a_cache_is_passed_by_a_query_it_does_not_know() {
    let api = Api::new(|head| {
        if head.0.starts_with("GET /items?corsac=") {
            format!("200 OK\r\nVary: Origin\r\nAccess-Control-Allow-Origin: {PAGE}")
        } else {
            "200 OK\r\nAge: 30\r\nAccess-Control-Allow-Origin: https://other.example".into()
        }
    });
    let report = api.check(&api.call("GET"), &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::CachedWithoutVary));
    assert_eq!(report.diagnosis.confidence, Confidence::Observed);
    let again = api.check(&api.call("GET"), &CheckOptions::default()).await;
    let url = |report: &Report| report.asked[0].step.request.url.clone();
    assert_ne!(url(&report), url(&again), "the first question may be in the cache by now");
}

#[tokio::test]
async fn a_call_that_may_have_an_effect_is_never_sent_again() {
    let api = Api::new(|head| match head.is("OPTIONS") {
        true => "204 Yes\r\nAccess-Control-Allow-Origin: *".into(),
        false => "500 Oh".into(),
    });
    let mut call = api.call("POST");
    call.body = Some(Body::Text("a=1".into()));
    let report = api.check(&call, &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::ErrorResponseWithoutCors));
    assert_eq!(report.diagnosis.confidence, Confidence::Observed);
    assert_eq!(report.diagnosis.reached, Reached::Yes);
    assert!(report.diagnosis.side_effects.contains("the server got the POST and may have acted on it"));
    assert_eq!(api.asked(), ["POST", "OPTIONS"]);
    assert_eq!(api.heads.lock().unwrap()[1].matches("\r\n\r\n").count(), 1, "no body");
}

#[tokio::test]
async fn a_call_that_was_never_sent_is_not_sent_to_find_out() {
    let api = Api::new(|head| if head.is("OPTIONS") { "404 No".into() } else { "200 OK".into() });
    let mut call = api.call("DELETE");
    call.credentials = CredentialsMode::Include;
    call.cookies = Some("sid=secret".into());
    let report = api.check(&call, &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::OptionsNotHandled));
    assert_eq!(report.diagnosis.confidence, Confidence::Observed);
    assert_eq!(api.asked(), ["OPTIONS", "GET"]);
    let heads = api.heads.lock().unwrap();
    assert!(heads.iter().all(|head| !head.contains("secret")), "a GET that the page never made is nobody's");
}

#[tokio::test]
async fn the_cookie_that_was_kept_back_is_tried() {
    let api = Api::new(|head| {
        let status = if head.header("Cookie") == Some("sid=1") { "200 OK" } else { "401 Who?" };
        format!("{status}\r\nAccess-Control-Allow-Origin: *")
    });
    let mut call = api.call("GET");
    call.cookies = Some("sid=1".into());
    let report = api.check(&call, &CheckOptions::default()).await;
    assert!(report.verdict.is_allowed());
    assert_eq!(report.diagnosis.cause, Some(Cause::CookieNotSent));
    assert_eq!(report.diagnosis.confidence, Confidence::Observed);
    assert_eq!(questions(&report), ["with-cookies"]);
}

#[tokio::test]
async fn a_server_that_refuses_the_origin_by_status_gives_itself_away() {
    let api =
        Api::new(|head| if head.header("Origin").is_some() { "403 No".into() } else { "200 OK".into() });
    let report = api.check(&api.call("GET"), &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::OriginNotAllowed));
    assert_eq!(report.diagnosis.confidence, Confidence::Observed);
    assert_eq!(questions(&report), ["without-origin"]);
}

#[tokio::test]
async fn what_nginx_loses_on_the_way_shows_at_another_path() {
    let api = Api::new(|head| match head.0.starts_with("GET / ") {
        true => "200 OK\r\nServer: nginx\r\nAccess-Control-Allow-Origin: *".into(),
        false => "200 OK\r\nServer: nginx".into(),
    });
    let mut call = api.call("GET");
    call.headers.append("Accept-Language", "de");
    let report = api.check(&call, &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::NginxAddHeaderInheritance));
    assert_eq!(questions(&report), ["preflight", "another-path"]);
}

#[tokio::test]
async fn another_host_is_not_asked_and_the_same_one_is() {
    let stranger = Api::new(|_| "204 Yes".into());
    // Another name for this machine, and so a host of its own.
    let away = format!("http://localhost:{}/login", stranger.address.port());
    let api = Api::new(move |head| match head.0.contains(" /items/ ") {
        true => "204 Yes\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT".into(),
        false if head.header("X-Away").is_some() || head.0.contains("x-away") => {
            format!("302 On\r\nLocation: {away}")
        }
        false => "308 On\r\nLocation: /items/".into(),
    });
    let report = api.check(&api.call("PUT"), &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::PreflightRedirected));
    assert!(report.diagnosis.remedy.contains("asked there, the server allows the call"), "{report:?}");

    let mut call = api.call("PUT");
    call.headers.append("X-Away", "1");
    let report = api.check(&call, &CheckOptions::default()).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::PreflightRedirected));
    assert!(report.asked.is_empty() && stranger.asked().is_empty());
}

#[tokio::test]
async fn a_key_of_the_api_stays_with_the_api() {
    // Lets the origin pass and says no by status, so that what it answers to a GET is worth knowing.
    let stranger = Api::new(|head| match head.is("OPTIONS") {
        true => "403 No\r\nAccess-Control-Allow-Origin: *".into(),
        false => "200 OK".into(),
    });
    let away = format!("http://localhost:{}/items", stranger.address.port());
    let api = Api::new(move |head| {
        let status =
            if head.is("OPTIONS") { "204 Yes".to_owned() } else { format!("307 On\r\nLocation: {away}") };
        format!("{status}\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: x-api-key")
    });
    let mut call = api.call("GET");
    call.headers.append("X-Api-Key", "secret");
    let report = api.check(&call, &CheckOptions::default()).await;
    assert!(questions(&report).contains(&"plain-get"), "{report:?}");
    let heads = stranger.heads.lock().unwrap();
    assert!(heads.iter().any(|head| head.starts_with("GET ")));
    assert!(
        heads.iter().all(|head| !head.contains("secret")),
        "the stranger was not allowed to have it: {heads:?}"
    );
}

#[tokio::test]
async fn three_questions_are_the_most() {
    let api = Api::new(|_| "200 OK\r\nVary: Origin\r\nX-Cache: HIT".into());
    let report = api.check(&api.call("GET"), &CheckOptions::default()).await;
    assert_eq!(questions(&report), ["past-the-cache", "as-another-origin", "as-another-origin"]);
    assert_eq!(api.asked().len(), 4);
    assert_eq!(report.diagnosis.cause, Some(Cause::OriginNotAllowed));
}

#[tokio::test]
async fn a_call_that_passes_asks_nothing() {
    let api =
        Api::new(|_| "200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT".into());
    let report = api.check(&api.call("PUT"), &CheckOptions::default()).await;
    assert!(report.verdict.is_allowed() && report.asked.is_empty());
    assert_eq!((report.diagnosis.cause, api.asked()), (None, vec!["OPTIONS".to_owned(), "PUT".into()]));
}

#[tokio::test]
async fn a_question_that_breaks_tells_nothing() {
    let api = Api::new(|head| match head.is("GET") {
        // No response at all: the status line cannot be read.
        true => "oops".into(),
        false => "404 No".into(),
    });
    let report = api.check(&api.call("DELETE"), &CheckOptions::default()).await;
    assert!(report.asked[0].step.result.is_err() && report.unreachable().is_none());
    assert_eq!(report.diagnosis.cause, Some(Cause::OptionsNotHandled));
    assert_eq!(report.diagnosis.confidence, Confidence::Inferred);
}

#[tokio::test]
async fn the_network_of_the_target_is_the_address_that_answered() {
    let api = Api::new(|_| "200 OK\r\nAccess-Control-Allow-Origin: *".into());
    let client = Client::new(corsac_probe::ClientOptions {
        resolve: vec![format!("api.example:{}:127.0.0.1", api.address.port()).parse().unwrap()],
        ..options()
    })
    .unwrap();
    let call = Call::new(format!("http://api.example:{}/", api.address.port()).parse().unwrap());
    let page = Page::of("http://app.example".parse().unwrap());
    let told = Told { page_address_space: Some(corsac_diagnosis::AddressSpace::Public), ..Told::default() };
    let mut chosen = CheckOptions { told, ..CheckOptions::default() };
    let report = within_reason(check(&client, &page, &call, &chosen)).await;
    assert_eq!(report.diagnosis.cause, Some(Cause::LocalNetworkAccess));
    chosen.browser = corsac_browser::Browser::Webkit;
    let report = within_reason(check(&client, &page, &call, &chosen)).await;
    assert_eq!(report.diagnosis.cause, None, "WebKit has no such check");
}
