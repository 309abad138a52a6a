//! The ledger of scenarios, as `scenarios.toml` has it.
//!
//! Data only: starting a server is for [`start`](crate::start()), asking it for [`ask`](crate::ask()).

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::parts::Part;

/// A server that people run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stack {
    /// Express on Node, with the `cors` package.
    Express,
    /// FastAPI under uvicorn.
    #[serde(rename = "fastapi")]
    FastApi,
    /// nginx, in front of an application or of files.
    Nginx,
}

impl Stack {
    /// Every stack, in the order of the ledger.
    pub const ALL: [Self; 3] = [Self::Express, Self::FastApi, Self::Nginx];

    /// The name as the ledger and `--stack` write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::FastApi => "fastapi",
            Self::Nginx => "nginx",
        }
    }

    /// The real part that it takes.
    #[must_use]
    pub fn part(self) -> Part {
        match self {
            Self::Express => Part::Express,
            Self::FastApi => Part::FastApi,
            Self::Nginx => Part::Nginx,
        }
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A server as somebody wrote it, the call it breaks (or not), and what must come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What answers.
    pub stack: Stack,
    /// The mistake, or `right`; unique within a stack.
    pub name: String,
    /// The server's source, from the lab's folder on.
    pub file: PathBuf,
    /// What must be concluded about the call.
    pub expect: Expectation,
    /// What the page does.
    pub call: Call,
    /// What the server was seen to answer to the preflight; none where a browser sends none.
    pub preflight: Option<SeenPreflight>,
    /// What the server was seen to answer to the call itself, whether or not a browser gets that far.
    pub actual: Seen,
    /// The policy that lets the call pass, in the words of `corsac.toml`.
    pub policy: toml::Table,
}

impl Scenario {
    /// The whole `corsac.toml` that puts this scenario's policy in front of `upstream`.
    #[must_use]
    pub fn gateway_config(&self, listen: &str, upstream: &str) -> String {
        let mut route = toml::Table::new();
        route.insert("path".into(), "/".into());
        route.insert("upstream".into(), upstream.into());
        route.insert("policy".into(), "right".into());
        let mut policies = toml::Table::new();
        policies.insert("right".into(), self.policy.clone().into());
        let mut config = toml::Table::new();
        config.insert("listen".into(), listen.into());
        config.insert("policies".into(), policies.into());
        config.insert("routes".into(), vec![toml::Value::from(route)].into());
        config.to_string()
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.stack, self.name)
    }
}

/// What must be concluded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// `allowed` or `blocked`.
    pub verdict: String,
    /// The failure's identifier; none for an allowed call.
    pub failure: Option<String>,
    /// The cause's identifier; none for an allowed call.
    pub cause: Option<String>,
    /// The exit code of `corsac check`.
    pub exit: i32,
}

/// What a page does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The path on the server.
    pub path: String,
    /// The page's origin.
    pub origin: String,
    /// The method.
    pub method: String,
    /// The headers that the page's script sets.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The credentials mode, as in fetch.
    pub credentials: String,
    /// The body, if there is one.
    pub body: Option<String>,
}

impl Call {
    /// The call as arguments of `corsac check` and `corsac plan`, from the URL on.
    #[must_use]
    pub fn arguments(&self, url: &str) -> Vec<String> {
        let mut arguments = vec![url.to_owned()];
        let mut flag = |name: &str, value: &str| arguments.extend([name.to_owned(), value.to_owned()]);
        flag("--origin", &self.origin);
        flag("-X", &self.method);
        for (name, value) in &self.headers {
            flag("-H", &format!("{name}: {value}"));
        }
        flag("--credentials", &self.credentials);
        if let Some(body) = &self.body {
            flag("--body", body);
        }
        arguments
    }
}

/// What a server was seen to answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Headers that are there, byte for byte; every `Access-Control-*` that is there is named.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A text that the body has in it.
    pub body_has: Option<String>,
}

