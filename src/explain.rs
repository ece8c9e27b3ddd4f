//! What the checks ask for and why, in words for people: an explanation for each code.
//!
//! Owns where explanations stand and which of them belongs to a code. Refuses to judge, and to
//! explain what it has no words for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics};
use crate::profile::nearest;
use crate::unit::{Rule, Unit};

/// Explanations that hold for every unit.
const SHARED: &str = "templates/shared/explain.json";
/// What files of explanations have to look like.
const SCHEMA: &str = "schemas/explain.schema.json";

/// What a check asks for and why.
#[derive(Clone, Debug, Deserialize)]
pub struct Explanation {
    /// What it is about, in a few words.
    pub title: String,
    /// What it asks for.
    pub asks: String,
    /// Why it matters.
    pub why: String,
    /// What passes.
    pub good: String,
    /// What does not.
    pub bad: String,
}

/// Explanations by code.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Explanations {
    /// Explanations by the id of a family of rules, or by the name of a check of the program.
    pub entries: BTreeMap<String, Explanation>,
    /// Ids that are explained although no rule of the unit has them: other commands use them.
    #[serde(default)]
    pub elsewhere: BTreeSet<String>,
}

impl Explanations {
    /// Reads the explanations that hold for every unit, and those of a unit if it has any.
    ///
    /// # Errors
    /// Every place where a file does not fit its schema.
    pub fn load(catalog: &Catalog, unit: Option<&Unit>) -> Result<Self, Diagnostics> {
        let mut all = read(catalog, SHARED)?;
        if let Some(unit) = unit {
            let own = format!("templates/{}/explain.json", unit.folder);
            if catalog.bytes(&own).is_some() {
                let own = read(catalog, &own)?;
                all.entries.extend(own.entries);
                all.elsewhere.extend(own.elsewhere);
            }
        }
        Ok(all)
    }

    /// Returns the explanation of a code, and the key that it stands under.
    pub fn of(&self, code: &str) -> Option<(&str, &Explanation)> {
        let own = self.entries.get_key_value(code).or_else(|| self.entries.get_key_value(family(code)));
        own.map(|(key, entry)| (key.as_str(), entry))
    }

    /// Says that a code is not known, and which one may be meant.
    pub fn unknown(&self, code: &str) -> Diagnostic {
        let problem = Diagnostic::error(Builtin::ProfileInvalid, format!("there is no check `{code}`"));
        match nearest(code, self.entries.keys().map(String::as_str)) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem.hint("use a code as `evipack check` prints it in brackets"),
        }
    }
}

fn read(catalog: &Catalog, name: &str) -> Result<Explanations, Diagnostics> {
    let value = catalog.checked_json(name, SCHEMA)?;
    Explanations::deserialize(&value)
        .map_err(|e| vec![Diagnostic::error(Builtin::CatalogInvalid, format!("`{name}`: {e}"))])
}

/// The id of the rules that one rule of the catalogue was split into: without the letter at its end.
pub fn family(code: &str) -> &str {
    let bare = code.strip_suffix(|c: char| c.is_ascii_lowercase()).unwrap_or(code);
    if bare.ends_with(|c: char| c.is_ascii_digit()) { bare } else { code }
}

/// Returns the names of the unit's numbers that a rule uses.
pub fn thresholds<'a>(unit: &'a Unit, rule: &Rule) -> Vec<(&'a str, f64)> {
    let texts = [Some(&rule.holds), rule.when.as_ref(), rule.each.as_ref()];
    let is_used = |name: &str| {
        let wanted = format!("t.{name}");
        texts.iter().flatten().any(|text| {
            text.match_indices(&wanted).any(|(at, _)| {
                let after = text[at + wanted.len()..].chars().next();
                !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
            })
        })
    };
    unit.thresholds.iter().filter(|(name, _)| is_used(name)).map(|(name, n)| (name.as_str(), *n)).collect()
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn a_letter_at_the_end_is_no_part_of_the_family() {
        assert_eq!(family("ABC-06b"), "ABC-06");
        assert_eq!(family("ABC-06"), "ABC-06");
        assert_eq!(family("json-syntax"), "json-syntax");
    }
}
