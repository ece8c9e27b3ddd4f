//! What a plan promises: how often, and for whom.

use minijinja::Environment;
use minijinja::value::Value;

use super::{days, items, number, part, text};

/// Adds `planned_times(times, per, from, to)`, how often something done so many times a `day`,
/// `week` or `month` happens from one date to another, both included, to the nearest whole number;
/// and `holding(list, key, wanted)`, the items whose list under a key holds a value.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("planned_times", planned_times);
    env.add_function("holding", |list: &Value, key: &str, wanted: &Value| holding(list, key, wanted));
}

fn planned_times(times: &Value, per: &Value, from: &Value, to: &Value) -> i64 {
    let days_each = match text(per).as_str() {
        "day" => 1.0,
        "week" => 7.0,
        "month" => 365.25 / 12.0,
        _ => return 0,
    };
    let is_dated = !text(from).is_empty() && !text(to).is_empty();
    let window = if is_dated { days(from, to) + 1 } else { 0 };
    (number(times).unwrap_or(0.0) * window as f64 / days_each).round() as i64
}

fn holding(list: &Value, key: &str, wanted: &Value) -> Vec<Value> {
    items(list).into_iter().filter(|item| items(&part(item, key)).contains(wanted)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_over_the_days_of_a_window() {
        let times = |n: i64, per: &str, from: &str, to: &str| {
            planned_times(&Value::from(n), &Value::from(per), &Value::from(from), &Value::from(to))
        };
        assert_eq!(times(1, "week", "2026-08-03", "2026-09-12"), 6);
        assert_eq!(times(2, "month", "2026-08-03", "2026-09-12"), 3);
        assert_eq!(times(2, "day", "2026-08-03", "2026-08-03"), 2);
        assert_eq!(times(2, "year", "2026-08-03", "2026-09-12"), 0);
        assert_eq!(
            planned_times(&Value::UNDEFINED, &Value::from("day"), &Value::UNDEFINED, &Value::UNDEFINED),
            0
        );
    }

    #[test]
    fn items_are_found_by_what_their_lists_hold() {
        let item = |ids: Vec<&'static str>| Value::from_pairs([("ids", Value::from(ids))]);
        let list = Value::from(vec![item(vec!["a", "b"]), item(vec!["b"]), item(vec![])]);
        assert_eq!(holding(&list, "ids", &Value::from("b")).len(), 2);
        assert_eq!(holding(&list, "other", &Value::from("b")).len(), 0);
        assert!(holding(&Value::UNDEFINED, "ids", &Value::from("b")).is_empty());
    }
}
