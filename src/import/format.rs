//! What is known of each platform's exports, read from data.
//!
//! Owns the form of that knowledge. Refuses to know any platform, column or input by name: a source
//! with ordinary tables is one more file in the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::words::plain;
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// Where the files about exports stand in the catalogue.
const FOLDER: &str = "templates/shared/imports";
/// What they must look like.
const SCHEMA: &str = "schemas/import.schema.json";

/// One source of exports: a platform's own tool.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Format {
    /// What people call it.
    pub(super) name: String,
    /// The platforms whose numbers it exports.
    pub(super) platforms: Vec<PlatformWords>,
    /// The ids of the rules that speak about exports.
    pub(super) rules: Rules,
    /// The tables that occur in its files.
    pub(super) tables: Vec<TableForm>,
}

/// How a platform is called.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PlatformWords {
    /// Its usual name.
    pub(super) name: String,
    /// Whole words that mean it, in lower case.
    pub(super) words: Vec<String>,
}

/// Which rules of a unit speak about exports.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Rules {
    /// One row for each post or day, and not more.
    pub(super) doubled: String,
    /// Whether the day or the month comes first.
    pub(super) date_order: String,
    /// What must not be added up.
    pub(super) not_additive: String,
}

/// What one row of a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RowKind {
    /// One post, with all its numbers up to the day of the export.
    Post,
    /// One post, with the numbers of the days that the export covers.
    PostInRange,
    /// One day of the whole account.
    Day,
    /// A part of the whole span that the export covers.
    Span,
    /// One post on one day: adding these up counts everything several times.
    PostAndDay,
    /// Something that no metric is made of.
    Unused,
}

/// A table that occurs in exports.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct TableForm {
    /// Its stable id, which the profile records.
    pub(super) id: String,
    /// What people call it.
    pub(super) name: String,
    /// Where a person gets it.
    pub(super) export: String,
    /// What one row is about.
    pub(super) rows: RowKind,
    /// Whose number counts when two tables give the same one: the higher.
    #[serde(default)]
    pub(super) rank: u8,
    /// The platform, by its usual name, when the table always is about the same one.
    pub(super) platform: Option<String>,
    /// The input that the number of rows gives.
    pub(super) counts: Option<String>,
    /// Words of which one must be in the name of the file.
    #[serde(default)]
    pub(super) file_words: Vec<String>,
    /// Columns that the table never has.
    #[serde(default)]
    pub(super) without: Vec<String>,
    /// What begins a row that adds up others.
    #[serde(default)]
    pub(super) totals: Vec<String>,
    /// Whether the row that adds up others gives the numbers of the whole span.
    #[serde(default)]
    pub(super) totals_count: bool,
    /// What the title above the table says about its only column of numbers.
    #[serde(default)]
    pub(super) titles: Vec<Title>,
    /// The columns that are known.
    pub(super) columns: Vec<Column>,
    /// How the platform calls types of posts, and how the pack does.
    #[serde(default)]
    pub(super) types: BTreeMap<String, String>,
    /// Inputs that the table cannot supply, with what to do instead.
    #[serde(default)]
    pub(super) lacks: BTreeMap<String, String>,
    /// What a reader should know.
    #[serde(default)]
    pub(super) notes: Vec<String>,
}

/// A title that says what a column of numbers holds.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Title {
    /// Words that the title holds, all of them.
    pub(super) words: Vec<String>,
    /// The inputs that the numbers give.
    pub(super) gives: Vec<String>,
}

/// What a column is for, apart from giving inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// What tells one post from another.
    Id,
    /// The day of the row, or on which a post was published.
    Date,
    /// The first day of the row's span.
    From,
    /// The last day of the row's span.
    To,
    /// The title of a post, or its text.
    Title,
    /// The type of a post.
    Type,
    /// The platform of the row.
    Platform,
    /// A word such as “Lifetime”, or a day if the export was broken down by day.
    Breakdown,
    /// A level at the end of the day.
    Level,
    /// How much the level changed in the day.
    Change,
    /// A number whose meaning the title above the table tells.
    Titled,
}

/// A column that is known.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Column {
    /// The names it goes by; case and spaces do not matter.
    pub(super) names: Vec<String>,
    /// What it is for.
    #[serde(rename = "is")]
    pub(super) role: Option<Role>,
    /// The inputs that it gives; columns that give the same input are added.
    #[serde(default)]
    pub(super) gives: Vec<String>,
    /// Whether the table is only recognised with it.
    #[serde(default)]
    pub(super) required: bool,
    /// Whether its name ends with a currency in brackets.
    #[serde(default)]
    pub(super) currency: bool,
    /// The input that a level gives on the day before a period.
    pub(super) start: Option<String>,
    /// The input that a level gives on the last day of a period.
    pub(super) end: Option<String>,
    /// The words of a breakdown column that mean “no breakdown”.
    #[serde(default)]
    pub(super) whole: Vec<String>,
}

