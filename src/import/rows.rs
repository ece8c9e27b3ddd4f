//! What each row of a recognised table says.
//!
//! Owns the way from cells to days and numbers, and the traps inside one table: totals, rows that
//! repeat a post or a day, words instead of numbers. Refuses to mend a row: it is told with its
//! place.

mod checks;

use jiff::civil::Date;

use super::dates::{self, Hints, Question, Written};
use super::format::{Role, RowKind};
use super::grid::{Cell, Row};
use super::known::Known;
use super::numbers::Marks;
use super::recognise::Found;
use super::words::{plain, short};
use super::{question, trouble};
use crate::diag::{Diagnostics, Place};

/// The most problems of one table that are told one by one.
const MAX_PROBLEMS: usize = 20;

/// One row, understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    /// Its number in the file.
    pub(super) row: usize,
    /// Its day, or the day on which the post was published.
    pub(super) on: Option<Date>,
    /// Its own span of days.
    pub(super) span: Option<(Date, Date)>,
    /// What tells the post from others.
    pub(super) id: String,
    /// The post's title or text, as written.
    pub(super) title: String,
    /// The post's type.
    pub(super) kind: String,
    /// What the row says about its platform.
    pub(super) platform: String,
    /// The numbers by known column.
    pub(super) numbers: Vec<Option<i64>>,
}

/// A table, understood row by row.
pub(super) struct Table<'f> {
    /// What it was recognised as.
    pub(super) found: Found<'f>,
    /// The file, by its place.
    pub(super) file: usize,
    /// What kind of file it stands in, in words.
    pub(super) kind: String,
    /// The rows that count.
    pub(super) entries: Vec<Entry>,
    /// The row that adds up the others, if its numbers count.
    pub(super) total: Option<Entry>,
    /// How many rows that add up others were left out.
    pub(super) totals: usize,
    /// How the order of day and month, or the year, was found out.
    pub(super) dates: Option<String>,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
    /// What keeps the table from being used.
    pub(super) problems: Diagnostics,
    /// What must be asked.
    pub(super) questions: Diagnostics,
}

/// Understands the rows of a table that stands in the file with a number and a name.
pub(super) fn read<'f>(found: Found<'f>, file: (usize, &str), known: &Known<'_>) -> Table<'f> {
    let mut table = Table {
        found,
        file: file.0,
        kind: String::new(),
        entries: Vec::new(),
        total: None,
        totals: 0,
        dates: None,
        notes: Vec::new(),
        problems: Diagnostics::new(),
        questions: Diagnostics::new(),
    };
    if table.found.form.rows == RowKind::Unused {
        return table;
    }
    let rows = std::mem::take(&mut table.found.rows);
    let (totals, rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|r| table.found.is_total(r));
    let others = dates::range_in(&table.found.preamble.join(" ")).map(|(from, to)| vec![from, to]);
    let others = others.unwrap_or_default();
    let mut reader = Reader { table: &mut table, file: file.1, known, others };
    reader.currencies();
    if reader.is_broken_down(&rows) {
        return table;
    }
    let marks = reader.marks(rows.iter().chain(&totals));
    let mut entries: Vec<Entry> = rows.iter().map(|r| reader.entry(r, marks)).collect();
    reader.days(&rows, &mut entries);
    reader.numberless(&entries);
    let total = totals.first().filter(|_| reader.table.found.form.totals_count);
    reader.table.total = total.map(|r| reader.entry(r, marks));
    reader.table.totals = totals.len() - usize::from(total.is_some());
    reader.once(entries);
    table.problems = shortened(table.problems);
    table
}

fn shortened(mut problems: Diagnostics) -> Diagnostics {
    let more = problems.len().saturating_sub(MAX_PROBLEMS);
    if more > 0 {
        problems.truncate(MAX_PROBLEMS);
        problems
            .push(trouble(format!("this table has {more} more problems")).hint("mend the ones above first"));
    }
    problems
}

struct Reader<'r, 'f> {
    table: &'r mut Table<'f>,
    file: &'r str,
    known: &'r Known<'r>,
    others: Vec<Date>,
}

impl Reader<'_, '_> {
    /// Returns the place of a cell: line and column are those of the table.
    fn place(&self, row: usize, column: Option<usize>) -> Place {
        let sheet = &self.table.found.sheet;
        let file = if sheet.is_empty() { self.file.to_owned() } else { format!("{} › {sheet}", self.file) };
        let column = column.and_then(|c| self.table.found.places[c]).map_or(1, |c| c + 1);
        Place { line: row, column, ..Place::whole(&file) }
    }

