//! The file: from bytes to entries, whatever state they are in.
//!
//! HAR has a specification, and every exporter its own reading of it: numbers as texts, lists that are absent, entries
//! within calls. The crates that parse HAR want all of it as specified, and one wrong field costs the whole file; so
//! the few fields that matter are read here, each of them optional. An entry is parsed by itself, and one that cannot
//! be read costs no other. A file that is cut off gives what it has.
//!
//! Knows nothing of CORS.
//! Spec: <http://www.softwareishard.com/blog/har-12-spec/>

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeSeed;

use super::document::{Document, Found};
use super::recording::{Damage, Recording};

/// Why a file is not a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotHar {
    /// There is nothing in it.
    Empty,
    /// It is compressed, or an archive.
    Compressed,
    /// It is no JSON from its beginning on: where, and what is wrong.
    NotJson(Damage),
    /// It is JSON, and has no list of entries.
    NoEntries,
}

impl NotHar {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Compressed => "unpack it first",
            _ => "export it from the network panel of the browser's developer tools (\"Save all as HAR\")",
        }
    }
}

impl fmt::Display for NotHar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(formatter, "is empty"),
            Self::Compressed => write!(formatter, "is compressed"),
            Self::NotJson(Damage { line, what, .. }) => {
                write!(formatter, "is no HAR: it is not JSON (line {line}: {what})")
            }
            Self::NoEntries => write!(formatter, "is no HAR: it is JSON, but has no `log` with `entries`"),
        }
    }
}

impl std::error::Error for NotHar {}

impl Recording {
    /// Reads a file.
    ///
    /// Damaged files are read as far as they go, and [`Recording::damage`] says so.
    ///
    /// ```
    /// use corsac_diagnosis::har::Recording;
    ///
    /// let text = r#"{ "log": { "creator": { "name": "Firefox" }, "entries": [
    ///     { "request": { "method": "GET", "url": "https://api.example/" }, "response": { "status": 200 } }, { "requ"#;
    /// let recording = Recording::read(text.as_bytes())?;
    /// assert_eq!(recording.len(), 1);
    /// assert!(recording.damage.is_some_and(|damage| damage.is_cut_off));
    /// # Ok::<(), corsac_diagnosis::har::NotHar>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotHar`], if nothing of it can be read as a recording.
    pub fn read(bytes: &[u8]) -> Result<Self, NotHar> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\x1f\x8b") {
            return Err(NotHar::Compressed);
        }
        let text = text(bytes);
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(NotHar::Empty);
        }
        let mut found = Found::default();
        let mut documents = serde_json::Deserializer::from_str(text);
        // hurl writes one document for each of its files.
        let outcome = loop {
            if let Err(error) = (Document { found: &mut found }).deserialize(&mut documents) {
                break Err(error);
            }
            if documents.end().is_ok() {
                break Ok(());
            }
        };
        let mut recording = found.recording;
        if let Err(error) = outcome {
            let damage = damage(&error);
            if !found.has_entries {
                return Err(NotHar::NotJson(damage));
            }
            recording.damage = Some(damage);
        }
        if !found.has_entries {
            return Err(NotHar::NoEntries);
        }
        Ok(recording)
    }
}

fn damage(error: &serde_json::Error) -> Damage {
    let what = error.to_string();
    // The place is told apart from what is wrong.
    let what = what.split(" at line ").next().unwrap_or_default().to_owned();
    Damage { is_cut_off: error.is_eof(), line: error.line(), what }
}

/// The bytes as text: UTF-8, or the UTF-16 that PowerShell writes.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |to_unit: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| to_unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => Cow::Owned(wide(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Cow::Owned(wide(u16::from_be_bytes)),
        _ => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str =
        r#"{"request":{"method":"GET","url":"https://a.example/"},"response":{"status":200}}"#;

    fn read(text: &str) -> Result<Recording, NotHar> {
        Recording::read(text.as_bytes())
    }

    #[test]
    fn what_is_no_recording_is_said_to_be_none() {
        assert_eq!(read("").err(), Some(NotHar::Empty));
        assert_eq!(read("\u{feff} \n").err(), Some(NotHar::Empty));
        assert_eq!(read("{}").err(), Some(NotHar::NoEntries));
        assert_eq!(read("[1, \"a\", null, true, 1.5, -3]").err(), Some(NotHar::NoEntries));
        assert_eq!(read("{\"log\": {\"version\": \"1.2\"}}").err(), Some(NotHar::NoEntries));
        assert!(matches!(read("<!doctype html>").err(), Some(NotHar::NotJson(Damage { line: 1, .. }))));
        assert_eq!(Recording::read(b"PK\x03\x04...").err(), Some(NotHar::Compressed));
    }

    #[test]
    fn depth_is_bounded() {
        assert!(matches!(read(&"[".repeat(100_000)).err(), Some(NotHar::NotJson(_))));
        let deep = format!("{{\"log\":{{\"entries\":[{}{}]}}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read(&deep).expect("a recording").skipped.len(), 1);
        let stack = format!("{}{}", "{\"parent\":".repeat(1000), "null") + &"}".repeat(1000);
        let text = format!(
            "{{\"log\":{{\"entries\":[{}]}}}}",
            ENTRY.replacen('{', &format!("{{\"_initiator\":{{\"stack\":{stack}}},"), 1)
        );
        assert_eq!(read(&text).expect("a recording").len(), 1);
    }

    #[test]
    fn a_broken_entry_costs_no_other() {
        let text =
            format!("{{\"log\":{{\"entries\":[{ENTRY},{{\"request\":{{\"url\":\"::\"}}}},7,{ENTRY}]}}}}");
        let recording = read(&text).expect("a recording");
        assert_eq!(recording.len(), 2);
        assert_eq!(recording.skipped.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_file_that_breaks_off_or_breaks_is_read_up_to_there() {
        let cut = read(&format!("{{\"log\":{{\"entries\":[{ENTRY},\n{{\"requ")).expect("a recording");
        let damage = cut.damage.as_ref().expect("it is cut off");
        assert_eq!((cut.len(), damage.is_cut_off, damage.line), (1, true, 2));
        let broken = read(&format!("{{\"log\":{{\"entries\":[{ENTRY},\n oops]}}}}")).expect("a recording");
        assert!(broken.damage.is_some_and(|damage| !damage.is_cut_off && damage.line == 2));
    }

    #[test]
    fn other_forms_are_read_too() {
        let wide: Vec<u8> = format!("\u{feff}{{\"log\":{{\"entries\":[{ENTRY}]}}}}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(Recording::read(&wide).expect("a recording").len(), 1);
        let calls = format!("{{\"entries\":[{{\"calls\":[{ENTRY},{ENTRY}]}}]}}");
        assert_eq!(read(&format!("{calls}\n{calls}\n")).expect("a recording").len(), 4);
        assert_eq!(read(&format!("[{{\"log\":{{\"entries\":[{ENTRY}]}}}}]")).expect("a recording").len(), 1);
    }
}
