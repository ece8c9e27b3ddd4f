//! One small organisation, and what is computed for it.

use super::*;

/// The list of metrics that the program carries.
pub(super) fn definitions() -> Value {
    let text = include_str!("../../templates/shared/metrics.json");
    serde_json::from_str(text).expect("the list of metrics is JSON")
}

fn profile() -> Value {
    json!({
        "platforms": [
            {"id": "facebook", "name": "Facebook", "selected": true},
            {"id": "instagram", "name": "Instagram", "selected": true},
            {"id": "tiktok", "name": "TikTok", "selected": false},
        ],
        "kpis": [
            {"id": "k-rate", "scope": "overall", "name": "Facebook engagement", "metric": "engagement_rate_reach",
             "platform_ids": ["facebook"], "direction": "increase", "baseline": 3.1, "target": 4.5, "owner_id": "mia"},
            {"id": "k-clicks", "scope": "overall", "name": "Link clicks", "metric": "link_clicks",
             "platform_ids": ["facebook", "instagram"], "direction": "increase", "target": 150},
            {"id": "k-reply", "scope": "overall", "name": "Reply time", "metric": "reply_minutes",
             "platform_ids": ["facebook"], "direction": "decrease", "target": 60},
            {"id": "k-sale", "scope": "campaign", "name": "Cost per sale", "metric": "cost_per_conversion",
             "platform_ids": ["facebook"], "direction": "decrease", "target": 12.5},
        ],
        "data": {
            "periods": [
                {"id": "p2", "name": "August", "role": "report", "kind": "month", "from": "2026-08-01", "to": "2026-08-31"},
                {"id": "p1", "name": "July", "role": "report", "kind": "month", "from": "2026-07-01", "to": "2026-07-31"},
                {"id": "b", "name": "June", "role": "baseline", "kind": "month", "from": "2026-06-01", "to": "2026-06-30"},
                {"id": "c", "name": "Open week", "role": "campaign", "kind": "custom", "from": "2026-08-03", "to": "2026-08-16"},
                {"id": "before", "name": "Weeks before", "role": "before", "kind": "custom", "from": "2026-07-20", "to": "2026-08-02"},
            ],
            "values": [{"period_id": "b", "platform_id": "facebook", "metric": "reply_minutes", "value": 95}],
            "files": [
                {"file": "data/metrics.csv", "holds": "metrics", "source": "Suite", "exported_on": "2026-09-02", "by_id": "mia", "covers": "All"},
                {"file": "data/posts.csv", "holds": "posts", "source": "Suite", "exported_on": "2026-09-02", "by_id": "mia", "covers": "All"},
                {"file": "data/absent.csv", "holds": "posts"},
            ],
            "missing": [{"kpi_id": "k-reply", "period_id": "p2", "reason": "Inbox was down"}],
        },
        "campaign": {"platform_ids": ["facebook"]},
        "budget": {"total_cents": 100_000, "lines": [{"id": "b1", "item": "Ads", "category": "paid", "scope": "campaign", "cents": 40_000, "actual_cents": 39_500}]},
    })
}

const METRICS: &str = "period,platform,metric,value
p1,facebook,reach,10000
p1,facebook,reactions,300
p1,facebook,comments,80
p1,facebook,shares,20
p1,facebook,link_clicks,100
p1,instagram,link_clicks,20
p1,facebook,reply_minutes,80
p2,facebook,reach,10000
p2,facebook,reactions,350
p2,facebook,comments,70
p2,facebook,shares,29
p2,facebook,link_clicks,140
p2,instagram,link_clicks,9
p2,instagram,reactions,1
p2,instagram,saves,1
c,facebook,reach,2000
c,facebook,impressions,5000
c,facebook,link_clicks,90
c,facebook,conversions,30
c,facebook,spend_cents,39500
c,facebook,revenue_cents,100000
before,facebook,conversions,0
before,facebook,spend_cents,100
";

const POSTS: &str =
    "post,period,on,platform,type,title,reach,impressions,reactions,comments,shares,saves,clicks
1,p1,2026-07-03,facebook,photo,\"Loaves, warm\",1000,1500,30,5,5,,12
2,p1,2026-07-04,facebook,video,Kneading,900,1500,40,5,0,0,1
3,p1,2026-07-05,instagram,reel,=HYPERLINK(1),,10,4,0,0,0,
4,p1,2026-07-06,facebook,photo,Nobody,0,0,0,0,0,0,0
";

fn read(profile: &Value, files: &[(&str, &str)]) -> (Metrics, Diagnostics) {
    let text = serde_json::to_vec_pretty(profile).expect("JSON");
    let source = Source::parse("profile.json", &text).expect("a profile");
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    Metrics::from(&source, &definitions(), &files)
}

