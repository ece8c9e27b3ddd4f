//! What an import writes, and what it leaves as it is.

use std::fs;

use serde_json::{Value, json};

use super::{empty, export, import};
use crate::support::{Evipack, Project, files_below};

fn profile(project: &Project) -> Value {
    serde_json::from_slice(&fs::read(project.path()).expect("a profile")).expect("JSON")
}

fn csv(project: &Project, name: &str) -> String {
    fs::read_to_string(project.folder().join(name)).expect("a data file")
}

/// A profile with one number typed and one in a file, both other than what the export says.
fn with_numbers() -> Project {
    let entry = json!({"file": "data/mine.csv", "holds": "metrics", "source": "by hand", "exported_on": "2026-10-05",
        "by_id": "helen", "covers": "two numbers"});
    let typed = json!([{"period_id": "june", "platform_id": "facebook", "metric": "comments", "value": 99},
        {"period_id": "june", "platform_id": "facebook", "metric": "reach", "value": 300}]);
    let project = empty().set("/data/files", json!([entry])).set("/data/values", typed);
    project.save();
    project.write(
        "data/mine.csv",
        b"period,platform,metric,value\r\njuly,facebook,comments,77\r\njuly,facebook,reach,900\r\n",
    );
    project
}

#[test]
fn nothing_is_written_without_a_yes() {
    let project = empty();
    let before = (fs::read(project.path()).expect("a profile"), files_below(project.folder()));
    import(&project, &["facebook-content.csv"], &[])
        .ok()
        .says("1,844")
        .says("Nothing was written: add `--yes`");
    import(&project, &["facebook-content.csv"], &["--dry-run"])
        .ok()
        .says("Nothing was written, as you wished");
    let run = import(&project, &["facebook-content.csv"], &["--format", "json"]).ok().json();
    assert_eq!((&run["written"], &run["format"]), (&json!(false), &json!("evipack-import/1")));
    import(&project, &["facebook-content.csv"], &["--yes", "--dry-run"]).ends(2);
    assert_eq!(before, (fs::read(project.path()).expect("a profile"), files_below(project.folder())));
}

#[test]
fn numbers_posts_and_their_origin_are_written_and_the_rest_stays() {
    let project = empty();
    let before = fs::read_to_string(project.path()).expect("a profile");
    import(&project, &["facebook-content.csv"], &["--yes"]).ok().says("Written into `profile.json`");
    let after = fs::read_to_string(project.path()).expect("a profile");
    let at = before.find("\"files\": []").expect("an empty list") + "\"files\": [".len();
    assert!(
        after.starts_with(&before[..at]) && after.ends_with(&before[at..]),
        "only the list of files changed"
    );
    let files = profile(&project)["data"]["files"].clone();
    let raw = fs::read(export("facebook-content.csv")).expect("an export");
    let digest: String =
        <sha2::Sha256 as sha2::Digest>::digest(raw).iter().map(|b| format!("{b:02x}")).collect();
    for (index, holds) in ["metrics", "posts"].iter().enumerate() {
        let entry = &files[index];
        assert_eq!(entry["file"], format!("data/facebook-content-{holds}.csv"));
        assert_eq!((&entry["holds"], &entry["exported_on"]), (&json!(holds), &json!("2027-01-05")));
        assert_eq!(
            (&entry["raw_file"], &entry["raw_sha256"]),
            (&json!("facebook-content.csv"), &json!(digest))
        );
        assert_eq!(entry["import"], "meta-facebook-content");
        assert_eq!(entry["source"], "Meta Business Suite: Facebook content");
    }
    assert!(csv(&project, "data/facebook-content-metrics.csv").contains("july,facebook,impressions,1844\n"));
    let report =
        Evipack::new(["check", "profile.json", "--format", "json"]).within(project.folder()).run().json();
    let problems = report["problems"].as_array().expect("problems");
    assert!(
        !problems.iter().any(|p| p["code"] == "data-invalid" || p["code"] == "profile-invalid"),
        "{problems:#?}"
    );
    import(&project, &["facebook-content.csv"], &["--yes"])
        .ok()
        .says("there is nothing new")
        .says("28 numbers");
}

#[test]
fn texts_of_posts_are_harmless_and_printable() {
    let project = empty();
    import(&project, &["facebook-content.csv", "linkedin-content.xls"], &["--yes"]).ok();
    let posts = csv(&project, "data/facebook-content-posts.csv");
    assert!(posts.contains("910002,july,2026-07-03,facebook,link,\"Winter reading list, with a second line: \"\"ten books\"\" 📚\",811,1204,31,4,6,,44\n"), "{posts}");
    assert!(posts.contains(",\"'=HYPERLINK("), "{posts}");
    assert!(posts.contains(",Story time moves to Tuesday,"), "{posts}");
    assert!(csv(&project, "data/linkedin-content-posts.csv").contains(",'+1 for libraries,"));
    let project = empty();
    import(&project, &["instagram-content.csv"], &["--yes"]).ok();
    assert!(
        csv(&project, "data/instagram-content-posts.csv").contains(",video,\"'-Quiet hour, every day\",")
    );
}

#[test]
fn numbers_that_are_there_stay_until_they_are_told_to_go() {
    let project = with_numbers();
    let run = import(&project, &["facebook-content.csv"], &["--yes"]).ok();
    let run = run.says("Comments of Facebook in June 2026: there 99 (profile.json, line ");
    run.says("Comments of Facebook in July 2026: there 77 (data/mine.csv, line 2), new 4")
        .says("`--replace`");
    assert_eq!(profile(&project)["data"]["values"][0]["value"], 99);
    assert!(csv(&project, "data/mine.csv").contains("comments,77"));
    assert!(!csv(&project, "data/facebook-content-metrics.csv").contains("july,facebook,comments"));
    let report = Evipack::new(["check", "profile.json"]).within(project.folder()).run();
    report.does_not_say("stands twice");
}

