//! `${NAME}`: values that belong to the environment rather than to the file.
//!
//! `$${` stands for a plain `${`. Every variable of a text is looked at, so that all that are unset are reported.
//! Knows nothing of places; and puts no value of a variable into a message.

use std::ops::Range;

use super::code::Code;

/// Where the values come from: `std::env::var(name).ok()`, or a table in a test.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A text with its variables filled in.
#[derive(Debug, Default)]
pub(crate) struct Expanded {
    /// The text.
    pub(crate) text: String,
    /// The variables it took something from.
    pub(crate) variables: Vec<String>,
    /// What went wrong, at which bytes of the text as it was written.
    pub(crate) problems: Vec<(Code, Range<usize>, String)>,
}

/// Fills in the variables.
pub(crate) fn expand(written: &str, environment: Environment<'_>) -> Expanded {
    let mut expanded = Expanded::default();
    let mut rest = 0;
    while let Some(dollar) = written[rest..].find("${").map(|found| rest + found) {
        if dollar > rest && written.as_bytes()[dollar - 1] == b'$' {
            expanded.text.push_str(&written[rest..dollar - 1]);
            expanded.text.push_str("${");
            rest = dollar + 2;
            continue;
        }
        expanded.text.push_str(&written[rest..dollar]);
        let Some(length) = written[dollar..].find('}') else {
            let span = dollar..written.len();
            expanded.problems.push((Code::VariableSyntax, span, "The `${` is never closed.".into()));
            return expanded;
        };
        rest = dollar + length + 1;
        let name = &written[dollar + 2..rest - 1];
        let span = dollar..rest;
        if !is_name(name) {
            let message = format!("`{name}` is not the name of a variable.");
            expanded.problems.push((Code::VariableSyntax, span, message));
            continue;
        }
        match environment(name) {
            Some(value) => {
                if value.is_empty() {
                    let message = format!("The environment variable {name} is set to nothing.");
                    expanded.problems.push((Code::VariableEmpty, span, message));
                }
                expanded.text.push_str(&value);
                expanded.variables.push(name.to_owned());
            }
            None => {
                let message = format!("The environment variable {name} is not set.");
                expanded.problems.push((Code::VariableUnset, span, message));
            }
        }
    }
    expanded.text.push_str(&written[rest..]);
    expanded
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn variables_are_filled_in_and_escapes_are_kept() {
        let environment = |name: &str| (name == "KEY").then(|| "secret".to_owned());
        assert_eq!(expand("Bearer ${KEY}!", &environment).text, "Bearer secret!");
        assert_eq!(expand("$${KEY} $KEY $", &environment).text, "${KEY} $KEY $");
        assert_eq!(expand("${A}${B}", &environment).problems.len(), 2);
        assert_eq!(expand("${", &environment).problems.len(), 1);
        assert_eq!(expand("${9}", &environment).problems.len(), 1);
    }
}
