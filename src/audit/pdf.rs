//! What stands in a PDF of a pack: pages, headings, marks of evidence, attached files, text.
//!
//! Owns the reading of marks: evipack gives every section with evidence a named destination, `ID:1`
//! for the first one of a requirement, and every heading an entry in the outline; both lead to the
//! same place, and the heading has to stand on that page. Refuses to draw pages.

mod file;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use file::{File, Value};
use text::Font;

use crate::typeset::NUMBER;

/// How many pages, headings, or names are read of one file.
const MOST: usize = 5_000;
/// How deep trees of pages, headings or names may nest.
const DEEP: usize = 32;
/// The most that is unpacked of the contents of one file, and taken from them as text, in bytes.
const CONTENTS: u64 = 16 << 20;
/// How many fonts a page may have.
const FONTS: usize = 64;
/// How much is read of a heading, in bytes: many marks may lead to the same one.
const HEADING: usize = 4_096;

/// A PDF without its contents.
#[derive(Debug, Default)]
pub(crate) struct Skeleton {
    /// How many pages it has.
    pub(crate) pages: usize,
    /// Marks of evidence: by requirement, in the order of their numbers.
    pub(crate) marks: BTreeMap<String, Vec<Mark>>,
    /// Attached files by their names.
    pub(crate) attached: BTreeMap<String, Vec<u8>>,
}

/// A section that is marked as evidence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// The page on which it begins, counted from 1.
    pub(crate) page: usize,
    /// The heading that the outline has for that place; empty where there is none.
    pub(crate) section: String,
    /// Whether there is such a heading, and it stands on that page.
    pub(crate) is_printed: bool,
}

/// A place: the number of the page, counted from 1, and where on it.
type Place = (usize, [u64; 2]);

struct Walk<'a> {
    file: File<'a>,
    /// Numbers of pages by their objects.
    pages: BTreeMap<usize, usize>,
    /// The pages themselves.
    leaves: Vec<Value>,
    fonts: BTreeMap<usize, Option<Font>>,
    /// How much may still be unpacked.
    left: u64,
    headings: BTreeMap<Place, String>,
    seen: BTreeSet<usize>,
}

/// What is read of a PDF besides its marks.
pub(crate) struct Wish<'a> {
    /// The names of attached files.
    pub(crate) attached: &'a [&'a str],
    /// The most that is read of an attached file, in bytes.
    pub(crate) most: u64,
    /// Whether marked headings are looked up on their pages.
    pub(crate) is_looked_up: bool,
}

/// Reads a PDF; none where it is not in the form that evipack writes.
pub(crate) fn read(bytes: &[u8], wish: &Wish<'_>) -> Option<Skeleton> {
    let (mut walk, root) = Walk::start(bytes)?;
    let outline = walk.file.get(&root, "Outlines");
    walk.headings(outline.get("First"), DEEP)?;
    let names = walk.file.get(&root, "Names");
    let (mut places, mut files) = (Vec::new(), Vec::new());
    let (tree, attached) = (walk.file.get(&names, "Dests"), walk.file.get(&names, "EmbeddedFiles"));
    walk.names(&tree, &mut places, DEEP)?;
    walk.names(&attached, &mut files, DEEP)?;
    let mut skeleton = Skeleton { pages: walk.pages.len(), ..Skeleton::default() };
    skeleton.marks = walk.marks(places);
    for (name, value) in files {
        let (value, name) = (walk.file.follow(&value), words(&name));
        if wish.attached.contains(&name.as_str()) && !skeleton.attached.contains_key(&name) {
            let streams = walk.file.get(&value, "EF");
            let stream = streams.get("F").and_then(|link| walk.file.stream(link, wish.most));
            skeleton.attached.insert(name, stream.unwrap_or_default());
        }
    }
    if wish.is_looked_up {
        let wanted = skeleton.marks.values().flatten().map(|mark| mark.page).collect();
        let texts = walk.texts(Some(&wanted));
        for mark in skeleton.marks.values_mut().flatten() {
            let (page, heading) = (texts.get(mark.page - 1), bare(&mark.section));
            mark.is_printed = !heading.is_empty() && page.is_some_and(|text| text.contains(&heading));
        }
    }
    Some(skeleton)
}

/// Returns the bare text of each page; none where the PDF is not in the form that evipack writes.
pub(crate) fn texts(bytes: &[u8]) -> Option<Vec<String>> {
    Some(Walk::start(bytes)?.0.texts(None))
}

/// Takes all but letters and digits off a text, and lowers its case: what every way of printing it shares.
pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl<'a> Walk<'a> {
    /// Reads the pages; returns the catalogue of the document too.
    fn start(bytes: &'a [u8]) -> Option<(Self, Value)> {
        let mut file = File::read(bytes)?;
        let root = file.root()?;
        let mut walk = Self {
            file,
            pages: BTreeMap::new(),
            leaves: Vec::new(),
            fonts: BTreeMap::new(),
            left: CONTENTS,
            headings: BTreeMap::new(),
            seen: BTreeSet::new(),
        };
        walk.pages(root.get("Pages")?, DEEP)?;
        Some((walk, root))
    }
}

