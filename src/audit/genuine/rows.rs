//! The learners' own words of packs, unpacked to be compared word by word.
//!
//! Owns how many packs are unpacked at a time: those that were asked for last are kept, because who
//! compares in good order asks for the same few again and again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::compare::Packs;
use super::imprint::Imprint;
use super::prints::{Print, shingles};
use super::prose::Prose;
use super::settings::Settings;
use super::words::Word;
use super::{Genuine, given};
use crate::audit::similar::Excerpt;

/// How many packs are next to each other in a good order of pairs.
pub(super) const NEAR: usize = 4;
/// How many packs are kept unpacked: those of a square of pairs, and some of the next.
const KEPT: usize = 2 * NEAR + 8;

/// The shingles of sections, sorted and each once, with the sections' words; by what a person calls them.
pub(super) type Sections = BTreeMap<String, (Vec<u64>, usize)>;

/// The rows of packs.
pub(super) struct Rows<'a> {
    genuine: &'a Genuine,
    packs: &'a Packs,
    /// The ones that were asked for last, the latest at the end.
    kept: Mutex<VecDeque<(usize, Arc<Row>)>>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(genuine: &'a Genuine, packs: &'a Packs) -> Self {
        Self { genuine, packs, kept: Mutex::default() }
    }

    /// Returns the row of a pack.
    pub(super) fn at(&self, nth: usize) -> Arc<Row> {
        self.keep(nth, None).unwrap_or_else(|| {
            let row = Arc::new(Row::of(self.genuine, &self.packs.list[nth].imprint));
            self.keep(nth, Some(&row));
            row
        })
    }

    /// Puts a row at the end of those that are kept: the one that is there, or a new one.
    fn keep(&self, nth: usize, new: Option<&Arc<Row>>) -> Option<Arc<Row>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let there = kept.iter().position(|(n, _)| *n == nth).and_then(|at| kept.remove(at));
        let row = there.map(|(_, row)| row).or_else(|| new.cloned())?;
        kept.push_back((nth, row.clone()));
        if kept.len() > KEPT {
            kept.pop_front();
        }
        Some(row)
    }
}

/// The own words of a pack in one row, as its fingerprints count them.
pub(super) struct Row {
    texts: Vec<Prose>,
    words: Vec<Word>,
    /// The run of each word, and the text that the run is in.
    runs: Vec<(u32, u32)>,
    /// The fingerprints, sorted.
    prints: Vec<Print>,
    sections: OnceLock<Sections>,
}

impl Row {
    /// Unpacks a pack's texts.
    fn of(genuine: &Genuine, imprint: &Imprint) -> Self {
        let texts = imprint.written().prose;
        let (mut words, mut runs, mut run) = (Vec::new(), Vec::new(), 0_u32);
        for (at, text) in texts.iter().enumerate() {
            for own in given::own(&text.text, &genuine.given, &genuine.settings) {
                words.extend(own);
                runs.resize(words.len(), (run, u32::try_from(at).unwrap_or(u32::MAX)));
                run += 1;
            }
        }
        Self { texts, words, runs, prints: imprint.prints.all(), sections: OnceLock::new() }
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

    /// The fingerprints, sorted.
    pub(super) fn prints(&self) -> &[Print] {
        &self.prints
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The sections by what a person calls them.
    pub(super) fn sections(&self, settings: &Settings) -> &Sections {
        self.sections.get_or_init(|| self.read_sections(settings.sections.shingle_words))
    }

    fn read_sections(&self, count: usize) -> Sections {
        let mut found = Sections::new();
        let mut from = 0;
        for run in self.runs.chunk_by(|one, other| one.0 == other.0) {
            let section = self.texts[run[0].1 as usize].section.clone();
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
