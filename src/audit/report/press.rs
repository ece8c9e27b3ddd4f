//! What goes to single persons: a feedback sheet for each learner, a begun record for their assessor.
//!
//! Owns who gets which sheet and under which name. Refuses a sheet for hand-ins that nobody looked at,
//! results of any kind, and the name of a learner in the sheet of another.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::addressee::Addressee;
use super::view::neutralise;
use super::{Report, feedback, page, record, stems};
use crate::blank::{self, Advice, Records};
use crate::catalog::Catalog;
use crate::diag::Diagnostics;
use crate::pool;
use crate::render::{Renderer, value};
use crate::typeset::{self, Engine, Flavour, Job};
use crate::unit::Unit;

/// The feedback's template and title.
const FEEDBACK: &str = "audit/feedback.typ.j2";
const TITLE: &str = "Feedback on your evidence pack";

/// A kind of sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// What is there, what is missing and what to do next; for the learner.
    Feedback,
    /// The unit's assessor record with what the audit found; judgements are blank.
    Record,
}

impl Sheet {
    /// How many are printed before the engine forgets them: it remembers about 3 MB of each page.
    fn at_once(self) -> usize {
        match self {
            Self::Feedback => 6,
            Self::Record => 2,
        }
    }
}

/// A finished sheet.
#[derive(Clone, Debug)]
pub struct Printed {
    /// Its file name.
    pub name: String,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// Makes sheets.
pub struct Press<'a> {
    report: &'a Report,
    renderer: Renderer,
    engine: Engine,
    units: BTreeMap<String, Known>,
    stems: Vec<String>,
}

/// What the catalogue knows of a unit.
pub(super) struct Known {
    pub(super) unit: Unit,
    pub(super) advice: BTreeMap<String, Advice>,
    records: Records,
}

impl<'a> Press<'a> {
    /// Gets ready to print sheets about a report.
    ///
    /// # Errors
    /// A fault of the catalogue.
    pub fn new(catalog: &Catalog, report: &'a Report) -> Result<Self, Diagnostics> {
        let known: Vec<String> = catalog.units();
        let named = report.learners.iter().flat_map(|l| &l.packs).filter_map(|p| p.identity.unit.as_ref());
        let mut units = BTreeMap::new();
        for code in report.units.iter().map(|u| &u.code).chain(named) {
            if !units.contains_key(code) && known.contains(code) {
                let unit = Unit::load(catalog, code)?;
                let advice = blank::advice(catalog, &unit)?;
                let records = Records::new(catalog, unit.clone())?;
                units.insert(code.clone(), Known { unit, advice, records });
            }
        }
        let engine = Engine::new(catalog, &BTreeMap::new())?;
        Ok(Self { report, renderer: page::renderer(catalog), engine, units, stems: stems::stems(report) })
    }

    /// Returns the places of the learners for whom there is such a sheet.
    pub fn learners(&self, sheet: Sheet) -> Vec<usize> {
        let all = self.report.learners.iter().enumerate().filter(|(_, l)| l.looked_at).map(|(nth, _)| nth);
        all.filter(|nth| sheet == Sheet::Feedback || self.unit(*nth).is_some()).collect()
    }

    /// Returns the file name of a learner's sheet.
    pub fn name(&self, sheet: Sheet, nth: usize) -> String {
        let what = match sheet {
            Sheet::Feedback => "feedback",
            Sheet::Record => "record",
        };
        format!("{}-{what}.pdf", self.stems[nth])
    }

    /// Prints the sheets of some learners, a few side by side; what fails for one keeps none of the others.
    ///
    /// # Errors
    /// No threads to work with.
    pub fn print(
        &self,
        sheet: Sheet,
        nths: &[usize],
    ) -> Result<Vec<Result<Printed, Diagnostics>>, Diagnostics> {
        let (pool, mut made) = (pool(None)?, Vec::with_capacity(nths.len()));
        for some in nths.chunks(sheet.at_once()) {
            made.extend(pool.install(|| {
                some.par_iter()
                    .map(|nth| self.one(sheet, *nth))
                    .collect::<Vec<Result<Printed, Diagnostics>>>()
            }));
            typeset::forget();
        }
        Ok(made)
    }

    fn one(&self, sheet: Sheet, nth: usize) -> Result<Printed, Diagnostics> {
        let (mut whom, known) = (Addressee::of(self.report, nth), self.unit(nth));
        let can_print = |c: char| c.is_alphanumeric() && self.engine.covers(c);
        if let (Some(id), false) = (&whom.id, whom.name.chars().any(can_print)) {
            whom.name = format!("Learner {id}");
        }
        let name = self.name(sheet, nth);
        let job = match (sheet, known) {
            (Sheet::Record, Some(known)) => {
                let found = self.printable(record::context(self.report, nth, &whom));
                known.records.job(&found, name.clone())?
            }
            _ => self.feedback(&name, feedback::context(self.report, nth, (&whom, known)))?,
        };
        let typeset = self.engine.typeset(&job)?;
        Ok(Printed { name, pdf: typeset.pdf, pages: typeset.pages })
    }

    fn feedback(&self, name: &str, context: Json) -> Result<Job, Diagnostics> {
        let (year, month, day) = blank::UNDATED;
        let values = [
            ("feedback", value(&self.printable(context))),
            ("title", value(&json!(TITLE))),
            ("dated", value(&json!({ "y": year, "m": month, "d": day }))),
        ];
        let source = self.renderer.document(FEEDBACK, &values).map_err(|d| vec![d])?;
        Ok(Job {
            name: TITLE.into(),
            main: "/main.typ".into(),
            sources: [("/main.typ".into(), source)].into(),
            files: BTreeMap::new(),
            flavour: Flavour::Single,
            ident: name.into(),
            date: blank::UNDATED,
            statements_count: false,
        })
    }

    /// The unit that a learner's pack is for; where there is none, the only one of the class.
    fn unit(&self, nth: usize) -> Option<&Known> {
        let packs = || self.report.learners[nth].packs.iter();
        let covered = packs().filter_map(|p| p.coverage.as_ref()).map(|c| &c.unit);
        let named = packs().filter_map(|p| p.identity.unit.as_ref());
        let only = self.units.values().next().filter(|_| self.units.len() == 1);
        covered.chain(named).find_map(|code| self.units.get(code)).or(only)
    }

    /// Replaces what no font can print: a sheet without a character is better than no sheet.
    fn printable(&self, mut context: Json) -> Json {
        neutralise(&mut context);
        self.replace(&mut context);
        context
    }

    fn replace(&self, context: &mut Json) {
        match context {
            Json::String(text) => {
                let fits = |c: char| c == '\n' || self.engine.covers(c);
                if !text.chars().all(fits) {
                    *text = text.chars().map(|c| if fits(c) { c } else { '□' }).collect();
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.replace(item)),
            Json::Object(map) => map.values_mut().for_each(|item| self.replace(item)),
            _ => {}
        }
    }
}
