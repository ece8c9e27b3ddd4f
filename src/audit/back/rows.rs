//! Which rows of a grading worksheet are a learner's.
//!
//! Moodle numbers learners and teams apart, so the number of a team may be that of a stranger: where the
//! worksheet has teams or names, they have a say. Refuses to guess: who is not found gets nothing.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use super::layout;
use super::table::Table;
use super::worksheet::{Columns, about};
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;

/// Why a learner has no row: a code and a sentence.
type Why = (&'static str, &'static str);

const NONE: Why = ("worksheet-no-row", "the worksheet has no row for them");
const MANY: Why = ("worksheet-rows", "the worksheet has more than one row for them; none was filled in");
const OTHER: Why = (
    "worksheet-other-name",
    "the worksheet has somebody else under their number; that row was left as it is",
);
const TWICE: Why = ("worksheet-hand-ins", "more than one hand-in is theirs; their row was not filled in");
const BY_NAME: Why =
    ("worksheet-by-name", "the download has no number for them; the row was found by the name alone");

/// The rows of a worksheet, by what they are found by.
struct Rows {
    by_id: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
    by_team: BTreeMap<String, Vec<usize>>,
    names: BTreeMap<usize, String>,
}

/// Finds the rows of each learner, or of each member of a team.
pub(super) fn matched<'r>(
    table: &Table<'_>,
    columns: &Columns,
    report: &'r Report,
    findings: &mut Vec<Finding>,
) -> Vec<(usize, &'r LearnerReport)> {
    let rows = Rows::read(table, columns);
    let mut called: BTreeMap<String, usize> = BTreeMap::new();
    report.learners.iter().for_each(|l| *called.entry(name_of(l)).or_default() += 1);
    let mut found = Vec::new();
    for learner in &report.learners {
        match rows.of(report, learner, &called) {
            Ok((theirs, by_name)) => {
                findings.extend(by_name.then(|| about(learner, BY_NAME.0, BY_NAME.1)));
                found.extend(theirs.iter().map(|row| (*row, learner)));
            }
            Err((code, text)) => findings.push(about(learner, code, text)),
        }
    }
    once(found, findings)
}

impl Rows {
    fn read(table: &Table<'_>, columns: &Columns) -> Self {
        let (mut by_id, mut by_name) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        let (mut by_team, mut names) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
        for row in 1..table.rows() {
            let identifier = table.value(row, columns.identifier);
            let digits = identifier.trim_end();
            let id = &digits[digits.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
            if !id.is_empty() {
                by_id.entry(id.to_owned()).or_default().push(row);
            }
            if let Some(column) = columns.name {
                let name = spoken(&table.value(row, column));
                by_name.entry(name.clone()).or_default().push(row);
                names.insert(row, name);
            }
            if let Some(column) = columns.team {
                by_team.entry(spoken(&table.value(row, column))).or_default().push(row);
            }
        }
        Self { by_id, by_name, by_team, names }
    }

    /// The rows of a learner, and whether only the name led there; `called` counts who has which name.
    fn of(
        &self,
        report: &Report,
        learner: &LearnerReport,
        called: &BTreeMap<String, usize>,
    ) -> Result<(&[usize], bool), Why> {
        if layout(report, learner) != "moodle" {
            return Err(NONE);
        }
        let name = name_of(learner);
        let has_namesakes = called.get(&name).is_some_and(|count| *count > 1);
        if let Some(team) = self.by_team.get(&name).filter(|_| !name.is_empty() && !has_namesakes) {
            return Ok((team, false));
        }
        let by_name = learner.learner.id.is_none();
        let rows = match &learner.learner.id {
            Some(id) => self.by_id.get(id),
            None => self.by_name.get(&name).filter(|_| !name.is_empty() && !has_namesakes),
        };
        match rows.map(Vec::as_slice) {
            Some([row]) if !self.agrees(*row, learner) => Err(OTHER),
            Some(one @ [_]) => Ok((one, by_name)),
            Some([_, ..]) => Err(MANY),
            Some([]) | None => Err(NONE),
        }
    }

    /// Tells whether the name of a row can be the learner's: Moodle may put a group before the one, and a
    /// remark after the other.
    fn agrees(&self, row: usize, learner: &LearnerReport) -> bool {
        if learner.names.is_none() {
            return true;
        }
        let own = name_of(learner);
        match self.names.get(&row) {
            Some(name) => own.contains(name.as_str()) || name.contains(&own),
            None => self.by_team.is_empty(),
        }
    }
}

/// Leaves out rows that more than one hand-in would fill.
fn once<'r>(
    found: Vec<(usize, &'r LearnerReport)>,
    findings: &mut Vec<Finding>,
) -> Vec<(usize, &'r LearnerReport)> {
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for (row, _) in &found {
        if !seen.insert(*row) {
            twice.insert(*row);
        }
    }
    let (good, mut bad): (Vec<_>, Vec<_>) = found.into_iter().partition(|(row, _)| !twice.contains(row));
    bad.dedup_by(|(_, one), (_, other)| std::ptr::eq(*one, *other));
    findings.extend(bad.iter().map(|(_, learner)| about(learner, TWICE.0, TWICE.1)));
    good
}

fn name_of(learner: &LearnerReport) -> String {
    spoken(learner.learner.name.as_deref().unwrap_or_default())
}

/// What is left of a name in the names of files as well as in cells: letters and digits, in lower case.
fn spoken(name: &str) -> String {
    let name = name.replace("amp;", "");
    name.nfd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
