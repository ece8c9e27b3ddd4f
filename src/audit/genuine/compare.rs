//! All packs of a run side by side: which of them share fingerprints, and what is told of it.
//!
//! A fingerprint that stands in many hand-ins is nobody's in particular: passages of such fingerprints
//! are told once for all (`common`), the others pair by pair (`align`).

use std::collections::BTreeMap;

use super::align::{self, Pair};
use super::imprint::Imprint;
use super::rows::{NEAR, Rows};
use super::{Genuine, common, seeds};
use crate::audit::Person;
use crate::audit::crew;
use crate::audit::desk::Desk;
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::similar::{Side, Similarity};
use crate::audit::submission::LearnerReport;

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
}

impl Packs {
    /// Takes what was kept out of the report.
    pub(super) fn of(report: &mut Report, references: Vec<Reference>) -> Self {
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
        Self { list }
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

/// Compares the learners' words of all packs; says nothing of any where the run is stopped meanwhile.
pub(super) fn passages(genuine: &Genuine, packs: &Packs, desk: &Desk<'_>, report: &mut Report) {
    let numbers = &genuine.settings.passages;
    let seeds = seeds::find(packs, (numbers.many, numbers.reported_words), desk);
    let mut wide: Vec<u32> = seeds.wide.iter().map(|(_, _, hash)| *hash).collect();
    wide.sort_unstable();
    let rows = Rows::new(genuine, packs);
    let common = common::groups(genuine, (packs, &rows), &seeds.wide, desk);
    let mut pairs = seeds.pairs;
    // Square by square: the same few packs are needed again and again, and fit into memory.
    pairs.sort_by_key(|(one, other)| (one / NEAR, other / NEAR, *one, *other));
    let align = |(one, other): &(usize, usize)| {
        let pair = Pair { genuine, packs, rows: &rows, one: *one, other: *other };
        if desk.is_stopped() { None } else { align::align(&pair, &wide) }
    };
    let mut similar: Vec<Similarity> =
        crew::side_by_side(crew::size(), &pairs, align).into_iter().flatten().collect();
    similar.sort_by(|a, b| {
        let key =
            |s: &Similarity| (std::cmp::Reverse((s.percent, s.shared_words)), s.one.learner, s.other.learner);
        key(a).cmp(&key(b)).then_with(|| (&a.one.name, &a.other.name).cmp(&(&b.one.name, &b.other.name)))
    });
    if !desk.is_stopped() {
        (report.common, report.similar) = (common, similar);
    }
}

/// Says with each learner whose words theirs share.
pub(super) fn tell(genuine: &Genuine, report: &mut Report) {
    pairs(&report.similar, &mut report.learners);
    common::tell(genuine, &report.common, &mut report.learners);
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
        text.push_str(&format!("; the long passages all stand in samples, the longest in {known}"));
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
