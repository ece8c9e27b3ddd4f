//! What a pack costs: cold process, each phase, warm rebuild, audit of a class, peak memory.
//!
//! `cargo bench` prints a table in the form that the README quotes. Every figure is the best of
//! several rounds, because other work on the machine only ever adds to it.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use evipack::catalog::Catalog;
use evipack::{Options, build, check};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SAMPLE: &str = "samples/wattlebird-cycles";
const ROUNDS: usize = 5;
/// Packs of the class that is audited.
const CLASS: usize = 50;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLE);
    let target = std::env::temp_dir().join(format!("evipack-bench-{}.zip", std::process::id()));
    println!("| what | best of {ROUNDS} |\n| --- | --- |");
    let profile = folder.join("profile.json");
    let arguments = [profile.as_os_str(), "-o".as_ref(), target.as_os_str()];
    let (cold, memory) = process("build", &arguments);
    row("`build`, cold process", cold);
    row("`check`, cold process", process("check", &arguments[..1]).0);
    println!("| peak memory of `build` | {memory} MB |");
    phases(&folder);
    audits(&target);
    fs::remove_file(&target).expect("the pack was written");
}

fn row(what: &str, time: Duration) {
    println!("| {what} | {:.0} ms |", time.as_secs_f64() * 1000.0);
}

/// Runs the program and returns the best time and the largest memory of all rounds, in megabytes.
fn process(command: &str, arguments: &[&std::ffi::OsStr]) -> (Duration, u64) {
    let mut best = Duration::MAX;
    let mut memory = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut program = Command::new(env!("CARGO_BIN_EXE_evipack"));
        let mut child =
            program.arg(command).args(arguments).stdout(Stdio::null()).spawn().expect("the program runs");
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        while child.try_wait().expect("the program can be waited for").is_none() {
            memory = memory.max(peak(&status));
            std::thread::sleep(Duration::from_millis(1));
        }
        best = best.min(start.elapsed());
    }
    (best, memory)
}

/// Peak resident memory as the kernel counts it (Linux; 0 elsewhere).
fn peak(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

/// Audits a class whose packs differ in nothing but their learners, as a download of Moodle.
fn audits(pack: &Path) {
    let class = pack.with_extension("class.zip");
    let bytes = fs::read(pack).expect("the pack was written");
    let mut zip = ZipWriter::new(File::create(&class).expect("a file"));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for nth in 0..CLASS {
        let name = format!("Learner Number{nth}_{}_assignsubmission_file_/pack.zip", 1000 + nth);
        zip.start_file(name, stored).and_then(|()| Ok(zip.write_all(&bytes)?)).expect("room");
    }
    zip.finish().expect("room");
    for (what, more) in [("`audit --quick`", Some("--quick")), ("`audit`", None)] {
        let arguments: Vec<&std::ffi::OsStr> =
            [class.as_os_str()].into_iter().chain(more.map(AsRef::as_ref)).collect();
        let (time, memory) = process("audit", &arguments);
        row(&format!("{what} of {CLASS} packs, {memory} MB"), time);
    }
    fs::remove_file(&class).expect("the class was written");
}

#[derive(Clone, Copy)]
struct Phases {
    check: Duration,
    documents: Duration,
    checklist: Duration,
    submission: Duration,
    zip: Duration,
    whole: Duration,
}

fn phases(folder: &Path) {
    let cold = round(folder);
    let warm = (1..ROUNDS).map(|_| round(folder)).min_by_key(|p| p.whole).unwrap_or(cold);
    row("phase: read, check, figures, rules", warm.check);
    row("phase: single documents, rendered, typeset and exported", warm.documents);
    row("phase: checklist", warm.checklist);
    row("phase: the submission as a whole", warm.submission);
    row("phase: bag and zip", warm.zip);
    row("rebuild in the same process", warm.whole);
}

fn round(folder: &Path) -> Phases {
    let catalog = Catalog::embedded();
    let start = Instant::now();
    let bytes = fs::read(folder.join("profile.json")).expect("the sample is there");
    let read = |name: &str| fs::read(folder.join(name)).map_err(|e| e.to_string());
    let Ok(checked) = check(&catalog, "profile.json", &bytes, &read) else {
        panic!("the sample can be read")
    };
    let checked_after = start.elapsed();
    let times = Mutex::new(Vec::new());
    let progress = |_: &str| times.lock().expect("no step panics").push(start.elapsed());
    let options =
        Options { draft: false, annotate: false, progress: &progress, stop: &|| false, threads: None };
    let Ok(pack) = build(&catalog, &checked, &options) else { panic!("the sample builds") };
    let built = start.elapsed();
    let size = pack.bundle.zip().len();
    assert!(size > 0, "a pack holds something");
    let times = times.into_inner().expect("no step panics");
    let singles = times[pack.documents - 2];
    let last = times[times.len() - 1];
    let before_last = times[times.len() - 2];
    Phases {
        check: checked_after,
        documents: singles - checked_after,
        checklist: before_last - singles,
        submission: last - before_last,
        zip: start.elapsed() - built,
        whole: start.elapsed(),
    }
}
