//! What the profile holds already.
//!
//! Owns the comparison of new numbers with those that are there. Refuses to put one number into two
//! places, and to replace without being told to.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use super::known::{Known, list, text};
use super::plan::post_cells;
use super::report::Conflict;
use super::tally::{Key, Tally};
use super::{Request, words};
use crate::metrics::POSTS;

/// Where something stands.
#[derive(Clone, Debug)]
enum Where {
    /// In the profile's own list of values.
    Typed(usize),
    /// In these bytes of a file.
    Row(String, Range<usize>, usize),
}

/// What is to be written and what has to go for it.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// The numbers to be written.
    pub(super) numbers: BTreeSet<Key>,
    /// The posts to be written.
    pub(super) posts: BTreeSet<(String, String)>,
    /// Entries of the profile's list of values that go.
    pub(super) typed: BTreeSet<usize>,
    /// Rows that go, by file.
    pub(super) rows: BTreeMap<String, Vec<Range<usize>>>,
    /// How many numbers and posts are there already with the same value.
    pub(super) known: usize,
}

type Cells = BTreeMap<(String, String, String), (i64, Where)>;
type Posts = BTreeMap<(String, String), (Vec<String>, Where)>;

/// Compares what was found with what is there.
pub(super) fn compare(tally: &Tally, known: &Known<'_>, request: &Request<'_>) -> (Choice, Vec<Conflict>) {
    let (cells, posts) = present(request);
    let (mut choice, mut conflicts) = (Choice::default(), Vec::new());
    let replace = request.answers.replace;
    for (key, number) in &tally.numbers {
        let ids = (known.periods[key.0].id.clone(), key.1.clone(), key.2.clone());
        match cells.get(&ids) {
            Some((there, _)) if *there == number.value => choice.known += 1,
            Some((there, place)) => {
                let (there, new) = (there.to_string(), number.value.to_string());
                conflicts.push(Conflict { what: known.cell(key), there, place: place.spelled(request), new });
                if replace {
                    choice.remove(place);
                    choice.numbers.insert(key.clone());
                }
            }
            None => drop(choice.numbers.insert(key.clone())),
        }
    }
    for (period, post) in tally.posts.placed(known) {
        let key = (post.platform.clone(), words::harmless(&post.id));
        let new = post_cells(post, &known.periods[period].id, request.printable);
        match posts.get(&key) {
            Some((there, _)) if there[6..] == new[6..] && there[2] == new[2] => choice.known += 1,
            Some((there, place)) => {
                let shown = |cells: &[String]| format!("{}: {}", cells[2], cells[6..].join(", "));
                let what = format!("Post {} on {}", post.id, known.platform(&post.platform));
                let (there, new) = (shown(there), shown(&new));
                conflicts.push(Conflict { what, there, place: place.spelled(request), new });
                if replace {
                    choice.remove(place);
                    choice.posts.insert((post.platform.clone(), post.id.clone()));
                }
            }
            None => drop(choice.posts.insert((post.platform.clone(), post.id.clone()))),
        }
    }
    (choice, conflicts)
}

impl Choice {
    fn remove(&mut self, place: &Where) {
        match place {
            Where::Typed(index) => drop(self.typed.insert(*index)),
            Where::Row(file, bytes, _) => self.rows.entry(file.clone()).or_default().push(bytes.clone()),
        }
    }
}

impl Where {
    fn spelled(&self, request: &Request<'_>) -> String {
        match self {
            Self::Typed(index) => {
                let place = request.profile.source.place(&format!("/data/values/{index}"));
                format!("{}, line {}", place.file, place.line)
            }
            Self::Row(file, _, line) => format!("{file}, line {line}"),
        }
    }
}

fn present(request: &Request<'_>) -> (Cells, Posts) {
    let (mut cells, mut posts) = (Cells::new(), Posts::new());
    let value = request.profile.value();
    for (index, item) in list(value, "/data/values").enumerate() {
        let key = ["period_id", "platform_id", "metric"].map(|k| text(item, k).to_owned());
        if let Some(number) = item.get("value").and_then(Value::as_i64) {
            cells.entry(key.into()).or_insert((number, Where::Typed(index)));
        }
    }
    for item in list(value, "/data/files") {
        let file = text(item, "file");
        let Some(bytes) = request.profile.files.get(file) else { continue };
        match text(item, "holds") {
            "metrics" => rows(bytes, &["period", "platform", "metric", "value"], |row, bytes, line| {
                let [period, platform, metric, number] = &row[..] else { return };
                if let Ok(number) = number.parse() {
                    let key = (period.clone(), platform.clone(), metric.clone());
                    cells.entry(key).or_insert((number, Where::Row(file.into(), bytes, line)));
                }
            }),
            "posts" => rows(bytes, &POSTS, |row, bytes, line| {
                let key = (row[3].clone(), row[0].clone());
                posts.entry(key).or_insert((row, Where::Row(file.into(), bytes, line)));
            }),
            _ => {}
        }
    }
    (cells, posts)
}

/// Yields the wanted cells of each row with the row's bytes and line; a file without them has none.
fn rows(bytes: &[u8], wanted: &[&str], mut take: impl FnMut(Vec<String>, Range<usize>, usize)) {
    let Ok(whole) = std::str::from_utf8(bytes) else { return };
    let skipped = whole.len() - whole.trim_start_matches('\u{FEFF}').len();
    let first = whole.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new();
    let mut reader =
        reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(&bytes[skipped..]);
    let mut record = StringRecord::new();
    let mut columns: Option<Vec<usize>> = None;
    let (mut line, mut counted) = (1, 0);
    loop {
        let start = skipped + usize::try_from(reader.position().byte()).unwrap_or(0);
        if !reader.read_record(&mut record).unwrap_or(false) {
            return;
        }
        let end = skipped + usize::try_from(reader.position().byte()).unwrap_or(0);
        let Some(places) = &columns else {
            let names: Vec<String> = record.iter().map(|c| c.trim().to_lowercase()).collect();
            columns = wanted.iter().map(|w| names.iter().position(|n| n == w)).collect();
            if columns.is_none() {
                return;
            }
            continue;
        };
        let cells: Vec<String> =
            places.iter().map(|&c| record.get(c).unwrap_or_default().trim().to_owned()).collect();
        let from = end_of_lines(bytes, start);
        line += whole[counted..from].matches('\n').count();
        counted = from;
        let end =
            if bytes[..end].ends_with(b"\r") && bytes[end..].starts_with(b"\n") { end + 1 } else { end };
        take(cells, from..end.max(from), line);
    }
}

/// Returns the first byte from a place on that ends no line.
fn end_of_lines(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count()
}

/// Returns a file without some of its rows, and whether any row is left below the header.
pub(super) fn without(bytes: &[u8], gone: &[Range<usize>]) -> (Vec<u8>, bool) {
    let mut gone = gone.to_vec();
    gone.sort_by_key(|r| r.start);
    let (mut kept, mut at) = (Vec::new(), 0);
    for range in gone {
        kept.extend(&bytes[at..range.start.max(at)]);
        at = range.end.max(at);
    }
    kept.extend(&bytes[at..]);
    let rows = String::from_utf8_lossy(&kept).lines().filter(|l| !l.trim().is_empty()).count();
    (kept, rows > 1)
}
