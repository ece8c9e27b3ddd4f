//! What the profile says about platforms, periods, KPIs and bands.
//!
//! Owns reading a profile that may be half-finished: what is missing or of the wrong kind is left
//! out. Refuses to complain: the schema and the references have their own checks.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::ratio::Ratio;

/// A platform of the profile.
#[derive(Clone, Debug)]
pub(super) struct Platform {
    /// Its id.
    pub(super) id: String,
    /// What the learner calls it.
    pub(super) name: String,
    /// Whether the organisation uses it.
    pub(super) is_selected: bool,
}

/// What a period is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// Before the strategy.
    Baseline,
    /// One of the successive reports.
    Report,
    /// The campaign itself.
    Campaign,
    /// Before the campaign.
    Before,
    /// After the campaign.
    After,
}

/// A span of time with data.
#[derive(Clone, Debug)]
pub(super) struct Period {
    /// Its id.
    pub(super) id: String,
    /// What the learner calls it.
    pub(super) name: String,
    /// What it is for, if it says so.
    pub(super) role: Option<Role>,
    /// Week, month or custom.
    pub(super) kind: String,
    /// First and last day.
    pub(super) days: Option<(Date, Date)>,
}

impl Period {
    /// Tells whether sums over the two spans can be compared.
    pub(super) fn is_as_long_as(&self, other: &Self) -> bool {
        let length = |p: &Self| p.days.and_then(|(from, to)| to.since(from).ok()).map(|s| s.get_days());
        let is_same_kind = self.kind == other.kind && ["week", "month"].contains(&self.kind.as_str());
        is_same_kind || (length(self).is_some() && length(self) == length(other))
    }
}

/// A key performance indicator.
#[derive(Clone, Debug)]
pub(super) struct Kpi {
    /// Its place in the profile's list.
    pub(super) index: usize,
    /// Its id.
    pub(super) id: String,
    /// What the learner calls it.
    pub(super) name: String,
    /// Overall or campaign.
    pub(super) scope: String,
    /// The id of its metric.
    pub(super) metric: String,
    /// The platforms that count, each once; those that exist.
    pub(super) platforms: Vec<usize>,
    /// Increase, decrease or neither.
    pub(super) direction: String,
    /// The value before the strategy.
    pub(super) baseline: Option<Ratio>,
    /// The value to reach.
    pub(super) target: Option<Ratio>,
    /// The id of the person who reports it.
    pub(super) owner_id: String,
}

/// A name for a range of results.
#[derive(Clone, Debug)]
pub(super) struct Band {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// The lowest per cent of the target in it.
    pub(super) from_percent: i64,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// In the order of the profile.
    pub(super) platforms: Vec<Platform>,
    /// In the order of the profile.
    pub(super) periods: Vec<Period>,
    /// In the order of the profile.
    pub(super) kpis: Vec<Kpi>,
    /// Highest first; never empty once read.
    pub(super) bands: Vec<Band>,
    /// KPI id, period id and why there is no value.
    pub(super) missing: Vec<(String, String, String)>,
    /// The platforms of the campaign that exist.
    pub(super) campaign_platforms: Vec<usize>,
}

impl Facts {
    /// Reads the profile.
    pub(super) fn read(profile: &Value) -> Self {
        let mut facts = Self {
            platforms: named(profile, "/platforms").map(platform).collect(),
            periods: named(profile, "/data/periods").map(period).collect(),
            bands: bands(profile),
            missing: list(profile, "/data/missing").map(reason).collect(),
            ..Self::default()
        };
        facts.kpis = list(profile, "/kpis").enumerate().filter_map(|(i, k)| facts.kpi(i, k)).collect();
        facts.campaign_platforms =
            profile.get("campaign").map(|c| facts.known(c, "platform_ids")).unwrap_or_default();
        facts
    }

    /// Returns the platform of this id.
    pub(super) fn platform(&self, id: &str) -> Option<usize> {
        self.platforms.iter().position(|p| p.id == id)
    }

    /// Returns the period of this id.
    pub(super) fn period(&self, id: &str) -> Option<usize> {
        self.periods.iter().position(|p| p.id == id)
    }

    /// Returns the periods of a role in order of time.
    pub(super) fn with_role(&self, role: Role) -> Vec<usize> {
        let mut found: Vec<usize> =
            (0..self.periods.len()).filter(|&i| self.periods[i].role == Some(role)).collect();
        found.sort_by_key(|&i| self.periods[i].days.map(|d| d.0));
        found
    }

