//! Tables of numbers for reports and the data appendix.
//!
//! Owns their rows and order. Refuses to choose: how many rows are printed is the template's say.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::data::{DataFile, Post};
use super::definitions::{Definition, Unit};
use super::figure::Absent;
use super::format::{NOT_AVAILABLE, count, shown};
use super::ratio::Ratio;
use super::{Metrics, computed, learner};

/// The columns of the table of platforms.
const COLUMNS: [&str; 9] = [
    "posts",
    "reach",
    "impressions",
    "interactions",
    "engagement_rate_reach",
    "engagement_rate_impressions",
    "link_clicks",
    "followers_end",
    "net_followers",
];

impl Metrics {
    /// Returns the display of a metric of one platform in a period.
    pub(super) fn display(&self, metric: &Definition, platform: usize, period: usize) -> String {
        let figure = self.figure(metric, &[platform], period).ok();
        figure.map_or_else(|| NOT_AVAILABLE.into(), |f| shown(f, metric.unit, metric.decimals))
    }

    /// Builds an object with an entry per period.
    pub(super) fn by_period(&self, entry: impl Fn(usize) -> Value) -> Value {
        let entries = self.facts.periods.iter().enumerate().map(|(i, p)| (p.id.clone(), entry(i)));
        Value::Object(entries.collect())
    }

    /// Returns the main figures of each platform that is in use or has data in the period.
    pub(super) fn platforms(&self, period: usize) -> Value {
        let is_shown = |&p: &usize| self.facts.platforms[p].is_selected || self.has_data(p, period);
        (0..self.facts.platforms.len()).filter(is_shown).map(|p| self.platform(p, period)).collect()
    }

    fn platform(&self, platform: usize, period: usize) -> Value {
        let (mut rows, mut numbers) = (Map::new(), Map::new());
        for column in COLUMNS {
            let metric = self.definitions.metric(column);
            let figure = metric.and_then(|m| Some((m, self.figure(m, &[platform], period).ok()?)));
            let words = figure.map_or_else(|| NOT_AVAILABLE.into(), |(m, f)| shown(f, m.unit, m.decimals));
            rows.insert(column.into(), computed(words));
            numbers.insert(column.into(), json!(figure.map_or(0.0, |(_, f)| f.to_f64())));
        }
        let about = &self.facts.platforms[platform];
        let has_data = self.has_data(platform, period);
        json!({"platform_id": about.id, "name": learner(&about.name), "rows": rows, "numbers": numbers, "has_data": has_data})
    }

    /// Returns the posts of a period, the best engagement rate by reach first.
    pub(super) fn posts(&self, period: usize) -> Value {
        let mut posts: Vec<&Post> = self.data.posts.iter().filter(|p| p.period == period).collect();
        posts.sort_by_key(|p| {
            (Reverse(rate(p)), Reverse(p.interactions), p.on.as_str(), p.platform, p.id.as_str())
        });
        posts.into_iter().map(|p| self.post(p)).collect()
    }

    fn post(&self, post: &Post) -> Value {
        let number = |n: Option<i64>| computed(n.map_or_else(|| NOT_AVAILABLE.into(), |n| count(n.into())));
        let rate = rate(post);
        let percent = rate.map_or_else(|| NOT_AVAILABLE.into(), |r| shown(r, Unit::Percent, 2));
        json!({
            "id": post.id,
            "title": learner(&post.title),
            "platform_id": self.facts.platforms[post.platform].id,
            "on": post.on,
            "type": learner(&post.kind),
            "reach": number(post.reach),
            "impressions": number(post.impressions),
            "interactions": number(Some(post.interactions)),
            "clicks": number(post.clicks),
            "rate": computed(percent),
            "period_id": self.facts.periods[post.period].id,
            "reach_value": post.reach,
            "interactions_value": post.interactions,
            "rate_value": rate.map_or(0.0, Ratio::to_f64),
        })
    }

    /// Returns every figure that has a value, by `platform/metric@period`.
    pub(super) fn values(&self) -> Value {
        let mut out = Map::new();
        for (period, platform) in self.pairs() {
            let (p, at) = (&self.facts.platforms[platform].id, &self.facts.periods[period].id);
            for metric in &self.definitions.all {
                let words = match self.figure(metric, &[platform], period) {
                    Ok(figure) => shown(figure, metric.unit, metric.decimals),
                    Err(Absent::NothingToDivideBy) => NOT_AVAILABLE.into(),
                    Err(_) => continue,
                };
                out.insert(format!("{p}/{}@{at}", metric.id), computed(words));
            }
        }
        Value::Object(out)
    }

    /// Returns periods and platforms that have data together.
    pub(super) fn pairs(&self) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> =
            self.data.cells.keys().map(|&(period, platform, _)| (period, platform)).collect();
        pairs.dedup();
        pairs
    }

    /// Returns the numbers of a period as they were reported.
    pub(super) fn raw(&self, period: usize) -> Value {
        let cells = self.data.cells.range((period, 0, 0)..(period + 1, 0, 0));
        let row = |(&(_, platform, input), &value): (&(usize, usize, usize), &i64)| {
            let (about, metric) = (&self.facts.platforms[platform], &self.definitions.all[input]);
            json!({
                "platform": about.id,
                "platform_name": learner(&about.name),
                "metric": metric.id,
                "metric_name": metric.name,
                "value": computed(self.display(metric, platform, period)),
                "number": value,
            })
        };
        cells.map(row).collect()
    }

    /// Returns the definitions of all metrics that are used.
    pub(super) fn used_definitions(&self) -> Value {
        let is_used = |m: &&Definition| {
            let mut inputs = m.numerator.iter().map(|t| t.input);
            let is_reported = |input| self.data.reported.iter().any(|&(_, i)| i == input);
            let is_input = self.definitions.input(&m.id).is_some();
            self.facts.kpis.iter().any(|k| k.metric == m.id)
                || COLUMNS.contains(&m.id.as_str())
                || (is_input && inputs.all(is_reported))
        };
        let entry = |m: &Definition| {
            let formula = self.definitions.formula(m);
            json!({"id": m.id, "name": m.name, "unit": m.unit.words(), "formula": formula, "definition": m.definition})
        };
        self.definitions.all.iter().filter(is_used).map(entry).collect()
    }

    /// Returns the data files of the profile.
    pub(super) fn files(&self) -> Value {
        let entry = |f: &DataFile| {
            let rows = if f.sha256.is_some() {
                count(i128::try_from(f.rows).unwrap_or(0))
            } else {
                NOT_AVAILABLE.into()
            };
            json!({
                "file": learner(&f.name),
                "source": learner(&f.source),
                "exported_on": f.exported_on,
                "by_id": f.by_id,
                "covers": learner(&f.covers),
                "sha256": computed(f.sha256.clone().unwrap_or_else(|| NOT_AVAILABLE.into())),
                "rows": computed(rows),
                "raw_file": learner(&f.raw_file),
                "raw_sha256": computed(&*f.raw_sha256),
            })
        };
        self.data.files.iter().map(entry).collect()
    }
}

/// Returns interactions ÷ reach in per cent.
fn rate(post: &Post) -> Option<Ratio> {
    Ratio::new(i128::from(post.interactions), i128::from(post.reach?))?.times(Ratio::HUNDRED)
}
