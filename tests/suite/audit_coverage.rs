//! What the pages of a pack hold, and what happens where it claims something else: each change below is
//! made to a good pack whose manifests are mended afterwards, so that nothing but the pages can tell.

use std::collections::{BTreeMap, BTreeSet};

use evipack::audit::{LearnerReport, Problem};
use serde_json::{Value, json};

use crate::support::audit::{looked_into, mended};
use crate::support::{Pack, Project, half_finished, samples, toy};

type Files = BTreeMap<String, Vec<u8>>;

const PLAN: &str = "data/documents/01-plan.pdf";
const EVALUATION: &str = "data/documents/02-evaluation.pdf";
const CHECKLIST: &str = "data/checklist.json";

fn learner(bytes: &[u8]) -> LearnerReport {
    let mut report = looked_into(&[bytes]);
    assert_eq!(report.learners.len(), 1);
    report.learners.remove(0)
}

/// The codes of all findings of a toy pack after a change, with the problems that it has.
fn after(change: impl FnOnce(&mut Files)) -> (BTreeSet<&'static str>, Vec<Problem>, Vec<String>) {
    let mut files = toy().files.clone();
    change(&mut files);
    let learner = learner(&mended(&files));
    let findings: Vec<_> = learner.packs.iter().flat_map(|p| p.findings.clone()).collect();
    let told = findings.iter().map(|f| format!("{}: {:?}: {}", f.code, f.severity, f.message)).collect();
    (findings.iter().map(|f| f.code).collect(), learner.problems, told)
}

/// Expects exactly these findings after a change, and that the pack then contradicts itself.
fn contradicts(what: &str, codes: &[&'static str], says: &str, change: impl FnOnce(&mut Files)) {
    let (found, problems, told) = after(change);
    assert_eq!(found, codes.iter().copied().collect(), "{what}: {told:#?}");
    assert_eq!(problems, [Problem::Contradicts], "{what}: {told:#?}");
    assert!(told.iter().any(|t| t.contains(says)), "{what}: no “{says}” in {told:#?}");
}

fn edit(files: &mut Files, name: &str, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&files[name]).expect("JSON");
    change(&mut value);
    files.insert(name.into(), serde_json::to_vec_pretty(&value).expect("JSON"));
}

/// The row of a requirement in a checklist.
fn row<'a>(checklist: &'a mut Value, id: &str) -> &'a mut Value {
    let rows = checklist["rows"].as_array_mut().expect("rows");
    rows.iter_mut().find(|r| r["id"] == id).expect("a row")
}

/// Replaces bytes in a file by as many others.
fn replace(files: &mut Files, name: &str, (old, new): (&str, &str)) {
    assert_eq!(old.len(), new.len());
    let bytes = files.get_mut(name).expect("a file");
    let at = bytes.windows(old.len()).position(|w| w == old.as_bytes()).unwrap_or_else(|| panic!("no {old}"));
    bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
}

/// All that the checklist claims was found, and nothing else.
fn is_found(name: &str, pack: &Pack) {
    let learner = learner(&pack.bytes);
    let findings = learner.packs[0].findings.iter().filter(|f| f.code != "draft");
    let told: Vec<&String> = findings.map(|f| &f.message).collect();
    assert!(learner.problems.is_empty() && told.is_empty(), "{name}: {told:#?}");
    let coverage = learner.packs[0].coverage.as_ref().expect("a coverage");
    let found = serde_json::to_value(coverage).expect("JSON");
    let claimed = pack.checklist();
    assert_eq!(found["totals"], claimed["totals"], "{name}");
    let mut places = 0;
    for (found, claimed) in
        found["rows"].as_array().expect("rows").iter().zip(claimed["rows"].as_array().expect("rows"))
    {
        assert_eq!((&found["id"], &found["status"]), (&claimed["id"], &claimed["status"]), "{name}");
        let claimed = claimed["evidence"].as_array().expect("places");
        let there = found["places"].as_array().expect("places");
        assert_eq!(there.len(), claimed.len(), "{name}: {found}");
        for (there, claimed) in there.iter().zip(claimed) {
            for key in ["document", "file", "section", "page", "submission_page"] {
                assert_eq!(there[key], claimed[key], "{name}: {found}");
            }
            places += 1;
        }
    }
    assert!(places > 5, "{name}: {places} places");
}

