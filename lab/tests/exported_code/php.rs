//! PHP: what it makes of Laravel's configuration, and whom the expressions in there let in.

use std::collections::BTreeSet;
use std::fs;
use std::iter;
use std::process::Command;

use corsac::{Policy, RequestFields};
use corsac_lab::Part;
use corsac_vectors::PolicyCase;
use libtest_mimic::Failed;

use super::files::{exported, names, names_or_star, none_of, read, reader, texts};

pub(crate) fn reads_the_same_policy() -> Result<(), Failed> {
    let (folder, all) = exported("laravel")?;
    let origins: Vec<String> = origins().into_iter().collect();
    let list = folder.path().join("origins.json");
    fs::write(&list, serde_json::to_string(&origins)?)?;
    let mut command = Command::new(Part::Php.program()?);
    command.arg(reader("read.php")).arg(list);
    let mut wrong = Vec::new();
    for (exported, read) in all.iter().zip(read(&mut command, &all)?) {
        let (config, written) = (&exported.config, &read["config"]);
        let same = names(&texts(&written["allowed_methods"])) == names_or_star(&config.allow_methods)
            && names(&texts(&written["allowed_headers"])) == names_or_star(&config.allow_headers)
            && names(&texts(&written["exposed_headers"])) == names(&config.expose_headers)
            && written["supports_credentials"] == config.allow_credentials
            && written["max_age"].as_i64() == exported.max_age();
        if !same {
            wrong.push(exported.is_read_otherwise(written));
        }
        let policy = config.clone().into_policy().map_err(|faults| faults.to_string())?;
        let allowed = read["allowed"].as_array().into_iter().flatten();
        for (origin, allowed) in origins.iter().zip(allowed) {
            if *allowed != allows(&policy, origin) && !is_beyond_expressions(origin) {
                let short: String = origin.chars().take(80).collect();
                wrong.push(exported.is_read_otherwise(&format!("{short}: {allowed}")));
            }
        }
    }
    none_of(&wrong)
}

/// Every origin that the shared vectors send on a line of its own.
fn origins() -> BTreeSet<String> {
    let cases: Vec<PolicyCase> = corsac_vectors::load("policy");
    let headers = cases.iter().flat_map(|case| &case.request.headers);
    let origins = headers.filter(|(name, _)| name.eq_ignore_ascii_case("origin"));
    // JSON takes no other letters as they are.
    origins.map(|(_, value)| value.expand()).filter(|origin| origin.is_ascii()).collect()
}

/// A request that has an origin, and nothing else.
struct Asking<'a>(&'a str);

impl<'a> RequestFields for Asking<'a> {
    type Value = &'a str;

    fn origins(&self) -> impl Iterator<Item = &&'a str> {
        iter::once(&self.0)
    }

    fn requested_method(&self) -> Option<&[u8]> {
        None
    }

    fn requested_headers(&self) -> impl Iterator<Item = &[u8]> {
        iter::empty()
    }
}

fn allows(policy: &Policy, origin: &str) -> bool {
    let asking = Asking(origin);
    policy.decide("GET", &asking).reason().is_allowed()
}

/// What no browser sends, and expressions let in: names and ports that are too long, and a port that goes without saying.
fn is_beyond_expressions(origin: &str) -> bool {
    origin.len() > 253 || origin.ends_with(":443") || origin.ends_with(":65536")
}
