//! Words about wording: sentences, spelling, links, alternative texts.
//!
//! Owns pure functions over the texts of a profile; each returns what it found with the place of the
//! text. Which texts are looked at, and from which number on, is the rules' say. Refuses to correct.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Environment;
use minijinja::value::Value;
use serde_json::Value as Json;

use super::{items, text};
use crate::profile::schema::visit;
use crate::text::count_words;

/// Words of an alternative text that say nothing about what is seen.
const EMPTY: [&str; 22] = [
    "a",
    "an",
    "and",
    "brand",
    "business",
    "company",
    "graphic",
    "icon",
    "image",
    "img",
    "logo",
    "my",
    "of",
    "organisation",
    "our",
    "photo",
    "photograph",
    "pic",
    "picture",
    "screenshot",
    "the",
    "untitled",
];
/// Endings of picture files.
const PICTURES: [&str; 6] = [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"];
/// Signs around words that are somebody else's, or no words at all.
const QUOTES: [(char, char); 5] = [('“', '”'), ('‘', '’'), ('"', '"'), ('`', '`'), ('[', ']')];

/// A text of the profile.
struct Part {
    pointer: String,
    /// The pointer without the numbers of items, with dots.
    path: String,
    text: String,
    is_prose: bool,
}

/// Adds the functions, over the texts of one profile.
pub(in crate::rules) fn add(
    env: &mut Environment<'static>,
    schema: &Json,
    profile: &Json,
    spelling: &BTreeMap<String, String>,
) {
    let parts = Arc::new(parts(schema, profile));
    let all = parts.clone();
    env.add_function("long_sentences", move |limit: usize| long_sentences(&all, limit));
    let all = parts.clone();
    env.add_function("wordy_texts", move |limit: f64, least: usize| wordy_texts(&all, limit, least));
    let (all, words) = (parts.clone(), spelling.clone());
    env.add_function("foreign_spellings", move |quoted: &Value| {
        foreign_spellings(&all, &words, &paths(quoted))
    });
    let all = parts.clone();
    env.add_function("wrong_links", move |fields: &Value| wrong_links(&all, &paths(fields)));
    let all = parts.clone();
    env.add_function("made_up_links", move |fields: &Value| made_up_links(&all, &paths(fields)));
    env.add_function("empty_alt_texts", move |fields: &Value| empty_alt_texts(&parts, &paths(fields)));
}

fn paths(list: &Value) -> Vec<String> {
    items(list).iter().map(text).collect()
}

fn parts(schema: &Json, profile: &Json) -> Vec<Part> {
    let mut found = Vec::new();
    visit(schema, profile, &mut |node, value, pointer| {
        let Some(text) = value.as_str().filter(|t| !t.trim().is_empty()) else { return };
        let is_name = |step: &&str| step.parse::<usize>().is_err();
        let path = pointer.split('/').skip(1).filter(is_name).collect::<Vec<_>>().join(".");
        found.push(Part { pointer: pointer.into(), path, text: text.into(), is_prose: node.is_prose() });
    });
    found
}

fn finding(part: &Part, what: &[(&'static str, Value)]) -> Value {
    let place = ("pointer", Value::from(part.pointer.as_str()));
    Value::from_pairs(std::iter::once(place).chain(what.iter().cloned()))
}

/// Sentences end with a mark before white space, or with the line.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let is_last = letters.peek().is_none_or(|(_, next)| next.is_whitespace());
        if c == '\n' || (matches!(c, '.' | '!' | '?' | ':' | ';') && is_last) {
            found.push(&text[start..at + c.len_utf8()]);
            start = at + c.len_utf8();
        }
    }
    found.push(&text[start..]);
    found.retain(|s| count_words(s) > 0);
    found
}

/// Texts with a sentence of more words than the limit: how long it is and how it begins.
fn long_sentences(parts: &[Part], limit: usize) -> Vec<Value> {
    let longest = |part: &Part| {
        let longest = sentences(&part.text).into_iter().max_by_key(|s| count_words(s))?;
        let words = count_words(longest);
        let start = longest.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        (words > limit)
            .then(|| finding(part, &[("words", Value::from(words)), ("start", Value::from(start))]))
    };
    parts.iter().filter(|p| p.is_prose).filter_map(longest).collect()
}

/// Texts of at least so many sentences whose mean length is above the limit.
fn wordy_texts(parts: &[Part], limit: f64, least: usize) -> Vec<Value> {
    let mean = |part: &Part| {
        let sentences = sentences(&part.text).len();
        let mean = count_words(&part.text) as f64 / sentences.max(1) as f64;
        (sentences >= least && mean > limit).then(|| finding(part, &[("mean", Value::from(mean))]))
    };
    parts.iter().filter(|p| p.is_prose).filter_map(mean).collect()
}

/// Texts with words that are spelt differently here; not in texts that quote others, by their paths.
fn foreign_spellings(parts: &[Part], spelling: &BTreeMap<String, String>, quoted: &[String]) -> Vec<Value> {
    let is_own = |p: &&Part| p.is_prose && !quoted.iter().any(|q| p.path.starts_with(q.as_str()));
    let look = |part: &Part| {
        let mut found: Vec<String> = Vec::new();
        for word in own_words(&part.text) {
            let pair = spelling.get(&word).map(|better| format!("‘{word}’ (here ‘{better}’)"));
            found.extend(pair.filter(|p| !found.contains(p)));
        }
        (!found.is_empty()).then(|| finding(part, &[("words", Value::from(found))]))
    };
    parts.iter().filter(is_own).filter_map(look).collect()
}

/// Words that are the author's: none inside quotation marks, links, code or names.
fn own_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_start = true;
    for run in without_quotes(text).split_whitespace() {
        let word = run.trim_matches(|c: char| !c.is_alphanumeric());
        let word = word.strip_suffix("’s").or_else(|| word.strip_suffix("'s")).unwrap_or(word);
        let is_plain = word.chars().all(|c| c.is_alphabetic() || c == '-') && !run.starts_with(['#', '@']);
        let is_name = !is_start && word.starts_with(char::is_uppercase);
        if is_plain && !is_name {
            found.extend(word.split('-').map(str::to_lowercase));
        }
        is_start = run.ends_with(['.', '!', '?', ':']);
    }
    found
}

