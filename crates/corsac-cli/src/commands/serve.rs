//! `corsac serve`: the gateway, from a file or from flags.

use std::fmt;

use corsac::{MaxAgeConfig, PolicyConfig};
use corsac_gateway::config::Finding;
use corsac_gateway::{Config, ConfigSource, Flags, Gateway, Route, StartError, Target};

use crate::args::{LogFormat, Serve};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::log;
use crate::printer::{Printer, Tone};

/// The file that is used where none is named.
const USUAL_FILE: &str = "corsac.toml";

pub(crate) fn run(arguments: &Serve, printer: &Printer) -> Result<Exit, Complaint> {
    let source = source(arguments);
    let config = match source.load() {
        Ok(config) => config,
        Err(faults) => {
            printer.say(faults.to_string().trim_end());
            return Ok(Exit::Usage);
        }
    };
    let in_json = arguments.log_format == LogFormat::Json && !arguments.check;
    if in_json {
        // From here on every line is one that a program can read.
        log::start(arguments.log_format, "info");
        config.warnings().iter().for_each(Finding::log);
    } else {
        for warning in config.warnings() {
            printer.say(warning.to_string().trim_end());
        }
    }
    if arguments.check {
        printer.line(format!("{} {}", name(&source), Sound(&config)));
        return Ok(Exit::AsHoped);
    }
    let bound = match Gateway::bind(config) {
        Ok(bound) => bound.reloading(source),
        Err(error) => return Err(Complaint::new(error.what(), error.remedy())),
    };
    if !in_json {
        log::start(arguments.log_format, "info");
        announce(&bound, Route::shown_path, printer);
    }
    match bound.run_until_terminated() {
        Ok(drained) if drained.cut > 0 && !in_json => {
            printer.note(cut_off(drained.cut));
            Ok(Exit::AsHoped)
        }
        Ok(_) => Ok(Exit::AsHoped),
        Err(error) => Ok(broke_down(&error, printer)),
    }
}

/// A gateway that ran, and could not go on.
pub(super) fn broke_down(error: &StartError, printer: &Printer) -> Exit {
    printer.complain(&Complaint::new(error.what(), error.remedy()));
    Exit::Internal
}

fn source(arguments: &Serve) -> ConfigSource {
    let Some(upstream) = &arguments.upstream else {
        let path = arguments.config.clone().unwrap_or_else(|| USUAL_FILE.into());
        return ConfigSource::File { path, listen: arguments.listen.clone() };
    };
    ConfigSource::Flags(Flags {
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

fn name(source: &ConfigSource) -> String {
    match source {
        ConfigSource::File { path, .. } => path.display().to_string(),
        _ => "What the flags say".to_owned(),
    }
}

/// That all is well, and with what.
struct Sound<'a>(&'a Config);

impl fmt::Display for Sound<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count =
            |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let policies = self.0.policies();
        let origins = policies.iter().map(|named| named.policy().origin_count()).sum();
        let any = policies.iter().any(|named| named.policy().to_config().allow_origins == ["*"]);
        let origins = match (origins, any) {
            (0, true) => "any origin".to_owned(),
            (origins, true) => format!("{}, and any", count(origins, "origin", "origins")),
            (origins, false) => count(origins, "origin", "origins"),
        };
        write!(
            formatter,
            "{}: {}, {}, {origins}",
            Tone::Good.paint("is sound"),
            count(self.0.routes().len(), "route", "routes"),
            count(policies.len(), "policy", "policies"),
        )
    }
}

fn cut_off(count: usize) -> String {
    match count {
        1 => "1 connection did not finish in time and was cut off".to_owned(),
        count => format!("{count} connections did not finish in time and were cut off"),
    }
}

/// Where it listens, and what goes where.
pub(super) fn announce(bound: &corsac_gateway::Bound, path: fn(&Route) -> &str, printer: &Printer) {
    let config = bound.config();
    let scheme = if config.has_tls() { "https" } else { "http" };
    printer.say(format!("{} {scheme}://{}", Tone::Good.paint("listening on"), bound.local_addr()));
    for route in config.routes() {
        let target = match route.target() {
            Target::Upstream(upstream) => upstream.to_string(),
            Target::Files(folder) => format!("files of {folder}"),
        };
        let policy = match (route.policy_name(), route.policy()) {
            (Some(name), _) => format!("policy {name}"),
            (None, Some(_)) => "the policy of the flags".to_owned(),
            (None, None) => "same origin only".to_owned(),
        };
        printer.say(format!("  {:<20} to {target}, {policy}", path(route)));
    }
    if let Some(admin) = bound.admin_addr() {
        printer.say(format!("  admin: http://{admin}/livez, /readyz, /metrics, /config, /explain"));
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
