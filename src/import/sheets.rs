//! Spreadsheets: Excel workbooks of both kinds.
//!
//! Owns the way from a workbook's cells to rows. Refuses formulas: only the values that the file
//! holds are read, nothing is computed.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Reader, Xls, Xlsx};
use jiff::civil::Date;

use super::delimited::too_much;
use super::grid::{Cell, Grid, MAX_COLUMNS, MAX_ROWS, Row, Sheet, cell, unreadable};
use crate::diag::Diagnostic;

/// The most sheets that are looked at.
const MAX_SHEETS: usize = 40;

/// Cells by row and column, both counted from 0.
type Cells = BTreeMap<(u32, u32), Cell>;

/// Reads an .xlsx workbook, cell by cell: its dimensions are only claimed by the file.
pub(super) fn xlsx(bytes: &[u8]) -> Result<Grid, Diagnostic> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut grid = Grid { kind: "Excel workbook".into(), ..Grid::default() };
    for name in book.sheet_names().into_iter().take(MAX_SHEETS) {
        let mut cells = Cells::new();
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else {
            grid.left_out.push(format!("{name}: not a table"));
            continue;
        };
        while let Some(found) = reader.next_cell().map_err(|_| damaged())? {
            put(&mut cells, found.get_position(), of_ref(found.get_value()))?;
        }
        grid.sheets.push(sheet(name, cells));
    }
    Ok(grid)
}

/// Reads an .xls workbook; its format bounds a sheet to 65,536 rows and 256 columns.
pub(super) fn xls(bytes: &[u8]) -> Result<Grid, Diagnostic> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut grid = Grid { kind: "Excel workbook (.xls)".into(), ..Grid::default() };
    for (name, range) in book.worksheets().into_iter().take(MAX_SHEETS) {
        let (top, left) = range.start().unwrap_or_default();
        let mut cells = Cells::new();
        for (row, column, value) in range.used_cells() {
            let at =
                |start: u32, offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            put(&mut cells, (at(top, row), at(left, column)), of_data(value))?;
        }
        grid.sheets.push(sheet(name, cells));
    }
    Ok(grid)
}

fn put(cells: &mut Cells, at: (u32, u32), value: Cell) -> Result<(), Diagnostic> {
    if value.is_blank() {
        return Ok(());
    }
    if at.1 as usize >= MAX_COLUMNS {
        return Err(too_much(&format!("row {} has more than {MAX_COLUMNS} columns", at.0 + 1)));
    }
    if at.0 as usize >= MAX_ROWS + 100 || cells.len() >= MAX_ROWS * 50 {
        return Err(too_much(&format!("a sheet has more than {MAX_ROWS} rows")));
    }
    cells.insert(at, value);
    Ok(())
}

fn sheet(name: String, cells: Cells) -> Sheet {
    let mut rows: Vec<Row> = Vec::new();
    for ((row, column), value) in cells {
        let (number, column) = (row as usize + 1, column as usize);
        let last = rows.last().map_or(0, |r| r.number);
        if last != number {
            rows.push(Row { number, cells: Vec::new(), is_after_gap: number > last + 1 });
        }
        if let Some(row) = rows.last_mut() {
            row.cells.resize(column, Cell::Text(String::new()));
            row.cells.push(value);
        }
    }
    Sheet { name, rows, has_decimal_comma: false }
}

fn of_data(value: &Data) -> Cell {
    match value {
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => cell(text),
        Data::DateTime(time) => of_time(*time),
        Data::Bool(_) | Data::Error(_) | Data::Empty => cell(""),
    }
}

fn of_ref(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => cell(text),
        DataRef::SharedString(text) => cell(text),
        DataRef::DateTime(time) => of_time(*time),
        DataRef::Bool(_) | DataRef::Error(_) | DataRef::Empty => cell(""),
    }
}

fn of_time(time: ExcelDateTime) -> Cell {
    let number = time.as_f64();
    if !time.is_datetime() || !(1.0..2_958_466.0).contains(&number) {
        return Cell::Number(number);
    }
    let (year, month, day, ..) = time.to_ymd_hms_milli();
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    let (Ok(year), Ok(month), Ok(day)) = parts else { return Cell::Number(number) };
    Date::new(year, month, day).map_or(Cell::Number(number), Cell::Day)
}

fn damaged() -> Diagnostic {
    unreadable("this workbook is damaged, or protected with a password").hint(
        "open it in a spreadsheet program, save it as .xlsx, and name that file; or export again as CSV",
    )
}