#[test]
fn replaced_numbers_go_from_where_they_stood() {
    let project = with_numbers();
    import(&project, &["facebook-content.csv"], &["--yes", "--replace"])
        .ok()
        .says("Rows of `data/mine.csv` give way");
    let values = profile(&project)["data"]["values"].clone();
    assert_eq!((values.as_array().map(Vec::len), &values[0]["metric"]), (Some(1), &json!("reach")));
    assert_eq!(csv(&project, "data/mine.csv"), "period,platform,metric,value\r\njuly,facebook,reach,900\r\n");
    let new = csv(&project, "data/facebook-content-metrics.csv");
    assert!(
        new.contains("july,facebook,comments,4\n") && new.contains("june,facebook,comments,2\n"),
        "{new}"
    );
    Evipack::new(["check", "profile.json"]).within(project.folder()).run().does_not_say("stands twice");
}

#[test]
fn a_newer_export_replaces_the_posts_of_an_older_one() {
    let project = empty();
    import(&project, &["facebook-content.csv"], &["--yes"]).ok();
    let text = fs::read_to_string(export("facebook-content.csv"))
        .expect("an export")
        .replace("\"1,204\"", "\"1,304\"");
    project.write("facebook-content.csv", text.as_bytes());
    let path = project.folder().join("facebook-content.csv");
    let path = path.to_str().expect("a path");
    import(&project, &[path], &[]).ok().says("Post 910002 on Facebook: there 2026-07-03: 811, 1204,");
    import(&project, &[path], &["--yes", "--replace"]).ok();
    assert!(!csv(&project, "data/facebook-content-posts.csv").contains("910002"));
    assert!(csv(&project, "data/facebook-content-posts-2.csv").contains("910002,july"));
    Evipack::new(["check", "profile.json"]).within(project.folder()).run().does_not_say("stands twice");
}

#[test]
fn a_failure_leaves_the_profile_and_no_litter() {
    let project = empty();
    fs::remove_dir_all(project.folder().join("data")).expect("removed");
    project.write("data", b"a file where a folder is needed");
    let before = (fs::read(project.path()).expect("a profile"), files_below(project.folder()));
    import(&project, &["facebook-content.csv"], &["--yes"]).ends(3);
    assert_eq!(before, (fs::read(project.path()).expect("a profile"), files_below(project.folder())));
}

#[test]
fn days_that_are_missing_are_recorded_with_the_numbers() {
    let project = empty();
    import(&project, &["tiktok-Overview.csv"], &["--yes", "--partial"]).ok();
    let covers = profile(&project)["data"]["files"][0]["covers"].as_str().map(str::to_owned).expect("a text");
    assert!(
        covers
            .contains("from an export that speaks of 1 July 2026 to 31 August 2026; days are missing in it"),
        "{covers}"
    );
}

#[test]
fn who_and_when_are_taken_from_what_is_known_or_asked() {
    let project = empty();
    let copy = project.folder().join("x.csv");
    fs::copy(export("x-content.csv"), &copy).expect("copied");
    let day = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_791_417_600 + 43_200);
    fs::File::options().write(true).open(&copy).and_then(|f| f.set_modified(day)).expect("a time");
    let run = |args: &[&str]| {
        let all = ["import", "x.csv", "--into", "profile.json", "--yes"].iter().chain(args);
        Evipack::new(all).within(project.folder()).run()
    };
    run(&["--by", "helena"]).ends(1).says("did you mean `helen`?");
    run(&["--by", "helen"]).ok();
    let entry = profile(&project)["data"]["files"][0].clone();
    assert_eq!((&entry["by_id"], &entry["exported_on"]), (&json!("helen"), &json!("2026-10-08")));
    let people = profile(&project)["personnel"].as_array().map(Vec::len).expect("people");
    let project = (0..people).fold(empty(), |p, i| p.set(&format!("/personnel/{i}/learner"), false));
    project.save();
    import(&project, &["x-content.csv"], &[]).ends(1).says("who exported the files?").says("`--by`");
}

#[test]
fn the_appendix_names_the_export_and_its_digest() {
    let project = empty();
    import(&project, &["facebook-content.csv"], &["--yes"]).ok();
    let run = Evipack::new(["build", "profile.json", "--draft", "-o", "pack.zip"])
        .within(project.folder())
        .run()
        .ok();
    let pack = crate::support::Pack::open(fs::read(project.folder().join("pack.zip")).expect("a pack"), run);
    let printed = pack.printed(pack.document("20-"));
    let digest =
        profile(&project)["data"]["files"][0]["raw_sha256"].as_str().map(str::to_owned).expect("a digest");
    assert!(printed.contains("facebook-content.csv") && printed.contains(&digest), "{printed}");
}

#[test]
fn the_help_names_every_answer() {
    let run = Evipack::new(["import", "--help"]).run().ok();
    let options = [
        "--into",
        "--dry-run",
        "--yes",
        "--replace",
        "--partial",
        "--platform",
        "--period",
        "--dates",
        "--year",
        "--by",
    ];
    options.iter().fold(run, |r, o| r.says(o)).says("nothing has to be opened or changed first");
    Evipack::new(["import", "none.csv", "--into", "none.json"]).run().ends(3);
    let project = empty();
    let args = ["import", "none.csv", "/", "--into", "profile.json"];
    Evipack::new(args)
        .within(project.folder())
        .run()
        .ends(3)
        .says("there is no such file")
        .says("it is a folder");
}
