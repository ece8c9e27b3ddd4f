//! What a pack holds, and the form of each part.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Read};

use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::{DateTime, ZipArchive};

use crate::support::{Pack, Project, half_finished, json, sample, toy};

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Reads a manifest: name → digest.
fn manifest(pack: &Pack, name: &str) -> BTreeMap<String, String> {
    let lines = pack.text(name).lines();
    let entry = |line: &str| line.split_once("  ").map(|(digest, name)| (name.to_owned(), digest.to_owned()));
    lines.map(|line| entry(line).unwrap_or_else(|| panic!("{name}: {line}"))).collect()
}

#[test]
fn the_zip_is_plain_sorted_and_without_time() {
    for (pack, top) in [(sample(), "wattlebird-OSM007/"), (toy(), "pips-TOY001/")] {
        let mut sorted = pack.names.clone();
        sorted.sort();
        assert_eq!(pack.names, sorted, "entries are sorted");
        assert!(pack.names.iter().all(|n| n.starts_with(top)), "one folder at the top: {:?}", pack.names);
        let mut archive = ZipArchive::new(Cursor::new(&pack.bytes)).expect("a zip file");
        assert_eq!(archive.offset(), 0);
        let sealed = pack.bytes.len() - archive.comment().len();
        let seal = format!("evipack sha256 {}", digest(&pack.bytes[..sealed]));
        assert_eq!(archive.comment(), seal.as_bytes());
        for i in 0..archive.len() {
            let entry = archive.by_index(i).expect("an entry");
            assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
            assert_eq!(entry.unix_mode(), Some(0o100_644));
            assert!(entry.extra_data().unwrap_or_default().is_empty());
        }
    }
}

#[test]
fn the_bag_is_complete_and_valid() {
    for pack in [sample(), half_finished(), toy()] {
        let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
        assert_eq!(pack.text("bagit.txt"), declaration);
        let (payload, tags) =
            (manifest(pack, "manifest-sha256.txt"), manifest(pack, "tagmanifest-sha256.txt"));
        for (name, expected) in payload.iter().chain(&tags) {
            assert_eq!(&digest(pack.file(name)), expected, "{name}");
        }
        assert!(
            payload.keys().all(|n| n.starts_with("data/")) && tags.keys().all(|n| !n.starts_with("data/"))
        );
        let listed: BTreeSet<&str> = payload.keys().chain(tags.keys()).map(String::as_str).collect();
        let present: BTreeSet<&str> =
            pack.files.keys().map(String::as_str).filter(|n| *n != "tagmanifest-sha256.txt").collect();
        assert_eq!(listed, present, "every file is listed once");
        let size: usize = payload.keys().map(|n| pack.file(n).len()).sum();
        assert!(pack.text("bag-info.txt").contains(&format!("\nPayload-Oxum: {size}.{}\n", payload.len())));
    }
}

#[test]
fn every_document_of_the_unit_is_there() {
    let profile = json("samples/wattlebird-cycles/profile.json");
    let periods = profile["data"]["periods"].as_array().expect("periods");
    let unit = json("templates/units/OSM007/unit.json");
    let mut expected = Vec::new();
    for document in unit["documents"].as_array().expect("documents") {
        let (number, slug) =
            (document["number"].as_str().expect("a number"), document["slug"].as_str().expect("a slug"));
        if document["each"].is_null() {
            expected.push(format!("data/documents/{number}-{slug}.pdf"));
            continue;
        }
        let count = periods.iter().filter(|p| p["role"] == document["each"]["role"]).count();
        expected.extend((1..=count).map(|n| format!("data/documents/{number}-{n}-{slug}.pdf")));
    }
    expected.sort();
    assert_eq!(sample().documents(), expected);
    assert_eq!(expected.len(), 24, "D00 to D21, with three period reports");
}

#[test]
fn the_checklist_fits_its_schema() {
    let schema = json("schemas/checklist.schema.json");
    let validator = jsonschema::options().build(&schema).expect("a schema");
    for pack in [sample(), half_finished(), toy()] {
        let checklist = pack.checklist();
        let problems: Vec<String> =
            validator.iter_errors(&checklist).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(problems.is_empty(), "{problems:#?}");
    }
    let mut wrong = sample().checklist();
    wrong["rows"][3]["status"] = "competent".into();
    assert!(!validator.is_valid(&wrong), "the schema knows the words for a status");
}

