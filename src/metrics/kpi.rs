//! KPIs: actual against target, change, status.
//!
//! Owns the judgement of a KPI, always on the exact number. Refuses to interpret: causes and
//! consequences are the learner's.

use serde_json::{Value, json};

use super::Metrics;
use super::definitions::{Definition, Unit};
use super::facts::{Band, Kpi, Role};
use super::figure::Absent;
use super::format::{NOT_AVAILABLE, change, shown, signed};
use super::ratio::Ratio;
use super::{computed, learner};

/// What stands for the cost of a result when no money was spent on it.
const NOTHING_SPENT: &str = "nothing spent";

/// The verdict on one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    /// Per cent of the target, where that can be said.
    pub(super) attainment: Option<Ratio>,
    /// Per cent of the target for the bands: 100 or 0 where a quotient says nothing.
    pub(super) reached: Ratio,
    /// The band, by its place, highest first.
    pub(super) band: usize,
}

/// A part of a KPI's result that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aspect {
    /// The figure itself.
    Actual,
    /// The change on the previous period.
    Change,
    /// The difference to the target.
    Variance,
    /// Per cent of the target.
    Attainment,
    /// The name of the band.
    Status,
}

impl Metrics {
    /// Returns the display of one part of a KPI's result in a period.
    pub(super) fn kpi_display(&self, kpi: &Kpi, period: usize, aspect: Aspect) -> String {
        let words = self.kpi_words(kpi, period, aspect);
        words.unwrap_or_else(|| NOT_AVAILABLE.into())
    }

    fn kpi_words(&self, kpi: &Kpi, period: usize, aspect: Aspect) -> Option<String> {
        let metric = self.definitions.metric(&kpi.metric)?;
        let actual = self.actual(kpi, period).ok()?;
        let (unit, decimals) = (metric.unit, metric.decimals);
        Some(match aspect {
            Aspect::Actual => shown(actual, unit, decimals),
            Aspect::Change => change(actual, self.earlier(kpi, period)?, unit, decimals),
            Aspect::Variance => signed(actual.minus(kpi.target?)?, unit, target_decimals(metric, kpi.target)),
            Aspect::Attainment => self.percent_of_target(self.verdict(kpi, actual)?.attainment?),
            Aspect::Status => self.facts.bands[self.verdict(kpi, actual)?.band].name.clone(),
        })
    }

    /// Returns the display of a figure in a table: a cost of $0.00 for each result would look like a bargain.
    fn kpi_cell(&self, kpi: &Kpi, period: usize, actual: Option<Ratio>) -> String {
        let is_cost = |m: &Definition| m.unit == Unit::Aud && !m.denominator.is_empty();
        match self.definitions.metric(&kpi.metric) {
            Some(metric) if is_cost(metric) && actual == Some(Ratio::ZERO) => NOTHING_SPENT.into(),
            _ => self.kpi_display(kpi, period, Aspect::Actual),
        }
    }

    /// Returns the display of a KPI's target or baseline.
    pub(super) fn kpi_goal(&self, kpi: &Kpi, value: Option<Ratio>) -> String {
        let metric = self.definitions.metric(&kpi.metric);
        let words = metric.zip(value).map(|(m, v)| shown(v, m.unit, target_decimals(m, Some(v))));
        words.unwrap_or_else(|| NOT_AVAILABLE.into())
    }

    /// Returns a KPI's change from the first to the last report period, with its sign.
    pub(super) fn kpi_trend(&self, kpi: &Kpi) -> (String, i8) {
        self.trend(kpi).unwrap_or_else(|| (NOT_AVAILABLE.into(), 0))
    }

    fn trend(&self, kpi: &Kpi) -> Option<(String, i8)> {
        let metric = self.definitions.metric(&kpi.metric)?;
        let (before, now) = self.trend_ends(kpi)?;
        Some((change(now, before, metric.unit, metric.decimals), now.minus(before)?.sign()))
    }

    /// Returns the figures of the first and the last report period, if the two can be compared.
    pub(super) fn trend_ends(&self, kpi: &Kpi) -> Option<(Ratio, Ratio)> {
        let metric = self.definitions.metric(&kpi.metric)?;
        let periods = self.facts.with_role(Role::Report);
        let (&first, &last) = periods.first().zip(periods.last()).filter(|(a, b)| a != b)?;
        let is_comparable = self.is_comparable(metric, first, last);
        is_comparable.then(|| Some((self.actual(kpi, first).ok()?, self.actual(kpi, last).ok()?)))?
    }

