//! Writing to the disk: all or nothing.
//!
//! Owns the way from bytes to a finished file or folder: beside the target, flushed, then renamed.
//! Refuses to leave half a file, and to write over what it cannot have made.

mod pending;
mod tree;

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{self, Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::files::{in_words, is_maybe_open};
use crate::diag::{Builtin, Diagnostic, Place};
use pending::Pending;
pub(super) use pending::{STOPPED, flag_on_signal, remove_on_signal};
pub(super) use tree::write_tree;

/// What the names of unfinished files and folders begin with.
const UNFINISHED: &str = ".evipack-";

/// Tells early whether a file can be written, before any long work.
pub(super) fn check_target(target: &Path) -> Result<(), Diagnostic> {
    let (_, unfinished) = begin(target)?;
    drop(unfinished);
    Ok(())
}

/// Writes a whole file, or leaves what was there before.
pub(super) fn write_atomically(target: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    write_atomically_with(target, |out| out.write_all(bytes))
}

/// Writes a whole file piece by piece, or leaves what was there before.
pub(super) fn write_atomically_with(
    target: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let (place, mut unfinished) = begin(target)?;
    fill(&mut unfinished.0, write).map_err(|e| failed(target, &e))?;
    pending::commit(unfinished.1, || unfinished.0.persist(&place)).map_err(|e| failed(target, &e.error))?;
    flush(parent(&place)).map_err(|e| failed(target, &e))
}

/// Writes a file that must not be there yet; folders on the way are made.
pub(super) fn write_new(target: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    fs::create_dir_all(parent(target)).map_err(|e| failed(parent(target), &e))?;
    let (place, mut unfinished) = begin(target)?;
    fill(&mut unfinished.0, |out| out.write_all(bytes)).map_err(|e| failed(target, &e))?;
    let kept = pending::commit(unfinished.1, || unfinished.0.persist_noclobber(&place));
    kept.map_err(|e| {
        if e.error.kind() == ErrorKind::AlreadyExists { taken(target) } else { failed(target, &e.error) }
    })?;
    flush(parent(&place)).map_err(|e| failed(target, &e))
}

/// Tells early whether new files can be written into a folder without touching any that is there.
pub(super) fn check_new<'a>(
    folder: &Path,
    names: impl Iterator<Item = &'a String>,
) -> Result<(), Diagnostic> {
    if folder.exists() && !folder.is_dir() {
        let problem = unwritable(folder, "is a file, not a folder");
        return Err(problem.hint("name a folder"));
    }
    match names.map(|name| folder.join(name)).find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(taken(&path)),
        None => Ok(()),
    }
}

/// Opens an unfinished file in the folder of the target; follows a link to where the file really is.
fn begin(target: &Path) -> Result<(PathBuf, (NamedTempFile, Pending)), Diagnostic> {
    let place = target.canonicalize().unwrap_or_else(|_| target.to_owned());
    if place.is_dir() {
        let example = place.file_name().map_or_else(|| "pack.zip".into(), |n| format!("{}.zip", n.display()));
        let problem = unwritable(target, "is a folder, not a file");
        return Err(
            problem.hint(format!("name the file to write, such as {}", target.join(example).display()))
        );
    }
    if place.exists() && !place.is_file() {
        return Err(unwritable(target, "is not an ordinary file").hint("name an ordinary file"));
    }
    let folder = parent(&place);
    if !folder.is_dir() {
        let problem =
            unwritable(target, &format!("cannot be written: there is no folder `{}`", folder.display()));
        return Err(problem.hint("make the folder first, or name another one"));
    }
    is_free(&place).map_err(|e| failed(target, &e))?;
    let place = in_full(&place).unwrap_or(place);
    let make = || builder().suffix(".tmp").tempfile_in(parent(&place));
    let unfinished = Pending::begin(make, NamedTempFile::path).map_err(|e| failed(target, &e))?;
    Ok((place, unfinished))
}

/// Windows replaces no file that another program holds open: that is to be known before any long work.
fn is_free(place: &Path) -> io::Result<()> {
    if cfg!(windows) && place.is_file() { File::options().write(true).open(place).map(drop) } else { Ok(()) }
}

/// The path in the form in which Windows renames files however long their paths are. Names that mean something
/// else to Windows, such as those of devices, would be taken as they stand there: they have no such form.
fn in_full(place: &Path) -> Option<PathBuf> {
    let folder = parent(place).canonicalize().ok()?;
    Some(folder.join(path::absolute(place).ok()?.file_name()?))
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    builder
}

fn fill(file: &mut NamedTempFile, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file.as_file_mut());
    write(&mut out)?;
    out.into_inner()?.sync_all()
}

/// Flushes a folder, so that a renamed file keeps its name through a loss of power.
fn flush(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => path,
    }
}

