//! All packs of a run side by side: which of them share fingerprints, and what is told of it.
//!
//! A fingerprint that stands in many hand-ins is nobody's in particular: passages of such fingerprints
//! are told once for all (`common`), the others pair by pair (`align`).

use std::collections::BTreeMap;

use super::align::{self, Pair};
use super::imprint::Imprint;
use super::prints::Print;
use super::prose::Prose;
use super::rows::{NEAR, Rows};
use super::store::Closed;
use super::{Genuine, common};
use crate::audit::Person;
use crate::audit::crew;
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::similar::{Side, Similarity};
use crate::audit::submission::LearnerReport;

/// How many parts the fingerprints are compared in, so that few of them are in hand at a time.
const PARTS: u32 = 64;
/// How many shared fingerprints of two packs are kept; more say nothing new.
const ENOUGH: usize = 32;
/// How many others are named with a learner.
const NAMED: usize = 5;
/// How many sections of each are named in a sentence; reports list more.
const SECTIONS: usize = 3;

/// A pack of another class.
pub(crate) struct Reference {
    /// What it is called in the report.
    pub(crate) name: String,
    /// The learner whom it names.
    pub(crate) learner: Option<Person>,
    /// What was kept of it.
    pub(crate) imprint: Imprint,
}

/// One pack.
pub(super) struct Packed {
    /// The place among the learners of the report; none for a reference.
    pub(super) learner: Option<usize>,
    /// What it is called.
    pub(super) name: String,
    /// The learner whom it names.
    pub(super) person: Option<Person>,
    /// What was kept of it.
    pub(super) imprint: Imprint,
}

/// All packs, in the order of the report, references last.
pub(super) struct Packs {
    pub(super) list: Vec<Packed>,
    texts: Closed<u8>,
    prints: Closed<Print>,
}

impl Packs {
    /// Takes what was kept out of the report.
    pub(super) fn of(genuine: &Genuine, report: &mut Report, references: Vec<Reference>) -> Self {
        let mut list = Vec::new();
        for (nth, learner) in report.learners.iter_mut().enumerate() {
            let name = learner.shown_as.clone();
            for pack in &mut learner.packs {
                let Some(imprint) = pack.imprint.take() else { continue };
                let person = pack.identity.named_learner.clone();
                list.push(Packed { learner: Some(nth), name: name.clone(), person, imprint: *imprint });
            }
        }
        list.extend(references.into_iter().map(|r| {
            let Reference { name, learner: person, imprint } = r;
            Packed { learner: None, name, person, imprint }
        }));
        Self { list, texts: genuine.texts.close(), prints: genuine.prints.close() }
    }

    /// The fingerprints of a pack, sorted.
    pub(super) fn prints(&self, nth: usize) -> &[Print] {
        self.prints.at(self.list[nth].imprint.prints)
    }

    /// Frees the fingerprints once they are compared.
    pub(super) fn forget_prints(&mut self) {
        self.prints = Closed::default();
    }

    /// The learner's texts in a pack.
    pub(super) fn texts(&self, pack: &Packed) -> Vec<Prose> {
        pack.imprint.texts(&self.texts)
    }

    /// Tells whether two packs are of different people, as far as is known; two references always are not.
    pub(super) fn differ(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.list[one], &self.list[other]);
        match (one.learner, other.learner) {
            (None, None) => false,
            (Some(one), Some(other)) => one != other,
            // Somebody's own work of last year is no surprise.
            _ => !one
                .person
                .as_ref()
                .zip(other.person.as_ref())
                .is_some_and(|(one, other)| is_same(one, other)),
        }
    }

    pub(super) fn side(&self, nth: usize) -> Side {
        let pack = &self.list[nth];
        Side { learner: pack.learner, name: pack.name.clone(), words: pack.imprint.words }
    }
}

