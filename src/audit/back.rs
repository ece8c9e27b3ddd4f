//! The way back into the learning platform: words for each learner, in the forms that platforms read.
//!
//! Owns what a learner is told in plain text, the grading worksheet of Moodle and the archives of
//! feedback files of Moodle and Canvas. Refuses to grade: a value that a person chose is written for
//! packs without a gap, and nothing else. Refuses to touch what is there: other cells keep every byte.

mod files;
mod letter;
mod rows;
mod table;
mod worksheet;

use super::bag::PackReport;
use super::report::Report;
use super::submission::LearnerReport;
use crate::diag::Severity;
use crate::trace::Status;

pub use files::{Archived, FeedbackArchive, FeedbackFile};
pub use letter::letter;
pub use worksheet::{FilledWorksheet, check_worksheet, fill_worksheet};

/// What the layout is called by which a learner's submission was found.
pub(crate) fn layout<'a>(report: &'a Report, learner: &LearnerReport) -> &'a str {
    report.inputs.iter().find(|i| i.path == learner.input).map_or("", |i| i.layout.as_str())
}

/// Tells whether a learner handed in one pack with no problem, on whose pages nothing is open.
///
/// That another program packed the files again is no problem of the learner's.
pub fn is_complete(report: &Report, learner: &LearnerReport) -> bool {
    let [pack] = learner.packs.as_slice() else { return false };
    let is_error = |p: &super::Problem| p.severity() == Severity::Error;
    learner.looked_at
        && !learner.problems.iter().any(is_error)
        && open(report, pack).is_some_and(|o| o.is_empty())
}

/// The requirements of a pack that are not met, without those that only sum others up; none where the
/// pages were not looked at.
pub(crate) fn open(report: &Report, pack: &PackReport) -> Option<Vec<super::CoveredRow>> {
    let coverage = pack.coverage.as_ref()?;
    let unit = report.units.iter().find(|u| u.code == coverage.unit);
    let is_leaf = |id: &str| {
        let row = unit.and_then(|u| u.rows.iter().find(|r| r.id == id));
        row.is_none_or(|r| !r.group && !r.extra)
    };
    let is_open = |row: &super::CoveredRow| row.status != Status::Met && is_leaf(&row.id);
    Some(coverage.rows.get().into_iter().filter(is_open).collect())
}
