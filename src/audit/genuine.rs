//! Whether a pack is the work of the learner who hands it in: what can be seen by comparing.
//!
//! Owns what is known before packs are read ([`Genuine`]: numbers, words that were handed out, cases,
//! keys, the class list), what is kept of each pack (`imprint`), and the comparison of all of them once
//! they are read. Refuses to accuse: every finding says what stands where, and what a person can look at.
//!
//! Words are compared by the winnowing of Schleimer, Wilkerson and Aiken, *Winnowing: Local Algorithms
//! for Document Fingerprinting* (SIGMOD 2003), over words: of every few shingles in a row one is kept, so
//! that each shared passage of some length is noticed, whatever stands around it.

mod align;
mod cases;
mod common;
mod compare;
mod figures;
mod given;
mod imprint;
mod issues;
mod names;
mod own;
mod prints;
mod properties;
mod prose;
mod rows;
mod seeds;
mod series;
mod settings;
mod words;

use serde_json::Value;

use super::bag::Person;
use super::desk::Desk;
use super::report::Report;
use super::similar;
use crate::catalog::Catalog;
use crate::diag::{Diagnostic, Diagnostics};
use cases::Cases;
use given::Given;
use issues::Keys;
use settings::Settings;

pub(crate) use compare::Reference;
pub(crate) use imprint::{Imprint, Material};
pub(crate) use properties::Authors;

/// What is known before any pack is read.
pub struct Genuine {
    settings: Settings,
    /// The profile's schema: it tells prose from codes.
    schema: Value,
    /// Words that are nobody's: the unit's wording, and what was handed out with cases.
    given: Given,
    /// The words of the samples that the program hands out, by their names.
    samples: Vec<(String, Given)>,
    /// The words of all samples together.
    sampled: Given,
    cases: Cases,
    keys: Keys,
    /// The class list.
    people: Vec<Person>,
}

impl Genuine {
    /// Reads the numbers and all words that the program itself hands out.
    ///
    /// # Errors
    /// A catalogue whose data do not fit their schema.
    pub fn load(catalog: &Catalog) -> Result<Self, Diagnostics> {
        let one = |d: Diagnostic| vec![d];
        let settings = Settings::load(catalog)?;
        let schema = catalog.json("schemas/profile.schema.json").map_err(one)?;
        let given = Given::wording(catalog, &settings);
        let samples = given::samples(catalog, &schema, &settings);
        let sampled = Given::all(samples.iter().map(|(_, sample)| sample));
        let (cases, keys) = (Cases::default(), Keys::default());
        Ok(Self { settings, schema, given, samples, sampled, cases, keys, people: Vec::new() })
    }

    /// Adds who was given which case; the cases' words count as nobody's.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn with_cases(mut self, catalog: &Catalog, file: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let cases = Cases::read(catalog, file, bytes)?;
        self.given.add(cases.texts(), &self.settings);
        self.people.extend(cases.people());
        self.cases = cases;
        Ok(self)
    }

    /// Adds the assessor's keys.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn with_keys(mut self, catalog: &Catalog, file: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        self.keys = Keys::read(catalog, file, bytes)?;
        Ok(self)
    }

    /// Adds a class list, whose names are looked for too.
    #[must_use]
    pub fn with_people(mut self, people: impl IntoIterator<Item = Person>) -> Self {
        self.people.extend(people);
        self
    }

    /// Compares all packs with each other and with references, and says with each learner what was seen;
    /// `locate` finds the pages of the passages before they are told, by the words around their figures.
    /// Nothing is said where the run is stopped meanwhile.
    pub(crate) fn compare(
        &self,
        (report, references): (&mut Report, Vec<Reference>),
        desk: &Desk<'_>,
        locate: impl FnOnce(&mut Report),
    ) {
        let packs = compare::Packs::of(report, references);
        compare::passages(self, &packs, desk, report);
        locate(report);
        similar::name_figures(&mut report.similar, &mut report.common);
        compare::tell(self, report);
        let looks = [figures::compare, names::look, cases::look, own::look, issues::look];
        looks.into_iter().filter(|_| !desk.is_stopped()).for_each(|look| look(self, &packs, report));
    }
}
