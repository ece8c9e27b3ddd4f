//! The mutation table: for each rule an edit of a sample that breaks it, and what then has to be said.
//!
//! Each entry of `tests/fixtures/mutations` starts from a sample where its rule applies and holds
//! (`passes` mends a sample where it does not). Its edits must bring exactly the failures that it
//! names, at the place that it names. `cargo test mutations -- --nocapture` prints the table.

mod catalogue;
mod edits;
mod entry;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use evipack::catalog::Catalog;
use serde_json::{Value, json as value};

use crate::support::json;
use edits::Fixture;
use entry::{Entry, Finding};

/// The unit whose rules are tried.
const RULES: &str = "templates/units/OSM007/rules.json";

/// The entries of a family.
fn entries(family: &str) -> Vec<Entry> {
    let name = format!("tests/fixtures/mutations/{family}.json");
    serde_json::from_value(json(&name)["entries"].clone()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The rules as they stand in the unit, and which of them walk over faults: those apply only where
/// they fail.
fn rules() -> Vec<(String, bool)> {
    let rules = json(RULES);
    let rule = |r: &Value| (r["id"].as_str().expect("an id").to_owned(), r["holds"] == "false");
    rules.as_array().expect("rules").iter().map(rule).collect()
}

/// The catalogue with one part of some rules replaced.
fn catalog_with(part: &str, expression: &str, is_meant: impl Fn(&str) -> bool) -> Catalog {
    let mut rules = json(RULES);
    for rule in rules.as_array_mut().expect("rules") {
        if is_meant(rule["id"].as_str().expect("an id")) {
            rule[part] = expression.into();
        }
    }
    let bytes = serde_json::to_vec(&rules).expect("JSON");
    Catalog::with_overlay([(RULES.to_owned(), bytes)].into())
}

/// A sample and what is found in it before it is changed.
struct Base {
    fixture: Fixture,
    found: Vec<Finding>,
    applying: BTreeSet<String>,
}

impl Base {
    fn of(fixture: Fixture) -> Self {
        static NOTHING_HOLDS: OnceLock<Catalog> = OnceLock::new();
        let nothing_holds = NOTHING_HOLDS.get_or_init(|| catalog_with("holds", "false", |_| true));
        let applying = fixture.findings(nothing_holds).into_iter().map(|f| f.code).collect();
        Self { found: fixture.findings(&Catalog::embedded()), applying, fixture }
    }

    /// A sample as it is shipped.
    fn shipped(name: &str) -> &'static Self {
        static BASES: OnceLock<BTreeMap<String, OnceLock<Base>>> = OnceLock::new();
        let bases =
            BASES.get_or_init(|| Fixture::names().into_iter().map(|n| (n, OnceLock::new())).collect());
        let base = bases.get(name).unwrap_or_else(|| panic!("there is no sample {name}"));
        base.get_or_init(|| Self::of(Fixture::sample(name)))
    }
}

/// Tries an entry and returns its row of the table.
///
/// # Errors
/// What is not as the entry says.
fn tried(entry: &Entry, catalog: &Catalog) -> Result<String, String> {
    let own;
    let base = if entry.passes.is_empty() {
        Base::shipped(&entry.sample)
    } else {
        own = Base::of(Fixture::sample(&entry.sample).edited(&entry.passes)?);
        &own
    };
    if base.found.iter().any(|f| f.code == entry.rule) {
        return Err("it fails before anything is changed".into());
    }
    let rules = rules();
    let needs_to_apply = rules.iter().any(|(id, walks_over_faults)| *id == entry.rule && !walks_over_faults);
    if needs_to_apply && !base.applying.contains(&entry.rule) {
        return Err("it does not apply before anything is changed: say what passes".into());
    }
    let broken = base.fixture.clone().edited(&entry.edits)?;
    entry.compare(&base.found, &broken.findings(catalog), &broken)
}

/// Tries all entries of a family and prints their rows.
fn try_family(family: &str) {
    let entries = entries(family);
    let catalog = Catalog::embedded();
    let mut wrong = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        match tried(entry, &catalog) {
            Ok(row) => println!("{row}"),
            Err(why) => wrong.push(format!("{family}.json entry {} ({}): {why}", i + 1, entry.rule)),
        }
    }
    assert!(wrong.is_empty(), "{} of {} entries are wrong\n{}", wrong.len(), entries.len(), wrong.join("\n"));
}

