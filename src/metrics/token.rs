//! Figure tokens: `[[…]]` in a learner's sentence, replaced by the computed figure.
//!
//! Owns their grammar and the explanation when one names nothing. Refuses to call missing data a
//! mistake: a figure without a number reads “n/a”, and the rules ask for the number.

use super::Metrics;
use super::facts::Kpi;
use super::kpi::Aspect;
use crate::profile::nearest;

/// What can be asked of a KPI in a period, after a colon.
const ASPECTS: [(&str, Aspect); 5] = [
    ("actual", Aspect::Actual),
    ("change", Aspect::Change),
    ("variance", Aspect::Variance),
    ("attainment", Aspect::Attainment),
    ("status", Aspect::Status),
];
/// What can be asked of a KPI as a whole, after a colon.
const PARTS: [&str; 3] = ["target", "baseline", "trend"];
/// What can be asked of a budget, after a colon.
const BUDGET: [&str; 4] = ["total", "approved", "actual", "remaining"];

impl Metrics {
    /// Returns what a token prints: the words between `[[` and `]]`.
    ///
    /// # Errors
    /// One plain sentence that says why the token names no figure.
    pub fn token(&self, token: &str) -> Result<String, String> {
        let token = token.trim();
        let (name, part) = token.split_once(':').map_or((token, None), |(n, p)| (n, Some(p)));
        match (name.split_once('@'), part) {
            (Some((subject, period)), part) => match subject.split_once('/') {
                Some((platform, metric)) => self.platform_token((platform, metric), period, part),
                None => self.period_token(subject, period, part),
            },
            (None, Some(part)) if name == "budget" || name == "campaign-budget" => {
                self.budget_token(name, part)
            }
            (None, Some(part)) => self.kpi_token(name, part),
            (None, None) => Err(self.shape(name)),
        }
    }

    fn platform_token(
        &self,
        figure: (&str, &str),
        period: &str,
        part: Option<&str>,
    ) -> Result<String, String> {
        let (platform, metric) = figure;
        let facts = &self.facts;
        let place = facts.platform(platform);
        let place = place
            .ok_or_else(|| unknown("platform", platform, facts.platforms.iter().map(|p| p.id.as_str())))?;
        let definition = self.definitions.metric(metric);
        let definition = definition.ok_or_else(|| unknown("metric", metric, self.definitions.ids()))?;
        let at = self.period_of(period)?;
        match part {
            None => Ok(self.display(definition, place, at)),
            Some(part) => {
                Err(format!("`:{part}` can be asked of a KPI only; write `[[{platform}/{metric}@{period}]]`"))
            }
        }
    }

    fn period_token(&self, kpi: &str, period: &str, part: Option<&str>) -> Result<String, String> {
        let (known, at) = (self.kpi_of(kpi)?, self.period_of(period)?);
        let name = part.unwrap_or("actual");
        match ASPECTS.iter().find(|a| a.0 == name) {
            Some((_, aspect)) => Ok(self.kpi_display(known, at, *aspect)),
            None if PARTS.contains(&name) => {
                Err(format!("`{name}` does not depend on a period; write `[[{kpi}:{name}]]`"))
            }
            None => Err(unknown("part of a KPI", name, ASPECTS.iter().map(|a| a.0))),
        }
    }

    fn kpi_token(&self, kpi: &str, part: &str) -> Result<String, String> {
        let known = self.kpi_of(kpi)?;
        match part {
            "target" => Ok(self.kpi_goal(known, known.target)),
            "baseline" => Ok(self.kpi_goal(known, known.baseline)),
            "trend" => Ok(self.kpi_trend(known).0),
            _ if ASPECTS.iter().any(|a| a.0 == part) => {
                let period = self.facts.periods.first().map_or("p1", |p| p.id.as_str());
                Err(format!("`{part}` needs a period, such as `[[{kpi}@{period}:{part}]]`"))
            }
            _ => Err(unknown("part of a KPI", part, PARTS.into_iter().chain(ASPECTS.iter().map(|a| a.0)))),
        }
    }

    fn budget_token(&self, name: &str, part: &str) -> Result<String, String> {
        let found = self.budget.token(name == "campaign-budget", part);
        found.ok_or_else(|| unknown("part of the budget", part, BUDGET.into_iter()))
    }

    fn kpi_of(&self, id: &str) -> Result<&Kpi, String> {
        let found = self.facts.kpis.iter().find(|k| k.id == id);
        found.ok_or_else(|| unknown("KPI", id, self.facts.kpis.iter().map(|k| k.id.as_str())))
    }

    fn period_of(&self, id: &str) -> Result<usize, String> {
        let found = self.facts.period(id);
        found.ok_or_else(|| unknown("period", id, self.facts.periods.iter().map(|p| p.id.as_str())))
    }

    /// Explains a token without period and colon.
    fn shape(&self, name: &str) -> String {
        let period = self.facts.periods.first().map_or("p1", |p| p.id.as_str());
        let example = if name.contains('/') || self.kpi_of(name).is_ok() {
            format!("`[[{name}@{period}]]`")
        } else if name.ends_with("budget") {
            format!("`[[{name}:total]]`")
        } else {
            let kpi = self.facts.kpis.first().map_or("k-reach", |k| k.id.as_str());
            format!("`[[{kpi}@{period}]]` or `[[{kpi}:target]]`")
        };
        format!("`{name}` does not say which figure is meant; write it like {example}")
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("there is no {what} `{name}`; did you mean `{near}`?");
    }
    match known.len() {
        0 => format!("there is no {what} `{name}`; the profile has none yet"),
        1..=12 => format!("there is no {what} `{name}`; use one of: {}", known.join(", ")),
        _ => format!("there is no {what} `{name}`"),
    }
}