fn metrics() -> Metrics {
    let (metrics, found) = read(&profile(), &[("data/metrics.csv", METRICS), ("data/posts.csv", POSTS)]);
    assert_eq!(found, []);
    metrics
}

fn problems(metrics_csv: &str) -> Vec<(String, usize, usize, String)> {
    let (_, found) = read(&profile(), &[("data/metrics.csv", metrics_csv)]);
    let told = |d: Diagnostic| {
        let place = d.place.expect("a place");
        (d.message, place.line, place.column, d.hints.join("; "))
    };
    found.into_iter().map(told).collect()
}

fn token(text: &str) -> String {
    metrics().token(text).unwrap_or_else(|e| format!("! {e}"))
}

#[test]
fn tokens_print_computed_figures() {
    assert_eq!(token("k-rate@p1"), "4.00%");
    assert_eq!(token("k-rate@p2"), "4.49%");
    assert_eq!(token("k-rate@p2:change"), "+0.49 percentage points");
    assert_eq!(token("k-rate@p2:variance"), "−0.01 percentage points");
    assert_eq!(token("k-rate:target"), "4.50%");
    assert_eq!(token("k-rate:baseline"), "3.10%");
    assert_eq!(token("k-rate:trend"), "+0.49 percentage points");
    assert_eq!(token("k-clicks@p2"), "149");
    assert_eq!(token("k-clicks@p2:change"), "+29 (+24.2%)");
    assert_eq!(token("facebook/reach@c"), "2,000");
    assert_eq!(token("facebook/cost_per_thousand@c"), "$79.00");
    assert_eq!(token("facebook/return_on_ad_spend@c"), "2.53×");
    assert_eq!(token("budget:remaining"), "$605.00");
    assert_eq!(token("campaign-budget:actual"), "$395.00");
}

#[test]
fn a_status_is_judged_before_rounding() {
    assert_eq!(token("k-rate@p2:attainment"), "99.8%");
    assert_eq!(token("k-rate@p2:status"), "Partly achieved");
    assert_eq!(token("k-clicks@p2:attainment"), "99.3%");
    let mut close = profile();
    close["kpis"][1]["target"] = json!(149.05);
    let (figures, _) = read(&close, &[("data/metrics.csv", METRICS)]);
    assert_eq!(figures.token("k-clicks@p2:attainment").as_deref(), Ok("99.97%"));
    close["kpis"][1]["target"] = json!(149.000_001);
    let (figures, _) = read(&close, &[("data/metrics.csv", METRICS)]);
    assert_eq!(figures.token("k-clicks@p2:status").as_deref(), Ok("Partly achieved"));
    assert_eq!(figures.token("k-clicks@p2:attainment").as_deref(), Ok("99.999999%"));
}

#[test]
fn lower_is_better_turns_the_quotient_round() {
    assert_eq!(token("k-reply@p1:attainment"), "75.0%");
    assert_eq!(token("k-reply@p1:status"), "Not achieved");
    assert_eq!(token("k-reply@p1:change"), "−15 min (−15.8%)");
    assert_eq!(token("k-sale@c"), "$13.17");
    assert_eq!(token("k-sale@c:attainment"), "94.9%");
}

#[test]
fn targets_of_zero_are_judged_without_a_quotient() {
    let judge = |target: f64, direction: &str, clicks: u32| {
        let mut p = profile();
        p["kpis"][1]["target"] = json!(target);
        p["kpis"][1]["direction"] = json!(direction);
        let csv = format!(
            "period,platform,metric,value\np1,facebook,link_clicks,{clicks}\np1,instagram,link_clicks,0\n"
        );
        let figures = read(&p, &[("data/metrics.csv", csv.as_str())]).0;
        (figures.token("k-clicks@p1:status"), figures.token("k-clicks@p1:attainment"))
    };
    let verdict = |status: &str| (Ok(status.to_owned()), Ok("n/a".to_owned()));
    assert_eq!(judge(0.0, "decrease", 0), verdict("Achieved"));
    assert_eq!(judge(0.0, "decrease", 3), verdict("Not achieved"));
    assert_eq!(judge(5.0, "decrease", 0), verdict("Achieved"));
    assert_eq!(judge(0.0, "increase", 0), verdict("Achieved"));
    assert_eq!(judge(-4.0, "increase", 0), verdict("Achieved"));
    assert_eq!(judge(-4.0, "decrease", 0), verdict("Not achieved"));
}

