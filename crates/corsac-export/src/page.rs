//! `docs/exports.md`: what every target can do, from the ledger.
//!
//! A test holds the page against it; `CORSAC_BLESS=1` writes it anew.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::target::{Proof, Target};
use crate::targets::targets;

/// The whole page.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Exports\n\n\
         `corsac export corsac.toml --to TARGET` prints a policy in the words of another server. The file needs nothing but\n\
         `[policies.NAME]`; `--policy NAME` chooses among several. The lines go to stdout, what to know about them to stderr,\n\
         and into comments on top.\n\n\
         Lines are never wider than the policy. What a target cannot do is refused, with the reason and exit code 1. What it\n\
         does otherwise, without letting anybody in by it whom the policy keeps out, is written with a warning. This page is\n\
         made from the same table as `corsac export --list`.\n\n\
         The lines are not only read: in `lab/tests/exports.rs` the real servers run them, untouched, and are asked every case of\n\
         `vectors/policy` that they can express. What is then left, down to requests that no browser sends, is in\n\
         `crates/corsac-export/known_differences`. Corsac's own file is read back, and makes the same policy.\n\n",
    );
    let names: Vec<&str> = targets().iter().map(|target| target.name()).collect();
    let _ = writeln!(page, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    for &feature in Feature::OF_POLICIES.iter().chain(Feature::OF_ALL) {
        let cells: Vec<&str> = targets().iter().map(|target| word(target.can(feature))).collect();
        let _ = writeln!(page, "| {} | {} |", feature.title(), cells.join(" | "));
    }
    for target in targets() {
        let _ = write!(page, "\n## {}\n\n`--to {}`. {}\n", target.title(), target.name(), target.place());
        if let Proof::StandIn(what) = target.proof() {
            let _ = write!(page, "\nNot run on the platform itself, but on {what}.\n");
        }
        let rows = lacking(*target);
        if !rows.is_empty() {
            page.push('\n');
        }
        for (title, how, reason) in rows {
            let _ = writeln!(page, "- **{title}** ({how}): {reason}.");
        }
    }
    page
}

/// What a target does not do as the engine does: the title, how far it goes in a word, and why.
fn lacking(target: &dyn Target) -> Vec<(&'static str, &'static str, &'static str)> {
    let all = Feature::OF_POLICIES.iter().chain(Feature::OF_ALL);
    let of_all = all.map(|feature| (feature.title(), target.can(*feature)));
    let own = target.peculiarities().iter().map(|own| (own.title, own.can));
    of_all
        .chain(own)
        .filter_map(|(title, can)| match can {
            Can::Yes => None,
            Can::Otherwise(reason) | Can::No(reason) => Some((title, word(can), reason)),
        })
        .collect()
}

fn word(can: Can) -> &'static str {
    match can {
        Can::Yes => "yes",
        Can::Otherwise(_) => "otherwise",
        Can::No(_) => "refused",
    }
}
