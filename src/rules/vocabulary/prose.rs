//! The prose of a value: its sentences and words, and where they stand.
//!
//! Owns what counts as prose and as one word. Refuses to understand it.

use minijinja::Environment;
use minijinja::value::{Value, ValueKind};

use super::{items, text};

/// Adds the words about prose.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("uses", |texts: &Value, words: &Value| uses(&text(texts), words));
    env.add_function("quoted", |texts: &Value| quoted(&text(texts)));
    env.add_function("named", |texts: &Value, names: &Value| named(&text(texts), names));
}

/// A text with its place.
pub(super) struct Prose {
    /// JSON pointer, below the value that was searched.
    pub(super) pointer: String,
    /// The text as typed.
    pub(super) text: String,
}

/// Returns every text of a value that holds more than one word.
pub(super) fn prose(value: &Value) -> Vec<Prose> {
    let mut found = Vec::new();
    walk(value, String::new(), &mut found);
    found
}

fn walk(value: &Value, pointer: String, found: &mut Vec<Prose>) {
    match value.kind() {
        ValueKind::String => {
            let text = text(value);
            if text.trim().contains(char::is_whitespace) {
                found.push(Prose { pointer, text });
            }
        }
        ValueKind::Map => {
            for key in value.try_iter().into_iter().flatten() {
                walk(&value.get_item(&key).unwrap_or_default(), format!("{pointer}/{key}"), found);
            }
        }
        ValueKind::Seq => {
            for (i, item) in items(value).iter().enumerate() {
                walk(item, format!("{pointer}/{i}"), found);
            }
        }
        _ => {}
    }
}

/// Splits a text into sentences: at an end followed by a space, and at line ends.
pub(super) fn sentences_of(text: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let last = sentences.last_mut().expect("there is always one");
        last.push(letter);
        let ends = ".!?".contains(letter) && letters.peek().is_none_or(|c| c.is_whitespace());
        if ends || letter == '\n' {
            sentences.push(String::new());
        }
    }
    sentences.into_iter().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}

/// Returns the words of a text in small letters; an apostrophe is part of its word.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace('’', "'");
    let words = plain.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.map(|w| w.trim_matches('\'').to_owned()).filter(|w| !w.is_empty()).collect()
}

/// Returns those of the words, or runs of words, that a text uses whole.
fn uses(text: &str, words: &Value) -> Vec<String> {
    let all = words_of(text);
    let is_used = |word: &String| {
        let wanted = words_of(word);
        !wanted.is_empty() && all.windows(wanted.len()).any(|run| run == wanted)
    };
    let mut used: Vec<String> = items(words).iter().map(super::text).filter(is_used).collect();
    used.dedup();
    used
}

/// Returns what stands between quotation marks.
fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (open, close) in [('‘', '’'), ('“', '”'), ('"', '"')] {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(open) {
            let ends = |(at, c): &(usize, char)| {
                *c == close && !after[at + c.len_utf8()..].starts_with(char::is_alphanumeric)
            };
            let Some((end, mark)) = after.char_indices().find(ends) else { break };
            found.push(after[..end].trim().to_owned());
            rest = &after[end + mark.len_utf8()..];
        }
    }
    found.retain(|w| !w.is_empty());
    found
}

/// Returns those of the names that a text mentions: it uses a third of the name’s words of five
/// letters or more, or their stems; one of three, two of six.
fn named(text: &str, names: &Value) -> Vec<String> {
    let all = words_of(text);
    let stem = |w: &str| w.chars().take(w.chars().count().saturating_sub(2).max(5)).collect::<String>();
    let is_met = |word: &&String| all.iter().any(|w| w.starts_with(&stem(word)));
    let is_mentioned = |name: &String| {
        let long: Vec<String> = words_of(name).into_iter().filter(|w| w.chars().count() >= 5).collect();
        !long.is_empty() && long.iter().filter(is_met).count() >= long.len().div_ceil(3)
    };
    items(names).iter().map(super::text).filter(is_mentioned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_used_whole() {
        let banned = Value::from(vec!["best", "no worries", "cure"]);
        assert_eq!(uses("Our BEST ride; no worries. Curel secures.", &banned), ["best", "no worries"]);
        assert!(uses("", &banned).is_empty());
        assert!(uses("bests", &Value::UNDEFINED).is_empty());
    }

    #[test]
    fn quotation_marks_are_told_from_apostrophes() {
        assert_eq!(quoted("Never say ‘it’s cheap’ or “the best”."), ["it’s cheap", "the best"]);
        assert!(quoted("the riders’ club isn’t open").is_empty());
    }

    #[test]
    fn a_name_is_mentioned_by_a_third_of_its_long_words() {
        let names = Value::from(vec![
            "Guided rail trail rides",
            "Bike hire",
            "Bring more people on weekdays before winter",
        ]);
        assert_eq!(named("We guide people.", &names), ["Guided rail trail rides"]);
        assert!(named("We hire bikes.", &names).is_empty(), "short words prove nothing");
        assert_eq!(named("On a weekday, in winter", &names), ["Bring more people on weekdays before winter"]);
    }

    #[test]
    fn sentences_end_before_a_space() {
        assert_eq!(sentences_of("At 9.30 am. Then! \nNext"), ["At 9.30 am.", "Then!", "Next"]);
    }
}
