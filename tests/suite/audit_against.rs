//! What changed since an earlier hand-in, and who of the class list handed in nothing.

use std::fs;

use evipack::audit::{
    Aside, Change, Desk, Earlier, Input, Layouts, Limits, MatchedBy, Opened, Options, Report, Roster, audit,
};
use evipack::catalog::Catalog;
use evipack::trace::Status::{Met, Missing, PartlyMet};
use serde_json::json;

use crate::support::audit::{audited, small, told};
use crate::support::covered::cover;
use crate::support::zips::{Entry, Zip};
use crate::support::{Evipack, toy};

/// A download with the pack of a learner under each name.
fn download(names: &[(&str, &str)]) -> Vec<u8> {
    let entries = names.iter().map(|(name, learner)| Entry::new(name, &small(learner).zip())).collect();
    Zip { entries, ..Zip::default() }.write()
}

/// Where nothing is lent to put things aside, they stay in memory.
fn memory() -> Aside {
    Aside::default()
}

fn class(names: &[(&str, &str)]) -> Report {
    audited(&download(names))
}

#[test]
fn requirements_are_closed_still_open_weakened_or_new() {
    let moodle = |n: &str| format!("{n}_assignsubmission_file/pack.zip");
    let (ana, bo, cy) = (moodle("Ana_1"), moodle("Bo_2"), moodle("Cy_3"));
    let mut before = class(&[(&ana, "Ana"), (&bo, "Bo")]);
    let then = [("A", Missing), ("B", PartlyMet), ("C", PartlyMet), ("D", Met), ("E", Met), ("F", Missing)];
    cover(&mut before.learners[0].packs[0], &then);
    let mut now = class(&[(&ana, "Ana"), (&cy, "Cy")]);
    let later = [
        ("A", Met),
        ("B", PartlyMet),
        ("C", Missing),
        ("D", Missing),
        ("E", Met),
        ("F", PartlyMet),
        ("G", Missing),
    ];
    cover(&mut now.learners[0].packs[0], &later);
    let in_json = serde_json::to_vec(&before).expect("JSON");
    for earlier in [Earlier::of(&before, &memory()), Earlier::read(&*in_json, &memory()).expect("a report")] {
        now.compare("then.zip", &earlier);
        let changes = now.learners[0].changes.as_ref().expect("an earlier hand-in");
        assert_eq!(changes.matched_by, MatchedBy::Id);
        let rows = changes.rows.as_ref().expect("rows").get();
        let got: Vec<_> = rows.iter().map(|r| (r.id.as_str(), r.change)).collect();
        use Change::{Closed, New, StillOpen, Weakened};
        let expected =
            [("D", New), ("G", New), ("C", Weakened), ("B", StillOpen), ("F", StillOpen), ("A", Closed)];
        assert_eq!(got, expected);
        assert_eq!((rows[0].places_before[0].page, rows[0].places[0].page), (4, 4));
        assert_eq!((changes.totals.new, changes.totals.weakened), (2, 1));
        assert_eq!((changes.totals.still_open, changes.totals.closed), (2, 1));
        assert!(now.learners[1].changes.is_none(), "Cy is new");
        assert_eq!(now.against.as_ref().expect("asked for").not_again, ["Bo"]);
    }
}

