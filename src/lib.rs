//! evipack turns one organisation profile into an assessment-ready evidence pack for a unit of
//! competency.
//!
//! # The pipeline
//!
//! ```text
//! bytes ─ profile::Source ─→ Profile ─ Metrics ─→ rules::evaluate ─→ Outcomes          (check)
//!       ─ render ─→ Typst source ─ typeset ─→ PDF + marks ─ Matrix::trace ─→ checklist ─ Bundle  (build)
//! ```
//!
//! * [`catalog`] holds what the program carries with it; a [unit](mod@unit) is only data in it.
//! * [`profile`] reads a profile and decides whether it can be printed.
//! * [`metrics`] computes every figure; [`rules`] evaluates the unit's rules; [`law`] picks what applies.
//! * `render` fills templates in such a way that text can never become code; [`typeset`] hides Typst.
//! * [`blank`] makes the forms of a unit that need no profile.
//! * [`coach`] says what to do next, [`explain`] what a check asks for; [`questions`] are for the assessor.
//! * [`audit`] reads packs and downloads of many packs under limits, and says what is wrong with them.
//! * [`mod@import`] reads figures from the files that platforms export.
//! * [`trace`] puts marks and outcomes together into the matrix; [`honesty`] tells where it claims more
//!   than the pages hold; [`bundle`] makes the bag and its zip.
//!
//! The library reads no clock, no environment and no disk: bytes in, bytes out. The command line
//! (feature `cli`) is the only part that talks to a person or a disk.

pub mod audit;
pub mod blank;
pub mod bundle;
pub mod calendar;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod coach;
pub mod colour;
pub mod diag;
mod documents;
pub mod explain;
mod form;
pub mod honesty;
pub mod import;
pub mod law;
pub mod metrics;
mod pack;
pub mod profile;
pub mod questions;
mod rebuild;
mod render;
pub mod rules;
pub mod text;
pub mod trace;
pub mod typeset;
pub mod unit;
pub mod workbook;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use catalog::Catalog;
use diag::{Builtin, Diagnostic, Diagnostics, Severity};
use metrics::Metrics;
pub use pack::Pack;
use profile::{Profile, Source};
use rules::Outcomes;
use trace::Matrix;
use typeset::Engine;
use unit::Unit;

/// How a pack is built.
pub struct Options<'a> {
    /// Parts that are missing become visible marks, and every page says that it is a draft.
    pub draft: bool,
    /// Requirement ids stand in the margin beside the evidence.
    pub annotate: bool,
    /// Called with the title of each document that is done; from several threads.
    pub progress: &'a (dyn Fn(&str) + Sync),
    /// Asked between documents whether to give up; from several threads.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Number of threads; all that the machine has when there is none.
    pub threads: Option<usize>,
}

/// A profile that was read and judged.
pub struct Checked {
    /// The unit that it is for.
    pub unit: Arc<Unit>,
    /// The profile.
    pub profile: Profile,
    /// Computed figures.
    pub metrics: Metrics,
    /// What the unit's rules found.
    pub outcomes: Outcomes,
    /// Everything that is wrong with the profile's form, in reading order; rules are not among it.
    pub problems: Diagnostics,
    /// Coverage as the profile lets expect it, before anything is typeset.
    pub forecast: Matrix,
}

/// Reads what is beside a profile: given a relative name, its contents or one sentence why not.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// Reads and judges a profile.
///
/// # Errors
/// The problems that keep it from being looked at: it is not JSON, or its unit is not known.
pub fn check(
    catalog: &Catalog,
    file: &str,
    bytes: &[u8],
    read: ReadFile<'_>,
) -> Result<Checked, Diagnostics> {
    judge(catalog, &mut Kept::default(), Input { file, bytes, read, is_alone: false })
}

/// Judges a profile again and again: what does not change between two looks at it is kept.
pub struct Checker<'a> {
    catalog: &'a Catalog,
    kept: Kept,
    is_alone: bool,
}

impl<'a> Checker<'a> {
    /// Prepares for looks at profiles with one catalogue.
    pub fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, kept: Kept::default(), is_alone: false }
    }

    /// Goes on with what another look left behind, on the caller's thread alone: where many are at work
    /// side by side, more threads only cost memory.
    pub(crate) fn resume(catalog: &'a Catalog, kept: Kept) -> Self {
        Self { catalog, kept, is_alone: true }
    }

    /// Ends, and leaves behind what the next look can use.
    pub(crate) fn pause(self) -> Kept {
        self.kept
    }

    /// Returns the catalogue that profiles are judged with.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// Reads and judges a profile, as [`check`] does.
    ///
    /// # Errors
    /// Those of [`check`].
    pub fn check(&mut self, file: &str, bytes: &[u8], read: ReadFile<'_>) -> Result<Checked, Diagnostics> {
        let is_alone = self.is_alone;
        judge(self.catalog, &mut self.kept, Input { file, bytes, read, is_alone })
    }
}

