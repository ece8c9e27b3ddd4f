//! Archives and manifests with random damage: no crash, and never the praise that only an unchanged
//! pack gets. Repeatable: everything comes from a seed.
//!
//! `EVIPACK_FUZZ_SECONDS=600 cargo test --release --test suite fuzz -- --ignored` runs long.

use std::time::{Duration, Instant};

use evipack::audit::PackReport;

use crate::support::audit::{audited, small, told, zip_of};
use crate::support::zips::{Trailer, Zip};

/// Xorshift: good enough, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).expect("a small number")
    }

    fn byte(&mut self) -> u8 {
        let odd = [0, 1, 0x7f, 0x80, 0xff, b'P', b'/', b'.', b'\n'];
        if self.below(2) == 0 { odd[self.below(odd.len())] } else { self.next().to_le_bytes()[3] }
    }
}

/// Damages bytes without knowing what they are.
fn blind(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len());
        let some = dice.below(40).min(bytes.len() - at);
        match dice.below(8) {
            _ if bytes.is_empty() => bytes.push(dice.byte()),
            0 | 1 => bytes[at] = dice.byte(),
            2 => bytes[at] ^= 1 << dice.below(8),
            3 => bytes.insert(at, dice.byte()),
            4 => drop(bytes.drain(at..at + some)),
            5 => {
                let copy = bytes[at..at + some].to_vec();
                let to = dice.below(bytes.len() - copy.len() + 1);
                bytes[to..to + copy.len()].copy_from_slice(&copy);
            }
            6 => {
                let copy = bytes[at..at + some].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => bytes.truncate(at),
        }
    }
}

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

fn one(seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    dice.next();
    let bundle = small("Pip");
    let mut files = bundle.files.iter().map(|(n, b)| (format!("small-TOY001/{n}"), b.clone())).collect();
    match dice.below(4) {
        0 => {
            let mut bytes = bundle.zip();
            blind(&mut dice, &mut bytes);
            return bytes;
        }
        1 => {
            let all: Vec<String> = bundle.files.keys().map(|n| format!("small-TOY001/{n}")).collect();
            let name = &all[dice.below(all.len())];
            let mut bytes = bundle.files[name.trim_start_matches("small-TOY001/")].clone();
            lines(&mut dice, &mut bytes);
            std::collections::BTreeMap::insert(&mut files, name.clone(), bytes);
        }
        _ => {}
    }
    let mut zip = zip_of(&files);
    if dice.below(3) > 0 {
        fields(&mut dice, &mut zip);
    }
    let mut bytes = zip.write();
    if dice.below(4) == 0 {
        blind(&mut dice, &mut bytes);
    }
    bytes
}

/// Audits the archive of a seed.
fn holds(seed: u64, unchanged: &[u8]) {
    let bytes = one(seed);
    let start = Instant::now();
    let report = audited(&bytes);
    assert!(start.elapsed() < Duration::from_secs(20), "seed {seed} takes long");
    let told: Vec<Vec<String>> = report.learners.iter().map(told).collect();
    assert!(!told.iter().flatten().any(|t| t.starts_with("internal")), "seed {seed}: {told:#?}");
    let is_original = |p: &PackReport| p.verdicts.original_container == Some(true);
    let praised = report.learners.iter().flat_map(|l| &l.packs).any(is_original);
    let all_fine = report.learners.iter().all(|l| l.problems.is_empty());
    let is_same = bytes == unchanged;
    assert_eq!((praised, all_fine), (is_same, is_same), "seed {seed}: {told:#?}");
}

#[test]
fn random_damage_never_crashes_and_never_passes() {
    let unchanged = small("Pip").zip();
    (0..4_000).for_each(|seed| holds(seed, &unchanged));
}

#[test]
#[ignore = "runs as long as EVIPACK_FUZZ_SECONDS says"]
fn random_damage_for_a_long_time() {
    let seconds =
        std::env::var_os("EVIPACK_FUZZ_SECONDS").and_then(|s| s.to_str()?.parse().ok()).unwrap_or(60);
    let (start, unchanged) = (Instant::now(), small("Pip").zip());
    let first = 1 << 32;
    let mut seed: u64 = first;
    while start.elapsed() < Duration::from_secs(seconds) {
        holds(seed, &unchanged);
        seed += 1;
    }
    println!("{} archives in {seconds} s", seed - first);
}
