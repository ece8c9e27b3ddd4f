//! `evipack check --watch`: the answer again each time something was saved.
//!
//! Owns which files are watched and when it is time to look again. Folders are watched and not
//! files: many editors save by writing a new file and renaming it over the old one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecursiveMode, Watcher};

use super::Args;
use crate::cli::output::{display_json, print, takes_escapes};
use crate::cli::{Format, Outcome, files, write};
use crate::diag::{Builtin, Diagnostic};
use crate::profile::assets;
use crate::{Checked, Checker};

/// A save makes several events; this long after the last one the file is taken as saved.
const QUIET: Duration = Duration::from_millis(8);
/// A profile that cannot be judged may be one that is still being written: so long is waited for the rest.
const REST: Duration = Duration::from_millis(50);
/// An empty one nearly always is: editors empty a file before they fill it.
const FILL: Duration = Duration::from_secs(1);
/// Clears the screen and what was scrolled out of it, and goes to its top.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J\u{1b}[3J";

type Events = Receiver<notify::Result<Event>>;

/// Checks until it is told to stop.
pub(super) fn run(checker: &mut Checker<'_>, args: &Args, profile: &Path) -> Outcome {
    write::remove_on_signal();
    let (sender, events) = channel();
    let watcher = notify::recommended_watcher(sender).map_err(|e| vec![unwatched(profile, &e)])?;
    let mut watch = Watch { watcher, folders: BTreeSet::new(), files: BTreeSet::new() };
    loop {
        let before = contents(&watch.files);
        let checked = files::checked_again(checker, profile);
        let names = checked.as_ref().map(named).unwrap_or_default();
        let is_new = watch.follow(profile, &names).map_err(|e| vec![unwatched(profile, &e)])?;
        // A file that was not watched yet, or is being written, may have changed since it was read: look again.
        if is_new
            || contents(&watch.files) != before
            || (checked.is_err() && watch.goes_on(&events, is_empty(profile)))
        {
            continue;
        }
        let answer = match &checked {
            Ok(checked) => args.answer(checked),
            Err(stopped) => args.answer_stopped(stopped),
        };
        show(args, &answer, watch.files.len())?;
        while contents(&watch.files) == before {
            watch.wait(&events);
        }
    }
}

/// The files that a profile names, if they lie in its folder.
fn named(checked: &Checked) -> Vec<String> {
    let all = assets::named(&checked.profile.source, &checked.profile.schema);
    all.into_iter().map(|a| a.name).filter(|n| assets::is_inside(n)).collect()
}

/// What is watched.
struct Watch<W: Watcher> {
    watcher: W,
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl<W: Watcher> Watch<W> {
    /// Watches the folders of the profile and of the files that it names, besides those of earlier looks;
    /// tells whether any file is new.
    fn follow(&mut self, profile: &Path, names: &[String]) -> notify::Result<bool> {
        let folder = files::folder(profile);
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let here = folder.canonicalize().unwrap_or(folder);
        let count = self.files.len();
        self.files.insert(here.join(profile.file_name().unwrap_or_default()));
        self.files.extend(names.iter().map(|name| here.join(name)));
        self.folders.retain(|folder| folder.is_dir());
        let wanted: Vec<PathBuf> = self.files.iter().filter_map(|f| nearest_folder(f)).collect();
        for folder in wanted {
            if self.folders.insert(folder.clone()) {
                self.watcher.watch(&folder, RecursiveMode::NonRecursive)?;
            }
        }
        Ok(self.files.len() > count)
    }

    /// Waits until something that is watched may have changed and has come to rest.
    fn wait(&self, events: &Events) {
        while events.recv().is_ok_and(|event| !self.concerns(event)) {}
        while !matches!(
            events.recv_timeout(QUIET),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)
        ) {}
    }

    /// Tells whether something that is watched changes at this very moment.
    fn goes_on(&self, events: &Events, is_empty: bool) -> bool {
        let until = Instant::now() + if is_empty { FILL } else { REST };
        while let Ok(event) = events.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if self.concerns(event) {
                return true;
            }
        }
        false
    }

    fn concerns(&self, event: notify::Result<Event>) -> bool {
        // What went wrong may have hidden a change: look again.
        let Ok(event) = event else { return true };
        let is_near = |p: &PathBuf| self.files.iter().any(|f| f.starts_with(p) || p.starts_with(f));
        !matches!(event.kind, EventKind::Access(_))
            && (event.paths.is_empty() || event.paths.iter().any(is_near))
    }
}

/// The folder of a file, or the nearest one above it that exists.
fn nearest_folder(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|p| p.is_dir()).map(Path::to_owned)
}

/// Tells whether a file is there with nothing in it.
fn is_empty(file: &Path) -> bool {
    file.metadata().is_ok_and(|m| m.len() == 0)
}

/// What stands in the watched files; a file that is not there has nothing.
fn contents(files: &BTreeSet<PathBuf>) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let most = assets::MAX_BYTES;
    files.iter().map(|f| (f.clone(), files::read(f, most).ok())).collect()
}

fn show(args: &Args, answer: &str, count: usize) -> Result<(), Vec<Diagnostic>> {
    if args.format == Format::Json {
        return print(&format!("{}\n", one_line(answer))).map(drop);
    }
    let files = if count == 1 { "1 file".into() } else { format!("{count} files") };
    let foot = format!("\nWatching {files}; Ctrl-C ends.\n");
    let clear = if takes_escapes(&std::io::stdout()) { CLEAR } else { "" };
    print(&format!("{clear}{answer}{foot}")).map(drop)
}

/// One answer a line, so that a program can read them one by one.
fn one_line(json: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(json).unwrap_or_default();
    display_json(&value.to_string())
}

fn unwatched(profile: &Path, error: &notify::Error) -> Diagnostic {
    let text = format!("the folder of `{}` cannot be watched: {error}", profile.display());
    Diagnostic::error(Builtin::FileUnreadable, text).hint("check without --watch")
}
