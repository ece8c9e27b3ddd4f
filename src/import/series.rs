//! Numbers by day.
//!
//! Owns the days of all files together, so that a period may begin in one file and end in the next,
//! and a day that stands in two counts once. Refuses a total with days missing, unless told to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::format::{Column, TableForm};
use super::known::Known;
use super::rows::Table;
use super::tally::{Key, Number, warning};
use super::words::{listing, span};
use crate::diag::Diagnostics;

/// Platform, input or column, and kind of table.
type Line = (String, String, String);

/// A level on one day, and how much it changed in it.
type Level = (i64, Option<i64>, usize);

/// Which inputs of a table lack the same days of a period: platform, period, table, missing days.
type Gap = (String, usize, usize, Vec<Date>);

/// All numbers by day.
#[derive(Default)]
pub(super) struct Series {
    flows: BTreeMap<Line, BTreeMap<Date, (usize, i64)>>,
    levels: BTreeMap<Line, (Column, BTreeMap<Date, Level>)>,
}

impl Series {
    /// Takes what was counted on a day; fails with the table and number that are there already.
    pub(super) fn flow(
        &mut self,
        (platform, input): (&str, &str),
        (on, number): (Date, i64),
        (table, form): (usize, &TableForm),
    ) -> Result<(), (usize, i64)> {
        let days = self.flows.entry((platform.into(), input.into(), form.id.clone())).or_default();
        match days.insert(on, (table, number)) {
            Some(there) if there.1 != number => Err(there),
            _ => Ok(()),
        }
    }

    /// Takes a level at the end of a day.
    pub(super) fn level(
        &mut self,
        (platform, column): (&str, &Column),
        (on, level, change): (Date, i64, Option<i64>),
        (table, form): (usize, &TableForm),
    ) {
        let line = (platform.to_owned(), column.names.join("|"), form.id.clone());
        let days = self.levels.entry(line).or_insert_with(|| (column.clone(), BTreeMap::new()));
        days.1.insert(on, (level, change, table));
    }

    /// Returns the numbers of each period.
    pub(super) fn totals(
        &self,
        tables: &[Table<'_>],
        known: &Known<'_>,
        warnings: &mut Diagnostics,
    ) -> (Vec<(Key, Number)>, BTreeSet<usize>) {
        let mut numbers = self.ends(tables, known);
        let mut gaps: BTreeMap<Gap, Vec<String>> = BTreeMap::new();
        for ((platform, input, _), days) in &self.flows {
            for (index, period) in known.periods.iter().enumerate() {
                let inside: Vec<&(usize, i64)> =
                    days.range(period.from..=period.to).map(|(_, n)| n).collect();
                let Some(&&(table, _)) = inside.last() else { continue };
                let missing = period.each_day().filter(|d| !days.contains_key(d)).collect::<Vec<Date>>();
                if !missing.is_empty() {
                    let gap = (platform.clone(), index, table, missing);
                    gaps.entry(gap).or_default().push(known.formats.name(input).to_owned());
                    if !known.answers.partial {
                        continue;
                    }
                }
                let value = inside.iter().fold(0_i64, |sum, n| sum.saturating_add(n.1));
                let rank = tables[table].found.form.rank;
                numbers.push(((index, platform.clone(), input.clone()), Number { value, table, rank }));
            }
        }
        let incomplete = gaps.keys().map(|gap| gap.2).collect();
        warnings.extend(gaps.into_iter().map(|(gap, names)| told(gap, &names, (tables, known))));
        (numbers, incomplete)
    }

    fn ends(&self, tables: &[Table<'_>], known: &Known<'_>) -> Vec<(Key, Number)> {
        let mut numbers = Vec::new();
        for ((platform, _, _), (column, days)) in &self.levels {
            for (index, period) in known.periods.iter().enumerate() {
                let before = period.from.yesterday().ok().and_then(|d| days.get(&d)).map(|d| (d.0, d.2));
                let start = before.or_else(|| {
                    let first = days.get(&period.from)?;
                    Some((first.0.saturating_sub(first.1?), first.2))
                });
                let end = days.get(&period.to).map(|d| (d.0, d.2));
                for (input, found) in [(&column.start, start), (&column.end, end)] {
                    let (Some(input), Some((value, table))) = (input, found) else { continue };
                    let rank = tables[table].found.form.rank;
                    numbers.push(((index, platform.clone(), input.clone()), Number { value, table, rank }));
                }
            }
        }
        numbers
    }
}

fn told(gap: Gap, names: &[String], (tables, known): (&[Table<'_>], &Known<'_>)) -> crate::diag::Diagnostic {
    let (_, index, table, missing) = gap;
    let period = &known.periods[index];
    let all = period.each_day().count();
    let outcome = if known.answers.partial { "used as they are" } else { "left empty" };
    let text = format!(
        "{} has {} of the {all} days of {} ({} missing): {} {outcome}",
        known.label(tables, table),
        all - missing.len(),
        period.name,
        listing(&runs(&missing)),
        listing(names),
    );
    let problem = warning(text);
    if known.answers.partial {
        return problem.hint("say in the report that days are missing");
    }
    let whole = span((period.from, period.to));
    problem.hint(format!("export again with all days, {whole}; or add `--partial` to use what is there"))
}

/// Returns days as spans.
fn runs(days: &[Date]) -> Vec<String> {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if run.1.tomorrow().is_ok_and(|next| next == *day) => run.1 = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let more = runs.len().saturating_sub(3);
    let mut told: Vec<String> = runs.into_iter().take(3).map(span).collect();
    if more > 0 {
        told.push(format!("{more} more"));
    }
    told
}
