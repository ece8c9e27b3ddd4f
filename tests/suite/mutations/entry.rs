//! One row of the table: what is changed and what has to be said about it.

use std::collections::BTreeSet;

use evipack::diag::Diagnostic;
use serde::Deserialize;

use super::edits::{Edit, Fixture};
use super::place;

/// One row of the table as it stands in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The rule, or the name of one of the program's own checks.
    pub(super) rule: String,
    /// The sample that it starts from.
    pub(super) sample: String,
    /// What breaks the rule.
    pub(super) edits: Vec<Edit>,
    /// The places that the rule must name, and no others: JSON pointers, or `file:line`.
    blamed: OneOrMore,
    /// Other rules that fail with it.
    #[serde(default)]
    also: BTreeSet<String>,
    /// Rules that failed before and do not fail any more.
    #[serde(default)]
    silences: BTreeSet<String>,
    /// What makes the rule apply, and hold, where the sample does not.
    #[serde(default)]
    pub(super) passes: Vec<Edit>,
    /// Words that must stand in the message or in its advice.
    says: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// A problem that the program found.
#[derive(Clone, PartialEq)]
pub(super) struct Finding {
    pub(super) code: String,
    at: String,
    line: usize,
    text: String,
}

impl Finding {
    pub(super) fn of(problem: &Diagnostic) -> Self {
        let place = problem.place.as_ref();
        let at = place.map_or_else(String::new, |p| match &p.pointer {
            Some(pointer) => pointer.clone(),
            None => format!("{}:{}", p.file, p.line),
        });
        let text = format!("{} ({})", problem.message, problem.hints.join("; "));
        Self { code: problem.code.as_str().into(), at, line: place.map_or(0, |p| p.line), text }
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.code, &self.at) == (&other.code, &other.at)
    }
}

impl Entry {
    /// Compares what was found before and after with what was expected, and returns the table's row.
    ///
    /// # Errors
    /// Every difference.
    pub(super) fn compare(
        &self,
        before: &[Finding],
        after: &[Finding],
        broken: &Fixture,
    ) -> Result<String, String> {
        let new: Vec<&Finding> = after.iter().filter(|f| !before.iter().any(|b| b.is_same(f))).collect();
        let gone = before.iter().filter(|f| !after.iter().any(|a| a.is_same(f)));
        let gone: BTreeSet<String> = gone.map(|f| f.code.clone()).collect();
        let (own, others): (Vec<&Finding>, Vec<&Finding>) = new.iter().partition(|f| f.code == self.rule);
        let mut wrong = self.misplaced(&own, broken);
        let also: BTreeSet<String> = others.iter().map(|f| f.code.clone()).collect();
        for code in also.difference(&self.also) {
            let of_code = others.iter().filter(|f| f.code == *code).take(3);
            wrong.extend(of_code.map(|f| format!("{code} fails as well, at {}: {}", f.at, f.text)));
        }
        wrong.extend(self.also.difference(&also).map(|code| format!("{code} does not fail as well")));
        wrong.extend(gone.difference(&self.silences).map(|code| format!("{code} is silenced")));
        wrong.extend(self.silences.difference(&gone).map(|code| format!("{code} is not silenced")));
        if wrong.is_empty() { Ok(self.row(&own)) } else { Err(wrong.join("\n  ")) }
    }

    fn misplaced(&self, own: &[&Finding], broken: &Fixture) -> Vec<String> {
        let blamed = match &self.blamed {
            OneOrMore::One(at) => std::slice::from_ref(at),
            OneOrMore::More(list) => list,
        };
        let expected: BTreeSet<String> = blamed
            .iter()
            .flat_map(|at| if at.starts_with('/') { broken.places(at) } else { vec![at.clone()] })
            .collect();
        let named: BTreeSet<String> = own.iter().map(|f| f.at.clone()).collect();
        if own.is_empty() {
            return vec!["it says nothing".into()];
        }
        let mut wrong = Vec::new();
        if named != expected {
            wrong.push(format!("it names {named:?} and not {expected:?}"));
        }
        for finding in own {
            let line = place::line(&broken.profile, &finding.at);
            if (finding.at.is_empty() || finding.at.starts_with('/')) && finding.line != line {
                wrong.push(format!("{} stands in line {line}, not {}", finding.at, finding.line));
            }
            if let Some(words) = self.says.as_ref().filter(|w| !finding.text.contains(w.as_str())) {
                wrong.push(format!("it does not say “{words}”: {}", finding.text));
            }
        }
        wrong
    }

    fn row(&self, own: &[&Finding]) -> String {
        let edits = self.edits.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let places = own.iter().map(|f| format!("{} line {}", f.at, f.line)).collect::<Vec<_>>().join(", ");
        let also = self.also.iter().cloned().collect::<Vec<_>>().join(", ");
        format!("{} | {} | {edits} | {places} | {also}", self.rule, self.sample)
    }
}
