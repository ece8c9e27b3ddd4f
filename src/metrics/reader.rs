//! From rows to cells.
//!
//! Owns which rows count: known period, known platform, known input, a whole number, once. Refuses
//! to mend a row: it is told with its place and left out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::data::{Data, DataFile, Key, Post};
use super::definitions::Definitions;
use super::facts::{Facts, list, text};
use super::table::{Cell, Problems, Table, invalid};
use crate::diag::{Diagnostic, Diagnostics};
use crate::profile::{Source, nearest};

/// The columns of a file of metrics.
const METRICS: [&str; 4] = ["period", "platform", "metric", "value"];
/// The columns of a file of posts.
pub(crate) const POSTS: [&str; 13] = [
    "post",
    "period",
    "on",
    "platform",
    "type",
    "title",
    "reach",
    "impressions",
    "reactions",
    "comments",
    "shares",
    "saves",
    "clicks",
];
/// What is wrong with a second number for one cell.
const TWICE: &str = "this number stands twice: same period, platform and metric";
/// The largest number that a cell may hold.
const MAX_VALUE: i64 = 1_000_000_000_000;

/// Where something was first found.
#[derive(Clone, Copy, Debug)]
enum First {
    /// In the profile's own list, at this place.
    Typed(usize),
    /// In this file of the list, in this line.
    Row(usize, usize),
}

/// Reads everything, one file after the other.
pub(super) struct Reader<'a> {
    source: &'a Source,
    definitions: &'a Definitions,
    facts: &'a Facts,
    data: Data,
    first: BTreeMap<Key, First>,
    posts: BTreeMap<(usize, String), First>,
    found: Diagnostics,
}

impl<'a> Reader<'a> {
    /// Starts with nothing.
    pub(super) fn new(source: &'a Source, definitions: &'a Definitions, facts: &'a Facts) -> Self {
        let (data, found) = (Data::default(), Diagnostics::new());
        Self { source, definitions, facts, data, first: BTreeMap::new(), posts: BTreeMap::new(), found }
    }

    /// Reads the numbers typed in the profile, then the files it names.
    pub(super) fn read(mut self, files: &BTreeMap<String, Vec<u8>>) -> (Data, Diagnostics) {
        let source = self.source;
        for (i, item) in list(&source.value, "/data/values").enumerate() {
            self.typed(i, item);
        }
        let mut seen = BTreeSet::new();
        for (i, item) in list(&source.value, "/data/files").enumerate() {
            let name = text(item, "file");
            if name.is_empty() {
                continue;
            }
            if seen.insert(name) {
                self.file(item, files.get(name).map(Vec::as_slice));
            } else {
                let place = source.place(&format!("/data/files/{i}/file"));
                self.found.push(
                    invalid(format!("`{name}` is listed twice"))
                        .at(place)
                        .hint("delete one of the two entries"),
                );
            }
        }
        (self.data, self.found)
    }

    fn typed(&mut self, index: usize, item: &Value) {
        let place = |name: &str| self.source.place(&format!("/data/values/{index}/{name}"));
        let names = [("period_id", "period"), ("platform_id", "platform"), ("metric", "metric")];
        if names.iter().any(|(key, _)| text(item, key).is_empty()) {
            return;
        }
        let mut key = [0; 3];
        for (i, (name, column)) in names.into_iter().enumerate() {
            match self.known(column, text(item, name)) {
                Ok(found) => key[i] = found,
                Err(problem) => {
                    self.found.push(problem.at(place(name)));
                    return;
                }
            }
        }
        let key = (key[0], key[1], key[2]);
        let Some(value) = item.get("value").and_then(Value::as_i64).filter(|v| (0..=MAX_VALUE).contains(v))
        else {
            return;
        };
        if let Some(hint) = self.put(key, value, index) {
            let problem = invalid(TWICE);
            self.found.push(problem.at(place("value")).hint(hint));
        }
    }

