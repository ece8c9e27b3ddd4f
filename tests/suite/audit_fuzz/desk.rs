//! What the audit reads from the trainer: the grading worksheet, the class list, an earlier report, the
//! files of cases and keys, a pattern. Mistyped and half-saved files are usual; none may end the run.

use std::sync::OnceLock;

use evipack::audit::{Aside, Earlier, Layouts, Report, Roster, fill_worksheet};
use evipack::catalog::Catalog;
use serde_json::{Value, json};

use super::{Dice, blind, json, no_fault, replace};
use crate::audit_worksheet::{SHEET, class};
use crate::support::audit::{audited_by, small};
use crate::support::cohort::{HandIn, compared, genuine};
use crate::support::zips::Zip;

/// A class list in each of the forms that schools use.
const LISTS: [&str; 3] = [
    "\u{FEFF}Surname;First name;Student ID;Username;E-mail address\r\nDay;Ana \"A\";1201;ana_1;a@x.example\r\n\"Li, Bo\";;1202;;\r\n",
    "name,id\nAna A Day,1201\nBo Li,1202\n\"Ng, Cy\",1203\n",
    "Full name\tLogin ID\nAna A Day\tana\n",
];
/// Pieces of tables that nobody expects.
const ODD: [&[u8]; 22] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\xC3",
    b"=1+1",
    b"Identifier",
    b"Participant 1201",
    b"Participant ",
    b"99999999999999999999",
    b"Grade",
    b"Full name",
    "\u{202e}\u{2028}".as_bytes(),
    "\u{1F600}".as_bytes(),
    b"id",
];
/// A pattern of the trainer's own, and pieces of others.
const PATTERN: &str = "^(?<name>[^_/]+)_(?:(?<id>[0-9]+)_)?(?<late>LATE_)?(?<file>.+)$";
const PIECES: [&str; 14] = [
    "(", ")", "[", "*", "{1000}", "{99999}", "(?<name>", "(?<id>", "\\", "\\p{L}", "|", ".*", "(?i)",
    "\u{202e}",
];

/// No damage ends the run.
pub(super) fn holds(seed: u64) {
    let mut dice = Dice::of(seed);
    match dice.below(40) {
        0 => cases(&mut dice),
        1..12 => earlier(&mut dice),
        12..20 => pattern(&mut dice),
        20..30 => roster(&mut dice),
        _ => worksheet(&mut dice),
    }
}

fn a_class() -> &'static Report {
    static CLASS: OnceLock<Report> = OnceLock::new();
    CLASS.get_or_init(class)
}

/// Damages a table.
fn damaged(dice: &mut Dice, text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..dice.below(5) {
        let odd = *dice.pick(&ODD);
        match dice.below(6) {
            0 => blind(dice, &mut bytes),
            1 => bytes.truncate(dice.below(bytes.len() + 1)),
            2 => {
                let many = dice.often(odd, 12);
                replace(dice, &mut bytes, &many);
            }
            _ => replace(dice, &mut bytes, odd),
        }
    }
    bytes
}

/// Nothing but feedback and grades is written, whatever the worksheet is.
fn worksheet(dice: &mut Dice) {
    let bytes = damaged(dice, SHEET);
    let Ok(filled) = fill_worksheet(&bytes, a_class(), Some("100")) else { return };
    assert!(filled.feedback.max(filled.graded) <= a_class().learners.len());
    let before = String::from_utf8(bytes).expect("text");
    let words = before.split(['"', ',', ';', '\t', '\r', '\n']).filter(|w| !matches!(w.trim(), "" | "-"));
    let lost: Vec<&str> = words.filter(|w| !filled.text.contains(*w)).collect();
    assert!(lost.is_empty(), "{lost:?} is gone from the worksheet");
}

fn roster(dice: &mut Dice) {
    let list = *dice.pick(&LISTS);
    let Ok(roster) = Roster::read(&damaged(dice, list)) else { return };
    static CLASS: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = CLASS.get_or_init(|| {
        let (ana, bo) = (small("Ana A Day").zip(), small("Bo Li").zip());
        Zip::of([
            ("Ana A Day_1201_assignsubmission_file/pack.zip", &ana[..]),
            ("Bo Li_1202_assignsubmission_file/pack.zip", &bo),
        ])
        .write()
    });
    let report = audited_by(Some(&roster), bytes);
    no_fault(&report);
    assert_eq!(report.learners.len(), 2);
    assert!(report.absent.as_ref().is_some_and(|absent| absent.len() <= roster.people().count()));
}

fn earlier(dice: &mut Dice) {
    static REPORT: OnceLock<Value> = OnceLock::new();
    let value = REPORT.get_or_init(|| serde_json::to_value(a_class()).expect("JSON"));
    let mut value = value.clone();
    let count = dice.below(4);
    (0..count).for_each(|_| json::change(dice, &mut value));
    let mut bytes = serde_json::to_vec(&value).expect("JSON");
    if dice.below(2) == 0 {
        json::text(dice, &mut bytes);
    }
    let Ok(earlier) = Earlier::read(&*bytes, &Aside::default()) else { return };
    let mut report = class();
    report.compare("earlier.json", &earlier);
    no_fault(&report);
}

fn pattern(dice: &mut Dice) {
    let mut bytes = PATTERN.as_bytes().to_vec();
    for _ in 0..=dice.below(3) {
        let piece = dice.pick(&PIECES).as_bytes();
        let many = dice.often(piece, 10);
        replace(dice, &mut bytes, &many);
    }
    drop(Layouts::own(&String::from_utf8_lossy(&bytes)));
}

/// Files of cases and of keys, and what is found with those that can be read.
fn cases(dice: &mut Dice) {
    let issue = json!({ "code": "I02", "title": "link broken", "from": "2026-08-14", "to": "2026-08-28", "cause": [["link"], ["broke", "not tracked"]], "tables": ["Website"] });
    let cases = json!({ "format": "evipack-cases/1", "cases": [
        { "code": "A-1", "learner": { "name": "Ana Day", "id": "S100001" }, "texts": ["amber anchor basin"] }, { "code": "A-2" },
    ] });
    let keys = json!({ "format": "evipack-key/1", "cases": [{ "code": "A-1", "issues": [issue] }] });
    let is_key = dice.below(2) == 0;
    let mut value = if is_key { keys } else { cases };
    let count = dice.below(2);
    (0..count).for_each(|_| json::change(dice, &mut value));
    let mut bytes = serde_json::to_vec(&value).expect("JSON");
    if dice.below(2) == 0 {
        json::text(dice, &mut bytes);
    }
    let catalog = Catalog::embedded();
    let genuine = genuine();
    let read = if is_key {
        genuine.with_keys(&catalog, "key.json", &bytes)
    } else {
        genuine.with_cases(&catalog, "cases.json", &bytes)
    };
    match read {
        Ok(genuine) => {
            let class = [HandIn::new(1, "Ana Day").with("/case/code", "A-1"), HandIn::new(2, "Bo Li")];
            no_fault(&compared(&genuine, &class, &[]));
        }
        Err(problems) => assert!(!problems.is_empty(), "it is refused without a word"),
    }
}
