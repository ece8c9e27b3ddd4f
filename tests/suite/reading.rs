//! How hard the documents are to read: Flesch-Kincaid grades of what the public and staff are given.

use crate::support::{Page, sample};

/// Grade that house rules and the consent form must not exceed.
const PUBLIC: f64 = 8.0;
/// Grade that policies must not exceed.
const POLICY: f64 = 12.0;

/// Words of pages in reading order; a new line parts words, a jump to another block parts sentences.
fn words_of(pages: &[Page]) -> String {
    let mut text = String::new();
    for page in pages {
        let mut last: Option<f64> = None;
        for (glyphs, at) in &page.places {
            let step = last.map_or(0.0, |y| (y - at.y).abs());
            if step > 2.0 {
                text.push(if step > 17.0 { '\n' } else { ' ' });
            }
            last = Some(at.y);
            text.push_str(glyphs);
        }
        text.push('\n');
    }
    text
}

/// Syllables of an English word by its groups of vowels, a silent e at the end left out.
fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_ascii_alphabetic()).collect();
    let is_vowel = |c: char| "aeiouy".contains(c);
    let starts =
        (0..letters.len()).filter(|&i| is_vowel(letters[i]) && (i == 0 || !is_vowel(letters[i - 1]))).count();
    let silent = letters.ends_with(&['e']) && !letters.ends_with(&['l', 'e']) && starts > 1;
    (starts - usize::from(silent)).max(1)
}

/// The Flesch-Kincaid grade (Kincaid and others, 1975): 0.39 × words per sentence + 11.8 × syllables per word − 15.59.
/// Only sentences count: runs that end with a full stop and have at least four words; labels of a form do not.
pub(crate) fn grade(text: &str) -> f64 {
    let sentences: Vec<Vec<&str>> = text
        .split_inclusive(['.', '!', '?', '\n', '☐'])
        .filter(|s| s.ends_with(['.', '!', '?']))
        .map(|s| s.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).collect::<Vec<_>>())
        .filter(|words| (4..60).contains(&words.len()))
        .collect();
    let words: usize = sentences.iter().map(Vec::len).sum();
    let syllables: usize = sentences.iter().flatten().map(|w| syllables(w)).sum();
    0.39 * words as f64 / sentences.len() as f64 + 11.8 * syllables as f64 / words as f64 - 15.59
}

#[test]
fn the_measure_knows_easy_from_hard() {
    assert!(grade("The cat sat on the mat. The dog ran to the shop.") < 2.0);
    let hard = "Notwithstanding organisational considerations, communications necessitate comprehensive administrative evaluation.";
    assert!(grade(hard) > 15.0);
}

#[test]
fn policies_can_be_read_by_the_people_they_are_for() {
    for start in ["05-", "06-", "07-", "08-", "09-"] {
        let pack = sample();
        let found = grade(&words_of(pack.pages(pack.document(start))));
        println!("{}: grade {found:.1}", pack.document(start));
        assert!(found <= POLICY, "{}: grade {found:.1}", pack.document(start));
    }
}

#[test]
fn house_rules_and_consent_form_can_be_read_by_anybody() {
    let part = |start: &str, from: &str, to: &str| {
        let pack = sample();
        let text = words_of(pack.pages(pack.document(start)));
        let begin = text.rfind(from).unwrap_or_else(|| panic!("no `{from}` in {start}"));
        let end = text[begin..].find(to).map_or(text.len(), |i| begin + i);
        text[begin..end].to_owned()
    };
    for (name, text) in [
        ("house rules", part("05-", "House rules", "Part B")),
        ("consent form", part("08-", "Consent form", "Office use")),
    ] {
        let found = grade(&text);
        println!("{name}: grade {found:.1}");
        assert!(found <= PUBLIC, "{name}: grade {found:.1}: {text}");
    }
}
