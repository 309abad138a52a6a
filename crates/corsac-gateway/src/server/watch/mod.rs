//! Watches the files of the configuration, and has it read again once they hold something else.
//!
//! Watches folders rather than files: what replaces a file by renaming, or by swapping a link, never touches the file
//! that was. Where the system tells nothing it looks by itself, now and then. Knows nothing of what the files hold.

mod way;

use std::collections::HashSet;
use std::convert::Infallible;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::reload::ReloadHandle;
use crate::config::InputFile;

/// How long nothing may happen before a file counts as written.
const QUIET: Duration = Duration::from_millis(100);

/// How long is waited for that.
const LONGEST: Duration = Duration::from_secs(2);

/// How often it looks by itself, where the system tells of changes: network file systems tell only some.
const SEEING: Duration = Duration::from_secs(30);

/// The same where it does not.
const BLIND: Duration = Duration::from_secs(2);

/// Watches until it is dropped.
pub(super) async fn run(reload: ReloadHandle) -> Infallible {
    let (sender, mut changes) = mpsc::channel(1);
    let mut watcher = Watcher::new(sender);
    loop {
        let reload = reload.clone();
        // Reading waits for disks, and a list of a million origins is a second's work.
        let looked = tokio::task::spawn_blocking(move || {
            watcher.look(&reload);
            watcher
        });
        // Only a fault of our own ends it early: then nothing is watched, and SIGHUP still works.
        let Ok(back) = looked.await else { std::future::pending().await };
        watcher = back;
        let interval = if watcher.sees_all { SEEING } else { BLIND };
        tokio::select! {
            _ = changes.recv() => settle(&mut changes).await,
            () = sleep(interval) => {}
        }
    }
}

/// Waits until nothing happens for a while.
async fn settle(changes: &mut mpsc::Receiver<()>) {
    let latest = Instant::now() + LONGEST;
    while Instant::now() < latest && timeout(QUIET, changes.recv()).await.is_ok() {}
}

/// What watches the folders.
struct Watcher {
    inner: Option<RecommendedWatcher>,
    folders: HashSet<PathBuf>,
    /// What in them is worth a look.
    names: Arc<Mutex<HashSet<OsString>>>,
    sees_all: bool,
}

impl Watcher {
    fn new(changes: mpsc::Sender<()>) -> Self {
        let names = Arc::new(Mutex::new(HashSet::<OsString>::new()));
        let wanted = Arc::clone(&names);
        let handler = move |event: notify::Result<notify::Event>| {
            let relevant = event.map_or(true, |event| {
                let wanted = wanted.lock().unwrap_or_else(PoisonError::into_inner);
                let is_wanted = |path: &PathBuf| path.file_name().is_none_or(|name| wanted.contains(name));
                changes_something(event.kind)
                    && (event.need_rescan() || event.paths.is_empty() || event.paths.iter().any(is_wanted))
            });
            if relevant {
                // Where one waits already, it stands for this one too.
                let _ = changes.try_send(());
            }
        };
        let inner = notify::recommended_watcher(handler)
            .inspect_err(
                |error| tracing::warn!(%error, "files cannot be watched, and are read every 2 seconds"),
            )
            .ok();
        Self { inner, folders: HashSet::new(), names, sees_all: false }
    }

    /// Has the configuration read again where a file has changed.
    fn look(&mut self, reload: &ReloadHandle) {
        // Watched first and read then, so that nothing happens in between unseen; and once more, since what was read
        // may name other files. Something that changes all the time is looked at again with the next event.
        for _ in 0..3 {
            self.follow(&reload.inputs());
            if reload.reload_if_changed().is_none() {
                return;
            }
        }
    }

    /// Watches the folders on the way to these files, and no others.
    fn follow(&mut self, inputs: &[InputFile]) {
        let names: Vec<PathBuf> = inputs.iter().flat_map(|input| way::to(input.path())).collect();
        let file_names = names.iter().filter_map(|path| path.file_name().map(OsString::from));
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = file_names.collect();
        let Some(watcher) = &mut self.inner else { return };
        // All of them anew: a folder that was removed and made again is another one.
        for folder in self.folders.drain() {
            let _ = watcher.unwatch(&folder);
        }
        let folders: HashSet<&Path> = names.iter().filter_map(|path| path.parent()).collect();
        self.sees_all = true;
        for folder in folders {
            match watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.folders.insert(folder.to_owned());
                }
                Err(error) => {
                    tracing::debug!(folder = %folder.display(), %error, "a folder cannot be watched");
                    self.sees_all = false;
                }
            }
        }
    }
}

/// Reading is no change, and this reads.
fn changes_something(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}
