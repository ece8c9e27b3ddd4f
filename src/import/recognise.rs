//! Which known tables stand in a file.
//!
//! Owns the search for headers: in any row, columns in any order, with others between them, several
//! tables one below the other. Refuses to take a table for another that lacks a column it needs.

use super::format::{Format, Formats, Role, TableForm};
use super::grid::{Cell, Grid, Row, Sheet};
use super::words::{holds, plain};

/// A table that was found.
pub(super) struct Found<'f> {
    /// The source that it belongs to.
    pub(super) format: &'f Format,
    /// Which of its tables it is.
    pub(super) form: &'f TableForm,
    /// The sheet or file inside the file.
    pub(super) sheet: String,
    /// The words right above the header, if there are any.
    pub(super) title: String,
    /// Comments above the table.
    pub(super) preamble: Vec<String>,
    /// The row of the header.
    pub(super) header: usize,
    /// For each known column, where it stands.
    pub(super) places: Vec<Option<usize>>,
    /// The names of all columns as they stand in the file.
    pub(super) names: Vec<String>,
    /// The currency in the name of a column, by known column.
    pub(super) currencies: Vec<Option<String>>,
    /// The rows below the header.
    pub(super) rows: Vec<Row>,
    /// Whether numbers probably have a decimal comma.
    pub(super) has_decimal_comma: bool,
}

/// A known table that a file nearly holds.
pub(super) struct Near<'f> {
    /// The source.
    pub(super) format: &'f Format,
    /// The table.
    pub(super) form: &'f TableForm,
    /// The columns that it needs and the file does not have.
    pub(super) missing: Vec<String>,
}

/// Finds the tables of a file, and how many rows belong to none.
pub(super) fn tables<'f>(file: &str, grid: Grid, formats: &'f Formats) -> (Vec<Found<'f>>, usize) {
    let mut found = Vec::new();
    let mut stray = 0;
    for sheet in grid.sheets {
        stray += in_sheet(file, sheet, formats, &mut found);
    }
    (found, stray)
}

fn in_sheet<'f>(file: &str, sheet: Sheet, formats: &'f Formats, found: &mut Vec<Found<'f>>) -> usize {
    let name = if sheet.name.is_empty() { file } else { &sheet.name };
    let (mut preamble, mut title, mut stray) = (Vec::new(), String::new(), 0);
    let mut open = false;
    let is_header = |row: &Row| header(name, row, formats).is_some();
    let mut rows = sheet.rows.into_iter().peekable();
    while let Some(row) = rows.next() {
        let first = row.cells.first().map_or("", Cell::text);
        let is_alone = row.cells.iter().filter(|c| !c.is_blank()).count() == 1;
        let is_title = is_alone && (!open || row.is_after_gap || rows.peek().is_some_and(is_header));
        if first.starts_with('#') {
            open = false;
            preamble.push(row.cells.iter().map(Cell::text).collect::<Vec<_>>().join(","));
        } else if let Some(mut table) = header(name, &row, formats) {
            table.title = std::mem::take(&mut title);
            table.preamble.clone_from(&preamble);
            table.sheet.clone_from(&sheet.name);
            table.has_decimal_comma = sheet.has_decimal_comma;
            found.push(table);
            open = true;
        } else if is_title {
            open = false;
            title = row.cells.iter().map(Cell::text).find(|t| !t.is_empty()).unwrap_or_default().to_owned();
        } else if let Some(table) = found.last_mut().filter(|_| open && !row.is_after_gap) {
            table.rows.push(row);
        } else {
            open = false;
            stray += 1;
        }
    }
    stray
}

/// Returns the table whose header a row is: the one of which most columns are there.
fn header<'f>(file: &str, row: &Row, formats: &'f Formats) -> Option<Found<'f>> {
    let names = names(row);
    if !names.iter().any(|n| formats.names.contains(n) || n.ends_with(')')) {
        return None;
    }
    let fits = |(format, form): (&'f Format, &'f TableForm)| {
        let (places, currencies) = places(&names, form);
        let has_all = form.columns.iter().zip(&places).all(|(c, p)| !c.required || p.is_some());
        let has_none = !form.without.iter().any(|w| names.contains(&plain(w)));
        let is_named = form.file_words.is_empty() || form.file_words.iter().any(|w| holds(file, w));
        (has_all && has_none && is_named).then_some((format, form, places, currencies))
    };
    let known = |places: &[Option<usize>]| places.iter().flatten().count();
    let best = formats.tables().filter_map(fits).rev_max_by_key(|f| (known(&f.2), f.1.file_words.len()))?;
    Some(Found {
        format: best.0,
        form: best.1,
        sheet: String::new(),
        title: String::new(),
        preamble: Vec::new(),
        header: row.number,
        places: best.2,
        names: row.cells.iter().map(|c| c.text().to_owned()).collect(),
        currencies: best.3,
        rows: Vec::new(),
        has_decimal_comma: false,
    })
}

