//! The audit in this process: bytes in, report out.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use evipack::audit::{
    Desk, Input, Layouts, LearnerReport, Limits, Opened, Options, Problem, Report, Roster, audit,
};
use evipack::bundle::Bundle;
use evipack::catalog::Catalog;
use serde_json::json;

use super::zips::Zip;
use super::{files_below, root, toy};

static NEVER: AtomicBool = AtomicBool::new(false);

/// The layouts of the program.
pub(crate) fn layouts() -> &'static Layouts {
    static LAYOUTS: OnceLock<Layouts> = OnceLock::new();
    LAYOUTS.get_or_init(|| Layouts::load(&Catalog::embedded()).expect("layouts"))
}

/// Audits one archive under limits.
pub(crate) fn audited_under(limits: Limits, bytes: &[u8], quick: bool) -> Report {
    let desk = Desk::new(limits, quick, &NEVER);
    let open = || Ok(Opened::File(Box::new(bytes.to_vec())));
    let input = Input { name: "input.zip".into(), open: Box::new(open) };
    audit(&[input], &Options { layouts: layouts(), desk: &desk, progress: &|_, _| {} })
}

/// Audits one archive in full, with a class list.
pub(crate) fn audited_by(roster: Option<&Roster>, bytes: &[u8]) -> Report {
    let desk = Desk::new(Limits::default(), false, &NEVER).with_roster(roster);
    let open = || Ok(Opened::File(Box::new(bytes.to_vec()) as _));
    let input = Input { name: "input.zip".into(), open: Box::new(open) };
    audit(&[input], &Options { layouts: layouts(), desk: &desk, progress: &|_, _| {} })
}

/// Audits one archive in full.
pub(crate) fn audited(bytes: &[u8]) -> Report {
    audited_under(Limits::default(), bytes, false)
}

/// The one learner of an archive with one pack.
pub(crate) fn single(bytes: &[u8]) -> LearnerReport {
    let mut report = audited(bytes);
    assert_eq!(report.learners.len(), 1, "{:#?}", report.learners);
    report.learners.remove(0)
}

/// All findings of a learner as `code: file: message`.
pub(crate) fn told(learner: &LearnerReport) -> Vec<String> {
    let packs = learner.packs.iter().flat_map(|p| &p.findings);
    packs
        .chain(&learner.findings)
        .map(|f| format!("{}: {}: {}", f.code, f.file.as_deref().unwrap_or_default(), f.message))
        .collect()
}

/// A pack with little in it, as this version writes it, in the name of a learner.
pub(crate) fn small(learner: &str) -> Bundle {
    let profile = json!({ "unit": "TOY001", "submission": { "learner": { "name": learner, "id": "L-1" } } });
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let payload = [
        file("checklist.json", "{}"),
        file("profile.json", &profile.to_string()),
        file("submission.pdf", &"%PDF and so on, again and again\n".repeat(20)),
    ];
    let tags = [file("index.html", "<!doctype html>")];
    let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let info = [
        line("Bag-Software-Agent", concat!("evipack ", env!("CARGO_PKG_VERSION"))),
        line("Evipack-Format", "evipack-pack/1"),
        line("Evipack-Unit", "TOY001"),
    ];
    Bundle::bag("small-TOY001", payload.into(), tags.into(), &info)
}

/// The files of the toy pack under its folder.
pub(crate) fn toy_files() -> BTreeMap<String, Vec<u8>> {
    toy().files.iter().map(|(name, bytes)| (format!("pips-TOY001/{name}"), bytes.clone())).collect()
}

/// An archive with files as evipack writes them.
pub(crate) fn zip_of(files: &BTreeMap<String, Vec<u8>>) -> Zip {
    Zip::of(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

/// Expects problems, in their order.
pub(crate) fn expect(what: &str, bytes: &[u8], problems: &[Problem], code: &str) {
    let learner = single(bytes);
    let told = told(&learner);
    assert_eq!(learner.problems, problems, "{what}: {told:#?}");
    assert!(code.is_empty() || told.iter().any(|t| t.starts_with(code)), "{what}: no {code} in {told:#?}");
}

/// The catalogue of the program with the toy unit in it.
pub(crate) fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let fixtures = root().join("tests/fixtures");
        let toy = files_below(&fixtures).into_iter().filter(|n| n.starts_with("units/"));
        let read = |n: String| (format!("templates/{n}"), std::fs::read(fixtures.join(&n)).expect("a file"));
        Catalog::with_overlay(toy.map(read).collect())
    })
}

/// Audits archives in full and looks into the packs.
pub(crate) fn looked_into(archives: &[&[u8]]) -> Report {
    let desk = Desk::new(Limits::default(), false, &NEVER).with_catalog(catalog());
    let input = |(nth, bytes): (usize, &&[u8])| {
        let bytes = bytes.to_vec();
        let open = move || Ok(Opened::File(Box::new(bytes.clone()) as _));
        Input { name: format!("input-{nth}.zip"), open: Box::new(open) }
    };
    let inputs: Vec<Input<'_>> = archives.iter().enumerate().map(input).collect();
    audit(&inputs, &Options { layouts: layouts(), desk: &desk, progress: &|_, _| {} })
}

/// Makes a bag of the files of a pack, with manifests that fit them.
pub(crate) fn mended(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let below = |name: &str| name.strip_prefix("data/").map(str::to_owned);
    let payload = files.iter().filter_map(|(name, bytes)| Some((below(name)?, bytes.clone()))).collect();
    let tags = [("index.html".to_owned(), files["index.html"].clone())].into();
    let info = String::from_utf8(files["bag-info.txt"].clone()).expect("text");
    let lines = info.lines().filter_map(|line| line.split_once(": "));
    let lines = lines.filter(|(label, _)| *label != "Payload-Oxum");
    let info: Vec<(String, String)> = lines.map(|(label, value)| (label.into(), value.into())).collect();
    Bundle::bag("mended", payload, tags, &info).zip()
}
