//! The audit: packs, and downloads with the packs of a class, looked at without unpacking them.
//!
//! Owns the answer to *is this the pack that evipack made, whole and unchanged, and whose is it?*
//! Input is bytes and lists of names that somebody else brings ([`source`]); nothing is ever written,
//! no link is followed, and everything is read under `limits`. It reads in six layers:
//!
//! ```text
//! container   the structure of an archive             original, repacked, broken
//! lms         names → submissions, one a learner      layouts are data
//! bag         one pack → verdicts and findings        readable, complete, valid, original container
//! inside      its pages and its profile → coverage    what is there for each requirement
//! foreign     text of other files → suggestions       where words of a requirement stand
//! genuine     all packs together                      whose words, whose data, whose case
//! ```
//!
//! Around them: what changed since an earlier hand-in (`against`), who is on the class list (`roster`),
//! and what goes back into the learning platform (`back`).
//!
//! Refuses to judge learners: it says what the bytes are, and what a person should look at.

mod against;
mod aside;
mod back;
mod bag;
mod claims;
mod class;
mod container;
mod coverage;
mod crew;
mod desk;
mod duplicates;
mod finding;
mod foreign;
mod genuine;
mod inside;
mod limits;
mod lms;
mod loose;
mod ours;
mod pages;
mod pdf;
mod printed;
mod reader;
mod report;
mod roster;
mod similar;
pub mod source;
mod submission;

use std::sync::atomic::{AtomicUsize, Ordering};

pub use against::{Against, Change, ChangeTotals, Changes, DocumentChanges, Earlier, MatchedBy, RowChange};
pub use aside::{Aside, Kept, Shelf};
pub use back::{
    Archived, FeedbackArchive, FeedbackFile, FilledWorksheet, check_worksheet, fill_worksheet, is_complete,
    letter,
};
pub use bag::{Identity, PackReport, Person};
pub use coverage::{Coverage, CoveredRow, Missed, PagePlace, Suggestion, UnitRow, UnitRows};
pub use desk::Desk;
pub use finding::{Finding, Flaw, Problem, Verdicts};
pub use foreign::{PageReader, read_pages};
pub use genuine::Genuine;
pub use limits::Limits;
pub use lms::{Layouts, Names, Part};
pub use loose::LooseFile;
pub use report::{
    ClassReport, InputReport, Links, Press, Printed, Report, Sheet, Totals, class_report, class_workbook,
    encoded,
};
pub use roster::{Entry, Roster};
pub use similar::{Alike, Common, Excerpt, Passage, SharedPassage, Side, Similarity};
pub use submission::{AttemptReport, LearnerReport};

use genuine::Reference;
use lms::{Attempt, Handed, Named, Sorted, Submission, is_archive, is_stray};
use reader::Archive;
use source::{Bytes, Kind, Tree, Window, empty_folders};
use submission::Around;

/// Folders without a file that are named.
const NAMED: usize = 20;

/// Something to audit.
pub struct Input<'a> {
    /// Its name as the user wrote it.
    pub name: String,
    /// Opens it.
    pub open: Box<dyn Fn() -> Result<Opened, Flaw> + Send + Sync + 'a>,
}

/// What is behind an input.
pub enum Opened {
    /// A file: a pack, or a download.
    File(Box<dyn Bytes>),
    /// A folder.
    Folder(Box<dyn Tree>),
}

/// How the audit runs.
pub struct Options<'a> {
    /// How submissions are told apart.
    pub layouts: &'a Layouts,
    /// Limits, and the stop sign.
    pub desk: &'a Desk<'a>,
    /// Called with the number of submissions that are done and known; from several threads.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// Audits all inputs and compares them with references: packs of other classes, which are only compared.
