//! The report as its printed forms see it: plain JSON, with nothing left to decide for a template.
//!
//! Owns the words and signs of the class report and its workbook, and what is shortened in them. No
//! text of a hand-in leaves it with a character that acts on a screen. What grows with the class is made
//! one by one and never held as a whole. Refuses to judge anew: every status and every reason is the
//! audit's.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::bag::PackReport;
use super::super::coverage::{Coverage, CoveredRow, Missed, UnitRow, UnitRows};
use super::super::finding::{Finding, Problem};
use super::super::roster::Entry;
use super::super::submission::LearnerReport;
use super::Report;
use super::pages::{self, Links, in_words};
use super::reasons::reasons;
use super::{matrix, shared, since};
use crate::diag::Severity;
use crate::text::{quoted, visible};
use crate::trace::Status;
use crate::workbook::Class;

/// More learners than this are a large class: its page has fewer links.
const LARGE: usize = 100;
/// Files of no learner, attempts' files and the like: how many are named.
const NAMED: usize = 20;
/// Reasons of an open row that are shown.
const REASONS: usize = 6;
/// Findings of one kind that are shown at once.
const OF_A_KIND: usize = 3;
/// Characters of a pack's id that are printed beside a name.
const ID: usize = 12;
/// From these shares of the class on, a requirement is missed by most, or by many.
const MOST: usize = 50;
const MANY: usize = 25;
/// From this share of one reason on, the reason is nearly always the same.
const SAME: usize = 75;

/// Everything that the printed forms show.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) report: &'a Report,
    pub(super) links: Links<'a>,
}

impl Class for View<'_> {
    fn frame(&self) -> Json {
        let report = self.report;
        neutral(json!({
            "quick": report.quick, "stopped": report.stopped, "totals": report.totals,
            "warned": report.warned(), "worst": report.by_worst().into_iter().map(worst).collect::<Vec<_>>(),
            "inputs": report.inputs.iter().map(|i| json!({
                "path": i.path, "layout": i.layout_in_words(), "entries": i.entries, "unreadable": i.unreadable,
                "left_over": some(&i.left_over), "left_over_count": i.left_over.len(),
                "findings": told(&i.findings),
            })).collect::<Vec<_>>(),
            "units": report.units.iter().map(|u| matrix::unit(report, u)).collect::<Vec<_>>(),
            "without": without(report),
            "common": report.common.iter().map(shared::group).collect::<Vec<_>>(),
            "absent": report.absent.iter().flatten().map(absent).collect::<Vec<_>>(),
        }))
    }

    fn learners(&self) -> impl Iterator<Item = Json> {
        let all = self.report.learners.iter().enumerate();
        all.map(|(nth, l)| neutral(learner(self.report, l, nth, self.links)))
    }

    fn rows(&self, unit: usize) -> impl Iterator<Item = Json> {
        let unit = &self.report.units[unit];
        matrix::covered(self.report, unit).map(|row| neutral(matrix::row(unit, row)))
    }

    fn pairs(&self) -> impl Iterator<Item = Json> {
        self.report.similar.iter().map(|pair| neutral(shared::pair(self.report, pair)))
    }
}

fn neutral(mut value: Json) -> Json {
    neutralise(&mut value);
    value
}

/// Spells out characters that act on a screen, in every text.
pub(super) fn neutralise(value: &mut Json) {
    match value {
        Json::String(text) => *text = visible(text),
        Json::Array(items) => items.iter_mut().for_each(neutralise),
        Json::Object(map) => map.values_mut().for_each(neutralise),
        _ => {}
    }
}

/// How many learners have this problem as their worst.
fn worst((problem, count): (Problem, usize)) -> Json {
    let tone = if problem.severity() == Severity::Error { "missing" } else { "partly_met" };
    json!({ "count": count, "word": problem.word_of_many(), "tone": tone })
}

fn some(names: &[String]) -> &[String] {
    &names[..names.len().min(NAMED)]
}

pub(super) fn cell(row: Option<&CoveredRow>) -> Json {
    let Some(row) = row else { return json!({ "c": "n", "w": "Not looked at" }) };
    let note = match (row.accepted, told_otherwise(row)) {
        (true, _) => ", left open with a reason".to_owned(),
        (false, Some(claim)) => format!(", the checklist says {}", claim.label().to_lowercase()),
        (false, None) => String::new(),
    };
    let code = match row.status {
        Status::Met => "m",
        Status::PartlyMet => "p",
        Status::Missing => "x",
    };
    let more = if told_otherwise(row).is_some() { " o" } else { "" };
    json!({ "c": format!("{code}{more}"), "s": row.status, "w": format!("{}{note}", row.status.label()) })
}

