//! Every computed figure as a bare number, so that rules can hold typed sentences against it.
//!
//! Owns their names, which are those of figure tokens. Refuses to round: that is up to whoever
//! compares.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Metrics;
use super::definitions::{Definition, Unit};
use super::facts::Kpi;
use super::ratio::Ratio;

impl Metrics {
    /// Returns all figures by unit and name: of KPIs with change, variance and attainment, of platforms
    /// with their change, of the bands and of the budget. They are in the unit that is displayed. A name
    /// ends with `@` and the period, before any further part; figures of no period have none.
    pub(super) fn numbers(&self) -> Value {
        let mut out = Numbers::default();
        self.facts.kpis.iter().for_each(|kpi| self.kpi_numbers(kpi, &mut out));
        self.platform_numbers(&mut out);
        for band in &self.facts.bands {
            out.add(
                &format!("band:{}", band.id),
                Unit::Percent,
                Some(Ratio::whole(band.from_percent.into())),
            );
        }
        for (id, cents) in self.budget.amounts() {
            out.add(&id, Unit::Aud, Ratio::new(cents, 100));
        }
        json!(out.0)
    }

    fn kpi_numbers(&self, kpi: &Kpi, out: &mut Numbers) {
        let Some(metric) = self.definitions.metric(&kpi.metric) else { return };
        let id = &kpi.id;
        out.add(&format!("{id}:target"), metric.unit, kpi.target);
        out.add(&format!("{id}:baseline"), metric.unit, kpi.baseline);
        for (period, at) in self.facts.periods.iter().enumerate() {
            let Ok(actual) = self.actual(kpi, period) else { continue };
            let name = format!("{id}@{}", at.id);
            out.add(&name, metric.unit, Some(actual));
            out.change(&name, metric.unit, (actual, self.earlier(kpi, period)));
            let variance = kpi.target.and_then(|t| actual.minus(t));
            out.add(&format!("{name}:variance"), metric.unit, variance);
            let attainment = self.verdict(kpi, actual).and_then(|v| v.attainment);
            out.add(&format!("{name}:attainment"), Unit::Percent, attainment);
        }
        if let Some((first, last)) = self.trend_ends(kpi) {
            out.change(&format!("{id}:trend"), metric.unit, (last, Some(first)));
        }
    }

    fn platform_numbers(&self, out: &mut Numbers) {
        for (period, platform) in self.pairs() {
            let (about, at) = (&self.facts.platforms[platform].id, &self.facts.periods[period].id);
            let before = self.previous(period);
            for metric in &self.definitions.all {
                let Ok(figure) = self.figure(metric, &[platform], period) else { continue };
                let name = format!("{about}/{}@{at}", metric.id);
                out.add(&name, metric.unit, Some(figure));
                let earlier = before.filter(|&b| self.is_comparable(metric, b, period));
                let earlier = earlier.and_then(|b| self.figure(metric, &[platform], b).ok());
                out.change(&name, metric.unit, (figure, earlier));
            }
        }
    }

    /// Returns what must never be written down as a figure: inputs that cannot be added, summed over
    /// the platforms of a period or over the report periods of a platform, as `{name, value}`.
    pub(super) fn false_sums(&self) -> Value {
        let mut out = Vec::new();
        let is_level = |d: &Definition| !d.is_additive && d.unit == Unit::Count && !d.is_stock;
        for (input, metric) in self.definitions.all.iter().enumerate().filter(|(_, d)| is_level(d)) {
            let cells = || self.data.cells.iter().filter(|((_, _, i), _)| *i == input);
            let mut note = |keep: &dyn Fn(usize, usize) -> bool| {
                let kept: Vec<i64> = cells().filter(|((t, p, _), _)| keep(*t, *p)).map(|(_, n)| *n).collect();
                if kept.len() > 1 {
                    out.push(json!({"name": metric.name, "value": kept.iter().sum::<i64>()}));
                }
            };
            (0..self.facts.periods.len()).for_each(|t| note(&|period, _| period == t));
            let reports = self.facts.with_role(super::facts::Role::Report);
            (0..self.facts.platforms.len())
                .for_each(|p| note(&|t, platform| platform == p && reports.contains(&t)));
        }
        Value::Array(out)
    }
}

/// Figures under way, by unit.
#[derive(Default)]
struct Numbers(BTreeMap<&'static str, Map<String, Value>>);

impl Numbers {
    fn add(&mut self, id: &str, unit: Unit, value: Option<Ratio>) {
        if let Some(value) = value {
            self.0.entry(unit.as_str()).or_default().insert(id.into(), json!(value.to_f64()));
        }
    }

    /// Adds a difference, and for amounts also in per cent of what was before.
    fn change(&mut self, name: &str, unit: Unit, (now, before): (Ratio, Option<Ratio>)) {
        let Some(before) = before else { return };
        let difference = now.minus(before);
        self.add(&format!("{name}:change"), unit, difference);
        if unit != Unit::Percent {
            let relative = difference.and_then(|d| d.divided_by(before.magnitude()));
            let percent = relative.and_then(|r| r.times(Ratio::HUNDRED));
            self.add(&format!("{name}:relative"), Unit::Percent, percent);
        }
    }
}
