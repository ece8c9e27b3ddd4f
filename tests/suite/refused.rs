//! Files beside the profile that cannot be used, and targets that cannot be written.

use std::fs;

use serde_json::json as value;

use crate::support::{Evipack, Project, files_below};

/// Expects that neither check nor build takes the project, for a reason with these words.
fn unusable(project: &Project, code: &str, words: &[&str]) {
    project.save();
    let before = files_below(project.folder());
    let check = words
        .iter()
        .fold(project.command("check").arg("--verbose").run().ends(1), |run, word| run.says(word));
    check.says(&format!("error[{code}]"));
    for options in [&[][..], &["--draft"]] {
        let build = project.build(options).ends(1).says("nothing was written");
        words.iter().fold(build, |run, word| run.says(word));
    }
    assert_eq!(files_below(project.folder()), before, "nothing is left behind");
}

#[test]
fn paths_that_leave_the_folder_are_refused() {
    for path in
        ["../logo.svg", "/etc/hostname", "assets/../../x.svg", "assets//logo.svg", "C:\\logo.svg", "./x.svg"]
    {
        let project = Project::sample().set("/organisation/brand/logo", path);
        project.save();
        let report = project.check();
        let at =
            |p: &&serde_json::Value| p["pointer"] == "/organisation/brand/logo" && p["severity"] == "error";
        assert!(report.problems().iter().any(|p| at(&p)), "{path} is refused");
        project.build(&[]).ends(1).says("profile.json:");
        project.build(&["--draft"]).ends(1);
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let project = Project::sample();
    let (logo, other) = (project.folder().join("assets/logo.svg"), project.folder().join("assets/real.svg"));
    fs::rename(&logo, &other).expect("renamed");
    symlink(&other, &logo).expect("a link");
    unusable(&project, "asset-unusable", &["`assets/logo.svg` is a link to somewhere else"]);
    let project = Project::sample();
    fs::rename(project.folder().join("data"), project.folder().join("real")).expect("renamed");
    symlink("real", project.folder().join("data")).expect("a link");
    unusable(&project, "asset-unusable", &["`data/metrics.csv` is a link to somewhere else"]);
}

#[test]
fn pictures_that_cannot_be_printed_are_refused() {
    let project = Project::sample();
    project.write("assets/logo.svg", b"no drawing");
    unusable(&project, "asset-unusable", &["`assets/logo.svg` holds no SVG drawing", "profile.json:"]);
    project.write("assets/logo.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>");
    unusable(&project, "asset-unusable", &["`assets/logo.svg` cannot be printed"]);
    let project = Project::sample().set("/organisation/brand/logo", "assets/logo.png");
    project.write("assets/logo.png", b"\x89PNG\r\n\x1a\nnot really");
    unusable(&project, "asset-unusable", &["`assets/logo.png` cannot be read as a picture"]);
    let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0\x08\x02\0\0\0".to_vec();
    huge.extend([0; 64]);
    project.write("assets/logo.png", &huge);
    unusable(&project, "asset-unusable", &["65536 × 65536 pixels"]);
}

#[test]
fn a_file_that_is_not_there_or_too_large_is_refused() {
    let project = Project::sample();
    fs::remove_file(project.folder().join("data/metrics.csv")).expect("removed");
    unusable(
        &project,
        "asset-unusable",
        &["`data/metrics.csv` cannot be read: there is no such file", "profile.json:"],
    );
    fs::create_dir(project.folder().join("data/metrics.csv")).expect("a folder");
    unusable(&project, "asset-unusable", &["`data/metrics.csv` is not a file"]);
    let project = Project::sample();
    project.write("data/metrics.csv", &vec![b'x'; 6_000_000]);
    unusable(&project, "asset-unusable", &["`data/metrics.csv` is larger than"]);
}

#[test]
fn data_of_the_wrong_form_is_told_by_the_line_of_the_file() {
    let project = Project::sample();
    for (text, words) in [
        (
            "period,platform,metrik,value\njuly,facebook,reach,1\n",
            ["there is no column `metric`", "Rename it", "data/metrics.csv:1:"],
        ),
        (
            "period,platform,metric,value\njuly,facebook,reach,many\n",
            ["many", "whole number", "data/metrics.csv:2:21"],
        ),
        (
            "period,platform,metric,value\njuly,facebok,reach,1\n",
            ["facebok", "did you mean `facebook`?", "data/metrics.csv:2:6"],
        ),
        (
            "period,platform,metric,value\njuly,facebook,reach\n",
            ["3 cells", "4 columns", "data/metrics.csv:2:1"],
        ),
        (
            "period,platform,metric,value\njuly,facebook,reach,1\njuly,facebook,reach,2\n",
            ["stands twice", "same period", "data/metrics.csv:3:"],
        ),
        ("", ["the file is empty", "period,platform,metric,value", "data/metrics.csv"]),
    ] {
        project.write("data/metrics.csv", text.as_bytes());
        unusable(&project, "data-invalid", &words);
    }
    project.write("data/metrics.csv", b"period,platform,metric,value\njuly,\xFF,reach,1\n");
    unusable(&project, "data-invalid", &["not UTF-8 text"]);
}

#[test]
fn targets_that_cannot_be_written_are_told_before_any_work() {
    let project = Project::sample();
    project.save();
    fs::create_dir(project.folder().join("out")).expect("a folder");
    let before = files_below(project.folder());
    let build = |target: &str| {
        project.command("build").arg("-o").arg(target).run().ends(3).says("error[file-unwritable]")
    };
    build("out").says("`out` is a folder, not a file").says("out/out.zip");
    build("none/pack.zip").says("there is no folder `none`");
    build("profile.json/pack.zip").says("there is no folder `profile.json`");
    build("/dev/null").says("not an ordinary file");
    let tree = |folder: &str| project.command("build").arg("--out-dir").arg(folder).run().ends(3);
    tree("profile.json").says("is a file, not a folder");
    tree("data").says("was not made by evipack");
    assert_eq!(files_below(project.folder()), before, "nothing is left behind");
}

#[test]
fn a_profile_that_cannot_be_read_is_told() {
    let project = Project::sample();
    project.save();
    let folder = project.folder();
    for command in ["check", "build"] {
        let run = |name: &str| {
            let start = Evipack::new([command, name]).within(folder);
            if command == "build" { start.arg("-o").arg("pack.zip").run() } else { start.run() }
        };
        run("none.json")
            .ends(3)
            .says("`none.json` cannot be read: there is no such file")
            .says("evipack init");
        run("data").ends(3).says("`data` is a folder, not a profile").says("data/profile.json");
    }
    assert!(!folder.join("pack.zip").exists());
}

#[test]
fn numbers_that_would_explode_a_layout_are_refused() {
    let many: Vec<serde_json::Value> = (0..50_000).map(|i| value!(i)).collect();
    let report = Project::sample().set("/organisation/flags", many).check();
    assert_eq!(report.0["can_be_built_as_draft"], false);
    let report = Project::sample().set("/budget/total_cents", i64::MAX).check();
    assert!(report.with_code("profile-invalid").iter().any(|p| p["pointer"] == "/budget/total_cents"));
}
