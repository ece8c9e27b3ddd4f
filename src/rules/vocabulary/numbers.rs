//! Numbers that somebody typed into a sentence, held against what was computed.
//!
//! Owns the recognition of a figure among dates, times and list numbers. Refuses to guess: a number
//! with no sign of being a figure is left alone.

use minijinja::Environment;
use minijinja::value::Value;

use super::prose::{Prose, prose, sentences_of};
use super::{items, number, part, text};

/// Adds the words about numbers.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("typed_numbers", |v: &Value, nouns: &Value| typed(v, nouns));
    env.add_function("is_computed", |item: &Value, numbers: &Value, periods: Option<Value>| {
        is_computed(item, numbers, &periods.unwrap_or_default())
    });
    env.add_function("false_sum", false_sum);
    env.add_function("is_shown_as", |typed: &Value, exact: &Value| {
        let shown = text(typed);
        let decimals = shown.split_once('.').map_or(0, |(_, d)| d.len());
        let typed = Value::from_pairs([("value", typed.clone()), ("decimals", Value::from(decimals))]);
        is_shown_as(exact, &typed)
    });
}

/// A number with the unit that stands beside it.
#[derive(Clone, Debug, PartialEq)]
struct Typed {
    shown: String,
    value: f64,
    decimals: usize,
    unit: &'static str,
}

/// Returns `[{pointer, place, number, value, decimals, unit, sentence}]` for every figure typed in the
/// prose of a value; `place` is the number of the first list item on the way, from 0.
fn typed(value: &Value, nouns: &Value) -> Vec<Value> {
    let nouns: Vec<String> = items(nouns).iter().map(text).collect();
    let mut found = Vec::new();
    for Prose { pointer, text } in prose(value) {
        if !text.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let place = pointer.split('/').find_map(|s| s.parse::<usize>().ok()).unwrap_or(0);
        for sentence in sentences_of(&without_tokens(&text)) {
            for number in figures(&sentence, &nouns) {
                found.push(Value::from_pairs([
                    ("pointer", Value::from(pointer.clone())),
                    ("place", Value::from(place)),
                    ("number", Value::from(number.shown)),
                    ("value", Value::from(number.value)),
                    ("decimals", Value::from(number.decimals)),
                    ("unit", Value::from(number.unit)),
                    ("sentence", Value::from(sentence.clone())),
                ]));
            }
        }
    }
    found
}

