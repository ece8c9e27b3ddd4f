//! Files that evipack did not make: read for suggestions, and never for evidence. Hostile ones end in a
//! sentence, whatever they do.

mod hostile;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Evipack;
use crate::support::foreign::{docx, paper, paragraph, pdf, stream};

/// Words of a requirement of the unit, and none of any other file here.
const WORDS: &str = "Procedures for the escalation of customer complaints and enquiries are established";

/// What the audit says of one learner who handed in these files.
fn learner(files: &[(&str, &[u8])]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("class").join("Ada");
    std::fs::create_dir_all(&own).expect("a folder");
    files.iter().for_each(|(name, bytes)| std::fs::write(own.join(name), bytes).expect("a file"));
    let run = Evipack::new(["audit", "--format", "json"]).arg(folder.path().join("class")).run();
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.stderr));
    report["learners"][0].clone()
}

fn codes(learner: &Value) -> Vec<&str> {
    let findings = learner["findings"].as_array().expect("findings");
    findings.iter().filter_map(|f| f["code"].as_str()).filter(|code| *code != "no-pack").collect()
}

/// The pages of a file on which words of requirements stand.
fn suggested(learner: &Value, file: &str) -> Vec<Value> {
    let all = learner["suggestions"].as_array().expect("suggestions").iter();
    let is_it = |s: &&Value| s["file"].as_str().is_some_and(|name| name.ends_with(&format!("/{file}")));
    all.filter(is_it).map(|s| s["page"].clone()).collect()
}

#[test]
fn words_of_requirements_are_suggested_with_their_pages() {
    let words = wording();
    let (paper, split) = (
        paper(&["Nothing here", &words]),
        docx(&format!(
            "{}<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>{}",
            paragraph("Nothing here"),
            paragraph(&words)
        )),
    );
    let flat = docx(&paragraph(&words));
    let learner = learner(&[("essay.pdf", &paper), ("essay.docx", &split), ("flat.docx", &flat)]);
    for (file, page) in
        [("essay.pdf", Value::from(2)), ("essay.docx", Value::from(2)), ("flat.docx", Value::Null)]
    {
        let pages = suggested(&learner, file);
        assert!(!pages.is_empty() && pages.iter().all(|p| *p == page), "{file}: {learner:#}");
    }
    assert!(codes(&learner).is_empty(), "{learner:#}");
    assert_eq!(learner["packs"].as_array().expect("packs").len(), 0, "a suggestion is no evidence");
}

/// The wording of one requirement, in other forms of the words.
fn wording() -> String {
    let unit = crate::support::json("templates/units/OSM007/unit.json");
    let rows = unit["requirements"].as_array().expect("requirements");
    let text = rows.iter().find(|r| r["id"] == "PC1.1").expect("a row")["text"].as_str().expect("a text");
    text.replace(['(', ')', '\\'], "")
}

#[test]
fn other_words_suggest_nothing() {
    let learner = learner(&[("essay.pdf", &paper(&[WORDS, "My holiday by the sea"]))]);
    assert!(suggested(&learner, "essay.pdf").len() <= 1, "{learner:#}");
}

#[test]
fn a_scan_is_said_to_be_one() {
    let learner = learner(&[("scan.pdf", &paper(&["", ""]))]);
    assert_eq!(codes(&learner), ["file-without-text"], "{learner:#}");
}

#[test]
fn hostile_files_end_in_a_sentence() {
    let head = "<</Type/Catalog/Pages 2 0 R>>".to_owned();
    let tree = |kids: &str| pdf(&[head.clone(), format!("<</Type/Pages/Count 9/Kids[{kids}]>>")]);
    let deep = format!("{}{}", "[".repeat(400_000), "]".repeat(400_000));
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>".to_owned();
    let pages = "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned();
    let nested = pdf(&[head.clone(), pages.clone(), page.clone(), stream(&deep)]);
    let bomb = docx(&"<w:p>".repeat(600_000));
    let hostile: [(&str, Vec<u8>); 6] = [
        ("a loop.pdf", tree("2 0 R")),
        ("many loops.pdf", tree(&"2 0 R ".repeat(50))),
        ("nested.pdf", nested),
        ("cut off.pdf", paper(&[WORDS])[..300].to_vec()),
        ("deep.docx", bomb),
        ("no archive.docx", b"PK\x03\x04 and nothing more".to_vec()),
    ];
    for (name, bytes) in &hostile {
        let start = Instant::now();
        let learner = learner(&[(name, bytes)]);
        let codes = codes(&learner);
        assert!(codes == ["file-not-read"] || codes == ["file-without-text"], "{name}: {learner:#}");
        assert!(start.elapsed() < Duration::from_secs(60), "{name} took {:?}", start.elapsed());
    }
}
