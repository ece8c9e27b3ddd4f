//! What each metric is: its formula, unit and meaning, from the catalogue's list of metrics.
//!
//! Owns the reading of that list. Refuses to know any metric by name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::facts::{items, text};

/// What a metric is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A number of things.
    Count,
    /// Parts of a hundred.
    Percent,
    /// Australian dollars; inputs hold cents.
    Aud,
    /// Minutes.
    Minutes,
    /// How many times as much.
    Times,
}

impl Unit {
    /// Returns the code of the unit in the list of metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Percent => "percent",
            Self::Aud => "aud",
            Self::Minutes => "minutes",
            Self::Times => "times",
        }
    }

    /// Returns the unit in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Percent => "per cent",
            Self::Aud => "Australian dollars",
            Self::Minutes => "minutes",
            Self::Times => "times",
        }
    }

    fn of(code: &str) -> Option<Self> {
        let all = [Self::Count, Self::Percent, Self::Aud, Self::Minutes, Self::Times];
        all.into_iter().find(|u| u.as_str() == code)
    }
}

/// An input in a sum, added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// The input, by its place in the list of metrics.
    pub(super) input: usize,
    /// Whether it is taken away.
    pub(super) is_negative: bool,
}

/// One metric.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    /// Its id.
    pub(super) id: String,
    /// What people call it.
    pub(super) name: String,
    /// What it is measured in.
    pub(super) unit: Unit,
    /// The sum above the line.
    pub(super) numerator: Vec<Term>,
    /// The sum below the line; empty when nothing is divided.
    pub(super) denominator: Vec<Term>,
    /// A factor of the formula, such as 1,000 for a cost per thousand.
    pub(super) scale: i128,
    /// How many decimals are shown.
    pub(super) decimals: u32,
    /// Whether more is better, where nobody says otherwise.
    pub(super) higher_is_better: bool,
    /// Whether its numbers may be added over platforms; of an input.
    pub(super) is_additive: bool,
    /// Whether it is a level at one moment and not a flow over time; of an input.
    pub(super) is_stock: bool,
    /// Its meaning in a sentence or two.
    pub(super) definition: String,
}

/// All metrics: the inputs first, then those computed from them.
#[derive(Clone, Debug, Default)]
pub(super) struct Definitions {
    /// Every metric; the first [`Definitions::inputs`] of them are inputs.
    pub(super) all: Vec<Definition>,
    inputs: usize,
    places: BTreeMap<String, usize>,
}

impl Definitions {
    /// Reads the list of metrics; entries that make no sense are left out.
    pub(super) fn read(list: &Value) -> Self {
        let mut found = Self::default();
        for (id, entry) in items(list, "inputs") {
            let term = Term { input: found.all.len(), is_negative: false };
            found.add(id, entry, (vec![term], Vec::new()));
        }
        found.inputs = found.all.len();
        for (id, entry) in items(list, "metrics") {
            let sums = found.sum(entry, "numerator").zip(found.sum(entry, "denominator"));
            if let Some(sums) = sums.filter(|s| !s.0.is_empty()) {
                found.add(id, entry, sums);
            }
        }
        found
    }

    fn add(&mut self, id: &str, entry: &Value, (numerator, denominator): (Vec<Term>, Vec<Term>)) {
        let Some(unit) = Unit::of(text(entry, "unit")) else { return };
        let flag = |name: &str, otherwise| entry.get(name).and_then(Value::as_bool).unwrap_or(otherwise);
        let number = |name: &str| entry.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        self.places.insert(id.into(), self.all.len());
        self.all.push(Definition {
            id: id.into(),
            name: text(entry, "name").into(),
            unit,
            numerator,
            denominator,
            scale: number("scale").unwrap_or(1).into(),
            decimals: number("decimals").unwrap_or(0).min(6),
            higher_is_better: flag("higher_is_better", true),
            is_additive: flag("additive", true),
            is_stock: flag("stock", false),
            definition: text(entry, "definition").into(),
        });
    }

    fn sum(&self, entry: &Value, side: &str) -> Option<Vec<Term>> {
        let Some(names) = entry.get(side).and_then(Value::as_array) else { return Some(Vec::new()) };
        let term = |name: &Value| {
            let name = name.as_str()?;
            let plain = name.trim_start_matches('-');
            Some(Term { input: self.input(plain)?, is_negative: plain.len() < name.len() })
        };
        names.iter().map(term).collect()
    }

