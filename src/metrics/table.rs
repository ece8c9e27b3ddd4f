//! CSV files: cells by the names of their columns, and where each cell stands.
//!
//! Owns reading, the header and the places. Refuses to interpret a cell, and to flood the reader:
//! after a number of problems it only counts the others.

use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};
use unicode_normalization::UnicodeNormalization;

use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};
use crate::profile::nearest;

/// The most rows of one file that are read.
pub(super) const MAX_ROWS: usize = 100_000;
/// The most problems of one file that are told one by one.
const MAX_PROBLEMS: usize = 50;

/// A CSV file with the wanted columns found.
pub(super) struct Table<'a> {
    /// The file as the profile names it.
    pub(super) file: &'a str,
    text: &'a str,
    delimiter: u8,
    width: usize,
    columns: Vec<usize>,
}

/// One row below the header.
pub(super) struct Row {
    /// The wanted cells, in the wanted order, without white space around them.
    pub(super) cells: Vec<String>,
    /// The byte at which the row starts.
    pub(super) start: usize,
    /// The line in which it starts, counted from 1.
    pub(super) line: usize,
}

/// A wanted cell of a row.
#[derive(Clone, Copy)]
pub(super) struct Cell<'t> {
    /// The row it stands in.
    pub(super) row: &'t Row,
    table: &'t Table<'t>,
    column: usize,
}

impl<'t> Cell<'t> {
    /// Returns its text.
    pub(super) fn text(self) -> &'t str {
        &self.row.cells[self.column]
    }

    /// Returns its place.
    pub(super) fn place(self) -> Place {
        let (table, row) = (self.table, self.row);
        table.place(table.span(row.start, table.columns[self.column]), (row.start, row.line))
    }
}

/// The problems of one file, of which only the first are told one by one.
#[derive(Default)]
pub(super) struct Problems {
    told: Diagnostics,
    untold: usize,
}

impl Problems {
    /// Takes note of a problem.
    pub(super) fn add(&mut self, problem: Diagnostic) {
        if self.told.len() < MAX_PROBLEMS {
            self.told.push(problem);
        } else {
            self.untold += 1;
        }
    }

    /// Returns what was found, with one line for those that were only counted.
    pub(super) fn into_diagnostics(mut self, file: &str) -> Diagnostics {
        if self.untold > 0 {
            let text = format!("this file has {} more problems", self.untold);
            self.told
                .push(invalid(text).at(Place::whole(file)).hint("mend the ones above first and check again"));
        }
        self.told
    }
}

