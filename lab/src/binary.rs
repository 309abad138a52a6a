//! Where the binaries of the workspace are, `corsac` above all, built if need be.
//!
//! They belong to other packages, so Cargo does not hand them to the lab's tests by itself.

use std::collections::HashMap;
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::folder;
use crate::process::run;

/// A whole build on a small machine, from nothing.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// A binary could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a binary of the workspace is not to be had: {0}")]
pub struct BuildError(String);

/// The path of the `corsac` binary, built once per test process, beside that process and in the same profile.
///
/// `CORSAC_BINARY` names another one, which is then taken as it is.
///
/// # Errors
///
/// If the build fails; the error has the compiler's words.
pub fn corsac_binary() -> Result<PathBuf, BuildError> {
    match env::var_os("CORSAC_BINARY") {
        Some(path) => Ok(path.into()),
        None => workspace_binary("corsac"),
    }
}

/// The path of any binary of the workspace, built once per test process, beside that process and in the same profile.
///
/// # Errors
///
/// If the build fails; the error has the compiler's words.
pub fn workspace_binary(name: &'static str) -> Result<PathBuf, BuildError> {
    type Built = Mutex<HashMap<&'static str, Result<PathBuf, BuildError>>>;
    static BUILT: OnceLock<Built> = OnceLock::new();
    let built = BUILT.get_or_init(Mutex::default);
    // Held for as long as it takes: Cargo would have the others wait too.
    let mut built = built.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry(name).or_insert_with(|| build(name)).clone()
}

fn build(name: &str) -> Result<PathBuf, BuildError> {
    let path = beside_this_test(name)?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Chosen among the whole workspace, so that dependencies have the features they were built with already.
    cargo.args(["build", "--quiet", "--workspace", "--bin", name]).current_dir(folder());
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = run(&mut cargo, PATIENCE).map_err(|error| BuildError(error.to_string()))?;
    if output.status != Some(0) {
        return Err(BuildError(output.stderr));
    }
    if !path.is_file() {
        return Err(BuildError(format!("the build left nothing at {}", path.display())));
    }
    Ok(path)
}

/// `target/PROFILE/NAME`, as seen from `target/PROFILE/deps/THIS-TEST`.
fn beside_this_test(name: &str) -> Result<PathBuf, BuildError> {
    let this = env::current_exe().map_err(|error| BuildError(error.to_string()))?;
    let profile = this.parent().and_then(|deps| deps.parent());
    let profile = profile.ok_or_else(|| BuildError(format!("{} is in no target folder", this.display())))?;
    Ok(profile.join(name).with_extension(env::consts::EXE_EXTENSION))
}