/// What the pack's checklist says, where it says something else.
pub(super) fn told_otherwise(row: &CoveredRow) -> Option<Status> {
    row.claimed.filter(|claim| *claim != row.status)
}

pub(super) fn missed(unit: &UnitRows, missed: &Missed) -> Json {
    let open = missed.missing + missed.partly_met;
    let share = (open * 100).checked_div(missed.of).unwrap_or(0);
    let wide = if share >= MOST {
        "most"
    } else if share >= MANY {
        "many"
    } else {
        "some"
    };
    let times = missed.reason.as_ref().map_or(0, |(_, times)| *times);
    json!({
        "id": missed.requirement, "open": open, "missing": missed.missing, "partly_met": missed.partly_met,
        "of": missed.of, "share": share, "wide": wide, "reason": missed.reason.as_ref().map(|(r, _)| r),
        "times": times, "same": times > 1 && times * 100 >= open * SAME,
        "text": unit.rows.iter().find(|r| r.id == missed.requirement).map(UnitRow::wording),
    })
}

/// Somebody of the class list who handed in nothing.
fn absent(entry: &Entry) -> Json {
    let id = entry.id.as_ref().or(entry.username.as_ref()).filter(|id| *id != entry.shown());
    json!({ "name": entry.shown(), "id": id })
}

/// Where a learner's section begins.
pub(super) fn anchor(nth: usize) -> String {
    format!("l{}", nth + 1)
}

/// Learners of whom no pack was looked into.
fn without(report: &Report) -> Vec<Json> {
    let all = report.learners.iter().enumerate();
    let bare = all.filter(|(_, l)| l.packs.iter().all(|p| p.coverage.is_none()));
    bare.map(|(nth, l)| {
        let (sign, word) = l.verdict();
        let why = findings(l).find(|f| f.problem.is_some()).map(Finding::in_words);
        let otherwise = if !l.looked_at {
            "the run was stopped before"
        } else if report.quick {
            "pages are not looked at in a quick run"
        } else {
            "its pages were not looked at"
        };
        json!({
            "anchor": anchor(nth), "name": l.shown_as, "id": l.learner.id, "sign": sign, "word": word,
            "tone": tone(l), "why": why.unwrap_or_else(|| otherwise.into()), "late": l.late == Some(true),
        })
    })
    .collect()
}

fn findings(learner: &LearnerReport) -> impl Iterator<Item = &Finding> {
    learner.packs.iter().flat_map(|p| &p.findings).chain(&learner.findings)
}

/// The class that colours a verdict.
pub(super) fn tone(learner: &LearnerReport) -> &'static str {
    match learner.worst() {
        _ if !learner.looked_at => "none",
        None => "met",
        Some(problem) if problem.severity() == Severity::Error => "missing",
        Some(_) => "partly_met",
    }
}

