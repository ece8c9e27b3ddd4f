//! Words such as “grew” and “fell” beside a figure token, held against the sign of the change.
//!
//! Owns the reading of one part of a sentence: one word of direction, and the tokens after it.
//! Refuses whatever is not plain: two directions, a condition, a negation.

use std::collections::BTreeMap;

use minijinja::Environment;
use minijinja::value::Value;

use super::prose::{Prose, prose, sentences_of};
use super::{items, number, part, text};

/// Adds the word about directions.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("contradictions", contradictions);
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Word(String),
    Token(String),
    Break,
}

/// Everything that a sentence is held against.
struct Known<'a> {
    numbers: &'a Value,
    wanted: BTreeMap<String, String>,
    directions: BTreeMap<String, &'static str>,
    breaks: Vec<String>,
    unless: Vec<String>,
    then: Vec<String>,
}

/// Returns `[{pointer, word, token, sign}]`: in the prose of a value, words of direction that
/// contradict the figures beside them. `numbers` are computed figures by unit and name, `words` the table of
/// words, `kpis` the indicators with the direction that is wanted.
fn contradictions(value: &Value, numbers: &Value, words: &Value, kpis: &Value) -> Vec<Value> {
    let wanted = |k: &Value| (text(&part(k, "id")), text(&part(k, "direction")));
    let list = |path: &str| items(&part(words, path)).iter().map(text).collect::<Vec<_>>();
    let names = ["up", "down", "better", "worse"];
    let named = |n: &'static str| list(&format!("directions.{n}")).into_iter().map(move |w| (w, n));
    let known = Known {
        numbers,
        wanted: items(kpis).iter().map(wanted).collect(),
        directions: names.into_iter().flat_map(named).collect(),
        breaks: list("breaks"),
        unless: list("unless"),
        then: list("then"),
    };
    let mut found = Vec::new();
    for Prose { pointer, text } in prose(value) {
        for sentence in sentences_of(&text).into_iter().filter(|s| s.contains("[[")) {
            let pieces = pieces(&sentence, &known.breaks);
            let clauses = pieces.split(|p| *p == Piece::Break);
            for (word, token, sign) in clauses.filter_map(|c| known.contradiction(c)) {
                found.push(Value::from_pairs([
                    ("pointer", Value::from(pointer.clone())),
                    ("word", Value::from(word)),
                    ("token", Value::from(token)),
                    ("sign", Value::from(sign)),
                ]));
            }
        }
    }
    found
}

fn pieces(sentence: &str, breaks: &[String]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("[[") {
        words(before, breaks, &mut found);
        let (token, tail) = after.split_once("]]").unwrap_or((after, ""));
        found.push(Piece::Token(token.trim().to_owned()));
        rest = tail;
    }
    words(rest, breaks, &mut found);
    found
}

fn words(text: &str, breaks: &[String], found: &mut Vec<Piece>) {
    let mut word = String::new();
    for letter in text.to_lowercase().replace('’', "'").chars().chain([' ']) {
        if letter.is_alphanumeric() || letter == '\'' {
            word.push(letter);
            continue;
        }
        if !word.is_empty() {
            let piece = std::mem::take(&mut word);
            found.push(if breaks.contains(&piece) { Piece::Break } else { Piece::Word(piece) });
        }
        if ",;:()–—".contains(letter) {
            found.push(Piece::Break);
        }
    }
}

