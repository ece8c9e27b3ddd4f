//! What changed since an earlier hand-in: for each requirement, and for each document.
//!
//! Owns the pairs of hand-ins and the words for what happened between them. An earlier audit can be a
//! report in JSON, so that nobody has to keep old downloads. Refuses to guess whose hand-in it was: a
//! pair has the same id, the same name inside or the same file, and nobody else has.

mod earlier;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::aside::{Aside, Kept};
use super::coverage::{CoveredRow, PagePlace};
use super::report::Report;
use super::submission::LearnerReport;
use crate::trace::Status;

pub use earlier::Earlier;
use earlier::{Before, BeforeRow};

/// What is compared with.
#[derive(Clone, Debug, Serialize)]
pub struct Against {
    /// What the earlier hand-ins are, as the user named them.
    pub path: String,
    /// Who handed in then and not now.
    pub not_again: Vec<String>,
}

/// What changed in the hand-in of one learner.
#[derive(Clone, Debug, Serialize)]
pub struct Changes {
    /// Where the earlier hand-in lies.
    pub before: String,
    /// How it was found.
    pub matched_by: MatchedBy,
    /// Whether it is the very same pack; none where one of the two has no id.
    pub same_pack: Option<bool>,
    /// What happened to requirements that are or were open; none where one of the two was not looked at.
    pub rows: Option<Kept<Vec<RowChange>>>,
    /// Sums over the rows.
    pub totals: ChangeTotals,
    /// Documents with other bytes than before, by their files; none where digests are not known.
    pub documents: Option<DocumentChanges>,
}

/// How an earlier hand-in was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchedBy {
    /// By the id that the platform gave.
    Id,
    /// By the id or name of the learner inside the pack, or the name that the platform gave.
    Name,
    /// By the name of the file or folder.
    File,
    /// There was one hand-in then, and there is one now.
    Only,
}

/// What happened to a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was met, and is not any more.
    New,
    /// It was open, and less is there for it now.
    Weakened,
    /// It was open, and still is.
    StillOpen,
    /// It was open, and is met now.
    Closed,
}

/// What happened to one requirement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowChange {
    /// The requirement's id.
    pub id: String,
    /// What happened.
    pub change: Change,
    /// Its status then; none where it was no row then.
    pub before: Option<Status>,
    /// Its status now.
    pub now: Status,
    /// Why it is not met now.
    pub reasons: Vec<String>,
    /// Where it was evidenced then.
    pub places_before: Vec<PagePlace>,
    /// Where it is evidenced now.
    pub places: Vec<PagePlace>,
}

/// Sums over the rows of one learner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChangeTotals {
    /// Were met, are open.
    pub new: usize,
    /// Open, with less than before.
    pub weakened: usize,
    /// Open then and now.
    pub still_open: usize,
    /// Were open, are met.
    pub closed: usize,
}

/// Documents with other bytes than before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DocumentChanges {
    /// There then and now, with other contents.
    pub changed: Vec<String>,
    /// Not there then.
    pub added: Vec<String>,
    /// Not there now.
    pub removed: Vec<String>,
}

impl Report {
    /// Says for each learner what changed since an earlier hand-in.
    pub fn compare(&mut self, path: &str, earlier: &Earlier) {
        let pairs = pairs(&self.learners, &earlier.learners);
        let used: BTreeSet<usize> = pairs.iter().flatten().map(|(nth, _)| *nth).collect();
        let rest = earlier.learners.iter().enumerate().filter(|(nth, _)| !used.contains(nth));
        let not_again = rest.map(|(_, before)| before.shown_as.clone()).collect();
        self.against = Some(Against { path: path.to_owned(), not_again });
        let groups: BTreeSet<String> =
            self.units.iter().flat_map(|u| &u.rows).filter(|r| r.group).map(|r| r.id.clone()).collect();
        for (learner, pair) in self.learners.iter_mut().zip(pairs) {
            learner.changes =
                pair.map(|(nth, by)| changes(learner, &earlier.learners[nth], by, (&groups, &earlier.aside)));
        }
    }
}

