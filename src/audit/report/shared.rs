//! Words that hand-ins share, as the printed forms see them.
//!
//! Owns what is shown of them and in which words a place is told. Refuses to explain them.

use serde_json::{Value as Json, json};

use super::Report;
use super::pages::in_words;
use super::view::anchor;
use crate::audit::bag::PackReport;
use crate::audit::similar::{Common, Excerpt, Side, Similarity};

/// Sections of a pair that are named.
const SECTIONS: usize = 8;
/// Characters of a passage that is told for many hand-ins.
const LETTERS: usize = 400;

impl Report {
    /// Tells whether two learners handed in the same pack; one that was changed keeps its id, and is another.
    pub fn is_same_pack(&self, pair: &Similarity) -> bool {
        let ids = |side: &Side| -> Vec<&str> {
            let learner = side.learner.and_then(|nth| self.learners.get(nth));
            let valid = |pack: &&PackReport| pack.verdicts.valid == Some(true);
            let packs = learner.into_iter().flat_map(|l| &l.packs).filter(valid);
            packs.filter_map(|p| p.id.as_deref()).collect()
        };
        let (one, other) = (ids(&pair.one), ids(&pair.other));
        one.iter().any(|id| other.contains(id))
    }
}

/// Two hand-ins that share words.
pub(super) fn pair(report: &Report, pair: &Similarity) -> Json {
    let passages = pair.passages.iter().map(|p| {
        json!({
            "words": p.words, "one": excerpt(&p.one), "other": excerpt(&p.other), "stands_in": p.stands_in,
        })
    });
    let sections = pair.sections.iter().take(SECTIONS);
    json!({
        "one": side(&pair.one), "other": side(&pair.other), "shared": pair.shared_words,
        "percent": pair.percent, "share": pair.share(), "same": report.is_same_pack(pair), "passages": passages.collect::<Vec<_>>(),
        "sections": sections.map(|s| format!("{} ({}%)", s.section, s.percent)).collect::<Vec<_>>(),
        "more": pair.sections.len().saturating_sub(SECTIONS),
    })
}

/// Many hand-ins that share words.
pub(super) fn group(group: &Common) -> Json {
    let passages = group.passages.iter().map(|p| {
        let place = Excerpt { text: short(&p.place.text), ..p.place.clone() };
        json!({ "words": p.words, "one": excerpt(&place), "stands_in": p.stands_in })
    });
    json!({
        "sides": group.sides.iter().map(side).collect::<Vec<_>>(), "shared": group.words,
        "passages": passages.collect::<Vec<_>>(),
    })
}

fn side(side: &Side) -> Json {
    json!({ "name": side.name, "words": side.words, "anchor": side.learner.map(anchor) })
}

fn excerpt(excerpt: &Excerpt) -> Json {
    json!({
        "text": excerpt.text, "at": in_words(&excerpt.file, excerpt.page),
        "pointer": excerpt.pointer.as_ref().filter(|_| excerpt.page.is_none()),
    })
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
