//! Figures that stand out: far from their like, or outside what is usual.
//!
//! Owns the arithmetic. Refuses to call anything wrong: rules ask for an explanation.

use minijinja::Environment;
use minijinja::value::Value;

use super::{items, number, part, text};

/// The fewest figures of which a middle says something.
const FEWEST: usize = 8;
/// Makes the median absolute deviation comparable to a standard deviation.
const NORMAL: f64 = 1.4826;

/// Adds the words about figures that stand out.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("outliers", |list: &Value, group: &str, key: &str, limit: f64| {
        outliers(list, (group, key), limit)
    });
    env.add_function("outside_bands", outside);
    env.add_function("flat", |lists: &Value| items(lists).iter().flat_map(items).collect::<Vec<_>>());
}

/// Returns items of which `key` lies more than `limit` robust deviations from the median of its
/// group, on a scale of ratios: ten times as much is as far off as a tenth.
fn outliers(list: &Value, (group, key): (&str, &str), limit: f64) -> Vec<Value> {
    let list = items(list);
    let size = |i: &Value| number(&part(i, key)).map(f64::ln_1p);
    let is_far = |item: &&Value| {
        let alike = list.iter().filter(|o| part(o, group) == part(item, group));
        let sizes: Vec<f64> = alike.filter_map(size).collect();
        let middle = median(sizes.clone());
        let spread = median(sizes.iter().map(|s| (s - middle).abs()).collect()) * NORMAL;
        sizes.len() >= FEWEST
            && spread > 0.0
            && size(item).is_some_and(|s| (s - middle).abs() > limit * spread)
    };
    list.iter().filter(is_far).cloned().collect()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match numbers.len() {
        0 => 0.0,
        n if n % 2 == 1 => numbers[n / 2],
        n => f64::midpoint(numbers[n / 2 - 1], numbers[n / 2]),
    }
}

/// Returns `[{pointer, platform, metric, period_id, value, from, to}]`: figures of platforms in the
/// report periods beyond their usual band by more than `factor`, the first of each metric. Bands are
/// those of a brand in the platform’s name, or of `*`; metrics under `monthly` count for months only.
fn outside(numbers: &Value, profile: &Value, table: &Value, factor: f64) -> Vec<Value> {
    let platforms = items(&part(profile, "platforms"));
    let periods = items(&part(profile, "data.periods"));
    let bands: Vec<Band> = items(&part(table, "bands")).iter().filter_map(Band::read).collect();
    let monthly: Vec<String> = items(&part(table, "monthly")).iter().map(text).collect();
    let mut found: Vec<(usize, String, Value)> = Vec::new();
    for (id, figure) in figures(numbers) {
        let Some((platform, metric, period)) = named(&id) else { continue };
        if !bands.iter().any(|b| b.metric == metric) {
            continue;
        }
        let fits = |p: &Value| {
            let is_month = text(&part(p, "kind")) == "month";
            text(&part(p, "role")) == "report" && (is_month || !monthly.iter().any(|m| m == metric))
        };
        let is_meant = periods.iter().find(|p| text(&part(p, "id")) == period).is_some_and(fits);
        let at = platforms.iter().position(|p| text(&part(p, "id")) == platform).filter(|_| is_meant);
        let Some((at, value)) = at.zip(number(&figure)) else { continue };
        let name = part(&platforms[at], "name");
        let band = Band::of(&bands, &text(&name).to_lowercase(), metric);
        let Some(band) = band.filter(|b| value < b.from.min(b.from / factor) || value > b.to * factor) else {
            continue;
        };
        if found.iter().any(|(p, m, _)| *p == at && m == metric) {
            continue;
        }
        let entry = Value::from_pairs([
            ("pointer", Value::from(format!("/platforms/{at}"))),
            ("platform", name),
            ("metric", Value::from(metric)),
            ("period_id", Value::from(period)),
            ("value", Value::from((value * 100.0).round() / 100.0)),
            ("from", Value::from(band.from)),
            ("to", Value::from(band.to)),
        ]);
        found.push((at, metric.to_owned(), entry));
    }
    found.into_iter().map(|(_, _, entry)| entry).collect()
}

