//! What was understood, in a form that can be shown.
//!
//! Owns the words about each table: what it was recognised as, what it gives and what it lacks.
//! Refuses to know who reads it, a person or a program.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use super::format::{Role, RowKind};
use super::known::Known;
use super::rows::Table;
use super::tally::{Tally, range};
use super::words::day;

/// A table that was understood.
#[derive(Clone, Debug, Serialize)]
pub struct Understood {
    /// The file, without folders.
    pub file: String,
    /// The sheet, the file inside the file, or the title above the table; empty if it is alone.
    pub part: String,
    /// What kind of file it is.
    pub kind: String,
    /// The stable id of what it was recognised as.
    pub id: String,
    /// What that is called, with its source.
    pub name: String,
    /// What one row is about, in words.
    pub rows_are: &'static str,
    /// The names of the platforms whose numbers it holds.
    pub platforms: Vec<String>,
    /// How many rows count.
    pub rows: usize,
    /// The first day that it speaks about, year-month-day.
    pub from: Option<String>,
    /// The last day that it speaks about.
    pub to: Option<String>,
    /// The days in words.
    pub days: String,
    /// How many rows lie outside all periods.
    pub outside: usize,
    /// How many rows add up others and were left out.
    pub totals: usize,
    /// When it was exported, year-month-day.
    pub exported_on: Option<String>,
    /// The numbers that it gives.
    pub values: Vec<Value>,
    /// How many posts it gives.
    pub posts: usize,
    /// What stays empty, and why.
    pub lacks: Vec<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A number of a period.
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// The period's id.
    pub period: String,
    /// The period's name.
    pub period_name: String,
    /// The platform's id.
    pub platform: String,
    /// The input.
    pub metric: String,
    /// What the input is called.
    pub metric_name: String,
    /// Whether the value is money, in cents.
    pub is_money: bool,
    /// The value.
    pub value: i64,
}

/// A number that is there already with another value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// What it is about.
    pub what: String,
    /// What is there.
    pub there: String,
    /// Where that stands.
    pub place: String,
    /// What the export says.
    pub new: String,
}

/// Describes every table.
pub(super) fn understood(tables: &[Table<'_>], tally: &Tally, known: &Known<'_>) -> Vec<Understood> {
    (0..tables.len()).map(|index| one(index, tables, tally, known)).collect()
}

fn one(index: usize, tables: &[Table<'_>], tally: &Tally, known: &Known<'_>) -> Understood {
    let (table, seen) = (&tables[index], &tally.seen[index]);
    let (found, form) = (&table.found, table.found.form);
    let part = if found.sheet.is_empty() { found.telling_title().unwrap_or_default() } else { &found.sheet };
    let part = part.to_owned();
    let iso = |day: Date| day.to_string();
    let days = seen
        .span
        .map_or_else(String::new, |(a, b)| if a == b { day(a) } else { format!("{} to {}", day(a), day(b)) });
    let mut notes = form.notes.clone();
    notes.extend(table.notes.iter().chain(&seen.notes).cloned());
    if form.rows == RowKind::Post && seen.span.is_some() && range(tables, index, known).is_none() {
        notes.push("the file does not say from when to when posts were exported: make sure that it holds each period whole".into());
    }
    Understood {
        file: known.files[table.file].clone(),
        part,
        kind: table.kind.clone(),
        id: form.id.clone(),
        name: format!("{}: {}", found.format.name, form.name),
        rows_are: rows_are(form.rows),
        platforms: seen.platforms.iter().map(|p| known.platform(p).to_owned()).collect(),
        rows: table.entries.len(),
        from: seen.span.map(|s| iso(s.0)),
        to: seen.span.map(|s| iso(s.1)),
        days,
        outside: seen.outside,
        totals: table.totals,
        exported_on: known.exported[table.file].map(iso),
        values: values(index, tally, known),
        posts: tally.posts.placed(known).filter(|(_, p)| p.table == index).count(),
        lacks: lacks(table, known),
        notes: table.dates.iter().cloned().chain(notes).collect(),
    }
}

fn rows_are(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Post | RowKind::PostInRange => "one row for each post",
        RowKind::Day => "one row for each day",
        RowKind::Span => "rows for a span of days",
        RowKind::PostAndDay => "one row for each post and day",
        RowKind::Unused => "nothing that a metric is made of",
    }
}

fn values(index: usize, tally: &Tally, known: &Known<'_>) -> Vec<Value> {
    let mine = tally.numbers.iter().filter(|(_, n)| n.table == index);
    let value = |((period, platform, input), number): (&super::tally::Key, &super::tally::Number)| Value {
        period: known.periods[*period].id.clone(),
        period_name: known.periods[*period].name.clone(),
        platform: platform.clone(),
        metric: input.clone(),
        metric_name: known.formats.name(input).to_owned(),
        is_money: known.formats.inputs.get(input).is_some_and(|i| i.is_money),
        value: number.value,
    };
    let mut values: Vec<Value> = mine.map(value).collect();
    values.sort_by_key(|v| known.formats.order.iter().position(|i| *i == v.metric));
    values
}

/// Says what a table cannot give: columns that are not there, and what its source never exports.
fn lacks(table: &Table<'_>, known: &Known<'_>) -> Vec<String> {
    let (found, form) = (&table.found, table.found.form);
    if matches!(form.rows, RowKind::Unused | RowKind::PostAndDay) {
        return Vec::new();
    }
    let there: BTreeSet<&String> =
        (0..form.columns.len()).filter(|c| found.places[*c].is_some()).flat_map(|c| found.gives(c)).collect();
    let mut said = BTreeSet::new();
    let mut lacks = Vec::new();
    for column in form.columns.iter().enumerate().filter(|(c, _)| found.places[*c].is_none()).map(|(_, c)| c)
    {
        for input in column.gives.iter().filter(|i| !there.contains(i)) {
            if said.insert(input) {
                let name = known.formats.name(input).to_lowercase();
                lacks.push(format!("there is no column “{}”: {name} stays empty", column.names[0]));
            }
        }
    }
    let is_titled = form.columns.iter().any(|c| c.role == Some(Role::Titled));
    if is_titled && there.is_empty() {
        lacks.push(format!(
            "the title of the table is “{}”, which is none of the graphs that figures are taken from",
            found.title
        ));
    }
    for (input, instead) in form.lacks.iter().filter(|(i, _)| !there.contains(i)) {
        lacks.push(format!("{}: {instead}", known.formats.name(input)));
    }
    lacks
}
