//! Corsac, as anybody builds and configures it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use corsac_lab::corsac_binary;
use tempfile::TempDir;

use super::{command_in, write};
use crate::Error;
use crate::cases::ORIGIN;

/// The binary of this checkout, built as a release is; by `cargo test`, as the tests have it.
pub(crate) fn build() -> Result<PathBuf, Error> {
    if cfg!(debug_assertions) {
        return Ok(corsac_binary()?);
    }
    let own = std::env::current_exe()?;
    let profile = own.parent().ok_or("this program is in no target folder")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // By itself, and not with the whole workspace: features that only others want are left out.
    cargo.args(["build", "--quiet", "--locked", "--release", "--package", "corsac-cli", "--bin", "corsac"]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    // What Cargo told this program of its own package would have build scripts run anew, and half of all be built.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|of| name.starts_with(of)))
        {
            cargo.env_remove(name);
        }
    }
    let status = cargo.status()?;
    if !status.success() {
        return Err("corsac does not build".into());
    }
    Ok(profile.join("corsac"))
}

/// The configuration; another `max_age` makes it another one.
pub(crate) fn configuration(
    listen: SocketAddr,
    admin: Option<SocketAddr>,
    upstream: SocketAddr,
    max_age: u64,
) -> String {
    let admin = admin.map(|admin| format!("admin = \"{admin}\"\n")).unwrap_or_default();
    format!(
        r#"listen = "{listen}"
{admin}
[policies.app]
allow_origins     = ["{ORIGIN}"]
allow_credentials = true
allow_methods     = ["PUT", "DELETE"]
allow_headers     = ["Content-Type", "Authorization"]
max_age           = {max_age}

[[routes]]
path     = "/api/"
upstream = "http://{upstream}"
policy   = "app"
"#
    )
}

pub(super) fn command(
    program: &Path,
    folder: &TempDir,
    listen: SocketAddr,
    admin: Option<SocketAddr>,
    upstream: SocketAddr,
) -> std::io::Result<Command> {
    let configuration = write(folder, "corsac.toml", &configuration(listen, admin, upstream, 600))?;
    let mut command = command_in(folder, program);
    // It takes as many workers as it may use cores: one. Requests are logged at `info`, and nobody else logs them.
    command.arg("serve").arg("--config").arg(configuration).env("RUST_LOG", "warn");
    Ok(command)
}
