//! Text that is no usable profile: each problem is told with its place, and nothing is written.

use std::fs;

use serde_json::json as value;

use crate::support::{Project, Run, files_below};

/// Runs `check` and `build` over a profile's text; both must refuse it in the same words.
fn refused(text: &[u8]) -> Run {
    let project = Project::sample();
    project.write("profile.json", text);
    refused_project(&project)
}

fn refused_project(project: &Project) -> Run {
    let before = files_below(project.folder());
    let old = b"an older pack".to_vec();
    project.write("pack.zip", &old);
    let check = project.command("check").run().ends(1);
    for option in ["--annotate", "--draft"] {
        let build = project.command("build").arg("-o").arg("pack.zip").arg(option).run().ends(1);
        assert!(build.stdout.is_empty(), "a build that fails writes nothing to standard output\n{build}");
    }
    assert_eq!(fs::read(project.folder().join("pack.zip")).expect("the old pack"), old, "the old pack stays");
    fs::remove_file(project.folder().join("pack.zip")).expect("removed");
    assert_eq!(files_below(project.folder()), before, "nothing is left behind");
    check
}

/// Expects a problem in a mutated sample: its code, its place by pointer, and words of message or hint.
fn problem(project: &Project, code: &str, pointer: &str, words: &[&str]) {
    let report = project.check();
    let found = report.with_code(code);
    let at = found.iter().find(|p| p["pointer"] == pointer);
    let at = at.unwrap_or_else(|| panic!("no {code} at {pointer}: {found:#?}"));
    let all = format!("{} {}", at["message"], at["hints"]);
    assert!(words.iter().all(|w| all.contains(w)), "{words:?} are not in {all}");
    let text = fs::read_to_string(project.path()).expect("text");
    let (line, column) = (number(&at["line"]), number(&at["column"]));
    let place = format!("profile.json:{line}:{column}");
    project.command("check").run().ends(1).says(&format!("({place}, {code})"));
    let run = project.command("check").arg("--verbose").run().ends(1);
    run.says(&format!("error[{code}]")).says(&place).says(words[0]);
    assert!(
        line <= text.lines().count()
            && column <= text.lines().nth(line - 1).map_or(0, |l| l.chars().count()) + 1
    );
    refused_project(project);
}

fn number(value: &serde_json::Value) -> usize {
    value.as_u64().and_then(|n| usize::try_from(n).ok()).expect("a place")
}

#[test]
fn text_that_is_not_json_is_refused_at_its_place() {
    refused(b"{\n  \"format\": \"evipack-profile/1\"\n  \"unit\": \"OSM007\"\n}")
        .says("error[json-syntax]")
        .says("profile.json:2:32")
        .says("a comma is missing");
    refused(b"{\n  \"unit\": \"OSM007\",\n  \"organisation\": {\n}\n")
        .says("profile.json:4:1")
        .says("the file ends before a curly bracket");
    refused(b"{\"unit\": \xE2\x80\x9COSM007\xE2\x80\x9D}").says("only straight quotation marks count");
    refused(b"{\"unit\": \"OSM007\",}").says("error[json-syntax]").says("profile.json:1:");
    refused(b"{\"unit\": \"OSM007\"} {}").says("error[json-syntax]").says("profile.json:1:20");
    refused(b"// mine\n{\"unit\": \"OSM007\"}").says("error[json-syntax]").says("profile.json:1:1");
    refused(b"{'unit': 'OSM007'}").says("error[json-syntax]").says("profile.json:1:2");
    refused(b"").says("error[json-syntax]").says("empty");
    refused(b"{\"unit\": \"OSM007\", \"n\": 1e999}").says("error[json-syntax]").says("1e999");
    refused(b"{\"unit\": \"\xFF\"}").says("error[json-syntax]").says("not UTF-8 text (byte 10)");
    refused("[".repeat(100_000).as_bytes()).says("error[json-syntax]");
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let text = "{\n  \"unit\": \"OSM007\",\n  \"case\": {},\n  \"unit\": \"OSM007\"\n}";
    refused(text.as_bytes())
        .says("error[json-duplicate-key]: `unit` stands twice")
        .says("profile.json:4:3")
        .says("keep one of the two");
}

#[test]
fn other_kinds_of_json_are_refused() {
    for text in ["[]", "null", "12", "\"OSM007\"", "{}"] {
        refused(text.as_bytes()).says("does not say which unit it is for");
    }
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let project = Project::sample();
    let text = serde_json::to_string_pretty(&project.profile).expect("JSON");
    project.write("profile.json", format!("\u{FEFF}{text}").as_bytes());
    project.command("check").run().ok();
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let mut text = b"{\"unit\": \"OSM007\", \"x\": \"".to_vec();
    text.resize(3_000_000, b'x');
    refused(&text).says("error[file-too-large]").says("larger than 1000000 bytes").says("CSV files");
}

