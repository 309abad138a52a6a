//! Holds the column of the cases and the page against what the peers answer.

use corsac_lab_peers::{behaviour, column, measure, page};
use corsac_vectors::{PolicyCase, assert_none};

const WRITE: &str = "to write it anew: CORSAC_WRITE_DOCS=1 cargo xtask lab peers";

fn cases() -> Vec<PolicyCase> {
    corsac_vectors::load("policy")
}

#[test]
fn the_column_has_what_is_measured() {
    let cases = cases();
    let mut stale = column::stale(&measure(&cases));
    if !stale.is_empty() {
        stale.push(WRITE.to_owned());
    }
    assert_none(&stale);
}

#[test]
fn the_page_has_what_is_measured() {
    let cases = cases();
    let stale = page::stale(&measure(&cases)).expect("docs/peers.md has its tables");
    assert!(stale.is_none(), "{}\n{WRITE}", stale.unwrap_or_default());
}

#[test]
fn every_difference_belongs_to_a_behaviour_and_every_behaviour_is_seen() {
    let cases = cases();
    assert_none(&behaviour::faults(&measure(&cases)));
}