    fn marks<'c>(&self, rows: impl Iterator<Item = &'c Row>) -> Marks {
        let found = &self.table.found;
        let columns: Vec<usize> = self.number_columns();
        let texts = rows.flat_map(|row| {
            columns
                .iter()
                .filter_map(|&c| Some((found.cell(row, c)?.text(), !self.is_money(c))))
                .collect::<Vec<_>>()
        });
        Marks::of(texts, found.has_decimal_comma)
    }

    fn number_columns(&self) -> Vec<usize> {
        let columns = &self.table.found.form.columns;
        (0..columns.len())
            .filter(|&c| columns[c].is_number() && self.table.found.places[c].is_some())
            .collect()
    }

    fn is_money(&self, column: usize) -> bool {
        let gives = self.table.found.gives(column);
        gives.iter().any(|input| self.known.formats.inputs.get(input).is_some_and(|i| i.is_money))
    }

    fn entry(&mut self, row: &Row, marks: Marks) -> Entry {
        let mut numbers = vec![None; self.table.found.form.columns.len()];
        for column in self.number_columns() {
            let Some(cell) = self.table.found.cell(row, column) else { continue };
            let number = if self.is_money(column) { marks.cents(cell) } else { marks.count(cell) };
            match number {
                Ok(number) => numbers[column] = number,
                Err(why) => {
                    let shown = match cell {
                        Cell::Number(number) => number.to_string(),
                        Cell::Day(date) => date.to_string(),
                        Cell::Text(text) => short(text),
                    };
                    let name = self.table.found.name(column);
                    let text = format!("row {}, column “{name}”: `{shown}` {why}", row.number);
                    let hint = "export again; if the number is right in the platform, mend the cell in a copy of the file";
                    let problem = trouble(text).at(self.place(row.number, Some(column))).hint(hint);
                    self.table.problems.push(problem);
                }
            }
        }
        let text = |role| self.table.found.text(row, role).to_owned();
        let title = self.first_text(row, Role::Title);
        let kind = self.first_text(row, Role::Type);
        let types = &self.table.found.form.types;
        let kind = types
            .iter()
            .find(|(name, _)| plain(name) == plain(&kind))
            .map_or(kind.to_lowercase(), |t| t.1.clone());
        let id = self.id(row);
        Entry {
            row: row.number,
            id,
            title,
            kind,
            platform: text(Role::Platform),
            numbers,
            ..Entry::default()
        }
    }

    /// Returns the first text that is not empty: several columns can have one role.
    fn first_text(&self, row: &Row, role: Role) -> String {
        let found = &self.table.found;
        let columns = found.form.columns.iter().enumerate().filter(|(_, c)| c.role == Some(role));
        let mut texts =
            columns.filter_map(|(i, _)| found.cell(row, i)).map(Cell::text).filter(|t| !t.is_empty());
        texts.next().unwrap_or_default().to_owned()
    }

    /// Returns what tells a post from others; of an address the last part.
    fn id(&self, row: &Row) -> String {
        let found = &self.table.found;
        let cell = found.form.role(Role::Id).and_then(|c| found.cell(row, c));
        let text = match cell {
            Some(Cell::Number(number)) => format!("{number:.0}"),
            Some(cell) => cell.text().trim_end_matches('/').to_owned(),
            None => String::new(),
        };
        let last =
            if text.contains("://") { text.rsplit(['/', ':']).next().unwrap_or_default() } else { &text };
        last.split(['?', '#'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_graphic)
            .take(100)
            .collect()
    }

    /// Reads the days of all rows together, because one tells how the others are meant.
    fn days(&mut self, rows: &[Row], entries: &mut [Entry]) {
        let found = &self.table.found;
        let columns: Vec<(Role, usize)> = [Role::Date, Role::From, Role::To]
            .into_iter()
            .filter_map(|r| Some((r, found.form.role(r)?)))
            .collect();
        let mut written: Vec<Written> = Vec::new();
        let mut owners: Vec<(usize, Role)> = Vec::new();
        let mut wrong = Diagnostics::new();
        for (index, row) in rows.iter().enumerate() {
            for &(role, column) in &columns {
                let Some(cell) = found.cell(row, column) else { continue };
                if let Some(day) = dates::written(cell) {
                    written.push(day);
                    owners.push((index, role));
                } else {
                    let name = found.name(column);
                    let text = format!("row {}, column “{name}”: {}", row.number, dates::not_a_day(cell));
                    let hint = "export again in English, or write year-month-day, such as 2026-07-03, in a copy of the file";
                    wrong.push(trouble(text).at(self.place(row.number, Some(column))).hint(hint));
                }
            }
        }
        self.table.problems.extend(wrong);
        match dates::read(&written, &self.hints(columns.first())) {
            Ok((days, how)) => {
                self.table.dates = how;
                for ((index, role), day) in owners.into_iter().zip(days) {
                    let entry = &mut entries[index];
                    match role {
                        Role::From => entry.span = Some((day, entry.span.map_or(day, |s| s.1))),
                        Role::To => entry.span = Some((entry.span.map_or(day, |s| s.0), day)),
                        _ => entry.on = Some(day),
                    }
                }
            }
            Err(asked) => self.ask(asked, columns.first().map(|c| c.1)),
        }
    }

    fn hints(&self, first: Option<&(Role, usize)>) -> Hints<'_> {
        let is_daily = self.table.found.form.rows == RowKind::Day && first.is_some_and(|f| f.0 == Role::Date);
        let answers = self.known.answers;
        let (day_first, year) = (answers.day_first, answers.year);
        Hints { periods: &self.known.spans, others: &self.others, day_first, year, is_daily }
    }

    fn ask(&mut self, asked: Question, column: Option<usize>) {
        let place = self.place(self.table.found.header, column);
        let rules = &self.table.found.format.rules;
        match asked {
            Question::Order(example) => {
                let text =
                    format!("are dates day-first or month-first here? `{example}` can be read both ways");
                let hint =
                    "look at one post in the platform; then add `--dates day-first` or `--dates month-first`";
                self.table.questions.push(question(text, &rules.date_order).at(place).hint(hint));
            }
            Question::Year(example) => {
                let text = format!(
                    "of which year is `{example}`? The file does not say, and the periods leave more than one"
                );
                let hint = "add the year of the first row, such as `--year 2026`";
                self.table.questions.push(question(text, &rules.date_order).at(place).hint(hint));
            }
            Question::Contradiction(why) => {
                let hint = "export again: rows of two exports were put together here";
                self.table
                    .problems
                    .push(trouble(format!("the dates contradict each other: {why}")).at(place).hint(hint));
            }
        }
    }
}
