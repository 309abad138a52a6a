//! A gateway from the command line: one upstream, one policy, no file.
//!
//! The same checks as for a file; faults are placed at the flags.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use corsac::{FaultCode, Place as PolicyPlace, PolicyConfig};

use super::code::Code;
use super::finding::{ConfigFaults, Finding, Place, Severity};
use super::problem::Problem;
use super::routes::{Route, RoutePolicy, Target};
use super::timeouts::Timeouts;
use super::upstream::Upstream;
use super::{Config, address};

/// What `corsac serve --upstream URL --allow-origin ORIGIN …` says.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--upstream`: where every request goes.
    pub upstream: String,
    /// `--listen`; 127.0.0.1:8080 without it.
    pub listen: Option<String>,
    /// `--allow-origin`, `--allow-credentials`, `--allow-method`, `--allow-header`, `--expose-header`, `--max-age`.
    pub policy: PolicyConfig,
}

impl Config {
    /// A gateway for one upstream, governed by one policy.
    ///
    /// ```
    /// use corsac::PolicyConfig;
    /// use corsac_gateway::{Config, Flags};
    ///
    /// let config = Config::from_flags(Flags {
    ///     upstream: "http://127.0.0.1:3000".into(),
    ///     listen: Some("127.0.0.1:0".into()),
    ///     policy: PolicyConfig { allow_origins: vec!["https://app.example".into()], ..Default::default() },
    /// })?;
    /// assert_eq!(config.routes()[0].path(), "/");
    /// # Ok::<(), corsac_gateway::ConfigFaults>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every fault at once, each with the flag it is in.
    pub fn from_flags(flags: Flags) -> Result<Self, ConfigFaults> {
        let Flags { upstream: written, listen: written_listen, policy } = flags;
        let mut findings = Vec::new();
        let listen = match written_listen.as_deref().map(address::parse) {
            None => address::DEFAULT,
            Some(Ok(address)) => address,
            Some(Err(problem)) => {
                let text = format!("--listen {}", written_listen.as_deref().unwrap_or_default());
                findings.push(error(problem, text));
                address::DEFAULT
            }
        };
        let upstream = match Upstream::parse(&written) {
            Ok(upstream) => Some(upstream),
            Err(problem) => {
                findings.push(error(problem, format!("--upstream {written}")));
                None
            }
        };
        if upstream.as_ref().is_some_and(|upstream| upstream.is_at(listen)) {
            let help = format!("the gateway listens on {listen}: pass --listen with another port");
            let problem = Problem::new(Code::UpstreamIsGateway, Code::UpstreamIsGateway.meaning(), help);
            findings.push(error(problem, format!("--upstream {written}")));
        }
        let (policy, faults, advice) = match policy.into_policy() {
            Ok(policy) => {
                let advice = policy.advice().to_vec();
                (Some(policy), Vec::new(), advice)
            }
            Err(found) => (None, found.faults().to_vec(), found.advice().to_vec()),
        };
        for fault in &faults {
            let help = match fault.code {
                FaultCode::OriginsMissing => {
                    "pass --allow-origin https://app.example, with the origin of your page".into()
                }
                _ => fault.remedy.clone(),
            };
            findings.push(policy_finding(
                Severity::Error,
                fault.code.as_str(),
                fault.meaning(),
                fault.place,
                &fault.value,
                help,
            ));
        }
        for advice in &advice {
            let code = advice.code.as_str();
            let help = advice.remedy.clone();
            findings.push(policy_finding(
                Severity::Warning,
                code,
                advice.meaning(),
                advice.place,
                &advice.value,
                help,
            ));
        }
        let sound = findings.iter().all(|finding| finding.severity == Severity::Warning);
        match (upstream, policy) {
            (Some(upstream), Some(policy)) if sound => {
                let policy = RoutePolicy { name: None, policy: Arc::new(policy) };
                let route =
                    Route { path: "/".into(), target: Target::Upstream(upstream), policy: Some(policy) };
                Ok(Self::with_routes(listen, vec![route], findings))
            }
            _ => Err(ConfigFaults::new(findings)),
        }
    }

    fn with_routes(listen: SocketAddr, routes: Vec<Route>, warnings: Vec<Finding>) -> Self {
        Self { listen, admin: None, routes, timeouts: Timeouts::default(), warnings, ..Self::empty() }
    }
}

fn error(problem: Problem, text: String) -> Finding {
    let Problem { code, message, help } = problem;
    Finding { severity: Severity::Error, code: code.as_str(), message, place: Place::Flag { text }, help }
}

fn policy_finding(
    severity: Severity,
    code: &'static str,
    meaning: &str,
    place: PolicyPlace,
    value: &str,
    help: String,
) -> Finding {
    let text = FlagText { place, value }.to_string();
    Finding { severity, code, message: meaning.to_owned(), place: Place::Flag { text }, help }
}

/// A key of the policy as the flag that sets it.
struct FlagText<'a> {
    place: PolicyPlace,
    value: &'a str,
}

impl fmt::Display for FlagText<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.place.key.replace('_', "-");
        // A list in the file is a flag that can be repeated, and is named after one entry.
        let flag = match self.place.key {
            "allow_origins" | "allow_methods" | "allow_headers" | "expose_headers" => {
                key.trim_end_matches('s').to_owned()
            }
            _ => key,
        };
        write!(formatter, "--{flag}")?;
        if !self.value.is_empty() && self.value != "true" {
            write!(formatter, " {}", self.value)?;
        }
        Ok(())
    }
}
