//! What `check` accepts, `build` builds; what it refuses, `build` refuses.

use serde_json::Value;

use crate::support::{Project, Report};

fn top_level(profile: &Value) -> Vec<String> {
    profile.as_object().expect("an object").keys().cloned().collect()
}

fn says(report: &Report, name: &str) -> bool {
    report.0[name].as_bool().expect("yes or no")
}

/// Builds or not, as `check` says; where it says that a pack is possible, the build is real.
fn agrees(project: &Project, what: &str, is_built: bool) {
    let report = project.check();
    let (whole, draft) = (says(&report, "can_be_built"), says(&report, "can_be_built_as_draft"));
    assert!(draft || !whole, "{what}: what can be built can be built as a draft");
    if whole {
        project.build(&[]).ok();
    } else {
        project.build(&[]).ends(1).does_not_say("Written");
        assert!(!project.folder().join("pack.zip").exists(), "{what}: nothing is written");
    }
    if !draft {
        project.build(&["--draft"]).ends(1).does_not_say("Written");
    } else if is_built {
        project.build(&["--draft"]).ok().says("Draft written");
    }
}

#[test]
fn without_any_one_part_check_and_build_agree() {
    let keys = top_level(&Project::sample().profile);
    assert!(keys.len() > 25);
    for (i, key) in keys.iter().enumerate() {
        agrees(&Project::sample().without(&format!("/{key}")), key, i % 5 == 2);
    }
}

#[test]
fn a_profile_with_nothing_but_its_unit_builds_as_a_draft() {
    let mut project = Project::sample();
    let map = project.profile.as_object_mut().expect("an object");
    map.retain(|name, _| name == "unit" || name == "format");
    let report = project.check();
    assert!(!says(&report, "can_be_built"));
    assert!(says(&report, "can_be_built_as_draft"));
    let pack = project.pack(&["--draft"]);
    let printed: String = pack.documents().into_iter().map(|d| pack.printed(d)).collect();
    assert!(printed.matches("Tocomplete").count() > 50, "gaps are marked");
    assert!(printed.contains("DRAFT") || printed.contains("Draft"));
    let totals = &pack.checklist()["totals"];
    assert!(totals["missing"].as_u64().is_some_and(|n| n > 60), "{totals}");
}

#[test]
fn without_draft_every_missing_part_is_listed() {
    let project = Project::half_finished();
    let report = project.check();
    let missing = report.with_code("part-missing");
    assert!(missing.len() > 20);
    let run = project
        .build(&[])
        .ends(1)
        .says(&format!("{} mandatory parts are missing", missing.len()))
        .says("--draft");
    assert_eq!(run.stderr.matches("error[part-missing]").count(), missing.len());
    for problem in missing {
        let message = problem["message"].as_str().expect("a message");
        assert!(run.stderr.contains(message), "{message} is not told");
    }
    assert!(!project.folder().join("pack.zip").exists());
}

#[test]
fn parts_of_the_wrong_kind_never_pass() {
    let sample = Project::sample().profile;
    let wrong = [Value::Null, Value::from(1), Value::from("text"), Value::Array(vec![Value::Null])];
    for (i, key) in top_level(&sample).iter().enumerate() {
        let is_other_kind = |w: &&Value| std::mem::discriminant(*w) != std::mem::discriminant(&sample[key]);
        let wrong = wrong.iter().cycle().skip(i).find(is_other_kind).expect("another kind");
        let report = Project::sample().set(&format!("/{key}"), wrong.clone()).check();
        assert!(!says(&report, "can_be_built"), "{key}: {wrong} is taken");
        assert!(!says(&report, "can_be_built_as_draft"), "{key}: {wrong} is taken for a draft");
    }
}