fn without_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut closing: Option<char> = None;
    let mut before = ' ';
    for c in text.chars() {
        match closing {
            Some(end) => closing = Some(end).filter(|end| *end != c),
            None => {
                let opens = |(open, _): &&(char, char)| *open == c && !before.is_alphanumeric();
                closing = QUOTES.iter().find(opens).map(|(_, end)| *end);
                out.push(if closing.is_some() { ' ' } else { c });
            }
        }
        before = c;
    }
    out
}

/// Links that cannot be opened: those of the fields, and those that stand in prose.
fn wrong_links(parts: &[Part], fields: &[String]) -> Vec<Value> {
    let look = |(part, link, is_field): (&Part, &str, bool)| {
        let why = wrong(link, is_field)?;
        Some(finding(part, &[("link", Value::from(link)), ("why", Value::from(why))]))
    };
    links(parts, fields).filter_map(look).collect()
}

/// Links to names that are kept free for examples.
fn made_up_links(parts: &[Part], fields: &[String]) -> Vec<Value> {
    let is_made_up = |link: &str| {
        let host = host(link).to_ascii_lowercase();
        let name = host.strip_prefix("www.").unwrap_or(&host);
        ["example.com", "example.org", "example.net", "localhost"].contains(&name)
    };
    let found = links(parts, fields).filter(|(_, link, _)| is_made_up(link));
    found.map(|(part, link, _)| finding(part, &[("link", Value::from(link))])).collect()
}

/// All links: whole fields, and runs of prose that begin like a link.
fn links<'a>(parts: &'a [Part], fields: &'a [String]) -> impl Iterator<Item = (&'a Part, &'a str, bool)> {
    parts.iter().flat_map(|part| {
        let is_field = fields.contains(&part.path);
        let found: Vec<&str> = match (is_field, part.is_prose) {
            (true, _) => vec![part.text.trim()],
            (false, true) => part.text.split_whitespace().map(bare).filter(|r| is_link(r)).collect(),
            (false, false) => Vec::new(),
        };
        found.into_iter().map(move |link| (part, link, is_field))
    })
}

/// A run without the marks that a sentence puts around it.
fn bare(run: &str) -> &str {
    run.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '=' | '-')))
}

fn is_link(run: &str) -> bool {
    ["http://", "https://", "www."].iter().any(|start| run.starts_with(start))
}

fn host(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default()
}

/// Says why a link cannot be right.
fn wrong(link: &str, is_field: bool) -> Option<&'static str> {
    let lower = link.to_ascii_lowercase();
    let is_web = lower.starts_with("https://") || lower.starts_with("http://");
    let mut labels = host(link).split('.');
    if link.contains(char::is_whitespace) {
        return Some("there is a space in it");
    }
    if is_field && !is_web {
        return Some("it does not begin with https://");
    }
    if !host(link).contains('.') || labels.any(str::is_empty) {
        return Some("it names no place on the internet");
    }
    let private = ["login", "log-in", "signin", "sign-in", "checkout", "payment", "password"];
    let is_open = lower.starts_with("http://") && private.iter().any(|w| lower.contains(w));
    is_open.then_some("people sign in or pay there, so it has to begin with https://")
}

/// Alternative texts that do not say what is seen.
fn empty_alt_texts(parts: &[Part], fields: &[String]) -> Vec<Value> {
    let says_nothing = |text: &str| {
        let lower = text.trim().to_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        PICTURES.iter().any(|end| lower.ends_with(end))
            || words.all(|w| EMPTY.contains(&w) || w.parse::<u64>().is_ok())
    };
    let found = parts.iter().filter(|p| fields.contains(&p.path) && says_nothing(&p.text));
    found.map(|part| finding(part, &[("text", Value::from(part.text.as_str()))])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_before_white_space_and_not_in_numbers() {
        assert_eq!(sentences("It rose by 3.5 per cent. Good! www.a.example is ours").len(), 3);
    }

    #[test]
    fn words_of_others_are_left_alone() {
        let text = "Color is fine. We saw the Color Run, “organize” and #color at color.example; color-blind";
        let words = own_words(text);
        assert_eq!(words.iter().filter(|w| *w == "color").count(), 2, "{words:?}");
        assert!(!words.contains(&"organize".to_owned()));
        assert!(own_words("a favorite’s color").contains(&"favorite".to_owned()));
    }

    #[test]
    fn links_are_wrong_for_a_reason() {
        for link in ["https://a.example/x?y=1", "http://www.a.example"] {
            assert_eq!(wrong(link, true), None, "{link}");
        }
        let bad =
            ["a.example", "https://a b.example", "https://nowhere", "https://a..b", "http://a.example/login"];
        for link in bad {
            assert!(wrong(link, true).is_some(), "{link}");
        }
        assert_eq!(host("https://me@www.a.example:8080/x"), "www.a.example");
    }
}
