//! The mapping matrix as a spreadsheet, for people who live in one.
//!
//! Owns the sheets, their columns and their print set-up. Refuses to fill in what is the assessor's
//! (decision, initials, date, comment stay blank), and to write anything that a spreadsheet runs:
//! every text is a text cell, whatever it begins with.

mod cells;
mod class;
mod forms;
mod honesty;
mod saved;

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use serde_json::Value;

use cells::{Column, Formats, Sheet, column};
pub use class::{Class, class};
pub use forms::{assessor_forms, survey};
use saved::saved;

/// Columns of the matrix; the last four are for the assessor.
const MATRIX: [Column; 20] = [
    column("Requirement", 12.0),
    column("Part of the unit", 20.0),
    column("Wording", 48.0),
    column("Status", 12.0),
    column("Assessor to confirm", 12.0),
    column("Needed", 9.0),
    column("Found", 9.0),
    column("What is counted", 18.0),
    column("Evidence", 42.0),
    column("Page in submission.pdf", 12.0),
    column("Further evidence", 42.0),
    column("What is missing", 42.0),
    column("Advice", 36.0),
    column("Left open with a reason", 36.0),
    column("Type of evidence", 16.0),
    column("Task", 16.0),
    column("Assessor decision", 18.0),
    column("Assessor initials", 10.0),
    column("Date", 12.0),
    column("Assessor comment", 40.0),
];
/// Columns of the list of documents.
const DOCUMENTS: [Column; 7] = [
    column("Document", 11.0),
    column("Title", 36.0),
    column("Requirement", 13.0),
    column("Status", 12.0),
    column("Section", 44.0),
    column("Page", 8.0),
    column("Page in submission.pdf", 12.0),
];
/// Columns of the totals.
const TOTALS: [Column; 7] = [
    column("Part of the unit", 28.0),
    column("Requirements", 14.0),
    column("Met", 10.0),
    column("Partly met", 12.0),
    column("Missing", 10.0),
    column("Assessor to confirm", 14.0),
    column("Left open with a reason", 14.0),
];
/// Columns of the words by origin.
const WORDS: [Column; 8] = [
    column("Document", 11.0),
    column("Title", 36.0),
    column("Words", 10.0),
    column("Learner's own", 12.0),
    column("Supplied with the case", 14.0),
    column("Computed", 12.0),
    column("Template", 12.0),
    column("Learner's share", 12.0),
];

/// Makes the workbook from the matrix as documents see it, dated `created`.
pub fn workbook(matrix: &Value, created: Date) -> Vec<u8> {
    write(matrix, created).expect("sheets, names and texts stay within the limits of the format")
}

/// Begins a workbook with a title and a date.
fn begin(title: &str, created: Date) -> Result<Workbook, XlsxError> {
    let day = |n: i8| n.unsigned_abs();
    let year = u16::try_from(created.year()).unwrap_or(2000);
    let created = ExcelDateTime::from_ymd(year, day(created.month()), day(created.day()))?;
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    Ok(workbook)
}

fn write(matrix: &Value, created: Date) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = begin("Mapping matrix", created)?;
    let formats = Formats::new();
    requirements(&mut Sheet::open(&mut workbook, &formats, "Mapping matrix", &MATRIX)?, matrix)?;
    documents(&mut Sheet::open(&mut workbook, &formats, "Documents", &DOCUMENTS)?, matrix)?;
    totals(&mut Sheet::open(&mut workbook, &formats, "Totals", &TOTALS)?, matrix)?;
    words(&mut Sheet::open(&mut workbook, &formats, "Own words", &WORDS)?, matrix)?;
    honesty::write(&mut workbook, &formats, matrix)?;
    saved(workbook)
}

