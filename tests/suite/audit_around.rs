//! What lies around packs, or is named by mistake: earlier results of the audit, nothing at all, the
//! same place twice.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::zips::{Entry, Zip};
use crate::support::{Evipack, Run, files_below, root, toy};

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes).expect("written");
}

/// A folder with the download of a class, another hand-in beside it, and the catalogue of the toy unit.
fn download() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let entries = [
        ("Ana Lee_1_assignsubmission_file/pack.zip", toy().bytes.as_slice()),
        ("Bo Ng_2_assignsubmission_file/pack.zip", &toy().bytes[..900]),
    ];
    let zip = entries.iter().fold(Zip::default(), |zip, (name, bytes)| zip.with(Entry::new(name, bytes)));
    write(folder.path(), "down/class.zip", &zip.write());
    write(folder.path(), "down/Cy/peer-feedback.pdf", b"%PDF-1.7 What an audit found is not this");
    write(folder.path(), "down/Cy/class.html", b"<title>Class report</title>");
    let unit = root().join("tests/fixtures/units/TOY001");
    for name in files_below(&unit) {
        let bytes = fs::read(unit.join(&name)).expect("a file");
        write(folder.path(), &format!("catalog/templates/units/TOY001/{name}"), &bytes);
    }
    folder
}

fn audit(folder: &Path, args: &[&str]) -> Run {
    Evipack::new([&["--catalog", "catalog", "audit"], args].concat()).within(folder).run()
}

fn report(folder: &Path, args: &[&str]) -> Value {
    audit(folder, &[args, &["--format", "json"]].concat()).json()
}

#[test]
fn what_evipack_wrote_itself_is_no_hand_in() {
    let folder = download();
    let here = folder.path();
    let before = report(here, &["down"]);
    assert_eq!(before["learners"].as_array().map(Vec::len), Some(2), "{before:#}");
    fs::create_dir(here.join("down/out")).expect("a folder");
    let targets = [
        ("--html", "down/out/report.html"),
        ("--xlsx", "down/out/report.xlsx"),
        ("--json", "down/out/report.json"),
        ("--feedback", "down/sheets"),
        ("--records", "down/records.zip"),
        ("--lms-feedback", "down/back.zip"),
    ];
    let args: Vec<&str> = targets.iter().flat_map(|(option, target)| [*option, *target]).collect();
    audit(here, &[&["down/class.zip"], args.as_slice()].concat()).ends(1).says("2 feedback sheets");
    let after = report(here, &["down"]);
    assert_eq!(after["learners"], before["learners"]);
    assert_eq!(after["inputs"][0]["left_over"], before["inputs"][0]["left_over"]);
    let told = &after["inputs"][0]["findings"][0];
    assert_eq!(told["code"], "own-files");
    let message = told["message"].as_str().expect("a message");
    assert!(message.starts_with("7 files are left out, because evipack wrote them"), "{message}");
    audit(here, &["down/out"]).ends(3).says("holds only what evipack wrote itself");
    for (_, target) in targets.iter().filter(|(option, _)| *option != "--feedback") {
        let run = audit(here, &[target]).ends(3).says("that evipack wrote itself, and no hand-in");
        assert_eq!(run.stdout, "", "{target}");
    }
    audit(here, &["down/class.zip", "--against", "down/out/report.html"])
        .ends(3)
        .says("cannot be compared with");
}

#[test]
fn a_place_that_is_named_twice_is_looked_at_once() {
    let folder = download();
    let paths = ["down/Cy", "down/class.zip", "down/../down/class.zip", "down/class.zip"];
    let report = report(folder.path(), &paths);
    assert_eq!(report["learners"].as_array().map(Vec::len), Some(3), "{report:#}");
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(2));
    let told =
        |n: usize| report["inputs"][1]["findings"][n]["message"].as_str().unwrap_or_default().to_owned();
    assert!(told(0).contains("down/../down/class.zip was named too"), "{}", told(0));
    assert!(told(1).contains("named more than once"), "{}", told(1));
    let run = audit(folder.path(), &["down/class.zip", "down"]).ends(1);
    run.says("down/class.zip was named too");
}

#[test]
fn where_there_is_nothing_one_sentence_says_so() {
    let folder = download();
    let here = folder.path();
    fs::create_dir(here.join("empty")).expect("a folder");
    fs::write(here.join("empty/.DS_Store"), b"x").expect("written");
    for (path, says) in
        [("none.zip", "there is no such file or folder"), ("empty", "the folder holds no file")]
    {
        let run = audit(here, &[path, "--html", "page.html"]).ends(3);
        assert!(!here.join("page.html").exists(), "there is nothing to report on");
        let run = run.says(says).says("= help: ");
        assert_eq!(run.stdout, "", "{path}");
        assert_eq!(report(here, &[path])["inputs"][0]["unreadable"], true);
    }
    audit(here, &["down/class.zip", "--reference", "none"]).ends(3).says("there is no such file or folder");
    let same = audit(here, &["down/class.zip", "--reference", "empty"]).ends(3);
    same.says("✗ broken").says("the folder holds no file");
}
