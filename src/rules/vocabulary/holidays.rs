//! Public holidays that are named in a text, held against the table of their dates.
//!
//! Owns the recognition of a holiday beside a date. Refuses to judge a holiday that the table does
//! not have for that year.

use jiff::civil::{Date, date};
use minijinja::Environment;
use minijinja::value::Value;

use super::prose::prose;
use super::{items, part, text};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Words that may stand between a holiday and its date.
const BETWEEN: [&str; 13] = [
    "on",
    "is",
    "the",
    "of",
    "falls",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "this",
];

/// Adds the word about holidays.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("holiday_faults", |item: &Value, table: &Value, state: &Value| {
        faults(item, table, &text(state))
    });
}

/// Returns `[{name, said, right}]` for an entry dated `on`: holidays in its texts beside a wrong date,
/// and a `topic` that begins with the holiday’s name on another day.
fn faults(item: &Value, table: &Value, state: &str) -> Vec<Value> {
    let Ok(on) = text(&part(item, "on")).parse::<Date>() else { return Vec::new() };
    let texts: Vec<Vec<String>> = prose(item).iter().map(|p| words_of(&p.text)).collect();
    let topic = words_of(&text(&part(item, "topic")));
    let mut found: Vec<(String, Date, Vec<Date>)> = Vec::new();
    for holiday in kept(table, state) {
        let right = holiday.dates_of(on.year());
        if right.is_empty() {
            continue;
        }
        for words in &texts {
            let said = holiday.dates_beside(words, on.year());
            let wrong = said.iter().find(|d| !right.contains(d));
            if let Some(said) = wrong.filter(|_| !said.iter().any(|d| right.contains(d))) {
                found.push((holiday.name.clone(), *said, right.clone()));
            }
        }
        let is_bare = holiday.dates_beside(&topic, on.year()).is_empty();
        if is_bare && holiday.is_day_of(&topic, &words(table, "ahead")) && !right.contains(&on) {
            found.push((holiday.name.clone(), on, right));
        }
    }
    let fault = |(name, said, right): (String, Date, Vec<Date>)| {
        let nearest = right.iter().min_by_key(|d| (**d - said).get_days().abs()).copied().unwrap_or(said);
        Value::from_pairs([("name", name), ("said", said.to_string()), ("right", nearest.to_string())])
    };
    found.dedup();
    found.into_iter().map(fault).collect()
}

/// Returns the words of a text without their apostrophes, which many people leave out.
fn words_of(text: &str) -> Vec<String> {
    super::prose::words_of(text).iter().map(|w| w.replace('\'', "")).collect()
}

fn words(table: &Value, key: &str) -> Vec<String> {
    items(&part(table, key)).iter().map(text).collect()
}

/// A holiday with its names as words.
struct Holiday {
    name: String,
    names: Vec<Vec<String>>,
    dates: Vec<Date>,
}

/// Returns the holidays that a State or Territory keeps.
fn kept(table: &Value, state: &str) -> Vec<Holiday> {
    let is_kept = |h: &Value| items(&part(h, "states")).iter().any(|s| text(s) == state);
    let holiday = |h: Value| {
        let name = text(&part(&h, "name"));
        let mut names = vec![words_of(&name)];
        names.extend(items(&part(&h, "also")).iter().map(|n| words_of(&text(n))));
        let dates = items(&part(&h, "dates")).iter().filter_map(|d| text(d).parse().ok()).collect();
        Holiday { name, names, dates }
    };
    items(&part(table, "holidays")).into_iter().filter(is_kept).map(holiday).collect()
}

impl Holiday {
    fn dates_of(&self, year: i16) -> Vec<Date> {
        self.dates.iter().copied().filter(|d| d.year() == year).collect()
    }

    /// Returns the dates that stand right before or right after the name.
    fn dates_beside(&self, words: &[String], year: i16) -> Vec<Date> {
        let mut found = Vec::new();
        for name in &self.names {
            for at in 0..words.len().saturating_sub(name.len() - 1) {
                if words[at..at + name.len()] == **name {
                    let after = words[at + name.len()..].iter().skip_while(|w| BETWEEN.contains(&w.as_str()));
                    let after: Vec<&str> = after.take(2).map(String::as_str).collect();
                    let before = words[..at].iter().rev().skip_while(|w| BETWEEN.contains(&w.as_str()));
                    let mut before: Vec<&str> = before.take(2).map(String::as_str).collect();
                    before.reverse();
                    found.extend([after, before].iter().filter_map(|pair| day(pair, year)));
                }
            }
        }
        found
    }

    /// Tells whether a topic is about the day itself: it begins with the name, with no word about what
    /// comes before or after.
    fn is_day_of(&self, topic: &[String], ahead: &[String]) -> bool {
        let topic = topic.strip_prefix(["happy".to_owned()].as_slice()).unwrap_or(topic);
        let rest = self.names.iter().find_map(|name| topic.strip_prefix(name.as_slice()));
        rest.is_some_and(|rest| !rest.iter().any(|w| ahead.contains(w)))
    }
}

/// Reads a day of the month and a month, in that order.
fn day(words: &[&str], year: i16) -> Option<Date> {
    let [day, month] = words else { return None };
    let number: i8 = day.trim_end_matches(char::is_alphabetic).parse().ok()?;
    let month = MONTHS.iter().position(|m| m == month)?;
    let first = date(year, i8::try_from(month + 1).ok()?, 1);
    (1..=first.days_in_month()).contains(&number).then(|| first.with().day(number).build().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(on: &str, topic: &str) -> Vec<String> {
        let serde = |json: serde_json::Value| Value::from(minijinja::value::Serde(json));
        let table = json!({"ahead": ["hours", "weekend"], "holidays": [
            {"name": "Labour Day", "states": ["NSW"], "dates": ["2026-10-05"]},
            {"name": "King’s Birthday", "states": ["NSW"], "dates": ["2026-06-08"]},
            {"name": "Labour Day", "states": ["VIC"], "dates": ["2026-03-09"]},
        ]});
        let item = json!({"on": on, "topic": topic, "platform_id": "labour-day"});
        let all = faults(&serde(item), &serde(table), "NSW");
        all.iter().map(|f| format!("{} {}", text(&part(f, "said")), text(&part(f, "right")))).collect()
    }

    #[test]
    fn a_wrong_date_beside_a_holiday_is_found() {
        assert_eq!(
            found("2026-09-30", "Closed for Labour Day on Monday 12 October"),
            ["2026-10-12 2026-10-05"]
        );
        assert_eq!(found("2026-09-30", "Open on 6 October, Labour Day"), ["2026-10-06 2026-10-05"]);
        assert_eq!(found("2026-06-01", "Kings Birthday 9th June"), ["2026-06-09 2026-06-08"]);
        assert_eq!(found("2026-06-01", "King's Birthday, 9th June"), ["2026-06-09 2026-06-08"]);
        assert_eq!(found("2026-10-04", "Labour Day greeting"), ["2026-10-04 2026-10-05"]);
    }

    #[test]
    fn right_dates_and_days_before_are_left_alone() {
        for (on, topic) in [
            ("2026-10-05", "Happy Labour Day"),
            ("2026-10-01", "Labour Day hours"),
            ("2026-10-01", "What to do on the Labour Day weekend"),
            ("2026-09-30", "Labour Day, 5 October: we are closed until 7 October"),
            ("2028-10-01", "Labour Day on 9 October"),
            ("", "Labour Day on 9 October"),
        ] {
            assert_eq!(found(on, topic), Vec::<String>::new(), "{topic}");
        }
    }
}