#[test]
fn pairs_have_the_same_id_the_same_name_inside_or_the_same_file() {
    let by = |then: &[(&str, &str)], now: &[(&str, &str)]| {
        let mut report = class(now);
        report.compare("x", &Earlier::of(&class(then), &memory()));
        let by = |l: &evipack::audit::LearnerReport| l.changes.as_ref().map(|c| c.matched_by);
        report.learners.iter().map(by).collect::<Vec<_>>()
    };
    let moodle = [("Ana_1_assignsubmission_file/p.zip", "Ana"), ("Bo_2_assignsubmission_file/p.zip", "Bo")];
    let folders = [("x/p.zip", "Bo"), ("y/p.zip", "Cy")];
    assert_eq!(by(&moodle, &moodle), [Some(MatchedBy::Id); 2]);
    assert_eq!(
        by(&moodle, &folders),
        [Some(MatchedBy::Name), None],
        "all ids inside are the same and prove nothing"
    );
    let renamed = [("x/p.zip", "Dan"), ("z/p.zip", "Eve")];
    assert_eq!(by(&folders, &renamed), [Some(MatchedBy::File), None]);
    let twins = [("x/p.zip", "Bo"), ("q/p.zip", "Bo")];
    assert_eq!(
        by(&folders, &twins),
        [None, Some(MatchedBy::File)],
        "two who are called Bo are not told apart by it"
    );
}

#[test]
fn documents_are_compared_by_their_digests() {
    let mut now = audited(&toy().bytes);
    assert!(now.learners[0].packs[0].documents.get().len() > 2);
    let mut before = audited(&toy().bytes);
    let mut documents = before.learners[0].packs[0].documents.get();
    let names: Vec<String> = documents.keys().cloned().collect();
    documents.remove(&names[0]);
    documents.insert(names[1].clone(), "0".repeat(64));
    documents.insert("documents/99-gone.pdf".into(), "0".repeat(64));
    before.learners[0].packs[0].documents = documents.into();
    now.compare("x", &Earlier::of(&before, &memory()));
    let changes = now.learners[0].changes.as_ref().expect("a pair");
    assert_eq!(changes.same_pack, Some(true), "the ids were left alone");
    let documents = changes.documents.as_ref().expect("digests");
    assert_eq!(documents.changed, [names[1].clone()]);
    assert_eq!(documents.added, [names[0].clone()]);
    assert_eq!(documents.removed, ["documents/99-gone.pdf"]);
}

#[test]
fn what_is_no_report_is_no_earlier_hand_in() {
    let good = r#"{ "learners": [], "new": { "of": [1] }, "format": "evipack-audit/1" }"#;
    let read = |text: &str| Earlier::read(text.as_bytes(), &memory()).map(drop);
    assert_eq!(read(good), Ok(()));
    for (text, why) in [
        ("x", "it is not JSON"),
        (&good[..20], "it is not JSON"),
        (&format!("{good} x"), "it is not JSON"),
        ("{}", "it is not a report of"),
        (&good.replace("audit/1", "audit/9"), "it is not a report of"),
        (&good.replace("[]", "[1]"), "it is not a whole report of"),
        (&good.replace("[]", "7"), "it is not a whole report of"),
        ("[]", "it is not a whole report of"),
    ] {
        let told = read(text).expect_err(text);
        assert!(told.starts_with(why), "{text}: {told}");
    }
}

/// Audits a download with a class list.
fn with_list(bytes: &[u8], list: &str) -> Report {
    static NEVER: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    let layouts = Layouts::load(&Catalog::embedded()).expect("layouts");
    let roster = Roster::read(list.as_bytes()).expect("a list");
    let desk = Desk::new(Limits::default(), false, &NEVER).with_roster(Some(&roster));
    let open = || Ok(Opened::File(Box::new(bytes.to_vec())));
    let input = Input { name: "class.zip".into(), open: Box::new(open) };
    audit(&[input], &Options { layouts: &layouts, desk: &desk, progress: &|_, _| {} })
}

fn absent(report: &Report) -> Vec<&str> {
    report.absent.as_ref().expect("a list was given").iter().map(|e| e.shown()).collect()
}

