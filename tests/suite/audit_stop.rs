//! What happens when the audit is told to stop, and what it costs when an archive is made to cost.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::zips::{Entry, Zip};
use crate::support::{Evipack, sample, toy};

/// A class of real packs, large enough to be stopped in the middle.
fn class(count: usize) -> Vec<u8> {
    let pack = Entry::stored("x", &sample().bytes);
    let named = |n: usize| Entry {
        name: format!("Learner {n:03}_{n}_assignsubmission_file/p.zip").into(),
        ..pack.clone()
    };
    Zip { entries: (0..count).map(named).collect(), ..Zip::default() }.write()
}

/// Lets an audit run for a moment, tells it to stop, and returns the report that it leaves.
fn stopped(audit: Evipack) -> serde_json::Value {
    let mut command = audit.into_command();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    sleep(Duration::from_millis(1_500));
    let status = Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(status.expect("a shell").success());
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON to the end");
    assert_eq!(report["stopped"], true);
    report
}

#[test]
fn told_to_stop_it_prints_what_is_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("class.zip"), class(120)).expect("written");
    let report = stopped(Evipack::new(["audit", "class.zip", "--format", "json"]).within(folder.path()));
    let learners = report["learners"].as_array().expect("learners");
    let done = learners.iter().filter(|l| l["looked_at"] == true).count();
    assert_eq!(learners.len(), 120);
    assert!((1..120).contains(&done), "{done} of 120");
    assert!(learners.iter().all(|l| l["looked_at"] == (l["packs"] != serde_json::json!([]))));
}

#[test]
fn a_pack_that_is_being_built_again_is_left_when_told_to_stop() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("pack.zip"), &sample().bytes).expect("written");
    let args = ["audit", "pack.zip", "--rebuild", "--format", "json", "--lms-feedback", "back.zip"];
    let report = stopped(Evipack::new(args).within(folder.path()));
    let pack = &report["learners"][0]["packs"][0];
    assert_eq!(pack["verdicts"]["rebuilt_identically"], serde_json::Value::Null);
    assert_eq!(pack["verdicts"]["valid"], true, "what was found before is kept");
    let findings = pack["findings"].as_array().expect("findings");
    let codes: Vec<&str> = findings.iter().filter_map(|f| f["code"].as_str()).collect();
    assert_eq!(codes, ["rebuild-stopped"]);
    assert_eq!(crate::support::files_below(folder.path()), ["pack.zip"], "nothing goes back half done");
}

/// Archives that try to cost memory or time.
fn costly() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = |megabytes: usize| Entry::new("pips-TOY001/data/zeros", &vec![0; megabytes << 20]);
    let toy_entries = || -> Vec<Entry> {
        toy().files.iter().map(|(n, b)| Entry::new(&format!("pips-TOY001/{n}"), b)).collect()
    };
    let with =
        |entries: Vec<Entry>| Zip { entries: [toy_entries(), entries].concat(), ..Zip::default() }.write();
    let mut overlapping =
        with((0..200).map(|n| Entry { name: format!("z{n}").into(), ..zeros(1) }).collect());
    let end = overlapping.len() - 22;
    overlapping[end + 16] ^= 1;
    let lying = Entry { size: 1, ..zeros(100) };
    let several =
        (0..40).map(|n| Entry { name: format!("pips-TOY001/data/{n}").into(), ..zeros(40) }).collect();
    let packed = Entry::new("pack.zip", &with(vec![Entry::stored("pips-TOY001/data/x", &vec![7; 47 << 20])]));
    let nested: Vec<Entry> =
        (0..8).map(|n| Entry { name: format!("{n}.zip").into(), ..packed.clone() }).collect();
    let long = Entry { name: vec![b'a'; 65_000], ..Entry::stored("x", b"") };
    let names = (0..400).map(|_| long.clone()).collect();
    vec![
        ("120 MB of zeros", with(vec![zeros(120)])),
        ("100 MB that say they are 1 byte", with(vec![lying])),
        ("40 times 40 MB", with(several)),
        ("places that do not hold", overlapping),
        ("eight large packs in one download", Zip { entries: nested, ..Zip::default() }.write()),
        ("huge names", with(names)),
        (
            "many entries",
            with((0..49_000).map(|n| Entry::stored(&format!("pips-TOY001/data/{n:06}"), b"")).collect()),
        ),
    ]
}

/// Runs an audit that ends well enough: the most memory that it took in kilobytes, and its time.
#[cfg(target_os = "linux")]
fn cost(audit: Evipack, what: &str) -> (u64, Duration) {
    let start = Instant::now();
    let mut command = audit.into_command();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    let mut peak = 0;
    while child.try_wait().expect("a process").is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        peak = line.and_then(|l| l.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        sleep(Duration::from_millis(5));
    }
    println!("{what}: {} MB, {:?}", peak >> 10, start.elapsed());
    assert!(child.wait().expect("ended").code().is_some_and(|c| c <= 1), "{what}");
    (peak, start.elapsed())
}

#[cfg(target_os = "linux")]
#[test]
fn no_archive_costs_much_memory_or_time() {
    let folder = tempfile::tempdir().expect("a folder");
    for (what, bytes) in costly() {
        let path = folder.path().join("costly.zip");
        fs::write(&path, bytes).expect("written");
        let (peak, took) = cost(Evipack::new(["audit"]).arg(&path), what);
        assert!(peak < 96 << 10, "{what}: {peak} KB");
        assert!(took < Duration::from_secs(20), "{what}: {took:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn sheets_for_a_class_cost_no_more_memory_than_those_for_a_few() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("class.zip"), class(14)).expect("written");
    let args = ["audit", "class.zip", "--feedback", "feedback.zip", "--records", "records.zip"];
    let (peak, _) = cost(Evipack::new(args).within(folder.path()), "sheets of 14");
    assert!(peak < 256 << 10, "{peak} KB");
}
