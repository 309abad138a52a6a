//! Other engines are asked for only what can tell something about them, and never for what may have an effect.

#![expect(clippy::unwrap_used, reason = "a script that fails fails its test")]

mod support;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use corsac_browser::{Browser, Call, FailureId, Page, RequestKind};
use corsac_probe::{CheckOptions, Client, Conclusion, Report, UnaskedReason, check};
use support::*;

/// A server that answers by method and path, and what it was asked.
struct Api {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Api {
    fn new(answer: impl Fn(&str) -> &'static str + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&asked);
        let address = server(move |mut stream| {
            let head = read_head(&mut stream);
            let line = head.split(" HTTP/").next().unwrap().to_owned();
            let answer = answer(&line);
            if !line.is_empty() {
                record.lock().unwrap().push(line);
            }
            drop(write!(stream, "HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
            close(&stream);
        });
        Self { address, asked }
    }

    fn call(&self, method: &str, path: &str) -> Call {
        let mut call = Call::new(format!("http://{}{path}", self.address).parse().unwrap());
        call.method = method.into();
        call
    }

    async fn check(&self, call: &Call, browser: Browser) -> Report {
        let page = Page::of("http://localhost:5173".parse().unwrap());
        let client = Client::new(options()).unwrap();
        // What is asked to tell causes apart has a test of its own.
        let options = CheckOptions { questions: false, ..CheckOptions::of(browser) };
        within_reason(check(&client, &page, call, &options)).await
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn conclusion(report: &Report, browser: Browser) -> &Conclusion {
    &report.engines.iter().find(|engine| engine.browser == browser).unwrap().conclusion
}

fn failure(report: &Report, browser: Browser) -> Option<FailureId> {
    conclusion(report, browser).verdict().unwrap().failure().map(|failure| failure.id)
}

#[tokio::test]
async fn the_same_answers_are_enough_where_the_questions_are_the_same() {
    let api = Api::new(|_| "200 OK\r\nAccess-Control-Allow-Origin: *");
    let report = api.check(&api.call("GET", "/"), Browser::Chromium).await;
    assert_eq!(api.asked(), ["GET /"]);
    assert!(report.extras.is_empty());
    assert!(report.engines.iter().all(|engine| engine.conclusion.verdict().unwrap().is_allowed()));
    assert_eq!(report.engines.len(), 4);
}

#[tokio::test]
async fn a_preflight_that_only_others_need_is_sent_for_them() {
    // The header is safelisted in Chromium alone.
    let api = Api::new(|line| match line {
        "OPTIONS /" => "405 No",
        _ => "200 OK\r\nAccess-Control-Allow-Origin: *",
    });
    let mut call = api.call("POST", "/");
    call.headers.append("DPR", "1");
    let report = api.check(&call, Browser::Chromium).await;
    assert!(report.verdict.is_allowed());
    assert_eq!(api.asked(), ["POST /", "OPTIONS /"], "one preflight serves all of them");
    let [extra] = &report.extras[..] else { panic!("{:?}", report.extras) };
    assert_eq!((extra.browser, extra.step.request.kind), (Browser::Firefox, RequestKind::Preflight));
    for browser in [Browser::Firefox, Browser::Standard] {
        assert_eq!(failure(&report, browser), Some(FailureId::PreflightAcaoMissing), "{browser}");
    }
    assert_eq!(failure(&report, Browser::Webkit), Some(FailureId::PreflightStatusNotOk));
}

#[tokio::test]
async fn what_may_have_an_effect_is_sent_for_the_headline_alone() {
    let api = Api::new(|line| match line {
        "OPTIONS /" => "405 No",
        _ => "200 OK\r\nAccess-Control-Allow-Origin: *",
    });
    let mut call = api.call("POST", "/");
    call.headers.append("DPR", "1");
    let report = api.check(&call, Browser::Firefox).await;
    assert_eq!(api.asked(), ["OPTIONS /"]);
    assert!(report.extras.is_empty());
    let Conclusion::Unasked { question, reason } = conclusion(&report, Browser::Chromium) else {
        panic!("{:?}", report.engines)
    };
    assert_eq!((&question.method[..], *reason), ("POST", UnaskedReason::MayHaveEffect));

    call.method = "GET".into();
    let report = api.check(&call, Browser::Firefox).await;
    assert_eq!(api.asked()[1..], ["OPTIONS /", "GET /"], "a GET is sent");
    assert!(conclusion(&report, Browser::Chromium).verdict().unwrap().is_allowed());
}

#[tokio::test]
async fn another_origin_is_told_after_a_redirect() {
    let other = Api::new(
        |_| "200 OK\r\nAccess-Control-Allow-Origin: null\r\nAccess-Control-Allow-Methods: PUT\r\nVary: Origin",
    );
    let location: &'static str =
        format!("307 Away\r\nAccess-Control-Allow-Origin: *\r\nLocation: http://{}/there", other.address)
            .leak();
    let api = Api::new(move |line| match line {
        "PUT /" => location,
        _ => "204 Yes\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT",
    });
    let report = api.check(&api.call("PUT", "/"), Browser::Chromium).await;
    assert!(report.verdict.is_allowed());
    assert_eq!(other.asked(), ["OPTIONS /there", "PUT /there", "OPTIONS /there"]);
    let [extra] = &report.extras[..] else { panic!("{:?}", report.extras) };
    let origin = extra.step.request.headers.get_text("Origin");
    assert_eq!((extra.browser, origin.as_deref()), (Browser::Firefox, Some("http://localhost:5173")));
    assert_eq!(failure(&report, Browser::Firefox), Some(FailureId::PreflightAcaoMismatch));
    assert!(conclusion(&report, Browser::Webkit).verdict().unwrap().is_allowed());
}

#[tokio::test]
async fn nothing_is_asked_that_cannot_help() {
    // Firefox and WebKit ask once more after the redirect, but what comes then fails in any case.
    let api = Api::new(|line| match line {
        "PUT /" => "303 See\r\nAccess-Control-Allow-Origin: *\r\nLocation: /there",
        "GET /there" => "200 OK",
        _ => "204 Yes\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT",
    });
    let report = api.check(&api.call("PUT", "/"), Browser::Chromium).await;
    assert_eq!(report.verdict.failure().unwrap().id, FailureId::AcaoMissing);
    assert_eq!(api.asked(), ["OPTIONS /", "PUT /", "GET /there"]);
    for browser in [Browser::Firefox, Browser::Webkit] {
        let Conclusion::BlockedAnyway(question) = conclusion(&report, browser) else {
            panic!("{:?}", report.engines)
        };
        assert_eq!(question.url.path(), "/there");
    }
}

#[tokio::test]
async fn no_secret_goes_where_the_headline_did_not_take_it() {
    // Firefox gives a dropped `Authorization` back at the second redirect within the other origin.
    let other = Api::new(|line| match line {
        "GET /1" => "302 On\r\nAccess-Control-Allow-Origin: *\r\nLocation: /2",
        _ => {
            "200 OK\r\nAccess-Control-Allow-Origin: http://localhost:5173\r\n\
             Access-Control-Allow-Headers: authorization"
        }
    });
    let location: &'static str =
        format!("302 Away\r\nAccess-Control-Allow-Origin: *\r\nLocation: http://{}/1", other.address).leak();
    let api = Api::new(move |line| match line {
        "GET /" => location,
        _ => "204 Yes\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: authorization",
    });
    let mut call = api.call("GET", "/");
    call.headers.append("Authorization", "Bearer secret");
    let report = api.check(&call, Browser::Chromium).await;
    assert!(!other.asked().is_empty());
    let Conclusion::Unasked { question, reason } = conclusion(&report, Browser::Firefox) else {
        panic!("{:?}", report.engines)
    };
    assert_eq!((question.url.path(), *reason), ("/2", UnaskedReason::WouldTellSecrets));
    let told = |extra: &corsac_probe::Extra| extra.step.request.headers.contains("Authorization");
    assert!(!report.extras.iter().any(told));
}

#[tokio::test]
async fn a_header_of_the_page_goes_nowhere_the_headline_did_not_take_it() {
    // Firefox asks where the redirect leads whether it may send the header, and is refused; Chromium would just send it.
    let other = Api::new(|line| match line {
        "GET /there" => "200 OK\r\nAccess-Control-Allow-Origin: *",
        _ => "404 No",
    });
    let location: &'static str =
        format!("302 Away\r\nAccess-Control-Allow-Origin: *\r\nLocation: http://{}/there", other.address)
            .leak();
    let api = Api::new(move |line| match line {
        "GET /" => location,
        _ => "204 Yes\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: intervention",
    });
    let mut call = api.call("GET", "/");
    call.headers.append("Intervention", "a-word-of-the-page");
    let report = api.check(&call, Browser::Firefox).await;
    let Conclusion::Unasked { question, reason } = conclusion(&report, Browser::Chromium) else {
        panic!("{:?}", report.engines)
    };
    assert_eq!((question.url.path(), *reason), ("/there", UnaskedReason::WouldTellSecrets));
    assert!(!other.asked().contains(&"GET /there".to_owned()), "{:?}", other.asked());
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_asked_again() {
    let api = Api::new(|_| "200 OK");
    // Nobody listens there any more.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut call = Call::new(format!("http://{closed}/").parse().unwrap());
    call.headers.append("DPR", "1");
    let report = api.check(&call, Browser::Firefox).await;
    assert!(report.unreachable().is_some() && report.extras.is_empty());
    let reason = match conclusion(&report, Browser::Chromium) {
        Conclusion::Unasked { reason, .. } => *reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason, UnaskedReason::NobodyThere);
}

#[tokio::test]
async fn other_engines_are_asked_for_a_few_times_at_most() {
    // After a redirect to another origin, Firefox names the page in preflights where Chromium says null.
    const YES: &str = "200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: X-Own";
    let on = |target: String| -> &'static str {
        format!("307 On\r\nAccess-Control-Allow-Origin: *\r\nLocation: {target}").leak()
    };
    let hops: Vec<_> = (1..=9).map(|hop| (format!("GET /{hop}"), on(format!("/{}", hop + 1)))).collect();
    let other = Api::new(move |line| hops.iter().find(|(asked, _)| asked == line).map_or(YES, |hop| hop.1));
    let away = on(format!("http://{}/1", other.address));
    let api = Api::new(move |line| if line == "GET /" { away } else { YES });
    let mut call = api.call("GET", "/");
    call.headers.append("X-Own", "1");
    let report = api.check(&call, Browser::Chromium).await;
    assert!(report.verdict.is_allowed());
    assert_eq!((report.steps.len(), report.extras.len()), (22, 8));
    let Conclusion::Unasked { reason, .. } = conclusion(&report, Browser::Firefox) else {
        panic!("{:?}", report.engines)
    };
    assert_eq!(*reason, UnaskedReason::TooMany);
}
