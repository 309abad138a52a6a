//! The pages about the adapters: what they show is compiled somewhere.
//!
//! A block of Rust is either a doctest, or names the file that has it, word for word. Those of the second kind are fenced
//! as `rs`, which people's viewers take for Rust and rustdoc for something else.

use std::fs;
use std::path::Path;

/// Which pages there are, and whether their plain blocks are doctests of this crate.
const PAGES: [(&str, bool); 3] =
    [("README.md", true), ("docs/middleware.md", true), ("docs/migration.md", false)];

/// A block of a page: what stands behind the fence, and its lines.
struct Block<'a> {
    fence: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            blocks.push(Block { fence, lines: lines.by_ref().take_while(|line| *line != "```").collect() });
        }
    }
    blocks
}

/// Lines as they are compared: without indentation, and without what makes them a doc comment.
fn bare<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    lines.map(|line| line.trim_start().trim_start_matches("//!").trim()).collect()
}

#[test]
fn every_block_of_rust_is_compiled() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read =
        |name: &str| fs::read_to_string(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut elsewhere = 0;
    for (page, are_doctests) in PAGES {
        for Block { fence, lines } in blocks(&read(page)) {
            let begins = lines.first().copied().unwrap_or_default();
            let file = fence.strip_prefix("rs (compiled in ").and_then(|rest| rest.strip_suffix(')'));
            match file {
                Some(file) => {
                    let (text, wanted) = (read(file), bare(lines.into_iter()));
                    let there = bare(text.lines()).windows(wanted.len()).any(|window| window == wanted);
                    assert!(there, "{page}: {file} has no such lines: {begins}");
                    elsewhere += 1;
                }
                // rustdoc takes a fence that names no language for Rust.
                None => assert!(
                    matches!(fence, "text" | "toml" | "json" | "sh") || (fence == "rust" && are_doctests),
                    "{page}: nobody compiles this block, `{fence}`: {begins}"
                ),
            }
        }
    }
    assert!(elsewhere > 0, "no page names a file");
}

/// A name in three parts or more, all of them small letters and digits, is a case.
#[test]
fn the_cases_that_a_page_names_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/migration.md")).expect("the page can be read");
    let cases: String = fs::read_dir(root.join("vectors/policy"))
        .expect("the cases can be listed")
        .map(|file| fs::read_to_string(file.expect("a file").path()).expect("the cases can be read"))
        .collect();
    let is_name = |text: &&str| {
        let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        text.split('-').count() > 2 && text.chars().all(letters)
    };
    let names: Vec<&str> = page.split('`').skip(1).step_by(2).filter(is_name).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(cases.contains(&format!("id = \"{name}\"")), "no case is named {name}");
    }
}
