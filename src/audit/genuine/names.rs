//! The name or id of another learner in a pack, in the properties of its files, or in a file's name.
//!
//! Whole names and ids only: a first name says nothing. The organisation's own people may be called
//! as anybody is.

use std::collections::{BTreeMap, BTreeSet};

use super::Genuine;
use super::compare::{Packed, Packs};
use super::settings::Names;
use super::words::{Word, all, hashed};
use crate::audit::Person;
use crate::audit::crew;
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;

/// A name or an id that is looked for: its words, how it is written, and whose it is.
struct Wanted {
    words: Vec<u64>,
    shown: String,
    /// The learners of the report whose it is.
    owners: BTreeSet<usize>,
}

/// Everything that is looked for, by its first word.
struct Index<'a> {
    settings: &'a Names,
    wanted: Vec<Wanted>,
    by_first: BTreeMap<u64, Vec<usize>>,
}

/// Says with each learner where another's name or id stands.
pub(super) fn look(genuine: &Genuine, packs: &Packs, report: &mut Report) {
    let index = Index::of(genuine, packs, report);
    if index.wanted.is_empty() {
        return;
    }
    let look = |pack: &Packed| Some((pack.learner?, index.in_pack(pack, &report.learners[pack.learner?])));
    let in_packs = crew::side_by_side(crew::size(), &packs.list, look);
    let beside: Vec<(usize, BTreeMap<usize, Places>)> =
        report.learners.iter().enumerate().map(|(nth, l)| (nth, index.beside(nth, l))).collect();
    let mut told = BTreeSet::new();
    for (learner, found) in in_packs.into_iter().flatten().chain(beside) {
        for (wanted, places) in found {
            if told.insert((learner, wanted)) {
                report.learners[learner].findings.push(finding(&index.wanted[wanted], &places));
            }
        }
    }
}

/// Where something stands: file, and the part of the profile.
type Places = Vec<(String, Option<String>)>;

impl<'a> Index<'a> {
    fn of(genuine: &'a Genuine, packs: &Packs, report: &Report) -> Self {
        let settings = &genuine.settings.names;
        let mut all: BTreeMap<Vec<u64>, Wanted> = BTreeMap::new();
        let mut add = |person: &Person, owner: Option<usize>| {
            for (words, shown) in looked_for(person, settings) {
                let entry = all.entry(words.clone());
                let wanted = entry.or_insert_with(|| Wanted { words, shown, owners: BTreeSet::new() });
                wanted.owners.extend(owner);
            }
        };
        for (nth, learner) in report.learners.iter().enumerate() {
            add(&learner.learner, Some(nth));
        }
        for pack in &packs.list {
            pack.person.iter().for_each(|person| add(person, pack.learner));
        }
        let own = Own::of(packs, report);
        for person in &genuine.people {
            let owners = own.of_listed(person);
            add(person, None);
            owners.into_iter().for_each(|owner| add(person, Some(owner)));
        }
        let wanted: Vec<Wanted> = all.into_values().collect();
        let mut by_first: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (nth, one) in wanted.iter().enumerate() {
            by_first.entry(one.words[0]).or_default().push(nth);
        }
        Self { settings, wanted, by_first }
    }

