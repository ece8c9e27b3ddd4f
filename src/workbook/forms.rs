//! Blank forms as spreadsheets.
//!
//! Owns their sheets and columns. Refuses to fill in what an assessor or a learner decides: those
//! cells are blank, at most with words to choose from.

use jiff::civil::Date;
use rust_xlsxwriter::XlsxError;
use serde_json::Value;

use super::cells::{Column, Formats, Sheet, column};
use super::{begin, confirm, items, saved, spoken, text};

/// Columns of the blank matrix; the last eight are to be filled in.
const MATRIX: [Column; 16] = [
    column("Requirement", 12.0),
    column("Part of the unit", 20.0),
    column("Wording", 52.0),
    column("Number needed", 9.0),
    column("What is counted", 18.0),
    column("Whose number", 16.0),
    column("Type of evidence", 16.0),
    column("Assessor to confirm", 11.0),
    column("Task and question", 26.0),
    column("Document", 22.0),
    column("Section", 22.0),
    column("Page", 8.0),
    column("Gap", 28.0),
    column("Assessor initials", 10.0),
    column("Date", 12.0),
    column("Comment", 36.0),
];
/// Columns of the observation checklist; the last four are to be filled in.
const OBSERVATION: [Column; 7] = [
    column("Requirement", 12.0),
    column("Wording", 46.0),
    column("Observable behaviour", 52.0),
    column("Seen", 10.0),
    column("Date", 12.0),
    column("Assessor initials", 10.0),
    column("What was seen", 44.0),
];
/// Columns of the oral questions; the last four are to be filled in.
const QUESTIONS: [Column; 7] = [
    column("Requirement", 12.0),
    column("Wording", 46.0),
    column("Question", 46.0),
    column("Answer in a few words", 52.0),
    column("Answered", 10.0),
    column("Date", 12.0),
    column("Assessor initials", 10.0),
];
/// Columns of the survey; the last four are to be filled in.
const SURVEY: [Column; 7] = [
    column("Requirement", 12.0),
    column("Part of the unit", 20.0),
    column("What it asks of you", 60.0),
    column("I can do this", 14.0),
    column("Where I have done it, or what I can show", 44.0),
    column("What I will do next", 36.0),
    column("By when", 12.0),
];
/// What an assessor can choose beside a behaviour or a question.
const SEEN: [&str; 2] = ["Yes", "Not yet"];
/// What a learner can choose beside a requirement.
const SURE: [&str; 3] = ["Not yet", "With help", "On my own"];

/// Makes the assessor's workbook from the requirements: matrix, observation checklist and questions.
pub fn assessor_forms(rows: &Value, created: Date) -> Vec<u8> {
    write_assessor_forms(rows, created).expect("sheets, names and texts stay within the limits of the format")
}

/// Makes the learner's survey from the requirements.
pub fn survey(rows: &Value, created: Date) -> Vec<u8> {
    write_survey(rows, created).expect("sheets, names and texts stay within the limits of the format")
}

fn write_assessor_forms(rows: &Value, created: Date) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = begin("Mapping matrix", created)?;
    let formats = Formats::new();
    matrix(&mut Sheet::open(&mut workbook, &formats, "Mapping matrix", &MATRIX)?, rows)?;
    if leaves(rows).any(|r| items(r, "observe").next().is_some()) {
        observation(&mut Sheet::open(&mut workbook, &formats, "Observation", &OBSERVATION)?, rows)?;
    }
    if leaves(rows).any(|r| !text(r, "ask").is_empty()) {
        questions(&mut Sheet::open(&mut workbook, &formats, "Oral questions", &QUESTIONS)?, rows)?;
    }
    saved(workbook)
}

fn matrix(sheet: &mut Sheet<'_>, rows: &Value) -> Result<(), XlsxError> {
    for row in rows.as_array().into_iter().flatten() {
        let convention = row.get("convention").and_then(Value::as_bool) == Some(true);
        let has_number = row.get("needed").is_some_and(Value::is_number);
        sheet.begin(is_group(row))?;
        sheet.text(text(row, "id"))?;
        sheet.text(&spoken(text(row, "kind")))?;
        sheet.text(&wording(row))?;
        sheet.number(row.get("needed"))?;
        sheet.text(text(row, "of"))?;
        sheet.text(match (has_number, convention) {
            (true, true) => "product convention",
            (true, false) => "the unit’s own",
            _ => "",
        })?;
        sheet.text(text(row, "evidence_type"))?;
        sheet.text(confirm(row))?;
        for _ in 0..8 {
            sheet.blank()?;
        }
    }
    sheet.close()
}

fn observation(sheet: &mut Sheet<'_>, rows: &Value) -> Result<(), XlsxError> {
    for row in leaves(rows) {
        for behaviour in items(row, "observe").filter_map(Value::as_str) {
            sheet.begin(false)?;
            sheet.text(text(row, "id"))?;
            sheet.text(&wording(row))?;
            sheet.text(behaviour)?;
            sheet.choice(&SEEN)?;
            for _ in 0..3 {
                sheet.blank()?;
            }
        }
    }
    sheet.close()
}

fn questions(sheet: &mut Sheet<'_>, rows: &Value) -> Result<(), XlsxError> {
    for row in leaves(rows).filter(|r| !text(r, "ask").is_empty()) {
        sheet.begin(false)?;
        sheet.text(text(row, "id"))?;
        sheet.text(&wording(row))?;
        sheet.text(text(row, "ask"))?;
        sheet.blank()?;
        sheet.choice(&SEEN)?;
        sheet.blank()?;
        sheet.blank()?;
    }
    sheet.close()
}

fn write_survey(rows: &Value, created: Date) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = begin("Self-assessment", created)?;
    let formats = Formats::new();
    let mut sheet = Sheet::open(&mut workbook, &formats, "Self-assessment", &SURVEY)?;
    // Conditions are the duty of those who assess, not of the learner.
    for row in leaves(rows).filter(|r| text(r, "kind") != "assessment_condition") {
        let plain = text(row, "plain");
        sheet.begin(false)?;
        sheet.text(text(row, "id"))?;
        sheet.text(&spoken(text(row, "kind")))?;
        sheet.text(if plain.is_empty() { wording(row) } else { plain.to_owned() }.as_str())?;
        sheet.choice(&SURE)?;
        for _ in 0..3 {
            sheet.blank()?;
        }
    }
    sheet.close()?;
    saved(workbook)
}

fn leaves(rows: &Value) -> impl Iterator<Item = &Value> {
    rows.as_array().into_iter().flatten().filter(|r| !is_group(r))
}

fn is_group(row: &Value) -> bool {
    row.get("group").and_then(Value::as_bool) == Some(true)
}

/// The unit's wording behind the line that introduces it.
fn wording(row: &Value) -> String {
    match text(row, "lead_in") {
        "" => text(row, "text").to_owned(),
        lead_in => format!("{lead_in} {}", text(row, "text")),
    }
}
