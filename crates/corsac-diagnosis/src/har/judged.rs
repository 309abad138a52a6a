//! A recorded call, judged: what is told of it.
//!
//! Plain data; it is reached in [`judge`](super::judge).

use corsac::Origin;
use corsac_browser::{Browser, Call, FailureId, Page, Verdict};
use url::Url;

use super::claim::{About, Claim};
use super::kind::Kind;
use crate::{Cause, Confidence, Diagnosis, Exchange};

/// How a recorded call ended, as far as the recording tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// The browser blocks it.
    Blocked,
    /// There was no answer, so CORS had no say.
    Unreachable,
    /// The recording does not tell.
    Unclear,
    /// The browser lets it through.
    Allowed,
    /// CORS has no say in it.
    NotCors,
}

impl Conclusion {
    /// The stable identifier, as in `check --json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Unreachable => "unreachable",
            Self::Unclear => "unclear",
            Self::Allowed => "allowed",
            Self::NotCors => "not-cors",
        }
    }
}

/// A recorded call, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct JudgedCall {
    /// Its number, counted from 1 in the order of the file.
    pub number: usize,
    /// The places of its entries in the file, counted from 0.
    pub entries: Vec<usize>,
    /// What kind of request it is.
    pub kind: Kind,
    /// Its method.
    pub method: String,
    /// Its URL.
    pub url: Url,
    /// The origin of the page that made it, where the recording tells.
    pub origin: Option<Origin>,
    /// Whose rules it was judged by.
    pub browser: Browser,
    /// How it ended.
    pub conclusion: Conclusion,
    /// What the browser concluded, where it blocked the call.
    pub failure: Option<FailureId>,
    /// Why, where that can be said.
    pub cause: Option<Cause>,
    /// How sure the conclusion and the cause are: as the less sure of the two.
    pub grade: Confidence,
    /// What happened, in a sentence or two; empty where there is nothing to tell.
    pub story: String,
    /// What to do; may be empty.
    pub remedy: String,
    /// Every claim, graded.
    pub claims: Vec<Claim>,
    /// The exchanges, as recorded.
    pub exchanges: Vec<Exchange>,
    /// The call as the script must have written it, and its page, where that could be told.
    pub made: Option<(Page, Call)>,
    /// The verdict it rests on, where one was reached.
    pub verdict: Option<Verdict>,
    /// Engines that come to another verdict by the same answers: what they conclude, or nothing where they let it through.
    pub elsewhere: Vec<(Browser, Option<FailureId>)>,
    /// The cause with its evidence and the fixes, where one was looked for.
    pub diagnosis: Option<Diagnosis>,
}

impl JudgedCall {
    /// Whether the page has nothing of the call: it was blocked, or there was no answer.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        matches!(self.conclusion, Conclusion::Blocked | Conclusion::Unreachable)
    }

    /// Whether the two are one and the same call, made again: they differ in their query at most.
    #[must_use]
    pub fn is_again(&self, other: &Self) -> bool {
        let address = |url: &Url| {
            let mut url = url.clone();
            url.set_query(None);
            url.set_fragment(None);
            url
        };
        let facts = |call: &Self| (call.kind, call.conclusion, call.failure, call.cause, call.grade);
        facts(self) == facts(other)
            && self.method == other.method
            && self.story == other.story
            && self.origin.as_ref().map(ToString::to_string) == other.origin.as_ref().map(ToString::to_string)
            && address(&self.url) == address(&other.url)
    }

    pub(super) fn claim(
        &mut self,
        about: About,
        says: impl Into<String>,
        grade: Confidence,
        because: impl Into<String>,
    ) {
        self.claims.push(Claim { about, says: says.into(), grade, because: because.into() });
    }
}