impl Walk<'_> {
    /// Numbers the pages of a tree.
    fn pages(&mut self, link: &Value, deep: usize) -> Option<()> {
        let number = link.link().filter(|n| self.seen.insert(*n))?;
        let deep = deep.checked_sub(1)?;
        let node = self.file.follow(link);
        if node.get("Kids").is_none() {
            let count = self.pages.len() + 1;
            self.pages.insert(number, count);
            self.leaves.push(node);
            return (count <= MOST).then_some(());
        }
        let kids = self.file.get(&node, "Kids");
        kids.items().iter().try_for_each(|kid| self.pages(kid, deep))
    }

    /// Reads an entry of the outline, those behind it and those below it.
    fn headings(&mut self, first: Option<&Value>, deep: usize) -> Option<()> {
        let deep = deep.checked_sub(1)?;
        let mut next = first.cloned();
        while let Some(link) = next {
            link.link().filter(|n| self.seen.insert(*n))?;
            let entry = self.file.follow(&link);
            if let (Some(Value::Text(title)), Some(place)) =
                (entry.get("Title"), self.place(entry.get("Dest")))
            {
                self.headings.entry(place).or_insert_with(|| words(&title[..title.len().min(HEADING)]));
            }
            if self.headings.len() > MOST {
                return None;
            }
            self.headings(entry.get("First"), deep)?;
            next = entry.get("Next").cloned();
        }
        Some(())
    }

    /// Collects the names of a tree with their values.
    fn names(&mut self, node: &Value, found: &mut Vec<(Vec<u8>, Value)>, deep: usize) -> Option<()> {
        let deep = deep.checked_sub(1)?;
        for pair in self.file.get(node, "Names").items().chunks_exact(2) {
            if let Value::Text(name) = &pair[0] {
                found.push((name.clone(), pair[1].clone()));
            }
        }
        for kid in self.file.get(node, "Kids").items() {
            kid.link().filter(|n| self.seen.insert(*n))?;
            let kid = self.file.follow(kid);
            self.names(&kid, found, deep)?;
        }
        (found.len() <= MOST).then_some(())
    }

    /// Returns the place that a destination leads to.
    fn place(&mut self, value: Option<&Value>) -> Option<Place> {
        let value = self.file.follow(value?);
        let value = if value.get("D").is_some() { self.file.get(&value, "D") } else { value };
        let [page, _, x, y, ..] = value.items() else { return None };
        let number = |v: &Value| if let Value::Number(n) = v { n.to_bits() } else { 0 };
        Some((*self.pages.get(&page.link()?)?, [number(x), number(y)]))
    }

    /// Returns the bare text of each page, or of those that are wanted.
    fn texts(&mut self, wanted: Option<&BTreeSet<usize>>) -> Vec<String> {
        let leaves = std::mem::take(&mut self.leaves);
        let text = |(index, page): (usize, &Value)| {
            let is_wanted = wanted.is_none_or(|pages| pages.contains(&(index + 1)));
            if is_wanted { self.text(page).unwrap_or_default() } else { String::new() }
        };
        leaves.iter().enumerate().map(text).collect()
    }

    /// Returns the bare text of a page; none once more was unpacked than an honest file holds.
    fn text(&mut self, page: &Value) -> Option<String> {
        let resources = self.file.get(page, "Resources");
        let Value::Dict(fonts) = self.file.get(&resources, "Font") else { return None };
        for (_, font) in fonts.iter().take(FONTS) {
            let number = font.link().filter(|n| !self.fonts.contains_key(n));
            if let (Some(number), true) = (number, self.fonts.len() < MOST) {
                let read = Font::read(&mut self.file, font, &mut self.left);
                self.fonts.insert(number, read);
            }
        }
        let font = |name: &[u8]| {
            let number = fonts.iter().take(FONTS).find(|(n, _)| n == name)?.1.link()?;
            self.fonts.get(&number)?.as_ref()
        };
        let Some(contents) = self.file.stream(page.get("Contents")?, self.left) else {
            self.left = 0;
            return None;
        };
        let text = text::read(&contents, font);
        self.left = self.left.saturating_sub((contents.len() + text.len()) as u64);
        Some(bare(&text))
    }

    /// Takes the marks of evidence out of the named destinations.
    fn marks(&mut self, names: Vec<(Vec<u8>, Value)>) -> BTreeMap<String, Vec<Mark>> {
        let mut numbered: BTreeMap<String, BTreeMap<usize, Mark>> = BTreeMap::new();
        for (name, value) in names {
            let name = words(&name);
            let Some((requirement, Ok(number))) =
                name.rsplit_once(NUMBER).map(|(id, number)| (id, number.parse::<usize>()))
            else {
                continue;
            };
            let Some(place) = self.place(Some(&value)) else { continue };
            let section = self.headings.get(&place).cloned().unwrap_or_default();
            numbered
                .entry(requirement.to_owned())
                .or_default()
                .insert(number, Mark { page: place.0, section, is_printed: false });
        }
        numbered.into_iter().map(|(id, marks)| (id, marks.into_values().collect())).collect()
    }
}

/// Reads a string for people: UTF-16 where it is marked, or letters as they are.
fn words(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => bytes.iter().map(|b| char::from(*b)).collect(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
