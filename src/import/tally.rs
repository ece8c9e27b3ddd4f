//! From rows to one number for each period, platform and input.
//!
//! Owns what may be added up: flows over days, numbers of posts over the posts of a period. Refuses
//! to add reach, to take a part of a period for the whole, and to choose between two numbers of
//! equal rank.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::format::{Role, RowKind};
use super::known::Known;
use super::platforms::{self, Unsure};
use super::posts::{Post, Posts};
use super::rows::{Entry, Table};
use super::series::Series;
use super::words::{listing, span};
use super::{question_of, trouble};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};

/// Period by its place in the profile, platform and input.
pub(super) type Key = (usize, String, String);

/// A number that a table gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Its value: a count, or cents.
    pub(super) value: i64,
    /// The table that gives it, by its place.
    pub(super) table: usize,
    /// How much it counts beside others.
    pub(super) rank: u8,
}

/// What was seen in one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// The platforms whose numbers it holds.
    pub(super) platforms: Vec<String>,
    /// The first and the last day that it speaks about.
    pub(super) span: Option<(Date, Date)>,
    /// How many of its rows lie outside all periods.
    pub(super) outside: usize,
    /// What is said about it after all tables were read.
    pub(super) notes: Vec<String>,
}

/// Everything that was found.
#[derive(Default)]
pub(super) struct Tally {
    /// One number for each cell.
    pub(super) numbers: BTreeMap<Key, Number>,
    /// The posts, each once.
    pub(super) posts: Posts,
    /// By table.
    pub(super) seen: Vec<Seen>,
    /// What is left out, and why.
    pub(super) warnings: Diagnostics,
    /// What must be asked.
    pub(super) questions: Diagnostics,
    /// What cannot be used.
    pub(super) problems: Diagnostics,
    series: Series,
    gaps: BTreeSet<usize>,
}

