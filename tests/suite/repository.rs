//! The repository itself: what must not be in it, what must be in it, who may use whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use evipack::catalog::Catalog;
use evipack::unit::Unit;
use serde_json::Value;

use crate::support::{files_below, json, root};

/// The program's source files with their texts.
fn sources() -> Vec<(String, String)> {
    let names = files_below(&root().join("src"));
    let read = |name: String| {
        let text = fs::read_to_string(root().join("src").join(&name)).expect("text");
        (name, text)
    };
    names.into_iter().filter(|n| n.ends_with(".rs")).map(read).collect()
}

/// The part of a source file before its tests.
fn before_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default()
}

fn ids(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().expect("a list").iter().filter_map(|item| item["id"].as_str())
}

/// Tells whether a word stands in a text with no letter, digit or hyphen beside it.
fn has_word(text: &str, word: &str) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !before.is_some_and(joins) && !after.is_some_and(|c| joins(c) && c != '.')
    })
}

#[test]
fn the_program_names_no_unit_requirement_or_rule() {
    let unit = json("templates/units/OSM007/unit.json");
    let rules = json("templates/units/OSM007/rules.json");
    let rules = if rules.is_array() { rules } else { rules["rules"].clone() };
    let mut words: BTreeSet<&str> = ids(&unit["requirements"]).chain(ids(&rules)).chain(["OSM007"]).collect();
    assert!(words.len() > 200, "{} ids", words.len());
    words.retain(|w| w.len() > 2);
    for (name, text) in sources() {
        let code = before_tests(&text);
        let found: Vec<&&str> = words.iter().filter(|w| has_word(code, w)).collect();
        assert!(found.is_empty(), "src/{name} names {found:?}");
        assert!(!text.contains("OSM007"), "src/{name} names the unit, if only in a test");
    }
}

#[test]
fn every_file_of_the_catalogue_is_in_the_program() {
    let catalog = Catalog::embedded();
    for top in ["templates", "schemas", "samples"] {
        let on_disk: Vec<String> =
            files_below(&root().join(top)).into_iter().map(|n| format!("{top}/{n}")).collect();
        assert_eq!(catalog.list(top), on_disk, "{top}");
        for name in &on_disk {
            let bytes = fs::read(root().join(name)).expect("a file");
            assert!(
                catalog.bytes(name).is_some_and(|b| *b == *bytes),
                "{name} differs from the one in the program"
            );
        }
    }
}

