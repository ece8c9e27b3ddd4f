//! Learners' own words that stand in more than one hand-in.
//!
//! Owns which words are compared: those that learners wrote, known by origin and not by guess.
//! Refuses to call it copying: it shows both passages, and a person decides.

use serde::Serialize;

use crate::render::tokens;

/// What stands for a figure, whose number only the print has.
const FIGURE: &str = "[figure]";

/// Two hand-ins that share words.
#[derive(Clone, Debug, Serialize)]
pub struct Similarity {
    /// One of them.
    pub one: Side,
    /// The other.
    pub other: Side,
    /// The words that both hold.
    pub shared_words: usize,
    /// The larger of the two shares of the learner's own words, in whole per cent.
    pub percent: usize,
    /// Sections that are alike as a whole, the most alike first.
    pub sections: Vec<Alike>,
    /// The longest shared passages: those that stand in no sample first, the longest first.
    pub passages: Vec<Passage>,
}

impl Similarity {
    /// The share in words: a small one is not nothing.
    pub fn share(&self) -> String {
        if self.percent == 0 { "under 1%".into() } else { format!("{}%", self.percent) }
    }
}

/// A section that is alike in two hand-ins.
#[derive(Clone, Debug, Serialize)]
pub struct Alike {
    /// What a person calls it.
    pub section: String,
    /// The share of word groups that both hold among those that either holds, in whole per cent.
    pub percent: usize,
    /// Whether it is nearly all the same.
    pub serious: bool,
}

/// Words that stand in many hand-ins, told once for all of them.
#[derive(Clone, Debug, Serialize)]
pub struct Common {
    /// The hand-ins.
    pub sides: Vec<Side>,
    /// How many words they share.
    pub words: usize,
    /// The longest passages: those that stand in no sample first, the longest first.
    pub passages: Vec<SharedPassage>,
}

/// A passage that many hold, as it stands in the first of them.
#[derive(Clone, Debug, Serialize)]
pub struct SharedPassage {
    /// How many words it has.
    pub words: usize,
    /// Where it stands in the first.
    pub place: Excerpt,
    /// Where else it is known to stand, such as a sample that the program hands out.
    pub stands_in: Option<String>,
}

/// One of two hand-ins.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// The place among [`super::Report::learners`]; none for a reference.
    pub learner: Option<usize>,
    /// The learner's name, or the reference's.
    pub name: String,
    /// The words of their own that were compared.
    pub words: usize,
}

/// A passage that both hold.
#[derive(Clone, Debug, Serialize)]
pub struct Passage {
    /// How many words it has.
    pub words: usize,
    /// As it stands in the one.
    pub one: Excerpt,
    /// As it stands in the other.
    pub other: Excerpt,
    /// Where else it is known to stand, such as a sample that the program hands out.
    pub stands_in: Option<String>,
}

/// A piece of text with its place.
#[derive(Clone, Debug, Serialize)]
pub struct Excerpt {
    /// The text, with a word in place of each figure that it cites.
    pub text: String,
    /// The part of the profile, such as `/kpis/0/rationale`; none in files that evipack did not make.
    pub pointer: Option<String>,
    /// The PDF below the pack's `data` folder where a page is known, and otherwise a file of the pack.
    pub file: String,
    /// The page, counted from 1, where it was found on one.
    pub page: Option<usize>,
}

/// Puts a word in place of each token that cites a figure: a trainer does not know what it prints.
pub(super) fn name_figures(similar: &mut [Similarity], common: &mut [Common]) {
    let pairs = similar.iter_mut().flat_map(|pair| &mut pair.passages);
    let groups = common.iter_mut().flat_map(|group| &mut group.passages);
    let excerpts = pairs.flat_map(|p| [&mut p.one, &mut p.other]).chain(groups.map(|p| &mut p.place));
    for Excerpt { text, .. } in excerpts {
        let ranges: Vec<_> = tokens(text).into_iter().map(|(range, _)| range).collect();
        ranges.into_iter().rev().for_each(|range| text.replace_range(range, FIGURE));
    }
}
