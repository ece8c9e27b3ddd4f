//! What one learner handed in: packs, and files that are none.
//!
//! Owns the way from the files of a submission to a report on it. Each pack is looked at behind a
//! barrier, so that a fault of this program in one of them hides no other. Refuses to open an
//! archive in an archive in a download.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use super::against::Changes;
use super::bag::{self, PackReport, Person, Place};
use super::container::State;
use super::coverage::Suggestion;
use super::desk::Desk;
use super::finding::{Finding, Problem};
use super::lms::{Attempt, Handed, Names, Part, Submission, is_archive, is_stray};
use super::loose::{self, LooseFile};
use super::reader::Archive;
use super::source::{Kind, Tree};

/// The most that is read of a platform's own record of an attempt, in bytes.
const RECEIPT: u64 = 1 << 16;

/// What one learner handed in.
#[derive(Clone, Debug, Serialize)]
pub struct LearnerReport {
    /// The best name that is known, for people to read.
    pub shown_as: String,
    /// The learner as the learning platform or the folder calls them.
    pub learner: Person,
    /// What was audited, as the user named it.
    pub input: String,
    /// Where the submission lies in it.
    pub source: String,
    /// Whether it is late; none where the platform does not say.
    pub late: Option<bool>,
    /// Whether it was looked at; not so when the run was stopped.
    pub looked_at: bool,
    /// All attempts, the newest last.
    pub attempts: Vec<AttemptReport>,
    /// The packs of the newest attempt.
    pub packs: Vec<PackReport>,
    /// Its files that are no packs.
    pub files: Vec<LooseFile>,
    /// What is wrong with any of it, the worst first.
    pub problems: Vec<Problem>,
    /// What was found beside the packs.
    pub findings: Vec<Finding>,
    /// What files that evipack did not make may show.
    pub suggestions: Vec<Suggestion>,
    /// What changed since an earlier hand-in; none where none was found or asked for.
    pub changes: Option<Changes>,
    /// What the platform's name is; none where it is hidden on purpose.
    #[serde(skip)]
    pub names: Option<Names>,
}

impl LearnerReport {
    /// Where the submission lies: in the input, or the input itself.
    pub fn place(&self) -> &str {
        if self.source.is_empty() { &self.input } else { &self.source }
    }

    /// A sign and a word for the hand-in as a whole.
    pub fn verdict(&self) -> (&'static str, &'static str) {
        let is_rebuilt = |p: &PackReport| p.verdicts.rebuilt_identically == Some(true);
        let is_original = |p: &PackReport| p.verdicts.original_container == Some(true);
        match self.worst() {
            _ if !self.looked_at => ("·", "not looked at"),
            None if self.packs.iter().all(is_rebuilt) => ("✓", "rebuilt"),
            None if self.packs.iter().all(is_original) => ("✓", "original"),
            None => ("✓", "valid"),
            Some(Problem::Repacked) => ("◐", Problem::Repacked.word()),
            Some(problem) => ("✗", problem.word()),
        }
    }

    /// The worst problem, if there is any.
    pub fn worst(&self) -> Option<Problem> {
        self.problems.first().copied()
    }
}

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptReport {
    /// The moment, as the platform writes it.
    pub when: Option<String>,
    /// Whether it is the one that was looked at.
    pub counts: bool,
    /// The names of its files.
    pub files: Vec<String>,
}

/// The tree that a submission lies in.
pub(crate) struct Around<'a> {
    /// What was audited, as the user named it.
    pub(crate) input: &'a str,
    /// The files.
    pub(crate) tree: &'a dyn Tree,
    /// The archive, where the tree is one.
    pub(crate) archive: Option<&'a Archive<'a>>,
    /// Whether the archive is one submission and not a class.
    pub(crate) is_single: bool,
    /// How many archives there are around the files.
    pub(crate) depth: usize,
    /// What is done with each pack.
    pub(crate) examine: &'a Examine<'a>,
}

/// Looks at a pack.
pub(crate) type Examine<'a> = dyn Fn(&Place<'_>, &Desk<'_>) -> PackReport + Sync + 'a;

/// What was found in one archive.
#[derive(Default)]
struct Found {
    packs: Vec<PackReport>,
    files: Vec<LooseFile>,
    findings: Vec<Finding>,
}

/// Looks at one submission.
pub(crate) fn examine(around: &Around<'_>, submission: &Submission, desk: &Desk<'_>) -> LearnerReport {
    let mut report = start(around, submission);
    if !desk.is_stopped() {
        report.looked_at = true;
        if let Some(person) = receipt(around, submission) {
            report.learner = person;
        }
        if let Some(attempt) = submission.attempts.last() {
            let found = look(around, attempt, desk);
            (report.packs, report.files, report.findings) = (found.packs, found.files, found.findings);
        }
        judge(&mut report, submission);
    }
    report.shown_as = shown(&report, submission.names);
    report
}

