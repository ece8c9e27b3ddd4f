//! Files that go back into the learning platform: the grading worksheet, archives of feedback files.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use tempfile::SpooledTempFile;

use super::outputs::not_written;
use super::{STOP, progress, shelf};
use crate::audit::{
    Archived, FeedbackArchive, Finding, Press, Report, Sheet, check_worksheet, fill_worksheet, letter,
};
use crate::catalog::Catalog;
use crate::cli::output::display;
use crate::cli::{files, write};
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// The most bytes of a worksheet that are read.
const MOST: u64 = 16 << 20;
/// What the feedback of a learner is called, without its ending.
const FEEDBACK: &str = "evipack-feedback";
/// How many sheets are printed between two looks at what they left in memory.
const TOGETHER: usize = 16;

/// What is made for the platform.
#[derive(clap::Args)]
#[command(next_help_heading = "Back into the learning platform")]
#[group(skip)]
pub(super) struct Args {
    /// Moodle’s grading worksheet as you downloaded it: feedback is put into its column, nothing else
    /// changes
    #[arg(long, value_name = "IN.csv", requires = "worksheet_out")]
    worksheet: Option<PathBuf>,
    /// Where the worksheet with feedback is written, for you to upload
    #[arg(long, value_name = "OUT.csv", requires = "worksheet")]
    worksheet_out: Option<PathBuf>,
    /// Also fill in this grade where every requirement is met and nothing is wrong: a word of the
    /// assignment’s scale, spelt as there, or points
    #[arg(long, value_name = "VALUE", requires = "worksheet", value_parser = grade)]
    grade: Option<String>,
    /// An archive with a feedback sheet for each learner, which Moodle and Canvas read back; where
    /// teams hand in, Moodle only from 5.1 on
    #[arg(long, value_name = "OUT.zip")]
    lms_feedback: Option<PathBuf>,
}

fn grade(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if text.is_empty() || is_formula || text.chars().any(char::is_control) {
        return Err("a grade is a word or a number, and begins with neither = + - nor @".into());
    }
    Ok(text.to_owned())
}

impl Args {
    /// Tells early whether everything can be read and written.
    pub(super) fn check(&self) -> Result<(), Diagnostics> {
        if let (Some(from), Some(to)) = (&self.worksheet, &self.worksheet_out) {
            let sheet = self.input(from)?;
            check_worksheet(&sheet, self.grade.as_deref()).map_err(|why| not_filled(from, why))?;
            if same(from, to) {
                let text = format!("`{}` would be written over", from.display());
                let problem = Diagnostic::error(Builtin::FileUnwritable, text);
                return Err(vec![problem.hint("name another file with --worksheet-out")]);
            }
        }
        for target in [&self.worksheet_out, &self.lms_feedback].into_iter().flatten() {
            write::check_target(target).map_err(|d| vec![d])?;
        }
        Ok(())
    }

    fn input(&self, path: &Path) -> Result<Vec<u8>, Diagnostics> {
        let name = path.display().to_string();
        let bytes = files::read(path, MOST).map_err(|why| {
            let text = format!("the worksheet `{name}` cannot be read: {why}");
            vec![Diagnostic::error(Builtin::FileUnreadable, text).at(Place::whole(&name))]
        })?;
        Ok(bytes)
    }

    /// Writes what was asked for; returns what a person is told. Nothing is written once the run was
    /// stopped: on the platform the rest of the class would look forgotten.
    pub(super) fn write(&self, catalog: &Catalog, report: &Report) -> Result<String, Diagnostics> {
        let mut told = String::new();
        if is_stopped() {
            [&self.worksheet_out, &self.lms_feedback]
                .into_iter()
                .flatten()
                .for_each(|to| not_written(&mut told, to));
            return Ok(told);
        }
        if let (Some(from), Some(to)) = (&self.worksheet, &self.worksheet_out) {
            let sheet = fill_worksheet(&self.input(from)?, report, self.grade.as_deref())
                .map_err(|why| not_filled(from, why))?;
            write::write_atomically(to, sheet.text.as_bytes()).map_err(|d| vec![d])?;
            let grades = self.grade.as_ref().map(|g| format!(", {} with the grade {g}", sheet.graded));
            let _ = writeln!(
                told,
                "Worksheet  {}: feedback for {}{}",
                display(&to.display().to_string()),
                learners(sheet.feedback),
                display(&grades.unwrap_or_default()),
            );
            list(&mut told, &sheet.findings);
        }
        if let Some(to) = &self.lms_feedback {
            let written = self::pack(catalog, report)?;
            if is_stopped() {
                not_written(&mut told, to);
                return Ok(told);
            }
            let (mut zip, count, findings) = written.map_err(not_packed)?;
            write::write_atomically_with(to, |out| io::copy(&mut zip, out).map(drop)).map_err(|d| vec![d])?;
            let _ =
                writeln!(told, "Feedback   {}: for {}", display(&to.display().to_string()), learners(count));
            list(&mut told, &findings);
        }
        Ok(told)
    }
}

/// Packs the feedback of everybody who was looked at; where a sheet cannot be printed, it is text.
fn pack(
    catalog: &Catalog,
    report: &Report,
) -> Result<Result<Archived<SpooledTempFile>, (String, String)>, Diagnostics> {
    let press = Press::new(catalog, report)?;
    let all = press.learners(Sheet::Feedback);
    let mut archive = FeedbackArchive::new(report, shelf::unfinished());
    let bar = progress::bar(all.len(), "sheets", "packing");
    for some in all.chunks(TOGETHER) {
        if is_stopped() {
            break;
        }
        for (nth, printed) in some.iter().zip(press.print(Sheet::Feedback, some)?) {
            let file = match printed {
                Ok(printed) => (*nth, format!("{FEEDBACK}.pdf"), printed.pdf),
                Err(_) => (*nth, format!("{FEEDBACK}.txt"), plain(report, *nth)),
            };
            archive.add(&file).map_err(|e| shelf::full(&e))?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    archive.finish().map_err(|e| shelf::full(&e))
}

fn is_stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

fn plain(report: &Report, nth: usize) -> Vec<u8> {
    format!("{}\r\n", letter(report, &report.learners[nth]).join("\r\n\r\n")).into_bytes()
}

fn learners(count: usize) -> String {
    if count == 1 { "1 learner".into() } else { format!("{count} learners") }
}

fn list(told: &mut String, findings: &[Finding]) {
    for finding in findings {
        let _ = writeln!(told, "  {}", display(&finding.message).replace('\n', " "));
    }
}

fn not_filled(worksheet: &Path, (why, hint): (String, String)) -> Diagnostics {
    let text = format!("the worksheet `{}` cannot be filled in: {why}", worksheet.display());
    vec![Diagnostic::error(Builtin::ProfileInvalid, text).hint(hint)]
}

fn not_packed((why, hint): (String, String)) -> Diagnostics {
    let text = format!("no archive of feedback can be made: {why}");
    vec![Diagnostic::error(Builtin::ProfileInvalid, text).hint(hint)]
}

/// Tells whether two paths lead to the same file.
fn same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    one == other || real(one).is_some_and(|r| Some(r) == real(other))
}
