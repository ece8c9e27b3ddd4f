//! Explanations: one for every check, and none for nothing.

use std::collections::BTreeSet;

use evipack::catalog::Catalog;
use evipack::diag::Builtin;
use evipack::explain::{Explanations, family};
use evipack::unit::Unit;

use crate::support::{Evipack, Project};

fn unit() -> Unit {
    Unit::load(&Catalog::embedded(), "OSM007").expect("the unit")
}

#[test]
fn every_check_is_explained_and_nothing_else_is() {
    let catalog = Catalog::embedded();
    let unit = unit();
    let all = Explanations::load(&catalog, Some(&unit)).expect("explanations");
    let rules: BTreeSet<&str> = unit.rules.iter().map(|r| family(&r.id)).collect();
    let missing: Vec<&str> =
        unit.rules.iter().map(|r| r.id.as_str()).filter(|id| all.of(id).is_none()).collect();
    assert!(missing.is_empty(), "not explained: {missing:?}");
    let builtin: BTreeSet<&str> = Builtin::ALL.iter().map(|b| b.as_str()).collect();
    for code in &builtin {
        assert!(all.of(code).is_some(), "{code} is not explained");
    }
    let known = |key: &&String| rules.contains(key.as_str()) || builtin.contains(key.as_str());
    let stray: Vec<&String> =
        all.entries.keys().filter(|k| !known(k) && !all.elsewhere.contains(k.as_str())).collect();
    assert!(stray.is_empty(), "explained, but no check: {stray:?}");
    let unused: Vec<&String> = all.elsewhere.iter().filter(|id| !all.entries.contains_key(*id)).collect();
    assert!(unused.is_empty(), "listed, but not explained: {unused:?}");
}

#[test]
fn explanations_are_words_for_people() {
    let all = Explanations::load(&Catalog::embedded(), Some(&unit())).expect("explanations");
    for (key, entry) in &all.entries {
        for text in [&entry.asks, &entry.why] {
            assert!(text.ends_with('.'), "{key}: {text}");
            let longest =
                text.split(['.', ':', ';']).map(|s| s.split_whitespace().count()).max().unwrap_or(0);
            assert!(longest <= 40, "{key} has a sentence of {longest} words");
        }
        assert_ne!(entry.good, entry.bad, "{key}");
        assert!(!entry.title.ends_with('.'), "{key}");
    }
}

#[test]
fn a_check_is_explained_with_the_words_of_the_unit_and_its_numbers() {
    let explain = |code: &str| Evipack::new(["check", "--explain", code]).run();
    let run = explain("POL-06").ok();
    run.says("POL-06  Consent")
        .says("It asks")
        .says("Why")
        .says("Passes")
        .says("Does not")
        .says("POL-06b")
        .says("PE5.4 gaining consent to publish information about and images of others");
    explain("ORG-01c").ok().says("A convention of this program and not of the unit").says("Values 2.");
    explain("json-syntax").ok().says("without a comma").does_not_say("Whose rule");
    explain("POL-6").ends(1).says("there is no check `POL-6`").says("did you mean `POL-06`?");
    explain("reference-unknwn").ends(1).says("did you mean `reference-unknown`?");
    Evipack::new(["check"]).run().ends(2);
    Evipack::new(["check", "--explain", "POL-06", "--watch"]).run().ends(2);
}

#[test]
fn with_a_profile_the_findings_are_told_as_well() {
    let project = Project::half_finished();
    project.save();
    let run = |code: &str| project.command("check").arg("--explain").arg(code).run().ok();
    run("RSP-01").says("In this profile").says("3 of 4 standard responses");
    run("MET-04").says("Nothing to mend");
}
