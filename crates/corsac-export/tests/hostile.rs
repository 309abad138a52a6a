//! Whoever reads an export is not fooled: whatever a policy's values and its name are, they stay where a harmless value would
//! stand, on their line and between its quotes, and nothing in the text is invisible or reads otherwise than it is.
//!
//! Each language's own rules are tested where its quoting is; this is what holds for every target.

use corsac::{Policy, PolicyConfig};
use corsac_export::{Context, Refusal, export, targets};

/// What ends comments, strings, blocks and tags somewhere, steers terminals, or turns text around.
const NAMES: &[&str] = &[
    "",
    " ",
    "a\nb",
    "a\r\nb",
    "a\u{85}b\u{2028}c\u{2029}d",
    "a */ b",
    "a --> b",
    "a ?> b <?php c",
    "a # b // c ; d",
    "a\"b'c`d",
    "a\\",
    "a\\n\\u000ab",
    "${a} #{b} {{c}} {%d%} $(e) <%= f %>",
    "a }\n} b",
    "]]>",
    "a\tb\u{b}c\u{c}d\0e\u{1b}[2Jf\u{7f}g",
    "\u{202e}elpmaxe\u{2066}\u{200b}\u{feff}",
    "'''",
    "\"\"\"",
    "\u{1f600}ünï",
    "---",
    "...",
    "a: b",
    "- a",
    "&a *b !c |d >e %f @g",
    "=begin\na\n=end",
    "__END__",
    "EOF",
    "a                                                                                                   b",
];

/// The letters of a token that are no letters: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>.
const TOKEN: &str = "!#$%&'*+-.^_`|~";

/// Every shape of origin that a policy takes.
const ORIGINS: &[&str] = &[
    "https://app.example",
    "http://localhost",
    "http://127.0.0.1:65535",
    "http://[::1]:1",
    "https://[2001:db8::8:800:200c:417a]",
    "https://xn--bcher-kva.example",
    "https://a_b.example",
    "https://app.example.",
    "https://0-0.a-.example:8443",
    "https://*.a_b.example:*",
    "https://*.xn--bcher-kva.example",
    "http://[::1]:*",
    "tauri://localhost",
    "web+app.x-y://host.name",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "capacitor://localhost:8080",
];

fn policy(change: impl FnOnce(&mut PolicyConfig)) -> Option<Policy> {
    let mut config = PolicyConfig {
        allow_origins: vec!["https://app.example".to_owned()],
        allow_methods: vec!["PUT".to_owned()],
        allow_headers: vec!["Content-Type".to_owned()],
        ..PolicyConfig::default()
    };
    change(&mut config);
    config.into_policy().ok()
}

/// A letter that is not shown, or turns others around. A policy may be named in any language.
fn unseen(text: &str) -> Option<char> {
    text.chars().find(|letter| !matches!(letter, ' '..='~' | '\n' | '\t') && !letter.is_alphanumeric())
}

/// Why a text may not read as it is.
fn looks_wrong(text: &str) -> Option<String> {
    if let Some(letter) = unseen(text) {
        return Some(format!("{letter:?} is in it"));
    }
    // Behind a gap that is wider than a screen, nobody reads on.
    let far = text.lines().find(|line| line.trim_start_matches([' ', '\t']).contains(&" ".repeat(60)));
    far.map(|line| format!("a gap is in {line:?}"))
}

/// Whether a text is the harmless one, save that `hostile` stands where `harmless` did, in whatever quoting.
fn stays_in_place(text: &str, benign: &str, harmless: &str) -> Result<(), String> {
    let (lines, benign): (Vec<&str>, Vec<&str>) = (text.lines().collect(), benign.lines().collect());
    if lines.len() != benign.len() {
        return Err(format!("{} lines instead of {}", lines.len(), benign.len()));
    }
    for (line, benign) in lines.into_iter().zip(benign) {
        if line == benign {
            continue;
        }
        let lower = benign.to_ascii_lowercase();
        let (Some(first), Some(last)) = (lower.find(harmless), lower.rfind(harmless)) else {
            return Err(format!("{line:?} instead of {benign:?}"));
        };
        // Some languages have several ways to write a text, and the harmless one may be another; and what is left of a name
        // as a variable's may be nothing.
        let one_quote = |text: &str| text.replace(['"', '`'], "'");
        let (line, before, after) =
            (one_quote(line), one_quote(&benign[..first]), one_quote(&benign[last + harmless.len()..]));
        let (before, after) = (before.trim_end_matches(['\'', '-', '_']), after.trim_start_matches('\''));
        if !line.starts_with(before) || !line.ends_with(after) || line.len() < before.len() + after.len() {
            return Err(format!("{line:?} where {benign:?} was"));
        }
    }
    Ok(())
}

