//! Whether the archive is byte for byte the one that this version of evipack writes.
//!
//! The structure of an archive says who wrote it, but not whether the packed data are the same: the
//! same contents can be packed in many ways, and a changed bit may hide in the difference. So the
//! contents are packed once more. Refuses to answer for packs of other versions.

use flate2::{Compress, Compression, FlushCompress, Status};

use super::reader::Archive;
use super::source::Bytes;

/// How much is packed at once.
const CHUNK: usize = 1 << 15;

/// Tells whether an entry is packed as evipack packs the contents that it has; its structure is known to
/// be right.
///
/// The contents have to be in memory as a whole: given piece by piece, the same data can be packed in
/// another way.
pub(crate) fn is_as_written(archive: &Archive<'_>, index: usize, contents: &[u8]) -> bool {
    let entry = &archive.container.entries[index];
    let there = There { source: &*archive.source, at: entry.data, left: entry.packed };
    entry.deflated && pack(contents, there)
}

/// Packs contents and compares what comes out with what is there.
fn pack(mut contents: &[u8], mut there: There<'_>) -> bool {
    let mut deflater = Compress::new(Compression::new(crate::bundle::LEVEL), false);
    let mut out = vec![0; CHUNK];
    let mut buffer = vec![0; CHUNK];
    loop {
        let (read, written) = (deflater.total_in(), deflater.total_out());
        let flush = if contents.is_empty() { FlushCompress::Finish } else { FlushCompress::None };
        let Ok(status) = deflater.compress(contents, &mut out, flush) else { return false };
        let read = usize::try_from(deflater.total_in() - read).unwrap_or_default();
        let written = usize::try_from(deflater.total_out() - written).unwrap_or_default();
        contents = &contents[read..];
        if !there.next_is(&out[..written], &mut buffer) {
            return false;
        }
        if status == Status::StreamEnd {
            return there.left == 0;
        }
        if read == 0 && written == 0 {
            return false;
        }
    }
}

/// The packed data of the archive, from front to back.
struct There<'a> {
    source: &'a dyn Bytes,
    at: u64,
    left: u64,
}

impl There<'_> {
    fn next_is(&mut self, expected: &[u8], buffer: &mut [u8]) -> bool {
        let size = expected.len() as u64;
        let there = &mut buffer[..expected.len()];
        let is_same = size <= self.left && self.source.read_at(self.at, there).is_ok() && there == expected;
        self.at += size;
        self.left = self.left.saturating_sub(size);
        is_same
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::audit::desk::Desk;
    use crate::audit::limits::Limits;
    use crate::audit::source::Tree;
    use crate::bundle::Bundle;

    /// Words, noise and runs, from a seed.
    fn text(seed: u64, size: usize) -> Vec<u8> {
        let mut state = seed | 1;
        let mut out = Vec::with_capacity(size + 300);
        while out.len() < size {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let [kind, count, byte, ..] = state.to_le_bytes();
            match kind % 4 {
                0 => out.extend(std::iter::repeat_n(byte, usize::from(count))),
                1 => out.extend(state.to_be_bytes()),
                2 => out.extend(b"the same words again ".iter().take(usize::from(count))),
                _ => {
                    let start = out.len().saturating_sub(usize::from(count) * 97);
                    let end = out.len().min(start + usize::from(byte));
                    out.extend_from_within(start..end);
                }
            }
        }
        out.truncate(size);
        out
    }

    /// Tells whether all entries are packed as evipack packs them.
    fn all(archive: &Archive<'_>) -> bool {
        (0..archive.container.entries.len()).all(|index| {
            let mut contents = Vec::new();
            let copied = archive.copy(index, u64::MAX, &mut |piece| contents.extend_from_slice(piece));
            copied.is_ok() && is_as_written(archive, index, &contents)
        })
    }

    #[test]
    fn packing_again_gives_the_same_bytes_and_notices_the_last_bit() {
        let sizes = [0, 1, 100, 65_535, 65_536, 65_537, 300_000, 3_000_000];
        let files: BTreeMap<String, Vec<u8>> =
            sizes.iter().map(|n| (format!("f{n}"), text(*n as u64 + 77, *n))).collect();
        let bytes = Bundle::bag("x", files, BTreeMap::new(), &[]).zip();
        let stop = AtomicBool::new(false);
        let desk = Desk::new(Limits::default(), false, &stop);
        let archive = Archive::new(Box::new(bytes.clone()), 100, &desk);
        assert_eq!(archive.container.state(), crate::audit::container::State::Original);
        assert!(all(&archive));
        let mut noticed = 0;
        for entry in &archive.container.entries {
            let mut other = bytes.clone();
            let last = usize::try_from(entry.data + entry.packed - 1).expect("a place");
            other[last] ^= 0x80;
            let other = Archive::new(Box::new(other), 100, &desk);
            noticed += usize::from(!all(&other));
        }
        assert_eq!(noticed, archive.container.entries.len(), "the last bit of every entry matters");
    }
}
