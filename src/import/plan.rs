//! What would be written: CSV files in the program's own form, and the profile that names them.
//!
//! Owns the names of new files, their bytes and their entries in the profile. Refuses to write over
//! a file that is there, and to hand a formula to a spreadsheet program.

use std::collections::{BTreeMap, BTreeSet};

use csv::WriterBuilder;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::known::{Known, list, text};
use super::posts::Post;
use super::present::{Choice, without};
use super::rows::Table;
use super::tally::{Key, Tally};
use super::words::{day, file_name, harmless, listing, slug, span, title};
use super::{Request, edit, trouble};
use crate::diag::Diagnostics;
use crate::metrics::POSTS;

/// The inputs that fill the columns behind the title.
const NUMBERS: [&str; 7] =
    ["reach", "impressions", "reactions", "comments", "shares", "saves", "link_clicks"];
/// The most files that a profile names.
const MAX_FILES: usize = 40;

/// What is to be written, as a whole or not at all.
#[derive(Clone, Debug)]
pub struct Plan {
    /// New files beside the profile, by relative name.
    pub new_files: BTreeMap<String, Vec<u8>>,
    /// Files that lose rows, because newer numbers replace them.
    pub changed_files: BTreeMap<String, Vec<u8>>,
    /// The profile's new text.
    pub profile: String,
    /// How many numbers are written.
    pub numbers: usize,
    /// How many posts are written.
    pub posts: usize,
}

