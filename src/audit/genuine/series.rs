//! The series of a pack's data: the same numbers give the same series, whatever files, platforms and
//! periods are called and in whatever order the rows stand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::words::{hashed, joined};

/// Values by platform and metric, then by period.
type Series = BTreeMap<(String, String), BTreeMap<(String, String), i64>>;

/// Returns a number for each series that has at least `least` different values; sorted, each once.
pub(super) fn of(profile: &Value, tables: &BTreeMap<&str, &[u8]>, least: usize) -> Vec<u64> {
    let mut series = Series::new();
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let items = |pointer: &str| profile.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    let starts: BTreeMap<String, String> =
        items("/data/periods").map(|p| (text(p, "id"), text(p, "from"))).collect();
    let mut add = |period: &str, platform: &str, metric: &str, value: i64| {
        let from = starts.get(period).cloned().unwrap_or_default();
        let row = series.entry((platform.to_owned(), metric.to_owned())).or_default();
        row.insert((from, period.to_owned()), value);
    };
    for value in items("/data/values") {
        let name = |key: &str| value[key].as_str().unwrap_or_default();
        if let Some(number) = value["value"].as_i64() {
            add(name("period_id"), name("platform_id"), name("metric"), number);
        }
    }
    let files = items("/data/files").filter(|f| f["holds"] == "metrics").filter_map(|f| f["file"].as_str());
    // Each once: a profile can name the same file very often.
    let files: BTreeSet<&str> = files.collect();
    for bytes in files.iter().filter_map(|name| tables.get(name)) {
        for row in rows(bytes) {
            let [period, platform, metric, value] = &row;
            if let Ok(number) = value.parse() {
                add(period, platform, metric, number);
            }
        }
    }
    let mut found: Vec<u64> =
        series.iter().filter_map(|((_, metric), row)| number(metric, row, least)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The columns of a table, found by their names.
fn rows(bytes: &[u8]) -> Vec<[String; 4]> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let Ok(header) = reader.headers().cloned() else { return Vec::new() };
    let column = |name: &str| header.iter().position(|h| h.trim_start_matches('\u{feff}') == name);
    let columns = ["period", "platform", "metric", "value"].map(column);
    let row = |record: csv::StringRecord| {
        columns.map(|c| c.and_then(|c| record.get(c)).unwrap_or_default().to_owned())
    };
    reader.records().filter_map(Result::ok).map(row).collect()
}

fn number(metric: &str, row: &BTreeMap<(String, String), i64>, least: usize) -> Option<u64> {
    let mut values: Vec<i64> = row.values().copied().collect();
    let numbers = values.iter().map(|v| v.cast_unsigned());
    let all = joined(std::iter::once(hashed(metric)).chain(numbers));
    values.sort_unstable();
    values.dedup();
    (values.len() >= least).then_some(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(ids: [&str; 3], platform: &str, rows: &str) -> Vec<u64> {
        let starts = ["2026-07-01", "2026-08-01", "2026-09-01"];
        let periods: Vec<Value> =
            ids.iter().zip(starts).map(|(id, from)| json!({ "id": id, "from": from })).collect();
        let profile = json!({ "data": { "periods": periods, "files": [{ "file": "data/m.csv", "holds": "metrics" }] } });
        let rows = rows.replace("PLATFORM", platform);
        let rows = ids.iter().enumerate().fold(rows, |all, (n, id)| all.replace(&format!("P{n}"), id));
        let text = format!("period,platform,metric,value\n{rows}");
        super::of(&profile, &[("data/m.csv", text.as_bytes())].into(), 3)
    }

    #[test]
    fn names_and_the_order_of_rows_make_no_difference_and_numbers_do() {
        let one = made(
            ["a", "b", "c"],
            "facebook",
            "P0,PLATFORM,reach,10\nP1,PLATFORM,reach,20\nP2,PLATFORM,reach,30\n",
        );
        let other =
            made(["z", "y", "x"], "fb", "P2,PLATFORM,reach,30\nP0,PLATFORM,reach,10\nP1,PLATFORM,reach,20\n");
        assert_eq!((one.len(), &one), (1, &other));
        let changed = made(
            ["a", "b", "c"],
            "facebook",
            "P0,PLATFORM,reach,10\nP1,PLATFORM,reach,21\nP2,PLATFORM,reach,30\n",
        );
        assert_ne!(one, changed);
        let flat = made(
            ["a", "b", "c"],
            "facebook",
            "P0,PLATFORM,posts,9\nP1,PLATFORM,posts,9\nP2,PLATFORM,posts,8\n",
        );
        assert!(flat.is_empty(), "too few different values to tell anything");
    }

    #[test]
    fn a_table_that_is_named_very_often_is_read_once() {
        let file = json!({ "file": "data/m.csv", "holds": "metrics" });
        let profile = json!({ "data": { "files": vec![file; 100_000] } });
        let rows: String = (0..50_000).map(|n| format!("p{n},facebook,reach,{n}\n")).collect();
        let text = format!("period,platform,metric,value\n{rows}");
        let start = std::time::Instant::now();
        assert_eq!(super::of(&profile, &[("data/m.csv", text.as_bytes())].into(), 3).len(), 1);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
