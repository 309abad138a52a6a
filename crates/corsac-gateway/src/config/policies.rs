//! `[policies.NAME]`: from a table to a policy of the engine.
//!
//! Reads the keys and finds the places; every rule is the engine's.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use corsac::{AdviceCode, FaultCode, MaxAgeConfig, Place as PolicyPlace, Policy, PolicyConfig};
use toml::de::{DeTable, DeValue};

use super::code::Code;
use super::finding::Severity;
use super::lint::Remark;
use super::named_policy::{NamedPolicy, Written};
use super::problem::Problem;
use super::reader::{Key, Reader, Text, Texts, Value};
use super::suggest::nearest;

/// The policies of a file, by name. One with faults has its name and nothing else, so that a route that uses it
/// is not called wrong as well.
pub(crate) struct Policies {
    by_name: HashMap<String, Entry>,
}

struct Entry {
    policy: Option<Arc<Policy>>,
    written: Written,
    place: Range<usize>,
    used: bool,
}

impl Policies {
    /// `folder` is what the paths of files of origins are relative to.
    pub(crate) fn read(reader: &mut Reader<'_>, value: Option<&Value<'_>>, folder: &Path) -> Self {
        let mut by_name = HashMap::new();
        let table = value
            .and_then(|value| reader.table(value, "`policies`", "[policies.app] above the policy's keys"));
        for (name, value) in table.into_iter().flatten() {
            let what = format!("The policy `{}`", name.get_ref());
            // A key of a policy, straight below `policies`: its name was forgotten.
            let forgotten = PolicyConfig::KEYS.contains(&name.get_ref().as_ref());
            let example = "[policies.app] above the policy's keys";
            let mut written = Written::default();
            reader.policy = Some(name.get_ref().to_string());
            let policy = match value.get_ref() {
                DeValue::Table(table) => read_policy(reader, name, table, folder, &mut written).map(Arc::new),
                _ if forgotten => {
                    let message = format!("`{}` stands in no policy.", name.get_ref());
                    reader.fault(
                        &name.span(),
                        Problem::new(Code::UnknownKey, message, format!("write {example}")),
                    );
                    None
                }
                _ => {
                    reader.wrong_type(value, &what, "a table", example);
                    None
                }
            };
            // What is no policy at all was reported as that.
            let used = !matches!(value.get_ref(), DeValue::Table(_));
            let entry = Entry { policy, written, place: name.span(), used };
            by_name.insert(name.get_ref().to_string(), entry);
            reader.policy = None;
        }
        Self { by_name }
    }

    /// The policy a route names. `Err` with the policy that was probably meant, where there is no such name.
    pub(crate) fn use_named(&mut self, name: &str) -> Result<Option<Arc<Policy>>, Option<String>> {
        let meant = match self.by_name.contains_key(name) {
            true => Some(name.to_owned()),
            false => nearest(name, self.names()).map(str::to_owned),
        };
        let Some(entry) = meant.as_ref().and_then(|meant| self.by_name.get_mut(meant)) else {
            self.use_unknown();
            return Err(None);
        };
        entry.used = true;
        if meant.as_deref() == Some(name) { Ok(entry.policy.clone()) } else { Err(meant) }
    }

    /// A route names a policy, and nobody can tell which: it may be any.
    pub(crate) fn use_unknown(&mut self) {
        for entry in self.by_name.values_mut() {
            entry.used = true;
        }
    }

    /// All names, in the order of the alphabet.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// Those without faults, in the order of the alphabet, as they may be shown.
    pub(crate) fn into_named(self) -> Vec<NamedPolicy> {
        let mut named: Vec<NamedPolicy> = self
            .by_name
            .into_iter()
            .filter_map(|(name, Entry { policy, written, .. })| {
                Some(NamedPolicy { name: Some(name), policy: policy?, written })
            })
            .collect();
        named.sort_by(|one, two| one.name.cmp(&two.name));
        named
    }

    pub(crate) fn advise_unused(&self, reader: &mut Reader<'_>) {
        for (name, entry) in self.by_name.iter().filter(|(_, entry)| !entry.used) {
            let message = format!("No route uses the policy `{name}`.");
            let help = format!("write policy = \"{name}\" in a route, or remove it");
            reader.policy = Some(name.clone());
            reader.advise(&entry.place, Problem::new(Code::PolicyUnused, message, help));
            reader.policy = None;
        }
    }
}

/// Where the parts of a policy stand.
struct Places {
    table: Range<usize>,
    keys: HashMap<&'static str, (Range<usize>, Vec<Text>)>,
    /// Keys that were reported already, and whose absence, or that of some of their entries, is no news.
    broken: HashSet<&'static str>,
}

