//! What hand-ins are compared with, and what is printed of the comparison.

use std::fmt::Write as _;
use std::io::BufReader;
use std::path::PathBuf;

use super::audited;
use crate::audit::{Change, Changes, Desk, Earlier, Kept, Layouts, Report, RowChange};
use crate::cli::files;
use crate::cli::output::display;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// The most bytes of a report that are read.
const MOST: u64 = 512 << 20;
/// How many requirements are printed of one kind.
const NAMED: usize = 12;

/// What hand-ins are compared with.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Say what each learner closed, opened or left open since an earlier hand-in: a pack, a download, a
    /// folder, or what `--json` wrote then
    #[arg(long, value_name = "OLD", help_heading = super::COMPARED)]
    against: Option<PathBuf>,
}

impl Args {
    /// Reads or audits the earlier hand-ins, before the long work.
    pub(super) fn earlier(
        &self,
        layouts: &Layouts,
        desk: &Desk<'_>,
    ) -> Result<Option<(String, Earlier)>, Diagnostics> {
        let Some(path) = &self.against else { return Ok(None) };
        let name = path.display().to_string();
        let unreadable = |why: String| {
            let text = format!("`{name}` cannot be compared with: {why}");
            vec![Diagnostic::error(Builtin::FileUnreadable, text).at(Place::whole(&name))]
        };
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
            let file = files::open(path, MOST).map_err(unreadable)?;
            let earlier = Earlier::read(BufReader::new(file), &desk.aside).map_err(unreadable)?;
            return Ok(Some((name, earlier)));
        }
        let report = audited((std::slice::from_ref(path), &[]), layouts, desk);
        if let Some(input) = report.inputs.iter().find(|i| i.unreadable) {
            let why = input.findings.first().map(|f| f.message.clone()).unwrap_or_default();
            return Err(unreadable(why));
        }
        Ok(Some((name, Earlier::of(&report, &desk.aside))))
    }
}

/// Puts the comparison into words.
pub(super) fn told(report: &Report) -> String {
    let Some(against) = &report.against else { return String::new() };
    let mut out = format!("\nSince {}\n", display(&against.path));
    for learner in &report.learners {
        let name = display(&learner.shown_as).replace('\n', " ");
        match &learner.changes {
            None => {
                let _ = writeln!(out, "  {name}: no earlier hand-in was found");
            }
            Some(changes) => one(&mut out, &name, changes),
        }
    }
    if !against.not_again.is_empty() {
        let names: Vec<String> = against.not_again.iter().map(|n| display(n).replace('\n', " ")).collect();
        let _ = writeln!(out, "  Not handed in again: {}", names.join(", "));
    }
    out
}

fn one(out: &mut String, name: &str, changes: &Changes) {
    if changes.same_pack == Some(true) {
        let _ = writeln!(out, "  {name}: the very same pack");
        return;
    }
    let totals = changes.totals;
    let counts = [
        (totals.closed, "closed"),
        (totals.still_open, "still open"),
        (totals.weakened, "weakened"),
        (totals.new, "open that were met"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
    let sum = match &changes.rows {
        None => "requirements were not looked at".to_owned(),
        Some(_) if counts.is_empty() => "nothing was or is open".to_owned(),
        Some(_) => counts.join(", "),
    };
    let documents = changes.documents.as_ref().map(|d| {
        let count = d.changed.len() + d.added.len() + d.removed.len();
        format!("; {count} documents differ")
    });
    let _ = writeln!(out, "  {name}: {sum}{}", documents.unwrap_or_default());
    let rows = changes.rows.as_ref().map(Kept::get).unwrap_or_default();
    for (change, word) in [
        (Change::New, "✗ open, was met"),
        (Change::Weakened, "✗ weakened"),
        (Change::StillOpen, "◐ still open"),
        (Change::Closed, "✓ closed"),
    ] {
        let rows: Vec<&RowChange> = rows.iter().filter(|r| r.change == change).collect();
        for row in rows.iter().take(NAMED) {
            let places = if row.places.is_empty() { &row.places_before } else { &row.places };
            let place = places.first().map(|p| {
                let file = p.file.rsplit('/').next().unwrap_or(&p.file);
                format!("  {} page {}", display(file), p.page)
            });
            let _ = writeln!(out, "    {word:<16} {}{}", display(&row.id), place.unwrap_or_default());
        }
        if rows.len() > NAMED {
            let _ = writeln!(out, "    {word:<16} and {} more", rows.len() - NAMED);
        }
    }
}
