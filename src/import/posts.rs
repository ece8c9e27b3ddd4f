//! Posts, each once, whatever files they stand in.
//!
//! Owns the choice of a post's period and the sums over the posts of a period. Refuses to count a
//! post twice, and to add the reach of posts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::known::Known;
use super::rows::Table;
use super::tally::{Key, Number, range, warning};
use super::trouble;
use super::words::{short, span};
use crate::diag::{Diagnostic, Diagnostics};

/// A post with its numbers.
#[derive(Clone, Debug)]
pub(super) struct Post {
    /// Its platform's id.
    pub(super) platform: String,
    /// Its id.
    pub(super) id: String,
    /// The day it was published.
    pub(super) on: Date,
    /// Its type.
    pub(super) kind: String,
    /// Its title or text, as written.
    pub(super) title: String,
    /// Its numbers by input.
    pub(super) numbers: BTreeMap<String, Option<i64>>,
    /// The table that it was taken from, by its place.
    pub(super) table: usize,
}

/// All posts by platform and id.
#[derive(Default)]
pub(super) struct Posts(pub(super) BTreeMap<(String, String), Post>);

impl Posts {
    /// Takes a post; of two with the same id the one that was exported later counts.
    pub(super) fn put(
        &mut self,
        post: Post,
        tables: &[Table<'_>],
        known: &Known<'_>,
    ) -> Result<(), Diagnostic> {
        let key = (post.platform.clone(), post.id.clone());
        let Some(there) = self.0.get(&key) else {
            self.0.insert(key, post);
            return Ok(());
        };
        let exported = |t: usize| known.exported.get(tables[t].file).copied().flatten();
        match exported(post.table).cmp(&exported(there.table)) {
            _ if there.numbers == post.numbers => Ok(()),
            std::cmp::Ordering::Less => Ok(()),
            std::cmp::Ordering::Greater => {
                self.0.insert(key, post);
                Ok(())
            }
            std::cmp::Ordering::Equal => {
                let (a, b) = (known.label(tables, there.table), known.label(tables, post.table));
                let text =
                    format!("the post {} stands in {a} and in {b} with different numbers", short(&post.id));
                Err(trouble(text).hint("import only the newer of the two exports"))
            }
        }
    }

    /// Returns the posts that lie in a period, with the period's place.
    pub(super) fn placed<'p>(&'p self, known: &'p Known<'_>) -> impl Iterator<Item = (usize, &'p Post)> {
        self.0.values().filter_map(|post| Some((known.home(post.on)?, post)))
    }

    /// Returns the numbers of each period: sums over its posts, and how many there are.
    pub(super) fn totals(
        &self,
        tables: &[Table<'_>],
        known: &Known<'_>,
        warnings: &mut Diagnostics,
    ) -> Vec<(Key, Number)> {
        let mut sums: BTreeMap<Key, Number> = BTreeMap::new();
        let mut cut: BTreeSet<(usize, usize)> = BTreeSet::new();
        let ranges: Vec<_> = (0..tables.len()).map(|t| range(tables, t, known)).collect();
        for post in self.0.values() {
            let form = tables[post.table].found.form;
            let is_whole = form.rows == super::format::RowKind::Post;
            let counts = form.counts.iter().map(|input| (input, Some(1)));
            let given = post.numbers.iter().filter(|(i, _)| is_whole && known.is_additive(i));
            for (input, number) in given.map(|(i, n)| (i, *n)).chain(counts) {
                let Some(value) = number else { continue };
                for index in known.periods_of(post.on) {
                    let (from, to) = known.days(index);
                    if ranges[post.table].is_some_and(|r| from < r.0 || r.1 < to) {
                        cut.insert((post.table, index));
                        if !known.answers.partial {
                            continue;
                        }
                    }
                    let key = (index, post.platform.clone(), input.clone());
                    let sum =
                        sums.entry(key).or_insert(Number { value: 0, table: post.table, rank: form.rank });
                    sum.value = sum.value.saturating_add(value);
                    sum.table = post.table;
                    sum.rank = sum.rank.max(form.rank);
                }
            }
        }
        warnings.extend(cut.into_iter().filter_map(|(table, period)| {
            Some(told(&known.label(tables, table), ranges[table]?, (period, known)))
        }));
        sums.into_iter().collect()
    }
}

fn told(label: &str, range: (Date, Date), (period, known): (usize, &Known<'_>)) -> Diagnostic {
    let name = &known.periods[period].name;
    let outcome = if known.answers.partial { "used as they are" } else { "left empty" };
    let text = format!(
        "{label} was exported for {}, which is not the whole of {name}: the sums over its posts are {outcome}",
        span(range)
    );
    let whole = span(known.days(period));
    warning(text).hint(format!("export again for all days, {whole}; or add `--partial` to use what is there"))
}