#[test]
fn unknown_figures_say_why() {
    let context = metrics().context();
    let reply = &context["kpis"][2]["periods"];
    assert_eq!(reply[0]["id"], "p1");
    assert_eq!(reply[0]["value_known"], true);
    assert_eq!(reply[1]["value_known"], false);
    assert_eq!(reply[1]["reason"]["~"], "Inbox was down");
    assert_eq!(reply[1]["missing"], json!(["Median reply time"]));
    assert_eq!(reply[1]["actual"]["="], "n/a");
    let sale = &context["kpis"][3];
    assert_eq!(sale["periods"][0]["reason"], "no data");
    assert_eq!(sale["before"]["reason"], "nothing to divide by");
    assert_eq!(sale["before"]["has_data"], true);
    assert_eq!(sale["campaign"]["value_known"], true);
    assert!(sale.get("after").is_none());
    assert_eq!(context["kpis"][0].get("campaign"), None);
}

#[test]
fn a_part_that_a_platform_never_reports_is_no_gap() {
    assert_eq!(token("facebook/interactions@p1"), "400");
    assert_eq!(token("instagram/interactions@p2"), "2");
    assert_eq!(token("instagram/interactions@p1"), "n/a");
}

#[test]
fn sums_are_compared_over_spans_of_one_length_only() {
    assert_eq!(token("k-clicks@p1:change"), "n/a");
    let mut p = profile();
    p["data"]["periods"][1]["kind"] = json!("custom");
    p["data"]["periods"][1]["to"] = json!("2026-07-20");
    let figures = read(&p, &[("data/metrics.csv", METRICS)]).0;
    assert_eq!(figures.token("k-clicks@p2:change").as_deref(), Ok("n/a"));
    assert_eq!(figures.token("k-rate@p2:change").as_deref(), Ok("+0.49 percentage points"));
}

#[test]
fn reach_is_never_added_over_platforms() {
    let mut p = profile();
    p["kpis"][0]["platform_ids"] = json!(["facebook", "instagram"]);
    p["kpis"][1]["metric"] = json!("link_klicks");
    let (figures, found) = read(&p, &[("data/metrics.csv", METRICS)]);
    let texts: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        texts,
        [
            "reach cannot be added over platforms, but this KPI names 2 of them",
            "there is no metric `link_klicks`"
        ]
    );
    let pointers: Vec<_> = found.iter().filter_map(|d| d.place.as_ref()?.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/kpis/0/platform_ids", "/kpis/1/metric"]);
    assert_eq!(found[1].hints, ["did you mean `link_clicks`?"]);
    assert_eq!(figures.context()["kpis"][0]["periods"][0]["reason"], "cannot be added over platforms");
}

#[test]
fn posts_are_ranked_by_the_exact_rate() {
    let context = metrics().context();
    let posts = context["posts"]["p1"].as_array().expect("a list").clone();
    let ids: Vec<&str> = posts.iter().filter_map(|p| p["id"].as_str()).collect();
    assert_eq!(ids, ["2", "1", "3", "4"]);
    assert_eq!(posts[0]["rate"]["="], "5.00%");
    assert_eq!(posts[1]["title"]["~"], "Loaves, warm");
    assert_eq!(posts[2]["rate"]["="], "n/a");
    assert_eq!(metrics().words().len(), 8);
}

#[test]
fn overviews_cover_platforms_in_use() {
    let context = metrics().context();
    let rows = context["platforms"]["p1"].as_array().expect("a list");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["rows"]["interactions"]["="], "400");
    assert_eq!(rows[1]["rows"]["reach"]["="], "n/a");
    assert_eq!(context["metrics"]["c"].as_array().map(Vec::len), Some(6));
    assert_eq!(context["metrics"]["c"][4]["value"]["="], "$1,000.00");
    assert_eq!(context["values"]["facebook/frequency@c"]["="], "2.50×");
    assert_eq!(context["values"].get("instagram/reach@p1"), None);
    let labels: Vec<&str> =
        context["funnel"].as_array().expect("a list").iter().filter_map(|s| s["label"].as_str()).collect();
    assert_eq!(labels, ["Reach", "Link clicks", "Conversions"]);
    assert_eq!(context["costs"][3]["value"]["="], "$13.17");
    assert_eq!(context["files"][0]["rows"]["="], "23");
    assert_eq!(context["files"][2]["sha256"]["="], "n/a");
}

#[test]
fn a_funnel_over_several_platforms_starts_with_impressions() {
    let mut p = profile();
    p["campaign"]["platform_ids"] = json!(["facebook", "instagram"]);
    let csv = format!("{METRICS}c,instagram,reach,50\nc,instagram,impressions,500\n");
    let funnel = read(&p, &[("data/metrics.csv", &csv)]).0.context()["funnel"].clone();
    assert_eq!(funnel[0]["label"], "Impressions");
    assert_eq!(funnel[0]["value"]["="], "5,500");
    assert_eq!(funnel[1]["value"]["="], "90");
    let bare = "period,platform,metric,value\nc,facebook,link_clicks,90\nc,facebook,conversions,3\n";
    assert_eq!(read(&p, &[("data/metrics.csv", bare)]).0.context()["funnel"], json!([]));
}

