//! Figures: the only place where a total, a rate or the status of a KPI is computed.
//!
//! Owns the numbers of a profile and of its CSV files, and everything computed from them. All of it
//! is exact: whole numbers and fractions, judged before they are rounded for display. Refuses to
//! judge evidence (that is for the rules) and to add what cannot be added: reach over platforms.
//!
//! [`Metrics::context`] is what documents and rules see; computed words are written as
//! `{"=": "…"}` and the learner's own as `{"~": "…"}`. [`Metrics::token`] fills figures into sentences.

mod budget;
mod campaign;
mod data;
mod definitions;
mod effort;
mod facts;
mod figure;
mod format;
mod kpi;
mod numbers;
mod overview;
mod ratio;
mod reader;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};
use crate::profile::{Source, nearest};
use budget::Budget;
use data::Data;
use definitions::Definitions;
use effort::Effort;
use facts::{Facts, Kpi};
pub(crate) use reader::POSTS;
use reader::Reader;

/// All figures of a profile.
#[derive(Clone, Debug)]
pub struct Metrics {
    definitions: Definitions,
    facts: Facts,
    data: Data,
    budget: Budget,
    effort: Effort,
}

impl Metrics {
    /// Reads the numbers of a profile, which may be half-finished, and of the files it names.
    ///
    /// `definitions` is the catalogue's list of metrics; `files` holds contents by relative name.
    /// What is wrong is told in the diagnostics, all at once, and left out of the figures.
    pub fn from(
        source: &Source,
        definitions: &Value,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> (Self, Diagnostics) {
        let definitions = Definitions::read(definitions);
        let facts = Facts::read(&source.value);
        let (data, mut found) = Reader::new(source, &definitions, &facts).read(files);
        found.extend(facts.kpis.iter().filter_map(|kpi| problem(source, &definitions, kpi)));
        let (budget, effort) = (Budget::read(&source.value), Effort::read(&source.value));
        (Self { definitions, facts, data, budget, effort }, found)
    }

    /// Returns everything that documents and rules can show of the figures.
    pub fn context(&self) -> Value {
        json!({
            "kpis": self.kpis(),
            "bands": self.by_period(|p| self.counts_by_band(p)),
            "platforms": self.by_period(|p| self.platforms(p)),
            "posts": self.by_period(|p| self.posts(p)),
            "values": self.values(),
            "metrics": self.by_period(|p| self.raw(p)),
            "budget": self.budget.context(),
            "hours": self.effort.context(),
            "funnel": self.funnel(),
            "costs": self.costs(),
            "definitions": self.used_definitions(),
            "files": self.files(),
            "rows": self.rows(),
            "numbers": self.numbers(),
            "false_sums": self.false_sums(),
        })
    }

    /// Returns the texts of data files that can be printed, with their places, for a check of characters.
    pub fn words(&self) -> &[(Place, String)] {
        &self.data.words
    }
}

/// Tells what keeps a KPI from being computed at all.
fn problem(source: &Source, definitions: &Definitions, kpi: &Kpi) -> Option<Diagnostic> {
    let place = |name: &str| source.place(&format!("/kpis/{}/{name}", kpi.index));
    let id = kpi.metric.as_str();
    let Some(metric) = definitions.metric(id) else {
        let problem = Diagnostic::error(Builtin::FigureUnknown, format!("there is no metric `{id}`"))
            .at(place("metric"));
        return (!id.is_empty()).then(|| match nearest(id, definitions.ids()) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem.hint(format!("use one of: {}", definitions.ids().collect::<Vec<_>>().join(", "))),
        });
    };
    let input = definitions.not_additive(metric).filter(|_| kpi.platforms.len() > 1)?;
    let name = input.name.to_lowercase();
    let text =
        format!("{name} cannot be added over platforms, but this KPI names {} of them", kpi.platforms.len());
    let hint = match id {
        "engagement_rate_reach" => {
            "name exactly one platform, or use the metric `engagement_rate_impressions`"
        }
        "reach" => "name exactly one platform, or use the metric `impressions`",
        _ => "name exactly one platform, or make one KPI for each platform",
    };
    let problem = Diagnostic::error(Builtin::FigureUnknown, text).at(place("platform_ids")).hint(hint);
    Some(if input.id == "reach" {
        problem.hint("one person seen on two platforms would count twice")
    } else {
        problem
    })
}

/// Marks computed words.
fn computed(words: impl Into<String>) -> Value {
    json!({"=": words.into()})
}

/// Marks the learner's words.
fn learner(words: &str) -> Value {
    json!({"~": words})
}
