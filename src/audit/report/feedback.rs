//! What a learner is told: what is there, what is missing, where to look, what to do next.
//!
//! Owns the choice of what goes into a feedback sheet. Refuses results, shared words, and anything
//! that names another learner.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::Report;
use super::addressee::Addressee;
use super::pages::{href, in_words, name_of};
use super::press::Known;
use super::reasons::reasons;
use super::view::{is_group, told_otherwise, wording};
use crate::audit::bag::PackReport;
use crate::audit::coverage::{Coverage, CoveredRow, PagePlace};
use crate::audit::finding::{Finding, Problem};
use crate::audit::submission::LearnerReport;
use crate::diag::Severity;
use crate::trace::{Status, kind_label};

/// Open rows that are shown in full.
const SHOWN: usize = 18;
/// Reasons and places of a row, faults of a file and suggestions that are named.
const REASONS: usize = 4;
const PLACES: usize = 3;
const FAULTS: usize = 4;
const SUGGESTIONS: usize = 10;
/// Rows that are named where more than these are only counted.
const NAMED: usize = 6;
/// Characters of a pack's id.
const ID: usize = 12;

/// Returns everything that a feedback sheet shows.
pub(super) fn context(report: &Report, nth: usize, (whom, known): (&Addressee, Option<&Known>)) -> Json {
    let learner = &report.learners[nth];
    let pack = looked_into(learner);
    let coverage = pack.and_then(|p| p.coverage.as_ref());
    let rows = leaves(report, coverage);
    let open: Vec<&CoveredRow> = rows.iter().filter(|r| r.status != Status::Met).collect();
    let text = |row: &CoveredRow| wording(report, coverage, &row.id);
    let full: Vec<Json> =
        open.iter().take(SHOWN).map(|row| open_row((row, text(row)), whom, known)).collect();
    let has_pages = full.iter().any(|row| row["places"] != json!([]));
    let (mut start, confirm): (Vec<&str>, Vec<&str>) = (
        open.iter().filter(|r| r.status == Status::PartlyMet).map(|r| r.id.as_str()).collect(),
        rows.iter().filter(|r| r.confirm).map(|r| r.id.as_str()).collect(),
    );
    start.truncate(PLACES);
    let claimed: Vec<&str> =
        rows.iter().filter(|r| told_otherwise(r) == Some(Status::Met)).map(|r| r.id.as_str()).collect();
    let faults = faults(learner, whom);
    let files = learner.files.iter().filter_map(|f| whom.only(&f.name));
    let files = files.filter(|name| !faults.iter().any(|fault| fault.contains(name)));
    json!({
        "name": whom.name, "id": whom.id.as_deref().filter(|id| *id != whom.name),
        "unit": known.map(|k| json!({ "code": k.unit.code, "title": k.unit.value["title"] })),
        "source": pack.and_then(|p| whom.only(&p.source)).filter(|s| !s.is_empty()),
        "pack": pack.and_then(|p| p.id.as_ref()).map(|id| id.chars().take(ID).collect::<String>()),
        "about": pack.and_then(|p| p.identity.organisation.as_deref()).and_then(|o| whom.only(o)),
        "state": state(learner), "quick": report.quick, "packs": learner.packs.len(),
        "files": files.take(FAULTS).collect::<Vec<_>>(), "faults": faults,
        "totals": coverage.map(|c| c.totals), "count": coverage.map(|c| c.totals.met + c.totals.partly_met + c.totals.missing),
        "parts": parts(report, coverage, &rows), "open": full, "has_pages": has_pages,
        "rest": open.iter().skip(SHOWN).map(|r| r.id.as_str()).collect::<Vec<_>>(),
        "start": start.join(", "), "confirm": confirm,
        "claimed": claimed.iter().take(NAMED).collect::<Vec<_>>(), "claimed_count": claimed.len(),
        "suggestions": suggestions(learner, whom, known),
    })
}

/// The pack that the sheet is about: the first whose pages were looked at.
pub(super) fn looked_into(learner: &LearnerReport) -> Option<&PackReport> {
    learner.packs.iter().find(|p| p.coverage.is_some()).or_else(|| learner.packs.first())
}

/// The rows of a pack that are judged by themselves.
pub(super) fn leaves(report: &Report, coverage: Option<&Coverage>) -> Vec<CoveredRow> {
    let all = coverage.into_iter().flat_map(|c| c.rows.get());
    all.filter(|r| !is_group(report, coverage, &r.id)).collect()
}

