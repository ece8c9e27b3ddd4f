//! The dated register of law and standards.
//!
//! Owns which entries apply to a profile and how each is worded for a document. Refuses to give
//! legal advice: entries are data with a date and a source, and a training provider can replace them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics};
use crate::rules::Expressions;

/// The register's place in the catalogue.
const FILE: &str = "templates/law/au.json";

/// The entries that apply to one profile.
#[derive(Clone, Debug, Default)]
pub struct Law {
    /// The date that the register was checked, ISO 8601.
    pub as_at: String,
    /// What the register is not.
    pub note: String,
    entries: Vec<Value>,
    bodies: BTreeMap<String, Value>,
}

impl Law {
    /// Reads the register and keeps what applies to a profile.
    ///
    /// # Errors
    /// A register that does not fit its schema, or a condition that cannot be evaluated.
    pub fn for_profile(catalog: &Catalog, profile: &Value) -> Result<Self, Diagnostics> {
        let register = catalog.checked_json(FILE, "schemas/law.schema.json")?;
        let language = Expressions::new(profile, &Value::Null, &BTreeMap::new());
        let mut law = Self {
            as_at: text(&register, "as_at"),
            note: text(&register, "note"),
            bodies: bodies(&register, profile),
            ..Self::default()
        };
        let mut problems = Diagnostics::new();
        for entry in register["entries"].as_array().into_iter().flatten() {
            match applies(entry, &language) {
                Ok(Some(entry)) => law.entries.push(entry),
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(law) } else { Err(problems) }
    }

    /// Returns the entries for a document: those whose code, or the code's beginning, is listed.
    pub fn for_document(&self, document: &str, codes: &[String]) -> Vec<Value> {
        let is_listed = |e: &&Value| {
            let code = e["code"].as_str().unwrap_or_default();
            codes
                .iter()
                .any(|c| code == c || code.strip_prefix(c.as_str()).is_some_and(|rest| rest.starts_with('-')))
        };
        self.entries.iter().filter(is_listed).map(|e| worded(e, document)).collect()
    }

    /// Returns all entries by their code, in their general wording.
    pub fn by_code(&self) -> BTreeMap<String, Value> {
        self.entries.iter().map(|e| (text(e, "code"), worded(e, "default"))).collect()
    }

    /// Returns the bodies that people can turn to, by what they are for.
    pub fn bodies(&self) -> BTreeMap<String, Value> {
        self.bodies.clone()
    }
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn applies(entry: &Value, language: &Expressions) -> Result<Option<Value>, Diagnostic> {
    let fault = |e: minijinja::Error| {
        let message = format!("law register, {}: {e}", text(entry, "code"));
        Diagnostic::error(Builtin::CatalogInvalid, message)
    };
    if !language.holds(&text(entry, "applies_if"), &[]).map_err(fault)? {
        return Ok(None);
    }
    let mut entry = entry.clone();
    entry["why"] = json!(language.message(&text(&entry, "why"), &[]).map_err(fault)?);
    Ok(Some(entry))
}

fn worded(entry: &Value, document: &str) -> Value {
    let duty =
        entry["duty"].get(document).or_else(|| entry["duty"].get("default")).cloned().unwrap_or_default();
    json!({
        "code": entry["code"], "name": entry["name"], "status": entry["status"],
        "source": entry["source"], "why": entry["why"], "duty": duty,
    })
}

/// Keeps the bodies of the profile's state or territory, and national ones where it has none.
fn bodies(register: &Value, profile: &Value) -> BTreeMap<String, Value> {
    let state = profile.pointer("/organisation/jurisdiction").and_then(Value::as_str).unwrap_or_default();
    let mut kept = BTreeMap::new();
    for body in register["bodies"].as_array().into_iter().flatten() {
        let place = body.get("jurisdiction").and_then(Value::as_str);
        let is_national = place.is_none_or(|p| p == "national" || p == "AU");
        if place == Some(state) || (is_national && !kept.contains_key(&text(body, "code"))) {
            kept.insert(text(body, "code"), body.clone());
        }
    }
    kept
}
