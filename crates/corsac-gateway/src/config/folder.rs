//! A folder of files, and which paths below it lead out of it.
//!
//! Knows nothing of requests.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A folder whose files are served.
#[derive(Clone)]
pub struct Folder {
    path: PathBuf,
    shown: String,
}

impl Folder {
    /// `shown` is the path for people.
    pub(crate) fn new(path: PathBuf, shown: String) -> Self {
        Self { path, shown }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a path below it is still below it once every symbolic link is followed. Asked anew each time: what a
    /// link points to may change while the gateway runs, and so may the folder.
    ///
    /// # Errors
    ///
    /// Where there is no such file, or a link cannot be followed.
    pub(crate) fn contains(&self, below: &str) -> io::Result<bool> {
        let root = self.path.canonicalize()?;
        let found = root.join(below).canonicalize()?;
        let page = found.join("index.html");
        let page_stays = match page.canonicalize() {
            Ok(page) => page.starts_with(&root),
            // A folder without a page, or no folder.
            Err(_) => true,
        };
        Ok(found.starts_with(&root) && page_stays)
    }
}

/// The path; where a variable supplied a part of it, as it was written, with the variable's name.
impl fmt::Display for Folder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.shown, formatter)
    }
}