    /// Computes the figure of a KPI in a period.
    pub(super) fn actual(&self, kpi: &Kpi, period: usize) -> Result<Ratio, Absent> {
        let metric = self.definitions.metric(&kpi.metric).ok_or_else(|| Absent::NoData(Vec::new()))?;
        self.figure(metric, &kpi.platforms, period)
    }

    /// Returns the figure of the previous period, if the two can be compared.
    pub(super) fn earlier(&self, kpi: &Kpi, period: usize) -> Option<Ratio> {
        let metric = self.definitions.metric(&kpi.metric)?;
        let before = self.previous(period).filter(|&b| self.is_comparable(metric, b, period))?;
        self.actual(kpi, before).ok()
    }

    /// Tells whether figures of two periods can be compared: sums need spans of the same length.
    pub(super) fn is_comparable(&self, metric: &Definition, one: usize, other: usize) -> bool {
        let periods = &self.facts.periods;
        !self.definitions.is_flow(metric) || periods[one].is_as_long_as(&periods[other])
    }

    pub(super) fn previous(&self, period: usize) -> Option<usize> {
        match self.facts.periods[period].role? {
            Role::Report => {
                let reports = self.facts.with_role(Role::Report);
                let place = reports.iter().position(|&p| p == period)?;
                place.checked_sub(1).map(|p| reports[p]).or_else(|| self.baseline_before(period))
            }
            Role::Campaign => self.facts.with_role(Role::Before).last().copied(),
            Role::After => self.facts.with_role(Role::Campaign).first().copied(),
            Role::Baseline | Role::Before => None,
        }
    }

    fn baseline_before(&self, period: usize) -> Option<usize> {
        let (from, _) = self.facts.periods[period].days?;
        let ends_before = |&b: &usize| self.facts.periods[b].days.is_some_and(|(_, to)| to < from);
        self.facts.with_role(Role::Baseline).into_iter().rfind(ends_before)
    }

    /// Judges a figure against the target.
    pub(super) fn verdict(&self, kpi: &Kpi, actual: Ratio) -> Option<Verdict> {
        let target = kpi.target?;
        let is_lower_better = match kpi.direction.as_str() {
            "increase" => false,
            "decrease" => true,
            _ => !self.definitions.metric(&kpi.metric)?.higher_is_better,
        };
        let is_quotient = target > Ratio::ZERO && (!is_lower_better || actual > Ratio::ZERO);
        let (over, under) = if is_lower_better { (target, actual) } else { (actual, target) };
        let attainment =
            if is_quotient { over.divided_by(under).and_then(|r| r.times(Ratio::HUNDRED)) } else { None };
        let is_there = if is_lower_better { actual <= target } else { actual >= target };
        let reached = attainment.unwrap_or(if is_there { Ratio::HUNDRED } else { Ratio::ZERO });
        Some(Verdict {
            attainment,
            reached,
            band: self.band(reached, attainment.is_none() && is_there && actual != target),
        })
    }

    fn band(&self, reached: Ratio, is_beyond_measure: bool) -> usize {
        let bands = &self.facts.bands;
        if is_beyond_measure {
            return 0;
        }
        let fits = |from: i64| reached >= Ratio::whole(from.into());
        bands.iter().position(|b| fits(b.from_percent)).unwrap_or(bands.len() - 1)
    }

    /// Writes per cent of the target with as many decimals as keep it on its side of every band.
    fn percent_of_target(&self, exact: Ratio) -> String {
        let is_honest = |decimals: &u32| {
            let rounded = exact.rounded(*decimals).and_then(|r| Ratio::new(r, 10_i128.pow(*decimals)));
            let mut limits =
                self.facts.bands.iter().map(|b| Ratio::whole(b.from_percent.into())).chain([Ratio::HUNDRED]);
            rounded.is_some_and(|r| limits.all(|limit| (r >= limit) == (exact >= limit)))
        };
        shown(exact, Unit::Percent, (1..9).find(is_honest).unwrap_or(9))
    }

    /// Returns everything about all KPIs, in the order of the profile.
    pub(super) fn kpis(&self) -> Value {
        self.facts.kpis.iter().map(|k| self.kpi(k)).collect()
    }

    /// Returns how many indicators of the overall strategy are in each band, highest first.
    pub(super) fn counts_by_band(&self, period: usize) -> Value {
        let overall = self.facts.kpis.iter().filter(|k| k.scope == "overall");
        let band = |k: &Kpi| Some(self.verdict(k, self.actual(k, period).ok()?)?.band);
        let bands: Vec<usize> = overall.filter_map(band).collect();
        let entry = |(i, b): (usize, &Band)| {
            let number = bands.iter().filter(|&&other| other == i).count();
            json!({"id": b.id, "name": learner(&b.name), "count": computed(number.to_string())})
        };
        self.facts.bands.iter().enumerate().map(entry).collect()
    }

