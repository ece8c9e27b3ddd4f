//! `evipack check`: every problem at once, then the coverage.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::output::{display, display_json, human, machine, print, wrapped};
use super::{Format, Outcome, PROBLEMS, files};
use crate::catalog::Catalog;
use crate::diag::{Diagnostic, Severity, stops_build};
use crate::trace::{Matrix, Row, Status, Totals};
use crate::{Checked, profile};

/// Arguments of `check`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The profile, a JSON file
    profile: PathBuf,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    conventions: files::Conventions,
}

/// Judges a profile.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    let catalog = &args.conventions.within(catalog)?;
    let (checked, _) = match files::checked(catalog, &args.profile) {
        Ok(found) => found,
        Err(stopped) if args.format == Format::Json && stopped.was_read() => {
            print(&json_stopped(&stopped.problems))?;
            return Ok(stopped.code());
        }
        Err(stopped) => return stopped.tell(),
    };
    let printed = match args.format {
        Format::Human => print(&report(&checked))?,
        Format::Json => print(&json_report(&checked))?,
    };
    Ok(if checked.is_clean() { printed } else { ExitCode::from(PROBLEMS) })
}

fn all(checked: &Checked) -> Vec<Diagnostic> {
    let mut list = checked.problems.clone();
    list.extend(checked.outcomes.failures.clone());
    list.extend(checked.outcomes.faults.clone());
    profile::in_reading_order(list)
}

fn json_report(checked: &Checked) -> String {
    let problems: Vec<_> = all(checked).iter().map(machine).collect();
    let report = json!({
        "format": "evipack-check/1",
        "unit": checked.unit.code,
        "can_be_built": !stops_build(&checked.problems, false),
        "can_be_built_as_draft": !stops_build(&checked.problems, true),
        "problems": problems,
        "rows": checked.forecast.rows,
        "totals": checked.forecast.totals,
    });
    display_json(&String::from_utf8_lossy(&crate::pretty(&report)))
}

/// The same form for a profile that could not be judged.
fn json_stopped(problems: &[Diagnostic]) -> String {
    let report = json!({
        "format": "evipack-check/1",
        "unit": null,
        "can_be_built": false,
        "can_be_built_as_draft": false,
        "problems": problems.iter().map(machine).collect::<Vec<_>>(),
        "rows": [],
        "totals": Totals::default(),
    });
    display_json(&String::from_utf8_lossy(&crate::pretty(&report)))
}

fn report(checked: &Checked) -> String {
    let text = &checked.profile.source.text;
    let mut out = String::new();
    for problem in all(checked) {
        out.push_str(&human(&problem, Some(text)));
        out.push('\n');
    }
    out.push_str(&coverage(&checked.forecast, &checked.unit.code));
    out.push_str(&verdict(checked));
    out
}

fn coverage(matrix: &Matrix, unit: &str) -> String {
    let mut out = format!("Coverage of {unit}, as far as the profile goes\n\n");
    let mut kind = "";
    for row in &matrix.rows {
        if row.parent.is_none() && row.kind != kind {
            kind = &row.kind;
            if row.kind != "element" {
                let _ = writeln!(out, "\n{}", heading(kind));
            }
        }
        if row.kind == "element" {
            out.push('\n');
        }
        out.push_str(&line(row));
    }
    out.push('\n');
    out
}

fn heading(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn line(row: &Row) -> String {
    let mark = match row.status {
        Status::Met => "✓",
        Status::PartlyMet => "◐",
        Status::Missing => "✗",
    };
    let indent = "  ".repeat(row.depth);
    let status = row.status.label().to_lowercase();
    let confirm = if row.confirm && !row.group { ", assessor to confirm" } else { "" };
    let mut text: String = display(&row.text).split_whitespace().collect::<Vec<_>>().join(" ");
    let room = 66usize.saturating_sub(indent.len());
    if text.chars().count() > room {
        text = format!("{}…", text.chars().take(room - 1).collect::<String>().trim_end());
    }
    let count = match (row.required, row.found) {
        (Some(required), Some(found)) => format!(" ({found} of {required})"),
        _ => String::new(),
    };
    let mut out = format!("{indent}{mark} {:<9} {text} — {status}{count}{confirm}\n", row.id);
    if !row.group {
        for reason in &row.reasons {
            out.push_str(&wrapped(&format!("→ {}", display(reason)), &format!("{indent}            "), 80));
        }
    }
    out
}

fn verdict(checked: &Checked) -> String {
    let count = |list: &[Diagnostic], severity| list.iter().filter(|d| d.severity == severity).count();
    let list = all(checked);
    let (errors, warnings) = (count(&list, Severity::Error), count(&list, Severity::Warning));
    let totals = checked.forecast.totals;
    let rows = totals.met + totals.partly_met + totals.missing;
    let next = if stops_build(&checked.problems, true) {
        "It cannot be built until the errors in its form are mended."
    } else if stops_build(&checked.problems, false) {
        "It can be built as a draft (`evipack build --draft`); the final pack needs the missing parts."
    } else if totals.partly_met + totals.missing > 0 {
        "It can be built; requirements that are not met yet will say so in the checklist."
    } else {
        "It can be built."
    };
    format!(
        "{} met, {} partly met, {} missing of {rows} requirements; {} for the assessor to confirm\n{}, {}. {next}\n",
        totals.met,
        totals.partly_met,
        totals.missing,
        totals.confirm,
        plural(errors, "error"),
        plural(warnings, "warning"),
    )
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
