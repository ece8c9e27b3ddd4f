//! Questions for the assessor: specific, with real pages, and never in the pack.

use std::collections::BTreeSet;
use std::fs;

use evipack::catalog::Catalog;
use serde_json::Value;

use crate::support::{Evipack, Pack, Project, json, printed, sample, squeeze};

/// What is printed about each question.
struct Asked {
    text: String,
    places: Vec<String>,
    signs: usize,
}

fn questions(project: &Project) -> Vec<Asked> {
    project.save();
    let run = Evipack::new(["unit", "questions", "profile.json"]).within(project.folder()).run().ok();
    let mut asked: Vec<Asked> = Vec::new();
    for line in run.stdout.lines() {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("Look at: ") {
            asked.last_mut().expect("a question").places.push(place.into());
        } else if line.starts_with("Listen for: ") {
            asked.last_mut().expect("a question").signs += 1;
        } else if line.starts_with(|c: char| c.is_ascii_digit()) {
            asked.push(Asked { text: String::new(), places: Vec::new(), signs: 0 });
        } else if !line.is_empty() {
            asked.last_mut().expect("a question").text.push_str(line);
        }
    }
    asked
}

#[test]
fn a_pack_gives_five_to_eight_questions_of_its_own() {
    let mut all = BTreeSet::new();
    for name in ["wattlebird-cycles", "kestrel-bend", "paddock-gate-physio", "redgum-libraries"] {
        let asked = questions(&Project::named(name));
        assert!((5..=8).contains(&asked.len()), "{name}: {} questions", asked.len());
        for question in &asked {
            println!("{name}: {}", question.text);
            assert!(
                question.text.ends_with(['?', '.']) && !question.text.contains("[["),
                "{}",
                question.text
            );
            assert!(!question.text.contains("n/a"), "{}", question.text);
            assert!(!question.places.is_empty() && question.signs > 0, "{}", question.text);
            assert!(all.insert(question.text.clone()), "asked of two organisations: {}", question.text);
        }
    }
}

#[test]
fn the_pages_are_those_of_the_pack() {
    let (pack, asked) = (sample(), questions(&Project::sample()));
    for place in asked.iter().flat_map(|q| &q.places) {
        let (document, rest) = place.split_once(' ').expect("a document");
        let (_, rest) = rest.split_once(", section ").expect("a section");
        let (section, rest) = rest.rsplit_once(", page ").expect("a page");
        let page: usize = rest.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
        let start = document.trim_start_matches('D').replace('.', "-");
        let pages = pack.pages(pack.document(&format!("{start}-")));
        assert!(pages[page - 1].squeezed.contains(&squeeze(section)), "{place}");
    }
}

/// Everything that a pack holds as text, pages included.
fn contents(pack: &Pack) -> String {
    let mut all: String = pack.documents().into_iter().map(|d| pack.printed(d)).collect();
    all.push_str(&pack.printed("data/submission.pdf"));
    all.extend(pack.files.values().map(|bytes| squeeze(&String::from_utf8_lossy(bytes))));
    all
}

#[test]
fn nothing_of_it_gets_into_the_pack() {
    let project = Project::sample();
    let asked = questions(&project);
    let pack = project.pack(&["--annotate"]);
    assert!(pack.files.keys().all(|n| !n.contains("question")), "no file of questions");
    let all = contents(&pack);
    let bank = json("templates/units/OSM007/questions.json");
    let signs = bank["questions"].as_array().expect("questions").iter().flat_map(|q| {
        q["listens_for"].as_array().expect("signs").iter().filter_map(Value::as_str).map(str::to_owned)
    });
    for text in signs.chain(asked.into_iter().map(|q| q.text)) {
        assert!(!all.contains(&squeeze(&text)), "the pack holds “{text}”");
    }
    assert!(pack.bytes == sample_with(&["--annotate"]), "asking changes nothing");
}

fn sample_with(options: &[&str]) -> Vec<u8> {
    Project::sample().pack(options).bytes
}

#[test]
fn the_sheet_is_written_with_room_for_notes_and_always_the_same() {
    let project = Project::sample();
    project.save();
    let write = |name: &str| {
        let run =
            Evipack::new(["unit", "questions", "profile.json", "-o", name]).within(project.folder()).run();
        run.ok().says("no part of the pack");
        fs::read(project.folder().join(name)).expect("a sheet")
    };
    let sheet = write("a.pdf");
    assert!(sheet == write("b.pdf"));
    let text = printed(&sheet);
    for words in ["Questionsfortheassessor", "Agoodanswershows", "Wheretolook", "Wattlebird", "Page1of"] {
        assert!(text.contains(words), "{words}");
    }
    assert!(!text.contains(['☑', '☒']) && !text.contains("ompetent"), "nothing is decided");
}

#[test]
fn drafts_have_questions_too_and_units_without_any_say_so() {
    let asked = questions(&Project::half_finished());
    assert!(!asked.is_empty());
    let project = Project::toy();
    project.save();
    let catalog = project.catalog().to_string_lossy().into_owned();
    let args = ["--catalog", &catalog, "unit", "questions", "profile.json"];
    Evipack::new(args).within(project.folder()).run().ends(1).says("has no questions for the assessor");
    let broken = Project::sample().set("/organisation/headcount", "nine");
    broken.save();
    let run =
        Evipack::new(["unit", "questions", "profile.json", "-o", "q.pdf"]).within(broken.folder()).run();
    run.ends(1).says("profile-invalid");
    assert!(!broken.folder().join("q.pdf").exists());
}

#[test]
fn candidates_fit_their_schema_and_the_unit() {
    let catalog = Catalog::embedded();
    let bank = catalog.checked_json("templates/units/OSM007/questions.json", "schemas/questions.schema.json");
    let bank = bank.expect("the candidates");
    let unit = json("templates/units/OSM007/unit.json");
    let ids: BTreeSet<&str> = unit["requirements"]
        .as_array()
        .expect("requirements")
        .iter()
        .filter_map(|r| r["id"].as_str())
        .collect();
    for candidate in bank["questions"].as_array().expect("candidates") {
        for look in candidate["look"].as_array().expect("places") {
            let id = look["requirement"].as_str().expect("an id");
            assert!(ids.contains(id), "{} looks at {id}", candidate["id"]);
        }
    }
}
