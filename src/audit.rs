//! The audit: packs, and downloads with the packs of a class, looked at without unpacking them.
//!
//! Owns the answer to *is this the pack that evipack made, whole and unchanged, and whose is it?*
//! Input is bytes and lists of names that somebody else brings ([`source`]); nothing is ever written,
//! no link is followed, and everything is read under `limits`. It reads in three layers:
//!
//! ```text
//! container   the structure of an archive             original, repacked, broken
//! lms         names → submissions, one a learner      layouts are data
//! bag         one pack → verdicts and findings        readable, complete, valid, original container
//! ```
//!
//! Refuses to judge learners: it says what the bytes are, and what a person should look at.

mod bag;
mod container;
mod coverage;
mod desk;
mod duplicates;
mod finding;
mod limits;
mod lms;
mod original;
mod reader;
mod report;
mod similar;
pub mod source;
mod submission;

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

pub use bag::{Identity, PackReport, Person};
pub use coverage::{Coverage, CoveredRow, Missed, PagePlace, Suggestion, UnitRow, UnitRows};
pub use desk::Desk;
pub use finding::{Finding, Flaw, Problem, Verdicts};
pub use limits::Limits;
pub use lms::{Layouts, Part};
pub use report::{
    InputReport, Links, Press, Printed, Report, Sheet, Totals, class_report, class_workbook, encoded,
};
pub use similar::{Excerpt, Passage, Side, Similarity};
pub use submission::{AttemptReport, LearnerReport, LooseFile};

use lms::{Attempt, Handed, Named, Sorted, Submission, is_archive, is_stray};
use reader::Archive;
use source::{Bytes, Kind, Tree};
use submission::Around;

/// Something to audit.
pub struct Input<'a> {
    /// Its name as the user wrote it.
    pub name: String,
    /// Opens it.
    pub open: Box<dyn Fn() -> Result<Opened, Flaw> + Send + Sync + 'a>,
}

/// What is behind an input.
pub enum Opened {
    /// A file: a pack, or a download.
    File(Box<dyn Bytes>),
    /// A folder.
    Folder(Box<dyn Tree>),
}

/// How the audit runs.
pub struct Options<'a> {
    /// How submissions are told apart.
    pub layouts: &'a Layouts,
    /// Limits, and the stop sign.
    pub desk: &'a Desk<'a>,
    /// Called with the number of submissions that are done and known; from several threads.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// Audits all inputs, several submissions at a time; the order of the result does not depend on it.
pub fn audit(inputs: &[Input<'_>], options: &Options<'_>) -> Report {
    let counts = Counts { done: AtomicUsize::new(0), known: AtomicUsize::new(0), options };
    let looked: Vec<(InputReport, Vec<LearnerReport>)> =
        inputs.par_iter().map(|input| one(input, options.desk, &counts)).collect();
    let mut report = Report::new(options.desk);
    for (input, learners) in looked {
        report.inputs.push(input);
        report.learners.extend(learners);
    }
    duplicates::mark(&mut report.learners);
    report.close();
    report
}

struct Counts<'a> {
    done: AtomicUsize,
    known: AtomicUsize,
    options: &'a Options<'a>,
}

impl Counts<'_> {
    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.options.progress)(done, self.known.load(Ordering::Relaxed));
    }
}

/// Audits one input.
fn one(input: &Input<'_>, desk: &Desk<'_>, counts: &Counts<'_>) -> (InputReport, Vec<LearnerReport>) {
    let mut report = InputReport::new(&input.name);
    match (input.open)() {
        Ok(Opened::File(bytes)) => {
            let archive = Archive::new(bytes, desk.limits.class_entries, desk);
            let around = Around {
                input: &input.name,
                tree: &archive,
                archive: Some(&archive),
                is_single: true,
                depth: 1,
            };
            let learners = tree(&around, &mut report, desk, counts);
            (report, learners)
        }
        Ok(Opened::Folder(folder)) => {
            let around =
                Around { input: &input.name, tree: &*folder, archive: None, is_single: false, depth: 0 };
            let learners = tree(&around, &mut report, desk, counts);
            (report, learners)
        }
        Err(flaw) => {
            report.unreadable = true;
            report.findings.push(flaw.finding(&input.name));
            (report, Vec::new())
        }
    }
}

/// Audits the files of an input.
fn tree(
    around: &Around<'_>,
    report: &mut InputReport,
    desk: &Desk<'_>,
    counts: &Counts<'_>,
) -> Vec<LearnerReport> {
    let items = around.tree.items();
    let files = items.iter().enumerate().filter(|(_, item)| item.kind != Kind::Folder);
    let names: Vec<Named<'_>> =
        files.map(|(index, item)| (index, item.path.as_str())).filter(|(_, path)| !is_stray(path)).collect();
    report.entries = names.len();
    let class = sort(&names, counts.options.layouts, around.archive.is_none());
    let is_class = class.is_some();
    let sorted = class.unwrap_or_else(|| whole(&names));
    report.layout.clone_from(&sorted.layout);
    report.left_over = sorted.left_over.iter().map(|i| items[*i].path.clone()).collect();
    if let Some(archive) = around.archive.filter(|_| is_class) {
        report.findings = bag::faults(&archive.container).into_iter().map(Finding::into_warning).collect();
    }
    let around = Around { is_single: !is_class, ..*around };
    counts.known.fetch_add(sorted.submissions.len(), Ordering::Relaxed);
    let look = |submission: &Submission| {
        let learner = submission::examine(&around, submission, desk);
        counts.step();
        learner
    };
    if sorted.submissions.len() == 1 {
        return sorted.submissions.iter().map(look).collect();
    }
    sorted.submissions.par_iter().map(look).collect()
}

/// Tells submissions apart; none where all of it is one submission.
fn sort(names: &[Named<'_>], layouts: &Layouts, is_folder: bool) -> Option<Sorted> {
    if let Some(sorted) = layouts.sort(names) {
        return Some(sorted);
    }
    let bases = bag::bases(names.iter().map(|(_, path)| *path));
    let in_bag = |path: &str| bases.iter().any(|base| path.starts_with(base.as_str()));
    let archives = names.iter().filter(|(_, path)| is_archive(path) && !in_bag(path)).count();
    let sorted = lms::plain(names);
    let is_class =
        bases.len() + archives > 1 || is_folder && bases.is_empty() && sorted.submissions.len() > 1;
    is_class.then_some(sorted)
}

/// All files as the submission of one learner, whose name only the pack knows.
fn whole(names: &[Named<'_>]) -> Sorted {
    let handed = names
        .iter()
        .map(|(index, path)| Handed { index: *index, name: (*path).to_owned(), part: Part::File })
        .collect();
    let submission = Submission {
        learner: Person::default(),
        names: Some(lms::Names::Code),
        source: String::new(),
        late: None,
        attempts: vec![Attempt { when: None, handed }],
        receipt: None,
    };
    Sorted { layout: "single".into(), submissions: vec![submission], left_over: Vec::new() }
}