/// One test a family, so that families run side by side and can be asked for alone.
macro_rules! families {
    ($($test:ident $family:literal)*) => {
        /// The families that have rules, in the order of the catalogue.
        const FAMILIES: &[&str] = &[$($family),*];
        $(#[test]
        fn $test() {
            try_family($family);
        })*
    };
}

families! {
    structure "STR" organisation "ORG" objectives "OBJ" audiences "AUD" platforms "PLT"
    communications "COM" indicators "KPI" analysis "ANA" budget "BUD" roles "ROL" campaign "CAM"
    language "LNG" responses "RSP" formatting "FMT" information "INF" content "CNT" approvals "APR"
    policies "POL" actions "ACT" calendar "CAL" briefings "BRF" monitoring "MON" figures "MET"
    evaluation "EVL" improvements "IMP" knowledge "KNO" cover "PCK" wording "TXT"
}

/// An entry that holds, to be made wrong in one way at a time.
fn good_entry() -> Value {
    value!({
        "rule": "BUD-01",
        "sample": "wattlebird-cycles",
        "edits": [{ "op": "set", "at": "/budget/total_cents", "value": 5_000_001 }],
        "blamed": "/budget/total_cents",
        "also": ["BUD-02"],
    })
}

#[test]
fn the_table_sees_a_rule_that_is_silent_wrong_or_loud() {
    let outcome = |changes: Value, catalog: &Catalog| {
        let mut entry = good_entry();
        for (key, change) in changes.as_object().expect("changes") {
            entry[key] = change.clone();
        }
        tried(&serde_json::from_value(entry).expect("an entry"), catalog)
    };
    let embedded = Catalog::embedded();
    outcome(value!({}), &embedded).expect("the good entry");
    let silent = catalog_with("holds", "true", |id| id == "BUD-01");
    assert!(outcome(value!({}), &silent).expect_err("a silent rule").contains("says nothing"));
    let elsewhere = catalog_with("at", "budget.lines", |id| id == "BUD-01");
    assert!(outcome(value!({}), &elsewhere).expect_err("another place").contains("/budget/lines"));
    let wrong = outcome(value!({ "blamed": "/budget" }), &embedded).expect_err("another place");
    assert!(wrong.contains("/budget/total_cents"), "{wrong}");
    let loud = outcome(value!({ "also": [] }), &embedded).expect_err("another failure");
    assert!(loud.contains("BUD-02 fails as well"), "{loud}");
    let quiet = outcome(value!({ "also": ["BUD-02", "BUD-03"] }), &embedded).expect_err("no other failure");
    assert!(quiet.contains("BUD-03 does not fail"), "{quiet}");
    let idle =
        value!({ "rule": "ORG-03a", "edits": [{ "op": "set", "at": "/organisation/abn", "value": "1" }] });
    assert!(outcome(idle, &embedded).expect_err("a rule that does not apply").contains("does not apply"));
}

#[test]
fn lines_are_counted_as_they_are_written() {
    let sample = Fixture::sample("wattlebird-cycles").profile;
    let text = serde_json::to_string_pretty(&sample).expect("JSON");
    let lines: Vec<&str> = text.lines().collect();
    for (pointer, start) in [
        ("", "{"),
        ("/budget/total_cents", "\"total_cents\":"),
        ("/kpis/2/id", "\"id\":"),
        ("/kpis/2/nothing/here", "{"),
        ("/policies", "\"policies\": {"),
    ] {
        let line = place::line(&sample, pointer);
        assert!(lines[line - 1].trim_start().starts_with(start), "{pointer}: {}", lines[line - 1]);
    }
    assert_eq!(place::line(&value!({ "a": {}, "b": [[], [1, 2], { "c/d": 1 }] }), "/b/2/c~1d"), 10);
}
