//! What `audit` writes beside what it prints: reports on the class, sheets for single persons.
//!
//! Owns where they go and in what order: what is quick first, then sheet by sheet. Refuses to write
//! over a sheet that is there: somebody may have written in it.

use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{progress, shelf};
use crate::audit::{
    ClassReport, LearnerReport, PackReport, Press, Report, Sheet, class_report, class_workbook, encoded,
};
use crate::bundle::Packer;
use crate::catalog::Catalog;
use crate::cli::output::{display, problems};
use crate::cli::write;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// How many sheets are made before they are written, and before what the engine remembers is freed.
const AT_ONCE: usize = 16;
/// The sheets of the workbook of a larger class than this do not lie in memory.
const LARGE: usize = 200;

/// What these options stand under in the help.
pub(super) const HEADING: &str = "Reports and sheets";

/// Reports and sheets to write.
#[derive(clap::Args)]
#[command(next_help_heading = HEADING)]
pub(super) struct Outputs {
    /// A page for you to read, filter and print: who misses what, problems, words in common
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The same as a workbook with filters
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// A feedback sheet (PDF) for each learner, which names nobody else and gives no result: into a
    /// folder or, where the name ends in .zip, into one file
    #[arg(long, value_name = "DIR")]
    feedback: Option<PathBuf>,
    /// An assessor record (PDF) for each learner, begun with what was found, judgements left blank: into
    /// a folder or a .zip
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
}

/// What was written, in words, and what could not be.
#[derive(Default)]
pub(super) struct Written {
    /// Lines for a person.
    pub(super) told: String,
    /// What failed.
    pub(super) failed: Diagnostics,
}

