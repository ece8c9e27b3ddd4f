//! The profile and the checklist in a pack, damaged with mended manifests: first their values, then
//! their text. The PDF that carries both is as it was, so no change of either goes unnoticed.

use std::sync::atomic::AtomicBool;

use evipack::audit::{Desk, Genuine, Input, Limits, Opened, Options, Report, audit_with};
use serde_json::{Value, json};

use super::{Dice, blind, no_fault, replace};
use crate::support::audit::{catalog, layouts, mended, told};
use crate::support::cohort::genuine;
use crate::support::toy;

const FILES: [&str; 2] = ["data/profile.json", "data/checklist.json"];
/// What stands where nobody expects it, as JSON.
const ODD: [&str; 36] = [
    "null",
    "true",
    "0",
    "-0",
    "-1",
    "0.1",
    "1e308",
    "1e999",
    "-1e999",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999999",
    "NaN",
    "01",
    "\"\"",
    "\" \"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\u0000\\u001b[2J\"",
    "\"\\u202e\\u2066\"",
    "\"=HYPERLINK(1)\"",
    "\"[[metrics/none@p9]]\"",
    "\"{{ 7 * 7 }} #read(1)\"",
    "\"../../etc/passwd\"",
    "\"2026-02-30\"",
    "\"0000-00-00\"",
    "\"9999-12-31\"",
    "\"OSM007\"",
    "[]",
    "{}",
    "[null]",
    "{\"\":{}}",
    "{\"a\":1,\"a\":2}",
    "// no\n1",
    "\u{feff}1",
];

/// No damage crashes the audit, and each is told of.
pub(super) fn holds(seed: u64) {
    let mut dice = Dice::of(seed);
    let mut files = toy().files.clone();
    let name = *dice.pick(&FILES);
    let mut value: Value = serde_json::from_slice(&files[name]).expect("JSON");
    let count = dice.below(4);
    (0..count).for_each(|_| change(&mut dice, &mut value));
    let mut bytes = serde_json::to_vec(&value).expect("JSON");
    let count = dice.below(3);
    (0..count).for_each(|_| text(&mut dice, &mut bytes));
    let is_same = bytes == files[name];
    files.insert(name.into(), bytes);
    let report = looked_into(&mended(&files));
    no_fault(&report);
    let told: Vec<String> = report.learners.iter().flat_map(told).collect();
    let says = |code: &str| told.iter().any(|t| t.starts_with(code));
    if report.learners[0].packs[0].coverage.is_some() {
        assert_eq!(says("attached-differs"), !is_same, "{name}: {told:#?}");
    } else {
        let why = ["profile-refused", "profile-unreadable", "unit-differs", "unit-unknown", "file-"];
        assert!(
            why.iter().any(|code| says(code)),
            "{name} was not looked into, and nothing says so: {told:#?}"
        );
    }
}

/// Audits a pack in full, and compares it.
fn looked_into(bytes: &[u8]) -> Report {
    thread_local! {
        static GENUINE: Genuine = genuine();
    }
    static NEVER: AtomicBool = AtomicBool::new(false);
    GENUINE.with(|genuine| {
        let desk = Desk::new(Limits::default(), false, &NEVER);
        let desk = desk.with_catalog(catalog()).with_genuine(Some(genuine));
        let open = || Ok(Opened::File(Box::new(bytes.to_vec()) as _));
        let input = Input { name: "input.zip".into(), open: Box::new(open) };
        audit_with(&[input], &[], &Options { layouts: layouts(), desk: &desk, progress: &|_, _| {} })
    })
}

/// Changes a value somewhere in a tree.
pub(super) fn change(dice: &mut Dice, value: &mut Value) {
    // Deeper with every step, until the dice say that this is the place.
    let is_here = dice.below(5) == 0;
    match value {
        Value::Array(items) if !items.is_empty() && !is_here => {
            let nth = dice.below(items.len());
            return change(dice, &mut items[nth]);
        }
        Value::Object(map) if !map.is_empty() && !is_here => {
            let nth = dice.below(map.len());
            return change(dice, map.values_mut().nth(nth).expect("a value"));
        }
        _ => {}
    }
    match (dice.below(4), &mut *value) {
        (0, Value::Array(items)) => {
            let many = items.len() << dice.below(8);
            *items = items.iter().cycle().take(many).cloned().collect();
        }
        (1, Value::Array(items)) => items.truncate(dice.below(items.len())),
        (0, Value::Object(map)) => {
            let nth = dice.below(map.len());
            let key = map.keys().nth(nth).cloned().unwrap_or_default();
            map.shift_remove(&key);
        }
        (1, Value::Object(map)) => drop(map.insert("more".into(), json!({ "a": [1] }))),
        (0, Value::String(text)) => *text = text.repeat(1 << dice.below(12)),
        (1, Value::String(text)) => text.push_str("\u{0}\u{7}\u{202e}\u{feff}e\u{301}"),
        (2, _) => *value = nested(1 << dice.below(8)),
        _ => {
            let odd = *dice.pick(&ODD);
            *value = serde_json::from_str(odd).unwrap_or(Value::Null);
        }
    }
}

fn nested(deep: usize) -> Value {
    (0..deep).fold(json!(1), |inner, nth| if nth % 2 == 0 { json!([inner]) } else { json!({ "a": inner }) })
}

/// Changes the text of a file.
pub(super) fn text(dice: &mut Dice, bytes: &mut Vec<u8>) {
    match dice.below(8) {
        0 => blind(dice, bytes),
        1..4 => {
            let piece = *dice.pick(&[&b"["[..], b"{\"a\":", b"9"]);
            let many = dice.often(piece, 18);
            replace(dice, bytes, &many);
        }
        4 => replace(dice, bytes, b"\xFF\xED\xA0\x80"),
        _ => {
            // In the place of a whole value, where there is one.
            let starts: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b':').collect();
            let odd = dice.pick(&ODD).as_bytes();
            if starts.is_empty() {
                return replace(dice, bytes, odd);
            }
            let start = *dice.pick(&starts) + 1;
            let end =
                bytes[start..].iter().position(|b| b",}]".contains(b)).map_or(bytes.len(), |n| start + n);
            bytes.splice(start..end, odd.iter().copied()).for_each(drop);
        }
    }
}
