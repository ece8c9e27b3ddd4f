//! No mapping claims more than the page holds.
//!
//! Owns the checks of a finished pack that no rule over the profile can make: thin and hollow places,
//! sections that are named for too much, volume, places that changed since the learner confirmed
//! them, text that reaches no page, requirements that are left open with a reason. Each is a small
//! function from what was found to findings; their numbers are the unit's thresholds, and a check
//! whose threshold a unit does not name is not made. Refuses to change a status or to stop a build.

mod confirmed;
mod evidence;
mod holes;
mod unprinted;
mod volume;

use crate::profile::{Profile, Source};
use crate::trace::{Evidence, Finding, Located, Matrix, Spot};
use crate::unit::{DocumentRole, Unit};
pub use confirmed::confirmation;
pub(crate) use holes::holes;
pub(crate) use unprinted::unprinted;

/// What the checks look at.
struct Pack<'a> {
    unit: &'a Unit,
    documents: Vec<&'a Located>,
    matrix: &'a Matrix,
}

/// Makes all checks that need the pages, and adds what they find to the matrix. The checklist itself
/// is not looked at: it is printed from what is found here.
pub(crate) fn examine(unit: &Unit, profile: &Profile, documents: &[Located], matrix: &mut Matrix) {
    let is_written = |d: &&Located| role(unit, d).is_some_and(|r| r != DocumentRole::Checklist);
    let pack = Pack { unit, documents: documents.iter().filter(is_written).collect(), matrix };
    let found = [
        evidence::hollow(&pack),
        evidence::thin(&pack),
        evidence::overmapped(&pack),
        volume::large(&pack),
        volume::own_words(&pack),
        confirmed::stale(&profile.source, pack.matrix),
        holes(&profile.source, pack.matrix),
    ];
    matrix.note(found.into_iter().flatten());
}

impl Pack<'_> {
    /// Returns a number of the unit's conventions, where it names one.
    fn limit(&self, name: &str) -> Option<usize> {
        self.unit.thresholds.get(name).map(|n| n.max(0.0) as usize)
    }
}

/// Returns what a document is in the pack.
fn role(unit: &Unit, document: &Located) -> Option<DocumentRole> {
    unit.documents.iter().find(|s| s.id == document.spec).map(|s| s.role)
}

/// Names a place for a sentence: “5 Responses” (D04, page 4).
fn named(spot: &Spot) -> String {
    format!("“{}” ({}, page {})", spot.section, spot.document, spot.page)
}

fn spot(evidence: &Evidence) -> Spot {
    Spot { document: evidence.document.clone(), section: evidence.section.clone(), page: evidence.page }
}

/// A finding at a part of the profile.
fn in_profile(source: &Source, pointer: &str, diagnostic: crate::diag::Diagnostic) -> Finding {
    Finding::general(diagnostic.at(source.place(pointer)))
}
