//! The command line: every subcommand once, and its exit codes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::{Evipack, Project, files_below, json, root, sample};

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| (name.clone(), fs::read(folder.join(name)).expect("a file"));
    files_below(folder).into_iter().map(read).collect()
}

#[test]
fn help_names_every_command_and_wrong_usage_ends_with_two() {
    let run = Evipack::new(["--help"]).run().ok();
    let run = ["init", "check", "build", "unit", "schema", "completions", "--catalog"]
        .iter()
        .fold(run, |r, w| r.says(w));
    assert!(run.stderr.is_empty());
    let run = Evipack::new(["build", "--help"]).run().ok();
    ["--output", "--out-dir", "--sources", "--draft", "--annotate"].iter().fold(run, |r, w| r.says(w));
    Evipack::new(["--version"]).run().ok().says(env!("CARGO_PKG_VERSION"));
    for args in
        [&["frobnicate"][..], &[], &["check"], &["build", "x.json"], &["check", "x.json", "--format", "xml"]]
    {
        let run = Evipack::new(args).run().ends(2);
        assert!(
            run.stdout.is_empty() && run.stderr.contains("Usage") || run.stderr.contains("--help"),
            "{run}"
        );
    }
}

#[test]
fn an_empty_profile_is_written_checked_and_built_as_a_draft() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |args: &[&str]| Evipack::new(args).within(folder.path()).run();
    run(&["init", "mine"]).ok().says("evipack check mine/profile.json");
    assert_eq!(files_below(folder.path()), ["mine/profile.json", "mine/profile.schema.json"]);
    run(&["check", "mine/profile.json"])
        .ends(1)
        .says("is missing")
        .says("0 met")
        .does_not_say("profile-invalid");
    run(&["build", "mine/profile.json", "-o", "pack.zip"]).ends(1).says("--draft");
    run(&["build", "mine/profile.json", "-o", "pack.zip", "--draft"])
        .ok()
        .says("Draft written")
        .says("0 met");
    let before = tree(folder.path());
    run(&["init", "mine"]).ends(3).says("mine/profile.json` is there already");
    run(&["init", "mine", "--sample", "wattlebird-cycles"]).ends(3).says("is there already");
    assert!(tree(folder.path()) == before, "what is there stays as it is");
    run(&["init", "my work"]).ok().says("type: evipack check \"my work/profile.json\"");
}

#[test]
fn a_sample_is_copied_without_the_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |args: &[&str]| Evipack::new(args).within(folder.path()).run();
    run(&["init", "--sample", "wattlebird-cycles"]).ok();
    let expected =
        ["assets/logo.svg", "data/metrics.csv", "data/posts.csv", "profile.json", "profile.schema.json"];
    assert_eq!(files_below(folder.path()), expected);
    let copy: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("profile.json")).expect("a profile"))
            .expect("JSON");
    let mut sample = json("samples/wattlebird-cycles/profile.json");
    assert!(sample["knowledge"].as_array().is_some_and(|k| k.len() == 31));
    sample["knowledge"] = serde_json::json!([]);
    sample["$schema"] = "profile.schema.json".into();
    assert_eq!(copy, sample, "all but the answers is there");
    let check = run(&["check", "profile.json"]).ends(1);
    check.says("“Knowledge answers” is still empty").says("57 met");
    run(&["init", "other", "--sample", "none"])
        .ends(1)
        .says("wattlebird-cycles")
        .says("learner-half-finished");
    run(&["init", "other", "--unit", "XYZ"]).ends(1).says("units that are known: OSM007");
    assert_eq!(files_below(folder.path()), expected);
}

#[test]
fn the_schema_of_a_new_profile_is_named_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, args) in [("a", vec![]), ("b", vec!["--sample", "wattlebird-cycles"])] {
        let run = Evipack::new(["init", name]).within(folder.path());
        args.into_iter().fold(run, Evipack::arg).run().ok();
        let text = fs::read_to_string(folder.path().join(name).join("profile.json")).expect("a profile");
        let profile: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(profile["$schema"], "profile.schema.json");
        let schema = fs::read(folder.path().join(name).join("profile.schema.json")).expect("a schema");
        assert!(schema == fs::read(root().join("schemas/profile.schema.json")).expect("the schema"));
    }
}

