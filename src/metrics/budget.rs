//! The budget: planned, spent, left over, by category, by month and up to the last report.
//!
//! Owns the sums, in whole cents. Refuses to check them against each other: that is for the rules.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::definitions::Unit;
use super::facts::{list, text};
use super::format::{NOT_AVAILABLE, money, shown, signed_money};
use super::ratio::Ratio;
use super::{computed, learner};

/// The categories of costs in their usual order, with their names.
const CATEGORIES: [(&str, &str); 6] = [
    ("labour", "Labour"),
    ("content", "Content"),
    ("paid", "Paid media"),
    ("tools", "Tools"),
    ("training", "Training"),
    ("contingency", "Contingency"),
];

/// The largest amount that is read.
const MAX_CENTS: i64 = 1_000_000_000_000;

/// A line of the budget.
#[derive(Clone, Debug)]
struct Line {
    id: String,
    item: String,
    category: String,
    scope: String,
    planned: i128,
    actual: i128,
    months: Vec<(String, i128)>,
    /// Planned, spent and each month have a number, and what is planned has a month.
    is_whole: bool,
}

/// The whole budget.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget {
    total: Option<i128>,
    approved: Option<i128>,
    lines: Vec<Line>,
    /// The month in which the last report period ends, such as `2026-09`.
    until: Option<String>,
    improvements: i128,
}

/// Planned and spent, of one line or of many.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    planned: i128,
    actual: i128,
}

impl Budget {
    /// Reads the budget of a profile.
    pub(super) fn read(profile: &Value) -> Self {
        let budget = profile.get("budget").unwrap_or(&Value::Null);
        Self {
            total: cents(budget, "total_cents"),
            approved: cents(budget, "approved_cents"),
            lines: list(budget, "/lines").filter(|l| l.is_object()).map(line).collect(),
            until: list(profile, "/data/periods")
                .filter(|p| text(p, "role") == "report")
                .filter_map(|p| Some(text(p, "to").get(..7)?.to_owned()))
                .max(),
            improvements: list(profile, "/improvements").filter_map(|i| cents(i, "cents")).sum(),
        }
    }

    /// Returns the display of a token: `total`, `approved`, `actual` or `remaining`.
    pub(super) fn token(&self, is_campaign: bool, part: &str) -> Option<String> {
        let counts = |l: &Line| !is_campaign || l.scope == "campaign";
        let sums = self.lines.iter().any(counts).then(|| self.sums(counts));
        let total = if is_campaign { sums.map(|s| s.planned) } else { self.total };
        let cents = match part {
            "total" => total,
            "approved" if !is_campaign => self.approved,
            "actual" => sums.map(|s| s.actual),
            "remaining" => total.zip(sums).map(|(total, s)| total - s.actual),
            _ => return None,
        };
        Some(cents.map_or_else(|| NOT_AVAILABLE.into(), money))
    }

    /// Returns every amount with a name: totals, what is left, categories, lines and months.
    pub(super) fn amounts(&self) -> Vec<(String, i128)> {
        let all = self.sums(|_| true);
        let campaign = self.sums(|l| l.scope == "campaign");
        let mut out = Vec::new();
        let mut add = |name: String, cents: i128| out.push((name, cents));
        for (name, total) in [("total", self.total), ("approved", self.approved)] {
            let Some(total) = total else { continue };
            add(format!("budget:{name}"), total);
            add(format!("budget:{name}-left"), total - all.actual);
        }
        for (name, sums) in [("budget", all), ("campaign-budget", campaign)] {
            add(format!("{name}:planned"), sums.planned);
            add(format!("{name}:actual"), sums.actual);
            add(format!("{name}:remaining"), sums.planned - sums.actual);
        }
        for (category, _) in CATEGORIES {
            let sums = self.sums(|l| l.category == category);
            add(format!("{category}:planned"), sums.planned);
            add(format!("{category}:actual"), sums.actual);
            add(format!("{category}:remaining"), sums.planned - sums.actual);
        }
        for line in &self.lines {
            add(format!("{}:planned", line.id), line.planned);
            add(format!("{}:actual", line.id), line.actual);
            add(format!("{}:remaining", line.id), line.planned - line.actual);
            line.months.iter().for_each(|(month, cents)| add(format!("{}:{month}", line.id), *cents));
        }
        out
    }

