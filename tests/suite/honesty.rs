//! No mapping claims more than the page holds: each kind of finding appears alone, where it stands.

use std::fs;
use std::io::{Cursor, Read};

use serde_json::{Value, json};
use zip::ZipArchive;

use crate::support::{Pack, Project, half_finished, sample, squeeze, toy};

/// Expects findings of one kind and no other, each at a place that is there; returns them.
fn alone(pack: &Pack, code: &str) -> Vec<Value> {
    let found = pack.checklist()["findings"].as_array().expect("findings").clone();
    assert!(!found.is_empty(), "nothing was found");
    for finding in &found {
        assert_eq!(finding["code"], code, "{found:#?}");
        assert!(!finding["message"].as_str().expect("a message").is_empty(), "{finding}");
        assert!(!finding["hints"][0].as_str().expect("a hint").is_empty(), "{finding}");
        stands_there(pack, finding);
    }
    pack.run_says(code);
    found
}

fn stands_there(pack: &Pack, finding: &Value) {
    let (Some(section), Some(page)) = (finding["section"].as_str(), finding["page"].as_u64()) else { return };
    let number = finding["document"].as_str().expect("a document").trim_start_matches('D').replace('.', "-");
    let pages = pack.pages(pack.document(&format!("{number}-")));
    let page = &pages[usize::try_from(page).expect("small") - 1];
    assert!(page.squeezed.contains(&squeeze(section)), "“{section}” is not there: {finding}");
}

impl Pack {
    /// Expects that the run that wrote the pack names a check, and that the pack is written all the same.
    fn run_says(&self, code: &str) {
        assert!(self.run.stdout.contains(&format!("\n{code} (")), "{}", self.run);
    }

    fn finding_free(&self) {
        assert_eq!(self.checklist()["findings"], json!([]));
        assert!(!self.run.stdout.contains("To look at"), "{}", self.run);
    }

    fn row(&self, id: &str) -> Value {
        let rows = self.checklist()["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
    }
}

/// Changes a file of a toy project's unit.
fn change(project: &Project, file: &str, old: &str, new: &str) {
    let path = project.catalog().join("templates/units/TOY001").join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(old), "{file} has no {old}");
    fs::write(&path, text.replace(old, new)).expect("written");
}

/// A toy project with one of its thresholds at another number.
fn with_threshold(name: &str, number: usize) -> Project {
    let project = Project::toy();
    let path = project.catalog().join("templates/units/TOY001/thresholds.json");
    let mut numbers: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
    assert!(numbers["standard"][name].is_number(), "{name} is a threshold");
    numbers["standard"][name] = number.into();
    fs::write(&path, numbers.to_string()).expect("written");
    project
}

#[test]
fn complete_packs_have_nothing_to_look_at() {
    sample().finding_free();
    toy().finding_free();
    let codes: Vec<Value> = half_finished().checklist()["findings"].as_array().expect("findings").clone();
    for code in ["evidence-boilerplate", "evidence-thin", "own-words-few"] {
        assert!(codes.iter().any(|f| f["code"] == code), "the half-finished draft has {code}");
    }
}

#[test]
fn a_place_with_hardly_a_word_is_thin() {
    let pack = Project::toy().set("/stand/hygiene", "Wash hands.").pack(&[]);
    let found = alone(&pack, "evidence-thin");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["document"], &found[0]["section"]), (&json!("D01"), &json!("3 Cleaning")));
    assert_eq!(found[0]["requirements"], json!(["PE1.2"]));
    let row = pack.row("PE1.2");
    assert_eq!((&row["status"], &row["advice"][0]), (&json!("met"), &found[0]["message"]));
}

#[test]
fn standing_text_is_no_evidence_and_the_row_says_why() {
    let project = Project::toy();
    let standing = "The stand is always kept clean.] {{ stand.hygiene }}";
    change(&project, "plan.typ.j2", "{{ stand.hygiene }}]", standing);
    let pack = project.pack(&[]);
    let found = alone(&pack, "evidence-boilerplate");
    assert_eq!((found.len(), &found[0]["requirements"]), (1, &json!(["PE1.2"])));
    let row = pack.row("PE1.2");
    assert_eq!(row["status"], "missing");
    assert!(row["reasons"].as_array().expect("reasons").contains(&found[0]["message"]), "{row}");
}

