//! What the pages of a pack show for each requirement, and where that differs from what it claims.
//!
//! Owns the matrix as the audit found it: places come from the PDFs, statuses from the unit's rules
//! over the profile inside. Refuses to believe `checklist.json`, and to decide anything about PDFs
//! that evipack did not make: for those there are only suggestions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::aside::Kept;
use super::claims::Claims;
use super::inside::{Inside, Leaf};
use crate::trace::{Evidence, Located, Matrix, Row, Status, Totals};
use crate::typeset::{Mark, Words};

/// The matrix of one pack.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// The unit's code; [`super::Report::units`] says what its rows are.
    pub unit: String,
    /// One row for each requirement, in the unit's order.
    pub rows: Kept<Vec<CoveredRow>>,
    /// Sums over the unit's own leaves.
    pub totals: Totals,
}

/// What was found for one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoveredRow {
    /// The requirement's id.
    pub id: String,
    /// How far the evidence goes, as the audit sees it.
    pub status: Status,
    /// What `checklist.json` says; none where it says nothing of the row.
    pub claimed: Option<Status>,
    /// It has rows below it and takes the worst of them.
    pub group: bool,
    /// An assessor has to confirm it in any case.
    pub confirm: bool,
    /// It is open, and the profile says why.
    pub accepted: bool,
    /// Why it is not met, in the rules' words.
    pub reasons: Vec<String>,
    /// Where it is evidenced, the primary documents first.
    pub places: Vec<PagePlace>,
}

/// A place on the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePlace {
    /// Document id.
    pub document: String,
    /// The PDF below the pack's `data` folder.
    pub file: String,
    /// The heading as it stands on the page.
    pub section: String,
    /// Page of that PDF, counted from 1.
    pub page: usize,
    /// Page of the PDF that holds all documents, counted from 1.
    pub submission_page: Option<usize>,
}

/// A page of a file that evipack did not make, on which words of a requirement stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The requirement's id.
    pub requirement: String,
    /// The file as the learner called it.
    pub file: String,
    /// The page, counted from 1; none where the file has no pages of its own (DOCX).
    pub page: Option<usize>,
    /// The words of the requirement that stand there.
    pub words: Vec<String>,
}

/// What the rows of a unit are, once for all learners.
#[derive(Clone, Debug, Serialize)]
pub struct UnitRows {
    /// The unit's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its requirements, in the unit's order.
    pub rows: Vec<UnitRow>,
}

/// One requirement of a unit.
#[derive(Clone, Debug, Serialize)]
pub struct UnitRow {
    /// Its id.
    pub id: String,
    /// What part of the unit it stands in.
    pub kind: String,
    /// The row that it is part of.
    pub parent: Option<String>,
    /// It has rows below it and takes the worst of them.
    pub group: bool,
    /// It is judged but not counted among the unit's rows.
    pub extra: bool,
    /// What the wording needs before it to stand alone; none where it needs nothing.
    pub lead_in: Option<String>,
    /// The unit's wording.
    pub text: String,
}

impl UnitRow {
    /// The wording behind what it needs to stand alone.
    pub fn wording(&self) -> String {
        self.lead_in.iter().map(String::as_str).chain([self.text.as_str()]).collect::<Vec<_>>().join(" ")
    }
}

/// How the class stands with one requirement; the most missed first.
#[derive(Clone, Debug, Serialize)]
pub struct Missed {
    /// The unit's code.
    pub unit: String,
    /// The requirement's id.
    pub requirement: String,
    /// Packs in which nothing is there for it.
    pub missing: usize,
    /// Packs in which something is there for it.
    pub partly_met: usize,
    /// Packs that were looked at for it.
    pub of: usize,
    /// The reason that was given most often, and how often.
    pub reason: Option<(String, usize)>,
}

/// Makes the matrix of a pack from its pages and from the profile inside: its rows and their sums.
pub(super) fn of(inside: &Inside<'_>, claims: Option<&Claims>) -> (Vec<CoveredRow>, Totals) {
    let (unit, profile) = (&inside.checked.unit, &inside.checked.profile);
    let located: Vec<Located> = inside.documents.iter().map(located).collect();
    let mut matrix = Matrix::trace(unit, &inside.checked.outcomes, &located);
    matrix.accept(profile.value());
    let whole = Whole::of(inside);
    let row = |row: Row| CoveredRow {
        places: row.evidence.iter().map(|e| whole.place(&row.id, e)).collect(),
        accepted: row.is_accepted(),
        claimed: claims.and_then(|c| c.status(&row.id)),
        id: row.id,
        status: row.status,
        group: row.group,
        confirm: row.confirm,
        reasons: row.reasons,
    };
    (matrix.rows.into_iter().map(row).collect(), matrix.totals)
}

/// A document with its marks, as the matrix reads it; words are not counted here.
fn located(leaf: &Leaf) -> Located {
    let all = leaf.skeleton.iter().flat_map(|s| &s.marks);
    let marks = all.flat_map(|(requirement, marks)| {
        marks.iter().filter(|mark| mark.is_printed).map(|mark| Mark {
            requirement: requirement.clone(),
            section: mark.section.clone(),
            page: mark.page,
            last_page: mark.page,
            words: Words::new(),
            digest: String::new(),
        })
    });
    Located {
        id: leaf.id.clone(),
        spec: leaf.spec.clone(),
        title: leaf.title.clone(),
        file: leaf.file.clone(),
        marks: marks.collect(),
        pages: leaf.skeleton.as_ref().map_or(0, |s| s.pages),
        ..Located::default()
    }
}

/// Where the marks of the documents stand in the PDF that holds all of them: the marks of a requirement
/// are numbered through there, document by document.
struct Whole<'a>(BTreeMap<(&'a str, &'a str, &'a str), usize>);

impl<'a> Whole<'a> {
    fn of(inside: &'a Inside<'_>) -> Self {
        let mut pages = BTreeMap::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let marks = inside.submission.as_ref().map(|s| &s.marks);
        for leaf in &inside.documents {
            for (id, own) in leaf.skeleton.iter().flat_map(|s| &s.marks) {
                let count = counts.entry(id).or_default();
                for mark in own {
                    let there = marks.and_then(|m| m.get(id)?.get(*count));
                    *count += 1;
                    if let Some(there) = there.filter(|there| there.section == mark.section) {
                        let key = (id.as_str(), leaf.id.as_str(), mark.section.as_str());
                        pages.entry(key).or_insert(there.page);
                    }
                }
            }
        }
        Self(pages)
    }

    fn place(&self, requirement: &str, evidence: &Evidence) -> PagePlace {
        let key = (requirement, evidence.document.as_str(), evidence.section.as_str());
        PagePlace {
            document: evidence.document.clone(),
            file: evidence.file.clone(),
            section: evidence.section.clone(),
            page: evidence.page,
            submission_page: self.0.get(&key).copied(),
        }
    }
}
