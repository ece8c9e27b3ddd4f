//! What the pages of a pack show for each requirement, and where that differs from what it claims.
//!
//! Owns the matrix as the audit found it: places come from the PDFs, statuses from the unit's rules
//! over the profile inside. Refuses to believe `checklist.json`, and to decide anything about PDFs
//! that evipack did not make: for those there are only suggestions.

use serde::Serialize;

use crate::trace::{Status, Totals};

/// The matrix of one pack.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// The unit's code; [`super::Report::units`] says what its rows are.
    pub unit: String,
    /// One row for each requirement, in the unit's order.
    pub rows: Vec<CoveredRow>,
    /// Sums over the unit's own leaves.
    pub totals: Totals,
}

/// What was found for one requirement.
#[derive(Clone, Debug, Serialize)]
pub struct CoveredRow {
    /// The requirement's id.
    pub id: String,
    /// How far the evidence goes, as the audit sees it.
    pub status: Status,
    /// What `checklist.json` says; none where it says nothing of the row.
    pub claimed: Option<Status>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// The unit's wording.
    pub text: String,
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
