//! Exports of platforms: what is understood, what is asked, what is refused.
//!
//! The expected totals were computed by `tests/tools/export_totals.py`, which shares no code with the program.

mod hostile;
mod writing;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{Evipack, Project, Run, files_below, json as read_json, root};

/// The path of an export in the fixtures.
fn export(name: &str) -> PathBuf {
    root().join("tests/fixtures/exports").join(name)
}

/// A profile with periods and platforms, but without numbers.
fn empty() -> Project {
    let project = Project::named("redgum-libraries").set("/data/files", json!([]));
    project.save();
    project
}

/// The program over exports, in a project's folder.
fn import(project: &Project, files: &[&str], options: &[&str]) -> Run {
    let mut args: Vec<std::ffi::OsString> = vec!["import".into()];
    args.extend(files.iter().map(|f| export(f).into_os_string()));
    args.extend(["--into", "profile.json", "--exported-on", "2027-01-05"].map(Into::into));
    args.extend(options.iter().map(Into::into));
    Evipack::new(args).within(project.folder()).run()
}

/// What is understood of exports, as data.
fn understood(files: &[&str], options: &[&str]) -> Value {
    let run = import(&empty(), files, &[options, &["--format", "json"]].concat());
    assert!(run.stderr.is_empty(), "{run}");
    run.json()
}

/// All numbers: by period and metric, with the platform behind the metric where there are several.
fn totals(report: &Value) -> BTreeMap<String, BTreeMap<String, i64>> {
    let values: Vec<&Value> = report["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .flat_map(|t| t["values"].as_array().expect("values"))
        .collect();
    let text = |v: &Value, key: &str| v[key].as_str().expect("a text").to_owned();
    let mut platforms: Vec<String> = values.iter().map(|v| text(v, "platform")).collect();
    platforms.sort();
    platforms.dedup();
    let mut found: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for value in values {
        let mut name = text(value, "metric");
        if platforms.len() > 1 {
            name = format!("{name} {}", text(value, "platform"));
        }
        let number = value["value"].as_i64().expect("a number");
        assert_eq!(found.entry(text(value, "period")).or_default().insert(name, number), None, "{value}");
    }
    found
}

/// The messages of a list, joined, with their codes and hints.
fn told(report: &Value, list: &str) -> String {
    let items = report[list].as_array().expect("a list");
    items.iter().map(|d| format!("{} {} {}\n", d["code"], d["message"], d["hints"])).collect()
}

/// Everything that is said about the tables.
fn notes(report: &Value) -> String {
    let tables = report["tables"].as_array().expect("tables");
    tables.iter().map(|t| format!("{} {}\n", t["lacks"], t["notes"])).collect()
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "nothing says `{part}`\n{text}");
    }
}

#[test]
fn totals_equal_those_of_an_independent_program() {
    let golden = read_json("tests/fixtures/exports/totals.json");
    for (file, expected) in golden.as_object().expect("files") {
        let report = understood(&[file], &[]);
        assert_eq!(json!(totals(&report)), *expected, "{file}\n{report:#}");
        assert_eq!(
            (told(&report, "problems"), told(&report, "questions")),
            (String::new(), String::new()),
            "{file}"
        );
    }
    assert!(golden.as_object().is_some_and(|g| g.len() >= 15));
}

#[test]
fn one_row_for_each_post_and_day_is_refused_with_the_way_out() {
    let report = understood(&["facebook-daily.csv"], &[]);
    assert_has(&told(&report, "problems"), &["MET-11", "4 rows for 2 posts", "“Lifetime”, not “Daily”"]);
    assert!(totals(&report).is_empty());
}

