//! The result of a check for other programs: `schemas/check.schema.json`.

use serde_json::{Value, json};

use crate::Checked;
use crate::cli::output::{display_json, machine};
use crate::coach::{Coaching, Entry, sentence};
use crate::diag::{Diagnostic, stops_build};
use crate::profile::in_reading_order;
use crate::trace::Totals;

/// The format's name and version.
const FORMAT: &str = "evipack-check/1";

/// Everything about a profile that could be judged.
pub(super) fn report(checked: &Checked) -> String {
    let problems: Vec<_> = all(checked).iter().map(machine).collect();
    let steps: Vec<Value> = Coaching::of(checked, false).steps.iter().map(step).collect();
    written(&json!({
        "format": FORMAT,
        "unit": checked.unit.code,
        "can_be_built": !stops_build(&checked.problems, false),
        "can_be_built_as_draft": !stops_build(&checked.problems, true),
        "next": steps,
        "problems": problems,
        "rows": checked.forecast.rows,
        "totals": checked.forecast.totals,
    }))
}

/// The same form for a profile that could not be judged.
pub(super) fn stopped(problems: &[Diagnostic]) -> String {
    written(&json!({
        "format": FORMAT,
        "unit": null,
        "can_be_built": false,
        "can_be_built_as_draft": false,
        "next": [],
        "problems": problems.iter().map(machine).collect::<Vec<_>>(),
        "rows": [],
        "totals": Totals::default(),
    }))
}

/// All problems of a profile in reading order.
pub(super) fn all(checked: &Checked) -> Vec<Diagnostic> {
    let mut list = checked.problems.clone();
    list.extend(checked.outcomes.failures.clone());
    list.extend(checked.outcomes.faults.clone());
    in_reading_order(list)
}

fn step(entry: &Entry) -> Value {
    let place = entry.place.as_ref();
    json!({
        "message": entry.message, "action": sentence(&entry.action), "code": entry.code, "more": entry.more,
        "file": place.map(|p| &p.file), "line": place.map(|p| p.line), "column": place.map(|p| p.column),
        "pointer": place.and_then(|p| p.pointer.as_ref()), "feeds": entry.feeds,
    })
}

fn written(report: &Value) -> String {
    display_json(&String::from_utf8_lossy(&crate::pretty(report)))
}
