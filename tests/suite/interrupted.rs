//! Signals and closed pipes: nothing is left behind, nothing panics.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::support::{Evipack, Project, files_below};

fn signal(child: &Child, name: &str) {
    let status = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {}", child.id())]).status();
    assert!(status.expect("a shell").success());
}

#[test]
fn a_build_that_is_told_to_stop_leaves_the_old_pack_and_no_litter() {
    for (name, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let project = Project::sample();
        project.save();
        project.write("pack.zip", b"an older pack");
        let before = files_below(project.folder());
        let mut command =
            project.command("build").arg("-o").arg("pack.zip").arg("--out-dir").arg("tree").into_command();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        sleep(Duration::from_millis(400));
        assert!(child.try_wait().expect("a process").is_none(), "the build is still at work");
        signal(&child, name);
        let status = child.wait().expect("ended");
        assert_eq!(status.code(), Some(code), "SIG{name}: {status}");
        assert_eq!(files_below(project.folder()), before, "SIG{name} leaves nothing behind");
        assert_eq!(fs::read(project.folder().join("pack.zip")).expect("the old pack"), b"an older pack");
    }
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let project = Project::sample();
    project.save();
    let runs = [
        project.command("check"),
        Evipack::new(["schema", "profile"]),
        Evipack::new(["completions", "bash"]),
        Evipack::new(["unit", "show", "OSM007"]),
        Evipack::new(["--help"]),
    ];
    for run in runs {
        let mut child =
            run.into_command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        drop(child.stdout.take());
        let mut told = String::new();
        child.stderr.take().expect("standard error").read_to_string(&mut told).expect("text");
        let status = child.wait().expect("ended");
        assert!(!told.contains("panicked"), "{told}");
        assert!(status.code().is_some_and(|c| c <= 3), "{status}");
    }
}

#[test]
fn builds_at_the_same_time_do_not_disturb_each_other() {
    let project = Project::toy();
    project.save();
    let start = || {
        let mut command = project.command("build").arg("-o").arg("pack.zip").into_command();
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started")
    };
    let children: Vec<Child> = (0..4).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().expect("ended");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(fs::read(project.folder().join("pack.zip")).expect("a pack") == crate::support::toy().bytes);
    assert_eq!(files_below(project.folder()), ["pack.zip", "profile.json"]);
}
