//! The report: all learners in a fixed order, and totals.
//!
//! Owns the form `evipack-audit/1` (see `schemas/audit.schema.json`): keys keep their meaning, new
//! ones may be added.

mod addressee;
mod feedback;
mod matrix;
mod page;
mod pages;
mod press;
mod reasons;
mod record;
mod shared;
mod since;
mod stems;
mod view;

use std::collections::BTreeMap;

use serde::Serialize;

use super::against::Against;
use super::bag;
use super::class;
use super::coverage::{Missed, UnitRows};
use super::desk::Desk;
use super::finding::{Finding, Problem};
use super::roster::Entry;
use super::similar::{Common, Similarity};
use super::submission::LearnerReport;
use crate::catalog::Catalog;
use crate::diag::Severity;
pub use page::{ClassReport, class_report, class_workbook};
pub use pages::{Links, encoded};
pub use press::{Press, Printed, Sheet};

/// All that was found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The name and version of the form.
    pub format: &'static str,
    /// Whether only what is quick was looked at.
    pub quick: bool,
    /// Whether the run was stopped before its end.
    pub stopped: bool,
    /// What was audited.
    pub inputs: Vec<InputReport>,
    /// One for each learner, by name.
    pub learners: Vec<LearnerReport>,
    /// Sums over the class.
    pub totals: Totals,
    /// What the rows of the units are.
    pub units: Vec<UnitRows>,
    /// Requirements by how often they are not met, the most missed first.
    pub missed: Vec<Missed>,
    /// Hand-ins that share words of learners, the largest share first.
    pub similar: Vec<Similarity>,
    /// Who of the class list handed in nothing; none where no list was given.
    pub absent: Option<Vec<Entry>>,
    /// What the hand-ins were compared with; none where that was not asked for.
    pub against: Option<Against>,
    /// Words that stand in many hand-ins, the most words first.
    pub common: Vec<Common>,
}

/// One input.
#[derive(Debug, Serialize)]
pub struct InputReport {
    /// Its name as the user wrote it.
    pub path: String,
    /// The layout by which submissions were told apart: that of a platform, `pattern`, `plain` or `single`.
    pub layout: String,
    /// The number of files in it.
    pub entries: usize,
    /// Files that belong to no submission.
    pub left_over: Vec<String>,
    /// What is wrong with it as a whole.
    pub findings: Vec<Finding>,
    /// Whether it could not be read at all.
    pub unreadable: bool,
}

/// Sums over the class; a learner with several problems counts with each.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Totals {
    /// Learners.
    pub learners: usize,
    /// Learners who were not looked at, because the run was stopped.
    pub not_looked_at: usize,
    /// Packs.
    pub packs: usize,
    /// Learners without any problem.
    pub fine: usize,
    /// Learners with something broken.
    pub broken: usize,
    /// Learners without a pack.
    pub not_a_pack: usize,
    /// Learners with an incomplete pack.
    pub incomplete: usize,
    /// Learners with a changed pack.
    pub changed: usize,
    /// Learners with a pack that contradicts itself.
    pub contradicts: usize,
    /// Learners with a pack that was packed again.
    pub repacked: usize,
    /// Learners who are late, as far as the platform says.
    pub late: usize,
}

impl InputReport {
    pub(crate) fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            layout: "single".into(),
            entries: 0,
            left_over: Vec::new(),
            findings: Vec::new(),
            unreadable: false,
        }
    }

    /// Says how submissions were told apart.
    pub fn layout_in_words(&self) -> String {
        match self.layout.as_str() {
            "single" => "one submission".into(),
            "plain" => "one folder or archive for each learner".into(),
            "pattern" => "by your own pattern".into(),
            platform => format!("{}{}", platform[..1].to_uppercase(), &platform[1..]),
        }
    }
}

impl Report {
    pub(crate) fn new(desk: &Desk<'_>) -> Self {
        Self {
            format: "evipack-audit/1",
            quick: desk.quick,
            stopped: false,
            inputs: Vec::new(),
            learners: Vec::new(),
            totals: Totals::default(),
            units: Vec::new(),
            missed: Vec::new(),
            similar: Vec::new(),
            absent: None,
            against: None,
            common: Vec::new(),
        }
    }

    /// Notes that a path was named which leads into an input, and was looked at there.
    pub fn named_again(&mut self, path: &str, input: &str) {
        let found = self.inputs.iter_mut().find(|i| i.path == input);
        let text = match path == input {
            true => "it was named more than once, and is looked at once".to_owned(),
            false => format!("{path} was named too: what is there is looked at once"),
        };
        found.into_iter().for_each(|i| i.findings.push(Finding::note("named-again", text.clone())));
    }

    /// Puts all learners in order, and sums up.
    pub(crate) fn close(&mut self, catalog: Option<&Catalog>) {
        self.learners.sort_by_cached_key(|l| {
            let key = |text: &str| text.to_lowercase();
            (key(&l.shown_as), l.learner.clone(), l.input.clone(), l.source.clone())
        });
        let count = |is: &dyn Fn(&LearnerReport) -> bool| self.learners.iter().filter(|l| is(l)).count();
        let with = |problem| count(&|l| l.problems.contains(&problem));
        self.totals = Totals {
            learners: self.learners.len(),
            not_looked_at: count(&|l| !l.looked_at),
            packs: self.learners.iter().map(|l| l.packs.len()).sum(),
            fine: count(&|l| l.looked_at && l.problems.is_empty()),
            broken: with(Problem::Broken),
            not_a_pack: with(Problem::NotAPack),
            incomplete: with(Problem::Incomplete),
            changed: with(Problem::Changed),
            contradicts: with(Problem::Contradicts),
            repacked: with(Problem::Repacked),
            late: count(&|l| l.late == Some(true)),
        };
        let mut findings = self.learners.iter().flat_map(|l| &l.packs).flat_map(|p| &p.findings);
        self.stopped = self.totals.not_looked_at > 0 || findings.any(|f| f.code == bag::STOPPED);
        if let Some(catalog) = catalog {
            class::suggest(&mut self.learners, catalog);
            self.units = class::units(&self.learners, catalog);
        }
        self.missed = class::missed(&self.learners, &self.units);
    }

    /// Counts each learner once, with their worst problem; the worst first.
    pub fn by_worst(&self) -> BTreeMap<Problem, usize> {
        let mut counts = BTreeMap::new();
        for problem in self.learners.iter().filter_map(LearnerReport::worst) {
            *counts.entry(problem).or_default() += 1;
        }
        counts
    }

    /// Counts the learners without a problem with whom a person should look at something all the same.
    pub fn warned(&self) -> usize {
        let is_warned = |l: &&LearnerReport| {
            let mut all = l.packs.iter().flat_map(|p| &p.findings).chain(&l.findings);
            l.problems.is_empty() && all.any(|f| f.severity == Severity::Warning)
        };
        self.learners.iter().filter(is_warned).count()
    }

    /// Tells whether there was nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.learners.is_empty() && self.inputs.iter().all(|i| i.unreadable)
    }

    /// Tells whether anything weighs more than a warning.
    pub fn has_problems(&self) -> bool {
        let is_error = |p: &Problem| p.severity() == Severity::Error;
        let has_error = |l: &LearnerReport| {
            l.problems.iter().any(is_error) || l.findings.iter().any(|f| f.severity == Severity::Error)
        };
        self.learners.iter().any(has_error)
    }
}