/// Tells whether two people are one: the same id and name, or the same name where an id is missing.
pub(super) fn is_same(one: &Person, other: &Person) -> bool {
    let plain =
        |text: &Option<String>| text.as_deref().map(|t| t.trim().to_lowercase()).filter(|t| !t.is_empty());
    let (names, ids) = ((plain(&one.name), plain(&other.name)), (plain(&one.id), plain(&other.id)));
    let is_equal = |pair: &(Option<String>, Option<String>)| match pair {
        (Some(one), Some(other)) => Some(one == other),
        _ => None,
    };
    is_equal(&names) == Some(true) && is_equal(&ids) != Some(false)
}

/// What the fingerprints have in common.
#[derive(Default)]
pub(super) struct Seeds {
    /// Of two packs: the places of shared fingerprints in either.
    pub(super) pairs: BTreeMap<(usize, usize), Vec<(u32, u32)>>,
    /// Fingerprints that stand in many hand-ins: the first of these packs, the place in it, the number.
    pub(super) wide: Vec<(usize, u32, u32)>,
}

/// Compares the learners' words of all packs.
pub(super) fn passages(genuine: &Genuine, packs: &Packs, report: &mut Report) {
    let mut seeds = seeds(packs, genuine.settings.passages.many);
    seeds.wide.sort_unstable();
    let mut wide: Vec<u32> = seeds.wide.iter().map(|(_, _, hash)| *hash).collect();
    wide.sort_unstable();
    let rows = Rows::new(genuine, packs);
    report.common = common::groups(genuine, (packs, &rows), &seeds.wide);
    let mut pairs: Vec<(usize, usize)> = seeds
        .pairs
        .into_iter()
        .filter(|(_, seeds)| is_promising(seeds, genuine.settings.passages.reported_words))
        .map(|(pair, _)| pair)
        .collect();
    // Square by square: the same few packs are needed again and again, and fit into memory.
    pairs.sort_by_key(|(one, other)| (one / NEAR, other / NEAR, *one, *other));
    let align = |(one, other): &(usize, usize)| {
        align::align(&Pair { genuine, packs, rows: &rows, one: *one, other: *other }, &wide)
    };
    report.similar = crew::side_by_side(crew::size(), &pairs, align).into_iter().flatten().collect();
    report.similar.sort_by(|a, b| {
        let key =
            |s: &Similarity| (std::cmp::Reverse((s.percent, s.shared_words)), s.one.learner, s.other.learner);
        key(a).cmp(&key(b)).then_with(|| (&a.one.name, &a.other.name).cmp(&(&b.one.name, &b.other.name)))
    });
}

/// Says with each learner whose words theirs share.
pub(super) fn tell(genuine: &Genuine, report: &mut Report) {
    pairs(&report.similar, &mut report.learners);
    common::tell(genuine, &report.common, &mut report.learners);
}

fn seeds(packs: &Packs, many: usize) -> Seeds {
    let mut found = Seeds::default();
    for part in 0..PARTS {
        let width = u32::MAX / PARTS + 1;
        let (from, to) = (part * width, (part * width).saturating_add(width));
        let mut here: Vec<(u32, usize, u32)> = Vec::new();
        for nth in 0..packs.list.len() {
            let prints = packs.prints(nth);
            let start = prints.partition_point(|(hash, _)| *hash < from);
            let end =
                if part + 1 == PARTS { prints.len() } else { prints.partition_point(|(hash, _)| *hash < to) };
            here.extend(prints[start..end].iter().map(|(hash, at)| (*hash, nth, *at)));
        }
        here.sort_unstable();
        for same in here.chunk_by(|one, other| one.0 == other.0) {
            holders(packs, same, many, &mut found);
        }
    }
    found
}

