//! The entries themselves: each begins with what the directory says, and ends where the next begins.

use std::io::Result;

use super::{
    Container, ELSEWHERE, Foreign, ZIP64, bytes_in_words, extra_field, u16_at, u32_at, u64_at, widen,
};
use crate::audit::source::Bytes;

/// The size of a header without name and extra fields.
const HEADER: usize = 30;
/// The flag that says that sizes and checksum follow the data.
const FOLLOWS: u16 = 1 << 3;

/// The header that stands before the data.
struct Header {
    fixed: [u8; HEADER],
    name: Vec<u8>,
    extra: Vec<u8>,
}

/// Compares every entry with its record in the directory, and the places of all of them.
pub(super) fn compare(source: &dyn Bytes, directory: u64, container: &mut Container) {
    let mut order: Vec<usize> = (0..container.entries.len()).collect();
    if !order.is_sorted_by_key(|i| container.entries[*i].starts) {
        container.foreign.insert(Foreign::Order);
        order.sort_by_key(|i| container.entries[*i].starts);
    }
    let mut before = 0;
    for (nth, &index) in order.iter().enumerate() {
        let next = order.get(nth + 1).map_or(directory, |n| container.entries[*n].starts).min(directory);
        let starts = container.entries[index].starts;
        let twin = |nth: Option<usize>| {
            nth.and_then(|n| order.get(n)).is_some_and(|n| container.entries[*n].starts == starts)
        };
        if starts > before {
            container.foreign.insert(Foreign::Gaps);
        } else if starts < before || twin(nth.checked_sub(1)) || twin(Some(nth + 1)) {
            container.unusable(index, "zip-overlap", "its data lie inside those of another entry");
        }
        let ends = one(source, container, index, (starts, next));
        before = before.max(ends);
        if ends > next {
            let text = "its data reach into what follows them";
            container.unusable(index, "zip-overlap", text);
        }
    }
    if before < directory {
        container.foreign.insert(Foreign::Gaps);
    }
}

/// Compares one entry; returns where it ends.
fn one(source: &dyn Bytes, container: &mut Container, index: usize, (starts, next): (u64, u64)) -> u64 {
    let header = match header(source, starts, next) {
        Ok(Some(header)) => header,
        Ok(None) => {
            container.unusable(index, "zip-entry", "there is no entry where the directory says");
            return starts;
        }
        Err(error) => {
            container.unusable(index, "zip-entry", format!("its beginning cannot be read: {error}"));
            return starts;
        }
    };
    let data = starts + (HEADER + header.name.len() + header.extra.len()) as u64;
    container.entries[index].data = data;
    let follows = u16_at(&header.fixed, 6) & FOLLOWS != 0;
    fields(container, index, &header, follows);
    let Some(ends) = data.checked_add(container.entries[index].packed) else { return u64::MAX };
    if !follows || ends > next {
        return ends;
    }
    trailer(source, container, index, (ends, next))
}

fn header(source: &dyn Bytes, starts: u64, next: u64) -> Result<Option<Header>> {
    let mut fixed = [0; HEADER];
    let room = next.saturating_sub(starts);
    if room < HEADER as u64 {
        return Ok(None);
    }
    source.read_at(starts, &mut fixed)?;
    let mut name = vec![0; usize::from(u16_at(&fixed, 26))];
    let mut extra = vec![0; usize::from(u16_at(&fixed, 28))];
    if !fixed.starts_with(b"PK\x03\x04") || room < (HEADER + name.len() + extra.len()) as u64 {
        return Ok(None);
    }
    source.read_at(starts + HEADER as u64, &mut name)?;
    source.read_at(starts + (HEADER + name.len()) as u64, &mut extra)?;
    Ok(Some(Header { fixed, name, extra }))
}

/// Compares the fields that stand in both places.
fn fields(container: &mut Container, index: usize, header: &Header, follows: bool) {
    let (entry, record) = (&container.entries[index], &container.records[index]);
    let fixed = &header.fixed;
    let mut differs = Vec::new();
    if *header.name != *record.name {
        differs.push("name");
    }
    let (flags, mark) = (u16_at(fixed, 6), FOLLOWS | 1);
    if flags & mark != record.flags & mark {
        differs.push("flags");
    }
    if u16_at(fixed, 8) != record.method {
        differs.push("method");
    }
    let wide = |at| u64::from(u32_at(fixed, at));
    let (mut packed, mut size) = (wide(18), wide(22));
    let field = extra_field(&header.extra, ZIP64);
    let widened = field.and_then(|f| widen(f, &mut [(&mut size, ELSEWHERE), (&mut packed, ELSEWHERE)]));
    let says = (u32_at(fixed, 14), packed, size);
    let is_open = follows && matches!(says, (0, 0 | ELSEWHERE, 0 | ELSEWHERE));
    if widened.is_err() {
        differs.push("extra fields");
    } else if says != (entry.crc, entry.packed, entry.size) && !is_open {
        differs.push("size or checksum");
    }
    let notes = [
        (flags != record.flags, Foreign::Flags),
        (u16_at(fixed, 4) != record.needed, Foreign::Attributes),
        (fixed[10..14] != record.time, Foreign::Times),
        (!header.extra.is_empty(), Foreign::Extra),
    ];
    container.foreign.extend(notes.into_iter().filter(|(is, _)| *is).map(|(_, what)| what));
    if !differs.is_empty() {
        let text = format!("its {} differs from what the directory says", differs.join(" and "));
        container.fault_in(index, "zip-differs", text);
    }
}

/// Reads the record that follows the data in archives that were written in one go: with or without
/// a signature, with short or long sizes. How long it is shows in where the next entry begins.
fn trailer(source: &dyn Bytes, container: &mut Container, index: usize, (ends, next): (u64, u64)) -> u64 {
    let entry = container.entries[index].clone();
    let length = usize::try_from(next - ends).ok().filter(|n| matches!(n, 12 | 16 | 20 | 24));
    let Some(length) = length else {
        let text =
            format!("{} stand behind its data instead of size and checksum", bytes_in_words(next - ends));
        container.fault_in(index, "zip-trailer", text);
        return next;
    };
    let mut bytes = [0; 24];
    let read = source.read_at(ends, &mut bytes[..length]);
    let sizes = if matches!(length, 12 | 20) { 4 } else { 8 };
    let is_signed = sizes == 4 || bytes.starts_with(b"PK\x07\x08");
    let says = if length < 20 {
        (u64::from(u32_at(&bytes, sizes)), u64::from(u32_at(&bytes, sizes + 4)))
    } else {
        (u64_at(&bytes, sizes), u64_at(&bytes, sizes + 8))
    };
    let is_short = length < 20;
    let narrow = |n: u64| if is_short { n & ELSEWHERE } else { n };
    let holds = u32_at(&bytes, sizes - 4) == entry.crc && says == (narrow(entry.packed), narrow(entry.size));
    if read.is_err() || !is_signed || !holds {
        container.fault_in(
            index,
            "zip-trailer",
            "size or checksum behind its data differ from what the directory says",
        );
    }
    next
}
