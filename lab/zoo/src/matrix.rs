//! The matrix: every cause that configuration can mend, written by hand, on every stack that can make the mistake.
//!
//! One server a stack, one list of causes (`matrix.toml`): what the lines between `cors` and `end of cors` say for a
//! cause is written into the stack's server here. A section between `NAME` and `end of NAME`, for one of
//! [`SECTIONS`], is there only where the cause has it; a line with `{preflight.name}` or `{answer.name}` is repeated for
//! each header.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::apply::says;
use crate::cache::Manner;
use crate::case::{Call, Case, Expectation, Source, WarmUp};
use crate::folder;

/// What the names of these cases begin with.
pub(crate) const BY_HAND: &str = "/by-hand/";

/// What a server may or may not have: an answer to preflights, headers on every answer, the origin of whoever asks on
/// every answer, a gate, a login page.
const SECTIONS: [&str; 5] = ["preflight", "answer", "asking", "gate", "login"];

/// What a server by hand says about CORS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// What it answers preflights; nothing where they go where everything goes.
    pub preflight: Option<Vec<(String, String)>>,
    /// What every other answer has.
    #[serde(default)]
    pub answer: Vec<(String, String)>,
    /// Whether every other answer names the origin that asks.
    #[serde(default)]
    pub asking: bool,
    /// What stands in front: `gate`, or `login`.
    pub before: Option<String>,
}

impl Says {
    /// The server's source, of the stack's own.
    #[must_use]
    pub(crate) fn write_into(&self, template: &str) -> String {
        let mut source = String::new();
        let mut left_out: Option<&str> = None;
        for line in template.lines() {
            if let Some(name) = left_out {
                left_out = Some(name).filter(|name| !says(line, &format!("end of {name}")));
                continue;
            }
            if let Some(name) = SECTIONS.into_iter().find(|name| says(line, name)) {
                left_out = Some(name).filter(|name| !self.has(name));
                continue;
            }
            if SECTIONS.iter().any(|name| says(line, &format!("end of {name}"))) {
                continue;
            }
            for line in self.repeated(line) {
                source.push_str(&line);
                source.push('\n');
            }
        }
        source
    }

    fn has(&self, section: &str) -> bool {
        match section {
            "preflight" => self.preflight.is_some(),
            "answer" => !self.answer.is_empty(),
            "asking" => self.asking,
            before => self.before.as_deref() == Some(before),
        }
    }

    fn repeated(&self, line: &str) -> Vec<String> {
        let of = |kind: &str, headers: &[(String, String)]| {
            let fill_in = |(name, value): &(String, String)| {
                line.replace(&format!("{{{kind}.name}}"), name).replace(&format!("{{{kind}.value}}"), value)
            };
            headers.iter().map(fill_in).collect()
        };
        if line.contains("{preflight.name}") {
            return of("preflight", self.preflight.as_deref().unwrap_or_default());
        }
        if line.contains("{answer.name}") {
            return of("answer", &self.answer);
        }
        vec![line.to_owned()]
    }
}

/// The matrix, as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ledger {
    stack: BTreeMap<String, Stack>,
    /// The causes that are mended elsewhere, each with by whom.
    elsewhere: BTreeMap<String, String>,
    cause: Vec<Mistake>,
}

/// A stack's server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stack {
    file: String,
    #[serde(default)]
    told: bool,
}

/// A mistake that every stack can make, save those that it names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    cause: String,
    what: String,
    #[serde(default)]
    says: Says,
    /// The cache in front, if there is one.
    cache: Option<Manner>,
    /// What others asked before.
    #[serde(default)]
    warm_up: Vec<WarmUp>,
    call: Call,
    /// What the lines for the page make of it, where it is to be mended as well.
    call_mended: Option<Call>,
    failure: Option<String>,
    confidence: String,
    #[serde(default = "fails")]
    sees: String,
    mended: String,
    /// The failure on stacks where another check of the algorithm is the first that fails.
    #[serde(default)]
    failure_on: BTreeMap<String, String>,
    /// How sure on stacks whose answers show less, or more.
    #[serde(default)]
    confidence_on: BTreeMap<String, String>,
    /// Stacks whose marks do not come through what is in front.
    #[serde(default)]
    told_on: Vec<String>,
    /// Stacks that cannot make it, each with why not.
    #[serde(default)]
    left_out: BTreeMap<String, String>,
}

fn fails() -> String {
    "fails".into()
}

static LEDGER: LazyLock<Ledger> = LazyLock::new(|| {
    let text = fs::read_to_string(folder().join("matrix.toml")).expect("lab/zoo/matrix.toml is there");
    toml::from_str(&text).unwrap_or_else(|error| panic!("matrix.toml: {error}"))
});

/// Every pair of a stack and a cause that it can have, as a case.
pub(crate) fn cases() -> Vec<Case> {
    let of = |(name, stack): (&String, &Stack)| -> Vec<Case> {
        let made = LEDGER.cause.iter().filter(|mistake| !mistake.left_out.contains_key(name));
        made.map(|mistake| case(name, stack, mistake)).collect()
    };
    LEDGER.stack.iter().flat_map(of).collect()
}

