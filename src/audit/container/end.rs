//! The end of an archive: where its directory is, and how many entries it claims.

use super::seal::Seal;
use super::{Container, ELSEWHERE, Foreign, bytes_in_words, u16_at, u32_at, u64_at};
use crate::audit::source::Bytes;

/// How the end record begins.
const SIGNATURE: &[u8] = b"PK\x05\x06";
/// The size of the end record without its comment.
const RECORD: usize = 22;
/// The size of the record that says where the wide end record of a large archive is.
const LOCATOR: usize = 20;
/// The size of the wide end record.
const WIDE: usize = 56;

/// Where the directory is.
pub(super) struct End {
    /// Where the directory begins.
    pub(super) directory: u64,
    /// Where it ends.
    pub(super) ends: u64,
    /// How many entries it claims.
    pub(super) entries: u64,
}

/// Finds the one end record, and nothing behind it.
pub(super) fn find(source: &dyn Bytes, container: &mut Container) -> Option<End> {
    let size = source.size();
    let tail = size.min((RECORD + usize::from(u16::MAX)) as u64);
    let mut bytes = vec![0; usize::try_from(tail).ok()?];
    let mut head = [0; 4];
    let read = source.read_at(size - tail, &mut bytes).and_then(|()| {
        let some = head.len().min(bytes.len());
        source.read_at(0, &mut head[..some])
    });
    if let Err(error) = read {
        container.not_read(&error);
        return None;
    }
    let all: Vec<usize> = positions(&bytes, SIGNATURE);
    let fits = |at: &usize| {
        bytes.len() - at >= RECORD && bytes.len() - at - RECORD == usize::from(u16_at(&bytes, at + 20))
    };
    let ends: Vec<usize> = all.iter().copied().filter(fits).collect();
    match (ends.as_slice(), all.last()) {
        ([at], _) => judge(source, container, &bytes[*at..], size - tail + *at as u64),
        ([], Some(at)) if bytes.len() - at >= RECORD => {
            let claimed = RECORD + usize::from(u16_at(&bytes, at + 20));
            let more = (bytes.len() - at).saturating_sub(claimed);
            container.fault(
                "zip-end",
                if more > 0 {
                    format!("{} follow behind its end", bytes_in_words(more as u64))
                } else {
                    "its end is cut off".to_owned()
                },
            );
            None
        }
        ([], _) if &head == b"PK\x03\x04" => {
            container.fault("zip-truncated", "its end is missing: it was not transferred in full");
            None
        }
        ([], _) => {
            let text = if size == 0 {
                "it holds not one byte"
            } else {
                "it is not a zip file, and every pack is one"
            };
            container.fault("not-a-zip", text);
            None
        }
        (several, _) => {
            container.fault(
                "zip-end",
                format!("it has {} ends: programs would not agree what is in it", several.len()),
            );
            None
        }
    }
}

fn positions(bytes: &[u8], wanted: &[u8]) -> Vec<usize> {
    bytes.windows(wanted.len()).enumerate().filter(|(_, w)| *w == wanted).map(|(at, _)| at).collect()
}

/// Reads the end record, and the wide one where the archive has one.
fn judge(source: &dyn Bytes, container: &mut Container, record: &[u8], at: u64) -> Option<End> {
    container.seal = Seal::read(&record[RECORD..], at + RECORD as u64);
    if container.seal.is_none() {
        let is_empty = record.len() == RECORD;
        container.foreign.insert(if is_empty { Foreign::Unsealed } else { Foreign::Comment });
    }
    let number = |at: usize| u64::from(u16_at(record, at));
    let (mut entries, mut size) = (number(10), u64::from(u32_at(record, 12)));
    let mut directory = u64::from(u32_at(record, 16));
    let mut ends = at;
    if directory.checked_add(size) != Some(at) {
        let marks = [entries == 0xFFFF, size == ELSEWHERE, directory == ELSEWHERE];
        match wide(source, at) {
            Ok(Some(found)) => {
                let agrees = [found.entries == entries, found.size == size, found.directory == directory];
                if marks.iter().zip(agrees).any(|(mark, same)| !mark && !same) {
                    container.fault("zip-end", "its two end records contradict each other");
                    return None;
                }
                container.foreign.insert(Foreign::Zip64);
                (entries, size, directory, ends) = (found.entries, found.size, found.directory, found.at);
            }
            Ok(None) if marks.contains(&true) => {
                container.fault(
                    "zip-end",
                    "it says that it is a very large archive, and the record for that is missing",
                );
                return None;
            }
            Ok(None) => {}
            Err(why) => {
                container.fault("zip-end", why);
                return None;
            }
        }
    }
    if number(4) != 0 || number(6) != 0 || (number(8) != number(10)) {
        container.fault("zip-parts", "it is one part of an archive in several parts");
        return None;
    }
    match directory.checked_add(size) {
        Some(stop) if stop == ends => Some(End { directory, ends, entries }),
        Some(stop) if stop < ends => {
            let extra = bytes_in_words(ends - stop);
            container.fault(
                "zip-end",
                format!("its directory is {extra} away from where its end says: something was put in"),
            );
            None
        }
        _ => {
            container.fault("zip-end", "its directory would reach beyond its end: something was cut out");
            None
        }
    }
}

/// What the wide end record says.
struct Wide {
    entries: u64,
    size: u64,
    directory: u64,
    at: u64,
}

/// Reads the wide end record, which stands right before the ordinary one.
fn wide(source: &dyn Bytes, end: u64) -> Result<Option<Wide>, String> {
    let Some(at) = end.checked_sub((LOCATOR + WIDE) as u64) else { return Ok(None) };
    let mut bytes = [0; LOCATOR + WIDE];
    source.read_at(at, &mut bytes).map_err(|e| format!("its end cannot be read: {e}"))?;
    let (record, locator) = bytes.split_at(WIDE);
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let wrong = || "the record for very large archives is not well formed".to_owned();
    let is_here = record.starts_with(b"PK\x06\x06") && u64_at(locator, 8) == at;
    let is_plain =
        u64_at(record, 4) == WIDE as u64 - 12 && u32_at(record, 16) == 0 && u32_at(record, 20) == 0;
    let is_one = u32_at(locator, 4) == 0 && u32_at(locator, 16) <= 1;
    if !(is_here && is_plain && is_one) || u64_at(record, 24) != u64_at(record, 32) {
        return Err(wrong());
    }
    Ok(Some(Wide {
        entries: u64_at(record, 32),
        size: u64_at(record, 40),
        directory: u64_at(record, 48),
        at,
    }))
}
