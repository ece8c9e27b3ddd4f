//! Where bytes come from: the seam between the audit and a disk.
//!
//! Owns [`Bytes`], something of a known size that can be read at any place, and [`Tree`], files that
//! can be listed and read. Refuses to know what a path on a disk is: the command line brings both.

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind, Result};

use super::desk::Desk;
use super::finding::Flaw;
use super::lms::is_stray;

/// Bytes of a known size that can be read at any place, from several threads.
pub trait Bytes: Send + Sync {
    /// The number of bytes.
    fn size(&self) -> u64;

    /// Fills a buffer from a place.
    ///
    /// # Errors
    /// Where the bytes cannot be read, or end before the buffer is full.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<()>;
}

impl Bytes for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<()> {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let part = at.checked_add(buffer.len()).and_then(|end| self.get(at..end));
        buffer.copy_from_slice(part.ok_or_else(|| Error::from(ErrorKind::UnexpectedEof))?);
        Ok(())
    }
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder of its own, without contents.
    Folder,
    /// A link, a device or a pipe: never followed, never opened.
    Special,
}

/// One name of a tree.
#[derive(Clone, Debug)]
pub struct Item {
    /// The path below the tree's top, with `/` between its steps.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The size that is declared, in bytes.
    pub size: u64,
    /// The checksum that is declared, if any is.
    pub crc: Option<u32>,
}

/// The folders in which no file lies, not even deeper.
pub(super) fn empty_folders(items: &[Item]) -> Vec<&str> {
    let files = items.iter().filter(|item| item.kind != Kind::Folder).map(|item| item.path.as_str());
    let above = |path: &'_ str| -> Vec<usize> { path.match_indices('/').map(|(at, _)| at).collect() };
    let full: BTreeSet<&str> =
        files.flat_map(|path| above(path).into_iter().map(move |at| &path[..at])).collect();
    let folders = items.iter().filter(|item| item.kind == Kind::Folder).map(|i| i.path.trim_end_matches('/'));
    folders.filter(|path| !full.contains(path) && !is_stray(path)).collect()
}

/// Files that can be listed and read: those of an archive, or of a folder on a disk.
pub trait Tree: Send + Sync {
    /// All names, in the order of the source.
    fn items(&self) -> &[Item];

    /// Gives the contents of a file to a sink, piece by piece, at most `most` bytes.
    ///
    /// # Errors
    /// What keeps the file from being read in full; the sink may have got a part of it by then.
    fn copy(&self, index: usize, most: u64, sink: &mut dyn FnMut(&[u8])) -> std::result::Result<(), Flaw>;

    /// Opens a file to be read at any place.
    ///
    /// # Errors
    /// What keeps it from being opened.
    fn open<'a>(&'a self, index: usize, desk: &'a Desk<'_>)
    -> std::result::Result<Box<dyn Bytes + 'a>, Flaw>;
}

/// A part of other bytes.
pub(crate) struct Window<'a> {
    /// The whole.
    pub(crate) whole: &'a dyn Bytes,
    /// Where the part begins.
    pub(crate) start: u64,
    /// How long it is.
    pub(crate) size: u64,
}

impl Bytes for Window<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<()> {
        let end = at.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| end > self.size) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.whole.read_at(self.start + at, buffer)
    }
}

/// Reads bytes one after the other through a buffer.
pub(crate) struct Cursor<'a> {
    source: &'a dyn Bytes,
    at: u64,
    buffer: Vec<u8>,
    used: usize,
}

/// How much is read from the source at once.
const CHUNK: usize = 1 << 16;

impl<'a> Cursor<'a> {
    /// Starts at a place.
    pub(crate) fn new(source: &'a dyn Bytes, at: u64) -> Self {
        Self { source, at, buffer: Vec::new(), used: 0 }
    }

    /// The place of the next byte.
    pub(crate) fn place(&self) -> u64 {
        self.at - (self.buffer.len() - self.used) as u64
    }

    /// Returns the next bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&[u8]> {
        while self.buffer.len() - self.used < count {
            self.fill(count)?;
        }
        let start = self.used;
        self.used += count;
        Ok(&self.buffer[start..start + count])
    }

    fn fill(&mut self, wanted: usize) -> Result<()> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let have = self.buffer.len();
        let left = self.source.size().saturating_sub(self.at);
        let more = wanted.max(CHUNK).saturating_sub(have).min(usize::try_from(left).unwrap_or(usize::MAX));
        if more == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.buffer.resize(have + more, 0);
        self.source.read_at(self.at, &mut self.buffer[have..])?;
        self.at += more as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_gives_every_byte_once_and_stops_at_the_end() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut cursor = Cursor::new(&bytes, 7);
        let mut got = Vec::new();
        for count in [1, 65_536, 70_000, 3, 0] {
            got.extend_from_slice(cursor.take(count).expect("bytes"));
        }
        assert_eq!(got, bytes[7..7 + got.len()]);
        assert_eq!(cursor.place(), 7 + got.len() as u64);
        assert!(cursor.take(200_000).is_err());
    }

    #[test]
    fn a_window_ends_where_it_ends() {
        let bytes = b"0123456789".to_vec();
        let window = Window { whole: &bytes, start: 2, size: 3 };
        let mut two = [0; 2];
        window.read_at(1, &mut two).expect("inside");
        assert_eq!(&two, b"34");
        assert!(window.read_at(2, &mut two).is_err());
        assert!(window.read_at(u64::MAX, &mut two).is_err());
    }
}
