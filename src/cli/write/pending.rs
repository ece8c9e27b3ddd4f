//! Unfinished files and folders, and their removal when the program is told to stop.
//!
//! Owns the list of what is unfinished. Refuses to let a signal fall between making a file and
//! listing it, or into the middle of a rename: all of that happens under one lock.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The entry of one unfinished file or folder; removes the entry, not the file.
#[derive(Debug)]
pub(super) struct Pending(PathBuf);

impl Pending {
    /// Makes something unfinished and lists it.
    pub(super) fn begin<T>(
        make: impl FnOnce() -> std::io::Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> std::io::Result<(T, Self)> {
        let mut list = list();
        let made = make()?;
        let path = path(&made).to_owned();
        list.insert(path.clone());
        Ok((made, Self(path)))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        list().remove(&self.0);
    }
}

/// Runs the rename that finishes something, undisturbed by signals, and takes it off the list.
pub(super) fn commit<T>(pending: Pending, rename: impl FnOnce() -> T) -> T {
    let result = undisturbed(rename);
    drop(pending);
    result
}

/// Runs a step inside an unfinished folder that a removal must not meet half-way.
pub(super) fn undisturbed<T>(step: impl FnOnce() -> T) -> T {
    let list = list();
    let result = step();
    drop(list);
    result
}

/// Removes what is unfinished and ends the program when it is told to stop, with 128 and the signal's number as exit
/// code, as shells expect.
#[cfg(unix)]
pub(crate) fn remove_on_signal() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    // Without a handler a signal still ends the program, and leaves only files under their telling names.
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            stop(128 + signal);
        }
    });
}

/// Removes what is unfinished and ends the program when the console tells it to stop.
#[cfg(not(unix))]
pub(crate) fn remove_on_signal() {
    // A second handler in one process is a test's; the first one does the same.
    let _ = ctrlc::set_handler(|| stop(130));
}

fn stop(code: i32) {
    let list = list();
    remove(&list);
    std::process::exit(code);
}

fn remove(paths: &BTreeSet<PathBuf>) {
    for path in paths {
        // Nobody is left to be told: what cannot be removed stays under its telling name.
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
}

fn list() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::{NamedTempFile, TempDir, tempdir};

    #[test]
    fn what_is_listed_is_removed() {
        let folder = tempdir().expect("a folder");
        let make_file = || NamedTempFile::new_in(folder.path());
        let (file, file_entry) = Pending::begin(make_file, NamedTempFile::path).expect("a file");
        let (tree, tree_entry) =
            Pending::begin(|| TempDir::new_in(folder.path()), TempDir::path).expect("a folder");
        fs::write(tree.path().join("x"), "x").expect("written");
        assert!(list().contains(file.path()) && list().contains(tree.path()));
        remove(&[file.path().to_owned(), tree.path().to_owned()].into());
        assert_eq!(super::super::tests::names(folder.path()), [""; 0]);
        drop((file_entry, tree_entry));
        assert!(!list().contains(file.path()) && !list().contains(tree.path()));
    }

    #[test]
    fn what_is_finished_is_off_the_list() {
        let folder = tempdir().expect("a folder");
        let (file, entry) =
            Pending::begin(|| NamedTempFile::new_in(folder.path()), NamedTempFile::path).expect("a file");
        let path = file.path().to_owned();
        let was_listed = commit(entry, || UNFINISHED.try_lock().is_err());
        assert!(was_listed, "the list is locked during the rename");
        assert!(!list().contains(&path));
    }
}
