//! The way back into the learning platform: worksheets and archives of feedback files.

use std::fs;
use std::io::{Cursor, Read};

use evipack::audit::{
    FeedbackArchive, FeedbackFile, Finding, Problem, Report, check_worksheet, fill_worksheet, is_complete,
    letter,
};
use evipack::diag::Severity;
use evipack::trace::Status::{Met, Missing, PartlyMet};

use crate::support::audit::{audited, small};
use crate::support::covered::cover;
use crate::support::zips::{Entry, Zip};
use crate::support::{Evipack, Run};

/// The worksheet as Moodle writes it, with quotes of both kinds, two line ends, a date and a mark.
pub(crate) const SHEET: &str = "\u{FEFF}Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum Grade\",\"Grade can be changed\",\"Last modified (submission)\",\"Last modified (grade)\",\"Feedback comments\"\r\n\
\"Participant 1201\",\"Ana \"\"A\"\" Day\",ana@x.example,\"Submitted for grading\",,\"100.00\",Yes,\"Friday, 20 November 2026, 9:00 AM\",-,\r\n\
\"Participant 1202\",\"Bo Li\",=cmd,\"Submitted for grading\",-,\"100.00\",Yes,\"Friday, 20 November 2026, 9:00 AM\",-,\"\"\n\
\"Participant 1203\",\"Cy Ng\",,\"Submitted for grading\",55,\"100.00\",Yes,-,-,\"Seen by me\"\r\n\
\"Participant 1204\",\"Di Ox\",,\"No submission\",,\"100.00\",No,-,-,\r\n";

fn named(names: &[&str]) -> Report {
    let entries = names
        .iter()
        .map(|name| Entry::new(name, &small(name.split('_').next().unwrap_or_default()).zip()))
        .collect();
    audited(&Zip { entries, ..Zip::default() }.write())
}

/// Ana is complete, Bo lacks something, Cy and Di are complete, Eve is in no worksheet.
pub(crate) fn class() -> Report {
    let entry = |name: &str, id: u32| format!("{name}_{id}_assignsubmission_file/pack.zip");
    let all = [("Ana A Day", 1201), ("Bo Li", 1202), ("Cy Ng", 1203), ("Di Ox", 1204), ("Eve Pax", 1299)];
    let names: Vec<String> = all.iter().map(|(name, id)| entry(name, *id)).collect();
    let mut report = named(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for learner in &mut report.learners {
        assert!(learner.problems.is_empty(), "{:#?}", learner.packs);
        let is_bo = learner.shown_as == "Bo Li";
        let second = if is_bo { PartlyMet } else { Met };
        cover(
            &mut learner.packs[0],
            &[("PC1", Met), ("PC2", second), ("PC3", if is_bo { Missing } else { Met })],
        );
    }
    report
}

#[test]
fn a_worksheet_gets_feedback_and_keeps_every_other_byte() {
    let report = class();
    let sheet = fill_worksheet(SHEET.as_bytes(), &report, None).expect("a worksheet");
    assert_eq!((sheet.feedback, sheet.graded), (3, 0));
    let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(SHEET), lines(&sheet.text));
    assert_eq!(new.len(), old.len());
    assert_eq!(new[0], old[0], "headers");
    assert_eq!(new[3], old[3], "a row with feedback of the trainer's own");
    for (row, end) in [(1, "\r\n"), (2, "\"\"\n"), (4, "\r\n")] {
        let before = old[row].strip_suffix(end).expect("the last cell is empty");
        let after = new[row].strip_prefix(before).expect("everything before the feedback stays");
        assert!(
            after.starts_with("\"<p>Thank you") && after.ends_with(end.trim_start_matches('"')),
            "{after}"
        );
    }
    let bo = &new[2];
    for part in [
        "PC2 – partly there: PC2 needs &lt;more&gt; &amp; “better”",
        "01-plan.pdf, page 3",
        "2 are still open",
    ] {
        assert!(bo.contains(part), "{part}: {bo}");
    }
    assert!(!bo.contains("PC1 "), "what is met is not listed");
    let codes: Vec<_> = sheet.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["worksheet-no-row", "worksheet-feedback-there"]);
    assert!(sheet.findings[0].message.starts_with("Eve Pax (1299)"), "{}", sheet.findings[0].message);
}