pub fn audit_with(inputs: &[Input<'_>], references: &[Input<'_>], options: &Options<'_>) -> Report {
    let counts = Counts::new(references, options);
    let read = |input: &Input<'_>| reference(input, &counts);
    let (looked, known): (Vec<InputReport>, Vec<Vec<Reference>>) =
        crew::side_by_side(crew::size(), references, read).into_iter().unzip();
    let known = known.into_iter().flatten().collect();
    let mut report = audit(inputs, options);
    report.inputs.extend(looked.into_iter().filter(|reference| reference.unreadable));
    if let Some(genuine) = options.desk.genuine.filter(|_| !report.stopped) {
        genuine
            .compare((&mut report, known), options.desk, |report| printed::locate(report, inputs, options));
        report.stopped = options.desk.is_stopped();
    }
    report
}

/// Reads a reference.
fn reference(input: &Input<'_>, counts: &Counts<'_>) -> (InputReport, Vec<Reference>) {
    let (report, learners) = counts.audit(input);
    let packs = learners.into_iter().flat_map(|l| l.packs.into_iter().map(move |p| (l.shown_as.clone(), p)));
    let known = packs.filter_map(|(name, pack)| {
        let name = format!("{}: {name}", input.name);
        Some(Reference { name, learner: pack.identity.named_learner, imprint: *pack.imprint? })
    });
    let known = known.collect();
    (report, known)
}

/// Audits all inputs, several submissions at a time; the order of the result does not depend on it.
pub fn audit(inputs: &[Input<'_>], options: &Options<'_>) -> Report {
    let counts = Counts::new(inputs, options);
    let looked = crew::side_by_side(crew::size(), inputs, |input| counts.audit(input));
    let mut report = Report::new(options.desk);
    for (input, learners) in looked {
        report.inputs.push(input);
        report.learners.extend(learners);
    }
    if let Some(roster) = options.desk.roster {
        roster.apply(&mut report);
    }
    duplicates::mark(&mut report.learners);
    report.close(options.desk.catalog);
    report
}

struct Counts<'a> {
    done: AtomicUsize,
    known: AtomicUsize,
    options: &'a Options<'a>,
    /// How many submissions of one input are looked at at the same time.
    threads: usize,
}

impl<'a> Counts<'a> {
    fn new(inputs: &[Input<'_>], options: &'a Options<'a>) -> Self {
        let threads = crew::size().div_ceil(inputs.len().max(1));
        Self { done: AtomicUsize::new(0), known: AtomicUsize::new(0), options, threads }
    }

    /// Audits one input.
    fn audit(&self, input: &Input<'_>) -> (InputReport, Vec<LearnerReport>) {
        let Options { layouts, desk, .. } = *self.options;
        let look = |around: &Around<'_>, submission: &Submission| {
            let learner = submission::examine(around, submission, desk);
            self.step();
            learner
        };
        let known = |count| {
            let known = self.known.fetch_add(count, Ordering::Relaxed) + count;
            (self.options.progress)(self.done.load(Ordering::Relaxed), known);
        };
        one(input, &Visit { layouts, desk, threads: self.threads, known: &known, look: &look })
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.options.progress)(done, self.known.load(Ordering::Relaxed));
    }
}

/// What is done with the submissions of an input.
struct Visit<'a, T> {
    layouts: &'a Layouts,
    desk: &'a Desk<'a>,
    /// How many are looked at at the same time.
    threads: usize,
    /// Called with their number before the first is looked at.
    known: &'a (dyn Fn(usize) + Sync),
    look: &'a (dyn Fn(&Around<'_>, &Submission) -> T + Sync),
}

/// Visits the submissions of one input.
fn one<T: Clone + Send>(input: &Input<'_>, visit: &Visit<'_, T>) -> (InputReport, Vec<T>) {
    let mut report = InputReport::new(&input.name);
    let visited = match (input.open)() {
        Ok(Opened::File(bytes)) => file(&input.name, bytes, &mut report, visit),
        Ok(Opened::Folder(folder)) => {
            let around = Around {
                input: &input.name,
                tree: &*folder,
                archive: None,
                is_single: false,
                depth: 0,
                examine: &bag::examine,
            };
            tree(&around, &mut report, visit)
        }
        Err(flaw) => Err(flaw),
    };
    let found = visited.unwrap_or_else(|flaw| {
        report.unreadable = true;
        report.findings.push(flaw.finding(&input.name));
        Vec::new()
    });
    (report, found)
}

