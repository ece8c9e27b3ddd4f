//! An organisation's own conventions: numbers and advice that it sets, and the pack that says so.

use serde_json::{Value, json as value};

use crate::support::{Pack, Project, json, squeeze};

/// A project with a file of conventions beside its profile.
fn with(project: Project, own: &Value) -> Project {
    project.write("own.json", &serde_json::to_vec_pretty(own).expect("JSON"));
    project
}

/// Checks with options and returns what the program prints for machines.
fn checked(project: &Project, options: &[&str]) -> Value {
    project.save();
    let command = project.command("check").arg("--format").arg("json");
    options.iter().fold(command, |c, o| c.arg(o)).run().json()
}

fn problem<'a>(report: &'a Value, code: &str) -> Option<&'a Value> {
    report["problems"].as_array().expect("problems").iter().find(|p| p["code"] == code)
}

fn status<'a>(report: &'a Value, id: &str) -> &'a Value {
    let rows = report["rows"].as_array().expect("rows");
    &rows.iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))["status"]
}

const OWN: [&str; 2] = ["--thresholds", "own.json"];

#[test]
fn a_stricter_set_asks_for_more() {
    let project = Project::sample();
    let words = || project.profile["platforms"][0]["rationale"].as_str().expect("a reason").to_owned();
    let short: Vec<String> = words().split_whitespace().take(10).map(str::to_owned).collect();
    let project = project.set("/platforms/0/rationale", short.join(" "));
    assert_eq!(problem(&checked(&project, &[]), "STR-04a"), None, "ten words are enough by default");
    assert_eq!(problem(&checked(&project, &["--standard", "standard"]), "STR-04a"), None);
    let strict = checked(&project, &["--standard", "strict"]);
    let message = problem(&strict, "STR-04a").expect("ten words are not enough")["message"].to_string();
    assert!(message.contains("at least 12"), "{message}");
    let project = with(project, &value!({ "base": "strict", "numbers": { "reason_words": 10 } }));
    assert_eq!(problem(&checked(&project, &OWN), "STR-04a"), None, "the organisation's number counts");
    project.command("check").arg("--standard").arg("lax").run().ends(2);
    project
        .command("check")
        .arg("--standard")
        .arg("strict")
        .arg("--thresholds")
        .arg("own.json")
        .run()
        .ends(2);
}

#[test]
fn a_rule_of_convention_can_become_advice() {
    let own = value!({ "base": "standard", "numbers": { "overall_objectives": 9 } });
    let project = with(Project::sample(), &own);
    let report = checked(&project, &OWN);
    assert_eq!(problem(&report, "OBJ-01a").expect("too few objectives")["severity"], "error");
    assert_eq!(status(&report, "PC1.2"), "partly_met");
    let mut own = own;
    own["advice"] = value!(["OBJ-01a"]);
    let project = with(project, &own);
    let report = checked(&project, &OWN);
    assert_eq!(problem(&report, "OBJ-01a").expect("still told")["severity"], "warning");
    assert_eq!(status(&report, "PC1.2"), "met");
}

#[test]
fn wrong_conventions_are_all_named_with_their_places() {
    let own = value!({
        "base": "standard",
        "numbers": { "kpis_maxx": 5, "kpis_min": -1 },
        "advice": ["RSP-8", "BUD-01"],
        "anything": 1,
    });
    let project = with(Project::sample(), &own);
    project.save();
    for name in ["check", "build"] {
        let command = project.command(name).arg("--thresholds").arg("own.json");
        let command = if name == "build" { command.arg("-o").arg("pack.zip") } else { command };
        let run = command.run().ends(1);
        let run = run.says("`kpis_max`").says("own.json:4:").says("own.json:5:").says("there is no `RSP-8`");
        run.says("BUD-01 is not a convention").says("`anything`").says("\"kpis_maxx\": 5");
    }
    assert!(!project.folder().join("pack.zip").exists());
    project.write("own.json", b"{");
    project.command("check").arg("--thresholds").arg("own.json").run().ends(1).says("error[json-syntax]");
    project.command("check").arg("--thresholds").arg("none.json").run().ends(3).says("none.json");
}

#[test]
fn the_pack_records_its_conventions_and_can_be_built_again() {
    let own =
        value!({ "advice": [], "numbers": { "recipe_steps": 2, "answer_words": 20 }, "base": "strict" });
    let project = with(Project::toy(), &own);
    let pack = project.pack(&OWN);
    let kept = value!({ "base": "strict", "numbers": { "recipe_steps": 2 }, "advice": [] });
    assert_eq!(pack.json("data/thresholds.json"), kept, "what is as in the set is left out");
    let expected = value!({ "set": "strict", "changed": { "recipe_steps": 2 }, "advice": [] });
    assert_eq!(pack.checklist()["thresholds"], expected);
    let first = std::fs::read(project.folder().join("pack.zip")).expect("a pack");
    project.write("own.json", pack.file("data/thresholds.json"));
    project.pack(&OWN);
    let second = std::fs::read(project.folder().join("pack.zip")).expect("a pack");
    assert!(first == second, "the pack's own conventions make the same pack");
    project.pack(&[]);
    let usual = std::fs::read(project.folder().join("pack.zip")).expect("a pack");
    assert!(first != usual, "conventions are part of the pack");
}

#[test]
fn a_usual_pack_holds_no_file_of_conventions() {
    let pack: &Pack = crate::support::toy();
    assert!(!pack.text("manifest-sha256.txt").contains("thresholds.json"));
    assert_eq!(pack.checklist()["thresholds"], value!({ "set": "standard", "changed": {}, "advice": [] }));
}

#[test]
fn the_checklist_says_which_conventions_it_was_made_with() {
    let pack = crate::support::sample();
    let printed = pack.printed(pack.document("19"));
    assert!(printed.contains(&squeeze("made with the set of conventions “standard”.")), "the usual set");
    assert!(printed.contains(&squeeze("a product convention")), "whose numbers they are");
    let own =
        value!({ "base": "strict", "numbers": { "sentence_words": 25 }, "advice": ["STR-04a", "FMT-03"] });
    let pack = with(Project::sample(), &own).pack(&OWN);
    let printed = pack.printed(pack.document("19"));
    let line = "the set of conventions “strict”; for the training organisation these numbers are different: sentence words 25. Made advice by the training organisation: FMT-03, STR-04a.";
    assert!(printed.contains(&squeeze(line)), "{printed}");
}

#[test]
fn the_schema_of_conventions_names_the_sets_of_the_unit() {
    let schema = json("schemas/conventions.schema.json");
    let sets = json("templates/units/OSM007/thresholds.json");
    let named: Vec<&str> = schema["properties"]["base"]["enum"]
        .as_array()
        .expect("sets")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let there: Vec<&str> = sets.as_object().expect("sets").keys().map(String::as_str).collect();
    assert_eq!(named, there);
}