impl Known<'_> {
    fn figure(&self, id: &str) -> Option<f64> {
        items(self.numbers).iter().find_map(|unit| number(&unit.get_attr(id).ok()?))
    }

    /// Returns word, token and true sign when a part of a sentence says the opposite of the figures.
    fn contradiction(&self, clause: &[Piece]) -> Option<(String, String, i64)> {
        let word = |p: &Piece| if let Piece::Word(w) = p { Some(w.clone()) } else { None };
        let said: Vec<(usize, String)> =
            clause.iter().enumerate().filter_map(|(i, p)| Some((i, word(p)?))).collect();
        if said.iter().any(|(_, w)| self.unless.contains(w) || w.ends_with("n't")) {
            return None;
        }
        let moves: Vec<&(usize, String)> = said.iter().filter(|(_, w)| self.direction(w).is_some()).collect();
        let [(at, moved)] = moves.as_slice() else { return None };
        let follows = clause.get(at + 1)?;
        if word(follows).is_some_and(|w| !self.then.contains(&w)) {
            return None;
        }
        let (token, sign) = self.sign(&clause[at + 1..])?;
        let expected = self.expected(moved, &token)?;
        (sign != expected).then(|| (moved.clone(), token, sign))
    }

    fn direction(&self, word: &str) -> Option<&'static str> {
        self.directions.get(word).copied()
    }

    /// Returns the sign that a word claims; better and worse depend on what is wanted of the KPI.
    fn expected(&self, word: &str, token: &str) -> Option<i64> {
        let kpi = token.split(['@', ':']).next().unwrap_or_default();
        let wanted = || match self.wanted.get(kpi)?.as_str() {
            "increase" => Some(1),
            "decrease" => Some(-1),
            _ => None,
        };
        match self.direction(word)? {
            "up" => Some(1),
            "down" => Some(-1),
            "better" => wanted(),
            _ => wanted().map(|sign| -sign),
        }
    }

    /// Returns the figure that a word of direction speaks about, with the sign of its change: from one
    /// token to another, or the change that goes with a single token.
    fn sign(&self, after: &[Piece]) -> Option<(String, i64)> {
        let token_after = |name: &str| {
            let pairs = after.windows(2).find(|p| p[0] == Piece::Word(name.to_owned()));
            if let Some([_, Piece::Token(token)]) = pairs { Some(token.clone()) } else { None }
        };
        if let Some((from, to)) = token_after("from").zip(token_after("to")) {
            let (a, b) = (self.figure(&from)?, self.figure(&to)?);
            return Some((to, sign(b - a)));
        }
        let tokens = after.iter().filter_map(|p| if let Piece::Token(t) = p { Some(t) } else { None });
        let moved: Vec<(String, i64)> = tokens.filter_map(|t| Some((t.clone(), self.change(t)?))).collect();
        match moved.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    fn change(&self, token: &str) -> Option<i64> {
        let is_whole = token.ends_with(":trend");
        let (name, aspect) = token.split_once(':').unwrap_or((token, ""));
        let id = match aspect {
            "" | "actual" | "change" => format!("{name}:change"),
            _ if is_whole => format!("{token}:change"),
            _ => return None,
        };
        self.figure(&id).map(sign)
    }
}

fn sign(difference: f64) -> i64 {
    if difference > 0.0 {
        1
    } else if difference < 0.0 {
        -1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What is found in a sentence where `k` fell and `w`, of which less is better, fell as well.
    fn found(sentence: &str) -> Vec<(String, String)> {
        let serde = |json: serde_json::Value| Value::from(minijinja::value::Serde(json));
        let numbers = json!({
            "count": {"k@p1": 5.0, "k@p2": 4.0, "k@p2:change": -1.0, "k:trend:change": 0.0},
            "minutes": {"w@p2": 10.0, "w@p2:change": -3.0},
        });
        let words = json!({
            "directions": {"up": ["rose", "increased"], "down": ["fell"], "better": ["improved"], "worse": ["worsened"]},
            "then": ["to", "by", "from"], "breaks": ["and", "while"], "unless": ["not", "would"],
        });
        let kpis = json!([{"id": "k", "direction": "increase"}, {"id": "w", "direction": "decrease"}]);
        let all =
            contradictions(&serde(json!({"a": sentence})), &serde(numbers), &serde(words), &serde(kpis));
        all.iter().map(|c| (text(&part(c, "word")), text(&part(c, "token")))).collect()
    }

    #[test]
    fn a_word_against_the_sign_is_found() {
        let rose = [("rose".to_owned(), "k@p2".to_owned())];
        assert_eq!(found("Reach rose to [[k@p2]] again."), rose);
        assert_eq!(found("Clicks fell to [[w@p2]] while reach rose from [[k@p1]] to [[k@p2]]."), rose);
        assert_eq!(found("Reach improved by [[k@p2:change]].").len(), 1);
        assert_eq!(found("Waiting worsened to [[w@p2]].").len(), 1);
        assert_eq!(found("Over all it rose by [[k:trend]].").len(), 1, "no change is no rise");
    }

    #[test]
    fn a_word_with_the_sign_or_without_a_plain_claim_is_left_alone() {
        for sentence in [
            "Reach fell to [[k@p2]], and waiting improved to [[w@p2]].",
            "Reach would have rose to [[k@p2]] and did not.",
            "Increased effort brought [[k@p2]].",
            "What rose and fell to [[k@p2]] is unclear.",
            "It rose to [[k@p2:status]] and [[unknown@p2]].",
            "Prices rose, so reach was [[k@p2]].",
        ] {
            assert_eq!(found(sentence), [], "{sentence}");
        }
    }
}
