//! Figures from the files that platforms export.
//!
//! Owns the way from an export's bytes to numbers by period, platform and input, and to the profile
//! that holds them. Refuses to guess: what can be read in two ways is asked, what cannot be added is
//! left empty, and what stands in the profile already stays until it is told to go. Reads and writes
//! no disk: bytes in, a plan out.
//!
//! What is known of each platform stands in `templates/shared/imports`, one file a source.

mod archive;
mod dates;
mod delimited;
mod edit;
mod format;
mod grid;
mod known;
mod numbers;
mod plan;
mod platforms;
mod posts;
mod present;
mod recognise;
mod report;
mod rows;
mod series;
mod sheets;
mod tally;
mod words;

use jiff::civil::Date;

use crate::catalog::Catalog;
use crate::diag::{Builtin, Code, Diagnostic, Diagnostics, Place, Severity};
use crate::profile::Profile;
use format::{Formats, RowKind};
pub use grid::MAX_BYTES;
use known::Known;
pub use plan::Plan;
pub use report::{Conflict, Understood, Value};
use rows::Table;

/// A file that a platform exported.
#[derive(Clone, Debug)]
pub struct Export {
    /// Its name, as the user gave it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The day on which it was saved, if that is known.
    pub saved_on: Option<Date>,
}

/// What the user said beforehand, in answer to questions that files leave open.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The platform, by its id in the profile, where several could be meant.
    pub platform: Option<String>,
    /// The period, by its id, of a file that does not say of which days its numbers are.
    pub period: Option<String>,
    /// Whether days come before months, where both could be.
    pub day_first: Option<bool>,
    /// The year of the first row, where years are not written.
    pub year: Option<i16>,
    /// The day of the export.
    pub exported_on: Option<Date>,
    /// Who exported the files, by the id in the profile.
    pub by: Option<String>,
    /// Whether numbers that are there already give way to new ones.
    pub replace: bool,
    /// Whether a period counts although days are missing.
    pub partial: bool,
}

/// What is imported, and into what.
pub struct Request<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The files.
    pub exports: &'a [Export],
    /// What the user said.
    pub answers: &'a Answers,
    /// Tells whether a character can be printed in a document.
    pub printable: &'a dyn Fn(char) -> bool,
    /// Tells whether a file of this name lies beside the profile.
    pub is_taken: &'a dyn Fn(&str) -> bool,
}

/// What was understood.
#[derive(Debug)]
pub struct Import {
    /// Each table of each file.
    pub tables: Vec<Understood>,
    /// Numbers that the profile has already, with other values.
    pub conflicts: Vec<Conflict>,
    /// How many numbers and posts the profile has already, with the same values.
    pub known: usize,
    /// What cannot be used; nothing is written while there is any.
    pub problems: Diagnostics,
    /// What must be answered; nothing is written while there is any.
    pub questions: Diagnostics,
    /// What is left out, and why.
    pub warnings: Diagnostics,
    /// What would be written, if anything.
    pub plan: Option<Plan>,
}

/// Understands exports.
///
/// # Errors
/// What is wrong with the catalogue's knowledge of exports.
pub fn import(catalog: &Catalog, request: &Request<'_>) -> Result<Import, Diagnostics> {
    let formats = Formats::load(catalog)?;
    let known = Known::of(&formats, request);
    let (mut problems, mut questions) = known.unanswered(request.profile);
    let mut tables = Vec::new();
    for (index, export) in request.exports.iter().enumerate() {
        let same = request.exports[..index].iter().find(|e| e.bytes == export.bytes);
        match same {
            Some(first) => problems.push(twice(export, first)),
            None => match read(index, export, &known) {
                Ok(found) => tables.extend(found),
                Err(problem) => problems.push(*problem),
            },
        }
    }
    for table in &mut tables {
        problems.append(&mut table.problems.clone());
        questions.append(&mut table.questions.clone());
    }
    let mut tally = tally::tally(&tables, &known);
    problems.append(&mut tally.problems);
    questions.append(&mut tally.questions);
    problems.extend(known.too_early(&tables, &tally));
    tally.warnings.extend(known.unused(&tally));
    let (choice, conflicts) = present::compare(&tally, &known, request);
    let understood = report::understood(&tables, &tally, &known);
    let is_open = !problems.is_empty() || !questions.is_empty();
    let plan = if is_open { None } else { plan::plan((&tables, &tally), &choice, &known, request)? };
    Ok(Import {
        tables: understood,
        conflicts,
        known: choice.known,
        problems,
        questions,
        warnings: tally.warnings,
        plan,
    })
}

