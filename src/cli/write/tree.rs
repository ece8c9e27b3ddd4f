//! Writing a whole folder: a new one beside the target, then renamed.
//!
//! Owns the question whether an old folder may be replaced: only when the program made it and
//! nobody has put anything else into it since. Refuses to delete a file it does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use tempfile::TempDir;

use super::pending::{self, Pending};
use super::{UNFINISHED, failed, flush, parent, unwritable};
use crate::diag::Diagnostic;

/// Files of which one stands in every folder that the program makes: packs and sources.
const MARKS: [&str; 2] = ["bagit.txt", "house.typ"];
/// Lists of files in a pack.
const MANIFESTS: [&str; 2] = ["manifest-sha256.txt", "tagmanifest-sha256.txt"];

/// Writes a folder with all its files, or leaves what was there before.
pub(in crate::cli) fn write_tree(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Diagnostic> {
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    check(folder, &place, files)?;
    let home = parent(&place);
    fs::create_dir_all(home).map_err(|e| failed(home, &e))?;
    let make = || tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(home);
    let (tree, entry) = Pending::begin(make, TempDir::path).map_err(|e| failed(folder, &e))?;
    let (fresh, aside) = (tree.path().join("new"), tree.path().join("old"));
    fill(&fresh, files).map_err(|e| failed(folder, &e))?;
    pending::commit(entry, || match swap(&fresh, &place, &aside) {
        Ok(()) => {
            drop(tree);
            Ok(())
        }
        Err(e) if aside.exists() => {
            drop(tree.keep());
            Err(failed(folder, &e).hint(format!("what was there before is now in `{}`", aside.display())))
        }
        Err(e) => Err(failed(folder, &e)),
    })?;
    flush(home).map_err(|e| failed(folder, &e))
}

/// Puts the new folder in the place of the old one; the old one comes back when that fails.
fn swap(fresh: &Path, place: &Path, aside: &Path) -> io::Result<()> {
    if !place.exists() {
        return fs::rename(fresh, place);
    }
    fs::rename(place, aside)?;
    // The first problem is the one to tell; after a second one the old folder stays aside, whole.
    fs::rename(fresh, place).inspect_err(|_| drop(fs::rename(aside, place)))
}

/// Tells whether the folder may be written: it is not there, empty, or made by this program.
fn check(folder: &Path, place: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Diagnostic> {
    if !place.exists() {
        return Ok(());
    }
    if !place.is_dir() {
        return Err(unwritable(folder, "is a file, not a folder").hint("name a folder"));
    }
    let mut present = BTreeSet::new();
    list(place, "", &mut present).map_err(|e| failed(folder, &e))?;
    if present.is_empty() {
        return Ok(());
    }
    let hint = "name a folder that is new or empty, or move what it holds away first";
    if !MARKS.iter().any(|mark| present.contains(*mark)) {
        return Err(unwritable(folder, "is not empty, and was not made by evipack").hint(hint));
    }
    let known = known(place, files);
    match present.iter().find(|name| !known.contains(*name)) {
        Some(other) => {
            Err(unwritable(folder, &format!("also holds `{other}`, which evipack did not make")).hint(hint))
        }
        None => Ok(()),
    }
}

/// Returns the names of files that may be replaced: the new ones and those an old pack lists.
fn known(place: &Path, files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = files.keys().cloned().collect();
    for manifest in MANIFESTS {
        let text = fs::read_to_string(place.join(manifest)).unwrap_or_default();
        let names = text.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name.to_owned());
        known.extend(names);
        known.insert(manifest.into());
    }
    known
}

/// Lists files by their names relative to the top.
fn list(folder: &Path, above: &str, found: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.insert(name);
        }
    }
    Ok(())
}

