//! The organisation profile: one JSON file and the files beside it that it names.
//!
//! Owns everything that decides whether a profile can be printed: syntax, schema, ids, references,
//! characters, colours and assets. Refuses to judge evidence: that is the unit's rules' business.

pub mod assets;
mod characters;
mod colours;
mod references;
pub mod schema;
pub mod source;
mod syntax;
mod validity;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
pub use source::Source;
pub use validity::Schema;
pub(crate) use validity::nearest;

/// A profile that was read, with all that is known about its form.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Text, value and positions.
    pub source: Source,
    /// The schema that it is checked against.
    pub schema: Arc<Schema>,
    /// Contents of the files that the profile names, by their relative names.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Names that a reference may lead to although they are not in the profile: collection path → names.
pub type OutsideNames = BTreeMap<String, BTreeSet<String>>;

impl Profile {
    /// Checks form: schema, ids, references, characters, colours and files. `covers` tells whether a font holds a character.
    pub fn problems(&self, outside: &OutsideNames, covers: &dyn Fn(char) -> bool) -> Diagnostics {
        let mut found = validity::problems(&self.source, &self.schema);
        found.extend(references::problems(&self.source, &self.schema, outside));
        found.extend(characters::problems(&self.source, covers));
        found.extend(colours::problems(&self.source, &self.schema));
        found.extend(assets::problems(&self.source, &self.schema, &self.files));
        found
    }

    /// Checks the characters of texts that came from files beside the profile.
    pub fn character_problems(texts: &[(Place, String)], covers: &dyn Fn(char) -> bool) -> Diagnostics {
        texts.iter().flat_map(|(place, text)| characters::in_text(text, place, covers)).collect()
    }

    /// Returns the raw value.
    pub fn value(&self) -> &Value {
        &self.source.value
    }

    /// Returns the text at a JSON pointer, or nothing.
    pub fn text(&self, pointer: &str) -> &str {
        self.source.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns JSON pointers of the parts that came with the case and not from the learner.
    pub fn supplied(&self) -> Vec<String> {
        let list = self.source.value.pointer("/case/supplied").and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// Sorts problems by their place in the file: the order in which a person mends them.
pub fn in_reading_order(mut problems: Diagnostics) -> Diagnostics {
    let key = |d: &Diagnostic| {
        let place = d.place.as_ref();
        let code = match &d.code {
            Code::Builtin(code) => code.as_str().to_owned(),
            Code::Rule(id) => id.clone(),
        };
        (place.map_or((String::new(), 0, 0), |p| (p.file.clone(), p.line, p.column)), code)
    };
    problems.sort_by_key(key);
    problems.dedup();
    problems
}
