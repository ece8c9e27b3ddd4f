//! Rows of cells, wherever they came from.
//!
//! Owns the limits of what is read and the choice of a reader by the first bytes of a file. Refuses
//! to interpret a cell, and to believe a file's name.

use jiff::civil::Date;

use super::format::Formats;
use super::{archive, delimited, sheets};
use crate::diag::{Builtin, Diagnostic};

/// The largest export that is read, in bytes; also what an archive may hold when unpacked.
pub const MAX_BYTES: usize = 20_000_000;
/// The most rows of one table that are read.
pub(super) const MAX_ROWS: usize = 100_000;
/// The most columns of one table that are read.
pub(super) const MAX_COLUMNS: usize = 500;
/// The most characters of one cell that are kept.
pub(super) const MAX_CELL: usize = 10_000;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Text without white space around it; empty when there is nothing.
    Text(String),
    /// A number of a spreadsheet.
    Number(f64),
    /// A day of a spreadsheet.
    Day(Date),
}

impl Cell {
    /// Returns the text of a cell; numbers and days have none.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// Tells whether nothing is in it.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its number as a spreadsheet program shows it.
    pub(super) number: usize,
    /// Its cells from the left.
    pub(super) cells: Vec<Cell>,
    /// Whether there is an empty row above it.
    pub(super) is_after_gap: bool,
}

/// One sheet of a workbook, one file of an archive, or a whole text file.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// Its name inside the file; empty when the file is only one.
    pub(super) name: String,
    /// Its rows; empty ones are left out.
    pub(super) rows: Vec<Row>,
    /// Whether numbers probably have a decimal comma: a semicolon stands between cells.
    pub(super) has_decimal_comma: bool,
}

/// A file as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    /// What kind of file it is, in words.
    pub(super) kind: String,
    /// Its parts.
    pub(super) sheets: Vec<Sheet>,
    /// Parts that were not read, with the reason.
    pub(super) left_out: Vec<String>,
}

/// Reads a file of any known kind.
///
/// # Errors
/// One problem without a place: the file is too large, damaged, or of another kind.
pub(super) fn read(bytes: &[u8], formats: &Formats) -> Result<Grid, Diagnostic> {
    if bytes.len() > MAX_BYTES {
        let text = format!("the file has more than {MAX_BYTES} bytes, the most that is read");
        return Err(Diagnostic::error(Builtin::FileTooLarge, text).hint("export a shorter span of time"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return archive::read(bytes, formats);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return sheets::xls(bytes);
    }
    if let Some(kind) = other_kind(bytes) {
        return Err(unreadable(format!("this is {kind}, not an export")).hint(
            "go back to the platform, export the figures again, and choose CSV or Excel (.xlsx, .xls)",
        ));
    }
    let (sheet, encoding) = delimited::read(bytes, formats)?;
    Ok(Grid { kind: format!("CSV, {encoding}"), sheets: vec![sheet], left_out: Vec::new() })
}

/// Returns the kind of a file that certainly holds no table.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let start: String = bytes.iter().take(200).map(|b| char::from(*b).to_ascii_lowercase()).collect();
    match start.trim_start() {
        s if s.starts_with("%pdf") => Some("a PDF document"),
        s if s.starts_with("\u{89}png") || s.starts_with("\u{ff}\u{d8}\u{ff}") => Some("a picture"),
        s if s.starts_with("<!doctype html") || s.starts_with("<html") => Some("a web page"),
        s if s.starts_with('{') || s.starts_with("[{") => Some("JSON"),
        _ => None,
    }
}

/// A problem with a file as a whole.
pub(super) fn unreadable(text: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Builtin::DataInvalid, text)
}

/// Returns the text of a cell, within its limit.
pub(super) fn cell(text: &str) -> Cell {
    let text = text.trim();
    match text.char_indices().nth(MAX_CELL) {
        Some((end, _)) => Cell::Text(text[..end].to_owned()),
        None => Cell::Text(text.to_owned()),
    }
}
