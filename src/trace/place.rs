//! Where a requirement is evidenced.
//!
//! Owns the turn from marks on pages to places that a person can open. Refuses to judge what they
//! are worth.

use serde::Serialize;

use super::Located;
use crate::typeset::{Mark, Words};
use crate::unit::Requirement;

/// A place in the pack where a requirement is evidenced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Document id.
    pub document: String,
    /// Document title.
    pub title: String,
    /// The document's PDF, relative to the checklist.
    pub file: String,
    /// The heading as it stands on the page, number included.
    pub section: String,
    /// Page of the document on which that heading stands.
    pub page: usize,
    /// Page of the document on which the evidence ends.
    pub last_page: usize,
    /// Page of the PDF that holds all documents.
    pub submission_page: usize,
    /// Link to the page.
    pub href: String,
    /// Words of the block by who wrote them.
    pub words: Words,
    /// A digest of the words that the template did not bring.
    pub digest: String,
}

/// Returns where a requirement is evidenced, the primary documents first.
pub(super) fn located(requirement: &Requirement, documents: &[Located]) -> Vec<Evidence> {
    let is_primary = |d: &Located| requirement.documents.contains(&d.spec);
    let (primary, others): (Vec<_>, Vec<_>) = documents.iter().partition(|d| is_primary(d));
    let mut found: Vec<Evidence> = Vec::new();
    for document in primary.into_iter().chain(others) {
        for mark in document.marks.iter().filter(|m| m.requirement == requirement.id) {
            let evidence = evidence(document, mark);
            let is_known = |e: &Evidence| e.document == evidence.document && e.section == evidence.section;
            if !found.iter().any(is_known) {
                found.push(evidence);
            }
        }
    }
    found
}

fn evidence(document: &Located, mark: &Mark) -> Evidence {
    Evidence {
        document: document.id.clone(),
        title: document.title.clone(),
        file: document.file.clone(),
        section: mark.section.clone(),
        page: mark.page,
        last_page: mark.last_page.max(mark.page),
        submission_page: document.offset + mark.page,
        href: format!("{}#page={}", document.file, mark.page),
        words: mark.words.clone(),
        digest: mark.digest.clone(),
    }
}
