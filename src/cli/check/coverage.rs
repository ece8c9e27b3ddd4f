//! The list of all requirements with their status, as far as the profile goes.

use std::fmt::Write as _;

use crate::cli::output::{display, wrapped};
use crate::trace::{Matrix, Row, Status};

/// Lists every requirement.
pub(super) fn coverage(matrix: &Matrix, unit: &str) -> String {
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
        if let Some(accepted) = row.accepted.as_ref().filter(|_| row.is_accepted()) {
            let words = format!("= {}", display(&accepted.in_words()));
            out.push_str(&wrapped(&words, &format!("{indent}            "), 80));
        }
    }
    out
}
