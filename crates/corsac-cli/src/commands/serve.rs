//! `corsac serve`: the gateway, from a file or from flags.

use std::path::Path;

use corsac::{MaxAgeConfig, PolicyConfig};
use corsac_gateway::{Config, ConfigFaults, Flags, Gateway, Target};
use tracing_subscriber::EnvFilter;

use crate::args::Serve;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::{Printer, Tone};

/// The file that is used where none is named.
const USUAL_FILE: &str = "corsac.toml";

pub(crate) fn run(arguments: &Serve, printer: &Printer) -> Result<Exit, Complaint> {
    let config = match configuration(arguments) {
        Ok(config) => config,
        Err(faults) => {
            printer.say(faults.to_string().trim_end());
            return Ok(Exit::Usage);
        }
    };
    for warning in config.warnings() {
        printer.say(warning.to_string().trim_end());
    }
    let bound = match Gateway::bind(config) {
        Ok(bound) => bound,
        Err(error) => return Err(Complaint::new(error.what(), error.remedy())),
    };
    start_log();
    announce(&bound, printer);
    match bound.run_until_terminated() {
        Ok(drained) if drained.cut > 0 => {
            printer.note(cut_off(drained.cut));
            Ok(Exit::AsHoped)
        }
        Ok(_) => Ok(Exit::AsHoped),
        Err(error) => {
            printer.complain(&Complaint::new(error.what(), error.remedy()));
            Ok(Exit::Internal)
        }
    }
}

fn configuration(arguments: &Serve) -> Result<Config, ConfigFaults> {
    let Some(upstream) = &arguments.upstream else {
        let file = arguments.config.as_deref().unwrap_or_else(|| Path::new(USUAL_FILE));
        return Config::load_listening(file, arguments.listen.as_deref());
    };
    Config::from_flags(Flags {
        upstream: upstream.clone(),
        listen: arguments.listen.clone(),
        policy: PolicyConfig {
            allow_origins: arguments.allow_origin.clone(),
            allow_origins_file: arguments.allow_origins_file.clone(),
            allow_credentials: arguments.allow_credentials,
            allow_methods: arguments.allow_method.clone(),
            allow_headers: arguments.allow_header.clone(),
            expose_headers: arguments.expose_header.clone(),
            max_age: arguments.max_age.clone().map(MaxAgeConfig::Text),
            ..PolicyConfig::default()
        },
    })
}

fn cut_off(count: usize) -> String {
    match count {
        1 => "1 connection did not finish in time and was cut off".to_owned(),
        count => format!("{count} connections did not finish in time and were cut off"),
    }
}

/// The log goes to stderr; `RUST_LOG` says how much of it.
fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    // A second subscriber can only mean that somebody else logs already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .try_init();
}

fn announce(bound: &corsac_gateway::Bound, printer: &Printer) {
    printer.say(format!("{} http://{}", Tone::Good.paint("listening on"), bound.local_addr()));
    for route in bound.config().routes() {
        let target = match route.target() {
            Target::Upstream(upstream) => upstream.to_string(),
            Target::Files(folder) => format!("files of {folder}"),
        };
        let policy = match (route.policy_name(), route.policy()) {
            (Some(name), _) => format!("policy {name}"),
            (None, Some(_)) => "the policy of the flags".to_owned(),
            (None, None) => "same origin only".to_owned(),
        };
        printer.say(format!("  {:<20} to {target}, {policy}", route.shown_path()));
    }
    if let Some(admin) = bound.admin_addr() {
        printer.say(format!("  health: http://{admin}/livez, /readyz"));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_connection_is_singular() {
        assert_eq!(super::cut_off(1), "1 connection did not finish in time and was cut off");
        assert_eq!(super::cut_off(2), "2 connections did not finish in time and were cut off");
    }
}