/// The word that the sheet begins with: the worst problem, or none.
fn state(learner: &LearnerReport) -> &'static str {
    match learner.worst() {
        None => "fine",
        Some(Problem::Broken) => "broken",
        Some(Problem::NotAPack) => "not_a_pack",
        Some(Problem::Incomplete) => "incomplete",
        Some(Problem::Changed) => "changed",
        Some(Problem::Contradicts) => "contradicts",
        Some(Problem::Repacked) => "repacked",
    }
}

/// What is wrong with the file, in the audit’s words: the worst of each file in it. Where its pages hold
/// less than its checklist says, the rows tell that.
pub(super) fn faults(learner: &LearnerReport, whom: &Addressee) -> Vec<String> {
    let all = learner.packs.iter().flat_map(|p| &p.findings).chain(&learner.findings);
    let is_told = |p: Problem| p.severity() == Severity::Error && p != Problem::Contradicts;
    let mut reasons: Vec<&Finding> = all.filter(|f| f.problem.is_some_and(is_told)).collect();
    reasons.sort_by_key(|f| f.problem);
    let mut seen = BTreeSet::new();
    reasons.retain(|f| f.file.as_ref().is_none_or(|file| seen.insert(file)));
    reasons.into_iter().map(Finding::in_words).filter(|text| whom.only(text).is_some()).take(FAULTS).collect()
}

/// How many rows of each part of the unit are met.
fn parts(report: &Report, coverage: Option<&Coverage>, rows: &[CoveredRow]) -> Vec<Json> {
    let Some(unit) = report.units.iter().find(|u| coverage.is_some_and(|c| c.unit == u.code)) else {
        return Vec::new();
    };
    let mut kinds: Vec<&str> = Vec::new();
    for row in unit.rows.iter().filter(|r| !r.group && !r.extra) {
        if !kinds.contains(&row.kind.as_str()) {
            kinds.push(&row.kind);
        }
    }
    let count = |kind: &str, status: Option<Status>| {
        let ids = unit.rows.iter().filter(|r| r.kind == kind && !r.group && !r.extra).map(|r| &r.id);
        let own = ids.filter_map(|id| rows.iter().find(|r| r.id == *id));
        own.filter(|r| status.is_none_or(|s| r.status == s)).count()
    };
    kinds
        .iter()
        .map(|kind| {
            json!({
                "label": kind_label(kind), "count": count(kind, None), "met": count(kind, Some(Status::Met)),
                "partly_met": count(kind, Some(Status::PartlyMet)), "missing": count(kind, Some(Status::Missing)),
            })
        })
        .collect()
}

fn open_row((row, text): (&CoveredRow, Option<String>), whom: &Addressee, known: Option<&Known>) -> Json {
    let requirement = known.and_then(|k| k.unit.requirement(&row.id));
    let advice = known.and_then(|k| k.advice.get(&row.id));
    let documents = requirement.map(|r| r.documents.as_slice()).unwrap_or_default();
    let title =
        |id: &String| known?.unit.documents.iter().find(|d| d.id == *id).map(|d| format!("{id} {}", d.title));
    let place = |place: &PagePlace| {
        let at = in_words(name_of(&place.file).trim_end_matches(".pdf"), Some(place.page));
        let section = whom.only(&place.section).filter(|section| !section.is_empty());
        whom.only(&at)?;
        Some(json!({ "at": at, "section": section, "href": href("", place) }))
    };
    json!({
        "id": row.id, "text": text, "plain": advice.map(|a| &a.plain),
        "show": advice.and_then(|a| a.show.as_ref()).filter(|_| row.status == Status::Missing),
        "status": row.status, "accepted": row.accepted,
        "reasons": reasons(row, REASONS).iter().filter_map(|r| whom.only(r)).map(sentence).collect::<Vec<_>>(),
        "places": row.places.iter().filter_map(place).take(PLACES).collect::<Vec<_>>(),
        "belongs": documents.iter().filter_map(title).take(PLACES).collect::<Vec<_>>().join(", "),
    })
}

/// Begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn suggestions(learner: &LearnerReport, whom: &Addressee, known: Option<&Known>) -> Vec<Json> {
    let asked = |id: &str| known.and_then(|k| k.advice.get(id)).map(|advice| &advice.plain);
    let at = |s: &crate::audit::coverage::Suggestion| in_words(&s.file, s.page);
    let all = learner.suggestions.iter().map(|s| (&s.requirement, at(s)));
    let own = all.filter(|(_, at)| whom.only(at).is_some()).take(SUGGESTIONS);
    own.map(|(id, at)| json!({ "id": id, "at": at, "plain": asked(id) })).collect()
}
