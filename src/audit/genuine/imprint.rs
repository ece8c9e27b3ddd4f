//! What is kept of a pack until all packs are read: little, so that a thousand of them fit into memory.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde_json::Value;

use super::prints::winnow;
use super::prose::{self, Prose};
use super::settings::is_in;
use super::store::{Closed, Slot};
use super::{Genuine, given, own, series};

/// What an imprint is taken from.
pub(crate) struct Material<'a> {
    /// The profile inside the pack.
    pub(crate) profile: &'a [u8],
    /// The checklist inside the pack.
    pub(crate) checklist: Option<&'a [u8]>,
    /// The tables that the profile names, by the names that it calls them.
    pub(crate) tables: BTreeMap<&'a str, &'a [u8]>,
    /// The authors that the properties of PDFs name, by file.
    pub(crate) authors: Vec<(String, String)>,
}

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imprint {
    /// The learner's texts with their places, packed.
    packed: Slot,
    /// How many words are the learner's own.
    pub(super) words: usize,
    /// How many of them stand in a sample of the program too: the sample, and the words.
    pub(super) sample: Option<(String, usize)>,
    /// Fingerprints, sorted.
    pub(super) prints: Slot,
    /// The numbers of its series.
    pub(super) series: Vec<u64>,
    /// The code of its case.
    pub(super) case: Option<String>,
    /// The periods of its data: id, first and last day.
    pub(super) periods: Vec<(String, String, String)>,
    /// Which parts of the profile are about which period.
    about: Vec<(String, String)>,
    /// The names of the organisation's people.
    pub(super) people: Vec<String>,
    /// The authors that the properties of PDFs name, by file.
    pub(super) authors: Vec<(String, String)>,
    /// How many words of its documents are whose.
    pub(super) ledger: Option<own::Ledger>,
}

impl Imprint {
    /// Takes the imprint of a pack; none where its profile cannot be read.
    pub(crate) fn take(genuine: &Genuine, material: &Material<'_>) -> Option<Self> {
        let profile: Value = serde_json::from_slice(material.profile).ok()?;
        let prose = prose::of(&profile, &genuine.schema, &genuine.settings);
        Some(Self {
            packed: genuine.texts.put(&pack(&prose)),
            case: profile.pointer("/case/code").and_then(Value::as_str).map(str::to_owned),
            periods: periods(&profile),
            about: about(genuine, &profile),
            people: people(genuine, &profile),
            series: series::of(&profile, &material.tables, genuine.settings.figures.periods),
            authors: material.authors.clone(),
            ledger: material.checklist.and_then(|c| own::Ledger::read(c, &profile, &genuine.settings)),
            ..Self::default()
        })
    }

    /// Counts and prints the learner's own words: how many there are, the sample in which most of them
    /// stand, and the prints. Only once all packs are read, because the prints of a class and the packs in
    /// hand would be too much at the same time.
    pub(super) fn printed(&self, genuine: &Genuine) -> (usize, Option<(String, usize)>, Slot) {
        let (mut words, mut prints) = (0, Vec::new());
        let mut sampled = vec![0; genuine.samples.len()];
        for text in unpack(&genuine.texts.copy(self.packed)) {
            for run in given::own(&text.text, &genuine.given, &genuine.settings) {
                winnow(&run, words, &genuine.settings.fingerprints, &mut prints);
                words += run.len();
                if !genuine.sampled.covers(&run, &genuine.settings).contains(&true) {
                    continue;
                }
                for ((_, sample), count) in genuine.samples.iter().zip(&mut sampled) {
                    *count += sample.covers(&run, &genuine.settings).iter().filter(|c| **c).count();
                }
            }
        }
        prints.sort_unstable();
        let named = genuine.samples.iter().map(|(name, _)| name.clone()).zip(sampled);
        let sample = named.max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0);
        (words, sample, genuine.prints.put(&prints))
    }

    /// The period that a part of the profile is about.
    pub(super) fn period_of(&self, pointer: &str) -> Option<&str> {
        let is_inside = |part: &str| pointer.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'));
        self.about.iter().find(|(part, _)| is_inside(part)).map(|(_, period)| period.as_str())
    }

    /// Unpacks the learner's texts.
    pub(super) fn texts(&self, store: &Closed<u8>) -> Vec<Prose> {
        unpack(store.at(self.packed))
    }
}

fn pack(prose: &[Prose]) -> Vec<u8> {
    let column = |of: fn(&Prose) -> &str| prose.iter().map(of).collect::<Vec<_>>();
    // Places beside places and texts beside texts pack best.
    let columns = [column(|p| &p.pointer), column(|p| &p.section), column(|p| &p.text)];
    let json = serde_json::to_vec(&columns).unwrap_or_default();
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    let packed = encoder.write_all(&json).and_then(|()| encoder.finish());
    packed.unwrap_or_default()
}

fn unpack(packed: &[u8]) -> Vec<Prose> {
    let mut json = Vec::new();
    let read = DeflateDecoder::new(packed).read_to_end(&mut json);
    let columns: [Vec<String>; 3] =
        read.ok().and_then(|_| serde_json::from_slice(&json).ok()).unwrap_or_default();
    let [pointers, sections, texts] = columns;
    let prose = |((pointer, section), text)| Prose { pointer, section, text };
    pointers.into_iter().zip(sections).zip(texts).map(prose).collect()
}

fn periods(profile: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let list = profile.pointer("/data/periods").and_then(Value::as_array).into_iter().flatten();
    list.map(|p| (text(p, "id"), text(p, "from"), text(p, "to"))).collect()
}

/// The items of lists that name their period.
fn about(genuine: &Genuine, profile: &Value) -> Vec<(String, String)> {
    let issues = &genuine.settings.issues;
    let mut found = Vec::new();
    for part in &issues.parts {
        let items = profile.pointer(part).and_then(Value::as_array).into_iter().flatten().enumerate();
        let named = items.filter_map(|(nth, item)| {
            Some((format!("{part}/{nth}"), item[&issues.period].as_str()?.to_owned()))
        });
        found.extend(named);
    }
    found
}

/// The names of the organisation's people but the learner's own.
fn people(genuine: &Genuine, profile: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for people in &genuine.settings.people {
        let Some((list, name)) = people.name.split_once("/*/") else { continue };
        let items = profile.pointer(list).and_then(Value::as_array).into_iter().flatten();
        let others = items.filter(|i| i[&people.unless] != Value::Bool(true));
        found.extend(others.filter_map(|i| i[name].as_str()).map(str::to_owned));
    }
    found
}

impl Prose {
    /// Tells whether it stands in one of some parts of the profile.
    pub(super) fn is_in(&self, parts: &[String]) -> bool {
        parts.iter().any(|part| is_in(&self.pointer, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        let prose = |n: usize| Prose {
            pointer: format!("/reports/{n}/summary"),
            section: "Reports, Summary".into(),
            text: format!("“Quoted”, with\na line {n} and ü"),
        };
        let all: Vec<Prose> = (0..100).map(prose).collect();
        let packed = pack(&all);
        assert!(packed.len() < 2_000);
        assert_eq!(unpack(&packed), all);
        assert!(unpack(&packed[..20]).is_empty());
    }
}
