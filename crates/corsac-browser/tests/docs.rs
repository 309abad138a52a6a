//! Holds the table of differences in `docs/browsers.md` against the ledger it is made from.
//!
//! `CORSAC_WRITE_DOCS=1 cargo test -p corsac-browser --test docs` writes it anew.

use std::fmt::Write as _;
use std::path::PathBuf;

use corsac_browser::{Browser, Quirk, Seen};

const WRITE: &str = "to write it anew: CORSAC_WRITE_DOCS=1 cargo test -p corsac-browser --test docs";
const BEGIN: &str = "<!-- The tables below are made from crates/corsac-browser/src/quirk.rs. -->\n";
const END: &str = "<!-- End of the tables. -->\n";

fn tables() -> String {
    let mut text = String::new();
    let mut topic = "";
    for quirk in Quirk::ALL {
        if quirk.topic() != topic {
            topic = quirk.topic();
            let _ = write!(
                text,
                "\n### {topic}\n\n| the standard | instead | who | scenario |\n|---|---|---|---|\n"
            );
        }
        let who: Vec<_> = quirk.seen().iter().map(who).collect();
        let (standard, instead) = (sentence(quirk.standard()), sentence(quirk.instead()));
        let (who, scenario) = (who.join(", "), quirk.scenario());
        let _ = writeln!(text, "| {standard} | {instead} | {who} | `{scenario}` |");
    }
    text.push('\n');
    text
}

/// The engine, and its version where that is another than the one the page begins with.
fn who(seen: &Seen) -> String {
    let name = match seen.browser {
        Browser::Standard => "the standard",
        Browser::Chromium => "Chromium",
        Browser::Firefox => "Firefox",
        Browser::Webkit => "WebKit",
    };
    if seen.browser.version() == Some(seen.version) {
        name.to_owned()
    } else {
        format!("{name} {}", seen.version)
    }
}

/// The text with a capital at the beginning, unless it begins with code.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[test]
fn the_page_has_the_tables_of_the_ledger() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/browsers.md");
    let page = std::fs::read_to_string(&path).expect("docs/browsers.md can be read");
    let (before, rest) = page.split_once(BEGIN).expect("the page says where the tables begin");
    let (found, after) = rest.split_once(END).expect("the page says where the tables end");
    let wanted = tables();
    if std::env::var_os("CORSAC_WRITE_DOCS").is_some() {
        let page = format!("{before}{BEGIN}{wanted}{END}{after}");
        std::fs::write(&path, page).expect("docs/browsers.md can be written");
    } else {
        // Line by line: the whole of it is too long to read in a failure.
        for (found, wanted) in found.lines().zip(wanted.lines()) {
            assert_eq!(found, wanted, "{WRITE}");
        }
        assert!(found == wanted, "{WRITE}");
    }
}

#[test]
fn the_page_names_the_versions() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/browsers.md");
    let page = std::fs::read_to_string(&path).expect("docs/browsers.md can be read");
    for browser in Browser::ALL {
        if let Some(version) = browser.version() {
            assert!(page.contains(version), "{browser} {version} is not named");
        }
    }
}