#[test]
fn units_and_schemas_are_shown() {
    let unit = json("templates/units/OSM007/unit.json");
    let title = unit["title"].as_str().expect("a title");
    Evipack::new(["unit", "list"]).run().ok().says(&format!("OSM007  {title}"));
    let shown = Evipack::new(["unit", "show", "OSM007"]).run().ok();
    for part in unit["requirements"]
        .as_array()
        .expect("requirements")
        .iter()
        .chain(unit["documents"].as_array().expect("documents"))
    {
        assert!(shown.stdout.contains(part["id"].as_str().expect("an id")), "{}", part["id"]);
    }
    Evipack::new(["unit", "show", "OSM700"]).run().ends(1).says("units that are known: OSM007");
    for name in ["profile", "checklist", "check", "unit", "rules", "law", "thresholds"] {
        let run = Evipack::new(["schema", name]).run().ok();
        assert_eq!(run.json(), json(&format!("schemas/{name}.schema.json")), "{name}");
        Evipack::new(["schema"]).run().ok().says(&format!("{name}\n"));
    }
    Evipack::new(["schema", "profil"]).run().ends(1).says("there are: ").says("profile");
    for shell in ["bash", "zsh", "fish"] {
        Evipack::new(["completions", shell]).run().ok().says("evipack").says("out-dir");
    }
}

#[test]
fn a_folder_holds_what_the_zip_holds_and_sources_what_was_compiled() {
    let project = Project::sample();
    project.save();
    let run = project.command("build").arg("--out-dir").arg("tree").arg("--sources").arg("typ").run().ok();
    assert!(run.stderr.is_empty(), "nothing but the summary, when nobody watches\n{run}");
    let written = tree(&project.folder().join("tree"));
    assert!(written == sample().files, "the folder differs from the zip");
    let sources = tree(&project.folder().join("typ"));
    for document in sample().documents() {
        let stem = document.trim_start_matches("data/documents/").trim_end_matches(".pdf");
        assert!(sources.contains_key(&format!("{stem}.typ")), "{stem}.typ");
        assert!(sources.contains_key(&format!("documents/{stem}.typ")), "documents/{stem}.typ");
    }
    for name in ["house.typ", "submission.typ", "assets/logo.svg", "data/metrics.csv"] {
        assert!(sources.contains_key(name), "{name}");
    }
    let fonts = sources.keys().filter(|n| n.starts_with("fonts/") && n.ends_with(".ttf")).count();
    assert!(fonts >= 4, "{fonts} fonts");
    imports_resolve(&sources);
}

#[test]
fn a_folder_of_ours_may_be_replaced_and_no_other() {
    let project = Project::toy();
    project.save();
    let build = || project.command("build").arg("--out-dir").arg("tree").run();
    build().ok();
    let folder = project.folder().join("tree");
    let written = tree(&folder);
    build().ok();
    assert!(tree(&folder) == written);
    fs::write(folder.join("notes.txt"), "mine").expect("written");
    build().ends(3).says("`notes.txt`, which evipack did not make");
    assert_eq!(fs::read(folder.join("notes.txt")).expect("the notes"), b"mine");
}

/// Every file that a source imports or reads by an absolute name is among the sources.
fn imports_resolve(sources: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in sources.iter().filter(|(n, _)| n.ends_with(".typ")) {
        let text = String::from_utf8(bytes.clone()).expect("text");
        for wanted in text.split("import \"/").skip(1).chain(text.split("read(\"/").skip(1)) {
            let wanted = wanted.split('"').next().unwrap_or_default();
            assert!(sources.contains_key(wanted), "{name} wants {wanted}");
        }
        assert!(!text.contains("@preview"), "{name} wants a package");
    }
}

#[test]
fn the_summary_is_calm_and_true() {
    let run = &sample().run;
    let totals = &sample().checklist()["totals"];
    let line = format!(
        "Coverage  {} met, {} partly met, {} missing of 88",
        totals["met"], totals["partly_met"], totals["missing"]
    );
    let pages: usize = sample().documents().iter().map(|d| sample().pages(d).len()).sum();
    for part in ["Written   pack.zip\n", &line, &format!("24 documents with {pages} pages")] {
        assert!(run.stdout.contains(part), "{part}\n{run}");
    }
    assert_eq!(run.stdout.lines().count(), 4, "{run}");
    let id = run.stdout.lines().last().and_then(|l| l.strip_prefix("Pack id   ")).expect("an id");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(sample().file("tagmanifest-sha256.txt"));
    let expected: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(id, expected, "the id is the digest of the tag manifest");
}

#[test]
fn annotations_print_the_ids_beside_their_evidence() {
    let project = Project::toy();
    let plain = crate::support::toy();
    let pack = project.pack(&["--annotate"]);
    let plan = "data/documents/01-plan.pdf";
    assert!(pack.printed(plan).contains("PC1.1") && !plain.printed(plan).contains("PC1.1"));
}
