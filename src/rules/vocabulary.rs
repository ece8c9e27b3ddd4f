//! The words that rules may use.
//!
//! Owns pure, unit-neutral functions: counting, text measures, dates, similarity. A unit may combine
//! them and never adds one. What is missing counts as nothing: no function fails on it.

mod directions;
mod holidays;
pub(super) mod language;
mod mentions;
mod numbers;
mod plans;
mod prose;
mod statistics;

use std::collections::BTreeSet;

use jiff::civil::Date;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error};

use crate::text::count_words;

/// Adds the vocabulary.
pub(super) fn add(env: &mut Environment<'static>, profile: &Value) {
    env.add_filter("length", |v: &Value| v.len().unwrap_or(0));
    env.add_filter("count", |v: &Value| v.len().unwrap_or(0));
    env.add_function("words", |v: &Value| count_words(&text(v)));
    env.add_function("mean_sentence_words", |v: &Value| mean_sentence_words(&text(v)));
    env.add_function("unique", |v: &Value| unique(v));
    env.add_function("pluck", |v: &Value, key: &str| pluck(v, key));
    env.add_function("without", |a: &Value, b: &Value| without(a, b));
    env.add_function("not_mentioned", |texts: &Value, words: &Value| not_mentioned(texts, words));
    env.add_function("near_duplicates", near_duplicates);
    env.add_function("overlap", |a: &Value, b: &Value| overlap(&text(a), &text(b)));
    env.add_function("days", |a: &Value, b: &Value| days(a, b));
    env.add_function("weeks", |a: &Value, b: &Value| days(a, b) / 7);
    env.add_function("sum", |v: &Value| items(v).iter().filter_map(Value::as_i64).sum::<i64>());
    env.add_function("total", |v: &Value, key: &str| {
        items(v).iter().filter_map(|i| number(&part(i, key))).sum::<f64>()
    });
    env.add_function("where", |v: &Value, key: &str, wanted: &Value| matching(v, key, wanted));
    env.add_function("count_where", |v: &Value, key: &str, wanted: &Value| matching(v, key, wanted).len());
    env.add_function("all_set", |v: &Value, keys: &Value| missing_of(v, keys).is_empty());
    env.add_function("missing_of", |v: &Value, keys: &Value| missing_of(v, keys));
    env.add_function("contains", |v: &Value, word: &Value| not_mentioned(v, word).is_empty());
    env.add_function("chain_ok", |v: &Value| chain_faults(v));
    env.add_function("contiguous", |v: &Value| period_faults(v));
    env.add_function("valid_abn", |v: &Value| valid_abn(&text(v)));
    env.add_function("placeholders", placeholders);
    directions::add(env);
    holidays::add(env);
    mentions::add(env);
    numbers::add(env);
    plans::add(env);
    prose::add(env);
    statistics::add(env);
    let root = profile.clone();
    env.add_function("ref", move |path: &str, id: &Value| find(&root, path, id));
    let root = profile.clone();
    env.add_function("has_id", move |path: &str, id: &Value| !find(&root, path, id).is_undefined());
}

pub(super) fn items(value: &Value) -> Vec<Value> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => value.try_iter().map(Iterator::collect).unwrap_or_default(),
        ValueKind::Map => {
            let keys = value.try_iter().into_iter().flatten();
            keys.map(|k| value.get_item(&k).unwrap_or_default()).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn part(item: &Value, key: &str) -> Value {
    key.split('.').fold(item.clone(), |v, k| v.get_attr(k).unwrap_or_default())
}

pub(super) fn text(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => String::new(),
        ValueKind::Seq | ValueKind::Iterable => items(value).iter().map(text).collect::<Vec<_>>().join("\n"),
        _ => value.to_string(),
    }
}

fn number(value: &Value) -> Option<f64> {
    value.is_number().then(|| value.to_string().parse().ok()).flatten()
}

fn find(root: &Value, path: &str, id: &Value) -> Value {
    let list = path.split(['/', '.']).fold(root.clone(), |v, k| v.get_attr(k).unwrap_or_default());
    items(&list).into_iter().find(|i| part(i, "id") == *id).unwrap_or_default()
}

fn matching(list: &Value, key: &str, wanted: &Value) -> Vec<Value> {
    items(list).into_iter().filter(|i| part(i, key) == *wanted).collect()
}

fn is_set(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => false,
        ValueKind::String => !text(value).trim().is_empty(),
        ValueKind::Seq | ValueKind::Map => value.len().unwrap_or(0) > 0,
        _ => true,
    }
}

/// Names of the parts that are absent or empty.
fn missing_of(item: &Value, keys: &Value) -> Vec<String> {
    items(keys).iter().map(text).filter(|k| !is_set(&part(item, k))).collect()
}

