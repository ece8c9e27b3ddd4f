//! What `evipack audit` writes on a disk: whole files, new ones only, and nothing unfinished.

use std::fs;

use crate::support::zips::{Entry, Zip};
use crate::support::{Evipack, files_below, root, toy};

/// A class of toy packs on the disk: one in a zip, one unpacked, one that is none.
fn toys() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let entries = [
        ("Ana Lee_1_assignsubmission_file/pack.zip", toy().bytes.as_slice()),
        ("Bo Ng_2_assignsubmission_file/essay.txt", b"x"),
    ];
    let zip = entries.iter().fold(Zip::default(), |zip, (name, bytes)| zip.with(Entry::new(name, bytes)));
    fs::write(folder.path().join("class.zip"), zip.write()).expect("written");
    for (name, bytes) in &crate::support::audit::toy_files() {
        let path = folder.path().join("open packs/Cy: #1").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    for name in files_below(&root().join("tests/fixtures/units/TOY001")) {
        let path = folder.path().join("catalog/templates/units/TOY001").join(&name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::copy(root().join("tests/fixtures/units/TOY001").join(&name), path).expect("copied");
    }
    folder
}

#[test]
fn everything_is_written_from_the_command_line_and_nothing_is_written_over() {
    let folder = toys();
    let audit = |args: &[&str]| {
        Evipack::new([&["--catalog", "catalog", "audit", "class.zip", "open packs/Cy: #1"], args].concat())
            .within(folder.path())
            .run()
    };
    fs::create_dir(folder.path().join("out")).expect("a folder");
    let all = [
        "--html",
        "out/class.html",
        "--xlsx",
        "out/class.xlsx",
        "--feedback",
        "sheets",
        "--records",
        "records.zip",
    ];
    let run = audit(&all).ends(1);
    run.says("3 feedback sheets").says("3 assessor records").says("class.html");
    let sheets = files_below(&folder.path().join("sheets"));
    assert_eq!(sheets.len(), 3, "{sheets:?}");
    assert!(sheets.contains(&"ana-lee-1-feedback.pdf".to_owned()), "{sheets:?}");
    let html = fs::read_to_string(folder.path().join("out/class.html")).expect("a page");
    assert!(
        html.contains("href=\"../open%20packs/Cy%3A%20%231/pips-TOY001/index.html\""),
        "an unpacked pack can be opened"
    );
    assert!(fs::read(folder.path().join("records.zip")).expect("a zip").starts_with(b"PK"));
    let litter = |n: &String| n.contains(".evipack-");
    assert!(!files_below(folder.path()).iter().any(litter), "nothing unfinished is left");

    fs::write(folder.path().join("sheets/ana-lee-1-feedback.pdf"), "my notes").expect("written");
    audit(&["--feedback", "sheets"]).ends(3).says("is there already");
    let kept = fs::read(folder.path().join("sheets/ana-lee-1-feedback.pdf")).expect("a file");
    assert_eq!(kept, b"my notes");
    audit(&["--html", "x", "--xlsx", "x"]).ends(3).says("is named for two results");
    audit(&["--html", "no/where.html"]).ends(3).says("there is no folder");
    audit(&["--feedback", "class.zip/x"]).ends(3);
    let both = audit(&["--format", "json", "--html", "y.html"]).ends(1);
    assert_eq!(both.json()["totals"]["learners"], 3);
}

#[cfg(unix)]
#[test]
fn told_to_stop_it_leaves_whole_sheets_and_nothing_else() {
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    let folder = tempfile::tempdir().expect("a folder");
    let cut = &toy().bytes[..900];
    let named = |n: usize| Entry::stored(&format!("Learner {n:03}_{n}_assignsubmission_file/p.zip"), cut);
    let zip = Zip { entries: (0..900).map(named).collect(), ..Zip::default() };
    fs::write(folder.path().join("class.zip"), zip.write()).expect("written");
    let args = ["audit", "class.zip", "--quick", "--feedback", "sheets", "--html", "class.html"];
    let args = [&args[..], &["--records", "records.zip"]].concat();
    let mut command = Evipack::new(args).within(folder.path()).into_command();
    let screen = fs::File::create(folder.path().join("told.txt")).expect("a file");
    let child = command.stdout(screen).stderr(Stdio::piped()).spawn().expect("started");
    let sheets = folder.path().join("sheets");
    let count = || fs::read_dir(&sheets).map_or(0, Iterator::count);
    let start = Instant::now();
    while count() < 3 && start.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(5));
    }
    let told = Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(told.expect("a shell").success());
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let told = fs::read_to_string(folder.path().join("told.txt")).expect("text");
    assert!(told.contains("Not written, because the run was stopped: records.zip"), "{told}");
    let names = files_below(folder.path());
    assert!(!names.contains(&"records.zip".to_owned()));
    assert!((3..900).contains(&count()), "{} sheets", count());
    assert!(names.contains(&"class.html".to_owned()), "{names:?}");
    for name in names.iter().filter(|n| n.starts_with("sheets/")) {
        let bytes = fs::read(folder.path().join(name)).expect("a file");
        assert!(bytes.starts_with(b"%PDF") && bytes.trim_ascii_end().ends_with(b"%%EOF"), "{name} is whole");
    }
    assert!(!names.iter().any(|n| n.contains(".evipack-")), "{names:?}");
}
