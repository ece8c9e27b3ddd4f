//! Two packs word by word: the passages that both hold, and how alike their sections are.

use std::collections::BTreeMap;

use super::compare::Packs;
use super::prints::{Print, shingles};
use super::prose::Prose;
use super::settings::Settings;
use super::words::Word;
use super::{Genuine, given};
use crate::audit::similar::{Alike, Excerpt, Passage, Similarity};

/// Two packs.
pub(super) struct Pair<'a> {
    pub(super) genuine: &'a Genuine,
    pub(super) packs: &'a Packs,
    pub(super) one: usize,
    pub(super) other: usize,
}

/// The own words of a pack in one row, as its fingerprints count them.
pub(super) struct Row {
    texts: Vec<Prose>,
    words: Vec<Word>,
    /// The run of each word, and the text that the run is in.
    runs: Vec<(u32, u32)>,
}

/// The same words in a row in two packs: where they begin in either, and how many.
#[derive(Clone, Copy)]
struct Match {
    one: usize,
    other: usize,
    words: usize,
}

impl Row {
    /// Unpacks a pack's texts.
    pub(super) fn of(genuine: &Genuine, packs: &Packs, nth: usize) -> Self {
        let texts = packs.texts(&packs.list[nth]);
        let (mut words, mut runs, mut run) = (Vec::new(), Vec::new(), 0_u32);
        for (at, text) in texts.iter().enumerate() {
            for own in given::own(&text.text, &genuine.given, &genuine.settings) {
                words.extend(own);
                runs.resize(words.len(), (run, u32::try_from(at).unwrap_or(u32::MAX)));
                run += 1;
            }
        }
        Self { texts, words, runs }
    }

    /// Tells whether two neighbouring words belong to one run.
    fn joins(&self, at: usize) -> bool {
        at > 0 && at < self.runs.len() && self.runs[at - 1].0 == self.runs[at].0
    }

    /// How many words around a place are the same as around a place of another row: where they begin
    /// in both, and how many they are.
    pub(super) fn grow(&self, other: &Self, (mut one, mut two): (usize, usize)) -> (usize, usize, usize) {
        let is_same = |a: usize, b: usize| {
            self.words.get(a).zip(other.words.get(b)).is_some_and(|(a, b)| a.hash == b.hash)
        };
        if !is_same(one, two) {
            return (one, two, 0);
        }
        while self.joins(one) && other.joins(two) && is_same(one - 1, two - 1) {
            one -= 1;
            two -= 1;
        }
        let mut count = 1;
        while self.joins(one + count) && other.joins(two + count) && is_same(one + count, two + count) {
            count += 1;
        }
        (one, two, count)
    }

    /// Some words as they stand in the text.
    pub(super) fn excerpt(&self, from: usize, count: usize, settings: &Settings) -> Excerpt {
        let most = settings.passages.excerpt_words;
        let last = from + count.min(most).saturating_sub(1);
        let text = &self.texts[self.runs[from].1 as usize];
        let range = self.words[from].start as usize..self.words[last].end as usize;
        let shown = text.text.get(range).unwrap_or_default();
        let more = if count > most { " …" } else { "" };
        Excerpt {
            text: format!("{shown}{more}"),
            pointer: Some(text.pointer.clone()),
            file: "data/profile.json".into(),
            page: None,
        }
    }

    /// The words of some places.
    pub(super) fn words(&self, from: usize, count: usize) -> &[Word] {
        &self.words[from..from + count]
    }

    /// The shingles of each section: sorted, each once; and the section's words.
    fn sections(&self, count: usize) -> BTreeMap<&str, (Vec<u64>, usize)> {
        let mut found: BTreeMap<&str, (Vec<u64>, usize)> = BTreeMap::new();
        let mut from = 0;
        for run in self.runs.chunk_by(|one, other| one.0 == other.0) {
            let section = self.texts[run[0].1 as usize].section.as_str();
            let (all, words) = found.entry(section).or_default();
            all.extend(shingles(&self.words[from..from + run.len()], count));
            *words += run.len();
            from += run.len();
        }
        for (all, _) in found.values_mut() {
            all.sort_unstable();
            all.dedup();
        }
        found
    }
}

