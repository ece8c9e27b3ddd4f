//! Typst source text → PDF, pages and what was found on them.
//!
//! Owns the typesetting engine: fonts, the closed world that a document is compiled in, the export
//! and the reading of finished pages. No type of Typst leaves this module. Refuses files, packages,
//! clocks and networks: a document sees only what is handed in.

mod bind;
mod marks;
mod world;
mod written;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use typst::comemo::Track;
use typst::diag::{SourceDiagnostic, Warned};
use typst::ecow::{EcoString, eco_format};
use typst::foundations::{Datetime, Smart};
use typst::introspection::{Introspector, Location};
use typst::model::LateLinkResolver;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};
use crate::render::Rendered;
pub(crate) use marks::Found;
pub use marks::{Mark, Words};
use world::{DocumentWorld, Shared};
pub(crate) use written::squeezed;

/// What stands between a requirement's id and a running number in the name of a destination.
pub(crate) const NUMBER: char = ':';

/// The engine: fonts and house style, loaded once and shared by all documents.
pub struct Engine {
    shared: Shared,
}

/// What is typeset: a main file and the files that it may import or read.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// What the document is called in messages.
    pub(crate) name: String,
    /// Path of the main file, such as `/main.typ`.
    pub(crate) main: String,
    /// Typst sources by path.
    pub(crate) sources: BTreeMap<String, Rendered>,
    /// Other files by path: pictures, attachments.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The PDF's flavour.
    pub(crate) flavour: Flavour,
    /// A string that identifies the document among all documents.
    pub(crate) ident: String,
    /// Year, month and day that the document carries.
    pub(crate) date: (i32, u8, u8),
    /// Statements of the template count as evidence: true for forms that others fill in.
    pub(crate) statements_count: bool,
}

/// The standards that a PDF keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// PDF/UA-1 and PDF/A-2a.
    Single,
    /// PDF/UA-1 and PDF/A-3a, which may carry attachments.
    WithAttachments,
}

/// A finished document.
#[derive(Clone, Debug)]
pub(crate) struct Typeset {
    /// The PDF.
    pub(crate) pdf: Vec<u8>,
    /// How many pages it has.
    pub(crate) pages: usize,
    /// What was found on the pages.
    pub(crate) found: Found,
}

impl Engine {
    /// Loads the fonts of the catalogue, and those of the profile behind them.
    ///
    /// # Errors
    /// A font file that cannot be read.
    pub fn new(catalog: &Catalog, own_fonts: &BTreeMap<String, Vec<u8>>) -> Result<Self, Diagnostics> {
        Shared::new(catalog, own_fonts).map(|shared| Self { shared })
    }

    /// Tells whether any font can print a character.
    pub fn covers(&self, c: char) -> bool {
        self.shared.covers(c)
    }

    /// Returns why a picture cannot be printed, if it cannot.
    pub fn picture_problem(&self, name: &str, bytes: &[u8]) -> Option<String> {
        let path = format!("/{name}");
        let text = format!(
            "#set page(width: 2cm, height: 2cm)\n#image({path:?}, width: 1cm, height: 1cm, alt: \"picture\")"
        );
        let job = Job {
            name: name.into(),
            main: "/picture.typ".into(),
            sources: [("/picture.typ".into(), Rendered::plain(text))].into(),
            files: [(path, bytes.to_vec())].into(),
            flavour: Flavour::Single,
            ident: name.into(),
            date: (2000, 1, 1),
            statements_count: false,
        };
        let world = DocumentWorld::new(&self.shared, &job);
        let attempt = catch_unwind(AssertUnwindSafe(|| typst::compile::<PagedDocument>(&world).output));
        match attempt {
            Ok(Ok(_)) => None,
            Ok(Err(errors)) => Some(errors.first().map(|e| e.message.to_string()).unwrap_or_default()),
            Err(_) => Some("it cannot be read".into()),
        }
    }

    /// Typesets a document.
    ///
    /// # Errors
    /// What Typst finds wrong, at the place in the template that it came from. Warnings are
    /// errors too: they mean that a page does not look as it should.
    pub(crate) fn typeset(&self, job: &Job) -> Result<Typeset, Diagnostics> {
        guarded(&job.name, || {
            let world = DocumentWorld::new(&self.shared, job);
            let document = compile(&world, job)?;
            let found = marks::read(&world, job, document.pages());
            let pdf = export((&world, job), &document, &found.anchors)?;
            Ok(Typeset { pdf, pages: document.pages().len(), found })
        })
    }

    /// Lays a document out without making a PDF of it.
    ///
    /// # Errors
    /// As for [`Engine::typeset`].
    pub(crate) fn lay_out(&self, job: &Job) -> Result<Leaves, Diagnostics> {
        guarded(&job.name, || {
            let world = DocumentWorld::new(&self.shared, job);
            let document = compile(&world, job)?;
            let found = marks::read(&world, job, document.pages());
            let pages = document.pages().len();
            Ok(Leaves { document, found, pages })
        })
    }