/// Makes the plan; nothing when there is nothing to write.
pub(super) fn plan(
    found: (&[Table<'_>], &Tally),
    choice: &Choice,
    known: &Known<'_>,
    request: &Request<'_>,
) -> Result<Option<Plan>, Diagnostics> {
    let mut maker = Maker { found, choice, known, request, files: BTreeMap::new(), entries: Vec::new() };
    for file in 0..known.files.len() {
        maker.metrics(file);
        maker.posts(file);
    }
    let Maker { files: new_files, entries, .. } = maker;
    if entries.is_empty() {
        return Ok(None);
    }
    let mut changed_files = BTreeMap::new();
    let mut emptied = BTreeSet::new();
    for (name, rows) in &choice.rows {
        let old = request.profile.files.get(name).map(Vec::as_slice).unwrap_or_default();
        let (bytes, has_rows) = without(old, rows);
        if has_rows {
            changed_files.insert(name.clone(), bytes);
        } else {
            emptied.insert(name.clone());
        }
    }
    let there = list(request.profile.value(), "/data/files").count() - emptied.len();
    if there + entries.len() > MAX_FILES {
        let text = format!("the profile would name more than {MAX_FILES} data files");
        return Err(vec![
            trouble(text).hint("join older files first, and delete their entries under data, files"),
        ]);
    }
    let change = edit::Change { entries, typed: &choice.typed, emptied: &emptied };
    let profile = edit::apply(&request.profile.source.text, change).map_err(|d| vec![d])?;
    let (numbers, posts) = (choice.numbers.len(), choice.posts.len());
    Ok(Some(Plan { new_files, changed_files, profile, numbers, posts }))
}

struct Maker<'m> {
    found: (&'m [Table<'m>], &'m Tally),
    choice: &'m Choice,
    known: &'m Known<'m>,
    request: &'m Request<'m>,
    files: BTreeMap<String, Vec<u8>>,
    entries: Vec<Value>,
}

impl Maker<'_> {
    fn metrics(&mut self, file: usize) {
        let (tables, tally) = self.found;
        let mut chosen: Vec<(&Key, i64, usize)> = Vec::new();
        for key in &self.choice.numbers {
            let Some(number) = tally.numbers.get(key) else { continue };
            if tables[number.table].file == file {
                chosen.push((key, number.value, number.table));
            }
        }
        let order = |input: &str| self.known.formats.order.iter().position(|i| i == input);
        chosen.sort_by_key(|(key, ..)| (key.0, key.1.clone(), order(&key.2)));
        let cells = chosen.iter().map(|((period, platform, input), value, _)| {
            [self.known.periods[*period].id.clone(), platform.clone(), input.clone(), value.to_string()]
                .to_vec()
        });
        let bytes = table(&["period", "platform", "metric", "value"], cells);
        let periods: BTreeSet<usize> = chosen.iter().map(|(key, ..)| key.0).collect();
        let used: BTreeSet<usize> = chosen.iter().map(|c| c.2).collect();
        let mut covers = format!("Totals of {}", self.known.period_names(periods.into_iter()));
        if let Some(days) = self.days(&used) {
            covers.push_str(&format!(", from an export that speaks of {days}"));
        }
        if used.iter().any(|t| tally.has_gaps(*t)) {
            covers.push_str("; days are missing in it");
        }
        self.entry((file, "metrics"), &used, (bytes, covers));
    }

    fn posts(&mut self, file: usize) {
        let (tables, tally) = self.found;
        let mut chosen: Vec<(usize, &Post)> = tally
            .posts
            .placed(self.known)
            .filter(|(_, p)| {
                tables[p.table].file == file
                    && self.choice.posts.contains(&(p.platform.clone(), p.id.clone()))
            })
            .collect();
        chosen.sort_by_key(|(_, p)| (p.on, p.platform.clone(), p.id.clone()));
        let cells = chosen
            .iter()
            .map(|(period, p)| post_cells(p, &self.known.periods[*period].id, self.request.printable));
        let bytes = table(&POSTS, cells);
        let used: BTreeSet<usize> = chosen.iter().map(|(_, p)| p.table).collect();
        let ends = chosen.first().zip(chosen.last()).map(|(a, b)| (a.1.on, b.1.on));
        let covers = ends
            .map_or_else(String::new, |ends| format!("One row for each post published from {}", span(ends)));
        self.entry((file, "posts"), &used, (bytes, covers));
    }

    /// Returns the days of which some tables speak, in words.
    fn days(&self, used: &BTreeSet<usize>) -> Option<String> {
        let spans = used.iter().filter_map(|t| self.found.1.seen[*t].span);
        let all = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        Some(if all.0 == all.1 { day(all.0) } else { span(all) })
    }

    fn entry(
        &mut self,
        (file, holds): (usize, &str),
        used: &BTreeSet<usize>,
        (bytes, covers): (Vec<u8>, String),
    ) {
        let (Some(on), Some(by)) = (self.known.exported[file], &self.known.by) else { return };
        let Some(first) = used.first() else { return };
        let tables = self.found.0;
        let export = &self.request.exports[file];
        let name = self.name(&export.name, holds);
        let names: BTreeSet<&str> = used.iter().map(|t| tables[*t].found.form.name.as_str()).collect();
        let ids: BTreeSet<&str> = used.iter().map(|t| tables[*t].found.form.id.as_str()).collect();
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let source = format!("{}: {}", tables[*first].found.format.name, listing(&names));
        let digest: String = Sha256::digest(&export.bytes).iter().map(|b| format!("{b:02x}")).collect();
        let mut entry = Map::new();
        let fields = [
            ("file", json!(name)),
            ("holds", json!(holds)),
            ("source", json!(source.chars().take(200).collect::<String>())),
            ("exported_on", json!(on.to_string())),
            ("by_id", json!(by)),
            ("covers", json!(covers.chars().take(1000).collect::<String>())),
            ("raw_file", json!(file_name(&export.name))),
            ("raw_sha256", json!(digest)),
            ("import", json!(ids.into_iter().collect::<Vec<_>>().join(", "))),
        ];
        entry.extend(fields.map(|(k, v)| (k.to_owned(), v)));
        self.entries.push(Value::Object(entry));
        self.files.insert(name, bytes);
    }

    /// Returns a name that nothing has yet.
    fn name(&self, raw: &str, holds: &str) -> String {
        let raw = file_name(raw);
        let stem = slug(raw.rsplit_once('.').map_or(raw.as_str(), |(stem, _)| stem));
        let is_named =
            |name: &str| list(self.request.profile.value(), "/data/files").any(|f| text(f, "file") == name);
        let is_free = |name: &String| {
            !self.files.contains_key(name) && !is_named(name) && !(self.request.is_taken)(name)
        };
        let numbered = (2..).map(|n| format!("data/{stem}-{holds}-{n}.csv"));
        let mut names = std::iter::once(format!("data/{stem}-{holds}.csv")).chain(numbered);
        names.find(is_free).unwrap_or_default()
    }
}

/// Returns the cells of a post in the program's own form.
pub(super) fn post_cells(post: &Post, period: &str, printable: &dyn Fn(char) -> bool) -> Vec<String> {
    let words = title(&post.title, printable);
    let words = if words.is_empty() { format!("Post of {}", day(post.on)) } else { words };
    let kind = title(&post.kind, printable);
    let kind = if kind.is_empty() { "post".to_owned() } else { kind };
    let texts = [
        harmless(&post.id),
        period.to_owned(),
        post.on.to_string(),
        post.platform.clone(),
        harmless(&kind),
        harmless(&words),
    ];
    let number = |input: &&str| post.numbers.get(*input).copied().flatten().filter(|n| *n >= 0);
    let numbers = NUMBERS.iter().map(|i| number(i).map_or_else(String::new, |n| n.to_string()));
    texts.into_iter().chain(numbers).collect()
}

fn table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    // Writing into memory cannot fail, and all rows have the header's width.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}