    /// Returns everything about the budget.
    pub(super) fn context(&self) -> Value {
        let all = self.sums(|_| true);
        let is_campaign = |l: &&Line| l.scope == "campaign";
        let campaign = self.sums(|l| is_campaign(&l));
        let is_known = self.lines.iter().filter(is_campaign).all(|l| l.is_whole);
        let part = |is_campaign, name: &str| computed(self.token(is_campaign, name).unwrap_or_default());
        json!({
            "total": part(false, "total"),
            "approved": part(false, "approved"),
            "actual": part(false, "actual"),
            "remaining": part(false, "remaining"),
            "total_cents": self.total.unwrap_or(0),
            "approved_cents": self.approved.unwrap_or(0),
            "lines_cents": all.planned,
            "actual_cents": all.actual,
            "by_category": self.by_category(all.planned),
            "campaign": {
                "total": part(true, "total"),
                "actual": part(true, "actual"),
                "remaining": part(true, "remaining"),
                "variance": computed(if is_known { campaign.variance() } else { NOT_AVAILABLE.into() }),
                "total_cents": campaign.planned,
                "actual_cents": campaign.actual,
            },
            "lines": self.lines.iter().map(Line::context).collect::<Vec<_>>(),
            "months": self.months(),
            "to_date": self.to_date(|_| true),
            "improvements": computed(money(self.improvements)),
            "improvements_cents": self.improvements,
        })
    }

    /// Returns what some lines planned up to the month of the last report, and how far spending is from
    /// that; nothing where a number is missing or a line has no months.
    fn to_date(&self, counts: impl Fn(&Line) -> bool) -> Value {
        let Some(until) = self.until.as_ref().filter(|_| self.lines.iter().all(|l| l.is_whole)) else {
            return Value::Null;
        };
        let is_due = |(month, _): &&(String, i128)| month <= until;
        let due = |l: &Line| l.months.iter().filter(is_due).map(|(_, cents)| cents).sum::<i128>();
        let sums = self.lines.iter().filter(|l| counts(l)).fold(Sums::default(), |sum, line| Sums {
            planned: sum.planned + due(line),
            actual: sum.actual + line.actual,
        });
        sums.context()
    }

    fn by_category(&self, total: i128) -> Vec<Value> {
        self.categories().iter().map(|name| self.category(name, total)).collect()
    }

    /// Returns the categories that have a line, in their usual order.
    fn categories(&self) -> Vec<&str> {
        let mut names: Vec<&str> = CATEGORIES.iter().map(|c| c.0).collect();
        for line in &self.lines {
            if !names.contains(&line.category.as_str()) {
                names.push(&line.category);
            }
        }
        names.retain(|n| self.lines.iter().any(|l| l.category == *n));
        names
    }

    fn category(&self, name: &str, total: i128) -> Value {
        let sums = self.sums(|l| l.category == name);
        let share = Ratio::new(sums.planned, total).and_then(|r| r.times(Ratio::HUNDRED));
        let label = CATEGORIES.iter().find(|c| c.0 == name).map_or("Other", |c| c.1);
        let mut out = sums.context();
        out["to_date"] = self.to_date(|l| l.category == name);
        out["category"] = json!(name);
        out["label"] = json!(label);
        out["share"] = computed(share.map_or(NOT_AVAILABLE.into(), |s| shown(s, Unit::Percent, 1)));
        out["share_value"] = json!(share.map_or(0.0, Ratio::to_f64));
        out
    }

    fn months(&self) -> Vec<Value> {
        let mut months: BTreeMap<&str, BTreeMap<&str, i128>> = BTreeMap::new();
        for line in &self.lines {
            for (month, cents) in &line.months {
                *months.entry(month).or_default().entry(&line.category).or_default() += cents;
            }
        }
        let categories = self.categories();
        let entry = |(id, parts): (&str, BTreeMap<&str, i128>)| {
            let day: Option<Date> = format!("{id}-01").parse().ok();
            let name = day.map_or_else(|| id.to_owned(), |d| d.strftime("%B %Y").to_string());
            let all = parts.values().sum();
            let part =
                |c: &&str| computed(parts.get(c).filter(|p| **p != 0).map_or("–".into(), |p| money(*p)));
            json!({
                "id": id,
                "month": computed(name),
                "planned": computed(money(all)),
                "by_category": categories.iter().map(part).collect::<Vec<_>>(),
                "value": dollars(all),
            })
        };
        months.into_iter().map(entry).collect()
    }

    fn sums(&self, counts: impl Fn(&Line) -> bool) -> Sums {
        self.lines.iter().filter(|l| counts(l)).fold(Sums::default(), |sum, line| Sums {
            planned: sum.planned + line.planned,
            actual: sum.actual + line.actual,
        })
    }
}

impl Line {
    fn context(&self) -> Value {
        let mut out = Sums { planned: self.planned, actual: self.actual }.context();
        out["id"] = json!(self.id);
        out["item"] = learner(&self.item);
        out["category"] = json!(self.category);
        out["scope"] = json!(self.scope);
        out
    }
}

impl Sums {
    fn variance(self) -> String {
        signed_money(self.actual - self.planned)
    }

    fn context(self) -> Value {
        json!({
            "planned": computed(money(self.planned)),
            "actual": computed(money(self.actual)),
            "variance": computed(self.variance()),
            "planned_value": dollars(self.planned),
            "actual_value": dollars(self.actual),
        })
    }
}

