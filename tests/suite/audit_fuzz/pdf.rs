//! The PDFs in a pack, damaged with mended manifests, so that the audit really looks into them. What is
//! not printed is no evidence, whatever the damage does to marks, headings and pages.

use evipack::trace::Status;

use super::paper::{self, Paper};
use super::{Dice, blind, no_fault};
use crate::support::audit::{looked_into, mended, told};
use crate::support::toy;

const FILES: [&str; 4] = [
    "data/documents/01-plan.pdf",
    "data/documents/02-evaluation.pdf",
    "data/documents/03-checklist.pdf",
    "data/submission.pdf",
];

/// No damage crashes the audit, and none makes evidence of what is not printed.
pub(super) fn holds(seed: u64) {
    let mut dice = Dice::of(seed);
    let mut files = toy().files.clone();
    let name = *dice.pick(&FILES);
    let mut paper = Paper::of(&files[name]);
    let is_wiped = dice.below(3) == 0;
    if is_wiped {
        paper.wipe();
    }
    let count = dice.below(6);
    (0..count).for_each(|_| paper.damage(&mut dice));
    let mut bytes = paper.written();
    match dice.below(8) {
        0 => paper::tail(&mut dice, &mut bytes),
        1 => blind(&mut dice, &mut bytes),
        _ => {}
    }
    files.insert(name.into(), bytes);
    let report = looked_into(&[&mended(&files)]);
    no_fault(&report);
    let told: Vec<Vec<String>> = report.learners.iter().map(told).collect();
    let pack = &report.learners[0].packs[0];
    assert_eq!(pack.verdicts.valid, Some(true), "{name}: the manifests are mended: {told:#?}");
    let coverage = pack.coverage.as_ref().unwrap_or_else(|| panic!("{name}: not looked into: {told:#?}"));
    let rows = coverage.rows.get();
    let places = rows.iter().flat_map(|row| &row.places);
    for place in places {
        let is_there = place.page > 0 && place.section.chars().any(char::is_alphanumeric);
        assert!(is_there, "{name}: {place:?}: {told:#?}");
        let is_blank = is_wiped && name.ends_with(&place.file);
        assert!(!is_blank, "{name}: nothing is printed in it: {place:?}");
    }
    let met = rows.iter().filter(|row| row.status == Status::Met && !row.group);
    met.for_each(|row| assert!(!row.places.is_empty(), "{name}: {} is met nowhere: {told:#?}", row.id));
}

#[test]
fn a_pdf_that_is_taken_apart_and_put_together_is_as_good_as_before() {
    let mut files = toy().files.clone();
    for name in FILES {
        let again = Paper::of(&files[name]).written();
        files.insert(name.into(), again);
    }
    let report = looked_into(&[&mended(&files)]);
    let learner = &report.learners[0];
    assert!(learner.problems.is_empty(), "{:#?}", told(learner));
    let rows = &learner.packs[0].coverage.as_ref().expect("a coverage").rows.get();
    let places = || rows.iter().flat_map(|row| &row.places);
    for name in &FILES[..2] {
        assert!(places().any(|p| name.ends_with(&p.file)), "nothing is evidenced in {name}");
    }
}