fn fill(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    let mut folders = BTreeSet::from([folder.to_owned()]);
    pending::undisturbed(|| fs::create_dir(folder))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        pending::undisturbed(|| write(&path, bytes))?;
        folders.insert(parent(&path).to_owned());
    }
    folders.iter().try_for_each(|f| flush(f))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(parent(path))?;
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::super::tests::names;
    use super::*;
    use tempfile::tempdir;

    fn files(names: &[&str]) -> BTreeMap<String, Vec<u8>> {
        names.iter().map(|n| ((*n).to_owned(), n.as_bytes().to_vec())).collect()
    }

    fn bag(payload: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let mut files = files(payload);
        let lines: String = payload.iter().map(|n| format!("0  {n}\n")).collect();
        files.insert("bagit.txt".into(), b"BagIt".to_vec());
        files.insert("manifest-sha256.txt".into(), lines.into_bytes());
        files.insert("tagmanifest-sha256.txt".into(), b"0  bagit.txt\n".to_vec());
        files
    }

    #[test]
    fn a_pack_is_replaced_as_a_whole() {
        let home = tempdir().expect("a folder");
        let folder = home.path().join("packs/loaf");
        write_tree(&folder, &bag(&["data/old.pdf", "data/data/m.csv"])).expect("written");
        write_tree(&folder, &bag(&["data/new.pdf"])).expect("written");
        assert_eq!(names(&folder.join("data")), ["new.pdf"]);
        assert_eq!(fs::read(folder.join("data/new.pdf")).expect("a file"), b"data/new.pdf");
        assert_eq!(names(&home.path().join("packs")), ["loaf"]);
    }

    #[test]
    fn an_empty_folder_is_filled() {
        let home = tempdir().expect("a folder");
        let folder = home.path().join("empty");
        fs::create_dir(&folder).expect("a folder");
        write_tree(&folder, &files(&["house.typ", "04.typ"])).expect("written");
        write_tree(&folder, &files(&["house.typ", "04.typ", "05.typ"])).expect("written again");
        assert_eq!(names(&folder), ["04.typ", "05.typ", "house.typ"]);
    }

    #[test]
    fn what_evipack_did_not_make_stays() {
        let home = tempdir().expect("a folder");
        let folder = home.path().join("mine");
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("thesis.docx"), "x").expect("written");
        let told = |problem: Diagnostic| problem.message.split("` ").nth(1).map(str::to_owned);
        let problem = write_tree(&folder, &bag(&["data/a.pdf"])).expect_err("a problem");
        assert_eq!(told(problem).as_deref(), Some("is not empty, and was not made by evipack"));
        fs::write(folder.join("bagit.txt"), "x").expect("written");
        let problem = write_tree(&folder, &bag(&["data/a.pdf"])).expect_err("a problem");
        assert!(
            problem.message.ends_with("also holds `thesis.docx`, which evipack did not make"),
            "{}",
            problem.message
        );
        assert_eq!(names(&folder), ["bagit.txt", "thesis.docx"]);
        let file = folder.join("bagit.txt");
        assert!(write_tree(&file, &bag(&[])).expect_err("a problem").message.contains("is a file"));
        assert_eq!(names(home.path()), ["mine"]);
    }

    #[test]
    fn an_error_leaves_the_old_folder_and_no_litter() {
        let home = tempdir().expect("a folder");
        let folder = home.path().join("loaf");
        write_tree(&folder, &bag(&["data/a.pdf"])).expect("written");
        // A name below a file cannot be written.
        let mut broken = bag(&["data/a.pdf"]);
        broken.insert("bagit.txt/x".into(), Vec::new());
        write_tree(&folder, &broken).expect_err("a problem");
        assert_eq!(names(&folder.join("data")), ["a.pdf"]);
        assert_eq!(names(home.path()), ["loaf"]);
    }

    #[test]
    fn the_old_folder_comes_back_when_the_new_one_cannot_take_its_place() {
        let home = tempdir().expect("a folder");
        let place = home.path().join("loaf");
        fs::create_dir(&place).expect("a folder");
        fs::write(place.join("a"), "old").expect("written");
        swap(&home.path().join("lost"), &place, &home.path().join("aside")).expect_err("a problem");
        assert_eq!(fs::read(place.join("a")).expect("a file"), b"old");
    }
}
