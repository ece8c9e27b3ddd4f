//! Downloads of learning platforms: whose submission an entry is.

use evipack::audit::{LearnerReport, Problem, Report};

use crate::support::audit::{audited, told};
use crate::support::toy;
use crate::support::zips::{Entry, Zip};

/// A download with an entry for each name: a pack where the name ends with `.zip`, else a text.
fn download(names: &[&str]) -> Report {
    let entry = |name: &&str| {
        let is_pack = name.to_ascii_lowercase().ends_with(".zip");
        Entry::new(name, if is_pack { &toy().bytes } else { name.as_bytes() })
    };
    audited(&Zip { entries: names.iter().map(entry).collect(), ..Zip::default() }.write())
}

/// Name, id, lateness, number of packs of each learner.
fn learners(report: &Report) -> Vec<(&str, &str, Option<bool>, usize)> {
    report
        .learners
        .iter()
        .map(|l| {
            let id = l.learner.id.as_deref().unwrap_or_default();
            (l.learner.name.as_deref().unwrap_or_default(), id, l.late, l.packs.len())
        })
        .collect()
}

fn layout(report: &Report) -> &str {
    &report.inputs[0].layout
}

fn of<'a>(report: &'a Report, name: &str) -> &'a LearnerReport {
    let found = report.learners.iter().find(|l| l.learner.name.as_deref() == Some(name));
    found.unwrap_or_else(|| panic!("no {name} in {:?}", learners(report)))
}

