//! The walk through a document: to the entries wherever they are, with everything found kept when the document breaks.
//!
//! Reads each entry as it stands, borrowed from the text, so that memory is taken for one at a time.

use std::fmt;

use corsac_browser::Browser;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::entry::Entry;
use super::recording::{RecordedPage, Recording};

/// What was found so far. It outlives the parser's error, which is the point.
#[derive(Default)]
pub(super) struct Found {
    pub(super) recording: Recording,
    pub(super) has_entries: bool,
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
pub(super) struct Document<'a> {
    pub(super) found: &'a mut Found,
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
