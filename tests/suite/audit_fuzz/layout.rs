//! Downloads of learning platforms with names that no honest platform writes: each file is somebody's or
//! said to be nobody's, and nothing that is printed acts on a screen.

use std::fmt::Write as _;

use super::{Dice, blind, no_fault};
use crate::support::Evipack;
use crate::support::audit::{audited, catalog, small, told};
use crate::support::zips::{Entry, Zip};
use evipack::audit::{Report, class_report};

/// Pieces of names.
const ODD: [&str; 44] = [
    "",
    " ",
    ".",
    "..",
    "...",
    "a.",
    "a ",
    "/",
    "//",
    "../",
    "/../../",
    "./",
    "\\",
    "..\\..\\",
    "C:\\",
    "CON",
    "nul.zip",
    ".zip",
    "x.ZIP",
    "bagit.txt",
    "/bagit.txt",
    "__MACOSX/",
    ".DS_Store",
    "._x",
    "~$x",
    "é",
    "e\u{301}",
    "É",
    "ANA",
    "ana",
    "\u{202e}piz.ana",
    "\u{2066}x\u{2069}",
    "\u{200b}",
    "\u{feff}",
    "\u{1b}[2J",
    "\u{9b}31m",
    "\u{0}",
    "\r\n✓ Ana  original",
    "\u{85}\u{2028}",
    "=HYPERLINK(\"x\")",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "😀",
    "LATE_anon_",
];
/// How platforms begin and end.
const FORMS: [&str; 12] = [
    "A_1_assignsubmission_file/B.zip",
    "A_1_assignsubmission_file_B.zip",
    "A_assignsubmission_onlinetext/B",
    "A_501_9001_B.zip",
    "anon_A_11_B",
    "T_A_attempt_2026-11-01-09-00-00_B.zip",
    "T_A_attempt_2026-13-41-99-00-00.txt",
    "39786-640693 - A - Oct 10, 2025 1022 AM/B.zip",
    "class/A/B",
    "A/B.zip",
    "A/B.pdf",
    "AB",
];

/// Nobody's file is lost, and no name becomes more than a name.
pub(super) fn holds(seed: u64) {
    let mut dice = Dice::of(seed);
    let bytes = download(&mut dice);
    let report = audited(&bytes);
    no_fault(&report);
    accounted(&report);
    let learners = report.learners.iter().map(|l| l.shown_as.as_str());
    assert!(learners.clone().all(|name| !name.is_empty()), "{:?}", learners.collect::<Vec<_>>());
    let page = class_report(catalog(), &report, &|_, _| None).expect("a page");
    let page: String = page.pieces().collect::<Result<_, _>>().expect("every piece of it");
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let acts = |c: &char| c.is_control() && !matches!(c, '\n' | '\t') || turns(*c);
    let found: Vec<char> = page.chars().filter(acts).collect();
    assert!(found.is_empty(), "the class report holds {found:?}");
    if dice.below(25) == 0 {
        printed(&bytes, report.learners.len());
    }
}

/// Each file that is no stray belongs to somebody, or is told of as left over.
fn accounted(report: &Report) {
    let handed: usize = report.learners.iter().flat_map(|l| &l.attempts).map(|a| a.files.len()).sum();
    let input = &report.inputs[0];
    let all = handed + input.left_over.len();
    let told: Vec<Vec<String>> = report.learners.iter().map(told).collect();
    assert_eq!(all, input.entries, "{}: {:?}: {told:#?}", input.layout, input.left_over);
    for learner in report.learners.iter().filter(|l| l.packs.is_empty()) {
        assert!(learner.findings.iter().any(|f| f.code == "no-pack"), "{:#?}", told);
    }
}

/// What the program prints is held to what is true of every run, and no name begins a line of its own.
fn printed(bytes: &[u8], learners: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("class.zip"), bytes).expect("written");
    let run =
        |args: &[&str]| Evipack::new(["audit", "class.zip"].iter().chain(args)).within(folder.path()).run();
    run(&["--format", "json"]).json();
    for args in [&["--details"][..], &[]] {
        let run = run(args);
        let lines = run.stdout.lines().filter(|line| line.starts_with(['✓', '◐', '✗', '·'])).count();
        assert_eq!(lines, learners, "a line is forged\n{run}");
    }
}

fn download(dice: &mut Dice) -> Vec<u8> {
    let form = *dice.pick(&FORMS);
    let mut zip = Zip::default();
    for nth in 0..=dice.below(6) {
        let form = if dice.below(4) == 0 { *dice.pick(&FORMS) } else { form };
        let mut name = form.replace('A', &piece(dice)).replace('B', &piece(dice));
        if dice.below(3) == 0 {
            let _ = write!(name, "{nth}");
        }
        if dice.below(12) == 0 {
            name = name.repeat(1 << dice.below(9));
        }
        name.truncate(name.floor_char_boundary(60_000));
        let pack;
        let contents: &[u8] = if dice.below(2) == 0 {
            pack = small(&piece(dice)).zip();
            &pack
        } else {
            b"PK"
        };
        let mut entry = Entry::new(&name, contents);
        if dice.below(12) == 0 {
            blind(dice, &mut entry.name);
            entry.name.truncate(60_000);
        }
        if dice.below(3) > 0 {
            // Names in UTF-8, as their flag says.
            entry.flags = 1 << 11;
        }
        zip = zip.with(entry);
    }
    zip.write()
}

fn piece(dice: &mut Dice) -> String {
    let words = ["Ana Day", "Bo", "x", "Zoë"];
    let mut text = (*dice.pick(&words)).to_owned();
    for _ in 0..dice.below(3) {
        let odd = *dice.pick(&ODD);
        let at = if dice.below(2) == 0 { 0 } else { text.len() };
        text.insert_str(at, odd);
    }
    text
}

#[test]
fn no_name_of_a_folder_begins_a_line_of_its_own() {
    let forged = "class/Ana\n✓ original      Bo/pack.zip";
    printed(&Zip::of([(forged, &b"PK"[..]), ("class/Cy/pack.zip", b"PK")]).write(), 2);
}