/// What is judged.
struct Input<'a> {
    file: &'a str,
    bytes: &'a [u8],
    read: ReadFile<'a>,
    /// Whether only the thread that asks does the work.
    is_alone: bool,
}

/// What two looks at a profile have in common: the unit, and the engine with the fonts of the profile.
#[derive(Default)]
pub(crate) struct Kept {
    unit: Option<Arc<Unit>>,
    engine: Option<(BTreeMap<String, Vec<u8>>, Engine)>,
}

fn judge(catalog: &Catalog, kept: &mut Kept, input: Input<'_>) -> Result<Checked, Diagnostics> {
    let Input { file, bytes, read, is_alone } = input;
    let source = Source::parse(file, bytes)?;
    let unit = unit_for(catalog, kept, &source)?;
    let mut problems = Diagnostics::new();
    let files = assets(&source, &unit.profile_schema, read, &mut problems);
    let profile = Profile { source, schema: unit.profile_schema.clone(), files };
    let definitions = catalog.json("templates/shared/metrics.json").map_err(|d| vec![d])?;
    let (metrics, found) = Metrics::from(&profile.source, &definitions, &profile.files);
    problems.extend(found);
    let outside = form::outside_names(&unit, &definitions);
    let engine = engine_for(catalog, kept, &profile);
    let form = || form::problems((&profile, &metrics), &outside, engine);
    let evidence = || rules::evaluate(&unit, &profile.source, &metrics.context(), is_alone);
    let (formal, outcomes) =
        if is_alone { (form(), evidence()) } else { shared_pool()?.install(|| rayon::join(form, evidence)) };
    problems.extend(formal);
    let mut forecast = Matrix::forecast(&unit, &outcomes);
    forecast.accept(&profile.source.value);
    forecast.note(honesty::holes(&profile.source, &forecast));
    problems.extend(forecast.advice());
    let problems = profile::in_reading_order(problems);
    Ok(Checked { unit, profile, metrics, outcomes, problems, forecast })
}

/// Returns the engine that was kept, if its fonts are still those of the profile, or a new one.
fn engine_for<'a>(
    catalog: &Catalog,
    kept: &'a mut Kept,
    profile: &Profile,
) -> Result<&'a Engine, Diagnostics> {
    let fonts = own_fonts(profile);
    if kept.engine.as_ref().is_none_or(|(own, _)| *own != fonts) {
        let engine = Engine::new(catalog, &fonts)?;
        kept.engine = Some((fonts, engine));
    }
    Ok(&kept.engine.as_ref().expect("it was just made").1)
}

/// Returns the unit that was kept, if the profile is still for it, or the one that it names now.
fn unit_for(catalog: &Catalog, kept: &mut Kept, source: &Source) -> Result<Arc<Unit>, Diagnostics> {
    let is_same = |unit: &&Arc<Unit>| source.value.get("unit").and_then(Value::as_str) == Some(&unit.code);
    if let Some(unit) = kept.unit.as_ref().filter(is_same) {
        return Ok(unit.clone());
    }
    let unit = Arc::new(unit_of(catalog, source)?);
    kept.unit = Some(unit.clone());
    Ok(unit)
}

/// Builds the pack of a checked profile.
///
/// # Errors
/// The problems that stop a build (see [`diag::stops_build`]), or what is wrong with a template.
pub fn build(catalog: &Catalog, checked: &Checked, options: &Options<'_>) -> Result<Pack, Diagnostics> {
    if diag::stops_build(&checked.problems, options.draft) {
        return Err(checked.problems.clone());
    }
    let pool = pool(options.threads)?;
    build_within(&pool, catalog, checked, options)
}

/// Builds as [`build`] does, in threads that are there already: whoever builds many packs with the
/// same threads needs less memory.
pub(crate) fn build_within(
    pool: &rayon::ThreadPool,
    catalog: &Catalog,
    checked: &Checked,
    options: &Options<'_>,
) -> Result<Pack, Diagnostics> {
    let engine = Engine::new(catalog, &own_fonts(&checked.profile))?;
    let pack = pool.install(|| pack::assemble(catalog, checked, options, &engine));
    typeset::forget();
    pack
}

/// Understands files that platforms exported, and plans what of them the profile would hold.
///
/// `is_taken` tells whether a file of that name lies beside the profile already.
///
/// # Errors
/// What is wrong with the catalogue's knowledge of exports.
pub fn import(
    catalog: &Catalog,
    checked: &Checked,
    exports: (&[import::Export], &import::Answers),
    is_taken: &dyn Fn(&str) -> bool,
) -> Result<import::Import, Diagnostics> {
    let engine = Engine::new(catalog, &own_fonts(&checked.profile))?;
    let nowhere = diag::Place::whole("");
    let printable = |c: char| {
        let word = [(nowhere.clone(), c.to_string())];
        Profile::character_problems(&word, &|c| engine.covers(c)).is_empty()
    };
    let (exports, answers) = exports;
    let request =
        import::Request { profile: &checked.profile, exports, answers, printable: &printable, is_taken };
    let mut found = import::import(catalog, &request)?;
    if let Some(plan) = &found.plan {
        found.problems = spoiled(catalog, checked, plan)?;
    }
    Ok(found)
}