fn requirements(sheet: &mut Sheet<'_>, matrix: &Value) -> Result<(), XlsxError> {
    for row in items(matrix, "rows") {
        let is_group = row.get("group").and_then(Value::as_bool).unwrap_or(false);
        let mut evidence = items(row, "evidence");
        let first = evidence.next();
        let others: Vec<String> = evidence.map(place).collect();
        sheet.begin(is_group)?;
        sheet.text(text(row, "id"))?;
        sheet.text(&kind(matrix, text(row, "kind")))?;
        sheet.text(text(row, "text"))?;
        sheet.status(text(row, "status"), text(row, "status_label"))?;
        sheet.text(confirm(row))?;
        sheet.number(row.get("required"))?;
        sheet.number(row.get("found"))?;
        sheet.text(text(row, "unit_of_count"))?;
        match first {
            Some(first) => sheet.link(text(first, "href"), &place(first))?,
            None => sheet.text("")?,
        }
        sheet.number(first.and_then(|e| e.get("submission_page")))?;
        sheet.text(&others.join("\n"))?;
        sheet.text(&lines(row, "reasons"))?;
        sheet.text(&lines(row, "advice"))?;
        sheet.text(text(row, "accepted_text"))?;
        sheet.text(text(row, "evidence_type"))?;
        sheet.text(text(row, "task"))?;
        for _ in 0..4 {
            sheet.blank()?;
        }
    }
    sheet.close()
}

/// Writes the reverse index: what each document proves, and where.
fn documents(sheet: &mut Sheet<'_>, matrix: &Value) -> Result<(), XlsxError> {
    for document in items(matrix, "reverse") {
        let id = text(document, "document");
        let mut is_empty = true;
        for row in items(matrix, "rows").filter(|r| r.get("group").and_then(Value::as_bool) != Some(true)) {
            for evidence in items(row, "evidence").filter(|e| text(e, "document") == id) {
                is_empty = false;
                sheet.begin(false)?;
                sheet.text(id)?;
                sheet.text(text(document, "title"))?;
                sheet.text(text(row, "id"))?;
                sheet.status(text(row, "status"), text(row, "status_label"))?;
                sheet.link(text(evidence, "href"), text(evidence, "section"))?;
                sheet.number(evidence.get("page"))?;
                sheet.number(evidence.get("submission_page"))?;
            }
        }
        if is_empty {
            sheet.begin(false)?;
            sheet.text(id)?;
            sheet.text(text(document, "title"))?;
            sheet.text("none")?;
        }
    }
    sheet.close()
}

fn totals(sheet: &mut Sheet<'_>, matrix: &Value) -> Result<(), XlsxError> {
    let states = ["met", "partly_met", "missing", "confirm", "accepted"];
    for kind in items(matrix, "kinds") {
        sheet.begin(false)?;
        sheet.text(text(kind, "label"))?;
        sheet.number(kind.get("count"))?;
        states.iter().try_for_each(|state| sheet.number(kind.get(state)))?;
    }
    let totals = matrix.get("totals").unwrap_or(&Value::Null);
    let count = |state: &&str| totals.get(state).and_then(Value::as_u64).unwrap_or(0);
    sheet.begin(true)?;
    sheet.text("All")?;
    sheet.number(Some(&Value::from(states[..3].iter().map(count).sum::<u64>())))?;
    states.iter().try_for_each(|state| sheet.number(totals.get(state)))?;
    sheet.close()
}

fn words(sheet: &mut Sheet<'_>, matrix: &Value) -> Result<(), XlsxError> {
    for document in items(matrix, "provenance") {
        sheet.begin(false)?;
        sheet.text(text(document, "document"))?;
        sheet.text(text(document, "title"))?;
        ["words", "learner", "case", "computed", "template"]
            .iter()
            .try_for_each(|origin| sheet.number(document.get(origin)))?;
        sheet.text(text(document, "learner_share"))?;
    }
    sheet.close()
}

fn place(evidence: &Value) -> String {
    let page = evidence.get("page").and_then(Value::as_u64).unwrap_or(0);
    let (document, title) = (text(evidence, "document"), text(evidence, "title"));
    format!("{document} {title} › {}, page {page}", text(evidence, "section"))
}

fn kind(matrix: &Value, code: &str) -> String {
    let known = items(matrix, "kinds").find(|k| text(k, "kind") == code);
    known.map_or_else(|| spoken(code), |k| text(k, "label").to_owned())
}

fn spoken(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn confirm(row: &Value) -> &'static str {
    if row.get("confirm").and_then(Value::as_bool) == Some(true) { "Yes" } else { "" }
}

