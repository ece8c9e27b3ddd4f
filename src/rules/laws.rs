//! The register of law as rules see it: which entries apply to this profile.
//!
//! Owns the judgement of each entry's condition and the recognition of Acts by their title. Refuses
//! to word duties: that is the register's own business.

use std::collections::BTreeSet;

use minijinja::value::Value;
use minijinja::{Environment, Error};
use serde_json::Value as Json;

use super::Expressions;
use super::vocabulary::{items, part, text};

/// Returns `[{code, name, applies, acts}]` for every entry of a register. A condition that cannot be
/// evaluated counts as true: a fault of the register is no fault of the profile.
pub(super) fn judged(register: Option<&Json>, language: &Expressions) -> Value {
    let entries = register.and_then(|r| r.get("entries")).and_then(Json::as_array);
    let word = |entry: &Json, key: &str| entry.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let entry = |entry: &Json| {
        let name = word(entry, "name");
        let applies = language.holds(&word(entry, "applies_if"), &[]).unwrap_or(true);
        Value::from_pairs([
            ("code", Value::from(word(entry, "code"))),
            ("applies", Value::from(applies)),
            ("acts", Value::from(acts(&(name.clone() + "\n" + &word(entry, "source"))))),
            ("name", Value::from(name)),
        ])
    };
    entries.into_iter().flatten().map(entry).collect()
}

/// Adds the words about law.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("law_status", |code: &Value, laws: &Value| status(&text(code), laws));
    env.add_function("acts_in_doubt", in_doubt);
}

/// Returns `applies`, `not` or `unknown` for a code, or for the beginning of a family of codes.
fn status(code: &str, laws: &Value) -> &'static str {
    let is_meant = |law: &Value| {
        let own = text(&part(law, "code"));
        own == code || own.strip_prefix(code).is_some_and(|rest| rest.starts_with('-'))
    };
    let meant: Vec<Value> = items(laws).into_iter().filter(is_meant).collect();
    match meant.iter().any(|law| part(law, "applies").is_true()) {
        true => "applies",
        false if meant.is_empty() => "unknown",
        false => "not",
    }
}

/// Returns `[{act, status}]` for Acts named in texts that the register does not know, or knows only
/// in entries that do not apply.
fn in_doubt(texts: &Value, laws: &Value) -> Result<Vec<Value>, Error> {
    let laws = items(laws);
    let is_named = |law: &&Value, act: &str| items(&part(law, "acts")).iter().any(|a| text(a) == act);
    let doubt = |act: String| {
        let naming: Vec<&Value> = laws.iter().filter(|l| is_named(l, &act)).collect();
        let status = match naming.is_empty() {
            true => "unknown",
            false if naming.iter().any(|l| part(l, "applies").is_true()) => return None,
            false => "not",
        };
        Some(Value::from_pairs([("act", act), ("status", status.to_owned())]))
    };
    Ok(acts(&text(texts)).into_iter().filter_map(doubt).collect())
}

/// Returns the titles of Acts in a text, such as `Spam Act 2003`, each once.
fn acts(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let mut found = BTreeSet::new();
    for (i, pair) in words.windows(2).enumerate() {
        if !pair[0].contains("Act") {
            continue;
        }
        let year = plain(pair[1]);
        if plain(pair[0]) != "Act" || year.len() != 4 || !year.chars().all(|c| c.is_ascii_digit()) {
            continue;
        }
        let title = &words[..i];
        let start = title.iter().rposition(|w| !is_of_title(w)).map_or(0, |p| p + 1);
        let mut title: Vec<String> = title[start..].iter().map(|w| plain(w)).collect();
        while title.first().is_some_and(|w| w.chars().next().is_none_or(char::is_lowercase) || w == "The") {
            title.remove(0);
        }
        if !title.is_empty() {
            found.insert(format!("{} Act {year}", title.join(" ")));
        }
    }
    found.into_iter().collect()
}

/// Tells whether a word can stand inside the title of an Act: a capital, or a small word between.
fn is_of_title(word: &str) -> bool {
    let inner = word.trim_start_matches('(').trim_end_matches(')');
    let ends = inner.ends_with([',', '.', ';', ':']);
    let is_small = ["and", "of", "the", "for", "to", "on", "in"].contains(&inner);
    !ends && (is_small || inner.chars().next().is_some_and(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn titles_of_acts_are_found_in_a_sentence() {
        let text =
            "We follow the Privacy and Data Protection Act 2014 (Vic), the Spam Act 2003 and an act of 2020.";
        assert_eq!(acts(text), ["Privacy and Data Protection Act 2014", "Spam Act 2003"]);
        assert!(acts("Act 2003; our acts").is_empty());
    }

    #[test]
    fn a_code_stands_for_its_family_and_one_that_applies_is_enough() {
        let laws = Value::from(minijinja::value::Serde(json!([
            {"code": "L-A-ONE", "applies": false}, {"code": "L-A-TWO", "applies": true}, {"code": "L-B", "applies": false},
        ])));
        assert_eq!(status("L-A", &laws), "applies");
        assert_eq!(status("L-B", &laws), "not");
        assert_eq!(status("L-C", &laws), "unknown");
        assert_eq!(status("L-A", &Value::UNDEFINED), "unknown");
    }
}
