//! The calls that pages make, taken from the requests of the vectors, and what a browser makes of the answers.

use std::collections::BTreeSet;
use std::time::Duration;

use corsac_browser::{
    Answer, Browser, Call, CredentialsMode, HeaderList, Next, Page, PreflightCache, RequestKind, WireRequest,
    WireResponse, fetch,
};
use corsac_vectors::PolicyCase;

/// Whoever answers: the status, and the headers that are about CORS.
pub(crate) trait Server {
    fn answer(&self, request: &WireRequest) -> (u16, Vec<(String, String)>);
}

/// A call of a page.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    page: Page,
    call: Call,
}

/// The names of the headers that the page can read, if a browser lets it have the answer at all.
pub(crate) type Readable = Option<BTreeSet<String>>;

/// What the application says besides CORS: pages can read of it what is exposed.
pub(crate) const SAID: [&str; 8] =
    ["content-type", "etag", "x-a", "x-b", "x-inner", "x-request-id", "x-total", "access-control-something"];

/// The longest name of a header that is asked for.
const LONGEST_NAME: usize = 128;

/// All that the vectors ask of some policy, with and without credentials, each once. What no browser sends is left out.
pub(crate) fn questions(cases: &[PolicyCase]) -> Vec<Question> {
    let mut questions = BTreeSet::new();
    for case in cases {
        let values = |name: &str| -> Vec<String> {
            let own = case.request.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
            own.map(|(_, value)| value.expand()).collect()
        };
        let [origin] = &*values("Origin") else { continue };
        if origin.parse::<corsac::Origin>().is_err() {
            continue;
        }
        let method = match &*values("Access-Control-Request-Method") {
            [method] if case.request.method == "OPTIONS" => method.clone(),
            _ => case.request.method.clone(),
        };
        let names = values("Access-Control-Request-Headers").join(",");
        let names: BTreeSet<String> = names
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            // Beyond its budget the engine refuses what it does not read.
            .filter(|name| (1..=LONGEST_NAME).contains(&name.len()))
            .take(20)
            .collect();
        questions.insert((origin.clone(), method, names));
    }
    let credentials = [CredentialsMode::Omit, CredentialsMode::Include];
    let questions =
        questions.into_iter().map(|(origin, method, names)| Question::new(&origin, method, names));
    questions.flat_map(|question| credentials.map(|credentials| question.with(credentials))).collect()
}

impl Question {
    fn new(origin: &str, method: String, names: BTreeSet<String>) -> Self {
        let page = Page::of(origin.parse().expect("it was read before"));
        let mut call = Call::new("https://api.example/orders/7".parse().expect("a URL"));
        call.method = method;
        for name in names {
            // No type of a form, so that it needs permission as well.
            call.headers.append(name, "application/json");
        }
        Self { page, call }
    }

    pub(crate) fn with(&self, credentials: CredentialsMode) -> Self {
        let mut own = self.clone();
        own.call.credentials = credentials;
        own
    }

    /// Whether its method is one that some cloud does not have.
    pub(crate) fn has_rare_method(&self) -> bool {
        !["GET", "HEAD", "POST", "PUT", "DELETE"].contains(&&*self.call.method)
    }

    /// Makes the call as a browser does.
    pub(crate) fn put(&self, server: &dyn Server) -> Readable {
        let mut cache = PreflightCache::new();
        let mut next = fetch(&self.page, &self.call, Browser::Standard, &mut cache, Duration::ZERO);
        loop {
            match next {
                Next::Send(pending) => {
                    let answer = respond(server, pending.request());
                    next = pending.receive(answer, &mut cache, Duration::ZERO);
                }
                Next::Done(verdict) => {
                    let readable = verdict.readable()?;
                    let is_said = |name: &&String| SAID.contains(&&***name);
                    return Some(readable.headers.iter().filter(is_said).cloned().collect());
                }
            }
        }
    }
}

fn respond(server: &dyn Server, request: &WireRequest) -> Answer {
    let (status, lines) = server.answer(request);
    let mut headers = HeaderList::new();
    for (name, value) in lines {
        headers.append(name, value);
    }
    if request.kind == RequestKind::Actual {
        for name in SAID {
            headers.append(name, "1");
        }
    }
    Answer::Response(WireResponse { status, headers })
}