impl<'a> Table<'a> {
    /// Reads text and header; what is wrong with them goes into `problems`.
    pub(super) fn open(
        file: &'a str,
        bytes: &'a [u8],
        wanted: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(e) => {
                let text = format!("the file is not UTF-8 text (byte {})", e.valid_up_to());
                problems.add(invalid(text).at(Place::whole(file)).hint("save it again as “CSV UTF-8”"));
                return None;
            }
        };
        let first =
            text.trim_start_matches('\u{FEFF}').lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
        let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
        let mut table = Self { file, text, delimiter, width: 0, columns: Vec::new() };
        let Some(header) = table.records().next() else {
            let hint = format!("the first line must name the columns: {}", wanted.join(","));
            problems.add(invalid("the file is empty").at(Place::whole(file)).hint(hint));
            return None;
        };
        table.width = header.1.len();
        table.columns = table.header(&header, wanted, problems)?;
        Some(table)
    }

    fn header(
        &self,
        (start, names): &(usize, StringRecord),
        wanted: &[&str],
        problems: &mut Problems,
    ) -> Option<Vec<usize>> {
        let names: Vec<String> = names.iter().map(|n| n.trim().to_lowercase()).collect();
        let here = (*start, self.text[..*start].matches('\n').count() + 1);
        let mut columns = Vec::new();
        for name in wanted {
            let mut places = (0..names.len()).filter(|&i| names[i] == *name);
            match (places.next(), places.next()) {
                (Some(column), None) => columns.push(column),
                (Some(_), Some(second)) => {
                    let problem = invalid(format!("the column `{name}` stands twice"));
                    problems.add(
                        problem.at(self.place(self.span(*start, second), here)).hint("delete one of them"),
                    );
                }
                (None, _) => {
                    let near =
                        nearest(name, names.iter().map(String::as_str).filter(|n| !wanted.contains(n)));
                    let hint = match near {
                        Some(near) => format!("is it called `{near}` here? Rename it to `{name}`"),
                        None => format!("the first line must name the columns: {}", wanted.join(",")),
                    };
                    let place = self.place(self.line(*start), here);
                    problems.add(invalid(format!("there is no column `{name}`")).at(place).hint(hint));
                }
            }
        }
        (columns.len() == wanted.len()).then_some(columns)
    }

    /// Calls `take` for each row that has the right number of cells; returns how many there are.
    pub(super) fn each_row(
        &self,
        problems: &mut Problems,
        mut take: impl FnMut(&Row, &mut Problems),
    ) -> usize {
        let (mut count, mut line, mut counted) = (0, 1, 0);
        for (start, record) in self.records().skip(1) {
            line += self.text[counted..start].matches('\n').count();
            counted = start;
            if record.iter().all(|c| c.trim().is_empty()) {
                continue;
            }
            count += 1;
            if count > MAX_ROWS {
                let text = format!("the file has more than {MAX_ROWS} rows");
                let hint = "keep only the rows of the periods that you report on";
                problems.add(invalid(text).at(self.place(self.line(start), (start, line))).hint(hint));
                return MAX_ROWS;
            }
            if record.len() == self.width {
                let clean = |&c: &usize| record.get(c).unwrap_or_default().trim().nfc().collect();
                take(&Row { cells: self.columns.iter().map(clean).collect(), start, line }, problems);
            } else {
                problems.add(self.uneven((start, line), record.len()));
            }
        }
        count
    }

    fn uneven(&self, row: (usize, usize), cells: usize) -> Diagnostic {
        let text = format!("this row has {cells} cells, but the first line names {} columns", self.width);
        let hint =
            "put texts that contain a comma or a line break into quotation marks, and quotation marks twice";
        invalid(text).at(self.place(self.line(row.0), row)).hint(hint)
    }

    /// Returns a wanted cell of a row.
    pub(super) fn cell<'t>(&'t self, row: &'t Row, column: usize) -> Cell<'t> {
        Cell { table: self, row, column }
    }

    fn records(&self) -> impl Iterator<Item = (usize, StringRecord)> {
        let plain = self.text.trim_start_matches('\u{FEFF}');
        let skipped = self.text.len() - plain.len();
        let mut reader = ReaderBuilder::new();
        reader.has_headers(false).flexible(true).delimiter(self.delimiter);
        let records = reader.from_reader(plain.as_bytes()).into_records();
        records.filter_map(move |record| {
            let record = record.ok()?;
            let byte = record.position().map_or(0, csv::Position::byte);
            let start = skipped + usize::try_from(byte).unwrap_or(0);
            let rest = &self.text[start..];
            Some((start + rest.len() - rest.trim_start_matches(['\r', '\n']).len(), record))
        })
    }

    /// Returns the bytes of a cell, quotation marks included.
    fn span(&self, start: usize, index: usize) -> Range<usize> {
        let (mut from, mut passed, mut is_quoted) = (start, 0, false);
        for (i, byte) in self.text.bytes().enumerate().skip(start) {
            match byte {
                b'"' => is_quoted = !is_quoted,
                b'\r' | b'\n' if !is_quoted => return from..i,
                _ if byte == self.delimiter && !is_quoted => {
                    if passed == index {
                        return from..i;
                    }
                    passed += 1;
                    from = i + 1;
                }
                _ => {}
            }
        }
        from..self.text.len()
    }

    fn line(&self, start: usize) -> Range<usize> {
        let rest = &self.text[start..];
        start..start + rest.find(['\r', '\n']).unwrap_or(rest.len())
    }

    /// Returns the place of some bytes of the row that starts at a byte in a line.
    fn place(&self, bytes: Range<usize>, (start, line): (usize, usize)) -> Place {
        let line_start = self.text[..bytes.start].rfind('\n').map_or(0, |i| i + 1);
        let before = self.text[line_start..bytes.start].trim_start_matches('\u{FEFF}');
        Place {
            file: self.file.into(),
            line: line + self.text[start..bytes.start].matches('\n').count(),
            column: before.chars().count() + 1,
            bytes,
            pointer: None,
        }
    }
}

