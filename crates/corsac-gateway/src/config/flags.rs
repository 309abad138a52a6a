//! A gateway from the command line: one upstream, one policy, no file.
//!
//! The same checks as for a file; faults are placed at the flags.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use corsac::{Advice, AdviceCode, Fault, FaultCode, Place as PolicyPlace, PolicyConfig};

use super::code::Code;
use super::credentials::Credentials;
use super::finding::{ConfigFaults, Finding, Place, Severity};
use super::inputs::Inputs;
use super::limits::Limits;
use super::named_policy::{NamedPolicy, Written};
use super::problem::{Form, Problem};
use super::routes::{Guise, Route, RoutePolicy, Target};
use super::secret::hide_userinfo;
use super::upstream::Upstream;
use super::{Config, address};

const UPSTREAM: &str = "--upstream";
const LISTEN: &str = "--listen";

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
        let listen = match written_listen.as_deref().map(listen).transpose() {
            Ok(address) => Some(address.unwrap_or(address::DEFAULT)),
            Err(finding) => {
                findings.push(*finding);
                None
            }
        };
        let upstream_flag = format!("{UPSTREAM} {}", hide_userinfo(&written));
        let upstream = match Upstream::parse(&written, Form::Flag(UPSTREAM)) {
            Ok(upstream) => Some(upstream),
            Err(problem) => {
                findings.push(error(problem, upstream_flag.clone()));
                None
            }
        };
        if let Some(listen) =
            listen.filter(|listen| upstream.as_ref().is_some_and(|upstream| upstream.is_at(*listen)))
        {
            let help = format!("the gateway listens on {listen}: pass --listen with another port");
            let problem = Problem::new(Code::UpstreamIsGateway, Code::UpstreamIsGateway.meaning(), help);
            findings.push(error(problem, upstream_flag));
        }
        let written = Written::plainly(&policy);
        let inputs = Inputs::default();
        let read = |path: &str| inputs.read(path.into(), path.to_owned());
        let (policy, faults, advice) = match policy.into_policy_reading(read) {
            Ok(policy) => {
                let advice = policy.advice().to_vec();
                (Some(policy), Vec::new(), advice)
            }
            Err(found) => (None, found.faults().to_vec(), found.advice().to_vec()),
        };
        for fault in &faults {
            let help = fault_help(fault);
            findings.push(policy_finding(Severity::Error, fault.code.as_str(), fault.meaning(), fault, help));
        }
        for advice in &advice {
            let help = advice_help(advice);
            findings.push(policy_finding(
                if advice.code.is_question() { Severity::Note } else { Severity::Warning },
                advice.code.as_str(),
                advice.meaning(),
                advice,
                help,
            ));
        }
        let inputs = inputs.into_files();
        findings.retain(|finding| finding.severity != Severity::Note);
        let sound = findings.iter().all(|finding| finding.severity == Severity::Warning);
        match (upstream, policy, listen) {
            (Some(upstream), Some(policy), Some(listen)) if sound => {
                let policy = Arc::new(policy);
                let named = NamedPolicy { name: None, policy: Arc::clone(&policy), written };
                let policy = RoutePolicy { name: None, policy };
                let route = Route {
                    path: "/".into(),
                    shown: "/".into(),
                    target: Target::Upstream(upstream),
                    policy: Some(policy),
                    shadow: None,
                    guise: Guise::default(),
                    limits: Limits::default().into(),
                    credentials: Credentials::default(),
                    cache: None,
                };
                let (routes, policies, warnings) = (vec![route], vec![named], findings);
                Ok(Self { listen, routes, policies, warnings, inputs, ..Self::empty() })
            }
            _ => Err(ConfigFaults::new(findings, inputs)),
        }
    }
}

pub(super) fn error(problem: Problem, text: String) -> Finding {
    let Problem { code, message, help } = problem;
    Finding {
        severity: Severity::Error,
        code: code.as_str(),
        message,
        place: Place::Flag { text },
        help,
        policy: None,
    }
}

/// The address of `--listen`.
pub(super) fn listen(written: &str) -> Result<SocketAddr, Box<Finding>> {
    address::parse(written, Form::Flag(LISTEN))
        .map_err(|problem| Box::new(error(problem, format!("{LISTEN} {written}"))))
}

fn policy_finding<PolicyCode>(
    severity: Severity,
    code: &'static str,
    meaning: &str,
    found: &corsac::Finding<PolicyCode>,
    help: String,
) -> Finding {
    let text = FlagText { place: found.place, value: &hide_userinfo(&found.value) }.to_string();
    Finding { severity, code, message: meaning.to_owned(), place: Place::Flag { text }, help, policy: None }
}

