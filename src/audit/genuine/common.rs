//! Passages that stand in many hand-ins: told once for all who have them.
//!
//! A text that a trainer handed out is in every pack, and so is one that went round the class. Nothing
//! is left out because many have it; it is only not told pair by pair.

use std::collections::BTreeMap;

use super::Genuine;
use super::align::stands_in;
use super::compare::{Packed, Packs, share};
use super::rows::Rows;
use super::seeds::Wide;
use crate::audit::crew;
use crate::audit::desk::Desk;
use crate::audit::finding::Finding;
use crate::audit::similar::{Common, Excerpt, SharedPassage};
use crate::audit::submission::LearnerReport;

/// Fingerprints in a row in the first of the packs that hold them.
struct Chain {
    first: usize,
    /// Place and number of each.
    prints: Vec<(u32, u32)>,
}

/// Packs, and from where to where each of them holds a chain.
type Members = Vec<(usize, (u32, u32))>;

/// Puts fingerprints that many hold together into passages, and these into groups of hand-ins.
/// `wide` is sorted: the first pack that holds it, the place, the number.
pub(super) fn groups(
    genuine: &Genuine,
    (packs, rows): (&Packs, &Rows<'_>),
    wide: &[Wide],
    desk: &Desk<'_>,
) -> Vec<Common> {
    let numbers = &genuine.settings.fingerprints;
    let gap = (numbers.shingle_words + numbers.window) as u32;
    let chains = wide.chunk_by(|a, b| a.0 == b.0 && b.1 - a.1 <= gap);
    let mut chains: Vec<Chain> = chains
        .map(|c| Chain { first: c[0].0, prints: c.iter().map(|(_, at, hash)| (*at, *hash)).collect() })
        .filter(|c| c.span() + 2 * numbers.window >= genuine.settings.passages.reported_words)
        .collect();
    chains.sort_by_key(|c| (std::cmp::Reverse(c.prints.len()), c.first, c.prints[0].0));
    let mut told: Vec<Vec<(u32, u32)>> = vec![Vec::new(); packs.list.len()];
    let mut shared: Vec<(Chain, Members)> = Vec::new();
    let members = members(&chains, packs, desk);
    for (chain, members) in chains.into_iter().zip(members) {
        let (start, end) = chain.ends();
        if told[chain.first].iter().any(|(from, to)| start < *to && *from < end) {
            continue;
        }
        for (nth, span) in &members {
            told[*nth].push(*span);
        }
        shared.push((chain, members));
    }
    shared.sort_by_key(|(chain, members)| (chain.first, members.len(), chain.prints[0].0));
    let read = |(chain, members): &(Chain, Members)| {
        if desk.is_stopped() { None } else { passage(genuine, rows, chain, members) }
    };
    let passages = crew::side_by_side(crew::size(), &shared, read);
    let mut found: BTreeMap<Vec<usize>, Vec<SharedPassage>> = BTreeMap::new();
    for ((_, members), passage) in shared.iter().zip(passages) {
        let members = members.iter().map(|(nth, _)| *nth).collect();
        if let Some(passage) = passage {
            found.entry(members).or_default().push(passage);
        }
    }
    let mut groups: Vec<Common> =
        found.into_iter().map(|(members, passages)| group(genuine, packs, &members, passages)).collect();
    groups.sort_by(|a, b| {
        let key = |c: &Common| std::cmp::Reverse((c.words, c.sides.len()));
        key(a).cmp(&key(b)).then_with(|| a.passages[0].place.text.cmp(&b.passages[0].place.text))
    });
    groups
}

impl Chain {
    fn ends(&self) -> (u32, u32) {
        let at = |print: Option<&(u32, u32)>| print.map_or(0, |p| p.0);
        (at(self.prints.first()), at(self.prints.last()) + 1)
    }

    fn span(&self) -> usize {
        let (start, end) = self.ends();
        (end - start) as usize
    }

    /// From where to where a pack holds it that has some of its fingerprints at these places; none where
    /// these are less than half.
    fn held(&self, places: &[u32]) -> Option<(u32, u32)> {
        let (least, last) = (*places.iter().min()?, *places.iter().max()?);
        // A number that stands elsewhere too may widen the span; then only its beginning is marked.
        let most = 2 * (self.span() as u32) + 16;
        let end = if last - least <= most { last + 1 } else { least + 1 };
        (places.len() * 2 >= self.prints.len()).then_some((least, end))
    }
}

/// The packs that hold at least half of each chain, and where.
fn members(chains: &[Chain], packs: &Packs, desk: &Desk<'_>) -> Vec<Members> {
    let numbered = chains.iter().enumerate();
    let mut index: Vec<(u32, usize)> =
        numbered.flat_map(|(nth, chain)| chain.prints.iter().map(move |(_, hash)| (*hash, nth))).collect();
    index.sort_unstable();
    let in_pack = |pack: &Packed| {
        let prints = if desk.is_stopped() { Vec::new() } else { pack.imprint.prints.all() };
        let mut places: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for same in prints.chunk_by(|a, b| a.0 == b.0) {
            let (hash, at) = same[0];
            if let Ok(found) = index.binary_search_by_key(&hash, |(hash, _)| *hash) {
                places.entry(index[found].1).or_default().push(at);
            }
        }
        places.into_iter().filter_map(|(nth, at)| Some((nth, chains[nth].held(&at)?))).collect::<Vec<_>>()
    };
    let mut members = vec![Members::new(); chains.len()];
    for (pack, held) in crew::side_by_side(crew::size(), &packs.list, in_pack).into_iter().enumerate() {
        held.into_iter().for_each(|(nth, span)| members[nth].push((pack, span)));
    }
    members
}

/// The passage as it stands in the first pack, as far as the next member has the same words.
fn passage(genuine: &Genuine, rows: &Rows<'_>, chain: &Chain, members: &Members) -> Option<SharedPassage> {
    let row = rows.at(chain.first);
    let (mut best, mut length) = (0, 0);
    for (other, _) in members.iter().filter(|(nth, _)| *nth != chain.first).take(3) {
        let there = rows.at(*other);
        let prints = there.prints();
        for (at, hash) in &chain.prints {
            let from = prints.partition_point(|(h, _)| h < hash);
            let Some((_, place)) = prints.get(from).filter(|(h, _)| h == hash) else { continue };
            let (start, _, words) = row.grow(&there, (*at as usize, *place as usize));
            if words > length {
                (best, length) = (start, words);
            }
        }
    }
    let settings = &genuine.settings;
    (length >= settings.passages.reported_words).then(|| SharedPassage {
        words: length,
        place: row.excerpt(best, length, settings),
        stands_in: stands_in(genuine, row.words(best, length)),
    })
}

fn group(genuine: &Genuine, packs: &Packs, members: &[usize], mut passages: Vec<SharedPassage>) -> Common {
    let key = |p: &SharedPassage| (p.stands_in.is_some(), std::cmp::Reverse(p.words));
    passages.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.place.pointer.cmp(&b.place.pointer)));
    let words = passages.iter().map(|p| p.words).sum();
    passages.truncate(genuine.settings.passages.shown);
    Common { sides: members.iter().map(|nth| packs.side(*nth)).collect(), words, passages }
}

