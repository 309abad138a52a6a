//! What a format says, on its way to a policy: the engine judges it, and its words are put where the format said so.

use std::collections::HashSet;

use corsac::{FaultCode, MaxAgeConfig, PolicyConfig};

use super::fault::Place;
use super::reader::{Entry, Reader};

/// What a policy has, and where that was said.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The configuration as a whole.
    pub(crate) place: Place,
    pub(crate) origins: Vec<Entry>,
    pub(crate) credentials: Option<(bool, Place)>,
    /// With the safelisted ones, where the format lists them.
    pub(crate) methods: Vec<Entry>,
    pub(crate) headers: Vec<Entry>,
    pub(crate) expose: Vec<Entry>,
    pub(crate) max_age: Option<(i64, Place)>,
    /// What is to be known, and changes nothing that is allowed.
    pub(crate) notes: Vec<String>,
}

/// What browsers never ask for: `#cors-safelisted-method`.
pub(crate) const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

impl Draft {
    pub(crate) fn at(place: Place) -> Self {
        let none = Vec::new;
        Self {
            place,
            origins: none(),
            credentials: None,
            methods: none(),
            headers: none(),
            expose: none(),
            max_age: None,
            notes: Vec::new(),
        }
    }

    /// What it says, wherever it was said.
    pub(crate) fn config(&self) -> PolicyConfig {
        let once = |entries: &[Entry]| {
            let mut seen = HashSet::new();
            let new = entries.iter().filter(|(text, _)| seen.insert(text.as_str()));
            new.map(|(text, _)| text.clone()).collect::<Vec<_>>()
        };
        let mut methods = once(&self.methods);
        methods.retain(|method| !SAFELISTED.contains(&&**method));
        PolicyConfig {
            allow_origins: once(&self.origins),
            allow_credentials: self.credentials.is_some_and(|(allowed, _)| allowed),
            allow_methods: methods,
            allow_headers: once(&self.headers),
            expose_headers: once(&self.expose),
            max_age: self.max_age.map(|(seconds, _)| MaxAgeConfig::Seconds(seconds)),
            ..PolicyConfig::default()
        }
    }

    /// Has the engine judge what it says.
    pub(crate) fn judge(&self, reader: &mut Reader) {
        if let Err(faults) = self.config().into_policy() {
            for fault in faults.faults() {
                let place = self.place_of(fault.place.key, &fault.value);
                let help = match fault.code {
                    FaultCode::OriginsMissing => "list the origins of your pages".to_owned(),
                    _ if fault.remedy.contains("dangerously_") => {
                        format!("{}; in a policy, that is for you to write by hand", fault.remedy)
                    }
                    _ => fault.remedy.clone(),
                };
                let message = match fault.value.is_empty() {
                    true => fault.meaning().to_owned(),
                    false => format!("`{}`: {}", fault.value.escape_debug(), fault.meaning()),
                };
                reader.fault(place, message, help);
            }
        }
    }

    /// Where a value of a key was said.
    fn place_of(&self, key: &str, value: &str) -> Place {
        let entries = match key {
            "allow_origins" => &self.origins,
            "allow_methods" => &self.methods,
            "allow_headers" => &self.headers,
            "expose_headers" => &self.expose,
            "allow_credentials" => return self.credentials.map_or(self.place, |(_, place)| place),
            "max_age" => return self.max_age.map_or(self.place, |(_, place)| place),
            _ => return self.place,
        };
        let own = entries.iter().find(|(text, _)| text == value).or(entries.first());
        own.map_or(self.place, |(_, place)| *place)
    }
}
