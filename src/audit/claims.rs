//! What a pack claims about itself in `checklist.json`, compared with what was found.
//!
//! Owns the findings about it. A claim that is stronger than what was found contradicts the pages; a
//! weaker one is only worth a look. Where another version, release or set of thresholds judged, other
//! statuses are told and blamed on nobody.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::bag::Identity;
use super::coverage::{CoveredRow, PagePlace};
use super::finding::{Finding, Problem};
use super::inside::{ATTACHED, CHECKLIST, Inside, SUBMISSION};
use super::pdf::Skeleton;
use crate::trace::{Status, Totals};

/// For how many claims without evidence the words are looked for; no more of them are told.
const SOUGHT: usize = 20;

/// What the checklist of a pack says.
pub(super) struct Claims {
    rows: BTreeMap<String, Claimed>,
    totals: BTreeMap<String, usize>,
    /// Why statuses may be other ones than this program finds, if there is a reason.
    judged_by_others: Option<String>,
}

#[derive(Deserialize)]
struct Checklist {
    unit: Value,
    thresholds: Value,
    rows: Vec<Claimed>,
    totals: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct Claimed {
    id: String,
    status: Status,
    evidence: Vec<PagePlace>,
}

impl Claims {
    /// Reads the checklist; an error is one sentence why it cannot be read.
    pub(super) fn read(
        bytes: Option<&[u8]>,
        inside: &Inside<'_>,
        identity: &Identity,
    ) -> Result<Self, String> {
        let bytes = bytes.ok_or("it is not there")?;
        let list: Checklist = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        let unit = &inside.checked.unit;
        let own = unit.conventions.to_json();
        let usual = |key: &str, name: &str| list.thresholds.get(key) == own.get(name);
        let is_release = list.unit.get("release") == unit.value.get("release");
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("unknown").to_owned();
        let judged_by_others = if !identity.is_this_version() {
            Some(format!("it was made by {}", identity.made_by.as_deref().unwrap_or("an unknown program")))
        } else if !is_release {
            Some(format!("it is for release {} of the unit", text(list.unit.get("release"))))
        } else if !(usual("set", "base") && usual("changed", "numbers") && usual("advice", "advice")) {
            Some(format!("it was judged by other thresholds (set {})", text(list.thresholds.get("set"))))
        } else {
            None
        };
        let rows = list.rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        Ok(Self { rows, totals: list.totals, judged_by_others })
    }

