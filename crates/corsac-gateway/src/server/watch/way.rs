//! The way to a file: every name in a folder whose change can make the path lead to something else.
//!
//! That is the file itself and each symbolic link before it. Kubernetes swaps such a link, and so do people who release
//! by link. Knows nothing of what the file holds.

use std::path::{Component, Path, PathBuf};

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// The links on the way, and what they lead to.
pub(super) fn to(path: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    let mut path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for _ in 0..MOST_LINKS {
        match first_link(&path) {
            Ok((link, target)) => {
                names.push(link);
                path = target;
            }
            Err(file) => {
                names.push(file);
                break;
            }
        }
    }
    names
}

/// The first link on the way and the path with it followed, or the path that has none.
fn first_link(path: &Path) -> Result<(PathBuf, PathBuf), PathBuf> {
    let mut before = PathBuf::new();
    let mut components = path.components();
    while let Some(component) = components.next() {
        match component {
            // There is no link in what is before it.
            Component::ParentDir => {
                before.pop();
            }
            component => before.push(component),
        }
        if let Ok(target) = std::fs::read_link(&before) {
            let folder = before.parent().unwrap_or(Path::new("/"));
            let target = folder.join(target).join(components.as_path());
            return Ok((before, target));
        }
    }
    Err(before)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::to;

    #[test]
    fn every_link_on_the_way_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        std::fs::create_dir_all(root.join("mount/..one")).expect("a folder");
        std::fs::write(root.join("mount/..one/corsac.toml"), "").expect("a file");
        symlink("..one", root.join("mount/..data")).expect("a link");
        symlink("..data/corsac.toml", root.join("mount/corsac.toml")).expect("a link");
        symlink("mount", root.join("current")).expect("a link");
        let found = to(&root.join("current/../current/corsac.toml"));
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(&root).expect("below").display().to_string()).collect();
        let expected = ["current", "current", "mount/corsac.toml", "mount/..data", "mount/..one/corsac.toml"];
        assert_eq!(names, expected);
    }

    #[test]
    fn links_in_a_circle_and_files_that_are_not_there_end_somewhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        symlink("two", root.join("one")).expect("a link");
        symlink("one", root.join("two")).expect("a link");
        assert!(to(&root.join("one")).iter().all(|path| path.parent() == Some(&root)));
        assert_eq!(to(&root.join("nothing/here")), [root.join("nothing/here")]);
    }
}
