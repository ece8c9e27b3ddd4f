//! The numbers of one platform in one period, as rules look at them.
//!
//! Owns the pairing of a period with the one that ends the day before it starts.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Metrics;
use super::facts::{Period, Role};

impl Metrics {
    /// Returns raw integers by period and platform, with those of the period before.
    pub(super) fn rows(&self) -> Value {
        let mut values: BTreeMap<(usize, usize), Map<String, Value>> = BTreeMap::new();
        for (&(period, platform, input), &number) in &self.data.cells {
            let name = self.definitions.all[input].id.clone();
            values.entry((period, platform)).or_default().insert(name, json!(number));
        }
        let row = |(&(period, platform), numbers): (&(usize, usize), &Map<String, Value>)| {
            let (when, about) = (&self.facts.periods[period], &self.facts.platforms[platform]);
            let before = self.period_before(period).and_then(|p| values.get(&(p, platform)));
            let mut row = json!({
                "period_id": when.id, "period": when.name, "role": when.role,
                "platform_id": about.id, "platform": about.name, "values": numbers,
            });
            if let Some(before) = before {
                row["previous"] = json!(before);
            }
            row
        };
        values.iter().map(row).collect()
    }

    fn period_before(&self, period: usize) -> Option<usize> {
        let periods = &self.facts.periods;
        let is_whole = |p: &Period| matches!(p.role, Some(Role::Baseline | Role::Report));
        let this = periods.get(period).filter(|p| is_whole(p))?;
        let eve = this.days?.0.yesterday().ok()?;
        periods.iter().position(|p| is_whole(p) && p.days.is_some_and(|(_, to)| to == eve))
    }
}