#[test]
fn repeated_posts_count_once_and_contradicting_ones_are_refused() {
    let project = empty();
    let text = fs::read_to_string(export("instagram-content.csv")).expect("an export");
    assert_has(&notes(&understood(&["instagram-content.csv"], &[])), &["counted once: 1"]);
    let changed = text.replacen("1204,97,12", "1204,98,12", 1);
    assert_ne!(text, changed);
    project.write("twice.csv", changed.as_bytes());
    let path = project.folder().join("twice.csv");
    import(&project, &[path.to_str().expect("a path")], &[])
        .ends(1)
        .says("MET-11")
        .says("the post 1800002 stands twice with different numbers, in row 3 and row 4");
}

#[test]
fn the_order_of_day_and_month_is_asked_and_never_guessed() {
    let report = understood(&["instagram-ambiguous.csv"], &[]);
    assert_has(&told(&report, "questions"), &["MET-12", "day-first or month-first", "`--dates day-first`"]);
    assert!(totals(&report).is_empty(), "nothing is counted before the answer");
    let views =
        |order| totals(&understood(&["instagram-ambiguous.csv"], &["--dates", order]))["july"]["impressions"];
    assert_eq!((views("month-first"), views("day-first")), (100, 200));
    let run = import(&empty(), &["instagram-ambiguous.csv"], &[]).ends(1);
    run.says("Questions").says("Nothing was written");
}

#[test]
fn a_year_is_taken_from_the_periods_or_asked() {
    let report = understood(&["tiktok-Overview.csv"], &[]);
    assert_has(&notes(&report), &["only with 1 July 2026 as the first day"]);
    let project = empty().set("/data/periods/0/from", "2025-06-01").set("/data/periods/0/to", "2025-08-31");
    project.save();
    let asked = import(&project, &["tiktok-Overview.csv"], &[]).ends(1);
    asked.says("MET-12").says("of which year is `1 July`").says("`--year 2026`");
    import(&project, &["tiktok-Overview.csv"], &["--year", "2026"]).ok().says("July 2026").says("5,115");
}

#[test]
fn reach_is_never_added_up_and_what_to_do_is_said() {
    for file in ["facebook-content.csv", "meta-overview.csv", "tiktok-Viewers.csv", "linkedin-content.xls"] {
        let report = understood(&[file], &[]);
        assert!(!json!(totals(&report)).to_string().contains("reach"), "{file}");
        assert_has(&told(&report, "left_out"), &["MET-07", "cannot be added up", "type"]);
    }
    let ads = understood(&["meta-ads.csv"], &[]);
    assert_has(&told(&ads, "left_out"), &["MET-07", "from rows", "export the account as a whole"]);
    let video = understood(&["youtube.zip"], &[]);
    assert_eq!(totals(&video)["july"]["reach"], 803, "the channel's own number for the period");
}

#[test]
fn a_part_of_a_period_is_not_taken_for_the_whole() {
    let report = understood(&["tiktok-Overview.csv"], &[]);
    assert_has(
        &told(&report, "left_out"),
        &["30 of the 31 days of August 2026 (10 August 2026 missing): Shares left empty", "--partial"],
    );
    let partial = totals(&understood(&["tiktok-Overview.csv"], &["--partial"]));
    assert_eq!(partial["august"]["shares"], 16);
    let quarter = understood(&["ga4-quarter.csv"], &[]);
    assert!(totals(&quarter).is_empty());
    assert_has(
        &told(&quarter, "left_out"),
        &["1 July 2026 to 30 September 2026 as a whole", "export each period on its own"],
    );
    let posts = understood(&["linkedin-content.xls"], &[]);
    assert_has(&told(&posts, "left_out"), &["not the whole of Five weeks before"]);
}

#[test]
fn what_lies_outside_or_below_zero_is_said() {
    let report = understood(&["facebook-content.csv"], &[]);
    assert_eq!(report["tables"][0]["outside"], 1);
    assert_eq!(report["tables"][0]["posts"], 4);
    assert_has(&notes(&report), &["no number in the column “Link Clicks” in 1 of 5 rows"]);
    let report = understood(&["tiktok-Overview.csv"], &[]);
    assert_has(&notes(&report), &["below zero in the column “Comments”, first -1 in row 7"]);
}

