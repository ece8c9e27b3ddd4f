//! What files for learners are called.
//!
//! Owns names that are plain, distinct, and the same in every run: they depend on the learner alone,
//! and on where the submission lies only where two learners would get the same one.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::Report;
use super::addressee::{ascii, called};
use crate::text::slug;

/// Digits that tell two learners with one name apart.
const DIGITS: usize = 6;

/// Returns a name without its ending for each learner.
pub(super) fn stems(report: &Report) -> Vec<String> {
    let plain: Vec<String> = (0..report.learners.len()).map(|nth| stem(report, nth)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    plain.iter().for_each(|stem| *counts.entry(stem).or_default() += 1);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::new();
    for (nth, stem) in plain.iter().enumerate() {
        let is_alone = counts.get(stem.as_str()) == Some(&1);
        let first = if is_alone { stem.clone() } else { format!("{stem}-{}", digits(report, nth)) };
        let more = (2..).map(|n| format!("{first}-{n}"));
        let free = std::iter::once(first.clone()).chain(more).find(|name| !taken.contains(name));
        let free = free.unwrap_or(first);
        taken.insert(free.clone());
        all.push(free);
    }
    all
}

fn stem(report: &Report, nth: usize) -> String {
    let name = slug(&ascii(&called(report, nth)));
    let id = slug(&ascii(report.learners[nth].learner.id.as_deref().unwrap_or_default()));
    let parts: Vec<&str> = match name.split('-').any(|part| part == id) {
        true => vec![&name],
        false => [name.as_str(), &id].into_iter().filter(|p| !p.is_empty()).collect(),
    };
    if parts.is_empty() { format!("learner-{}", digits(report, nth)) } else { parts.join("-") }
}

fn digits(report: &Report, nth: usize) -> String {
    let learner = &report.learners[nth];
    let key = format!("{}\0{}\0{:?}", learner.source, learner.input, learner.learner.id);
    let digest: String = Sha256::digest(key).iter().map(|b| format!("{b:02x}")).collect();
    digest.chars().take(DIGITS).collect()
}