#[test]
fn one_section_for_everything_is_too_much_unless_it_is_one_thing() {
    let project = Project::toy();
    change(&project, "plan.typ.j2", "#evidence(\"PC1.1\")[", "#evidence(\"PC1.1\", \"PC1.2\", \"PE1.2\")[");
    let found = alone(&project.pack(&[]), "section-overmapped");
    assert_eq!((found.len(), &found[0]["section"]), (1, &json!("1 Recipe")));
    assert_eq!(found[0]["requirements"], json!(["PC1.1", "PC1.2", "PE1.2"]));
    let together =
        "\"served_together\": [{ \"requirements\": [\"PC1.2\", \"PE1.2\"], \"reason\": \"One.\" }],";
    change(&project, "unit.json", "  \"documents\": [\n", &format!("  {together}\n  \"documents\": [\n"));
    project.pack(&[]).finding_free();
}

#[test]
fn what_is_far_too_long_is_told() {
    for (name, number, document) in [
        ("document_words_max", 60, json!("D02")),
        ("document_pages_max", 0, json!("D01")),
        ("pack_pages_max", 1, Value::Null),
        ("words_max_knowledge_evidence", 10, json!("D02")),
    ] {
        let found = alone(&with_threshold(name, number).pack(&[]), "volume-large");
        assert_eq!(found[0]["document"], document, "{name}");
        assert_eq!(found[0]["requirements"] == json!(["KE1"]), name.starts_with("words_max"), "{name}");
    }
}

#[test]
fn too_few_own_words_are_told() {
    let found = alone(&with_threshold("own_share", 90).pack(&[]), "own-words-few");
    assert_eq!(found.len(), 1);
    assert!(found[0]["message"].as_str().expect("a message").contains("less than 90%"), "{found:?}");
}

#[test]
fn text_that_reaches_no_page_is_named_with_its_place() {
    let project = Project::toy();
    change(&project, "evaluation.typ.j2", "{{ day.weather }}", "–");
    let pack = project.pack(&[]);
    let found = alone(&pack, "text-unprinted");
    let pointers: Vec<&str> = found.iter().filter_map(|f| f["pointer"].as_str()).collect();
    assert_eq!(pointers, ["/days/0/weather", "/days/1/weather"]);
    let text = fs::read_to_string(project.path()).expect("a profile");
    let line = text.lines().position(|l| l.contains("Hot and dry")).expect("a line") + 1;
    assert!(pack.run.stdout.contains(&format!("profile.json:{line}: ")), "{}", pack.run);
    assert!(!pack.text("data/checklist.json").contains(&format!(":{line}")), "a pack knows no lines");
}

#[test]
fn a_confirmed_place_that_changes_is_named_until_it_is_confirmed_again() {
    let mut project = Project::toy();
    project.save();
    let before = fs::read_to_string(project.path()).expect("a profile");
    let confirm = |project: &mut Project| {
        project.command("confirm").arg("--on").arg("2026-02-03").run().ok().says("7 places");
        let text = fs::read_to_string(project.path()).expect("a profile");
        project.profile = serde_json::from_str(&text).expect("JSON");
        text
    };
    let after = confirm(&mut project);
    assert!(after.starts_with(before.trim_end().trim_end_matches('}').trim_end()), "the rest is as it was");
    project.pack(&[]).finding_free();
    change(&project, "evaluation.typ.j2", "header: (", "kind: \"plain\", header: (");
    project.pack(&[]).finding_free();

    let mut project = project.set("/lessons/0/lesson", "The ice ran out at ten on the hot day.");
    let pack = project.pack(&[]);
    let found = alone(&pack, "mapping-stale");
    assert_eq!((found.len(), &found[0]["requirements"]), (1, &json!(["PC2.2"])));
    let message = found[0]["message"].as_str().expect("a message");
    assert!(message.ends_with("has changed since you confirmed it on 3 February 2026"), "{message}");
    assert_eq!(pack.row("PC2.2")["advice"], json!([message]));
    confirm(&mut project);
    project.pack(&[]).finding_free();
    project.command("confirm").arg("--on").arg("soon").run().ends(2).says("year-month-day");
}

fn hole(requirement: &str) -> Value {
    json!([{ "requirement": requirement, "kind": "assessed_elsewhere", "reason": "Asked at the stand.",
             "where": "Oral questions", "agreed_by": "Zest Grater" }])
}

