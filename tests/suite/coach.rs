//! What a learner reads after `check`: the verdict, a few next steps, and each problem once.

use serde_json::{Value, json as value};

use crate::support::{Evipack, Project, json};

/// The report for a person, wrapped to a width if there is one.
fn report(project: &Project, options: &[&str], columns: Option<&str>) -> String {
    project.save();
    let run = options.iter().fold(project.command("check"), Evipack::arg);
    let run = columns.into_iter().fold(run, |run, c| run.env("COLUMNS", c)).run();
    assert!(run.code <= 1 && run.stderr.is_empty(), "{run}");
    run.stdout
}

/// An empty profile as `init` writes it.
fn empty() -> Project {
    let folder = tempfile::tempdir().expect("a folder");
    Evipack::new(["init", "mine"]).within(folder.path()).run().ok();
    let text = std::fs::read(folder.path().join("mine/profile.json")).expect("a profile");
    let mut project = Project::sample();
    project.profile = serde_json::from_slice(&text).expect("JSON");
    project
}

/// The numbered lines below “Next steps”.
fn steps(report: &str) -> Vec<&str> {
    let after = report.split("Next steps\n").nth(1).unwrap_or_default();
    after.lines().take_while(|l| !l.is_empty()).collect()
}

#[test]
fn the_first_line_is_the_verdict_and_a_complete_profile_is_told_little_more() {
    let told = report(&Project::sample(), &[], None);
    let first = told.lines().next().expect("a line");
    assert!(first.starts_with("88 met, 0 partly met, 0 missing of 88 requirements"), "{first}");
    assert!(first.contains(" It can be built. "), "{first}");
    assert!(first.ends_with("is said by `evipack build`."), "{first}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn an_empty_profile_is_a_short_list_of_sections() {
    let project = empty();
    let told = report(&project, &[], None);
    assert!(told.lines().count() <= 60, "{} lines\n{told}", told.lines().count());
    let step_count = steps(&told).len();
    assert!((3..=5).contains(&step_count), "{step_count} steps\n{told}");
    let organisation = told.lines().find(|l| l.starts_with("- Organisation: ")).expect("the section");
    assert!(organisation.contains("parts still to fill in, first: "), "{organisation}");
    assert!(organisation.contains("profile.json:"), "{organisation}");
    let whole = report(&project, &["--all"], None);
    let gaps = project.check().with_code("part-missing").len();
    assert!(gaps > 200);
    assert_eq!(
        whole.matches(", part-missing)").count(),
        gaps + steps(&whole).iter().filter(|s| s.contains("part-missing")).count()
    );
    assert!(whole.lines().count() > 300, "{}", whole.lines().count());
}

#[test]
fn counts_name_an_example_that_is_not_there_yet() {
    let mut project = Project::sample();
    let list =
        project.profile.pointer_mut("/guidelines/responses").and_then(Value::as_array_mut).expect("a list");
    let keep = ["enquiry", "compliment", "complaint_service"];
    list.retain(|r| keep.iter().any(|k| r["circumstance"] == *k));
    let told = report(&project, &[], None);
    let line =
        "- 3 of 4 standard responses. Add one for another circumstance, for example a privacy request.";
    assert!(told.contains(line), "{told}");
    let report = project.check();
    let reasons = report.row("PE4.2")["reasons"].to_string();
    assert!(reasons.contains("add one for another circumstance, for example a privacy request"), "{reasons}");
    assert_eq!(reasons.matches("3 of 4").count(), 1, "each reason once: {reasons}");
    assert!(steps(&told).iter().any(|s| s.contains("Add one for another circumstance")), "{told}");
}

#[test]
fn problems_that_are_alike_are_told_once_and_errors_stand_before_advice() {
    let mut project = Project::sample();
    for action in project.profile["actions"].as_array_mut().expect("actions") {
        action["measure"] = value!("");
        action["priority"] = value!("high");
    }
    let project = project.set("/kpis/0/platform_ids/0", "instagrm");
    let told = report(&project, &[], None);
    let place = |words: &str| told.find(words).unwrap_or_else(|| panic!("nothing says {words}\n{told}"));
    assert!(place("there is no `instagrm`".replace("there", "There").as_str()) < place("ACT-06"), "{told}");
    assert!(place("Advice: it changes no status") < place("ACT-06"), "{told}");
    let mut project = Project::sample();
    for entry in project.profile["calendar"].as_array_mut().expect("a calendar") {
        entry["on"] = value!("2031-01-01");
    }
    let count = project.check().with_code("CAL-01").len();
    let told = report(&project, &[], None);
    assert_eq!(
        told.matches("CAL-01)").count() - steps(&told).iter().filter(|s| s.contains("CAL-01)")).count(),
        1
    );
    assert!(told.contains(&format!("CAL-01) {} more like it.", count - 1)), "{told}");
}

#[test]
fn lines_fit_the_terminal_and_words_come_before_places() {
    for width in [60, 80] {
        let told = report(&Project::half_finished(), &[], Some(&width.to_string()));
        let long: Vec<&str> = told.lines().filter(|l| l.chars().count() > width).collect();
        assert!(long.iter().all(|l| !l.trim().contains(' ')), "longer than {width}: {long:#?}");
    }
    let told = report(&Project::half_finished(), &[], None);
    for line in told.lines().filter(|l| l.starts_with("- ")) {
        assert!(line[2..].starts_with(|c: char| c.is_alphanumeric() || "‘“`".contains(c)), "{line}");
    }
    assert!(!told.contains(['✓', '✗', '◐', '→', '│']), "no sign that has to be seen\n{told}");
}

#[test]
fn excerpts_and_all_requirements_are_there_for_who_wants_them() {
    let project = Project::half_finished();
    let told = report(&project, &["--verbose"], None);
    assert!(
        told.contains("error[RSP-01]")
            && told.contains("  --> profile.json:")
            && told.contains("Coverage of OSM007")
    );
    let requirements =
        json("templates/units/OSM007/unit.json")["requirements"].as_array().expect("a list").len();
    let rows =
        told.lines().filter(|l| ["✓ ", "◐ ", "✗ "].iter().any(|m| l.trim_start().starts_with(m))).count();
    assert_eq!(rows, requirements);
}

#[test]
fn the_result_for_programs_keeps_its_form() {
    let schema = json("schemas/check.schema.json");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let broken =
        Project::sample().set("/kpis/0/platform_ids/0", "instagrm").set("/organisation/headcount", "nine");
    let cases = [
        Project::sample(),
        Project::half_finished(),
        Project::toy(),
        empty(),
        broken,
        Project::sample().set("/unit", "XYZ"),
    ];
    for (i, project) in cases.iter().enumerate() {
        let report = project.check().0;
        let wrong: Vec<String> =
            validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "case {i}: {wrong:#?}");
    }
    let project = Project::sample();
    project.write("profile.json", b"{\"unit\": \"OSM007\",}");
    let stopped = project.command("check").arg("--format").arg("json").run().ends(1).json();
    assert!(validator.is_valid(&stopped), "{stopped}");
    assert!(!validator.is_valid(&value!({ "format": "evipack-check/1" })), "the schema asks for something");
}