#[test]
fn rows_that_cannot_count_are_told_with_line_and_column() {
    let csv = "period,platform,metric,value\np9,facebook,reach,1\np1,facebok,reach,1\np1,facebook,reech,x1\n\
               p1,facebook,reach,1.5\np1,facebook,frequency,2\np1,facebook,reach,\np1,facebook,reach,7\np1,facebook,reach,7\n\
               b,facebook,reply_minutes,95\np1,facebook,saves,9999999999999\n";
    let found = problems(csv);
    let told: Vec<(&str, usize, usize)> = found.iter().map(|p| (p.0.as_str(), p.1, p.2)).collect();
    assert_eq!(
        told,
        [
            ("there is no period `p9` in data › periods", 2, 1),
            ("there is no platform `facebok` in platforms", 3, 4),
            ("there is no metric `reech` in the list of metrics", 4, 13),
            ("`x1` is not a whole number", 4, 19),
            ("`1.5` is not a whole number", 5, 19),
            ("`frequency` is computed and cannot be typed", 6, 13),
            ("there is no number here", 7, 19),
            ("this number stands twice: same period, platform and metric", 9, 19),
            ("this number stands twice: same period, platform and metric", 10, 26),
            ("9999999999999 is too large", 11, 19),
        ]
    );
    assert_eq!(found[1].3, "did you mean `facebook`?");
    assert_eq!(found[7].3, "keep one of the two; the first is in data/metrics.csv, line 8");
    assert!(found[8].3.contains("the first is in profile.json, line "), "{}", found[8].3);
}

#[test]
fn posts_stand_once_and_have_dates() {
    let csv = format!(
        "{POSTS}1,p1,2026-07-03,facebook,photo,Again,1,1,1,1,1,1,1\n9,p1,3/7/2026,facebook,photo,x,1,1,1,1,1,1,1\n"
    );
    let (_, found) = read(&profile(), &[("data/metrics.csv", METRICS), ("data/posts.csv", &csv)]);
    let texts: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(texts, ["the post `1` stands twice", "`3/7/2026` is not a date"]);
}

#[test]
fn tokens_that_name_nothing_are_explained() {
    assert_eq!(token("k-rat@p1"), "! there is no KPI `k-rat`; did you mean `k-rate`?");
    assert_eq!(token("k-rate@p7"), "! there is no period `p7`; use one of: p2, p1, b, c, before");
    assert_eq!(
        token("k-rate"),
        "! `k-rate` does not say which figure is meant; write it like `[[k-rate@p2]]`"
    );
    assert_eq!(token("k-rate:status"), "! `status` needs a period, such as `[[k-rate@p2:status]]`");
    assert_eq!(
        token("k-rate@p1:target"),
        "! `target` does not depend on a period; write `[[k-rate:target]]`"
    );
    assert_eq!(token("facebook/reech@p1"), "! there is no metric `reech`; did you mean `reach`?");
    assert_eq!(
        token("budget:left"),
        "! there is no part of the budget `left`; use one of: total, approved, actual, remaining"
    );
    assert_eq!(
        token("budget"),
        "! `budget` does not say which figure is meant; write it like `[[budget:total]]`"
    );
    for text in ["", "@", ":", "/", "a/@b:c", "::", "@@", "é"] {
        assert!(token(text).starts_with("! "), "{text}");
    }
}

#[test]
fn nothing_in_a_half_finished_profile_panics() {
    fn mutilate(value: &Value, spoil: &Value) -> Vec<Value> {
        let replaced = |make: &dyn Fn(Value) -> Value, child: &Value| {
            let mut out = vec![make(spoil.clone())];
            out.extend(mutilate(child, spoil).into_iter().map(make));
            out
        };
        match value {
            Value::Object(map) => map
                .iter()
                .flat_map(|(k, v)| {
                    replaced(
                        &|new| {
                            let mut m = map.clone();
                            m.insert(k.clone(), new);
                            m.into()
                        },
                        v,
                    )
                })
                .collect(),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .flat_map(|(i, v)| {
                    replaced(
                        &|new| {
                            let mut a = items.clone();
                            a[i] = new;
                            a.into()
                        },
                        v,
                    )
                })
                .collect(),
            _ => Vec::new(),
        }
    }
    for spoil in [json!({}), json!("x"), json!(-1e300)] {
        for broken in mutilate(&profile(), &spoil) {
            let (figures, _) = read(&broken, &[("data/metrics.csv", METRICS), ("data/posts.csv", POSTS)]);
            assert!(figures.context().is_object());
        }
    }
}
