//! Moodle's grading worksheet: the file that the trainer downloaded, with feedback in its column.
//!
//! Moodle finds columns by their headers and rows by `Identifier`, and skips rows that were changed
//! since the download by the dates in them: so nothing but feedback and grade is ever written.

use super::rows::matched;
use super::table::Table;
use super::{is_complete, letter};
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;

/// The headers as Moodle writes them in English.
const IDENTIFIER: &str = "Identifier";
const NAME: &str = "Full name";
const TEAM: &str = "Group";
const FEEDBACK: &str = "Feedback comments";
const GRADE: &str = "Grade";
const SCALE: &str = "Scale";
const MOST: &str = "Maximum grade";
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
pub(super) struct Columns {
    pub(super) identifier: usize,
    pub(super) name: Option<usize>,
    pub(super) team: Option<usize>,
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
    let (mut table, columns) = open(bytes, grade)?;
    let mut sheet = FilledWorksheet { text: String::new(), feedback: 0, graded: 0, findings: Vec::new() };
    for (row, learner) in matched(&table, &columns, report, &mut sheet.findings) {
        write((&mut table, &columns, row), (report, learner), grade, &mut sheet);
    }
    sheet.text = table.written();
    Ok(sheet)
}

/// Tells early whether a worksheet can be filled in, with this grade.
///
/// # Errors
/// One sentence on why it cannot, and one on what to do.
pub fn check_worksheet(bytes: &[u8], grade: Option<&str>) -> Result<(), (String, String)> {
    open(bytes, grade).map(drop)
}

fn open<'a>(bytes: &'a [u8], grade: Option<&str>) -> Result<(Table<'a>, Columns), (String, String)> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| ("it is not text in UTF-8, as Moodle writes it".to_owned(), AS_IT_IS.to_owned()))?;
    let headers = text.lines().next().unwrap_or_default();
    let count = |between: &u8| headers.bytes().filter(|b| b == between).count();
    let between = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
    let table = Table::read(text, between).ok_or_else(|| {
        ("it is no table: a quotation mark is never closed".to_owned(), AS_IT_IS.to_owned())
    })?;
    let columns = columns(&table, grade.is_some())?;
    grade.map_or(Ok(()), |grade| takes(&table, grade))?;
    Ok((table, columns))
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
        team: table.column(TEAM),
        changeable: table.column(CHANGEABLE),
    })
}

/// Tells whether Moodle would take a grade: it reads a word as 0 points, and passes over what is not in
/// the scale.
fn takes(table: &Table<'_>, grade: &str) -> Result<(), (String, String)> {
    let first = |column| (1..table.rows()).map(|row| table.value(row, column)).find(|v| !v.trim().is_empty());
    if let Some(column) = table.column(SCALE) {
        let Some(scale) = first(column) else { return Ok(()) };
        let steps: Vec<&str> = scale.lines().map(str::trim).collect();
        return if steps.contains(&grade) {
            Ok(())
        } else {
            let hint = format!("type one of these as it stands: {}", steps.join(", "));
            Err((format!("the assignment’s scale has no grade “{grade}”"), hint))
        };
    }
    let Some(column) = table.column(MOST) else {
        return Err(("the assignment gives no grades".into(), "leave --grade out".into()));
    };
    let Some(most) = first(column) else { return Ok(()) };
    let is_plain = grade.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let points = |text: &str| text.trim().parse::<f64>().ok();
    if is_plain && points(grade).is_some_and(|p| points(&most).is_none_or(|m| p <= m)) {
        return Ok(());
    }
    let hint = "give a number of points, or set a scale in the settings of the assignment";
    let text = format!(
        "the assignment is graded with points up to {most}, and Moodle would not read “{grade}” as points"
    );
    Err((text, hint.into()))
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

pub(super) fn about(learner: &LearnerReport, code: &'static str, text: &str) -> Finding {
    let id = learner.learner.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    Finding::warning(code, format!("{}{id}: {text}", learner.shown_as))
}