#[test]
fn a_grade_is_only_written_for_packs_without_a_gap() {
    let mut report = class();
    let sheet = fill_worksheet(SHEET.as_bytes(), &report, Some("100")).expect("a worksheet");
    let row = |nth: usize| sheet.text.lines().nth(nth).expect("a row").to_owned();
    assert_eq!(sheet.graded, 1);
    assert!(row(1).contains("grading\",\"100\",\"100.00\""), "{}", row(1));
    assert!(row(2).contains("grading\",-,\"100.00\""), "Bo’s pack has gaps: {}", row(2));
    assert!(row(3).contains("grading\",55,\"100.00\""), "a grade that is there stays: {}", row(3));
    assert!(row(4).contains("submission\",,\"100.00\""), "a grade that is fixed stays: {}", row(4));
    let codes: Vec<_> = sheet.findings.iter().map(|f| f.code).collect();
    assert!(
        codes.contains(&"worksheet-grade-there") && codes.contains(&"worksheet-grade-fixed"),
        "{codes:?}"
    );
    assert!(is_complete(&report, &report.learners[0]));
    let ana = &mut report.learners[0];
    ana.packs[0].coverage = None;
    assert!(!is_complete(&report, &report.learners[0]), "pages that were not looked at are no evidence");
    assert!(letter(&report, &report.learners[0]).iter().all(|l| !l.contains("competen")));
    let pack = &mut report.learners[0].packs[0];
    pack.problems = vec![Problem::Contradicts];
    let contradiction = Finding {
        code: "checklist-disagrees",
        severity: Severity::Error,
        problem: Some(Problem::Contradicts),
        file: Some("data/checklist.json".into()),
        message: "PC1: it claims more".into(),
        hint: None,
    };
    pack.findings = vec![contradiction; 40];
    let told = letter(&report, &report.learners[0]).join("\n");
    assert!(told.contains("says more than its pages show") && !told.contains("it claims more"), "{told}");
    assert!(!told.contains("unchanged"), "{told}");
    let pack = &mut report.learners[0].packs[0];
    let text = "the files below `data/` are not all there".into();
    pack.findings[0] =
        Finding { problem: Some(Problem::Incomplete), message: text, ..pack.findings[0].clone() };
    let told = letter(&report, &report.learners[0]).join("\n");
    assert!(told.contains("– data/checklist.json: the files below “data/” are not all there"), "{told}");
}

#[test]
fn nobody_is_guessed() {
    let twice = ["Ana Day_1_assignsubmission_file/p.zip", "Ana Day_2_assignsubmission_file/p.zip"];
    let report = named(&twice);
    let sheet = |rows: &str| format!("Identifier,Full name,Feedback comments\n{rows}");
    let filled = |report: &Report, rows: &str| {
        let sheet = fill_worksheet(sheet(rows).as_bytes(), report, None).expect("a worksheet");
        (sheet.feedback, sheet.findings.iter().map(|f| f.code).collect::<Vec<_>>())
    };
    // Another number is another person, even with the same name.
    assert_eq!(filled(&report, "Participant 9,Ana Day,\n"), (0, vec!["worksheet-no-row"; 2]));
    assert_eq!(filled(&report, "Participant 1,Ana Day,\nParticipant 1,Ana Day,\n").0, 0);
    // A team without a number is found by a name that only one row has, and that is said.
    let team =
        named(&["Default group_assignsubmission_file_pack.zip", "Bo_7_assignsubmission_file_pack.zip"]);
    let rows = "Participant 7,Bo,\nParticipant 8,Default group,\n";
    assert_eq!(filled(&team, rows), (2, vec!["worksheet-by-name"]));
    let two = "Participant 8,Default group,\nParticipant 9,Default group,\n";
    assert_eq!(filled(&team, two), (0, vec!["worksheet-no-row", "worksheet-rows"]));
    // Hand-ins of other platforms have other numbers.
    let canvas = named(&["bo_1_9_pack.zip", "ana_2_8_pack.zip"]);
    assert_eq!(filled(&canvas, "Participant 1,Bo,\n").0, 0);
}

