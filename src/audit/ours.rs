//! What evipack itself wrote about an earlier audit, where it lies among what is audited.
//!
//! Owns how such files are known: by what stands in them, because people name files as they like.
//! Refuses to look into packs, and to leave anything out that is only called like one of them.

use super::bag::bases;
use super::desk::Desk;
use super::finding::{Finding, Flaw};
use super::lms::{Named, is_archive};
use super::reader::Archive;
use super::source::{Bytes, Item, Kind, Tree};
use super::submission::guarded;

/// How much is read of the beginning of a file.
const HEAD: u64 = 2 << 10;
/// The largest sheet for one person, in bytes.
const SHEET: u64 = 4 << 20;
/// What sheets are called at the end of their names.
const SHEETS: [&str; 2] = ["-feedback.pdf", "-record.pdf"];
/// What the archive that goes back into a platform holds for each learner.
const BACK: [&str; 2] = ["evipack-feedback.pdf", "evipack-feedback.txt"];
/// The ends of names of what may be a report or a sheet, beside archives.
const ENDS: [&str; 6] = [".html", ".json", ".xlsx", SHEETS[0], SHEETS[1], BACK[0]];
/// How many are named.
const NAMED: usize = 5;

/// Takes files that evipack wrote itself out of the names in a folder, and says which.
///
/// # Errors
/// That nothing else is there.
pub(super) fn leave_out(
    tree: &dyn Tree,
    names: &mut Vec<Named<'_>>,
    desk: &Desk<'_>,
) -> Result<Option<Finding>, Flaw> {
    if names.is_empty() {
        return Err(Flaw::nothing("the folder holds no file"));
    }
    let bases = bases(names.iter().map(|(_, path)| *path));
    let is_ours = |index: usize, path: &str| {
        let may_be = ENDS.iter().any(|end| path.ends_with(end)) || is_archive(path);
        let is_inside = bases.iter().any(|base| path.starts_with(base.as_str()));
        let looked = || what(path, tree.open(index, desk).ok()?, desk);
        may_be && !is_inside && guarded(looked).flatten().is_some()
    };
    let mut ours = Vec::new();
    names.retain(|(index, path)| {
        let is_ours = is_ours(*index, path);
        ours.extend(is_ours.then_some(*path));
        !is_ours
    });
    if names.is_empty() {
        return Err(Flaw::nothing("the folder holds only what evipack wrote itself in an earlier audit"));
    }
    Ok((!ours.is_empty()).then(|| told(&ours)))
}

fn told(ours: &[&str]) -> Finding {
    let named = ours.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = ours.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (are, them) = match ours.len() {
        1 => ("1 file is".to_owned(), "it"),
        n => (format!("{n} files are"), "them"),
    };
    let text = format!("{are} left out, because evipack wrote {them} in an earlier audit: {named}{more}");
    Finding::note("own-files", text)
}

/// Says what a file is, if evipack wrote it from an audit.
pub(super) fn what(name: &str, bytes: Box<dyn Bytes + '_>, desk: &Desk<'_>) -> Option<&'static str> {
    let head = read(&*bytes, HEAD)?;
    if head.starts_with(b"%PDF") {
        let is_sheet = SHEETS.iter().chain(&BACK).any(|end| name.ends_with(end)) && bytes.size() <= SHEET;
        let all = read(&*bytes, SHEET).filter(|_| is_sheet)?;
        return holds(&all, &[">What an audit found", ">evipack "]).then_some("a sheet for one person");
    }
    if head.starts_with(b"PK") {
        return archive(bytes, true, desk);
    }
    let report = [
        (&["\"format\"", "\"evipack-audit/"][..], "a report for programs"),
        (&["content=\"evipack ", "<title>Class report"], "a class report"),
    ];
    report.into_iter().find(|(words, _)| holds(&head, words)).map(|(_, what)| what)
}

/// Says what an archive is: a class report as a workbook, or sheets. For some platforms each of them lies
/// in an archive of its own: so one is looked into `deeper`.
fn archive(bytes: Box<dyn Bytes + '_>, deeper: bool, desk: &Desk<'_>) -> Option<&'static str> {
    let archive = Archive::new(bytes, desk.limits.pack_entries, desk);
    let items = archive.items();
    let first = items.iter().find(|item| item.kind == Kind::File)?;
    if first.path == "[Content_Types].xml" {
        let core = items.iter().position(|item| item.path == "docProps/core.xml")?;
        let mut text = Vec::new();
        archive.copy(core, SHEET, &mut |piece| text.extend_from_slice(piece)).ok()?;
        return holds(&text, &["<dc:title>Class report<"]).then_some("a class report");
    }
    let is_sheet = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        BACK.contains(&name)
            || ["feedback", "records"].contains(&folder) && SHEETS.iter().any(|s| name.ends_with(s))
    };
    let is_packed = |index: usize, path: &str| {
        let inner = || archive.open(index, desk).ok().and_then(|bytes| self::archive(bytes, false, desk));
        deeper && is_archive(path) && inner().is_some()
    };
    let is_ours = |(index, item): (usize, &Item)| is_sheet(&item.path) || is_packed(index, &item.path);
    items.iter().enumerate().all(is_ours).then_some("sheets for learners")
}

fn read(bytes: &dyn Bytes, most: u64) -> Option<Vec<u8>> {
    let mut all = vec![0; usize::try_from(bytes.size().min(most)).ok()?];
    bytes.read_at(0, &mut all).ok()?;
    Some(all)
}

fn holds(bytes: &[u8], words: &[&str]) -> bool {
    words.iter().all(|word| bytes.windows(word.len()).any(|w| w == word.as_bytes()))
}
