//! What the learner confirmed, and what has changed since.
//!
//! Owns the part `mapping_confirmed` of a profile: a day, and for each requirement and document a
//! digest of the words that stood there. The words decide, not the page: a place that only moves is
//! still the one that was confirmed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{in_profile, named, spot};
use crate::diag::{Builtin, Diagnostic};
use crate::profile::Source;
use crate::text::date_in_words;
use crate::trace::{Evidence, Finding, Matrix};

/// How many bytes of a digest are kept.
const DIGEST: usize = 8;

/// A requirement and a document that is named for it.
type Key<'a> = (&'a str, &'a str);

/// Returns the value of `mapping_confirmed` as text: one line for each requirement and document.
pub fn confirmation(matrix: &Matrix, on: &str) -> String {
    let mut out = format!("{{\n    \"on\": {},\n    \"places\": [", Value::from(on));
    for (i, ((requirement, document), places)) in places(matrix).into_iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}\n      {{ \"requirement\": {}, \"document\": {}, \"digest\": {} }}",
            Value::from(requirement),
            Value::from(document),
            Value::from(digest(&places))
        );
    }
    out.push_str("\n    ]\n  }");
    out
}

/// Places whose words are not those that the learner confirmed.
pub(super) fn stale(source: &Source, matrix: &Matrix) -> Vec<Finding> {
    let Some(confirmed) = source.value.get("mapping_confirmed") else { return Vec::new() };
    let on = date_in_words(&confirmed.get("on").and_then(Value::as_str).unwrap_or_default().into());
    let text =
        |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let entries = confirmed.get("places").and_then(Value::as_array).into_iter().flatten();
    let mut known: BTreeMap<(String, String), String> =
        entries.map(|e| ((text(e, "requirement"), text(e, "document")), text(e, "digest"))).collect();
    let mut found = Vec::new();
    for ((requirement, document), places) in places(matrix) {
        let before = known.remove(&(requirement.to_owned(), document.to_owned()));
        let what = match before {
            Some(before) if before == digest(&places) => continue,
            Some(_) => "has changed since you confirmed it",
            None => "was not there when you confirmed the others",
        };
        let place = spot(places[0]);
        let problem = problem(format!("{} {what} on {on}", named(&place)), requirement);
        found.push(Finding::at(place, problem.at(source.place("/mapping_confirmed"))));
    }
    for (requirement, document) in known.into_keys() {
        let text = format!("{document} no longer holds what you confirmed on {on} for {requirement}");
        found.push(in_profile(source, "/mapping_confirmed", problem(text, &requirement)));
    }
    found
}

fn problem(text: String, requirement: &str) -> Diagnostic {
    Diagnostic::warning(Builtin::MappingStale, text)
        .hint("read the place again, then type `evipack confirm` with the profile")
        .about([requirement.to_owned()])
}

/// The places of each requirement in each document, in the order of the rows.
fn places(matrix: &Matrix) -> Vec<(Key<'_>, Vec<&Evidence>)> {
    let mut found: Vec<(Key<'_>, Vec<&Evidence>)> = Vec::new();
    for row in matrix.rows.iter().filter(|r| !r.group) {
        for place in &row.evidence {
            let key = (row.id.as_str(), place.document.as_str());
            match found.iter_mut().find(|(k, _)| *k == key) {
                Some((_, places)) => places.push(place),
                None => found.push((key, vec![place])),
            }
        }
    }
    found
}

fn digest(places: &[&Evidence]) -> String {
    let mut hash = Sha256::new();
    places.iter().for_each(|p| hash.update(p.digest.as_bytes()));
    hash.finalize().iter().take(DIGEST).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
