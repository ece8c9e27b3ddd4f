//! Manifests and tag files, damaged alone: the archive around them is in order, and where the damage is
//! that of a forger the manifest above is mended, so that nothing but the reading of lines can tell.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Dice, blind, is_praised, no_fault, replace};
use crate::support::audit::{audited, small, told};

const MANIFEST: &str = "manifest-sha256.txt";
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
const INFO: &str = "bag-info.txt";
/// The files that are damaged.
const FILES: [&str; 6] = [MANIFEST, MANIFEST, TAG_MANIFEST, TAG_MANIFEST, INFO, "bagit.txt"];
/// What no manifest of evipack holds, or not there.
const ODD: [&[u8]; 42] = [
    b"",
    b" ",
    b"  ",
    b"\t",
    b"\r",
    b"\r\n",
    b"\n",
    b"\n\n",
    b"\0",
    b"\x1b[2J",
    b"\x7f",
    b"\xEF\xBB\xBF",
    b"\xFF",
    b"\xFF\xFE",
    b"\xC0\xAF",
    b"\xED\xA0\x80",
    b"%0A",
    b"%0D%0A",
    b"%25",
    b"%2F",
    b"../",
    b"/",
    b"./",
    b"//",
    b"..\\",
    b"C:\\",
    b"\\\\server\\share\\",
    b"~/",
    b"*",
    b" *",
    b"data/",
    b"data/../",
    b"data/profile.json",
    b"a",
    b"A",
    b"0",
    b"-",
    "\u{a0}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{ff41}".as_bytes(),
    "e\u{301}\u{e9}".as_bytes(),
];

/// No damage crashes the audit, and none passes.
pub(super) fn holds(seed: u64) {
    let mut dice = Dice::of(seed);
    let good = small("Pip");
    let mut bundle = good.clone();
    let name = *dice.pick(&FILES);
    let other = bundle.files[if name == MANIFEST { TAG_MANIFEST } else { MANIFEST }].clone();
    let bytes = bundle.files.get_mut(name).expect("a tag file");
    for _ in 0..=dice.below(2) {
        damage(&mut dice, bytes, &other);
    }
    let is_mended = name != TAG_MANIFEST && dice.below(2) == 0;
    if is_mended {
        mend(&mut bundle.files);
    }
    let report = audited(&bundle.zip());
    no_fault(&report);
    let is_same = bundle.files == good.files;
    // Whoever may write the lines of `bag-info.txt` anew can write good ones.
    if is_same || !(is_mended && name == INFO) {
        let told: Vec<Vec<String>> = report.learners.iter().map(told).collect();
        let praised = is_praised(&report, |v| v.valid);
        assert_eq!(praised, (is_same, is_same), "{name}: {told:#?}");
    }
}

/// Writes the manifest of the tag files anew.
fn mend(files: &mut BTreeMap<String, Vec<u8>>) {
    let digest = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let is_meant = |name: &str| !name.starts_with("data/") && name != TAG_MANIFEST;
    let meant = files.iter().filter(|(name, _)| is_meant(name));
    let lines: String = meant.map(|(name, bytes)| format!("{}  {name}\n", digest(bytes))).collect();
    files.insert(TAG_MANIFEST.into(), lines.into_bytes());
}

fn damage(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    match dice.below(10) {
        0 => blind(dice, bytes),
        1 => whole(dice, bytes, other),
        _ => line(dice, bytes, other),
    }
}

/// Damages the file as a whole.
fn whole(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    match dice.below(8) {
        0 => bytes.clear(),
        1 => *bytes = bytes.repeat(2),
        2 => *bytes = other.to_vec(),
        3 => bytes.make_ascii_uppercase(),
        4 => bytes.splice(0..0, *b"\xEF\xBB\xBF").for_each(drop),
        5 => *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes(),
        6 => *bytes = String::from_utf8_lossy(bytes).encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => {
            let digest = "0".repeat(64);
            let many = (0..20_000).map(|n| format!("{digest}  data/{n:05}\n"));
            bytes.extend(many.collect::<String>().into_bytes());
        }
    }
}

/// Damages one line.
fn line(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        lines.push(b"\n".to_vec());
    }
    let (at, twin) = (dice.below(lines.len()), dice.below(lines.len()));
    let copy = lines[twin].clone();
    let odd = *dice.pick(&ODD);
    match dice.below(14) {
        0 => lines.insert(at, copy),
        1 => drop(lines.remove(at)),
        2 => lines.swap(at, twin),
        3 => lines.insert(at, other.split_inclusive(|b| *b == b'\n').next().unwrap_or_default().to_vec()),
        4 => lines[at].make_ascii_uppercase(),
        5 => lines[at] = odd.repeat(1 << dice.below(18)),
        6 => {
            // The digest of another file.
            let end = 64.min(copy.len()).min(lines[at].len());
            lines[at][..end].copy_from_slice(&copy[..end]);
        }
        7 => {
            let end = dice.below(64).min(lines[at].len());
            lines[at].drain(..end);
        }
        8 => insert(&mut lines[at], 64, odd),
        9 => insert(&mut lines[at], 66, odd),
        10 => {
            let end = lines[at].len().saturating_sub(1);
            insert(&mut lines[at], end, odd);
        }
        11 => insert(&mut lines[at], 0, odd),
        12 => {
            let end = lines[at].len();
            lines[at].splice(end.saturating_sub(1)..end, odd.iter().copied());
        }
        _ => replace(dice, &mut lines[at], odd),
    }
    *bytes = lines.concat();
}

fn insert(line: &mut Vec<u8>, at: usize, odd: &[u8]) {
    let at = at.min(line.len());
    line.splice(at..at, odd.iter().copied());
}
