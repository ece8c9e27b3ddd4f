//! The numbers and rules that a training organisation sets for itself.
//!
//! Owns the choice of a set of thresholds, changes to single ones, and which rules of convention are
//! advice only. Refuses to touch what the unit itself asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Rule;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Severity};
use crate::profile::{OutsideNames, Profile, Schema, Source, in_reading_order};

/// The set that counts where nothing else is said.
const USUAL: &str = "standard";

/// Which conventions a profile is judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Conventions {
    /// Name of the set of thresholds.
    pub set: String,
    /// The thresholds that differ from the set, by name.
    pub numbers: BTreeMap<String, f64>,
    /// Ids of rules of convention that are advice only.
    pub advice: BTreeSet<String>,
}

impl Default for Conventions {
    fn default() -> Self {
        Self { set: USUAL.into(), numbers: BTreeMap::new(), advice: BTreeSet::new() }
    }
}

impl Conventions {
    /// Reads an organisation's own conventions: JSON that fits `schema`.
    ///
    /// # Errors
    /// Every unknown name and every value that cannot be used, each with its place.
    pub(super) fn read(
        (file, bytes): (&str, &[u8]),
        schema: Value,
        sets: &Value,
        rules: &[Rule],
    ) -> Result<Self, Diagnostics> {
        let source = Source::parse(file, bytes)?;
        let schema = Arc::new(Schema::new(with_names(schema, sets)));
        let ids: BTreeSet<String> = rules.iter().map(|r| r.id.clone()).collect();
        let profile = Profile { source, schema, files: BTreeMap::new() };
        let outside: OutsideNames = [("unit/rules".to_owned(), ids)].into();
        let mut problems = profile.problems(&outside, &|_| true);
        problems.extend(fixed(&profile.source, rules));
        if !problems.is_empty() {
            return Err(in_reading_order(problems));
        }
        let own = profile.value();
        let numbers = own["numbers"].as_object().into_iter().flatten();
        let numbers = numbers.filter_map(|(name, n)| Some((name.clone(), n.as_f64()?)));
        let set = own["base"].as_str().unwrap_or(USUAL).to_owned();
        let differs = |(name, n): &(String, f64)| sets[&set][name].as_f64() != Some(*n);
        let advice = own["advice"].as_array().into_iter().flatten();
        let advice = advice.filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self { numbers: numbers.filter(differs).collect(), advice, set })
    }

    /// Returns the thresholds that count.
    pub(super) fn thresholds(&self, sets: &Value) -> BTreeMap<String, f64> {
        let set = sets[&self.set].as_object().into_iter().flatten();
        let mut thresholds: BTreeMap<String, f64> =
            set.filter_map(|(name, n)| Some((name.clone(), n.as_f64()?))).collect();
        thresholds.extend(self.numbers.clone());
        thresholds
    }

    /// Takes the weight off the rules that are advice only.
    pub(super) fn relax(&self, rules: &mut [Rule]) {
        for rule in rules.iter_mut().filter(|r| self.advice.contains(&r.id) && r.severity == Severity::Error)
        {
            rule.severity = Severity::Warning;
        }
    }

    /// Tells whether everything is as the program sets it.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the conventions in the form in which they are read.
    pub fn to_json(&self) -> Value {
        let number = |n: f64| if n.fract() == 0.0 { json!(n as i64) } else { json!(n) };
        let numbers: Map<String, Value> = self.numbers.iter().map(|(k, n)| (k.clone(), number(*n))).collect();
        json!({ "base": self.set, "numbers": numbers, "advice": self.advice })
    }

    /// Returns the conventions for templates: lists, and names in words.
    pub(crate) fn in_words(&self) -> Value {
        let number = |(name, n): (&String, &f64)| json!({ "name": name.replace('_', " "), "number": n });
        let advice: Vec<Value> = self.advice.iter().map(|id| json!({ "id": id })).collect();
        json!({ "set": self.set, "numbers": self.numbers.iter().map(number).collect::<Vec<_>>(), "advice": advice })
    }
}

/// Names the unit's thresholds in the schema, so that others are refused with the nearest name.
fn with_names(mut schema: Value, sets: &Value) -> Value {
    let one = schema["properties"]["numbers"]["additionalProperties"].take();
    let names = sets[USUAL].as_object().into_iter().flatten();
    let named: Map<String, Value> = names.map(|(name, _)| (name.clone(), one.clone())).collect();
    schema["properties"]["numbers"]["properties"] = named.into();
    schema["properties"]["numbers"]["additionalProperties"] = false.into();
    schema
}

/// Rules that rest on the unit itself and cannot become advice.
fn fixed(source: &Source, rules: &[Rule]) -> Diagnostics {
    let list = source.value["advice"].as_array().into_iter().flatten().enumerate();
    let problem = |(i, id): (usize, &Value)| {
        let rule = rules.iter().find(|r| Some(r.id.as_str()) == id.as_str() && !r.convention)?;
        let text = format!("{} is not a convention: it follows from the unit and cannot be relaxed", rule.id);
        let problem =
            Diagnostic::error(Builtin::ProfileInvalid, text).at(source.place(&format!("/advice/{i}")));
        Some(problem.hint("take it off the list; only rules of convention can be advice"))
    };
    list.filter_map(problem).collect()
}
