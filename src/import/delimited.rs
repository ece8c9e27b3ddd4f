//! Text files with a separator: CSV and TSV in the encodings that platforms use.
//!
//! Owns the encoding, the separator, the `sep=` line and the rows' numbers. Refuses to lose a row
//! silently: what is beyond the limits stops the reading.

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::format::Formats;
use super::grid::{Cell, MAX_COLUMNS, MAX_ROWS, Row, Sheet, cell, unreadable};
use super::words::plain;
use crate::diag::Diagnostic;

/// The rows at the top of a file in which a header is looked for, to find the separator.
const TOP: usize = 40;

/// Reads a text file; returns also the name of its encoding.
pub(super) fn read(bytes: &[u8], formats: &Formats) -> Result<(Sheet, &'static str), Diagnostic> {
    let (text, encoding) = decode(bytes);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let first = text.lines().next().unwrap_or_default();
    let named = first.trim().strip_prefix("sep=").and_then(|s| s.bytes().next());
    let skipped = if named.is_some() { first.len() + 1 } else { 0 };
    let body = text.get(skipped..).unwrap_or_default();
    let lines = usize::from(named.is_some());
    if body.trim().is_empty() {
        return Err(unreadable("the file is empty").hint("export again, with a span of time that has posts"));
    }
    let separator = named.filter(u8::is_ascii).unwrap_or_else(|| separator(body, formats));
    let rows = rows(body, separator, lines)?;
    Ok((Sheet { name: String::new(), rows, has_decimal_comma: separator == b';' }, encoding))
}

/// Returns the text and the name of its encoding: by its mark, else by what it can be.
fn decode(bytes: &[u8]) -> (String, &'static str) {
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).take(200).filter(|b| **b == 0).count();
    let guessed: &Encoding = if let Some((marked, _)) = Encoding::for_bom(bytes) {
        marked
    } else if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) {
        UTF_8
    } else if zeros(1) > 20 && zeros(0) == 0 {
        UTF_16LE
    } else if zeros(0) > 20 && zeros(1) == 0 {
        UTF_16BE
    } else {
        WINDOWS_1252
    };
    let (text, used, _) = guessed.decode(bytes);
    (text.into_owned(), used.name())
}

/// Returns the separator under which a row of the file names the most known columns.
fn separator(text: &str, formats: &Formats) -> u8 {
    let score = |separator: u8| {
        let records = records(text, separator).take(TOP).filter_map(|r| r.0.ok());
        let known =
            |record: &StringRecord| record.iter().filter(|c| formats.names.contains(&plain(c))).count();
        records.map(|r| (known(&r), r.len())).max().unwrap_or_default()
    };
    // The last of equals is taken: a comma.
    [b'\t', b';', b','].into_iter().max_by_key(|s| score(*s)).unwrap_or(b',')
}

/// Yields records, each with the number of empty lines above it.
fn records(text: &str, separator: u8) -> impl Iterator<Item = (Result<StringRecord, csv::Error>, usize)> {
    let mut reader = ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(separator);
    let mut reader = reader.from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    std::iter::from_fn(move || {
        let start = usize::try_from(reader.position().byte()).unwrap_or(0);
        let rest = text.get(start..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start_matches('\n').len();
        match reader.read_record(&mut record) {
            Ok(true) => Some((Ok(record.clone()), gap)),
            Ok(false) => None,
            Err(e) => Some((Err(e), gap)),
        }
    })
}

fn rows(text: &str, separator: u8, lines_above: usize) -> Result<Vec<Row>, Diagnostic> {
    let mut rows: Vec<Row> = Vec::new();
    let (mut number, mut is_after_gap) = (lines_above, false);
    for (record, gap) in records(text, separator) {
        number += gap + 1;
        let record = record.map_err(|e| unreadable(format!("row {number} cannot be read: {e}")))?;
        is_after_gap |= gap > 0;
        if record.iter().all(|c| c.trim().is_empty()) {
            is_after_gap = true;
            continue;
        }
        if record.len() > MAX_COLUMNS {
            return Err(too_much(&format!("row {number} has more than {MAX_COLUMNS} columns")));
        }
        if rows.len() == MAX_ROWS {
            return Err(too_much(&format!("the file has more than {MAX_ROWS} rows")));
        }
        let cells: Vec<Cell> = record.iter().map(cell).collect();
        rows.push(Row { number, cells, is_after_gap });
        is_after_gap = false;
    }
    Ok(rows)
}

/// A table that is larger than any export.
pub(super) fn too_much(what: &str) -> Diagnostic {
    unreadable(format!("{what}, more than is read")).hint("export a shorter span of time")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats() -> Formats {
        Formats::load(&crate::catalog::Catalog::embedded()).expect("formats")
    }

    fn numbered(bytes: &[u8]) -> Vec<(usize, String, bool)> {
        let (sheet, _) = read(bytes, &formats()).expect("a sheet");
        let row = |r: Row| {
            let cells: Vec<String> = r.cells.iter().map(|c| c.text().to_owned()).collect();
            (r.number, cells.join("|"), r.is_after_gap)
        };
        sheet.rows.into_iter().map(row).collect()
    }

    #[test]
    fn rows_have_the_numbers_that_a_spreadsheet_shows() {
        let text = b"sep=,\r\n\"Date\",\"Primary\"\r\n\r\n,,\r\n1,\"a\n\nb\"\r\n2,c\r\n";
        let expected = [(2, "Date|Primary", false), (5, "1|a\n\nb", true), (6, "2|c", false)];
        assert_eq!(numbered(text), expected.map(|(n, t, g)| (n, t.to_owned(), g)));
    }

    #[test]
    fn each_encoding_is_read() {
        let text = "Date,Views\n3 July 2026,caf\u{e9}\n";
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let marked = [&[0xFF, 0xFE][..], &utf16(u16::to_le_bytes)].concat();
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c as u32).expect("latin")).collect();
        let cases: [(Vec<u8>, &str); 6] = [
            (text.into(), "UTF-8"),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
            (marked, "UTF-16LE"),
            (utf16(u16::to_le_bytes), "UTF-16LE"),
            (utf16(u16::to_be_bytes), "UTF-16BE"),
            (latin, "windows-1252"),
        ];
        for (bytes, name) in cases {
            let (sheet, encoding) = read(&bytes, &formats()).expect("a sheet");
            assert_eq!(encoding, name);
            assert_eq!(sheet.rows[1].cells[1].text(), "café", "{name}");
        }
    }

    #[test]
    fn the_separator_is_the_one_that_makes_columns() {
        for separator in [",", ";", "\t"] {
            let text = ["Date", "Video Views", "a,b;c;d;e;f"].map(|c| format!("\"{c}\"")).join(separator);
            let (sheet, _) = read(text.as_bytes(), &formats()).expect("a sheet");
            assert_eq!(sheet.rows[0].cells.len(), 3, "{separator}");
        }
    }

    #[test]
    fn floods_are_refused() {
        let wide = ",".repeat(MAX_COLUMNS + 1) + "x";
        assert!(read(wide.as_bytes(), &formats()).expect_err("refused").message.contains("columns"));
        let long = "a\n".repeat(MAX_ROWS + 1);
        assert!(read(long.as_bytes(), &formats()).expect_err("refused").message.contains("rows"));
        assert!(read(b" \n", &formats()).expect_err("refused").message.contains("empty"));
    }
}
