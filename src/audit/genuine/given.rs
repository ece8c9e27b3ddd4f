//! Words that were given to learners: the unit's wording, the texts of cases, the program's samples.
//!
//! They are known by where they come from, never by how many learners have them.

use serde_json::Value;

use super::prints::shingles;
use super::prose;
use super::settings::Settings;
use super::words::{Word, all, runs};
use crate::catalog::Catalog;

/// The shingles of texts that are nobody's own.
#[derive(Default)]
pub(super) struct Given {
    /// Sorted.
    shingles: Vec<u64>,
    /// One bit for each, by its last digits: most words are in no given text, and this says so at once.
    bits: Vec<u64>,
}

/// How many bits there are.
const BITS: u64 = 1 << 21;

impl Given {
    /// The wording of all units of a catalogue.
    pub(super) fn wording(catalog: &Catalog, settings: &Settings) -> Self {
        let mut given = Self::default();
        for code in catalog.units() {
            let Ok(unit) = catalog.json(&format!("templates/units/{code}/unit.json")) else { continue };
            let rows = unit["requirements"].as_array().into_iter().flatten();
            let texts = rows.filter_map(|r| r["text"].as_str());
            let texts = texts.chain(unit["title"].as_str()).chain(unit["application"].as_str());
            given.add(texts, settings);
        }
        given
    }

    /// What any of several holds.
    pub(super) fn all<'a>(several: impl Iterator<Item = &'a Self>) -> Self {
        let shingles: Vec<u64> = several.flat_map(|given| given.shingles.iter().copied()).collect();
        let mut given = Self { shingles, bits: Vec::new() };
        given.mark();
        given
    }

    /// Adds texts.
    pub(super) fn add<'a>(&mut self, texts: impl Iterator<Item = &'a str>, settings: &Settings) {
        let count = settings.fingerprints.shingle_words;
        self.shingles.extend(texts.flat_map(|text| shingles(&all(text), count).collect::<Vec<_>>()));
        self.mark();
    }

    /// Puts everything in order.
    fn mark(&mut self) {
        self.shingles.sort_unstable();
        self.shingles.dedup();
        self.bits = vec![0; (BITS / 64) as usize];
        for shingle in &self.shingles {
            let bit = shingle % BITS;
            self.bits[(bit / 64) as usize] |= 1 << (bit % 64);
        }
    }

    fn holds(&self, shingle: u64) -> bool {
        let bit = shingle % BITS;
        let may_be = self.bits.get((bit / 64) as usize).is_some_and(|bits| bits & (1 << (bit % 64)) != 0);
        may_be && self.shingles.binary_search(&shingle).is_ok()
    }

    /// Tells for each word of a run whether it was given.
    pub(super) fn covers(&self, run: &[Word], settings: &Settings) -> Vec<bool> {
        let count = settings.fingerprints.shingle_words;
        let mut covered = vec![false; run.len()];
        if self.shingles.is_empty() {
            return covered;
        }
        for (start, shingle) in shingles(run, count).enumerate() {
            if self.holds(shingle) {
                covered[start..start + count].fill(true);
            }
        }
        covered
    }

    /// Cuts a run where words were given; what is left is the learner's own.
    pub(super) fn cut(&self, run: Vec<Word>, settings: &Settings) -> Vec<Vec<Word>> {
        let covered = self.covers(&run, settings);
        if !covered.contains(&true) {
            return vec![run];
        }
        let pairs: Vec<(Word, bool)> = run.into_iter().zip(covered).collect();
        let own = pairs.split(|(_, is_given)| *is_given).filter(|part| !part.is_empty());
        own.map(|part| part.iter().map(|(word, _)| *word).collect()).collect()
    }
}

/// The words of the samples that the program hands out, by their names.
pub(super) fn samples(catalog: &Catalog, schema: &Value, settings: &Settings) -> Vec<(String, Given)> {
    let names = catalog.list("samples");
    let named = names.iter().filter_map(|path| {
        let name = path.strip_prefix("samples/")?.strip_suffix("/profile.json")?;
        Some((name.to_owned(), catalog.json(path).ok()?))
    });
    named
        .map(|(name, profile)| {
            let mut given = Given::default();
            let texts = prose::of(&profile, schema, settings);
            given.add(texts.iter().map(|p| p.text.as_str()), settings);
            (name, given)
        })
        .collect()
}

/// The learner's own words of a text, in runs.
pub(super) fn own(text: &str, given: &Given, settings: &Settings) -> Vec<Vec<Word>> {
    runs(text).into_iter().flat_map(|run| given.cut(run, settings)).collect()
}
