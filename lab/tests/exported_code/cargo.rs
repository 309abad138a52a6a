//! Cargo: the commands that add what exported Rust needs, put to it as they are printed.
//!
//! Nothing is looked up or written: it finds each package with its features among those that the workspace has.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use corsac_export::{Context, export, target};
use corsac_lab::Part;
use libtest_mimic::Failed;

use super::files::{none_of, policies};

pub(crate) fn takes_the_commands() -> Result<(), Failed> {
    let folder =
        tempfile::Builder::new().prefix("corsac-lab-cargo-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    fs::create_dir(folder.path().join("src"))?;
    fs::write(folder.path().join("src/main.rs"), "fn main() {}\n")?;
    fs::write(
        folder.path().join("Cargo.toml"),
        "[package]\nname = \"api\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    let mut wrong = Vec::new();
    for line in commands()? {
        let Some(arguments) = line.strip_prefix("cargo add ") else {
            wrong.push(format!("`{line}` adds nothing"));
            continue;
        };
        let output = Command::new(Part::Cargo.program()?)
            .args(["add", "--offline", "--dry-run"])
            .args(arguments.split(' '))
            .current_dir(folder.path())
            .output()?;
        if !output.status.success() {
            wrong.push(format!("`{line}`: {}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    none_of(&wrong)
}

/// What the steps have for a terminal, whatever the policy.
fn commands() -> Result<BTreeSet<String>, Failed> {
    let mut lines = BTreeSet::new();
    for name in ["tower-http", "actix-cors"] {
        let target = target(name).expect("it is a target");
        let known = lines.len();
        for config in policies()? {
            let policy = config.into_policy().map_err(|faults| faults.to_string())?;
            let steps = export(target, &policy, &Context::default()).map(|exported| exported.steps);
            let in_a_terminal = |step: &corsac_export::Step| step.place.starts_with("In a terminal");
            lines.extend(steps.into_iter().flatten().filter(in_a_terminal).flat_map(|step| step.lines));
        }
        if lines.len() == known {
            return Err(format!("the steps of {name} have nothing for a terminal").into());
        }
    }
    Ok(lines)
}
