//! Zip archives: workbooks, and the bundles of CSV files that some platforms export.
//!
//! Owns the limits: how many files, how large they become, none inside another. Refuses to use a
//! file's name for anything but showing it.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::format::Formats;
use super::grid::{Grid, MAX_BYTES, unreadable};
use super::{delimited, sheets};
use crate::diag::Diagnostic;

/// The most files that an archive may hold.
const MAX_FILES: usize = 1_000;
/// The endings of text files that can hold a table.
const TEXT: [&str; 3] = [".csv", ".tsv", ".txt"];

/// Reads a workbook or a bundle of text files.
pub(super) fn read(bytes: &[u8], formats: &Formats) -> Result<Grid, Diagnostic> {
    let damaged = || {
        unreadable("this file is damaged, or only part of it was saved")
            .hint("export it from the platform again")
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > MAX_FILES {
        let text = format!("this zip file holds {} files; at most {MAX_FILES} are read", archive.len());
        return Err(unreadable(text).hint("name the export itself, as the platform gave it"));
    }
    let is_workbook = archive.index_for_name("xl/workbook.xml").is_some();
    let mut members = Vec::new();
    let mut room = MAX_BYTES;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|_| damaged())?;
        let name = member.name().map_err(|_| damaged())?.into_owned();
        let mut content = Vec::new();
        member.take(room as u64 + 1).read_to_end(&mut content).map_err(|_| damaged())?;
        room = room.checked_sub(content.len()).ok_or_else(|| {
            let text = format!("this zip file holds more than {MAX_BYTES} bytes when unpacked");
            unreadable(text).hint("name the export itself, as the platform gave it")
        })?;
        if !is_workbook {
            members.push((name, content));
        }
    }
    if is_workbook { sheets::xlsx(bytes) } else { bundle(members, formats) }
}

fn bundle(members: Vec<(String, Vec<u8>)>, formats: &Formats) -> Result<Grid, Diagnostic> {
    let mut grid = Grid { kind: "zip with CSV files".into(), ..Grid::default() };
    for (name, content) in members.into_iter().filter(|(n, _)| !n.ends_with('/')) {
        let lower = name.to_lowercase();
        if content.starts_with(b"PK\x03\x04") {
            grid.left_out.push(format!("{name}: a zip file or workbook inside a zip file is not opened"));
        } else if lower.starts_with("__macosx/") || !TEXT.iter().any(|e| lower.ends_with(e)) {
            grid.left_out.push(format!("{name}: not a CSV file"));
        } else {
            match delimited::read(&content, formats) {
                Ok((mut sheet, _)) => {
                    sheet.name = name;
                    grid.sheets.push(sheet);
                }
                Err(problem) => grid.left_out.push(format!("{name}: {}", problem.message)),
            }
        }
    }
    if grid.sheets.is_empty() {
        let found = grid.left_out.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
        let text = if found.is_empty() {
            "this zip file is empty".into()
        } else {
            format!("there is no table of figures in this file: {found}")
        };
        return Err(unreadable(text)
            .hint("name the file that the platform gave you when you exported the figures, as it is"));
    }
    Ok(grid)
}
