//! `corsac check --json` on a case, and what of its answer counts here.

use std::process::Command;
use std::time::Duration;

use corsac_lab::{corsac_binary, run};
use serde::Deserialize;
use serde_json::Value;

use crate::apply::Step;
use crate::case::{Call, Case};
use crate::names::Names;

/// What one check may take: far more than it should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a check came to.
#[derive(Debug, Clone, Deserialize)]
pub struct Concluded {
    /// The verdict.
    pub verdict: String,
    /// The failure's identifier, if there is one.
    pub failure: Option<String>,
    /// The cause's identifier, if there is one.
    pub cause: Option<String>,
    /// How sure it is.
    pub confidence: Option<String>,
    /// The stack, where it was recognised or told.
    pub stack: Option<String>,
    /// What mends it.
    pub fixes: Vec<Fix>,
    /// The whole answer.
    #[serde(skip)]
    pub report: Value,
}

/// What mends a cause.
#[derive(Debug, Clone, Deserialize)]
pub struct Fix {
    /// For whom.
    pub target: String,
    /// What to do.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// The same in one piece.
    pub snippet: String,
}

impl Concluded {
    /// Asks the command about a call to a server on that port.
    ///
    /// # Errors
    ///
    /// What the command said, where that is no report.
    pub fn of(case: &Case, names: &Names, port: u16) -> Result<Self, String> {
        let mut command = Command::new(corsac_binary().map_err(|error| error.to_string())?);
        command.arg("check").arg("--json").args(arguments(&case.call, names, port));
        if case.told {
            command.arg("--stack").arg(&case.stack);
        }
        let output = run(&mut command, PATIENCE).map_err(|error| error.to_string())?;
        let report: Value = serde_json::from_str(&output.stdout).map_err(|error| {
            format!("no report: {error}\n{command:?}\n{}{}", output.stdout, output.stderr)
        })?;
        let concluded: Self =
            serde_json::from_value(report.clone()).map_err(|error| format!("{error}\n{report}"))?;
        Ok(Self { report, ..concluded })
    }
}

/// The URL of a call.
pub(crate) fn url(call: &Call, port: u16) -> String {
    format!("{}://{}:{port}{}", call.scheme, call.host, call.path)
}

fn arguments(call: &Call, names: &Names, port: u16) -> Vec<String> {
    let mut arguments = vec![url(call, port)];
    let mut flag = |name: &str, value: &str| arguments.extend([name.to_owned(), names.fill_in(value)]);
    // A page on the very server of the call.
    let own = format!("{}://{}:{port}", call.scheme, call.host);
    flag("--origin", if call.page == "itself" { &own } else { &call.page });
    flag("-X", &call.method);
    for (name, value) in &call.headers {
        flag("-H", &format!("{name}: {value}"));
    }
    flag("--credentials", &call.credentials);
    flag("--mode", &call.mode);
    if let Some(body) = &call.body {
        flag("--body", body);
    }
    for name in &call.reads {
        flag("--read-header", name);
    }
    if let Some(policy) = &call.csp {
        flag("--page-csp", policy);
    }
    if call.host == "api.example" {
        flag("--resolve", &format!("api.example:{port}:127.0.0.1"));
    }
    arguments.extend(call.arguments.iter().map(|argument| names.fill_in(argument)));
    arguments
}
