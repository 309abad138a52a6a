//! A policy of the configuration: its name, the policy itself, and the form of it that may be shown.
//!
//! The policy holds what variables supplied; what is shown has their names instead. Decides nothing.

use std::sync::Arc;

use corsac::{MaxAgeConfig, Policy, PolicyConfig};

use super::reader::Text;
use super::secret::hide_userinfo;

/// A policy, and what may be told of it.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    pub(super) name: Option<String>,
    pub(super) policy: Arc<Policy>,
    pub(super) written: Written,
}

/// The keys of a policy as they were written: with the names of variables in place of their values.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    pub(super) config: PolicyConfig,
    /// What variables made of an entry, and how the entry was written.
    hidden: Vec<(String, String)>,
}

impl NamedPolicy {
    /// Its name in the file; none for that of the flags.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Its keys as they were written, with the names of variables and never their values.
    #[must_use]
    pub fn written(&self) -> &PolicyConfig {
        &self.written.config
    }

    /// An entry of the policy as it was written.
    pub(crate) fn entry_as_written<'a>(&'a self, entry: &'a str) -> &'a str {
        let hidden = self.written.hidden.iter().find(|(value, _)| value == entry);
        hidden.map_or(entry, |(_, written)| written)
    }
}

impl Written {
    /// What was written without variables.
    pub(super) fn plainly(config: &PolicyConfig) -> Self {
        Self { config: config.clone(), hidden: Vec::new() }
    }

    /// Puts the entries of one key back into the form in which they were written.
    pub(super) fn restore(&mut self, key: &str, entries: &[Text]) {
        let config = &mut self.config;
        let list = match key {
            "allow_origins" => Some(&mut config.allow_origins),
            "allow_methods" => Some(&mut config.allow_methods),
            "allow_headers" => Some(&mut config.allow_headers),
            "expose_headers" => Some(&mut config.expose_headers),
            _ => None,
        };
        if let Some(list) = list {
            *list = entries.iter().map(|entry| hide_userinfo(entry.shown())).collect();
        } else if let (Some(path), [entry]) = (&mut config.allow_origins_file, entries)
            && key == "allow_origins_file"
        {
            *path = entry.shown().to_owned();
        } else if let (Some(MaxAgeConfig::Text(text)), [entry]) = (&mut config.max_age, entries)
            && key == "max_age"
        {
            *text = entry.shown().to_owned();
        }
        let supplied = entries.iter().filter(|entry| !entry.variables.is_empty());
        self.hidden.extend(supplied.map(|entry| (entry.value.clone(), entry.written.clone())));
    }
}