    /// Returns the input of this id.
    pub(super) fn input(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied().filter(|&i| i < self.inputs)
    }

    /// Returns the metric of this id, be it an input or computed.
    pub(super) fn metric(&self, id: &str) -> Option<&Definition> {
        self.places.get(id).map(|&i| &self.all[i])
    }

    /// Returns the ids of all inputs.
    pub(super) fn input_ids(&self) -> impl Iterator<Item = &str> {
        self.all[..self.inputs].iter().map(|d| d.id.as_str())
    }

    /// Returns the ids of all metrics.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|d| d.id.as_str())
    }

    /// Returns an input of the metric that must not be added over platforms.
    pub(super) fn not_additive(&self, metric: &Definition) -> Option<&Definition> {
        let mut terms = metric.numerator.iter().chain(&metric.denominator);
        terms.find(|t| !self.all[t.input].is_additive).map(|t| &self.all[t.input])
    }

    /// Tells whether the metric grows with the length of the period.
    pub(super) fn is_flow(&self, metric: &Definition) -> bool {
        metric.denominator.is_empty()
            && metric.unit != Unit::Minutes
            && metric.numerator.iter().any(|t| !self.all[t.input].is_stock)
    }

    /// Returns the formula in words.
    pub(super) fn formula(&self, metric: &Definition) -> String {
        if self.input(&metric.id).is_some() {
            return "as reported".into();
        }
        let over = self.spelled(&metric.numerator);
        if metric.denominator.is_empty() {
            return over;
        }
        let bracket = |sum: String, terms: usize| if terms > 1 { format!("({sum})") } else { sum };
        let over = bracket(over, metric.numerator.len());
        let under = bracket(self.spelled(&metric.denominator), metric.denominator.len());
        match (metric.unit, metric.scale) {
            (Unit::Percent, _) => format!("{over} ÷ {under} × 100"),
            (_, 1) => format!("{over} ÷ {under}"),
            (_, scale) => format!("{over} ÷ {under} × {}", super::format::count(scale)),
        }
    }

    fn spelled(&self, terms: &[Term]) -> String {
        let mut out = String::new();
        for (i, term) in terms.iter().enumerate() {
            out.push_str(match (i, term.is_negative) {
                (0, false) => "",
                (0, true) => "\u{2212}",
                (_, false) => " + ",
                (_, true) => " \u{2212} ",
            });
            let name = &self.all[term.input].name;
            out.push_str(&if i == 0 { name.clone() } else { name.to_lowercase() });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::definitions;

    #[test]
    fn formulas_are_spelled_out() {
        let list = Definitions::read(&definitions());
        let formula = |id: &str| list.formula(list.metric(id).expect("a known metric"));
        assert_eq!(formula("engagement_rate_reach"), "(Reactions + comments + shares + saves) ÷ Reach × 100");
        assert_eq!(formula("cost_per_thousand"), "Advertising spend ÷ Impressions × 1,000");
        assert_eq!(formula("net_followers"), "Followers gained − followers lost");
        assert_eq!(formula("reach"), "as reported");
    }

    #[test]
    fn inputs_and_metrics_are_kept_apart() {
        let list = Definitions::read(&definitions());
        assert!(list.input("reach").is_some() && list.input("frequency").is_none());
        let rate = list.metric("frequency").expect("a known metric");
        assert_eq!(list.not_additive(rate).map(|d| d.id.as_str()), Some("reach"));
        assert!(list.is_flow(list.metric("net_followers").expect("a known metric")));
        assert!(!list.is_flow(list.metric("followers_end").expect("a known metric")));
        assert!(!list.is_flow(rate));
    }

    #[test]
    fn nonsense_is_left_out() {
        let list = Definitions::read(&serde_json::json!({
            "inputs": {"a": {"unit": "count"}, "b": {"unit": "parsecs"}, "c": 3},
            "metrics": {"x": {"unit": "count", "numerator": ["a", "nothing"]}, "y": {"unit": "count"}},
        }));
        assert_eq!(list.ids().collect::<Vec<_>>(), ["a"]);
    }
}