/// Returns the problems that a profile would have after an import and does not have before.
fn spoiled(catalog: &Catalog, checked: &Checked, plan: &import::Plan) -> Result<Diagnostics, Diagnostics> {
    let read = |name: &str| {
        let new = plan.new_files.get(name).or_else(|| plan.changed_files.get(name));
        let file = new.or_else(|| checked.profile.files.get(name));
        file.cloned().ok_or_else(|| "cannot be read".to_owned())
    };
    let file = &checked.profile.source.file;
    let after = check(catalog, file, plan.profile.as_bytes(), &read)?;
    let is_new = |d: &Diagnostic| {
        d.severity == Severity::Error && !checked.problems.iter().any(|old| old.message == d.message)
    };
    Ok(after.problems.into_iter().filter(is_new).collect())
}

/// The threads that profiles are judged on; made once.
fn shared_pool() -> Result<&'static rayon::ThreadPool, Diagnostics> {
    static POOL: OnceLock<rayon::ThreadPool> = OnceLock::new();
    if POOL.get().is_none() {
        let _ = POOL.set(pool(None)?);
    }
    Ok(POOL.get().expect("it was just made"))
}

/// Makes threads to typeset in: their stacks are large, because pages nest deeply.
pub(crate) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, Diagnostics> {
    let threads = threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20).build();
    pool.map_err(|e| vec![Diagnostic::error(Builtin::TypesetFailed, format!("no threads: {e}"))])
}

impl Checked {
    /// Tells whether the profile's form and all rules without exception are in order.
    pub fn is_clean(&self) -> bool {
        let is_error = |d: &Diagnostic| d.severity == Severity::Error;
        !self.problems.iter().any(is_error) && !self.outcomes.failures.iter().any(is_error)
    }

    /// Returns the date that the pack carries: that of the submission, or of the documents' approval.
    pub fn date(&self) -> (i32, u8, u8) {
        let candidates = ["/submission/submitted_on", "/document_control/default/approved_on"];
        let date = candidates.iter().find_map(|p| self.profile.text(p).parse::<jiff::civil::Date>().ok());
        let date = date.unwrap_or_else(|| jiff::civil::date(2000, 1, 1));
        let small = |n: i8| u8::try_from(n).expect("months and days are small and positive");
        (i32::from(date.year()), small(date.month()), small(date.day()))
    }

    /// Returns the name of the pack's folder: short, plain letters, from the organisation and the unit.
    pub fn pack_name(&self) -> String {
        let name = self.profile.text("/organisation/short_name");
        let name = if name.is_empty() { self.profile.text("/organisation/name") } else { name };
        let slug = text::slug(name);
        format!("{}-{}", if slug.is_empty() { "pack" } else { &slug }, self.unit.code)
    }

    /// Returns the profile in the canonical form of RFC 8785.
    pub fn canonical_profile(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self.profile.value()).expect("JSON that was read can be written")
    }
}

/// Writes JSON for machines that people also read.
pub(crate) fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("JSON values can be written");
    text.push(b'\n');
    text
}

fn unit_of(catalog: &Catalog, source: &Source) -> Result<Unit, Diagnostics> {
    let Some(code) = source.value.get("unit").and_then(Value::as_str) else {
        let known = catalog.units().join(", ");
        let problem =
            Diagnostic::error(Builtin::UnitUnknown, "the profile does not say which unit it is for");
        return Err(vec![
            problem.at(source.place("")).hint(format!("add a line such as \"unit\": \"{known}\"")),
        ]);
    };
    let at = |d: Diagnostic| if d.place.is_none() { d.at(source.place("/unit")) } else { d };
    Unit::load(catalog, code).map_err(|problems| problems.into_iter().map(at).collect())
}

fn assets(
    source: &Source,
    schema: &Value,
    read: ReadFile<'_>,
    problems: &mut Diagnostics,
) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for asset in profile::assets::named(source, schema) {
        if !profile::assets::is_inside(&asset.name) {
            continue;
        }
        match read(&asset.name) {
            Ok(bytes) => {
                files.insert(asset.name, bytes);
            }
            Err(why) => {
                let problem = Diagnostic::error(Builtin::AssetUnusable, format!("`{}` {why}", asset.name));
                problems.push(
                    problem.at(source.place(&asset.pointer)).hint("put the file there, or name another"),
                );
            }
        }
    }
    files
}

fn own_fonts(profile: &Profile) -> BTreeMap<String, Vec<u8>> {
    let named =
        profile::assets::named(&profile.source, &profile.schema).into_iter().filter(|a| a.kind == "font");
    named.filter_map(|a| profile.files.get(&a.name).map(|b| (a.name, b.clone()))).collect()
}
