//! A case of `vectors/browser`, as data: read from there, and written in the same form where a generated one is
//! to be shown.
//!
//! Its origins are symbols such as `https://api.example`; what stands for them here is `scenario`'s affair. The
//! verdict that a case states is the standard's, and is left to the engine's own tests.

use corsac_vectors::Text;
use serde::{Deserialize, Serialize};

/// The page of a case that names none.
pub const DEFAULT_PAGE: &str = "https://app.example";

/// A page, its calls, and what servers answer.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Case {
    /// The case's name.
    pub id: String,
    /// The page's origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The first call.
    pub call: CallData,
    /// What is answered to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchange: Vec<StepData>,
    /// Further calls with the same preflight cache.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Then>,
}

/// A further call.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Then {
    /// Seconds since the first.
    pub at: f64,
    /// The call.
    pub call: CallData,
    /// What is answered to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchange: Vec<StepData>,
}

/// A call, as a script writes it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CallData {
    /// The target.
    pub url: String,
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The headers the script sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "lines")]
    pub headers: Vec<(String, Text)>,
    /// The mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The credentials mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// The redirect mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// `fetch` or `xhr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator: Option<String>,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyData>,
    /// Whether somebody listens to the upload.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub upload_listener: bool,
    /// Whether the body is a stream.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream: bool,
    /// What the browser holds for the target's host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookies: Option<String>,
}

/// What the script hands over as the body.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BodyData {
    /// A string.
    Text(String),
    /// A `URLSearchParams`.
    UrlEncoded(String),
    /// A `FormData`.
    Multipart(Vec<(String, String)>),
    /// A `Blob`.
    Blob {
        /// Its type.
        content_type: String,
        /// Its content.
        text: String,
    },
    /// An array of bytes, each written as the character of its number.
    Bytes(String),
}

/// An answer, and the request it is for.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StepData {
    /// The request.
    pub expect: Expect,
    /// The answer.
    pub answer: AnswerData,
}

/// The request an answer is for.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Expect {
    /// `preflight` or `actual`.
    pub kind: String,
    /// Its URL; the call's where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum AnswerData {
    /// `network-error`.
    Word(String),
    /// A response.
    Response {
        /// Its status.
        status: u16,
        /// Its field lines.
        #[serde(default, serialize_with = "lines")]
        headers: Vec<(String, Text)>,
    },
}

/// Writes field lines so that they are read again as they are.
fn lines<S: serde::Serializer>(lines: &[(String, Text)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lines.iter().map(|(name, value)| (name, value.expand())))
}

impl Case {
    /// Every call with its time and its answers, the first included.
    pub fn calls(&self) -> impl Iterator<Item = (f64, &CallData, &[StepData])> {
        let first = (0.0, &self.call, &self.exchange[..]);
        let later = self.then.iter().map(|then| (then.at, &then.call, &then.exchange[..]));
        std::iter::once(first).chain(later)
    }

    /// The case as an entry of `vectors/browser`, without what a reader has to fill in.
    #[must_use]
    pub fn as_toml(&self) -> String {
        #[derive(Serialize)]
        struct File<'a> {
            case: [&'a Case; 1],
        }
        toml::to_string(&File { case: [self] })
            .unwrap_or_else(|error| format!("# cannot be written: {error}"))
    }
}

/// The hand-written cases.
#[must_use]
pub fn hand_written() -> Vec<Case> {
    corsac_vectors::load("browser")
}

/// Every character stands for the byte of its number; nothing where one is no byte.
#[must_use]
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(character).ok()).collect()
}
