//! Moodle's grading worksheet: the file that the trainer downloaded, with feedback in its column.
//!
//! Moodle finds columns by their headers and rows by `Identifier`, and skips rows that were changed
//! since the download by the dates in them: so nothing but feedback and grade is ever written.

use std::collections::{BTreeMap, BTreeSet};

use super::table::Table;
use super::{is_complete, layout, letter};
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;

/// The headers as Moodle writes them in English.
const IDENTIFIER: &str = "Identifier";
const NAME: &str = "Full name";
const FEEDBACK: &str = "Feedback comments";
const GRADE: &str = "Grade";
const CHANGEABLE: &str = "Grade can be changed";

/// A worksheet that was filled in.
#[derive(Debug)]
pub struct FilledWorksheet {
    /// Its text.
    pub text: String,
    /// How many rows got feedback.
    pub feedback: usize,
    /// How many rows got a grade.
    pub graded: usize,
    /// What a person should know: rows and learners that were left out, and why.
    pub findings: Vec<Finding>,
}

/// Columns by their meaning.
struct Columns {
    identifier: usize,
    name: Option<usize>,
    feedback: usize,
    grade: Option<usize>,
    changeable: Option<usize>,
}

/// Fills in a worksheet: feedback for each learner, and the given grade for packs without a gap.
///
/// # Errors
/// One sentence on why the file cannot be filled in, and one on what to do.
pub fn fill_worksheet(
    bytes: &[u8],
    report: &Report,
    grade: Option<&str>,
) -> Result<FilledWorksheet, (String, String)> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| ("it is not text in UTF-8, as Moodle writes it".to_owned(), AS_IT_IS.to_owned()))?;
    let headers = text.lines().next().unwrap_or_default();
    let count = |between: &u8| headers.bytes().filter(|b| b == between).count();
    let between = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
    let mut table = Table::read(text, between).ok_or_else(|| {
        ("it is no table: a quotation mark is never closed".to_owned(), AS_IT_IS.to_owned())
    })?;
    let columns = columns(&table, grade.is_some())?;
    let mut sheet = FilledWorksheet { text: String::new(), feedback: 0, graded: 0, findings: Vec::new() };
    for (row, learner) in matched(&table, &columns, report, &mut sheet.findings) {
        write((&mut table, &columns, row), (report, learner), grade, &mut sheet);
    }
    sheet.text = table.written();
    Ok(sheet)
}

/// What helps in most cases.
const AS_IT_IS: &str = "download the grading worksheet again, and leave it as it is";

fn columns(table: &Table<'_>, with_grade: bool) -> Result<Columns, (String, String)> {
    if table.column("SIS Login ID").is_some()
        || table.column("Student").is_some() && table.column("ID").is_some()
    {
        return Err((
            "it is a gradebook of Canvas, and Canvas reads no comments from one".into(),
            "use --lms-feedback, and upload that archive at the assignment (“Upload Submissions”)".into(),
        ));
    }
    let find = |header: &str, hint: &str| {
        let missing = || (format!("it has no column “{header}”"), hint.to_owned());
        table.column(header).ok_or_else(missing)
    };
    let comments = "switch on “Feedback comments” and “Offline grading worksheet” in the settings of the assignment, in Moodle in English, and download the worksheet again";
    Ok(Columns {
        identifier: find(IDENTIFIER, "it is not Moodle’s grading worksheet in English; download that one")?,
        feedback: find(FEEDBACK, comments)?,
        grade: if with_grade { Some(find(GRADE, AS_IT_IS)?) } else { None },
        name: table.column(NAME),
        changeable: table.column(CHANGEABLE),
    })
}

