//! Reading finished pages: marks of evidence, headings, and words by author.
//!
//! Owns the walk over the laid-out pages. A mark counts only where real words stand between its
//! start and its end. Words are known by the place in the source that each glyph came from, so
//! that nothing is guessed from the text. Refuses to judge what a mark is worth.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use typst::foundations::{Label, Value};
use typst::introspection::{MetadataElem, Tag};
use typst::layout::{Frame, FrameItem};
use typst::model::HeadingElem;
use typst::syntax::{LinkedNode, Source, Span, SyntaxKind};
use typst::text::TextItem;
use typst::{World, WorldExt};
use typst_layout::Page;

use super::Job;
use super::world::{DocumentWorld, file_id};
use crate::text::{Origin, count_words};

/// Words by who wrote them.
pub type Words = BTreeMap<Origin, usize>;

/// What was found on the pages of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Marks of evidence that hold words, in reading order.
    pub(crate) marks: Vec<Mark>,
    /// Words of the whole document by who wrote them.
    pub(crate) words: Words,
    /// Pages on which nothing stands, counted from 1.
    pub(crate) blank_pages: Vec<usize>,
    /// The page on which each document starts, by the document's id.
    pub(crate) starts: BTreeMap<String, usize>,
}

/// A place where a requirement is evidenced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The requirement's id.
    pub requirement: String,
    /// The heading above it as it stands on the page, number included.
    pub section: String,
    /// The page on which that heading stands, counted from 1: the place to open.
    pub page: usize,
    /// The page on which its last words stand.
    pub last_page: usize,
    /// Its words by who wrote them.
    pub words: Words,
}

struct Open {
    ids: Vec<String>,
    start: Option<(usize, String)>,
    last_page: usize,
    tally: Tally,
}

#[derive(Default)]
struct Tally {
    values: BTreeSet<Key>,
    template: usize,
}

/// A written value: its file and where it starts there.
type Key = (u16, usize);

/// A value written into a source: its range, author and words.
type Values = BTreeMap<usize, (Range<usize>, Origin, usize)>;

struct Reader<'a> {
    world: &'a DocumentWorld<'a>,
    sources: BTreeMap<u16, Values>,
    page: usize,
    furniture: usize,
    heading: Option<(u128, String)>,
    section: (usize, String),
    open: Vec<Open>,
    whole: Tally,
    found: Found,
    is_blank: bool,
    statements_count: bool,
}

/// Reads the pages of a document.
pub(super) fn read(world: &DocumentWorld<'_>, job: &Job, pages: &[Page]) -> Found {
    let sources = job.sources.keys().filter_map(|path| {
        let id = file_id(path);
        let source = world.source(id).ok()?;
        Some((id.into_raw().get(), written_values(&source)))
    });
    let mut reader = Reader {
        world,
        sources: sources.collect(),
        page: 0,
        furniture: 0,
        heading: None,
        section: (1, String::new()),
        open: Vec::new(),
        whole: Tally::default(),
        found: Found::default(),
        is_blank: true,
        statements_count: job.statements_count,
    };
    for (i, page) in pages.iter().enumerate() {
        reader.page = i + 1;
        reader.is_blank = true;
        reader.frame(&page.frame);
        if reader.is_blank {
            reader.found.blank_pages.push(i + 1);
        }
    }
    reader.found.words = reader.words(&reader.whole);
    reader.found
}

