//! What a unit says in plain words: to learners what a requirement means, to assessors what to look for.
//!
//! Owns the unit's guide as types. Refuses a guide that leaves a requirement out: half a guide would
//! print forms with holes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics};
use crate::unit::Unit;

/// The guide of a unit.
pub(super) struct Guide {
    /// The day on which it was last looked through.
    pub(super) as_at: Date,
    /// What it says about each requirement, by id.
    pub(super) entries: BTreeMap<String, Entry>,
}

/// What the guide says about one requirement.
#[derive(Deserialize)]
pub(super) struct Entry {
    /// What the requirement means.
    pub(super) plain: String,
    /// How a learner can show it.
    pub(super) show: Option<String>,
    /// What an assessor can see somebody do.
    #[serde(default)]
    pub(super) observe: Vec<String>,
    /// What an assessor can ask.
    pub(super) ask: Option<String>,
}

impl Guide {
    /// Reads the guide of a unit, if it has one.
    ///
    /// # Errors
    /// Every place where it does not fit its schema or the unit.
    pub(super) fn load(catalog: &Catalog, unit: &Unit) -> Result<Option<Self>, Diagnostics> {
        let name = format!("templates/{}/guide.json", unit.folder);
        if catalog.bytes(&name).is_none() {
            return Ok(None);
        }
        let fault = |text: String| Diagnostic::error(Builtin::CatalogInvalid, format!("`{name}`: {text}"));
        let value = catalog.checked_json(&name, "schemas/guide.schema.json")?;
        let read = |what: &str| vec![fault(format!("`{what}` cannot be read"))];
        let as_at = value["as_at"].as_str().and_then(|d| d.parse().ok()).ok_or_else(|| read("as_at"))?;
        let entries = BTreeMap::deserialize(&value["entries"]).map_err(|_| read("entries"))?;
        let guide = Self { as_at, entries };
        let is_leaf = |id: &str| unit.requirement(id).is_some() && !unit.is_parent(id);
        let unknown = guide.entries.keys().filter(|id| !is_leaf(id));
        let mut faults: Diagnostics =
            unknown.map(|id| fault(format!("`{id}` is no requirement that is judged by itself"))).collect();
        let leaves = unit.requirements.iter().filter(|r| !unit.is_parent(&r.id));
        let missing = leaves.filter(|r| !guide.entries.contains_key(&r.id));
        faults.extend(missing.map(|r| fault(format!("nothing is said about {}", r.id))));
        if faults.is_empty() { Ok(Some(guide)) } else { Err(faults) }
    }
}
