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

use corsac_browser::Browser;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::entry::Entry;

/// A recording: what a browser's developer tools wrote down.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Which program wrote it, in its own words, such as `Firefox 153.7.0`.
    pub creator: Option<String>,
    /// Which engine was recorded, where the file tells.
    pub engine: Option<Browser>,
    /// Entries that could not be read: the place in the file, counted from 0, and why.
    pub skipped: Vec<(usize, String)>,
    /// Where the file ends too early or is no JSON any more; what comes before was read.
    pub damage: Option<Damage>,
    pub(super) entries: Vec<Entry>,
    pub(super) pages: Vec<RecordedPage>,
}

/// Where reading had to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Whether the file just ends, as one that was cut off does.
    pub is_cut_off: bool,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

/// A page of the recording.
#[derive(Debug, Clone)]
pub(super) struct RecordedPage {
    pub(super) id: String,
    pub(super) title: String,
}

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

    /// How many entries were read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no entry was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the file must lack whatever was blocked: what WebKit's developer tools save has no failed calls, and
    /// theirs is a file without any failure.
    #[must_use]
    pub fn lacks_failures(&self) -> bool {
        self.engine == Some(Browser::Webkit) && self.entries.iter().all(|entry| entry.error.is_none())
    }

    /// Whether any entry has cookies or a token. Where none has, they may have been taken out before the file was
    /// passed on, so that their absence tells nothing.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        self.entries.iter().any(|entry| entry.has_credentials)
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

/// What was found so far. It outlives the parser's error, which is the point.
#[derive(Default)]
struct Found {
    recording: Recording,
    has_entries: bool,
    count: usize,
}

impl Found {
    fn add(&mut self, raw: &str) {
        let number = self.count;
        self.count += 1;
        match Entry::read(raw, number) {
            Ok(entries) => self.recording.entries.extend(entries),
            Err(why) => self.recording.skipped.push((number, why)),
        }
    }

    fn creator(&mut self, value: &Value) {
        let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, version) = (part("name"), part("version"));
        if self.recording.engine.is_none() {
            self.recording.engine = engine(name);
        }
        // The browser says more than the library that wrote the file.
        if !name.is_empty() && (self.recording.creator.is_none() || engine(name).is_some()) {
            self.recording.creator = Some(format!("{name} {version}").trim().to_owned());
        }
    }

    fn page(&mut self, value: &Value) {
        let part = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        if let (Some(id), Some(title)) = (part("id"), part("title")) {
            self.recording.pages.push(RecordedPage { id, title });
        }
    }
}

/// The engine that a program's name stands for.
fn engine(name: &str) -> Option<Browser> {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if name == "webinspector" || has(&["chrom", "edge"]) {
        Some(Browser::Chromium)
    } else if has(&["firefox"]) {
        Some(Browser::Firefox)
    } else if has(&["webkit", "safari"]) {
        Some(Browser::Webkit)
    } else {
        None
    }
}

/// A whole document: an object with `log`, one with `entries`, or a list of such.
struct Document<'a> {
    found: &'a mut Found,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with `log`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "log" => map.next_value_seed(Document { found: &mut *self.found })?,
                "entries" => map.next_value_seed(Entries { found: &mut *self.found })?,
                "creator" | "browser" => self.found.creator(&map.next_value()?),
                "pages" => {
                    let pages: Value = map.next_value()?;
                    pages.as_array().into_iter().flatten().for_each(|page| self.found.page(page));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Document { found: &mut *self.found })?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The list of entries.
struct Entries<'a> {
    found: &'a mut Found,
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.found.has_entries = true;
        while let Some(raw) = list.next_element_seed(Raw)? {
            self.found.add(raw.get());
        }
        Ok(())
    }
}

/// One value as it stands, borrowed from the file.
struct Raw;

impl<'de> DeserializeSeed<'de> for Raw {
    type Value = &'de RawValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'de RawValue, D::Error> {
        <&RawValue>::deserialize(deserializer)
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
