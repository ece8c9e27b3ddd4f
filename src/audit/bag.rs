//! The integrity of one pack: a BagIt bag (RFC 8493) with the files that evipack puts into one.
//!
//! Owns the verdicts *readable*, *complete*, *valid* and *original container*. Every file is read
//! once and in full. Refuses to judge what the files say.

mod contents;
mod identity;
mod manifest;
mod rebuilt;

use std::collections::BTreeMap;

use serde::Serialize;

use super::aside::Kept;
use super::container::{Container, Fault, Foreign, State};
use super::coverage::Coverage;
use super::desk::Desk;
use super::finding::{AGAIN, Finding, Problem, Verdicts};
use super::genuine::{Genuine, Imprint, Material};
use super::inside;
use super::reader::Archive;
use super::source::Tree;
use contents::Contents;
pub use identity::{Identity, Person};
pub(crate) use rebuilt::STOPPED;

/// The file whose digest is the pack's id.
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The manifest of the payload.
const MANIFEST: &str = "manifest-sha256.txt";
/// What every pack holds beside its manifests.
const ALWAYS: [&str; 6] = [
    "bag-info.txt",
    "bagit.txt",
    "data/checklist.json",
    "data/profile.json",
    "data/submission.pdf",
    "index.html",
];
/// How many files are named for one kind of finding.
const NAMED: usize = 20;

/// What was found out about one pack.
#[derive(Clone, Debug, Serialize)]
pub struct PackReport {
    /// Where it lies: the archive or folder as it is called in its source.
    pub source: String,
    /// The folder at its top.
    pub folder: String,
    /// The pack's id: the SHA-256 of its tag manifest.
    pub id: Option<String>,
    /// What it says about itself.
    #[serde(flatten)]
    pub identity: Identity,
    /// The answers, in their order.
    pub verdicts: Verdicts,
    /// What is wrong, the worst first.
    pub problems: Vec<Problem>,
    /// Everything that was found.
    pub findings: Vec<Finding>,
    /// The number of files.
    pub files: usize,
    /// Their size in bytes.
    pub bytes: u64,
    /// The digests of its documents, by their files below the pack's `data` folder.
    pub documents: Kept<BTreeMap<String, String>>,
    /// What its pages show; none where that was not looked at.
    pub coverage: Option<Coverage>,
    /// What is kept to compare it with others, until it is compared.
    #[serde(skip)]
    pub(crate) imprint: Option<Box<Imprint>>,
}

/// Where a pack lies.
pub(crate) struct Place<'a> {
    /// What it is called in its source.
    pub(crate) source: String,
    /// The files.
    pub(crate) tree: &'a dyn Tree,
    /// The archive, where the tree is one.
    pub(crate) archive: Option<&'a Archive<'a>>,
    /// The folder of the bag in the tree; empty, or with `/` at its end.
    pub(crate) base: String,
    /// The names of the tree among which the pack's files are, in their order.
    pub(crate) members: Vec<usize>,
    /// What is known to be wrong with them.
    pub(crate) faults: Vec<Finding>,
}

impl PackReport {
    /// A report on something that could not be looked at.
    pub(crate) fn failed(source: &str, findings: Vec<Finding>) -> Self {
        let mut report = Self { findings, ..Self::new(source, "") };
        report.verdicts.readable = report.has(Problem::Broken).then_some(false);
        report.close();
        report
    }

    /// A report on a pack of which nothing but its place is known.
    pub fn new(source: &str, base: &str) -> Self {
        Self {
            source: source.to_owned(),
            folder: base.trim_end_matches('/').to_owned(),
            id: None,
            identity: Identity::default(),
            verdicts: Verdicts::default(),
            problems: Vec::new(),
            findings: Vec::new(),
            files: 0,
            bytes: 0,
            documents: BTreeMap::new().into(),
            coverage: None,
            imprint: None,
        }
    }

    /// Sums up the problems.
    fn close(&mut self) {
        self.problems = self.findings.iter().filter_map(|f| f.problem).collect();
        self.problems.sort_unstable();
        self.problems.dedup();
    }

    fn has(&self, problem: Problem) -> bool {
        self.findings.iter().any(|f| f.problem == Some(problem))
    }
}

