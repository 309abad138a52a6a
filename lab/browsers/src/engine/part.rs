//! The programs that an engine takes, and where they are found.
//!
//! Installs nothing: that is `cargo xtask setup`.

use std::fmt;

/// A real part: something that `cargo test` alone does not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Chromium itself.
    Chromium,
    /// Its WebDriver.
    Chromedriver,
    /// Firefox, in its extended support release.
    Firefox,
    /// Python with the typelibs of WebKitGTK.
    WebkitGtk,
    /// The X server without a screen, which WebKitGTK needs.
    Xvfb,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Chromium => "Chromium (chromium, on the path)",
            Self::Chromedriver => "Chromium's driver (chromedriver, on the path)",
            Self::Firefox => "Firefox ESR (firefox-esr, on the path)",
            Self::WebkitGtk => "WebKitGTK (for Debian's own Python: python3-gi and gir1.2-webkit2-4.1)",
            Self::Xvfb => "Xvfb (on the path)",
        })
    }
}
