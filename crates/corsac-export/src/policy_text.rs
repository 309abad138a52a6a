//! A policy as a table of a configuration file: `[policies.NAME]`, with the keys in normal form.

use corsac::PolicyConfig;

use crate::quote;

/// The lines. `Err` where a key cannot be written, which no checked policy has.
pub(crate) fn table(name: &str, config: &PolicyConfig) -> Result<String, toml::ser::Error> {
    Ok(format!("[policies.{}]\n{}", key(name), toml::to_string(config)?))
}

/// A name as a key of TOML.
fn key(name: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let is_bare = !name.is_empty() && name.chars().all(bare);
    if is_bare { name.to_owned() } else { quote::string(name) }
}
