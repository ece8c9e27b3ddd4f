//! The traps inside one table.
//!
//! Owns the refusal of rows that would count something twice, of foreign money, and the notes on
//! numbers that are odd. Refuses to drop a row without a word.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Entry, Reader};
use crate::diag::{Code, Diagnostic};
use crate::import::dates;
use crate::import::format::{Role, RowKind};
use crate::import::grid::{Cell, Row};
use crate::import::trouble;
use crate::import::words::{day, plain, short};

impl Reader<'_, '_> {
    /// Refuses money that is not in Australian dollars.
    pub(super) fn currencies(&mut self) {
        for column in 0..self.table.found.form.columns.len() {
            let code = self.table.found.currencies[column].as_deref();
            let Some(code) = code.filter(|c| *c != "AUD") else { continue };
            let name = self.table.found.name(column);
            let text = format!("the column “{name}” is in {code}; only Australian dollars (AUD) can be used");
            let hint = "convert the amounts with the rate of the day, write down the rate, and type them in cents under data, values";
            let place = self.place(self.table.found.header, Some(column));
            self.table.problems.push(trouble(text).at(place).hint(hint));
        }
    }

    /// Refuses an export with one row for each post and day.
    pub(super) fn is_broken_down(&mut self, rows: &[Row]) -> bool {
        let found = &self.table.found;
        let by_form = found.form.rows == RowKind::PostAndDay;
        let column = found.form.role(Role::Breakdown);
        let by_cell = column.is_some_and(|c| {
            let whole = &found.form.columns[c].whole;
            let is_day = |cell: &Cell| {
                !whole.iter().any(|w| plain(w) == plain(cell.text())) && dates::written(cell).is_some()
            };
            rows.iter().any(|r| found.cell(r, c).is_some_and(is_day))
        });
        if !by_form && !by_cell {
            return false;
        }
        let ids: BTreeSet<&str> = rows.iter().map(|r| found.text(r, Role::Id)).collect();
        let text = format!(
            "this export has one row for each post and day: {} rows for {} posts; adding them up would count posts several times",
            rows.len(),
            ids.len()
        );
        let problem = self.doubled(text, (found.header, column));
        self.table.problems.push(problem);
        true
    }

    fn doubled(&self, text: String, at: (usize, Option<usize>)) -> Diagnostic {
        let found = &self.table.found;
        let mut problem = trouble(text).at(self.place(at.0, at.1)).hint(&*found.form.export);
        problem.code = Code::Rule(found.format.rules.doubled.clone());
        problem
    }

    /// Notes words instead of numbers, and numbers below zero.
    pub(super) fn numberless(&mut self, entries: &[Entry]) {
        for column in self.number_columns() {
            let name = self.table.found.name(column).to_owned();
            let none = entries.iter().filter(|e| e.numbers[column].is_none()).count();
            if none > 0 && none < entries.len() {
                let text = format!("no number in the column “{name}” in {none} of {} rows", entries.len());
                self.table.notes.push(text);
            }
            if self.table.found.form.columns[column].role == Some(Role::Change) {
                continue;
            }
            let below: Vec<&Entry> =
                entries.iter().filter(|e| e.numbers[column].is_some_and(|n| n < 0)).collect();
            if let Some(first) = below.first() {
                let number = first.numbers[column].unwrap_or_default();
                self.table.notes.push(format!(
                    "{} below zero in the column “{name}”, first {number} in row {}: something was taken back; counted as it stands",
                    if below.len() == 1 { "1 number is".into() } else { format!("{} numbers are", below.len()) },
                    first.row
                ));
            }
        }
    }

    /// Keeps each post and each day once; a repetition with other numbers is refused.
    pub(super) fn once(&mut self, entries: Vec<Entry>) {
        let kind = self.table.found.form.rows;
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut same = 0;
        let mut clash: Option<(String, usize, usize)> = None;
        let mut kept: Vec<Entry> = Vec::new();
        for entry in entries {
            let key = match kind {
                RowKind::Post | RowKind::PostInRange => entry.id.clone(),
                RowKind::Day => entry.on.map_or_else(String::new, |d| format!("{d} {}", entry.platform)),
                _ => String::new(),
            };
            match first.get(&key).filter(|_| !key.is_empty()) {
                None => {
                    first.insert(key, kept.len());
                    kept.push(entry);
                }
                Some(&at) if Entry { row: kept[at].row, ..entry.clone() } == kept[at] => same += 1,
                Some(&at) => clash = clash.or(Some((key, kept[at].row, entry.row))),
            }
        }
        if same > 0 {
            self.table.notes.push(format!("exact repetitions of a row, counted once: {same}"));
        }
        if let Some((key, one, two)) = clash {
            let what = match kept.first().filter(|_| kind == RowKind::Day).and_then(|_| key.get(..10)) {
                Some(date) => date.parse().map_or(key.clone(), |d: Date| format!("the day {}", day(d))),
                None => format!("the post {}", short(&key)),
            };
            let text = format!(
                "{what} stands twice with different numbers, in row {one} and row {two}; one row each is needed"
            );
            let problem = self.doubled(text, (two, None));
            self.table.problems.push(problem);
        }
        let unnamed =
            kept.iter().find(|e| matches!(kind, RowKind::Post | RowKind::PostInRange) && e.id.is_empty());
        if let Some(row) = unnamed.map(|e| e.row) {
            let text = format!("row {row} has no id: posts could not be told apart");
            let place = self.place(row, self.table.found.form.role(Role::Id));
            self.table.problems.push(trouble(text).at(place).hint(&*self.table.found.form.export));
        }
        self.table.entries = kept;
    }
}