#[test]
fn missing_columns_and_what_a_platform_never_exports_are_said() {
    let report = understood(&["instagram-content.csv"], &[]);
    assert_has(
        &notes(&report),
        &["there is no column “Reach”: reach stays empty", "Instagram posts have no links"],
    );
    let report = understood(&["linkedin-followers.xlsx"], &[]);
    assert_has(&notes(&report), &["new on a day, not all there are"]);
}

#[test]
fn a_file_of_two_platforms_is_parted_and_one_of_none_is_asked() {
    let visits = totals(&understood(&["meta-overview.csv"], &[]))["july"].clone();
    assert_eq!(visits.keys().collect::<Vec<_>>(), ["profile_visits facebook", "profile_visits instagram"]);
    let report = understood(&["meta-overview-untitled.csv"], &[]);
    assert_has(&told(&report, "questions"), &["Facebook or Instagram?", "`--platform facebook`"]);
    let report = understood(&["meta-overview-untitled.csv"], &["--platform", "instagram"]);
    assert_eq!(
        (totals(&report)["july"]["impressions"], &report["tables"][0]["platforms"][0]),
        (1240, &json!("Instagram"))
    );
    let report = understood(&["facebook-content.csv"], &["--platform", "instagram"]);
    assert_has(&told(&report, "left_out"), &["`--platform instagram` was not used"]);
    import(&empty(), &["facebook-content.csv"], &["--platform", "facebok"])
        .ends(1)
        .says("did you mean `facebook`?");
    let project = empty();
    let text = fs::read_to_string(project.path())
        .expect("a profile")
        .replace("\"TikTok\"", "\"Clips\"")
        .replace("\"tiktok\"", "\"clips\"");
    project.write("profile.json", text.as_bytes());
    import(&project, &["tiktok-Overview.csv"], &[])
        .ends(1)
        .says("the profile has no platform TikTok")
        .says("--platform");
    import(&project, &["tiktok-Overview.csv"], &["--platform", "clips"]).ok().says("Platform       Clips");
}

#[test]
fn a_list_without_its_days_is_asked_for_them() {
    let report = understood(&["youtube-Table data.csv"], &[]);
    assert_has(&told(&report, "questions"), &["of which days are these numbers?", "--period"]);
    let report = understood(&["youtube-Table data.csv"], &["--period", "july"]);
    assert_eq!(totals(&report)["july"]["impressions"], 9100);
}

#[test]
fn money_is_read_with_its_marks_and_only_in_australian_dollars() {
    let report = understood(&["meta-ads-comma.csv"], &[]);
    let august = &totals(&report)["august"];
    assert_eq!((august["spend_cents"], august["impressions"]), (105_755, 6200));
    let report = understood(&["meta-ads-usd.csv"], &[]);
    assert_has(&told(&report, "problems"), &["“Amount spent (USD)” is in USD", "AUD"]);
    assert!(totals(&report).is_empty());
}

#[test]
fn an_unknown_file_is_told_from_the_nearest_known_one() {
    let report = understood(&["unknown.csv"], &[]);
    let problems = told(&report, "problems");
    assert_has(
        &problems,
        &[
            "looks most like Instagram content",
            "has no column “Account username”",
            "can be read: YouTube Studio",
        ],
    );
}

#[test]
fn groups_of_people_give_no_figure_and_say_so() {
    for (file, words) in [
        ("tiktok-FollowerGender.csv", "Shares of groups are no metric"),
        ("linkedin-visitors.xlsx", "Groups of people are no metric"),
    ] {
        assert_has(&notes(&understood(&[file], &[])), &[words]);
    }
    assert!(totals(&understood(&["tiktok-FollowerGender.csv"], &[])).is_empty());
}

