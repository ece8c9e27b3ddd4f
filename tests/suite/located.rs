//! The checklist tells the truth: what it names stands where it says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Pack, Page, half_finished, sample, squeeze, toy};

/// Tells whether a heading stands on a page; a line of the contents, which dots follow, is none.
fn stands_on(heading: &str, page: &Page) -> bool {
    let heading = squeeze(heading);
    let followed_by_dots = |at: usize| page.squeezed[at + heading.len()..].starts_with("..");
    page.squeezed.match_indices(&heading).any(|(at, _)| !followed_by_dots(at))
}

fn number(value: &Value, name: &str) -> usize {
    value[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_else(|| panic!("no {name}"))
}

/// Returns what is wrong with a place of evidence.
fn wrong(pack: &Pack, place: &Value) -> Option<String> {
    let section = place["section"].as_str().expect("a section");
    let file = format!("data/{}", place["file"].as_str().expect("a file"));
    let (page, last, whole) =
        (number(place, "page"), number(place, "last_page"), number(place, "submission_page"));
    let (single, submission) = (pack.pages(&file), pack.pages("data/submission.pdf"));
    if section.is_empty() {
        return Some(format!("{file}: no section"));
    }
    if page > last || last > single.len() {
        return Some(format!("{file}: pages {page} to {last} of {}", single.len()));
    }
    if place["href"] != format!("{}#page={page}", place["file"].as_str().unwrap_or_default()) {
        return Some(format!("{file}: the link {} does not lead to page {page}", place["href"]));
    }
    if !stands_on(section, &single[page - 1]) {
        return Some(format!("{file}: “{section}” is not on page {page}"));
    }
    match submission.get(whole - 1) {
        Some(found) if stands_on(section, found) => None,
        _ => Some(format!("“{section}” is not on page {whole} of the submission")),
    }
}

fn all_places_are_right(pack: &Pack) {
    let found: Vec<String> = pack
        .evidence()
        .iter()
        .filter_map(|(id, place)| Some(format!("{id}: {}", wrong(pack, place)?)))
        .collect();
    assert!(found.is_empty(), "{} places are wrong:\n{}", found.len(), found.join("\n"));
}

#[test]
fn each_heading_of_the_sample_stands_on_its_page() {
    assert!(sample().evidence().len() > 150, "the sample has much evidence");
    all_places_are_right(sample());
}

#[test]
fn each_heading_of_a_draft_stands_on_its_page() {
    all_places_are_right(half_finished());
}

#[test]
fn each_heading_of_another_unit_stands_on_its_page() {
    all_places_are_right(toy());
}

#[test]
fn met_rows_have_evidence_and_missing_rows_have_none() {
    for pack in [sample(), half_finished(), toy()] {
        for row in pack.checklist()["rows"].as_array().expect("rows") {
            let places = row["evidence"].as_array().expect("evidence").len();
            let reasons = row["reasons"].as_array().expect("reasons").len();
            let id = &row["id"];
            match row["status"].as_str() {
                Some("met") => assert!((row["group"] == true || places > 0) && reasons == 0, "{id}"),
                Some("partly_met") => assert!((row["group"] == true || places > 0) && reasons > 0, "{id}"),
                Some("missing") => assert!(reasons > 0, "{id}"),
                other => panic!("{id} has the status {other:?}"),
            }
        }
    }
}

#[test]
fn the_submission_holds_every_page_of_every_document() {
    for pack in [sample(), half_finished(), toy()] {
        let single: usize = pack.documents().iter().map(|d| pack.pages(d).len()).sum();
        let whole = pack.pages("data/submission.pdf").len();
        assert!(whole > single, "a page of contents and {single} pages, not {whole}");
        let last = pack.documents().last().map(|d| pack.printed(d)).expect("a document");
        let heading: String = last.chars().take(20).collect();
        assert!(pack.printed("data/submission.pdf").contains(&heading), "{heading}");
    }
}

#[test]
fn no_page_is_blank_and_each_has_its_number() {
    for pack in [sample(), half_finished(), toy()] {
        for name in pack.documents() {
            let pages = pack.pages(name);
            let foot = |i: usize| format!("Page{}of{}", i + 1, pages.len());
            pages.iter().enumerate().for_each(|(i, page)| is_whole(name, i, page, &foot(i)));
        }
        let single: usize = pack.documents().iter().map(|d| pack.pages(d).len()).sum();
        let pages = pack.pages("data/submission.pdf");
        // The front page is a cover: it has no foot.
        for (i, page) in pages.iter().enumerate().skip(pages.len() - single) {
            is_whole("data/submission.pdf", i, page, &format!("Submissionpage{}", i + 1));
        }
    }
}

/// Between the head and the foot of a page there is something to read.
fn is_whole(name: &str, index: usize, page: &Page, foot: &str) {
    let number = index + 1;
    assert!(page.squeezed.contains(foot), "{name} page {number} has no “{foot}”");
    let margin = 68.0;
    let is_between = |(_, at): &&(String, kurbo::Point)| at.y > margin && at.y < page.size.1 - margin;
    let between = page.places.iter().filter(is_between).count();
    assert!(between > 30, "{name} page {number} is blank: {}", page.squeezed);
}

#[test]
fn no_glyph_is_outside_its_page_or_without_text() {
    for pack in [sample(), half_finished(), toy()] {
        for name in pack.documents().into_iter().chain(["data/submission.pdf"]) {
            for (i, page) in pack.pages(name).iter().enumerate() {
                assert_eq!(page.mute, 0, "{name} page {} has glyphs that cannot be copied as text", i + 1);
                let (width, height) = page.size;
                let is_out = |(_, p): &&(String, kurbo::Point)| {
                    p.x < 20.0 || p.x > width - 20.0 || p.y < 10.0 || p.y > height - 10.0
                };
                let out: String = page.places.iter().filter(is_out).map(|(text, _)| text.as_str()).collect();
                assert!(out.is_empty(), "{name} page {}: “{out}” runs off the page", i + 1);
            }
        }
    }
}

#[test]
fn counts_of_rows_and_totals_agree() {
    for (pack, expected) in [(sample(), Some(88)), (half_finished(), Some(88)), (toy(), None)] {
        let checklist = pack.checklist();
        let rows = checklist["rows"].as_array().expect("rows");
        let counted: Vec<&Value> =
            rows.iter().filter(|r| r["group"] == false && r["extra"] == false).collect();
        let mut by_status: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &counted {
            *by_status.entry(row["status"].as_str().expect("a status")).or_default() += 1;
        }
        for status in ["met", "partly_met", "missing"] {
            assert_eq!(
                number(&checklist["totals"], status),
                by_status.get(status).copied().unwrap_or(0),
                "{status}"
            );
        }
        assert_eq!(
            number(&checklist["totals"], "confirm"),
            counted.iter().filter(|r| r["confirm"] == true).count()
        );
        assert_eq!(expected.unwrap_or(counted.len()), counted.len());
    }
}
