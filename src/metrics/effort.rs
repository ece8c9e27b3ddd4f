//! Hours a week: what platforms take, and what people have.
//!
//! Owns the sums. Refuses to judge whether the hours are enough for good work.

use serde_json::{Value, json};

use super::computed;
use super::definitions::Unit;
use super::facts::list;
use super::format::shown;
use super::ratio::Ratio;

/// Hours a week of a profile.
#[derive(Clone, Debug)]
pub(super) struct Effort {
    compared: Ratio,
    selected: Ratio,
    available: Ratio,
}

impl Effort {
    /// Adds the hours of all platforms, of those selected, and of personnel.
    pub(super) fn read(profile: &Value) -> Self {
        let is_selected = |p: &&Value| p.get("selected").and_then(Value::as_bool) == Some(true);
        Self {
            compared: hours(list(profile, "/platforms")),
            selected: hours(list(profile, "/platforms").filter(is_selected)),
            available: hours(list(profile, "/personnel")),
        }
    }

    /// Returns the sums as words, and which of them fit into the hours that people have.
    pub(super) fn context(&self) -> Value {
        let words = |hours: Ratio| computed(shown(hours, Unit::Count, hours.places().min(2)));
        json!({
            "compared": words(self.compared),
            "selected": words(self.selected),
            "available": words(self.available),
            "selected_fit": self.selected <= self.available,
            "compared_fit": self.compared <= self.available,
        })
    }
}

fn hours<'a>(items: impl Iterator<Item = &'a Value>) -> Ratio {
    let number =
        |item: &Value| item.get("hours_per_week").and_then(Value::as_number).map(ToString::to_string);
    let ratios = items.filter_map(|item| Ratio::decimal(&number(item)?));
    ratios.fold(Ratio::ZERO, |sum, hours| sum.plus(hours).unwrap_or(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_added_exactly_and_compared_with_those_that_people_have() {
        let profile = json!({
            "platforms": [{"hours_per_week": 2.1, "selected": true}, {"hours_per_week": 0.2}, {"selected": true}, 7],
            "personnel": [{"hours_per_week": 1}, {"hours_per_week": 1.2}],
        });
        let context = Effort::read(&profile).context();
        assert_eq!(context["compared"]["="], "2.3");
        assert_eq!(context["selected"]["="], "2.1");
        assert_eq!(context["available"]["="], "2.2");
        assert_eq!((&context["selected_fit"], &context["compared_fit"]), (&json!(true), &json!(false)));
    }
}