#[test]
fn the_checklist_has_the_units_rows_in_its_order() {
    for (pack, unit) in [
        (sample(), "templates/units/OSM007/unit.json"),
        (half_finished(), "templates/units/OSM007/unit.json"),
        (toy(), "tests/fixtures/units/TOY001/unit.json"),
    ] {
        let (checklist, unit) = (pack.checklist(), json(unit));
        let part = |list: &Value, name: &str| -> Vec<Value> {
            list.as_array().expect("a list").iter().map(|r| r[name].clone()).collect()
        };
        for name in ["id", "text"] {
            assert_eq!(part(&checklist["rows"], name), part(&unit["requirements"], name));
        }
    }
}

#[test]
fn every_link_of_the_start_page_leads_somewhere() {
    for pack in [sample(), half_finished(), toy()] {
        let page = pack.text("index.html");
        let links: Vec<&str> = page.split("href=\"").skip(1).filter_map(|t| t.split('"').next()).collect();
        for link in &links {
            match link.split_once('#') {
                Some(("", id)) => assert!(page.contains(&format!("id=\"{id}\"")), "{link}"),
                _ => drop(pack.file(link.split('#').next().unwrap_or_default())),
            }
        }
        for document in pack.documents() {
            assert!(links.contains(&document), "{document} is not on the start page");
        }
        for payload in pack.files.keys().filter(|n| n.starts_with("data/")) {
            assert!(links.contains(&payload.as_str()), "{payload} is not on the start page");
        }
        assert!(
            !page.contains("<script") && !page.contains(" src=") && !page.contains("url("),
            "the page loads nothing"
        );
        assert!(page.contains("<html lang=\"en-AU\">"));
    }
}

#[test]
fn the_calendar_has_one_event_for_each_entry() {
    for (pack, profile) in [(sample(), "wattlebird-cycles"), (half_finished(), "learner-half-finished")] {
        let entries =
            json(&format!("samples/{profile}/profile.json"))["calendar"].as_array().map_or(0, Vec::len);
        assert!(entries > 0, "{profile} has a calendar");
        let text = pack.text("data/calendar.ics");
        assert_eq!(text.matches("BEGIN:VEVENT\r\n").count(), entries);
        assert_eq!(text.replace("\r\n", "").matches(['\r', '\n']).count(), 0, "lines end with CRLF");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "lines are folded at 75 octets");
        let ids: BTreeSet<&str> = text.split("\r\n").filter(|l| l.starts_with("UID:")).collect();
        assert_eq!(ids.len(), entries, "every event has an id of its own");
    }
}

#[test]
fn the_workbook_holds_every_row() {
    for pack in [sample(), half_finished(), toy()] {
        let mut archive = ZipArchive::new(Cursor::new(pack.file("data/checklist.xlsx"))).expect("a workbook");
        let mut text = String::new();
        archive.by_name("xl/sharedStrings.xml").expect("strings").read_to_string(&mut text).expect("text");
        for row in pack.checklist()["rows"].as_array().expect("rows") {
            let id = row["id"].as_str().expect("an id");
            assert!(text.contains(&format!(">{id}</t>")), "{id} is not in the workbook");
        }
        let formula = (0..archive.len()).any(|i| {
            let mut sheet = String::new();
            let mut entry = archive.by_index(i).expect("an entry");
            entry.read_to_string(&mut sheet).is_ok_and(|_| sheet.contains("<f>"))
        });
        assert!(!formula, "cells hold text and numbers only");
    }
}

#[test]
fn the_data_travels_with_the_pack() {
    let project = Project::sample();
    let canonical = serde_json_canonicalizer::to_vec(&project.profile).expect("JSON");
    assert!(sample().file("data/profile.json") == canonical, "the profile in its canonical form");
    for name in ["data/metrics.csv", "data/posts.csv", "assets/logo.svg"] {
        let original = std::fs::read(project.folder().join(name)).expect("a file");
        assert!(sample().file(&format!("data/{name}")) == original, "{name}");
    }
}
