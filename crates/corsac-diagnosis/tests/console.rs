//! Console messages read back: what the real browsers printed in the lab, and older wordings with noise around them.

use std::collections::{BTreeMap, BTreeSet};

use corsac_browser::Browser;
use corsac_diagnosis::console::{self, Message, Settles};
use serde::Deserialize;

/// Lines that a real browser printed about calls that failed, and how they failed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    failures: Vec<String>,
    lines: Vec<String>,
}

#[derive(Deserialize)]
struct Real {
    version: String,
    case: Vec<Printed>,
}

/// Failures of which an engine prints nothing that could be told from another's lines.
fn is_silent(engine: &str, failure: &str) -> bool {
    match failure {
        "redirect-mode-error" | "no-cors-redirect-mode" => engine != "webkit",
        "bad-port" => true,
        _ => false,
    }
}

#[test]
fn everything_the_real_browsers_printed_is_recognised() {
    let mut differences = Vec::new();
    for engine in ["chromium", "firefox", "webkit"] {
        let real: Real = corsac_vectors::read(format!("console/real_{engine}.toml").as_ref());
        let judged: Browser = engine.parse().expect("an engine");
        let collect = format!(
            "cargo xtask lab browsers --engine {engine} --handwritten --console vectors/console/real_{engine}.toml"
        );
        assert_eq!(
            Some(real.version.as_str()),
            judged.version(),
            "the lines are another version's: {collect}"
        );
        assert!(real.case.len() > 250, "{engine}: only {} entries", real.case.len());
        for printed in real.case {
            let text = printed.lines.join("\n");
            let messages = console::read(&text);
            for line in console::unread(&text) {
                differences.push(format!("{engine}: {:?} is not understood: {line}", printed.failures));
            }
            let mut read = BTreeSet::new();
            for message in &messages {
                if message.source.as_str() != engine {
                    differences.push(format!("{engine}: taken for {:?}: {text}", message.source));
                }
                let ids: Vec<String> = message.failures.iter().map(ToString::to_string).collect();
                if !ids.is_empty() && !ids.iter().any(|id| printed.failures.contains(id)) {
                    differences
                        .push(format!("{engine}: {:?} read as {ids:?}: {}", printed.failures, message.text));
                }
                read.extend(ids);
            }
            // Of several calls, the lines of one may be taken for another's.
            let is_alone = printed.failures.len() == 1;
            if !is_alone && !printed.failures.iter().any(|failure| read.contains(failure)) {
                differences.push(format!("{engine}: none of {:?} read: {text}", printed.failures));
            }
            for failure in printed.failures.iter().filter(|_| is_alone) {
                if !read.contains(failure) && !is_silent(engine, failure) {
                    differences.push(format!("{engine}: {failure} not among {read:?}: {text}"));
                }
            }
        }
    }
    corsac_vectors::assert_none(&differences);
}

/// A text as somebody pastes it, and what must be read in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pasted {
    id: String,
    /// Where the wording is from.
    #[serde(default)]
    #[expect(dead_code, reason = "said to people")]
    note: String,
    text: String,
    reads: Vec<Reads>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reads {
    engine: String,
    #[serde(default)]
    older: bool,
    failures: Vec<String>,
    /// Not looked at where absent.
    causes: Option<Vec<String>>,
    values: BTreeMap<String, String>,
    #[serde(default = "once")]
    count: usize,
    /// The command that settles it; not looked at where absent.
    command: Option<String>,
    /// Words of where to look instead of a command.
    look: Option<String>,
    /// Words of notes.
    #[serde(default)]
    notes: Vec<String>,
}

fn once() -> usize {
    1
}

impl Reads {
    /// Where it is read otherwise.
    fn compare(&self, message: &Message) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, found: String, wanted: String| {
            if found != wanted {
                differences.push(format!("{what} {found} instead of {wanted}"));
            }
        };
        let ids = |ids: &[String]| ids.join(" ");
        let failures: Vec<String> = message.failures.iter().map(ToString::to_string).collect();
        let causes: Vec<String> = message.causes.iter().map(ToString::to_string).collect();
        let values: BTreeMap<String, String> =
            message.values.iter().map(|(slot, value)| (slot.as_str().to_owned(), value.to_owned())).collect();
        compare("engine", message.source.as_str().to_owned(), self.engine.clone());
        compare("older", message.older.is_some().to_string(), self.older.to_string());
        compare("count", message.count.to_string(), self.count.to_string());
        compare("failures", ids(&failures), ids(&self.failures));
        compare("values", format!("{values:?}"), format!("{:?}", self.values));
        if let Some(wanted) = &self.causes {
            compare("causes", ids(&causes), ids(wanted));
        }
        let (line, look) = match &message.settles {
            Settles::Command(command) => (command.line.as_str(), ""),
            Settles::Look(look) => ("", *look),
        };
        if let Some(command) = &self.command {
            compare("command", line.to_owned(), command.clone());
        }
        if let Some(words) = &self.look
            && !look.contains(words.as_str())
        {
            differences.push(format!("looks not at {words:?}: {look}{line}"));
        }
        for words in &self.notes {
            if !message.notes.iter().any(|note| note.contains(words.as_str())) {
                differences.push(format!("no note with {words:?}: {:?}", message.notes));
            }
        }
        differences
    }
}