fn lines(row: &Value, name: &str) -> String {
    items(row, name).filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;
    use jiff::civil::date;
    use serde_json::json;
    use zip::ZipArchive;

    fn matrix() -> Value {
        let evidence = |document: &str, page: u32| {
            json!({"document": document, "title": "Guide", "file": "documents/04-guide.pdf", "section": "5 Responses", "page": page,
                   "submission_page": 30 + page, "href": format!("documents/04-guide.pdf#page={page}")})
        };
        json!({
            "rows": [
                {"id": "PE4", "kind": "performance_evidence", "group": true, "text": "Guidelines", "status": "partly_met",
                 "status_label": "Partly met", "confirm": false, "evidence": [], "reasons": []},
                {"id": "PE4.2", "kind": "performance_evidence", "group": false, "text": "=HYPERLINK(\"http://x\",\"y\")",
                 "status": "missing", "status_label": "Missing", "confirm": true, "required": 4, "found": 3,
                 "unit_of_count": "responses", "reasons": ["3 of 4 responses", "\u{1}"],
                 "evidence": [evidence("D04", 4), evidence("D04", 7)]},
            ],
            "reverse": [{"document": "D04", "title": "Guide", "ids": ["PE4.2"]}, {"document": "D05", "title": "Use", "ids": []}],
            "totals": {"met": 1, "partly_met": 2, "missing": 3, "confirm": 4},
            "kinds": [{"kind": "performance_evidence", "label": "Performance evidence", "count": 1, "met": 0, "partly_met": 1, "missing": 0, "confirm": 1}],
            "provenance": [{"document": "D04", "title": "Guide", "words": 9, "learner": 6, "case": 1, "computed": 1, "template": 1, "learner_share": "67%"}],
        })
    }

    fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
        let mut text = String::new();
        archive.by_name(name).expect("a part").read_to_string(&mut text).expect("text");
        text
    }

    #[test]
    fn the_same_matrix_gives_the_same_bytes() {
        let bytes = workbook(&matrix(), date(2026, 11, 20));
        assert_eq!(bytes, workbook(&matrix(), date(2026, 11, 20)));
        assert!(part(&bytes, "docProps/core.xml").contains("2026-11-20T00:00:00Z"));
    }

    #[test]
    fn all_sheets_are_named() {
        let names = part(&workbook(&matrix(), date(2026, 11, 20)), "xl/workbook.xml");
        for name in
            ["Mapping matrix", "Documents", "Totals", "Own words", "Words by requirement", "To look at"]
        {
            assert!(names.contains(&format!("name=\"{name}\"")), "{names}");
        }
        assert!(names.contains("'Mapping matrix'!$1:$1"), "the header is repeated in print: {names}");
    }

    #[test]
    fn nothing_becomes_a_formula() {
        let bytes = workbook(&matrix(), date(2026, 11, 20));
        assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
        assert!(part(&bytes, "xl/sharedStrings.xml").contains("=HYPERLINK(\"http://x\",\"y\")"));
    }

    #[test]
    fn links_lead_to_the_page_beside_the_file() {
        let bytes = workbook(&matrix(), date(2026, 11, 20));
        let links = part(&bytes, "xl/worksheets/_rels/sheet1.xml.rels");
        assert!(links.contains("Target=\"documents/04-guide.pdf\" TargetMode=\"External\""), "{links}");
        assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("location=\"page=4\""));
        assert_eq!(part(&bytes, "xl/worksheets/sheet2.xml").matches("<hyperlink ").count(), 2);
    }

    #[test]
    fn statuses_have_a_word_and_a_fill() {
        let bytes = workbook(&matrix(), date(2026, 11, 20));
        let words = part(&bytes, "xl/sharedStrings.xml");
        assert!(words.contains("Partly met") && words.contains("Missing"));
        let styles = part(&bytes, "xl/styles.xml");
        assert!(["FFFDE7B0", "FFF9D0CC"].iter().all(|c| styles.contains(c)), "{styles}");
    }

    #[test]
    fn assessor_columns_stay_blank_and_half_a_matrix_is_no_problem() {
        let sheet = part(&workbook(&matrix(), date(2026, 11, 20)), "xl/worksheets/sheet1.xml");
        for cell in ["Q3", "R3", "S3", "T3"] {
            let blank = sheet.split(&format!("<c r=\"{cell}\"")).nth(1).and_then(|c| c.split('>').next());
            assert!(blank.is_some_and(|c| c.ends_with('/') && !c.contains("t=")), "{cell}: {blank:?}");
        }
        let long = json!({"rows": [{"text": "x".repeat(40_000)}, 7], "reverse": {}, "totals": null});
        assert!(!workbook(&long, date(2026, 11, 20)).is_empty());
    }
}