    /// Returns the status that is claimed for a requirement.
    pub(super) fn status(&self, id: &str) -> Option<Status> {
        self.rows.get(id).map(|row| row.status)
    }
}

/// Compares claims with what was found.
pub(super) fn compare(
    inside: &Inside<'_>,
    claims: &Result<Claims, String>,
    (found, sums): (&[CoveredRow], Totals),
) -> Vec<Finding> {
    let mut findings = documents(inside);
    let claims = match claims {
        Ok(claims) => claims,
        Err(why) => {
            findings.push(contradicts(
                "checklist-unreadable",
                format!("it cannot be read: {why}"),
                CHECKLIST,
            ));
            return findings;
        }
    };
    let mut rows = Vec::new();
    for row in found {
        match claims.rows.get(&row.id) {
            Some(claimed) => rows.extend(places(inside, claimed, row, SOUGHT.saturating_sub(rows.len()))),
            None => rows.push(weaker(format!("{}: it says nothing of this requirement", row.id))),
        }
    }
    findings.extend(super::bag::named(rows));
    findings.extend(super::bag::named(statuses(claims, found)));
    let sums = serde_json::to_value(sums).ok();
    let sums = sums.and_then(|t| BTreeMap::<String, usize>::deserialize(t).ok()).unwrap_or_default();
    let is_own = claims.judged_by_others.is_none();
    if is_own && sums != claims.totals && found.iter().all(|r| r.claimed == Some(r.status)) {
        findings.push(contradicts("totals-disagree", "its sums are not those of its rows", CHECKLIST));
    }
    findings
}

/// Compares the files that a PDF carries with those that lie beside it.
pub(super) fn attached(submission: &Skeleton, kept: &BTreeMap<String, Vec<u8>>) -> Vec<Finding> {
    let differs = |name: &&&str| {
        kept.get(&format!("data/{name}"))
            .is_some_and(|beside| submission.attached.get(**name) != Some(beside))
    };
    let told = |name: &&str| {
        let text = format!("the `{name}` that it carries is not the one that lies beside it");
        contradicts("attached-differs", text, SUBMISSION)
    };
    ATTACHED.iter().filter(differs).map(told).collect()
}

/// Looks whether every document is there and can be read.
fn documents(inside: &Inside<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for leaf in &inside.documents {
        let file = format!("data/{}", leaf.file);
        if !leaf.is_there {
            let text = format!("“{}” follows from the profile inside, and it is not there", leaf.title);
            findings.push(contradicts("document-missing", text, &file));
        } else if leaf.skeleton.is_none() {
            findings.push(contradicts("pdf-foreign", FOREIGN, &file));
        }
    }
    if inside.has("submission.pdf") && inside.submission.is_none() {
        findings.push(contradicts("pdf-foreign", FOREIGN, SUBMISSION));
    }
    super::bag::named(findings)
}

const FOREIGN: &str = "it is not a PDF as evipack writes it, so nothing in it could be checked";

/// Compares the places that are claimed for a requirement with those that were found; for the first
/// `sought` that are not there, the words are looked for on all pages.
fn places(inside: &Inside<'_>, claimed: &Claimed, row: &CoveredRow, sought: usize) -> Vec<Finding> {
    let is_same = |one: &PagePlace, other: &PagePlace| one.file == other.file && one.section == other.section;
    let mut findings = Vec::new();
    for place in &claimed.evidence {
        let found = row.places.iter().find(|found| is_same(found, place));
        let why = match found {
            Some(found) if found == place => continue,
            Some(found) if found.page != place.page => format!("that section begins on page {}", found.page),
            Some(PagePlace { submission_page: Some(page), .. }) => {
                format!(
                    "in the submission that section begins on page {page}, not {}",
                    text(place.submission_page)
                )
            }
            Some(_) => "the submission does not show it".to_owned(),
            None if !inside.has(&place.file) => "that file is not there".to_owned(),
            None if findings.len() >= sought => "no evidence for it is marked there".to_owned(),
            None => match inside.pages().find(&place.section) {
                Some((file, page)) if (file, page) != (place.file.as_str(), place.page) => {
                    format!("no evidence for it is marked there; those words stand on page {page} of {file}")
                }
                _ => "no evidence for it is marked there".to_owned(),
            },
        };
        let what =
            format!("{}: it names “{}” on page {} of {}", row.id, place.section, place.page, place.file);
        findings.push(contradicts("checklist-disagrees", format!("{what}, and {why}"), CHECKLIST));
    }
    let is_new = |found: &&PagePlace| !claimed.evidence.iter().any(|place| is_same(place, found));
    findings.extend(row.places.iter().filter(is_new).map(|p| {
        weaker(format!("{}: it does not name “{}” on page {} of {}", row.id, p.section, p.page, p.file))
    }));
    findings
}

fn text(page: Option<usize>) -> String {
    page.map_or_else(|| "any".to_owned(), |page| page.to_string())
}

/// Compares statuses.
fn statuses(claims: &Claims, found: &[CoveredRow]) -> Vec<Finding> {
    let differs = |row: &&CoveredRow| row.claimed.is_some_and(|claimed| claimed != row.status);
    let rows: Vec<&CoveredRow> = found.iter().filter(differs).collect();
    if let (Some(why), false) = (&claims.judged_by_others, rows.is_empty()) {
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let text = format!("{why}; by the rules of this program other statuses hold for {}", ids.join(", "));
        return vec![Finding::warning("judged-otherwise", text).in_file(CHECKLIST)];
    }
    let told = |row: &&CoveredRow| {
        let claimed = row.claimed?;
        let reason = row.reasons.first().map(|r| format!(": {r}")).unwrap_or_default();
        let (says, is) = (claimed.label().to_lowercase(), row.status.label().to_lowercase());
        let text = format!("{}: it says “{says}”, and what is there makes it “{is}”{reason}", row.id);
        let is_stronger = claimed < row.status;
        Some(if is_stronger { contradicts("checklist-disagrees", text, CHECKLIST) } else { weaker(text) })
    };
    rows.iter().filter_map(told).collect()
}

fn contradicts(code: &'static str, text: impl Into<String>, file: &str) -> Finding {
    Finding::of(Problem::Contradicts, code, text)
        .in_file(file)
        .hint("look at the pages, and ask for the pack as evipack wrote it")
}

fn weaker(text: String) -> Finding {
    Finding::warning("checklist-disagrees", text).in_file(CHECKLIST).hint("look at the pages")
}
