//! The list of everything that has to be checked, and proof that nothing on it was forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::edits::Fixture;
use super::{FAMILIES, entries, rules};
use crate::support::{files_below, json, root};

/// How many checks each family of the catalogue has.
const SIZES: [(&str, usize); 28] = [
    ("STR", 7),
    ("ORG", 6),
    ("OBJ", 5),
    ("AUD", 4),
    ("PLT", 9),
    ("COM", 5),
    ("KPI", 10),
    ("ANA", 3),
    ("BUD", 7),
    ("ROL", 5),
    ("CAM", 8),
    ("LNG", 3),
    ("RSP", 8),
    ("FMT", 4),
    ("INF", 4),
    ("CNT", 2),
    ("APR", 4),
    ("POL", 13),
    ("ACT", 6),
    ("CAL", 7),
    ("BRF", 4),
    ("MON", 4),
    ("MET", 13),
    ("EVL", 13),
    ("IMP", 3),
    ("KNO", 5),
    ("PCK", 8),
    ("AUT", 5),
];

/// How one check of the catalogue is expressed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expressed {
    /// By rules of the unit whose ids begin with the check's.
    #[serde(default)]
    rules: bool,
    /// By checks of the program itself.
    #[serde(default)]
    builtin: BTreeSet<String>,
    /// By the readers of exported files: how.
    import: Option<String>,
    /// On the built pack: how.
    pack: Option<String>,
    /// By the audit of packs that come in.
    audit: Option<Audited>,
}

/// How the audit expresses a check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Audited {
    /// What is compared.
    how: String,
    /// The test that covers it: its file and its name.
    test: String,
}

impl Audited {
    /// Tells whether the test is there.
    fn is_tested(&self) -> bool {
        let Some((file, name)) = self.test.split_once("::") else { return false };
        let text = std::fs::read_to_string(root().join(format!("tests/suite/{file}.rs"))).unwrap_or_default();
        text.contains(&format!("#[test]\nfn {name}()"))
    }
}

/// The list, and the rules that the unit has beyond it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    #[serde(rename = "$schema")]
    _schema: String,
    checks: BTreeMap<String, Expressed>,
    beyond: BTreeSet<String>,
}

fn catalogue() -> Catalogue {
    serde_json::from_value(json("tests/fixtures/mutations/catalogue.json")).expect("a list of checks")
}

/// The check that a rule is part of: its id without the letter of the part.
fn check_of(rule: &str) -> &str {
    rule.trim_end_matches(|c: char| c.is_ascii_lowercase())
}

/// All rules and own checks that entries are about.
fn tried() -> BTreeSet<String> {
    FAMILIES.iter().flat_map(|family| entries(family)).map(|e| e.rule).collect()
}

#[test]
fn every_rule_has_an_entry() {
    let tried = tried();
    let idle: Vec<String> = rules().into_iter().map(|(id, _)| id).filter(|id| !tried.contains(id)).collect();
    assert!(idle.is_empty(), "{} rules have no entry: {idle:?}", idle.len());
}

#[test]
fn every_entry_stands_in_the_file_of_its_family() {
    let known: BTreeSet<String> = rules().into_iter().map(|(id, _)| id).collect();
    let builtin: BTreeSet<String> = catalogue().checks.into_values().flat_map(|e| e.builtin).collect();
    for family in FAMILIES {
        for entry in entries(family) {
            let rule = &entry.rule;
            assert!(known.contains(rule) || builtin.contains(rule), "{family}.json: there is no {rule}");
            assert!(builtin.contains(rule) || rule.starts_with(family), "{rule} stands in {family}.json");
        }
    }
}

#[test]
fn every_check_of_the_catalogue_is_expressed() {
    let catalogue = catalogue();
    let expected: BTreeSet<String> =
        SIZES.iter().flat_map(|(family, n)| (1..=*n).map(move |i| format!("{family}-{i:02}"))).collect();
    assert_eq!(expected.len(), 175);
    let listed: BTreeSet<String> = catalogue.checks.keys().cloned().collect();
    let difference: Vec<_> = listed.symmetric_difference(&expected).collect();
    assert!(difference.is_empty(), "only in one of the two lists: {difference:?}");
    let (rules, tried) = (rules(), tried());
    for (id, how) in &catalogue.checks {
        let has_rules = rules.iter().any(|(rule, _)| check_of(rule) == id);
        assert_eq!(has_rules, how.rules, "{id}: rules are there, and listed");
        let audited = how.audit.as_ref().map(|a| a.how.clone());
        let prose = [&how.import, &how.pack, &audited];
        let is_expressed = how.rules || !how.builtin.is_empty() || prose.iter().any(|p| p.is_some());
        assert!(is_expressed, "{id} is not expressed");
        assert!(prose.iter().all(|p| p.as_ref().is_none_or(|p| p.len() > 20)), "{id} says how");
        let test = how.audit.as_ref();
        assert!(test.is_none_or(Audited::is_tested), "{id}: there is no such test");
        assert!(how.builtin.is_subset(&tried), "{id}: {:?} have no entry", how.builtin);
    }
    let unlisted: BTreeSet<String> =
        rules.iter().map(|(id, _)| check_of(id).to_owned()).filter(|id| !listed.contains(id)).collect();
    assert_eq!(unlisted, catalogue.beyond, "rules beyond the catalogue");
}

#[test]
fn the_files_of_the_table_fit_their_schemas() {
    let folder = root().join("tests/fixtures/mutations");
    let mut names: Vec<String> = FAMILIES.iter().map(|f| format!("{f}.json")).collect();
    names.extend(["catalogue.json", "catalogue.schema.json", "mutations.schema.json"].map(str::to_owned));
    names.sort();
    assert_eq!(files_below(&folder), names);
    for name in names.iter().filter(|n| !n.ends_with(".schema.json")) {
        let value = json(&format!("tests/fixtures/mutations/{name}"));
        let schema = value["$schema"].as_str().unwrap_or_else(|| panic!("{name} names no schema"));
        let schema: Value = json(&format!("tests/fixtures/mutations/{schema}"));
        jsonschema::meta::validate(&schema).unwrap_or_else(|e| panic!("the schema of {name}: {e}"));
        let validator = jsonschema::options().build(&schema).expect("a schema");
        let problems: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(problems.is_empty(), "{name}: {problems:#?}");
    }
}

#[test]
fn the_names_of_the_samples_are_refused_in_other_packs() {
    let rules = json(super::RULES);
    let names = |id: &str| -> Vec<String> {
        let rule = rules.as_array().expect("rules").iter().find(|r| r["id"] == id).expect("the rule");
        let each = rule["each"].as_str().expect("a list").to_owned();
        each.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
    };
    for sample in Fixture::names() {
        let organisation = &Fixture::sample(&sample).profile["organisation"];
        for (rule, key) in [("STR-03a", "name"), ("STR-03b", "short_name")] {
            let own = organisation[key].as_str().expect("a name");
            assert!(names(rule).iter().any(|n| own.contains(n.as_str())), "{rule} does not know {own}");
        }
    }
}