    fn file(&mut self, item: &Value, bytes: Option<&[u8]>) {
        let name = text(item, "file");
        self.data.files.push(DataFile {
            name: name.into(),
            source: text(item, "source").into(),
            exported_on: text(item, "exported_on").into(),
            by_id: text(item, "by_id").into(),
            covers: text(item, "covers").into(),
            sha256: bytes.map(digest),
            raw_file: text(item, "raw_file").into(),
            raw_sha256: text(item, "raw_sha256").into(),
            rows: 0,
        });
        let mut problems = Problems::default();
        let rows = match (bytes, text(item, "holds")) {
            (Some(bytes), "metrics") => self.metrics(name, bytes, &mut problems),
            (Some(bytes), "posts") => self.posts(name, bytes, &mut problems),
            _ => 0,
        };
        self.found.extend(problems.into_diagnostics(name));
        if let Some(file) = self.data.files.last_mut() {
            file.rows = rows;
        }
    }

    fn metrics(&mut self, name: &str, bytes: &[u8], problems: &mut Problems) -> usize {
        let Some(table) = Table::open(name, bytes, &METRICS, problems) else { return 0 };
        table.each_row(problems, |row, problems| {
            let cell = |column| table.cell(row, column);
            let keys = [0, 1, 2].map(|c| self.lookup(METRICS[c], cell(c), problems));
            let value = whole(cell(3), problems);
            let ([Some(period), Some(platform), Some(input)], Some(value)) = (keys, value) else { return };
            let Some(value) = value else {
                let problem = invalid("there is no number here").at(cell(3).place());
                problems.add(problem.hint("write 0 if it is nothing; delete the row if it is not known"));
                return;
            };
            if let Some(hint) = self.put((period, platform, input), value, row.line) {
                problems.add(invalid(TWICE).at(cell(3).place()).hint(hint));
            }
        })
    }

    fn posts(&mut self, name: &str, bytes: &[u8], problems: &mut Problems) -> usize {
        let Some(table) = Table::open(name, bytes, &POSTS, problems) else { return 0 };
        table.each_row(problems, |row, problems| {
            let cell = |column| table.cell(row, column);
            let words = |column: usize| row.cells[column].clone();
            let period = self.lookup("period", cell(1), problems);
            let platform = self.lookup("platform", cell(3), problems);
            let is_dated = is_day(cell(2), problems);
            let numbers: Vec<Option<Option<i64>>> =
                (6..POSTS.len()).map(|c| whole(cell(c), problems)).collect();
            let numbers: Option<Vec<Option<i64>>> = numbers.into_iter().collect();
            let Some(((period, platform), numbers)) = period.zip(platform).zip(numbers).filter(|_| is_dated)
            else {
                return;
            };
            let post = Post {
                id: words(0),
                period,
                platform,
                on: words(2),
                kind: words(4),
                title: words(5),
                reach: numbers[0],
                impressions: numbers[1],
                clicks: numbers[6],
                interactions: numbers[2..6].iter().flatten().sum(),
            };
            if self.post(post, cell(0), problems) {
                self.data.words.extend([4, 5].map(|c| (cell(c).place(), words(c))));
            }
        })
    }

    /// Adds a post, unless it has no id or stands there already.
    fn post(&mut self, post: Post, id: Cell<'_>, problems: &mut Problems) -> bool {
        if post.id.is_empty() {
            let problem = invalid("this post has no id").at(id.place());
            problems.add(problem.hint("give each post a short id of its own"));
            return false;
        }
        let here = First::Row(self.data.files.len() - 1, id.row.line);
        let key = (post.platform, post.id.clone());
        if let Some(first) = self.posts.get(&key) {
            let problem = invalid(format!("the post `{}` stands twice", short(&post.id))).at(id.place());
            let hint =
                format!("export one row per post, not one per day; the first is in {}", self.spelled(*first));
            problems.add(problem.hint(hint));
            return false;
        }
        self.posts.insert(key, here);
        self.data.posts.push(post);
        true
    }

