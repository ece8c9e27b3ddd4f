//! How the class as a whole stands with each requirement.
//!
//! Owns the sums over learners. Refuses to rank learners: it counts what is missing, and why.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{CoveredRow, Missed, UnitRow, UnitRows};
use super::submission::LearnerReport;
use crate::catalog::Catalog;
use crate::trace::Status;
use crate::unit::Unit;

/// Returns the codes of the units that the class is about: those of its packs, or the only one there is.
fn codes(learners: &[LearnerReport], catalog: &Catalog) -> BTreeSet<String> {
    let packs = learners.iter().flat_map(|l| &l.packs);
    let codes: BTreeSet<String> = packs.filter_map(|p| Some(p.coverage.as_ref()?.unit.clone())).collect();
    let all = catalog.units();
    if codes.is_empty() && all.len() == 1 { all.into_iter().collect() } else { codes }
}

/// Gives each learner the suggestions for the class's units: what their packs do not show yet.
pub(super) fn suggest(learners: &mut [LearnerReport], catalog: &Catalog) {
    let codes = codes(learners, catalog);
    for learner in learners {
        let mut all = learner.files.iter().flat_map(|file| &file.read.suggestions).peekable();
        if all.peek().is_none() {
            continue;
        }
        let rows = learner.packs.iter().filter_map(|p| p.coverage.as_ref()).flat_map(|c| c.rows.get());
        let met: BTreeSet<String> = rows.filter(|r| r.status == Status::Met).map(|r| r.id).collect();
        let open = all.filter(|(unit, s)| codes.contains(unit) && !met.contains(&s.requirement));
        learner.suggestions = open.map(|(_, suggestion)| suggestion.clone()).collect();
    }
}

/// Says what the rows of the units are that the class is about.
pub(super) fn units(learners: &[LearnerReport], catalog: &Catalog) -> Vec<UnitRows> {
    let is_asked =
        learners.iter().any(|l| !l.suggestions.is_empty() || l.packs.iter().any(|p| p.coverage.is_some()));
    let codes = if is_asked { codes(learners, catalog) } else { BTreeSet::new() };
    codes.iter().filter_map(|code| Unit::load(catalog, code).ok()).map(|unit| rows(&unit)).collect()
}

fn rows(unit: &Unit) -> UnitRows {
    let row = |r: &crate::unit::Requirement| UnitRow {
        id: r.id.clone(),
        kind: r.kind.clone(),
        parent: r.parent.clone(),
        group: unit.is_parent(&r.id),
        extra: r.extra,
        lead_in: unit.lead_in(r),
        text: r.text.clone(),
    };
    UnitRows {
        code: unit.code.clone(),
        title: unit.value["title"].as_str().unwrap_or_default().to_owned(),
        rows: unit.requirements.iter().map(row).collect(),
    }
}

#[derive(Default)]
struct Count {
    missing: usize,
    partly_met: usize,
    of: usize,
    reasons: BTreeMap<String, usize>,
}

impl Count {
    fn add(&mut self, row: CoveredRow) {
        self.of += 1;
        self.missing += usize::from(row.status == Status::Missing);
        self.partly_met += usize::from(row.status == Status::PartlyMet);
        for reason in row.reasons {
            *self.reasons.entry(reason).or_default() += 1;
        }
    }
}

/// Counts how often the counted requirements of the units are not met, the most missed first.
pub(super) fn missed(learners: &[LearnerReport], units: &[UnitRows]) -> Vec<Missed> {
    let mut missed = Vec::new();
    for unit in units {
        let packs = learners.iter().flat_map(|l| &l.packs).filter_map(|p| p.coverage.as_ref());
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        for row in packs.filter(|c| c.unit == unit.code).flat_map(|c| c.rows.get()) {
            counts.entry(row.id.clone()).or_default().add(row);
        }
        for row in unit.rows.iter().filter(|r| !r.group && !r.extra) {
            let Some(count) = counts.get(&row.id).filter(|c| c.missing + c.partly_met > 0) else {
                continue;
            };
            // The first of several that were given equally often.
            let reason = count.reasons.iter().rev().max_by_key(|(_, n)| **n);
            missed.push(Missed {
                unit: unit.code.clone(),
                requirement: row.id.clone(),
                missing: count.missing,
                partly_met: count.partly_met,
                of: count.of,
                reason: reason.map(|(text, n)| (text.clone(), *n)),
            });
        }
    }
    missed.sort_by_key(|m| (Reverse(m.missing + m.partly_met), Reverse(m.missing)));
    missed
}
