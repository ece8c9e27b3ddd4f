//! The structure of a zip archive, read strictly and without unpacking anything.
//!
//! Owns the judgement whether an archive is the one that evipack wrote, one that another program
//! wrote, or one that contradicts itself. Every number that a zip file gives twice is compared, and
//! every byte of it has to belong to something. Refuses to guess: what two programs could read in
//! two ways is broken. Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.

mod directory;
mod end;
mod local;
mod names;
mod seal;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::limits::{Limits, megabytes};
use super::source::{Bytes, Kind};
use seal::Seal;

/// What the archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// As evipack writes it.
    Original,
    /// Readable, by another program.
    Repacked,
    /// Contradicts itself, or cannot be read in full.
    Broken,
}

/// An archive's structure.
#[derive(Debug, Default)]
pub(crate) struct Container {
    /// The entries, in the order of the directory.
    pub(crate) entries: Vec<Entry>,
    /// What contradicts itself or cannot be read.
    pub(crate) faults: Vec<Fault>,
    /// What evipack would have written in another way.
    pub(crate) foreign: BTreeSet<Foreign>,
    /// The comment at its end, where that is a seal.
    pub(crate) seal: Option<Seal>,
    /// What the directory says of each entry, until it is compared with the entry itself.
    records: Vec<Record>,
}

/// What stands in the directory and in the entry, and is not needed later.
#[derive(Debug)]
struct Record {
    name: Vec<u8>,
    flags: u16,
    method: u16,
    needed: u16,
    time: [u8; 4],
}

/// One entry of the directory.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The name in Unicode, with `/` between its steps.
    pub(crate) name: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Whether the data are deflated; stored otherwise.
    pub(crate) deflated: bool,
    /// The checksum of the data.
    pub(crate) crc: u32,
    /// The size as packed.
    pub(crate) packed: u64,
    /// The size as unpacked.
    pub(crate) size: u64,
    /// Where the entry begins.
    pub(crate) starts: u64,
    /// Where its data begin.
    pub(crate) data: u64,
    /// Whether the data can be unpacked.
    pub(crate) usable: bool,
}

/// One contradiction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A stable kebab-case name.
    pub(crate) code: &'static str,
    /// The entry that it is about, if it is about one.
    pub(crate) entry: Option<usize>,
    /// One sentence in plain words.
    pub(crate) text: String,
}

/// What tells that another program wrote the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Foreign {
    /// Text at the end or beside an entry.
    Comment,
    /// Nothing at the end, where evipack sets a seal.
    Unsealed,
    /// Extra fields.
    Extra,
    /// Times of the files.
    Times,
    /// Attributes, systems or versions.
    Attributes,
    /// Flags, or sizes that follow the data.
    Flags,
    /// Folders that have an entry of their own.
    Folders,
    /// Another order of the entries.
    Order,
    /// Names in another encoding, or with backslashes.
    Names,
    /// Bytes that belong to no entry.
    Gaps,
    /// The form for very large archives.
    Zip64,
    /// Files of the system that packed it.
    Strays,
}

impl Foreign {
    /// Words that follow “it has”.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Comment => "a comment",
            Self::Unsealed => "no seal at its end",
            Self::Extra => "extra fields",
            Self::Times => "times of its own",
            Self::Attributes => "other attributes or versions",
            Self::Flags => "other flags",
            Self::Folders => "entries for folders",
            Self::Order => "another order",
            Self::Names => "names in another encoding",
            Self::Gaps => "bytes that belong to no entry",
            Self::Zip64 => "the form for very large archives",
            Self::Strays => "files of the computer that packed it",
        }
    }
}

impl Container {
    /// Reads the structure of an archive with at most `most` entries.
    ///
    /// What is wrong stands in the result: an archive without a usable directory has no entries.
    pub(crate) fn read(source: &dyn Bytes, most: usize, limits: &Limits) -> Self {
        let mut container = Self::default();
        let Some(end) = end::find(source, &mut container) else { return container };
        if end.entries > most as u64 {
            container.too_many(end.entries, most);
            return container;
        }
        if directory::read(source, (&end, most), limits, &mut container).is_some() {
            local::compare(source, end.directory, &mut container);
            container.records = Vec::new();
            names::compare(&mut container);
        }
        container
    }

    /// Judges the whole.
    pub(crate) fn state(&self) -> State {
        if !self.faults.is_empty() {
            State::Broken
        } else if self.foreign.is_empty() {
            State::Original
        } else {
            State::Repacked
        }
    }

    /// Writes down a fault of the whole.
    fn fault(&mut self, code: &'static str, text: impl Into<String>) {
        self.faults.push(Fault { code, entry: None, text: text.into() });
    }

    /// Writes down a fault of an entry.
    fn fault_in(&mut self, index: usize, code: &'static str, text: impl Into<String>) {
        self.faults.push(Fault { code, entry: Some(index), text: text.into() });
    }

    /// Writes down a fault of an entry that keeps it from being unpacked.
    fn unusable(&mut self, index: usize, code: &'static str, text: impl Into<String>) {
        self.entries[index].usable = false;
        self.fault_in(index, code, text);
    }

    fn too_many(&mut self, count: u64, most: usize) {
        self.fault("too-many-entries", format!("it has {count} entries; at most {most} are read"));
    }

    fn not_read(&mut self, error: &std::io::Error) {
        self.fault("zip-unreadable", format!("its structure cannot be read: {error}"));
    }
}

/// Little-endian numbers of a record; callers know its length.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Finds an extra field: none where it is missing, an error where the fields are not well formed.
fn extra_field(extra: &[u8], id: u16) -> Result<Option<&[u8]>, ()> {
    let (mut at, mut found) = (0, None);
    while at < extra.len() {
        if extra.len() - at < 4 {
            // Some programs fill up with zeros to align the data.
            return if extra[at..].iter().all(|b| *b == 0) { Ok(found) } else { Err(()) };
        }
        let size = usize::from(u16_at(extra, at + 2));
        let field = extra.get(at + 4..at + 4 + size).ok_or(())?;
        if u16_at(extra, at) == id && found.replace(field).is_some() {
            return Err(());
        }
        at += 4 + size;
    }
    Ok(found)
}

/// Takes the 64-bit numbers out of a zip64 field, in the order in which they are missing elsewhere.
fn widen(field: Option<&[u8]>, numbers: &mut [(&mut u64, u64)]) -> Result<bool, ()> {
    let mut rest = field.unwrap_or_default();
    let mut needed = false;
    for (number, mark) in numbers {
        if **number == *mark && field.is_some() {
            let (head, tail) = rest.split_at_checked(8).ok_or(())?;
            (**number, rest, needed) = (u64_at(head, 0), tail, true);
        }
    }
    Ok(needed)
}

/// The mark in 32 bits that says that the number stands elsewhere.
const ELSEWHERE: u64 = 0xFFFF_FFFF;
/// The id of the zip64 extra field.
const ZIP64: u16 = 1;

fn bytes_in_words(count: u64) -> String {
    if count == 1 { "1 byte".into() } else { megabytes(count) }
}
