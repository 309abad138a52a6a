//! The programs that an engine takes, and where they are found.
//!
//! Installs nothing: that is `cargo xtask setup`.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use corsac_browser::Browser;

use super::EngineError;

/// A real part: something that `cargo test` alone does not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Chromium itself.
    Chromium,
    /// Its WebDriver.
    Chromedriver,
    /// Firefox, in its extended support release.
    Firefox,
    /// Debian's own Python with its bindings of WebKitGTK.
    WebkitGtk,
    /// The X server without a screen, which WebKitGTK needs.
    Xvfb,
}

impl Part {
    /// What a browser takes to run.
    #[must_use]
    pub fn of(browser: Browser) -> &'static [Self] {
        match browser {
            Browser::Chromium => &[Self::Chromium, Self::Chromedriver],
            Browser::Firefox => &[Self::Firefox],
            Browser::Webkit => &[Self::Xvfb, Self::WebkitGtk],
            _ => &[],
        }
    }

    /// The program that runs the part.
    ///
    /// # Errors
    ///
    /// [`EngineError::Missing`], if the program or what it needs is not there.
    pub fn program(self) -> Result<PathBuf, EngineError> {
        let found = match self {
            Self::Chromium => on_path("chromium"),
            Self::Chromedriver => on_path("chromedriver"),
            Self::Firefox => on_path("firefox-esr"),
            // Not the first Python on the path: Debian's bindings are for Debian's Python.
            Self::WebkitGtk => Some(PathBuf::from("/usr/bin/python3")).filter(|python| has_webkit(python)),
            Self::Xvfb => on_path("Xvfb"),
        };
        found.ok_or(EngineError::Missing { part: self, how_to_get: "cargo xtask setup" })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Chromium => "Chromium (chromium, on the path)",
            Self::Chromedriver => "Chromium's driver (chromedriver, on the path)",
            Self::Firefox => "Firefox ESR (firefox-esr, on the path)",
            Self::WebkitGtk => "WebKitGTK (python3-gi and gir1.2-webkit2-4.1, for /usr/bin/python3)",
            Self::Xvfb => "Xvfb (on the path)",
        })
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn has_webkit(python: &Path) -> bool {
    let asked = "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('WebKit2', '4.1')";
    Command::new(python)
        .args(["-c", asked])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