/// Advice that looks at two keys: where the other one could not be read, it may be wrong.
const DEPENDENT: &[(AdviceCode, &[&str])] = &[
    (AdviceCode::DangerWithoutEffect, &["allow_origins", "allow_credentials"]),
    (AdviceCode::AnyHeaderWithoutAuthorization, &["allow_credentials"]),
    (AdviceCode::AnyOriginWithSecret, &["allow_origins", "allow_credentials"]),
    (AdviceCode::WwwMissing, &["allow_origins", "allow_origins_file"]),
];

impl Places {
    fn of(&self, place: PolicyPlace) -> (&Range<usize>, &[String]) {
        match self.keys.get(place.key) {
            None => (&self.table, &[]),
            Some((value, entries)) => match place.index.and_then(|index| entries.get(index)) {
                Some(entry) => (&entry.span, &entry.variables),
                None => (value, entries.first().map_or(&[], |entry| &entry.variables)),
            },
        }
    }

    /// Where an entry of a key stands; or the key's value, or the policy's name.
    fn of_entry(&self, key: Option<&str>, entry: Option<&str>) -> &Range<usize> {
        let Some((value, entries)) = key.and_then(|key| self.keys.get(key)) else { return &self.table };
        let own = entries.iter().find(|own| Some(&*own.value) == entry);
        own.map_or(value, |own| &own.span)
    }

    /// Whether a finding stands on what was read: in a list with holes, only what is said of one entry does.
    fn is_sound(&self, place: PolicyPlace) -> bool {
        !self.broken.contains(place.key) || (place.index.is_some() && self.keys.contains_key(place.key))
    }

    /// What is wrong, with line and value where it is in a file: the place shown is where the file is named.
    fn message<FindingCode>(&self, meaning: &str, found: &corsac::Finding<FindingCode>) -> String {
        match found.place.line {
            Some(line) => format!("Line {line} of the file, `{}`: {meaning}", found.value.escape_debug()),
            None => meaning.to_owned(),
        }
    }

    /// The engine's remedies repeat values, which the environment may have supplied: the one at fault, or another
    /// of its list.
    fn remedy(&self, remedy: &str, place: PolicyPlace) -> String {
        let (_, own) = self.of(place);
        let entries = self.keys.get(place.key).map_or(&[][..], |(_, entries)| entries);
        let repeated = entries
            .iter()
            .find(|entry| !entry.variables.is_empty() && remedy.contains(&entry.value))
            .map_or(&[][..], |entry| &entry.variables);
        match (own, repeated) {
            ([], []) => remedy.to_owned(),
            ([], variables) | (variables, _) => format!("look at what {} is set to", variables.join(" and ")),
        }
    }
}

fn read_policy(
    reader: &mut Reader<'_>,
    name: &Key<'_>,
    table: &DeTable<'_>,
    folder: &Path,
    written: &mut Written,
) -> Option<Policy> {
    let mut config = PolicyConfig::default();
    let mut places = Places { table: name.span(), keys: HashMap::new(), broken: HashSet::new() };
    for (key, value) in table {
        let Some(known) = PolicyConfig::KEYS.iter().copied().find(|known| *known == key.get_ref()) else {
            let elsewhere: &[(&[&str], &str)] = &[(super::keys::ROUTE, "a route, below [[routes]]")];
            places.broken.extend(reader.unknown_key(key, "a policy", PolicyConfig::KEYS, elsewhere));
            continue;
        };
        let Texts { read, whole } = read_key(reader, &mut config, known, value);
        if !whole {
            places.broken.insert(known);
        }
        if whole || !read.is_empty() {
            places.keys.insert(known, (value.span(), read));
        }
    }
    *written = Written::plainly(&config);
    for (key, (_, entries)) in &places.keys {
        written.restore(key, entries);
    }
    let shown = written.config.allow_origins_file.clone().unwrap_or_default();
    let inputs = &reader.inputs;
    let read = config.into_policy_reading(|path| inputs.read(folder.join(path), shown));
    let (faults, advice) = match &read {
        Ok(policy) => (&[][..], policy.advice()),
        Err(found) => (found.faults(), found.advice()),
    };
    let mut shown = Shown::default();
    for fault in faults.iter().filter(|fault| places.is_sound(fault.place) && shown.more(fault.place)) {
        let (span, _) = places.of(fault.place);
        let help = match fault.code {
            FaultCode::OriginsMissing => fault.remedy.clone(),
            _ => places.remedy(&fault.remedy, fault.place),
        };
        let message = places.message(fault.meaning(), fault);
        reader.add(Severity::Error, span, fault.code.as_str(), message, help);
    }
    let depends_on_broken = |code: AdviceCode| {
        let keys = DEPENDENT.iter().filter(|(dependent, _)| *dependent == code).flat_map(|(_, keys)| *keys);
        keys.into_iter().any(|key| places.broken.contains(key))
    };
    let mut shown_advice = Shown::default();
    for advice in advice.iter().filter(|advice| {
        let stands = places.is_sound(advice.place) && !depends_on_broken(advice.code);
        stands && shown_advice.more(advice.place)
    }) {
        let (span, _) = places.of(advice.place);
        let help = places.remedy(&advice.remedy, advice.place);
        let message = places.message(advice.meaning(), advice);
        let severity = if advice.code.is_question() { Severity::Note } else { Severity::Warning };
        reader.add(severity, span, advice.code.as_str(), message, help);
    }
    for (severity, left_out) in
        [(Severity::Error, shown.left_out), (Severity::Warning, shown_advice.left_out)]
    {
        if left_out > 0 {
            let (span, _) = places.of(PolicyPlace { key: ORIGINS_FILE, index: None, line: None });
            let message = format!("The file of origins has {left_out} more such lines.");
            reader.add(severity, span, Code::OriginsFile.as_str(), message, "mend those above first".into());
        }
    }
    if let (Ok(policy), Some(consultant)) = (&read, reader.consultant) {
        for Remark { severity, code, key, entry, message, help } in consultant(policy) {
            let span = places.of_entry(key, entry.as_deref());
            reader.add(severity, span, code.as_str(), message, help);
        }
    }
    read.ok()
}