#[test]
fn the_number_of_a_team_is_nobody_elses() {
    // Moodle numbers teams and learners apart: here the red team has Zoë's number.
    let report = named(&[
        "Smith amp; Sons_7_assignsubmission_file/p.zip",
        "Red Team_8_assignsubmission_file/p.zip",
        "Default group_assignsubmission_file/p.zip",
    ]);
    let rows = "Participant 6,Ana Day,Smith &amp; Sons,\nParticipant 7,Bo Li,Red_Team,\n\
                Participant 8,Zoë Ox,Default group,\nParticipant 9,Cy Ng,Red_Team,\nParticipant 10,Di,None,\n";
    let sheet = format!("Identifier,Full name,Group,Feedback comments\n{rows}");
    let filled = fill_worksheet(sheet.as_bytes(), &report, None).expect("a worksheet");
    let told: Vec<&str> = filled.text.lines().skip(1).collect();
    assert_eq!((filled.feedback, filled.findings.len()), (4, 0), "{:#?}", filled.findings);
    let got: Vec<bool> = told.iter().map(|row| row.contains("Thank you")).collect();
    assert_eq!(got, [true, true, true, true, false]);

    // Without a column for teams, the names show that the number means somebody else.
    let sheet = "Identifier,Full name,Feedback comments\nParticipant 7,Bo Li,\nParticipant 8,Zoë Ox,\n";
    let filled = fill_worksheet(sheet.as_bytes(), &report, None).expect("a worksheet");
    let codes: Vec<_> = filled.findings.iter().map(|f| f.code).collect();
    assert_eq!((filled.text.as_str(), codes.len()), (sheet, 3));
    assert_eq!(codes.iter().filter(|c| **c == "worksheet-other-name").count(), 2, "{codes:?}");
    // Teams without names: a number alone says nothing.
    let blind = "Identifier,Group,Feedback comments\nParticipant 8,Blue,\n";
    assert_eq!(fill_worksheet(blind.as_bytes(), &report, None).expect("a worksheet").feedback, 0);
}

#[test]
fn a_name_may_be_written_in_another_way() {
    let report = named(&[
        "Group A-OHara Zoe\u{308}_1_assignsubmission_file_/p.zip",
        "Group A-Participant_2_assignsubmission_file_/p.zip",
        "..._3_assignsubmission_file_/p.zip",
    ]);
    let sheet = "Identifier,Full name,Feedback comments\n\
                 Participant 1,\"O'Hara Zoë\",\nParticipant 2,Bo Li,\nParticipant 3,...,\n";
    let filled = fill_worksheet(sheet.as_bytes(), &report, None).expect("a worksheet");
    assert_eq!((filled.feedback, filled.findings.len()), (3, 0), "{:#?}", filled.findings);
}

#[test]
fn a_grade_that_moodle_would_not_take_is_refused() {
    let why = |grades: &str, row: &str, grade: &str| {
        let sheet = format!("Identifier,{grades},Feedback comments\nParticipant 1201,{row},\n");
        check_worksheet(sheet.as_bytes(), Some(grade)).err().map(|(why, hint)| format!("{why}; {hint}"))
    };
    let scale = |grade| why("Grade,Scale", ",\"Not yet\n Satisfactory\"", grade);
    assert_eq!(scale("Satisfactory"), None);
    let told = scale("satisfactory").expect("refused");
    assert!(told.contains("no grade “satisfactory”") && told.contains("Not yet, Satisfactory"), "{told}");
    let points = |grade| why("Grade,Maximum grade", ",100.00", grade);
    assert_eq!((points("100"), points("0.5")), (None, None));
    for grade in ["Satisfactory", "100.5", "87,5", "1e1", "inf", "."] {
        assert!(points(grade).is_some_and(|t| t.contains("up to 100.00")), "{grade}");
    }
    assert!(why("Grade,Status", ",x", "1").is_some_and(|t| t.contains("leave --grade out")));
}

