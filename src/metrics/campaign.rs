//! The campaign's way from being seen to being acted upon, and what that cost.
//!
//! Owns the steps and the cost figures. Refuses to add reach: over several platforms the way starts
//! with impressions.

use serde_json::{Value, json};

use super::definitions::Definition;
use super::facts::Role;
use super::format::{NOT_AVAILABLE, shown};
use super::ratio::Ratio;
use super::{Metrics, computed};

/// The cost figures, most general first.
const COSTS: [&str; 5] =
    ["spend_cents", "cost_per_thousand", "cost_per_click", "cost_per_conversion", "return_on_ad_spend"];

impl Metrics {
    /// Returns the steps of the campaign; none unless the first and another one have numbers.
    pub(super) fn funnel(&self) -> Value {
        let Some((period, platforms)) = self.campaign() else { return json!([]) };
        let start = if platforms.len() == 1 { "reach" } else { "impressions" };
        let step = |id: &str| {
            let metric = self.definitions.metric(id)?;
            let value = self.total(metric, period, &platforms)?;
            let display = computed(shown(value, metric.unit, metric.decimals));
            Some(json!({"label": metric.name, "value": display, "number": value.to_f64()}))
        };
        let Some(first) = step(start) else { return json!([]) };
        let mut steps = vec![first];
        steps.extend(["link_clicks", "conversions"].into_iter().filter_map(step));
        if steps.len() > 1 { Value::Array(steps) } else { json!([]) }
    }

    /// Returns what the campaign cost on the platforms that money was spent on.
    pub(super) fn costs(&self) -> Value {
        let Some((period, platforms)) = self.campaign() else { return json!([]) };
        let Some(spend) = self.definitions.input("spend_cents") else { return json!([]) };
        let is_paid = |p: &usize| self.data.cells.get(&(period, *p, spend)).is_some_and(|&cents| cents > 0);
        let paid: Vec<usize> = platforms.into_iter().filter(is_paid).collect();
        if paid.is_empty() {
            return json!([]);
        }
        let row = |id: &str| {
            let metric = self.definitions.metric(id)?;
            let value = self.figure(metric, &paid, period).ok();
            let words =
                value.map_or_else(|| NOT_AVAILABLE.into(), |v| shown(v, metric.unit, metric.decimals));
            Some(json!({"name": metric.name, "value": computed(words), "definition": metric.definition}))
        };
        COSTS.into_iter().filter_map(row).collect()
    }

    /// Returns the campaign's period and the platforms with data in it.
    fn campaign(&self) -> Option<(usize, Vec<usize>)> {
        let period = self.facts.with_role(Role::Campaign).first().copied()?;
        let platforms = self.facts.campaign_platforms.iter().copied();
        Some((period, platforms.filter(|&p| self.has_data(p, period)).collect()))
    }

    /// Adds an input over the platforms that report it.
    fn total(&self, metric: &Definition, period: usize, platforms: &[usize]) -> Option<Ratio> {
        let figures = platforms.iter().filter_map(|&p| self.figure(metric, &[p], period).ok());
        figures.reduce(|a, b| a.plus(b).unwrap_or(a))
    }
}
