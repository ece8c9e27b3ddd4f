//! Archives: their fields, their bytes, and the files in them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{Dice, blind, is_praised, no_fault};
use crate::support::audit::{audited, small, told, zip_of};
use crate::support::zips::{SEAL, Trailer, Zip};

/// The digits of a seal.
const DIGITS: usize = 64;

/// Damages the fields of an archive.
fn fields(dice: &mut Dice, zip: &mut Zip) {
    for _ in 0..=dice.below(4) {
        let count = zip.entries.len();
        let (at, other) = (dice.below(count), dice.below(count));
        let twin = zip.entries[other].clone();
        let entry = &mut zip.entries[at];
        let number = [0, 1, 2, 8, 20, 0x7fff, 0xffff][dice.below(7)];
        match dice.below(16) {
            0 => blind(dice, &mut entry.name),
            1 => entry.local_name = Some(twin.name),
            2 => entry.flags = number,
            3 => entry.method = number,
            4 => entry.crc ^= 1 << dice.below(32),
            5 => blind(dice, &mut entry.data),
            6 => entry.size = [0, 1, u32::MAX, u32::MAX - 1, entry.size + 1][dice.below(5)],
            7 => entry.extra = vec![dice.byte(); dice.below(30)],
            8 => entry.local_extra = vec![dice.byte(); dice.below(30)],
            9 => entry.attributes = [0, 0o120_777 << 16, 0o040_755 << 16, 0x10, u32::MAX][dice.below(5)],
            10 => entry.made_by = number,
            11 => {
                let all = [Trailer::Signed, Trailer::Bare, Trailer::Wide, Trailer::Lying];
                entry.trailer = Some(all[dice.below(4)]);
            }
            12 => zip.entries.push(twin),
            13 => drop(zip.entries.remove(at)),
            14 => zip.more = i32::from(dice.byte()) - 100,
            _ => zip.comment = vec![dice.byte(); dice.below(60)],
        }
        if zip.entries.is_empty() {
            return;
        }
    }
}

/// Damages the text of a tag file.
fn lines(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(4) {
        0 => lines.swap(at, other),
        1 => lines.insert(at, lines[other]),
        2 => drop(lines.remove(at)),
        _ => return blind(dice, bytes),
    }
    *bytes = lines.concat().into_bytes();
}

/// The archive of a seed, and whether the seal was set anew after the damage, as a forger would.
fn one(seed: u64) -> (Vec<u8>, bool) {
    let mut dice = Dice::of(seed);
    let bundle = small("Pip");
    let mut files = bundle.files.iter().map(|(n, b)| (format!("small-TOY001/{n}"), b.clone())).collect();
    match dice.below(4) {
        0 => {
            let mut bytes = bundle.zip();
            blind(&mut dice, &mut bytes);
            return (bytes, false);
        }
        1 => {
            let all: Vec<String> = bundle.files.keys().map(|n| format!("small-TOY001/{n}")).collect();
            let name = &all[dice.below(all.len())];
            let mut bytes = bundle.files[name.trim_start_matches("small-TOY001/")].clone();
            lines(&mut dice, &mut bytes);
            BTreeMap::insert(&mut files, name.clone(), bytes);
        }
        _ => {}
    }
    let mut zip = zip_of(&files);
    if dice.below(3) > 0 {
        fields(&mut dice, &mut zip);
    }
    let mut bytes = zip.write();
    let is_forged = dice.below(2) == 0;
    if !is_forged && zip.comment.starts_with(SEAL.as_bytes()) {
        let (seal, whole) = (bytes.len() - DIGITS, bundle.zip());
        bytes[seal..].copy_from_slice(&whole[whole.len() - DIGITS..]);
    }
    if dice.below(4) == 0 {
        blind(&mut dice, &mut bytes);
    }
    (bytes, is_forged)
}

/// The files of an archive; none where it cannot be read.
fn files(bytes: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut found = BTreeMap::new();
    for nth in 0..archive.len() {
        let mut entry = archive.by_index(nth).ok()?;
        let mut contents = Vec::new();
        entry.read_to_end(&mut contents).ok()?;
        found.insert(entry.name().ok()?.into_owned(), contents);
    }
    Some(found)
}

/// No archive crashes the audit, and none is praised but the unchanged one: that a forger sealed anew may
/// be packed in another way, but nothing else may be in it.
pub(super) fn holds(seed: u64) {
    let (bytes, is_forged) = one(seed);
    let report = audited(&bytes);
    no_fault(&report);
    let whole = small("Pip").zip();
    let told: Vec<Vec<String>> = report.learners.iter().map(told).collect();
    let praised = is_praised(&report, |v| v.original_container);
    if is_forged && praised != (false, false) {
        assert!(files(&bytes) == files(&whole), "{praised:?} {told:#?}");
    } else {
        let is_same = bytes == whole;
        assert_eq!(praised, (is_same, is_same), "{told:#?}");
    }
}
