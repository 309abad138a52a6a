//! No page without its identifier, no identifier without its page, and no example that is not so.

use std::collections::BTreeSet;

use corsac::PolicyConfig;
use corsac_browser::Outcome;

use super::entry::{CallEntry, PolicyEntry};
use super::example::Example;
use super::*;
use crate::console;
use crate::diagnose;
use crate::exchange::Case;

/// What browsers let pass, though the standard has a failure for it.
const PASSES: [FailureId; 2] = [FailureId::ResponseHeaderNotExposed, FailureId::OpaqueResponse];

#[test]
fn every_identifier_has_one_page_and_every_page_an_identifier() {
    let ids =
        |family| -> Vec<&str> { all().iter().filter(|page| page.family() == family).map(Page::id).collect() };
    let written = |entries: usize, family| {
        assert_eq!(ids(family).len(), entries, "a page of {family:?} is about nothing");
    };
    written(failures().len(), Family::Failure);
    written(causes().len(), Family::Cause);
    written(faults().len(), Family::Fault);
    written(advice().len(), Family::Advice);
}

#[test]
fn pages_have_words_and_lead_on() {
    let known: BTreeSet<&str> = all().iter().map(Page::id).collect();
    for page in all() {
        let id = page.id();
        for text in [page.about(), page.fix(), page.meaning()] {
            assert!(text.ends_with(['.', ':', '?']), "{id}: {text}");
            assert!(
                !text.contains("  ") && text.starts_with(|letter: char| !letter.is_ascii_lowercase()),
                "{id}: {text}"
            );
        }
        assert!(!page.see().is_empty(), "{id} leads nowhere");
        for other in page.see() {
            assert!(known.contains(other.as_str()), "{id} leads to {other}, which is nothing");
        }
        assert!(!page.example().is_empty() || !page.consoles().is_empty(), "{id} has no example");
    }
}

fn told(family: Family) -> Vec<String> {
    let entries = match family {
        Family::Failure => failures(),
        _ => causes(),
    };
    entries.into_iter().filter(|(_, entry)| entry.told.is_some()).map(|(id, _)| id).collect()
}

#[test]
fn stories_are_told_only_where_an_exchange_cannot_show_it() {
    assert_eq!(told(Family::Failure), [""; 0]);
    assert_eq!(told(Family::Cause), ["stale-preflight"]);
}

#[test]
fn examples_of_failures_fail_so_and_pass_when_mended() {
    for (id, entry) in failures() {
        let Some(example) = Example::of(&entry) else {
            is_read_back(&id, &entry);
            continue;
        };
        let id: FailureId = id.parse().expect("a failure");
        let played = example.play(Browser::Standard);
        assert!(played.is_exact, "{id}: the example has too many answers, or too few");
        match &played.verdict.outcome {
            Outcome::Blocked(blocked) => assert_eq!(blocked.failure.id, id),
            Outcome::Allowed(readable) => {
                assert!(PASSES.contains(&id), "{id}: the example passes");
                let hidden = entry.hidden.as_deref().map(|name| readable.why_hidden(name));
                assert!(hidden.is_none_or(|why| why == Some(id)), "{id}: {hidden:?}");
                let is_opaque = readable.response_type == corsac_browser::ResponseType::Opaque;
                assert_eq!(is_opaque, id == FailureId::OpaqueResponse);
            }
        }
        let mended = Example::mended(&entry).unwrap_or_else(|| panic!("{id} is not mended"));
        let played = mended.play(Browser::Standard);
        assert!(played.is_exact, "{id}: the mended example has too many answers, or too few");
        let Outcome::Allowed(readable) = &played.verdict.outcome else {
            panic!("{id}: mended, it fails all the same: {:?}", played.verdict.failure())
        };
        if let Some(hidden) = &entry.hidden {
            assert!(readable.headers.contains(hidden), "{id}: mended, {hidden} is hidden");
        }
    }
}

/// What only browsers conclude is shown by what they print.
fn is_read_back(id: &str, entry: &CallEntry) {
    assert!(!entry.console.is_empty(), "{id}: no example");
    assert!(!id.parse::<FailureId>().expect("a failure").is_judged(), "{id} can be played");
    for (browser, line) in &entry.console {
        let messages = console::read(line);
        let [message] = &messages[..] else { panic!("{id}: {messages:?}") };
        assert_eq!(message.source.as_str(), browser, "{id}");
        assert_eq!(message.failures.first().map(|failure| failure.as_str()), Some(id));
    }
}

#[test]
fn consoles_of_pages_are_read_back() {
    for page in all() {
        for (browser, lines) in page.consoles() {
            let read = console::read(lines).iter().any(|message| {
                message.source.browser() == Some(*browser)
                    && message.failures.iter().any(|failure| failure.as_str() == page.id())
            });
            assert!(read, "{}: {lines}", page.id());
        }
    }
}

#[test]
fn examples_of_causes_have_them() {
    for (id, entry) in causes() {
        let Some(example) = Example::of(&entry) else { continue };
        let played = example.play(Browser::Standard);
        assert!(played.is_exact, "{id}: the example has too many answers, or too few");
        let case = Case {
            page: &example.page,
            call: &example.call,
            exchanges: &played.exchanges,
            verdict: &played.verdict,
            answers: &[],
            told: &example.told,
        };
        let found = diagnose(&case, None);
        assert_eq!(found.cause.map(Cause::as_str), Some(id.as_str()), "{}", found.story);
    }
}

/// The codes that a policy raises.
fn findings(entry: &PolicyEntry, policy: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let policy = if entry.repeat { policy.replace("{a}", &"a.".repeat(200)) } else { policy.to_owned() };
    let config: PolicyConfig = toml::from_str(&policy).unwrap_or_else(|error| panic!("{policy}: {error}"));
    let checked = match entry.file.as_deref() {
        Some(_) => config.into_policy_reading(|_| Err::<&str, _>("there is none")),
        None => config.into_policy(),
    };
    let (faults, advice) = match &checked {
        Ok(policy) => (&[][..], policy.advice()),
        Err(faults) => (faults.faults(), faults.advice()),
    };
    (
        faults.iter().map(|fault| fault.code.as_str()).collect(),
        advice.iter().map(|advice| advice.code.as_str()).collect(),
    )
}

#[test]
fn examples_of_faults_have_them_and_mended_ones_have_none() {
    for (id, entry) in faults() {
        if entry.told.is_some() {
            assert_eq!(id, "origins-too-many", "an example can be given");
            continue;
        }
        assert_eq!(findings(&entry, &entry.policy).0, [id.as_str()]);
        assert_eq!(findings(&entry, &entry.mended).0, [""; 0], "{id}, mended");
    }
}

#[test]
fn examples_of_advice_have_it_and_mended_ones_do_not() {
    for (id, entry) in advice() {
        let (faults, advice) = findings(&entry, &entry.policy);
        assert_eq!((faults, advice), (Vec::new(), vec![id.as_str()]));
        let (faults, advice) = findings(&entry, &entry.mended);
        assert!(faults.is_empty() && !advice.contains(&id.as_str()), "{id}, mended: {faults:?} {advice:?}");
    }
}

#[test]
fn the_docs_are_what_the_ledger_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/explain.md");
    let wanted = markdown();
    if std::env::var_os("CORSAC_BLESS").is_some() {
        std::fs::write(&path, wanted).expect("docs/explain.md can be written");
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let bless = "CORSAC_BLESS=1 cargo test -p corsac-diagnosis the_docs writes it anew";
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted, "{bless}");
    }
    assert!(found == wanted, "{bless}");
}
