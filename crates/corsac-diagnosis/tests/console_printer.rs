//! The reader of consoles against the printer of consoles: every line that `corsac-browser` can print over all the
//! scenarios of `vectors/browser`, in each engine's words, is read back as the failure it tells of, with its values.

use std::time::Duration;

use corsac_browser::{
    Answer, Body, Browser, Call, Failure, FailureId, HeaderList, Next, Outcome, Page, PreflightCache,
    WireResponse, console_lines, fetch,
};
use corsac_diagnosis::console::{self, Message, Slot};
use corsac_vectors::Text;
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Case {
    id: String,
    page: Option<String>,
    secure_context: Option<bool>,
    top: Option<String>,
    call: CallData,
    #[serde(default)]
    exchange: Vec<Step>,
    #[serde(default)]
    then: Vec<Then>,
}

#[derive(Deserialize)]
struct Then {
    at: f64,
    call: CallData,
    #[serde(default)]
    exchange: Vec<Step>,
}

#[derive(Deserialize)]
struct CallData {
    url: String,
    method: Option<String>,
    #[serde(default)]
    headers: Vec<(String, Text)>,
    mode: Option<String>,
    credentials: Option<String>,
    redirect: Option<String>,
    initiator: Option<String>,
    body: Option<toml::Value>,
    #[serde(default)]
    upload_listener: bool,
    #[serde(default)]
    stream: bool,
    cookies: Option<String>,
}

#[derive(Deserialize)]
struct Step {
    answer: AnswerData,
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

/// Every character stands for the byte of its number.
fn header_list(lines: &[(String, Text)]) -> HeaderList {
    let bytes = |text: &str| -> Vec<u8> {
        text.chars().map(|letter| u8::try_from(letter).expect("values are written as bytes")).collect()
    };
    lines.iter().map(|(name, value)| (name.clone(), bytes(&value.expand()))).collect()
}

impl CallData {
    fn call(&self) -> Call {
        let mut call = Call::new(self.url.parse().expect("a URL"));
        if let Some(method) = &self.method {
            call.method.clone_from(method);
        }
        call.headers = header_list(&self.headers);
        let word = |word: &Option<String>| word.clone();
        call.mode = word(&self.mode).map_or(call.mode, |word| word.parse().expect("a mode"));
        call.credentials = word(&self.credentials)
            .map_or(call.credentials, |word| word.parse().expect("a credentials mode"));
        call.redirect =
            word(&self.redirect).map_or(call.redirect, |word| word.parse().expect("a redirect mode"));
        call.initiator =
            word(&self.initiator).map_or(call.initiator, |word| word.parse().expect("an initiator"));
        // What stands in a body changes no line of a console, only whether there is one.
        call.body = self.body.as_ref().map(|_| Body::Text("x".into()));
        call.upload_listener = self.upload_listener;
        call.stream = self.stream;
        call.cookies.clone_from(&self.cookies);
        call
    }
}

impl Case {
    fn page(&self) -> Page {
        let page = self.page.as_deref().unwrap_or("https://app.example");
        let mut page = Page::of(page.parse().expect("an origin"));
        page.secure_context = self.secure_context.unwrap_or(page.secure_context);
        page.top = self.top.as_ref().map(|top| top.parse().expect("an origin"));
        page
    }

    fn calls(&self) -> impl Iterator<Item = (f64, &CallData, &[Step])> {
        let first = (0.0, &self.call, &self.exchange[..]);
        std::iter::once(first).chain(self.then.iter().map(|then| (then.at, &then.call, &then.exchange[..])))
    }
}

/// Answers come in the order of the script, and the last one again: engines differ in how often they ask.
fn play(
    page: &Page,
    call: &Call,
    at: f64,
    steps: &[Step],
    browser: Browser,
    cache: &mut PreflightCache,
) -> Vec<(Failure, String)> {
    let now = Duration::from_secs_f64(at);
    let mut next = fetch(page, call, browser, cache, now);
    let mut index = 0;
    for _ in 0..64 {
        match next {
            Next::Send(pending) => {
                let answer = match steps.get(index).or(steps.last()).map(|step| &step.answer) {
                    Some(AnswerData::Response { status, headers }) => {
                        Answer::Response(WireResponse { status: *status, headers: header_list(headers) })
                    }
                    Some(AnswerData::Word(word)) => {
                        assert_eq!(word, "network-error");
                        Answer::NetworkError
                    }
                    None => Answer::Response(WireResponse { status: 404, headers: HeaderList::default() }),
                };
                index += 1;
                next = pending.receive(answer, cache, now);
            }
            Next::Done(verdict) => {
                let Outcome::Blocked(blocked) = &verdict.outcome else { return Vec::new() };
                let lines = console_lines(browser, page, call, &verdict);
                if lines.is_empty() {
                    return Vec::new();
                }
                return vec![(blocked.failure.clone(), lines.join("\n"))];
            }
        }
    }
    panic!("requests without end");
}

/// Text as the reader gives it back: white space is one space, and quotation marks are one kind.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace(['"', '‘', '’', '“', '”', '`', '´'], "'")
}