/// Compares two packs; none where they share too little to be told. `wide` are fingerprints that are
/// told elsewhere, sorted.
pub(super) fn align(pair: &Pair<'_>, wide: &[u32]) -> Option<Similarity> {
    let settings = &pair.genuine.settings;
    let row = |nth| Row::of(pair.genuine, pair.packs, nth);
    let (one, other) = (row(pair.one), row(pair.other));
    let seeds = shared(pair.packs.prints(pair.one), pair.packs.prints(pair.other), wide);
    let (matches, shared_words) =
        chosen(grown(&one, &other, seeds, settings), (one.words.len(), other.words.len()));
    if matches.is_empty() {
        return None;
    }
    let passage = |m: &Match| Passage {
        words: m.words,
        one: one.excerpt(m.one, m.words, settings),
        other: other.excerpt(m.other, m.words, settings),
        stands_in: stands_in(pair.genuine, one.words(m.one, m.words)),
    };
    let passages: Vec<Passage> = matches.iter().take(settings.passages.shown).map(passage).collect();
    let sections = alike(&one, &other, settings);
    let least = |p: &Passage| {
        if p.stands_in.is_some() { settings.passages.known_words } else { settings.passages.reported_words }
    };
    if sections.is_empty() && !passages.iter().any(|p| p.words >= least(p)) {
        return None;
    }
    let (left, right) = (pair.packs.side(pair.one), pair.packs.side(pair.other));
    let percent = shared_words * 100 / left.words.min(right.words).max(1);
    Some(Similarity { one: left, other: right, shared_words, percent: percent.min(100), sections, passages })
}

/// The sample in which most of some words stand, where one holds more than half of them.
pub(super) fn stands_in(genuine: &Genuine, words: &[Word]) -> Option<String> {
    let held = |(name, sample): &(String, super::Given)| {
        let count = sample.covers(words, &genuine.settings).iter().filter(|c| **c).count();
        (count * 2 > words.len()).then(|| (count, format!("the sample {name} that evipack hands out")))
    };
    genuine.samples.iter().filter_map(held).max_by_key(|(count, _)| *count).map(|(_, name)| name)
}

/// The places of fingerprints that both hold and that are not told elsewhere.
fn shared(one: &[Print], other: &[Print], wide: &[u32]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut rest = other;
    for same in one.chunk_by(|a, b| a.0 == b.0) {
        let hash = same[0].0;
        rest = &rest[rest.partition_point(|(h, _)| *h < hash)..];
        let there = &rest[..rest.partition_point(|(h, _)| *h == hash)];
        if there.is_empty() || wide.binary_search(&hash).is_ok() {
            continue;
        }
        // A phrase that is said again and again is looked at a few times, not in every combination.
        for (_, a) in same.iter().take(4) {
            found.extend(there.iter().take(4).map(|(_, b)| (*a, *b)));
        }
    }
    found
}

/// Grows seeds to matches, each once; the longest first.
fn grown(one: &Row, other: &Row, mut seeds: Vec<(u32, u32)>, settings: &Settings) -> Vec<Match> {
    seeds.sort_unstable_by_key(|(a, b)| (i64::from(*a) - i64::from(*b), *a));
    let mut found = Vec::new();
    let mut last = (i64::MIN, 0);
    for (a, b) in seeds {
        let (line, at) = (i64::from(a) - i64::from(b), a as usize);
        if last.0 == line && at < last.1 {
            continue;
        }
        let (start, there, words) = one.grow(other, (at, b as usize));
        last = (line, start + words);
        if words >= settings.passages.match_words {
            found.push(Match { one: start, other: there, words });
        }
    }
    found.sort_unstable_by_key(|m| (std::cmp::Reverse(m.words), m.one, m.other));
    found
}

/// Keeps matches whose words are not in a longer one already, and counts the words of all.
fn chosen(matches: Vec<Match>, (one, other): (usize, usize)) -> (Vec<Match>, usize) {
    let (mut here, mut there) = (vec![false; one], vec![false; other]);
    let (mut kept, mut words) = (Vec::new(), 0);
    for m in matches {
        let (left, right) = (&mut here[m.one..m.one + m.words], &mut there[m.other..m.other + m.words]);
        if left.contains(&true) || right.contains(&true) {
            continue;
        }
        left.fill(true);
        right.fill(true);
        words += m.words;
        kept.push(m);
    }
    (kept, words)
}

/// The sections that are alike, the most alike first.
fn alike(one: &Row, other: &Row, settings: &Settings) -> Vec<Alike> {
    let numbers = &settings.sections;
    let (one, other) = (one.sections(numbers.shingle_words), other.sections(numbers.shingle_words));
    let mut found: Vec<Alike> = one
        .iter()
        .filter_map(|(section, (here, words))| {
            let (there, others) = other.get(section)?;
            if *words.min(others) < numbers.least_words {
                return None;
            }
            let both = here.iter().filter(|s| there.binary_search(s).is_ok()).count();
            let percent = both * 100 / (here.len() + there.len() - both).max(1);
            let serious = percent >= numbers.serious_percent;
            (percent >= numbers.flag_percent).then(|| Alike {
                section: (*section).to_owned(),
                percent,
                serious,
            })
        })
        .collect();
    found.sort_by_key(|a| (std::cmp::Reverse(a.percent), a.section.clone()));
    found
}
