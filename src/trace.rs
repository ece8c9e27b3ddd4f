//! Marks on pages + outcomes of rules → the mapping matrix.
//!
//! Owns the status of every requirement and where it is evidenced. Refuses to say that anybody is
//! competent: it reports evidence, and an assessor decides.

use serde::Serialize;
use serde_json::{Value, json};

use crate::diag::Severity;
use crate::rules::Outcomes;
use crate::text::Origin;
use crate::typeset::{Mark, Words};
use crate::unit::{Requirement, Unit};

/// How far the evidence for a requirement goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The evidence is there in full.
    Met,
    /// Some evidence is there.
    PartlyMet,
    /// No evidence is there.
    Missing,
}

impl Status {
    /// Returns the status in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Met => "Met",
            Self::PartlyMet => "Partly met",
            Self::Missing => "Missing",
        }
    }
}

/// A place in the pack where a requirement is evidenced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Document id.
    pub document: String,
    /// Document title.
    pub title: String,
    /// The document's PDF, relative to the checklist.
    pub file: String,
    /// The heading as it stands on the page, number included.
    pub section: String,
    /// Page of the document on which that heading stands.
    pub page: usize,
    /// Page of the document on which the evidence ends.
    pub last_page: usize,
    /// Page of the PDF that holds all documents.
    pub submission_page: usize,
    /// Link to the page.
    pub href: String,
    /// Words of the block by who wrote them.
    pub words: Words,
}

/// A requirement with its status.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The requirement's id.
    pub id: String,
    /// What part of the unit it stands in.
    pub kind: String,
    /// The row that it is part of.
    pub parent: Option<String>,
    /// How deep it stands below its first ancestor.
    pub depth: usize,
    /// It has rows below it and takes the worst of them.
    pub group: bool,
    /// It is judged but not counted among the unit's rows.
    pub extra: bool,
    /// The unit's wording.
    pub text: String,
    /// The unit's line that introduces the wording, where it cannot stand alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_in: Option<String>,
    /// How far the evidence goes.
    pub status: Status,
    /// An assessor has to confirm it in any case.
    pub confirm: bool,
    /// How many items are needed, where a number is.
    pub required: Option<usize>,
    /// How many items are there.
    pub found: Option<usize>,
    /// What is counted.
    pub unit_of_count: Option<String>,
    /// The number is a convention of this product and not the unit's own.
    pub convention: bool,
    /// Why it is not met.
    pub reasons: Vec<String>,
    /// Advice that does not change the status.
    pub advice: Vec<String>,
    /// Product, observation, oral or third party.
    pub evidence_type: String,
    /// The task of the submission that it belongs to.
    pub task: String,
    /// Where it is evidenced, the primary documents first.
    pub evidence: Vec<Evidence>,
}

impl Row {
    /// Tells whether the row is one of the unit's own leaves.
    pub fn is_counted(&self) -> bool {
        !self.group && !self.extra
    }
}

/// How many rows have which status; groups are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Evidence in full.
    pub met: usize,
    /// Some evidence.
    pub partly_met: usize,
    /// No evidence.
    pub missing: usize,
    /// Rows among all of these that an assessor has to confirm.
    pub confirm: usize,
}

/// What a document of the pack is, as the matrix sees it.
#[derive(Clone, Debug, Default)]
pub struct Located {
    /// Document id.
    pub id: String,
    /// The id in the unit that it comes from: the same, but for repeated documents.
    pub spec: String,
    /// Title.
    pub title: String,
    /// File name below the payload, such as `documents/04-content-guidelines.pdf`.
    pub file: String,
    /// Marks that hold words.
    pub marks: Vec<Mark>,
    /// Words of the whole document by who wrote them.
    pub words: Words,
    /// Pages before it in the PDF that holds all documents.
    pub offset: usize,
}

/// The mapping matrix.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// One row for each requirement, in the unit's order.
    pub rows: Vec<Row>,
    /// Totals over the rows that are no groups.
    pub totals: Totals,
    documents: Vec<(String, String, Words)>,
}

impl Matrix {
    /// Makes the matrix from what was found on the pages.
    pub fn trace(unit: &Unit, outcomes: &Outcomes, documents: &[Located]) -> Self {
        Self::make(unit, outcomes, Some(documents))
    }

    /// Makes the matrix before anything is typeset: what the profile holds counts as evidence.
    pub fn forecast(unit: &Unit, outcomes: &Outcomes) -> Self {
        Self::make(unit, outcomes, None)
    }