    /// Binds laid-out documents into one PDF; `job` is that of the first.
    ///
    /// # Errors
    /// What keeps the PDF from keeping its standards.
    pub(crate) fn bind(&self, leaves: Vec<Leaves>, job: &Job) -> Result<Vec<u8>, Diagnostics> {
        guarded(&job.name, || {
            let world = DocumentWorld::new(&self.shared, job);
            let (document, anchors) = bind::bind(leaves.into_iter().map(|l| (l.document, l.found.anchors)));
            export((&world, job), &document, &anchors)
        })
    }
}

/// A laid-out document with what was found on its pages, waiting to be bound with others.
pub(crate) struct Leaves {
    document: PagedDocument,
    /// What was found on the pages.
    pub(crate) found: Found,
    /// How many pages it has.
    pub(crate) pages: usize,
}

/// Runs the engine so that its own defects end in an answer and not in a crash.
fn guarded<T>(name: &str, work: impl FnOnce() -> Result<T, Diagnostics>) -> Result<T, Diagnostics> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let text = format!("the typesetting engine gave up on {name}");
        let problem = Diagnostic::error(Builtin::TypesetFailed, text);
        Err(vec![problem.hint("this is a defect of the program: please report it")])
    })
}

/// Forgets everything that the engine remembers between documents; call it when no document is under way.
pub fn forget() {
    typst::comemo::evict(0);
}

fn explained(world: &DocumentWorld<'_>, job: &Job, list: &[SourceDiagnostic]) -> Diagnostics {
    list.iter().map(|d| explain(world, job, d)).collect()
}

fn compile(world: &DocumentWorld<'_>, job: &Job) -> Result<PagedDocument, Diagnostics> {
    let Warned { output, warnings } = typst::compile::<PagedDocument>(world);
    let document = output.map_err(|errors| explained(world, job, &errors))?;
    if warnings.is_empty() { Ok(document) } else { Err(explained(world, job, &warnings)) }
}

/// Exports a document; every mark of evidence becomes a destination that readers of the PDF can name.
fn export(
    (world, job): (&DocumentWorld<'_>, &Job),
    document: &PagedDocument,
    anchors: &[(Location, String)],
) -> Result<Vec<u8>, Diagnostics> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let named = anchors.iter().map(|(place, requirement)| {
        let count = counts.entry(requirement).or_default();
        *count += 1;
        (*place, eco_format!("{requirement}{NUMBER}{count}"))
    });
    let named: Vec<(Location, EcoString)> = named.collect();
    let introspector: &dyn Introspector = &**document.introspector();
    let links = LateLinkResolver::new(None, introspector);
    typst_pdf::pdf_in_bundle(document, &options(job), &named, links.track())
        .map_err(|errors| explained(world, job, &errors))
}

fn options(job: &Job) -> PdfOptions {
    let archival = match job.flavour {
        Flavour::Single => PdfStandard::A_2a,
        Flavour::WithAttachments => PdfStandard::A_3a,
    };
    let (year, month, day) = job.date;
    let date =
        Datetime::from_ymd_hms(year, month, day, 0, 0, 0).expect("dates are checked before they get here");
    PdfOptions {
        ident: Smart::Custom(job.ident.clone()),
        creator: Smart::Custom(Some(format!("evipack {}", env!("CARGO_PKG_VERSION")))),
        timestamp: Some(Timestamp::new_utc(date)),
        standards: PdfStandards::new(&[PdfStandard::Ua_1, archival]).expect("the two standards agree"),
        ..PdfOptions::default()
    }
}

fn explain(world: &DocumentWorld<'_>, job: &Job, found: &SourceDiagnostic) -> Diagnostic {
    let mut problem = Diagnostic::error(Builtin::TypesetFailed, format!("{}: {}", job.name, found.message));
    let traced = found.trace.iter().map(|t| t.span.into());
    let spans = std::iter::once(found.span).chain(traced);
    let places: Vec<Place> = spans.filter_map(|span| place(world, job, span)).collect();
    problem.place = places.iter().find(|p| p.file.ends_with(".j2")).or(places.first()).cloned();
    problem.hints.extend(found.hints.iter().map(|h| h.v.to_string()));
    problem
}

fn place(world: &DocumentWorld<'_>, job: &Job, span: typst::syntax::DiagSpan) -> Option<Place> {
    let id = span.id()?;
    let range = world.range(span)?;
    let path = id.get().vpath().get_with_slash().to_string();
    if let Some((template, line)) = job.sources.get(&path).and_then(|r| r.template_at(range.start)) {
        return Some(Place { line, column: 1, ..Place::whole(&format!("templates/{template}")) });
    }
    let source = world.source(id).ok()?;
    let line = source.lines().byte_to_line(range.start)? + 1;
    Some(Place { line, column: 1, ..Place::whole(&path) })
}
