//! Whose work a pack is: words, data, names and cases of a class, compared with each other.

use evipack::audit::{Excerpt, Genuine, Report, Roster, Side};
use evipack::catalog::Catalog;
use evipack::diag::Severity;
use serde_json::{Value, json};

use crate::support::audit::mended;
use crate::support::cohort::{HandIn, compared, compared_files, genuine, messages, weights, words};
use crate::support::zips::{Entry, Zip};
use crate::support::{json as read, sample, squeeze};

const NAMES: [&str; 6] =
    ["Amina Diallo", "Bruno Castell", "Chloe Nguyen", "Dmitri Volkov", "Esther Okoye", "Farid Haddad"];

fn class(count: usize) -> Vec<HandIn> {
    let name =
        |n: usize| NAMES.get(n).map_or_else(|| format!("Student Number{n}"), |name| (*name).to_owned());
    (0..count).map(|n| HandIn::new(n as u64 + 1, &name(n))).collect()
}

/// A paragraph of 45 words that nobody else writes.
fn paragraph() -> String {
    format!("{}.", words(999_999, 45))
}

fn plain(class: &[HandIn]) -> Report {
    compared(&genuine(), class, &[])
}

fn cases(value: &Value) -> Genuine {
    let bytes = value.to_string();
    let read = genuine().with_cases(&Catalog::embedded(), "cases.json", bytes.as_bytes());
    read.unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn keys(value: &Value) -> Genuine {
    let bytes = value.to_string();
    let read = genuine().with_keys(&Catalog::embedded(), "key.json", bytes.as_bytes());
    read.unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn a_shared_paragraph_is_found_in_both_and_other_words_are_not() {
    let mut class = class(3);
    assert!(plain(&class).similar.is_empty());
    class[0] = class[0].clone().with("/knowledge/1/answer", format!("{} {}", words(5, 30), paragraph()));
    class[2] = class[2]
        .clone()
        .with("/guidelines/purpose", format!("{}\n\n{}", paragraph().to_uppercase(), words(6, 9)));
    let report = plain(&class);
    assert_eq!(report.similar.len(), 1, "{:#?}", report.similar);
    let pair = &report.similar[0];
    assert_eq!((pair.one.learner, pair.other.learner, pair.shared_words), (Some(0), Some(2), 45));
    let passage = &pair.passages[0];
    assert_eq!(passage.words, 45);
    assert_eq!(passage.one.pointer.as_deref(), Some("/knowledge/1/answer"));
    assert_eq!(passage.other.pointer.as_deref(), Some("/guidelines/purpose"));
    assert_eq!(format!("{}.", passage.one.text), paragraph(), "all of its words and no others");
    assert!(passage.other.text.chars().all(|c| !c.is_lowercase()), "as it is written there");
    assert!(messages(&report.learners[0], "shared-words")[0].contains("Chloe Nguyen"));
    assert!(messages(&report.learners[2], "shared-words")[0].contains("Amina Diallo"));
    assert!(messages(&report.learners[1], "shared-words").is_empty());
}

#[test]
fn samples_share_the_template_and_not_their_words() {
    let sample = |name: &str, seed: u64| {
        let profile = read(&format!("samples/{name}/profile.json"));
        HandIn { profile, ..HandIn::new(seed, &format!("Learner of {name}")) }
    };
    let names = ["wattlebird-cycles", "redgum-libraries", "kestrel-bend", "paddock-gate-physio"];
    let mut class: Vec<HandIn> = names.iter().zip(1..).map(|(name, seed)| sample(name, seed)).collect();
    let report = plain(&class);
    assert!(report.similar.is_empty() && report.common.is_empty(), "{:#?}", report.similar);
    let copied = class[0].profile.pointer("/knowledge/5/answer").cloned().expect("an answer");
    class[1] = class[1].clone().with("/knowledge/5/answer", copied);
    let report = plain(&class);
    assert_eq!(report.similar.len(), 1, "one answer out of a whole pack is found");
    let known = report.similar[0].passages[0].stands_in.as_deref();
    assert!(known.is_some_and(|k| k.contains("wattlebird-cycles")), "{known:?}");
    assert!(messages(&report.learners[0], "sample-words")[0].contains("evipack hands out"));
    let told: Vec<String> = report.learners.iter().flat_map(|l| messages(l, "shared-words")).collect();
    assert!(told.len() == 2 && told.iter().all(|t| t.contains("all stand in samples")), "{told:?}");
}

#[test]
fn words_that_are_not_the_learners_are_left_out_by_origin() {
    let unit = read("templates/units/OSM007/unit.json");
    let rows = unit["requirements"].as_array().expect("rows");
    let wording: Vec<&str> =
        rows.iter().filter_map(|r| r["text"].as_str()).filter(|t| t.len() > 60).take(8).collect();
    let supplied = |one: HandIn| one.with("/organisation/history", paragraph());
    let quoted =
        |one: HandIn| one.with("/guidelines/purpose", format!("They write “{}” there.", paragraph()));
    let of_unit = |one: HandIn| one.with("/guidelines/purpose", wording.join(" "));
    let cited = |one: HandIn| one.with("/submission/references", json!([{ "title": paragraph() }]));
    let tokens = |one: HandIn| one.with("/guidelines/purpose", "[[facebook/reach@p2]] ".repeat(40));
    let ways: [(&str, &dyn Fn(HandIn) -> HandIn); 5] = [
        ("supplied", &supplied),
        ("quoted", &quoted),
        ("of the unit", &of_unit),
        ("cited", &cited),
        ("figures", &tokens),
    ];
    for (what, change) in ways {
        let class: Vec<HandIn> = class(2).into_iter().map(change).collect();
        let report = plain(&class);
        assert!(report.similar.is_empty(), "{what}: {:#?}", report.similar);
    }
    let class: Vec<HandIn> =
        class(2).into_iter().map(|one| one.with("/guidelines/purpose", paragraph())).collect();
    assert_eq!(plain(&class).similar.len(), 1, "the same words as the learner's own");
    let handed =
        cases(&json!({ "format": "evipack-cases/1", "cases": [{ "code": "A-1", "texts": [paragraph()] }] }));
    assert!(compared(&handed, &class, &[]).similar.is_empty(), "the same words as a case's");
}

#[test]
fn what_was_handed_to_a_class_is_told_once() {
    let mut class: Vec<HandIn> =
        class(31).into_iter().map(|one| one.with("/guidelines/purpose", paragraph())).collect();
    class[7] = class[7].clone().with(
        "/guidelines/purpose",
        paragraph().replacen("river", "mountain", 1).replacen("salt", "mountain", 1),
    );
    class[3] = class[3].clone().with("/knowledge/0/answer", words(77, 50));
    class[4] = class[4].clone().with("/knowledge/0/answer", words(77, 50));
    let report = plain(&class);
    assert_eq!(report.common.len(), 1, "{:#?}", report.common);
    assert_eq!(report.common[0].sides.len(), 31);
    assert_eq!(report.common[0].passages[0].words, 45);
    assert_eq!(report.similar.len(), 1, "two of them share something else: {:#?}", report.similar);
    assert_eq!(report.similar[0].passages[0].words, 50);
    for learner in &report.learners {
        assert_eq!(weights(learner, "common-words"), [Severity::Note], "{}", learner.shown_as);
    }
}

#[test]
fn answers_that_were_reworded_a_little_are_alike_by_section() {
    let answer = words(4_242, 80);
    let reworded: Vec<&str> =
        answer.split(' ').enumerate().map(|(n, w)| if n % 17 == 16 { "reworded" } else { w }).collect();
    let mut class = class(2);
    class[0] = class[0].clone().with("/knowledge/2/answer", answer.as_str());
    class[1] = class[1].clone().with("/knowledge/2/answer", reworded.join(" "));
    let report = plain(&class);
    assert_eq!(report.similar.len(), 1);
    let alike = &report.similar[0].sections;
    assert_eq!(alike.len(), 1, "{alike:#?}");
    assert!(alike[0].section.ends_with("KE6.3") && (50..80).contains(&alike[0].percent), "{alike:#?}");
    assert!(messages(&report.learners[0], "shared-words")[0].contains("KE6.3"));
}

#[test]
fn last_years_work_is_compared_and_ones_own_is_not() {
    let mut class = class(2);
    let old = HandIn::new(50, "Greta Lind").with("/knowledge/1/answer", paragraph());
    class[0] = class[0].clone().with("/knowledge/1/answer", paragraph());
    let report = compared(&genuine(), &class, std::slice::from_ref(&old));
    assert_eq!(report.learners.len(), 2, "references are no learners");
    assert_eq!(report.similar.len(), 1);
    assert_eq!((report.similar[0].one.learner, report.similar[0].other.learner), (Some(0), None));
    assert!(
        report.similar[0].other.name.contains("last-year.zip")
            && report.similar[0].other.name.contains("Greta Lind")
    );
    let own = HandIn { name: "Amina Diallo".into(), ..class[0].clone() };
    assert!(compared(&genuine(), &class, &[own]).similar.is_empty());
}

#[test]
fn the_same_data_are_noticed_and_the_case_says_how_much_they_weigh() {
    let mut class = class(3);
    assert!(plain(&class).learners.iter().all(|l| messages(l, "same-figures").is_empty()));
    let platform = class[0].table.replace("facebook", "fb");
    let mut rows: Vec<&str> = platform.lines().collect();
    rows[1..].reverse();
    class[1].table = rows.join("\n");
    let coded = |class: &[HandIn], codes: [Option<&str>; 2]| {
        let mut class = class.to_vec();
        for (one, code) in class.iter_mut().zip(codes) {
            if let Some(code) = code {
                *one = one.clone().with("/case/code", code);
            }
        }
        plain(&class)
    };
    for (codes, severity) in [
        ([Some("A-1"), Some("B-2")], Severity::Error),
        ([Some("A-1"), Some("a-1")], Severity::Note),
        ([Some("A-1"), None], Severity::Warning),
    ] {
        let report = coded(&class, codes);
        assert_eq!(weights(&report.learners[0], "same-figures"), [severity], "{codes:?}");
        assert_eq!(weights(&report.learners[1], "same-figures"), [severity], "{codes:?}");
        assert!(weights(&report.learners[2], "same-figures").is_empty());
        assert_eq!(report.has_problems(), severity == Severity::Error);
    }
}

#[test]
fn another_learners_whole_name_or_id_is_found_wherever_it_stands() {
    let found = |change: &dyn Fn(&mut HandIn)| {
        let mut class = class(3);
        change(&mut class[0]);
        messages(&plain(&class).learners[0], "other-name")
    };
    assert!(found(&|_| {}).is_empty());
    let says =
        |text: &'static str| move |one: &mut HandIn| *one = one.clone().with("/guidelines/purpose", text);
    assert!(found(&says("As bruno CASTELL wrote, we answer at once"))[0].contains("Bruno Castell"));
    assert!(found(&says("My number is s100002."))[0].contains("S100002"));
    assert!(found(&says("Bruno answers, and Castell Street is near")).is_empty(), "whole names only");
    assert!(found(&|one| one.pdf = "%PDF /Author (Bruno Castell)".into())[0].contains("submission.pdf"));
    assert!(
        found(&|one| one.beside = Some(("Notes_Bruno_Castell.txt".into(), "x".into())))[0]
            .contains("its name")
    );
    assert!(
        found(&|one| one.beside = Some(("a.pdf".into(), "/Author(Bruno Castell)".into())))[0]
            .contains("properties")
    );
    let staff = |one: &mut HandIn| {
        says("Ask Bruno Castell at the counter")(one);
        *one = one.clone().with("/personnel/0/name", "Bruno Castell");
    };
    assert!(found(&staff).is_empty(), "somebody of the organisation may be called so");
}

#[test]
fn passages_of_real_packs_are_named_by_file_and_page() {
    let pack = sample();
    let mut files = pack.files.clone();
    let mut profile = pack.json("data/profile.json");
    let purpose = profile["guidelines"]["purpose"].clone();
    profile["submission"]["learner"]["name"] = "Bruno Castell".into();
    files.insert("data/profile.json".into(), profile.to_string().into_bytes());
    let pageless = HandIn::new(3, "Chloe Nguyen").with("/guidelines/purpose", purpose);
    let packs = [pack.bytes.clone(), mended(&files), pageless.pack()];
    let entry = |(name, bytes): (&str, &Vec<u8>)| Entry::stored(&format!("{name}/pack.zip"), bytes);
    let entries = NAMES.into_iter().zip(&packs).map(entry).collect();
    let report = compared_files(&genuine(), Zip { entries, ..Zip::default() }.write(), None);
    assert_eq!(report.similar.len(), 3, "{:#?}", report.similar);
    let mut paged = 0;
    let mut look = |side: &Side, excerpt: &Excerpt| {
        let Some(page) = excerpt.page else {
            assert_eq!(excerpt.file, "data/profile.json");
            return;
        };
        assert_ne!(side.learner, Some(2), "a pack without documents has no pages");
        let printed = &pack.pages(&format!("data/{}", excerpt.file))[page - 1].squeezed;
        let begins: String = excerpt.text.split_whitespace().take(3).collect();
        assert!(printed.contains(&squeeze(&begins)), "page {page} of {}: {begins}", excerpt.file);
        paged += 1;
    };
    for pair in &report.similar {
        for passage in &pair.passages {
            look(&pair.one, &passage.one);
            look(&pair.other, &passage.other);
        }
    }
    let all: usize = report.similar.iter().map(|p| p.passages.len()).sum();
    assert!(paged > all, "{paged} pages for both sides of {all} passages, of which one side may have none");
    let file = |nth: usize| report.learners[nth].findings.iter().find(|f| f.code == "shared-words");
    let file = file(0).and_then(|f| f.file.clone()).expect("a finding with a file");
    assert!(file.starts_with("documents/") && file.contains(".pdf, page "), "{file}");
}

#[test]
fn names_of_a_class_list_are_looked_for_too() {
    let list = "name,id\n\"Quist, Zelda\",S77001133\nCastell Bruno,S77001122\nChloe May Nguyen,S100003\n";
    let roster = Roster::read(list.as_bytes()).expect("a list");
    let known = genuine().with_people(roster.people());
    let mut class = class(3);
    class[0] = class[0].clone().with("/guidelines/purpose", "As Zelda Quist (S77001133) wrote, we answer");
    class[1] = class[1].clone().with("/guidelines/purpose", "Written by Castell Bruno, S77001122");
    class[2] = class[2].clone().with("/guidelines/purpose", "Written by Chloe May Nguyen");
    let report = compared(&known, &class, &[]);
    let told = |nth: usize| messages(&report.learners[nth], "other-name");
    assert_eq!(told(0).len(), 2, "{:?}", told(0));
    assert!(told(0).iter().any(|t| t.contains("“Zelda Quist”")), "{:?}", told(0));
    assert!(told(1).is_empty() && told(2).is_empty(), "their own: {:?} {:?}", told(1), told(2));
    assert!(messages(&plain(&class).learners[0], "other-name").is_empty(), "without the list");
    let mut nameless = class[2].clone();
    nameless.name = "Participant".into();
    nameless.profile["submission"]["learner"] = json!({});
    let report = compared(&known, &[nameless], &[]);
    assert!(messages(&report.learners[0], "other-name").is_empty(), "it may be their own name");
}

#[test]
fn the_case_that_was_given_comes_back() {
    let given = |code: &str, name: &str| json!({ "code": code, "learner": { "name": name } });
    let list: Vec<Value> = ["A-1", "B-2", "C-3", "D-4"].iter().zip(NAMES).map(|(c, n)| given(c, n)).collect();
    let genuine = cases(&json!({ "format": "evipack-cases/1", "cases": list }));
    let codes = [Some("a-1"), Some("C-3"), Some("C-3"), None, Some("D-4")];
    let class: Vec<HandIn> = class(5)
        .into_iter()
        .zip(codes)
        .map(|(one, code)| if let Some(code) = code { one.with("/case/code", code) } else { one })
        .collect();
    let report = compared(&genuine, &class, &[]);
    let all = ["case-differs", "case-missing", "case-shared", "case-unknown"];
    let told = |nth: usize| -> Vec<&str> {
        all.into_iter().filter(|code| !messages(&report.learners[nth], code).is_empty()).collect()
    };
    assert_eq!(told(0), Vec::<&str>::new());
    assert_eq!(told(1), ["case-differs", "case-shared"]);
    assert_eq!(told(2), ["case-shared"]);
    assert_eq!(told(3), ["case-missing"]);
    assert_eq!(told(4), ["case-unknown"]);
    assert!(
        messages(&report.learners[1], "case-differs")[0]
            .contains("Chloe Nguyen; B-2 was given to this learner")
    );
    assert!(report.has_problems());
}

#[test]
fn files_of_cases_and_keys_are_refused_with_their_places() {
    let catalog = Catalog::embedded();
    let twice = json!({ "format": "evipack-cases/1", "cases": [{ "code": "A-1" }, { "code": "a-1" }] });
    let Err(problems) = genuine().with_cases(&catalog, "cases.json", twice.to_string().as_bytes()) else {
        panic!("a code stands twice")
    };
    assert!(problems[0].message.contains("entries 1 and 2"), "{problems:#?}");
    let wrong = b"{ \"format\": \"evipack-key/1\",\n  \"cases\": [{ \"code\": \"A-1\", \"isues\": [] }] }";
    let Err(problems) = genuine().with_keys(&catalog, "key.json", wrong) else { panic!("a key is misspelt") };
    assert!(problems.iter().any(|p| p.place.as_ref().is_some_and(|p| p.line == 2)), "{problems:#?}");
}

#[test]
fn planted_issues_are_noted_with_their_place() {
    let issue = |code: &str, first: &str, second: &str| json!({ "code": code, "title": "link broken", "from": "2026-08-14", "to": "2026-08-28", "cause": [[first], [second, "not tracked"]], "tables": ["Website, sessions"] });
    let issues =
        [issue("I02", "link", "broke"), issue("I03", "giveaway", "prize"), issue("I05", "nobody", "asleep")];
    let genuine = keys(&json!({ "format": "evipack-key/1", "cases": [{ "code": "A-1", "issues": issues }] }));
    let mut class = class(2);
    class[0] = class[0]
        .clone()
        .with("/case/code", "A-1")
        .with("/reports/1/summary", "Clicks fell because the link in the profile was broken for two weeks.")
        .with("/reports/0/summary", "The giveaway brought people, and the prize went to Dubbo.")
        .with("/guidelines/purpose", "nobody is asleep here");
    let report = compared(&genuine, &class, &[]);
    let told = messages(&report.learners[0], "planted-issue");
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(
        told[0].contains("I02") && told[0].contains("): found, in Period reports: “Clicks fell"),
        "{}",
        told[0]
    );
    assert!(told[1].contains("part: 2 of 2 words of the cause, not about the period"), "{}", told[1]);
    assert!(
        told[2].contains("not found in reports and evaluations; it shows in Website, sessions"),
        "{}",
        told[2]
    );
    assert!(messages(&report.learners[1], "planted-issue").is_empty(), "its case has no key");
    assert!(!report.has_problems(), "a note is no verdict");
    class[0] =
        class[0].clone().with("/reports/0/summary", "In August the giveaway brought people for a prize.");
    let report = compared(&genuine, &class, &[]);
    assert!(messages(&report.learners[0], "planted-issue")[1].contains("): found"));
}

#[test]
fn few_own_words_are_told_with_where_the_number_comes_from() {
    let told = |words: u64, learner: u64, code: &str| {
        let mut class = class(2);
        class[0].checklist = json!({ "documents": [{ "document": "D05", "words": words, "learner": learner }, { "document": "D21", "words": 9_000, "learner": 9_000 }] });
        messages(&plain(&class).learners[0], code)
    };
    assert!(told(1_000, 350, "few-own-words").is_empty());
    let few = told(1_000, 349, "few-own-words");
    assert!(few[0].contains("34%") && few[0].contains("its own checklist"), "{few:?}");
    assert!(told(90_000, 60_000, "own-words-differ")[0].contains("60000"));
    assert!(told(9_000, 4_000, "own-words-differ").is_empty());
}

#[test]
fn three_hundred_packs_give_the_same_report_on_any_number_of_threads() {
    let mut class = class(300);
    for (one, other) in [(10, 200), (11, 299), (12, 13)] {
        let answer = class[one].profile.pointer("/knowledge/0/answer").cloned().expect("an answer");
        class[other] = class[other].clone().with("/knowledge/0/answer", answer);
    }
    let genuine = genuine();
    let told = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| compared(&genuine, &class, &[]))
    };
    let (one, other) = (told(1), told(5));
    assert_eq!(one.similar.len(), 3, "{:#?}", one.similar);
    let json = |report: &Report| serde_json::to_string(report).expect("JSON");
    assert!(json(&one) == json(&other));
}
