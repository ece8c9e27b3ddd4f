//! Reading from the disk, under limits.
//!
//! Owns the rules for what is read: plain files only, of a bounded size, inside the profile's folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Outcome, exit_code, output};
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};
use crate::import::{self, Export};
use crate::profile::{assets, source};
use crate::{Checked, Checker};

/// Which conventions a profile is judged by.
#[derive(clap::Args)]
pub(super) struct Conventions {
    /// A JSON file with your organisation's own numbers and advice (see `evipack schema conventions`)
    #[arg(long, value_name = "FILE", conflicts_with = "standard")]
    thresholds: Option<PathBuf>,
    /// A set of numbers: `standard` is the usual one, `strict` asks for more
    #[arg(long, value_parser = ["strict", "standard"])]
    standard: Option<String>,
}

impl Conventions {
    /// Returns the catalogue with these conventions.
    pub(super) fn within(&self, catalog: &Catalog) -> Result<Catalog, Diagnostics> {
        if let Some(set) = &self.standard {
            let own = serde_json::json!({ "base": set }).to_string();
            return Ok(catalog.clone().with_conventions("--standard", own.into_bytes()));
        }
        let Some(path) = &self.thresholds else { return Ok(catalog.clone()) };
        let name = path.display().to_string();
        let bytes = read(path, source::MAX_BYTES as u64 + 1).map_err(|why| {
            let text = format!("the conventions `{name}` cannot be read: {why}");
            vec![Diagnostic::error(Builtin::FileUnreadable, text).at(Place::whole(&name))]
        })?;
        Ok(catalog.clone().with_conventions(&name, bytes))
    }
}

/// Why a profile could not be judged.
pub(super) struct Stopped {
    /// What is wrong.
    pub(super) problems: Diagnostics,
    /// The text of the file that the problems stand in, if it could be read.
    text: Option<String>,
}

impl Stopped {
    /// Tells a person, and returns what the program ends with.
    pub(super) fn tell(self) -> Outcome {
        output::problems(&self.problems, self.text.as_deref());
        Ok(self.code())
    }

    /// Returns what a person is told.
    pub(super) fn words(&self) -> String {
        output::in_full(&self.problems, self.text.as_deref())
    }

    /// Tells whether the file was read: what is wrong is in it.
    pub(super) fn was_read(&self) -> bool {
        self.text.is_some()
    }

    /// Returns what the program ends with.
    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(exit_code(&self.problems))
    }
}

/// Reads and judges the profile at a path.
pub(super) fn checked(catalog: &Catalog, path: &Path) -> Result<(Checked, String), Stopped> {
    let checked = checked_again(&mut Checker::new(catalog), path)?;
    Ok((checked, path.display().to_string()))
}

/// Reads and judges the profile at a path with what was kept from the last time.
pub(super) fn checked_again(checker: &mut Checker<'_>, path: &Path) -> Result<Checked, Stopped> {
    let name = path.display().to_string();
    let bytes = profile(path, &name).map_err(|d| Stopped { problems: vec![d], text: None })?;
    let folder = folder(path);
    let catalog = checker.catalog();
    checker.check(&name, &bytes, &|asset| beside(&folder, asset)).map_err(|problems| {
        let stands_in =
            |file: &str| problems.iter().any(|d| d.place.as_ref().is_some_and(|p| p.file == file));
        let own = catalog.conventions().filter(|(file, _)| stands_in(file));
        let text = String::from_utf8_lossy(own.map_or(&bytes, |(_, own)| own)).into_owned();
        Stopped { problems, text: Some(text) }
    })
}

/// The folder that a profile lies in.
pub(super) fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

fn profile(path: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |why: String| Diagnostic::error(Builtin::FileUnreadable, why).at(Place::whole(name));
    if path.is_dir() {
        let hint = format!("name the file in it: {}", path.join("profile.json").display());
        return Err(unreadable(format!("`{name}` is a folder, not a profile")).hint(hint));
    }
    let limit = source::MAX_BYTES as u64;
    let bytes = read(path, limit + 1).map_err(|why| {
        unreadable(format!("the profile `{name}` cannot be read: {why}"))
            .hint("check the name, or start a new profile with `evipack init`")
    })?;
    if bytes.len() as u64 > limit {
        let text = format!("the profile `{name}` is larger than {limit} bytes, the most that is read");
        let problem = Diagnostic::error(Builtin::FileTooLarge, text).at(Place::whole(name));
        return Err(problem.hint("move long tables into CSV files beside the profile"));
    }
    Ok(bytes)
}

