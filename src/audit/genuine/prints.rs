//! Winnowing: the few numbers of a text by which passages of it are found again.

use super::settings::Fingerprints;
use super::words::{Word, joined};
use crate::audit::aside::{Aside, Slot};

/// A number and the place of the shingle's first word among all words of a pack.
pub(super) type Print = (u32, u32);

/// Adds the fingerprints of a run of words that begins at a place.
pub(super) fn winnow(run: &[Word], first: usize, settings: &Fingerprints, prints: &mut Vec<Print>) {
    let hashes: Vec<u32> = shingles(run, settings.shingle_words).map(|h| h as u32).collect();
    let window = settings.window.min(hashes.len()).max(1);
    let mut last = None;
    for (start, part) in hashes.windows(window).enumerate() {
        // The rightmost of the smallest, as in the paper: neighbouring windows then agree most often.
        let least = part.iter().enumerate().min_by_key(|(at, hash)| (**hash, std::cmp::Reverse(*at)));
        let Some((at, hash)) = least else { continue };
        if last != Some(start + at) {
            last = Some(start + at);
            prints.push((*hash, u32::try_from(first + start + at).unwrap_or(u32::MAX)));
        }
    }
}

/// The fingerprints of a pack, put aside in parts by their numbers: packs are compared part by part, so that
/// few of their prints are in memory at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct Prints {
    /// Sorted.
    slot: Slot,
    /// Where each part begins, and where the last one ends.
    starts: Box<[u32]>,
}

/// How many bits of a number tell its part.
const BITS: u32 = 6;
/// How many parts there are.
pub(super) const PARTS: usize = 1 << BITS;
/// The bytes of a print.
const SIZE: usize = 8;

impl Prints {
    /// Puts fingerprints aside.
    pub(super) fn new(mut prints: Vec<Print>, aside: &Aside) -> Self {
        prints.sort_unstable();
        let of = |part: u32| prints.partition_point(|(hash, _)| hash >> (u32::BITS - BITS) < part);
        let starts = (0..=PARTS as u32).map(|part| u32::try_from(of(part)).unwrap_or(u32::MAX)).collect();
        let bytes: Vec<u8> =
            prints.iter().flat_map(|(hash, at)| [hash.to_le_bytes(), at.to_le_bytes()].concat()).collect();
        Self { slot: aside.put(&bytes), starts }
    }

    /// All of them, sorted.
    pub(super) fn all(&self) -> Vec<Print> {
        self.within(0, PARTS)
    }

    /// Those of a part, sorted.
    pub(super) fn part(&self, part: usize) -> Vec<Print> {
        self.within(part, part + 1)
    }

    fn within(&self, from: usize, to: usize) -> Vec<Print> {
        let at = |part: usize| self.starts.get(part).map_or(0, |start| *start as usize * SIZE);
        let bytes = self.slot.read(at(from)..at(to));
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte));
        bytes.chunks_exact(SIZE).map(|print| (number(&print[..4]), number(&print[4..]))).collect()
    }
}

/// The numbers of all runs of `count` words.
pub(super) fn shingles(run: &[Word], count: usize) -> impl Iterator<Item = u64> {
    run.windows(count).map(|words| joined(words.iter().map(|w| w.hash)))
}

#[cfg(test)]
mod tests {
    use super::super::words::all;
    use super::*;

    const SETTINGS: Fingerprints = Fingerprints { shingle_words: 5, window: 6 };

    fn prints(text: &str) -> Vec<Print> {
        let mut found = Vec::new();
        winnow(&all(text), 0, &SETTINGS, &mut found);
        found
    }

    #[test]
    fn every_shared_passage_of_ten_words_is_noticed() {
        let shared = "a complaint about a bent wheel is answered before closing time";
        for extra in 0..20 {
            let other = format!("{} {shared} and more words", "filler word number ".repeat(extra));
            let (one, other) = (prints(shared), prints(&other));
            assert!(one.iter().any(|(hash, _)| other.iter().any(|(h, _)| h == hash)), "{extra}");
        }
    }

    #[test]
    fn few_are_kept_and_places_are_right() {
        let text: String = (0..1_000).map(|n| format!("word{} ", n * 7919 % 1_000)).collect();
        let found = prints(&text);
        assert!((200..450).contains(&found.len()), "{}", found.len());
        let words = all(&text);
        for (hash, at) in found {
            let at = at as usize;
            let shingle = shingles(&words[at..at + 5], 5).next().expect("a shingle");
            assert_eq!(shingle as u32, hash);
        }
    }

    #[test]
    fn prints_come_back_part_by_part() {
        let found: Vec<Print> = (0..5_000_u32).map(|n| (n.wrapping_mul(2_654_435_761), n)).collect();
        let kept = Prints::new(found.clone(), &Aside::default());
        let mut sorted = found;
        sorted.sort_unstable();
        assert_eq!(kept.all(), sorted);
        let parts: Vec<Vec<Print>> = (0..PARTS).map(|part| kept.part(part)).collect();
        assert!(parts.iter().all(|part| (50..110).contains(&part.len())));
        assert_eq!(parts.concat(), sorted);
        assert!(Prints::default().all().is_empty());
    }
}