/// Notes who holds one fingerprint.
fn holders(packs: &Packs, same: &[(u32, usize, u32)], many: usize, found: &mut Seeds) {
    let mut firsts: Vec<(usize, u32)> = Vec::new();
    for (_, nth, at) in same {
        if firsts.last().is_none_or(|(last, _)| last != nth) {
            firsts.push((*nth, *at));
        }
    }
    let (Some(first), Some(last)) = (firsts.first(), firsts.last()) else { return };
    if firsts.len() < 2 || packs.list[first.0].learner == packs.list[last.0].learner {
        return;
    }
    let mut people: Vec<_> = firsts
        .iter()
        .map(|(nth, _)| (packs.list[*nth].learner, packs.list[*nth].learner.is_none().then_some(*nth)))
        .collect();
    people.dedup();
    if people.len() > many {
        found.wide.push((first.0, first.1, same[0].0));
        return;
    }
    for (i, (one, at)) in firsts.iter().enumerate() {
        for (other, there) in firsts[i + 1..].iter().filter(|(other, _)| packs.differ(*one, *other)) {
            let seeds = found.pairs.entry((*one, *other)).or_default();
            if seeds.len() < ENOUGH {
                seeds.push((*at, *there));
            }
        }
    }
}

/// Tells whether shared fingerprints lie so that a passage may be behind them: two of them at the same
/// distance from each other in both packs.
fn is_promising(seeds: &[(u32, u32)], within: usize) -> bool {
    let mut lines: Vec<(i64, u32)> = seeds.iter().map(|(a, b)| (i64::from(*a) - i64::from(*b), *a)).collect();
    lines.sort_unstable();
    let is_near = |pair: &[(i64, u32)]| pair[0].0 == pair[1].0 && (pair[1].1 - pair[0].1) as usize <= within;
    lines.windows(2).any(is_near) || seeds.len() >= ENOUGH
}

/// Says with each learner which other's words theirs share.
fn pairs(similar: &[Similarity], learners: &mut [LearnerReport]) {
    let mut told: BTreeMap<usize, usize> = BTreeMap::new();
    for pair in similar {
        for (own, other, is_one) in [(&pair.one, &pair.other, true), (&pair.other, &pair.one, false)] {
            let Some(learner) = own.learner else { continue };
            let count = told.entry(learner).or_default();
            *count += 1;
            if *count <= NAMED {
                learners[learner].findings.push(finding(pair, (own, other), is_one));
            }
        }
    }
    for (learner, count) in told.into_iter().filter(|(_, count)| *count > NAMED) {
        let text = format!("words are shared with {} more hand-ins", count - NAMED);
        learners[learner].findings.push(Finding::warning("shared-words", text));
    }
}

/// A share in words: a small one is not nothing.
pub(super) fn share(part: usize, whole: usize) -> String {
    match part.min(whole) * 100 / whole.max(1) {
        0 => "under 1%".into(),
        percent => format!("{percent}%"),
    }
}

fn finding(pair: &Similarity, (own, other): (&Side, &Side), is_one: bool) -> Finding {
    let whose = if other.learner.is_none() { "in the reference " } else { "in what was handed in by " };
    let mut text = format!(
        "{} of {} words of the learner ({}) also stand {whose}{}",
        pair.shared_words,
        own.words,
        share(pair.shared_words, own.words),
        other.name
    );
    let first = pair.passages.first();
    if let Some(known) = first.and_then(|p| p.stands_in.as_deref()) {
        text.push_str(&format!("; the longest passage stands in {known}"));
    }
    let alike: Vec<String> = pair
        .sections
        .iter()
        .take(SECTIONS)
        .map(|s| format!("{} ({}%{})", s.section, s.percent, if s.serious { ", nearly all" } else { "" }))
        .collect();
    if !alike.is_empty() {
        let more = pair.sections.len().saturating_sub(SECTIONS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        text.push_str(&format!("; alike: {}{more}", alike.join(", ")));
    }
    let place = first.map(|p| if is_one { &p.one } else { &p.other });
    let file = place.map_or("data/profile.json", |p| p.file.as_str());
    let file = match place.and_then(|p| p.page) {
        Some(page) => format!("{file}, page {page}"),
        None => file.to_owned(),
    };
    Finding::warning("shared-words", text).in_file(file).hint(
        "read both passages side by side: it may be a team, a shared source or a text that was handed out",
    )
}