/// The first of the best, so that the order of the catalogue decides between equals.
trait First: Iterator + Sized {
    fn rev_max_by_key<K: Ord>(self, key: impl Fn(&Self::Item) -> K) -> Option<Self::Item> {
        self.fold(None, |best, item| match best {
            Some(best) if key(&best) >= key(&item) => Some(best),
            _ => Some(item),
        })
    }
}

impl<I: Iterator> First for I {}

fn names(row: &Row) -> Vec<String> {
    row.cells.iter().map(|c| plain(c.text())).collect()
}

/// Finds the known columns of a table among the names of a row.
fn places(names: &[String], form: &TableForm) -> (Vec<Option<usize>>, Vec<Option<String>>) {
    let mut found = (Vec::new(), Vec::new());
    for column in &form.columns {
        let wanted: Vec<String> = column.names.iter().map(|n| plain(n)).collect();
        let place = wanted.iter().find_map(|w| names.iter().position(|n| n == w));
        let priced = || {
            names.iter().enumerate().find_map(|(i, name)| {
                let (before, code) = name.strip_suffix(')')?.rsplit_once('(')?;
                let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase());
                let is_it = is_code && wanted.iter().any(|w| w == before.trim_end());
                is_it.then(|| (i, code.to_uppercase()))
            })
        };
        match (place, column.currency.then(priced).flatten()) {
            (None, Some((place, code))) => {
                found.0.push(Some(place));
                found.1.push(Some(code));
            }
            (place, _) => {
                found.0.push(place);
                found.1.push(None);
            }
        }
    }
    found
}

/// Returns the known table that comes nearest to a file in which none was found.
pub(super) fn nearest<'f>(grid: &Grid, formats: &'f Formats) -> Option<Near<'f>> {
    let mut best: Option<(usize, Near<'f>)> = None;
    for row in grid.sheets.iter().flat_map(|s| s.rows.iter().take(100)) {
        let names = names(row);
        for (format, form) in formats.tables() {
            let (places, _) = places(&names, form);
            let here = places.iter().flatten().count();
            let lacks = |(c, p): (&super::format::Column, &Option<usize>)| {
                (c.required && p.is_none()).then(|| c.names[0].clone())
            };
            let missing: Vec<String> = form.columns.iter().zip(&places).filter_map(lacks).collect();
            if here > 1 && best.as_ref().is_none_or(|(most, _)| here > *most) {
                best = Some((here, Near { format, form, missing }));
            }
        }
    }
    best.map(|(_, near)| near)
}

impl Found<'_> {
    /// Returns the cell of a known column in a row.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: usize) -> Option<&'r Cell> {
        row.cells.get(self.places[column]?)
    }

    /// Returns the title above the table, if titles mean anything in this kind of table.
    pub(super) fn telling_title(&self) -> Option<&str> {
        (!self.form.titles.is_empty() && !self.title.is_empty()).then_some(self.title.as_str())
    }

    /// Returns the text of the column with a role in a row.
    pub(super) fn text<'r>(&self, row: &'r Row, role: Role) -> &'r str {
        let cell = self.form.role(role).and_then(|c| self.cell(row, c));
        cell.map_or("", Cell::text)
    }

    /// Returns the name of a known column as it stands in the file.
    pub(super) fn name(&self, column: usize) -> &str {
        let place = self.places[column].and_then(|p| self.names.get(p));
        place.map_or_else(|| self.form.columns[column].names[0].as_str(), String::as_str)
    }

    /// Returns the inputs that a known column gives.
    pub(super) fn gives(&self, column: usize) -> &[String] {
        let known = &self.form.columns[column];
        if known.role != Some(Role::Titled) {
            return &known.gives;
        }
        let fits = |t: &&super::format::Title| t.words.iter().all(|w| holds(&self.title, w));
        self.form.titles.iter().find(fits).map_or(&[], |t| &t.gives)
    }

    /// Tells whether a row adds up others: its first, last, or naming cell says so.
    pub(super) fn is_total(&self, row: &Row) -> bool {
        let naming = [Role::Id, Role::Date].map(|r| self.text(row, r));
        let ends = [row.cells.first(), row.cells.last()].map(|c| c.map_or("", Cell::text));
        let says = |text: &str| self.form.totals.iter().any(|t| plain(text) == plain(t));
        naming.into_iter().chain(ends).any(says)
    }
}
