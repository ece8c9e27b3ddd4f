//! Which law is printed for which organisation: a table of facts held against the register.

use std::collections::BTreeSet;

use evipack::catalog::Catalog;
use evipack::law::Law;
use serde_json::{Value, json};

/// An organisation, codes that must apply, and codes that must not.
struct Fact {
    organisation: Value,
    applies: &'static [&'static str],
    does_not: &'static [&'static str],
    bodies: &'static [(&'static str, &'static str)],
}

fn organisation(form: &str, state: &str, industry: &str, rest: Value) -> Value {
    let mut value = json!({
        "name": "The organisation", "short_name": "The organisation", "legal_form": form, "jurisdiction": state,
        "industry": industry, "flags": [], "headcount": 12, "size": "small", "turnover": "under_3m",
        "privacy_act": { "bound": false, "reason": "turnover" },
    });
    for (key, own) in rest.as_object().expect("an object") {
        value[key] = own.clone();
    }
    value
}

fn public_and_voluntary() -> Vec<Fact> {
    vec![
        Fact {
            organisation: organisation(
                "local_government",
                "VIC",
                "local_government",
                json!({ "flags": ["government"], "headcount": 60 }),
            ),
            applies: &["L-PRIVST-VIC", "L-WHS-VIC", "L-SECT-GOV", "L-DEF-S2", "L-FW"],
            does_not: &[
                "L-PRIV",
                "L-PRIV-VOL",
                "L-PRIVST-NSW",
                "L-WHS",
                "L-SURV-NSW",
                "L-HLTH",
                "L-SECT-ALC",
                "L-CHILD",
            ],
            bodies: &[("consumer", "Consumer Affairs Victoria")],
        },
        Fact {
            organisation: organisation(
                "incorporated_association",
                "QLD",
                "sport",
                json!({ "flags": ["children", "charity"], "headcount": 0, "volunteers": 60 }),
            ),
            applies: &["L-CHILD", "L-SECT-FUND", "L-PRIV-VOL", "L-DEF"],
            does_not: &["L-PRIV", "L-PRIVST-QLD", "L-FW", "L-WHS", "L-HLTH", "L-SURV-NSW"],
            bodies: &[],
        },
    ]
}

fn businesses() -> Vec<Fact> {
    let bound = json!({ "bound": true, "reason": "a health service" });
    vec![
        Fact {
            organisation: organisation(
                "company",
                "NSW",
                "health",
                json!({ "flags": ["health"], "privacy_act": bound }),
            ),
            applies: &["L-PRIV", "L-HLTH", "L-PRIVST-NSWH", "L-SURV-NSW", "L-CYB", "L-WHS", "L-DEF-S2"],
            does_not: &["L-PRIV-VOL", "L-PRIVST-NSW", "L-SURV-ACT", "L-CHILD", "L-SECT-ALC", "L-CYB-RANSOM"],
            bodies: &[("consumer", "NSW Fair Trading")],
        },
        Fact {
            organisation: organisation(
                "sole_trader",
                "WA",
                "trades",
                json!({ "headcount": 1, "size": "micro" }),
            ),
            applies: &["L-PRIV-VOL", "L-SECT-TRADE", "L-ACL", "L-SPAM", "L-DEF"],
            does_not: &["L-PRIV", "L-FW", "L-FW-STATE", "L-SURV-NSW", "L-WHS-VIC", "L-DEF-S2", "L-SECT-PROF"],
            bodies: &[],
        },
        Fact {
            organisation: organisation(
                "company",
                "SA",
                "hospitality",
                json!({ "flags": ["alcohol", "food"], "turnover": "over_3m", "privacy_act": { "bound": true, "reason": "turnover" } }),
            ),
            applies: &["L-PRIV", "L-SECT-ALC", "L-SECT-FOOD", "L-CYB", "L-CYB-RANSOM", "L-DEF", "L-FW"],
            does_not: &["L-DEF-S2", "L-HLTH", "L-SECT-GOV", "L-PRIVST-SA"],
            bodies: &[],
        },
    ]
}

#[test]
fn law_follows_the_organisation() {
    for fact in public_and_voluntary().into_iter().chain(businesses()) {
        let platforms = json!([{ "id": "facebook", "name": "Facebook", "selected": true }]);
        let profile = json!({ "organisation": fact.organisation, "platforms": platforms, "personnel": [] });
        let law = Law::for_profile(&Catalog::embedded(), &profile).expect("the register can be read");
        let codes: BTreeSet<String> = law.by_code().into_keys().collect();
        let who = format!("{} in {}", fact.organisation["legal_form"], fact.organisation["jurisdiction"]);
        for code in fact.applies {
            assert!(codes.contains(*code), "{who}: {code} must apply; these do: {codes:?}");
        }
        for code in fact.does_not {
            assert!(!codes.contains(*code), "{who}: {code} must not apply");
        }
        for (kind, name) in fact.bodies {
            assert_eq!(law.bodies()[*kind]["name"], *name, "{who}");
        }
    }
}

#[test]
fn every_entry_says_why_and_where_to_read_it() {
    let register = Catalog::embedded().json("templates/law/au.json").expect("the register");
    assert!(register["as_at"].as_str().is_some_and(|d| d.len() == 10));
    assert!(
        register["note"].as_str().is_some_and(|n| n.contains("not legal advice")),
        "{}",
        register["note"]
    );
    for entry in register["entries"].as_array().expect("entries") {
        for key in ["code", "name", "status", "source", "applies_if", "why"] {
            assert!(entry[key].as_str().is_some_and(|t| !t.is_empty()), "{} has no {key}", entry["code"]);
        }
    }
}
