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
mod series;
mod settings;
mod store;
mod words;

use serde_json::Value;

use super::bag::Person;
use super::crew;
use super::report::Report;
use super::similar;
use crate::catalog::Catalog;
use crate::diag::{Diagnostic, Diagnostics};
use cases::Cases;
use given::Given;
use issues::Keys;
use prints::Print;
use settings::Settings;
use store::Store;

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
    /// What is kept of all packs until they are compared.
    texts: Store<u8>,
    prints: Store<Print>,
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
        let (texts, prints) = (Store::default(), Store::default());
        Ok(Self { settings, schema, given, samples, sampled, cases, keys, people: Vec::new(), texts, prints })
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
    pub(crate) fn compare(
        &self,
        report: &mut Report,
        mut references: Vec<Reference>,
        locate: impl FnOnce(&mut Report),
    ) {
        self.print(report, &mut references);
        let mut packs = compare::Packs::of(self, report, references);
        compare::passages(self, &packs, report);
        packs.forget_prints();
        locate(report);
        similar::name_figures(&mut report.similar, &mut report.common);
        compare::tell(self, report);
        figures::compare(self, &packs, report);
        names::look(self, &packs, report);
        cases::look(self, &packs, report);
        own::look(self, &packs, report);
        issues::look(self, &packs, report);
    }

    /// Counts and prints the words of all packs.
    fn print(&self, report: &mut Report, references: &mut [Reference]) {
        let packs = report.learners.iter_mut().flat_map(|l| &mut l.packs);
        let imprints = packs.filter_map(|p| p.imprint.as_deref_mut());
        let all: Vec<&mut Imprint> = imprints.chain(references.iter_mut().map(|r| &mut r.imprint)).collect();
        let printed = crew::side_by_side(crew::size(), &all, |imprint| imprint.printed(self));
        for (imprint, printed) in all.into_iter().zip(printed) {
            (imprint.words, imprint.sample, imprint.prints) = printed;
        }
    }
}
