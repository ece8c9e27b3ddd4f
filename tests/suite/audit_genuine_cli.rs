//! Options of `evipack audit` about whose work a pack is, from outside.

use std::fs;

use serde_json::json;

use crate::support::cohort::{HandIn, compared, download, genuine, words};
use crate::support::{Evipack, json as read};

#[test]
fn a_class_is_compared_and_both_passages_are_printed_safely() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("\u{1b}[31m{}\u{202e}", words(999_999, 40));
    let class: Vec<HandIn> = ["Amina Diallo", "Bruno\u{1b}[2J Castell"]
        .into_iter()
        .zip(1..)
        .map(|(name, seed)| {
            HandIn::new(seed, name).with("/guidelines/purpose", text.as_str()).with("/case/code", "A-1")
        })
        .collect();
    let class: Vec<HandIn> =
        class.into_iter().zip(["a", "b"]).map(|(one, name)| HandIn { name: name.into(), ..one }).collect();
    let old = [HandIn::new(9, "Greta Lind").with("/knowledge/0/answer", words(999_999, 40))];
    let case = |code: &str, name: &str| json!({ "code": code, "learner": { "name": name, "id": "S100001" } });
    let cases = json!({ "format": "evipack-cases/1", "cases": [case("B-2", "Amina Diallo")] });
    let issue = json!({ "code": "I02", "title": "link broken", "from": "2026-08-14", "to": "2026-08-28", "cause": [["link"]] });
    let key = json!({ "format": "evipack-key/1", "cases": [{ "code": "A-1", "issues": [issue] }] });
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("written");
    write("class.zip", &download(&class));
    write("old.zip", &download(&old));
    write("cases.json", cases.to_string().as_bytes());
    write("key.json", key.to_string().as_bytes());
    let args = ["audit", "class.zip", "--reference", "old.zip", "--cases", "cases.json", "--key", "key.json"];
    let run = Evipack::new([&args[..], &["--json", "report.json"]].concat()).within(folder.path()).run();
    run.ends(1)
        .says("Words in common")
        .says("old.zip:")
        .says("/guidelines/purpose")
        .says("/knowledge/0/answer")
        .says("B-2")
        .says("I02");
    let shown = Evipack::new(args).within(folder.path()).run();
    assert!(!shown.stdout.contains(['\u{1b}', '\u{202e}']), "{}", shown.stdout);
    let report = fs::read_to_string(folder.path().join("report.json")).expect("the report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["similar"].as_array().map(Vec::len), Some(3), "{}", report["similar"]);
    let validator = jsonschema::options().build(&read("schemas/audit.schema.json")).expect("a schema");
    let problems: Vec<String> =
        validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn equal_packs_are_told_in_a_line_and_nearly_equal_ones_in_a_few() {
    let folder = tempfile::tempdir().expect("a folder");
    let answer = |n: u64| json!({ "requirement": format!("KE6.{n}"), "answer": words(n, 80), "example": words(n + 50, 20), "source_ids": [] });
    let answers: Vec<_> = (1..9).map(answer).collect();
    let one = HandIn::new(1, "Amina Diallo").with("/knowledge", answers);
    let same = HandIn { name: "Bruno Castell".into(), ..one.clone() };
    let other = HandIn { name: "Chloe Nguyen".into(), ..one.clone() }.with("/case/code", "A-1");
    let own = HandIn::new(5, "Dmitri Volkov").with("/guidelines/purpose", "Ask Zelda Quist about it");
    let class = [one, same, other, own];
    fs::write(folder.path().join("class.zip"), download(&class)).expect("written");
    fs::write(folder.path().join("list.csv"), "name\nZelda Quist\n").expect("written");
    let run =
        Evipack::new(["audit", "class.zip", "--roster", "list.csv", "--details"]).within(folder.path()).run();
    let told = run.stdout.split("Words in common").nth(1).expect("words in common");
    let pairs: Vec<&str> = told.split("\n  ").filter(|line| !line.starts_with(' ')).collect();
    assert!(pairs.iter().any(|l| l.contains("Amina Diallo and Amina Diallo: the same pack")), "{pairs:?}");
    assert_eq!(
        told.matches("alike: ").count(),
        2 * 5,
        "five sections of each of the two other pairs: {told}"
    );
    assert_eq!(told.matches(" more sections\n").count(), 2, "{told}");
    assert_eq!(told.matches("words in a row").count(), 2 * 2, "{told}");
    assert_eq!(told.matches('“').count(), 2 * 2, "what is the same in both is printed once: {told}");
    let whole: Vec<String> = (1..9).flat_map(|n| [words(n, 80), words(n + 50, 20)]).collect();
    let is_whole = |last: &str| whole.iter().any(|text| text.split(' ').any(|word| word == last));
    let ends =
        told.split('”').filter_map(|part| part.trim_end().strip_suffix('…')?.split_whitespace().last());
    assert!(ends.clone().count() > 0 && ends.clone().all(is_whole), "it is cut between words: {told}");
    let printed = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(printed.contains("“Zelda Quist”, who is another learner"), "{}", run.stdout);
}

#[test]
fn a_figure_is_a_word_for_who_reads_a_passage() {
    let text = format!("{} [[facebook/reach@p2]] people, [[k-reach:target]] {}.", words(7, 20), words(8, 20));
    let sharing = |count: u64| -> Vec<HandIn> {
        let named = |n: u64| HandIn::new(n, &format!("Student Number{n}"));
        (1..=count).map(|n| named(n).with("/guidelines/purpose", text.as_str())).collect()
    };
    let expected = format!("{} [figure] people, [figure] {}", words(7, 20), words(8, 20));
    let passage = &compared(&genuine(), &sharing(2), &[]).similar[0].passages[0];
    assert_eq!((&passage.one.text, &passage.other.text), (&expected, &expected));
    let whole_class = compared(&genuine(), &sharing(31), &[]);
    assert_eq!(whole_class.common[0].passages[0].place.text, expected);
}

#[test]
fn files_that_cannot_be_used_are_said_before_anything_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("cases.json"), "{ \"format\": \"evipack-cases/1\" }").expect("written");
    let run =
        |args: &[&str]| Evipack::new([&["audit", "class.zip"], args].concat()).within(folder.path()).run();
    run(&["--cases", "cases.json"]).ends(1).says("cases");
    run(&["--key", "none.json"]).ends(3).says("none.json");
    run(&["--quick", "--cases", "cases.json"]).ends(2).says("--quick");
    for name in ["cases", "key", "authenticity"] {
        let shown = Evipack::new(["schema", name]).run();
        assert_eq!(shown.json(), read(&format!("schemas/{name}.schema.json")), "{name}");
    }
}

#[test]
fn a_passage_that_no_sample_explains_comes_before_longer_ones_that_are_explained() {
    let known = read("samples/redgum-libraries/profile.json");
    let known = known.pointer("/knowledge/5/answer").expect("an answer").clone();
    let two: Vec<HandIn> = [(1, "Amina Diallo"), (2, "Bruno Castell")]
        .into_iter()
        .map(|(seed, name)| {
            let one = HandIn::new(seed, name).with("/knowledge/1/answer", known.clone());
            one.with("/guidelines/purpose", words(999_999, 25))
        })
        .collect();
    let report = compared(&genuine(), &two, &[]);
    let passages = &report.similar[0].passages;
    let all: Vec<(usize, bool)> = passages.iter().map(|p| (p.words, p.stands_in.is_some())).collect();
    assert_eq!(all[0], (25, false), "{all:?}");
    assert!(all[1].0 > 25 && all[1].1, "{all:?}");
}
