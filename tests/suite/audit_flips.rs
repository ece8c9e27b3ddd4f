//! Any changed bit is noticed: in the archive, and in the files inside.

use evipack::audit::Problem::{Broken, Changed, Incomplete, NotAPack, Repacked};

use crate::support::audit::{single, small, told};
use crate::support::toy;

/// The bytes with one change at a place: flipped bits, zeroed, taken out, put in.
fn changes(bytes: &[u8], at: usize, bits: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for bit in bits {
        let mut other = bytes.to_vec();
        other[at] ^= 1 << bit;
        out.push((format!("bit {bit} of byte {at}"), other));
    }
    if bytes[at] != 0 {
        let mut other = bytes.to_vec();
        other[at] = 0;
        out.push((format!("byte {at} zeroed"), other));
    }
    let mut shorter = bytes.to_vec();
    shorter.remove(at);
    out.push((format!("byte {at} taken out"), shorter));
    for byte in [0, bytes[at], b'x'] {
        let mut longer = bytes.to_vec();
        longer.insert(at, byte);
        out.push((format!("{byte} put in before byte {at}"), longer));
    }
    out
}

#[test]
fn every_bit_of_an_archive_is_noticed() {
    let bytes = small("Pip").zip();
    assert!(single(&bytes).problems.is_empty(), "unchanged: {:#?}", told(&single(&bytes)));
    for at in 0..bytes.len() {
        for (what, other) in changes(&bytes, at, &[0, 1, 2, 3, 4, 5, 6, 7]) {
            let learner = single(&other);
            assert!(!learner.problems.is_empty(), "{what} of {} is not noticed", bytes.len());
        }
    }
}

#[test]
fn bits_of_a_real_pack_are_noticed() {
    let bytes = &toy().bytes;
    for at in (0..bytes.len()).step_by(bytes.len() / 90) {
        for (what, other) in changes(bytes, at, &[u8::try_from(at % 8).expect("a bit")]) {
            assert!(!single(&other).problems.is_empty(), "{what} is not noticed");
        }
    }
}

#[test]
fn every_byte_of_every_file_is_noticed_although_the_archive_is_in_order() {
    let bundle = small("Pip");
    for (name, bytes) in &bundle.files {
        for at in 0..bytes.len() {
            for (what, other) in changes(bytes, at, &[0, 5, 7]) {
                let mut changed = bundle.clone();
                changed.files.insert(name.clone(), other);
                let learner = single(&changed.zip());
                let noticed = learner.problems.iter().any(|p| [Changed, Incomplete, NotAPack].contains(p));
                assert!(
                    noticed && !learner.problems.contains(&Broken),
                    "{name}, {what}: {:#?}",
                    told(&learner)
                );
                assert!(
                    !learner.problems.contains(&Repacked),
                    "{name}, {what}: the archive is not what changed"
                );
            }
        }
    }
}
