//! Files and folders on a disk, as the audit wants them: read only, links never followed.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::audit::source::{Bytes, Item, Kind, Tree};
use crate::audit::{Desk, Flaw, Limits, Opened};
use crate::cli::files::in_words;

/// How many folders deep is looked.
const DEPTH: usize = 32;
/// How much is read at once.
const CHUNK: usize = 1 << 16;

/// Opens what a path names.
pub(super) fn open(path: &Path, limits: &Limits) -> Result<Opened, Flaw> {
    let meta = fs::metadata(path).map_err(|e| unreadable(&e))?;
    if meta.is_dir() {
        return Ok(Opened::Folder(Box::new(Folder::read(path, limits)?)));
    }
    Ok(Opened::File(Box::new(OnDisk::open(path)?)))
}

/// What to do about a name behind which there is nothing.
pub(super) const SPELLING: &str = "look at the spelling, and whether it lies in the folder where you are";

/// What to do about a name that no file can have: on Windows, `"My class\" --html` is one.
const MARKS: &str = "look at the spelling, and leave out a backslash before a closing quotation mark";

/// Sorts out paths that lead to what another one leads to already: the places of those that are looked
/// at, and of each of the others with the one that it lies in.
pub(super) fn distinct(paths: &[PathBuf]) -> (Vec<usize>, Vec<(usize, usize)>) {
    let real: Vec<Option<PathBuf>> = paths.iter().map(|path| fs::canonicalize(path).ok()).collect();
    let is_in = |nth: usize, other: usize| {
        let (Some(one), Some(around)) = (&real[nth], &real[other]) else { return false };
        nth != other && one.starts_with(around) && (one != around || other < nth)
    };
    let around = |nth: usize| (0..paths.len()).find(|other| is_in(nth, *other));
    let (again, once): (Vec<usize>, Vec<usize>) = (0..paths.len()).partition(|nth| around(*nth).is_some());
    let again = again.into_iter().filter_map(|nth| Some((nth, around(nth)?))).collect();
    (once, again)
}

fn unreadable(error: &std::io::Error) -> Flaw {
    match error.kind() {
        ErrorKind::NotFound => {
            let message = "there is no such file or folder".into();
            return Flaw { hint: SPELLING, message, ..Flaw::unreadable("") };
        }
        ErrorKind::InvalidFilename => return Flaw { hint: MARKS, ..Flaw::unreadable(in_words(error)) },
        _ => {}
    }
    Flaw::unreadable(format!("it cannot be read: {}", in_words(error)))
}

/// A file on a disk.
struct OnDisk {
    file: Mutex<File>,
    size: u64,
}

impl OnDisk {
    fn open(path: &Path) -> Result<Self, Flaw> {
        // A pipe would be waited for, a device could be endless: the kind is known before it is opened.
        let meta = fs::metadata(path).map_err(|e| unreadable(&e))?;
        if !meta.is_file() {
            return Err(Flaw::unreadable("it is neither a file nor a folder"));
        }
        let file = File::open(path).map_err(|e| unreadable(&e))?;
        Ok(Self { file: Mutex::new(file), size: meta.len() })
    }
}

impl Bytes for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(buffer)
    }
}

/// A folder on a disk, listed once.
struct Folder {
    items: Vec<Item>,
    paths: Vec<PathBuf>,
}

impl Folder {
    fn read(path: &Path, limits: &Limits) -> Result<Self, Flaw> {
        let mut found = Vec::new();
        walk(path, "", (&mut found, limits.class_entries), 0)?;
        found.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        let (items, paths) = found.into_iter().unzip();
        Ok(Self { items, paths })
    }
}

type Found<'a> = (&'a mut Vec<(Item, PathBuf)>, usize);

fn walk(folder: &Path, above: &str, found: Found<'_>, depth: usize) -> Result<(), Flaw> {
    let (list, most) = found;
    for entry in fs::read_dir(folder).map_err(|e| unreadable(&e))? {
        let entry = entry.map_err(|e| unreadable(&e))?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = format!("{above}{}", name.to_string_lossy());
        let meta = fs::symlink_metadata(&path).map_err(|e| unreadable(&e))?;
        if list.len() >= most {
            let text = format!("it holds more than {most} files, the most that are read");
            return Err(Flaw::limit(text, "audit its folders one by one"));
        }
        let before = list.len();
        let is_walked = meta.is_dir()
            && depth < DEPTH
            && walk(&path, &format!("{name}/"), (list, most), depth + 1).is_ok();
        if is_walked && list.len() > before {
            continue;
        }
        // A folder that cannot be looked into is listed, too, and not as an empty one.
        let kind = match meta.is_file() {
            true => Kind::File,
            false if is_walked => Kind::Folder,
            false => Kind::Special,
        };
        list.push((Item { path: name, kind, size: meta.len(), crc: None }, path));
    }
    Ok(())
}

impl Tree for Folder {
    fn items(&self) -> &[Item] {
        &self.items
    }

    fn copy(&self, index: usize, most: u64, sink: &mut dyn FnMut(&[u8])) -> Result<(), Flaw> {
        let file = OnDisk::open(&self.paths[index])?;
        if file.size > most {
            return Err(Flaw::limit(
                format!("it is larger than {} MB, the most that is read of one file", most >> 20),
                "look at this hand-in by hand",
            ));
        }
        let mut at = 0;
        let mut buffer = vec![0; CHUNK];
        while at < file.size {
            let size = usize::try_from(file.size - at).unwrap_or(CHUNK).min(CHUNK);
            file.read_at(at, &mut buffer[..size]).map_err(|e| unreadable(&e))?;
            sink(&buffer[..size]);
            at += size as u64;
        }
        Ok(())
    }

    fn open<'a>(&'a self, index: usize, _: &'a Desk<'_>) -> Result<Box<dyn Bytes + 'a>, Flaw> {
        Ok(Box::new(OnDisk::open(&self.paths[index])?))
    }
}
