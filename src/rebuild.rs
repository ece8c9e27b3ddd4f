//! A pack, built again from what lies inside it.
//!
//! Owns the way back from the files of a pack to what it was built from: the profile, the files that
//! it names, conventions and options. Refuses packs that another version or another catalogue made:
//! their bytes differ without anybody having changed anything.

use crate::bundle::Bundle;
use crate::catalog::Catalog;
use crate::diag::{Diagnostic, stops_build};
pub(crate) use crate::pack::AGENT;
use crate::pack::{ANNOTATE, DRAFT};
use crate::{Options, build_within, check, pool};

/// What a pack says about how it was built.
pub(crate) struct Recipe<'a> {
    /// The program that made it.
    pub(crate) made_by: Option<&'a str>,
    /// The digest of the catalogue that it was made with.
    pub(crate) catalog: Option<&'a str>,
    /// The options that it was built with, in words with spaces between them.
    pub(crate) options: &'a str,
    /// Reads a file of the payload; the reason in words where it cannot.
    pub(crate) read: &'a (dyn Fn(&str) -> Result<Vec<u8>, String> + Sync),
    /// Asked now and then whether to give up.
    pub(crate) stop: &'a (dyn Fn() -> bool + Sync),
}

/// Why a pack cannot be built again.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Another version made it.
    OtherVersion,
    /// It was made with other templates, or says nothing of them.
    OtherCatalog,
    /// It was built with an option that is not known.
    UnknownOption(String),
    /// What it was built from cannot be read.
    Unreadable(String),
    /// What is inside does not build, and the first reason for it with the number of all.
    DoesNotBuild(Box<Diagnostic>, usize),
}

/// The threads that build; the same for one pack after the other.
#[derive(Default)]
pub(crate) struct Builder(Option<rayon::ThreadPool>);

impl Builder {
    /// Builds a pack again.
    ///
    /// # Errors
    /// Why that cannot be done, or why the result would say nothing.
    pub(crate) fn rebuild(&mut self, catalog: &Catalog, recipe: &Recipe<'_>) -> Result<Bundle, Refusal> {
        if self.0.is_none() {
            self.0 = Some(pool(None).map_err(does_not_build)?);
        }
        let pool = self.0.as_ref().expect("it was just made");
        pool.install(|| rebuild(pool, catalog, recipe))
    }
}

fn rebuild(pool: &rayon::ThreadPool, catalog: &Catalog, recipe: &Recipe<'_>) -> Result<Bundle, Refusal> {
    if recipe.made_by != Some(AGENT) {
        return Err(Refusal::OtherVersion);
    }
    if recipe.catalog != Some(&catalog.digest()) {
        return Err(Refusal::OtherCatalog);
    }
    let mut options =
        Options { draft: false, annotate: false, progress: &|_| {}, stop: recipe.stop, threads: None };
    for word in recipe.options.split_whitespace() {
        match word {
            DRAFT => options.draft = true,
            ANNOTATE => options.annotate = true,
            other => return Err(Refusal::UnknownOption(other.to_owned())),
        }
    }
    let profile = (recipe.read)("profile.json").map_err(Refusal::Unreadable)?;
    let catalog = match (recipe.read)("thresholds.json") {
        Ok(own) => catalog.clone().with_conventions("thresholds.json", own),
        Err(_) => catalog.clone(),
    };
    let checked =
        check(&catalog, "profile.json", &profile, &|name| (recipe.read)(name)).map_err(does_not_build)?;
    if stops_build(&checked.problems, options.draft) {
        let stopping =
            checked.problems.iter().filter(|d| stops_build(std::slice::from_ref(*d), options.draft));
        return Err(does_not_build(stopping.cloned().collect()));
    }
    build_within(pool, &catalog, &checked, &options).map(|pack| pack.bundle).map_err(does_not_build)
}

fn does_not_build(problems: Vec<Diagnostic>) -> Refusal {
    let count = problems.len();
    match problems.into_iter().next() {
        Some(first) => Refusal::DoesNotBuild(Box::new(first), count),
        None => Refusal::Unreadable("nothing says why".into()),
    }
}
