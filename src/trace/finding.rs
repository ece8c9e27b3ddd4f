//! What is not as honest or as useful as it could be.
//!
//! Owns the form of such a finding and how it reaches the rows. Refuses to change a status: a
//! finding is advice, or tells why a place does not count.

use serde_json::{Value, json};

use super::{Matrix, Status};
use crate::diag::{Diagnostic, Diagnostics};

/// A problem of the finished pages, with the place where it can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is, what to do, and the part of the profile where that can be named.
    pub diagnostic: Diagnostic,
    /// Where it stands in the pack.
    pub spot: Option<Spot>,
}

/// A place in the pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Document id.
    pub document: String,
    /// The heading as it stands on the page; empty when the whole document is meant.
    pub section: String,
    /// Page of the document, counted from 1.
    pub page: usize,
}

impl Finding {
    /// A finding about the whole pack, or one with a place in the profile only.
    pub fn general(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, spot: None }
    }

    /// A finding about a place in the pack.
    pub fn at(spot: Spot, diagnostic: Diagnostic) -> Self {
        Self { diagnostic, spot: Some(spot) }
    }

    /// Returns the finding for other programs: nothing in it depends on how the profile is laid out.
    pub(super) fn machine(&self) -> Value {
        let (d, spot) = (&self.diagnostic, self.spot.as_ref());
        json!({
            "code": d.code.as_str(), "message": d.message, "hints": d.hints, "requirements": d.feeds,
            "document": spot.map(|s| &s.document),
            "section": spot.map(|s| &s.section).filter(|s| !s.is_empty()),
            "page": spot.map(|s| s.page),
            "pointer": d.place.as_ref().and_then(|p| p.pointer.as_ref()),
        })
    }
}

impl Matrix {
    /// Adds findings: each stands on the rows that it is about, as a reason where nothing is there.
    pub fn note(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            let d = &finding.diagnostic;
            for row in self.rows.iter_mut().filter(|r| d.feeds.contains(&r.id)) {
                let list = if row.status == Status::Missing { &mut row.reasons } else { &mut row.advice };
                if !list.contains(&d.message) {
                    list.push(d.message.clone());
                }
            }
            self.findings.push(finding);
        }
        self.findings.sort_by_key(|f| f.diagnostic.code.clone());
    }

    /// Returns the findings as problems, for a person at a screen.
    pub fn advice(&self) -> Diagnostics {
        self.findings.iter().map(|f| f.diagnostic.clone()).collect()
    }
}