fn unique(list: &Value) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let is_new = |v: &Value| is_set(v) && seen.insert(text(v).trim().to_lowercase());
    let mut is_new = is_new;
    items(list).into_iter().filter(|v| is_new(v)).collect()
}

/// The values of one part of all items; lists are opened, what is missing is left out.
fn pluck(list: &Value, key: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for value in items(list).iter().map(|i| part(i, key)) {
        match value.kind() {
            ValueKind::Undefined | ValueKind::None => {}
            ValueKind::Seq | ValueKind::Iterable => found.extend(items(&value)),
            _ => found.push(value),
        }
    }
    found
}

fn without(a: &Value, b: &Value) -> Vec<Value> {
    let left_out = items(b);
    unique(&Value::from(items(a).into_iter().filter(|v| !left_out.contains(v)).collect::<Vec<_>>()))
}

/// Words that no text mentions. A word is met at the start of a word of the text; `a|b` are two ways
/// to say the same, and the first of them is named.
fn not_mentioned(texts: &Value, words: &Value) -> Vec<String> {
    let all = text(texts).to_lowercase();
    let wanted = if words.as_str().is_some() { vec![words.clone()] } else { items(words) };
    let is_met = |word: &str| {
        let word = word.trim().to_lowercase();
        let starts =
            |(at, _): (usize, &str)| all[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        !word.is_empty() && all.match_indices(word.as_str()).any(starts)
    };
    let missing = wanted.iter().map(text).filter(|w| !w.split('|').any(is_met));
    missing.map(|w| w.split('|').next().unwrap_or_default().to_owned()).collect()
}

/// Pairs of items whose texts overlap by at least `limit`.
fn near_duplicates(list: &Value, key: &str, limit: f64) -> Vec<Value> {
    let list: Vec<(Value, BTreeSet<Vec<String>>)> =
        items(list).into_iter().map(|i| (i.clone(), shingles(&text(&part(&i, key))))).collect();
    let mut found = Vec::new();
    for (i, (a, of_a)) in list.iter().enumerate() {
        for (b, of_b) in &list[i + 1..] {
            let similarity = shared(of_a, of_b);
            if similarity >= limit {
                let similarity = Value::from(similarity);
                found.push(Value::from_pairs([
                    ("a", a.clone()),
                    ("b", b.clone()),
                    ("similarity", similarity),
                ]));
            }
        }
    }
    found
}

fn sentences(text: &str) -> usize {
    let ends = text.split_inclusive(['.', '!', '?', '\n']).filter(|s| count_words(s) > 0);
    ends.count()
}

fn mean_sentence_words(text: &str) -> f64 {
    let sentences = sentences(text).max(1);
    count_words(text) as f64 / sentences as f64
}

/// Jaccard similarity of the three-word shingles of two texts, 0 to 1.
fn overlap(a: &str, b: &str) -> f64 {
    shared(&shingles(a), &shingles(b))
}

fn shared(a: &BTreeSet<Vec<String>>, b: &BTreeSet<Vec<String>>) -> f64 {
    let both = a.intersection(b).count();
    let either = a.len() + b.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}

fn shingles(text: &str) -> BTreeSet<Vec<String>> {
    let clean =
        |w: &str| w.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let words: Vec<String> = text.split_whitespace().map(clean).filter(|w| !w.is_empty()).collect();
    match words.len() {
        0 => BTreeSet::new(),
        1 | 2 => [words].into(),
        _ => words.windows(3).map(<[String]>::to_vec).collect(),
    }
}

fn date(value: &Value) -> Option<Date> {
    value.as_str()?.parse().ok()
}

/// Days from one date to another; 0 when either is missing.
fn days(from: &Value, to: &Value) -> i64 {
    match (date(from), date(to)) {
        (Some(from), Some(to)) => i64::from((to - from).get_days()),
        _ => 0,
    }
}

/// Ids of items that start before an item that they depend on ends, or that wait for themselves.
fn chain_faults(list: &Value) -> Vec<String> {
    let list = items(list);
    let by_id = |id: &Value| list.iter().find(|i| part(i, "id") == *id);
    let waits_wrongly = |item: &Value| {
        items(&part(item, "depends_on_ids")).iter().filter_map(by_id).any(|before| {
            text(&part(before, "due")) > text(&part(item, "start"))
                || reaches(&list, before, &part(item, "id"), list.len())
        })
    };
    list.iter().filter(|i| waits_wrongly(i)).map(|i| text(&part(i, "id"))).collect()
}

fn reaches(list: &[Value], from: &Value, goal: &Value, steps: usize) -> bool {
    if part(from, "id") == *goal {
        return true;
    }
    let next = items(&part(from, "depends_on_ids"));
    steps > 0
        && next
            .iter()
            .filter_map(|id| list.iter().find(|i| part(i, "id") == *id))
            .any(|i| reaches(list, i, goal, steps - 1))
}

/// Says where successive periods leave gaps, overlap, or are not of one kind.
fn period_faults(list: &Value) -> Vec<String> {
    let list = items(list);
    let mut faults = Vec::new();
    for pair in list.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let names = format!("{} and {}", text(&part(a, "name")), text(&part(b, "name")));
        let gap = days(&part(a, "to"), &part(b, "from"));
        if gap != 1 {
            faults.push(if gap > 1 {
                format!("{} days are missing between {names}", gap - 1)
            } else {
                format!("{names} overlap")
            });
        }
        if part(a, "kind") != part(b, "kind") {
            faults.push(format!("{names} are not of the same length"));
        }
    }
    faults.extend(
        list.iter()
            .filter(|p| !has_its_length(p))
            .map(|p| format!("{} is not a whole {}", text(&part(p, "name")), text(&part(p, "kind")))),
    );
    faults
}