#[test]
fn an_unchanged_pack_shows_what_it_claims() {
    is_found("toy", toy());
    is_found("a draft", half_finished());
    for (name, pack) in samples() {
        is_found(name, pack);
    }
}

#[test]
fn a_mended_pack_is_a_good_one() {
    let (found, problems, told) = after(|_| {});
    assert!(found.is_empty() && problems.is_empty(), "{told:#?}");
}

#[test]
fn documents_that_are_gone_or_exchanged_are_noticed() {
    let codes = ["checklist-disagrees", "document-missing"];
    contradicts("no evaluation", &codes, "that file is not there", |files| {
        files.remove(EVALUATION);
    });
    contradicts("exchanged", &["checklist-disagrees"], "those words stand on page", |files| {
        let plan = files.insert(PLAN.into(), files[EVALUATION].clone()).expect("a plan");
        files.insert(EVALUATION.into(), plan);
    });
    contradicts("no PDF", &["checklist-disagrees", "pdf-foreign"], "not a PDF as evipack", |files| {
        files.insert(PLAN.into(), b"%PDF-1.7 and nothing more".to_vec());
    });
    let codes = ["attached-differs", "checklist-disagrees"];
    contradicts("another submission", &codes, "the submission does not show it", |files| {
        files.insert("data/submission.pdf".into(), files[PLAN].clone());
    });
}

#[test]
fn marks_headings_and_words_that_are_gone_are_noticed() {
    let codes = ["checklist-disagrees"];
    let id = first_requirement();
    contradicts("no mark", &codes, "no evidence for it is marked", |files| {
        let (old, new) = (format!("({id}:1)"), format!("({}:1)", "X".repeat(id.len())));
        replace(files, PLAN, (&old, &new));
    });
    contradicts("another heading", &codes, "no evidence for it is marked", |files| {
        let section = first_section();
        replace(
            files,
            PLAN,
            (&format!("Title({section})"), &format!("Title({})", "X".repeat(section.len()))),
        );
    });
    contradicts("empty pages", &codes, "no evidence for it is marked", |files| {
        while files[PLAN].windows(10).any(|w| w == b"/Contents ") {
            replace(files, PLAN, ("/Contents ", "/Contentz "));
        }
    });
}

fn first_place() -> (String, Value) {
    let pack = toy();
    let checklist = pack.checklist();
    let rows = checklist["rows"].as_array().expect("rows").clone();
    let place = |r: &Value| Some((r["id"].as_str()?.to_owned(), r["evidence"].get(0)?.clone()));
    let in_plan =
        |(_, place): &(String, Value)| format!("data/{}", place["file"].as_str().expect("a file")) == PLAN;
    rows.iter().filter_map(place).find(in_plan).expect("evidence in the plan")
}

fn first_requirement() -> String {
    first_place().0
}

fn first_section() -> String {
    first_place().1["section"].as_str().expect("a section").to_owned()
}

