//! Compiles a server in Rust: with the compiler itself, against the libraries that Cargo has compiled for the workspace.
//!
//! A package for each server would have Cargo look at all of them each time; so a server is a second's work.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use corsac_lab::Part;
use serde_json::Value;

use crate::folder;

/// What servers may name, beside `http`.
const NAMED: &[&str] = &["actix_cors", "actix_web", "axum", "serde_json", "tokio", "tower", "tower_http"];

/// Healthy servers, whose dependencies are those of all.
const EXAMPLES: [&str; 2] = ["tower-http", "actix-cors"];

/// Compiles `src/main.rs` of a folder, and says where the program is.
///
/// # Errors
///
/// What the compiler said, or Cargo.
pub(crate) fn compile(package: &Path) -> Result<PathBuf, String> {
    static LIBRARIES: OnceLock<Result<Libraries, String>> = OnceLock::new();
    let libraries = LIBRARIES.get_or_init(Libraries::ask).as_ref()?;
    let program = package.join("server");
    let mut compiler = libraries.compiler();
    compiler.arg("--extern").arg(as_extern("http", &libraries.http));
    // What is not in use any more once a source is mended is no fault of the printed lines.
    compiler.args(["--crate-name", "server", "--cap-lints", "allow"]);
    compiler.arg(package.join("src/main.rs")).arg("-o").arg(&program);
    output_of(&mut compiler)?;
    Ok(program)
}

/// The compiled libraries.
#[derive(Debug)]
struct Libraries {
    /// Where they and all that they depend on are.
    folder: PathBuf,
    /// Those that servers may name.
    named: Vec<(&'static str, PathBuf)>,
    /// axum's `http`, under a name of its own.
    http: PathBuf,
}

impl Libraries {
    /// Has Cargo compile what is not compiled yet, and say where everything is.
    fn ask() -> Result<Self, String> {
        let cargo = Part::Cargo.program().map_err(|missing| missing.to_string())?;
        let mut cargo = Command::new(cargo);
        // Chosen among the whole workspace, so that dependencies have the features they were built with already.
        cargo.args(["build", "--quiet", "--workspace", "--message-format=json"]).current_dir(folder());
        cargo.args(EXAMPLES.iter().flat_map(|name| ["--example", name]));
        let messages = output_of(&mut cargo)?;
        let mut named = Vec::new();
        for name in NAMED {
            named.push((*name, library(&messages, name)?));
        }
        let folder = named.first().and_then(|(_, path)| path.parent());
        let folder = folder.ok_or("Cargo names no folder")?.to_owned();
        let mut libraries = Self { folder, named, http: PathBuf::new() };
        libraries.http = libraries.http_of_axum().map_err(|error| error.to_string())??;
        Ok(libraries)
    }

    /// There are two of `http`, one of them for Actix Web's macros, and Cargo does not say which is whose: so it is what
    /// axum calls so.
    fn http_of_axum(&self) -> io::Result<Result<PathBuf, String>> {
        let test = env::current_exe()?;
        let place = test.ancestors().nth(3).unwrap_or(&self.folder).join("tmp/rust");
        fs::create_dir_all(&place)?;
        let source = place.join(format!("http-{}.rs", std::process::id()));
        let built = source.with_extension("rlib");
        fs::write(&source, "pub use axum::http::*;\n")?;
        let mut compiler = self.compiler();
        compiler
            .args(["--crate-type", "lib", "--crate-name", "http_of_axum"])
            .arg(&source)
            .arg("-o")
            .arg(&built);
        let said = output_of(&mut compiler);
        fs::remove_file(&source)?;
        if let Err(error) = said {
            return Ok(Err(error));
        }
        // In one step, whoever else does the same.
        let kept = place.join("libhttp_of_axum.rlib");
        fs::rename(&built, &kept)?;
        Ok(Ok(kept))
    }

    fn compiler(&self) -> Command {
        let mut compiler = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        compiler.args(["--edition", "2024", "-C", "debuginfo=0", "-C", "codegen-units=1"]);
        compiler.arg("-L").arg(format!("dependency={}", self.folder.display()));
        for (name, path) in &self.named {
            compiler.arg("--extern").arg(as_extern(name, path));
        }
        compiler
    }
}

fn as_extern(name: &str, path: &Path) -> String {
    format!("{name}={}", path.display())
}

/// Where the one library of that name is, by Cargo's messages.
fn library(messages: &str, name: &str) -> Result<PathBuf, String> {
    let mut found: Vec<PathBuf> = Vec::new();
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        if message["reason"] != "compiler-artifact" || message["target"]["name"] != name {
            continue;
        }
        let files = message["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str);
        found.extend(files.filter(|file| file.ends_with(".rlib")).map(PathBuf::from));
    }
    found.dedup();
    match &found[..] {
        [one] => Ok(one.clone()),
        [] => Err(format!("Cargo compiled no library `{name}`")),
        several => Err(format!("Cargo compiled more than one library `{name}`: {several:?}")),
    }
}

/// What a command wrote, where it ended well.
fn output_of(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(name: &str, file: &str) -> String {
        format!(
            "{{\"reason\":\"compiler-artifact\",\"target\":{{\"name\":\"{name}\"}},\"filenames\":[\"{file}\"]}}\n"
        )
    }

    #[test]
    fn a_library_is_found_where_there_is_one_of_its_name() {
        let messages = artifact("axum", "/d/libaxum-1.rlib") + &artifact("axum", "/d/libaxum-1.rmeta");
        assert_eq!(library(&messages, "axum"), Ok(PathBuf::from("/d/libaxum-1.rlib")));
        assert!(library(&messages, "tower").is_err_and(|error| error.contains("no library `tower`")));
        let two = messages + &artifact("axum", "/d/libaxum-2.rlib");
        assert!(library(&two, "axum").is_err_and(|error| error.contains("more than one")));
    }
}