#[test]
fn an_unknown_unit_is_told_with_those_that_are_known() {
    let project = Project::sample().set("/unit", "OSM008");
    project.save();
    refused_project(&project)
        .says("error[unit-unknown]: there is no unit `OSM008`")
        .says("profile.json:4:")
        .says("units that are known: OSM007");
}

#[test]
fn an_unknown_part_is_told_with_the_nearest_known_one() {
    let project = Project::sample().set("/organisation/websit", "https://example.org");
    problem(&project, "profile-invalid", "/organisation/websit", &["`websit`", "did you mean `website`?"]);
    let project = Project::sample().set("/qqqq", 1);
    problem(&project, "profile-invalid", "/qqqq", &["`qqqq`", "known here: "]);
}

#[test]
fn values_of_the_wrong_kind_are_told_in_plain_words() {
    for (pointer, wrong, words) in [
        ("/organisation/headcount", value!("nine"), ["a whole number", "without quotation marks"]),
        ("/budget/total_cents", value!(12.5), ["a whole number", "without quotation marks"]),
        ("/organisation/name", value!(7), ["text in quotation marks", "write it like this"]),
        ("/kpis", value!({}), ["a list in [ ]", "must be"]),
        ("/organisation/jurisdiction", value!("VICT"), ["VICT", "did you mean `VIC`?"]),
        ("/strategy/starts_on", value!("2026-02-30"), ["2026-02-30", "year-month-day"]),
        ("/organisation/brand/primary", value!("red"), ["red", "write it like this"]),
        ("/organisation/headcount", value!(-3), ["too small", "the least is"]),
        ("/platforms/0/fit", value!(101), ["too large", "the most is 100"]),
        ("/organisation/name", value!("x".repeat(5000)), ["5000 characters", "shorten it"]),
    ] {
        let found = Project::sample().set(pointer, wrong).check();
        let problems = found.with_code("profile-invalid");
        let at = problems
            .iter()
            .find(|p| p["pointer"] == pointer)
            .unwrap_or_else(|| panic!("{pointer}: {problems:?}"));
        let all = format!("{} {}", at["message"], at["hints"]);
        assert!(words.iter().all(|w| all.contains(w)), "{pointer}: {words:?} are not in {all}");
        assert_eq!(
            (&found.0["can_be_built"], &found.0["can_be_built_as_draft"]),
            (&value!(false), &value!(false))
        );
    }
    let project = Project::sample().set("/organisation/headcount", "nine");
    problem(&project, "profile-invalid", "/organisation/headcount", &["a whole number"]);
}

#[test]
fn a_reference_that_leads_nowhere_is_told_with_the_nearest_id() {
    let project = Project::sample().set("/kpis/0/platform_ids/0", "instagrm");
    problem(
        &project,
        "reference-unknown",
        "/kpis/0/platform_ids/0",
        &["there is no `instagrm` in platforms", "did you mean `instagram`?"],
    );
    let project = Project::sample().set("/kpis/0/owner_id", "qqq");
    problem(
        &project,
        "reference-unknown",
        "/kpis/0/owner_id",
        &["there is no `qqq` in personnel", "use one of: "],
    );
}

#[test]
fn an_id_that_stands_twice_is_told_with_the_line_of_the_first() {
    let project = Project::sample();
    let first = project.profile["platforms"][0]["id"].clone();
    let project = project.set("/platforms/1/id", first.clone());
    let words = format!("the id `{}` stands twice", first.as_str().unwrap_or_default());
    problem(&project, "id-twice", "/platforms/1/id", &[&words, "the first is in line"]);
}

#[test]
fn a_token_that_names_no_figure_is_told() {
    let project =
        Project::sample().set("/reports/0/summary", "Engagement reached [[k-engagemnt@july]] in July.");
    problem(&project, "figure-unknown", "/reports/0/summary", &["`[[k-engagemnt@july]]` names no figure"]);
}

#[test]
fn all_problems_are_told_at_once_in_reading_order() {
    let project = Project::sample()
        .set("/kpis/0/platform_ids/0", "instagrm")
        .set("/organisation/headcount", "nine")
        .set("/reports/0/summary", "Nothing here \u{202E} and [[nothing@july]].")
        .without("/strategy/summary");
    let report = project.check();
    let errors: Vec<&serde_json::Value> = report
        .problems()
        .iter()
        .filter(|p| {
            p["severity"] == "error"
                && p["code"].as_str().is_some_and(|c| c.contains('-') && c == c.to_lowercase())
        })
        .collect();
    let codes: Vec<&str> = errors.iter().filter_map(|p| p["code"].as_str()).collect();
    for code in
        ["profile-invalid", "reference-unknown", "figure-unknown", "character-refused", "part-missing"]
    {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
    let lines: Vec<usize> = report
        .problems()
        .iter()
        .filter(|p| p["file"] == "profile.json")
        .map(|p| number(&p["line"]))
        .collect();
    assert!(lines.is_sorted(), "{lines:?}");
}
