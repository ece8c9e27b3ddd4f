//! `check --watch`: an answer after each save, whatever way the editor saves, until it is told to stop.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Project;

/// How long an answer may take on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running watch, and its answers as they come.
struct Watch {
    child: Child,
    answers: Receiver<Value>,
}

impl Watch {
    fn start(project: &Project) -> Self {
        let command = project.command("check").arg("--watch").arg("--format").arg("json");
        let mut child = command.into_command().stdout(Stdio::piped()).spawn().expect("started");
        let out = BufReader::new(child.stdout.take().expect("standard output"));
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).expect("one answer a line"));
            }
        });
        Self { child, answers }
    }

    fn next(&self) -> Value {
        self.answers.recv_timeout(PATIENCE).expect("an answer")
    }

    /// Expects an answer with these codes. On a busy machine a file may be seen half-written before it.
    fn says(&self, expected: &[&str]) {
        let mut answer = self.next();
        for _ in 0..2 {
            if codes(&answer) == expected {
                return;
            }
            answer = self.next();
        }
        assert_eq!(codes(&answer), expected);
    }

    /// Expects an answer with these codes, and none before it.
    fn says_at_once(&self, expected: &[&str]) {
        assert_eq!(codes(&self.next()), expected);
    }

    /// Expects that nothing is said any more.
    fn is_silent(&self) {
        let answer = self.answers.recv_timeout(Duration::from_millis(600));
        assert_eq!(answer, Err(RecvTimeoutError::Timeout), "one answer for each change");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts new contents in the place of the profile in one step.
fn replace(project: &Project, bytes: &[u8]) {
    project.write("profile.json.new", bytes);
    fs::rename(project.folder().join("profile.json.new"), project.path()).expect("renamed");
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["problems"].as_array().expect("problems").iter().filter_map(|p| p["code"].as_str()).collect()
}

#[test]
fn every_save_is_answered_once() {
    let mut project = Project::sample();
    project.save();
    let good = fs::read(project.path()).expect("the profile");
    let watch = Watch::start(&project);
    watch.says(&[]);
    // Written in place.
    project.profile["kpis"][0]["owner_id"] = "nobody".into();
    project.save();
    watch.says(&["reference-unknown"]);
    // Written beside and renamed over it, as many editors do.
    replace(&project, &good);
    watch.says(&[]);
    watch.is_silent();
    // Emptied a while before it is filled: that is one save.
    project.write("profile.json", b"");
    std::thread::sleep(Duration::from_millis(200));
    project.save();
    watch.says_at_once(&["reference-unknown"]);
    replace(&project, &good);
    watch.says(&[]);
    // Moved away and written anew.
    fs::rename(project.path(), project.folder().join("profile.json~")).expect("renamed");
    watch.says(&["file-unreadable"]);
    project.write("profile.json", &good);
    watch.says(&[]);
    // Broken, and mended.
    project.write("profile.json", b"{");
    watch.says(&["json-syntax"]);
    project.write("profile.json", &good);
    watch.says(&[]);
    // A file that has nothing to do with it, and a save without a change.
    project.write("notes.txt", b"mine");
    replace(&project, &good);
    watch.is_silent();
}

#[test]
fn files_that_the_profile_names_are_watched_as_well() {
    let project = Project::sample();
    project.save();
    let watch = Watch::start(&project);
    watch.says(&[]);
    let logo = fs::read(project.folder().join("assets/logo.svg")).expect("the logo");
    project.write("assets/logo.svg", b"no drawing");
    assert!(codes(&watch.next()).contains(&"asset-unusable"));
    fs::remove_file(project.folder().join("assets/logo.svg")).expect("removed");
    assert!(codes(&watch.next()).contains(&"asset-unusable"));
    project.write("assets/logo.svg", &logo);
    watch.says(&[]);
    project.write("data/metrics.csv", b"period,platform,metric,value\n");
    assert!(codes(&watch.next()).contains(&"MET-03a"));
}

#[test]
fn the_answer_comes_soon_after_the_save() {
    let mut project = Project::sample();
    project.save();
    let watch = Watch::start(&project);
    watch.next();
    let mut best = Duration::MAX;
    for i in 0..6 {
        project.profile["organisation"]["history"] =
            format!("A short history, told for the {i}th time.").into();
        project.save();
        let saved = Instant::now();
        watch.next();
        best = best.min(saved.elapsed());
    }
    println!("best of 6: {} ms after the save", best.as_millis());
    assert!(best < Duration::from_secs(5), "{best:?}");
}

#[test]
fn it_ends_when_it_is_told_to_stop_and_prints_for_people_too() {
    let project = Project::sample();
    project.save();
    let command = project.command("check").arg("--watch");
    let mut child = command.into_command().stdout(Stdio::piped()).spawn().expect("started");
    let mut out = BufReader::new(child.stdout.take().expect("standard output"));
    let mut text = String::new();
    while !text.contains("Ctrl-C ends") {
        assert!(out.read_line(&mut text).expect("a line") > 0, "{text}");
    }
    assert!(text.starts_with("88 met, 0 partly met") && text.contains("Watching 4 files"), "{text}");
    assert!(!text.contains('\u{1b}'), "nothing is cleared where nobody watches a terminal");
    let status = Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(status.expect("a shell").success());
    assert_eq!(child.wait().expect("ended").code(), Some(130));
}