fn learner(report: &Report, learner: &LearnerReport, nth: usize, links: Links<'_>) -> Json {
    let (sign, word) = learner.verdict();
    let rows: Vec<Option<Vec<CoveredRow>>> =
        learner.packs.iter().map(|p| p.coverage.as_ref().map(|c| c.rows.get())).collect();
    let is_open = |rows: &Vec<CoveredRow>| rows.iter().any(|r| r.status != Status::Met);
    let marks = [
        (learner.problems.iter().any(|p| p.severity() == Severity::Error), "problem"),
        (learner.late == Some(true), "late"),
        (rows.iter().flatten().any(is_open), "open"),
        (rows.iter().all(Option::is_none), "none"),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
    let pack = |((p, pack), rows): ((usize, &PackReport), &Option<Vec<CoveredRow>>)| {
        pack_view(report, (learner, p, pack), rows.as_deref().unwrap_or_default(), links)
    };
    json!({
        "anchor": anchor(nth), "name": learner.shown_as, "id": learner.learner.id, "sign": sign, "word": word,
        "tone": tone(learner), "late": learner.late == Some(true), "looked_at": learner.looked_at,
        "marks": marks.join(" "), "place": learner.place(), "problems": problems(learner),
        "attempts": learner.attempts.iter().map(|a| json!({ "when": a.when, "counts": a.counts, "files": a.files.len() })).collect::<Vec<_>>(),
        "packs": learner.packs.iter().enumerate().zip(&rows).map(pack).collect::<Vec<_>>(),
        "files": learner.files.iter().take(NAMED).map(|f| json!({ "name": f.name, "size": size(f.size) })).collect::<Vec<_>>(),
        "files_count": learner.files.len(),
        "findings": told(&learner.findings),
        "changes": learner.changes.as_ref().map(since::changes),
        "suggestions": learner.suggestions.iter().map(|s| json!({
            "id": s.requirement, "at": in_words(&s.file, s.page), "words": s.words.join(", "),
        })).collect::<Vec<_>>(),
    })
}

fn problems(learner: &LearnerReport) -> String {
    learner.problems.iter().map(|p| p.word()).collect::<Vec<_>>().join(", ")
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

fn pack_view(
    report: &Report,
    (learner, nth, pack): (&LearnerReport, usize, &PackReport),
    covered: &[CoveredRow],
    links: Links<'_>,
) -> Json {
    let identity = &pack.identity;
    let verdicts = [
        ("readable", pack.verdicts.readable),
        ("complete", pack.verdicts.complete),
        ("valid", pack.verdicts.valid),
        ("original container", pack.verdicts.original_container),
        ("rebuilt identically", pack.verdicts.rebuilt_identically),
    ];
    let asked = verdicts.iter().filter_map(|(word, is)| Some((word, (*is)?)));
    let asked = asked.map(|(word, is)| json!({ "word": word, "answer": if is { "yes" } else { "no" } }));
    let base = links(learner, pack);
    let coverage = pack.coverage.as_ref();
    let rows = |is_met: bool| -> Vec<Json> {
        let leaves = covered.iter().filter(|r| !is_group(report, coverage, &r.id));
        leaves
            .filter(|r| (r.status == Status::Met && told_otherwise(r).is_none()) == is_met)
            .map(|r| {
                row_view(
                    r,
                    wording(report, coverage, &r.id),
                    (base.as_deref(), report.learners.len() > LARGE),
                )
            })
            .collect()
    };
    json!({
        "nth": nth + 1, "source": pack.source, "folder": pack.folder, "id": pack.id,
        "short": pack.id.as_ref().map(|id| id.chars().take(ID).collect::<String>()),
        "unit": identity.unit, "organisation": identity.organisation, "made_by": identity.made_by,
        "attempt": identity.named_attempt,
        "named": identity.named_learner.as_ref().map(|l| json!({ "name": l.name, "id": l.id })),
        "verdicts": asked.collect::<Vec<_>>(),
        "findings": told(&pack.findings),
        "files": pack.files, "bytes": size(pack.bytes),
        "start": base.as_ref().map(|b| format!("{b}index.html")),
        "totals": coverage.map(|c| c.totals), "open": rows(false), "met": rows(true),
    })
}

/// Tells whether a row takes the worst of those below it.
pub(super) fn is_group(report: &Report, coverage: Option<&Coverage>, id: &str) -> bool {
    unit_row(report, coverage, id).is_some_and(|r| r.group)
}

/// The unit's wording of a row, such that it can stand alone.
pub(super) fn wording(report: &Report, coverage: Option<&Coverage>, id: &str) -> Option<String> {
    unit_row(report, coverage, id).map(UnitRow::wording)
}

fn unit_row<'a>(report: &'a Report, coverage: Option<&Coverage>, id: &str) -> Option<&'a UnitRow> {
    let unit = report.units.iter().find(|u| coverage.is_some_and(|c| c.unit == u.code))?;
    unit.rows.iter().find(|r| r.id == id)
}

fn row_view(row: &CoveredRow, text: Option<String>, (base, is_large): (Option<&str>, bool)) -> Json {
    json!({
        "id": row.id, "text": text, "cell": cell(Some(row)), "status": row.status, "label": row.status.label(),
        "claimed": told_otherwise(row).map(Status::label), "accepted": row.accepted, "confirm": row.confirm,
        "reasons": reasons(row, REASONS), "places": pages::places(row, base, is_large),
    })
}

/// Findings with the worst first; more of one kind than a few are folded away.
fn told(findings: &[Finding]) -> Vec<Json> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|f| f.severity);
    let mut kinds: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    let told = sorted.into_iter().map(|f| {
        let count = kinds.entry((f.code, f.severity)).or_default();
        *count += 1;
        finding(f, *count > OF_A_KIND)
    });
    told.collect()
}

fn finding(finding: &Finding, is_folded: bool) -> Json {
    let word = match (finding.problem, finding.severity) {
        (Some(problem), _) => problem.word(),
        (None, Severity::Error) => "error",
        (None, Severity::Warning) => "warning",
        (None, Severity::Note) => "note",
    };
    let tone = match finding.severity {
        Severity::Error => "missing",
        Severity::Warning => "partly_met",
        Severity::Note => "none",
    };
    json!({
        "word": word, "tone": tone, "code": finding.code, "file": finding.file, "message": quoted(&finding.message),
        "hint": finding.hint.as_deref().map(quoted), "folded": is_folded,
    })
}