/// What a browser asks in the preflight, and what the server was seen to answer.
#[derive(Debug, Clone, Deserialize)]
pub struct SeenPreflight {
    /// The value of `Access-Control-Request-Headers`; none where the header is left out.
    pub request_headers: Option<String>,
    /// The answer.
    #[serde(flatten)]
    pub seen: Seen,
}

/// The whole ledger, in its order.
///
/// # Panics
///
/// If the ledger cannot be read: it is part of this crate.
#[must_use]
pub fn scenarios() -> &'static [Scenario] {
    static LEDGER: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ledger {
            scenario: Vec<Scenario>,
        }
        let ledger: Ledger =
            toml::from_str(include_str!("../scenarios.toml")).expect("lab/scenarios.toml is well-formed");
        ledger.scenario
    });
    &LEDGER
}

/// One scenario, by its stack and name.
///
/// # Panics
///
/// If the ledger has no such scenario.
#[must_use]
pub fn scenario(stack: Stack, name: &str) -> &'static Scenario {
    scenarios()
        .iter()
        .find(|scenario| scenario.stack == stack && scenario.name == name)
        .unwrap_or_else(|| panic!("lab/scenarios.toml has no `{name}` for {stack}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::folder;

    /// Mistakes that one stack alone can make; the ledger's head says why.
    const OF_ONE_STACK: [&str; 2] = ["if-options-drops-headers", "origin-callback-error"];

    fn names(stack: Stack) -> BTreeSet<&'static str> {
        let all = scenarios().iter().filter(|scenario| scenario.stack == stack);
        all.map(|scenario| scenario.name.as_str()).collect()
    }

    #[test]
    fn every_scenario_has_its_own_name() {
        let of_all: usize = Stack::ALL.iter().map(|stack| names(*stack).len()).sum();
        assert_eq!(of_all, scenarios().len());
    }

    #[test]
    fn every_stack_makes_every_mistake() {
        let shared = |stack| {
            names(stack).into_iter().filter(|name| !OF_ONE_STACK.contains(name)).collect::<BTreeSet<_>>()
        };
        assert_eq!(shared(Stack::Express), shared(Stack::FastApi));
        assert_eq!(shared(Stack::Express), shared(Stack::Nginx));
    }

    #[test]
    fn every_server_is_in_the_ledger_and_the_reverse() {
        let listed: BTreeSet<PathBuf> = scenarios().iter().map(|scenario| scenario.file.clone()).collect();
        let mut there = BTreeSet::new();
        for (stack, extension) in [("express", "js"), ("fastapi", "py"), ("nginx", "conf")] {
            let at = PathBuf::from("servers").join(stack);
            for entry in fs::read_dir(folder().join(&at)).expect("the folder is there") {
                let name = PathBuf::from(entry.expect("it can be listed").file_name());
                if name.extension().is_some_and(|found| found == extension) && !name.starts_with("frame.conf")
                {
                    there.insert(at.join(name));
                }
            }
        }
        assert_eq!(listed, there);
    }

    #[test]
    fn an_allowed_call_has_no_failure_and_a_blocked_one_has_a_cause() {
        for scenario in scenarios() {
            let Expectation { verdict, failure, cause, exit } = &scenario.expect;
            let blocked = verdict == "blocked";
            assert!(blocked || verdict == "allowed", "{scenario}: {verdict}");
            assert_eq!(failure.is_some(), blocked, "{scenario}");
            assert_eq!(cause.is_some(), blocked, "{scenario}");
            assert_eq!(*exit, i32::from(blocked), "{scenario}");
        }
    }

    #[test]
    fn the_gateway_gets_its_policy_in_its_own_words() {
        let config =
            scenario(Stack::Nginx, "right").gateway_config("127.0.0.1:8080", "http://127.0.0.1:3000");
        let config: toml::Table = config.parse().expect("it reads back");
        assert_eq!(config["routes"][0]["upstream"].as_str(), Some("http://127.0.0.1:3000"));
        assert_eq!(config["policies"]["right"]["allow_credentials"].as_bool(), Some(true));
    }
}
