//! Winnowing: the few numbers of a text by which passages of it are found again.

use super::settings::Fingerprints;
use super::words::{Word, joined};

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
}
