//! What a learner is told in plain text: what is there, what is missing, and where.
//!
//! Names nobody else, and no verdict on competence: a letter is for one learner alone.

use super::open;
use crate::audit::bag::PackReport;
use crate::audit::coverage::{CoveredRow, PagePlace};
use crate::audit::finding::Problem;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;
use crate::diag::Severity;
use crate::trace::Status;

/// How many open requirements are named.
const NAMED: usize = 40;
/// How many faults of a pack are named.
const FAULTS: usize = 5;

/// Returns the paragraphs of a letter.
pub fn letter(report: &Report, learner: &LearnerReport) -> Vec<String> {
    let mut lines = vec![
        "Thank you for your hand-in. This is what a program found in it; your assessor decides.".to_owned(),
    ];
    if !learner.looked_at {
        lines.push("It has not been looked at yet.".into());
        return lines;
    }
    match learner.packs.as_slice() {
        [] => {
            let text = "There is no evidence pack in it. Please hand in the zip file that “evipack build” wrote, as it is.";
            lines.push(text.into());
        }
        [pack] => about(report, pack, &mut lines),
        packs => {
            lines.push(format!(
                "There are {} packs in it. Please tell your assessor which one counts.",
                packs.len()
            ));
            packs.iter().for_each(|pack| about(report, pack, &mut lines));
        }
    }
    lines
}

fn about(report: &Report, pack: &PackReport, lines: &mut Vec<String>) {
    let faults: Vec<_> = pack.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    if faults.is_empty() {
        lines.push("Your pack arrived whole and unchanged.".into());
    } else {
        lines.push(state(&pack.problems).into());
        // Where the pages hold less than the checklist says, the open requirements tell it.
        let told: Vec<_> = faults.iter().filter(|f| f.problem != Some(Problem::Contradicts)).collect();
        for fault in told.iter().take(FAULTS) {
            lines.push(format!("– {}", fault.in_words()));
        }
        if told.len() > FAULTS {
            lines.push(format!("– and {} more", told.len() - FAULTS));
        }
        lines.push(
            "Building the pack again and handing in the new zip file unopened usually mends this.".into(),
        );
    }
    let (Some(coverage), Some(open)) = (&pack.coverage, open(report, pack)) else { return };
    let all = coverage.totals.met + coverage.totals.partly_met + coverage.totals.missing;
    lines.push(match open.len() {
        0 => format!("For each of the {all} requirements there is evidence on your pages. Well done."),
        1 => format!(
            "For {} of {all} requirements there is evidence on your pages; one is still open:",
            all.saturating_sub(1)
        ),
        n => format!(
            "For {} of {all} requirements there is evidence on your pages; {n} are still open:",
            all.saturating_sub(n)
        ),
    });
    lines.extend(open.iter().take(NAMED).map(|row| still_open(report, &coverage.unit, row)));
    if open.len() > NAMED {
        lines.push(format!("– and {} more", open.len() - NAMED));
    }
    if coverage.totals.confirm > 0 {
        lines.push(format!(
            "{} requirements are for your assessor to confirm in any case.",
            coverage.totals.confirm
        ));
    }
}

fn state(problems: &[Problem]) -> &'static str {
    match problems.first() {
        Some(Problem::Broken) => "Your pack cannot be read in full:",
        Some(Problem::NotAPack) => "What you handed in is not a pack of evipack:",
        Some(Problem::Incomplete) => "Your pack is not complete:",
        Some(Problem::Contradicts) => "The checklist in your pack says more than its pages show.",
        _ => "Some files of your pack are not as evipack wrote them:",
    }
}

fn still_open(report: &Report, unit: &str, row: &CoveredRow) -> String {
    let known = report.units.iter().filter(|u| u.code == unit).flat_map(|u| &u.rows);
    let text =
        known.into_iter().find(|r| r.id == row.id).map(|r| format!(" {}", r.wording())).unwrap_or_default();
    let word = if row.status == Status::Missing { "nothing there yet" } else { "partly there" };
    let why = row.reasons.first().map(|r| format!(": {}", r.trim_end_matches('.'))).unwrap_or_default();
    let accepted = if row.accepted { " (you left it open with a reason)" } else { "" };
    let place = row.places.first().map(|p| format!(" See {}.", told(p))).unwrap_or_default();
    format!("– {}{text} – {word}{why}{accepted}.{place}", row.id)
}

/// A place as people look it up.
pub(crate) fn told(place: &PagePlace) -> String {
    let file = place.file.rsplit('/').next().unwrap_or(&place.file);
    let section = if place.section.is_empty() { String::new() } else { format!(", “{}”", place.section) };
    format!("{file}, page {}{section}", place.page)
}
