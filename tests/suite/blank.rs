//! Blank forms of a unit: they hold every requirement, and nothing that an assessor decides.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use zip::ZipArchive;

use crate::reading::grade;
use crate::support::{Evipack, Project, Run, files_below, printed, squeeze};

/// The five forms, by the endings of their files.
const FORMS: [&str; 7] = [
    "assessor-record.pdf",
    "evidence-guide.pdf",
    "mapping-matrix.pdf",
    "mapping-matrix.xlsx",
    "observation-checklist.pdf",
    "self-assessment.pdf",
    "self-assessment.xlsx",
];
/// The grade that the plain words of a guide must not exceed.
const GRADE: f64 = 8.0;
/// Marks of a box that somebody has ticked, or of a status that was judged.
const TICKED: [char; 8] = ['☑', '☒', '✓', '✔', '✗', '✘', '●', '◐'];

fn blank(catalog: Option<&Path>, code: &str, folder: &Path) -> Run {
    let mut args = Vec::new();
    if let Some(catalog) = catalog {
        args.extend(["--catalog".as_ref(), catalog.as_os_str()]);
    }
    Evipack::new(args).arg("unit").arg("blank").arg(code).arg("-o").arg(folder).run()
}

/// The forms of a unit by the endings of their names, and the unit itself.
struct Forms {
    files: BTreeMap<String, Vec<u8>>,
    unit: Value,
}

impl Forms {
    fn read(code: &str, folder: &Path, unit: Value) -> Self {
        let name = |n: &String| n.strip_prefix(&format!("{code}-")).expect("the unit's code").to_owned();
        let read = |n: String| (name(&n), fs::read(folder.join(&n)).expect("a file"));
        Self { files: files_below(folder).into_iter().map(read).collect(), unit }
    }

    fn osm() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        blank(None, "OSM007", folder.path()).ok();
        Self::read("OSM007", folder.path(), crate::support::json("templates/units/OSM007/unit.json"))
    }

    fn toy() -> Self {
        let (project, folder) = (Project::toy(), tempfile::tempdir().expect("a folder"));
        blank(Some(project.catalog()), "TOY001", folder.path()).ok();
        Self::read("TOY001", folder.path(), crate::support::json("tests/fixtures/units/TOY001/unit.json"))
    }

    fn both() -> [Self; 2] {
        [Self::osm(), Self::toy()]
    }

    /// All requirements that have no parts.
    fn leaves(&self) -> Vec<&Value> {
        let all = self.unit["requirements"].as_array().expect("requirements");
        let parents: BTreeSet<&str> = all.iter().filter_map(|r| r["parent"].as_str()).collect();
        all.iter().filter(|r| !parents.contains(id(r))).collect()
    }

    fn printed(&self, name: &str) -> String {
        printed(&self.files[name])
    }

    /// A part of a spreadsheet.
    fn part(&self, name: &str, part: &str) -> String {
        let mut archive = ZipArchive::new(Cursor::new(&self.files[name])).expect("a spreadsheet");
        let mut text = String::new();
        archive.by_name(part).expect("a part").read_to_string(&mut text).expect("text");
        text
    }
}

fn id(requirement: &Value) -> &str {
    requirement["id"].as_str().expect("an id")
}

fn guide(name: &str) -> BTreeMap<String, Value> {
    let guide = crate::support::json(&format!("{name}/guide.json"));
    guide["entries"].as_object().expect("entries").iter().map(|(k, v)| (k.clone(), v.clone())).collect()
}

#[test]
fn all_five_forms_are_written_for_both_units() {
    for forms in Forms::both() {
        assert_eq!(forms.files.keys().map(String::as_str).collect::<Vec<_>>(), FORMS);
        for name in FORMS.iter().filter(|n| n.ends_with(".pdf")) {
            let text = forms.printed(name);
            assert!(text.contains(forms.unit["code"].as_str().expect("a code")), "{name} names the unit");
            assert!(text.contains("Page1of"), "{name} numbers its pages");
        }
    }
}

#[test]
fn the_matrix_has_a_row_for_every_requirement() {
    for forms in Forms::both() {
        let text = forms.printed("mapping-matrix.pdf");
        let words = forms.part("mapping-matrix.xlsx", "xl/sharedStrings.xml");
        for row in forms.leaves() {
            let wording = squeeze(row["text"].as_str().expect("a wording"));
            assert!(text.contains(id(row)), "{} is in the PDF", id(row));
            assert!(text.contains(&wording), "the wording of {} is in the PDF", id(row));
            assert!(words.contains(&format!("<t>{}</t>", id(row))), "{} is in the spreadsheet", id(row));
        }
        let sheet = forms.part("mapping-matrix.xlsx", "xl/worksheets/sheet1.xml");
        let rows = forms.unit["requirements"].as_array().expect("requirements").len();
        assert_eq!(sheet.matches("<row ").count(), rows + 1, "parents have rows too");
        assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<autoFilter "), "header and filter");
    }
}

#[test]
fn the_other_forms_leave_no_requirement_out() {
    for forms in Forms::both() {
        let [survey, explained, seen] =
            ["self-assessment.pdf", "evidence-guide.pdf", "observation-checklist.pdf"]
                .map(|n| forms.printed(n));
        for row in forms.leaves() {
            let is_condition = row["kind"] == "assessment_condition";
            assert_eq!(survey.contains(id(row)), !is_condition, "{} in the survey", id(row));
            assert!(explained.contains(id(row)), "{} is explained", id(row));
            let is_seen = ["performance_criterion", "performance_evidence", "foundation_skill"];
            if is_seen.iter().any(|k| row["kind"] == *k) {
                assert!(seen.contains(id(row)), "{} can be seen", id(row));
            }
        }
    }
}

