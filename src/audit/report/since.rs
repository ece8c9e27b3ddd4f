//! What changed since an earlier hand-in, as the printed forms see it.
//!
//! Owns the words for each kind of change and their order. Refuses to look at anything again: every
//! change is the audit's.

use serde_json::{Value as Json, json};

use crate::audit::against::{Change, Changes};
use crate::audit::aside::Kept;

/// What became of requirements that are or were open since an earlier hand-in.
pub(super) fn changes(changes: &Changes) -> Json {
    let rows = changes.rows.as_ref().map(Kept::get);
    let kinds = [
        (Change::Closed, "closed"),
        (Change::StillOpen, "still open"),
        (Change::Weakened, "weakened"),
        (Change::New, "open that were met"),
    ];
    let kind = |(change, word): (Change, &str)| {
        let of = rows.iter().flatten().filter(|row| row.change == change);
        let ids: Vec<&str> = of.map(|row| row.id.as_str()).collect();
        (!ids.is_empty()).then(|| json!({ "word": word, "count": ids.len(), "ids": ids.join(", ") }))
    };
    let same = changes.same_pack == Some(true);
    json!({ "same": same, "known": rows.is_some(), "kinds": kinds.into_iter().filter_map(kind).collect::<Vec<_>>() })
}