    /// Puts a number into its cell; returns what to do when the cell is taken.
    fn put(&mut self, key: Key, value: i64, place: usize) -> Option<String> {
        let here = match self.data.files.len() {
            0 => First::Typed(place),
            files => First::Row(files - 1, place),
        };
        if let Some(first) = self.first.get(&key) {
            return Some(format!("keep one of the two; the first is in {}", self.spelled(*first)));
        }
        self.first.insert(key, here);
        self.data.cells.insert(key, value);
        self.data.reported.insert((key.1, key.2));
        None
    }

    fn spelled(&self, first: First) -> String {
        match first {
            First::Typed(index) => {
                let line = self.source.place(&format!("/data/values/{index}")).line;
                format!("{}, line {line}", self.source.file)
            }
            First::Row(file, line) => format!("{}, line {line}", self.data.files[file].name),
        }
    }

    fn lookup(&self, what: &str, cell: Cell<'_>, problems: &mut Problems) -> Option<usize> {
        let found = self.known(what, cell.text());
        found.map_err(|problem| problems.add(problem.at(cell.place()))).ok()
    }

    /// Looks up a period, a platform or an input by its id.
    fn known(&self, what: &str, id: &str) -> Result<usize, Diagnostic> {
        let (found, known, home): (_, Vec<&str>, _) = match what {
            "period" => (
                self.facts.period(id),
                self.facts.periods.iter().map(|p| p.id.as_str()).collect(),
                "data › periods",
            ),
            "platform" => (
                self.facts.platform(id),
                self.facts.platforms.iter().map(|p| p.id.as_str()).collect(),
                "platforms",
            ),
            _ => (self.definitions.input(id), self.definitions.input_ids().collect(), "the list of metrics"),
        };
        if let Some(found) = found {
            return Ok(found);
        }
        if what == "metric"
            && let Some(metric) = self.definitions.metric(id)
        {
            let hint = format!("give the numbers it rests on: {}", self.definitions.formula(metric));
            return Err(invalid(format!("`{id}` is computed and cannot be typed")).hint(hint));
        }
        let problem = invalid(format!("there is no {what} `{id}` in {home}"));
        Err(match nearest(id, known.iter().copied()) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None if known.is_empty() => {
                problem.hint(format!("fill in {home} first, then use an id from there"))
            }
            None => problem.hint(format!("use one of: {}", known.join(", "))),
        })
    }
}

/// Reads a whole number; `Some(None)` when the cell is empty.
fn whole(cell: Cell<'_>, problems: &mut Problems) -> Option<Option<i64>> {
    let text = cell.text();
    if text.is_empty() {
        return Some(None);
    }
    let is_plain = text.bytes().all(|b| b.is_ascii_digit());
    if let Some(number) = text.parse::<i64>().ok().filter(|n| is_plain && *n <= MAX_VALUE) {
        return Some(Some(number));
    }
    problems.add(match is_plain {
        true => invalid(format!("{} is too large", short(text)))
            .at(cell.place())
            .hint(format!("the largest number that can be used is {MAX_VALUE}")),
        false => invalid(format!("`{}` is not a whole number", short(text)))
            .at(cell.place())
            .hint("write digits only, such as 1204: money in cents, times in minutes, no separators, signs or units"),
    });
    None
}

/// Tells whether the cell is a date, written as year-month-day.
fn is_day(cell: Cell<'_>, problems: &mut Problems) -> bool {
    let text = cell.text();
    let is_day = text.len() == 10 && text.parse::<Date>().is_ok();
    if !is_day {
        let problem = invalid(format!("`{}` is not a date", short(text))).at(cell.place());
        problems.add(problem.hint("write year-month-day, such as 2026-07-03"));
    }
    is_day
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