/// Takes figure tokens out of a text.
fn without_tokens(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[") {
        out.push_str(before);
        out.push_str(" … ");
        rest = after.split_once("]]").map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// Returns the figures of a sentence: with %, $, × or “percentage points”, with grouped thousands, or
/// before a noun that is counted.
fn figures(sentence: &str, nouns: &[String]) -> Vec<Typed> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let figure = |(i, word): (usize, &&str)| {
        let next = |n: usize| words.get(i + n).map(|w| bare(w)).unwrap_or_default();
        let is_candidate = word.contains(|c: char| c.is_ascii_digit());
        is_candidate.then(|| figure(word, [&next(1), &next(2)], nouns))?
    };
    words.iter().enumerate().filter_map(figure).collect()
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%').to_lowercase()
}

fn figure(word: &str, next: [&str; 2], nouns: &[String]) -> Option<Typed> {
    let shown = word.trim_matches(|c: char| "()[]‘’“”'\",.;:!?…".contains(c));
    let body = shown.trim_start_matches(['+', '−', '-', '–']);
    let (is_money, body) = body.strip_prefix('$').map_or((false, body), |b| (true, b));
    let (mark, body) =
        ["%", "×"].iter().find_map(|m| Some((*m, body.strip_suffix(m)?))).unwrap_or(("", body));
    let grouped = body.contains(',');
    let plain = body.replace(',', "");
    let is_number = plain.starts_with(|c: char| c.is_ascii_digit())
        && plain.ends_with(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || c == '.')
        && plain.matches('.').count() < 2;
    let value: f64 = plain.parse().ok().filter(|_| is_number)?;
    let is_percent = mark == "%"
        || ["%", "percent", "percentage"].contains(&next[0])
        || (next[0] == "per" && next[1] == "cent");
    let is_counted = value >= 10.0 && next.iter().any(|n| nouns.iter().any(|noun| noun == n));
    let is_scaled = ["million", "billion", "m", "k"].contains(&next[0]);
    let unit = match (is_percent, is_money, mark == "×") {
        (true, ..) => "percent",
        (_, true, _) => "aud",
        (.., true) => "times",
        _ if (grouped || is_counted) && !is_year(&plain, grouped) => "count",
        _ => return None,
    };
    let decimals = plain.split_once('.').map_or(0, |(_, d)| d.len());
    (!is_scaled).then(|| Typed { shown: shown.into(), value, decimals, unit })
}

fn is_year(digits: &str, is_grouped: bool) -> bool {
    !is_grouped && digits.len() == 4 && digits.parse::<u32>().is_ok_and(|y| (1900..2100).contains(&y))
}

/// Tells whether a typed number is a computed figure at the precision shown, sign aside; of certain
/// periods if any are given, and figures of no period always count. A count may be one of minutes.
fn is_computed(item: &Value, numbers: &Value, periods: &Value) -> bool {
    let unit = text(&part(item, "unit"));
    let known: Vec<String> = items(periods).iter().map(text).collect();
    let is_of = |id: &str| {
        let period = id.split_once('@').map_or("", |(_, p)| p.split(':').next().unwrap_or_default());
        period.is_empty() || known.is_empty() || known.iter().any(|k| k == period)
    };
    let units = if unit == "count" { vec!["count", "minutes"] } else { vec![unit.as_str()] };
    units.into_iter().any(|unit| {
        let figures = part(numbers, unit);
        let mut ids = figures.try_iter().into_iter().flatten();
        ids.any(|id| is_of(&text(&id)) && is_shown_as(&figures.get_item(&id).unwrap_or_default(), item))
    })
}

fn is_shown_as(exact: &Value, typed: &Value) -> bool {
    let decimals = part(typed, "decimals").as_usize().and_then(|d| i32::try_from(d).ok()).unwrap_or(0);
    let scale = 10_f64.powi(decimals);
    let (Some(exact), Some(typed)) = (number(exact), number(&part(typed, "value"))) else { return false };
    (exact.abs() * scale - typed.abs() * scale).abs() <= 0.5 + 1e-6
}

/// Returns the name of what was added although it cannot be, or nothing.
fn false_sum(item: &Value, sums: &Value) -> Option<String> {
    let is_large = number(&part(item, "value")).is_some_and(|v| v >= 100.0);
    let is_count = text(&part(item, "unit")) == "count";
    let sums = items(sums);
    let sum = sums.iter().find(|s| is_shown_as(&part(s, "value"), item)).filter(|_| is_large && is_count)?;
    Some(text(&part(sum, "name")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn serde(json: serde_json::Value) -> Value {
        Value::from(minijinja::value::Serde(json))
    }

    fn shown(sentence: &str) -> Vec<(String, &'static str)> {
        let nouns = ["clicks".to_owned(), "views".to_owned()];
        figures(sentence, &nouns).into_iter().map(|n| (n.shown, n.unit)).collect()
    }

    #[test]
    fn figures_are_told_from_dates_times_and_list_numbers() {
        assert_eq!(
            shown("The rate was 4.2%, after 3 per cent in 2025."),
            [("4.2%".into(), "percent"), ("3".into(), "percent")]
        );
        assert_eq!(
            shown("It cost $1,250.00 (or 2.4×)."),
            [("$1,250.00".into(), "aud"), ("2.4×".into(), "times")]
        );
        assert_eq!(
            shown("It brought 1,204 people and 61 new clicks."),
            [("1,204".into(), "count"), ("61".into(), "count")]
        );
        for quiet in [
            "From 1 to 6 September 2026 we posted at 9.30 am and 13:00, in version 2.0.",
            "Two clicks, 3 views; step 12 of section 14; 33 of the bookings; $3 million",
            "In the 2026 views of the committee; D02 and cp-03",
        ] {
            assert_eq!(shown(quiet), [], "{quiet}");
        }
    }

    #[test]
    fn tokens_are_not_typed() {
        let found = typed(&serde(json!({"a": ["Reach was [[k@p1]] of 5,000 now."]})), &Value::UNDEFINED);
        assert_eq!(found.len(), 1);
        assert_eq!(text(&part(&found[0], "pointer")), "/a/0");
    }

    #[test]
    fn a_number_counts_at_the_precision_shown() {
        let numbers = serde(json!({"percent": {"k@p1": 4.249}, "count": {"k@p1": 9}}));
        let item = |value: f64, decimals: u32| {
            serde(json!({"unit": "percent", "value": value, "decimals": decimals}))
        };
        assert!(is_computed(&item(4.2, 1), &numbers, &Value::UNDEFINED));
        assert!(is_computed(&item(4.25, 2), &numbers, &Value::UNDEFINED));
        assert!(!is_computed(&item(4.3, 1), &numbers, &Value::UNDEFINED));
        assert!(!is_computed(&item(4.2, 1), &numbers, &serde(json!(["p2"]))));
        assert!(!is_computed(&item(4.2, 1), &Value::UNDEFINED, &Value::UNDEFINED));
    }
}
