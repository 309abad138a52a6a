//! What the files of pages hold, as they are written.
//!
//! Reads; knows no identifier and plays nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A page about a call: a failure's or a cause's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallEntry {
    pub(super) about: String,
    pub(super) fix: String,
    pub(super) see: Vec<String>,
    /// An example in words, where an exchange cannot show it.
    pub(super) told: Option<String>,
    /// What consoles print, by engine, where only a browser can conclude it.
    #[serde(default)]
    pub(super) console: BTreeMap<String, String>,
    #[serde(default = "page")]
    pub(super) page: String,
    #[serde(default = "url")]
    pub(super) url: String,
    #[serde(default)]
    pub(super) call: CallText,
    #[serde(default)]
    pub(super) answers: Vec<AnswerText>,
    /// The response headers that the page's script reads.
    #[serde(default)]
    pub(super) reads: Vec<String>,
    /// The networks that the page comes from and the target is in.
    pub(super) spaces: Option<(String, String)>,
    /// How often the only answer comes.
    #[serde(default = "once")]
    pub(super) repeat: usize,
    /// The header of a call that passes that the script cannot see.
    pub(super) hidden: Option<String>,
    pub(super) mended_page: Option<String>,
    pub(super) mended_url: Option<String>,
    pub(super) mended_call: Option<CallText>,
    #[serde(default)]
    pub(super) mended: Vec<AnswerText>,
}

/// What a script asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallText {
    pub(super) method: Option<String>,
    #[serde(default)]
    pub(super) headers: Vec<(String, String)>,
    pub(super) credentials: Option<String>,
    pub(super) mode: Option<String>,
    pub(super) redirect: Option<String>,
    pub(super) body: Option<String>,
    /// The cookies that the browser holds.
    pub(super) cookies: Option<String>,
    #[serde(default)]
    pub(super) stream: bool,
}

/// What a server answers; or the word `nothing`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum AnswerText {
    Nothing(Nothing),
    Response {
        status: u16,
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
}

/// The word for no answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Nothing {
    Nothing,
}

/// A page about a policy: a fault's or an advice's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyEntry {
    pub(super) about: String,
    pub(super) fix: String,
    pub(super) see: Vec<String>,
    pub(super) told: Option<String>,
    #[serde(default)]
    pub(super) policy: String,
    #[serde(default)]
    pub(super) mended: String,
    /// What becomes of the file of origins that the policy names.
    pub(super) file: Option<String>,
    /// Whether `{a}` stands for more letters than any host has.
    #[serde(default)]
    pub(super) repeat: bool,
}

fn page() -> String {
    "https://app.example".to_owned()
}

fn url() -> String {
    "https://api.example/items".to_owned()
}

fn once() -> usize {
    1
}