/// Adds up what all tables say.
pub(super) fn tally(tables: &[Table<'_>], known: &Known<'_>) -> Tally {
    let mut tally = Tally { seen: vec![Seen::default(); tables.len()], ..Tally::default() };
    for (index, table) in tables.iter().enumerate() {
        let is_ready = table.problems.is_empty() && table.questions.is_empty();
        if is_ready && !matches!(table.found.form.rows, RowKind::Unused | RowKind::PostAndDay) {
            Reading { tally: &mut tally, tables, index, known }.take();
        }
    }
    let (mut offers, gaps) = tally.series.totals(tables, known, &mut tally.warnings);
    tally.gaps = gaps;
    offers.extend(tally.posts.totals(tables, known, &mut tally.warnings));
    for (key, number) in offers {
        tally.offer(tables, known, (key, number));
    }
    tally.negative(tables, known);
    tally
}

impl Tally {
    /// Tells whether days are missing in a table whose numbers are used.
    pub(super) fn has_gaps(&self, table: usize) -> bool {
        self.gaps.contains(&table)
    }

    /// Takes a number for a cell, unless one of higher rank is there.
    fn offer(&mut self, tables: &[Table<'_>], known: &Known<'_>, (key, number): (Key, Number)) {
        let Some(there) = self.numbers.get(&key).copied() else {
            self.numbers.insert(key, number);
            return;
        };
        if there.rank == number.rank && there.value != number.value {
            let (a, b) = (known.label(tables, there.table), known.label(tables, number.table));
            let text = format!("{}: {a} says {}, {b} says {}", known.cell(&key), there.value, number.value);
            self.problems.push(trouble(text).hint("import only one of the two: the newer export"));
            return;
        }
        let (kept, other) = if number.rank > there.rank { (number, there) } else { (there, number) };
        if kept.rank != other.rank {
            let text =
                format!("{}: the number of {} counts", known.cell(&key), known.label(tables, kept.table));
            self.seen[other.table].notes.push(text);
        }
        self.numbers.insert(key, kept);
    }

    /// Leaves out sums below zero: no metric can be.
    fn negative(&mut self, tables: &[Table<'_>], known: &Known<'_>) {
        let below: Vec<Key> =
            self.numbers.iter().filter(|(_, n)| n.value < 0).map(|(k, _)| k.clone()).collect();
        for key in below {
            let Some(number) = self.numbers.remove(&key) else { continue };
            let text = format!(
                "{} adds up to {} in {}: left empty",
                known.cell(&key),
                number.value,
                known.label(tables, number.table)
            );
            self.warnings.push(
                warning(text).hint("more was taken back than given; look at it in the platform and type it"),
            );
        }
    }
}

/// A table that is being taken.
struct Reading<'r, 'f> {
    tally: &'r mut Tally,
    tables: &'r [Table<'f>],
    index: usize,
    known: &'r Known<'r>,
}

impl<'f> Reading<'_, 'f> {
    fn table(&self) -> &Table<'f> {
        &self.tables[self.index]
    }

    fn take(&mut self) {
        let form = self.table().found.form;
        let says: BTreeMap<String, Vec<&Entry>> =
            self.tables[self.index].entries.iter().fold(BTreeMap::new(), |mut groups, entry| {
                let says =
                    format!("{} {}", self.table().found.telling_title().unwrap_or_default(), entry.platform);
                groups.entry(says).or_default().push(entry);
                groups
            });
        for (says, entries) in says {
            match platforms::find((self.table().found.format, form), &says, self.known) {
                Ok(platform) => self.entries(&platform, &entries),
                Err(Unsure::Several(d)) => {
                    let d = question_of(d, self.known.label(self.tables, self.index));
                    self.tally.questions.push(d);
                }
                Err(Unsure::None(d)) => {
                    let text = format!("{}: {}", self.known.label(self.tables, self.index), d.message);
                    self.tally.problems.push(Diagnostic { message: text, ..d });
                }
            }
        }
    }

    fn entries(&mut self, platform: &str, entries: &[&Entry]) {
        let kind = self.table().found.form.rows;
        let seen = &mut self.tally.seen[self.index];
        if !seen.platforms.iter().any(|p| p == platform) {
            seen.platforms.push(platform.to_owned());
        }
        for entry in entries {
            self.days(entry);
            match kind {
                RowKind::Day => self.day(platform, entry),
                RowKind::Post | RowKind::PostInRange => self.post(platform, entry),
                _ => {}
            }
        }
        match kind {
            RowKind::Span => self.spans(platform, entries),
            RowKind::PostInRange => self.whole(platform, entries),
            _ => {}
        }
        if matches!(kind, RowKind::Day | RowKind::Post) {
            self.unaddable(kind);
        }
    }

    /// Takes note of the days that a row speaks about.
    fn days(&mut self, entry: &Entry) {
        let days = entry.span.or(entry.on.map(|d| (d, d)));
        let Some((from, to)) = days else { return };
        let is_ranged = self.table().found.form.rows == RowKind::PostInRange;
        let is_inside = self.known.periods.iter().any(|p| p.from <= to && from <= p.to);
        let seen = &mut self.tally.seen[self.index];
        seen.outside += usize::from(!is_inside);
        if is_ranged {
            return;
        }
        seen.span = Some(seen.span.map_or((from, to), |s| (s.0.min(from), s.1.max(to))));
    }

    /// Returns what a row gives by input; columns of the same input are added.
    fn gives(&self, entry: &Entry) -> BTreeMap<String, Option<i64>> {
        let found = &self.table().found;
        let mut given: BTreeMap<String, Option<i64>> = BTreeMap::new();
        for (column, number) in entry.numbers.iter().enumerate().filter(|(c, _)| found.places[*c].is_some()) {
            for input in found.gives(column) {
                let sum = given.entry(input.clone()).or_default();
                *sum = match (*sum, *number) {
                    (Some(a), Some(b)) => Some(a.saturating_add(b)),
                    (a, b) => a.or(b),
                };
            }
        }
        given
    }

    fn day(&mut self, platform: &str, entry: &Entry) {
        let Some(on) = entry.on else { return };
        let given = self.gives(entry);
        let found = &self.tables[self.index].found;
        for (input, number) in given.into_iter().filter(|(i, _)| self.known.is_additive(i)) {
            let Some(number) = number else { continue };
            if let Err(there) =
                self.tally.series.flow((platform, &input), (on, number), (self.index, found.form))
            {
                self.clash((&input, on), (there, number));
            }
        }
        let number = |role| found.form.role(role).and_then(|c| entry.numbers[c].map(|n| (c, n)));
        if let Some((column, level)) = number(Role::Level) {
            let change = number(Role::Change).map(|c| c.1);
            self.tally.series.level(
                (platform, &found.form.columns[column]),
                (on, level, change),
                (self.index, found.form),
            );
        }
    }

    fn clash(&mut self, (input, on): (&str, Date), (there, number): ((usize, i64), i64)) {
        let (a, b) = (self.known.label(self.tables, there.0), self.known.label(self.tables, self.index));
        let name = self.known.formats.name(input);
        let text = format!("{name} of {}: {a} says {}, {b} says {number}", super::words::day(on), there.1);
        if self.tally.problems.len() < 20 {
            self.tally.problems.push(trouble(text).hint("import only one of the two: the newer export"));
        }
    }

    fn post(&mut self, platform: &str, entry: &Entry) {
        let range = (self.table().found.form.rows == RowKind::PostInRange)
            .then(|| range(self.tables, self.index, self.known))
            .flatten();
        let is_in = |on: Date| range.is_none_or(|(from, to)| from <= on && on <= to);
        let Some(on) = entry.on.filter(|on| is_in(*on)) else { return };
        let given = self.gives(entry);
        let post = Post {
            platform: platform.into(),
            id: entry.id.clone(),
            on,
            kind: entry.kind.clone(),
            title: entry.title.clone(),
            numbers: given,
            table: self.index,
        };
        if let Err(problem) = self.tally.posts.put(post, self.tables, self.known) {
            self.tally.problems.push(problem);
        }
    }

    /// Takes the rows that are parts of a span: those of the same span together.
    fn spans(&mut self, platform: &str, entries: &[&Entry]) {
        let mut groups: BTreeMap<Option<(Date, Date)>, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            groups
                .entry(entry.span.or_else(|| range(self.tables, self.index, self.known)))
                .or_default()
                .push(entry);
        }
        for (range, entries) in groups {
            self.sum(platform, range, &entries);
        }
    }

    /// Takes the numbers of the whole span of a list of posts: its total, else the sum.
    fn whole(&mut self, platform: &str, entries: &[&Entry]) {
        let total: Vec<&Entry> = self.tables[self.index].total.iter().collect();
        let range = range(self.tables, self.index, self.known);
        self.sum(platform, range, if total.is_empty() { entries } else { &total });
    }

    fn sum(&mut self, platform: &str, range: Option<(Date, Date)>, entries: &[&Entry]) {
        let label = self.known.label(self.tables, self.index);
        let Some(range) = range else {
            let ids: Vec<String> = self.known.periods.iter().map(|p| p.id.clone()).collect();
            let text = "of which days are these numbers? The file does not say";
            let hint = format!("import this file on its own, with `--period` and one of: {}", ids.join(", "));
            self.tally.questions.push(question_of(trouble(text).hint(hint), label));
            return;
        };
        let seen = &mut self.tally.seen[self.index];
        seen.span = Some(seen.span.map_or(range, |s| (s.0.min(range.0), s.1.max(range.1))));
        let mut sums: BTreeMap<String, Option<i64>> = BTreeMap::new();
        let given: Vec<(String, Option<i64>)> = entries.iter().flat_map(|e| self.gives(e)).collect();
        for (input, number) in given {
            if !self.known.is_additive(&input) && entries.len() > 1 {
                self.cannot_add(&input, "rows");
                continue;
            }
            let sum = sums.entry(input).or_default();
            *sum = sum.map_or(number, |s| Some(s.saturating_add(number.unwrap_or(0))));
        }
        let form = self.table().found.form;
        let fitting: Vec<usize> =
            (0..self.known.periods.len()).filter(|&p| self.known.days(p) == range).collect();
        if fitting.is_empty() {
            let text = format!(
                "{label}: these numbers are for {} as a whole, which is no period of the profile",
                span(range)
            );
            let periods: Vec<String> =
                self.known.periods.iter().map(|p| format!("{} ({})", p.name, span((p.from, p.to)))).collect();
            let hint = format!("export each period on its own: {}", listing(&periods));
            self.tally.warnings.push(warning(text).hint(hint));
        }
        for period in fitting {
            for (input, number) in &sums {
                let Some(value) = *number else { continue };
                let number = Number { value, table: self.index, rank: form.rank };
                self.tally.offer(self.tables, self.known, ((period, platform.into(), input.clone()), number));
            }
        }
    }

    /// Says which inputs of a table must not be added up.
    fn unaddable(&mut self, kind: RowKind) {
        let tables = self.tables;
        let found = &tables[self.index].found;
        let columns = (0..found.places.len()).filter(|c| found.places[*c].is_some());
        let inputs: Vec<String> =
            columns.flat_map(|c| found.gives(c)).filter(|i| !self.known.is_additive(i)).cloned().collect();
        let parts = if kind == RowKind::Day { "days" } else { "posts" };
        for input in inputs {
            self.cannot_add(&input, parts);
        }
    }

    fn cannot_add(&mut self, input: &str, parts: &str) {
        let found = &self.tables[self.index].found;
        let name = self.known.formats.name(input);
        let label = self.known.label(self.tables, self.index);
        let text = format!(
            "{label}: {} of a period cannot be added up from {parts}; it stays empty",
            name.to_lowercase()
        );
        let mut problem = warning(text);
        problem.code = Code::Rule(found.format.rules.not_additive.clone());
        problem.hints.extend(found.form.lacks.get(input).cloned());
        if !self.tally.warnings.contains(&problem) {
            self.tally.warnings.push(problem);
        }
    }
}

/// Returns the span that a whole table was exported for: as its comments say, as the days beside it
/// in the same file show, or as the user said.
pub(super) fn range(tables: &[Table<'_>], index: usize, known: &Known<'_>) -> Option<(Date, Date)> {
    let table = &tables[index];
    let comments = super::dates::range_in(&table.found.preamble.join(" "));
    let beside = || {
        let is_beside = |t: &&Table<'_>| t.file == table.file && t.found.form.rows == RowKind::Day;
        let days = tables.iter().filter(is_beside).flat_map(|t| t.entries.iter().filter_map(|e| e.on));
        let days: Vec<Date> = days.collect();
        Some((*days.iter().min()?, *days.iter().max()?))
    };
    let said = || {
        let id = known.answers.period.as_ref()?;
        known.periods.iter().find(|p| p.id == *id).map(|p| (p.from, p.to))
    };
    comments.or_else(beside).or_else(said)
}

/// A problem that does not stop the import.
pub(super) fn warning(text: impl Into<String>) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..trouble(text) }
}