#[test]
fn moodle_with_folders() {
    for end in ["", "_"] {
        let names = [
            format!("Ana María Ólafsdóttir_1201_assignsubmission_file{end}/pack.zip"),
            format!("Ana María Ólafsdóttir_1201_assignsubmission_file{end}/photos/shop.jpg"),
            format!("Ana María Ólafsdóttir_1201_assignsubmission_onlinetext{end}/onlinetext.html"),
            format!("Bo Li_1202_assignsubmission_file{end}/essay_v2_final.docx"),
            format!("Pip Squeeze_1203_assignsubmission_file{end}/pack.zip"),
        ];
        let report = download(&names.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(layout(&report), "moodle");
        let expected = [
            ("Ana María Ólafsdóttir", "1201", None, 1),
            ("Bo Li", "1202", None, 0),
            ("Pip Squeeze", "1203", None, 1),
        ];
        assert_eq!(learners(&report), expected);
        assert_eq!(of(&report, "Bo Li").problems, [Problem::NotAPack]);
        assert_eq!(of(&report, "Ana María Ólafsdóttir").files.len(), 2);
        let told = told(of(&report, "Pip Squeeze"));
        assert!(!told.iter().any(|t| t.starts_with("learner-differs")), "{told:#?}");
    }
}

#[test]
fn moodle_flat_blind_and_in_teams() {
    let report = download(&[
        "Ana Day_1_assignsubmission_file_pack_v2.zip",
        "Participant_77_assignsubmission_file_pack.zip",
        "Red Group_5_assignsubmission_file_pack.zip",
        "Default group_assignsubmission_file_pack.zip",
        "Ana Day_1_assignsubmission_onlinetext_onlinetext.html",
    ]);
    assert_eq!(layout(&report), "moodle");
    let expected = [
        ("Ana Day", "1", None, 1),
        ("Default group", "", None, 1),
        ("Participant", "77", None, 1),
        ("Red Group", "5", None, 1),
    ];
    assert_eq!(learners(&report), expected);
    assert_eq!(of(&report, "Ana Day").packs[0].source, "pack_v2.zip");
    assert_eq!(of(&report, "Participant").shown_as, "Participant 77", "a hidden name stays hidden");
}

#[test]
fn moodle_before_4_1_puts_a_group_before_the_name() {
    let report = download(&[
        "Group A-Participant_77_assignsubmission_file_/pack.zip",
        "Group A-Participant_78_assignsubmission_file_/_draft.zip",
        "Group A-Ana Participants_79_assignsubmission_file__draft.txt",
    ]);
    let shown: Vec<&str> = report.learners.iter().map(|l| l.shown_as.as_str()).collect();
    assert_eq!(shown, ["Group A-Ana Participants", "Group A-Participant 77", "Group A-Participant 78"]);
    assert_eq!(report.learners[0].files[0].name, "_draft.txt", "the name begins with an underscore");
    assert_eq!(report.learners[2].packs[0].source, "_draft.zip");
}

#[test]
fn moodle_with_a_pack_that_the_learner_unpacked_there() {
    let top = "Pip Squeeze_3_assignsubmission_file/";
    let mut zip = Zip::of([("Bo Li_4_assignsubmission_file/essay.pdf", &b"x"[..])]);
    for (name, bytes) in &toy().files {
        zip = zip.with(Entry::new(&format!("{top}pips-TOY001/{name}"), bytes));
    }
    let report = audited(&zip.write());
    let pip = of(&report, "Pip Squeeze");
    assert!(pip.problems.is_empty(), "{:#?}", told(pip));
    let verdicts = pip.packs[0].verdicts;
    assert_eq!((verdicts.valid, verdicts.original_container), (Some(true), None));
}

#[test]
fn canvas() {
    let report = download(&[
        "squeezepip_501_9001_pack.zip",
        "lateann_LATE_502_9002_pack-1.zip",
        "lateann_LATE_502_9003_notes.pdf",
        "oneillé_503_text.html",
        "linker_504_link.html",
    ]);
    assert_eq!(layout(&report), "canvas");
    let mut got = learners(&report);
    got.sort_by_key(|l| l.1);
    let expected = [
        ("squeezepip", "501", Some(false), 1),
        ("lateann", "502", Some(true), 1),
        ("oneillé", "503", Some(false), 0),
        ("linker", "504", Some(false), 0),
    ];
    assert_eq!(got, expected);
    assert_eq!(report.totals.late, 1);
    let hidden = download(&["anon_aB3x_11_pack.zip", "LATE_anon_cD4y_12_pack.zip"]);
    assert_eq!(learners(&hidden), [("", "aB3x", Some(false), 1), ("", "cD4y", Some(true), 1)]);
    assert_eq!(hidden.learners[0].shown_as, "Participant aB3x");
}

#[test]
fn canvas_leaves_underscores_in_names_and_sometimes_nothing_else() {
    let report = download(&[
        "von_berganna_maria_LATE_507_9009_a_9_8_b.docx",
        "_511_9013_pack.zip",
        "__528_9033_2_draft.pdf",
        "12345_515_9018_LATE_3_4.zip",
        "red_7_522_9026_pack.zip",
        "blue_7_523_9028_pack.zip",
        "李小龍_503_9004_notes.txt",
        "李小龍_503_9005_pack.zip",
    ]);
    assert_eq!(layout(&report), "canvas");
    assert!(report.inputs[0].left_over.is_empty(), "{:?}", report.inputs[0].left_over);
    let mut got = learners(&report);
    got.sort_by_key(|l| (l.1, l.0));
    let expected = [
        ("李小龍", "503", Some(false), 1),
        ("von_berganna_maria", "507", Some(true), 0),
        ("", "511", Some(false), 1),
        ("12345", "515", Some(false), 1),
        ("_", "528", Some(false), 0),
        ("blue", "7", Some(false), 1),
        ("red", "7", Some(false), 1),
    ];
    assert_eq!(got, expected);
    assert_eq!(of(&report, "李小龍").source, "李小龍_503_9005_pack.zip", "the archive stands for all files");
}

#[test]
fn blackboard_counts_the_newest_attempt_and_lists_the_others() {
    let receipt = |name: &str, user: &str| {
        format!("Name: {name} ({user})\nAssignment: Task 2\nDate Submitted: today\n")
    };
    let start = "Task 2_";
    let entry = |name: &str, bytes: &[u8]| Entry::new(&format!("{start}{name}"), bytes);
    let zip = Zip::default()
        .with(entry("s_1_attempt_2026-11-01-09-00-00.txt", receipt("Pip Squeeze", "s_1").as_bytes()))
        .with(entry("s_1_attempt_2026-11-01-09-00-00_old.zip", b"not an archive"))
        .with(entry("s_1_attempt_2026-11-10-09-00-00.txt", receipt("Pip Squeeze", "s_1").as_bytes()))
        .with(entry("s_1_attempt_2026-11-10-09-00-00_my_pack.zip", &toy().bytes))
        .with(entry("t_1_attempt_2026-11-02-10-00-00.txt", receipt("Tan Ng", "t_1").as_bytes()))
        .with(entry("t_1_attempt_2026-11-02-10-00-00_essay.pdf", b"x"));
    let report = audited(&zip.write());
    assert_eq!(layout(&report), "blackboard");
    assert_eq!(learners(&report), [("Pip Squeeze", "s_1", None, 1), ("Tan Ng", "t_1", None, 0)]);
    let pip = of(&report, "Pip Squeeze");
    assert!(pip.problems.is_empty(), "{:#?}", told(pip));
    assert_eq!(pip.packs[0].source, "my_pack.zip");
    let attempts: Vec<_> = pip.attempts.iter().map(|a| (a.when.as_deref(), a.counts)).collect();
    assert_eq!(attempts, [(Some("2026-11-01-09-00-00"), false), (Some("2026-11-10-09-00-00"), true)]);
}

#[test]
fn blackboard_with_numbers_for_names_is_not_canvas() {
    let start = "assessment_task_2_12345_attempt_2026-11-01-09-00-00";
    let report = download(&[&format!("{start}.txt"), &format!("{start}_pack.zip")]);
    assert_eq!(layout(&report), "blackboard");
}

#[test]
fn brightspace() {
    let report = download(&[
        "39786-640693 - Pip Squeeze - Oct 10, 2025 1022 AM/pack.zip",
        "39786-640693 - Pip Squeeze - Oct 9, 2025 942 PM/old.zip",
        "39787-640693 - Mary-Jane O'Neil - Oct 12, 2025 1200 PM/a/b.pdf",
        "index.html",
    ]);
    assert_eq!(layout(&report), "brightspace");
    let pip = of(&report, "Pip Squeeze");
    assert_eq!(pip.attempts.last().expect("one").files, ["pack.zip"]);
    assert_eq!(pip.attempts.len(), 2);
    assert_eq!(of(&report, "Mary-Jane O'Neil").files[0].name, "a/b.pdf");
    assert_eq!(report.inputs[0].left_over, ["index.html"]);
}

#[test]
fn a_download_that_was_packed_again_with_a_folder_around_and_strays_inside() {
    let report = download(&[
        "Task 2/Ana Day_1_assignsubmission_file/pack.zip",
        "Task 2/Bo Li_2_assignsubmission_file/pack.zip",
        "Task 2/.DS_Store",
        "__MACOSX/Task 2/Ana Day_1_assignsubmission_file/._pack.zip",
        "Task 2/Bo Li_2_assignsubmission_file/Thumbs.db",
    ]);
    assert_eq!(layout(&report), "moodle");
    assert_eq!(learners(&report), [("Ana Day", "1", None, 1), ("Bo Li", "2", None, 1)]);
    assert!(report.learners.iter().all(|l| l.files.is_empty()), "strays are nobody's files");
}

#[test]
fn one_folder_or_one_archive_a_learner() {
    let folders =
        download(&["class/ana/pack.zip", "class/bo/essay.pdf", "class/bo/pack.zip", "class/marks.csv"]);
    assert_eq!(layout(&folders), "plain");
    assert_eq!(learners(&folders), [("ana", "", None, 1), ("bo", "", None, 1)]);
    assert_eq!(folders.inputs[0].left_over, ["class/marks.csv"]);
    let archives = download(&["ana.zip", "bo.ZIP"]);
    assert_eq!(
        archives.learners.iter().map(|l| l.source.as_str()).collect::<Vec<_>>(),
        ["ana.zip", "bo.ZIP"]
    );
    let one = download(&["work/one.zip", "work/two.zip"]);
    assert_eq!(one.learners.len(), 2);
}

#[test]
fn the_same_pack_from_two_learners_is_named_with_both() {
    let report = download(&["Ana Day_1_assignsubmission_file/p.zip", "Bo Li_2_assignsubmission_file/q.zip"]);
    for (name, other) in [("Ana Day", "Bo Li"), ("Bo Li", "Ana Day")] {
        let told = told(of(&report, name));
        let wanted = format!("same-pack: : the same pack was handed in by {other}");
        assert!(told.iter().any(|t| t.starts_with(&wanted)), "{told:#?}");
    }
    let files = download(&["Ana_1_assignsubmission_file/a.pdf", "Bo_2_assignsubmission_file/b.pdf"]);
    assert!(!files.learners.iter().flat_map(told).any(|t| t.starts_with("same-file")), "other contents");
}

#[test]
fn one_broken_submission_hides_no_other() {
    let zip = Zip::of([
        ("Ana_1_assignsubmission_file/p.zip", &toy().bytes[..]),
        ("Bo_2_assignsubmission_file/p.zip", &toy().bytes[..500]),
        ("Cy_3_assignsubmission_file/p.zip", b"PK"),
        ("Di_4_assignsubmission_file/p.zip", &toy().bytes[..]),
    ]);
    let mut damaged = zip.clone();
    damaged.entries[0].data.truncate(100);
    let problems =
        |report: &Report| report.learners.iter().map(|l| l.problems.first().copied()).collect::<Vec<_>>();
    use Problem::{Broken, NotAPack};
    assert_eq!(problems(&audited(&zip.write())), [None, Some(Broken), Some(NotAPack), None]);
    assert_eq!(problems(&audited(&damaged.write())), [Some(Broken), Some(Broken), Some(NotAPack), None]);
    damaged.entries[3].local_name = Some(b"something else".to_vec());
    let report = audited(&damaged.write());
    assert_eq!(problems(&report)[3], None, "the download's own faults are the download's");
    assert!(!report.inputs[0].findings.is_empty());
}

#[test]
fn a_pack_does_not_become_a_class_to_hide_that_a_file_is_there_twice() {
    let mut zip = Zip::of([("other-TOY001/bagit.txt", &b"BagIt-Version: 1.0\n"[..])]);
    for (name, bytes) in &toy().files {
        zip = zip.with(Entry::new(&format!("pips-TOY001/{name}"), bytes));
    }
    zip = zip.with(Entry::new("pips-TOY001/index.html", b"another page"));
    let report = audited(&zip.write());
    let problems: Vec<_> = report.learners.iter().map(|l| l.problems[0]).collect();
    assert_eq!(problems, [Problem::Incomplete, Problem::Broken]);
}