/// Says what is wrong with an archive's structure; empty where it is not broken.
pub(crate) fn faults(container: &Container) -> Vec<Finding> {
    named(container.faults.iter().map(|fault| told(container, fault)).collect())
}

/// Says what is wrong with some entries of an archive.
pub(crate) fn faults_of(container: &Container, members: &[usize]) -> Vec<Finding> {
    let is_member = |fault: &&Fault| fault.entry.is_some_and(|e| members.binary_search(&e).is_ok());
    named(container.faults.iter().filter(is_member).map(|fault| told(container, fault)).collect())
}

fn told(container: &Container, fault: &Fault) -> Finding {
    let problem = if fault.code == "not-a-zip" { Problem::NotAPack } else { Problem::Broken };
    let finding = Finding::of(problem, fault.code, fault.text.clone()).hint(AGAIN);
    Finding { file: fault.entry.map(|e| container.entries[e].name.clone()), ..finding }
}

/// Examines the pack at a place.
pub(crate) fn examine(place: &Place<'_>, desk: &Desk<'_>) -> PackReport {
    let mut report = PackReport::new(&place.source, &place.base);
    report.findings.clone_from(&place.faults);
    if let Some(archive) = place.archive.filter(|a| a.container.state() == State::Broken) {
        report.findings.extend(faults(&archive.container));
        report.verdicts.readable = Some(false);
        report.close();
        return report;
    }
    let mut contents = Contents::read(place, desk, &mut report.findings);
    report.files = contents.files.len();
    report.bytes = contents.files.values().map(|f| f.size).sum();
    report.documents = Kept::new(&desk.aside, &contents.documents());
    report.id = contents.digest(TAG_MANIFEST).map(str::to_owned);
    let (identity, found) = identity::read(&contents);
    report.identity = identity;
    report.findings.extend(found);
    report.findings.extend(integrity(&contents));
    if report.identity.is_known() && contents.is_whole && report.findings.iter().all(|f| f.problem.is_none())
    {
        report.findings.extend(identity::payload_differs(&contents));
    }
    report.verdicts.readable = Some(!report.has(Problem::Broken));
    let is_whole = contents.is_whole;
    report.verdicts.complete =
        is_whole.then_some(!report.has(Problem::Incomplete) && contents.is_well_formed());
    report.verdicts.valid =
        is_whole.then_some(report.verdicts.complete == Some(true) && !report.has(Problem::Changed));
    if let Some(archive) = place.archive {
        container(archive, &contents, &mut report);
    }
    if desk.rebuild && report.identity.is_known() && is_whole {
        let (same, found) = rebuilt::compare(place, &contents, desk);
        report.verdicts.rebuilt_identically = same;
        report.findings.extend(found);
    }
    if report.verdicts.readable == Some(true) && report.identity.is_known() && !desk.quick {
        let skeletons = std::mem::take(&mut contents.skeletons);
        inside::look(place, (&contents.kept, skeletons), desk, &mut report);
    }
    report.imprint = desk.genuine.and_then(|genuine| imprint(genuine, &contents, desk));
    report.findings.sort_by_key(|f| (f.problem.is_none(), f.problem, f.severity));
    report.close();
    report
}

/// Takes what is needed to compare the pack with others.
fn imprint(genuine: &Genuine, contents: &Contents, desk: &Desk<'_>) -> Option<Box<Imprint>> {
    let kept = |name: &str| contents.kept.get(name).map(Vec::as_slice);
    let tables = contents.kept.iter().filter(|(name, _)| is_table(name));
    let material = Material {
        profile: kept("data/profile.json")?,
        checklist: kept("data/checklist.json"),
        tables: tables.filter_map(|(name, bytes)| Some((name.strip_prefix("data/")?, &**bytes))).collect(),
        authors: contents.authors.clone(),
    };
    Imprint::take(genuine, &material, &desk.aside).map(Box::new)
}

/// Tells whether a file may be a table of the learner's data.
fn is_table(name: &str) -> bool {
    name.starts_with("data/") && name.ends_with(".csv")
}

