//! A second unit goes through every stage without a line of the program's own.

use std::fs;

use crate::support::{Evipack, Project, json, toy};

#[test]
fn the_toy_profile_is_met_in_full() {
    let report = Project::toy().check();
    assert_eq!(report.problems().len(), 0, "{:#?}", report.problems());
    for id in ["PC1.1", "PC1.2", "PC2.1", "PC2.2", "PE1.1", "PE1.2", "KE1", "E1", "E2", "PE1"] {
        assert_eq!(report.status(id), "met", "{id}");
    }
}

#[test]
fn the_toy_unit_is_listed_and_shown() {
    let project = Project::toy();
    let unit = |args: [&str; 2]| {
        let start =
            Evipack::new([project.catalog().as_os_str()].into_iter().flat_map(|c| ["--catalog".as_ref(), c]));
        args.iter().fold(start.arg("unit"), Evipack::arg).run().ok()
    };
    unit(["list", "--help"]).says("List the units");
    let list =
        Evipack::new(["--catalog".as_ref(), project.catalog().as_os_str(), "unit".as_ref(), "list".as_ref()])
            .run();
    list.ok().says("OSM007").says("TOY001  Run a lemonade stand (release 1)");
    unit(["show", "TOY001"]).says("Choose a recipe.").says("D03  Checklist");
    Evipack::new(["unit", "show", "TOY001"]).run().ends(1).says("units that are known: OSM007");
}

#[test]
fn the_toy_pack_has_the_units_documents() {
    let pack = toy();
    let names =
        ["data/documents/01-plan.pdf", "data/documents/02-evaluation.pdf", "data/documents/03-checklist.pdf"];
    assert_eq!(pack.documents(), names);
    assert!(pack.printed(names[0]).contains("Squeezesixlemons."));
    assert!(pack.printed(names[2]).contains("Choosearecipe."));
    let checklist = pack.checklist();
    assert_eq!(checklist["unit"]["code"], "TOY001");
    assert_eq!(checklist["totals"]["met"], 7);
    assert!(
        pack.files.keys().all(|n| !n.ends_with(".ics")),
        "a profile without a calendar gives no calendar file"
    );
}

#[test]
fn the_toy_rules_find_what_is_wrong() {
    let project = Project::toy().without("/stand/recipe/steps/2").set("/days/0/takings_cents", 1);
    let report = project.check();
    assert_eq!(report.status("PC1.1"), "partly_met");
    assert!(report.row("PC1.1")["reasons"].to_string().contains("2 of 3 recipe steps"));
    let problem = report.with_code("STD-04")[0];
    assert_eq!(
        (&problem["severity"], &problem["pointer"]),
        (&"warning".into(), &"/days/0/takings_cents".into())
    );
    assert_eq!(problem["message"], "40 cups on 17 January 2026 should have brought $100.00");
    let pack = project.pack(&[]);
    assert!(pack.printed("data/documents/03-checklist.pdf").contains("2of3"));
}

#[test]
fn a_template_that_puts_a_value_into_code_fails_and_names_itself() {
    let project = Project::toy();
    let template = project.catalog().join("templates/units/TOY001/plan.typ.j2");
    let text = fs::read_to_string(&template).expect("a template");
    let broken =
        text.replacen("{% block body %}", "{% block body %}\n= Planted\n#let x = {{ stand.place }}\n", 1);
    assert_ne!(text, broken);
    fs::write(&template, broken).expect("written");
    project.build(&[]).ends(4).says("plan.typ.j2:").does_not_say("/tmp");
    assert!(!project.folder().join("pack.zip").exists());
}

#[test]
fn a_unit_with_faults_is_told_as_such() {
    let project = Project::toy();
    let path = project.catalog().join("templates/units/TOY001/rules.json");
    let mut rules = json("tests/fixtures/units/TOY001/rules.json");
    rules[0]["feeds"] = serde_json::json!(["PC9.9"]);
    fs::write(&path, rules.to_string()).expect("written");
    project.save();
    project.command("check").run().ends(4).says("rule STD-01 feeds `PC9.9`, which does not exist");
}
