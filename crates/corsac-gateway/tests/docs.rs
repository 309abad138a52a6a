//! The configurations that the pages for newcomers show are ones the gateway takes.
//!
//! A block of `docs/from-*.md` that begins with ```` ```toml ```` is read as a file of its own.

use std::fs;
use std::path::{Path, PathBuf};

use corsac_gateway::Config;

struct Block {
    /// Where it begins, for people.
    place: String,
    /// What follows the three backticks.
    kind: String,
    text: String,
}

fn pages() -> Vec<PathBuf> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let names = fs::read_dir(docs).expect("the folder of pages").map(|entry| entry.expect("an entry").path());
    let is_ours = |page: &PathBuf| {
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("from-") && name.ends_with(".md")
    };
    names.filter(is_ours).collect()
}

fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).expect("a page");
    let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(kind) if !inside => {
                let (place, kind) = (format!("{name}:{}", at + 1), kind.to_owned());
                blocks.push(Block { place, kind, text: String::new() });
                inside = true;
            }
            Some(_) => inside = false,
            None if inside => {
                let block = blocks.last_mut().expect("it has begun");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// The files that pages name, and those that stand for them.
const HERE: [(&str, &str); 3] = [
    ("/etc/corsac/tls/fullchain.pem", "tls/app.pem"),
    ("/etc/corsac/tls/key.pem", "tls/app.key.pem"),
    ("/run/secrets/weather-key", "key.txt"),
];

#[test]
fn every_configuration_that_is_shown_is_taken() {
    let environment = |_: &str| Some("a-value".to_owned());
    let mut read = 0;
    let mut wrong = Vec::new();
    for block in pages().iter().flat_map(|page| blocks(page)) {
        let Block { place, kind, text } = block;
        if kind != "toml" {
            continue;
        }
        read += 1;
        // What is elsewhere on a reader's machine is beside this file here, as is the folder `dist`.
        let text = HERE.iter().fold(text, |text, (there, here)| text.replace(there, here));
        match Config::parse(Path::new("tests/config/page.toml"), &text, &environment) {
            Ok(config) if config.warnings().is_empty() => {}
            Ok(config) => wrong.push(format!("{place}: {:?}", config.warnings())),
            Err(faults) => wrong.push(format!("{place}:\n{faults}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(read >= 5, "only {read} blocks were found");
}

/// What the gateway itself says are the keys of the table with `zzz` in it.
fn keys(text: &str) -> Vec<String> {
    let faults =
        Config::parse(Path::new("corsac.toml"), text, &|_| None).expect_err("a key that does not exist");
    let unknown = faults.findings().iter().find(|finding| finding.code == "unknown-key").expect("it is told");
    unknown.help.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_is_on_the_page_about_the_gateway() {
    let page = fs::read_to_string("../../docs/gateway.md").expect("the page");
    let tables = [
        "zzzzzz = 1",
        "[[routes]]\nzzzzzz = 1",
        "[timeouts]\nzzzzzz = 1",
        "[limits]\nzzzzzz = 1",
        "[tls]\nzzzzzz = 1",
    ];
    let all: Vec<String> = tables.iter().flat_map(|text| keys(text)).collect();
    assert!(all.len() > 30, "{all:?}");
    let is_shown = |key: &&String| {
        // In an example at the beginning of a line, and perhaps out of force; or in the text.
        let begins = |line: &str| {
            line.trim_start_matches("# ")
                .strip_prefix(key.as_str())
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let is_table =
            [format!("[{key}]"), format!("[[{key}]]"), format!("[{key}.")].iter().any(|it| page.contains(it));
        page.lines().any(begins) || is_table
    };
    let missing: Vec<&String> = all.iter().filter(|key| !is_shown(key)).collect();
    assert!(missing.is_empty(), "without an example: {missing:?}");
}
