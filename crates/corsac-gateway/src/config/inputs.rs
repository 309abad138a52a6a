//! The files that a configuration was read from, with a digest of what they held.
//!
//! Knows when one of them has changed, and nothing of what is in them. The digest is SHA-256, so that `sha256sum` of a
//! file tells whether a gateway runs with it.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

/// One file, and what it held; nothing where it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    path: PathBuf,
    /// The path for people: with the names of variables, and never their values.
    shown: String,
    digest: Option<Digest>,
    stamp: Option<Stamp>,
    /// It holds a value, of which nothing is shown: short ones can be found by their digest.
    is_value: bool,
}

/// The SHA-256 of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; SHA256_OUTPUT_LEN]);

impl InputFile {
    /// The path as the configuration has it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path for people.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What it held; nothing where it could not be read, and where it is kept secret.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.digest.filter(|_| !self.is_value)
    }

    /// Whether it holds something else by now.
    pub(crate) fn has_changed(&self) -> bool {
        let stamp = Stamp::of(&self.path);
        // Stamps can lie where two changes follow at once; a file this long takes longer to write.
        if stamp.as_ref().is_some_and(|stamp| stamp.length >= LONG) && stamp == self.stamp {
            return false;
        }
        std::fs::read(&self.path).ok().map(|bytes| Digest::of(&bytes)) != self.digest
    }
}

/// What the system says of a file without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

/// How long a file is that is not read where its stamp is the same: lists of origins may be of any length.
const LONG: u64 = 1024 * 1024;

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }
}

impl Digest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut output = [0; SHA256_OUTPUT_LEN];
        output.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(output)
    }
}

/// In the hexadecimal digits of `sha256sum`.
impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Collects the files while they are read.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    files: RefCell<Vec<InputFile>>,
}

impl Inputs {
    /// Reads a file. One that cannot be read is an input as well: it may be there tomorrow.
    pub(crate) fn read(&self, path: PathBuf, shown: String) -> io::Result<Vec<u8>> {
        self.read_as(path, shown, false)
    }

    /// The same for a file that holds a value, of which nothing is shown.
    pub(crate) fn read_value(&self, path: PathBuf, shown: String) -> io::Result<Vec<u8>> {
        self.read_as(path, shown, true)
    }

    fn read_as(&self, path: PathBuf, shown: String, is_value: bool) -> io::Result<Vec<u8>> {
        // Before it is read: what changes in between then differs.
        let stamp = Stamp::of(&path);
        let read = std::fs::read(&path);
        let digest = read.as_ref().ok().map(|bytes| Digest::of(bytes));
        let mut files = self.files.borrow_mut();
        if !files.iter().any(|file| file.path == path) {
            files.push(InputFile { path, shown, digest, stamp, is_value });
        }
        read
    }

    pub(crate) fn into_files(self) -> Vec<InputFile> {
        self.files.into_inner()
    }
}
