//! `${NAME}` and `${file:PATH}`: values that belong to the environment, or to a file of their own, rather than to the
//! file they are used in.
//!
//! `$${` stands for a plain `${`. Every variable of a text is looked at, so that all that are unset are reported.
//! Knows nothing of places; and puts no value of a variable into a message.

use std::ops::Range;

use super::code::Code;

/// Where the values come from: `std::env::var(name).ok()`, or a table in a test.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What is in a file, or what is wrong with it.
pub(crate) type Files<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// What stands before the path of a file.
pub(crate) const FILE: &str = "file:";

/// A text with its variables filled in.
#[derive(Debug, Default)]
pub(crate) struct Expanded {
    /// The text.
    pub(crate) text: String,
    /// The variables it took something from; files with what stands before their paths.
    pub(crate) variables: Vec<String>,
    /// What went wrong, at which bytes of the text as it was written.
    pub(crate) problems: Vec<(Code, Range<usize>, String)>,
}

/// Fills in the variables.
pub(crate) fn expand(written: &str, environment: Environment<'_>, files: Files<'_>) -> Expanded {
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
        if let Some(path) = name.strip_prefix(FILE) {
            match files(path) {
                Ok(value) => expanded.take(name, &value, span),
                Err(message) => expanded.problems.push((Code::ValueFileUnreadable, span, message)),
            }
            continue;
        }
        if !is_name(name) {
            let message = format!("`{name}` is not the name of a variable.");
            expanded.problems.push((Code::VariableSyntax, span, message));
            continue;
        }
        match environment(name) {
            Some(value) => expanded.take(name, &value, span),
            None => {
                let message = format!("The environment variable {name} is not set.");
                expanded.problems.push((Code::VariableUnset, span, message));
            }
        }
    }
    expanded.text.push_str(&written[rest..]);
    expanded
}

impl Expanded {
    /// Fills in a value.
    fn take(&mut self, name: &str, value: &str, span: Range<usize>) {
        if value.is_empty() {
            let message = match name.strip_prefix(FILE) {
                Some(path) => format!("There is nothing in the file {path}."),
                None => format!("The environment variable {name} is set to nothing."),
            };
            self.problems.push((Code::VariableEmpty, span, message));
        }
        self.text.push_str(value);
        self.variables.push(name.to_owned());
    }
}

/// Where to look for what is wrong with a value that is not shown.
pub(crate) fn places(variables: &[String]) -> String {
    let (files, names): (Vec<&str>, Vec<&str>) =
        variables.iter().map(String::as_str).partition(|name| name.starts_with(FILE));
    let names = (!names.is_empty()).then(|| format!("what {} is set to", names.join(" and ")));
    let files = files.iter().map(|name| format!("what is in {}", &name[FILE.len()..]));
    names.into_iter().chain(files).collect::<Vec<_>>().join(" and ")
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::{expand, places};

    #[test]
    fn variables_are_filled_in_and_escapes_are_kept() {
        let environment = |name: &str| (name == "KEY").then(|| "secret".to_owned());
        let files = |path: &str| match path {
            "a/b c" => Ok("filed".to_owned()),
            _ => Err("There is no such file.".to_owned()),
        };
        let expand = |written: &str| expand(written, &environment, &files);
        assert_eq!(expand("Bearer ${KEY}!").text, "Bearer secret!");
        assert_eq!(expand("$${KEY} $KEY $").text, "${KEY} $KEY $");
        assert_eq!(expand("${A}${B}").problems.len(), 2);
        assert_eq!(expand("${").problems.len(), 1);
        assert_eq!(expand("${9}").problems.len(), 1);
        let both = expand("${KEY} ${file:a/b c} $${file:x}");
        assert_eq!(both.text, "secret filed ${file:x}");
        assert_eq!(places(&both.variables), "what KEY is set to and what is in a/b c");
        assert_eq!(expand("${file:nothing}").problems.len(), 1);
    }
}