#[test]
fn a_forged_checklist_is_noticed() {
    let codes = ["attached-differs", "checklist-disagrees"];
    let id = first_requirement();
    contradicts("a page", &codes, "that section begins on page 1", |files| {
        edit(files, CHECKLIST, |c| row(c, &id)["evidence"][0]["page"] = json!(2));
    });
    contradicts(
        "a page of the submission",
        &codes,
        "in the submission that section begins on page",
        |files| {
            edit(files, CHECKLIST, |c| row(c, &id)["evidence"][0]["submission_page"] = json!(1));
        },
    );
    contradicts("a section", &codes, "no evidence for it is marked there", |files| {
        edit(files, CHECKLIST, |c| row(c, &id)["evidence"][0]["section"] = json!("9 Made up"));
    });
    contradicts("sums", &["attached-differs", "totals-disagree"], "its sums", |files| {
        edit(files, CHECKLIST, |c| c["totals"]["met"] = json!(99));
    });
    contradicts("no list", &["attached-differs", "checklist-unreadable"], "cannot be read", |files| {
        files.insert(CHECKLIST.into(), b"[]".to_vec());
    });
    contradicts("a smaller claim", &codes, "it says “missing”", |files| {
        edit(files, CHECKLIST, |c| row(c, &id)["status"] = json!("missing"));
    });
    contradicts("other thresholds", &["attached-differs", "judged-otherwise"], "set strict", |files| {
        edit(files, CHECKLIST, |c| {
            row(c, &id)["status"] = json!("missing");
            c["thresholds"]["set"] = json!("strict");
        });
    });
}

#[test]
fn a_status_that_the_profile_does_not_bear_is_noticed() {
    let pack = Project::toy().without("/stand/recipe/steps/2").pack(&[]);
    let honest = learner(&pack.bytes);
    assert!(honest.packs[0].findings.is_empty(), "{:#?}", honest.packs[0].findings);
    let mut files = pack.files.clone();
    edit(&mut files, CHECKLIST, |c| row(c, "PC1.1")["status"] = json!("met"));
    let forged = learner(&mended(&files));
    let told: Vec<&String> = forged.packs[0].findings.iter().map(|f| &f.message).collect();
    assert_eq!(forged.problems, [Problem::Contradicts], "{told:#?}");
    let says = "PC1.1: it says “met”, and what is there makes it “partly met”: 2 of 3 recipe steps";
    assert!(told.iter().any(|t| t.starts_with(says)), "{told:#?}");
}

#[test]
fn a_profile_that_no_pack_is_made_of_is_noticed() {
    let codes = ["attached-differs", "profile-refused"];
    let (found, _, told) = after(|files| {
        edit(files, "data/profile.json", |p| p["stand"]["surprise"] = json!(true));
    });
    assert_eq!(found, codes.into_iter().collect(), "{told:#?}");
}

#[test]
fn packs_of_other_versions_and_units_are_not_accused() {
    let (found, problems, told) = after(|files| {
        let info = String::from_utf8(files["bag-info.txt"].clone()).expect("text");
        let other = info.replace(concat!("evipack ", env!("CARGO_PKG_VERSION")), "evipack 0.0.1");
        files.insert("bag-info.txt".into(), other.into_bytes());
        let plan = Project::toy().without("/stand/recipe/steps/2");
        files.insert("data/profile.json".into(), serde_json::to_vec(&plan.profile).expect("JSON"));
    });
    assert_eq!(found, ["attached-differs", "judged-otherwise", "other-version"].into(), "{told:#?}");
    assert_eq!(problems, [Problem::Contradicts], "the profile is not the one that was attached");
}

#[test]
fn the_class_knows_what_is_missed_most() {
    let short = Project::toy().without("/stand/recipe/steps/2").pack(&[]);
    let report = looked_into(&[&toy().bytes, &short.bytes, &short.bytes]);
    assert_eq!(report.units.len(), 1);
    assert_eq!(report.units[0].code, "TOY001");
    let first = &report.missed[0];
    assert_eq!((first.requirement.as_str(), first.missing, first.partly_met, first.of), ("PC1.1", 0, 2, 3));
    let (reason, times) = first.reason.clone().expect("a reason");
    assert!(reason.starts_with("2 of 3 recipe steps") && times == 2, "{reason}");
    let schema = crate::support::json("schemas/audit.schema.json");
    let value = serde_json::to_value(&report).expect("JSON");
    let problems: Vec<String> = jsonschema::validator_for(&schema)
        .expect("a schema")
        .iter_errors(&value)
        .map(|e| e.to_string())
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}
