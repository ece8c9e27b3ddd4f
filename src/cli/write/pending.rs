//! Unfinished files and folders, and their removal when the program is told to stop.
//!
//! Owns the list of what is unfinished. Refuses to let a signal fall between making a file and
//! listing it, or into the middle of a rename: all of that happens under one lock.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The exit code after an interrupt: 128 and the number of SIGINT.
pub(crate) const STOPPED: u8 = 130;

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

/// Removes what is unfinished and ends the program when it is told to stop.
pub(crate) fn remove_on_signal() {
    on_signal(stop);
}

/// Raises a flag when the program is told to stop; when it is told again, it ends at once.
pub(crate) fn flag_on_signal(flag: &'static AtomicBool) {
    on_signal(|code| {
        if flag.swap(true, Ordering::Relaxed) {
            stop(code);
        }
    });
}

/// Calls back whenever the program is told to stop, with the exit code that shells expect: 128 and the signal's number.
#[cfg(unix)]
fn on_signal(told: impl Fn(i32) + Send + 'static) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    // Without a handler a signal still ends the program, and leaves only files under their telling names.
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || signals.forever().for_each(|signal| told(128 + signal)));
}

/// Calls back whenever the console tells the program to stop.
#[cfg(not(unix))]
fn on_signal(told: impl Fn(i32) + Send + 'static) {
    // A second handler in one process is a test's; the first one does the same.
    let _ = ctrlc::set_handler(move || told(STOPPED.into()));
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
        // Some systems remove a file only once nobody has it open, as the end of the program makes sure.
        let file = file.into_temp_path();
        let (tree, tree_entry) =
            Pending::begin(|| TempDir::new_in(folder.path()), TempDir::path).expect("a folder");
        fs::write(tree.path().join("x"), "x").expect("written");
        assert!(list().contains(&*file) && list().contains(tree.path()));
        remove(&[file.to_path_buf(), tree.path().to_owned()].into());
        assert_eq!(super::super::tests::names(folder.path()), [""; 0]);
        drop((file_entry, tree_entry));
        assert!(!list().contains(&*file) && !list().contains(tree.path()));
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
