//! The matrix as others read it: the checklist's template, the workbook, programs.
//!
//! Owns the names of the parts. Refuses to judge: all numbers are counts of what the matrix holds.

use serde_json::{Value, json};

use super::{Accepted, Finding, Matrix, Row, total};
use crate::text::{Origin, grouped};
use crate::typeset::Words;
use crate::unit::Unit;

impl Matrix {
    /// Returns the matrix as the checklist's template and the workbook read it.
    pub fn context(&self) -> Value {
        json!({
            "rows": self.rows.iter().map(row_context).collect::<Vec<_>>(),
            "reverse": self.reverse(),
            "totals": self.totals,
            "kinds": self.kinds(),
            "provenance": self.documents.iter().map(|(id, title, words)| share(id, title, words)).collect::<Vec<_>>(),
            "ledger": self.ledger(),
            "findings": self.findings.iter().map(Finding::machine).collect::<Vec<_>>(),
        })
    }

    /// Returns the machine-readable checklist.
    pub fn checklist(&self, unit: &Unit) -> Value {
        let own = unit.conventions.to_json();
        json!({
            "format": "evipack-checklist/1",
            "unit": { "code": unit.code, "title": unit.value["title"], "release": unit.value["release"] },
            "thresholds": { "set": unit.conventions.set, "changed": own["numbers"], "advice": own["advice"] },
            "rows": self.rows,
            "documents": self.documents.iter().map(|(id, title, words)| share(id, title, words)).collect::<Vec<_>>(),
            "totals": self.totals,
            "findings": self.findings.iter().map(Finding::machine).collect::<Vec<_>>(),
        })
    }

    /// Words of each requirement's places by who wrote them, with what a reader should notice.
    fn ledger(&self) -> Vec<Value> {
        let leaves = self.rows.iter().filter(|r| !r.group);
        leaves
            .map(|row| {
                with_share(
                    json!({ "id": row.id, "places": row.evidence.len(), "note": note(row) }),
                    &row.words,
                )
            })
            .collect()
    }

    fn reverse(&self) -> Vec<Value> {
        let ids = |document: &str| -> Vec<&str> {
            let has = |r: &&Row| r.evidence.iter().any(|e| e.document == document);
            self.rows.iter().filter(|r| !r.group).filter(has).map(|r| r.id.as_str()).collect()
        };
        self.documents
            .iter()
            .map(|(id, title, _)| json!({ "document": id, "title": title, "ids": ids(id) }))
            .collect()
    }

    fn kinds(&self) -> Vec<Value> {
        let mut kinds: Vec<&str> = Vec::new();
        for row in self.rows.iter().filter(|r| r.is_counted()) {
            if !kinds.contains(&row.kind.as_str()) {
                kinds.push(&row.kind);
            }
        }
        let count = |kind: &str| {
            let of_kind: Vec<&Row> = self.rows.iter().filter(|r| r.is_counted() && r.kind == kind).collect();
            let totals = total(of_kind.iter().copied());
            json!({
                "kind": kind, "label": kind_label(kind), "count": of_kind.len(), "met": totals.met,
                "partly_met": totals.partly_met, "missing": totals.missing, "confirm": totals.confirm, "accepted": totals.accepted,
            })
        };
        kinds.into_iter().map(count).collect()
    }
}

/// Turns the code of a part of the unit into words.
pub(crate) fn kind_label(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// As many reasons as a cell of a table holds in good form; the checklist for programs has them all.
const REASONS: usize = 12;

/// As many characters as a reason needs at most to be understood.
const LETTERS: usize = 400;

/// The first reasons, each of them no longer than a paragraph, and how many there are besides.
fn first(reasons: &[String]) -> Vec<String> {
    let short = |text: &String| match text.char_indices().nth(LETTERS) {
        Some((end, _)) => {
            format!("{} …", text[..end].rsplit_once(' ').map_or(&text[..end], |(words, _)| words))
        }
        None => text.clone(),
    };
    let mut shown: Vec<String> = reasons.iter().take(REASONS).map(short).collect();
    if let Some(more) = reasons.len().checked_sub(REASONS).filter(|n| *n > 0) {
        shown.push(format!("and {more} more, which `evipack check --all` lists"));
    }
    shown
}

fn row_context(row: &Row) -> Value {
    let mut value = json!(row);
    value["reasons"] = json!(first(&row.reasons));
    value["advice"] = json!(first(&row.advice));
    value["status_label"] = json!(row.status.label());
    value["accepted_text"] =
        json!(row.accepted.as_ref().filter(|_| row.is_accepted()).map(Accepted::in_words));
    value["accepted"] =
        row.accepted.as_ref().filter(|_| row.is_accepted()).map_or(Value::Null, Accepted::context);
    value
}

fn share(id: &str, title: &str, words: &Words) -> Value {
    with_share(json!({ "document": id, "title": title }), words)
}

/// Adds words by who wrote them, and the learner's share of them.
fn with_share(mut value: Value, words: &Words) -> Value {
    let count = |origin| words.get(&origin).copied().unwrap_or_default();
    let all = printed(words);
    value["words"] = json!(all);
    value["learner"] = json!(count(Origin::Learner));
    value["case"] = json!(count(Origin::Case));
    value["computed"] = json!(count(Origin::Computed));
    value["template"] = json!(count(Origin::Template));
    value["learner_share"] = json!(format!("{}%", percent(count(Origin::Learner), all)));
    value
}

/// Returns whose words stand in documents, for a sentence of the cover.
pub(crate) fn authorship<'a>(documents: impl Iterator<Item = &'a Words>) -> Value {
    let mut sum = Words::new();
    for (origin, count) in documents.flatten() {
        *sum.entry(*origin).or_default() += count;
    }
    let all = printed(&sum);
    let part = |origin: Origin| {
        let count = sum.get(&origin).copied().unwrap_or_default();
        json!({ "words": { "=": grouped(count as u64) }, "share": { "=": format!("{}%", percent(count, all)) } })
    };
    json!({
        "words": { "=": grouped(all as u64) }, "learner": part(Origin::Learner), "case": part(Origin::Case),
        "computed": part(Origin::Computed), "template": part(Origin::Template),
    })
}

/// All words but those of parts that are still to be completed.
fn printed(words: &Words) -> usize {
    words.iter().filter(|(o, _)| **o != Origin::Gap).map(|(_, n)| n).sum()
}

fn percent(part: usize, all: usize) -> usize {
    (part * 100 + all / 2).checked_div(all).unwrap_or_default()
}

/// What a reader of the ledger should notice about a row, in words; mostly nothing.
fn note(row: &Row) -> &'static str {
    let (all, template) =
        (printed(&row.words), row.words.get(&Origin::Template).copied().unwrap_or_default());
    match () {
        () if row.evidence.is_empty() => "no evidence",
        () if template == all => "standing text only",
        () if template * 2 > all => "mostly standing text",
        () => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_the_first_reasons_and_counts_the_others() {
        let reasons: Vec<String> = (0..15).map(|n| n.to_string()).collect();
        let shown = first(&reasons);
        assert_eq!((shown.len(), shown[11].as_str()), (13, "11"));
        assert_eq!(shown[12], "and 3 more, which `evipack check --all` lists");
        assert_eq!(first(&reasons[..12]), reasons[..12]);
        let cut = first(&["ninety-nine words ".repeat(99)]);
        assert!(cut[0].ends_with("words …") && cut[0].chars().count() <= LETTERS + 2, "{}", cut[0]);
    }
}
