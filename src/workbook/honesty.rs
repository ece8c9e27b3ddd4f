//! Whose words stand where, and what to look at.
//!
//! Owns the sheets that an assessor sorts by: words by requirement, and the findings of the build.

use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::Value;

use super::cells::{Column, Formats, Sheet, column};
use super::{items, lines, text};

/// Columns of the words by requirement.
const LEDGER: [Column; 9] = [
    column("Requirement", 13.0),
    column("Places", 9.0),
    column("Words", 10.0),
    column("Learner's own", 12.0),
    column("Supplied with the case", 14.0),
    column("Computed", 12.0),
    column("Template", 12.0),
    column("Learner's share", 12.0),
    column("Note", 26.0),
];
/// Columns of the findings.
const FINDINGS: [Column; 8] = [
    column("Check", 22.0),
    column("What was found", 64.0),
    column("Requirements", 24.0),
    column("Document", 11.0),
    column("Section", 36.0),
    column("Page", 8.0),
    column("Part of the profile", 36.0),
    column("What to do", 44.0),
];

/// Adds both sheets.
pub(super) fn write(workbook: &mut Workbook, formats: &Formats, matrix: &Value) -> Result<(), XlsxError> {
    ledger(&mut Sheet::open(workbook, formats, "Words by requirement", &LEDGER)?, matrix)?;
    findings(&mut Sheet::open(workbook, formats, "To look at", &FINDINGS)?, matrix)
}

fn ledger(sheet: &mut Sheet<'_>, matrix: &Value) -> Result<(), XlsxError> {
    for row in items(matrix, "ledger") {
        sheet.begin(false)?;
        sheet.text(text(row, "id"))?;
        ["places", "words", "learner", "case", "computed", "template"]
            .iter()
            .try_for_each(|name| sheet.number(row.get(name)))?;
        sheet.text(text(row, "learner_share"))?;
        sheet.text(text(row, "note"))?;
    }
    sheet.close()
}

fn findings(sheet: &mut Sheet<'_>, matrix: &Value) -> Result<(), XlsxError> {
    for finding in items(matrix, "findings") {
        sheet.begin(false)?;
        sheet.text(text(finding, "code"))?;
        sheet.text(text(finding, "message"))?;
        sheet.text(&lines(finding, "requirements").replace('\n', ", "))?;
        sheet.text(text(finding, "document"))?;
        sheet.text(text(finding, "section"))?;
        sheet.number(finding.get("page"))?;
        sheet.text(text(finding, "pointer"))?;
        sheet.text(&lines(finding, "hints"))?;
    }
    sheet.close()
}
