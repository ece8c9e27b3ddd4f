//! What stands in an assessor record before the assessor writes in it.
//!
//! Owns who and what it is about, and the statuses and pages that the audit found. Everything that is
//! judged stays blank.

use serde_json::{Value as Json, json};

use super::Report;
use super::addressee::Addressee;
use super::feedback::{faults, leaves, looked_into};
use super::pages::{in_words, name_of};
use super::reasons::reasons;
use super::view::{told_otherwise, wording};
use crate::audit::coverage::CoveredRow;
use crate::trace::Status;

/// Places that are named for a row.
const PLACES: usize = 3;

/// Returns what is filled in.
pub(super) fn context(report: &Report, nth: usize, whom: &Addressee) -> Json {
    let learner = &report.learners[nth];
    let pack = looked_into(learner);
    let coverage = pack.and_then(|p| p.coverage.as_ref());
    let row = |row: &CoveredRow| {
        let shown: Vec<String> =
            row.places.iter().take(PLACES).map(|p| in_words(name_of(&p.file), Some(p.page))).collect();
        let more = row.places.len().saturating_sub(PLACES);
        let more = if more > 0 { format!(" (+{more})") } else { String::new() };
        json!({
            "id": row.id, "text": wording(report, coverage, &row.id), "status": row.status,
            "confirm": row.confirm, "where": format!("{}{more}", shown.join("; ")),
            "why": if row.status == Status::Met { None } else { reasons(row, 1).into_iter().next() },
            "claimed": told_otherwise(row).map(Status::label), "accepted": row.accepted,
        })
    };
    let person = match whom.id.as_deref().filter(|id| *id != whom.name) {
        Some(id) => format!("{} ({id})", whom.name),
        None => whom.name.clone(),
    };
    let (_, verdict) = learner.verdict();
    json!({
        "learner": person, "pack": pack.and_then(|p| p.id.as_ref()), "verdict": verdict,
        "source": learner.place(), "about": pack.and_then(|p| p.identity.organisation.as_ref()),
        "attempt": pack.and_then(|p| p.identity.named_attempt), "late": learner.late == Some(true),
        "totals": coverage.map(|c| c.totals), "findings": faults(learner, whom),
        "rows": leaves(report, coverage).iter().map(row).collect::<Vec<_>>(),
    })
}
