//! Debian packages, by apt-get, as root.
//!
//! A package that brings a service is installed without starting it: a test must never take port 80.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{has_program, there_already};
use crate::command::CommandLine;
use crate::printer;

/// Installs the Debian packages that are missing.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let mut missing = Vec::new();
    if has_program("nginx") {
        there_already("nginx");
    } else {
        missing.push(("nginx", "the lab runs its scenarios on the real one; the service is not started"));
    }
    if super::python::can_make_environments(root) {
        there_already("python3-venv");
    } else {
        missing.push(("python3-venv", "the FastAPI scenarios live in an environment of their own"));
    }
    if missing.is_empty() {
        return Ok(());
    }
    for (package, why) in &missing {
        printer::note(&format!("{package}: installed by apt-get, because {why}."));
    }

    let names: Vec<&str> = missing.iter().map(|(package, _)| *package).collect();
    let install = apt_get(
        &[
            &["install", "--yes", "--quiet", "--no-install-recommends", "--option", "Dpkg::Use-Pty=0"],
            names.as_slice(),
        ]
        .concat(),
    );
    if !has_program("apt-get") {
        return Err(format!(
            "there is no apt-get here; install {} by hand, then run it again",
            names.join(" and ")
        ));
    }
    if !is_root() {
        return Err(format!("apt-get needs root: run `sudo {install}`, then run it again"));
    }
    apt_get(&["update", "--quiet", "--quiet"]).run(root)?;
    let services = Services::keep_stopped().map_err(|error| format!("/usr/sbin/policy-rc.d: {error}"))?;
    install.run(root)?;
    drop(services);
    if names.contains(&"nginx") && Path::new("/run/systemd/system").is_dir() {
        CommandLine::new("systemctl", &["disable", "--quiet", "nginx"]).run(root)?;
    }
    Ok(())
}

fn apt_get(arguments: &[&str]) -> CommandLine {
    CommandLine::new("apt-get", arguments).with("DEBIAN_FRONTEND", "noninteractive")
}

fn is_root() -> bool {
    // A process's own entry belongs to its effective user.
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// While this is held, Debian's packages start no service.
struct Services {
    /// The file that says so; none where the machine has one of its own, which is left as it is.
    policy: Option<PathBuf>,
}

impl Services {
    fn keep_stopped() -> io::Result<Self> {
        let policy = PathBuf::from("/usr/sbin/policy-rc.d");
        if policy.exists() {
            return Ok(Self { policy: None });
        }
        fs::write(&policy, "#!/bin/sh\nexit 101\n")?;
        let held = Self { policy: Some(policy.clone()) };
        fs::set_permissions(policy, fs::Permissions::from_mode(0o755))?;
        Ok(held)
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        if let Some(policy) = &self.policy {
            // If it cannot be removed now, it could not have been written before.
            let _ = fs::remove_file(policy);
        }
    }
}
