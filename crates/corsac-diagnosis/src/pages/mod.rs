//! The pages of `corsac explain ID`: for every failure, cause, fault and advice what it means, an example and what mends it.
//!
//! One ledger, in TOML beside this file, from which `docs/explain.md` is made too. Examples are data: the exchange of a page
//! is played through the browser's side when the page is made, and tests hold its outcome against the identifier.
//!
//! ```
//! use corsac_diagnosis::pages;
//!
//! let [page] = pages::named("acao-missing")[..] else { panic!() };
//! assert_eq!(page.family().as_str(), "failure");
//! assert!(page.example().iter().any(|line| line == "< 200"));
//! assert!(page.mended().iter().any(|line| line == "< Access-Control-Allow-Origin: https://app.example"));
//! ```

mod entry;
mod example;
mod markdown;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use corsac::{AdviceCode, FaultCode};
use corsac_browser::{Browser, FailureId};
use serde::de::DeserializeOwned;

use crate::cause::Cause;
use entry::{CallEntry, PolicyEntry};
use example::Example;

pub use markdown::markdown;

/// What an identifier is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Family {
    /// What a browser concluded.
    Failure,
    /// Why.
    Cause,
    /// What makes a policy unusable.
    Fault,
    /// What is unwise in a policy.
    Advice,
}

impl Family {
    /// Every family, in the order of the ledger.
    pub const ALL: [Self; 4] = [Self::Failure, Self::Cause, Self::Fault, Self::Advice];

    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Cause => "cause",
            Self::Fault => "fault",
            Self::Advice => "advice",
        }
    }

    /// What its identifiers have in common, in a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Failure => "what a browser concluded about a call",
            Self::Cause => "why a call failed",
            Self::Fault => "what makes a policy unusable",
            Self::Advice => "what works in a policy, but is probably not what was meant",
        }
    }
}

/// All about an identifier.
#[derive(Debug, Clone)]
pub struct Page {
    family: Family,
    id: &'static str,
    meaning: String,
    about: String,
    example: Vec<String>,
    consoles: Vec<(Browser, String)>,
    fix: String,
    mended: Vec<String>,
    see: Vec<String>,
    spec: Option<&'static str>,
}

impl Page {
    /// What it is.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The identifier.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn meaning(&self) -> &str {
        &self.meaning
    }

    /// What is behind it, in a few sentences.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// An exchange or a policy that shows it, in lines; or a story in one.
    #[must_use]
    pub fn example(&self) -> &[String] {
        &self.example
    }

    /// What the consoles print about the example, where they print anything; several lines are one below the other.
    #[must_use]
    pub fn consoles(&self) -> &[(Browser, String)] {
        &self.consoles
    }

    /// What to do.
    #[must_use]
    pub fn fix(&self) -> &str {
        &self.fix
    }

    /// The example with that done, in lines; empty where there is none.
    #[must_use]
    pub fn mended(&self) -> &[String] {
        &self.mended
    }

    /// Identifiers that have to do with it.
    #[must_use]
    pub fn see(&self) -> &[String] {
        &self.see
    }

    /// The step of a standard that it is about.
    #[must_use]
    pub fn spec(&self) -> Option<&'static str> {
        self.spec
    }
}

/// Every page, family by family, in the order of the ledgers.
#[must_use]
pub fn all() -> &'static [Page] {
    static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
        let (failures, causes) = (failures(), causes());
        let (faults, advice) = (faults(), advice());
        let failures = FailureId::ALL.iter().map(|id| {
            let page = of_call(Family::Failure, id.as_str(), &sentence(id.meaning()), &failures);
            Page { spec: Some(id.spec()), ..page }
        });
        let causes = Cause::ALL.iter().map(|id| of_call(Family::Cause, id.as_str(), id.meaning(), &causes));
        let faults =
            FaultCode::ALL.iter().map(|id| of_policy(Family::Fault, id.as_str(), id.meaning(), &faults));
        let advice =
            AdviceCode::ALL.iter().map(|id| of_policy(Family::Advice, id.as_str(), id.meaning(), &advice));
        failures.chain(causes).chain(faults).chain(advice).collect()
    });
    &PAGES
}

/// The pages of an identifier: none, one, or two where a failure and a cause share their name.
#[must_use]
pub fn named(id: &str) -> Vec<&'static Page> {
    all().iter().filter(|page| page.id == id).collect()
}

/// What is too long to be written out.
const LONG: &str = "aaaaaaaaaaaaaaaa…";

fn failures() -> BTreeMap<String, CallEntry> {
    read(include_str!("failures.toml"))
}

fn causes() -> BTreeMap<String, CallEntry> {
    read(include_str!("causes.toml"))
}

fn faults() -> BTreeMap<String, PolicyEntry> {
    read(include_str!("faults.toml"))
}

fn advice() -> BTreeMap<String, PolicyEntry> {
    read(include_str!("advice.toml"))
}

fn read<Entry: DeserializeOwned>(text: &str) -> BTreeMap<String, Entry> {
    toml::from_str(text).expect("the ledger of pages is part of the source, and read by tests")
}

fn of_call(family: Family, id: &'static str, meaning: &str, entries: &BTreeMap<String, CallEntry>) -> Page {
    let entry = &entries.get(id).expect("every identifier has its page, which a test asks for");
    let mut page = Page {
        family,
        id,
        meaning: meaning.to_owned(),
        about: entry.about.clone(),
        example: entry.told.iter().cloned().collect(),
        consoles: Vec::new(),
        fix: entry.fix.clone(),
        mended: Vec::new(),
        see: entry.see.clone(),
        spec: None,
    };
    for (browser, line) in &entry.console {
        let browser = browser.parse().expect("consoles of pages are engines'");
        page.consoles.push((browser, line.clone()));
    }
    let Some(example) = Example::of(entry) else { return page };
    let played = example.play(Browser::Standard);
    debug_assert!(played.is_exact, "{id}: an example uses all of its answers");
    page.example = example.lines(&played);
    page.example.extend(entry.hidden.iter().map(|name| format!("the script cannot see {name}")));
    if family == Family::Failure {
        for browser in [Browser::Chromium, Browser::Firefox, Browser::Webkit] {
            let played = example.play(browser);
            let is_it = played.verdict.failure().is_some_and(|failure| failure.id.as_str() == id);
            if is_it && !played.console.is_empty() {
                page.consoles.push((browser, played.console.join("\n")));
            }
        }
    }
    if let Some(mended) = Example::mended(entry) {
        let is_same_call = mended.call == example.call && entry.mended_page.is_none();
        page.mended = mended.answers(&mended.play(Browser::Standard), is_same_call);
    }
    page
}

fn of_policy(
    family: Family,
    id: &'static str,
    meaning: &str,
    entries: &BTreeMap<String, PolicyEntry>,
) -> Page {
    let entry = &entries.get(id).expect("every identifier has its page, which a test asks for");
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    Page {
        family,
        id,
        meaning: meaning.to_owned(),
        about: entry.about.clone(),
        example: match &entry.told {
            Some(told) => vec![told.clone()],
            None => {
                let policy =
                    if entry.repeat { entry.policy.replace("{a}", LONG) } else { entry.policy.clone() };
                let file = entry.file.iter().map(|file| format!("# the file: {file}"));
                policy.lines().map(str::to_owned).chain(file).collect()
            }
        },
        consoles: Vec::new(),
        fix: entry.fix.clone(),
        mended: lines(&entry.mended),
        see: entry.see.clone(),
        spec: None,
    }
}

/// A text with a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

#[cfg(test)]
mod tests;
