//! The matrix of requirements and packs, and how the class stands with each requirement.
//!
//! Owns its rows, its columns and their sums. Packs are read one after the other: only counts are held.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::coverage::{Coverage, UnitRow, UnitRows};
use super::super::submission::LearnerReport;
use super::Report;
use super::view::{self, anchor, cell, tone};
use crate::trace::{Status, kind_label};

/// A pack whose pages were looked at: the place of its learner, the learner, its place, what was found.
type Covered<'a> = (usize, &'a LearnerReport, usize, &'a Coverage);

/// The packs of a unit whose pages were looked at.
pub(super) fn covered<'a>(report: &'a Report, unit: &'a UnitRows) -> impl Iterator<Item = Covered<'a>> {
    let covered = report.learners.iter().enumerate().flat_map(|(nth, l)| {
        let packs = l.packs.iter().enumerate();
        packs.filter_map(move |(p, pack)| Some((nth, l, p, pack.coverage.as_ref()?)))
    });
    covered.filter(|(.., c)| c.unit == unit.code)
}

/// A pack's row of the matrix.
pub(super) fn row(unit: &UnitRows, (nth, l, p, c): Covered<'_>) -> Json {
    let rows = c.rows.get();
    let leaves = unit.rows.iter().filter(|r| !r.group);
    let cells: Vec<Json> = leaves.map(|leaf| cell(rows.iter().find(|r| r.id == leaf.id))).collect();
    let (sign, word) = l.verdict();
    json!({
        "anchor": anchor(nth), "name": l.shown_as, "id": l.learner.id, "nth": p + 1, "of": l.packs.len(),
        "sign": sign, "word": word, "tone": tone(l), "totals": c.totals, "cells": cells,
    })
}

/// A unit with the columns of its matrix.
pub(super) fn unit(report: &Report, unit: &UnitRows) -> Json {
    let (packs, counts) = counted(report, unit);
    let part = |kind: &str| 1 + kinds(unit).iter().position(|k| k["kind"] == kind).unwrap_or(0);
    let column = |leaf: &UnitRow| {
        let own = counts.get(&leaf.id).copied().unwrap_or_default();
        json!({
            "id": leaf.id, "kind": leaf.kind, "part": part(&leaf.kind), "text": leaf.wording(), "open": own.open, "extra": leaf.extra,
            "confirm": own.confirm, "looked_at": own.looked_at,
        })
    };
    let missed = report.missed.iter().filter(|m| m.unit == unit.code && m.missing + m.partly_met > 0);
    json!({
        "code": unit.code, "title": unit.title, "packs": packs,
        "kinds": kinds(unit),
        "columns": unit.rows.iter().filter(|r| !r.group).map(column).collect::<Vec<_>>(),
        "missed": missed.map(|m| view::missed(unit, m)).collect::<Vec<_>>(),
    })
}

/// How a class stands with one requirement.
#[derive(Clone, Copy, Default)]
struct Column {
    open: usize,
    looked_at: usize,
    confirm: bool,
}

/// The packs of a unit that were looked into, and how they stand with each requirement.
fn counted(report: &Report, unit: &UnitRows) -> (usize, BTreeMap<String, Column>) {
    let (mut packs, mut counts) = (0, BTreeMap::<String, Column>::new());
    for (.., coverage) in covered(report, unit) {
        packs += 1;
        for row in coverage.rows.get() {
            let column = counts.entry(row.id).or_default();
            column.open += usize::from(row.status != Status::Met);
            column.looked_at += 1;
            column.confirm |= row.confirm;
        }
    }
    (packs, counts)
}

/// Parts of a unit with the number of their leaves, for headings over columns.
fn kinds(unit: &UnitRows) -> Vec<Json> {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for row in unit.rows.iter().filter(|r| !r.group) {
        match kinds.last_mut().filter(|(kind, _)| *kind == row.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((&row.kind, 1)),
        }
    }
    kinds
        .iter()
        .map(|(kind, count)| json!({ "kind": kind, "label": kind_label(kind), "count": count }))
        .collect()
}
