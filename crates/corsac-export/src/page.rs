//! `docs/exports.md`: what every target can do, from the ledger, family by family.
//!
//! A test holds the page against it; `CORSAC_BLESS=1` writes it anew.

use std::fmt::Write as _;

use crate::family::families;
use crate::feature::{Can, Feature};
use crate::target::{Proof, Target};

const HEAD: &str = "\
# Exports

`corsac export corsac.toml --to TARGET` prints a policy in the words of another server. The file needs nothing but
`[policies.NAME]`; `--policy NAME` chooses among several. The lines go to stdout, what to know about them to stderr,
and into comments on top. The way back, from another server's words to a policy, is [import](import.md).

Lines are never wider than the policy. What a target cannot do is refused, with the reason and exit code 1. What it
does otherwise, without letting anybody in by it whom the policy keeps out, is written with a warning. This page is
made from the same table as `corsac export --list`, which shows all targets, and `corsac export --list TARGET`, which shows one.

The lines are not only read: in `lab/tests/exports.rs` the real servers run them, untouched, and are asked every case of
`vectors/policy` that they can express ([servers.md](servers.md) has the numbers). What is then left, down to requests that no
browser sends, is below as *known differences*. Where nothing could run them, a target says so: *not run*.

";

/// The whole page.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(HEAD);
    page.push_str("| | |\n|---|---|\n");
    for (family, targets) in families() {
        let links: Vec<String> = targets.iter().map(|target| link(*target)).collect();
        let _ = writeln!(page, "| [{family}](#{}) | {} |", anchor(family), links.join(" · "));
    }
    for (family, targets) in families() {
        let _ = write!(page, "\n## {family}\n\n{}", table(&targets));
        for target in targets {
            page.push_str(&section(target));
        }
    }
    page
}

/// What the targets of one family can do, side by side.
fn table(targets: &[&dyn Target]) -> String {
    let names: Vec<&str> = targets.iter().map(|target| target.name()).collect();
    let mut table = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    let proofs: Vec<&str> = targets.iter().map(|target| proof_word(target.proof())).collect();
    let _ = writeln!(table, "| **proof** | {} |", proofs.join(" | "));
    for &feature in Feature::OF_POLICIES.iter().chain(Feature::OF_ALL) {
        let cells: Vec<&str> = targets.iter().map(|target| word(target.can(feature))).collect();
        let _ = writeln!(table, "| {} | {} |", feature.title(), cells.join(" | "));
    }
    table
}

fn section(target: &dyn Target) -> String {
    let mut section = format!(
        "\n### {}\n\n`--to {}`. {}\n\nProof: {}.\n",
        target.title(),
        target.name(),
        target.place(),
        proof(target.proof())
    );
    let rows = lacking(target);
    if !rows.is_empty() {
        section.push('\n');
    }
    for (title, how, reason) in rows {
        let _ = writeln!(section, "- **{title}** ({how}): {reason}.");
    }
    let differences = target.differences();
    if !differences.is_empty() {
        section.push_str("\nKnown differences:\n\n");
    }
    for difference in differences {
        let _ = writeln!(section, "- {difference}: {}.", difference.why);
    }
    section
}

/// What a target does not do as the engine does: in a few words, how far it goes, and why.
fn lacking(target: &dyn Target) -> Vec<(&'static str, &'static str, &'static str)> {
    let lacking = target.row().into_iter().filter_map(|(title, can)| match can {
        Can::Yes => None,
        Can::Placed(reason) | Can::Otherwise(reason) | Can::No(reason) => Some((title, word(can), reason)),
    });
    lacking.collect()
}

fn word(can: Can) -> &'static str {
    match can {
        Can::Yes => "yes",
        Can::Placed(_) | Can::Otherwise(_) => "otherwise",
        Can::No(_) => "refused",
    }
}

fn proof_word(proof: Proof) -> &'static str {
    match proof {
        Proof::RealServer => "real",
        Proof::StandIn(_) => "stand-in",
        Proof::Parsed(_) => "parsed",
        Proof::NotRun(_) => "*not run*",
    }
}

fn proof(proof: Proof) -> String {
    match proof {
        Proof::RealServer => "the real one runs the lines and is asked the cases".to_owned(),
        Proof::StandIn(what) => {
            format!("*not run* on the platform itself, but on {what}, which is asked the cases")
        }
        Proof::Parsed(by) => format!("*not run*; read by {by}"),
        Proof::NotRun(reason) => format!("*not run*: {reason}"),
    }
}

fn link(target: &dyn Target) -> String {
    format!("[{}](#{})", target.name(), anchor(target.title()))
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let letters = heading.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        letter => letter.is_alphanumeric().then(|| letter.to_ascii_lowercase()),
    });
    letters.collect()
}
