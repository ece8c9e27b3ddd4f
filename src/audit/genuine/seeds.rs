//! Which packs share fingerprints.
//!
//! A class may share millions of them by chance: any two texts about one trade have a few phrases in
//! common. Owns how they are told apart from passages with few of them in memory at a time: what two packs
//! share is put aside in blocks of packs, and looked at block by block.

use super::compare::Packs;
use super::prints::{PARTS, Print};
use crate::audit::aside::{Aside, Slot};
use crate::audit::crew;
use crate::audit::desk::Desk;

/// How many packs are in a block.
const BLOCK: usize = 16;
/// How many seeds of a block are gathered before they are put aside.
const GATHERED: usize = 1 << 10;
/// So many shared fingerprints of two packs are worth a look, wherever they lie.
const ENOUGH: usize = 32;

/// A fingerprint that two packs share: the packs, and its places in them.
type Seed = [u32; 4];
/// A fingerprint that many packs hold: the first of them, the place in it, the number.
pub(super) type Wide = (usize, u32, u32);

/// What the fingerprints have in common.
#[derive(Default)]
pub(super) struct Seeds {
    /// Pairs of packs that may share a passage.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Fingerprints that stand in many hand-ins, sorted.
    pub(super) wide: Vec<Wide>,
}

/// What two packs share, by blocks of the first.
struct Blocks<'a> {
    aside: &'a Aside,
    gathered: Vec<Vec<Seed>>,
    put: Vec<Vec<Slot>>,
}

/// Finds pairs of packs that share fingerprints which lie as those of a passage do: two of them within
/// some words. What more than `many` people hold is told once for all.
pub(super) fn find(packs: &Packs, (many, within): (usize, usize), desk: &Desk<'_>) -> Seeds {
    let mut found = Seeds::default();
    let mut blocks = Blocks::new(packs.list.len(), &desk.aside);
    for part in (0..PARTS).take_while(|_| !desk.is_stopped()) {
        let mut here: Vec<(u32, u32, u32)> = Vec::new();
        for (nth, pack) in (0..).zip(&packs.list) {
            here.extend(pack.imprint.prints.part(part).into_iter().map(|(hash, at)| (hash, nth, at)));
        }
        here.sort_unstable();
        for same in here.chunk_by(|one, other| one.0 == other.0) {
            found.wide.extend(holders(packs, same, many, &mut blocks));
        }
    }
    found.wide.sort_unstable();
    let blocks: Vec<(Vec<Seed>, Vec<Slot>)> = blocks.gathered.into_iter().zip(blocks.put).collect();
    let look = |(gathered, put): &(Vec<Seed>, Vec<Slot>)| promising(gathered, put, within);
    found.pairs = crew::side_by_side(crew::size(), &blocks, look).concat();
    found
}

/// Notes who holds one fingerprint; returns it where these are many.
fn holders(packs: &Packs, same: &[(u32, u32, u32)], many: usize, blocks: &mut Blocks<'_>) -> Option<Wide> {
    let mut firsts: Vec<(usize, u32)> = Vec::new();
    for (_, nth, at) in same {
        if firsts.last().is_none_or(|(last, _)| *last != *nth as usize) {
            firsts.push((*nth as usize, *at));
        }
    }
    let (first, last) = (firsts.first()?, firsts.last()?);
    if firsts.len() < 2 || packs.list[first.0].learner == packs.list[last.0].learner {
        return None;
    }
    let mut people: Vec<_> = firsts
        .iter()
        .map(|(nth, _)| (packs.list[*nth].learner, packs.list[*nth].learner.is_none().then_some(*nth)))
        .collect();
    people.dedup();
    if people.len() > many {
        return Some((first.0, first.1, same[0].0));
    }
    for (i, (one, at)) in firsts.iter().enumerate() {
        for (other, there) in firsts[i + 1..].iter().filter(|(other, _)| packs.differ(*one, *other)) {
            blocks.add([*one as u32, *other as u32, *at, *there]);
        }
    }
    None
}

impl<'a> Blocks<'a> {
    fn new(packs: usize, aside: &'a Aside) -> Self {
        let count = packs.div_ceil(BLOCK);
        Self { aside, gathered: vec![Vec::new(); count], put: vec![Vec::new(); count] }
    }

    fn add(&mut self, seed: Seed) {
        let block = seed[0] as usize / BLOCK;
        let gathered = &mut self.gathered[block];
        gathered.push(seed);
        if gathered.len() == GATHERED {
            let bytes: Vec<u8> = gathered.drain(..).flatten().flat_map(u32::to_le_bytes).collect();
            self.put[block].push(self.aside.put(&bytes));
        }
    }
}

/// The pairs of a block that may share a passage.
fn promising(gathered: &[Seed], put: &[Slot], within: usize) -> Vec<(usize, usize)> {
    let mut seeds = gathered.to_vec();
    for slot in put {
        let bytes = slot.all();
        let numbers: Vec<u32> =
            bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        seeds.extend(numbers.chunks_exact(4).map(|n| [n[0], n[1], n[2], n[3]]));
    }
    seeds.sort_unstable();
    let pairs = seeds.chunk_by(|a, b| a[..2] == b[..2]);
    let is_worth = |seeds: &&[Seed]| is_promising(seeds.iter().map(|s| (s[2], s[3])), within);
    pairs.filter(is_worth).map(|seeds| (seeds[0][0] as usize, seeds[0][1] as usize)).collect()
}

/// Tells whether shared fingerprints lie so that a passage may be behind them: two of them at the same
/// distance from each other in both packs.
fn is_promising(seeds: impl ExactSizeIterator<Item = Print>, within: usize) -> bool {
    if seeds.len() >= ENOUGH {
        return true;
    }
    let mut lines: Vec<(i64, u32)> = seeds.map(|(a, b)| (i64::from(a) - i64::from(b), a)).collect();
    lines.sort_unstable();
    let is_near = |pair: &[(i64, u32)]| pair[0].0 == pair[1].0 && (pair[1].1 - pair[0].1) as usize <= within;
    lines.windows(2).any(is_near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_aside_is_looked_at_with_the_rest() {
        let aside = Aside::default();
        let mut blocks = Blocks::new(40, &aside);
        // By chance: each pair shares a few, never two at the same distance.
        for at in 0..GATHERED as u32 {
            blocks.add([at % 7, 20 + at % 11, at * 50, at * 53]);
        }
        assert_eq!(blocks.put[0].len(), 1, "the block is put aside");
        blocks.add([3, 25, 1_000, 2_000]);
        blocks.add([3, 30, 1_000, 2_000]);
        blocks.add([3, 30, 1_012, 2_012]);
        assert_eq!(promising(&blocks.gathered[0], &blocks.put[0], 40), [(3, 30)]);
        assert_eq!(promising(&blocks.gathered[0], &blocks.put[0], 11), []);
        assert_eq!(promising(&[[1, 2, 5, 9]; ENOUGH], &[], 0), [(1, 2)]);
    }
}