fn start(around: &Around<'_>, submission: &Submission) -> LearnerReport {
    let last = submission.attempts.len().saturating_sub(1);
    let attempt = |(nth, a): (usize, &Attempt)| AttemptReport {
        when: a.when.clone(),
        counts: nth == last,
        files: a.handed.iter().map(|h| h.name.clone()).collect(),
    };
    LearnerReport {
        shown_as: String::new(),
        learner: submission.learner.clone(),
        input: around.input.to_owned(),
        source: submission.source.clone(),
        late: submission.late,
        looked_at: false,
        attempts: submission.attempts.iter().enumerate().map(attempt).collect(),
        packs: Vec::new(),
        files: Vec::new(),
        problems: Vec::new(),
        findings: Vec::new(),
        suggestions: Vec::new(),
        changes: None,
        names: submission.names,
    }
}

/// Reads name and id out of the platform's own record of the attempt.
fn receipt(around: &Around<'_>, submission: &Submission) -> Option<Person> {
    let pattern = submission.receipt.as_ref()?;
    let all = submission.attempts.iter().rev().flat_map(|a| &a.handed);
    let mut text = Vec::new();
    let index = all.into_iter().find(|h| h.part == Part::Receipt)?.index;
    around.tree.copy(index, RECEIPT, &mut |piece| text.extend_from_slice(piece)).ok()?;
    let text = String::from_utf8_lossy(&text);
    let found = pattern.captures(&text)?;
    let part = |name: &str| found.name(name).map(|m| m.as_str().to_owned());
    Some(Person { name: part("name"), id: part("id") })
}

/// Looks at all that belongs to an attempt.
fn look(around: &Around<'_>, attempt: &Attempt, desk: &Desk<'_>) -> Found {
    let mut found = Found::default();
    let items = around.tree.items();
    let path = |h: &Handed| items[h.index].path.as_str();
    let handed: Vec<&Handed> = attempt.handed.iter().filter(|h| !is_stray(&h.name)).collect();
    let bases = bag::bases(handed.iter().map(|h| path(h)));
    if let Some(broken) = around
        .archive
        .filter(|a| around.is_single && bases.is_empty() && a.container.state() == State::Broken)
    {
        found.packs.push(PackReport::failed(around.input, bag::faults(&broken.container)));
        return found;
    }
    for base in &bases {
        let inside = handed.iter().filter(|h| path(h).starts_with(base.as_str())).map(|h| h.index);
        let whole = around.archive.filter(|_| around.is_single);
        let members: Vec<usize> = if whole.is_some() { (0..items.len()).collect() } else { inside.collect() };
        let class = around.archive.filter(|_| !around.is_single);
        let faults = class.map(|a| bag::faults_of(&a.container, &members)).unwrap_or_default();
        let source = base.trim_end_matches('/').to_owned();
        let place = Place { source, tree: around.tree, archive: whole, base: base.clone(), members, faults };
        let examined = guarded(|| Found { packs: vec![(around.examine)(&place, desk)], ..Found::default() });
        found.add(examined, &place.source);
    }
    for handed in handed {
        if bases.iter().any(|base| path(handed).starts_with(base.as_str())) {
            continue;
        }
        if handed.part == Part::File && is_archive(&handed.name) {
            let inner = guarded(|| archive(around, handed, desk));
            found.add(inner, &handed.name);
        } else if handed.part != Part::Receipt {
            found.add(guarded(|| beside(around.tree, handed, desk)), &handed.name);
        }
    }
    found
}

/// Runs a part of the audit such that its own faults stay there.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

impl Found {
    fn add(&mut self, other: Option<Self>, source: &str) {
        let other = other.unwrap_or_else(|| {
            let text = "evipack itself failed on it, which is a fault of evipack and not of the learner";
            let finding = Finding::of(Problem::Broken, "internal", text)
                .hint("look at this one by hand, and report it");
            Self { packs: vec![PackReport::failed(source, vec![finding])], ..Self::default() }
        });
        self.packs.extend(other.packs);
        self.files.extend(other.files);
        self.findings.extend(other.findings);
    }
}

/// Looks into an archive that was handed in.
fn archive(around: &Around<'_>, handed: &Handed, desk: &Desk<'_>) -> Found {
    let mut found = Found::default();
    let name = &handed.name;
    let opened = match around.tree.open(handed.index, desk) {
        Ok(opened) => Archive::new(opened, desk.limits.pack_entries, desk),
        Err(flaw) => {
            let finding = Finding { file: None, ..flaw.finding(name) };
            found.packs.push(PackReport::failed(name, vec![finding]));
            return found;
        }
    };
    let entries = &opened.container.entries;
    let bases = bag::bases(entries.iter().map(|e| e.name.as_str()));
    let depth = around.depth + 1;
    let inner = Around { tree: &opened, archive: Some(&opened), is_single: true, depth, ..*around };
    if bases.is_empty() && opened.container.state() == State::Broken {
        found.packs.push(PackReport::failed(name, bag::faults(&opened.container)));
    } else if bases.is_empty() {
        without_pack(&inner, (around.tree, handed), desk, &mut found);
    } else {
        let members: Vec<usize> = (0..entries.len()).collect();
        for base in bases {
            let (source, members) = (name.clone(), members.clone());
            let place =
                Place { source, tree: &opened, archive: Some(&opened), base, members, faults: Vec::new() };
            found.packs.push((around.examine)(&place, desk));
        }
    }
    found
}

