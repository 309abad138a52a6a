//! `cargo xtask setup`: brings what the tests need and Cargo does not, and nothing that is there already.
//!
//! One module per package manager; each says in one line what it does and why.

mod debian;
mod node;
mod python;

use std::env;
use std::fs;
use std::path::Path;

use crate::printer;
use crate::steps::Step;

/// Everything the tests need, as one step.
pub(crate) fn step(root: &Path) -> Step<'_> {
    Step {
        name: "setup",
        why: "what the tests need and Cargo does not bring",
        repeat: "cargo xtask setup".to_owned(),
        needed: true,
        action: Box::new(|| {
            debian::install(root)?;
            node::install(root)?;
            python::install(root)
        }),
    }
}

/// Whether a program is on the path, or in one of the folders where only root's path looks.
fn has_program(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.into_iter().any(|folder| folder.join(name).is_file())
}

fn there_already(what: &str) {
    printer::note(&format!("{what}: there already."));
}

/// A copy of the list that was installed, kept with what came of it, so that a changed list is noticed.
struct Stamp<'a> {
    list: &'a Path,
    copy: &'a Path,
}

impl Stamp<'_> {
    fn is_current(&self) -> bool {
        fs::read(self.list).is_ok_and(|list| fs::read(self.copy).is_ok_and(|copy| list == copy))
    }

    fn set(&self) -> Result<(), String> {
        let told = |error| format!("{} could not be written: {error}", self.copy.display());
        fs::copy(self.list, self.copy).map(drop).map_err(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_list_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (list, copy) = (folder.path().join("list"), folder.path().join("copy"));
        let stamp = Stamp { list: &list, copy: &copy };
        fs::write(&list, "express 5").expect("it can be written");
        assert!(!stamp.is_current());
        stamp.set().expect("it can be copied");
        assert!(stamp.is_current());
        fs::write(&list, "express 6").expect("it can be written");
        assert!(!stamp.is_current());
    }
}