/// Reads the files that platforms exported; those that cannot be read are all named.
pub(super) fn exports(paths: &[PathBuf]) -> Result<Vec<Export>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let mut found = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let unreadable = |why: &str| {
            let text = format!("the export `{name}` cannot be read: {why}");
            Diagnostic::error(Builtin::FileUnreadable, text).at(Place::whole(&name))
        };
        if path.is_dir() {
            problems.push(unreadable("it is a folder").hint("name the files in it"));
            continue;
        }
        // One byte more than the limit shows that there is too much.
        match read(path, import::MAX_BYTES as u64 + 1) {
            Ok(bytes) => found.push(Export { name, bytes, saved_on: saved_on(path) }),
            Err(why) => problems.push(unreadable(&why).hint("check the name and the folder")),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// Returns the day on which a file was last written, where this computer is.
fn saved_on(path: &Path) -> Option<Date> {
    let time = fs::metadata(path).and_then(|m| m.modified()).ok()?;
    let time = Timestamp::try_from(time).ok()?;
    Some(TimeZone::try_system().unwrap_or(TimeZone::UTC).to_datetime(time).date())
}

/// Reads at most so many bytes of a file.
pub(super) fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    open(path, most)?.read_to_end(&mut bytes).map_err(|e| in_words(&e))?;
    Ok(bytes)
}

/// Opens a file, of which at most some bytes are read.
pub(super) fn open(path: &Path, most: u64) -> Result<impl Read + use<>, String> {
    File::open(path).map(|file| file.take(most)).map_err(|e| in_words(&e))
}

/// Reads a file beside the profile; no step of its path may be a link.
fn beside(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    let mut path = folder.to_owned();
    for step in name.split('/') {
        path.push(step);
        let meta = fs::symlink_metadata(&path).map_err(|e| format!("cannot be read: {}", in_words(&e)))?;
        if meta.file_type().is_symlink() {
            return Err(
                "is a link to somewhere else; only real files in the profile's folder are read".into()
            );
        }
    }
    if !path.is_file() {
        return Err("is not a file".into());
    }
    let bytes = read(&path, assets::MAX_BYTES + 1).map_err(|why| format!("cannot be read: {why}"))?;
    if bytes.len() as u64 > assets::MAX_BYTES {
        return Err(format!("is larger than {} bytes, the most that is read", assets::MAX_BYTES));
    }
    Ok(bytes)
}

/// Says what went wrong with a file, without the system's own words where better ones are known.
pub(super) fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        _ if is_maybe_open(error) => {
            "another program has it open, or this user may not read or write it".into()
        }
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::InvalidFilename => "no file can have such a name".into(),
        std::io::ErrorKind::PermissionDenied => "this user may not read or write it".into(),
        std::io::ErrorKind::StorageFull => "the disk is full".into(),
        _ => error.to_string(),
    }
}

/// Tells whether a file may be kept by another program that has it open, as only Windows lets it.
pub(super) fn is_maybe_open(error: &std::io::Error) -> bool {
    /// What Windows says of them: access denied, sharing violation, lock violation.
    const CODES: [i32; 3] = [5, 32, 33];
    cfg!(windows) && error.raw_os_error().is_some_and(|code| CODES.contains(&code))
}

/// Reads a folder with templates, schemas and units that win over the built-in ones.
pub(super) fn catalog(folder: &Path) -> Result<Catalog, Diagnostics> {
    let mut files = BTreeMap::new();
    for top in ["templates", "schemas", "samples"] {
        let start = folder.join(top);
        if start.is_dir() {
            collect(&start, top, &mut files).map_err(|(path, e)| {
                let text = format!("`{}` cannot be read: {}", path.display(), in_words(&e));
                vec![Diagnostic::error(Builtin::FileUnreadable, text)]
            })?;
        }
    }
    if files.is_empty() {
        let text = format!("`{}` holds no folder `templates` or `schemas`", folder.display());
        let problem = Diagnostic::error(Builtin::FileUnreadable, text);
        return Err(vec![problem.hint("name a folder that has the form of the program's own catalogue")]);
    }
    Ok(Catalog::with_overlay(files))
}

fn collect(
    folder: &Path,
    name: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |e| (folder.to_owned(), e);
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let path = entry.path();
        let Some(own) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let name = format!("{name}/{own}");
        let kind = entry.file_type().map_err(at)?;
        if kind.is_dir() {
            collect(&path, &name, files)?;
        } else if kind.is_file() {
            files.insert(name, fs::read(&path).map_err(|e| (path, e))?);
        }
    }
    Ok(())
}
