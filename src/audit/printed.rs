//! Where reported passages are printed: the packs that hold them are opened a second time.
//!
//! Only a few of a class share words, so the pages of all the others are never read. Owns which packs
//! are opened again, and the search on their pages. Keeps nothing of a pack but places; refuses to guess:
//! a passage that stands on no page, or only in pieces, keeps its place in the profile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::bag::{PackReport, Place};
use super::desk::Desk;
use super::lms::Submission;
use super::pages::{PageDoc, Pages};
use super::report::Report;
use super::similar::{Common, Excerpt, Similarity};
use super::source::Kind;
use super::submission::{self, Around};
use super::{Input, Options, Visit, crew, one, pdf};
use crate::render::tokens;

/// How many learners' packs are opened again, in the report's order.
const LEARNERS: usize = 60;
/// How many words in a row are looked for.
const WORDS: usize = 12;
/// How few words may be looked for where figures stand between them.
const LEAST: usize = 5;

/// A submission: the input and the place in it.
type Where = (String, String);
/// The file and page of each text that was found.
type Found = BTreeMap<String, (String, usize)>;

/// Finds the pages of the passages that a report shows.
pub(super) fn locate(report: &mut Report, inputs: &[Input<'_>], options: &Options<'_>) {
    let wanted = wanted(report);
    let learners = &report.learners;
    let place = |nth: usize| learners.get(nth).map(|l| (l.input.clone(), l.source.clone()));
    let mut by_place: BTreeMap<Where, BTreeSet<&str>> = BTreeMap::new();
    for (learner, texts) in &wanted {
        let Some(place) = place(*learner) else { continue };
        by_place.entry(place).or_default().extend(texts.iter().map(String::as_str));
    }
    let found = search(&by_place, inputs, options);
    for (learner, excerpt) in excerpts(&mut report.similar, &mut report.common) {
        let Some(found) = place(learner).and_then(|place| found.get(&place)) else { continue };
        if let Some((file, page)) = found.get(&excerpt.text) {
            (excerpt.file, excerpt.page) = (file.clone(), Some(*page));
        }
    }
}

/// The texts that are looked for, by learner.
fn wanted(report: &mut Report) -> BTreeMap<usize, BTreeSet<String>> {
    let mut wanted: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (learner, excerpt) in excerpts(&mut report.similar, &mut report.common) {
        if wanted.contains_key(&learner) || wanted.len() < LEARNERS {
            wanted.entry(learner).or_default().insert(excerpt.text.clone());
        }
    }
    wanted
}

/// The excerpts of a report from what learners handed in, each with its learner.
fn excerpts<'a>(
    similar: &'a mut [Similarity],
    common: &'a mut [Common],
) -> impl Iterator<Item = (usize, &'a mut Excerpt)> {
    let pairs = similar.iter_mut().flat_map(|pair| {
        let (one, other) = (pair.one.learner, pair.other.learner);
        pair.passages.iter_mut().flat_map(move |p| [(one, &mut p.one), (other, &mut p.other)])
    });
    let groups = common.iter_mut().flat_map(|group| {
        let first = group.sides.first().and_then(|side| side.learner);
        group.passages.iter_mut().map(move |p| (first, &mut p.place))
    });
    pairs.chain(groups).filter_map(|(learner, excerpt)| Some((learner?, excerpt)))
}

