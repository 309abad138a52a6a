//! A file that is judged for its own sake, wherever it will be served.
//!
//! The same reader as for a gateway, with three differences: what only the author can answer is asked; what the machine
//! lacks (a variable, a key, a folder) is a note; and a file that has policies alone is whole.

use std::fmt;
use std::io;
use std::path::Path;

use corsac::Policy;

use super::finding::{Finding, Severity};
use super::reader::{Purpose, Reader};
use super::source::Source;
use super::suggest::nearest;
use super::variables::Environment;
use super::{Code, Config, Listen};

/// What somebody else has to say of a policy, such as a server that it is to be exported to.
///
/// Its words are shown as they are: they must not repeat values, which the environment may have supplied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// How bad it is.
    pub severity: Severity,
    /// Its code.
    pub code: Code,
    /// The key of the policy that it is about; none for the policy as a whole.
    pub key: Option<&'static str>,
    /// The entry of the key's list, for the place alone.
    pub entry: Option<String>,
    /// What, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Who is asked about each policy that has no faults.
pub type Consultant<'a> = &'a dyn Fn(&Policy) -> Vec<Remark>;

/// What can be said about a file.
#[derive(Debug, Clone)]
pub struct Lint {
    findings: Vec<Finding>,
    /// The names of the policies, where all of them were seen.
    policies: Option<Vec<String>>,
}

impl Lint {
    /// Judges a file, with variables from the process's environment.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or is not UTF-8. What is no TOML is a finding.
    pub fn load(path: &Path) -> io::Result<Self> {
        Self::load_asking(path, &|_| Vec::new())
    }

    /// The same, with what a consultant says of each policy.
    ///
    /// # Errors
    ///
    /// As [`Lint::load`].
    pub fn load_asking(path: &Path, consultant: Consultant<'_>) -> io::Result<Self> {
        let bytes = std::fs::read(path)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
        Ok(Self::read(path, &text, &|name| std::env::var(name).ok(), consultant))
    }

    /// Judges the text of a file. `path` is for messages, and its folder is what other files are relative to.
    ///
    /// ```
    /// use corsac_gateway::config::{Lint, Severity};
    ///
    /// let text = "[policies.app]\nallow_origins = [\"https://example.com\"]\nallow_methods = [\"patch\"]\n";
    /// let lint = Lint::of("policies.toml".as_ref(), text, &|_| None);
    /// let codes: Vec<&str> = lint.findings().iter().map(|finding| finding.code).collect();
    /// assert_eq!(codes, ["www-missing", "method-case"]);
    /// assert_eq!(lint.findings()[0].severity, Severity::Note);
    /// ```
    #[must_use]
    pub fn of(path: &Path, text: &str, environment: Environment<'_>) -> Self {
        Self::read(path, text, environment, &|_| Vec::new())
    }

    fn read(path: &Path, text: &str, environment: Environment<'_>, consultant: Consultant<'_>) -> Self {
        let name = path.display().to_string();
        let mut reader = Reader::new(Source { name: &name, text }, environment);
        reader.folder = path.parent().unwrap_or(Path::new(""));
        reader.purpose = Purpose::Lint;
        reader.consultant = Some(consultant);
        let policies = Config::read_text(&mut reader, Listen::Unsaid, Config::read).policies;
        Self { findings: reader.finish().0, policies }
    }

    /// What was found, in the order of the file.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings are that bad.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// What was found in one policy; and what is no TOML, since behind that may be anything.
    ///
    /// # Errors
    ///
    /// [`PolicyNotThere`], where all policies were seen and none has that name.
    pub fn limited_to(self, policy: &str) -> Result<Self, PolicyNotThere> {
        let Self { mut findings, policies } = self;
        if let Some(known) = policies.as_ref().filter(|known| !known.iter().any(|name| name == policy)) {
            return Err(PolicyNotThere { asked: policy.to_owned(), known: known.clone() });
        }
        findings.retain(|finding| {
            finding.policy.as_deref() == Some(policy) || finding.code == Code::TomlSyntax.as_str()
        });
        Ok(Self { findings, policies })
    }
}

/// A file has no policy of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNotThere {
    asked: String,
    known: Vec<String>,
}

impl PolicyNotThere {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match (nearest(&self.asked, self.known.iter().map(String::as_str)), &self.known[..]) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, []) => "write [policies.NAME] above the keys of a policy".to_owned(),
            (None, known) => format!("its policies are {}", known.join(", ")),
        }
    }
}

impl fmt::Display for PolicyNotThere {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no policy of the file is named `{}`", self.asked)
    }
}

impl std::error::Error for PolicyNotThere {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Place;

    fn remark(key: Option<&'static str>, entry: Option<&str>) -> Remark {
        Remark {
            severity: Severity::Warning,
            code: Code::TargetRefuses,
            key,
            entry: entry.map(str::to_owned),
            message: "It cannot do this.".into(),
            help: "choose another".into(),
        }
    }

    #[test]
    fn what_a_consultant_says_stands_at_the_entry_the_key_or_the_policy() {
        let text = "[policies.app]\nallow_origins = [\"https://a.example\", \"https://b.example\"]\nmax_age = 0\n\n[policies.faulty]\n";
        let consultant = |_: &Policy| {
            vec![
                remark(Some("max_age"), None),
                remark(Some("allow_origins"), Some("https://b.example")),
                remark(Some("allow_origins"), Some("https://file.example")),
                remark(Some("allow_methods"), Some("*")),
                remark(None, None),
            ]
        };
        let lint = Lint::read("file".as_ref(), text, &|_| None, &consultant);
        let own = lint.findings().iter().filter(|finding| finding.code == "target-refuses");
        let places: Vec<(usize, usize)> = own
            .map(|finding| match &finding.place {
                Place::Span { line, column, .. } => (*line, *column),
                other => panic!("{other:?}"),
            })
            .collect();
        // In the order of the file; nobody is asked about a policy with faults.
        assert_eq!(places, [(1, 11), (1, 11), (2, 17), (2, 39), (3, 11)]);
    }
}