#[test]
fn what_people_paste_is_read() {
    let mut differences = Vec::new();
    for pasted in corsac_vectors::read::<Cases>("console/pasted.toml".as_ref()).case {
        let messages = console::read(&pasted.text);
        if messages.len() != pasted.reads.len() {
            differences.push(format!("{}: {} messages: {messages:#?}", pasted.id, messages.len()));
            continue;
        }
        for (message, reads) in messages.iter().zip(&pasted.reads) {
            differences.extend(reads.compare(message).iter().map(|what| format!("{}: {what}", pasted.id)));
        }
    }
    corsac_vectors::assert_none(&differences);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Pasted>,
}

/// Noise of any kind, in front, between and behind, changes nothing about what is read.
#[test]
fn noise_around_a_message_changes_nothing() {
    let noise =
        ["\u{feff}", "app.js:7:12 ", "VM1:3\n", "{\"level\":\"error\"}\n", "💥 ", "\t[Error]\t", "null\r\n"];
    let mut differences = Vec::new();
    for pasted in corsac_vectors::read::<Cases>("console/pasted.toml".as_ref()).case {
        let calm = console::read(&pasted.text);
        for (index, before) in noise.iter().enumerate() {
            let after = noise[(index + 3) % noise.len()];
            let text = format!("{before}{}\n{after}", pasted.text.trim_start());
            let ids = |messages: &[Message]| -> Vec<_> {
                messages.iter().map(|message| (message.failures.clone(), message.values.clone())).collect()
            };
            if ids(&console::read(&text)) != ids(&calm) {
                differences.push(format!("{}: with {before:?} before and {after:?} behind", pasted.id));
            }
        }
    }
    corsac_vectors::assert_none(&differences);
}

/// Lines that are no longer than that, broken between words.
fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    for line in text.lines() {
        let mut column = 0;
        for word in line.split_whitespace() {
            if column > 0 && column + word.len() >= width {
                wrapped.push('\n');
                column = 0;
            } else if column > 0 {
                wrapped.push(' ');
            }
            wrapped.push_str(word);
            column += word.len() + 1;
        }
        wrapped.push('\n');
    }
    wrapped
}

#[test]
fn lines_may_be_broken_anywhere_between_words() {
    let mut differences = Vec::new();
    let real = ["chromium", "firefox", "webkit"]
        .iter()
        .flat_map(|engine| corsac_vectors::read::<Real>(format!("console/real_{engine}.toml").as_ref()).case);
    let pasted = corsac_vectors::read::<Cases>("console/pasted.toml".as_ref()).case;
    let texts =
        real.map(|printed| printed.lines.join("\n")).chain(pasted.into_iter().map(|pasted| pasted.text));
    for text in texts {
        let ids = |text: &str| -> Vec<_> {
            console::read(text).into_iter().map(|message| (message.failures, message.count)).collect()
        };
        let whole = ids(&text);
        // What quotes a line stands at its beginning.
        for width in [40, 80].into_iter().filter(|_| !text.contains("> ")) {
            if ids(&wrapped(&text, width)) != whole {
                differences.push(format!("at {width}: {text}"));
            }
        }
    }
    corsac_vectors::assert_none(&differences);
}

/// Whatever is pasted, it is read to its end, and soon: nothing is looked for twice in the same place.
#[test]
fn hostile_text_is_read_to_its_end() {
    for piece in [
        "Access to fetch at 'https://a",
        "Access to fetch at 'a' from origin 'b' has been blocked by CORS policy: ",
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ",
        "XMLHttpRequest cannot load ",
        "net::ERR_FAILED ",
        "'\"`‘’",
        "\n> > > ",
        "é\u{301}\u{200b}",
    ] {
        let text = piece.repeat(2_000);
        assert!(console::read(&text).len() <= 2_000);
    }
}
