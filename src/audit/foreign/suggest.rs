//! Where the wording of a requirement stands in a text.
//!
//! Owns the matching: a requirement's own words, without their endings, weighed by how few other
//! requirements of the unit use them. A page is suggested where most of that weight, and several
//! words, stand on it together. No unit has anything of its own here.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::pdf::bare;
use crate::unit::Unit;

/// Letters that a word without its ending has at least: shorter ones stand in other words by chance.
const LETTERS: usize = 5;
/// Words that have to stand on a page together.
const TOGETHER: usize = 3;
/// The part of a requirement's weight that has to stand there.
const PART: f64 = 0.7;
/// Words that more than this part of all requirements use tell nothing.
const COMMON: f64 = 0.15;

/// The wording of a unit's requirements.
pub(crate) struct Wording {
    /// The unit's code.
    pub(super) unit: String,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    /// Words as they stand in the requirement, without their endings, with their weights.
    words: Vec<(String, String, f64)>,
}

impl Wording {
    /// Takes the wording of a unit apart.
    pub(crate) fn of(unit: &Unit) -> Self {
        let leaves: Vec<_> = unit.requirements.iter().filter(|r| !unit.is_parent(&r.id)).collect();
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for requirement in &leaves {
            let stems: BTreeSet<String> = words(&requirement.text).map(|(_, stem)| stem).collect();
            stems.into_iter().for_each(|stem| *uses.entry(stem).or_default() += 1);
        }
        let all = leaves.len() as f64;
        let row = |requirement: &&crate::unit::Requirement| {
            let mut seen = BTreeSet::new();
            let own = words(&requirement.text).filter(|(_, stem)| seen.insert(stem.clone()));
            let weighed = own.filter_map(|(word, stem)| {
                let share = uses.get(&stem).copied().unwrap_or(1) as f64 / all;
                (share <= COMMON.max(1.0 / all)).then(|| (word, stem, 1.0 - share.ln()))
            });
            Row { id: requirement.id.clone(), words: weighed.collect() }
        };
        Self { unit: unit.code.clone(), rows: leaves.iter().map(row).collect() }
    }

    /// Finds for each requirement the page that holds most of its words: the requirement, the place of
    /// the page, and the words; nothing where too few stand together.
    pub(super) fn found_on(&self, pages: &[String]) -> Vec<(String, usize, Vec<String>)> {
        let pages: Vec<String> = pages.iter().map(|page| bare(page)).collect();
        let mut found = Vec::new();
        for row in self.rows.iter().filter(|row| row.words.len() >= TOGETHER) {
            let all: f64 = row.words.iter().map(|(_, _, weight)| weight).sum();
            let on_page = |page: &String| {
                let there = row.words.iter().filter(|(_, stem, _)| page.contains(stem.as_str()));
                let there: Vec<_> = there.collect();
                let weight: f64 = there.iter().map(|(_, _, weight)| weight).sum();
                (weight / all, there)
            };
            let mut best: Option<(f64, usize, Vec<_>)> = None;
            for (index, page) in pages.iter().enumerate() {
                let (part, there) = on_page(page);
                let is_better = best.as_ref().is_none_or(|(most, ..)| part > *most);
                if part >= PART && there.len() >= TOGETHER && is_better {
                    best = Some((part, index, there));
                }
            }
            if let Some((_, index, there)) = best {
                let words = there.iter().map(|(word, ..)| word.clone()).collect();
                found.push((row.id.clone(), index, words));
            }
        }
        found
    }
}

/// The words of a text that are long enough, each with what is left of it without its ending.
fn words(text: &str) -> impl Iterator<Item = (String, String)> {
    let all = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    all.map(|word| (stem(&word).to_owned(), word))
        .filter(|(stem, _)| stem.chars().count() >= LETTERS)
        .map(|(stem, word)| (word, stem))
}

/// Takes an English ending off a word where enough of it is left.
fn stem(word: &str) -> &str {
    let endings = ["ations", "ation", "ising", "ised", "ing", "ies", "ied", "es", "ed", "s", "e", "y"];
    let cut = endings.iter().find_map(|end| word.strip_suffix(end).filter(|left| left.len() >= LETTERS));
    cut.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_do_not_matter_where_enough_is_left() {
        assert_eq!(
            ["policies", "policy", "monitoring", "monitored", "uses"].map(stem),
            ["polic", "polic", "monitor", "monitor", "uses"]
        );
    }

    #[test]
    fn several_rare_words_on_one_page_make_a_suggestion() {
        let row = |id: &str, text: &str| Row {
            id: id.into(),
            words: words(text).map(|(word, stem)| (word, stem, 1.0)).collect(),
        };
        let rows = vec![
            row("A", "Escalate customer complaints through channels"),
            row("B", "Evaluate campaign budgets"),
        ];
        let wording = Wording { unit: "U".into(), rows };
        let pages = ["complaints of a customer", "we escalated each customer complaint; channel by channel"];
        let found = wording.found_on(&pages.map(str::to_owned));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1), ("A", 1));
        assert_eq!(found[0].2, ["escalate", "customer", "complaints", "channels"]);
        let apart = ["escalated", "customer", "complaint", "channel"].map(str::to_owned);
        assert!(wording.found_on(&apart).is_empty(), "the words have to stand on one page");
    }
}