/// Counts findings of lines: a file of a million origins may have as many.
#[derive(Default)]
struct Shown {
    lines: usize,
    left_out: usize,
}

impl Shown {
    fn more(&mut self, place: PolicyPlace) -> bool {
        let is_line = place.line.is_some();
        let left_out = is_line && self.lines == LINES_SHOWN;
        self.left_out += usize::from(left_out);
        self.lines += usize::from(is_line && !left_out);
        !left_out
    }
}

/// The key that names a file of origins.
const ORIGINS_FILE: &str = "allow_origins_file";

/// How many lines of one file are complained about one by one.
const LINES_SHOWN: usize = 20;

/// Reads one key into the configuration, and gives its entries with their places.
fn read_key(
    reader: &mut Reader<'_>,
    config: &mut PolicyConfig,
    key: &'static str,
    value: &Value<'_>,
) -> Texts {
    let all = |read: Vec<Text>| Texts { read, whole: true };
    let nothing = Texts { read: Vec::new(), whole: false };
    let what = format!("`{key}`");
    let list = match key {
        "allow_origins" => Some((&mut config.allow_origins, "allow_origins = [\"https://app.example\"]")),
        "allow_methods" => Some((&mut config.allow_methods, "allow_methods = [\"PUT\", \"DELETE\"]")),
        "allow_headers" => Some((&mut config.allow_headers, "allow_headers = [\"Content-Type\"]")),
        "expose_headers" => Some((&mut config.expose_headers, "expose_headers = [\"X-Request-Id\"]")),
        _ => None,
    };
    if let Some((list, example)) = list {
        let texts = reader.texts(value, &what, example);
        *list = texts.read.iter().map(|text| text.value.clone()).collect();
        return texts;
    }
    if key == ORIGINS_FILE {
        let Some(text) = reader.text(value, &what, "allow_origins_file = \"origins.txt\"") else {
            return nothing;
        };
        config.allow_origins_file = Some(text.value.clone());
        return all(vec![text]);
    }
    if key == "max_age" {
        if let DeValue::Integer(number) = value.get_ref() {
            let seconds = i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(i64::MAX);
            config.max_age = Some(MaxAgeConfig::Seconds(seconds));
            return all(Vec::new());
        }
        let DeValue::String(_) = value.get_ref() else {
            reader.wrong_type(value, &what, "seconds or a text", "max_age = 600 or max_age = \"24h\"");
            return nothing;
        };
        let Some(text) = reader.text(value, &what, "max_age = \"24h\"") else { return nothing };
        config.max_age = Some(MaxAgeConfig::Text(text.value.clone()));
        return all(vec![text]);
    }
    let switch = match key {
        "allow_credentials" => &mut config.allow_credentials,
        "refuse_disallowed" => &mut config.refuse_disallowed,
        "dangerously_allow_any_origin_with_credentials" => {
            &mut config.dangerously_allow_any_origin_with_credentials
        }
        "dangerously_allow_null_origin" => &mut config.dangerously_allow_null_origin,
        "dangerously_allow_insecure_origins_with_credentials" => {
            &mut config.dangerously_allow_insecure_origins_with_credentials
        }
        "dangerously_allow_public_suffixes_with_credentials" => {
            &mut config.dangerously_allow_public_suffixes_with_credentials
        }
        other => unreachable!("`{other}` is in PolicyConfig::KEYS and not read"),
    };
    let Some(boolean) = reader.boolean(value, &what) else { return nothing };
    *switch = boolean;
    all(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::Source;

    #[test]
    fn every_key_of_a_policy_is_read() {
        for key in PolicyConfig::KEYS {
            let text = format!("{key} = 1.5");
            let value = DeTable::parse(&text).expect("TOML");
            let mut reader = Reader::new(Source { name: "test", text: &text }, &|_| None);
            let value = value.get_ref().values().next().expect("a value");
            assert!(!read_key(&mut reader, &mut PolicyConfig::default(), key, value).whole, "{key}");
        }
    }
}
