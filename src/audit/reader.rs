//! The contents of an archive: unpacked in memory, piece by piece, and never written anywhere.
//!
//! Owns [`Archive`], a zip archive as a tree of files. Every file is unpacked under a limit, its
//! size and checksum are compared with what is declared, and no byte of its data may be left over.
//! Refuses to follow links, to make files, and to unpack what overlaps.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::container::{Container, Entry};
use super::desk::{Desk, Held};
use super::finding::Flaw;
use super::limits::megabytes;
use super::source::{Bytes, Item, Kind, Tree, Window};

/// How much is read and unpacked at once.
const CHUNK: usize = 1 << 16;
/// No deflated data unpack to more than this many times their size.
const MOST_RATIO: u64 = 1_032;

/// An archive that can be read.
pub(crate) struct Archive<'a> {
    /// The bytes of the archive.
    pub(crate) source: Box<dyn Bytes + 'a>,
    /// Its structure.
    pub(crate) container: Container,
    items: Vec<Item>,
}

impl<'a> Archive<'a> {
    /// Reads the structure of an archive with at most `most` entries.
    pub(crate) fn new(source: Box<dyn Bytes + 'a>, most: usize, desk: &Desk<'_>) -> Self {
        let container = Container::read(&*source, most, &desk.limits);
        let item = |e: &Entry| Item { path: e.name.clone(), kind: e.kind, size: e.size, crc: Some(e.crc) };
        let items = container.entries.iter().map(item).collect();
        Self { source, container, items }
    }
}

impl Tree for Archive<'_> {
    fn items(&self) -> &[Item] {
        &self.items
    }

    fn copy(&self, index: usize, most: u64, sink: &mut dyn FnMut(&[u8])) -> Result<(), Flaw> {
        let entry = &self.container.entries[index];
        check_size(entry, most)?;
        unpack(&*self.source, entry, sink)
    }

    fn open<'b>(&'b self, index: usize, desk: &'b Desk<'_>) -> Result<Box<dyn Bytes + 'b>, Flaw> {
        let entry = &self.container.entries[index];
        if !entry.deflated {
            check_size(entry, u64::MAX)?;
            return Ok(Box::new(Window { whole: &*self.source, start: entry.data, size: entry.size }));
        }
        check_size(entry, u64::MAX)?;
        if entry.size > desk.limits.held {
            let most = megabytes(desk.limits.held);
            return Err(Flaw::limit(
                format!("it is larger than {most}, the most that is read of a packed file inside a download"),
                "unpack the download into a folder, then audit that folder",
            ));
        }
        let held = desk.hold_archive(entry.size);
        desk.count(entry.size)?;
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size).unwrap_or_default());
        unpack(&*self.source, entry, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok(Box::new(Memory { bytes, _held: held }))
    }
}

/// An archive that was unpacked into memory.
struct Memory<'a> {
    bytes: Vec<u8>,
    _held: Held<'a>,
}

impl Bytes for Memory<'_> {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.bytes.read_at(at, buffer)
    }
}

/// Refuses what cannot be, before anything is unpacked.
fn check_size(entry: &Entry, most: u64) -> Result<(), Flaw> {
    if !entry.usable || entry.kind != Kind::File {
        return Err(Flaw::damaged("it cannot be unpacked"));
    }
    if entry.size > most {
        let most = megabytes(most);
        return Err(Flaw::limit(
            format!("it unpacks to {}; at most {most} are read of one file", megabytes(entry.size)),
            "look at this hand-in by hand, and not on a computer that matters",
        ));
    }
    if entry.deflated && entry.size > entry.packed.saturating_mul(MOST_RATIO) {
        return Err(Flaw::damaged("it says that it unpacks to more than its data can hold"));
    }
    Ok(())
}

/// Unpacks one entry; size, checksum and the end of the data have to be what is declared.
fn unpack(source: &dyn Bytes, entry: &Entry, sink: &mut dyn FnMut(&[u8])) -> Result<(), Flaw> {
    let mut check = Check { crc: Crc::new(), left: entry.size, sink };
    if entry.deflated {
        inflate(source, entry, &mut check)?
    } else {
        plain(source, entry, &mut check)?
    }
    if check.left > 0 {
        return Err(Flaw::damaged(format!("it is {} shorter than it says", megabytes(check.left))));
    }
    if check.crc.sum() != entry.crc {
        return Err(Flaw::damaged("it is damaged: its contents do not fit their checksum"));
    }
    Ok(())
}

struct Check<'a> {
    crc: Crc,
    left: u64,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl Check<'_> {
    fn take(&mut self, piece: &[u8]) -> Result<(), Flaw> {
        let left = self.left.checked_sub(piece.len() as u64);
        self.left = left.ok_or_else(|| Flaw::damaged("it is longer than it says"))?;
        self.crc.update(piece);
        (self.sink)(piece);
        Ok(())
    }
}

fn plain(source: &dyn Bytes, entry: &Entry, check: &mut Check<'_>) -> Result<(), Flaw> {
    let mut pieces = Pieces::of(source, entry);
    while let Some((piece, _)) = pieces.next()? {
        check.take(piece)?;
    }
    Ok(())
}

fn inflate(source: &dyn Bytes, entry: &Entry, check: &mut Check<'_>) -> Result<(), Flaw> {
    let damaged = || Flaw::damaged("its packed data are damaged");
    let mut pieces = Pieces::of(source, entry);
    let mut inflater = Decompress::new(false);
    let mut out = vec![0; CHUNK];
    while let Some((mut piece, is_last)) = pieces.next()? {
        loop {
            let (read, written) = (inflater.total_in(), inflater.total_out());
            let status = inflater.decompress(piece, &mut out, FlushDecompress::None);
            let status = status.map_err(|_| damaged())?;
            let read = usize::try_from(inflater.total_in() - read).unwrap_or_default();
            let written = usize::try_from(inflater.total_out() - written).unwrap_or_default();
            check.take(&out[..written])?;
            piece = &piece[read..];
            if status == Status::StreamEnd {
                return if piece.is_empty() && is_last {
                    Ok(())
                } else {
                    Err(Flaw::damaged("bytes follow behind its packed data"))
                };
            }
            if read == 0 && written == 0 || piece.is_empty() && written < out.len() {
                break;
            }
        }
        if !piece.is_empty() {
            return Err(damaged());
        }
    }
    Err(Flaw::damaged("its packed data end too early"))
}

/// The packed data, piece by piece.
struct Pieces<'a> {
    source: &'a dyn Bytes,
    at: u64,
    left: u64,
    buffer: Vec<u8>,
}

impl<'a> Pieces<'a> {
    fn of(source: &'a dyn Bytes, entry: &Entry) -> Self {
        Self { source, at: entry.data, left: entry.packed, buffer: vec![0; CHUNK] }
    }

    /// Returns the next piece, and whether it is the last.
    fn next(&mut self) -> Result<Option<(&[u8], bool)>, Flaw> {
        let size = usize::try_from(self.left.min(CHUNK as u64)).unwrap_or_default();
        if size == 0 {
            return Ok(None);
        }
        let piece = &mut self.buffer[..size];
        let read = self.source.read_at(self.at, piece);
        read.map_err(|e| Flaw::unreadable(format!("it cannot be read: {e}")))?;
        self.at += size as u64;
        self.left -= size as u64;
        Ok(Some((piece, self.left == 0)))
    }
}