impl Outputs {
    /// Tells early whether everything can be written, before any long work.
    pub(super) fn check(&self, json: Option<&PathBuf>) -> Result<(), Diagnostics> {
        let files = [self.html.as_ref(), self.xlsx.as_ref(), json];
        let mut named: Vec<&PathBuf> = files.into_iter().flatten().collect();
        let sheets = [&self.feedback, &self.records];
        named.extend(sheets.iter().copied().flatten().filter(|p| is_zip(p)));
        let mut found = Diagnostics::new();
        for (nth, path) in named.iter().enumerate() {
            if named[..nth].contains(path) {
                let name = path.display().to_string();
                let text = format!("`{name}` is named for two results");
                let problem = Diagnostic::error(Builtin::FileUnwritable, text).at(Place::whole(&name));
                found.push(problem.hint("give each of them a name of its own"));
            }
        }
        for path in files.into_iter().flatten() {
            found.extend(write::check_target(path).err());
        }
        for path in sheets.into_iter().flatten() {
            let fits = if is_zip(path) {
                write::check_target(path)
            } else {
                write::check_new(path, std::iter::empty())
            };
            found.extend(fits.err());
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    /// Writes everything that was asked for; what fails keeps nothing else from being written.
    pub(super) fn write(&self, catalog: &Catalog, report: &Report, stop: &AtomicBool) -> Written {
        let mut written = Written::default();
        if let Some(target) = &self.html {
            let links = |l: &LearnerReport, p: &PackReport| link(target, l, p);
            let page = class_report(catalog, report, &links);
            written.file(target, page.and_then(|page| write_page(target, &page)));
        }
        if let Some(target) = &self.xlsx {
            let folder = (report.learners.len() > LARGE).then(shelf::folder);
            let bytes = class_workbook(report, &|l, p| link(target, l, p), folder.as_deref());
            written.file(target, write::write_atomically(target, &bytes).map_err(|d| vec![d]));
        }
        let sheets = [(Sheet::Feedback, &self.feedback), (Sheet::Record, &self.records)];
        let sheets: Vec<(Sheet, &Path)> =
            sheets.into_iter().filter_map(|(s, t)| Some((s, t.as_deref()?))).collect();
        if sheets.is_empty() {
            return written;
        }
        match Press::new(catalog, report) {
            Ok(press) => sheets.iter().for_each(|to| written.sheets(&press, *to, stop)),
            Err(found) => written.failed.extend(found),
        }
        written
    }
}

impl Written {
    fn file(&mut self, target: &Path, done: Result<(), Diagnostics>) {
        match done {
            Ok(()) => self.line(target, ""),
            Err(found) => self.failed.extend(found),
        }
    }

    fn line(&mut self, target: &Path, what: &str) {
        let _ = writeln!(self.told, "Written   {}{what}", display(&target.display().to_string()));
    }

    /// Prints and writes all sheets of a kind.
    fn sheets(&mut self, press: &Press<'_>, (sheet, target): (Sheet, &Path), stop: &AtomicBool) {
        let mut learners = press.learners(sheet);
        learners.sort_by_cached_key(|nth| press.name(sheet, *nth));
        let names: Vec<String> = learners.iter().map(|nth| press.name(sheet, *nth)).collect();
        let free = if is_zip(target) { Ok(()) } else { write::check_new(target, names.iter()) };
        if let Err(taken) = free {
            self.failed.push(taken);
            return;
        }
        let what = if sheet == Sheet::Feedback { "sheets" } else { "records" };
        let bar = progress::bar(learners.len(), what, "writing");
        let mut zip = Packer::new(shelf::unfinished());
        let (mut done, before) = (0, self.failed.len());
        for some in learners.chunks(AT_ONCE) {
            if stop.load(Ordering::Relaxed) || self.failed.len() > before + AT_ONCE {
                break;
            }
            let made = match press.print(sheet, some) {
                Ok(made) => made,
                Err(found) => {
                    self.failed.extend(found);
                    break;
                }
            };
            for one in made {
                bar.inc(1);
                let stands = one.and_then(|printed| {
                    if is_zip(target) {
                        let name = format!("{}/{}", folder(sheet), printed.name);
                        return zip.add(&[(name, &printed.pdf)]).map_err(|e| shelf::full(&e));
                    }
                    write::write_new(&target.join(&printed.name), &printed.pdf).map_err(|d| vec![d])
                });
                match stands {
                    Ok(()) => done += 1,
                    Err(found) => self.failed.extend(found),
                }
            }
        }
        bar.finish_and_clear();
        // A zip that holds only some of the sheets would look like all of them.
        let is_left_out = is_zip(target) && stop.load(Ordering::Relaxed);
        if is_zip(target) && !is_left_out {
            let whole = zip.finish().map_err(|e| shelf::full(&e)).and_then(|mut zip| {
                write::write_atomically_with(target, |out| io::copy(&mut zip, out).map(drop))
                    .map_err(|d| vec![d])
            });
            done = if whole.is_ok() { done } else { 0 };
            self.failed.extend(whole.err().unwrap_or_default());
        }
        if stop.load(Ordering::Relaxed) && (done == 0 || is_left_out) {
            not_written(&mut self.told, target);
            return;
        }
        self.line(target, &format!(", {}", counted(done, learners.len(), sheet)));
    }
}

/// Says of a file or folder that it is not there because the run was stopped.
pub(super) fn not_written(told: &mut String, target: &Path) {
    let target = display(&target.display().to_string());
    let _ = writeln!(told, "Not written, because the run was stopped: {target}");
}

/// Writes a page piece by piece, all or nothing.
fn write_page(target: &Path, page: &ClassReport<'_>) -> Result<(), Diagnostics> {
    let mut fault = None;
    let written = write::write_atomically_with(target, |out| {
        page.pieces().try_for_each(|piece| match piece {
            Ok(text) => out.write_all(text.as_bytes()),
            Err(found) => {
                fault = Some(found);
                Err(ErrorKind::Other.into())
            }
        })
    });
    written.map_err(|unwritten| vec![fault.unwrap_or(unwritten)])
}

/// The folder in a zip of sheets.
fn folder(sheet: Sheet) -> &'static str {
    match sheet {
        Sheet::Feedback => "feedback",
        Sheet::Record => "records",
    }
}

fn counted(done: usize, all: usize, sheet: Sheet) -> String {
    let what = match sheet {
        Sheet::Feedback => "feedback sheet",
        Sheet::Record => "assessor record",
    };
    let plural = if all == 1 { "" } else { "s" };
    if done == all { format!("{done} {what}{plural}") } else { format!("{done} of {all} {what}{plural}") }
}

fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip")) && !path.is_dir()
}

/// The folder of a pack as seen from a report, where the pack lies unpacked on the disk.
fn link(report: &Path, learner: &LearnerReport, pack: &PackReport) -> Option<String> {
    let input = Path::new(&learner.input).canonicalize().ok()?;
    let folder = input.join(&pack.source).canonicalize().ok()?;
    if !folder.is_dir() || !folder.starts_with(&input) {
        return None;
    }
    let home = match report.parent() {
        Some(home) if !home.as_os_str().is_empty() => home.canonicalize().ok()?,
        _ => Path::new(".").canonicalize().ok()?,
    };
    relative(&home, &folder)
}

/// The way from one folder to another, as a link that ends with `/`.
fn relative(from: &Path, to: &Path) -> Option<String> {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return None;
    }
    let mut way = "../".repeat(from.len() - shared);
    for step in &to[shared..] {
        way.push_str(&encoded(step.as_os_str().to_str()?));
        way.push('/');
    }
    Some(if way.is_empty() { "./".into() } else { way })
}

/// Tells a person what could not be written.
pub(super) fn tell(written: &Written) {
    problems(&written.failed, None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_and_mean_nothing_but_a_path() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b", "/a/c d/e").as_deref(), Some("../c%20d/e/"));
        assert_eq!(way("/a", "/a/javascript:x#y?").as_deref(), Some("javascript%3Ax%23y%3F/"));
        assert_eq!(way("/a", "/a").as_deref(), Some("./"));
    }
}