    fn kpi(&self, index: usize, item: &Value) -> Option<Kpi> {
        let number = |name: &str| {
            item.get(name).filter(|n| n.is_number()).and_then(|n| Ratio::decimal(&n.to_string()))
        };
        let id = text(item, "id");
        (!id.is_empty()).then(|| Kpi {
            index,
            id: id.into(),
            name: text(item, "name").into(),
            scope: text(item, "scope").into(),
            metric: text(item, "metric").into(),
            platforms: self.known(item, "platform_ids"),
            direction: text(item, "direction").into(),
            baseline: number("baseline"),
            target: number("target"),
            owner_id: text(item, "owner_id").into(),
        })
    }

    fn known(&self, item: &Value, name: &str) -> Vec<usize> {
        let ids = item.get(name).and_then(Value::as_array).into_iter().flatten();
        let mut found = Vec::new();
        for platform in ids.filter_map(|id| self.platform(id.as_str()?)) {
            if !found.contains(&platform) {
                found.push(platform);
            }
        }
        found
    }
}

fn platform(item: &Value) -> Platform {
    let is_selected = item.get("selected").and_then(Value::as_bool).unwrap_or(false);
    Platform { id: text(item, "id").into(), name: text(item, "name").into(), is_selected }
}

fn period(item: &Value) -> Period {
    let day = |name: &str| text(item, name).parse::<Date>().ok();
    let role = match text(item, "role") {
        "baseline" => Some(Role::Baseline),
        "report" => Some(Role::Report),
        "campaign" => Some(Role::Campaign),
        "before" => Some(Role::Before),
        "after" => Some(Role::After),
        _ => None,
    };
    Period {
        id: text(item, "id").into(),
        name: text(item, "name").into(),
        role,
        kind: text(item, "kind").into(),
        days: day("from").zip(day("to")),
    }
}

fn bands(profile: &Value) -> Vec<Band> {
    let band = |item: &Value| Band {
        id: text(item, "id").into(),
        name: text(item, "name").into(),
        from_percent: item.get("from_percent").and_then(Value::as_i64).unwrap_or(0),
    };
    let mut found: Vec<Band> = named(profile, "/evaluation/bands").map(band).collect();
    if found.is_empty() {
        let usual =
            [("achieved", "Achieved", 100), ("partly", "Partly achieved", 80), ("not", "Not achieved", 0)];
        found = usual
            .map(|(id, name, from)| Band { id: id.into(), name: name.into(), from_percent: from })
            .into();
    }
    found.sort_by_key(|b| std::cmp::Reverse(b.from_percent));
    found
}

fn reason(item: &Value) -> (String, String, String) {
    (text(item, "kpi_id").into(), text(item, "period_id").into(), text(item, "reason").into())
}

/// Returns the items of a list; none when there is no such list.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// Returns the items of a list that have an id.
pub(super) fn named<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    list(value, pointer).filter(|item| !text(item, "id").is_empty())
}

/// Returns the entries of an object; none when there is no such object.
pub(super) fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(name).and_then(Value::as_object).into_iter().flatten()
}

/// Returns a text; an empty one when there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn half_a_profile_is_read_without_complaint() {
        let profile = json!({
            "platforms": [{"id": "facebook"}, {"name": "no id"}, 7],
            "kpis": [{"id": "k", "platform_ids": ["facebook", "facebook", "nowhere", 3], "target": "ten"}, null],
            "data": {"periods": "soon", "missing": [1]},
            "evaluation": {"bands": {}},
        });
        let facts = Facts::read(&profile);
        assert_eq!(facts.kpis.len(), 1);
        assert_eq!(facts.kpis[0].platforms, [0]);
        assert_eq!(facts.kpis[0].target, None);
        assert_eq!(facts.bands[1].name, "Partly achieved");
        assert!(Facts::read(&Value::Null).kpis.is_empty());
    }

    #[test]
    fn periods_of_a_role_stand_in_order_of_time() {
        let profile = json!({"data": {"periods": [
            {"id": "b", "role": "report", "from": "2026-08-01", "to": "2026-08-31", "kind": "month"},
            {"id": "a", "role": "report", "from": "2026-07-01", "to": "2026-07-31", "kind": "month"},
            {"id": "w", "role": "campaign", "from": "2026-07-01", "to": "2026-07-31", "kind": "custom"},
        ]}});
        let facts = Facts::read(&profile);
        assert_eq!(facts.with_role(Role::Report), [1, 0]);
        assert!(facts.periods[1].is_as_long_as(&facts.periods[2]));
        let shorter = Period { days: None, ..facts.periods[2].clone() };
        assert!(!facts.periods[1].is_as_long_as(&shorter));
    }
}