#[test]
fn the_guide_says_what_each_requirement_means_and_how_to_show_it() {
    let forms = Forms::osm();
    let guide = guide("templates/units/OSM007");
    assert_eq!(guide.len(), forms.leaves().len());
    for row in forms.leaves() {
        let entry = &guide[id(row)];
        let starts = |word: &str| entry["plain"].as_str().is_some_and(|t| t.starts_with(word));
        assert!(starts("You"), "{} speaks to the learner", id(row));
        let kind = row["kind"].as_str().expect("a kind");
        if kind != "assessment_condition" {
            assert!(
                entry["show"].is_string() && entry["ask"].is_string(),
                "{} can be shown and asked",
                id(row)
            );
        }
        if matches!(kind, "performance_criterion" | "performance_evidence" | "foundation_skill") {
            let seen = entry["observe"].as_array().map_or(0, Vec::len);
            assert!(seen >= 2, "{} has {seen} behaviours that can be seen", id(row));
        }
    }
    let all = |part: &str| guide.values().filter_map(|e| e[part].as_str()).collect::<Vec<_>>().join("\n");
    for part in ["plain", "show", "ask"] {
        let grade = grade(&all(part));
        println!("guide, {part}: grade {grade:.1}");
        assert!(grade <= GRADE, "{part} reads at grade {grade:.1}");
    }
}

#[test]
fn nothing_is_decided_before_the_assessor_does() {
    for forms in Forms::both() {
        for name in FORMS.iter().filter(|n| n.ends_with(".pdf")) {
            let text = forms.printed(name);
            assert!(!text.contains(TICKED), "{name} has no mark in a box");
            let is_record = *name == "assessor-record.pdf";
            assert_eq!(text.contains("☐Competent☐Notyetcompetent"), is_record, "{name}");
            assert_eq!(
                text.matches("Satisfactory").count(),
                usize::from(is_record),
                "only the heading of a column"
            );
            assert_eq!(text.matches("ompetent").count(), 2 * usize::from(is_record), "{name}");
        }
        for (name, first) in [("mapping-matrix.xlsx", 'I'), ("self-assessment.xlsx", 'D')] {
            let words = forms.part(name, "xl/sharedStrings.xml");
            for word in ["Satisfactory", "Competent", "Met", "Missing"] {
                assert!(!words.contains(&format!("<t>{word}</t>")), "{name} says {word}");
            }
            let sheet = forms.part(name, "xl/worksheets/sheet1.xml");
            let cells = sheet.split("<c r=\"").skip(1).map(|c| c.split_once('"').expect("a cell"));
            let own = cells.filter(|(place, _)| place.starts_with(|c: char| c >= first));
            for (place, cell) in own.filter(|(place, _)| place.trim_start_matches(char::is_alphabetic) != "1")
            {
                assert!(
                    !cell.split("</c>").next().unwrap_or_default().contains("<v>"),
                    "{name}: {place} is filled in"
                );
            }
        }
    }
}

#[test]
fn the_same_unit_gives_the_same_bytes() {
    assert!(Forms::osm().files == Forms::osm().files);
}

#[test]
fn what_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("OSM007-self-assessment.pdf"), "mine").expect("written");
    blank(None, "OSM007", folder.path()).ends(3).says("is there already");
    assert_eq!(files_below(folder.path()), ["OSM007-self-assessment.pdf"]);
    blank(None, "XYZ999", folder.path()).ends(1).says("there is no unit `XYZ999`");
}

/// The toy unit with another guide, or none.
fn toy_with(guide: Option<Value>) -> (Project, TempDir) {
    let project = Project::toy();
    let path = project.catalog().join("templates/units/TOY001/guide.json");
    match guide {
        Some(guide) => fs::write(path, guide.to_string()).expect("written"),
        None => fs::remove_file(path).expect("removed"),
    }
    (project, tempfile::tempdir().expect("a folder"))
}

#[test]
fn a_unit_without_a_guide_gets_what_its_wording_suffices_for() {
    let (project, folder) = toy_with(None);
    let run = blank(Some(project.catalog()), "TOY001", folder.path()).ok();
    run.says("Left out  Observation checklist, Evidence guide for learners: the unit has no guide.json");
    let unit = crate::support::json("tests/fixtures/units/TOY001/unit.json");
    let forms = Forms::read("TOY001", folder.path(), unit);
    let names = FORMS.iter().filter(|n| !n.starts_with("evidence") && !n.starts_with("observation"));
    assert!(forms.files.keys().eq(names));
    assert!(forms.printed("self-assessment.pdf").contains("Choosearecipe."), "the unit's own words");
}

#[test]
fn half_a_guide_is_told_as_such() {
    let mut guide = crate::support::json("tests/fixtures/units/TOY001/guide.json");
    let entries = guide["entries"].as_object_mut().expect("entries");
    entries.remove("PE1.2");
    entries.insert("PE1".into(), json!({ "plain": "You run a stand with lemonade." }));
    let (project, folder) = toy_with(Some(guide));
    let run = blank(Some(project.catalog()), "TOY001", folder.path()).ends(4);
    run.says("nothing is said about PE1.2").says("`PE1` is no requirement that is judged by itself");
    assert!(files_below(folder.path()).is_empty());
}