/// Finds the earlier hand-in of each learner; each is used once at most.
fn pairs(now: &[LearnerReport], then: &[Before]) -> Vec<Option<(usize, MatchedBy)>> {
    let mut found = vec![None; now.len()];
    if let ([_], [_]) = (now, then) {
        found[0] = Some((0, MatchedBy::Only));
    }
    let mut taken = BTreeSet::new();
    type Key = (MatchedBy, fn(&LearnerReport) -> Option<String>, fn(&Before) -> Option<String>);
    let keys: [Key; 4] = [
        (MatchedBy::Id, |l| l.learner.id.clone(), |b| b.learner.id.clone()),
        (MatchedBy::Name, |l| earlier::inside(l).and_then(|p| p.id), |b| b.named.clone().and_then(|p| p.id)),
        (
            MatchedBy::Name,
            |l| earlier::name(l.learner.name.as_deref(), earlier::inside(l)),
            |b| earlier::name(b.learner.name.as_deref(), b.named.clone()),
        ),
        (MatchedBy::File, |l| Some(earlier::file(l.place())), |b| Some(earlier::file(&b.place))),
    ];
    for (by, key_now, key_then) in keys {
        let all: Vec<Option<String>> = now.iter().map(key_now).collect();
        let old: Vec<Option<String>> = then.iter().map(key_then).collect();
        for (nth, key) in all.iter().enumerate() {
            let Some(key) = key.as_ref().filter(|k| !k.is_empty()) else { continue };
            let is_alone = all.iter().flatten().filter(|k| *k == key).count() == 1;
            let same: Vec<usize> = (0..old.len()).filter(|o| old[*o].as_ref() == Some(key)).collect();
            let ([one], true) = (same.as_slice(), is_alone) else { continue };
            let is_free = found[nth].is_none_or(|(_, by)| by == MatchedBy::Only);
            if is_free && taken.insert(*one) {
                found[nth] = Some((*one, by));
            }
        }
    }
    found
}

fn changes(
    learner: &LearnerReport,
    before: &Before,
    by: MatchedBy,
    (groups, aside): (&BTreeSet<String>, &Aside),
) -> Changes {
    let pack = learner.packs.first();
    let rows_now = pack.and_then(|p| p.coverage.as_ref()).map(|c| c.rows.get());
    let rows = rows_now.zip(before.rows.as_ref().map(Kept::get)).map(|(now, then)| {
        let mut rows: Vec<RowChange> = now
            .iter()
            .filter(|row| !groups.contains(&row.id))
            .filter_map(|row| changed(row, then.iter().find(|old| old.id == row.id)))
            .collect();
        rows.sort_by_key(|row| row.change);
        rows
    });
    let count = |change| rows.iter().flatten().filter(|r: &&RowChange| r.change == change).count();
    let totals = ChangeTotals {
        new: count(Change::New),
        weakened: count(Change::Weakened),
        still_open: count(Change::StillOpen),
        closed: count(Change::Closed),
    };
    let ids = pack.and_then(|p| p.id.as_ref()).zip(before.id.as_ref());
    let digests = pack
        .map(|p| p.documents.get())
        .filter(|d| !d.is_empty())
        .zip(before.documents.as_ref().map(Kept::get));
    let documents = digests.map(|(now, then)| {
        let only = |one: &std::collections::BTreeMap<String, String>,
                    other: &std::collections::BTreeMap<String, String>| {
            one.keys().filter(|n| !other.contains_key(*n)).cloned().collect::<Vec<_>>()
        };
        let is_other = |(name, digest): &(&String, &String)| then.get(*name).is_some_and(|d| d != *digest);
        DocumentChanges {
            changed: now.iter().filter(is_other).map(|(n, _)| n.clone()).collect(),
            added: only(&now, &then),
            removed: only(&then, &now),
        }
    });
    Changes {
        before: before.place.clone(),
        matched_by: by,
        same_pack: ids.map(|(a, b)| a == b),
        rows: rows.map(|rows| Kept::new(aside, &rows)),
        totals,
        documents,
    }
}

/// Says what happened to a requirement; none where it is met and was, or was no row.
fn changed(now: &CoveredRow, then: Option<&BeforeRow>) -> Option<RowChange> {
    let before = then.map(|t| t.status);
    let change = match (before, now.status) {
        (None | Some(Status::Met), Status::Met) => return None,
        (None | Some(Status::Met), _) => Change::New,
        (Some(_), Status::Met) => Change::Closed,
        (Some(before), now) if now > before => Change::Weakened,
        _ => Change::StillOpen,
    };
    Some(RowChange {
        id: now.id.clone(),
        change,
        before,
        now: now.status,
        reasons: now.reasons.clone(),
        places_before: then.map(|t| t.places.clone()).unwrap_or_default(),
        places: now.places.clone(),
    })
}
