//! What the repository promises about its own files, checked: `cargo xtask tidy`, and an ordinary test.
//!
//! Reads files, changes none. What the compiler, rustfmt and clippy see is left to them.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::printer;
use crate::steps::Step;

/// The check as a step.
pub(crate) fn step(root: &Path) -> Step<'_> {
    Step {
        name: "tidy",
        why: "what the repository promises about its own files",
        repeat: "cargo xtask tidy".to_owned(),
        needed: false,
        action: Box::new(|| {
            let findings = check(root).map_err(|error| format!("the files could not be read: {error}"))?;
            for finding in &findings {
                printer::note(&finding.to_string());
            }
            match findings.len() {
                0 => Ok(()),
                1 => Err("1 finding, above".to_owned()),
                several => Err(format!("{several} findings, above")),
            }
        }),
    }
}

/// A broken promise: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    file: String,
    /// Counted from 1; none where it is about the whole file.
    line: Option<usize>,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what } = self;
        match line {
            Some(line) => write!(formatter, "{file}:{line}: {what}"),
            None => write!(formatter, "{file}: {what}"),
        }
    }
}

/// Folders that hold nothing of ours, wherever they are: made by tools, and ignored by git.
const SKIPPED: [&str; 4] = [".git", "node_modules", ".venv", "__pycache__"];

fn check(root: &Path) -> io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in files(root)? {
        // What is not text has no lines to look at.
        let Ok(text) = String::from_utf8(fs::read(root.join(&path))?) else { continue };
        let file = path.display().to_string();
        let mut found = |line, what: String| findings.push(Finding { file: file.clone(), line, what });
        module_header(&path, &text, &mut found);
        for (at, line) in text.lines().enumerate() {
            let mut found = |what| found(Some(at + 1), what);
            trailing_blanks(line, &mut found);
            spec_anchors(line, &mut found);
            machine_paths(line, &mut found);
            if path.file_name().is_none_or(|name| name != "Cargo.lock") {
                registry_hosts(&path, line, &mut found);
            }
        }
        last_newline(&text, &mut found);
    }
    findings.extend(crate_map(root)?);
    Ok(findings)
}

