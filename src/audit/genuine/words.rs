//! Words as they are compared: lower case, normal form C, without punctuation; each with its place.
//!
//! Figure tokens are no words, and what stands in quotation marks is somebody else's.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::render::tokens;

/// One word: a number that is the same for the same word, and its bytes in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) hash: u64,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The basis and the prime of FNV-1a (Fowler, Noll, Vo) with 64 bits.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// All words of a text, quoted ones too.
pub(super) fn all(text: &str) -> Vec<Word> {
    let figures: Vec<Range<usize>> = tokens(text).into_iter().map(|(range, _)| range).collect();
    between(text, &figures)
}

/// The words of a text in runs: a quotation ends a run, and its words are in none.
pub(super) fn runs(text: &str) -> Vec<Vec<Word>> {
    let quoted = quotations(text);
    let mut found: Vec<Vec<Word>> = vec![Vec::new()];
    let mut nth = 0;
    for word in all(text) {
        while quoted.get(nth).is_some_and(|q| q.end <= word.start as usize) {
            nth += 1;
            found.push(Vec::new());
        }
        let is_quoted = quoted.get(nth).is_some_and(|q| q.start < word.end as usize);
        if let (false, Some(run)) = (is_quoted, found.last_mut()) {
            run.push(word);
        }
    }
    found.retain(|run| !run.is_empty());
    found
}

/// The words outside of some ranges, which are sorted.
fn between(text: &str, without: &[Range<usize>]) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    let mut nth = 0;
    let mut close = |start: &mut Option<usize>, end: usize| {
        if let Some(from) = start.take() {
            found.push(word(&text[from..end], from));
        }
    };
    for (at, c) in text.char_indices() {
        while without.get(nth).is_some_and(|r| r.end <= at) {
            nth += 1;
        }
        let is_out = without.get(nth).is_some_and(|r| r.contains(&at));
        let is_mark = |c: char| !c.is_ascii() && is_combining_mark(c);
        let joins = start.is_some() && (matches!(c, '\'' | '’') || is_mark(c));
        if !is_out && (c.is_alphanumeric() || joins) {
            start.get_or_insert(at);
        } else {
            close(&mut start, at);
        }
    }
    close(&mut start, text.len());
    found
}

fn word(text: &str, from: usize) -> Word {
    let text = text.trim_end_matches(['\'', '’']);
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Word { hash: hashed(text), start: place(from), end: place(from + text.len()) }
}

/// The number of one word.
pub(super) fn hashed(word: &str) -> u64 {
    if word.is_ascii() {
        let plain = word.bytes().filter(|b| *b != b'\'');
        return plain.fold(BASIS, |h, b| (h ^ u64::from(b.to_ascii_lowercase())).wrapping_mul(PRIME));
    }
    let plain = word.nfc().filter(|c| !matches!(c, '\'' | '’')).flat_map(char::to_lowercase);
    let mut bytes = [0; 4];
    plain.fold(BASIS, |hash, c| {
        c.encode_utf8(&mut bytes).bytes().fold(hash, |h, b| (h ^ u64::from(b)).wrapping_mul(PRIME))
    })
}

/// The number of some words in a row.
pub(super) fn joined(hashes: impl Iterator<Item = u64>) -> u64 {
    let all = hashes.fold(BASIS, |all, hash| (all.rotate_left(5) ^ hash).wrapping_mul(PRIME));
    all ^ (all >> 32)
}

/// What stands between quotation marks.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((at, open)) = text[from..].char_indices().find(|(_, c)| matches!(c, '“' | '"')) {
        let inner = from + at + open.len_utf8();
        let close = if open == '“' { '”' } else { '"' };
        match text[inner..].find(close) {
            Some(length) => {
                found.push(from + at..inner + length + close.len_utf8());
                from = inner + length + close.len_utf8();
            }
            None => from = inner,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, words: &[Word]) -> Vec<String> {
        words.iter().map(|w| text[w.start as usize..w.end as usize].to_owned()).collect()
    }

    #[test]
    fn the_same_words_are_the_same_however_they_are_written() {
        let hashes = |text: &str| -> Vec<u64> { all(text).iter().map(|w| w.hash).collect() };
        assert_eq!(hashes("The café’s menu, isn't it?"), hashes("the CAFE\u{301}'s menu isn’t\nit"));
        assert_ne!(hashes("menu it"), hashes("it menu"));
        assert_ne!(joined(hashes("a b").into_iter()), joined(hashes("b a").into_iter()));
    }

    #[test]
    fn figures_are_no_words_and_end_no_run() {
        let text = "Reach of [[facebook/reach@p2]] people";
        assert_eq!(runs(text).len(), 1);
        assert_eq!(texts(text, &all(text)), ["Reach", "of", "people"]);
    }

    #[test]
    fn quotations_are_somebody_elses_and_end_a_run() {
        let text = "They say “never on a Sunday” and \"not now\" here. A “ alone";
        let found: Vec<Vec<String>> = runs(text).iter().map(|r| texts(text, r)).collect();
        assert_eq!(found, [vec!["They", "say"], vec!["and"], vec!["here", "A", "alone"]]);
        assert_eq!(all(text).len(), 12);
    }
}
