//! Reading finished pages: marks of evidence, headings, and words by author.
//!
//! Owns the walk over the laid-out pages. A mark counts only where real words stand between its
//! start and its end. Words are known by the place in the source that each glyph came from, so
//! that nothing is guessed from the text. Refuses to judge what a mark is worth.

use std::collections::BTreeMap;

use typst::foundations::{Label, Value};
use typst::introspection::{Location, MetadataElem, Tag};
use typst::layout::{Frame, FrameItem};
use typst::model::HeadingElem;
use typst::syntax::Span;
use typst::text::TextItem;
use typst::{World, WorldExt};
use typst_layout::Page;

use super::Job;
use super::world::{DocumentWorld, file_id};
use super::written::{Key, Tally, Written};
use crate::text::{Origin, count_words};

/// Words by who wrote them.
pub type Words = BTreeMap<Origin, usize>;

/// What was found on the pages of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Marks of evidence that hold words, in reading order; those of one requirement in one section are one.
    pub(crate) marks: Vec<Mark>,
    /// Marks around words of the template alone: they do not count as evidence.
    pub(crate) hollow: Vec<Mark>,
    /// Words of the whole document by who wrote them.
    pub(crate) words: Words,
    /// Pages on which nothing stands, counted from 1.
    pub(crate) blank_pages: Vec<usize>,
    /// The page on which each document starts, by the document's id.
    pub(crate) starts: BTreeMap<String, usize>,
    /// All that was written into the document and reached it, without white space and in lower case.
    pub(crate) printed: String,
    /// Where the section of each mark begins, in the order of the marks, with the requirement's id.
    pub(super) anchors: Vec<(Location, String)>,
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
    /// A digest of the words that the template did not bring: it changes when they change.
    pub digest: String,
}

struct Open {
    ids: Vec<String>,
    section: (usize, String),
    /// Where the section begins, or the mark where it stands below no heading.
    place: Location,
    counts: bool,
    last_page: usize,
    tally: Tally,
}

/// What one requirement has in one section.
struct Block {
    requirement: String,
    section: (usize, String),
    place: Location,
    counts: bool,
    last_page: usize,
    tally: Tally,
}

struct Reader<'a> {
    world: &'a DocumentWorld<'a>,
    written: Written,
    page: usize,
    furniture: usize,
    heading: Option<(Location, String)>,
    section: (usize, String),
    /// Where the section begins; none above the first heading.
    place: Option<Location>,
    open: Vec<Open>,
    blocks: Vec<Block>,
    whole: Tally,
    /// Values of the running head and foot, which are no words of the document.
    furnished: Tally,
    found: Found,
    is_blank: bool,
    statements_count: bool,
}

/// Reads the pages of a document.
pub(super) fn read(world: &DocumentWorld<'_>, job: &Job, pages: &[Page]) -> Found {
    let sources = job.sources.keys().filter_map(|path| {
        let id = file_id(path);
        Some((id.into_raw().get(), world.source(id).ok()?))
    });
    let mut reader = Reader {
        world,
        written: Written::in_sources(sources),
        page: 0,
        furniture: 0,
        heading: None,
        section: (1, String::new()),
        place: None,
        open: Vec::new(),
        blocks: Vec::new(),
        whole: Tally::default(),
        furnished: Tally::default(),
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
    reader.finish()
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
                    self.metadata(&metadata.value, element.label(), tag.location());
                } else if element.is::<HeadingElem>() {
                    self.heading = Some((tag.location(), String::new()));
                }
            }
            Tag::End(location, ..) => {
                if self.heading.as_ref().is_some_and(|(start, _)| start == location) {
                    let (start, text) = self.heading.take().expect("just seen");
                    self.place = Some(start);
                    self.section = (self.page, text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
        }
    }

    fn metadata(&mut self, value: &Value, label: Option<Label>, at: Location) {
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
            let section = self.section.clone();
            self.open.push(Open {
                ids,
                section,
                place: self.place.unwrap_or(at),
                counts: false,
                last_page: self.page,
                tally: Tally::default(),
            });
        } else if let Some(index) = self.open.iter().rposition(|o| o.ids == ids) {
            let open = self.open.remove(index);
            self.close(&open);
        }
    }

    fn close(&mut self, open: &Open) {
        for id in &open.ids {
            let same = |b: &&mut Block| b.requirement == *id && b.section == open.section;
            if let Some(block) = self.blocks.iter_mut().find(same) {
                block.tally.add(&open.tally);
                block.last_page = block.last_page.max(open.last_page);
                block.counts |= open.counts;
            } else {
                self.blocks.push(Block {
                    requirement: id.clone(),
                    section: open.section.clone(),
                    place: open.place,
                    counts: open.counts,
                    last_page: open.last_page,
                    tally: open.tally.clone(),
                });
            }
        }
    }

    fn finish(mut self) -> Found {
        for block in std::mem::take(&mut self.blocks) {
            let (page, section) = block.section;
            let mark = Mark {
                requirement: block.requirement,
                section,
                page,
                last_page: block.last_page,
                words: self.written.words(&block.tally),
                digest: self.written.digest(&block.tally),
            };
            match block.counts {
                true => {
                    self.found.anchors.push((block.place, mark.requirement.clone()));
                    self.found.marks.push(mark);
                }
                false if mark.words.values().any(|n| *n > 0) => self.found.hollow.push(mark),
                false => {}
            }
        }
        self.found.words = self.written.words(&self.whole);
        self.whole.add(&self.furnished);
        self.found.printed = self.written.printed(&self.whole);
        self.found
    }

    fn text(&mut self, item: &TextItem) {
        if self.furniture > 0 {
            let keys = item.glyphs.iter().filter_map(|glyph| Some(self.value_at(glyph.span.0)?.0));
            let keys: Vec<_> = keys.collect();
            self.furnished.values.extend(keys);
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
        for open in &mut self.open {
            if !open.counts {
                open.section = self.section.clone();
                open.place = self.place.unwrap_or(open.place);
                open.counts = true;
            }
            open.last_page = self.page;
        }
    }

    fn value_at(&self, span: Span) -> Option<(Key, Origin)> {
        let file = span.id()?.into_raw().get();
        self.written.at(file, self.world.range(span)?.start)
    }
}