/// Every file of ours, from the root on, in order.
fn files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let made = ["target", "fuzz/target", "fuzz/corpus", "fuzz/artifacts"].map(|folder| root.join(folder));
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            let skipped = SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) || made.contains(&path);
            if kind.is_dir() && !skipped {
                folders.push(path);
            } else if kind.is_file() {
                files.push(path.strip_prefix(root).map_or_else(|_| path.clone(), Path::to_owned));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Every module says first what it is.
fn module_header(path: &Path, text: &str, found: &mut impl FnMut(Option<usize>, String)) {
    if path.extension().is_some_and(|extension| extension == "rs") && !text.starts_with("//! ") {
        found(Some(1), "no module header; begin with `//! ` and one sentence: what it is".to_owned());
    }
}

fn trailing_blanks(line: &str, found: &mut impl FnMut(String)) {
    if line.ends_with(char::is_whitespace) {
        found("blanks at the end of the line; remove them".to_owned());
    }
}

fn last_newline(text: &str, found: &mut impl FnMut(Option<usize>, String)) {
    if !text.is_empty() && !text.ends_with('\n') {
        found(None, "the last line does not end; add a newline".to_owned());
    }
}

/// Links into the Fetch standard name a section, as the standard writes sections.
fn spec_anchors(line: &str, found: &mut impl FnMut(String)) {
    const STANDARD: &str = concat!("fetch.spec", ".whatwg.org");
    for (at, _) in line.match_indices(STANDARD) {
        let (before, after) = (&line[..at], &line[at + STANDARD.len()..]);
        let link =
            after.find(|letter: char| " \t>)]}\"'`,;|".contains(letter)).map_or(after, |end| &after[..end]);
        let anchor = link.strip_prefix("/#").map(|anchor| anchor.trim_end_matches(['.', ':']));
        let well_formed = anchor.is_some_and(|anchor| {
            let allowed =
                |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            !anchor.is_empty() && anchor.chars().all(allowed)
        });
        // The standard as a whole may be named as well, and code may hold what all links begin with.
        let whole = matches!(link.trim_end_matches(['.', ':']), "" | "/") || after.starts_with("/#\"");
        if !(before.ends_with("https://") && (well_formed || whole)) {
            found(format!("a link into the standard reads https://{STANDARD}/#section, in small letters"));
        }
    }
}

/// Folders of one machine mean nothing on another.
fn machine_paths(line: &str, found: &mut impl FnMut(String)) {
    for folder in
        [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/Us", "ers/")]
    {
        let own = |at: usize| {
            // A path of a URL or of a longer path is another thing.
            let before = line[..at].chars().next_back();
            before.is_none_or(|letter| !(letter.is_alphanumeric() || "._-/}".contains(letter)))
        };
        if line.match_indices(folder).any(|(at, _)| own(at)) {
            found(format!("a path of one machine ({folder}…); name it from the repository's root"));
        }
    }
}

/// Where packages come from is each machine's own affair.
fn registry_hosts(path: &Path, line: &str, found: &mut impl FnMut(String)) {
    let hosts = [
        concat!("registry.npm", "js.org"),
        concat!("registry.yarn", "pkg.com"),
        concat!("files.python", "hosted.org"),
        concat!("py", "pi.org/simple"),
        concat!("index.cra", "tes.io"),
        concat!("static.cra", "tes.io"),
        concat!("deb.deb", "ian.org"),
    ];
    for host in hosts.into_iter().filter(|host| line.contains(host)) {
        found(format!("the host of a registry ({host}); each machine knows its own"));
    }
    let named = |name: &str| path.file_name().is_some_and(|own| own == name);
    let option = if named("package-lock.json") {
        line.trim_start().starts_with("\"resolved\":")
    } else if named(".npmrc") {
        line.contains("registry=")
    } else if named("requirements.txt") {
        ["-i ", "-f ", "--index-url", "--extra-index-url", "--find-links"]
            .iter()
            .any(|flag| line.starts_with(flag))
    } else {
        false
    };
    if option {
        found("a registry's address; leave it to the machine".to_owned());
    }
}

/// The map in ARCHITECTURE.md has every crate, and no other.
fn crate_map(root: &Path) -> io::Result<Vec<Finding>> {
    const MAP: &str = "ARCHITECTURE.md";
    let Ok(map) = fs::read_to_string(root.join(MAP)) else { return Ok(Vec::new()) };
    let finding = |file: &str, line, what| Finding { file: file.to_owned(), line, what };
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let members = match members(&manifest) {
        Ok(members) => members,
        Err(error) => return Ok(vec![finding("Cargo.toml", None, error)]),
    };
    let mut findings = Vec::new();
    for member in &members {
        if !map.lines().any(|line| mentions(line, member)) {
            findings.push(finding(MAP, None, format!("`{member}` is not on the map; say what it is for")));
        }
    }
    for (at, line) in map.lines().enumerate() {
        for crate_name in crates_named_in(line).filter(|name| !members.contains(name)) {
            findings.push(finding(
                MAP,
                Some(at + 1),
                format!("`{crate_name}` is no crate here; take it off the map"),
            ));
        }
    }
    Ok(findings)
}

fn members(manifest: &str) -> Result<Vec<String>, String> {
    let manifest: toml::Table = manifest.parse().map_err(|error| format!("not TOML: {error}"))?;
    let members = manifest.get("workspace").and_then(|workspace| workspace.get("members"));
    let members = members.and_then(toml::Value::as_array).ok_or("no `workspace.members`")?;
    Ok(members.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
}

/// Whether a line names a folder as a whole: `crates/corsac` is not named by `crates/corsac-cli`.
fn mentions(line: &str, folder: &str) -> bool {
    let part_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    line.match_indices(folder).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + folder.len()..]);
        !before.ends_with(part_of_name) && !after.starts_with(part_of_name)
    })
}