#[test]
fn a_policys_name_stays_in_its_place() {
    let mut wrong = Vec::new();
    let policy = policy(|_| ()).expect("it is sound");
    for target in targets() {
        let named = |name: &str| {
            let context = Context { name: name.to_owned(), ..Context::default() };
            export(*target, &policy, &context).map(|exported| exported.text)
        };
        let Ok(benign) = named("harmless") else { continue };
        for name in NAMES {
            match named(name) {
                // In Corsac's own file it is a key, whatever it is.
                Ok(text) if target.name() == "corsac" => {
                    let why =
                        unseen(&text).or(stays_in_place(&text, &benign, "harmless").err().map(|_| '\n'));
                    wrong.extend(why.map(|why| format!("corsac, {name:?}: {why:?}")));
                }
                Ok(text) => {
                    // Java ends a line there, in a comment too.
                    let escape =
                        text.lines().find(|line| line.starts_with(target.comment()) && line.contains("\\u"));
                    wrong.extend(escape.map(|line| format!("{}, {name:?}: {line}", target.name())));
                    wrong.extend(looks_wrong(&text).map(|why| format!("{}, {name:?}: {why}", target.name())));
                    let stays = stays_in_place(&text, &benign, "harmless");
                    wrong.extend(stays.err().map(|why| format!("{}, {name:?}: {why}", target.name())));
                }
                Err(Refusal::Unwritable { .. }) => {}
                Err(refusal) => wrong.push(format!("{}, {name:?}: {refusal}", target.name())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The value of a key reads variables, and its key does not: the route would look for a policy that is not there.
#[test]
fn a_policys_name_is_no_variable() {
    let context = Context { name: "${HOME}".to_owned(), ..Context::default() };
    let target = targets().iter().find(|target| target.name() == "corsac").expect("it is a target");
    let exported = export(*target, &policy(|_| ()).expect("it is sound"), &context).expect("it can all");
    assert!(exported.text.contains("[policies.\"${HOME}\"]"), "{}", exported.text);
    assert!(exported.text.ends_with("policy = \"$${HOME}\"\n"), "{}", exported.text);
}

#[test]
fn names_of_headers_and_methods_stay_in_their_places() {
    type Put = fn(&mut PolicyConfig, String);
    let places: [(&str, Put); 3] = [
        ("allow_headers", |config, name| config.allow_headers.push(name)),
        ("expose_headers", |config, name| config.expose_headers.push(name)),
        ("allow_methods", |config, name| config.allow_methods.push(name)),
    ];
    let mut values: Vec<String> = TOKEN.chars().map(|letter| format!("x{letter}y")).collect();
    values.extend(TOKEN.chars().map(|letter| format!("{letter}{letter}")));
    values.extend([TOKEN.to_owned(), "x$request_id".into(), "x%ENV%".into(), "x'||'y".into(), "x'#y".into()]);
    let mut wrong = Vec::new();
    for target in targets() {
        for (place, put) in places {
            let with = |value: &str| {
                let policy = policy(|config| put(config, value.to_owned()))?;
                export(*target, &policy, &Context::default()).ok().map(|exported| exported.text)
            };
            for value in &values {
                // As long, so that what wraps lines wraps them alike.
                let harmless: String = "zqjvkxwzqjvkxwzqjvkxw".chars().take(value.len()).collect();
                // Where the target takes names from a list of its own, none of these is on it.
                let (Some(benign), Some(text)) = (with(&harmless), with(value)) else { continue };
                let about = || format!("{}, {place}, {value}", target.name());
                wrong.extend(looks_wrong(&text).map(|why| format!("{}: {why}", about())));
                let stays = stays_in_place(&text, &benign, &harmless);
                wrong.extend(stays.err().map(|why| format!("{}: {why}", about())));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn origins_of_every_shape_are_there_to_be_seen() {
    let mut wrong = Vec::new();
    for target in targets() {
        for origin in ORIGINS {
            let policy = policy(|config| config.allow_origins.push((*origin).to_owned()));
            let policy = policy.unwrap_or_else(|| panic!("{origin} is an origin"));
            let Ok(exported) = export(*target, &policy, &Context::default()) else { continue };
            let about = format!("{}, {origin}", target.name());
            wrong.extend(looks_wrong(&exported.text).map(|why| format!("{about}: {why}")));
            // Escaped or not, the letters are there, in their order.
            let host: String =
                origin.rsplit('/').next().unwrap_or_default().replace(['*', '[', ']', '.', ':'], "");
            let text: String = exported.text.replace(['\\', '[', ']', '.', ':'], "");
            if !text.contains(&host) {
                wrong.push(format!("{about}: it is not in the text"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stands for many names in the language of a target, and for one in a policy.
#[test]
fn a_star_in_a_name_never_stands_for_others() {
    const GLOBS: &[&str] = &["s3", "azure-storage", "gcs", "cloudfront", "aws-http-api"];
    for target in targets().iter().filter(|target| GLOBS.contains(&target.name())) {
        for name in ["x-*", "*-x", "x*y", "**"] {
            let policy = policy(|config| config.allow_headers.push(name.to_owned())).expect("it is sound");
            let exported = export(*target, &policy, &Context::default());
            assert!(exported.is_err(), "{}, {name}: {exported:?}", target.name());
        }
    }
}