#[test]
fn files_that_are_no_worksheet_say_why() {
    let report = class();
    let why = |bytes: &[u8]| fill_worksheet(bytes, &report, Some("1")).expect_err("a reason");
    let canvas = "Student,ID,SIS User ID,SIS Login ID,Section,Task (7)\n    Points Possible,,,,,10\n";
    assert!(why(canvas.as_bytes()).0.contains("Canvas reads no comments"));
    assert!(why(b"name,mark\n").0.contains("no column “Identifier”"));
    assert!(why(b"Identifier,Grade\n").0.contains("no column “Feedback comments”"));
    assert!(why(b"Identifier,Feedback comments\n").0.contains("no column “Grade”"));
    assert!(why(b"Identifier,\"Feedback comments\n").0.contains("quotation mark"));
    assert!(why(b"\xff\xfe").0.contains("UTF-8"));
}

/// The names and texts in an archive.
fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let count = archive.len();
    let read = |nth| {
        let mut entry = archive.by_index(nth).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("contents");
        (entry.name().expect("a name").into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

/// Packs feedback files: the archive, the number of files in it, who was left out; or why there is none.
fn feedback_files(report: &Report, files: &[FeedbackFile]) -> Result<(Vec<u8>, usize, Vec<Finding>), String> {
    let mut archive = FeedbackArchive::new(report, Cursor::new(Vec::new()));
    files.iter().for_each(|file| archive.add(file).expect("written"));
    let archived = archive.finish().expect("written");
    archived.map(|(zip, count, findings)| (zip.into_inner(), count, findings)).map_err(|(why, _)| why)
}

#[test]
fn feedback_files_have_the_names_that_platforms_read() {
    let report = named(&[
        "Ana María Ólafsdóttir_1201_assignsubmission_file_/pack.zip",
        "Bo Li_1202_assignsubmission_onlinetext/onlinetext.html",
        "Default group_assignsubmission_file/pack.zip",
    ]);
    let files: Vec<_> =
        (0..3).map(|nth| (nth, "feedback.txt".to_owned(), format!("{nth}").into_bytes())).collect();
    let (zip, count, findings) = feedback_files(&report, &files).expect("an archive");
    let names: Vec<String> = unpacked(&zip).into_iter().map(|(n, _)| n).collect();
    assert_eq!(
        names,
        [
            "Ana María Ólafsdóttir_1201_assignsubmission_file_/feedback.txt",
            "Bo Li_1202_assignsubmission_file_/feedback.txt"
        ]
    );
    assert_eq!((count, findings.len()), (2, 1));
    assert!(findings[0].message.starts_with("Default group"));

    let canvas = named(&[
        "day_LATE_501_9001_pack-1.zip",
        "li_502_9002_essay.txt",
        "ng_503_text.html",
        "ox_504_9_a.pdf",
    ]);
    let files: Vec<_> = (0..4).map(|nth| (nth, "feedback.txt".to_owned(), b"well done".to_vec())).collect();
    let (zip, count, findings) = feedback_files(&canvas, &files).expect("an archive");
    let entries = unpacked(&zip);
    assert_eq!((count, findings.len()), (2, 2));
    assert_eq!(entries[0].0, "day_LATE_501_9001_pack-1.zip");
    assert_eq!(unpacked(&entries[0].1), [("feedback.txt".to_owned(), b"well done".to_vec())]);
    assert_eq!(entries[1], ("li_502_9002_essay.txt".to_owned(), b"well done".to_vec()));

    let canvas = named(&[
        "12345_LATE_505_9005_pack.zip",
        "li_506_9006_links.zip",
        "ox_507_9007_notes.docx",
        "ox_507_9008_pack.zip",
        "12345_508_text.html",
    ]);
    let files: Vec<_> = (0..4).map(|nth| (nth, "feedback.txt".to_owned(), b"x".to_vec())).collect();
    let (zip, count, findings) = feedback_files(&canvas, &files).expect("an archive");
    let names: Vec<String> = unpacked(&zip).into_iter().map(|(n, _)| n).collect();
    let expected = ["LATE_505_9005_pack.zip", "li_506_9006_links_feedback.zip", "ox_507_9008_pack.zip"];
    assert_eq!(names, expected);
    assert_eq!((count, findings.len()), (3, 1));
    let hidden = named(&["LATE_anon_aB3x_11_pack.zip", "anon_77_text.html"]);
    let (zip, count, findings) = feedback_files(&hidden, &files[..2]).expect("an archive");
    assert_eq!(unpacked(&zip)[0].0, "LATE_anon_aB3x_11_pack.zip");
    assert_eq!((count, findings.len()), (1, 1));

    let plain = named(&["ana/pack.zip", "bo/pack.zip"]);
    assert!(feedback_files(&plain, &files[..2]).expect_err("a reason").contains("Moodle or Canvas"));
}

fn run(folder: &tempfile::TempDir, args: &[&str]) -> Run {
    Evipack::new(["audit"].iter().chain(args)).within(folder.path()).run()
}

#[test]
fn the_program_writes_beside_and_never_over_the_worksheet() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let zip = Zip::of([
        ("Ana_1201_assignsubmission_file/pack.zip", &small("=HYPERLINK(1)").zip()[..]),
        ("Bo Li_1202_assignsubmission_file/essay.pdf", b"x"),
    ]);
    fs::write(path("class.zip"), zip.write()).expect("written");
    fs::write(path("in.csv"), SHEET).expect("written");
    let fill = ["class.zip", "--worksheet", "in.csv", "--worksheet-out"];
    run(&folder, &[&fill[..], &["in.csv"]].concat()).ends(3).says("would be written over");
    run(&folder, &[&fill[..], &["./in.csv"]].concat()).ends(3).says("would be written over");
    assert_eq!(fs::read_to_string(path("in.csv")).expect("text"), SHEET);
    let options = ["out.csv", "--lms-feedback", "back.zip", "--grade", "100"];
    run(&folder, &[&fill[..], &options].concat()).ends(1).says("feedback for 2 learners, 0 with the grade");
    let out = fs::read_to_string(path("out.csv")).expect("text");
    assert!(out.contains("There is no evidence pack in it"), "{out}");
    assert_eq!(fs::read_to_string(path("in.csv")).expect("text"), SHEET);
    let names: Vec<String> =
        unpacked(&fs::read(path("back.zip")).expect("a file")).into_iter().map(|(n, _)| n).collect();
    assert_eq!(names[1], "Bo Li_1202_assignsubmission_file_/evipack-feedback.pdf");
    run(&folder, &[&fill[..], &["late.csv", "--grade", "Satisfactory"]].concat())
        .ends(1)
        .says("up to 100.00");
    assert!(!path("late.csv").exists());
    for bad in ["=1", "-1", "@x", " ", " =1"] {
        run(&folder, &[&fill[..], &["out.csv", &format!("--grade={bad}")]].concat()).ends(2);
    }
    run(&folder, &["class.zip", "--worksheet", "none.csv", "--worksheet-out", "o.csv"]).ends(3);
    run(&folder, &["class.zip", "--worksheet", "in.csv"]).ends(2);
    assert!(!path("o.csv").exists());
}
