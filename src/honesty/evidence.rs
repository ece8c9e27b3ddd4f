//! Places that are named as evidence and hold little, or are named for too much.

use std::collections::{BTreeMap, BTreeSet};

use super::{Pack, named, role, spot};
use crate::diag::{Builtin, Diagnostic};
use crate::text::Origin;
use crate::trace::{Evidence, Finding, Row, Spot};
use crate::typeset::{Mark, Words};
use crate::unit::{DocumentRole, Unit};

/// Requirements by the place that is named for them.
type ByPlace<T> = BTreeMap<(Spot, T), Vec<String>>;

/// Places where only the template speaks: they do not count, and this says why.
pub(super) fn hollow(pack: &Pack<'_>) -> Vec<Finding> {
    let mut places = ByPlace::new();
    for document in &pack.documents {
        let is_plain = |m: &&Mark| m.words.get(&Origin::Gap).is_none_or(|n| *n == 0);
        for mark in document.hollow.iter().filter(is_plain) {
            let spot = Spot { document: document.id.clone(), section: mark.section.clone(), page: mark.page };
            let here = |e: &Evidence| e.document == spot.document && e.section == spot.section;
            let is_open =
                pack.matrix.rows.iter().any(|r| r.id == mark.requirement && !r.evidence.iter().any(here));
            if is_open {
                places.entry((spot, ())).or_default().push(mark.requirement.clone());
            }
        }
    }
    let finding = |((spot, ()), ids): ((Spot, ()), Vec<String>)| {
        let text = format!(
            "{} holds standing text only, no word of the learner, the case or the data, so it does not count",
            named(&spot)
        );
        let hint = "fill in the part of the profile that this section prints";
        Finding::at(spot, Diagnostic::warning(Builtin::EvidenceBoilerplate, text).hint(hint).about(ids))
    };
    places.into_iter().map(finding).collect()
}

/// Places that hold fewer words than can show anything.
pub(super) fn thin(pack: &Pack<'_>) -> Vec<Finding> {
    let Some(least) = pack.limit("evidence_words") else { return Vec::new() };
    let is_form = |e: &Evidence| {
        let document = pack.documents.iter().find(|d| d.id == e.document);
        document.and_then(|d| role(pack.unit, d)) == Some(DocumentRole::Blank)
    };
    let mut places = ByPlace::new();
    for (row, place) in claims(&pack.matrix.rows).filter(|(_, e)| !is_form(e)) {
        let words = own(&place.words);
        if words < least {
            places.entry((spot(place), words)).or_default().push(row.id.clone());
        }
    }
    let finding = |((spot, words), ids): ((Spot, usize), Vec<String>)| {
        let text = format!(
            "{} has {words} words of the learner, the case or the data; fewer than {least} seldom show much",
            named(&spot)
        );
        let hint = "say there what was done, why and with what result";
        Finding::at(spot, Diagnostic::warning(Builtin::EvidenceThin, text).hint(hint).about(ids))
    };
    places.into_iter().map(finding).collect()
}

/// Sections that are named for more requirements than an assessor can check in one place.
pub(super) fn overmapped(pack: &Pack<'_>) -> Vec<Finding> {
    let Some(most) = pack.limit("section_requirements") else { return Vec::new() };
    let mut sections = BTreeMap::<(&str, &str), (Spot, Vec<String>)>::new();
    for (row, place) in claims(&pack.matrix.rows) {
        let key = (place.document.as_str(), place.section.as_str());
        let (_, ids) = sections.entry(key).or_insert_with(|| (spot(place), Vec::new()));
        if !ids.contains(&row.id) {
            ids.push(row.id.clone());
        }
    }
    let finding = |(spot, ids): (Spot, Vec<String>)| {
        let count = distinct(pack.unit, &ids);
        let text = format!(
            "{} is named for {count} different requirements; more than {most} are hard to check in one place",
            named(&spot)
        );
        let hint = "show each of them where it is worked out, and mark it there";
        let problem = Diagnostic::warning(Builtin::SectionOvermapped, text).hint(hint).about(ids);
        (count > most).then(|| Finding::at(spot, problem))
    };
    sections.into_values().filter_map(finding).collect()
}

/// Every place of every row that is no group: a group claims nothing that its rows do not.
fn claims(rows: &[Row]) -> impl Iterator<Item = (&Row, &Evidence)> {
    rows.iter().filter(|r| !r.group).flat_map(|r| r.evidence.iter().map(move |e| (r, e)))
}

/// Words that are not the template's and not still to be written.
fn own(words: &Words) -> usize {
    words.iter().filter(|(o, _)| !matches!(o, Origin::Template | Origin::Gap)).map(|(_, n)| n).sum()
}

/// Counts requirements; those that one piece of evidence serves by its nature count once.
fn distinct(unit: &Unit, ids: &[String]) -> usize {
    let group = |id: &String| {
        let index = unit.served_together.iter().position(|g| g.requirements.contains(id));
        index.ok_or_else(|| id.clone())
    };
    ids.iter().map(group).collect::<BTreeSet<Result<usize, String>>>().len()
}
