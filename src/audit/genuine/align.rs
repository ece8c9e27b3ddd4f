//! Two packs word by word: the passages that both hold, and how alike their sections are.

use super::Genuine;
use super::compare::Packs;
use super::prints::Print;
use super::rows::{Row, Rows};
use super::settings::Settings;
use super::words::Word;
use crate::audit::similar::{Alike, Passage, Similarity};

/// Two packs.
pub(super) struct Pair<'a> {
    pub(super) genuine: &'a Genuine,
    pub(super) packs: &'a Packs,
    pub(super) rows: &'a Rows<'a>,
    pub(super) one: usize,
    pub(super) other: usize,
}

/// The same words in a row in two packs: where they begin in either, and how many.
#[derive(Clone, Copy)]
struct Match {
    one: usize,
    other: usize,
    words: usize,
}

/// Compares two packs; none where they share too little to be told. `wide` are fingerprints that are
/// told elsewhere, sorted.
pub(super) fn align(pair: &Pair<'_>, wide: &[u32]) -> Option<Similarity> {
    let settings = &pair.genuine.settings;
    let (one, other) = (pair.rows.at(pair.one), pair.rows.at(pair.other));
    let seeds = shared(one.prints(), other.prints(), wide);
    let (matches, shared_words) = chosen(grown(&one, &other, seeds, settings), (one.len(), other.len()));
    if matches.is_empty() {
        return None;
    }
    let known = |m: Match| (m, stands_in(pair.genuine, one.words(m.one, m.words)));
    let mut matches: Vec<(Match, Option<String>)> = matches.into_iter().map(known).collect();
    let is_long = |(m, known): &(Match, Option<String>)| {
        let numbers = &settings.passages;
        m.words >= if known.is_some() { numbers.known_words } else { numbers.reported_words }
    };
    let sections = alike(&one, &other, settings);
    if sections.is_empty() && !matches.iter().any(is_long) {
        return None;
    }
    // What no sample explains comes first, however long the rest is.
    matches.sort_by_key(|(_, known)| known.is_some());
    let passage = |(m, stands_in): (Match, Option<String>)| Passage {
        words: m.words,
        one: one.excerpt(m.one, m.words, settings),
        other: other.excerpt(m.other, m.words, settings),
        stands_in,
    };
    let passages = matches.into_iter().take(settings.passages.shown).map(passage).collect();
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
    let (one, other) = (one.sections(settings), other.sections(settings));
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
            (percent >= numbers.flag_percent).then(|| Alike { section: section.clone(), percent, serious })
        })
        .collect();
    found.sort_by_key(|a| (std::cmp::Reverse(a.percent), a.section.clone()));
    found
}
