//! Go: its own parser and formatter.

use std::path::Path;
use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;
use serde_json::Value;

use super::files::{Exported, exported, has_star, names, names_or_star, none_of, read, reader, texts};

/// What the package takes at most.
const LONGEST: i64 = 86_400;

pub(crate) fn reads_the_same_policy() -> Result<(), Failed> {
    let (_folder, all) = exported("jub0bs-cors")?;
    let mut wrong = Vec::new();
    for (exported, read) in all.iter().zip(go(&all)?) {
        let (config, fields) = (&exported.config, &read["Fields"]);
        let max_age = match fields["MaxAgeInSeconds"].as_i64() {
            Some(0) | None => None,
            Some(-1) => Some(0),
            other => other,
        };
        let same = texts(&fields["Origins"]) == config.allow_origins
            && fields["Credentialed"] == config.allow_credentials
            && names(&texts(&fields["Methods"])) == names_or_star(&config.allow_methods)
            && is_read_as(&texts(&fields["RequestHeaders"]), &config.allow_headers)
            && names(&texts(&fields["ResponseHeaders"])) == names(&config.expose_headers)
            && max_age == exported.max_age().map(|seconds| seconds.min(LONGEST));
        if !same || read["Formatted"] != true {
            wrong.push(exported.is_read_otherwise(&read));
        }
    }
    none_of(&wrong)
}

pub(crate) fn reads_the_same_names() -> Result<(), Failed> {
    let (_folder, all) = exported("rs-cors")?;
    let mut wrong = Vec::new();
    for (exported, read) in all.iter().zip(go(&all)?) {
        let (config, fields) = (&exported.config, &read["Fields"]);
        let methods = names(&texts(&fields["AllowedMethods"]));
        let headers = texts(&fields["AllowedHeaders"]);
        // In place of a star the standards' methods are spelled out.
        let same = (has_star(&config.allow_methods) || names(&config.allow_methods).is_subset(&methods))
            && (has_star(&config.allow_headers) && headers == ["*"]
                || is_read_as(&headers, &config.allow_headers))
            && names(&texts(&fields["ExposedHeaders"])) == names(&config.expose_headers);
        if !same || read["Formatted"] != true {
            wrong.push(exported.is_read_otherwise(&read));
        }
    }
    none_of(&wrong)
}

/// Whether request headers are the policy's, or in place of none one that needs no permission.
fn is_read_as(read: &[String], listed: &[String]) -> bool {
    names(read) == names(listed) || (listed.is_empty() && read == ["Accept"])
}

fn go(all: &[Exported]) -> Result<Vec<Value>, Failed> {
    let mut command = Command::new(Part::Go.program()?);
    // What ends in .go before the dashes is the program; what stands behind them, it reads.
    command.arg("run").arg(reader("read.go")).arg("--");
    command.env("GO111MODULE", "off").env("GOFLAGS", "");
    command.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"));
    read(&mut command, all)
}