/// Returns all figures with their names, whatever their unit.
fn figures(numbers: &Value) -> Vec<(String, Value)> {
    let of_unit = |unit: Value| {
        let ids: Vec<Value> = unit.try_iter().into_iter().flatten().collect();
        ids.into_iter().map(move |id| (text(&id), unit.get_item(&id).unwrap_or_default()))
    };
    items(numbers).into_iter().flat_map(of_unit).collect()
}

/// The usual range of a metric on a brand of platform.
struct Band {
    brand: String,
    metric: String,
    from: f64,
    to: f64,
}

impl Band {
    fn read(entry: &Value) -> Option<Self> {
        Some(Self {
            brand: text(&part(entry, "platform")).to_lowercase(),
            metric: text(&part(entry, "metric")),
            from: number(&part(entry, "from"))?,
            to: number(&part(entry, "to"))?,
        })
    }

    /// Returns the band of a platform by its name in small letters; its own before the one of any.
    fn of<'a>(bands: &'a [Self], name: &str, metric: &str) -> Option<&'a Self> {
        let mut all = bands.iter().filter(|b| b.metric == metric);
        all.clone().find(|b| is_brand(name, &b.brand)).or_else(|| all.find(|b| b.brand == "*"))
    }
}

/// Splits `platform/metric@period`; a change or another part of a figure is not meant.
fn named(id: &str) -> Option<(&str, &str, &str)> {
    let (platform, rest) = id.split_once('/')?;
    let (metric, period) = rest.split_once('@')?;
    (!period.contains(':')).then_some((platform, metric, period))
}

fn is_brand(name: &str, brand: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric()).any(|w| w == brand)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn serde(json: serde_json::Value) -> Value {
        Value::from(minijinja::value::Serde(json))
    }

    #[test]
    fn one_post_far_from_its_like_is_found() {
        let reach = [90, 100, 110, 95, 105, 98, 102, 99, 9_000];
        let posts =
            reach.iter().map(|r| json!({"p": "fb", "reach": r})).chain([json!({"p": "ig", "reach": 7})]);
        let found = outliers(&serde(posts.collect()), ("p", "reach"), 4.0);
        assert_eq!(found.iter().map(|f| text(&part(f, "reach"))).collect::<Vec<_>>(), ["9000"]);
        assert!(outliers(&Value::UNDEFINED, ("p", "reach"), 4.0).is_empty());
    }

    #[test]
    fn a_figure_beyond_its_band_is_found() {
        let profile = json!({
            "platforms": [{"id": "fb", "name": "Facebook Page"}, {"id": "x", "name": "X"}],
            "data": {"periods": [{"id": "w", "kind": "week", "role": "report"}, {"id": "v", "kind": "week", "role": "report"}]},
        });
        let bands = json!({"monthly": ["growth"], "bands": [
            {"platform": "Facebook", "metric": "rate", "from": 2, "to": 6}, {"platform": "*", "metric": "rate", "from": 1, "to": 2},
            {"platform": "*", "metric": "growth", "from": 1, "to": 2},
        ]});
        let numbers = json!({"percent": {
            "fb/rate@w": 12.5, "fb/rate@v": 13, "fb/rate@w:change": 99, "x/rate@w": 3.9,
            "x/growth@w": 50, "fb/other@w": 50, "x/rate@v": 0.4,
        }});
        let found = outside(&serde(numbers), &serde(profile), &serde(bands), 2.0);
        let shown: Vec<String> =
            found.iter().map(|f| format!("{} {}", part(f, "pointer"), part(f, "value"))).collect();
        assert_eq!(shown, ["/platforms/0 12.5", "/platforms/1 0.4"]);
    }
}
