//! Figures, computed a second time from the data and found on the page.

use std::collections::BTreeMap;
use std::fs;

use crate::support::{Project, json, root, sample, squeeze};

/// The numbers of the sample: (period, platform, metric) → value.
fn data() -> BTreeMap<(String, String, String), i64> {
    let text = fs::read_to_string(root().join("samples/wattlebird-cycles/data/metrics.csv")).expect("data");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [period, platform, metric, value] = cells[..] else { panic!("{line}") };
        ((period.into(), platform.into(), metric.into()), value.parse().expect("a whole number"))
    };
    text.lines().skip(1).map(row).collect()
}

/// A sum over platforms and metrics of one period.
fn sum(period: &str, platforms: &[&str], metrics: &[&str]) -> i64 {
    let data = data();
    let key = |platform: &str, metric: &str| (period.to_owned(), platform.to_owned(), metric.to_owned());
    let cells = platforms.iter().flat_map(|p| metrics.iter().map(move |m| key(p, m)));
    cells.map(|k| data.get(&k).copied().unwrap_or_else(|| panic!("no {k:?}"))).sum()
}

/// A ratio as a percentage with a number of decimals, halves away from zero, from whole numbers only.
fn percent(part: i64, whole: i64, decimals: u32) -> String {
    let scale = 10_i64.pow(decimals);
    let scaled = (part * 100 * scale * 2 + whole) / (whole * 2);
    let digits = usize::try_from(decimals).expect("small");
    format!("{}.{:0digits$}%", scaled / scale, scaled % scale)
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|c| std::str::from_utf8(c).ok()).collect();
    parts.join(",")
}

/// A row of the trend table: name, baseline and target as typed, then three periods.
fn stands_in_trend_table(kpi: &str, actuals: &[String]) {
    let profile = json("samples/wattlebird-cycles/profile.json");
    let kpis = profile["kpis"].as_array().expect("indicators");
    let name = kpis.iter().find(|k| k["id"] == kpi).and_then(|k| k["name"].as_str()).expect("a name");
    let printed = sample().printed(sample().document("15-"));
    let row = squeeze(&actuals.concat());
    let has_row = printed.match_indices(&squeeze(name)).any(|(at, _)| {
        let after: String = printed[at..].chars().take(name.len() + 60).collect();
        after.contains(&row)
    });
    assert!(has_row, "no row of {name} with {actuals:?}");
}

const PERIODS: [&str; 3] = ["july", "august", "september"];

#[test]
fn reach_is_that_of_one_platform() {
    let actuals = PERIODS.map(|p| grouped(sum(p, &["instagram"], &["reach"])));
    stands_in_trend_table("k-reach", &actuals);
}

#[test]
fn rates_are_pooled_and_not_averaged() {
    let both = ["facebook", "instagram"];
    let interactions = ["reactions", "comments", "shares", "saves"];
    let actuals = PERIODS.map(|p| percent(sum(p, &both, &interactions), sum(p, &both, &["impressions"]), 2));
    stands_in_trend_table("k-engagement", &actuals);
}

#[test]
fn net_sentiment_is_positive_less_negative_of_all() {
    let both = ["facebook", "instagram"];
    let actuals = PERIODS.map(|p| {
        let net = sum(p, &both, &["mentions_positive"]) - sum(p, &both, &["mentions_negative"]);
        let all = sum(p, &both, &["mentions_positive", "mentions_neutral", "mentions_negative"]);
        percent(net, all, 1)
    });
    stands_in_trend_table("k-sentiment", &actuals);
}

#[test]
fn a_changed_number_changes_the_figure_and_the_sentence_that_cites_it() {
    let project = Project::sample();
    let path = project.folder().join("data/metrics.csv");
    let text = fs::read_to_string(&path).expect("data");
    let old = sum("july", &["instagram"], &["reach"]);
    let changed = text.replace(&format!("july,instagram,reach,{old}\n"), "july,instagram,reach,9876\n");
    assert_ne!(text, changed);
    fs::write(path, changed).expect("written");
    let project = project.set("/evaluation/summary", "Reach in July was exactly [[k-reach@july]] accounts.");
    let pack = project.pack(&[]);
    let printed = pack.printed(pack.document("15-"));
    assert!(printed.contains("ReachinJulywasexactly9,876accounts."), "the sentence cites the data");
    assert!(!printed.contains(&grouped(old)), "the old figure is gone");
}

#[test]
fn reach_of_two_platforms_is_never_summed() {
    let project = Project::sample().set("/kpis/0/platform_ids", vec!["instagram", "facebook"]);
    let report = project.check();
    let about = |p: &&serde_json::Value| p["pointer"].as_str().is_some_and(|at| at.starts_with("/kpis/0"));
    let found: Vec<&serde_json::Value> = report.problems().iter().filter(about).collect();
    assert!(found.iter().any(|p| p["severity"] == "error"), "{found:#?}");
}
