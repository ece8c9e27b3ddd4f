//! A table in a text file, edited cell by cell.
//!
//! Readers of CSV give values and forget how they were written. A worksheet goes back to the platform
//! that wrote it, so here each cell is a range of the text, and what is not replaced keeps its bytes:
//! quotes, line ends, the mark at the beginning.

use std::collections::BTreeMap;
use std::ops::Range;

/// The mark that some programs put before text in UTF-8.
const MARK: char = '\u{FEFF}';

/// A table whose cells can be replaced.
pub(super) struct Table<'a> {
    text: &'a str,
    /// The ranges of all cells, row by row.
    rows: Vec<Vec<Range<usize>>>,
    changed: BTreeMap<(usize, usize), String>,
}

impl<'a> Table<'a> {
    /// Reads a table; none where a quote is never closed.
    pub(super) fn read(text: &'a str, between: u8) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut at = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
        let (mut rows, mut row) = (Vec::new(), Vec::new());
        while at < bytes.len() {
            let end = end_of_cell(bytes, at, between)?;
            row.push(at..end);
            at = end;
            match bytes.get(at) {
                Some(b) if *b == between => {
                    at += 1;
                    if at == bytes.len() {
                        row.push(at..at);
                    }
                }
                _ => {
                    at += usize::from(bytes.get(at) == Some(&b'\r'));
                    at += usize::from(bytes.get(at) == Some(&b'\n'));
                    rows.push(std::mem::take(&mut row));
                }
            }
        }
        if !row.is_empty() {
            rows.push(row);
        }
        Some(Self { text, rows, changed: BTreeMap::new() })
    }

    /// The number of rows, that of the headers included.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The number of cells of a row.
    pub(super) fn cells(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, Vec::len)
    }

    /// The value of a cell; empty where there is none.
    pub(super) fn value(&self, row: usize, column: usize) -> String {
        let range = self.rows.get(row).and_then(|cells| cells.get(column)).cloned().unwrap_or_default();
        let written = &self.text[range];
        match written.strip_prefix('"').and_then(|w| w.strip_suffix('"')) {
            Some(inner) => inner.replace("\"\"", "\""),
            None => written.to_owned(),
        }
    }

    /// Finds a column by its header, whatever its case.
    pub(super) fn column(&self, header: &str) -> Option<usize> {
        (0..self.cells(0)).find(|c| self.value(0, *c).trim().eq_ignore_ascii_case(header))
    }

    /// Replaces the value of a cell that is there.
    pub(super) fn set(&mut self, row: usize, column: usize, value: &str) {
        self.changed.insert((row, column), format!("\"{}\"", value.replace('"', "\"\"")));
    }

    /// Returns the text with the cells that were replaced.
    pub(super) fn written(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for ((row, column), value) in &self.changed {
            let range = &self.rows[*row][*column];
            out.push_str(&self.text[at..range.start]);
            out.push_str(value);
            at = range.end;
        }
        out.push_str(&self.text[at..]);
        out
    }
}

/// Finds where a cell ends; none where its quote is never closed.
fn end_of_cell(bytes: &[u8], start: usize, between: u8) -> Option<usize> {
    let mut at = start;
    if bytes[at] == b'"' {
        at += 1;
        loop {
            match (bytes.get(at)?, bytes.get(at + 1)) {
                (b'"', Some(b'"')) => at += 2,
                (b'"', _) => break,
                _ => at += 1,
            }
        }
        at += 1;
    }
    let is_end = |b: &u8| *b == between || *b == b'\n' || *b == b'\r';
    Some(bytes[at..].iter().position(is_end).map_or(bytes.len(), |n| at + n))
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn only_what_is_set_changes() {
        let text = "\u{FEFF}Id,\"A, \"\"b\"\"\",C\r\n1,\"x\r\ny\",\n2,,z\r\n\r\n3,\"\",";
        let mut table = Table::read(text, b',').expect("a table");
        assert_eq!(table.rows(), 5);
        assert_eq!(table.value(0, 1), "A, \"b\"");
        assert_eq!(table.value(1, 1), "x\r\ny");
        assert_eq!((table.column("id"), table.column("c"), table.column("d")), (Some(0), Some(2), None));
        assert_eq!(table.written(), text);
        table.set(1, 2, "say \"so\"");
        table.set(4, 2, "last");
        let expected = text.replace("y\",\n", "y\",\"say \"\"so\"\"\"\n");
        assert_eq!(table.written(), format!("{expected}\"last\""));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_no_table() {
        assert!(Table::read("a,\"b\nc,d\n", b',').is_none());
        assert_eq!(Table::read("", b',').expect("empty").rows(), 0);
        assert_eq!(Table::read("a;b", b';').expect("a table").cells(0), 2);
    }
}
