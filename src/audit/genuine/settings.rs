//! The numbers of the comparison, and which parts of a profile play which part in it: all of it data.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// Where they stand.
const FILE: &str = "templates/audit/authenticity.json";

/// All numbers; `schemas/authenticity.schema.json` says what each means.
#[derive(Deserialize)]
pub(super) struct Settings {
    pub(super) fingerprints: Fingerprints,
    pub(super) passages: Passages,
    pub(super) sections: Sections,
    pub(super) not_own: Vec<String>,
    pub(super) people: Vec<People>,
    pub(super) figures: Figures,
    pub(super) names: Names,
    pub(super) own_words: OwnWords,
    pub(super) issues: Issues,
}

#[derive(Deserialize)]
pub(super) struct Fingerprints {
    pub(super) shingle_words: usize,
    pub(super) window: usize,
}

#[derive(Deserialize)]
pub(super) struct Passages {
    pub(super) match_words: usize,
    pub(super) reported_words: usize,
    pub(super) known_words: usize,
    pub(super) many: usize,
    pub(super) shown: usize,
    pub(super) excerpt_words: usize,
}

#[derive(Deserialize)]
pub(super) struct Sections {
    pub(super) depth: usize,
    pub(super) shingle_words: usize,
    pub(super) least_words: usize,
    pub(super) flag_percent: usize,
    pub(super) serious_percent: usize,
    pub(super) items: Vec<Items>,
}

/// A list of which each item is a section.
#[derive(Deserialize)]
pub(super) struct Items {
    pub(super) list: String,
    pub(super) label: String,
}

#[derive(Deserialize)]
pub(super) struct People {
    pub(super) name: String,
    pub(super) unless: String,
}

#[derive(Deserialize)]
pub(super) struct Figures {
    pub(super) series: usize,
    pub(super) percent: usize,
    pub(super) periods: usize,
}

#[derive(Deserialize)]
pub(super) struct Names {
    pub(super) name_words: usize,
    pub(super) id_characters: usize,
    pub(super) id_digits: usize,
}

#[derive(Deserialize)]
pub(super) struct OwnWords {
    pub(super) least_percent: usize,
    pub(super) repeated: usize,
    pub(super) documents: BTreeMap<String, Range>,
}

/// The first and the last document that count.
#[derive(Deserialize)]
pub(super) struct Range {
    pub(super) first: String,
    pub(super) last: String,
}

#[derive(Deserialize)]
pub(super) struct Issues {
    pub(super) parts: Vec<String>,
    pub(super) period: String,
    pub(super) shown_words: usize,
}

impl Settings {
    /// Reads them.
    pub(super) fn load(catalog: &Catalog) -> Result<Self, Diagnostics> {
        let value = catalog.checked_json(FILE, "schemas/authenticity.schema.json")?;
        serde_json::from_value(value)
            .map_err(|e| vec![Diagnostic::error(Builtin::CatalogInvalid, format!("`{FILE}`: {e}"))])
    }
}

/// Tells whether a pointer leads to a part or into it; `*` in the part stands for any step.
pub(super) fn is_in(pointer: &str, part: &str) -> bool {
    let mut steps = pointer.split('/');
    part.split('/').all(|wanted| steps.next().is_some_and(|step| wanted == "*" || wanted == step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_step() {
        assert!(is_in("/submission/tasks/3/title", "/submission/tasks/*/title"));
        assert!(is_in("/submission/rto/name", "/submission/rto"));
        assert!(!is_in("/submission/rtos", "/submission/rto"));
        assert!(!is_in("/submission", "/submission/rto"));
    }

    #[test]
    fn the_numbers_that_travel_with_the_program_fit_their_schema() {
        assert!(Settings::load(&Catalog::embedded()).is_ok());
    }
}
