//! `evipack audit` from outside: paths, exit codes, what is printed and what is not written.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::audit::{small, toy_files, zip_of};
use crate::support::zips::{Entry, Zip};
use crate::support::{Evipack, Run, files_below, json, toy};

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    folder
}

fn audit(folder: &TempDir, args: &[&str]) -> Run {
    let before = files_below(folder.path());
    let run = Evipack::new([&["audit"], args].concat()).within(folder.path()).run();
    if !args.contains(&"--json") {
        assert_eq!(files_below(folder.path()), before, "the audit writes nothing");
    }
    run
}

fn fits_the_schema(report: &Value) {
    let schema = json("schemas/audit.schema.json");
    let validator = jsonschema::options().build(&schema).expect("a schema");
    let problems: Vec<String> =
        validator.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn the_exit_code_tells_how_it_went() {
    let repacked = zip_of(&toy_files()).each(|e| e.time = [1, 1, 1, 1]).write();
    let folder = folder(&[
        ("good.zip", &toy().bytes),
        ("again.zip", &repacked),
        ("bad.zip", &toy().bytes[..999]),
        ("essay.pdf", b"%PDF"),
    ]);
    audit(&folder, &["good.zip"]).ends(0).says("original").says("Pip Squeeze");
    audit(&folder, &["again.zip", "good.zip"]).ends(0).says("◐ repacked");
    audit(&folder, &["bad.zip"]).ends(1).says("✗ broken").says("its end is missing");
    audit(&folder, &["essay.pdf"]).ends(1).says("not a pack");
    audit(&folder, &[]).ends(2);
    audit(&folder, &["good.zip", "--pattern", "(["]).ends(2);
    audit(&folder, &["good.zip", "--pattern", "no groups"]).ends(2).says("(?<name>");
    audit(&folder, &["none.zip", "good.zip"]).ends(3).says("there is no such file").says("✓ original");
    audit(&folder, &["good.zip", "--json", "no/folder.json"]).ends(3);
    audit(&folder, &["."])
        .ends(1)
        .says("3 learners: 1 without a problem (1 with a warning), 1 repacked, 1 broken")
        .says("1 file of no learner: essay.pdf");
}

#[test]
fn a_folder_without_a_file_is_told() {
    let files = [("class/Ana/pack.zip", &toy().bytes[..]), ("class/Bo/pack.zip", &toy().bytes[..999])];
    let folder = folder(&files);
    fs::create_dir_all(folder.path().join("class/Cy/inner")).expect("a folder");
    audit(&folder, &["class"]).ends(1).says("warning: a folder holds no file: Cy/inner");
    let entries = ["Ana_1_assignsubmission_file_/", "Bo_2_assignsubmission_file_/", "__MACOSX/"];
    let mut entries: Vec<Entry> = entries.map(|name| Entry::stored(name, b"")).into();
    entries.push(Entry::stored("Ana_1_assignsubmission_file_/pack.zip", &toy().bytes));
    fs::write(folder.path().join("class.zip"), Zip { entries, ..Zip::default() }.write()).expect("written");
    let run = audit(&folder, &["class.zip"]);
    run.ends(0)
        .says("class.zip  (Moodle, 1 file)")
        .says("a folder holds no file: Bo_2_assignsubmission_file_");
}

#[test]
fn the_json_fits_its_schema_in_every_case() {
    let folder = folder(&[
        ("class/Ana/pack.zip", &toy().bytes),
        ("class/Bo/pack.zip", &toy().bytes[..999]),
        ("class/Cy/essay.pdf", b"%PDF"),
        ("class/marks.csv", b"x"),
    ]);
    let report = audit(&folder, &["class", "none", "class/Ana/pack.zip", "--format", "json"]).ends(3).json();
    fits_the_schema(&report);
    assert_eq!(report["totals"]["learners"], 3, "what lies in another path is looked at once");
    let run = audit(&folder, &["class", "--json", "out.json"]).ends(1);
    run.says("✗ broken");
    let written: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out.json")).expect("a file")).expect("JSON");
    fits_the_schema(&written);
    let ids: Vec<usize> =
        (0..3).filter_map(|n| written["learners"][n]["packs"][0]["id"].as_str().map(str::len)).collect();
    assert_eq!(ids, [64], "the id of the one pack that can be read");
    let mut wrong = written;
    wrong["learners"][0]["problems"] = serde_json::json!(["cheated"]);
    let schema = json("schemas/audit.schema.json");
    assert!(!jsonschema::is_valid(&schema, &wrong), "the schema knows the words for problems");
}

#[test]
fn layouts_fit_their_schema() {
    let schema = json("schemas/lms.schema.json");
    jsonschema::validate(&schema, &json("templates/shared/lms.json")).expect("fits");
    let mut wrong = json("templates/shared/lms.json");
    wrong["layouts"][0]["names"] = "short".into();
    assert!(!jsonschema::is_valid(&schema, &wrong));
}

#[test]
fn an_unpacked_pack_is_read_and_links_are_not_followed() {
    let files: Vec<(String, Vec<u8>)> = toy_files().into_iter().collect();
    let list: Vec<(&str, &[u8])> = files.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    let folder = folder(&list);
    for path in ["pips-TOY001", "."] {
        audit(&folder, &[path]).ends(0).says("✓ valid").says("original container not asked");
    }
    #[cfg(unix)]
    {
        let document = folder.path().join("pips-TOY001/data/submission.pdf");
        let real = folder.path().join("elsewhere.pdf");
        fs::rename(&document, &real).expect("moved");
        std::os::unix::fs::symlink(&real, &document).expect("a link");
        audit(&folder, &["pips-TOY001"])
            .ends(1)
            .says("it is a link or a device")
            .says("it is listed, and it is not there");
    }
}

#[test]
fn a_pattern_of_ones_own_tells_learners_apart() {
    let folder = folder(&[("2026/BLOGGS-77-pack.zip", &toy().bytes), ("2026/NG-78-pack.zip", &toy().bytes)]);
    let pattern = r"(?<name>[A-Z]+)-(?<id>\d+)-(?<file>.+)$";
    let report = audit(&folder, &[".", "--pattern", pattern, "--format", "json"]).ends(0).json();
    assert_eq!(report["inputs"][0]["layout"], "pattern");
    assert_eq!(report["learners"][0]["learner"], serde_json::json!({ "name": "BLOGGS", "id": "77" }));
}

#[test]
fn names_can_not_act_on_the_screen() {
    let evil = "Ana\u{1b}[2J\u{202e}gnp\nfine_1_assignsubmission_file/pack.zip";
    let zip = Zip::default()
        .with(Entry::new(evil, &toy().bytes))
        .with(Entry::new("Bo_2_assignsubmission_file/a\u{7}b.pdf", b"x"))
        .with(Entry::new("c\u{9b}d_3_assignsubmission_file/pack.zip", &small("x\u{1b}[31m").zip()));
    let folder = folder(&[("class.zip", &zip.write())]);
    for options in [&["class.zip"][..], &["class.zip", "--details"], &["class.zip", "--format", "json"]] {
        audit(&folder, options).ends(1).says("\\u");
    }
    let run = audit(&folder, &["class.zip", "--format", "json", "--json", "out.json"]).ends(1);
    let written = fs::read_to_string(folder.path().join("out.json")).expect("a file");
    assert!(!written.contains(|c: char| c != '\n' && c.is_control() || c == '\u{202e}'), "nor in a file");
    let learners = run.json()["learners"].clone();
    assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON")["learners"], learners);
    assert!(learners[0]["source"].as_str().is_some_and(|s| s.contains("Ana\u{1b}[2J\u{202e}gnp\nfine")));
}