/// Reads the tables of one file.
fn read<'f>(index: usize, export: &Export, known: &Known<'f>) -> Result<Vec<Table<'f>>, Box<Diagnostic>> {
    let named = |mut problem: Diagnostic| {
        problem.message = format!("`{}`: {}", export.name, problem.message);
        Box::new(problem.at(Place::whole(&export.name)))
    };
    let grid = grid::read(&export.bytes, known.formats).map_err(named)?;
    let (kind, left_out) = (grid.kind.clone(), grid.left_out.clone());
    let near = recognise::nearest(&grid, known.formats);
    let (mut found, stray) = recognise::tables(&export.name, grid, known.formats);
    if found.is_empty() {
        return Err(named(unknown(near.as_ref(), known.formats)));
    }
    let adds_up = |t: &recognise::Found<'_>| !matches!(t.form.rows, RowKind::PostAndDay | RowKind::Unused);
    if found.iter().any(adds_up) {
        found.retain(|t| t.form.rows != RowKind::PostAndDay);
    }
    let mut tables: Vec<Table<'f>> =
        found.into_iter().map(|f| rows::read(f, (index, &export.name), known)).collect();
    if let Some(first) = tables.first_mut() {
        first.notes.extend(left_out.into_iter().map(|what| format!("not read: {what}")));
        if stray > 0 {
            first.notes.push(format!("{stray} rows belong to no table that is known and were not read"));
        }
    }
    for table in &mut tables {
        table.kind.clone_from(&kind);
    }
    Ok(tables)
}

fn unknown(near: Option<&recognise::Near<'_>>, formats: &Formats) -> Diagnostic {
    let mut problem = trouble("this file is none of the exports that can be read");
    if let Some(near) = near {
        let missing: Vec<String> = near.missing.iter().map(|m| format!("“{m}”")).collect();
        let what = if missing.is_empty() {
            "but one of its columns says that it is something else".into()
        } else {
            format!("but has no column {}", words::listing(&missing))
        };
        let text = format!("it looks most like {} ({}), {what}", near.form.name, near.format.name);
        problem = problem.hint(text).hint(&*near.form.export);
    }
    for format in &formats.all {
        let used = format.tables.iter().filter(|t| !matches!(t.rows, RowKind::Unused | RowKind::PostAndDay));
        let names: Vec<String> = used.map(|t| t.name.clone()).collect();
        problem = problem.hint(format!("can be read: {}: {}", format.name, names.join(", ")));
    }
    problem
}

fn twice(export: &Export, first: &Export) -> Diagnostic {
    let text = format!("`{}` is the same file as `{}`", export.name, first.name);
    trouble(text).at(Place::whole(&export.name)).hint("name each file once")
}

/// A problem of an export.
fn trouble(text: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Builtin::DataInvalid, text)
}

/// A question that a rule asks.
fn question(text: impl Into<String>, rule: &str) -> Diagnostic {
    Diagnostic { code: Code::Rule(rule.into()), severity: Severity::Warning, ..trouble(text) }
}

/// A question about a table.
fn question_of(asked: Diagnostic, label: String) -> Diagnostic {
    let message = format!("{label}: {}", asked.message);
    Diagnostic { message, severity: Severity::Warning, ..asked }
}