/// Compares what is there with what is listed.
fn integrity(contents: &Contents) -> Vec<Finding> {
    let (listed, mut findings) = contents.listed();
    let mut missing = Vec::new();
    let mut changed = Vec::new();
    for (name, digest) in &listed {
        match contents.files.get(*name) {
            None => missing.push(
                Finding::of(Problem::Incomplete, "file-missing", "it is listed, and it is not there")
                    .in_file(*name)
                    .hint("ask for the pack as evipack wrote it"),
            ),
            Some(file) if file.digest.as_deref() != Some(*digest) => changed.push(
                Finding::of(
                    Problem::Changed,
                    "file-changed",
                    "its contents are not the same as when the pack was made",
                )
                .in_file(*name)
                .hint("ask for the pack as evipack wrote it"),
            ),
            Some(_) => {}
        }
    }
    let absent = ALWAYS
        .iter()
        .chain([&MANIFEST, &TAG_MANIFEST])
        .filter(|n| !contents.files.contains_key(**n) && !listed.contains_key(*n));
    missing.extend(absent.map(|name| {
        Finding::of(Problem::Incomplete, "file-missing", "every pack has this file, and it is not there")
            .in_file(*name)
            .hint("ask for the pack as evipack wrote it")
    }));
    let is_known = |name: &str| listed.contains_key(name) || name == TAG_MANIFEST;
    let unexpected = contents.files.keys().filter(|n| !is_known(n)).map(|name| {
        Finding::of(Problem::Incomplete, "file-unexpected", "it is there, and the pack does not list it")
            .in_file(name)
            .hint("evipack did not put it there: look at it apart from the pack")
    });
    findings.extend([named(missing), named(changed), named(unexpected.collect())].concat());
    findings
}

/// Judges the archive that the pack lies in.
fn container(archive: &Archive<'_>, contents: &Contents, report: &mut PackReport) {
    if report.verdicts.readable != Some(true) || !report.identity.is_known() {
        return;
    }
    let mut why: Vec<&str> = archive.container.foreign.iter().map(|f| f.words()).collect();
    if contents.strays > 0 {
        why.push(Foreign::Strays.words());
    }
    if !contents.is_alone {
        why.push("other files or folders beside the pack");
    }
    // An archive in the right form with other files in it is nobody's original.
    let is_valid = report.verdicts.valid == Some(true);
    let fits = || archive.container.seal.as_ref().is_some_and(|seal| seal.fits(&*archive.source));
    if is_valid && why.is_empty() && !fits() {
        why.push("a seal that does not fit its bytes");
    }
    report.verdicts.original_container = (is_valid || !why.is_empty()).then_some(why.is_empty());
    if !why.is_empty() {
        let text = format!(
            "another program packed the files again, as happens when a folder is zipped; the archive has {}",
            why.join(", ")
        );
        let hint = "nothing to do if “valid” says yes: learners and learning platforms pack files again without meaning harm";
        report.findings.push(Finding::of(Problem::Repacked, "container-repacked", text).hint(hint));
    }
}

/// Keeps the first findings of a kind, and says how many more there are.
pub(crate) fn named(mut findings: Vec<Finding>) -> Vec<Finding> {
    let more = findings.len().saturating_sub(NAMED);
    if more > 0 {
        findings.truncate(NAMED);
        if let Some(last) = findings.last().cloned() {
            let message = format!("the same is true of {more} more");
            findings.push(Finding { file: None, message, hint: None, ..last });
        }
    }
    findings
}

/// Finds the folders of bags among names: where a `bagit.txt` lies; empty, or with `/` at the end.
pub(crate) fn bases<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: BTreeMap<String, ()> = BTreeMap::new();
    for name in names {
        let Some(base) = name.strip_suffix("bagit.txt") else { continue };
        let is_deep = base.matches('/').count() > 4;
        if (base.is_empty() || base.ends_with('/')) && !is_deep {
            found.insert(base.to_owned(), ());
        }
    }
    let all: Vec<String> = found.into_keys().collect();
    let is_inner = |base: &str| all.iter().any(|other| other != base && base.starts_with(other.as_str()));
    all.iter().filter(|b| !is_inner(b)).cloned().collect()
}