fn case(name: &str, stack: &Stack, mistake: &Mistake) -> Case {
    let failure = mistake.failure_on.get(name).or(mistake.failure.as_ref());
    let verdict = if failure.is_some() { "blocked" } else { "allowed" };
    Case {
        stack: name.to_owned(),
        name: format!("{}{}", BY_HAND.trim_start_matches('/'), mistake.cause),
        what: mistake.what.clone(),
        source: Source {
            file: folder().join("servers").join(name).join(&stack.file),
            cache: mistake.cache,
            warm_up: mistake.warm_up.clone(),
            says: Some(mistake.says.clone()),
        },
        call: mistake.call.clone(),
        call_mended: mistake.call_mended.clone(),
        expect: Expectation {
            verdict: verdict.to_owned(),
            failure: failure.cloned(),
            cause: Some(mistake.cause.clone()),
            confidence: Some(mistake.confidence_on.get(name).unwrap_or(&mistake.confidence).clone()),
        },
        sees: mistake.sees.clone(),
        mended: Some(mistake.mended.clone()),
        page_mended: None,
        told: stack.told || mistake.told_on.iter().any(|told| told == name),
    }
}

/// The matrix as Markdown: what `mended` says of each pair by its case's name, and why a pair is left out.
pub(crate) fn markdown(mended: impl Fn(&str) -> bool) -> String {
    let stacks: Vec<&String> = LEDGER.stack.keys().collect();
    let mut text = String::from("| cause |");
    for stack in &stacks {
        let _ = write!(text, " {stack} |");
    }
    let _ = write!(text, "\n|---|{}\n", "---|".repeat(stacks.len()));
    let mut reasons: Vec<&str> = Vec::new();
    for mistake in &LEDGER.cause {
        let _ = write!(text, "| `{}` |", mistake.cause);
        for stack in &stacks {
            let cell = match mistake.left_out.get(*stack) {
                Some(reason) => {
                    let known = reasons.iter().position(|known| known == reason);
                    let number = known.unwrap_or_else(|| {
                        reasons.push(reason);
                        reasons.len() - 1
                    });
                    format!("– ({})", number + 1)
                }
                None if mended(&format!("{stack}{BY_HAND}{}", mistake.cause)) => "mended".to_owned(),
                None => "not observed".to_owned(),
            };
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    if !reasons.is_empty() {
        text.push('\n');
    }
    for (index, reason) in reasons.iter().enumerate() {
        let _ = writeln!(text, "{}. {reason}", index + 1);
    }
    text.push_str("\nThe mistakes:\n\n");
    for mistake in &LEDGER.cause {
        let _ = writeln!(text, "- `{}`: {}", mistake.cause, mistake.what);
    }
    text.push_str("\nThe other causes are mended elsewhere:\n\n");
    for (cause, by_whom) in &LEDGER.elsewhere {
        let _ = writeln!(text, "- `{cause}`: {by_whom}");
    }
    text
}

#[cfg(test)]
mod tests {
    use corsac_diagnosis::Cause;

    use super::*;

    const TEMPLATE: &str = "# gate\ndeny\n# end of gate\n# cors\n# preflight\nif OPTIONS\n\
                            say {preflight.name}={preflight.value}\n# end of preflight\nalways {answer.name}\n# end of cors\n";

    #[test]
    fn a_section_is_there_only_where_the_cause_has_it() {
        let header = |name: &str| (name.to_owned(), "v".to_owned());
        let silent = Says::default();
        assert_eq!(silent.write_into(TEMPLATE), "# cors\n# end of cors\n");
        let speaks = Says {
            preflight: Some(vec![header("A"), header("B")]),
            answer: vec![header("C")],
            asking: false,
            before: Some("gate".into()),
        };
        let written = speaks.write_into(TEMPLATE);
        assert_eq!(written, "deny\n# cors\nif OPTIONS\nsay A=v\nsay B=v\nalways C\n# end of cors\n");
    }

    #[test]
    fn every_cause_is_in_the_matrix_or_mended_elsewhere() {
        for cause in Cause::ALL.iter().map(|cause| cause.as_str()) {
            let is_here = LEDGER.cause.iter().any(|mistake| mistake.cause == cause);
            assert_ne!(is_here, LEDGER.elsewhere.contains_key(cause), "{cause}");
        }
        let named = LEDGER.elsewhere.keys().chain(LEDGER.cause.iter().map(|mistake| &mistake.cause));
        named.for_each(|cause| assert!(cause.parse::<Cause>().is_ok(), "{cause}"));
    }

    #[test]
    fn what_is_left_out_is_of_a_stack_of_the_matrix() {
        for mistake in &LEDGER.cause {
            let named = (mistake.left_out.keys())
                .chain(mistake.failure_on.keys())
                .chain(mistake.confidence_on.keys())
                .chain(&mistake.told_on);
            for stack in named {
                assert!(LEDGER.stack.contains_key(stack), "{}: {stack}", mistake.cause);
            }
        }
    }
}
