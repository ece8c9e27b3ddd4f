//! Classes: many submissions in every layout, some of them broken in every way.

use std::fs;
use std::process::Command;
use std::time::Instant;

use evipack::audit::Problem::{self, Broken, Changed, Incomplete, NotAPack, Repacked};
use evipack::audit::Report;

use crate::support::audit::{audited, small, told};
use crate::support::sample;
use crate::support::zips::{Entry, Zip};

/// How the pack of each learner is handed in: mostly well, and in twelve other ways.
fn handed(nth: usize, name: &str) -> (Vec<u8>, Option<Problem>) {
    let bundle = small(name);
    let good = bundle.zip();
    let changed = |file: &str, bytes: Option<&[u8]>| {
        let mut bundle = bundle.clone();
        match bytes {
            Some(bytes) => drop(bundle.files.insert(file.into(), bytes.to_vec())),
            None => drop(bundle.files.remove(file)),
        }
        bundle.zip()
    };
    let files = || bundle.files.iter().map(|(n, b)| (format!("small-TOY001/{n}"), b.clone())).collect();
    let zip = || crate::support::audit::zip_of(&files());
    let link = Entry { attributes: 0o120_777 << 16, ..Entry::stored("small-TOY001/link", b"/etc") };
    match nth % 25 {
        1 => (good[..good.len() / 2].to_vec(), Some(Broken)),
        2 => (Vec::new(), Some(NotAPack)),
        3 => (changed("data/submission.pdf", Some(b"%PDF")), Some(Changed)),
        4 => (changed("data/profile.json", None), Some(Incomplete)),
        5 => (changed("data/more.txt", Some(b"more")), Some(Incomplete)),
        6 => (zip().each(|e| e.time = [1, 2, 3, 4]).write(), Some(Repacked)),
        7 => (zip().with(link).write(), Some(Broken)),
        8 => (zip().each(|e| e.crc ^= 1).write(), Some(Broken)),
        9 => (Zip::of([("essay.docx", &b"x"[..])]).write(), Some(NotAPack)),
        10 => ([good.as_slice(), b"x"].concat(), Some(Broken)),
        11 => (zip().with(Entry::new("small-TOY001/index.html", b"x")).write(), Some(Broken)),
        12 => (zip().with(Entry::new("../x", b"x")).write(), Some(Broken)),
        _ => (good, None),
    }
}

fn name(nth: usize) -> String {
    format!("Learner {nth:04}")
}

/// The name of a learner's entry.
type EntryName = fn(usize) -> String;

/// All layouts.
const LAYOUTS: [(&str, EntryName); 5] = [
    ("moodle", |n| format!("{}_{}_assignsubmission_file/pack.zip", name(n), 9000 + n)),
    ("canvas", |n| format!("learner{n:04}_{}_{}_pack.zip", 9000 + n, 70_000 + n)),
    ("blackboard", |n| format!("Task 2_learner{n:04}_attempt_2026-11-20-10-00-00_pack.zip")),
    ("brightspace", |n| format!("{}-1 - {} - Nov 20, 2026 1022 AM/pack.zip", 9000 + n, name(n))),
    ("plain", |n| format!("{}/pack.zip", name(n))),
];

fn class(count: usize, entry: EntryName) -> Vec<u8> {
    let entries = (0..count).map(|n| Entry::stored(&entry(n), &handed(n, &name(n)).0)).collect();
    Zip { entries, ..Zip::default() }.write()
}

fn every_learner_is_reported(report: &Report, layout: &str, count: usize) {
    assert_eq!(report.inputs[0].layout, layout);
    assert_eq!(report.learners.len(), count, "{layout}");
    for learner in &report.learners {
        let digits: String = learner.source.chars().collect();
        let nth =
            (0..count).find(|n| LAYOUTS.iter().any(|(id, e)| *id == layout && e(*n).starts_with(&digits)));
        let expected = handed(nth.expect("a learner of the class"), "").1;
        assert_eq!(learner.problems.first().copied(), expected, "{layout} {digits}: {:#?}", told(learner));
    }
}

#[test]
fn every_learner_of_a_class_is_reported_right_in_every_layout() {
    for (layout, entry) in LAYOUTS {
        every_learner_is_reported(&audited(&class(52, entry)), layout, 52);
    }
}

#[test]
fn the_order_of_the_result_does_not_depend_on_the_order_of_the_work() {
    let bytes = class(52, LAYOUTS[0].1);
    let once = serde_json::to_string(&audited(&bytes)).expect("JSON");
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        assert!(pool.install(|| serde_json::to_string(&audited(&bytes)).expect("JSON")) == once);
    }
}

#[test]
#[ignore = "a thousand packs in every layout, and a thousand real ones: minutes"]
fn a_thousand_packs_take_seconds_and_little_memory() {
    for (layout, entry) in LAYOUTS {
        every_learner_is_reported(&audited(&class(1_000, entry)), layout, 1_000);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("class.zip");
    let pack = Entry::new("x", &sample().bytes);
    let entries = (0..1_000).map(|n| Entry { name: LAYOUTS[0].1(n).into(), ..pack.clone() }).collect();
    fs::write(&path, Zip { entries, ..Zip::default() }.write()).expect("written");
    let start = Instant::now();
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%M", env!("CARGO_BIN_EXE_evipack"), "audit", "--quick"]).arg(&path);
    let output = command.output().expect("GNU time");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("1,000 packs of {} bytes: {:?}, peak {} KB", sample().bytes.len(), start.elapsed(), told.trim());
    let peak: u64 = told.lines().last().and_then(|l| l.trim().parse().ok()).expect("a number of KB");
    assert!(peak < 256 << 10, "{peak} KB");
}