#[test]
fn two_exports_join_and_the_higher_rank_counts() {
    let report = understood(&["facebook-content.csv", "facebook-content-later.csv"], &[]);
    let july: i64 = totals(&report)["july"]["impressions"];
    assert_eq!(july, 1204 + 640 + 333, "a post in both files counts once");
    let report = understood(&["facebook-content.csv", "meta-ads.csv"], &[]);
    assert_eq!(totals(&report)["august"]["impressions facebook"], 902, "not replaced by paid impressions");
    assert_has(
        &notes(&report),
        &["Impressions of Facebook in August 2026: the number of `facebook-content.csv`"],
    );
    let report = understood(&["facebook-content.csv", "facebook-content.csv"], &[]);
    assert_has(&told(&report, "problems"), &["is the same file as"]);
}

#[test]
fn numbers_that_are_not_whole_and_days_that_are_none_are_named_with_their_cells() {
    let project = empty();
    let text = fs::read_to_string(export("tiktok-Overview.csv")).expect("an export");
    let text = text.replacen("July 2,123,", "Juli 2,1.2K,", 1);
    project.write("bad.csv", text.as_bytes());
    let path = project.folder().join("bad.csv");
    let run = import(&project, &[path.to_str().expect("a path")], &[]).ends(1);
    run.says("row 3, column “Video Views”: `1.2K` is not a number")
        .says("row 3, column “Date”: `Juli 2` is not a date");
}

#[test]
fn an_export_cannot_be_older_than_what_it_says() {
    let project = empty();
    let mut args: Vec<std::ffi::OsString> = vec!["import".into(), export("x-overview.csv").into()];
    args.extend(["--into", "profile.json", "--exported-on", "2026-08-15"].map(Into::into));
    Evipack::new(args)
        .within(project.folder())
        .run()
        .ends(1)
        .says("speaks of 31 August 2026, but was exported on 15 August 2026");
}

#[test]
fn a_new_source_needs_no_program() {
    let catalog = tempfile::tempdir().expect("a folder");
    let folder = catalog.path().join("templates/shared/imports");
    fs::create_dir_all(&folder).expect("a folder");
    let mut source = read_json("templates/shared/imports/x.json");
    source["name"] = json!("Pinboard");
    source["tables"] = json!([{
        "id": "pinboard-days", "name": "days", "export": "Press Export.", "rows": "day", "rank": 20,
        "columns": [{"names": ["Tag"], "is": "date", "required": true}, {"names": ["Pins seen"], "gives": ["impressions"], "required": true}],
    }]);
    fs::write(folder.join("pinboard.json"), source.to_string()).expect("written");
    let project = empty();
    let rows: String = (1..=31).map(|d| format!("2026-07-{d:02};{d}\n")).collect();
    project.write("pins.csv", format!("tag;PINS  SEEN\n{rows}").as_bytes());
    let args = ["import", "pins.csv", "--into", "profile.json", "--catalog"];
    let run = || Evipack::new(args).arg(catalog.path()).within(project.folder()).run();
    run().ok().says("Pinboard: days").says("496");
    source["tables"][0]["columns"][1]["gives"] = json!(["impresions"]);
    fs::write(folder.join("pinboard.json"), source.to_string()).expect("written");
    run().ends(4).says("there is no input `impresions`");
}

#[test]
fn the_knowledge_of_exports_fits_its_schema_and_names_rules_that_exist() {
    let schema = read_json("schemas/import.schema.json");
    let validator = jsonschema::options().build(&schema).expect("a schema");
    let folder = "templates/shared/imports";
    let mut ids = Vec::new();
    for name in files_below(&root().join(folder)) {
        let source = read_json(&format!("{folder}/{name}"));
        let wrong: Vec<String> = validator.iter_errors(&source).map(|e| format!("{name}: {e}")).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let tables = source["tables"].as_array().expect("tables");
        ids.extend(tables.iter().map(|t| t["id"].as_str().expect("an id").to_owned()));
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "ids of tables differ");
}