    fn kpi(&self, kpi: &Kpi) -> Value {
        let metric = self.definitions.metric(&kpi.metric);
        let (trend, trend_sign) = self.kpi_trend(kpi);
        let reports = self.facts.with_role(Role::Report);
        let mut out = json!({
            "id": kpi.id,
            "name": learner(&kpi.name),
            "scope": kpi.scope,
            "metric": kpi.metric,
            "unit": metric.map_or("", |m| m.unit.as_str()),
            "metric_name": metric.map_or("", |m| &m.name),
            "direction": kpi.direction,
            "platform_ids": kpi.platforms.iter().map(|&p| &self.facts.platforms[p].id).collect::<Vec<_>>(),
            "target": computed(self.kpi_goal(kpi, kpi.target)),
            "target_value": kpi.target.map_or(0.0, Ratio::to_f64),
            "baseline": computed(self.kpi_goal(kpi, kpi.baseline)),
            "owner_id": kpi.owner_id,
            "trend": computed(trend),
            "trend_sign": trend_sign,
            "periods": reports.into_iter().map(|p| self.result(kpi, p)).collect::<Vec<_>>(),
        });
        if let Some(&period) = self.facts.with_role(Role::Baseline).last() {
            out["before_strategy"] = self.result(kpi, period);
        }
        if kpi.scope == "campaign" {
            let roles = [("campaign", Role::Campaign), ("before", Role::Before), ("after", Role::After)];
            for (name, role) in roles {
                if let Some(&period) = self.facts.with_role(role).first() {
                    out[name] = self.result(kpi, period);
                }
            }
        }
        out
    }

    fn result(&self, kpi: &Kpi, period: usize) -> Value {
        let actual = self.actual(kpi, period);
        let known = actual.as_ref().ok().copied();
        let verdict = known.and_then(|v| self.verdict(kpi, v));
        let show = |aspect| computed(self.kpi_display(kpi, period, aspect));
        let difference = known.and_then(|v| v.minus(self.earlier(kpi, period)?));
        let (has_data, reason, missing) = self.explained(kpi, period, actual.err().as_ref());
        json!({
            "id": self.facts.periods[period].id,
            "name": learner(&self.facts.periods[period].name),
            "actual": computed(self.kpi_cell(kpi, period, known)),
            "target": computed(self.kpi_goal(kpi, kpi.target)),
            "variance": show(Aspect::Variance),
            "change": show(Aspect::Change),
            "change_sign": difference.map_or(0, Ratio::sign),
            "attainment": show(Aspect::Attainment),
            "attainment_value": verdict.map_or(0.0, |v| v.reached.to_f64()),
            "status": show(Aspect::Status),
            "band_id": verdict.map_or("", |v| &self.facts.bands[v.band].id),
            "band_index": verdict.map_or(-1, |v| i64::try_from(v.band).unwrap_or(-1)),
            "achieved": verdict.is_some_and(|v| v.reached >= Ratio::HUNDRED || v.band == 0),
            "value": known.map_or(0.0, Ratio::to_f64),
            "value_known": known.is_some(),
            "has_data": has_data,
            "reason": reason,
            "missing": missing,
        })
    }

    /// Returns whether there is data, why there is no figure, and which inputs have no number.
    fn explained(&self, kpi: &Kpi, period: usize, absent: Option<&Absent>) -> (bool, Value, Vec<&str>) {
        let Some(absent) = absent else { return (true, json!(""), Vec::new()) };
        let inputs = match absent {
            Absent::NoData(inputs) => inputs.as_slice(),
            _ => &[],
        };
        let missing = inputs.iter().map(|&i| self.definitions.all[i].name.as_str()).collect();
        let period_id = &self.facts.periods[period].id;
        let stated = self.facts.missing.iter().find(|(k, p, _)| *k == kpi.id && p == period_id);
        let reason = stated.map_or_else(|| json!(absent.words()), |(_, _, reason)| learner(reason));
        (*absent == Absent::NothingToDivideBy, reason, missing)
    }
}

/// Shows a target with the metric's decimals, or more when it was typed with more.
fn target_decimals(metric: &Definition, target: Option<Ratio>) -> u32 {
    metric.decimals.max(target.map_or(0, |t| t.places().min(4)))
}
