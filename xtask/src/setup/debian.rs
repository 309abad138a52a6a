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

/// A package the tests need.
struct Package {
    name: &'static str,
    /// Why, in half a sentence.
    why: &'static str,
    is_there: fn(&Path) -> bool,
}

const PACKAGES: &[Package] = &[
    Package {
        name: "nginx",
        why: "the lab runs its scenarios on the real one; the service is not started",
        is_there: |_| has_program("nginx"),
    },
    Package {
        name: "apache2-bin",
        why: "the lab runs exported policies on the real one; it brings no service",
        is_there: |_| has_program("apache2"),
    },
    Package {
        name: "haproxy",
        why: "the lab runs exported policies on the real one; the service is not started",
        is_there: |_| has_program("haproxy"),
    },
    Package {
        name: "caddy",
        why: "the lab runs exported policies on the real one; the service is not started",
        is_there: |_| has_program("caddy"),
    },
    Package {
        name: "puma",
        why: "the lab runs exported policies on Ruby's server; it brings no service",
        is_there: |_| Path::new("/usr/bin/puma").is_file(),
    },
    Package {
        name: "ruby-rack-cors",
        why: "the lab runs exported policies on the real one",
        is_there: |_| Path::new("/usr/lib/ruby/vendor_ruby/rack/cors.rb").is_file(),
    },
    Package { name: "golang-go", why: "the lab compiles exported policies", is_there: |_| has_program("go") },
    Package {
        name: "php-cli",
        why: "the lab reads exported policies with it",
        is_there: |_| has_program("php"),
    },
    Package {
        name: "golang-github-rs-cors-dev",
        why: "the lab runs exported policies on the real one",
        is_there: |_| Path::new("/usr/share/gocode/src/github.com/rs/cors/cors.go").is_file(),
    },
    Package {
        name: "curl",
        why: "it is the client that everybody has, and asks the gateway",
        is_there: |_| has_program("curl"),
    },
    Package {
        name: "python3-venv",
        why: "the FastAPI scenarios live in an environment of their own",
        is_there: super::python::can_make_environments,
    },
    Package {
        name: "chromium",
        why: "the lab holds Corsac's word against the real browser",
        is_there: |_| has_program("chromium"),
    },
    Package {
        name: "chromium-driver",
        why: "it takes Chromium its orders",
        is_there: |_| has_program("chromedriver"),
    },
    Package {
        name: "firefox-esr",
        why: "the lab holds Corsac's word against the real browser",
        is_there: |_| has_program("firefox-esr"),
    },
    Package {
        name: "xvfb",
        why: "WebKitGTK needs a screen, and this one needs no monitor",
        is_there: |_| has_program("Xvfb"),
    },
    Package {
        name: "python3-gi",
        why: "a small program in Debian's own Python drives WebKitGTK",
        is_there: |root| debian_python_has("import gi", root),
    },
    Package {
        name: "gir1.2-webkit2-4.1",
        why: "it is WebKitGTK, the third browser, and what Python must know of it",
        is_there: |root| debian_python_has("import gi; gi.require_version('WebKit2', '4.1')", root),
    },
];

/// Installs the Debian packages that are missing.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let mut missing = Vec::new();
    for Package { name, why, is_there } in PACKAGES {
        if is_there(root) {
            there_already(name);
        } else {
            missing.push((*name, *why));
        }
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
    for service in ["nginx", "haproxy", "caddy"] {
        if names.contains(&service) && Path::new("/run/systemd/system").is_dir() {
            CommandLine::new("systemctl", &["disable", "--quiet", service]).run(root)?;
        }
    }
    Ok(())
}

fn apt_get(arguments: &[&str]) -> CommandLine {
    CommandLine::new("apt-get", arguments).with("DEBIAN_FRONTEND", "noninteractive")
}

/// Debian's packages are for Debian's Python, which need not be the first on the path.
fn debian_python_has(imports: &str, root: &Path) -> bool {
    CommandLine::new("/usr/bin/python3", &["-c", imports]).succeeds(root)
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