fn crates_named_in(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices("crates/").filter_map(|(at, folder)| {
        let name = &line[at + folder.len()..];
        let end =
            name.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '-')).unwrap_or(name.len());
        (end > 0).then(|| format!("crates/{}", &name[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one rule finds in a line.
    fn on_line(rule: fn(&str, &mut Vec<String>), line: &str) -> usize {
        let mut findings = Vec::new();
        rule(line, &mut findings);
        findings.len()
    }

    #[test]
    fn this_repository_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is in the workspace");
        let findings = check(root).expect("the files can be read");
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }

    #[test]
    fn every_rule_is_applied_to_every_file() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
            fs::write(path, text).expect("it can be written");
        };
        write("Cargo.toml", "[workspace]\nmembers = [\"crates/corsac\", \"crates/corsac-cli\"]\n");
        write("ARCHITECTURE.md", "`crates/corsac-cli` and `crates/corsac-old`\n");
        write("crates/corsac/src/lib.rs", "pub fn a() {} \n");
        write("notes.md", "no end");
        write("target/debug/made.rs", "fn a() {}");
        let findings: Vec<String> =
            check(folder.path()).expect("the files can be read").iter().map(Finding::to_string).collect();
        assert_eq!(
            findings,
            [
                "crates/corsac/src/lib.rs:1: no module header; begin with `//! ` and one sentence: what it is",
                "crates/corsac/src/lib.rs:1: blanks at the end of the line; remove them",
                "notes.md: the last line does not end; add a newline",
                "ARCHITECTURE.md: `crates/corsac` is not on the map; say what it is for",
                "ARCHITECTURE.md:1: `crates/corsac-old` is no crate here; take it off the map",
            ]
        );
    }

    #[test]
    fn links_into_the_standard_name_a_section() {
        let rule =
            |line: &str, findings: &mut Vec<String>| spec_anchors(line, &mut |what| findings.push(what));
        let link =
            |scheme: &str, rest: &str| format!("{scheme}{}{rest}", concat!("fetch.spec", ".whatwg.org"));
        for good in
            ["/#cors-check>", "/#http-origin).", "/#concept-cors-check.", "/", "/#\"", " is the standard"]
        {
            assert_eq!(on_line(rule, &link("<https://", good)), 0, "{good}");
        }
        for bad in ["/#CORS-check>", "/#>", "/cors-check", "#cors-check"] {
            assert_eq!(on_line(rule, &link("<https://", bad)), 1, "{bad}");
        }
        assert_eq!(on_line(rule, &link("http://", "/#cors-check")), 1);
    }

    #[test]
    fn a_path_of_one_machine_is_told_from_a_path_of_a_url() {
        let rule =
            |line: &str, findings: &mut Vec<String>| machine_paths(line, &mut |what| findings.push(what));
        assert_eq!(on_line(rule, concat!("see /ho", "me/ada/notes")), 1);
        assert_eq!(on_line(rule, concat!("(/ro", "ot/x)")), 1);
        assert_eq!(on_line(rule, concat!("https://a.example/ho", "me/ada")), 0);
        assert_eq!(on_line(rule, concat!("./wo", "rk/x")), 0);
    }

    #[test]
    fn a_lock_file_names_no_registry() {
        let lock = |line: &str, findings: &mut Vec<String>| {
            registry_hosts(Path::new("a/package-lock.json"), line, &mut |what| findings.push(what));
        };
        assert_eq!(on_line(lock, "      \"resolved\": \"http://127.0.0.1/cors.tgz\","), 1);
        assert_eq!(on_line(lock, "      \"integrity\": \"sha512-…\","), 0);
        let list = |line: &str, findings: &mut Vec<String>| {
            registry_hosts(Path::new("requirements.txt"), line, &mut |what| findings.push(what));
        };
        assert_eq!(on_line(list, "--index-url http://127.0.0.1/"), 1);
        assert_eq!(on_line(list, "fastapi==0.1"), 0);
    }
}
