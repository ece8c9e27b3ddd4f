//! One pack, looked into: its profile is judged again, and its PDFs are read.
//!
//! Owns what is known about the inside of a pack while it is looked at, and how much memory that may
//! take. Refuses to look into packs of unknown forms or units, and to keep anything afterwards but
//! what stands in the report.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::aside::Kept;
use super::bag::{PackReport, Place};
use super::claims::{self, Claims};
use super::coverage::{self, Coverage};
use super::desk::Desk;
use super::finding::{Finding, Flaw, Problem};
use super::limits::megabytes;
use super::pages::{PageDoc, Pages};
use super::pdf::{self, Skeleton, Wish};
use super::source::Kind;
use crate::documents::expand;
use crate::{Checked, diag};

/// The profile in a pack.
pub(super) const PROFILE: &str = "data/profile.json";
/// The checklist in a pack.
pub(super) const CHECKLIST: &str = "data/checklist.json";
/// The PDF that holds all documents, which carries the two files above.
pub(super) const SUBMISSION: &str = "data/submission.pdf";
/// What it carries, by the names that they have in it.
pub(super) const ATTACHED: [&str; 2] = ["checklist.json", "profile.json"];

/// A document that the unit asks for.
pub(crate) struct Leaf {
    /// Its id.
    pub(crate) id: String,
    /// The id in the unit that it comes from.
    pub(crate) spec: String,
    /// Its title.
    pub(crate) title: String,
    /// Its file below the pack's `data` folder.
    pub(crate) file: String,
    /// Whether the file is there.
    pub(crate) is_there: bool,
    /// What it says about itself; none where it is not in the form that evipack writes.
    pub(crate) skeleton: Option<Skeleton>,
}

/// A pack while it is looked into.
pub(crate) struct Inside<'a> {
    files: Files<'a>,
    /// The profile as it was read.
    pub(crate) checked: Checked,
    /// The documents that the unit asks for, in their order.
    pub(crate) documents: Vec<Leaf>,
    /// The PDF that holds all of them; none where it could not be read.
    pub(crate) submission: Option<Skeleton>,
    pages: OnceCell<Pages>,
}

/// The files of a pack by their names below the bag's folder.
struct Files<'a> {
    place: &'a Place<'a>,
    members: BTreeMap<&'a str, usize>,
}

impl<'a> Files<'a> {
    fn of(place: &'a Place<'a>) -> Self {
        let items = place.tree.items();
        let name = |index: &usize| {
            let item = &items[*index];
            let name = item.path.strip_prefix(&place.base).filter(|_| item.kind == Kind::File)?;
            Some((name, *index))
        };
        Self { place, members: place.members.iter().filter_map(name).collect() }
    }

    fn size(&self, name: &str) -> u64 {
        self.members.get(name).map_or(0, |index| self.place.tree.items()[*index].size)
    }

    fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, Flaw> {
        let index = self.members.get(name).ok_or_else(|| Flaw::unreadable("is not there"))?;
        let mut bytes = Vec::new();
        self.place.tree.copy(*index, most, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }

    /// The memory that looking inside takes at most: what the profile names, and one PDF at a time.
    fn need(&self) -> u64 {
        let is_pdf = |name: &str| name.ends_with(".pdf");
        let all = || self.members.keys().filter(|name| name.starts_with("data/"));
        let others: u64 = all().filter(|name| !is_pdf(name)).map(|name| self.size(name)).sum();
        others + all().filter(|name| is_pdf(name)).map(|name| self.size(name)).max().unwrap_or_default()
    }
}

/// What stands in PDFs, by their names; none where one is not in the form that evipack writes.
type Skeletons = BTreeMap<String, Option<Skeleton>>;

/// Tells whether a file of a pack is a PDF that is looked into.
pub(crate) fn is_looked_into(name: &str) -> bool {
    name == SUBMISSION || name.starts_with("data/documents/") && name.ends_with(".pdf")
}

/// Reads a PDF of a pack; none where it is not in the form that evipack writes.
pub(crate) fn skeleton(name: &str, bytes: &[u8], desk: &Desk<'_>) -> Option<Skeleton> {
    let is_looked_up = name != SUBMISSION;
    pdf::read(bytes, &Wish { attached: &ATTACHED, most: desk.limits.kept, is_looked_up })
}

/// Looks into a pack that can be read, and adds to its report.
pub(crate) fn look(
    place: &Place<'_>,
    (kept, skeletons): (&BTreeMap<String, Vec<u8>>, Skeletons),
    desk: &Desk<'_>,
    report: &mut PackReport,
) {
    let (Some(catalog), Some(profile)) = (desk.catalog, kept.get(PROFILE)) else { return };
    let files = Files::of(place);
    let need = files.need();
    if need > desk.limits.again {
        let most = megabytes(desk.limits.again);
        let text = format!(
            "its files are larger than {most} together, so nothing but their integrity was looked at"
        );
        report.findings.push(Finding::note("not-looked-into", text));
        return;
    }
    let unit = report.identity.unit.clone().unwrap_or_default();
    if !catalog.units().contains(&unit) {
        let text = format!(
            "its unit `{unit}` is not known to this version, so nothing but its integrity was looked at"
        );
        report.findings.push(Finding::note("unit-unknown", text));
        return;
    }
    let judged = desk.with_checker(|checker| {
        let read =
            |name: &str| files.read(&format!("data/{name}"), desk.limits.again).map_err(|flaw| flaw.message);
        checker.check(PROFILE, profile, &read)
    });
    let checked = match judged {
        Some(Ok(checked)) => checked,
        Some(Err(problems)) => return report.findings.push(refused(&problems)),
        None => return,
    };
    if diag::stops_build(&checked.problems, true) {
        let is_error = |d: &&diag::Diagnostic| d.severity == diag::Severity::Error && !d.is_gap();
        let errors: diag::Diagnostics = checked.problems.iter().filter(is_error).cloned().collect();
        report.findings.push(refused(&errors));
    }
    let inside = Inside::new(files, checked, skeletons);
    let claims = Claims::read(kept.get(CHECKLIST).map(Vec::as_slice), &inside, &report.identity);
    let (rows, totals) = coverage::of(&inside, claims.as_ref().ok());
    report.findings.extend(claims::compare(&inside, &claims, (&rows, totals)));
    report.findings.extend(inside.submission.iter().flat_map(|s| claims::attached(s, kept)));
    let unit = inside.checked.unit.code.clone();
    report.coverage = Some(Coverage { unit, rows: Kept::new(&desk.aside, &rows), totals });
}

fn refused(problems: &diag::Diagnostics) -> Finding {
    let first = problems.first().map(|d| d.message.as_str()).unwrap_or_default();
    let text = format!("evipack would not make a pack of it: {first}");
    Finding::of(Problem::Contradicts, "profile-refused", text)
        .in_file(PROFILE)
        .hint("ask for the pack as evipack wrote it")
}

impl<'a> Inside<'a> {
    fn new(files: Files<'a>, checked: Checked, mut skeletons: Skeletons) -> Self {
        let mut skeleton = |name: &str| skeletons.remove(name).flatten();
        let leaf = |document: crate::documents::Document| {
            let file = document.pdf();
            let name = format!("data/{file}");
            let is_there = files.members.contains_key(name.as_str());
            let spec = document.spec.id.clone();
            Leaf { id: document.id, spec, title: document.title, file, is_there, skeleton: skeleton(&name) }
        };
        let documents =
            expand(&checked.unit.documents, checked.profile.value()).into_iter().map(leaf).collect();
        let submission = skeleton(SUBMISSION);
        Self { files, checked, documents, submission, pages: OnceCell::new() }
    }

    /// Returns the text of all documents; the first time it takes a while, so ask only where it is needed.
    pub(crate) fn pages(&self) -> &Pages {
        let document = |leaf: &Leaf| {
            let bytes = self.files.read(&format!("data/{}", leaf.file), u64::MAX).unwrap_or_default();
            PageDoc { file: leaf.file.clone(), pages: pdf::texts(&bytes).unwrap_or_default() }
        };
        self.pages.get_or_init(|| Pages { documents: self.documents.iter().map(document).collect() })
    }

    /// Tells whether a file is there, by its name below the pack's `data` folder.
    pub(super) fn has(&self, file: &str) -> bool {
        self.files.members.contains_key(format!("data/{file}").as_str())
    }
}