#[test]
fn every_schema_is_valid_and_every_unit_fits() {
    let catalog = Catalog::embedded();
    for name in catalog.list("schemas") {
        let schema = json(&name);
        jsonschema::meta::validate(&schema).unwrap_or_else(|e| panic!("{name}: {e}"));
        jsonschema::options().build(&schema).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    let fixtures = root().join("tests/fixtures");
    let toy = files_below(&fixtures).into_iter().filter(|n| n.starts_with("units/"));
    let overlay =
        toy.map(|n| (format!("templates/{n}"), fs::read(fixtures.join(&n)).expect("a file"))).collect();
    let catalog = Catalog::with_overlay(overlay);
    assert_eq!(catalog.units(), ["OSM007", "TOY001"]);
    for code in catalog.units() {
        let unit = Unit::load(&catalog, &code).unwrap_or_else(|e| panic!("{code}: {e:#?}"));
        unit_resolves(&catalog, &unit);
    }
}

fn unit_resolves(catalog: &Catalog, unit: &Unit) {
    let known: BTreeSet<&str> = unit.requirements.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(known.len(), unit.requirements.len(), "{}: ids of requirements differ", unit.code);
    let rules: BTreeSet<&str> = unit.rules.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(rules.len(), unit.rules.len(), "{}: ids of rules differ", unit.code);
    for rule in &unit.rules {
        assert!(
            rule.feeds.iter().all(|id| known.contains(id.as_str())),
            "{} feeds {:?}",
            rule.id,
            rule.feeds
        );
        assert!(
            !rule.message.is_empty() && !rule.hint.is_empty(),
            "{} says what is wrong and what to do",
            rule.id
        );
    }
    let documents: BTreeSet<&str> = unit.documents.iter().map(|d| d.id.as_str()).collect();
    for requirement in unit.requirements.iter().filter(|r| !unit.is_parent(&r.id)) {
        let all = requirement.documents.iter().all(|d| documents.contains(d.as_str()));
        assert!(all && !requirement.documents.is_empty(), "{} has documents", requirement.id);
        assert!(requirement.parent.as_deref().is_none_or(|p| known.contains(p)), "{}", requirement.id);
        assert!(
            requirement.present.is_some() || requirement.count.is_some(),
            "{} can be judged",
            requirement.id
        );
    }
    for document in &unit.documents {
        let template = format!("templates/{}/{}.typ.j2", unit.folder, document.slug);
        assert!(catalog.bytes(&template).is_some(), "{} has no {template}", document.id);
    }
}

#[test]
fn the_unit_has_the_rows_of_its_training_package() {
    let unit = Unit::load(&Catalog::embedded(), "OSM007").expect("a unit");
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for row in unit.requirements.iter().filter(|r| !unit.is_parent(&r.id) && !r.extra) {
        *kinds.entry(&row.kind).or_default() += 1;
    }
    let expected = [
        ("assessment_condition", 5),
        ("foundation_skill", 9),
        ("knowledge_evidence", 31),
        ("performance_criterion", 25),
        ("performance_evidence", 17),
        ("prerequisite", 1),
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(unit.requirements.iter().filter(|r| r.kind == "element").count(), 6);
}

/// Which modules a module may use, by the names at the top of `src`.
const LAYERS: [(&str, &[&str]); 28] = [
    ("diag", &[]),
    ("text", &[]),
    ("colour", &[]),
    ("calendar", &[]),
    ("bundle", &[]),
    ("workbook", &[]),
    ("catalog", &["diag"]),
    ("profile", &["colour", "diag"]),
    ("unit", &["catalog", "diag", "profile"]),
    ("metrics", &["diag", "profile"]),
    ("import", &["catalog", "diag", "metrics", "profile"]),
    ("rules", &["diag", "profile", "text", "unit"]),
    ("law", &["catalog", "diag", "rules"]),
    ("render", &["catalog", "colour", "diag", "profile", "text"]),
    ("typeset", &["catalog", "diag", "render", "text"]),
    ("trace", &["diag", "rules", "text", "typeset", "unit"]),
    ("honesty", &["diag", "profile", "render", "text", "trace", "typeset", "unit"]),
    (
        "documents",
        &["catalog", "diag", "honesty", "law", "profile", "render", "trace", "typeset", "unit", "lib"],
    ),
    (
        "pack",
        &[
            "bundle",
            "calendar",
            "catalog",
            "diag",
            "documents",
            "render",
            "trace",
            "typeset",
            "workbook",
            "lib",
        ],
    ),
    ("form", &["diag", "metrics", "profile", "render", "typeset", "unit"]),
    (
        "lib",
        &[
            "catalog", "diag", "form", "honesty", "import", "metrics", "pack", "profile", "render", "rules",
            "text", "trace", "typeset", "unit",
        ],
    ),
    ("blank", &["catalog", "diag", "render", "typeset", "unit", "workbook", "lib"]),
    ("coach", &["diag", "profile", "trace", "lib"]),
    ("explain", &["catalog", "diag", "profile", "unit"]),
    ("questions", &["catalog", "diag", "metrics", "render", "rules", "trace", "typeset", "lib"]),
    ("rebuild", &["bundle", "catalog", "diag", "pack", "lib"]),
    (
        "audit",
        &[
            "blank",
            "bundle",
            "catalog",
            "diag",
            "documents",
            "profile",
            "rebuild",
            "render",
            "text",
            "trace",
            "typeset",
            "unit",
            "workbook",
            "lib",
        ],
    ),
    (
        "cli",
        &[
            "audit",
            "blank",
            "bundle",
            "catalog",
            "coach",
            "diag",
            "explain",
            "honesty",
            "import",
            "profile",
            "questions",
            "text",
            "trace",
            "unit",
            "lib",
        ],
    ),
];

/// The modules that a text uses by a path that begins with `crate::`.
fn used(text: &str) -> BTreeSet<String> {
    let modules: BTreeSet<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    let mut found = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            found.insert(if modules.contains(name.as_str()) { name } else { "lib".into() });
        }
    }
    found
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.into_iter().collect();
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap_or_default();
        if module == "main" {
            continue;
        }
        let may = allowed.get(module).unwrap_or_else(|| panic!("src/{name}: the module has no layer yet"));
        let code: String =
            text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for other in used(before_tests(&code)) {
            let fine = other == module || may.contains(&other.as_str());
            assert!(fine, "src/{name} uses {other}, which {module} may not");
        }
    }
}

#[test]
fn files_are_short_and_finished() {
    let mut names: Vec<String> =
        files_below(&root().join("src")).into_iter().map(|n| format!("src/{n}")).collect();
    names.extend(files_below(&root().join("tests")).into_iter().map(|n| format!("tests/{n}")));
    names.extend(files_below(&root().join("templates")).into_iter().map(|n| format!("templates/{n}")));
    for name in names {
        let Ok(text) = fs::read_to_string(root().join(&name)) else { continue };
        for mark in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")] {
            assert!(!has_word(&text, mark), "{name} holds {mark}");
        }
        let lines = text.lines().count();
        assert!(!name.ends_with(".rs") || lines <= 400, "{name} has {lines} lines");
    }
}

#[test]
fn the_readme_starts_with_two_commands() {
    let text = fs::read_to_string(root().join("README.md")).expect("a README");
    let after = text.split("Two commands").nth(1).expect("the words “Two commands”");
    let block = after.split("```").nth(1).expect("a block of commands");
    let commands: Vec<&str> = block.lines().skip(1).filter(|l| !l.trim().is_empty()).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].contains("build samples/wattlebird-cycles/profile.json"), "{}", commands[0]);
    assert!(commands[1].starts_with("cargo test"), "{}", commands[1]);
    for file in ["LICENSE", "CHANGELOG.md", ".ci/run"] {
        assert!(root().join(file).exists() || root().join(format!("{file}-MIT")).exists(), "{file}");
    }
}

#[test]
fn a_checkout_changes_no_byte() {
    // Git for Windows would write other ends of lines into templates, and packs would have other bytes there.
    let text = fs::read_to_string(root().join(".gitattributes")).expect("attributes");
    let rules: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rules, ["* -text"]);
}