/// Looks into an archive without a pack for archives that may be one.
fn without_pack(inner: &Around<'_>, outer: (&dyn Tree, &Handed), desk: &Desk<'_>, found: &mut Found) {
    let (tree, handed) = outer;
    let items = inner.tree.items().iter().enumerate();
    let is_inner = |path: &str| is_archive(path) && !is_stray(path);
    let archives: Vec<Handed> = items
        .filter(|(_, item)| item.kind == Kind::File && is_inner(&item.path))
        .map(|(index, item)| Handed {
            index,
            name: format!("{}/{}", handed.name, item.path),
            part: Part::File,
        })
        .collect();
    if archives.is_empty() {
        found.add(Some(beside(tree, handed, desk)), &handed.name);
    } else if inner.depth < desk.limits.depth {
        for one in &archives {
            let deeper = archive(inner, one, desk);
            found.add(Some(deeper), &one.name);
        }
    } else {
        let text = format!(
            "it holds {} more zip archives, which are not opened: archives are read two deep",
            archives.len()
        );
        let finding = Finding::of(Problem::NotAPack, "too-deep", text);
        let hint = "unpack the download into a folder, then audit that folder";
        found.packs.push(PackReport::failed(&handed.name, vec![finding.hint(hint)]));
    }
}

/// Looks at a file that is no pack.
fn beside(tree: &dyn Tree, handed: &Handed, desk: &Desk<'_>) -> Found {
    let file = loose::look(tree, handed, desk);
    Found { findings: file.read.finding.iter().cloned().collect(), files: vec![file], ..Found::default() }
}

/// Says what the submission as a whole lacks, and sums up.
fn judge(report: &mut LearnerReport, submission: &Submission) {
    let mut found = Vec::new();
    if report.packs.is_empty() {
        let names: Vec<&str> = report.files.iter().map(|f| f.name.as_str()).take(5).collect();
        let text = match report.files.len() {
            0 => "nothing is in it: no pack, and no other file".to_owned(),
            1 => format!("the one file that was handed in is not a pack: {}", names.join(", ")),
            n => format!(
                "none of the {n} files handed in is a pack: {}{}",
                names.join(", "),
                if n > 5 { " …" } else { "" }
            ),
        };
        found.push(
            Finding::of(Problem::NotAPack, "no-pack", text)
                .hint("ask for the zip file that `evipack build` wrote"),
        );
    } else if !report.files.is_empty() {
        let text = format!("{} beside the pack", files(report.files.len()));
        found.push(Finding::note("files-beside", text));
    }
    if report.packs.len() > 1 {
        let text = format!("there are {} packs in the submission; each was looked at", report.packs.len());
        found.push(Finding::warning("several-packs", text).hint("ask which one counts"));
    }
    if report.attempts.len() > 1 {
        let text = format!("there are {} attempts; the newest was looked at", report.attempts.len());
        found.push(Finding::note("older-attempts", text));
    }
    if submission.names == Some(Names::Full) {
        let others = report.packs.iter().filter_map(|p| p.identity.named_learner.as_ref()?.name.as_deref());
        let name = report.learner.name.as_deref().unwrap_or_default();
        found.extend(others.filter(|other| !is_same_person(name, other)).map(|other| {
            let text =
                format!("the pack says that the learner is {other}, and the platform says somebody else");
            Finding::warning("learner-differs", text)
                .hint("look whether it is a nickname, a team or the wrong file")
        }));
    }
    report.findings.extend(found);
    let own = report.findings.iter().filter_map(|f| f.problem);
    report.problems = report.packs.iter().flat_map(|p| p.problems.clone()).chain(own).collect();
    report.problems.sort_unstable();
    report.problems.dedup();
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".into() } else { format!("{count} files") }
}

/// Tells whether two names share a word, whatever their order and case.
fn is_same_person(one: &str, other: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let letters = |c: char| !c.is_alphanumeric();
        name.to_lowercase().split(letters).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    one.is_empty() || other.is_empty() || one.iter().any(|w| other.contains(w))
}

/// The name that says most to a person.
fn shown(report: &LearnerReport, names: Option<Names>) -> String {
    let platform = report.learner.name.clone();
    let inside = report.packs.iter().find_map(|p| p.identity.named_learner.as_ref()?.name.clone());
    let best = match names {
        Some(Names::Full) => platform.or(inside),
        Some(Names::Code) => inside.or(platform),
        None => platform
            .or_else(|| Some("Participant".into()))
            .zip(report.learner.id.clone())
            .map(|(n, i)| format!("{n} {i}")),
    };
    let is_seen = |name: &String| !name.trim().is_empty();
    let best = best.filter(is_seen).or_else(|| report.learner.id.clone().filter(is_seen));
    best.unwrap_or_else(|| report.place().to_owned())
}
