//! Whose submission an entry of a download is.
//!
//! Owns the reading of names: layouts of learning platforms, which are data in
//! `templates/shared/lms.json`, a pattern of the user's own, or one folder a learner. Pure: names in,
//! submissions out. Refuses to guess from single names: a layout has to fit most of them.

mod group;
mod plain;

use std::collections::BTreeMap;

use regex::{Captures, Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::bag::Person;
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// The file of the catalogue with all layouts.
const FILE: &str = "templates/shared/lms.json";
/// How many folders at the top may stand around a download.
const MOST_AROUND: usize = 3;

/// The layouts that are known.
pub struct Layouts(Vec<Layout>);

/// How one platform names entries.
#[derive(Clone, Debug, Deserialize)]
struct Layout {
    id: String,
    patterns: Vec<Pattern>,
    #[serde(default)]
    parts: BTreeMap<String, Part>,
    key: Vec<String>,
    names: Names,
    #[serde(default, with = "expression")]
    anonymous: Option<Regex>,
    #[serde(default)]
    tells_late: bool,
    when: Option<When>,
    #[serde(default, with = "expression")]
    receipt: Option<Regex>,
}

#[derive(Clone, Debug, Deserialize)]
struct Pattern {
    #[serde(with = "expression")]
    pattern: Option<Regex>,
    part: Option<Part>,
    #[serde(default)]
    anonymous: bool,
}

#[derive(Clone, Debug, Deserialize)]
struct When {
    text: String,
    format: String,
}

/// What an entry of a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// A file that was handed in.
    File,
    /// A text that was typed into the platform.
    Text,
    /// A web address that was handed in.
    Link,
    /// A comment.
    Comment,
    /// The platform's own record of an attempt.
    Receipt,
}

/// What the name of a learner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// As people write it.
    Full,
    /// A code made from it, or no name of a person.
    Code,
}

/// One entry of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handed {
    /// Its place in the tree.
    pub(crate) index: usize,
    /// Its name as the learner called it, with folders.
    pub(crate) name: String,
    /// What it is.
    pub(crate) part: Part,
}

/// One attempt of a learner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// The moment as the platform writes it, where it does.
    pub(crate) when: Option<String>,
    /// What was handed in.
    pub(crate) handed: Vec<Handed>,
}

/// What one learner handed in.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    /// The learner as the platform or the folder calls them.
    pub(crate) learner: Person,
    /// What that name is; none where it is hidden on purpose.
    pub(crate) names: Option<Names>,
    /// Where it lies in the tree.
    pub(crate) source: String,
    /// Whether it is late; none where the platform does not say.
    pub(crate) late: Option<bool>,
    /// All attempts; the last one counts.
    pub(crate) attempts: Vec<Attempt>,
    /// Finds name and id in a receipt.
    pub(crate) receipt: Option<Regex>,
}

/// Everything that was handed in.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    /// The layout by its id.
    pub(crate) layout: String,
    /// One for each learner.
    pub(crate) submissions: Vec<Submission>,
    /// Entries that belong to nobody.
    pub(crate) left_over: Vec<usize>,
}

/// Parts of a path to be sorted: its place in the tree, and the path.
pub(crate) type Named<'a> = (usize, &'a str);

impl Layouts {
    /// Reads the layouts of the catalogue.
    ///
    /// # Errors
    /// What is wrong with the catalogue's file.
    pub fn load(catalog: &Catalog) -> Result<Self, Diagnostics> {
        #[derive(Deserialize)]
        struct File {
            layouts: Vec<Layout>,
        }
        let value = catalog.json(FILE).map_err(|d| vec![d])?;
        let file: File = serde_json::from_value(value)
            .map_err(|e| vec![Diagnostic::error(Builtin::CatalogInvalid, format!("{FILE}: {e}"))])?;
        Ok(Self(file.layouts))
    }

    /// Puts a pattern of the user's own in the place of all layouts.
    ///
    /// # Errors
    /// One sentence on what is wrong with the pattern.
    pub fn own(pattern: &str) -> Result<Self, String> {
        let expression = compile(pattern).map_err(|e| e.to_string())?;
        let has = |name: &str| expression.capture_names().flatten().any(|n| n == name);
        let key: Vec<String> = ["name", "id"].iter().filter(|n| has(n)).map(|n| (*n).to_owned()).collect();
        if key.is_empty() {
            return Err("it has neither a group `(?<name>…)` nor a group `(?<id>…)`".into());
        }
        let tells_late = has("late");
        let pattern = Pattern { pattern: Some(expression), part: None, anonymous: false };
        let (parts, when) = (BTreeMap::new(), None);
        let layout = Layout {
            id: "pattern".into(),
            patterns: vec![pattern],
            parts,
            key,
            names: Names::Full,
            anonymous: None,
            tells_late,
            when,
            receipt: None,
        };
        Ok(Self(vec![layout]))
    }

    /// Sorts a download: by the layout that fits most names, or none where none does.
    pub(crate) fn sort(&self, names: &[Named<'_>]) -> Option<Sorted> {
        let around = around(names).min(MOST_AROUND);
        let mut best: Option<(usize, &Layout, usize)> = None;
        for layout in &self.0 {
            for depth in 0..=around {
                let fits = |(_, path): &&Named<'_>| layout.matched(below(path, depth)).is_some();
                let count = names.iter().filter(fits).count();
                if best.is_none_or(|(most, ..)| count > most) {
                    best = Some((count, layout, depth));
                }
            }
        }
        let (count, layout, depth) = best?;
        (count * 2 > names.len()).then(|| group::group(layout, names, depth))
    }
}

pub(crate) use plain::is_archive;

/// Sorts what has no layout: one folder a learner, or one archive a learner.
pub(crate) fn plain(names: &[Named<'_>]) -> Sorted {
    plain::group(names)
}

impl Layout {
    fn matched<'a>(&self, path: &'a str) -> Option<(&Pattern, Captures<'a>)> {
        self.patterns.iter().find_map(|p| Some((p, p.pattern.as_ref()?.captures(path)?)))
    }
}

/// How many folders stand around all names.
fn around(names: &[Named<'_>]) -> usize {
    let Some((_, first)) = names.first() else { return 0 };
    let ends = first.match_indices('/').map(|(at, _)| &first[..=at]);
    ends.take_while(|top| names.iter().all(|(_, path)| path.starts_with(top))).count()
}

/// The path below so many folders.
fn below(path: &str, depth: usize) -> &str {
    (0..depth).fold(path, |rest, _| rest.split_once('/').map_or(rest, |(_, below)| below))
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(1 << 20).build()
}

/// Tells whether a computer put a file there by itself.
pub(crate) fn is_stray(path: &str) -> bool {
    let mut steps = path.split('/');
    let last = path.rsplit('/').find(|s| !s.is_empty()).unwrap_or_default();
    let folders = ["__MACOSX", ".Trashes", ".Spotlight-V100", ".fseventsd", "$RECYCLE.BIN"];
    let files = [".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini", ".localized", "Icon\r"];
    steps.any(|s| folders.contains(&s))
        || files.iter().any(|f| f.eq_ignore_ascii_case(last))
        || last.starts_with("._")
        || last.starts_with("~$")
}

/// Regular expressions in data.
mod expression {
    use regex::Regex;
    use serde::{Deserialize, Deserializer, de::Error};

    /// Reads one and compiles it.
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Regex>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|t| super::compile(&t)).transpose().map_err(D::Error::custom)
    }
}
