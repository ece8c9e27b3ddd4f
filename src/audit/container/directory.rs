//! The directory of an archive: one record after the other, without a byte between them.

use super::end::End;
use super::{Container, ELSEWHERE, Entry, Foreign, Record, ZIP64, extra_field, names, u16_at, u32_at, widen};
use crate::audit::limits::Limits;
use crate::audit::source::{Bytes, Cursor, Kind};

/// The size of a record without name, extra fields and comment.
const RECORD: usize = 46;
/// Version 2.0 of the format, on Unix.
const MADE_BY: u16 = 0x0314;
/// The format version that is needed to unpack.
const NEEDED: u16 = 20;
/// An ordinary file that its owner may write.
const ATTRIBUTES: u32 = 0o100_644 << 16;
/// Midnight of 1 January 1980, the first moment that the format knows.
const TIME: (u16, u16) = (0, 0x21);
/// The flag for encrypted data.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// Reads all records; none where the directory does not hold.
pub(super) fn read(
    source: &dyn Bytes,
    (end, most): (&End, usize),
    limits: &Limits,
    container: &mut Container,
) -> Option<()> {
    let mut cursor = Cursor::new(source, end.directory);
    while cursor.place() < end.ends {
        if container.entries.len() == most {
            container.too_many(most as u64 + 1, most);
            return None;
        }
        let record = record(&mut cursor, end.ends).map_err(|e| e.map(|e| container.not_read(&e)));
        let Ok(record) = record else {
            let count = container.entries.len();
            container.fault("zip-directory", format!("its directory is damaged behind entry {count}"));
            return None;
        };
        add(container, &record, limits);
    }
    let count = container.entries.len() as u64;
    if count != end.entries {
        let text = format!("its end says {} entries, its directory has {count}", end.entries);
        container.fault("zip-count", text);
    }
    Some(())
}

struct Found {
    fixed: [u8; RECORD],
    name: Vec<u8>,
    extra: Vec<u8>,
    comment: usize,
}

fn record(cursor: &mut Cursor<'_>, ends: u64) -> Result<Found, Option<std::io::Error>> {
    let room = |cursor: &Cursor<'_>, size: usize| cursor.place() + size as u64 <= ends;
    if !room(cursor, RECORD) {
        return Err(None);
    }
    let mut fixed = [0; RECORD];
    fixed.copy_from_slice(cursor.take(RECORD).map_err(Some)?);
    let length = |at| usize::from(u16_at(&fixed, at));
    let (name, extra, comment) = (length(28), length(30), length(32));
    if !fixed.starts_with(b"PK\x01\x02") || !room(cursor, name + extra + comment) {
        return Err(None);
    }
    let name = cursor.take(name).map_err(Some)?.to_vec();
    let extra = cursor.take(extra).map_err(Some)?.to_vec();
    cursor.take(comment).map_err(Some)?;
    Ok(Found { fixed, name, extra, comment })
}

/// Judges one record and adds its entry.
fn add(container: &mut Container, record: &Found, limits: &Limits) {
    let fixed = &record.fixed;
    let (flags, method) = (u16_at(fixed, 8), u16_at(fixed, 10));
    let name = names::decode(&record.name, flags, &record.extra);
    let wide = |at| u64::from(u32_at(fixed, at));
    let (mut packed, mut size, mut starts) = (wide(20), wide(24), wide(42));
    let field = extra_field(&record.extra, ZIP64);
    let widened = field.and_then(|f| {
        widen(f, &mut [(&mut size, ELSEWHERE), (&mut packed, ELSEWHERE), (&mut starts, ELSEWHERE)])
    });
    let index = container.entries.len();
    let entry = Entry {
        kind: kind(fixed, &name.text),
        deflated: method == 8,
        crc: u32_at(fixed, 16),
        name: names::shortened(&name.text, limits.name),
        usable: true,
        data: starts,
        packed,
        size,
        starts,
    };
    container.entries.push(entry);
    container.records.push(Record {
        name: record.name.clone(),
        flags,
        method,
        needed: u16_at(fixed, 6),
        time: [fixed[12], fixed[13], fixed[14], fixed[15]],
    });
    foreign(container, record);
    names::judge(container, index, &name, limits.name);
    if widened.is_err() {
        container.unusable(index, "zip-extra", "its extra fields are not well formed");
    }
    if flags & ENCRYPTED != 0 {
        let text = "it is encrypted: only who knows the password can read it";
        container.unusable(index, "zip-encrypted", text);
    }
    if method != 0 && method != 8 {
        let text = format!("it is packed with method {method}, which is not read");
        container.unusable(index, "zip-method", text);
    }
    if method == 0 && packed != size {
        container.unusable(index, "zip-size", "it is stored as it is, and yet its two sizes differ");
    }
    if u16_at(fixed, 34) != 0 {
        container.unusable(index, "zip-parts", "it lies in another part of a divided archive");
    }
    match container.entries[index].kind {
        Kind::Special => {
            container.unusable(index, "zip-link", "it is a link or a device, not a file");
        }
        Kind::Folder if size != 0 => {
            container.unusable(index, "zip-folder", "it is a folder, and yet it has contents");
        }
        _ => {}
    }
}

/// Notes what evipack would have written in another way.
fn foreign(container: &mut Container, record: &Found) {
    let fixed = &record.fixed;
    let versions = (u16_at(fixed, 4), u16_at(fixed, 6)) != (MADE_BY, NEEDED);
    let attributes = u16_at(fixed, 36) != 0 || u32_at(fixed, 38) != ATTRIBUTES;
    let notes = [
        (u16_at(fixed, 8) != 0, Foreign::Flags),
        ((u16_at(fixed, 12), u16_at(fixed, 14)) != TIME, Foreign::Times),
        (!record.extra.is_empty(), Foreign::Extra),
        (record.comment != 0, Foreign::Comment),
        (versions || attributes || u16_at(fixed, 10) != 8, Foreign::Attributes),
    ];
    container.foreign.extend(notes.into_iter().filter(|(is, _)| *is).map(|(_, what)| what));
}

fn kind(fixed: &[u8], name: &str) -> Kind {
    let (system, mode) = (fixed[5], u32_at(fixed, 38) >> 16);
    let kind = mode & 0o170_000;
    let is_unix = matches!(system, 3 | 19);
    match kind {
        0o120_000 => Kind::Special,
        0o040_000 if is_unix => Kind::Folder,
        0 | 0o100_000 if name.ends_with('/') => Kind::Folder,
        0 | 0o100_000 => Kind::File,
        _ if is_unix => Kind::Special,
        _ if name.ends_with('/') => Kind::Folder,
        _ => Kind::File,
    }
}