/// The forms in which engines write a URL.
fn spellings(url: &Url) -> Vec<String> {
    let mut plain = url.clone();
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    let mut bare = plain.clone();
    bare.set_fragment(None);
    [url.clone(), plain, bare].iter().map(|url| folded(url.as_str())).collect()
}

/// Whether a word is this URL, but for the sentence around it.
fn is_bare(word: &str, url: &str) -> bool {
    let around = ['\'', '(', ')', '.', ','];
    word.trim_matches(around) == url.trim_matches(around)
}

/// Whether a header's value was read. Letters that cannot be seen are written in another way by each engine.
fn is_value(read: &str, value: Option<&str>) -> bool {
    let value = value.unwrap_or_default();
    read.trim() == folded(value) || !value.is_ascii() || value.contains(char::is_control)
}

/// What was read that was not there.
fn wrong_values(message: &Message, failure: &Failure, call: &Call, text: &str) -> Vec<String> {
    let text = folded(text);
    let mut urls: Vec<String> = [Some(failure.url()), Some(&call.url), failure.target()]
        .into_iter()
        .flatten()
        .flat_map(spellings)
        .collect();
    urls.extend(failure.location().map(folded));
    let mut wrong = Vec::new();
    for (slot, value) in message.values.iter() {
        let is_right = match slot {
            Slot::Origin => value == failure.page_origin() || Some(value) == failure.origin_sent(),
            Slot::Status => message.values.status() == failure.status(),
            Slot::Method => value == failure.method(),
            Slot::Header => failure.headers().iter().any(|header| header.eq_ignore_ascii_case(value)),
            Slot::AllowCredentials => is_value(value, failure.allow_credentials()),
            Slot::AllowOrigin => is_value(value, failure.allow_origin()),
            Slot::Token => is_value(value, failure.token()),
            // A URL in the middle of a chain of redirects is known to the lines alone.
            Slot::Url | Slot::FirstUrl | Slot::Target | Slot::Page => {
                urls.iter().any(|url| url == value)
                    || text.split_whitespace().any(|word| is_bare(word, value))
            }
            Slot::Port => failure.url().port().map(|port| port.to_string()).as_deref() == Some(value),
            Slot::Scheme => value == failure.url().scheme(),
            Slot::Kind | Slot::Value => true,
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{slot:?} is read as {value:?}"));
        }
    }
    wrong
}

#[test]
fn what_is_printed_is_read_back() {
    let (mut differences, mut count) = (Vec::new(), 0);
    for case in corsac_vectors::load::<Case>("browser") {
        let page = case.page();
        for browser in [Browser::Chromium, Browser::Firefox, Browser::Webkit] {
            let mut cache = PreflightCache::new();
            for (at, call, steps) in case.calls() {
                let call = call.call();
                for (failure, text) in play(&page, &call, at, steps, browser, &mut cache) {
                    count += 1;
                    let mut note = |what: String| {
                        differences
                            .push(format!("{} as {browser}, {}: {what}\n    {text}", case.id, failure.id));
                    };
                    let messages = console::read(&text);
                    let [message] = &messages[..] else {
                        note(format!("{} messages", messages.len()));
                        continue;
                    };
                    if message.source.browser() != Some(browser) {
                        note(format!("taken for {:?}", message.source));
                    }
                    if message.older.is_some() {
                        note(format!("taken for {:?}", message.older));
                    }
                    // WebKit only says that it is blocked.
                    let says_nothing = message.failures.is_empty() && failure.id == FailureId::BadPort;
                    if !message.failures.contains(&failure.id) && !says_nothing {
                        let ids: Vec<_> = message.failures.iter().map(|id| id.as_str()).collect();
                        note(format!("read as {ids:?}"));
                    }
                    for wrong in wrong_values(message, &failure, &call, &text) {
                        note(wrong);
                    }
                    for line in console::unread(&text) {
                        note(format!("not understood: {line}"));
                    }
                }
            }
        }
    }
    corsac_vectors::assert_none(&differences);
    assert!(count > 2300, "only {count} calls print something");
}
