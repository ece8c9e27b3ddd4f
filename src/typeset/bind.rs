//! Several laid-out documents, put behind one another as one.
//!
//! Owns the binding: pages are laid out document by document and exported together, so that a long
//! whole needs no more memory than its longest part. Locations are only unique within one document;
//! each part gets locations of its own here, in tags, links and logical parents alike.

use typst::ecow::EcoVec;
use typst::introspection::{Location, Tag};
use typst::layout::{Frame, FrameItem, FrameParent, GroupItem};
use typst::model::Destination;
use typst::utils::hash128;
use typst_layout::{Page, PagedDocument};

/// Places by their locations, each with a name.
type Anchors = Vec<(Location, String)>;

/// Binds parts in their order, and their anchors with them; what the first says about itself holds for
/// the whole.
pub(super) fn bind(parts: impl Iterator<Item = (PagedDocument, Anchors)>) -> (PagedDocument, Anchors) {
    let mut pages = EcoVec::new();
    let mut anchors = Anchors::new();
    let mut info = None;
    for (number, (part, own)) in parts.enumerate() {
        info.get_or_insert_with(|| typst::model::Document::info(&part).clone());
        pages.extend(part.pages().iter().map(|page| self::own(page, number)));
        anchors.extend(own.into_iter().map(|(location, name)| (moved(location, number), name)));
    }
    (PagedDocument::new(pages, info.unwrap_or_default()), anchors)
}

fn own(page: &Page, part: usize) -> Page {
    Page { frame: frame(&page.frame, part), ..page.clone() }
}

fn moved(location: Location, part: usize) -> Location {
    Location::new(hash128(&(location.hash(), part)))
}

fn frame(old: &Frame, part: usize) -> Frame {
    let mut new = Frame::new(old.size(), old.kind());
    if old.has_baseline() {
        new.set_baseline(old.baseline());
    }
    new.push_multiple(old.items().map(|(point, item)| (*point, self::item(item, part))));
    new
}

fn item(old: &FrameItem, part: usize) -> FrameItem {
    match old {
        FrameItem::Group(group) => FrameItem::Group(GroupItem {
            frame: frame(&group.frame, part),
            parent: group.parent.map(|p| FrameParent::new(moved(p.location, part), p.inherit)),
            ..group.clone()
        }),
        FrameItem::Tag(Tag::Start(element, flags)) => {
            let mut element = element.clone();
            if let Some(location) = element.location() {
                element.set_location(moved(location, part));
            }
            FrameItem::Tag(Tag::Start(element, *flags))
        }
        FrameItem::Tag(Tag::End(location, key, flags)) => {
            FrameItem::Tag(Tag::End(moved(*location, part), *key, *flags))
        }
        FrameItem::Link(Destination::Location(location), size) => {
            FrameItem::Link(Destination::Location(moved(*location, part)), *size)
        }
        other => other.clone(),
    }
}