#[test]
fn the_class_list_names_who_is_absent_and_who_is_not_on_it() {
    let bytes = download(&[
        ("dayana_501_9001_pack.zip", "Ana Day"),
        ("libo_502_9002_pack.zip", "B. Li"),
        ("strangertom_599_9003_pack.zip", "Tom"),
    ]);
    let list = "Name;Student ID;Username;Email\nAna Day;501;;\n\"Li, Bo\";7;bo;\nCy Ng;503;cy;cy@x.example\n";
    let report = with_list(&bytes, list);
    assert_eq!(absent(&report), ["Cy Ng"]);
    let shown: Vec<&str> = report.learners.iter().map(|l| l.shown_as.as_str()).collect();
    assert!(shown.contains(&"Ana Day") && shown.contains(&"Li, Bo"), "{shown:?}");
    let off: Vec<_> =
        report.learners.iter().filter(|l| told(l).iter().any(|t| t.starts_with("not-on-roster"))).collect();
    assert_eq!(off.len(), 1);
    assert_eq!(off[0].learner.id.as_deref(), Some("599"));
}

#[test]
fn user_names_with_an_underscore_need_the_list() {
    let bytes = download(&[
        ("Task 2_s_1_attempt_2026-11-10-09-00-00_pack.zip", "x"),
        ("Task 2_mary_jane_1_attempt_2026-11-10-09-00-00_pack.zip", "y"),
        ("Task 2_1_attempt_2026-11-10-09-00-00_pack.zip", "z"),
    ]);
    let report =
        with_list(&bytes, "name,username\nSam One,s_1\nMary Jane,mary_jane_1\nOnly One,1\nNo Show,n_1\n");
    let mut ids: Vec<_> = report
        .learners
        .iter()
        .map(|l| (l.shown_as.as_str(), l.learner.id.as_deref().unwrap_or_default()))
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, [("Mary Jane", "mary_jane_1"), ("Only One", "1"), ("Sam One", "s_1")]);
    assert_eq!(absent(&report), ["No Show"]);
}

#[test]
fn hidden_names_stay_hidden() {
    let bytes = download(&[
        ("Participant_77_assignsubmission_file/pack.zip", "Ana Day"),
        ("Participant_78_assignsubmission_file/pack.zip", "Somebody Else"),
    ]);
    let report = with_list(&bytes, "name,id\nAna Day,77\nBo Li,502\n");
    assert!(report.learners.iter().all(|l| l.shown_as.starts_with("Participant ")), "{:#?}", report.learners);
    assert!(!report.learners.iter().any(|l| told(l).iter().any(|t| t.starts_with("not-on-roster"))));
}

#[test]
fn the_program_compares_and_lists_and_its_json_fits_the_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("written");
    write("old.zip", &toy().bytes);
    write("new.zip", &toy().bytes);
    write("list.csv", b"name,id\nPip Squeeze,L-1\nEvil \x1b[2J,9\n");
    write("bad.csv", b"a,b\n1,2\n");
    let run = |args: &[&str]| Evipack::new(["audit"].iter().chain(args)).within(folder.path()).run();
    run(&["old.zip", "--json", "old.json"]).ends(0);
    let human = run(&["new.zip", "--against", "old.json", "--roster", "list.csv"]).ends(0);
    human.says("the very same pack").says("Handed in nothing (1): Evil");
    let json =
        run(&["new.zip", "--against", "old.zip", "--roster", "list.csv", "--format", "json"]).ends(0).json();
    assert_eq!(json["learners"][0]["changes"]["same_pack"], true);
    assert_eq!(json["absent"][0]["id"], "9");
    assert_eq!(json["against"], json!({ "path": "old.zip", "not_again": [] }));
    let schema = crate::support::json("schemas/audit.schema.json");
    jsonschema::validate(&schema, &json).unwrap_or_else(|e| panic!("{e} at {}", e.instance_path()));
    run(&["new.zip", "--against", "none.json"]).ends(3).says("cannot be compared with");
    run(&["new.zip", "--against", "list.csv"]).ends(0);
    run(&["new.zip", "--roster", "bad.csv"]).ends(1).says("no column is called name, id or username");
    run(&["new.zip", "--roster", "none.csv"]).ends(3);
}
