//! What a scenario's servers answer, and what they were asked.
//!
//! A script is the same for the browser and for the prediction: both ask it, in their own order. It answers a
//! request by its kind and URL, with the first answer not used yet, or else the last one that was; what it has no
//! answer for gets [`unscripted`].

use std::time::{Duration, Instant};

use corsac_browser::{Answer, HeaderList, RequestKind, WireResponse};

/// One answer, and the requests it is for.
#[derive(Debug, Clone)]
pub struct Step {
    /// Preflight or actual.
    pub kind: RequestKind,
    /// The URL asked, without its fragment.
    pub url: String,
    /// What is answered.
    pub reply: Reply,
}

/// What a server does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It answers, with these field lines exactly as they stand.
    Respond {
        /// The status.
        status: u16,
        /// The field lines, white space around values included.
        headers: Vec<(String, Vec<u8>)>,
    },
    /// It hangs up without a word.
    Drop,
}

impl Reply {
    /// The answer as it arrives at the browser.
    #[must_use]
    pub fn as_answer(&self) -> Answer {
        match self {
            Self::Drop => Answer::NetworkError,
            Self::Respond { status, headers } => {
                let headers: HeaderList =
                    headers.iter().map(|(name, value)| (name.clone(), trimmed(value).to_vec())).collect();
                Answer::Response(WireResponse { status: *status, headers })
            }
        }
    }
}

/// White space around a value is none of it: RFC 9110, section 5.5.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !is_space(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// What is answered to a request that no step is for: `404`, and not a word about CORS.
#[must_use]
pub fn unscripted() -> Reply {
    Reply::Respond { status: 404, headers: vec![("Content-Length".into(), b"0".to_vec())] }
}

/// The answers of one scenario.
#[derive(Debug, Clone, Default)]
pub struct Script {
    steps: Vec<(Step, bool)>,
}

impl Script {
    /// A script of which nothing is used yet.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Self {
        Self { steps: steps.into_iter().map(|step| (step, false)).collect() }
    }

    /// The reply to a request, and whether a step was for it.
    pub fn answer(&mut self, kind: RequestKind, url: &str) -> (Reply, bool) {
        let is_for = |step: &Step| step.kind == kind && step.url == url;
        let unused = self.steps.iter().position(|(step, used)| !used && is_for(step));
        let chosen = unused.or_else(|| self.steps.iter().rposition(|(step, _)| is_for(step)));
        match chosen {
            Some(index) => {
                self.steps[index].1 = true;
                (self.steps[index].0.reply.clone(), true)
            }
            None => (unscripted(), false),
        }
    }
}

/// How soon a browser repeats a request whose connection broke.
pub const SOON: Duration = Duration::from_millis(700);

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Preflight or actual, as a server can tell.
    pub kind: RequestKind,
    /// When.
    pub at: Instant,
    /// The method.
    pub method: String,
    /// The URL asked: of the place it arrived at.
    pub url: String,
    /// The field lines.
    pub headers: HeaderList,
    /// Whether the script had an answer.
    pub scripted: bool,
    /// Whether it is the request before once more, after that got no answer: what browsers do when a connection
    /// breaks, as often as they see fit.
    pub again: bool,
}

impl Logged {
    /// Whether it is the same request as one shortly before.
    pub(crate) fn is_repetition_of(&self, last: &Self) -> bool {
        let same = |request: &Self| (request.kind, request.method.clone(), request.url.clone());
        same(self) == same(last) && self.at.duration_since(last.at) < SOON
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(kind: RequestKind, url: &str, status: u16) -> Step {
        Step { kind, url: url.into(), reply: Reply::Respond { status, headers: Vec::new() } }
    }

    #[test]
    fn answers_go_by_kind_and_url_and_the_last_is_repeated() {
        use RequestKind::{Actual, Preflight};
        let mut script =
            Script::new(vec![step(Actual, "a", 1), step(Preflight, "a", 2), step(Actual, "a", 3)]);
        let mut status = |kind, url| match script.answer(kind, url).0 {
            Reply::Respond { status, .. } => status,
            Reply::Drop => 0,
        };
        assert_eq!([status(Preflight, "a"), status(Preflight, "a")], [2, 2]);
        assert_eq!([status(Actual, "a"), status(Actual, "a"), status(Actual, "a")], [1, 3, 3]);
        assert_eq!(status(Actual, "b"), 404);
    }

    #[test]
    fn white_space_around_a_value_does_not_arrive() {
        assert_eq!(trimmed(b" \ta b\t"), b"a b");
        assert_eq!(trimmed(b" \t"), b"");
        assert_eq!(trimmed(b"\x0ba"), b"\x0ba");
    }
}
