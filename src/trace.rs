//! Marks on pages + outcomes of rules → the mapping matrix.
//!
//! Owns the status of every requirement and where it is evidenced. Refuses to say that anybody is
//! competent: it reports evidence, and an assessor decides.

mod finding;
mod holes;
mod place;
mod view;

use serde::{Deserialize, Serialize};

use crate::diag::Severity;
use crate::rules::Outcomes;
use crate::typeset::{Mark, Words};
use crate::unit::{Requirement, Unit};
pub use finding::{Finding, Spot};
pub use holes::Accepted;
pub use place::Evidence;
pub(crate) use view::{authorship, kind_label};

/// How far the evidence for a requirement goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Words of all these places by who wrote them.
    pub words: Words,
    /// Why the learner leaves it open, where the profile says so; its status stays as it is.
    pub accepted: Option<Accepted>,
}

impl Row {
    /// Tells whether the row is one of the unit's own leaves.
    pub fn is_counted(&self) -> bool {
        !self.group && !self.extra
    }

    /// Tells whether the row is open and the profile says why.
    pub fn is_accepted(&self) -> bool {
        self.accepted.is_some() && self.status != Status::Met
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
    /// Rows among the last two that the profile leaves open with a reason.
    pub accepted: usize,
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
    /// Marks that do not count, because nobody but the template wrote in them.
    pub hollow: Vec<Mark>,
    /// How many pages it has.
    pub pages: usize,
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
    /// What is not as honest or as useful as it could be; the gravest first.
    pub findings: Vec<Finding>,
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
        Self { rows, totals, findings: Vec::new(), documents: words.collect() }
    }
}

fn row(unit: &Unit, requirement: &Requirement, outcomes: &Outcomes, documents: Option<&[Located]>) -> Row {
    let group = unit.is_parent(&requirement.id);
    let evidence = documents.map(|d| place::located(requirement, d)).unwrap_or_default();
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
        reasons.extend(shortfall(unit, requirement, outcomes));
        let is_told = |m: &String| reasons.iter().any(|r: &String| r.starts_with(m.as_str()));
        let others: Vec<String> = outcomes.blocking(&requirement.id).map(|d| d.message.clone()).collect();
        reasons.extend(others.into_iter().filter(|m| !is_told(m)).collect::<Vec<_>>());
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
        words: sum(&evidence),
        evidence,
        accepted: None,
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

fn sum(evidence: &[Evidence]) -> Words {
    let mut words = Words::new();
    for (origin, count) in evidence.iter().flat_map(|e| &e.words) {
        *words.entry(*origin).or_default() += count;
    }
    words
}

fn absence(requirement: &Requirement, is_present: bool) -> String {
    match (is_present, requirement.close.as_str()) {
        (true, _) => "nothing is printed for it in the documents that should show it".into(),
        (false, "") => "there is nothing for it in the profile".into(),
        (false, close) => close.into(),
    }
}

fn shortfall(unit: &Unit, requirement: &Requirement, outcomes: &Outcomes) -> Option<String> {
    let count = requirement.count.as_ref()?;
    let found = outcomes.found.get(&requirement.id).copied().unwrap_or_default();
    let needed = unit.needed(count);
    let proposal = outcomes.proposals.get(&requirement.id).map(|p| format!(": {p}")).unwrap_or_default();
    (found < needed).then(|| format!("{found} of {needed} {}{proposal}", count.of))
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
        totals.accepted += usize::from(row.is_accepted());
    }
    totals
}