fn line(item: &Value) -> Line {
    let month =
        |m: &Value| Some((text(m, "month").to_owned(), cents(m, "cents")?)).filter(|m| !m.0.is_empty());
    let all_months = list(item, "/months").count();
    let months: Vec<(String, i128)> = list(item, "/months").filter_map(month).collect();
    let (planned, actual) = (cents(item, "cents"), cents(item, "actual_cents"));
    let has_months = months.len() == all_months && (all_months > 0 || planned == Some(0));
    Line {
        id: text(item, "id").into(),
        item: text(item, "item").into(),
        category: text(item, "category").into(),
        scope: text(item, "scope").into(),
        planned: planned.unwrap_or(0),
        actual: actual.unwrap_or(0),
        is_whole: planned.is_some() && actual.is_some() && has_months,
        months,
    }
}

fn cents(value: &Value, name: &str) -> Option<i128> {
    let cents = value.get(name).and_then(Value::as_i64).filter(|c| (-MAX_CENTS..=MAX_CENTS).contains(c));
    cents.map(i128::from)
}

fn dollars(cents: i128) -> f64 {
    Ratio::new(cents, 100).map_or(0.0, Ratio::to_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        Budget::read(&json!({"budget": {"total_cents": 300_000, "approved_cents": 320_000, "lines": [
            {"id": "b1", "item": "Photos", "category": "content", "scope": "overall", "cents": 100_000, "actual_cents": 112_050,
             "months": [{"month": "2026-08", "cents": 60_000}, {"month": "2026-07", "cents": 40_000}]},
            {"id": "b2", "item": "Ads", "category": "paid", "scope": "campaign", "cents": 200_000, "actual_cents": 150_000,
             "months": [{"month": "2026-08", "cents": 200_000}]},
            "half a line",
        ]}}))
    }

    #[test]
    fn tokens_add_up_the_lines() {
        let token = |campaign, part| budget().token(campaign, part);
        assert_eq!(token(false, "total").as_deref(), Some("$3,000.00"));
        assert_eq!(token(false, "actual").as_deref(), Some("$2,620.50"));
        assert_eq!(token(false, "remaining").as_deref(), Some("$379.50"));
        assert_eq!(token(true, "remaining").as_deref(), Some("$500.00"));
        assert_eq!(token(true, "approved"), None);
        assert_eq!(token(false, "left"), None);
    }

    #[test]
    fn categories_and_months_are_summed_in_order() {
        let context = budget().context();
        let labels: Vec<&str> = context["by_category"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|c| c["label"].as_str())
            .collect();
        assert_eq!(labels, ["Content", "Paid media"]);
        assert_eq!(context["by_category"][0]["share"]["="], "33.3%");
        assert_eq!(context["by_category"][0]["variance"]["="], "+$120.50");
        assert_eq!(context["months"][0]["month"]["="], "July 2026");
        assert_eq!(context["months"][1]["planned"]["="], "$2,600.00");
        assert_eq!(context["lines"][0]["item"]["~"], "Photos");
    }

    #[test]
    fn what_is_due_stops_with_the_month_of_the_last_report() {
        let line = |months: Value| json!({"category": "paid", "scope": "campaign", "cents": 900, "actual_cents": 400, "months": months});
        let budget = |months| {
            let periods = json!([{"role": "report", "to": "2026-08-31"}, {"role": "report", "to": "2026-07-31"}, {"role": "after", "to": "2026-12-31"}]);
            Budget::read(&json!({"budget": {"lines": [line(months)]}, "data": {"periods": periods},
                "improvements": [{"cents": 1_500}, {"cents": 250}]}))
            .context()
        };
        let months = json!([{"month": "2026-08", "cents": 300}, {"month": "2026-09", "cents": 600}]);
        let context = budget(months);
        assert_eq!(context["to_date"]["planned"]["="], "$3.00");
        assert_eq!(context["to_date"]["variance"]["="], "+$1.00");
        assert_eq!(context["by_category"][0]["to_date"]["planned"]["="], "$3.00");
        assert_eq!(context["campaign"]["variance"]["="], "\u{2212}$5.00");
        assert_eq!(context["months"][1]["by_category"][0]["="], "$6.00");
        assert_eq!(context["improvements"]["="], "$17.50");
        assert_eq!(budget(json!([]))["to_date"], Value::Null, "nobody says when it is due");
    }

    #[test]
    fn no_budget_is_shown_as_not_available() {
        let context = Budget::read(&json!({"budget": 7})).context();
        assert_eq!(context["total"]["="], "n/a");
        assert_eq!(context["campaign"]["actual"]["="], "n/a");
        assert_eq!(context["lines"], json!([]));
        let huge =
            Budget::read(&json!({"budget": {"total_cents": i64::MIN, "lines": [{"cents": i64::MAX}]}}));
        assert_eq!(huge.context()["total"]["="], "n/a");
    }
}