/// Visits a file: a pack, or a download.
fn file<T: Clone + Send>(
    name: &str,
    bytes: Box<dyn Bytes>,
    report: &mut InputReport,
    visit: &Visit<'_, T>,
) -> Result<Vec<T>, Flaw> {
    let desk = visit.desk;
    let whole = Window { whole: &*bytes, start: 0, size: bytes.size() };
    if let Some(what) = ours::what(name, Box::new(whole), desk) {
        return Err(Flaw::nothing(format!("it is {what} that evipack wrote itself, and no hand-in")));
    }
    let archive = Archive::new(bytes, desk.limits.class_entries, desk);
    let around = Around {
        input: name,
        tree: &archive,
        archive: Some(&archive),
        is_single: true,
        depth: 1,
        examine: &bag::examine,
    };
    tree(&around, report, visit)
}

/// Visits the files of an input.
fn tree<T: Clone + Send>(
    around: &Around<'_>,
    report: &mut InputReport,
    visit: &Visit<'_, T>,
) -> Result<Vec<T>, Flaw> {
    let items = around.tree.items();
    let files = items.iter().enumerate().filter(|(_, item)| item.kind != Kind::Folder);
    let mut names: Vec<Named<'_>> =
        files.map(|(index, item)| (index, item.path.as_str())).filter(|(_, path)| !is_stray(path)).collect();
    if around.archive.is_none() {
        report.findings.extend(ours::leave_out(around.tree, &mut names, visit.desk)?);
    }
    report.entries = names.len();
    let class = sort(&names, visit.layouts, around.archive.is_none());
    let is_class = class.is_some();
    let sorted = class.unwrap_or_else(|| whole(&names));
    report.layout.clone_from(&sorted.layout);
    report.left_over = sorted.left_over.iter().map(|i| items[*i].path.clone()).collect();
    if let Some(archive) = around.archive.filter(|_| is_class) {
        report.findings = bag::faults(&archive.container).into_iter().map(Finding::into_warning).collect();
    }
    if is_class {
        report.findings.extend(told_of(&empty_folders(items)));
    }
    let around = Around { is_single: !is_class, ..*around };
    (visit.known)(sorted.submissions.len());
    let look = |submission: &Submission| (visit.look)(&around, submission);
    Ok(crew::copied(visit.threads, &sorted.submissions, look))
}

/// Says which folders hold no file: somebody may have meant to hand in something there.
fn told_of(empty: &[&str]) -> Option<Finding> {
    let named = empty.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let text = match empty.len() {
        0 => return None,
        1 => format!("a folder holds no file: {named}"),
        count => format!("{count} folders hold no file: {named}{}", if count > NAMED { " …" } else { "" }),
    };
    Some(
        Finding::warning("empty-folders", text).hint("ask whether something was meant to be handed in there"),
    )
}

/// Tells submissions apart; none where all of it is one submission.
fn sort(names: &[Named<'_>], layouts: &Layouts, is_folder: bool) -> Option<Sorted> {
    if let Some(sorted) = layouts.sort(names) {
        return Some(sorted);
    }
    let bases = bag::bases(names.iter().map(|(_, path)| *path));
    let in_bag = |path: &str| bases.iter().any(|base| path.starts_with(base.as_str()));
    let archives = names.iter().filter(|(_, path)| is_archive(path) && !in_bag(path)).count();
    let sorted = lms::plain(names);
    let is_class =
        bases.len() + archives > 1 || is_folder && bases.is_empty() && sorted.submissions.len() > 1;
    is_class.then_some(sorted)
}

/// All files as the submission of one learner, whose name only the pack knows.
fn whole(names: &[Named<'_>]) -> Sorted {
    let handed = names
        .iter()
        .map(|(index, path)| Handed { index: *index, name: (*path).to_owned(), part: Part::File })
        .collect();
    let submission = Submission {
        learner: Person::default(),
        names: Some(lms::Names::Code),
        source: String::new(),
        late: None,
        attempts: vec![Attempt { when: None, handed }],
        receipt: None,
    };
    Sorted { layout: "single".into(), submissions: vec![submission], left_over: Vec::new() }
}
