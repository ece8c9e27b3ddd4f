//! What is kept of a pack until all packs are read: little in memory, so that any class fits into it.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::prints::{Print, Prints, winnow};
use super::prose::{self, Prose};
use super::settings::is_in;
use super::{Genuine, given, own, series};
use crate::audit::aside::{Aside, Slot};

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

/// What is kept: in memory only what all packs are compared by at the same time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imprint {
    /// What only some checks read, one pack after the other.
    written: Slot,
    /// How many words are the learner's own.
    pub(super) words: usize,
    /// How many of them stand in a sample of the program too: the sample, and the words.
    pub(super) sample: Option<(String, usize)>,
    /// Fingerprints.
    pub(super) prints: Prints,
    /// The numbers of its series.
    pub(super) series: Vec<u64>,
    /// The code of its case.
    pub(super) case: Option<String>,
    /// How many words of its documents are whose.
    pub(super) ledger: Option<own::Ledger>,
}

/// What stands in a pack.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// The learner's texts with their places.
    pub(super) prose: Vec<Prose>,
    /// The periods of its data: id, first and last day.
    pub(super) periods: Vec<(String, String, String)>,
    /// Which parts of the profile are about which period.
    about: Vec<(String, String)>,
    /// The names of the organisation's people.
    pub(super) people: Vec<String>,
    /// The authors that the properties of PDFs name, by file.
    pub(super) authors: Vec<(String, String)>,
}

impl Imprint {
    /// Takes the imprint of a pack; none where its profile cannot be read.
    pub(crate) fn take(genuine: &Genuine, material: &Material<'_>, aside: &Aside) -> Option<Self> {
        let profile: Value = serde_json::from_slice(material.profile).ok()?;
        let prose = prose::of(&profile, &genuine.schema, &genuine.settings);
        let (words, sample, prints) = printed(genuine, &prose);
        let written = Written {
            prose,
            periods: periods(&profile),
            about: about(genuine, &profile),
            people: people(genuine, &profile),
            authors: material.authors.clone(),
        };
        Some(Self {
            written: aside.put(&written.pack()),
            words,
            sample,
            prints: Prints::new(prints, aside),
            case: profile.pointer("/case/code").and_then(Value::as_str).map(str::to_owned),
            series: series::of(&profile, &material.tables, genuine.settings.figures.periods),
            ledger: material.checklist.and_then(|c| own::Ledger::read(c, &profile, &genuine.settings)),
        })
    }

    /// Reads what stands in the pack.
    pub(super) fn written(&self) -> Written {
        Written::unpack(&self.written.all())
    }
}

/// Counts and prints the learner's own words: how many there are, the sample in which most of them
/// stand, and the prints.
fn printed(genuine: &Genuine, prose: &[Prose]) -> (usize, Option<(String, usize)>, Vec<Print>) {
    let (mut words, mut prints) = (0, Vec::new());
    let mut sampled = vec![0; genuine.samples.len()];
    for text in prose {
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
    let named = genuine.samples.iter().map(|(name, _)| name.clone()).zip(sampled);
    let sample = named.max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0);
    (words, sample, prints)
}

impl Written {
    /// The period that a part of the profile is about.
    pub(super) fn period_of(&self, pointer: &str) -> Option<&str> {
        let is_inside = |part: &str| pointer.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'));
        self.about.iter().find(|(part, _)| is_inside(part)).map(|(_, period)| period.as_str())
    }

    fn pack(&self) -> Vec<u8> {
        let plain = postcard::to_allocvec(self).unwrap_or_default();
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        let packed = encoder.write_all(&plain).and_then(|()| encoder.finish());
        packed.unwrap_or_default()
    }

    fn unpack(packed: &[u8]) -> Self {
        let mut plain = Vec::new();
        let read = DeflateDecoder::new(packed).read_to_end(&mut plain);
        read.ok().and_then(|_| postcard::from_bytes(&plain).ok()).unwrap_or_default()
    }
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
        let all = Written {
            prose: (0..100).map(prose).collect(),
            about: vec![("/reports/3".into(), "p2".into())],
            ..Written::default()
        };
        let packed = all.pack();
        assert!(packed.len() < 3_000, "{}", packed.len());
        assert_eq!(Written::unpack(&packed), all);
        assert_eq!(all.period_of("/reports/3/summary"), Some("p2"));
        assert_eq!(all.period_of("/reports/33/summary"), None);
        assert_eq!(Written::unpack(&packed[..20]), Written::default());
    }
}