    /// The names in some words that are not those of a learner.
    fn within(&self, words: &[Word], learner: usize) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for nth in self.by_first.get(&word.hash).into_iter().flatten() {
                let wanted = &self.wanted[*nth];
                let here = words[at..].iter().map(|w| w.hash).take(wanted.words.len());
                if !wanted.owners.contains(&learner) && here.eq(wanted.words.iter().copied()) {
                    found.push(*nth);
                }
            }
        }
        found
    }

    fn in_pack(&self, pack: &Packed, learner: &LearnerReport) -> BTreeMap<usize, Places> {
        let mut found: BTreeMap<usize, Places> = BTreeMap::new();
        let Some(nth) = pack.learner else { return found };
        let written = pack.imprint.written();
        for text in &written.prose {
            for wanted in self.within(&all(&text.text), nth) {
                let place = ("data/profile.json".to_owned(), Some(text.section.clone()));
                found.entry(wanted).or_default().push(place);
            }
        }
        for (file, author) in &written.authors {
            for wanted in self.within(&all(author), nth) {
                found.entry(wanted).or_default().push((file.clone(), Some("its properties".into())));
            }
        }
        let people: BTreeSet<Vec<u64>> =
            written.people.iter().map(|p| all(p).iter().map(|w| w.hash).collect()).collect();
        let own = [Some(&learner.learner), pack.person.as_ref()].into_iter().flatten();
        let own: BTreeSet<Vec<u64>> =
            own.flat_map(|p| looked_for(p, self.settings)).map(|(words, _)| words).collect();
        let is_nameless = own.iter().all(|words| words.len() < self.settings.name_words);
        found.retain(|wanted, _| {
            let Wanted { words, owners, .. } = &self.wanted[*wanted];
            // A name that only a list holds may be that of somebody whose own name is not known.
            !(people.contains(words) || own.contains(words) || is_nameless && owners.is_empty())
        });
        found
    }

    /// The names in the names and properties of files that are no packs.
    fn beside(&self, nth: usize, learner: &LearnerReport) -> BTreeMap<usize, Places> {
        let mut found: BTreeMap<usize, Places> = BTreeMap::new();
        for file in &learner.files {
            for wanted in self.within(&all(&file.name.replace('_', " ")), nth) {
                found.entry(wanted).or_default().push((file.name.clone(), Some("its name".into())));
            }
            for wanted in file.authors.iter().flat_map(|author| self.within(&all(author), nth)) {
                found.entry(wanted).or_default().push((file.name.clone(), Some("its properties".into())));
            }
        }
        found
    }
}

/// Who is called how, as far as hand-ins say it: a list may write a name the other way round.
struct Own(BTreeMap<Vec<u64>, BTreeSet<usize>>);

impl Own {
    fn of(packs: &Packs, report: &Report) -> Self {
        let mut owners: BTreeMap<Vec<u64>, BTreeSet<usize>> = BTreeMap::new();
        let platform = report.learners.iter().enumerate().map(|(nth, l)| (nth, &l.learner));
        let inside = packs.list.iter().filter_map(|pack| Some((pack.learner?, pack.person.as_ref()?)));
        for (nth, person) in platform.chain(inside) {
            for key in Self::keys(person) {
                owners.entry(key).or_default().insert(nth);
            }
        }
        Self(owners)
    }

    /// The learners who are somebody of a list.
    fn of_listed(&self, person: &Person) -> BTreeSet<usize> {
        Self::keys(person).iter().filter_map(|key| self.0.get(key)).flatten().copied().collect()
    }

    /// The words of the name in an order of their own, and the id.
    fn keys(person: &Person) -> Vec<Vec<u64>> {
        let mut name: Vec<u64> = person.name.iter().flat_map(|n| all(n)).map(|w| w.hash).collect();
        name.sort_unstable();
        let id = person.id.iter().map(|id| vec![hashed(id.trim())]);
        id.chain([name]).filter(|key| !key.is_empty()).collect()
    }
}

/// The names and ids of a person that are long enough to mean nobody else.
fn looked_for(person: &Person, settings: &Names) -> Vec<(Vec<u64>, String)> {
    let mut found = Vec::new();
    if let Some(name) = &person.name {
        let words: Vec<u64> = all(name).iter().map(|w| w.hash).collect();
        if words.len() >= settings.name_words {
            found.push((words, name.clone()));
        }
    }
    if let Some(id) = person.id.as_deref().map(str::trim) {
        let has_letters = id.chars().any(char::is_alphabetic) && id.chars().any(|c| c.is_ascii_digit());
        let least = if has_letters { settings.id_characters } else { settings.id_digits };
        if id.chars().count() >= least && id.chars().all(char::is_alphanumeric) {
            found.push((vec![hashed(id)], id.to_owned()));
        }
    }
    found
}

fn finding(wanted: &Wanted, places: &Places) -> Finding {
    let mut shown: Vec<String> = Vec::new();
    for (file, part) in places {
        let place = part.as_ref().map_or_else(|| file.clone(), |part| format!("{file} ({part})"));
        if !shown.contains(&place) {
            shown.push(place);
        }
    }
    let more = if shown.len() > 3 { format!(" and {} more places", shown.len() - 3) } else { String::new() };
    let text = format!(
        "“{}”, who is another learner, stands in {}{more}",
        wanted.shown,
        shown[..shown.len().min(3)].join(", ")
    );
    let file = places.first().map(|(file, _)| file.clone());
    let hint =
        "look why: it may be somebody they worked with, somebody of the same name, or a file of the other";
    Finding { file, ..Finding::warning("other-name", text).hint(hint) }
}
