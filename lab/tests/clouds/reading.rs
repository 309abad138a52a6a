//! Reads exported texts with what their users have: a parser of YAML and AWS's models of its services, and a shell.

use std::io::Write as _;
use std::process::{Command, Stdio};

use corsac_lab::Part;
use libtest_mimic::Failed;
use serde::Deserialize;
use serde_json::{Value, json};

/// What stands in each text, or why it cannot be read.
pub(crate) fn read(target: &str, texts: &[&str]) -> Result<Vec<Result<Value, Failed>>, Failed> {
    match target {
        "azure-storage" => Ok(texts.iter().map(|text| commands(text)).collect()),
        _ => configurations(target, texts),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answered {
    Read(Value),
    Error(String),
}

fn configurations(target: &str, texts: &[&str]) -> Result<Vec<Result<Value, Failed>>, Failed> {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("exports/clouds.py");
    let mut python = Command::new(Part::Botocore.program()?);
    python.arg(script).env("PYTHONDONTWRITEBYTECODE", "1");
    let mut python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = python.stdin.take().expect("it is piped");
    let asked: String =
        texts.iter().map(|text| format!("{}\n", json!({ "target": target, "text": text }))).collect();
    // Beside the reading, so that neither waits for the other's pipe.
    let writing = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = python.wait_with_output()?;
    writing.join().map_err(|_| "nobody wrote to Python")??;
    let lines = String::from_utf8(output.stdout)?;
    let read: Vec<Result<Value, Failed>> = lines
        .lines()
        .map(|line| match serde_json::from_str(line)? {
            Answered::Read(value) => Ok(value),
            Answered::Error(error) => Err(error.into()),
        })
        .collect();
    match read.len() == texts.len() {
        true => Ok(read),
        false => Err(format!("{} of {} texts were read", read.len(), texts.len()).into()),
    }
}

/// The words of each command, as a shell makes them: each ends with a nought, and a command with one more.
fn commands(text: &str) -> Result<Value, Failed> {
    let script = format!("set -u\naz() {{ printf '%s\\0' \"$@\"; printf '\\0'; }}\n{text}");
    let output = Command::new(Part::Shell.program()?).arg("-c").arg(script).output()?;
    let said = String::from_utf8(output.stdout)?;
    if !output.status.success() || !output.stderr.is_empty() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let commands: Vec<Vec<&str>> =
        said.split_terminator("\0\0").map(|command| command.split('\0').collect()).collect();
    Ok(json!(commands))
}