    fn make(unit: &Unit, outcomes: &Outcomes, documents: Option<&[Located]>) -> Self {
        let mut rows: Vec<Row> =
            unit.requirements.iter().map(|r| row(unit, r, outcomes, documents)).collect();
        demand(unit, &mut rows);
        raise(&mut rows);
        let totals = total(rows.iter().filter(|r| r.is_counted()));
        let words =
            documents.unwrap_or_default().iter().map(|d| (d.id.clone(), d.title.clone(), d.words.clone()));
        Self { rows, totals, documents: words.collect() }
    }

    /// Returns the matrix as the checklist's template and the workbook read it.
    pub fn context(&self) -> Value {
        json!({
            "rows": self.rows.iter().map(row_context).collect::<Vec<_>>(),
            "reverse": self.reverse(),
            "totals": self.totals,
            "kinds": self.kinds(),
            "provenance": self.documents.iter().map(|(id, title, words)| share(id, title, words)).collect::<Vec<_>>(),
        })
    }

    /// Returns the machine-readable checklist.
    pub fn checklist(&self, unit: &Unit) -> Value {
        let own = unit.conventions.to_json();
        json!({
            "format": "evipack-checklist/1",
            "unit": { "code": unit.code, "title": unit.value["title"], "release": unit.value["release"] },
            "thresholds": { "set": unit.conventions.set, "changed": own["numbers"], "advice": own["advice"] },
            "rows": self.rows,
            "documents": self.documents.iter().map(|(id, title, words)| share(id, title, words)).collect::<Vec<_>>(),
            "totals": self.totals,
        })
    }

    fn reverse(&self) -> Vec<Value> {
        let ids = |document: &str| -> Vec<&str> {
            let has = |r: &&Row| r.evidence.iter().any(|e| e.document == document);
            self.rows.iter().filter(|r| !r.group).filter(has).map(|r| r.id.as_str()).collect()
        };
        self.documents
            .iter()
            .map(|(id, title, _)| json!({ "document": id, "title": title, "ids": ids(id) }))
            .collect()
    }

    fn kinds(&self) -> Vec<Value> {
        let mut kinds: Vec<&str> = Vec::new();
        for row in self.rows.iter().filter(|r| r.is_counted()) {
            if !kinds.contains(&row.kind.as_str()) {
                kinds.push(&row.kind);
            }
        }
        let count = |kind: &str| {
            let of_kind: Vec<&Row> = self.rows.iter().filter(|r| r.is_counted() && r.kind == kind).collect();
            let totals = total(of_kind.iter().copied());
            json!({
                "kind": kind, "label": kind_label(kind), "count": of_kind.len(), "met": totals.met,
                "partly_met": totals.partly_met, "missing": totals.missing, "confirm": totals.confirm,
            })
        };
        kinds.into_iter().map(count).collect()
    }
}

