//! Reference tables that rules look things up in: their form, their contents, and a user's own.

use std::collections::BTreeSet;

use evipack::catalog::Catalog;
use evipack::unit::Unit;
use serde_json::{Value, json as value};

use crate::support::{Project, json, root};

/// The tables of the catalogue.
fn tables() -> Vec<String> {
    Catalog::embedded().list("templates/reference")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().expect("a list")
}

fn words(value: &Value, key: &str) -> BTreeSet<String> {
    list(value, key).iter().map(|w| w.as_str().expect("a word").to_owned()).collect()
}

#[test]
fn every_table_fits_the_schema_of_its_name() {
    assert_eq!(tables().len(), 3);
    for name in tables() {
        let stem = name.rsplit('/').next().and_then(|n| n.strip_suffix(".json")).expect("a JSON file");
        let schema = format!("schemas/{stem}.schema.json");
        Catalog::embedded().checked_json(&name, &schema).unwrap_or_else(|e| panic!("{name}: {e:#?}"));
        let beside = json(&name)["$schema"].as_str().expect("a schema").to_owned();
        assert!(root().join("templates/reference").join(beside).exists(), "{name} names its schema");
    }
}

/// Easter Sunday of a year, by the rule of the Gregorian calendar.
fn easter(year: i32) -> (i32, i32) {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    ((h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1)
}

#[test]
fn every_state_has_its_holidays_of_both_years() {
    let table = json("templates/reference/holidays.json");
    for state in ["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"] {
        let kept = list(&table, "holidays").iter().filter(|h| words(h, "states").contains(state));
        let dates: BTreeSet<String> = kept.flat_map(|h| words(h, "dates")).collect();
        for year in [2026, 2027] {
            let count = dates.iter().filter(|d| d.starts_with(&year.to_string())).count();
            assert!((10..=18).contains(&count), "{state} {year}: {count} days");
            let (month, day) = easter(year);
            let before = if day > 2 { (month, day - 2) } else { (month - 1, day + 29) };
            let friday = format!("{year}-{:02}-{:02}", before.0, before.1);
            assert!(dates.contains(&friday), "{state}: Good Friday is {friday}");
        }
    }
}

#[test]
fn holidays_that_are_always_a_monday_are_one() {
    let table = json("templates/reference/holidays.json");
    for holiday in list(&table, "holidays") {
        let name = holiday["name"].as_str().expect("a name");
        let mondays = [
            "Labour",
            "King’s",
            "Eight",
            "Canberra",
            "Adelaide",
            "May",
            "Reconciliation",
            "Western",
            "Picnic",
        ];
        if !mondays.iter().any(|m| name.starts_with(m)) {
            continue;
        }
        for date in words(holiday, "dates") {
            let day: jiff::civil::Date = date.parse().expect("a date");
            assert_eq!(day.weekday(), jiff::civil::Weekday::Monday, "{name} {date}");
        }
    }
}

#[test]
fn bands_are_of_metrics_that_exist() {
    let metrics = json("templates/shared/metrics.json");
    let table = json("templates/reference/bands.json");
    for band in list(&table, "bands") {
        let metric = band["metric"].as_str().expect("a metric");
        assert!(
            metrics["metrics"].get(metric).or_else(|| metrics["inputs"].get(metric)).is_some(),
            "{metric}"
        );
        assert!(band["from"].as_f64() < band["to"].as_f64(), "{metric}");
    }
}

#[test]
fn a_folder_of_ones_own_replaces_a_table() {
    let name = "templates/reference/holidays.json";
    let mut table = json(name);
    table["holidays"] = value!([{ "name": "Rail Trail Day", "states": ["NSW"], "dates": ["2026-09-14"] }]);
    let catalog =
        Catalog::with_overlay([(name.to_owned(), serde_json::to_vec(&table).expect("JSON"))].into());
    let mut profile = Project::sample().profile;
    profile["calendar"][41]["topic"] = "Rail Trail Day on 15 September".into();
    let bytes = serde_json::to_vec_pretty(&profile).expect("JSON");
    let found = |catalog: &Catalog| {
        let checked = evipack::check(catalog, "profile.json", &bytes, &|_| Err("is not there".into()));
        let checked = checked.expect("a profile that can be read");
        checked.outcomes.failures.iter().any(|f| f.message.contains("Rail Trail Day is on 14 September"))
    };
    assert!(found(&catalog));
    assert!(!found(&Catalog::embedded()));
    table["holidays"][0]["states"] = value!(["Tasmania"]);
    let catalog =
        Catalog::with_overlay([(name.to_owned(), serde_json::to_vec(&table).expect("JSON"))].into());
    assert!(Unit::load(&catalog, "OSM007").is_err(), "a table that does not fit its schema is refused");
}
