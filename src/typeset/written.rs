//! The values that were written into sources, by place.
//!
//! Owns who wrote each of them, how many words it has and what it says, and tallies of them.
//! Refuses to know where on a page they stand: that is `marks`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use sha2::{Digest, Sha256};
use typst::syntax::{LinkedNode, Source, SyntaxKind, ast};

use super::marks::Words;
use crate::text::{Origin, count_words};

/// How many characters of a digest are kept: enough to notice a change, short enough to be read.
const DIGEST: usize = 16;

/// A written value: the number of its file and where it starts there.
pub(super) type Key = (usize, usize);

/// Values and words of the template that stand in some part of a document.
#[derive(Clone, Default)]
pub(super) struct Tally {
    /// Each value once, however many glyphs it has.
    pub(super) values: BTreeSet<Key>,
    /// Words of the template.
    pub(super) template: usize,
}

impl Tally {
    /// Adds what another part holds.
    pub(super) fn add(&mut self, other: &Self) {
        self.values.extend(&other.values);
        self.template += other.template;
    }
}

struct Value {
    range: Range<usize>,
    origin: Origin,
    words: usize,
    text: String,
}

#[derive(Default)]
struct File {
    id: u16,
    values: BTreeMap<usize, Value>,
    /// Strings in code: labels of charts, descriptions of pictures.
    others: String,
}

/// All values of the sources of a document.
pub(super) struct Written(Vec<File>);

impl Written {
    /// Finds the values in sources, which come with the numbers that spans name them by.
    pub(super) fn in_sources(sources: impl Iterator<Item = (u16, Source)>) -> Self {
        let file = |(id, source): (u16, Source)| {
            let mut file = File { id, ..File::default() };
            collect(&LinkedNode::new(source.root()), &mut file);
            file
        };
        Self(sources.map(file).collect())
    }

    /// Returns the value at a byte of a file, and who wrote it.
    pub(super) fn at(&self, file: u16, byte: usize) -> Option<(Key, Origin)> {
        let index = self.0.iter().position(|f| f.id == file)?;
        let (start, value) = self.0[index].values.range(..=byte).next_back()?;
        value.range.contains(&byte).then_some(((index, *start), value.origin))
    }

    /// Counts words by who wrote them.
    pub(super) fn words(&self, tally: &Tally) -> Words {
        let mut words = Words::new();
        for value in self.values(tally) {
            *words.entry(value.origin).or_default() += value.words;
        }
        *words.entry(Origin::Template).or_default() += tally.template;
        words
    }

    /// Returns a digest of what the template did not bring.
    pub(super) fn digest(&self, tally: &Tally) -> String {
        let mut hash = Sha256::new();
        for value in self.values(tally).filter(|v| !matches!(v.origin, Origin::Template | Origin::Gap)) {
            hash.update(value.text.as_bytes());
            hash.update([0]);
        }
        let mut out = String::new();
        for byte in hash.finalize().iter().take(DIGEST / 2) {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }

    /// Returns all that was written and reached the pages, without white space and in lower case.
    pub(super) fn printed(&self, tally: &Tally) -> String {
        let values = self.values(tally).map(|v| v.text.as_str());
        squeezed(&values.chain(self.0.iter().map(|f| f.others.as_str())).collect::<String>())
    }

    fn values<'a>(&'a self, tally: &'a Tally) -> impl Iterator<Item = &'a Value> {
        tally.values.iter().filter_map(|(file, start)| self.0.get(*file)?.values.get(start))
    }
}

/// Takes white space off a text and lowers its case: what two ways of printing it share.
pub(crate) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn collect(node: &LinkedNode<'_>, file: &mut File) {
    let origin = match node.kind() {
        SyntaxKind::FuncCall => {
            let name = node.leftmost_leaf().map(|l| l.get().leaf_text().to_string());
            name.as_deref().and_then(Origin::of_function)
        }
        SyntaxKind::Str if follows_hash(node) => Some(Origin::Template),
        SyntaxKind::Str => {
            file.others.push_str(&string(node).unwrap_or_default());
            None
        }
        _ => None,
    };
    let Some(origin) = origin else { return node.children().for_each(|child| collect(&child, file)) };
    let text = string(node).unwrap_or_default();
    let value = Value { range: node.range(), origin, words: count_words(&text), text };
    file.values.insert(node.offset(), value);
}

/// Returns the first string of a part of the source, as it is printed.
fn string(node: &LinkedNode<'_>) -> Option<String> {
    match node.get().cast::<ast::Str>() {
        Some(found) => Some(found.get().to_string()),
        None => node.children().find_map(|child| string(&child)),
    }
}

fn follows_hash(node: &LinkedNode<'_>) -> bool {
    node.prev_leaf().is_some_and(|l| l.kind() == SyntaxKind::Hash)
}