/// What is known of an input.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// What people call it.
    pub(super) name: String,
    /// Whether it is money: written in dollars, kept in cents.
    pub(super) is_money: bool,
    /// Whether its numbers may be added over days and posts.
    pub(super) is_additive: bool,
}

/// All sources and all inputs.
#[derive(Clone, Debug)]
pub(super) struct Formats {
    /// In the order of their files' names.
    pub(super) all: Vec<Format>,
    /// By id.
    pub(super) inputs: BTreeMap<String, Input>,
    /// The ids of the inputs, in the order of the list of metrics.
    pub(super) order: Vec<String>,
    /// Every known column name, without case and spaces.
    pub(super) names: BTreeSet<String>,
}

impl Formats {
    /// Reads them from the catalogue.
    pub(super) fn load(catalog: &Catalog) -> Result<Self, Diagnostics> {
        let mut all = Vec::new();
        let mut problems = Diagnostics::new();
        for file in catalog.list(FOLDER).iter().filter(|n| n.ends_with(".json")) {
            match catalog.checked_json(file, SCHEMA).and_then(|v| typed(file, v)) {
                Ok(format) => all.push(format),
                Err(found) => problems.extend(found),
            }
        }
        let list = catalog.json("templates/shared/metrics.json").map_err(|d| vec![d])?;
        let (inputs, order) = inputs(&list);
        let mut formats = Self { all, inputs, order, names: BTreeSet::new() };
        problems.extend(formats.unknown());
        let columns = formats.tables().flat_map(|(_, t)| &t.columns);
        formats.names = columns.flat_map(|c| &c.names).map(|n| plain(n)).collect();
        if problems.is_empty() { Ok(formats) } else { Err(problems) }
    }

    /// Returns every table with the source that it belongs to.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&Format, &TableForm)> {
        self.all.iter().flat_map(|f| f.tables.iter().map(move |t| (f, t)))
    }

    /// Returns what people call an input.
    pub(super) fn name<'a>(&'a self, input: &'a str) -> &'a str {
        self.inputs.get(input).map_or(input, |i| i.name.as_str())
    }

    /// Returns problems for names that are neither an input nor a platform of the source.
    fn unknown(&self) -> Diagnostics {
        let mut found = Diagnostics::new();
        for (format, table) in self.tables() {
            let levels = table.columns.iter().flat_map(|c| c.start.iter().chain(&c.end));
            let given = table.columns.iter().flat_map(|c| &c.gives);
            let titled = table.titles.iter().flat_map(|t| &t.gives);
            let named = given.chain(levels).chain(titled).chain(table.lacks.keys()).chain(&table.counts);
            for input in named.filter(|i| !self.inputs.contains_key(*i)) {
                found.push(wrong(&table.id, &format!("there is no input `{input}`")));
            }
            let is_known = |name: &String| format.platforms.iter().any(|p| p.name == *name);
            if let Some(name) = table.platform.as_ref().filter(|n| !is_known(n)) {
                found.push(wrong(&table.id, &format!("the source has no platform `{name}`")));
            }
        }
        found
    }
}

impl Column {
    /// Tells whether the column holds a number.
    pub(super) fn is_number(&self) -> bool {
        let counts = |r| matches!(r, Role::Level | Role::Change | Role::Titled);
        !self.gives.is_empty() || self.role.is_some_and(counts)
    }
}

impl TableForm {
    /// Returns the column with a role, by its place in the list of columns.
    pub(super) fn role(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|c| c.role == Some(role))
    }
}

fn typed(file: &str, value: Value) -> Result<Format, Diagnostics> {
    serde_json::from_value(value).map_err(|e| vec![wrong(file, &e.to_string())])
}

fn wrong(what: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Builtin::CatalogInvalid, format!("`{what}`: {why}"))
}

fn inputs(list: &Value) -> (BTreeMap<String, Input>, Vec<String>) {
    let entries = list.get("inputs").and_then(Value::as_object).into_iter().flatten();
    let input = |(id, entry): (&String, &Value)| {
        let name = entry.get("name").and_then(Value::as_str).unwrap_or(id).to_owned();
        let is = |key: &str| entry.get(key).and_then(Value::as_bool).unwrap_or(false);
        let is_money = entry.get("unit").and_then(Value::as_str) == Some("aud");
        (id.clone(), Input { name, is_money, is_additive: is("additive") })
    };
    let entries: Vec<(String, Input)> = entries.map(input).collect();
    let order = entries.iter().map(|(id, _)| id.clone()).collect();
    (entries.into_iter().collect(), order)
}