fn failed(path: &Path, error: &io::Error) -> Diagnostic {
    let hint = match error.kind() {
        _ if is_maybe_open(error) => {
            "close it in other programs, such as Excel or a viewer, or choose another name or folder"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "choose a folder that you may write to"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk, or choose another one",
        _ => "choose another place, or look for what keeps this one from being written",
    };
    unwritable(path, &format!("cannot be written: {}", in_words(error))).hint(hint)
}

fn taken(path: &Path) -> Diagnostic {
    let problem = unwritable(path, "is there already, and is not written over");
    problem.hint("choose another folder, or move the file away first")
}

fn unwritable(path: &Path, what: &str) -> Diagnostic {
    let name = path.display().to_string();
    Diagnostic::error(Builtin::FileUnwritable, format!("`{name}` {what}")).at(Place::whole(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    /// Returns the names in a folder, sorted.
    pub(super) fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = tempdir().expect("a folder");
        let target = folder.path().join("pack.zip");
        write_atomically(&target, b"old").expect("written");
        write_atomically(&target, b"new").expect("written");
        assert_eq!(fs::read(&target).expect("a file"), b"new");
        assert_eq!(names(folder.path()), ["pack.zip"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = target.metadata().expect("a file").permissions().mode();
            assert_eq!(mode & 0o777 & !0o077, 0o600, "{mode:o}");
        }
    }

    #[test]
    fn what_fails_half_way_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempdir().expect("a folder");
        let target = folder.path().join("report.json");
        write_atomically(&target, b"old").expect("written");
        let problem = write_atomically_with(&target, |out| {
            out.write_all(&[b'x'; 1 << 20])?;
            Err(ErrorKind::StorageFull.into())
        });
        let hint = &problem.expect_err("a problem").hints[0];
        assert!(hint.starts_with("make room on the disk"), "{hint}");
        assert_eq!(fs::read(&target).expect("a file"), b"old");
        assert_eq!(names(folder.path()), ["report.json"]);
        write_atomically_with(&target, |out| (0..50_000).try_for_each(|n| write!(out, "{n},")))
            .expect("written");
        let pieces: String = (0..50_000).map(|n| format!("{n},")).collect();
        assert_eq!(fs::read_to_string(&target).expect("a file"), pieces);
    }

    #[test]
    fn what_cannot_be_written_says_why_and_what_to_do() {
        let folder = tempdir().expect("a folder");
        let told = |path: &Path| {
            let problem = check_target(path).expect_err("a problem");
            assert_eq!(write_atomically(path, b"x").expect_err("a problem"), problem);
            let message = problem.message.replace(&folder.path().display().to_string(), ".");
            (message.replace('\\', "/"), problem.hints.len())
        };
        assert_eq!(told(folder.path()), ("`.` is a folder, not a file".into(), 1));
        let lost = folder.path().join("none/pack.zip");
        assert_eq!(
            told(&lost),
            ("`./none/pack.zip` cannot be written: there is no folder `./none`".into(), 1)
        );
        fs::write(folder.path().join("file"), "x").expect("written");
        let below = folder.path().join("file/pack.zip");
        assert_eq!(told(&below).0, "`./file/pack.zip` cannot be written: there is no folder `./file`");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn new_files_have_paths_that_may_be_long() {
        let folder = tempdir().expect("a folder");
        fs::create_dir(folder.path().join("sub")).expect("a folder");
        let full = folder.path().canonicalize().expect("a folder").join("pack.zip");
        assert_eq!(begin(&folder.path().join("sub/../pack.zip")).expect("a place").0, full);
        #[cfg(windows)]
        {
            assert!(full.display().to_string().starts_with(r"\\?\"), "{}", full.display());
            assert_eq!(in_full(&folder.path().join("pack.zip. ")), Some(full));
            assert_eq!(in_full(Path::new("NUL")), None);
        }
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_is_open_elsewhere_is_known_before_any_work() {
        use std::os::windows::fs::OpenOptionsExt;
        let folder = tempdir().expect("a folder");
        let target = folder.path().join("class.xlsx");
        fs::write(&target, "old").expect("written");
        let open = File::options().read(true).share_mode(1).open(&target).expect("open");
        let problem = check_target(&target).expect_err("a problem");
        assert!(problem.message.contains("another program has it open"), "{}", problem.message);
        assert!(problem.hints[0].starts_with("close it in other programs"), "{}", problem.hints[0]);
        drop(open);
        write_atomically(&target, b"new").expect("written");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_is_refused() {
        let folder = tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real.zip"), folder.path().join("link.zip"));
        fs::write(&real, "old").expect("written");
        std::os::unix::fs::symlink(&real, &link).expect("a link");
        write_atomically(&link, b"new").expect("written");
        assert_eq!(fs::read(&real).expect("a file"), b"new");
        assert!(link.symlink_metadata().expect("a link").is_symlink());
        let problem = write_atomically(Path::new("/dev/null"), b"x").expect_err("a problem");
        assert_eq!(problem.message, "`/dev/null` is not an ordinary file");
    }

    #[test]
    fn new_files_never_replace_old_ones() {
        let folder = tempdir().expect("a folder");
        let names_to_write = ["data/metrics.csv".to_owned(), "profile.json".to_owned()];
        check_new(folder.path(), names_to_write.iter()).expect("free");
        check_new(&folder.path().join("new"), names_to_write.iter()).expect("free");
        write_new(&folder.path().join("data/metrics.csv"), b"1").expect("written");
        let problem = check_new(folder.path(), names_to_write.iter()).expect_err("a problem");
        assert!(problem.message.contains("is there already"), "{}", problem.message);
        write_new(&folder.path().join("data/metrics.csv"), b"2").expect_err("a problem");
        assert_eq!(fs::read(folder.path().join("data/metrics.csv")).expect("a file"), b"1");
        assert_eq!(names(&folder.path().join("data")), ["metrics.csv"]);
        let file = folder.path().join("data/metrics.csv");
        assert!(
            check_new(&file, names_to_write.iter()).expect_err("a problem").message.contains("not a folder")
        );
    }
}