/// The engine's remedies are lines of a file; where they name keys, these name flags. What is dangerous has no flag.
fn fault_help(fault: &Fault) -> String {
    let in_file = |key: &str| format!("use a configuration file with {key} = true");
    match fault.code {
        FaultCode::OriginsMissing => {
            "pass --allow-origin https://app.example, with the origin of your page".into()
        }
        FaultCode::OriginNull => {
            let key = in_file("dangerously_allow_null_origin");
            format!("serve the page over http://localhost, or {key}")
        }
        FaultCode::OriginWildcardMisplaced if fault.remedy.contains("allow_origins") => {
            "pass --allow-origin '*' for any origin".into()
        }
        FaultCode::OriginWithSpace => "pass each origin with its own --allow-origin, without spaces".into(),
        FaultCode::OriginSchemeInvalid if fault.value.contains('*') => {
            "pass one --allow-origin for http:// and one for https://".into()
        }
        FaultCode::OriginSchemeInvalid => "pass --allow-origin with a scheme such as https://".into(),
        FaultCode::AnyOriginNotAlone => "pass either --allow-origin '*' or the others".into(),
        FaultCode::AnyOriginWithCredentials => {
            "pass --allow-origin with each origin that needs credentials, or leave --allow-credentials out"
                .into()
        }
        FaultCode::InsecureOriginWithCredentials => {
            let secure = fault.value.replacen("http://", "https://", 1);
            let key = in_file("dangerously_allow_insecure_origins_with_credentials");
            format!("pass --allow-origin {secure}, or {key}")
        }
        FaultCode::PublicSuffixWithCredentials => {
            let key = in_file("dangerously_allow_public_suffixes_with_credentials");
            format!("pass --allow-origin with each name that is yours, or {key}")
        }
        FaultCode::MethodInvalid => {
            "pass each method with its own flag: --allow-method PUT --allow-method DELETE".into()
        }
        FaultCode::HeaderInvalid => format!("pass each header name with its own {}", flag(fault.place.key)),
        FaultCode::HeaderIsResponseHeader => {
            "leave the flag out, and remove the header from the page's request".into()
        }
        FaultCode::HeaderForbidden => "leave the flag out: the browser sends it by itself".into(),
        FaultCode::MethodForbidden
        | FaultCode::ExposedHeaderForbidden
        | FaultCode::ExposedHeaderIsRequestHeader => "leave the flag out".into(),
        FaultCode::ExposeAnyWithCredentials => {
            "pass --expose-header with each header that scripts read".into()
        }
        FaultCode::MaxAgeInvalid => "pass seconds (--max-age 600) or a length of time (--max-age 10m)".into(),
        _ => fault.remedy.clone(),
    }
}

fn advice_help(advice: &Advice) -> String {
    match advice.code {
        AdviceCode::MethodCase => {
            let upper = advice.value.to_ascii_uppercase();
            format!("pass --allow-method {upper}, if that is what pages send")
        }
        AdviceCode::MethodsAnyNotAlone => "pass --allow-method '*' alone".into(),
        AdviceCode::AnyHeaderWithoutAuthorization => {
            "pass --allow-header Authorization as well, if pages send it".into()
        }
        AdviceCode::InsecureOrigin => {
            format!("pass --allow-origin {}", advice.value.replacen("http://", "https://", 1))
        }
        AdviceCode::PublicSuffix => "pass --allow-origin with each name that is yours".into(),
        AdviceCode::ExposedHeaderSafelisted => "leave the flag out".into(),
        _ => advice.remedy.clone(),
    }
}

/// The flag that sets a key of the policy.
fn flag(key: &str) -> String {
    let name = key.replace('_', "-");
    // A list in the file is a flag that can be repeated, and is named after one entry.
    let name = match key {
        "allow_origins" | "allow_methods" | "allow_headers" | "expose_headers" => name.trim_end_matches('s'),
        _ => &name,
    };
    format!("--{name}")
}

/// A key of the policy as the flag that sets it.
struct FlagText<'a> {
    place: PolicyPlace,
    value: &'a str,
}

impl fmt::Display for FlagText<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&flag(self.place.key))?;
        if let Some(line) = self.place.line {
            write!(formatter, ", line {line}:")?;
        }
        if !self.value.is_empty() && self.value != "true" {
            write!(formatter, " {}", self.value)?;
        }
        Ok(())
    }
}