/// Says with each learner that some of their words stand in many hand-ins.
pub(super) fn tell(genuine: &Genuine, common: &[Common], learners: &mut [LearnerReport]) {
    for group in common {
        let Some(first) = group.passages.first() else { continue };
        for side in &group.sides {
            let Some(learner) = side.learner else { continue };
            let percent = (group.words * 100 / side.words.max(1)).min(100);
            let is_known = group.passages.iter().any(|p| p.stands_in.is_some());
            let longest = match &first.stands_in {
                Some(known) => format!("the longest passage, which stands in {known},"),
                None if is_known => "the longest passage that stands in no sample".into(),
                None => "the longest passage".into(),
            };
            let text = format!(
                "{} words ({}) are the same in {} hand-ins; {longest} begins “{}”",
                group.words,
                share(group.words, side.words),
                group.sides.len(),
                beginning(&first.place)
            );
            let finding = if percent >= genuine.settings.sections.flag_percent {
                Finding::warning("common-words", text)
            } else {
                Finding::note("common-words", text)
            };
            let hint = "look whether the class was given this text; if so, name it in the file of cases";
            learners[learner].findings.push(finding.in_file("data/profile.json").hint(hint));
        }
    }
}

/// The first words of a text.
fn beginning(place: &Excerpt) -> String {
    let words: Vec<&str> = place.text.split_whitespace().take(12).collect();
    format!("{} …", words.join(" "))
}