fn has_its_length(period: &Value) -> bool {
    let length = days(&part(period, "from"), &part(period, "to")) + 1;
    match text(&part(period, "kind")).as_str() {
        "week" => length == 7,
        "month" => {
            let next = date(&part(period, "to")).and_then(|d| d.tomorrow().ok());
            let from = date(&part(period, "from"));
            from.is_some_and(|f| next.is_some_and(|n| n.day() == f.day() && (28..=31).contains(&length)))
        }
        _ => true,
    }
}

/// The check digit of an Australian Business Number (Australian Business Register: modulus 89).
fn valid_abn(text: &str) -> bool {
    const WEIGHTS: [u32; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((first, rest)) = digits.split_first() else { return false };
    if digits.len() != 11 || *first == 0 {
        return false;
    }
    let sum: u32 =
        std::iter::once(first - 1).chain(rest.iter().copied()).zip(WEIGHTS).map(|(d, w)| d * w).sum();
    sum.is_multiple_of(89)
}

/// Finds text that only keeps a place: TBA, lorem ipsum, [insert …].
fn placeholders(profile: &Value) -> Result<Vec<Value>, Error> {
    let mut found = Vec::new();
    search(profile, "", &mut found);
    Ok(found)
}

fn search(value: &Value, pointer: &str, found: &mut Vec<Value>) {
    match value.kind() {
        ValueKind::String => {
            if let Some(word) = placeholder(&text(value)) {
                found.push(Value::from_pairs([("pointer", pointer.to_owned()), ("text", word)]));
            }
        }
        ValueKind::Map => {
            for key in value.try_iter().into_iter().flatten() {
                search(&value.get_item(&key).unwrap_or_default(), &format!("{pointer}/{key}"), found);
            }
        }
        ValueKind::Seq => {
            for (i, item) in items(value).iter().enumerate() {
                search(item, &format!("{pointer}/{i}"), found);
            }
        }
        _ => {}
    }
}

fn placeholder(text: &str) -> Option<String> {
    const MARKS: [&str; 6] = ["tba", "tbc", "tbd", "todo", "xxx", "lorem"];
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let word = MARKS.iter().find(|mark| words.contains(mark)).map(|mark| mark.to_uppercase());
    word.or_else(|| lower.contains("[insert").then(|| "[insert …]".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_s_own_example_number_is_valid() {
        assert!(valid_abn("51 824 753 556"));
        assert!(!valid_abn("51 824 753 557"));
        assert!(!valid_abn("12"));
    }

    #[test]
    fn overlap_is_1_for_the_same_and_0_for_other_words() {
        assert!((overlap("we reply within four hours", "We reply, within four hours!") - 1.0).abs() < 1e-9);
        assert!(overlap("we reply within four hours", "ask the council about bins").abs() < 1e-9);
    }

    #[test]
    fn placeholders_are_words_not_parts_of_words() {
        assert_eq!(placeholder("Owner: TBA").as_deref(), Some("TBA"));
        assert_eq!(placeholder("[Insert name]").as_deref(), Some("[insert …]"));
        assert_eq!(placeholder("the Tbaileys todos"), None);
    }

    #[test]
    fn words_are_mentioned_where_a_word_begins() {
        let missing = |t: &str, w: &str| not_mentioned(&Value::from(t), &Value::from(w));
        assert!(missing("We keep records", "record").is_empty());
        assert_eq!(missing("We disclose nothing", "close|shut"), ["close"]);
        assert!(missing("Shut the case", "close|shut").is_empty());
    }

    #[test]
    fn sentences_are_counted_by_their_ends() {
        assert_eq!(sentences("One. Two! Three?"), 3);
        assert!((mean_sentence_words("One two. Three four.") - 2.0).abs() < 1e-9);
    }
}