impl Reader<'_> {
    fn frame(&mut self, frame: &Frame) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => self.frame(&group.frame),
                FrameItem::Text(text) => self.text(text),
                FrameItem::Tag(tag) => self.tag(tag),
                _ => {}
            }
        }
    }

    fn tag(&mut self, tag: &Tag) {
        match tag {
            Tag::Start(element, _) => {
                if let Some(metadata) = element.to_packed::<MetadataElem>() {
                    self.metadata(&metadata.value, element.label());
                } else if element.is::<HeadingElem>() {
                    self.heading = Some((tag.location().hash(), String::new()));
                }
            }
            Tag::End(location, ..) => {
                if self.heading.as_ref().is_some_and(|(hash, _)| *hash == location.hash()) {
                    let (_, text) = self.heading.take().expect("just seen");
                    self.section = (self.page, text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
        }
    }

    fn metadata(&mut self, value: &Value, label: Option<Label>) {
        let Ok(json) = serde_json::to_value(value) else { return };
        if label.is_some_and(|l| l.resolve().as_str() == "document-start") {
            self.found.starts.insert(json.as_str().unwrap_or_default().to_owned(), self.page);
        }
        let text = |key: &str| json.get(key).and_then(serde_json::Value::as_str);
        match text("furniture") {
            Some("start") => self.furniture += 1,
            Some(_) => self.furniture = self.furniture.saturating_sub(1),
            None => {}
        }
        let Some(ids) = json.get("evidence").and_then(serde_json::Value::as_array) else { return };
        let ids: Vec<String> = ids.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect();
        if text("at") == Some("start") {
            self.open.push(Open { ids, start: None, last_page: 0, tally: Tally::default() });
        } else if let Some(index) = self.open.iter().rposition(|o| o.ids == ids) {
            let open = self.open.remove(index);
            self.close(open);
        }
    }

    fn close(&mut self, open: Open) {
        let Some((page, section)) = open.start else { return };
        let words = self.words(&open.tally);
        for requirement in open.ids {
            let (section, words) = (section.clone(), words.clone());
            self.found.marks.push(Mark { requirement, section, page, last_page: open.last_page, words });
        }
    }

    fn text(&mut self, item: &TextItem) {
        if self.furniture > 0 {
            return;
        }
        self.is_blank = false;
        if let Some((_, heading)) = &mut self.heading {
            heading.push_str(&item.text);
            heading.push(' ');
            self.count(item, false);
            return;
        }
        self.count(item, true);
    }

    fn count(&mut self, item: &TextItem, is_evidence: bool) {
        let mut last = None;
        let mut value = None;
        let mut template = String::new();
        for glyph in &item.glyphs {
            let span = glyph.span.0;
            if last != Some(span) {
                last = Some(span);
                value = self.value_at(span);
                self.see(value, is_evidence);
            }
            if value.is_none() {
                template.push_str(item.text.get(glyph.range()).unwrap_or_default());
            }
        }
        let words = count_words(&template);
        self.whole.template += words;
        if is_evidence && words > 0 {
            if self.statements_count {
                self.start_open();
            }
            self.open.iter_mut().for_each(|o| o.tally.template += words);
        }
    }

    fn see(&mut self, value: Option<(Key, Origin)>, is_evidence: bool) {
        let Some((key, origin)) = value else { return };
        self.whole.values.insert(key);
        if is_evidence && !matches!(origin, Origin::Gap | Origin::Template) {
            self.start_open();
            self.open.iter_mut().for_each(|o| {
                o.tally.values.insert(key);
            });
        }
    }

    /// Words of the template alone do not make evidence: a mark starts at the first written value.
    fn start_open(&mut self) {
        let here = self.section.clone();
        self.open.iter_mut().for_each(|o| {
            o.start.get_or_insert_with(|| here.clone());
            o.last_page = self.page;
        });
    }

    fn value_at(&self, span: Span) -> Option<(Key, Origin)> {
        let file = span.id()?.into_raw().get();
        let values = self.sources.get(&file)?;
        let at = self.world.range(span)?.start;
        let (_, (range, origin, _)) = values.range(..=at).next_back()?;
        range.contains(&at).then_some(((file, range.start), *origin))
    }

    fn words(&self, tally: &Tally) -> Words {
        let mut words = Words::new();
        for (id, start) in &tally.values {
            if let Some((_, origin, count)) = self.sources.get(id).and_then(|v| v.get(start)) {
                *words.entry(*origin).or_default() += count;
            }
        }
        *words.entry(Origin::Template).or_default() += tally.template;
        words
    }
}

/// Finds the values that were written into a source, by the functions that name their origin.
fn written_values(source: &Source) -> Values {
    let mut values = Values::new();
    collect(&LinkedNode::new(source.root()), &mut values);
    values
}

fn collect(node: &LinkedNode<'_>, values: &mut Values) {
    match node.kind() {
        SyntaxKind::FuncCall => {
            let name = node.leftmost_leaf().map(|l| l.get().leaf_text().to_string());
            if let Some(origin) = name.as_deref().and_then(Origin::of_function) {
                let text = node.get().full_text();
                values.insert(
                    node.offset(),
                    (node.range(), origin, count_words(&text[text.find('"').unwrap_or(0)..])),
                );
                return;
            }
        }
        SyntaxKind::Str if follows_hash(node) => {
            let text = node.get().leaf_text();
            values.insert(node.offset(), (node.range(), Origin::Template, count_words(text)));
            return;
        }
        _ => {}
    }
    node.children().for_each(|child| collect(&child, values));
}

fn follows_hash(node: &LinkedNode<'_>) -> bool {
    node.prev_leaf().is_some_and(|l| l.kind() == SyntaxKind::Hash)
}