/// A problem of a data file.
pub(super) fn invalid(text: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Builtin::DataInvalid, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, wanted: &[&str]) -> (Vec<Vec<String>>, Diagnostics) {
        let mut problems = Problems::default();
        let mut found = Vec::new();
        if let Some(table) = Table::open("data/a.csv", text.as_bytes(), wanted, &mut problems) {
            table.each_row(&mut problems, |row, _| found.push(row.cells.clone()));
        }
        (found, problems.into_diagnostics("data/a.csv"))
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let (found, problems) = rows("\u{FEFF}B;extra; A \r\n\r\n1;x;\"2\"\r\n", &["a", "b"]);
        assert_eq!(found, [["2", "1"]]);
        assert!(problems.is_empty());
    }

    #[test]
    fn missing_and_double_columns_are_named() {
        let (_, problems) = rows("plaform,b,b\n", &["platform", "b", "zz"]);
        let texts: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(
            texts,
            ["there is no column `platform`", "the column `b` stands twice", "there is no column `zz`"]
        );
        assert_eq!(problems[0].hints, ["is it called `plaform` here? Rename it to `platform`"]);
        assert_eq!(problems[1].place.as_ref().map(|p| (p.line, p.column)), Some((1, 11)));
    }

    #[test]
    fn a_cell_is_found_behind_quoted_commas_and_line_breaks() {
        let text = "a,b\nx,y\n\"é, \"\"no\"\"\nstill\",bad\n";
        let mut problems = Problems::default();
        let table = Table::open("f", text.as_bytes(), &["a", "b"], &mut problems).expect("a table");
        let mut places = Vec::new();
        table.each_row(&mut problems, |row, _| {
            places.push((row.cells[0].clone(), table.cell(row, 1).place()))
        });
        assert_eq!(places[1].0, "é, \"no\"\nstill");
        assert_eq!((places[1].1.line, places[1].1.column), (4, 8));
        assert_eq!(&text[places[1].1.bytes.clone()], "bad");
        assert_eq!((places[0].1.line, places[0].1.column), (2, 3));
    }

    #[test]
    fn rows_of_another_width_are_refused() {
        let (found, problems) = rows("a,b\n1,2,3\n\n,\n4,5\n", &["a", "b"]);
        assert_eq!(found, [["4", "5"]]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].place.as_ref().map(|p| p.line), Some(2));
    }

    #[test]
    fn other_encodings_and_empty_files_are_refused() {
        let mut problems = Problems::default();
        assert!(Table::open("f", b"a\xFF", &["a"], &mut problems).is_none());
        assert!(Table::open("f", b"", &["a"], &mut problems).is_none());
        assert_eq!(problems.into_diagnostics("f").len(), 2);
    }

    #[test]
    fn many_rows_and_many_problems_are_cut_short() {
        let mut text = String::from("a,b\n");
        text.push_str(&"1\n".repeat(MAX_ROWS + 5));
        let (found, problems) = rows(&text, &["a", "b"]);
        assert!(found.is_empty());
        assert_eq!(problems.len(), MAX_PROBLEMS + 1);
        assert_eq!(
            problems[MAX_PROBLEMS].message,
            format!("this file has {} more problems", MAX_ROWS + 1 - MAX_PROBLEMS)
        );
    }
}
