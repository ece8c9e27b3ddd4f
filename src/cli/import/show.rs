//! How an import looks to a person and to a program.
//!
//! Owns the layout. Refuses to decide anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::json;

use super::super::output::{display, display_json, human, machine, wrapped};
use crate::diag::Diagnostic;
use crate::import::{Conflict, Import, Understood, Value};
use crate::text::grouped;

/// How wide a line becomes.
const WIDTH: usize = 92;
/// How many periods stand beside each other.
const PERIODS: usize = 4;

/// Shows what was understood, before anything is written.
pub(super) fn understood(found: &Import, replace: bool) -> String {
    let mut out: String = found.tables.iter().map(one).collect();
    out.push_str(&list("Left out", &found.warnings));
    out.push_str(&conflicts(&found.conflicts, replace));
    out.push_str(&list("Questions", &found.questions));
    out.push_str(&list("Problems", &found.problems));
    out
}

fn one(table: &Understood) -> String {
    let part = if table.part.is_empty() { String::new() } else { format!(" › {}", table.part) };
    let mut out = format!("{}\n", display(&format!("{}{part}", table.file)).replace('\n', " "));
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            let text = wrapped(&display(text), &" ".repeat(17), WIDTH - 17);
            let _ = writeln!(out, "  {label:<14} {}", text.trim());
        }
    };
    line("Recognised as", &format!("{} ({}; {})", table.name, table.rows_are, table.kind));
    line("Platform", &table.platforms.join(", "));
    if table.rows > 0 {
        line("Holds", &holds(table));
        line("Exported on", table.exported_on.as_deref().unwrap_or_default());
    }
    for text in &table.lacks {
        line("Stays empty", text);
    }
    for text in &table.notes {
        line("Note", text);
    }
    out.push_str(&numbers(&table.values));
    out.push('\n');
    out
}

fn holds(table: &Understood) -> String {
    let mut text = plural(table.rows, "row");
    if table.posts > 0 {
        let _ = write!(text, ", of which {} published in a period", table.posts);
    }
    if !table.days.is_empty() {
        let _ = write!(text, ", {}", table.days);
    }
    if table.totals > 0 {
        let _ = write!(text, "; {} adding up others left out", plural(table.totals, "row"));
    }
    if table.outside > 0 {
        let _ =
            write!(text, "; {} outside all periods of the profile left out", plural(table.outside, "row"));
    }
    text
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// The numbers, periods beside each other and metrics below each other.
fn numbers(values: &[Value]) -> String {
    let (mut periods, mut rows): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
    let platforms: BTreeSet<&str> = values.iter().map(|v| v.platform.as_str()).collect();
    let mut cells: BTreeMap<(String, &str), String> = BTreeMap::new();
    for value in values {
        let whose = if platforms.len() > 1 { format!(" ({})", value.platform) } else { String::new() };
        let row = format!("{}{whose}", value.metric_name);
        if !periods.contains(&value.period_name.as_str()) {
            periods.push(&value.period_name);
        }
        if !rows.contains(&row) {
            rows.push(row.clone());
        }
        cells.insert((row, &value.period_name), amount(value));
    }
    let first = rows.iter().map(|r| r.chars().count()).max().unwrap_or_default();
    let width = |p: &str| p.chars().count().clamp(9, 20);
    let mut out = String::new();
    for some in periods.chunks(PERIODS) {
        let head = |p: &&str| format!("{:>1$}", display(&p.chars().take(20).collect::<String>()), width(p));
        let heads: Vec<String> = some.iter().map(head).collect();
        let _ = writeln!(out, "\n    {:first$}  {}", "", heads.join("  "));
        for row in &rows {
            let cell = |p: &&str| {
                let text = cells.get(&(row.clone(), *p)).map_or("–", String::as_str);
                format!("{text:>0$}", width(p))
            };
            let line: Vec<String> = some.iter().map(cell).collect();
            let _ = writeln!(out, "    {row:first$}  {}", line.join("  "));
        }
    }
    out
}

fn amount(value: &Value) -> String {
    let digits = |n: i64| grouped(n.unsigned_abs());
    if value.is_money {
        return format!("${}.{:02}", digits(value.value / 100), value.value % 100);
    }
    digits(value.value)
}

fn conflicts(conflicts: &[Conflict], replace: bool) -> String {
    if conflicts.is_empty() {
        return String::new();
    }
    let outcome =
        if replace { "the new ones take their place" } else { "they stay; `--replace` takes the new ones" };
    let mut out = format!("Already there with other numbers: {outcome}\n\n");
    for conflict in conflicts {
        let Conflict { what, there, place, new } = conflict;
        let text = format!("{what}: there {there} ({place}), new {new}");
        out.push_str(&wrapped(&display(&text), "    ", WIDTH - 4));
    }
    out.push('\n');
    out
}

fn list(title: &str, problems: &[Diagnostic]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = problems.iter().map(|p| human(p, None)).collect();
    format!("{title}\n\n{}\n", shown.join("\n"))
}

/// Says how it ended.
pub(super) fn outcome(found: &Import, outcome: &str) -> String {
    let mut out = String::new();
    if found.known > 0 {
        let what = plural(found.known, "number");
        let _ = writeln!(out, "Already there with the same value: {what}, posts included.");
    }
    if let Some(plan) = &found.plan {
        let files: Vec<&str> = plan.new_files.keys().map(String::as_str).collect();
        let (numbers, posts) = (plural(plan.numbers, "number"), plural(plan.posts, "post"));
        let _ = writeln!(out, "New: {numbers} and {posts}, for {}.", files.join(", "));
        for name in plan.changed_files.keys() {
            let _ = writeln!(out, "Rows of `{}` give way to new ones.", display(name));
        }
    }
    let mut letters = outcome.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let _ = writeln!(out, "{}.", display(&first.chain(letters).collect::<String>()));
    out
}

/// The same for other programs.
pub(super) fn json(found: &Import, written: bool) -> String {
    let list = |problems: &[Diagnostic]| problems.iter().map(machine).collect::<Vec<_>>();
    let plan = found.plan.as_ref();
    let report = json!({
        "format": "evipack-import/1",
        "tables": found.tables,
        "conflicts": found.conflicts,
        "already_there": found.known,
        "left_out": list(&found.warnings),
        "questions": list(&found.questions),
        "problems": list(&found.problems),
        "numbers": plan.map_or(0, |p| p.numbers),
        "posts": plan.map_or(0, |p| p.posts),
        "new_files": plan.map_or_else(Vec::new, |p| p.new_files.keys().cloned().collect()),
        "changed_files": plan.map_or_else(Vec::new, |p| p.changed_files.keys().cloned().collect()),
        "written": written,
    });
    display_json(&String::from_utf8_lossy(&crate::pretty(&report)))
}
