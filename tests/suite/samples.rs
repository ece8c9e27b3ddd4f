//! The samples beside one another: different organisations must give different words.

use std::collections::BTreeSet;

use crate::support::{Pack, Project, samples};

/// Documents whose text must differ between organisations: strategies, guidelines and policies.
const DIFFERENT: std::ops::RangeInclusive<u32> = 2..=9;
/// The least share of sentences that differ between any two samples, in per cent.
const LEAST: usize = 60;
/// Shorter runs of letters are labels and table heads, not sentences.
const SENTENCE: usize = 28;

fn sentences(pack: &Pack) -> BTreeSet<String> {
    let is_compared = |name: &&str| {
        let number = name.trim_start_matches("data/documents/").get(..2).and_then(|n| n.parse::<u32>().ok());
        number.is_some_and(|n| DIFFERENT.contains(&n))
    };
    let texts = pack.documents().into_iter().filter(is_compared).map(|n| pack.printed(n));
    let split =
        |text: String| text.split_inclusive(['.', '?', '!', ':', ';']).map(str::to_owned).collect::<Vec<_>>();
    texts.flat_map(split).filter(|s| s.chars().count() >= SENTENCE).collect()
}

#[test]
fn two_organisations_share_few_sentences() {
    let all: Vec<(&String, BTreeSet<String>)> = samples().iter().map(|(n, p)| (n, sentences(p))).collect();
    for (i, (a, of_a)) in all.iter().enumerate() {
        for (b, of_b) in &all[i + 1..] {
            let shared = of_a.intersection(of_b).count();
            let differ = |own: &BTreeSet<String>| 100 - shared * 100 / own.len().max(1);
            println!("{a} and {b}: {}% and {}% of the sentences differ", differ(of_a), differ(of_b));
            assert!(
                differ(of_a) >= LEAST && differ(of_b) >= LEAST,
                "{a} and {b} say too much in the same words"
            );
        }
    }
}

#[test]
fn no_organisation_is_named_in_the_pack_of_another() {
    let profiles: Vec<(String, serde_json::Value)> =
        samples().keys().map(|n| (n.clone(), Project::named(n).profile)).collect();
    for (own, pack) in samples() {
        for (other, profile) in profiles.iter().filter(|(n, _)| n != own) {
            let people = profile["personnel"].as_array().expect("people").iter().map(|p| &p["name"]);
            let organisation =
                ["name", "short_name", "locality"].iter().map(|k| &profile["organisation"][*k]);
            for name in people.chain(organisation).filter_map(serde_json::Value::as_str) {
                let wanted: String = name.chars().filter(|c| !c.is_whitespace()).collect();
                for document in pack.documents() {
                    assert!(
                        !pack.printed(document).contains(&wanted),
                        "{document} of {own} names {name} of {other}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_sample_is_complete() {
    for (name, pack) in samples() {
        let checklist = pack.checklist();
        let totals = &checklist["totals"];
        assert_eq!((&totals["partly_met"], &totals["missing"]), (&0.into(), &0.into()), "{name}: {totals}");
        let findings = checklist["findings"].as_array().expect("findings");
        assert!(findings.is_empty(), "{name}: {findings:#?}");
    }
}
