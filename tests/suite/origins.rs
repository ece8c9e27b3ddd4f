//! Who wrote the words: learner, case, computed, template.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Pack, Project, half_finished, sample, toy};

/// Words by origin of each document.
fn words(pack: &Pack) -> BTreeMap<String, BTreeMap<String, i64>> {
    let checklist = pack.checklist();
    let of = |document: &Value| {
        let names = ["words", "learner", "case", "computed", "template"];
        let count =
            |name: &str| (name.to_owned(), document[name].as_i64().unwrap_or_else(|| panic!("no {name}")));
        (document["document"].as_str().expect("an id").to_owned(), names.into_iter().map(count).collect())
    };
    checklist["documents"].as_array().expect("documents").iter().map(of).collect()
}

#[test]
fn one_word_more_is_one_learners_word_more_where_it_is_printed() {
    let project = Project::sample();
    let old = project.profile["guidelines"]["responses"][0]["next_step"].as_str().expect("text").to_owned();
    let project = project.set("/guidelines/responses/0/next_step", format!("{old} Promptly"));
    let pack = project.pack(&[]);
    assert!(pack.bytes != sample().bytes, "another profile gives another pack");
    let (before, after) = (words(sample()), words(&pack));
    let mut grown = Vec::new();
    for (id, old) in &before {
        // The checklist prints these very numbers, so its own words are left out.
        if id == "D19" {
            continue;
        }
        let new = &after[id];
        for origin in ["case", "computed", "template"] {
            assert_eq!(new[origin], old[origin], "{id}: {origin}");
        }
        match new["learner"] - old["learner"] {
            0 => {}
            1 => grown.push(id.as_str()),
            other => panic!("{id} has {other} learner's words more"),
        }
    }
    assert_eq!(grown, ["D04"]);
    assert!(pack.printed(pack.document("04-")).contains("Promptly"));
}

#[test]
fn what_came_with_the_case_is_not_the_learners() {
    let project = Project::sample();
    let mut supplied = project.profile["case"]["supplied"].as_array().expect("a list").clone();
    supplied.push("/guidelines".into());
    let pack = project.set("/case/supplied", supplied).pack(&[]);
    let (before, after) = (words(sample()), words(&pack));
    let (old, new) = (&before["D04"], &after["D04"]);
    assert!(new["case"] > old["case"] + 1000, "{new:?} after {old:?}");
    assert_eq!(new["case"] + new["learner"], old["case"] + old["learner"], "the words are the same");
    assert_eq!((new["computed"], new["template"]), (old["computed"], old["template"]));
}

#[test]
fn the_parts_add_up_and_every_document_is_counted() {
    for pack in [sample(), half_finished(), toy()] {
        let words = words(pack);
        for (id, count) in &words {
            let parts: i64 = ["learner", "case", "computed", "template"].iter().map(|o| count[*o]).sum();
            assert_eq!(parts, count["words"], "{id}");
            assert!(count["words"] > 30, "{id} has words");
        }
        let checklists = pack.documents().len() - words.len();
        assert!(checklists <= 1, "{} documents are counted of {}", words.len(), pack.documents().len());
    }
    let learner: i64 = words(sample()).values().map(|w| w["learner"]).sum();
    assert!(learner > 15_000, "the sample is written by its learner: {learner} words");
}