/// Opens submissions again, and looks for texts on the pages of their packs.
fn search(
    wanted: &BTreeMap<Where, BTreeSet<&str>>,
    inputs: &[Input<'_>],
    options: &Options<'_>,
) -> BTreeMap<Where, Found> {
    let first = options.desk;
    let desk = Desk::new(first.limits.clone(), true, first.stop);
    let look = |around: &Around<'_>, submission: &Submission| {
        let own = (around.input.to_owned(), submission.source.clone());
        let texts = wanted.get(&own)?;
        let found = Mutex::new(Found::new());
        let examine = |place: &Place<'_>, desk: &Desk<'_>| {
            let here = in_pack(place, texts, desk);
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            for (text, page) in here {
                found.entry(text).or_insert(page);
            }
            PackReport::new(&place.source, &place.base)
        };
        submission::examine(&Around { examine: &examine, ..*around }, submission, &desk);
        Some((own, found.into_inner().unwrap_or_else(PoisonError::into_inner)))
    };
    let inputs: Vec<&Input<'_>> =
        inputs.iter().filter(|i| wanted.keys().any(|(input, _)| *input == i.name)).collect();
    let threads = crew::size().div_ceil(inputs.len().max(1));
    let visit = Visit { layouts: options.layouts, desk: &desk, threads, known: &|_| (), look: &look };
    let open = |input: &&Input<'_>| if desk.is_stopped() { Vec::new() } else { one(input, &visit).1 };
    crew::side_by_side(crew::size(), &inputs, open).into_iter().flatten().flatten().collect()
}

/// Looks for texts on the pages of a pack, one document at a time.
fn in_pack(place: &Place<'_>, texts: &BTreeSet<&str>, desk: &Desk<'_>) -> Found {
    let mut missing: Vec<(&str, Vec<String>)> = texts.iter().map(|text| (*text, pieces(text))).collect();
    let mut found = Found::new();
    for (file, index) in documents(place) {
        if missing.is_empty() || desk.is_stopped() {
            break;
        }
        let size = place.tree.items()[index].size;
        if size > desk.limits.again {
            continue;
        }
        let _held = desk.hold_file(size);
        let mut bytes = desk.lend_buffer();
        let read = place.tree.copy(index, size, &mut |piece| bytes.extend_from_slice(piece));
        let pages = read.ok().and_then(|()| pdf::texts(&bytes));
        desk.take_buffer(bytes);
        let Some(pages) = pages else { continue };
        let pages = Pages { documents: vec![PageDoc { file: file.to_owned(), pages }] };
        missing.retain(|(text, pieces)| {
            let page = pieces.iter().find_map(|piece| pages.find(piece)).map(|(_, page)| page);
            found.extend(page.map(|page| ((*text).to_owned(), (file.to_owned(), page))));
            page.is_none()
        });
    }
    found
}

/// The documents of a pack by their names below its `data` folder, in their order.
fn documents<'a>(place: &'a Place<'_>) -> BTreeMap<&'a str, usize> {
    let items = place.tree.items();
    let document = |index: &usize| {
        let item = &items[*index];
        let file = item.path.strip_prefix(&place.base)?.strip_prefix("data/")?;
        let is_document = file.starts_with("documents/") && file.ends_with(".pdf");
        (is_document && item.kind == Kind::File).then_some((file, *index))
    };
    place.members.iter().filter_map(document).collect()
}

/// The words of a passage that are looked for, the first found counts: those at its beginning, and the
/// next ones, because a page may end between them. Figures are printed as numbers, so none is within.
fn pieces(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (range, _) in tokens(text) {
        parts.push(&text[from..range.start]);
        from = range.end;
    }
    parts.push(&text[from..]);
    let words = |part: &&str| part.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
    let rows: Vec<Vec<String>> = parts.iter().map(words).collect();
    let pieces = rows.iter().flat_map(|row| row.chunks(WORDS)).filter(|piece| piece.len() >= LEAST);
    pieces.take(3).map(|piece| piece.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_without_figures() {
        let text = "We saw [[facebook/reach@p2]] people who came to the fete and the fair on each day, and more of them [[x@p1]] came late";
        let found = pieces(text);
        assert_eq!(found[0], "people who came to the fete and the fair on each day,");
        assert_eq!(found.len(), 1, "{found:?}");
        let long: Vec<String> = (0..100).map(|n| format!("w{n}")).collect();
        assert_eq!(pieces(&long.join(" ")).len(), 3);
        assert!(pieces("two words").is_empty());
    }
}