fn kind_label(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn row_context(row: &Row) -> Value {
    let mut value = json!(row);
    value["status_label"] = json!(row.status.label());
    value
}

fn share(id: &str, title: &str, words: &Words) -> Value {
    let count = |origin| words.get(&origin).copied().unwrap_or_default();
    let all: usize = words.iter().filter(|(o, _)| **o != Origin::Gap).map(|(_, n)| n).sum();
    let percent = (count(Origin::Learner) * 100 + all / 2).checked_div(all).unwrap_or_default();
    json!({
        "document": id, "title": title, "words": all, "learner": count(Origin::Learner), "case": count(Origin::Case),
        "computed": count(Origin::Computed), "template": count(Origin::Template), "learner_share": format!("{percent}%"),
    })
}

fn row(unit: &Unit, requirement: &Requirement, outcomes: &Outcomes, documents: Option<&[Located]>) -> Row {
    let group = unit.is_parent(&requirement.id);
    let evidence = documents.map(|d| located(requirement, d)).unwrap_or_default();
    let is_present = outcomes.present.get(&requirement.id).copied().unwrap_or(true);
    let has_evidence = is_present && (documents.is_none() || !evidence.is_empty());
    let found = outcomes.found.get(&requirement.id).copied();
    let mut reasons = Vec::new();
    let status = if group {
        Status::Met
    } else if !has_evidence {
        reasons.push(absence(requirement, is_present));
        Status::Missing
    } else {
        reasons.extend(shortfall(unit, requirement, found));
        reasons.extend(outcomes.blocking(&requirement.id).map(|d| d.message.clone()));
        if reasons.is_empty() { Status::Met } else { Status::PartlyMet }
    };
    reasons.dedup();
    Row {
        depth: depth(unit, requirement),
        group,
        extra: requirement.extra,
        status,
        reasons,
        advice: advice(outcomes, &requirement.id),
        evidence,
        required: requirement.count.as_ref().map(|c| unit.needed(c)),
        found,
        unit_of_count: requirement.count.as_ref().map(|c| c.of.clone()),
        convention: requirement.count.as_ref().is_some_and(|c| c.convention),
        id: requirement.id.clone(),
        kind: requirement.kind.clone(),
        parent: requirement.parent.clone(),
        text: requirement.text.clone(),
        lead_in: requirement.lead_in.clone(),
        confirm: requirement.confirm,
        evidence_type: requirement.evidence_type.clone(),
        task: requirement.task.clone(),
    }
}

fn absence(requirement: &Requirement, is_present: bool) -> String {
    match (is_present, requirement.close.as_str()) {
        (true, _) => "nothing is printed for it in the documents that should show it".into(),
        (false, "") => "there is nothing for it in the profile".into(),
        (false, close) => close.into(),
    }
}

fn shortfall(unit: &Unit, requirement: &Requirement, found: Option<usize>) -> Option<String> {
    let count = requirement.count.as_ref()?;
    let (found, needed) = (found.unwrap_or_default(), unit.needed(count));
    (found < needed).then(|| format!("{found} of {needed} {}", count.of))
}

fn advice(outcomes: &Outcomes, id: &str) -> Vec<String> {
    let is_advice =
        |d: &&crate::diag::Diagnostic| d.severity != Severity::Error && d.feeds.iter().any(|f| f == id);
    outcomes.failures.iter().filter(is_advice).map(|d| d.message.clone()).collect()
}

fn depth(unit: &Unit, requirement: &Requirement) -> usize {
    let parent = requirement.parent.as_deref().and_then(|p| unit.requirement(p));
    parent.map_or(0, |p| 1 + depth(unit, p))
}

fn located(requirement: &Requirement, documents: &[Located]) -> Vec<Evidence> {
    let is_primary = |d: &Located| requirement.documents.contains(&d.spec);
    let (primary, others): (Vec<_>, Vec<_>) = documents.iter().partition(|d| is_primary(d));
    let mut found: Vec<Evidence> = Vec::new();
    for document in primary.into_iter().chain(others) {
        for mark in document.marks.iter().filter(|m| m.requirement == requirement.id) {
            let evidence = evidence(document, mark);
            let is_known = |e: &Evidence| e.document == evidence.document && e.section == evidence.section;
            if !found.iter().any(is_known) {
                found.push(evidence);
            }
        }
    }
    found
}

fn evidence(document: &Located, mark: &Mark) -> Evidence {
    Evidence {
        document: document.id.clone(),
        title: document.title.clone(),
        file: document.file.clone(),
        section: mark.section.clone(),
        page: mark.page,
        last_page: mark.last_page.max(mark.page),
        submission_page: document.offset + mark.page,
        href: format!("{}#page={}", document.file, mark.page),
        words: mark.words.clone(),
    }
}

/// Rows that ask for all rows of a kind are not met while one of those is missing.
fn demand(unit: &Unit, rows: &mut [Row]) {
    for requirement in unit.requirements.iter().filter(|r| r.needs_kind.is_some()) {
        let is_missing = |r: &&Row| {
            !r.group && Some(&r.kind) == requirement.needs_kind.as_ref() && r.status == Status::Missing
        };
        let missing: Vec<String> = rows.iter().filter(is_missing).map(|r| r.id.clone()).collect();
        let own = rows.iter_mut().find(|r| r.id == requirement.id && !missing.is_empty());
        if let Some(row) = own {
            row.status = row.status.max(Status::PartlyMet);
            row.reasons.push(format!("nothing yet for {}", missing.join(", ")));
        }
    }
}

/// A group takes the worst status below it, and has to be confirmed if any row below has.
fn raise(rows: &mut [Row]) {
    for i in (0..rows.len()).rev() {
        if !rows[i].group {
            continue;
        }
        let id = rows[i].id.clone();
        let below: Vec<&Row> = rows.iter().filter(|r| r.parent.as_ref() == Some(&id)).collect();
        let worst = below.iter().map(|r| r.status).max().unwrap_or(Status::Met);
        let confirm = below.iter().any(|r| r.confirm);
        let open: Vec<&str> =
            below.iter().filter(|r| r.status != Status::Met).map(|r| r.id.as_str()).collect();
        let reason = format!("not met yet: {}", open.join(", "));
        let has_open = !open.is_empty();
        rows[i].status = worst;
        rows[i].confirm |= confirm;
        if has_open {
            rows[i].reasons.push(reason);
        }
    }
}

fn total<'a>(rows: impl Iterator<Item = &'a Row>) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        match row.status {
            Status::Met => totals.met += 1,
            Status::PartlyMet => totals.partly_met += 1,
            Status::Missing => totals.missing += 1,
        }
        totals.confirm += usize::from(row.confirm);
    }
    totals
}
