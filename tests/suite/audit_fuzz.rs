//! Everything that `evipack audit` reads and did not write, with random damage: no crash, no endless
//! work, and never the praise that only an unchanged pack gets. Repeatable: all of it comes from seeds.
//!
//! `EVIPACK_FUZZ_SECONDS=600 cargo test --release --test suite fuzz -- --ignored --nocapture` tries each
//! target for so long; `EVIPACK_FUZZ_TARGET=pdf` names one, `EVIPACK_FUZZ_SEED` is the first seed.

mod archive;
mod desk;
mod docx;
mod json;
mod layout;
mod manifest;
mod paper;
mod pdf;
mod strange;

use std::panic::catch_unwind;
use std::str::FromStr;
use std::time::{Duration, Instant};

use evipack::audit::{Report, Verdicts};

use crate::support::audit::told;

/// What is damaged: a name, and what tries the case of a seed.
type Target = (&'static str, fn(u64));

const TARGETS: [Target; 8] = [
    ("archive", archive::holds),
    ("desk", desk::holds),
    ("docx", docx::holds),
    ("json", json::holds),
    ("layout", layout::holds),
    ("manifest", manifest::holds),
    ("pdf", pdf::holds),
    ("strange", strange::holds),
];
/// How long one case may take.
const LONGEST: Duration = Duration::from_secs(30);

/// Xorshift: good enough, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        dice.next();
        dice
    }

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

    /// A piece, again and again; up to two to the power of `most` times.
    fn often(&mut self, piece: &[u8], most: usize) -> Vec<u8> {
        piece.repeat(1 << self.below(most))
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
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

/// Puts something in the place of a few bytes.
fn replace(dice: &mut Dice, bytes: &mut Vec<u8>, by: &[u8]) {
    let at = dice.below(bytes.len() + 1);
    let end = (at + dice.below(4)).min(bytes.len());
    bytes.splice(at..end, by.iter().copied());
}

/// A part of the audit that falls says so with a finding of this code.
fn no_fault(report: &Report) {
    let told: Vec<String> = report.learners.iter().flat_map(told).collect();
    assert!(!told.iter().any(|t| t.starts_with("internal")), "{told:#?}");
}

/// Whether any pack has a verdict, and whether nothing is wrong with any hand-in.
fn is_praised(report: &Report, verdict: impl Fn(&Verdicts) -> Option<bool>) -> (bool, bool) {
    let mut packs = report.learners.iter().flat_map(|l| &l.packs);
    let is_praised = packs.any(|p| verdict(&p.verdicts) == Some(true));
    (is_praised, report.learners.iter().all(|l| l.problems.is_empty()))
}

/// Tries a case of a target, and names it where it fails.
fn tried((name, target): Target, seed: u64) {
    let start = Instant::now();
    let done = catch_unwind(|| target(seed));
    assert!(done.is_ok(), "{name}: seed {seed} fails, as said above");
    assert!(start.elapsed() < LONGEST, "{name}: seed {seed} takes {:?}", start.elapsed());
}

fn first(name: &str, cases: u64) {
    let target = TARGETS.iter().find(|(n, _)| *n == name).expect("a target");
    (0..cases).for_each(|seed| tried(*target, seed));
}

#[test]
fn damaged_archives_never_crash_and_never_pass() {
    first("archive", 4_000);
}

#[test]
fn damaged_manifests_never_crash_and_never_pass() {
    first("manifest", 2_000);
}

#[test]
fn damaged_documents_never_crash_and_show_nothing_that_is_not_printed() {
    first("pdf", 150);
}

#[test]
fn damaged_profiles_and_checklists_never_crash_and_never_agree() {
    first("json", 150);
}

#[test]
fn damaged_word_files_never_crash() {
    first("docx", 600);
}

#[test]
fn damaged_pdfs_of_others_are_answered_or_given_up() {
    first("strange", 300);
}

#[test]
fn odd_names_in_downloads_lose_nobody_and_forge_no_line() {
    first("layout", 300);
}

#[test]
fn damaged_files_of_the_trainer_never_crash() {
    first("desk", 600);
}

#[test]
#[ignore = "runs as long as EVIPACK_FUZZ_SECONDS says"]
fn random_damage_for_a_long_time() {
    fn setting<T: FromStr>(name: &str) -> Option<T> {
        std::env::var_os(name)?.to_str()?.parse().ok()
    }
    let long = Duration::from_secs(setting("EVIPACK_FUZZ_SECONDS").unwrap_or(60));
    let first: u64 = setting("EVIPACK_FUZZ_SEED").unwrap_or(1 << 32);
    let wanted: Option<String> = setting("EVIPACK_FUZZ_TARGET");
    let targets = TARGETS.iter().filter(|(name, _)| wanted.as_deref().is_none_or(|w| w == *name));
    let mut tried_any = false;
    for target in targets {
        let (start, mut seed) = (Instant::now(), first);
        while start.elapsed() < long {
            tried(*target, seed);
            seed += 1;
        }
        println!("{}: {} cases in {:?}", target.0, seed - first, start.elapsed());
        tried_any = true;
    }
    assert!(tried_any, "no target is called {wanted:?}");
}