/// Finds the learner of each row: by the number of the participant, or by a name that only one has.
fn matched<'r>(
    table: &Table<'_>,
    columns: &Columns,
    report: &'r Report,
    findings: &mut Vec<Finding>,
) -> Vec<(usize, &'r LearnerReport)> {
    let mut by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in 1..table.rows() {
        let identifier = table.value(row, columns.identifier);
        let digits = identifier.trim_end();
        let id = &digits[digits.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
        if !id.is_empty() {
            by_id.entry(id.to_owned()).or_default().push(row);
        }
        if let Some(name) = columns.name {
            by_name.entry(table.value(row, name).trim().to_lowercase()).or_default().push(row);
        }
    }
    let mut found = Vec::new();
    for learner in &report.learners {
        let name = learner.learner.name.as_deref().unwrap_or_default().trim().to_lowercase();
        let is_namesake =
            |l: &&LearnerReport| l.learner.name.as_deref().is_some_and(|n| n.trim().to_lowercase() == name);
        let rows = match &learner.learner.id {
            _ if layout(report, learner) != "moodle" => None,
            Some(id) => by_id.get(id),
            None if report.learners.iter().filter(is_namesake).count() == 1 => {
                let rows = by_name.get(&name).filter(|_| !name.is_empty());
                if rows.is_some_and(|r| r.len() == 1) {
                    findings.push(about(
                        learner,
                        "worksheet-by-name",
                        "the download has no number for them; the row was found by the name alone",
                    ));
                }
                rows
            }
            None => None,
        };
        match rows.map(Vec::as_slice) {
            Some([row]) => found.push((*row, learner)),
            Some([]) | None => {
                findings.push(about(learner, "worksheet-no-row", "the worksheet has no row for them"))
            }
            Some(_) => findings.push(about(
                learner,
                "worksheet-rows",
                "the worksheet has more than one row for them; none was filled in",
            )),
        }
    }
    once(found, findings)
}

/// Leaves out rows that more than one hand-in would fill.
fn once<'r>(
    found: Vec<(usize, &'r LearnerReport)>,
    findings: &mut Vec<Finding>,
) -> Vec<(usize, &'r LearnerReport)> {
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for (row, _) in &found {
        if !seen.insert(*row) {
            twice.insert(*row);
        }
    }
    let (good, bad): (Vec<_>, Vec<_>) = found.into_iter().partition(|(row, _)| !twice.contains(row));
    let text = "more than one hand-in is theirs; their row was not filled in";
    findings.extend(bad.iter().map(|(_, learner)| about(learner, "worksheet-hand-ins", text)));
    good
}

fn write(
    (table, columns, row): (&mut Table<'_>, &Columns, usize),
    (report, learner): (&Report, &LearnerReport),
    grade: Option<&str>,
    sheet: &mut FilledWorksheet,
) {
    let cells = table.cells(row);
    if columns.feedback >= cells || columns.grade.is_some_and(|g| g >= cells) {
        sheet.findings.push(about(
            learner,
            "worksheet-short-row",
            "their row is shorter than the headers; it was not filled in",
        ));
        return;
    }
    if table.value(row, columns.feedback).trim().is_empty() {
        table.set(row, columns.feedback, &html(&letter(report, learner)));
        sheet.feedback += 1;
    } else {
        let text = "there is feedback in the worksheet already; it was left as it is";
        sheet.findings.push(about(learner, "worksheet-feedback-there", text));
    }
    let (Some(column), Some(grade)) = (columns.grade, grade) else { return };
    if !is_complete(report, learner) {
        return;
    }
    let old = table.value(row, column);
    let may = columns.changeable.is_none_or(|c| !table.value(row, c).trim().eq_ignore_ascii_case("no"));
    if !may {
        sheet.findings.push(about(
            learner,
            "worksheet-grade-fixed",
            "the worksheet says that their grade cannot be changed",
        ));
    } else if matches!(old.trim(), "" | "-") {
        table.set(row, column, grade);
        sheet.graded += 1;
    } else if old.trim() != grade {
        sheet.findings.push(about(
            learner,
            "worksheet-grade-there",
            "there is a grade in the worksheet already; it was left as it is",
        ));
    }
}

/// Moodle keeps comments as HTML: one paragraph a line, and no character that could be markup.
fn html(lines: &[String]) -> String {
    let mark = |line: &String| {
        let text =
            line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("<p>{text}</p>")
    };
    lines.iter().map(mark).collect()
}

fn about(learner: &LearnerReport, code: &'static str, text: &str) -> Finding {
    let id = learner.learner.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    Finding::warning(code, format!("{}{id}: {text}", learner.shown_as))
}