#[test]
fn an_accepted_hole_stays_a_hole() {
    let project = Project::toy().set("/knowledge", json!([])).set("/accepted_holes", hole("KE1"));
    let report = project.check();
    assert_eq!(report.status("KE1"), "missing");
    assert_eq!(report.0["totals"]["accepted"], 1);
    let said =
        "accepted: assessed elsewhere – Asked at the stand; shown in: Oral questions; agreed by: Zest Grater";
    let squeezed = |text: &str| squeeze(text);
    let human = project.command("check").run().stdout;
    assert!(squeezed(&human).contains(&squeezed(said)), "{human}");
    let pack = project.pack(&[]);
    pack.finding_free();
    let (row, totals) = (pack.row("KE1"), pack.checklist()["totals"].clone());
    assert_eq!(
        (&row["status"], &row["accepted"]["reason"]),
        (&json!("missing"), &json!("Asked at the stand."))
    );
    assert_eq!((&totals["missing"], &totals["accepted"], &totals["met"]), (&json!(1), &json!(1), &json!(6)));
    assert!(pack.text("index.html").contains("Asked at the stand"), "the start page says it");
    assert!(shared_strings(&pack).contains(said), "the workbook says it");
    assert!(pack.run.stdout.contains("1 left open with a reason"), "{}", pack.run);
}

#[test]
fn a_hole_that_is_none_is_advice_and_an_unknown_one_an_error() {
    let project = Project::toy().set("/accepted_holes", hole("PC1.1"));
    let problem = project.check().with_code("hole-needless")[0].clone();
    assert_eq!((&problem["severity"], &problem["pointer"]), (&json!("warning"), &json!("/accepted_holes/0")));
    let pack = project.pack(&[]);
    assert_eq!(alone(&pack, "hole-needless")[0]["requirements"], json!(["PC1.1"]));
    assert_eq!(
        (&pack.row("PC1.1")["status"], &pack.checklist()["totals"]["accepted"]),
        (&json!("met"), &json!(0))
    );

    let report = Project::toy().set("/accepted_holes", hole("PE1")).check();
    assert!(report.with_code("hole-needless")[0]["message"].to_string().contains("a group"));
    let report = Project::toy().set("/accepted_holes", hole("PC1.9")).check();
    let problem = report.with_code("reference-unknown")[0];
    assert!(problem["hints"][0].to_string().contains("did you mean `PC1."), "{problem}");
}

fn shared_strings(pack: &Pack) -> String {
    let mut archive = ZipArchive::new(Cursor::new(pack.file("data/checklist.xlsx"))).expect("a workbook");
    let mut text = String::new();
    archive.by_name("xl/sharedStrings.xml").expect("strings").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn words_of_a_row_are_those_of_its_places_and_the_cover_adds_up() {
    for pack in [sample(), toy(), half_finished()] {
        for row in pack.checklist()["rows"].as_array().expect("rows") {
            let places = row["evidence"].as_array().expect("evidence");
            for origin in ["learner", "case", "computed", "template"] {
                let sum: i64 = places.iter().map(|e| e["words"][origin].as_i64().unwrap_or(0)).sum();
                assert_eq!(row["words"][origin].as_i64().unwrap_or(0), sum, "{}: {origin}", row["id"]);
            }
        }
    }
    let documents = sample().checklist()["documents"].as_array().expect("documents").clone();
    let counted = documents.iter().filter(|d| d["document"] != "D00" && d["document"] != "D19");
    let learner: i64 = counted.map(|d| d["learner"].as_i64().expect("a number")).sum();
    let shown = format!("{},{:03}(", learner / 1000, learner % 1000);
    let cover = sample().printed(sample().document("00-"));
    assert!(cover.contains(&shown), "the cover does not print {shown}");
    let checklist = sample().printed(sample().document("19-"));
    assert!(checklist.contains("standingtextonly"), "a form is named as such in words");
}

#[test]
fn the_checklist_prints_what_to_look_at_and_what_is_left_open() {
    let project = Project::sample().set("/submission/equipment", json!(["Laptop and printer"]));
    let knowledge = project.profile["knowledge"].as_array().expect("answers").clone();
    let others: Vec<Value> = knowledge.into_iter().filter(|k| k["requirement"] != "KE9").collect();
    let pack = project.set("/knowledge", others).set("/accepted_holes", hole("KE9")).pack(&[]);
    let found = alone(&pack, "evidence-thin");
    assert_eq!((found.len(), &found[0]["requirements"]), (1, &json!(["AC2"])));
    let printed = pack.printed(pack.document("19-"));
    for text in
        ["What to look at", "Left open with a reason", "Asked at the stand.", "Oral questions", "Zest Grater"]
    {
        assert!(printed.contains(&squeeze(text)), "the checklist does not print “{text}”");
    }
    assert!(printed.contains(&squeeze(found[0]["message"].as_str().expect("a message"))));
    assert!(pack.text("index.html").contains("found 1 thing to look at"));
    assert!(shared_strings(&pack).contains("evidence-thin"));
}
