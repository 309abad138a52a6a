//! A command line that can be run, and shown so that a person can repeat it.
//!
//! Does not know what the command is for.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// A command line, run from the workspace's folder unless it says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct CommandLine {
    variables: Vec<(&'static str, String)>,
    program: String,
    arguments: Vec<String>,
}

impl CommandLine {
    /// A program and its arguments.
    pub(crate) fn new(program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self { variables: Vec::new(), program: program.to_owned(), arguments }
    }

    /// With an environment variable.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(folder).stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it, its outputs being ours.
    pub(crate) fn run(&self, folder: &Path) -> Result<(), String> {
        let status = self.command(folder).status().map_err(|error| self.not_run(&error))?;
        self.judge(status)
    }

    /// Runs it in silence, and says whether it succeeded.
    pub(crate) fn succeeds(&self, folder: &Path) -> bool {
        let status = self.command(folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    /// Runs it; each line of its standard output goes to `each` as soon as it is there.
    pub(crate) fn run_by_line(&self, folder: &Path, mut each: impl FnMut(&str)) -> Result<(), String> {
        let mut child =
            self.command(folder).stdout(Stdio::piped()).spawn().map_err(|error| self.not_run(&error))?;
        let mut output = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
            line.clear();
        }
        self.judge(child.wait().map_err(|error| self.not_run(&error))?)
    }

    fn not_run(&self, error: &std::io::Error) -> String {
        format!("`{}` could not be run: {error}", self.program)
    }

    fn judge(&self, status: std::process::ExitStatus) -> Result<(), String> {
        if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", self.program)) }
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(formatter, "{name}={} ", quoted(value))?;
        }
        formatter.write_str(&self.program)?;
        for argument in &self.arguments {
            write!(formatter, " {}", quoted(argument))?;
        }
        Ok(())
    }
}

/// As a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_=./:,+@".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_a_shell_takes_it() {
        let line = CommandLine::new("cargo", &["doc", "--no-deps"]).with("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(line.to_string(), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps");
    }

    #[test]
    fn output_is_handed_on_by_line() {
        let mut lines = Vec::new();
        let line = CommandLine::new("printf", &["a\\nb"]);
        line.run_by_line(Path::new("."), |line| lines.push(line.to_owned())).expect("printf succeeds");
        assert_eq!(lines, ["a", "b"]);
    }

    #[test]
    fn a_failure_names_the_program() {
        let failed = CommandLine::new("false", &[]).run(Path::new("."));
        assert_eq!(failed, Err("`false` ended with exit status: 1".to_owned()));
        assert!(CommandLine::new("no-such-program", &[]).run(Path::new(".")).is_err());
    }
}
