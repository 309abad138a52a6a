//! A target, and what exporting to it means: the ledger is asked first, then the lines are written.
//!
//! So no target can forget to refuse or to warn. Knows no server.

use std::fmt;

use corsac::Policy;

use crate::difference::{self, Difference};
use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::quote;
use crate::step::Step;

/// A server or library whose words are known.
pub trait Target: Sync {
    /// The name by which it is asked for, in small letters.
    fn name(&self) -> &'static str;

    /// Its name as people write it, with the version its lines are for.
    fn title(&self) -> &'static str;

    /// How far it can go: its row of the ledger.
    fn can(&self, feature: Feature) -> Can;

    /// What it has trouble with, and no other target: rows of the ledger that are its own.
    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[]
    }

    /// What a file of its lines must begin with, before any comment.
    fn opening(&self) -> &'static str {
        ""
    }

    /// What begins a comment that ends with its line.
    fn comment(&self) -> &'static str;

    /// Where the lines go.
    fn place(&self) -> &'static str;

    /// What a file of its lines ends with, without the dot.
    fn extension(&self) -> &'static str;

    /// What its lines were held against.
    fn proof(&self) -> Proof;

    /// In what its lines, on the real server, differ from the engine: TOML, one `[[difference]]` each, with the reason.
    fn known_differences(&self) -> &'static str {
        ""
    }

    /// The same, read.
    fn differences(&self) -> Vec<Difference> {
        difference::read(self.known_differences()).expect("a test reads the rows of every target")
    }

    /// Its whole row of the ledger, what is its own last: in a few words, and how far it can go.
    fn row(&self) -> Vec<(&'static str, Can)> {
        let features = Feature::OF_POLICIES.iter().chain(Feature::OF_ALL);
        let of_all = features.map(|feature| (feature.title(), self.can(*feature)));
        of_all.chain(self.peculiarities().iter().map(|own| (own.title, own.can))).collect()
    }

    /// The lines for a policy that asks for nothing it cannot do. `Err` with a value that its language cannot write.
    ///
    /// # Errors
    ///
    /// The value.
    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String>;

    /// The same for a server that is there already, in the order in which a person does it. `Err` as above.
    ///
    /// # Errors
    ///
    /// The value.
    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![Step::put(self.place().trim_end_matches('.'), &self.write(policy, context)?)])
    }
}

/// A row of the ledger that one target has alone: names it does not know, more than it can count.
#[derive(Debug)]
pub struct Peculiarity {
    /// What a policy may ask for, in a few words.
    pub title: &'static str,
    /// How far the target can go.
    pub can: Can,
    /// Whether a policy asks for it.
    pub(crate) is_asked_by: fn(&Parts) -> bool,
}

/// What a target's lines were held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The lab runs them, untouched, on the real server or library, and asks it every shared case.
    RealServer,
    /// The lab runs them, untouched, on this, which stands in for a platform that cannot be had, and asks it every shared case.
    StandIn(&'static str),
    /// A schema or a parser reads them, which this names; nothing ran them.
    Parsed(&'static str),
    /// Nothing but people, for this reason.
    NotRun(&'static str),
}

/// What stands around a policy where it is exported to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The policy's name: for comments, and for the names of variables.
    pub name: String,
    /// Where a server in front of the application listens.
    pub listen: String,
    /// The host and port of the application behind it.
    pub upstream: String,
}

impl Default for Context {
    fn default() -> Self {
        Self { name: "app".into(), listen: "80".into(), upstream: "127.0.0.1:3000".into() }
    }
}

/// A policy in the words of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The lines, with every warning as a comment on top.
    pub text: String,
    /// The same for a server that is there already: where which lines go.
    pub steps: Vec<Step>,
    /// What the target does otherwise than the engine; the lines themselves let nobody in by it.
    pub warnings: Vec<Lack>,
}

/// What a target lacks for a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// What the policy asks for; none where the target has trouble with it that no other has.
    pub feature: Option<Feature>,
    /// The same in a few words.
    pub title: &'static str,
    /// What the target does instead, or why it cannot.
    pub reason: &'static str,
    /// Whether nothing is lacking once the lines stand where their steps put them.
    pub is_of_the_place: bool,
}

impl fmt::Display for Lack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.title, self.reason)
    }
}

/// Why there are no lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The target cannot do all that the policy asks for; these it cannot.
    #[error("{title} cannot do what the policy asks for")]
    Unable {
        /// The target.
        title: &'static str,
        /// All that it lacks.
        lacks: Vec<Lack>,
    },
    /// A value cannot be written in the target's language.
    #[error("`{value}` cannot be written in the language of {title}")]
    Unwritable {
        /// The target.
        title: &'static str,
        /// The value.
        value: String,
    },
}

/// A policy's name in a comment, without room for what nobody would scroll to.
fn shown(name: &str) -> String {
    quote::one_line(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a policy in the words of a target.
///
/// # Errors
///
/// [`Refusal`], where the target would have to be wider than the policy, or other than it.
pub fn export(target: &dyn Target, policy: &Policy, context: &Context) -> Result<Export, Refusal> {
    let parts = Parts::of(policy);
    let (mut lacks, mut warnings) = (Vec::new(), Vec::new());
    let features = Feature::OF_POLICIES.iter().chain(Feature::OF_ALL);
    let of_all = features
        .filter(|feature| feature.is_asked_by(&parts))
        .map(|&feature| (Some(feature), feature.title(), target.can(feature)));
    let own = target.peculiarities().iter().filter(|own| (own.is_asked_by)(&parts));
    for (feature, title, can) in of_all.chain(own.map(|own| (None, own.title, own.can))) {
        match can {
            Can::Yes => {}
            Can::Placed(reason) => warnings.push(Lack { feature, title, reason, is_of_the_place: true }),
            Can::Otherwise(reason) => warnings.push(Lack { feature, title, reason, is_of_the_place: false }),
            Can::No(reason) => lacks.push(Lack { feature, title, reason, is_of_the_place: false }),
        }
    }
    let title = target.title();
    if !lacks.is_empty() {
        return Err(Refusal::Unable { title, lacks });
    }
    let unwritable = |value| Refusal::Unwritable { title, value };
    let lines = target.write(&parts, context).map_err(unwritable)?;
    let steps = target.steps(&parts, context).map_err(unwritable)?;
    let comment = target.comment();
    let mut text = format!(
        "{}{comment} The policy `{}` for {title}, made by `corsac export`.\n",
        target.opening(),
        shown(&context.name)
    );
    text.push_str(&format!("{comment} {}\n", target.place()));
    for warning in &warnings {
        text.push_str(&format!("{comment} - {warning}\n"));
    }
    text.push('\n');
    text.push_str(&lines);
    Ok(Export { text, steps, warnings })
}
